//! `cargo xtask start`: serves a Media Manager with its page and some photographs on this machine.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::build;
#[cfg(not(unix))]
use crate::process::run;
use crate::project::Project;

/// The default port.
const PORT: u16 = 4410;

/// Parses `[--port N]`.
pub(crate) fn parse_port(arguments: &[String]) -> Result<u16> {
    match arguments {
        [] => Ok(PORT),
        [option, port] if option == "--port" => port
            .parse()
            .with_context(|| format!("invalid port: expected a number up to 65535, found {port:?}")),
        _ => bail!("unexpected arguments of start: expected [--port N]"),
    }
}

/// Builds what is missing, and serves until it is interrupted. Data stays in `target/start`; a missing folder is filled with
/// the photographs of `tests/data/site`.
pub(crate) fn start(project: &Project, port: u16) -> Result<()> {
    // Check the port before the build, which takes minutes.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("cannot use port {port}: stop the program that has it, or choose another with --port N")
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
        // A developer's key of a Wix site must not lock the photographs up.
        .env_remove("WIX_API_KEY")
        .env_remove("WIX_SITE_ID")
        .current_dir(&project.root);
    replace(command)
}

/// Replaces this process, so that signals reach the server.
#[cfg(unix)]
fn replace(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).context("cannot start node")
}

/// Runs the server and waits for it. The console sends Ctrl-C to both.
#[cfg(not(unix))]
fn replace(mut command: Command) -> Result<()> {
    run(&mut command)
}
