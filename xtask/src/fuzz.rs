//! `cargo xtask fuzz`: damaged requests or media files through the whole package, or the parsers in `fuzz` one by one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;
use crate::soak::number;
use crate::summary::Summary;
use crate::{build, machine, process};

/// What `tests/js/fuzz` damages.
const WHOLE: [&str; 2] = ["http", "media"];

/// How long one parser is fuzzed, unless the command says otherwise.
const SECONDS: u32 = 60;
/// How many inputs each parser gets in the ring. Their number is fixed, so that no result depends on the machine.
const RING_RUNS: u32 = 3000;
/// The longest input. All seeds but a few films and photographs are shorter.
const MAX_LEN: u32 = 65_536;

/// A fuzz target, and the folders with its first inputs.
type Target = (&'static str, &'static [&'static str]);

/// The targets of `fuzz/fuzz_targets`.
const TARGETS: [Target; 16] = [
    ("answer", &["fuzz/seeds/answer"]),
    ("archive", &["tests/data/archive"]),
    ("arguments", &["fuzz/seeds/arguments"]),
    ("body", &["tests/data/corpus/json"]),
    ("cursor", &["tests/data/corpus/cursors"]),
    ("file", &["tests/data/corpus/media", "tests/data/media"]),
    ("import_url", &["fuzz/seeds/import_url"]),
    ("json", &["fuzz/seeds/json"]),
    ("media_url", &["tests/data/corpus/uris"]),
    ("picture", &["tests/data/corpus/media", "tests/data/pictures"]),
    ("request", &["tests/data/corpus/router", "tests/data/corpus/tus"]),
    ("resumable", &["fuzz/seeds/resumable"]),
    ("text", &["fuzz/seeds/text"]),
    ("token", &["tests/data/corpus/tokens"]),
    ("transform", &["fuzz/seeds/transform"]),
    ("tus", &["tests/data/corpus/tus"]),
];

/// What to fuzz.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settings {
    /// The package, with random cases.
    Whole {
        target: String,
        seed: Option<u32>,
        cases: Option<u32>,
    },
    /// Parsers, each for as long.
    Parsers { targets: Vec<Target>, seconds: u32 },
}

impl Settings {
    /// Parses `http|media [--seed S] [--cases N]` or `[TARGET…] [--seconds N]`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let usage = || {
            let names = TARGETS.map(|(name, _)| name).join(", ");
            format!("expected http or media, then [--seed S] [--cases N], or any of {names}, then [--seconds N]")
        };
        let mut names = Vec::new();
        let (mut seed, mut cases, mut seconds) = (None, None, None);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let option = match word.as_str() {
                "--seed" => &mut seed,
                "--cases" => &mut cases,
                "--seconds" => &mut seconds,
                name => {
                    names.push(name);
                    continue;
                }
            };
            let value = words.next().with_context(|| format!("missing number after {word}"))?;
            *option = Some(number(word, value)?);
        }
        if let [target] = names[..]
            && WHOLE.contains(&target)
            && seconds.is_none()
        {
            let target = target.to_owned();
            return Ok(Self::Whole { target, seed, cases });
        }
        if seed.is_some() || cases.is_some() {
            bail!("unexpected arguments of fuzz: {}", usage());
        }
        let find = |name: &&str| {
            let found = TARGETS.iter().find(|(target, _)| target == name);
            found
                .copied()
                .with_context(|| format!("unknown target {name:?} of fuzz: {}", usage()))
        };
        let targets: Vec<Target> = names.iter().map(find).collect::<Result<_>>()?;
        Ok(Self::Parsers {
            targets: if targets.is_empty() { TARGETS.to_vec() } else { targets },
            seconds: seconds.unwrap_or(SECONDS),
        })
    }
}

/// Builds what is missing, and fuzzes.
pub(crate) fn fuzz(project: &Project, settings: &Settings) -> Result<()> {
    match settings {
        Settings::Whole { target, seed, cases } => whole(project, target, *seed, *cases),
        Settings::Parsers { targets, seconds } => {
            let kept = project.root.join("fuzz/corpus");
            let summary = each(project, targets, &kept, &[&format!("-max_total_time={seconds}")])?;
            if summary.failed > 0 {
                bail!(
                    "{} of {} targets failed: their inputs are in fuzz/artifacts",
                    summary.failed,
                    targets.len()
                );
            }
            Ok(())
        }
    }
}

/// Fuzzes each parser with a fixed number of inputs, from its seeds alone. What earlier runs kept does not change them.
pub(crate) fn ring(project: &Project) -> Result<Summary> {
    let kept = project.target.join("fuzz/ring");
    if kept.exists() {
        fs::remove_dir_all(&kept).with_context(|| format!("cannot delete {}", kept.display()))?;
    }
    each(project, &TARGETS, &kept, &[&format!("-runs={RING_RUNS}"), "-seed=1"])
}

