//! The three places of a setting: the file, the environment, the command line.

use super::Wrong;
use super::table::{Kind, SETTINGS, Setting};
use std::collections::HashMap;
use std::path::Path;

/// The value of a setting, and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) values: Vec<String>,
    pub(super) place: String,
}

/// Collects the values that count. `environment` looks a variable up.
pub(super) fn gather(
    arguments: &clap::ArgMatches,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<HashMap<&'static str, Given>, Wrong> {
    let mut given: HashMap<&'static str, Given> = HashMap::new();
    let mut put = |setting: &'static Setting, values: Vec<String>, place: String| {
        given.insert(setting.name, Given { values, place });
    };
    let on_line = |setting: &Setting| -> Option<Vec<String>> {
        // Not every command has every option. Of one that it does not have, clap says so in a debug build only.
        if setting.kind == Kind::Switch {
            let is_on = arguments.try_get_one::<bool>(setting.name).ok()??;
            return is_on.then(|| vec!["true".to_owned()]);
        }
        let values = arguments.try_get_many::<String>(setting.name).ok()??;
        Some(values.cloned().collect())
    };
    let in_environment = |setting: &Setting| -> Option<Vec<String>> {
        let text = environment(setting.variable).filter(|_| !setting.variable.is_empty())?;
        Some(match setting.kind {
            Kind::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts.map(str::to_owned).collect()
            }
            _ => vec![text],
        })
    };
    let config = SETTINGS.iter().find(|setting| setting.name == "config");
    let config = config.and_then(|setting| on_line(setting).or_else(|| in_environment(setting)));
    if let Some(path) = config.and_then(|values| values.into_iter().next()) {
        let in_file = in_file(Path::new(&path))?;
        for (setting, values) in in_file {
            put(setting, values, format!("{} in {path}", setting.name));
        }
    }
    for setting in SETTINGS {
        if let Some(values) = in_environment(setting) {
            put(setting, values, setting.variable.to_owned());
        }
    }
    for setting in SETTINGS {
        if let Some(values) = on_line(setting) {
            put(setting, values, format!("--{}", setting.name));
        }
    }
    Ok(given)
}

/// The most files and connections that this process may have open. `None` where the system does not tell.
pub(super) fn descriptors() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let (_, rest) = limits.split_once("\nMax open files")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// The settings of a file.
fn in_file(path: &Path) -> Result<Vec<(&'static Setting, Vec<String>)>, Wrong> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Wrong(format!("cannot read the settings in {shown}: {error}")))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        Wrong(format!(
            "invalid settings in {shown}, line {line}: {}",
            error.message().lines().next().unwrap_or_default()
        ))
    })?;
    let mut found = Vec::new();
    for (name, value) in table {
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.name == name && name != "config")
            .ok_or_else(|| Wrong(format!("unknown setting in {shown}: {name}")))?;
        let expected = match setting.kind {
            Kind::Text => "a text",
            Kind::List => "a list of texts",
            Kind::Switch => "true or false",
            Kind::Number => "a whole number",
        };
        let wrong = || Wrong(format!("invalid {name} in {shown}: expected {expected}, found {value}"));
        let text = |value: &toml::Value| value.as_str().map(str::to_owned);
        let values = match (setting.kind, &value) {
            (Kind::Text, value) => vec![text(value).ok_or_else(wrong)?],
            (Kind::List, toml::Value::Array(items)) => {
                let texts: Option<Vec<String>> = items.iter().map(text).collect();
                texts.ok_or_else(wrong)?
            }
            (Kind::Switch, toml::Value::Boolean(is_on)) => vec![is_on.to_string()],
            (Kind::Number, toml::Value::Integer(number)) => vec![number.to_string()],
            _ => return Err(wrong()),
        };
        found.push((setting, values));
    }
    Ok(found)
}
