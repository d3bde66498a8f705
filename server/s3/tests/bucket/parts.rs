//! Blobs of several parts, by several processes.

use crate::servers::{Server, servers};
use std::io::ErrorKind;
use wix_media::blobs::Blobs;
use wix_media_s3::{Bucket, Settings};

/// The size of a part.
const PART: usize = 8 << 20;

/// Bytes without a period of a power of two.
pub(crate) fn pattern(from: usize, to: usize) -> Vec<u8> {
    (from..to).map(|at| (at % 251) as u8 ^ (at / 65_536) as u8).collect()
}

/// Makes a complete blob.
pub(crate) fn put(bucket: &Bucket, id: &str, bytes: &[u8]) {
    let mut writer = bucket.open_writer(id, 0).unwrap();
    bucket.append(&mut writer, bytes).unwrap();
    bucket.seal(id).unwrap();
}

/// Adds bytes as a PATCH does that has taken the blob over with this epoch.
pub(crate) fn patch(bucket: &Bucket, id: &str, offset: u64, epoch: u64, bytes: &[u8]) {
    let mut writer = bucket.take_over(id, offset, epoch).unwrap();
    bucket.append(&mut writer, bytes).unwrap();
    bucket.sync(id).unwrap();
}

pub(crate) fn content(bucket: &Bucket, id: &str) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(bucket.size(id).unwrap().unwrap()).unwrap()];
    let mut filled = 0;
    while filled < bytes.len() {
        let end = bytes.len().min(filled + 300_000);
        let count = bucket.read(id, filled as u64, &mut bytes[filled..end]).unwrap();
        assert_eq!(count, end - filled);
        filled = end;
    }
    bytes
}

/// Waits until so many bytes of the open blob are recorded, as the manager does between pieces of a request.
fn await_recorded(bucket: &Bucket, bytes: usize) {
    while bucket.sync_progress("a").unwrap() < bytes as u64 {
        std::thread::yield_now();
    }
}

fn two(server: &Server) -> (Bucket, Bucket, Settings) {
    let settings = server.settings();
    (
        Bucket::open(&settings).unwrap(),
        Bucket::open(&settings).unwrap(),
        settings,
    )
}

#[test]
fn large_blob_is_sent_in_parts() {
    for server in servers() {
        let (first, second, _) = two(server);
        let whole = pattern(0, 2 * PART + 1234);
        let mut writer = first.open_writer("a", 0).unwrap();
        for piece in whole.chunks(700_001) {
            first.append(&mut writer, piece).unwrap();
        }
        first.seal("a").unwrap();
        assert!(content(&second, "a") == whole);
        // What is in two parts.
        let mut buffer = [0; 20];
        assert_eq!(second.read("a", PART as u64 - 10, &mut buffer).unwrap(), 20);
        assert_eq!(buffer, whole[PART - 10..PART + 10]);
        assert_eq!(second.list("", 9).unwrap(), ["a"]);
    }
}

#[test]
fn process_continues_what_another_has_synced() {
    for server in servers() {
        let (first, second, _) = two(server);
        let whole = pattern(0, PART + 900_000);
        let mut end = 0;
        for (number, size) in [(1, 300_000), (2, PART - 100_000), (3, 200_000), (4, 500_000)] {
            let bucket = if number % 2 == 0 { &first } else { &second };
            let mut writer = bucket.take_over("a", end as u64, number).unwrap();
            bucket.append(&mut writer, &whole[end..end + size]).unwrap();
            bucket.sync("a").unwrap();
            end += size;
            assert_eq!(first.size("a").unwrap(), Some(end as u64));
        }
        assert_eq!(end, whole.len());
        second.end_writer("a").unwrap();
        assert!(content(&first, "a") == whole);
    }
}

#[test]
fn parts_are_recorded_while_others_arrive() {
    for server in servers() {
        let (first, second, settings) = two(server);
        let whole = pattern(0, 4 * PART + 1000);
        patch(&first, "a", 0, 1, &whole[..1000]);
        let mut writer = first.take_over("a", 1000, 2).unwrap();
        first.append(&mut writer, &whole[1000..3 * PART]).unwrap();
        await_recorded(&first, 2 * PART);
        // As if it was killed.
        assert!(second.size("a").unwrap().unwrap() >= 2 * PART as u64);
        let mut late = second.take_over("a", 2 * PART as u64, 3).unwrap();
        let overtaken = loop {
            if let Err(error) = first
                .append(&mut writer, &[0; PART / 4])
                .and_then(|()| first.sync_progress("a"))
            {
                break error;
            }
        };
        assert_eq!(overtaken.kind(), ErrorKind::StaleNetworkFileHandle);
        // It waits for the parts on their way.
        first.sync("a").unwrap_err();
        second.append(&mut late, &whole[2 * PART..]).unwrap();
        second.sync("a").unwrap();
        assert_eq!(second.finish("a").unwrap(), Some(whole.len() as u64));
        assert!(content(&Bucket::open(&settings).unwrap(), "a") == whole);
    }
}

