//! The rings of tests, and how each of them runs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::fresh::files;
use crate::machine::{self, WASM};
use crate::process::{cargo, transcript};
use crate::project::{NATIVE, Project};
use crate::scratch::Scratch;
use crate::summary::{self, Summary};
use crate::{WASM_TEST_RUNNER, build, fuzz, platform, server};

/// How long the wasm tests of one file may take in a browser, in seconds. It only ends a run that hangs.
const BROWSER_TIMEOUT: &str = "900";

/// How long a test or a suite in Node may take, in milliseconds. It only ends a run that hangs.
const TEST_TIMEOUT: &str = "--test-timeout=3600000";

/// How many random cases each test makes in a quick run.
const QUICK_CASES: &str = "100";

/// How many test files may run a second time in continuous integration, where a loaded machine can fail a test that is right.
/// More of them are no accident.
const MAX_SECOND_RUNS: usize = 3;

/// Test files that a quick run leaves out: they start browsers, compilers, other runtimes, object stores or many processes, or move
/// much data.
const SLOW_SCRIPTS: [&str; 44] = [
    "command/commands.test.js",
    "command/recover.test.js",
    "command/serve.test.js",
    "command/strangers.test.js",
    "crash/crash.test.js",
    "crash/imports.test.js",
    "examples/examples.test.js",
    "examples/html.test.js",
    "examples/photographs.test.js",
    "examples/picker.test.js",
    "examples/readme.test.js",
    "frameworks/react.test.js",
    "frameworks/uppy.test.js",
    "hardening/full-disk.test.js",
    "manager/browser.test.js",
    "manager/lock.test.js",
    "manager/opinions.test.js",
    "manager/runtimes.test.js",
    "manager/storage.test.js",
    "manager/streaming.test.js",
    "scenarios/opfs.test.js",
    "scenarios/url.test.js",
    "soak/soak.test.js",
    "team/backup.test.js",
    "team/bucket.test.js",
    "team/crashes.test.js",
    "team/cut-bucket.test.js",
    "team/deploy.test.js",
    "team/failover.test.js",
    "team/installed.test.js",
    "team/nginx.test.js",
    "team/pictures.test.js",
    "team/redirects-browser.test.js",
    "team/redirects.test.js",
    "team/shared-bucket.test.js",
    "team/start.test.js",
    "team/traces.test.js",
    "team/volumes.test.js",
    "transfers/browser.test.js",
    "transfers/example.test.js",
    "transfers/runtimes.test.js",
    "types/declared.test.js",
    "types/types.test.js",
    "vectors/official.test.js",
];

/// A kind of test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ring {
    /// Unit, integration and documentation tests of the workspace, natively.
    Rust,
    /// `tests/wasm` in Node.
    WasmNode,
    /// `tests/wasm` in headless Chromium.
    WasmBrowser,
    /// `tests/js`: the built package beside the official SDK.
    Js,
    /// `tests/js/package`: the packed package in empty projects.
    Package,
    /// `tests/js/page`: the page in headless Chromium.
    Page,
    /// `tests/js/tools`: the packed package in projects that install their tools from npm.
    Tools,
    /// `tests/js/browsers`: the package and the page in Firefox and WebKit.
    Browsers,
    /// `server` and `tests/js/team`: the native server, with the clients and directories of the package, and its catalog on
    /// PostgreSQL.
    Team,
    /// `fuzz`: the parsers of untrusted bytes, with libFuzzer.
    Fuzz,
}

impl Ring {
    pub(crate) const ALL: [Self; 10] = [
        Self::Rust,
        Self::WasmNode,
        Self::WasmBrowser,
        Self::Js,
        Self::Package,
        Self::Page,
        Self::Tools,
        Self::Browsers,
        Self::Team,
        Self::Fuzz,
    ];

    /// The rings of a run that names none. `tools` downloads hundreds of megabytes, `browsers` installs two of
    /// them, `team` compiles hundreds of crates, and `fuzz` needs a nightly compiler.
    pub(crate) const USUAL: [Self; 6] = [
        Self::Rust,
        Self::WasmNode,
        Self::WasmBrowser,
        Self::Js,
        Self::Package,
        Self::Page,
    ];

