//! `cargo xtask docs`: the documentation as a site of static files.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process::run;
use crate::project::Project;
use crate::{build, machine};

/// Builds the site, and says how to look at it.
pub(crate) fn docs(project: &Project) -> Result<()> {
    let folder = build_site(project)?;
    println!("Serve {} with any web server", folder.display());
    Ok(())
}

/// Builds the package, and the site with its files. Returns the folder of the site.
pub(crate) fn build_site(project: &Project) -> Result<PathBuf> {
    build::build(project)?;
    machine::site_packages(project)?;
    let folder = project.target.join("site");
    run(Command::new("node")
        .arg(project.site().join("build.js"))
        .arg(&folder)
        .current_dir(&project.root))?;
    Ok(folder)
}