#[test]
fn draft_that_is_cut_forgets_the_parts_that_were_recorded() {
    for server in servers() {
        let (first, second, settings) = two(server);
        let (lost, whole) = (pattern(7, 3 * PART), pattern(0, 3 * PART + 1000));
        let mut writer = first.take_over("a", 0, 1).unwrap();
        first.append(&mut writer, &whole[..PART]).unwrap();
        first.append(&mut writer, &lost[PART..]).unwrap();
        await_recorded(&first, 2 * PART);
        // The next request of the same process continues where the row ends.
        let mut writer = first.take_over("a", PART as u64, 2).unwrap();
        assert_eq!(first.sync_progress("a").unwrap(), PART as u64);
        first.append(&mut writer, &whole[PART..3 * PART]).unwrap();
        await_recorded(&first, 3 * PART);
        patch(&second, "a", 3 * PART as u64, 3, &whole[3 * PART..]);
        assert_eq!(second.finish("a").unwrap(), Some(whole.len() as u64));
        assert!(content(&Bucket::open(&settings).unwrap(), "a") == whole);
    }
}

#[test]
fn recorded_parts_replace_an_object_of_the_same_size() {
    for server in servers() {
        let (first, second, settings) = two(server);
        let (lost, whole) = (pattern(7, 2 * PART + 7), pattern(0, 2 * PART + 1000));
        let mut writer = first.take_over("a", 0, 1).unwrap();
        first.append(&mut writer, &whole[..5]).unwrap();
        first.sync("a").unwrap();
        // The catalog never knew of these.
        first.append(&mut writer, &lost[5..]).unwrap();
        first.sync("a").unwrap();
        // To cut within a part, this one makes the object first.
        let mut writer = second.take_over("a", 5, 2).unwrap();
        assert!(server.objects(&settings).contains(&"blobs/a/bytes".to_owned()));
        second.append(&mut writer, &whole[5..2 * PART]).unwrap();
        await_recorded(&second, 2 * PART);
        // As if it was killed.
        let third = Bucket::open(&settings).unwrap();
        patch(&third, "a", 2 * PART as u64, 3, &whole[2 * PART..]);
        assert_eq!(third.finish("a").unwrap(), Some(whole.len() as u64));
        assert!(content(&Bucket::open(&settings).unwrap(), "a") == whole);
    }
}

#[test]
fn overtaken_process_changes_nothing() {
    for server in servers() {
        let (first, second, _) = two(server);
        let mut early = first.take_over("a", 0, 1).unwrap();
        first.append(&mut early, b"one").unwrap();
        first.sync("a").unwrap();
        first.append(&mut early, b"lost").unwrap();
        let mut late = second.take_over("a", 3, 2).unwrap();
        let error = first.sync("a").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleNetworkFileHandle);
        second.append(&mut late, b"two").unwrap();
        second.sync("a").unwrap();
        assert_eq!(
            first.take_over("a", 3, 1).unwrap_err().kind(),
            ErrorKind::StaleNetworkFileHandle
        );
        assert_eq!(first.sync("a").unwrap_err().kind(), ErrorKind::StaleNetworkFileHandle);
        second.end_writer("a").unwrap();
        assert_eq!(first.sync("a").unwrap_err().kind(), ErrorKind::StaleNetworkFileHandle);
        drop(early);
        assert_eq!(server.bucket().size("a").unwrap(), None, "another prefix");
        assert_eq!(content(&second, "a"), b"onetwo");
    }
}