    /// The rings of a quick run that names none.
    pub(crate) const QUICK: [Self; 2] = [Self::Rust, Self::Js];

    /// The rings that can run on another Node than the one on the PATH. A run that names a Node and no ring consists of the usual
    /// ones among them.
    pub(crate) const ON_NODE: [Self; 3] = [Self::Js, Self::Package, Self::Tools];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::WasmNode => "wasm-node",
            Self::WasmBrowser => "wasm-browser",
            Self::Js => "js",
            Self::Package => "package",
            Self::Page => "page",
            Self::Tools => "tools",
            Self::Browsers => "browsers",
            Self::Team => "team",
            Self::Fuzz => "fuzz",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self> {
        let Some(ring) = Self::ALL.into_iter().find(|ring| ring.name() == name) else {
            bail!(
                "unknown test ring {name:?}: expected one of {}",
                Self::ALL.map(Self::name).join(", ")
            );
        };
        Ok(ring)
    }

    /// Installs and builds what the ring needs, then runs its programs. `node` is the folder of another Node.
    pub(crate) fn run(
        self,
        project: &Project,
        scratch: &Scratch,
        is_quick: bool,
        node: Option<&Path>,
    ) -> Result<Summary> {
        match self {
            Self::Rust => {
                // One package at a time: together they would share features, and cargo would have to build this
                // program's own dependencies a second time.
                let mut summary = rust_tests(project, scratch, is_quick, &["--package", "xtask"])?;
                summary += rust_tests(
                    project,
                    scratch,
                    is_quick,
                    &["--package", "wix-media", "--features", NATIVE],
                )?;
                Ok(summary)
            }
            Self::WasmNode => {
                machine::node()?;
                wasm_tests(project, "wasm_node", |_| {})
            }
            Self::WasmBrowser => {
                let browser = machine::browser()?;
                wasm_tests(project, "wasm_browser", |command| {
                    command
                        .env("CHROMEDRIVER", &browser.driver)
                        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT);
                })
            }
            Self::Js | Self::Package | Self::Page | Self::Tools | Self::Browsers => {
                self.node_tests(project, scratch, is_quick, node)
            }
            Self::Team => {
                let mut summary = server_tests(project, scratch, is_quick)?;
                summary += self.node_tests(project, scratch, is_quick, node)?;
                Ok(summary)
            }
            Self::Fuzz => fuzz::ring(project),
        }
    }

    fn node_tests(self, project: &Project, scratch: &Scratch, is_quick: bool, node: Option<&Path>) -> Result<Summary> {
        let mut command = Command::new("node");
        if let Some(folder) = node {
            // First on the PATH, so that npm and the programs that tests start use it too.
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
            command = Command::new(folder.join("node"));
            command.env("PATH", std::env::join_paths(folders)?);
        }
        scratch.lend(&mut command);
        if self == Self::Team {
            command.env("WIX_MEDIA_SERVER", server::build(project)?);
            if !is_quick {
                command.env("KUBERNETES_VALIDATE", machine::deployment(project)?);
                command.env("WIX_MEDIA_S3_BIN", machine::object_stores(project)?);
                command.env("CHROMIUM", machine::browser()?.chromium);
            }
        } else {
            command.env("CHROMIUM", machine::browser()?.chromium);
            machine::ffmpeg()?;
            if self == Self::Browsers {
                machine::further_browsers()?;
            }
        }
        if self == Self::Js {
            machine::exiftool()?;
            machine::libheif()?;
        }
        if self == Self::Page {
            machine::site_packages(project)?;
        }
        build::build(project)?;
        let mut scripts = self.scripts(project)?;
        if is_quick {
            command.env("WIX_MEDIA_CASES", QUICK_CASES);
            scripts.retain(|path| !SLOW_SCRIPTS.iter().any(|slow| path.ends_with(slow)));
        }
        if scripts.is_empty() {
            return Ok(Summary::default());
        }
        command
            .args(["--test", "--test-reporter=spec", TEST_TIMEOUT])
            .current_dir(project.javascript());
        let line = machine::node_line(command.get_program())?;
        platform::clear(project, self.name(), line)?;
        command.env("WIX_MEDIA_RECORDS", platform::folder(project));
        let first = transcript(copy(&command).args(&scripts))?;
        let mut summary = judge(summary::of_node(&first.text), first.status.success());
        let failed = summary::failed_files(&first.text);
        if machine::is_ci() && may_run_again(&failed, &scripts) {
            println!("\n— {}: {} once more —", self.name(), failed.join(", "));
            if transcript(copy(&command).args(&failed))?.status.success() {
                summary.passed += std::mem::take(&mut summary.failed);
                summary.unsteady = failed;
            }
        }
        if let Err(error) = platform::compare(project, self.name(), line) {
            println!("{error:#}");
            summary.failed += 1;
        }
        Ok(summary)
    }

    /// The test files of a JavaScript ring.
    fn scripts(self, project: &Project) -> Result<Vec<PathBuf>> {
        let folder = project.javascript();
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let owner = match path.file_name().and_then(OsStr::to_str) {
                Some("node_modules") => continue,
                Some("package") => Self::Package,
                Some("page") => Self::Page,
                Some("team") => Self::Team,
                Some("tools") => Self::Tools,
                Some("browsers") => Self::Browsers,
                _ => Self::Js,
            };
            if owner == self {
                found.extend(files(&path)?);
            }
        }
        found.retain(|path| is_test(path));
        found.sort();
        Ok(found)
    }
}

