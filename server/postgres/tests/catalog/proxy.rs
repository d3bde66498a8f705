//! A connection between store and server that can be cut at a commit, or lose everything from then on.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
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
    /// The server does not get it, and the connection stays open.
    Lost = 3,
    /// The server gets it. Nobody gets its answer, and the connection stays open.
    Unanswered = 4,
}

/// What the connections of a proxy share.
#[derive(Default)]
struct Shared {
    cut: AtomicU8,
    /// Whether everything is lost, in both directions.
    is_mute: AtomicBool,
}

/// A proxy in front of a server.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::<Shared>::default();
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", server)).unwrap());
                forward(client, server, &of_thread);
            }
        });
        Proxy { port, shared }
    }

    /// Cuts the connection on which the next commit is sent.
    pub(crate) fn cut(&self, cut: Cut) {
        self.shared.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// Loses everything from now on, or nothing.
    pub(crate) fn mute(&self, is_mute: bool) {
        self.shared.is_mute.store(is_mute, Ordering::SeqCst);
    }
}

fn forward(client: TcpStream, server: TcpStream, shared: &Arc<Shared>) {
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (mut from_server, mut to_client) = (server, client);
    // What has happened to this connection.
    let fate = Arc::new(AtomicU8::new(0));
    let (of_client, of_server) = ((Arc::clone(shared), Arc::clone(&fate)), (Arc::clone(shared), fate));
    thread::spawn(move || {
        let (shared, fate) = of_client;
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut buffer) {
            let bytes = &buffer[..count];
            if bytes.windows(7).any(|window| window == b"COMMIT\0") {
                fate.fetch_max(shared.cut.swap(0, Ordering::SeqCst), Ordering::SeqCst);
            }
            let fate = fate.load(Ordering::SeqCst);
            if fate == Cut::Before as u8 {
                break;
            }
            let is_lost = fate == Cut::Lost as u8 || shared.is_mute.load(Ordering::SeqCst);
            if !is_lost && to_server.write_all(bytes).is_err() {
                break;
            }
        }
        _ = to_server.shutdown(Shutdown::Both);
        _ = from_client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let (shared, fate) = of_server;
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut buffer) {
            let fate = fate.load(Ordering::SeqCst);
            // The server has answered, so it has done it.
            if fate == Cut::After as u8 {
                break;
            }
            let is_lost = fate >= Cut::Lost as u8 || shared.is_mute.load(Ordering::SeqCst);
            if !is_lost && to_client.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        _ = to_client.shutdown(Shutdown::Both);
        _ = from_server.shutdown(Shutdown::Both);
    });
}
