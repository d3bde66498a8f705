//! `cargo xtask server-tarball`: the native server as a static program for Linux, with its page, and its tests as users install it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::fresh::files;
use crate::process::{cargo_home, output, run};
use crate::project::Project;
use crate::server::{self, NAME, STATIC};
use crate::{build, machine, notices};

/// The files of `server/deploy` that are in the tarball. The others need the sources.
const DEPLOY: [&str; 5] = [
    "Dockerfile.static",
    "kubernetes.team.yaml",
    "kubernetes.yaml",
    "nginx.conf",
    "wix-media-server.service",
];

/// The tests of `tests/js/team` about the program as users install it.
const TESTS: [&str; 2] = ["command-line.test.js", "installed.test.js"];

/// What to do with the tarball.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Whether its program is tested.
    is_tested: bool,
}

impl Settings {
    /// Parses nothing, or `--test`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        match arguments {
            [] => Ok(Self { is_tested: false }),
            [option] if option == "--test" => Ok(Self { is_tested: true }),
            [other, ..] => bail!("unexpected argument {other:?} of server-tarball: expected nothing, or --test"),
        }
    }
}

/// Makes the tarball. Tests what is in it, if the settings say so.
pub(crate) fn server_tarball(project: &Project, settings: Settings) -> Result<()> {
    let packed = tarball(project)?;
    if settings.is_tested {
        test(project, &packed)?;
    }
    Ok(())
}

/// Runs tests against the program in the tarball, in a folder that is removed afterwards.
fn test(project: &Project, packed: &Path) -> Result<()> {
    machine::postgresql()?;
    let installed = project.target.join("tarball").join("installed");
    if installed.is_dir() {
        fs::remove_dir_all(&installed).with_context(|| format!("cannot remove {}", installed.display()))?;
    }
    fs::create_dir_all(&installed)?;
    run(Command::new("tar")
        .args(["--extract", "--strip-components=1", "--file"])
        .arg(packed)
        .current_dir(&installed))?;
    let folder = project.javascript().join("team");
    run(Command::new("node")
        .arg("--test")
        .args(TESTS.map(|name| folder.join(name)))
        .env("WIX_MEDIA_SERVER", installed.join(NAME))
        .env("WIX_MEDIA_S3_BIN", machine::object_stores(project)?)
        .current_dir(project.javascript()))?;
    fs::remove_dir_all(&installed).with_context(|| format!("cannot remove {}", installed.display()))
}

/// Builds the static program, and packs it with the page, the files of `server/deploy` and the licences into
/// `target/wix-media-server-VERSION-x86_64-linux.tar.gz`, whose path it returns.
fn tarball(project: &Project) -> Result<PathBuf> {
    machine::musl(STATIC)?;
    build::build(project)?;
    // Panics name the files that they come from.
    let paths = [cargo_home()?, project.root.clone()];
    let flags: Vec<String> = paths
        .iter()
        .zip(["crates", "wix-media"])
        .map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()))
        .collect();
    run(
        server::cargo(project, &["build", "--release", "--locked", "--target", STATIC])
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")),
    )?;
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
    let named = files_with(&folder, &paths)?;
    if !named.is_empty() {
        bail!("paths of this machine are in {}", named.join(", "));
    }
    let packed = project.target.join(format!("{name}.tar.gz"));
    pack(&folder, &packed)?;
    let version = output(Command::new(folder.join(NAME)).arg("--version"))?;
    let size = fs::metadata(&packed)?.len();
    println!("{} in {}: {} bytes", version.trim(), packed.display(), size);
    Ok(packed)
}

/// Packs a folder. The same content makes the same archive, whenever and by whomever it is made.
fn pack(folder: &Path, packed: &Path) -> Result<()> {
    run(Command::new("tar")
        .args([
            "--sort=name",
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "--mtime=@0",
            "--mode=u+w,go=rX",
        ])
        .args(["--use-compress-program=gzip --no-name -9", "--create", "--file"])
        .arg(packed)
        .arg(folder.file_name().context("a folder has a name")?)
        .current_dir(folder.parent().context("a folder is in another one")?))
}

/// The files below a folder that contain one of the paths.
fn files_with(folder: &Path, paths: &[PathBuf]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files(folder)? {
        let content = fs::read(&file)?;
        let is_in = |path: &PathBuf| {
            let path = path.as_os_str().as_encoded_bytes();
            content.windows(path.len()).any(|window| window == path)
        };
        if paths.iter().any(is_in) {
            found.push(file.display().to_string());
        }
    }
    Ok(found)
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn has_interpreter_finds_that_of_a_shell() {
        let shell = fs::read("/bin/sh").unwrap();
        assert!(has_interpreter(&shell).unwrap());
        assert!(has_interpreter(&shell[..40]).is_err());
        assert!(has_interpreter(b"#!/bin/sh").is_err());
    }

    #[test]
    fn pack_makes_the_same_archive_of_the_same_content() {
        let root = std::env::temp_dir().join(format!("wix-media-tarball-{}", std::process::id()));
        let archives: Vec<Vec<u8>> = [["b", "a"], ["a", "b"]]
            .iter()
            .enumerate()
            .map(|(number, names)| {
                let folder = root.join(number.to_string()).join("media-1");
                fs::create_dir_all(folder.join("page")).unwrap();
                for name in names {
                    let file = folder.join("page").join(name);
                    fs::write(&file, name).unwrap();
                    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000 * number as u64);
                    fs::File::options()
                        .write(true)
                        .open(&file)
                        .unwrap()
                        .set_modified(time)
                        .unwrap();
                    let mut rights = fs::metadata(&file).unwrap().permissions();
                    std::os::unix::fs::PermissionsExt::set_mode(&mut rights, if number == 0 { 0o600 } else { 0o664 });
                    fs::set_permissions(&file, rights).unwrap();
                }
                let packed = root.join(format!("{number}.tar.gz"));
                pack(&folder, &packed).unwrap();
                fs::read(packed).unwrap()
            })
            .collect();
        let listed = output(Command::new("tar").args(["-tzf"]).arg(root.join("0.tar.gz"))).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(listed, "media-1/\nmedia-1/page/\nmedia-1/page/a\nmedia-1/page/b\n");
        assert_eq!(archives[0], archives[1]);
    }

    #[test]
    fn files_with_names_those_that_contain_a_path() {
        let root = std::env::temp_dir().join(format!("wix-media-paths-{}", std::process::id()));
        fs::create_dir_all(root.join("page")).unwrap();
        fs::write(root.join("page/clean.js"), "crates/zip/src/lib.rs").unwrap();
        fs::write(root.join("program"), b"\0/builds/media/src/lib.rs\0").unwrap();
        let found = files_with(&root, &[PathBuf::from("/cargo"), PathBuf::from("/builds/media")]).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, [root.join("program").display().to_string()]);
    }

    #[test]
    fn tests_of_the_tarball_exist() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/js/team");
        for file in TESTS {
            assert!(folder.join(file).is_file(), "{file}");
        }
    }

    #[test]
    fn files_of_the_tarball_exist() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/deploy");
        for file in DEPLOY {
            assert!(folder.join(file).is_file(), "{file}");
        }
    }
}
