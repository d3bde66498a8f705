//! Paths and targets of the project, as reported by `cargo metadata`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process::{cargo, output};

/// The features that are also tested natively.
pub(crate) const NATIVE: &str = "manager,images,jxl,reqwest,sdk,svg,tiff";

/// Features that are not WebAssembly modules: the default set, what the modules of image formats share, and typed calls for
/// Rust programs, with their transport.
const OTHERS: [&str; 4] = ["default", "pixels", "reqwest", "sdk"];

/// The repository and the package in its root.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target directory.
    pub(crate) target: PathBuf,
    /// The version of the crate and of the npm package.
    pub(crate) version: String,
    /// The features that are WebAssembly modules.
    pub(crate) features: Vec<String>,
    /// Kind and name of each target of the root package, such as `("test", "wasm_node")`.
    pub(crate) targets: Vec<(String, String)>,
}

impl Project {
    /// Runs `cargo metadata`.
    pub(crate) fn load() -> Result<Self> {
        let text = output(&mut cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
        Self::from_metadata(&text).context("cargo metadata is not as expected")
    }

    fn from_metadata(text: &str) -> Result<Self> {
        let metadata: Value = serde_json::from_str(text)?;
        let root = PathBuf::from(string(&metadata["workspace_root"])?);
        let manifest = root.join("Cargo.toml");
        let package = list(&metadata["packages"])?
            .iter()
            .find(|package| {
                package["manifest_path"]
                    .as_str()
                    .is_some_and(|path| manifest.as_os_str() == path)
            })
            .context("no package in the root")?;
        let features = package["features"].as_object().context("no features")?;
        let mut targets = Vec::new();
        for target in list(&package["targets"])? {
            for kind in list(&target["kind"])? {
                targets.push((string(kind)?, string(&target["name"])?));
            }
        }
        Ok(Self {
            target: PathBuf::from(string(&metadata["target_directory"])?),
            version: string(&package["version"])?,
            features: features
                .keys()
                .filter(|name| !OTHERS.contains(&name.as_str()))
                .cloned()
                .collect(),
            targets,
            root,
        })
    }

    /// The folder of the npm package.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The folder of intermediate results: one folder for each module, and generated sources.
    pub(crate) fn intermediate(&self) -> PathBuf {
        self.target.join("package")
    }

    /// The folder of the npm development packages and of the tests that use them.
    pub(crate) fn javascript(&self) -> PathBuf {
        self.root.join("tests").join("js")
    }

    /// The folder of the documentation site's sources.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("site")
    }

    /// The exact versions of the npm development packages.
    pub(crate) fn npm_lock(&self) -> PathBuf {
        self.javascript().join("package-lock.json")
    }

    /// A command of an npm development package, by the path of its script: `esbuild/bin/esbuild`.
    pub(crate) fn npm_tool(&self, script: &str) -> Command {
        let mut command = Command::new("node");
        command
            .arg(self.javascript().join("node_modules").join(script))
            .current_dir(&self.root);
        command
    }

    /// The names of the root package's targets of one kind: `test`, `bench`.
    pub(crate) fn targets_of(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.targets
            .iter()
            .filter(move |target| target.0 == kind)
            .map(|target| target.1.as_str())
    }
}

fn string(value: &Value) -> Result<String> {
    Ok(value.as_str().context("not a string")?.to_owned())
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("not a list")
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
        "workspace_root": "/p", "target_directory": "/t",
        "packages": [
            {"manifest_path": "/p/xtask/Cargo.toml", "version": "9.9.9", "features": {}, "targets": []},
            {"manifest_path": "/p/Cargo.toml", "version": "1.2.3",
             "features": {"client": ["dep:a"], "default": ["client"], "manager": ["dep:b"], "pixels": []},
             "targets": [{"kind": ["cdylib", "rlib"], "name": "one"}, {"kind": ["test"], "name": "two"}]}
        ]
    }"#;

    #[test]
    fn from_metadata_finds_the_root_package() {
        let project = Project::from_metadata(METADATA).unwrap();
        assert_eq!(project.version, "1.2.3");
        assert_eq!(project.features, ["client", "manager"]);
        assert_eq!(project.target, PathBuf::from("/t"));
        assert_eq!(project.targets_of("test").collect::<Vec<_>>(), ["two"]);
        assert_eq!(project.targets_of("rlib").collect::<Vec<_>>(), ["one"]);
    }

    #[test]
    fn from_metadata_refuses_other_json() {
        assert!(Project::from_metadata("{}").is_err());
        assert!(Project::from_metadata(r#"{"workspace_root": "/p", "packages": []}"#).is_err());
    }
}
