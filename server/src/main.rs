//! `wix-media-server`: the Media Manager as a native server.
//!
//! | Part | Purpose |
//! |---|---|
//! | `settings` | the table of settings, from the file, the environment and the command line |
//! | `listen` | connections: how many, how slow they may be, and their end |
//! | `socket` | the time limits of one connection |
//! | `guard` | which requests are answered |
//! | `service` | the path of a request through guard, probes, commands and manager |
//! | `app` | what all requests share |
//! | `intake` | requests whose bodies the manager takes, and its responses |
//! | `bodies` | bodies in both directions, in pieces |
//! | `answer` `caller` `failure` | responses before they are sent, who waits for them, and why the server cannot start |
//! | `commands` | `/_wix-media/`: what the owner of a server may ask |
//! | `page` | the files of the page |
//! | `pictures` | colours and transforms of pictures |
//! | `work` | what happens without requests: due work, imports, the sweep |
//! | `imports` `network` | fetching the sources of imports |
//! | `log` | the log, without secrets |
//!
//! `tests/it/server.rs` of the library says which part imports which.
//!
//! The manager is synchronous, so its calls run on the blocking threads of the runtime. No such call waits for the network: a
//! body is handed over in pieces, and a thread is taken only while a piece is processed.

mod answer;
mod app;
mod bodies;
mod caller;
mod commands;
mod failure;
mod guard;
mod imports;
mod intake;
mod listen;
mod log;
mod network;
mod page;
mod pictures;
mod service;
mod settings;
mod socket;
mod work;

use settings::{Settings, Wrong};
use std::env::VarError;
use std::process::ExitCode;

/// The exit code of a wrong setting.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let settings = match parse() {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    log::start(settings.log_level, settings.log_format);
    match listen::serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("wix-media-server: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the command line, the environment and the file. Prints what is wrong, in one line.
fn parse() -> Result<Settings, ExitCode> {
    let usage = |message: &str| {
        eprintln!("wix-media-server: {message}");
        ExitCode::from(USAGE)
    };
    let matches = settings::command().try_get_matches().map_err(|error| {
        if !error.use_stderr() {
            // Help and version.
            print!("{error}");
            return ExitCode::SUCCESS;
        }
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        usage(&format!(
            "{}; see wix-media-server serve --help",
            line.trim_start_matches("error: ")
        ))
    })?;
    let Some(arguments) = matches.subcommand_matches("serve") else {
        return Err(usage("no command; see wix-media-server --help"));
    };
    // Taken for unset, a key that is not UTF-8 would leave the server open.
    if let Some(name) = settings::variables().find(|name| matches!(std::env::var(name), Err(VarError::NotUnicode(_)))) {
        return Err(usage(&format!("{name} must be UTF-8")));
    }
    settings::read(arguments, &|name| std::env::var(name).ok()).map_err(|Wrong(message)| usage(&message))
}