/// Whether files with a failed test run a second time: they are few, and all of them are test files. A test that a module declares
/// for several test files is reported at that module, which declares none when it runs alone, and so would pass.
fn may_run_again(failed: &[String], scripts: &[PathBuf]) -> bool {
    let is_script = |file: &String| scripts.iter().any(|script| script.ends_with(file));
    (1..=MAX_SECOND_RUNS).contains(&failed.len()) && failed.iter().all(is_script)
}

/// A command with the program, arguments, variables and folder of another one.
fn copy(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        copy.current_dir(folder);
    }
    copy
}

fn rust_tests(project: &Project, scratch: &Scratch, is_quick: bool, arguments: &[&str]) -> Result<Summary> {
    let mut command = cargo(&["test", "--no-fail-fast"]);
    scratch.lend(&mut command);
    command.args(arguments).current_dir(&project.root);
    if is_quick {
        // Documentation tests are linked one by one, crash tests start two hundred processes.
        command
            .arg("--tests")
            .env("PROPTEST_CASES", QUICK_CASES)
            .args(["--", "--skip", "crash::"]);
    }
    let transcript = transcript(&mut command)?;
    Ok(judge(summary::of_rust(&transcript.text), transcript.status.success()))
}

/// Tests of `server`, then those of the catalog on the newest PostgreSQL, then those of the stores that a server without PostgreSQL and
/// without a bucket uses: so a run has the conformance of every store. A quick run has the first part only, without a bucket.
fn server_tests(project: &Project, scratch: &Scratch, is_quick: bool) -> Result<Summary> {
    machine::postgresql()?;
    let tests =
        |arguments: &[&str]| server::cargo(project, &[&["test", "--locked", "--no-fail-fast"], arguments].concat());
    let mut commands = Vec::new();
    if is_quick {
        commands.push(tests(&["--workspace", "--tests", "--exclude", "wix-media-s3"]));
    } else {
        let mut all = tests(&["--workspace"]);
        all.env("WIX_MEDIA_S3_BIN", machine::object_stores(project)?);
        let mut catalog = tests(&["--package", "wix-media-postgres", "--test", "catalog"]);
        catalog.env("WIX_MEDIA_POSTGRES_BIN", machine::newest_postgresql(project)?);
        let mut embedded = cargo(&["test", "--no-fail-fast", "--package", "wix-media", "--features", NATIVE]);
        embedded
            .args(["--lib", "--", "catalog::", "blobs::"])
            .current_dir(&project.root);
        commands.extend([all, catalog, embedded]);
    }
    let mut summary = Summary::default();
    for command in &mut commands {
        scratch.lend(command);
        let transcript = transcript(command)?;
        summary += judge(summary::of_rust(&transcript.text), transcript.status.success());
    }
    Ok(summary)
}

