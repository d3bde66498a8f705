//! Running other programs.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The cargo that started this program, so that everything is built by one toolchain.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a program whose output goes to the terminal; an error when it cannot start or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("could not start {}", line(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a program and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start {}", line(command)))?;
    if !output.status.success() {
        bail!("{} failed ({})", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} did not write text", line(command)))
}

/// What a program wrote to standard output, and whether it ended well.
#[derive(Debug)]
pub(crate) struct Transcript {
    pub(crate) text: String,
    pub(crate) success: bool,
}

/// Runs a program whose output goes to the terminal as it comes, and keeps a copy of its standard output.
pub(crate) fn transcript(command: &mut Command) -> Result<Transcript> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", line(command)))?;
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
    Ok(Transcript {
        text: String::from_utf8_lossy(&copy).into_owned(),
        success: status.success(),
    })
}

/// The program and its arguments as one would type them.
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
    fn a_transcript_keeps_the_text_and_the_end() {
        let version = transcript(&mut cargo(&["--version"])).unwrap();
        assert!(version.success);
        assert!(version.text.starts_with("cargo "), "{}", version.text);
        assert!(
            !transcript(cargo(&["no-such-command"]).stderr(Stdio::null()))
                .unwrap()
                .success
        );
    }

    #[test]
    fn a_failure_names_the_program() {
        let error = run(&mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert_eq!(error.to_string(), "could not start no-such-program-anywhere");
        let error = run(cargo(&["no-such-command", "--quiet"]).stderr(Stdio::null())).unwrap_err();
        assert!(
            error.to_string().starts_with("cargo no-such-command --quiet failed"),
            "{error}"
        );
    }
}
