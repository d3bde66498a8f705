//! A connection between store and server that can be cut at a commit.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

/// What happens at the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Nothing.
    None = 0,
    /// The server does not get it.
    Before = 1,
    /// The server gets it, and nobody gets its answer.
    After = 2,
}

/// A proxy in front of a server.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    cut: Arc<AtomicU8>,
}

impl Proxy {
    pub(crate) fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicU8::new(0));
        let shared = Arc::clone(&cut);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", server)).unwrap());
                forward(client, server, &shared);
            }
        });
        Proxy { port, cut }
    }

    /// Cuts the connection on which the next commit is sent.
    pub(crate) fn cut(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }
}

fn forward(client: TcpStream, server: TcpStream, cut: &Arc<AtomicU8>) {
    let cut = Arc::clone(cut);
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (mut from_server, mut to_client) = (server, client);
    let severed = Arc::new(AtomicU8::new(0));
    let silent = Arc::clone(&severed);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut buffer) {
            let bytes = &buffer[..count];
            let is_commit = bytes.windows(7).any(|window| window == b"COMMIT\0");
            let what = if is_commit { cut.swap(0, Ordering::SeqCst) } else { 0 };
            if what != 0 {
                silent.store(1, Ordering::SeqCst);
            }
            if what == Cut::Before as u8 || to_server.write_all(bytes).is_err() {
                break;
            }
        }
        _ = to_server.shutdown(Shutdown::Both);
        _ = from_client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut buffer) {
            // The server has answered, so it has done it.
            if severed.load(Ordering::SeqCst) == 1 || to_client.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        _ = to_client.shutdown(Shutdown::Both);
        _ = from_server.shutdown(Shutdown::Both);
    });
}
