//! The fuzz targets. Each reads bytes with one parser of untrusted input, and checks what must hold for any input.
//!
//! A target needs no state that outlives one input, so that an input alone reproduces what it caused.

mod manager;
mod pictures;
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/manager/site.rs"]
mod site;
mod text;

pub use manager::{archive, body, cursor, file, request, token, tus};
pub use pictures::{picture, transform};
pub use text::{answer, arguments, import_url, json, media_url, resumable, text};

/// Splits off the first byte, as a choice among `count`.
fn choice(data: &[u8], count: usize) -> (usize, &[u8]) {
    match data.split_first() {
        Some((first, rest)) => (usize::from(*first) % count, rest),
        None => (0, data),
    }
}
