//! `cargo xtask bench`: the speed of calls, compared with the official packages, and `cargo xtask bench team`: that of the native
//! server.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::fresh::files;
use crate::project::{NATIVE, Project};
use crate::soak::number;
use crate::{build, machine, process, server};

/// The benchmarks of the native server: files of `tests/js/bench/team`.
const TEAM: [&str; 5] = ["catalog", "lists", "pictures", "reads", "uploads"];

/// The commit with whose build lists are compared.
const BEFORE: &str = "3524e74";

/// The packages of npm that uploads are compared with.
const TUS_ON_S3: [&str; 2] = ["@tus/server@2.4.5", "@tus/s3-store@2.0.7"];

/// What to measure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settings {
    /// The package.
    Package,
    /// The native server.
    Team {
        names: Vec<&'static str>,
        /// The number of files in the catalog.
        rows: Option<u32>,
    },
}

impl Settings {
    /// Parses nothing, or `team [NAME...] [--rows N]`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let usage = || {
            format!(
                "expected nothing, or team, then any of {}, then [--rows N]",
                TEAM.join(", ")
            )
        };
        let mut words = arguments.iter();
        match words.next().map(String::as_str) {
            None => return Ok(Self::Package),
            Some("team") => {}
            Some(other) => bail!("unexpected argument {other:?} of bench: {}", usage()),
        }
        let (mut names, mut rows) = (Vec::new(), None);
        while let Some(word) = words.next() {
            if word == "--rows" {
                let value = words.next().context("missing number after --rows")?;
                rows = Some(number(word, value)?);
                continue;
            }
            let name = TEAM.into_iter().find(|name| name == word);
            names.push(name.with_context(|| format!("unexpected argument {word:?} of bench: {}", usage()))?);
        }
        if names.is_empty() {
            names.extend(TEAM);
        }
        Ok(Self::Team { names, rows })
    }
}

pub(crate) fn bench(project: &Project, settings: &Settings) -> Result<()> {
    match settings {
        Settings::Package => package(project),
        Settings::Team { names, rows } => team(project, names, *rows),
    }
}

/// Runs the Rust benchmarks, then those in `tests/js/bench`.
fn package(project: &Project) -> Result<()> {
    for name in project.targets_of("bench") {
        let arguments = ["bench", "--package", "wix-media", "--features", NATIVE, "--bench", name];
        process::run(process::cargo(&arguments).current_dir(&project.root))?;
    }
    build::build(project)?;
    let folder = project.javascript();
    let mut scripts = files(&folder.join("bench"))?;
    scripts
        .retain(|path| path.to_string_lossy().ends_with(".bench.mjs") && !path.starts_with(folder.join("bench/team")));
    if scripts.is_empty() {
        bail!("no benchmark found in {}", folder.join("bench").display());
    }
    for script in scripts {
        process::run(Command::new("node").arg("--expose-gc").arg(script).current_dir(&folder))?;
    }
    Ok(())
}

/// Runs benchmarks in `tests/js/bench/team`.
fn team(project: &Project, names: &[&str], rows: Option<u32>) -> Result<()> {
    machine::postgresql()?;
    build::build(project)?;
    let program = server::build_release(project)?;
    let folder = project.javascript();
    for name in names {
        let mut command = Command::new("node");
        command
            .arg(folder.join(format!("bench/team/{name}.bench.mjs")))
            .env("WIX_MEDIA_SERVER", &program)
            .current_dir(&folder);
        if let Some(rows) = rows {
            command.env("WIX_MEDIA_FILES", rows.to_string());
        }
        match *name {
            "lists" => command.env("WIX_MEDIA_BEFORE", before(project)?),
            "uploads" => command
                .env("WIX_MEDIA_S3_BIN", machine::object_stores(project)?)
                .env("WIX_MEDIA_TUS_S3", tus_on_s3(project)?),
            _ => &mut command,
        };
        println!();
        process::run(&mut command)?;
    }
    Ok(())
}

/// Builds the package of an earlier commit, and returns its folder.
fn before(project: &Project) -> Result<PathBuf> {
    let folder = project.target.join(format!("package-{BEFORE}"));
    let package = folder.join("dist");
    // The build writes it last.
    if package.join("package.json").is_file() {
        return Ok(package);
    }
    println!("Building the package of {BEFORE}");
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let archive = folder.join("sources.tar");
    let mut git = Command::new("git");
    git.arg("archive").arg("--output").arg(&archive).arg(BEFORE);
    process::run(git.current_dir(&project.root))
        .with_context(|| format!("the history needs {BEFORE}: run  git fetch --unshallow"))?;
    process::run(Command::new("tar").arg("xf").arg(&archive).current_dir(&folder))?;
    process::run(
        process::cargo(&["xtask", "build"])
            .env_remove("CARGO_TARGET_DIR")
            .current_dir(&folder),
    )?;
    Ok(package)
}

/// Installs what uploads are compared with, and returns its folder.
fn tus_on_s3(project: &Project) -> Result<PathBuf> {
    let folder = project.target.join("tus-on-s3");
    // npm writes this file last, so an interrupted installation is repeated.
    if !folder.join("node_modules/.package-lock.json").is_file() {
        println!("Installing {}", TUS_ON_S3.join(" and "));
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        machine::npm_install(&folder, &[], &TUS_ON_S3)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Settings> {
        Settings::parse(&process::words(line))
    }

    #[test]
    fn parse_reads_names_and_rows() {
        assert_eq!(parse("").unwrap(), Settings::Package);
        let all = |rows| Settings::Team {
            names: TEAM.to_vec(),
            rows,
        };
        assert_eq!(parse("team").unwrap(), all(None));
        assert_eq!(parse("team --rows 20000").unwrap(), all(Some(20_000)));
        let one = Settings::Team {
            names: vec!["catalog"],
            rows: None,
        };
        assert_eq!(parse("team catalog").unwrap(), one);
    }

    #[test]
    fn parse_refuses_what_is_not_there() {
        for line in ["moon", "catalog", "team moon", "team --rows", "team --rows many"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn every_benchmark_is_listed() {
        let folder = Project::load().unwrap().javascript().join("bench/team");
        let paths = files(&folder).unwrap();
        let names = paths
            .iter()
            .filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".bench.mjs"));
        let mut listed = TEAM.to_vec();
        listed.sort_unstable();
        assert_eq!(names.collect::<Vec<_>>(), listed);
    }
}
