//! The tasks of this repository, run as `cargo xtask COMMAND`: one file for each command, and `machine` for their
//! requirements.

mod bench;
mod build;
mod bundled;
mod check;
mod declarations;
mod docs;
mod file_types;
mod fresh;
mod fuzz;
mod licences;
mod machine;
mod msrv;
mod notices;
mod operations;
mod page;
mod parity;
mod platform;
mod process;
mod project;
mod release;
mod ring;
mod sbom;
mod scratch;
mod screenshots;
mod server;
mod size;
mod skips;
mod soak;
mod source_map;
mod start;
mod summary;
mod tarball;
mod test;
mod tidy;
mod tus;
mod wasm;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::test::Selection;

/// What `cargo xtask help` prints.
const USAGE: &str = "\
Usage: cargo xtask COMMAND

  build             the npm package, in dist/, ready for npm pack
  start [--team [--s3]] [--port N]
                    build what is missing and serve a Media Manager on http://127.0.0.1:4410; with --team three native
                    servers on one PostgreSQL, behind a balancer, and with --s3 their bytes in a bucket of moto, which pip installs
  test [RING...]    run the tests: rust, wasm-node, wasm-browser, js, package, page, tools, browsers, team, fuzz (by
                    default all but tools, which installs bundlers, frameworks and test runners from npm, browsers, which
                    drives Firefox and WebKit, team, which compiles the native server, and fuzz, which needs a nightly Rust);
                    --quick gives an answer in under three minutes, without slow tests;
                    --node MAJOR runs js and package, or tools, on that release line of Node, from npm
  check             formatting, lints, types, documentation, forbidden crates and strings
  docs              the documentation as a site, in target/site, with examples that run in the browser
  size              what a visitor downloads, beside the official packages
  bench [team [NAME...] [--rows N]]
                    how fast calls are, beside the official packages; with team what the native server costs: its
                    catalog on PostgreSQL with a million files, or N (catalog), lists, pictures, reads, uploads
  parity [--files VERSION] [--folders VERSION]
                    what the newest official packages, or those of these versions, have that this one lacks, and the
                    other way round; writes docs/parity.md. Without a network: --installed or --directory DIR
  soak [--minutes N] [--seed S]
                    everything at once against a server that is killed, and whose disk loses its cache: nothing that was
                    acknowledged may be lost, and memory stays level
  fuzz [TARGET...] [--seconds N]
                    each parser of untrusted bytes in fuzz, or those named, for a minute, with libFuzzer;
                    fuzz http|media [--seed S] [--cases N]: damaged requests or media files, until something is wrong
  server-tarball [--test]
                    the native server as a static program for Linux, with its page, as a tarball in target/; with --test
                    its program is tested as users install it
  msrv              compile the library and the native server with the oldest Rust that they promise
  release VERSION [--dry-run]
                    write the version and the changelog, check the packed package, commit and tag. Publishes nothing
  screenshots       make the pictures of the README anew
  platform          write what the tests ran on into docs/platform.md
  file-types        write the Media Manager's table of file types anew, from its sources
  wasm-bindgen ARGUMENTS
                    the command of that name, in the version that the build and examples/leptos use
  help              this text

Every command installs what it needs, or says what to run.";

/// The command by which cargo calls this program back to run one WebAssembly test file.
const WASM_TEST_RUNNER: &str = "wasm-test-runner";

/// A parsed command line.
#[derive(Debug, PartialEq, Eq)]
enum Task {
    Bench(bench::Settings),
    Build,
    Check,
    Docs,
    FileTypes,
    Fuzz(fuzz::Settings),
    Help,
    Msrv,
    Parity(parity::Source),
    Platform,
    Release(release::Settings),
    Screenshots,
    ServerTarball(tarball::Settings),
    Size,
    Soak(soak::Settings),
    Start(start::Settings),
    Test(Selection),
    WasmBindgen { arguments: Vec<String> },
    WasmTestRunner { arguments: Vec<String> },
}

impl Task {
    /// Parses the command line, without the program's name.
    fn parse(arguments: &[String]) -> Result<Self> {
        let Some((name, rest)) = arguments.split_first() else {
            return Ok(Self::Help);
        };
        match name.as_str() {
            "bench" => return Ok(Self::Bench(bench::Settings::parse(rest)?)),
            "test" => return Ok(Self::Test(Selection::parse(rest)?)),
            "parity" => return Ok(Self::Parity(parity::Source::parse(rest)?)),
            "release" => return Ok(Self::Release(release::Settings::parse(rest)?)),
            "soak" => return Ok(Self::Soak(soak::Settings::parse(rest)?)),
            "fuzz" => return Ok(Self::Fuzz(fuzz::Settings::parse(rest)?)),
            "server-tarball" => return Ok(Self::ServerTarball(tarball::Settings::parse(rest)?)),
            "start" => return Ok(Self::Start(start::Settings::parse(rest)?)),
            "wasm-bindgen" => {
                return Ok(Self::WasmBindgen {
                    arguments: rest.to_vec(),
                });
            }
            WASM_TEST_RUNNER => {
                return Ok(Self::WasmTestRunner {
                    arguments: rest.to_vec(),
                });
            }
            _ => {}
        }
        let task = match name.as_str() {
            "build" => Self::Build,
            "check" => Self::Check,
            "docs" => Self::Docs,
            "screenshots" => Self::Screenshots,
            "msrv" => Self::Msrv,
            "size" => Self::Size,
            "file-types" => Self::FileTypes,
            "platform" => Self::Platform,
            "help" | "--help" | "-h" => Self::Help,
            _ => bail!("unknown command {name:?}\n\n{USAGE}"),
        };
        match rest {
            [] => Ok(task),
            [extra, ..] => bail!("unexpected argument {extra:?} of {name}\n\n{USAGE}"),
        }
    }

