//! `cargo xtask bench`: the speed of calls, compared with the official packages.

use std::process::Command;

use anyhow::{Result, bail};

use crate::fresh::files;
use crate::project::{NATIVE, Project};
use crate::{build, process};

/// Runs the Rust benchmarks, then those in `tests/js/bench`.
pub(crate) fn bench(project: &Project) -> Result<()> {
    for name in project.targets_of("bench") {
        let arguments = ["bench", "--package", "wix-media", "--features", NATIVE, "--bench", name];
        process::run(process::cargo(&arguments).current_dir(&project.root))?;
    }
    build::build(project)?;
    let folder = project.javascript();
    let mut scripts = files(&folder.join("bench"))?;
    scripts.retain(|path| path.to_string_lossy().ends_with(".bench.mjs"));
    if scripts.is_empty() {
        bail!("no benchmark found in {}", folder.join("bench").display());
    }
    for script in scripts {
        process::run(Command::new("node").arg("--expose-gc").arg(script).current_dir(&folder))?;
    }
    Ok(())
}
