//! `cargo xtask start`: a Media Manager on this machine, with photographs in it and its page.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::build;
#[cfg(not(unix))]
use crate::process::run;
use crate::project::Project;

/// The port unless the person names another.
const PORT: u16 = 4410;

/// Reads `[--port N]`.
pub(crate) fn parse_port(arguments: &[String]) -> Result<u16> {
    match arguments {
        [] => Ok(PORT),
        [option, port] if option == "--port" => port.parse().with_context(|| format!("{port:?} is not a port number")),
        _ => bail!("start takes only --port N"),
    }
}

/// Builds what is missing and serves until it is interrupted. What people change stays in `target/start`; without that
/// folder the photographs of `tests/data/site` are there again.
pub(crate) fn start(project: &Project, port: u16) -> Result<()> {
    // The port comes first: whoever finds it taken should not have to wait for a build to hear of it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("Port {port} cannot be used: stop the program that has it, or choose another with --port N")
    })?;
    drop(listener);
    build::build(project)?;
    println!();
    let data = project.target.join("start");
    let mut command = Command::new("node");
    command
        .arg("dist/command.js")
        .args(["serve", "--seed", "tests/data/site", "--port"])
        .arg(port.to_string())
        .arg("--data")
        .arg(data.strip_prefix(&project.root).unwrap_or(&data))
        .current_dir(&project.root);
    replace(command)
}

/// Becomes the other program, so that a signal for this one reaches it.
#[cfg(unix)]
fn replace(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).context("could not start node")
}

/// Waits for the other program; the console tells both of Ctrl-C.
#[cfg(not(unix))]
fn replace(mut command: Command) -> Result<()> {
    run(&mut command)
}