#[test]
fn late_request_of_an_older_epoch_leaves_a_complete_blob_alone() {
    for server in servers() {
        let (first, second, settings) = two(server);
        for (id, size) in [("a", 3), ("b", PART + 500_000)] {
            let whole = pattern(0, 2 * size);
            patch(&first, id, 0, 1, &whole[..size]);
            // Another request has taken the row over with epoch 2, and is stopped before it reaches the bucket.
            patch(&second, id, size as u64, 3, &whole[size..]);
            assert_eq!(second.finish(id).unwrap(), Some(whole.len() as u64));
            let third = Bucket::open(&settings).unwrap();
            let stale = third.take_over(id, size as u64, 2).unwrap_err();
            assert_eq!(stale.kind(), ErrorKind::StaleNetworkFileHandle);
            // It may believe that the length is not known yet.
            let mut late = third.take_over(id, whole.len() as u64, 2).unwrap();
            let stale = third.append(&mut late, b"more").unwrap_err();
            assert_eq!(stale.kind(), ErrorKind::StaleNetworkFileHandle);
            third.sync(id).unwrap();
            assert!(content(&Bucket::open(&settings).unwrap(), id) == whole);
        }
    }
}

#[test]
fn late_request_at_offset_0_leaves_nothing_beside_a_complete_blob() {
    for server in servers() {
        let (first, second, settings) = two(server);
        for size in [5, PART + 1000] {
            // Another request has taken the row over since, and completes the blob.
            let mut late = first.take_over("a", 0, 1).unwrap();
            let whole = pattern(0, size);
            patch(&second, "a", 0, 2, &whole);
            assert_eq!(second.finish("a").unwrap(), Some(size as u64));
            first.append(&mut late, &pattern(7, size)).unwrap();
            first.sync("a").unwrap();
            assert!(server.objects(&settings).len() > 1);
            // The catalog refuses its number of bytes.
            first.withdraw(&late).unwrap();
            assert_eq!(server.objects(&settings), ["blobs/a/bytes"]);
            assert_eq!(uploads(server, &settings), 0);
            first.append(&mut late, b"more").unwrap_err();
            assert!(content(&second, "a") == whole);
            second.remove("a").unwrap();
        }
    }
}

#[test]
fn request_that_is_not_late_keeps_its_bytes() {
    for server in servers() {
        let (first, second, settings) = two(server);
        let whole = pattern(0, PART + 1000);
        let mut writer = first.take_over("a", 0, 1).unwrap();
        first.append(&mut writer, &whole).unwrap();
        first.sync("a").unwrap();
        // Nothing is complete yet: what the bucket has may be all there is.
        first.withdraw(&writer).unwrap();
        assert_eq!(second.size("a").unwrap(), Some(whole.len() as u64));
        // A writer of this process that was overtaken in it.
        drop(first.take_over("a", whole.len() as u64, 2).unwrap());
        assert_eq!(second.finish("a").unwrap(), Some(whole.len() as u64));
        first.withdraw(&writer).unwrap();
        assert_eq!(server.objects(&settings), ["blobs/a/bytes"]);
        assert!(content(&second, "a") == whole);
    }
}

#[test]
fn late_request_finds_a_blob_that_another_one_has_cut_within_a_part() {
    for server in servers() {
        let (first, second, settings) = two(server);
        let whole = pattern(0, PART + 500_000);
        patch(&first, "a", 0, 1, &whole);
        // To cut within a part, this one makes the object first, and ends before it records less.
        drop(second.take_over("a", 1000, 3).unwrap());
        let third = Bucket::open(&settings).unwrap();
        let stale = third.take_over("a", 1000, 2).unwrap_err();
        assert_eq!(stale.kind(), ErrorKind::StaleNetworkFileHandle);
        patch(&third, "a", 1000, 4, &whole[1000..2000]);
        assert_eq!(third.finish("a").unwrap(), Some(2000));
        assert!(content(&Bucket::open(&settings).unwrap(), "a") == whole[..2000]);
        third.remove("a").unwrap();
        assert_eq!(uploads(server, &settings), 0);
        assert_eq!(Bucket::open(&settings).unwrap().list("", 9).unwrap(), [""; 0]);
    }
}

#[test]
fn overtaken_process_reads_what_another_has_completed() {
    for server in servers() {
        let (first, second, _) = two(server);
        let mut early = first.take_over("a", 0, 1).unwrap();
        first.append(&mut early, b"one").unwrap();
        first.sync("a").unwrap();
        first.append(&mut early, b"other").unwrap();
        assert_eq!(content(&first, "a"), b"oneother");
        // The first request goes on waiting for bytes of its client.
        patch(&second, "a", 3, 2, b" two");
        second.end_writer("a").unwrap();
        assert_eq!(first.size("a").unwrap(), Some(7));
        assert_eq!(content(&first, "a"), b"one two");
        drop(early);
    }
}

