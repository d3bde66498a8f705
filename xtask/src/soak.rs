//! `cargo xtask soak`: everything at once against a server that is killed, for as long as asked.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;
use crate::{build, process};

/// How long, and with which random cases.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    minutes: u32,
    seed: Option<u32>,
}

impl Settings {
    /// Parses `[--minutes N] [--seed S]`.
    pub(crate) fn parse(mut arguments: &[String]) -> Result<Self> {
        let mut settings = Self {
            minutes: 10,
            seed: None,
        };
        while let [option, value, rest @ ..] = arguments {
            match option.as_str() {
                "--minutes" => settings.minutes = number(option, value)?,
                "--seed" => settings.seed = Some(number(option, value)?),
                _ => break,
            }
            arguments = rest;
        }
        if !arguments.is_empty() {
            bail!("unexpected arguments of soak: expected [--minutes N] [--seed S]");
        }
        Ok(settings)
    }
}

/// Parses the value of an option.
pub(crate) fn number(option: &str, value: &str) -> Result<u32> {
    value
        .parse()
        .with_context(|| format!("invalid {option}: expected a whole number, found {value:?}"))
}

/// Builds what is missing, and runs `tests/js/soak`.
pub(crate) fn soak(project: &Project, settings: &Settings) -> Result<()> {
    build::build(project)?;
    let folder = project.javascript();
    let mut command = Command::new("node");
    command
        .arg(folder.join("soak/soak.mjs"))
        .args(["--minutes", &settings.minutes.to_string()])
        .current_dir(&folder);
    if let Some(seed) = settings.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    process::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Settings> {
        Settings::parse(&process::words(line))
    }

    #[test]
    fn parse_accepts_options_in_any_order() {
        let settings = |minutes, seed| Settings { minutes, seed };
        assert_eq!(parse("").unwrap(), settings(10, None));
        assert_eq!(parse("--minutes 30").unwrap(), settings(30, None));
        assert_eq!(parse("--seed 7 --minutes 1").unwrap(), settings(1, Some(7)));
    }

    #[test]
    fn parse_refuses_everything_else() {
        for line in ["30", "--minutes", "--minutes x", "--minutes -1", "--cases 1"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
