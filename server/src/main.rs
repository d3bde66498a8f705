//! `wix-media-server`: the Media Manager as a native server.
//!
//! | Part | Purpose |
//! |---|---|
//! | `settings` | the table of settings, from the file, the environment and the command line |
//! | `listen` | connections: how many, how slow they may be, and their end |
//! | `socket` `tls` | the time limits of one connection, and its encryption |
//! | `guard` | which requests are answered |
//! | `service` | the path of a request through guard, probes, commands and manager |
//! | `app` | what requests share: those of all sites, and those of one |
//! | `sites` | the sites: which one a request is for, opened when their stores can be reached |
//! | `site_key` | the keys of sites in a database |
//! | `redirect` | downloads that the bucket sends |
//! | `intake` | requests whose bodies the manager takes, and its responses |
//! | `bodies` | bodies in both directions, in pieces |
//! | `clock` | the time of the database, for processes that share one |
//! | `answer` `caller` `failure` | responses before they are sent, who waits for them, and why the server cannot start |
//! | `admin` `metrics` `probes` | the port for operators |
//! | `actor` | on whose behalf a task works, for the log and the records of changes |
//! | `request_id` | the id of a request in all logs |
//! | `commands` | `/_wix-media/`: what the owner of a server may ask |
//! | `storage` | the stores: a catalog in the directory or in PostgreSQL, and blobs in the directory or in a bucket |
//! | `maintenance` | the commands `check`, `fsck`, `export`, `import`, `migrate` and `site` |
//! | `page` | the files of the page |
//! | `pictures` | colours and transforms of pictures |
//! | `background` | what happens without requests: due work, imports, webhooks, the sweep |
//! | `imports` `network` | fetching the sources of imports |
//! | `webhooks` `signer` | sending events to other servers |
//! | `recorded` | outcomes that wait for room on the disk |
//! | `log` | the log and traces, without secrets |
//!
//! `tests/it/server.rs` of the library says which part imports which.
//!
//! The manager is synchronous, so its calls run on the blocking threads of the runtime. No such call waits for the network: a
//! body is handed over in pieces, and a thread is taken only while a piece is processed.

mod actor;
mod admin;
mod answer;
mod app;
mod background;
mod bodies;
mod caller;
mod clock;
mod commands;
mod failure;
mod guard;
mod imports;
mod intake;
mod listen;
mod log;
mod maintenance;
mod metrics;
mod network;
mod page;
mod pictures;
mod probes;
mod recorded;
mod redirect;
mod request_id;
mod service;
mod settings;
mod signer;
mod site_key;
mod sites;
mod socket;
mod storage;
mod tls;
mod webhooks;

use clap::Command;
use maintenance::Outcome;
use settings::{Settings, Task, Wrong};
use std::env::VarError;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

/// The exit code of a wrong setting.
const USAGE: u8 = 2;

/// What the command line asks for.
enum Asked {
    Serve(Box<Settings>),
    Maintain(Task),
}

fn main() -> ExitCode {
    let outcome = match parse() {
        Err(code) => return code,
        Ok(Asked::Serve(settings)) => {
            let (shutdown, collector) = (settings.shutdown, settings.traces.clone());
            log::start(settings.log_level, settings.log_format, collector).and_then(|traces| {
                let served = listen::serve(*settings);
                if let Some(traces) = traces {
                    traces.end(shutdown);
                }
                served.map(|()| Outcome::Whole)
            })
        }
        Ok(Asked::Maintain(task)) => maintenance::run(task, &mut std::io::stdout().lock()),
    };
    match outcome {
        Ok(Outcome::Whole) => ExitCode::SUCCESS,
        Ok(Outcome::Damaged) => ExitCode::FAILURE,
        Ok(Outcome::Misused(text)) => {
            complain(&text);
            ExitCode::from(USAGE)
        }
        Err(failure) => {
            complain(&failure.0);
            ExitCode::FAILURE
        }
    }
}

/// Prints one line to the standard error, whatever the text quotes. `eprintln` would panic where that is not possible.
fn complain(text: &str) {
    let mut line = String::from("wix-media-server: ");
    for letter in text.chars() {
        if letter.is_control() {
            line.extend(letter.escape_default());
        } else {
            line.push(letter);
        }
    }
    _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints help or the version.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // Who has read enough, as `head` has, misses nothing.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("cannot write to the standard output: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The longest command that the command line begins with, such as `wix-media-server site keys`.
fn named_command(root: &Command) -> String {
    let mut path = root.get_name().to_owned();
    let mut command = root;
    for argument in std::env::args_os().skip(1) {
        let Some(found) = command.find_subcommand(&argument) else {
            break;
        };
        command = found;
        path = format!("{path} {}", command.get_name());
    }
    path
}

/// The message of the parser in one line, without the usage that follows it.
fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let (message, _) = text.split_once("\n\n").unwrap_or((&text, ""));
    let lines: Vec<&str> = message.trim_start_matches("error: ").lines().map(str::trim).collect();
    lines.join(" ")
}

/// Reads the command line, the environment and the file. Prints what is wrong, in one line.
fn parse() -> Result<Asked, ExitCode> {
    let usage = |message: &str| {
        complain(message);
        ExitCode::from(USAGE)
    };
    let command = settings::command();
    let named = named_command(&command);
    let matches = command.try_get_matches().map_err(|error| {
        if error.use_stderr() {
            usage(&format!("{}; see {named} --help", sentence(&error)))
        } else {
            print(&error.to_string())
        }
    })?;
    let Some((name, arguments)) = matches.subcommand() else {
        return Err(usage("no command; see wix-media-server --help"));
    };
    // Taken for unset, a key that is not UTF-8 would leave the server open.
    if let Some(name) = settings::variables().find(|name| matches!(std::env::var(name), Err(VarError::NotUnicode(_)))) {
        return Err(usage(&format!("{name} must be UTF-8")));
    }
    let environment = |name: &str| std::env::var(name).ok();
    let wrong = |Wrong(message)| usage(&message);
    Ok(match settings::task(name, arguments, &environment).map_err(wrong)? {
        Some(task) => Asked::Maintain(task),
        None => Asked::Serve(Box::new(settings::read(arguments, &environment).map_err(wrong)?)),
    })
}
