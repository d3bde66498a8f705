//! `cargo xtask server-tarball`: the native server as a static program for Linux, with its page.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{output, run};
use crate::project::Project;
use crate::server::{self, NAME, STATIC};
use crate::{build, machine, notices};

/// The files of `server/deploy` that are in the tarball. The others need the sources.
const DEPLOY: [&str; 3] = ["kubernetes.yaml", "nginx.conf", "wix-media-server.service"];

/// Builds the static program, and packs it with the page, the files of `server/deploy` and the licences into
/// `target/wix-media-server-VERSION-x86_64-linux.tar.gz`.
pub(crate) fn tarball(project: &Project) -> Result<()> {
    machine::musl(STATIC)?;
    build::build(project)?;
    run(&mut server::cargo(
        project,
        &["build", "--release", "--locked", "--target", STATIC],
    ))?;
    let program = server::target(project).join(STATIC).join("release").join(NAME);
    if has_interpreter(&fs::read(&program)?)? {
        bail!("{} needs a loader: it is not static", program.display());
    }
    let name = format!("{NAME}-{}-x86_64-linux", project.version);
    let folder = project.target.join("tarball").join(&name);
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder.join("deploy"))?;
    fs::copy(&program, folder.join(NAME))?;
    for file in DEPLOY {
        fs::copy(
            project.root.join("server/deploy").join(file),
            folder.join("deploy").join(file),
        )?;
    }
    for file in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(project.root.join(file), folder.join(file))?;
    }
    fs::write(folder.join("THIRD-PARTY-NOTICES"), notices::of_server(project)?)?;
    copy_folder(&project.dist(), &folder.join("page"))?;
    let packed = project.target.join(format!("{name}.tar.gz"));
    // The same content makes the same archive, whenever and by whomever it is made.
    run(Command::new("tar")
        .args([
            "--sort=name",
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "--mtime=@0",
            "--mode=u+w,go+rX,go-w",
        ])
        .args(["--use-compress-program=gzip --no-name -9", "--create", "--file"])
        .arg(&packed)
        .arg(&name)
        .current_dir(project.target.join("tarball")))?;
    let version = output(Command::new(folder.join(NAME)).arg("--version"))?;
    let size = fs::metadata(&packed)?.len();
    println!("{} in {}: {} bytes", version.trim(), packed.display(), size);
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("an entry has a name")?);
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Whether a program of 64 bits in ELF asks for a loader, which every program does that is linked with libraries of the system.
fn has_interpreter(elf: &[u8]) -> Result<bool> {
    const SEGMENT_INTERPRETER: u64 = 3;
    let number = |at: usize, length: usize| -> Result<u64> {
        let bytes = elf.get(at..at + length).context("the program ends early")?;
        Ok(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    if !elf.starts_with(b"\x7fELF\x02\x01") {
        bail!("the program is not in ELF of 64 bits");
    }
    let start = usize::try_from(number(32, 8)?)?;
    let (size, count) = (usize::try_from(number(54, 2)?)?, usize::try_from(number(56, 2)?)?);
    for segment in 0..count {
        if number(start + segment * size, 4)? == SEGMENT_INTERPRETER {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn has_interpreter_finds_that_of_a_shell() {
        let shell = fs::read("/bin/sh").unwrap();
        assert!(has_interpreter(&shell).unwrap());
        assert!(has_interpreter(&shell[..40]).is_err());
        assert!(has_interpreter(b"#!/bin/sh").is_err());
    }

    #[test]
    fn files_of_the_tarball_exist() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/deploy");
        for file in DEPLOY {
            assert!(folder.join(file).is_file(), "{file}");
        }
    }
}
