//! The bytes of a blob: appended, read, made durable and refused.

use super::super::Blobs;
use super::{content, functions, put};
use std::io::ErrorKind;

functions![
    appended_bytes_are_in_order,
    read_returns_what_there_is,
    size_is_that_of_the_appended_bytes,
    missing_blob_is_not_found,
    unsafe_ids_are_refused,
];

/// Appended bytes are there in order. A blob may be empty, and an append too.
pub fn appended_bytes_are_in_order(blobs: &dyn Blobs) {
    let mut writer = blobs.open_writer("a", 0).unwrap();
    assert_eq!(blobs.size("a").unwrap(), Some(0));
    for bytes in [&b"one"[..], b"", b"two"] {
        blobs.append(&mut writer, bytes).unwrap();
    }
    blobs.sync("a").unwrap();
    assert_eq!(content(blobs, "a"), b"onetwo");
    assert_eq!(writer.end(), 6);
    let large: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    put(blobs, "large", &large);
    assert_eq!(content(blobs, "large"), large);
    assert_eq!(content(blobs, "a"), b"onetwo");
}

/// A read starts at its offset and ends with the buffer or with the blob, also while the blob is written.
pub fn read_returns_what_there_is(blobs: &dyn Blobs) {
    let mut writer = blobs.open_writer("a", 0).unwrap();
    blobs.append(&mut writer, b"0123456789").unwrap();
    for (offset, length, expected) in [
        (0, 3, &b"012"[..]),
        (4, 2, b"45"),
        (8, 9, b"89"),
        (10, 1, b""),
        (u64::from(u32::MAX) * 4, 1, b""),
        (3, 0, b""),
    ] {
        let mut buffer = vec![0; length];
        let count = blobs.read("a", offset, &mut buffer).unwrap();
        assert_eq!(&buffer[..count], expected, "{length} bytes at {offset}");
    }
    blobs.append(&mut writer, b"x").unwrap();
    let mut buffer = [0; 9];
    assert_eq!(blobs.read("a", 10, &mut buffer).unwrap(), 1);
    assert_eq!(buffer[0], b'x');
}

/// The size follows every append, and a writer that starts in the middle cuts it.
pub fn size_is_that_of_the_appended_bytes(blobs: &dyn Blobs) {
    assert_eq!(blobs.size("a").unwrap(), None);
    let mut writer = blobs.open_writer("a", 0).unwrap();
    for size in [4, 8] {
        blobs.append(&mut writer, b"four").unwrap();
        assert_eq!(blobs.size("a").unwrap(), Some(size));
    }
    blobs.open_writer("a", 3).unwrap();
    assert_eq!(blobs.size("a").unwrap(), Some(3));
}

/// A missing blob is told apart from other errors.
pub fn missing_blob_is_not_found(blobs: &dyn Blobs) {
    put(blobs, "other", b"x");
    let read = blobs.read("a", 0, &mut [0]).unwrap_err();
    assert_eq!(read.kind(), ErrorKind::NotFound);
    assert_eq!(blobs.sync("a").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(blobs.open_writer("a", 1).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(blobs.size("a").unwrap(), None);
    blobs.remove("a").unwrap();
}

/// An id cannot name a file outside of the store.
pub fn unsafe_ids_are_refused(blobs: &dyn Blobs) {
    for id in ["", "..", "a/b", "a\\b", "\u{e9}", "a b", "a\0", &"x".repeat(101)] {
        let error = blobs.open_writer(id, 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id:?}");
    }
    assert_eq!(blobs.list("", 9).unwrap(), [""; 0]);
    let longest = "x".repeat(100);
    put(blobs, &longest, b"x");
    assert_eq!(content(blobs, &longest), b"x");
}

/// Opening a store again finds every blob that was synced. Every call of `open` opens the same store.
pub fn reopened_store_has_what_was_synced(open: &dyn Fn() -> Box<dyn Blobs>) {
    let first = open();
    put(&*first, "a", b"kept");
    first.sync("a").unwrap();
    put(&*first, "gone", b"x");
    first.remove("gone").unwrap();
    drop(first);
    let again = open();
    assert_eq!(content(&*again, "a"), b"kept");
    assert_eq!(again.list("", 9).unwrap(), ["a"]);
    assert_eq!(again.open_end("a"), None);
    let mut writer = again.open_writer("a", 4).unwrap();
    again.append(&mut writer, b" on").unwrap();
    assert_eq!(content(&*again, "a"), b"kept on");
}