    /// Runs the task. Returns `false` when it found a problem and has printed it.
    fn run(self) -> Result<bool> {
        match self {
            Self::Help => println!("{USAGE}"),
            Self::WasmBindgen { arguments } => wasm::bindgen(arguments)?,
            Self::WasmTestRunner { arguments } => ring::run_wasm_tests(arguments)?,
            Self::Bench(settings) => bench::bench(&Project::load()?, &settings)?,
            Self::Build => build::build(&Project::load()?)?,
            Self::Check => return check::check(&Project::load()?),
            Self::Docs => docs::docs(&Project::load()?)?,
            Self::Screenshots => screenshots::screenshots(&Project::load()?)?,
            Self::ServerTarball(settings) => tarball::server_tarball(&Project::load()?, settings)?,
            Self::Size => size::size(&Project::load()?)?,
            Self::Msrv => msrv::msrv(&Project::load()?)?,
            Self::Platform => platform::platform(&Project::load()?)?,
            Self::Parity(source) => return parity::parity(&Project::load()?, &source),
            Self::Release(settings) => release::release(&Project::load()?, &settings)?,
            Self::Soak(settings) => soak::soak(&Project::load()?, &settings)?,
            Self::Fuzz(settings) => fuzz::fuzz(&Project::load()?, &settings)?,
            Self::Start(settings) => start::start(&Project::load()?, &settings)?,
            Self::FileTypes => file_types::file_types(&Project::load()?)?,
            Self::Test(selection) => return test::test(&Project::load()?, &selection),
        }
        Ok(true)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = match Task::parse(&arguments) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    };
    match task.run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Task> {
        Task::parse(&process::words(line))
    }

    #[test]
    fn parse_accepts_every_command() {
        assert_eq!(parse("").unwrap(), Task::Help);
        assert_eq!(parse("--help").unwrap(), Task::Help);
        assert_eq!(parse("build").unwrap(), Task::Build);
        assert_eq!(parse("check").unwrap(), Task::Check);
        assert_eq!(parse("docs").unwrap(), Task::Docs);
        assert_eq!(parse("screenshots").unwrap(), Task::Screenshots);
        assert!(matches!(parse("server-tarball").unwrap(), Task::ServerTarball(_)));
        assert_ne!(
            parse("server-tarball").unwrap(),
            parse("server-tarball --test").unwrap()
        );
        assert_eq!(parse("size").unwrap(), Task::Size);
        assert_eq!(parse("msrv").unwrap(), Task::Msrv);
        assert_eq!(parse("bench").unwrap(), Task::Bench(bench::Settings::Package));
        let start = |port, is_team, has_bucket| {
            Task::Start(start::Settings {
                port,
                is_team,
                has_bucket,
            })
        };
        assert_eq!(parse("start").unwrap(), start(4410, false, false));
        assert_eq!(parse("start --port 8080").unwrap(), start(8080, false, false));
        assert_eq!(parse("start --port 8080 --team").unwrap(), start(8080, true, false));
        assert_eq!(parse("start --s3 --team").unwrap(), start(4410, true, true));
        assert!(matches!(parse("parity --installed").unwrap(), Task::Parity(_)));
        assert!(matches!(parse("release 9.9.9 --dry-run").unwrap(), Task::Release(_)));
        assert!(matches!(parse("soak --minutes 3").unwrap(), Task::Soak(_)));
        assert!(matches!(parse("fuzz http").unwrap(), Task::Fuzz(_)));
        assert!(matches!(parse("fuzz").unwrap(), Task::Fuzz(_)));
        assert!(matches!(
            parse("test --quick js").unwrap(),
            Task::Test(Selection { is_quick: true, .. })
        ));
    }

    #[test]
    fn parse_refuses_unknown_commands_and_arguments() {
        for line in [
            "deploy",
            "build now",
            "start 80",
            "start --port",
            "start --port x",
            "start --team team",
            "start --s3",
            "test moon",
            "fuzz zip",
            "soak 3",
            "parity newest",
            "release",
            "release now",
            "server-tarball test",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn parse_keeps_the_arguments_of_the_wasm_runner() {
        let expected = vec!["a.wasm".to_owned(), "--exact".to_owned()];
        assert_eq!(
            parse("wasm-test-runner a.wasm --exact").unwrap(),
            Task::WasmTestRunner { arguments: expected }
        );
    }
}
