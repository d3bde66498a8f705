//! `cargo xtask test [RING…]`: the tests, in rings from the inside out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::fresh::files;
use crate::machine::{self, WASM};
use crate::process::{cargo, transcript};
use crate::project::{NATIVE, Project};
use crate::summary::{self, Count};
use crate::{WASM_TEST_RUNNER, build};

/// Longest that the wasm tests of one file may take in a browser, in seconds.
const BROWSER_TIMEOUT: &str = "120";

/// Longest that a test or a suite in Node may take, in milliseconds: one that hangs must not hold up the rest.
const TEST_TIMEOUT: &str = "--test-timeout=900000";

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
}

impl Ring {
    pub(crate) const ALL: [Self; 6] = [
        Self::Rust,
        Self::WasmNode,
        Self::WasmBrowser,
        Self::Js,
        Self::Package,
        Self::Page,
    ];

    /// The rings named on the command line, in their own order; all when none is named.
    pub(crate) fn parse_all(names: &[String]) -> Result<Vec<Self>> {
        for name in names {
            if !Self::ALL.iter().any(|ring| ring.name() == name) {
                bail!(
                    "there is no test ring {name:?}: {}",
                    Self::ALL.map(Self::name).join(", ")
                );
            }
        }
        Ok(Self::ALL
            .into_iter()
            .filter(|ring| names.is_empty() || names.iter().any(|name| ring.name() == name))
            .collect())
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::WasmNode => "wasm-node",
            Self::WasmBrowser => "wasm-browser",
            Self::Js => "js",
            Self::Package => "package",
            Self::Page => "page",
        }
    }

    /// Installs and builds what the ring needs, then runs its programs.
    fn run(self, project: &Project, scratch: &Scratch) -> Result<Count> {
        match self {
            Self::Rust => {
                // One package at a time: together they would share features, and cargo would have to build this
                // program's own dependencies a second time.
                let mut count = rust_tests(project, scratch, &["--package", "xtask"])?;
                count += rust_tests(project, scratch, &["--package", "wix-media", "--features", NATIVE])?;
                Ok(count)
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
            Self::Js | Self::Package | Self::Page => {
                let mut command = Command::new("node");
                scratch.lend(&mut command);
                command.env("CHROMIUM", machine::browser()?.chromium);
                build::build(project)?;
                let scripts = self.scripts(project)?;
                if scripts.is_empty() {
                    return Ok(Count::default());
                }
                command
                    .args(["--test", "--test-reporter=spec", TEST_TIMEOUT])
                    .args(scripts)
                    .current_dir(project.javascript());
                let transcript = transcript(&mut command)?;
                Ok(judge(summary::of_node(&transcript.text), transcript.status.success()))
            }
        }
    }

    /// The test files of a JavaScript ring.
    fn scripts(self, project: &Project) -> Result<Vec<PathBuf>> {
        let folder = project.javascript();
        let mut found = Vec::new();
        for part in ["package", "page"] {
            if self.name() == part {
                return Ok(files(&folder.join(part))?
                    .into_iter()
                    .filter(|path| is_test(path))
                    .collect());
            }
        }
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if !["node_modules", "package", "page"]
                .iter()
                .any(|name| path.ends_with(name))
            {
                found.extend(files(&path)?);
            }
        }
        found.retain(|path| is_test(path));
        found.sort();
        Ok(found)
    }
}

/// What came of a ring.
struct Outcome {
    ring: Ring,
    count: Count,
    trouble: Option<String>,
    time: Duration,
}

/// Runs the rings, all of them whatever happens, and prints the result; whether everything passed.
pub(crate) fn test(project: &Project, rings: &[Ring]) -> Result<bool> {
    let scratch = Scratch::new();
    let run = |ring: &Ring| outcome(*ring, || ring.run(project, &scratch));
    let outcomes: Vec<Outcome> = rings.iter().map(run).collect();
    let (text, passed) = report(&outcomes);
    println!("\n{text}");
    // What a failed test names is left to be looked at.
    if passed {
        scratch.remove();
    }
    Ok(passed)
}

/// Where the system keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// What has to be free there, in bytes; the tests need less than half of it at any time.
const MEMORY_NEEDED: u64 = 4 << 30;

/// The folder for temporary files of tests: in memory where there is enough of it, since thousands of small files that are
/// synced one by one can take an hour on a slow disk. Programs that are killed lose no more there than on a disk.
struct Scratch(Option<PathBuf>);

impl Scratch {
    fn new() -> Self {
        let chosen = std::env::var_os("TMPDIR").is_some();
        if chosen || free_bytes(MEMORY).is_none_or(|free| free < MEMORY_NEEDED) {
            return Self(None);
        }
        let folder = Path::new(MEMORY).join(format!("wix-media-tests-{}", std::process::id()));
        Self(std::fs::create_dir_all(&folder).is_ok().then_some(folder))
    }

    fn lend(&self, command: &mut Command) {
        if let Some(folder) = &self.0 {
            command.env("TMPDIR", folder).env("DISK_TMPDIR", std::env::temp_dir());
        }
    }

    /// A program on its way out may still write there, which is no failure of a test.
    fn remove(self) {
        if let Some(folder) = self.0
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            println!("{} is still there: {error}", folder.display());
        }
    }
}

