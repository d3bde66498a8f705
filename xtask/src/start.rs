//! `cargo xtask start`: serves a Media Manager with its page and some photographs on this machine.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

#[cfg(not(unix))]
use crate::process::run;
use crate::project::Project;
use crate::{build, machine, server};

/// The default port.
const PORT: u16 = 4410;

/// What is started, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) port: u16,
    /// Whether several native servers on PostgreSQL are started, instead of one Media Manager.
    pub(crate) is_team: bool,
    /// Whether the bytes of files are in a bucket of an S3 server, which is started too.
    pub(crate) has_bucket: bool,
}

impl Settings {
    /// Parses `[--team [--s3]] [--port N]`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let mut settings = Self {
            port: PORT,
            is_team: false,
            has_bucket: false,
        };
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            match (option.as_str(), rest.as_slice()) {
                ("--team", _) => settings.is_team = true,
                ("--s3", _) => settings.has_bucket = true,
                ("--port", [port, ..]) => {
                    settings.port = port
                        .parse()
                        .with_context(|| format!("invalid port: expected a number up to 65535, found {port:?}"))?;
                    rest.next();
                }
                _ => bail!("unexpected arguments of start: expected [--team [--s3]] [--port N]"),
            }
        }
        if settings.has_bucket && !settings.is_team {
            bail!("--s3 needs --team: only native servers keep bytes in a bucket");
        }
        Ok(settings)
    }
}

/// Builds what is missing, and serves until it is interrupted.
pub(crate) fn start(project: &Project, settings: &Settings) -> Result<()> {
    let port = settings.port;
    // Check the port before the build, which takes minutes.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("cannot use port {port}: stop the program that has it, or choose another with --port N")
    })?;
    drop(listener);
    build::build(project)?;
    if settings.is_team {
        return team(project, settings);
    }
    println!();
    // Data stays there; a missing folder is filled with the photographs.
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

/// Starts PostgreSQL, perhaps an S3 server, three native servers and a balancer, and stops them when it is interrupted.
fn team(project: &Project, settings: &Settings) -> Result<()> {
    machine::postgresql()?;
    let mut command = Command::new("node");
    command
        .arg("tests/js/team/start.mjs")
        .arg(settings.port.to_string())
        .env("WIX_MEDIA_SERVER", server::build(project)?)
        .current_dir(&project.root);
    if settings.has_bucket {
        command
            .arg("s3")
            .env("WIX_MEDIA_S3_BIN", machine::object_stores(project)?);
    }
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
