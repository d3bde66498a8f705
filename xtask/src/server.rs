//! The native server, in a workspace of its own below `server`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process::{self, run};
use crate::project::Project;

/// The name of the package and of its program.
pub(crate) const NAME: &str = "wix-media-server";

/// The target of the program in the tarball. It needs no library of the system, so it runs on any distribution.
pub(crate) const STATIC: &str = "x86_64-unknown-linux-musl";

/// A cargo command in the workspace of the server. Its results are in a folder of the target directory, because the profiles of
/// the two workspaces differ.
pub(crate) fn cargo(project: &Project, arguments: &[&str]) -> Command {
    let mut command = process::cargo(arguments);
    command
        .current_dir(project.root.join("server"))
        .env("CARGO_TARGET_DIR", target(project));
    command
}

/// The folder of its results.
pub(crate) fn target(project: &Project) -> PathBuf {
    project.target.join("server")
}

/// Builds the program, and returns its path.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    run(&mut cargo(project, &["build", "--locked"]))?;
    Ok(target(project).join("debug/wix-media-server"))
}

/// Builds the program with optimisations, and returns its path.
pub(crate) fn build_release(project: &Project) -> Result<PathBuf> {
    run(&mut cargo(project, &["build", "--release", "--locked"]))?;
    Ok(target(project).join("release/wix-media-server"))
}
