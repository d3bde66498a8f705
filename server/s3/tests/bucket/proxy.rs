//! A connection between bucket and server that counts requests, and can be cut or held back at certain ones.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Where a request is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server does not get it.
    Before,
    /// The server gets its head, and no byte of its body.
    Head,
    /// The server gets a part of it.
    Within,
    /// The server gets it, and nobody gets its answer.
    After,
    /// The answer ends in the middle of its body.
    InAnswer,
    /// The server gets it once the proxy has been told to let it go.
    Held,
}

/// The requests that are held back.
#[derive(Debug, Default)]
struct Gate {
    /// Whether one waits.
    is_held: bool,
    is_released: bool,
}

/// Which requests are cut.
#[derive(Clone, Debug)]
struct Plan {
    /// What the line of the request begins with, and contains.
    method: &'static str,
    part: &'static str,
    cut: Cut,
    /// How many more of them.
    times: usize,
}

/// A proxy in front of a server.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    seen: Arc<Seen>,
}

/// What the threads of a proxy share.
#[derive(Default)]
struct Seen {
    plan: Mutex<Option<Plan>>,
    /// The lines of all requests.
    lines: Mutex<Vec<String>>,
    gate: Mutex<Gate>,
    moved: Condvar,
}

/// How much of a request or an answer that is cut goes through.
const SOME: usize = 1500;

impl Proxy {
    pub(crate) fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen: Arc<Seen> = Arc::default();
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", server)).unwrap());
                forward(client, server, &shared);
            }
        });
        Proxy { port, seen }
    }

    /// The requests since the last call: the method, and the name of the object below the folder of its blob.
    pub(crate) fn requests(&self) -> Vec<String> {
        let lines = std::mem::take(&mut *self.seen.lines.lock().unwrap());
        let short = lines.iter().map(|line| {
            let (method, rest) = line.split_once(' ').unwrap();
            let target = rest.split(' ').next().unwrap();
            let name = target.rsplit('/').next().unwrap();
            // A segment begins with its offset, and has a random end.
            let name = if name.starts_with("0000") { "segment" } else { name };
            format!("{method} {name}")
        });
        short.collect()
    }

    /// Waits until a request is held back.
    pub(crate) fn wait_for_held(&self) {
        let gate = self.seen.gate.lock().unwrap();
        drop(self.seen.moved.wait_while(gate, |gate| !gate.is_held).unwrap());
    }

    /// Lets the request go that is held back.
    pub(crate) fn release(&self) {
        self.seen.gate.lock().unwrap().is_released = true;
        self.seen.moved.notify_all();
    }

    /// Cuts the next `times` requests with this method and this text in their target.
    pub(crate) fn cut(&self, method: &'static str, part: &'static str, cut: Cut, times: usize) {
        *self.seen.plan.lock().unwrap() = Some(Plan {
            method,
            part,
            cut,
            times,
        });
    }

    /// Stops cutting. Returns how many requests were not cut any more.
    pub(crate) fn left(&self) -> usize {
        let plan = self.seen.plan.lock().unwrap().take();
        plan.map_or(0, |plan| plan.times)
    }
}

/// What is to be cut of a request whose head this is.
fn cut_of(head: &[u8], seen: &Seen) -> Option<Cut> {
    let end = head.iter().position(|&byte| byte == b'\r')?;
    let line = std::str::from_utf8(&head[..end]).ok()?;
    let line = line.strip_suffix(" HTTP/1.1")?;
    seen.lines.lock().unwrap().push(line.to_owned());
    let mut plan = seen.plan.lock().unwrap();
    let plan = plan.as_mut()?;
    let (method, rest) = line.split_once(' ')?;
    if method != plan.method || !rest.contains(plan.part) || plan.times == 0 {
        return None;
    }
    plan.times -= 1;
    Some(plan.cut)
}

fn forward(client: TcpStream, server: TcpStream, shared: &Arc<Seen>) {
    let shared = Arc::clone(shared);
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (mut from_server, mut to_client) = (server, client);
    let current: Arc<Mutex<Option<Cut>>> = Arc::default();
    let seen = Arc::clone(&current);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut buffer) {
            // A client sends a request once the answer to the one before has come, so it begins a read.
            if let Some(cut) = cut_of(&buffer[..count], &shared) {
                *current.lock().unwrap() = Some(cut);
            }
            let cut = *current.lock().unwrap();
            match cut {
                Some(Cut::Before) => break,
                Some(Cut::Head) => {
                    let blank = buffer[..count].windows(4).position(|bytes| bytes == b"\r\n\r\n");
                    _ = to_server.write_all(&buffer[..blank.map_or(count, |at| at + 4)]);
                    break;
                }
                Some(Cut::Within) => {
                    _ = to_server.write_all(&buffer[..count.min(SOME) - 1]);
                    break;
                }
                Some(Cut::Held) => {
                    let mut gate = shared.gate.lock().unwrap();
                    gate.is_held = true;
                    shared.moved.notify_all();
                    drop(shared.moved.wait_while(gate, |gate| !gate.is_released).unwrap());
                }
                _ => {}
            }
            if to_server.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        _ = to_server.shutdown(Shutdown::Both);
        _ = from_client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut buffer) {
            let cut = *seen.lock().unwrap();
            let is_interim = buffer.starts_with(b"HTTP/1.1 100 ");
            let through = match cut {
                // The server has answered, so it has done it.
                Some(Cut::After) if !is_interim => 0,
                Some(Cut::InAnswer) => count.min(SOME),
                _ => count,
            };
            if to_client.write_all(&buffer[..through]).is_err() || through < count {
                break;
            }
        }
        _ = to_client.shutdown(Shutdown::Both);
        _ = from_server.shutdown(Shutdown::Both);
    });
}
