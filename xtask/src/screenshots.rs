//! `cargo xtask screenshots`: the pictures of the README.

use std::process::Command;

use anyhow::Result;

use crate::project::Project;
use crate::{build, machine, process};

/// Builds what is missing, and makes the pictures anew.
pub(crate) fn screenshots(project: &Project) -> Result<()> {
    let browser = machine::browser()?;
    build::build(project)?;
    let folder = project.javascript();
    process::run(
        Command::new("node")
            .arg(folder.join("page/screenshots.mjs"))
            .env("CHROMIUM", browser.chromium)
            .current_dir(&folder),
    )
}