#[test]
fn process_that_has_created_an_upload_sees_what_others_add() {
    for server in servers() {
        let (first, second, _) = two(server);
        for (id, is_finished_by_first) in [("a", true), ("b", false)] {
            drop(first.open_writer(id, 0).unwrap());
            assert_eq!((first.size(id).unwrap(), content(&first, id).len()), (Some(0), 0));
            patch(&second, id, 0, 1, b"one");
            assert_eq!(first.size(id).unwrap(), Some(3));
            assert_eq!(content(&first, id), b"one");
            let finishing = if is_finished_by_first { &first } else { &second };
            assert_eq!(finishing.finish(id).unwrap(), Some(3));
            for bucket in [&first, &second] {
                assert_eq!(bucket.size(id).unwrap(), Some(3));
                assert_eq!(content(bucket, id), b"one");
            }
            // A request that completes the upload may come twice.
            assert_eq!(first.finish(id).unwrap(), Some(3));
            assert_eq!(content(&second, id), b"one");
        }
    }
}

#[test]
fn bytes_of_a_writer_that_was_dropped_are_synced() {
    for server in servers() {
        let (first, second, _) = two(server);
        let mut writer = first.take_over("a", 0, 1).unwrap();
        first.append(&mut writer, b"one").unwrap();
        first.sync("a").unwrap();
        first.append(&mut writer, b"two").unwrap();
        // Its connection ends after another request has looked at its end, and before that request syncs it.
        drop(writer);
        first.sync("a").unwrap();
        assert_eq!(content(&second, "a"), b"onetwo");
    }
}

#[test]
fn unsynced_bytes_of_an_overtaken_process_do_not_count() {
    for server in servers() {
        let (first, second, _) = two(server);
        let mut early = first.take_over("a", 0, 1).unwrap();
        first.append(&mut early, b"lost").unwrap();
        let mut late = second.take_over("a", 0, 2).unwrap();
        second.append(&mut late, b"onetwo").unwrap();
        second.sync("a").unwrap();
        drop((early, late));
        assert_eq!(first.size("a").unwrap(), Some(6));
        // The request that ends the upload may reach the first process again.
        first.end_writer("a").unwrap();
        assert_eq!(content(&first, "a"), b"onetwo");
        assert_eq!(content(&second, "a"), b"onetwo");
    }
}

#[test]
fn blob_is_cut_within_a_part() {
    for server in servers() {
        let (first, second, settings) = two(server);
        let whole = pattern(0, PART + 500_000);
        let mut writer = first.take_over("a", 0, 1).unwrap();
        first.append(&mut writer, &whole[..1000]).unwrap();
        first.sync("a").unwrap();
        first.append(&mut writer, &whole[1000..]).unwrap();
        first.sync("a").unwrap();
        // The catalog knows of the first bytes only.
        let mut writer = second.take_over("a", 1000, 2).unwrap();
        second.append(&mut writer, &whole[1000..2000]).unwrap();
        second.sync("a").unwrap();
        let third = Bucket::open(&settings).unwrap();
        assert_eq!(third.size("a").unwrap(), Some(2000));
        let mut buffer = vec![0; 3000];
        assert_eq!(third.read("a", 0, &mut buffer).unwrap(), 2000);
        assert!(buffer[..2000] == whole[..2000]);
    }
}

#[test]
fn parts_of_a_process_that_died_are_removed() {
    for server in servers() {
        let (first, second, settings) = two(server);
        let mut writer = first.open_writer("a", 0).unwrap();
        first.append(&mut writer, &pattern(0, PART + 5)).unwrap();
        // As if it was killed: nothing is synced and nothing is sealed.
        std::mem::forget(writer);
        drop(first);
        let third = Bucket::open(&settings).unwrap();
        assert_eq!(third.list("", 9).unwrap(), ["a"], "a sweep finds it");
        assert_eq!(second.size("a").unwrap(), Some(0));
        assert_eq!(uploads(server, &settings), 1);
        third.remove("a").unwrap();
        assert_eq!(second.list("", 9).unwrap(), [""; 0]);
        assert_eq!(uploads(server, &settings), 0);
    }
}

/// The number of multipart uploads under way below a prefix.
pub(crate) fn uploads(server: &Server, settings: &Settings) -> usize {
    let listed = server.uploads();
    listed.matches(&format!("<Key>{}/", settings.prefix)).count()
}
