//! The npm packages that the bundles of the page contain, by the account that esbuild gives of them. The notices and the bill of
//! materials name them beside the crates.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::project::Project;

/// A package.
#[derive(Debug)]
pub(crate) struct Bundled {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: String,
    /// The text of its licence.
    pub(crate) text: String,
}

impl Bundled {
    /// The address of the package for tools: `pkg:npm/NAME@VERSION`.
    pub(crate) fn purl(&self) -> String {
        format!("pkg:npm/{}@{}", self.name.replace('@', "%40"), self.version)
    }
}

/// The packages in the page, which was bundled before.
pub(crate) fn bundled(project: &Project) -> Result<Vec<Bundled>> {
    let account = fs::read_to_string(project.intermediate().join("page.json")).context("the page is not bundled")?;
    let account: Value = serde_json::from_str(&account).context("esbuild wrote no JSON")?;
    let inputs = account["inputs"].as_object().context("esbuild names no inputs")?;
    names(inputs.keys().map(String::as_str))
        .into_iter()
        .map(|name| package(project, name))
        .collect()
}

/// The names of the packages to which files belong.
fn names<'a>(files: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    files
        .filter_map(|file| file.rsplit_once("node_modules/"))
        .map(|(_, path)| {
            let parts = if path.starts_with('@') { 2 } else { 1 };
            path.match_indices('/')
                .nth(parts - 1)
                .map_or(path, |(end, _)| &path[..end])
        })
        .collect()
}

fn package(project: &Project, name: &str) -> Result<Bundled> {
    let folder = project.javascript().join("node_modules").join(name);
    let read =
        |file: &str| fs::read_to_string(folder.join(file)).with_context(|| format!("cannot read {file} of {name}"));
    let manifest: Value =
        serde_json::from_str(&read("package.json")?).with_context(|| format!("invalid manifest of {name}"))?;
    let member = |key: &str| {
        manifest[key]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("{name} has no {key}"))
    };
    Ok(Bundled {
        name: name.to_owned(),
        version: member("version")?,
        licence: member("license")?,
        text: read("LICENSE")?.replace("\r\n", "\n").trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_packages_with_and_without_a_scope() {
        let files = [
            "www/main.js",
            "tests/js/node_modules/photoswipe/dist/photoswipe.esm.js",
            "tests/js/node_modules/photoswipe/dist/other.js",
            "tests/js/node_modules/@cropper/elements/dist/elements.js",
        ];
        assert_eq!(
            names(files.into_iter()),
            BTreeSet::from(["@cropper/elements", "photoswipe"])
        );
    }
}
