//! `cargo xtask release VERSION [--dry-run]`: the version in all its places, the changelog, the packed package, a commit and a
//! tag. Nothing leaves the machine: the commands that publish are printed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{cargo, output, run};
use crate::project::Project;
use crate::{build, licences};

const CHANGELOG: &str = "CHANGELOG.md";
/// The manifests with the version, and how each of them gets a new one.
const MANIFESTS: [(&str, Rewrite); 5] = [
    ("Cargo.toml", with_crate_version),
    ("server/Cargo.toml", with_crate_version),
    ("server/postgres/Cargo.toml", with_crate_version),
    ("server/s3/Cargo.toml", with_crate_version),
    ("pkg-template/package.json", with_npm_version),
];
/// The section of changes that are not in a release yet.
const UNRELEASED: &str = "## Unreleased\n";

/// What to release.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    version: String,
    /// Checks everything and writes nothing.
    is_dry: bool,
}

impl Settings {
    /// Reads `VERSION [--dry-run]`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let (flags, versions): (Vec<&String>, Vec<&String>) =
            arguments.iter().partition(|argument| argument.starts_with('-'));
        let [version] = versions[..] else {
            bail!("expected one version, such as 1.2.3");
        };
        numbers(version)?;
        if let Some(flag) = flags.iter().find(|flag| **flag != "--dry-run") {
            bail!("unknown option {flag:?} of release");
        }
        Ok(Self {
            version: version.clone(),
            is_dry: !flags.is_empty(),
        })
    }
}

/// Releases, or with `--dry-run` says what a release would do.
pub(crate) fn release(project: &Project, settings: &Settings) -> Result<()> {
    let Settings { version, is_dry } = settings;
    if numbers(version)? <= numbers(&project.version)? {
        bail!("invalid version {version}: expected one later than {}", project.version);
    }
    let status = output(
        Command::new("git")
            .args(["status", "--porcelain"])
            .current_dir(&project.root),
    )?;
    if !status.is_empty() && !is_dry {
        bail!("cannot release with uncommitted changes:\n{status}");
    }
    let today = output(Command::new("node").args(["-p", "new Date().toISOString().slice(0, 10)"]))?;

    let edits = edits(project, version, today.trim())?;
    for edit in &edits {
        println!("{}", edit.summary());
    }
    if !is_dry {
        for edit in &edits {
            fs::write(&edit.path, &edit.after)?;
        }
        // Each lock file names the crate too.
        for workspace in licences::WORKSPACES {
            run(cargo(&["update", "--workspace"]).current_dir(project.root.join(workspace)))?;
        }
    }

    // The package takes its version from the crate, which has the new one only outside of a dry run.
    let project = &Project::load()?;
    build::build(project)?;
    let packed = output(
        Command::new("npm")
            .args(["pack", "--dry-run", "--json"])
            .current_dir(project.dist()),
    )?;
    println!(
        "{}",
        check_pack(&packed, if *is_dry { &project.version } else { version })?
    );

    let tag = format!("v{version}");
    if *is_dry {
        println!("Would commit these files and tag the commit {tag}");
        return Ok(());
    }
    let git = |arguments: &[&str]| run(Command::new("git").args(arguments).current_dir(&project.root));
    // Nothing else was changed before.
    git(&["add", "--update"])?;
    git(&["commit", "--message", &format!("release: {version}")])?;
    git(&["tag", "--annotate", &tag, "--message", &format!("wix-media {version}")])?;
    println!("\nTo publish it:\n  git push --follow-tags\n  npm publish dist --provenance --access public");
    Ok(())
}

/// Puts a version into a text, in place of the current version or with the date of today.
type Rewrite = fn(&str, &str, &str) -> Result<String>;

/// A change of one file.
struct Edit {
    name: &'static str,
    path: PathBuf,
    before: String,
    after: String,
}

/// The changes of all files but the lock files.
fn edits(project: &Project, version: &str, today: &str) -> Result<Vec<Edit>> {
    let current = project.version.as_str();
    let manifests = MANIFESTS.map(|(name, rewrite)| (name, rewrite, current));
    let changelog: (&str, Rewrite, &str) = (CHANGELOG, with_section, today);
    let places = manifests.into_iter().chain([changelog]);
    places
        .map(|(name, rewrite, context)| {
            let path = project.root.join(name);
            let before = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
            let after = rewrite(&before, version, context).with_context(|| format!("cannot release with {name}"))?;
            Ok(Edit {
                name,
                path,
                before,
                after,
            })
        })
        .collect()
}

impl Edit {
    /// The lines that it adds, below the name of the file.
    fn summary(&self) -> String {
        let old: Vec<&str> = self.before.lines().collect();
        let mut text = self.name.to_owned();
        for line in self
            .after
            .lines()
            .filter(|line| !line.is_empty() && !old.contains(line))
        {
            text.push_str("\n  + ");
            text.push_str(line);
        }
        text
    }
}

/// `1.2.3` → `[1, 2, 3]`
fn numbers(version: &str) -> Result<[u64; 3]> {
    let parts: Option<Vec<u64>> = version
        .split('.')
        .map(|part| part.parse().ok().filter(|number: &u64| number.to_string() == part))
        .collect();
    parts
        .and_then(|parts| parts.try_into().ok())
        .with_context(|| format!("invalid version {version:?}: expected three numbers, such as 1.2.3"))
}

