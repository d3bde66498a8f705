//! The native server, in a workspace of its own below `server`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process::{self, run};
use crate::project::Project;

/// A cargo command in the workspace of the server. Its results are in a folder of the target directory, because the profiles of
/// the two workspaces differ.
pub(crate) fn cargo(project: &Project, arguments: &[&str]) -> Command {
    let mut command = process::cargo(arguments);
    command
        .current_dir(project.root.join("server"))
        .env("CARGO_TARGET_DIR", target(project));
    command
}

fn target(project: &Project) -> PathBuf {
    project.target.join("server")
}

/// Builds the program, and returns its path.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    run(&mut cargo(project, &["build", "--locked"]))?;
    Ok(target(project).join("debug/wix-media-server"))
}
