//! The rules of `deny.toml` for crates: licences, banned crates and sources.
//!
//! They are checked here, from what `cargo metadata` says, because cargo-deny takes minutes to compile. Where it is installed
//! it runs too. Only it checks advisories, for which it needs their database.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::machine::WASM;
use crate::process::{cargo, output, run};
use crate::project::Project;

const RULES: &str = "deny.toml";

/// The registry of crates, as lock files name it.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Folders of workspaces, each with a lock file of its own.
pub(crate) const WORKSPACES: [&str; 5] = [".", "server", "examples/rust", "examples/leptos", "fuzz"];

/// The lists of `deny.toml` that are checked without cargo-deny.
#[derive(Debug)]
pub(crate) struct Rules {
    allowed: Vec<String>,
    banned: Vec<String>,
}

impl Rules {
    /// Reads `deny.toml`.
    pub(crate) fn load(project: &Project) -> Result<Self> {
        let text = fs::read_to_string(project.root.join(RULES)).with_context(|| format!("cannot read {RULES}"))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(Self {
            allowed: strings(text, "licenses", "allow")?,
            banned: strings(text, "bans", "deny")?,
        })
    }

    /// Whether each part of an SPDX expression offers a licence that is allowed.
    pub(crate) fn is_allowed(&self, expression: &str) -> bool {
        expression.split(" AND ").all(|part| {
            part.trim_matches(['(', ')'])
                .split(" OR ")
                .flat_map(|choice| choice.split('/'))
                .any(|licence| self.allowed.iter().any(|allowed| allowed == licence.trim()))
        })
    }

    /// Returns the broken rules, one line each.
    fn faults(&self, metadata: &Value) -> Result<Vec<String>> {
        let packages = metadata["packages"]
            .as_array()
            .context("cargo metadata names no packages")?;
        let mut faults = Vec::new();
        for package in packages {
            let member = |name: &str| package[name].as_str().unwrap_or_default();
            // A package of the workspaces.
            if package["source"].is_null() {
                continue;
            }
            let (name, licence, source) = (member("name"), member("license"), member("source"));
            if !self.is_allowed(licence) {
                faults.push(format!("{name} is under {licence:?}"));
            }
            if self.banned.iter().any(|banned| banned == name) {
                faults.push(format!("{name} is banned"));
            }
            if source != REGISTRY {
                faults.push(format!("{name} comes from {source}"));
            }
        }
        Ok(faults)
    }
}

/// Returns the quoted texts of a list in a section, keys such as `crate =` left out.
fn strings(text: &str, section: &str, list: &str) -> Result<Vec<String>> {
    let missing = || format!("expected a list {list} in the section [{section}] of {RULES}");
    let (_, rest) = text.split_once(&format!("\n[{section}]\n")).with_context(missing)?;
    let rest = rest.split("\n[").next().unwrap_or_default();
    let (_, rest) = rest.split_once(&format!("\n{list} = [")).with_context(missing)?;
    let (inside, _) = rest.split_once("\n]").with_context(missing)?;
    let found: Vec<String> = inside.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    if found.is_empty() {
        bail!("{}", missing());
    }
    Ok(found)
}

/// Checks the crates of every workspace, and runs cargo-deny if it is installed.
pub(crate) fn check(project: &Project) -> Result<()> {
    let rules = Rules::load(project)?;
    let mut faults = Vec::new();
    for workspace in WORKSPACES {
        let mut command = cargo(&["metadata", "--format-version=1", "--locked", "--all-features"]);
        // Other platforms would download crates that nothing here compiles.
        command
            .args(["--filter-platform", &host()?, "--filter-platform", WASM])
            .current_dir(project.root.join(workspace));
        let metadata = serde_json::from_str(&output(&mut command)?).context("cargo metadata wrote no JSON")?;
        faults.extend(rules.faults(&metadata)?);
    }
    faults.sort();
    faults.dedup();
    if !faults.is_empty() {
        bail!("crates break the rules of {RULES}:\n  {}", faults.join("\n  "));
    }
    cargo_deny(project)
}

/// Runs cargo-deny where it is installed: its advisories only where their database can be fetched.
fn cargo_deny(project: &Project) -> Result<()> {
    let deny = |arguments: &[&str], workspace: &str| {
        let mut command = cargo(&["deny"]);
        command.args(arguments).current_dir(project.root.join(workspace));
        command
    };
    let is_quiet_success = |mut command: Command| {
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !is_quiet_success(deny(&["--version"], ".")) {
        println!("Advisories are not checked: cargo-deny is not installed");
        return Ok(());
    }
    let mut kinds = vec!["bans", "licenses", "sources"];
    if is_quiet_success(deny(&["fetch", "db"], ".")) {
        kinds.push("advisories");
    } else {
        println!("Advisories are not checked: their database cannot be fetched");
    }
    let rules = project.root.join(RULES);
    for workspace in WORKSPACES {
        let mut command = deny(&["check", "--config"], workspace);
        run(command.arg(&rules).args(&kinds))?;
    }
    Ok(())
}

/// Returns the platform of the compiler.
fn host() -> Result<String> {
    let version = output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its platform")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    fn rules() -> Rules {
        Rules::parse(include_str!("../../deny.toml")).unwrap()
    }

    #[test]
    fn every_part_of_an_expression_needs_a_licence_that_is_allowed() {
        for expression in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 / MIT",
            "Unlicense OR MIT",
            "(MIT OR Apache-2.0) AND IJG",
        ] {
            assert!(rules().is_allowed(expression), "{expression}");
        }
        for expression in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR LGPL-3.0) AND MIT"] {
            assert!(!rules().is_allowed(expression), "{expression}");
        }
    }

    #[test]
    fn faults_name_licences_bans_and_sources() {
        let package =
            |name: &str, license: &str, source: Value| json!({ "name": name, "license": license, "source": source });
        let metadata = json!({ "packages": [
            package("ours", "Proprietary", Value::Null),
            package("fine", "MIT", json!(REGISTRY)),
            package("copyleft", "GPL-3.0", json!(REGISTRY)),
            package("openssl", "Apache-2.0", json!(REGISTRY)),
            package("fork", "MIT", json!("git+https://example.com/fork")),
        ] });
        assert_eq!(
            rules().faults(&metadata).unwrap(),
            [
                "copyleft is under \"GPL-3.0\"",
                "openssl is banned",
                "fork comes from git+https://example.com/fork"
            ]
        );
    }

    #[test]
    fn every_workspace_is_checked() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let listed = output(Command::new("git").args(["ls-files", "*Cargo.lock"]).current_dir(root)).unwrap();
        let folders: Vec<&str> = listed
            .lines()
            .map(|path| path.strip_suffix("/Cargo.lock").unwrap_or("."))
            .collect();
        for folder in &folders {
            assert!(WORKSPACES.contains(folder), "{folder}");
        }
        assert_eq!(folders.len(), WORKSPACES.len());
    }

    #[test]
    fn parse_refuses_rules_without_a_list() {
        for text in ["", "\n[licenses]\n\n[bans]\nallow = [\n\"MIT\"\n]\n"] {
            assert!(Rules::parse(text).is_err(), "{text:?}");
        }
    }
}
