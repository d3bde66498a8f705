//! A connection between bucket and server that can be cut at certain requests.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where a request is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server does not get it.
    Before,
    /// The server gets a part of it.
    Within,
    /// The server gets it, and nobody gets its answer.
    After,
    /// The answer ends in the middle of its body.
    InAnswer,
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
    plan: Arc<Mutex<Option<Plan>>>,
}

/// How much of a request or an answer that is cut goes through.
const SOME: usize = 1500;

impl Proxy {
    pub(crate) fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let plan: Arc<Mutex<Option<Plan>>> = Arc::default();
        let shared = Arc::clone(&plan);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", server)).unwrap());
                forward(client, server, &shared);
            }
        });
        Proxy { port, plan }
    }

    /// Cuts the next `times` requests with this method and this text in their target.
    pub(crate) fn cut(&self, method: &'static str, part: &'static str, cut: Cut, times: usize) {
        *self.plan.lock().unwrap() = Some(Plan {
            method,
            part,
            cut,
            times,
        });
    }

    /// Stops cutting. Returns how many requests were not cut any more.
    pub(crate) fn left(&self) -> usize {
        let plan = self.plan.lock().unwrap().take();
        plan.map_or(0, |plan| plan.times)
    }
}

/// What is to be cut of a request whose head this is.
fn cut_of(head: &[u8], plan: &Mutex<Option<Plan>>) -> Option<Cut> {
    let end = head.iter().position(|&byte| byte == b'\r')?;
    let line = std::str::from_utf8(&head[..end]).ok()?;
    let mut plan = plan.lock().unwrap();
    let plan = plan.as_mut()?;
    let (method, rest) = line.split_once(' ')?;
    if method != plan.method || !rest.contains(plan.part) || plan.times == 0 {
        return None;
    }
    plan.times -= 1;
    Some(plan.cut)
}

fn forward(client: TcpStream, server: TcpStream, plan: &Arc<Mutex<Option<Plan>>>) {
    let plan = Arc::clone(plan);
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (mut from_server, mut to_client) = (server, client);
    let current: Arc<Mutex<Option<Cut>>> = Arc::default();
    let seen = Arc::clone(&current);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut buffer) {
            // A client sends a request once the answer to the one before has come, so it begins a read.
            if let Some(cut) = cut_of(&buffer[..count], &plan) {
                *current.lock().unwrap() = Some(cut);
            }
            let cut = *current.lock().unwrap();
            match cut {
                Some(Cut::Before) => break,
                Some(Cut::Within) => {
                    _ = to_server.write_all(&buffer[..count.min(SOME) - 1]);
                    break;
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
