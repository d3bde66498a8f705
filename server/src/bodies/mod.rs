//! Bodies in both directions, in pieces.
//!
//! A request's body is read from the socket as fast as the manager takes it. A response's body is read from the storage one piece
//! ahead of the socket. Neither is ever in memory as a whole, and no thread waits for the network.

mod incoming;
mod outgoing;

pub(crate) use incoming::{Broken, Source};
pub(crate) use outgoing::{AtEnd, Content, Exchange, Outgoing, Stored, read_piece};
