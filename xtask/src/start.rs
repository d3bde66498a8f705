//! `cargo xtask start`: the page, on this machine.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result, bail};

use crate::build;
use crate::project::Project;
use crate::serve::{Mount, serve};

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

/// Builds what is missing and serves the page until it is interrupted.
pub(crate) fn start(project: &Project, port: u16) -> Result<()> {
    // The port comes first: whoever finds it taken should not have to wait for a build to hear of it.
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) => listener,
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("Port {port} is taken by another program: stop that, or choose another with --port N.")
        }
        Err(error) => return Err(error).with_context(|| format!("could not listen on port {port}")),
    };
    build::build(project)?;
    println!(
        "\nThe Media Manager page is at http://{}\n\n\
         Open it, enter a base URL and an API key or access token, and call listFiles,\n\
         getFileDescriptor and createFolder. Ctrl-C stops the server.",
        listener.local_addr()?
    );
    serve(
        &listener,
        vec![
            Mount {
                path: "/wix-media/",
                folder: project.dist(),
            },
            Mount {
                path: "/",
                folder: project.root.join("www"),
            },
        ],
    )
}
