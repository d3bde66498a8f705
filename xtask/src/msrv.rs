//! `cargo xtask msrv`: compiles what users compile with the oldest Rust that `rust-version` promises.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::machine::{self, WASM};
use crate::process::{cargo, output, run};
use crate::project::{NATIVE, Project};

/// What is compiled: the folder of a workspace and the arguments of `cargo check`. Tests and tools may need a later Rust.
const CHECKS: [(&str, &[&str]); 5] = [
    (".", &["--package", "wix-media", "--lib", "--features", NATIVE]),
    (
        ".",
        &[
            "--package",
            "wix-media",
            "--lib",
            "--features",
            "reqwest",
            "--target",
            WASM,
        ],
    ),
    ("server", &["--workspace"]),
    ("examples/rust", &[]),
    ("examples/leptos", &["--target", WASM]),
];

/// Installs that Rust and compiles.
pub(crate) fn msrv(project: &Project) -> Result<()> {
    machine::c_compiler()?;
    for (folder, arguments) in CHECKS {
        let folder = project.root.join(folder);
        let version = rust_version(&folder)?;
        machine::toolchain(&version, Some(WASM))?;
        println!("— {} with Rust {version} —", folder.display());
        run(Command::new("rustup")
            .args(["run", &version, "cargo", "check", "--locked"])
            .args(arguments)
            .current_dir(&folder)
            // One for all, apart from the results of the usual compiler.
            .env("CARGO_TARGET_DIR", project.target.join("msrv")))?;
    }
    Ok(())
}

/// The `rust-version` of a workspace: that of its first member.
fn rust_version(folder: &Path) -> Result<String> {
    let mut command = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&output(command.current_dir(folder))?)?;
    let version = metadata["packages"][0]["rust_version"].as_str();
    Ok(version
        .with_context(|| format!("no rust-version in {}", folder.display()))?
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workspace_promises_the_same_rust() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (folder, _) in CHECKS {
            assert_eq!(
                rust_version(&root.join(folder)).unwrap(),
                env!("CARGO_PKG_RUST_VERSION"),
                "{folder}"
            );
        }
    }
}
