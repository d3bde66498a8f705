//! Writers: a blob has one at a time.

use super::super::Blobs;
use super::{content, functions, put};
use std::io::ErrorKind;
use std::thread;

functions![
    writer_continues_behind_what_it_cuts,
    gap_is_refused,
    earlier_writer_is_superseded,
    writers_of_other_blobs_are_not_affected,
    open_end_is_that_of_the_open_writer,
    removal_ends_the_writer,
    failed_open_leaves_the_earlier_writer,
    appends_of_several_threads_do_not_mix,
    one_of_several_threads_keeps_the_blob,
];

/// Bytes behind the offset of a writer come from an attempt that was cut off, and are removed.
pub fn writer_continues_behind_what_it_cuts(blobs: &dyn Blobs) {
    put(blobs, "a", b"0123456789");
    let mut writer = blobs.open_writer("a", 4).unwrap();
    assert_eq!((writer.id(), writer.end()), ("a", 4));
    assert_eq!(content(blobs, "a"), b"0123");
    blobs.append(&mut writer, b"x").unwrap();
    assert_eq!(content(blobs, "a"), b"0123x");
    let mut writer = blobs.open_writer("a", 0).unwrap();
    blobs.append(&mut writer, b"new").unwrap();
    assert_eq!(content(blobs, "a"), b"new");
}

/// A writer cannot start behind the end of its blob.
pub fn gap_is_refused(blobs: &dyn Blobs) {
    put(blobs, "a", b"01234");
    let error = blobs.open_writer("a", 6).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(content(blobs, "a"), b"01234");
    assert_eq!(blobs.open_writer("a", 5).unwrap().end(), 5);
}

/// An append of the earlier of two writers fails and changes nothing.
pub fn earlier_writer_is_superseded(blobs: &dyn Blobs) {
    let mut first = blobs.open_writer("a", 0).unwrap();
    blobs.append(&mut first, b"one").unwrap();
    assert!(!first.is_superseded());
    let mut second = blobs.open_writer("a", 3).unwrap();
    assert!(first.is_superseded() && !second.is_superseded());
    let error = blobs.append(&mut first, b"late").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceBusy);
    blobs.append(&mut second, b"two").unwrap();
    assert_eq!(
        blobs.append(&mut first, b"").unwrap_err().kind(),
        ErrorKind::ResourceBusy
    );
    assert_eq!(content(blobs, "a"), b"onetwo");
    drop(first);
    assert!(!second.is_superseded(), "the end of the earlier one changes nothing");
    assert_eq!(blobs.open_end("a"), Some(6));
    blobs.append(&mut second, b"!").unwrap();
    assert_eq!(content(blobs, "a"), b"onetwo!");
}

/// Two blobs can be written at the same time.
pub fn writers_of_other_blobs_are_not_affected(blobs: &dyn Blobs) {
    let mut one = blobs.open_writer("a", 0).unwrap();
    let mut other = blobs.open_writer("b", 0).unwrap();
    for _ in 0..3 {
        blobs.append(&mut one, b"a").unwrap();
        blobs.append(&mut other, b"b").unwrap();
    }
    assert_eq!(
        (content(blobs, "a"), content(blobs, "b")),
        (b"aaa".to_vec(), b"bbb".to_vec())
    );
}

/// The open end is known from the opening of a writer to its end.
pub fn open_end_is_that_of_the_open_writer(blobs: &dyn Blobs) {
    assert_eq!(blobs.open_end("a"), None);
    let mut writer = blobs.open_writer("a", 0).unwrap();
    assert_eq!(blobs.open_end("a"), Some(0));
    blobs.append(&mut writer, b"one").unwrap();
    assert_eq!(blobs.open_end("a"), Some(3));
    let second = blobs.open_writer("a", 2).unwrap();
    assert_eq!(blobs.open_end("a"), Some(2));
    drop(writer);
    assert_eq!(blobs.open_end("a"), Some(2), "the first writer had ended before");
    drop(second);
    assert_eq!(blobs.open_end("a"), None);
    assert_eq!(content(blobs, "a"), b"on");
}

/// A blob that is removed while it is written stays removed. A new blob can have its id.
pub fn removal_ends_the_writer(blobs: &dyn Blobs) {
    let mut writer = blobs.open_writer("a", 0).unwrap();
    blobs.append(&mut writer, b"one").unwrap();
    blobs.remove("a").unwrap();
    assert!(writer.is_superseded());
    assert_eq!(
        blobs.append(&mut writer, b"two").unwrap_err().kind(),
        ErrorKind::ResourceBusy
    );
    assert_eq!(blobs.size("a").unwrap(), None);
    assert_eq!(blobs.open_end("a"), None);
    let mut second = blobs.open_writer("a", 0).unwrap();
    assert!(blobs.append(&mut writer, b"late").is_err());
    drop(writer);
    blobs.append(&mut second, b"new").unwrap();
    assert_eq!(content(blobs, "a"), b"new");
}

/// A writer that could not be opened supersedes nobody.
pub fn failed_open_leaves_the_earlier_writer(blobs: &dyn Blobs) {
    assert!(blobs.open_writer("missing", 1).is_err());
    assert_eq!(blobs.open_end("missing"), None);
    let mut writer = blobs.open_writer("a", 0).unwrap();
    blobs.append(&mut writer, b"one").unwrap();
    assert!(blobs.open_writer("a", 99).is_err());
    assert!(!writer.is_superseded());
    blobs.append(&mut writer, b"two").unwrap();
    assert_eq!(content(blobs, "a"), b"onetwo");
}

/// Blobs that several threads write side by side hold the bytes of their own threads.
pub fn appends_of_several_threads_do_not_mix(blobs: &dyn Blobs) {
    thread::scope(|scope| {
        for thread in 0..4_u8 {
            scope.spawn(move || {
                let id = format!("blob-{thread}");
                let mut writer = blobs.open_writer(&id, 0).unwrap();
                for _ in 0..50 {
                    blobs.append(&mut writer, &[thread; 1000]).unwrap();
                }
                blobs.sync(&id).unwrap();
                assert_eq!(content(blobs, &id), vec![thread; 50_000]);
            });
        }
    });
    assert_eq!(blobs.list("", 9).unwrap().len(), 4);
}

/// Of several threads that open and end writers of one blob, one can append at any time.
pub fn one_of_several_threads_keeps_the_blob(blobs: &dyn Blobs) {
    put(blobs, "a", b"");
    let writers: Vec<_> = thread::scope(|scope| {
        let openers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..100 {
                        drop(blobs.open_writer("a", 0).unwrap());
                    }
                    blobs.open_writer("a", 0).unwrap()
                })
            })
            .collect();
        openers.into_iter().map(|opener| opener.join().unwrap()).collect()
    });
    let mut appended = 0;
    for mut writer in writers {
        appended += usize::from(blobs.append(&mut writer, b"x").is_ok());
    }
    assert_eq!(appended, 1);
    assert_eq!(content(blobs, "a"), b"x");
    assert_eq!(blobs.open_end("a"), None);
}
