//! What every [`Blobs`] must do, one function per behaviour. A store that passes [`all`] is done.
//!
//! ```
//! use wix_media::blobs::{Memory, conformance};
//!
//! conformance::all(&mut Memory::default);
//! ```
//!
//! The functions panic where a store differs.
#![allow(clippy::unwrap_used)]

use super::Blobs;
use std::io::ErrorKind;

/// Runs every function, each on a store of its own.
///
/// ```
/// # use wix_media::blobs::{Memory, conformance};
/// conformance::all(&mut Memory::default);
/// ```
pub fn all<B: Blobs>(make: &mut dyn FnMut() -> B) {
    for function in [grows, reads_parts, continues_after_a_cut, lists_and_removes, refuses] {
        function(&mut make());
    }
}

fn content(store: &dyn Blobs, id: &str) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(store.size(id).unwrap().unwrap()).unwrap()];
    assert_eq!(store.read(id, 0, &mut bytes).unwrap(), bytes.len());
    bytes
}

/// Appended bytes are there in order, also none at all.
fn grows(store: &mut dyn Blobs) {
    store.append("a", 0, b"").unwrap();
    assert_eq!(store.size("a").unwrap(), Some(0));
    store.append("a", 0, b"one").unwrap();
    store.append("a", 3, b"").unwrap();
    store.append("a", 3, b"two").unwrap();
    store.sync("a").unwrap();
    assert_eq!(content(store, "a"), b"onetwo");
    let large = vec![7; 300_000];
    store.append("large", 0, &large).unwrap();
    assert_eq!(content(store, "large"), large);
}

/// A read gives what there is from its offset on.
fn reads_parts(store: &mut dyn Blobs) {
    store.append("a", 0, b"0123456789").unwrap();
    for (offset, length, expected) in [
        (0, 3, &b"012"[..]),
        (4, 2, b"45"),
        (8, 9, b"89"),
        (10, 1, b""),
        (99, 1, b""),
        (3, 0, b""),
    ] {
        let mut buffer = vec![0; length];
        let count = store.read("a", offset, &mut buffer).unwrap();
        assert_eq!(&buffer[..count], expected);
    }
}

/// Bytes behind the offset of an append are gone, and a gap is refused.
fn continues_after_a_cut(store: &mut dyn Blobs) {
    store.append("a", 0, b"0123456789").unwrap();
    store.append("a", 4, b"x").unwrap();
    assert_eq!(content(store, "a"), b"0123x");
    assert!(store.append("a", 6, b"y").is_err());
    assert_eq!(content(store, "a"), b"0123x");
    store.append("a", 0, b"new").unwrap();
    assert_eq!(content(store, "a"), b"new");
}

/// The list holds what is there; removing twice is no error.
fn lists_and_removes(store: &mut dyn Blobs) {
    assert_eq!(store.ids().unwrap(), [""; 0]);
    for id in ["b", "a-1", "C_2"] {
        store.append(id, 0, id.as_bytes()).unwrap();
    }
    let mut ids = store.ids().unwrap();
    ids.sort();
    assert_eq!(ids, ["C_2", "a-1", "b"]);
    store.remove("a-1").unwrap();
    store.remove("a-1").unwrap();
    assert_eq!(store.size("a-1").unwrap(), None);
    assert_eq!(store.ids().unwrap().len(), 2);
}

/// A missing blob is told apart from other trouble, and an id cannot climb.
fn refuses(store: &mut dyn Blobs) {
    let kind = |result: std::io::Result<()>| result.unwrap_err().kind();
    assert_eq!(kind(store.read("a", 0, &mut [0]).map(drop)), ErrorKind::NotFound);
    assert_eq!(kind(store.sync("a")), ErrorKind::NotFound);
    assert_eq!(kind(store.append("a", 1, b"x")), ErrorKind::NotFound);
    for id in ["", "..", "a/b", "a\\b", "é", "a b", &"x".repeat(101)] {
        assert_eq!(kind(store.append(id, 0, b"")), ErrorKind::InvalidInput, "{id:?}");
    }
    assert_eq!(store.ids().unwrap(), [""; 0]);
}