/// What is free where this folder is, as far as `df` can tell.
fn free_bytes(folder: &str) -> Option<u64> {
    let mut command = Command::new("df");
    command
        .args(["--output=avail", "--block-size=1", folder])
        .stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().nth(1)?.trim().parse().ok()
}

/// Runs one wasm test file; cargo calls this for the targets of `tests/wasm`.
pub(crate) fn run_wasm_tests(arguments: Vec<String>) -> Result<()> {
    let program = std::iter::once("wasm-bindgen-test-runner".to_owned());
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(program.chain(arguments))
}

fn outcome(ring: Ring, run: impl FnOnce() -> Result<Count>) -> Outcome {
    println!("\n— {} —", ring.name());
    let start = Instant::now();
    let (mut count, mut trouble) = match run() {
        Ok(count) => (count, None),
        Err(error) => (Count { passed: 0, failed: 1 }, Some(format!("{error:#}"))),
    };
    if count == Count::default() {
        count.failed = 1;
        trouble = Some("no test ran".to_owned());
    }
    Outcome {
        ring,
        count,
        trouble,
        time: start.elapsed(),
    }
}

/// One line for each ring, and the total on a line of its own.
fn report(outcomes: &[Outcome]) -> (String, bool) {
    let mut total = Count::default();
    let mut lines = Vec::new();
    for Outcome {
        ring,
        count,
        trouble,
        time,
    } in outcomes
    {
        total += *count;
        let mut line = format!(
            "{:<14}{:>6} passed {:>6} failed {:>8.1} s",
            ring.name(),
            count.passed,
            count.failed,
            time.as_secs_f64()
        );
        if let Some(trouble) = trouble {
            line.push_str("  ");
            line.push_str(trouble);
        }
        lines.push(line);
    }
    lines.push(format!("\n{} passed, {} failed", total.passed, total.failed));
    (lines.join("\n"), total.failed == 0)
}

fn rust_tests(project: &Project, scratch: &Scratch, arguments: &[&str]) -> Result<Count> {
    let mut command = cargo(&["test", "--no-fail-fast"]);
    scratch.lend(&mut command);
    command.args(arguments).current_dir(&project.root);
    let transcript = transcript(&mut command)?;
    Ok(judge(summary::of_rust(&transcript.text), transcript.status.success()))
}

fn wasm_tests(project: &Project, name: &str, prepare: impl FnOnce(&mut Command)) -> Result<Count> {
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

/// A program that fails without a failed test has broken down, by a build error or a crash; that counts as one.
fn judge(count: Count, success: bool) -> Count {
    if success || count.failed > 0 {
        count
    } else {
        Count { failed: 1, ..count }
    }
}

fn is_test(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(".test.js"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome_of(count: Result<Count>) -> Outcome {
        Outcome {
            time: Duration::from_millis(1250),
            ..outcome(Ring::Js, || count)
        }
    }

    #[test]
    fn rings_run_in_their_own_order() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(Ring::parse_all(&[]).unwrap(), Ring::ALL);
        assert_eq!(
            Ring::parse_all(&names(&["page", "rust", "page"])).unwrap(),
            [Ring::Rust, Ring::Page]
        );
        assert!(
            Ring::parse_all(&names(&["rust", "wasm"]))
                .unwrap_err()
                .to_string()
                .contains("wasm-browser")
        );
    }

    #[test]
    fn the_report_ends_with_the_total() {
        let good = outcome_of(Ok(Count { passed: 12, failed: 0 }));
        let (text, passed) = report(&[good]);
        assert!(passed);
        assert_eq!(
            text,
            "js                12 passed      0 failed      1.2 s\n\n12 passed, 0 failed"
        );
    }

    #[test]
    fn nothing_run_and_nothing_built_are_failures() {
        let empty = outcome_of(Ok(Count::default()));
        let broken = outcome_of(Err(anyhow::anyhow!("it fell over")));
        let (text, passed) = report(&[empty, broken]);
        assert!(!passed);
        assert!(text.contains("no test ran") && text.contains("it fell over"), "{text}");
        assert_eq!(text.lines().last(), Some("0 passed, 2 failed"));
    }

    #[test]
    fn what_is_free_is_known_where_there_is_a_folder() {
        assert!(free_bytes(".").is_none_or(|free| free > 0));
        assert_eq!(free_bytes("/no/such/folder"), None);
    }

    #[test]
    fn a_scratch_folder_is_lent_and_goes() {
        let folder = std::env::temp_dir().join(format!("wix-media-scratch-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        let scratch = Scratch(Some(folder.clone()));
        let mut command = Command::new("true");
        scratch.lend(&mut command);
        let lent: Vec<_> = command.get_envs().filter(|(name, _)| *name == "TMPDIR").collect();
        assert_eq!(lent[0].1.unwrap(), folder.as_os_str());
        scratch.remove();
        assert!(!folder.exists());
    }

    #[test]
    fn a_program_that_breaks_down_has_failed() {
        let three = Count { passed: 3, failed: 0 };
        assert_eq!(judge(three, true), three);
        assert_eq!(judge(three, false), Count { passed: 3, failed: 1 });
        assert_eq!(
            judge(Count { passed: 3, failed: 2 }, false),
            Count { passed: 3, failed: 2 }
        );
        assert_eq!(judge(Count::default(), false), Count { passed: 0, failed: 1 });
    }
}
