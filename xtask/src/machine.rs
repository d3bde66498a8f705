//! Making sure of what a command needs: installing what is missing where that is possible, and otherwise
//! saying the one command that the person must run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::process::{output, run};
use crate::project::Project;

/// The target of all wasm modules.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node with what the build and the tests use.
const OLDEST_NODE: u32 = 20;

/// A browser and the program that drives it.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// The standard library for WebAssembly.
pub(crate) fn wasm_target() -> Result<()> {
    if sysroot()?.join("lib/rustlib").join(WASM).join("lib").is_dir() {
        return Ok(());
    }
    rustup(&["target", "add", WASM])
}

/// The sources of the standard library, from which the size recipe builds it anew.
pub(crate) fn standard_library_sources() -> Result<()> {
    if sysroot()?.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file() {
        return Ok(());
    }
    rustup(&["component", "add", "rust-src"])
}

/// The formatter and the linter.
pub(crate) fn rust_linters() -> Result<()> {
    for (program, component) in [("rustfmt", "rustfmt"), ("clippy-driver", "clippy")] {
        let mut probe = Command::new(program);
        probe.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        if !probe.status().is_ok_and(|status| status.success()) {
            rustup(&["component", "add", component])?;
        }
    }
    Ok(())
}

/// Node, new enough.
pub(crate) fn node() -> Result<()> {
    let install = format!("install Node {OLDEST_NODE} or newer (nodejs.org)");
    if find("node").is_none() {
        bail!("Node is missing: {install}");
    }
    let version = output(Command::new("node").arg("--version"))?;
    if major(&version).is_none_or(|major| major < OLDEST_NODE) {
        bail!("Node {} is too old: {install}", version.trim());
    }
    Ok(())
}

/// Node and the npm development packages, exactly as the lock file names them.
pub(crate) fn npm_packages(project: &Project) -> Result<()> {
    node()?;
    let folder = project.javascript();
    let lock = folder.join("package-lock.json");
    // npm writes this file when it is done, so an interrupted installation does not pass for a whole one.
    let installed = folder.join("node_modules/.package-lock.json");
    if modified(&installed).is_some_and(|installed| modified(&lock).is_some_and(|lock| lock <= installed)) {
        return Ok(());
    }
    println!("Installing the npm packages of {}", folder.display());
    run(Command::new("npm")
        .args(["ci", "--loglevel=error"])
        .current_dir(&folder))
}

/// What compiles SQLite to WebAssembly.
pub(crate) fn c_compiler() -> Result<()> {
    debian_packages(&[("clang", "clang")])
}

/// Chromium and its driver.
pub(crate) fn browser() -> Result<Browser> {
    debian_packages(&[("chromium", "chromium"), ("chromedriver", "chromium-driver")])?;
    Ok(Browser {
        chromium: find("chromium").context("there is still no chromium on the PATH")?,
        driver: find("chromedriver").context("there is still no chromedriver on the PATH")?,
    })
}

/// Programs and the Debian packages that bring them.
fn debian_packages(wanted: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| find(program).is_none())
        .map(|(_, name)| *name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_debian() {
        bail!("missing on the PATH: install {names} (named as in Debian) with your system's package manager");
    }
    if !is_root() {
        bail!("missing: run  sudo apt-get install --yes {names}");
    }
    println!("Installing {names}");
    // Another installation may be under way; wait for it rather than fail.
    const PATIENT: [&str; 3] = ["--quiet=2", "-o", "DPkg::Lock::Timeout=300"];
    run(Command::new("apt-get").args(PATIENT).arg("update"))?;
    output(
        Command::new("apt-get")
            .args(PATIENT)
            .args(["install", "--yes", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
    .map(drop)
}

/// Asks rustup for something, or the person where there is no rustup.
fn rustup(arguments: &[&str]) -> Result<()> {
    if find("rustup").is_none() {
        bail!("missing: run  rustup {}", arguments.join(" "));
    }
    run(Command::new("rustup").args(arguments))
}

fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(
        output(Command::new("rustc").args(["--print", "sysroot"]))?.trim(),
    ))
}

/// A program on the PATH.
fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Debian itself: its derivatives name or pack these programs in other ways.
fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// `v20.1.2` → 20
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8"), Some(8));
        assert_eq!(major("20.1"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(find("rustc").is_some());
        assert!(find("no-such-program-anywhere").is_none());
    }
}
