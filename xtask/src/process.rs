//! Running other programs.

use std::ffi::OsStr;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How long to read the standard error of a program that has ended. Only the end of its output depends on it.
const STDERR_GRACE: Duration = Duration::from_secs(2);

/// A command of the cargo that started this program, so that one toolchain builds everything.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// The folder with the sources of crates, which compiled programs may name.
pub(crate) fn cargo_home() -> Result<PathBuf> {
    match std::env::var_os("CARGO_HOME") {
        Some(home) => Ok(PathBuf::from(home)),
        None => Ok(std::env::home_dir().context("there is no home folder")?.join(".cargo")),
    }
}

/// The words of a command line, as a program is given them. None of them has spaces.
#[cfg(test)]
pub(crate) fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// Runs a program with its output on the terminal. Fails when the program cannot start or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = if std::io::stdout().is_terminal() && std::io::stderr().is_terminal() {
        command
            .status()
            .with_context(|| format!("cannot start {}", line(command)))?
    } else {
        transcript(command)?.status
    };
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a program and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", line(command)))?;
    std::io::stderr().write_all(&output.stderr)?;
    if !output.status.success() {
        bail!("{} failed ({})", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} did not write text", line(command)))
}

/// The standard output of a program, and its exit status.
#[derive(Debug)]
pub(crate) struct Transcript {
    pub(crate) text: String,
    pub(crate) status: ExitStatus,
}

/// Runs a program with its output on the terminal, and keeps a copy of its standard output.
///
/// The program gets pipes of its own. Node makes inherited pipes non-blocking for every process that shares them, and then
/// writes of this program fail when the reader is slower.
pub(crate) fn transcript(command: &mut Command) -> Result<Transcript> {
    if !std::io::stderr().is_terminal() {
        command.stderr(Stdio::piped());
    }
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", line(command)))?;
    let faults = child
        .stderr
        .take()
        .map(|mut source| thread::spawn(move || std::io::copy(&mut source, &mut std::io::stderr())));
    let mut source = child.stdout.take().context("the program has no standard output")?;
    let mut copy = Vec::new();
    let mut buffer = [0; 8192];
    let mut terminal = std::io::stdout();
    loop {
        let length = source.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        terminal.write_all(&buffer[..length])?;
        terminal.flush()?;
        copy.extend_from_slice(&buffer[..length]);
    }
    let status = child.wait()?;
    if let Some(faults) = faults {
        // A process that it left running may hold its standard error open.
        let end = Instant::now() + STDERR_GRACE;
        while !faults.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(5));
        }
    }
    Ok(Transcript {
        text: String::from_utf8_lossy(&copy).into_owned(),
        status,
    })
}

/// The program and its arguments, as typed.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words: Vec<_> = std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transcript_keeps_output_and_status() {
        let version = transcript(&mut cargo(&["--version"])).unwrap();
        assert!(version.status.success());
        assert!(version.text.starts_with("cargo "), "{}", version.text);
        let refused = transcript(&mut cargo(&["no-such-command"])).unwrap();
        assert!(!refused.status.success());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn transcript_gives_the_program_its_own_pipes() {
        let show = "readlink /proc/self/fd/1 /proc/self/fd/2";
        let given = transcript(Command::new("sh").args(["-c", show])).unwrap().text;
        let [stdout, stderr] = given.lines().collect::<Vec<_>>()[..] else {
            panic!("{given}");
        };
        let own = |number: u8| std::fs::read_link(format!("/proc/self/fd/{number}")).unwrap();
        assert_ne!(Path::new(stdout), own(1));
        assert!(
            std::io::stderr().is_terminal() || Path::new(stderr) != own(2),
            "{stderr}"
        );
    }

    #[test]
    fn run_names_the_program_that_failed() {
        let error = run(&mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start no-such-program-anywhere");
        let error = run(&mut cargo(&["no-such-command", "--quiet"])).unwrap_err();
        assert!(
            error.to_string().starts_with("cargo no-such-command --quiet failed"),
            "{error}"
        );
    }
}