fn wasm_tests(project: &Project, name: &str, prepare: impl FnOnce(&mut Command)) -> Result<Summary> {
    machine::wasm_target()?;
    let this = std::env::current_exe()?;
    let runner = serde_json::json!([
        this.to_str().context("the build directory is not UTF-8")?,
        WASM_TEST_RUNNER
    ]);
    let mut command = cargo(&[
        "test",
        "--package",
        "wix-media",
        "--target",
        WASM,
        "--no-default-features",
    ]);
    command
        .args(["--features", "client", "--test", name])
        .args(["--config", &format!("target.{WASM}.runner = {runner}")])
        .current_dir(&project.root);
    prepare(&mut command);
    let transcript = transcript(&mut command)?;
    Ok(judge(summary::of_rust(&transcript.text), transcript.status.success()))
}

/// Runs one wasm test file; cargo calls this for the targets of `tests/wasm`.
pub(crate) fn run_wasm_tests(arguments: Vec<String>) -> Result<()> {
    let program = std::iter::once("wasm-bindgen-test-runner".to_owned());
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(program.chain(arguments))
}

/// Counts a program that fails without a failed test, by a build error or a crash, as one failure.
fn judge(mut summary: Summary, success: bool) -> Summary {
    if !success && summary.failed == 0 {
        summary.failed = 1;
    }
    summary
}

fn is_test(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(".test.js"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_names_the_rings_when_one_is_unknown() {
        assert_eq!(Ring::parse("wasm-node").unwrap(), Ring::WasmNode);
        let error = Ring::parse("wasm").unwrap_err().to_string();
        assert!(error.contains("wasm-browser"), "{error}");
    }

    #[test]
    fn recorded_rings_are_those_of_the_table() {
        for recorded in platform::RINGS {
            let ring = Ring::parse(recorded.name).unwrap();
            assert_eq!(recorded.is_release, !Ring::USUAL.contains(&ring), "{}", recorded.name);
        }
    }

    #[test]
    fn slow_scripts_exist() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/js");
        for script in SLOW_SCRIPTS {
            assert!(folder.join(script).is_file(), "{script}");
        }
    }

    #[test]
    fn may_run_again_takes_few_files_that_are_all_scripts() {
        let scripts = ["a", "b", "c", "d"].map(|name| PathBuf::from(format!("/js/page/{name}.test.js")));
        let file = |name: &str| format!("page/{name}.test.js");
        assert!(may_run_again(&[file("a")], &scripts));
        assert!(may_run_again(&["a", "b", "c"].map(file), &scripts));
        assert!(!may_run_again(&[], &scripts));
        assert!(!may_run_again(&["a", "b", "c", "d"].map(file), &scripts));
        assert!(!may_run_again(&[file("a"), "page/accessible.js".to_owned()], &scripts));
    }

    #[test]
    fn copy_keeps_everything() {
        let mut command = Command::new("node");
        command
            .arg("--test")
            .env("NAME", "value")
            .env_remove("OTHER")
            .current_dir("/");
        assert_eq!(format!("{:?}", copy(&command)), format!("{command:?}"));
    }

    #[test]
    fn judge_counts_a_crashed_program_as_one_failure() {
        let counts = |passed, failed, success| {
            let summary = Summary {
                passed,
                failed,
                ..Summary::default()
            };
            let judged = judge(summary, success);
            (judged.passed, judged.failed)
        };
        assert_eq!(counts(3, 0, true), (3, 0));
        assert_eq!(counts(3, 0, false), (3, 1));
        assert_eq!(counts(3, 2, false), (3, 2));
        assert_eq!(counts(0, 0, false), (0, 1));
    }
}