/// Replaces the one line that is `from`.
fn with_line(text: &str, from: &str, to: &str) -> Result<String> {
    let lines: Vec<&str> = text.lines().collect();
    if lines.iter().filter(|line| **line == from).count() != 1 {
        bail!("expected the line {from:?} once");
    }
    let lines = lines.into_iter().map(|line| if line == from { to } else { line });
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

fn with_crate_version(manifest: &str, version: &str, current: &str) -> Result<String> {
    with_line(
        manifest,
        &format!("version = \"{current}\""),
        &format!("version = \"{version}\""),
    )
}

fn with_npm_version(manifest: &str, version: &str, current: &str) -> Result<String> {
    with_line(
        manifest,
        &format!("  \"version\": \"{current}\","),
        &format!("  \"version\": \"{version}\","),
    )
}

/// Moves all unreleased entries to a section of the version.
fn with_section(changelog: &str, version: &str, date: &str) -> Result<String> {
    let (before, after) = changelog
        .split_once(UNRELEASED)
        .context("expected a section \"## Unreleased\"")?;
    let entries = after.split("\n## ").next().unwrap_or_default();
    if !entries.lines().any(|line| line.starts_with("- ")) {
        bail!("no unreleased entries");
    }
    Ok(format!("{before}{UNRELEASED}\n## {version} - {date}\n{after}"))
}

/// What `npm pack` would publish, in one line.
fn check_pack(packed: &str, version: &str) -> Result<String> {
    let packed: Value = serde_json::from_str(packed).context("npm pack wrote no JSON")?;
    // Some versions of npm give a list, others an object by name.
    let packed = packed
        .get(0)
        .or_else(|| packed.as_object().and_then(|all| all.values().next()))
        .context("npm pack reported no package")?;
    if packed["version"] != version {
        bail!("expected a package of version {version}, found {}", packed["version"]);
    }
    let number = |name: &str| {
        packed[name]
            .as_u64()
            .with_context(|| format!("npm pack reported no {name}"))
    };
    let (files, size, unpacked) = (number("entryCount")?, number("size")?, number("unpackedSize")?);
    Ok(format!(
        "{}: {files} files, {:.1} MB packed, {:.1} MB unpacked",
        packed["filename"].as_str().unwrap_or_default(),
        size as f64 / 1e6,
        unpacked as f64 / 1e6,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Settings> {
        Settings::parse(&crate::process::words(line))
    }

    #[test]
    fn settings_need_one_version_of_three_numbers() {
        let settings = |is_dry| Settings {
            version: "1.2.3".to_owned(),
            is_dry,
        };
        assert_eq!(parse("1.2.3").unwrap(), settings(false));
        assert_eq!(parse("--dry-run 1.2.3").unwrap(), settings(true));
        for line in ["", "1.2", "1.2.3.4", "v1.2.3", "1.2.03", "1.2.3 1.2.4", "1.2.3 --force"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("0.10.0").unwrap() > numbers("0.9.9").unwrap());
    }

    #[test]
    fn version_is_replaced_in_every_manifest() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let current = env!("CARGO_PKG_VERSION");
        for (name, text) in MANIFESTS {
            let before = fs::read_to_string(root.join(name)).unwrap();
            let after = text(&before, "99.0.0", current).unwrap();
            assert_eq!(text(&after, current, "99.0.0").unwrap(), before, "{name}");
            assert!(text(&before, "99.0.0", "98.0.0").is_err(), "{name}");
        }
    }

    #[test]
    fn no_other_manifest_has_the_version() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut command = Command::new("git");
        command
            .args(["ls-files", "*Cargo.toml", "*package.json"])
            .current_dir(&root);
        let current = env!("CARGO_PKG_VERSION");
        let lines = [
            format!("version = \"{current}\""),
            format!("  \"version\": \"{current}\","),
        ];
        let tracked = output(&mut command).unwrap();
        let with_version: Vec<&str> = tracked
            .lines()
            .filter(|name| {
                let text = fs::read_to_string(root.join(name)).unwrap();
                text.lines().any(|line| lines.iter().any(|each| each == line))
            })
            .collect();
        let mut expected = MANIFESTS.map(|(name, _)| name);
        expected.sort_unstable();
        assert_eq!(with_version, expected);
    }

    #[test]
    fn with_section_keeps_every_entry_and_refuses_an_empty_release() {
        let changelog = "# Changelog\n\n## Unreleased\n\n### Added\n\n- One.\n\n## 0.1.0 - 2026-01-01\n\n- Zero.\n";
        let text = with_section(changelog, "0.2.0", "2026-11-27").unwrap();
        assert_eq!(
            text,
            "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-11-27\n\n### Added\n\n- One.\n\n## 0.1.0 - 2026-01-01\n\n- Zero.\n"
        );
        assert!(with_section(&text, "0.3.0", "2026-11-28").is_err(), "nothing is new");
        assert!(with_section("# Changelog\n", "0.3.0", "2026-11-28").is_err());
    }

    #[test]
    fn summary_names_the_file_and_its_new_lines() {
        let edit = Edit {
            name: "a/b.toml",
            path: PathBuf::new(),
            before: "x = 1\ny = 2\n".to_owned(),
            after: "x = 1\ny = 3\n".to_owned(),
        };
        assert_eq!(edit.summary(), "a/b.toml\n  + y = 3");
    }

    #[test]
    fn check_pack_reads_both_forms_and_compares_the_version() {
        let package =
            r#"{"version":"1.2.3","filename":"w-1.2.3.tgz","entryCount":3,"size":1500000,"unpackedSize":4000000}"#;
        let line = "w-1.2.3.tgz: 3 files, 1.5 MB packed, 4.0 MB unpacked";
        assert_eq!(check_pack(&format!("[{package}]"), "1.2.3").unwrap(), line);
        assert_eq!(
            check_pack(&format!("{{\"wix-media.v2\":{package}}}"), "1.2.3").unwrap(),
            line
        );
        assert!(check_pack(&format!("[{package}]"), "1.2.4").is_err());
        assert!(check_pack("[]", "1.2.3").is_err());
    }
}
