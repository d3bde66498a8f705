//! The licences of what the WebAssembly modules and the page contain: `THIRD-PARTY-NOTICES` of the package.
//!
//! The crates are those that Cargo links into the modules, without procedural macros and what only they use. Where a crate
//! offers a choice, the text of MIT stands for it; equal texts stand once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::bundled::bundled;
use crate::licences::Rules;
use crate::process::{cargo, output};
use crate::project::Project;
use crate::server;
use crate::wasm;

/// What is linked without being a crate of the lock file.
const INTRODUCTION: &str = "\
The WebAssembly modules and the page of this package contain the software below, under these licences.

The modules also contain the standard library of Rust, under MIT or Apache-2.0 (the Rust project contributors), and SQLite, which is
in the public domain.
";

/// The same for the native server, whose own page has the notices of the package.
const INTRODUCTION_OF_SERVER: &str = "\
The program wix-media-server contains the software below, under these licences. The notices of its page are in the folder page.

The program also contains the standard library of Rust, under MIT or Apache-2.0 (the Rust project contributors), SQLite, which is in
the public domain, and musl, under MIT (Rich Felker and others).
";

/// The library's package.
pub(crate) const LIBRARY: &str = "wix-media";

/// What `cargo metadata` says of the crates that the modules are built from.
pub(crate) fn metadata(project: &Project) -> Result<Value> {
    let mut command = cargo(&["metadata", "--format-version=1", "--locked", "--no-default-features"]);
    command
        .args([
            "--filter-platform",
            crate::machine::WASM,
            "--features",
            &wasm::names().join(","),
        ])
        .current_dir(&project.root);
    serde_json::from_str(&output(&mut command)?).context("cargo metadata wrote no JSON")
}

/// The text of the notices.
pub(crate) fn notices(project: &Project) -> Result<String> {
    let rules = Rules::load(project)?;
    let mut names_by_text = of_crates(&rules, &metadata(project)?, LIBRARY)?;
    for package in bundled(project)? {
        let licence = &package.licence;
        if !rules.is_allowed(licence) {
            bail!("{} is under {licence:?}, which deny.toml does not allow", package.name);
        }
        let label = format!("{} {} ({licence})", package.name, package.version);
        names_by_text.entry(package.text).or_default().insert(label);
    }
    Ok(written(INTRODUCTION, names_by_text))
}

/// The text of the notices of the native server.
pub(crate) fn of_server(project: &Project) -> Result<String> {
    let metadata = output(&mut server::cargo(
        project,
        &[
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            server::STATIC,
        ],
    ))?;
    let metadata = serde_json::from_str(&metadata).context("cargo metadata wrote no JSON")?;
    let crates = of_crates(&Rules::load(project)?, &metadata, server::NAME)?;
    Ok(written(INTRODUCTION_OF_SERVER, crates))
}

/// The crates that are linked into a package, by the text of their licence.
fn of_crates(rules: &Rules, metadata: &Value, root: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut names_by_text: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in Linked::new(metadata, root)?.packages.into_values() {
        // What is not from a registry is ours.
        if package["source"].is_null() {
            continue;
        }
        let member = |name: &str| package[name].as_str().unwrap_or_default();
        let (name, licence) = (member("name"), member("license"));
        if !rules.is_allowed(licence) {
            bail!("{name} is under {licence:?}, which deny.toml does not allow");
        }
        let folder = Path::new(member("manifest_path"));
        let folder = folder.parent().context("a manifest is in a folder")?;
        let texts = texts(folder).with_context(|| format!("cannot read the licences of {name}"))?;
        let text = if texts.is_empty() {
            format!("Licensed under {licence}.")
        } else {
            texts.join("\n\n")
        };
        let label = format!("{name} {} ({licence})", member("version"));
        names_by_text.entry(text).or_default().insert(label);
    }
    Ok(names_by_text)
}

/// The notices of what has each text of a licence.
fn written(introduction: &str, names_by_text: BTreeMap<String, BTreeSet<String>>) -> String {
    let mut groups: Vec<_> = names_by_text.into_iter().collect();
    groups.sort_by(|(_, left), (_, right)| left.cmp(right));
    let mut notices = introduction.to_owned();
    for (text, crates) in groups {
        let crates: Vec<String> = crates.into_iter().collect();
        notices.push_str(&format!("\n{}\n\n{}\n\n{text}\n", "-".repeat(100), crates.join("\n")));
    }
    notices
}