/// Runs targets one after the other, also after a failure. New inputs are kept in `kept`, a folder for each target.
fn each(project: &Project, targets: &[Target], kept: &Path, options: &[&str]) -> Result<Summary> {
    let tool = tool(project)?;
    let mut summary = Summary::default();
    for target in targets {
        match run(project, &tool, target, &kept.join(target.0), options) {
            Ok(()) => summary.passed += 1,
            Err(error) => {
                println!("{}: {error:#}", target.0);
                summary.failed += 1;
            }
        }
    }
    Ok(summary)
}

/// Runs `tests/js/fuzz`.
fn whole(project: &Project, target: &str, seed: Option<u32>, cases: Option<u32>) -> Result<()> {
    build::build(project)?;
    let folder = project.javascript();
    let mut command = Command::new("node");
    command
        .arg(folder.join("fuzz/fuzz.mjs"))
        .arg(target)
        .current_dir(&folder);
    for (option, value) in [("--seed", seed), ("--cases", cases)] {
        if let Some(value) = value {
            command.args([option, &value.to_string()]);
        }
    }
    process::run(&mut command)
}

/// Installs cargo-fuzz, and the nightly compiler that it needs to count branches. Returns its program.
fn tool(project: &Project) -> Result<PathBuf> {
    machine::c_compiler()?;
    machine::toolchain("nightly", None)?;
    let folder = project.target.join("tools");
    let program = folder.join("bin").join("cargo-fuzz");
    if !program.is_file() {
        println!("Installing cargo-fuzz");
        let mut command = process::cargo(&["install", "cargo-fuzz", "--locked", "--root"]);
        process::run(command.arg(&folder).current_dir(&project.root))?;
    }
    Ok(program)
}

/// Runs one target with options of libFuzzer. An input that fails is written into `fuzz/artifacts`.
fn run(project: &Project, tool: &Path, (name, seeds): &Target, kept: &Path, options: &[&str]) -> Result<()> {
    println!("— fuzz {name} —");
    fs::create_dir_all(kept).with_context(|| format!("cannot create {}", kept.display()))?;
    let mut command = Command::new("rustup");
    command
        .args(["run", "nightly"])
        .arg(tool)
        .args(["run", "--sanitizer", "none"])
        // The profile of the workspace says which crates have assertions. Without this, all of them would.
        .arg("--release")
        .arg("--target-dir")
        .arg(project.target.join("fuzz"))
        .arg(name)
        .arg(kept)
        .args(seeds.iter().map(|folder| project.root.join(folder)))
        .arg("--")
        .args(options)
        .arg(format!("-max_len={MAX_LEN}"))
        .args(["-print_final_stats=1", "-verbosity=0"])
        .current_dir(&project.root);
    process::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Settings> {
        Settings::parse(&process::words(line))
    }

    #[test]
    fn parse_accepts_targets_and_options() {
        let whole = |target: &str, seed, cases| Settings::Whole {
            target: target.to_owned(),
            seed,
            cases,
        };
        assert_eq!(parse("http").unwrap(), whole("http", None, None));
        assert_eq!(
            parse("media --cases 9 --seed 7").unwrap(),
            whole("media", Some(7), Some(9))
        );
        let parsers = |targets: &[Target], seconds| Settings::Parsers {
            targets: targets.to_vec(),
            seconds,
        };
        assert_eq!(parse("").unwrap(), parsers(&TARGETS, SECONDS));
        assert_eq!(parse("--seconds 5").unwrap(), parsers(&TARGETS, 5));
        assert_eq!(
            parse("archive answer --seconds 5").unwrap(),
            parsers(&[TARGETS[1], TARGETS[0]], 5)
        );
    }

    #[test]
    fn parse_refuses_everything_else() {
        for line in [
            "zip",
            "--seed 7",
            "http 9",
            "http --seed",
            "media --cases x",
            "http --seconds 5",
            "json --cases 3",
            "json --seconds",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn targets_are_those_of_the_workspace_and_have_seeds() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
        let declared: Vec<&str> = manifest
            .split("[[bin]]\nname = \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(declared, TARGETS.map(|(name, _)| name));
        for (name, folders) in TARGETS {
            assert!(root.join(format!("fuzz/fuzz_targets/{name}.rs")).is_file(), "{name}");
            for folder in folders {
                assert!(root.join(folder).read_dir().unwrap().next().is_some(), "{folder}");
            }
        }
    }
}
