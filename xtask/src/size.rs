//! `cargo xtask size`: download sizes, compared with the official packages.

use std::process::Command;

use anyhow::Result;

use crate::project::Project;
use crate::{build, process};

/// Builds what is missing and prints the table.
pub(crate) fn size(project: &Project) -> Result<()> {
    build::build(project)?;
    let folder = project.javascript();
    process::run(
        Command::new("node")
            .arg(folder.join("size/measure.mjs"))
            .current_dir(&folder),
    )
}