/// The packages that are linked into a package of this repository, without that one itself.
#[derive(Debug)]
pub(crate) struct Linked<'a> {
    /// The packages by their ids.
    pub(crate) packages: BTreeMap<String, &'a Value>,
    /// Which of them each one needs, by ids. The package itself is one of the keys.
    pub(crate) dependencies: BTreeMap<String, Vec<String>>,
}

impl<'a> Linked<'a> {
    /// Reads the output of `cargo metadata`. `root` is the name of the package.
    pub(crate) fn new(metadata: &'a Value, root: &str) -> Result<Self> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
        let all: BTreeMap<String, &Value> = metadata["packages"]
            .as_array()
            .context("cargo metadata names no packages")?
            .iter()
            .map(|package| (id(package), package))
            .collect();
        let nodes: BTreeMap<String, Vec<Value>> = list(&metadata["resolve"]["nodes"])
            .iter()
            .map(|node| (id(node), list(&node["deps"])))
            .collect();
        let is_macro = |package: &Value| {
            list(&package["targets"])
                .iter()
                .any(|target| list(&target["kind"]).contains(&Value::from("proc-macro")))
        };
        let root = all
            .iter()
            .find(|(_, package)| package["name"] == root)
            .map(|(id, _)| id.clone())
            .context("cargo metadata does not name the crate")?;
        let mut packages = BTreeMap::new();
        let mut dependencies = BTreeMap::new();
        let mut open = vec![root.clone()];
        while let Some(next) = open.pop() {
            let package = *all.get(&next).context("cargo metadata lacks a package")?;
            if packages.insert(next.clone(), package).is_some() {
                continue;
            }
            let mut needed = Vec::new();
            for dependency in nodes.get(&next).into_iter().flatten() {
                let id = dependency["pkg"].as_str().unwrap_or_default().to_owned();
                let package = *all.get(&id).context("cargo metadata lacks a package")?;
                let is_normal = list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
                if is_normal && !is_macro(package) {
                    needed.push(id);
                }
            }
            open.extend(needed.iter().cloned());
            dependencies.insert(next, needed);
        }
        packages.remove(&root);
        Ok(Self { packages, dependencies })
    }
}

/// The licence texts in the folder of a crate: that of MIT where there is one, and those that come in addition to it.
fn texts(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let upper = name.to_uppercase();
        if ["LICENSE", "LICENCE", "COPYING", "NOTICE"]
            .iter()
            .any(|start| upper.starts_with(start))
        {
            names.push(name);
        }
    }
    names.sort();
    if names.iter().any(|name| name.to_uppercase().contains("MIT")) {
        const CHOICES: &[&str] = &["APACHE", "ZLIB", "0BSD", "COPYING"];
        names.retain(|name| {
            let upper = name.to_uppercase();
            upper.contains('-') && !CHOICES.iter().any(|choice| upper.contains(choice))
        });
    }
    names
        .iter()
        .map(|name| {
            Ok(fs::read_to_string(folder.join(name))?
                .replace("\r\n", "\n")
                .trim()
                .to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_linked_is_named() {
        let metadata = serde_json::json!({
            "packages": [
                { "id": "0", "name": "wix-media", "targets": [{ "kind": ["lib"] }] },
                { "id": "1", "name": "linked", "targets": [{ "kind": ["lib"] }] },
                { "id": "2", "name": "derive", "targets": [{ "kind": ["proc-macro"] }] },
                { "id": "3", "name": "of-derive", "targets": [{ "kind": ["lib"] }] },
                { "id": "4", "name": "of-build", "targets": [{ "kind": ["lib"] }] },
            ],
            "resolve": { "nodes": [
                { "id": "0", "deps": [
                    { "pkg": "1", "dep_kinds": [{ "kind": null }] },
                    { "pkg": "2", "dep_kinds": [{ "kind": null }] },
                ] },
                { "id": "1", "deps": [{ "pkg": "4", "dep_kinds": [{ "kind": "build" }] }] },
                { "id": "2", "deps": [{ "pkg": "3", "dep_kinds": [{ "kind": null }] }] },
            ] },
        });
        let found: Vec<&Value> = Linked::new(&metadata, LIBRARY)
            .unwrap()
            .packages
            .into_values()
            .map(|package| &package["name"])
            .collect();
        assert_eq!(found, ["linked"]);
    }
}
