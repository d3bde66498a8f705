//! `cargo xtask fuzz`: damaged requests, or damaged media files, until something is wrong.

use std::process::Command;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::soak::number;
use crate::{build, process};

/// What is damaged.
const TARGETS: [&str; 2] = ["http", "media"];

/// What to damage, how often, and with which random cases.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    target: String,
    seed: Option<u32>,
    cases: Option<u32>,
}

impl Settings {
    /// Parses `http|media [--seed S] [--cases N]`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let usage = "expected http or media, then [--seed S] [--cases N]";
        let Some((target, mut rest)) = arguments.split_first() else {
            bail!("missing target of fuzz: {usage}");
        };
        if !TARGETS.contains(&target.as_str()) {
            bail!("unknown target {target:?} of fuzz: {usage}");
        }
        let mut settings = Self {
            target: target.clone(),
            seed: None,
            cases: None,
        };
        while let [option, value, after @ ..] = rest {
            match option.as_str() {
                "--seed" => settings.seed = Some(number(option, value)?),
                "--cases" => settings.cases = Some(number(option, value)?),
                _ => break,
            }
            rest = after;
        }
        if !rest.is_empty() {
            bail!("unexpected arguments of fuzz: {usage}");
        }
        Ok(settings)
    }
}

/// Builds what is missing, and runs `tests/js/fuzz`.
pub(crate) fn fuzz(project: &Project, settings: &Settings) -> Result<()> {
    build::build(project)?;
    let folder = project.javascript();
    let mut command = Command::new("node");
    command
        .arg(folder.join("fuzz/fuzz.mjs"))
        .arg(&settings.target)
        .current_dir(&folder);
    for (option, value) in [("--seed", settings.seed), ("--cases", settings.cases)] {
        if let Some(value) = value {
            command.args([option, &value.to_string()]);
        }
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
    fn parse_accepts_a_target_and_options() {
        let settings = |target: &str, seed, cases| Settings {
            target: target.to_owned(),
            seed,
            cases,
        };
        assert_eq!(parse("http").unwrap(), settings("http", None, None));
        assert_eq!(
            parse("media --cases 9 --seed 7").unwrap(),
            settings("media", Some(7), Some(9))
        );
    }

    #[test]
    fn parse_refuses_everything_else() {
        for line in ["", "zip", "--seed 7", "http 9", "http --seed", "media --cases x"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
