//! Connections that are cut before, within and after requests: a right outcome, or an error that says to try again.

use crate::parts::{content, patch, pattern, uploads};
use crate::proxy::{Cut, Proxy};
use crate::servers::{seaweedfs, servers, settings_at};
use std::io::{Error, ErrorKind, Result};
use std::time::{Duration, SystemTime};
use wix_media::blobs::Blobs;
use wix_media_s3::Bucket;

/// The size of a part.
const PART: usize = 8 << 20;

/// As often as a request is tried, and one more time.
const ALWAYS: usize = 100;

/// Writes a blob as a PATCH does, and seals it as the PUT behind it does. Returns how many bytes were synced, and the outcome.
fn written(bucket: &Bucket, whole: &[u8], from: usize, epoch: u64) -> (usize, Result<()>) {
    let mut synced = from;
    let mut write = || {
        let mut writer = bucket.take_over("a", from as u64, epoch)?;
        let ends = [PART.min(whole.len()), whole.len()];
        for end in ends.into_iter().filter(|end| *end > from) {
            bucket.append(&mut writer, &whole[synced..end])?;
            bucket.sync("a")?;
            synced = end;
        }
        drop(writer);
        bucket.end_writer("a")
    };
    let outcome = write();
    (synced, outcome)
}

fn says_try_again(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotConnected | ErrorKind::TimedOut)
}

#[test]
fn cut_uploads_are_right_or_tried_again() {
    let server = seaweedfs();
    let proxy = Proxy::start(server.port);
    let whole = pattern(0, PART + 70_000);
    let mut failed = 0;
    for (method, part) in [
        ("POST", "?uploads"),
        ("PUT", "partNumber=1"),
        ("PUT", "partNumber=2"),
        ("PUT", "/state"),
        ("PUT", "/0000"),
        ("GET", "/0000"),
        ("POST", "uploadId="),
        ("HEAD", "/bytes"),
        ("DELETE", "/state"),
    ] {
        for cut in [Cut::Before, Cut::Within, Cut::After] {
            for times in [1, ALWAYS] {
                let settings = server.settings();
                let what = format!("{method} {part}, {cut:?}, {times} times");
                let cut_off = Bucket::open(&settings_at(proxy.port, &settings.prefix)).unwrap();
                let direct = Bucket::open(&settings).unwrap();
                proxy.cut(method, part, cut, times);
                let (synced, outcome) = written(&cut_off, &whole, 0, 1);
                let left = proxy.left();
                assert!(left < times, "{what}: was not cut");
                if let Err(error) = outcome {
                    assert!(says_try_again(&error), "{what}: {error}");
                    failed += 1;
                    // What was synced is there, for another process.
                    let (_, again) = written(&direct, &whole, synced, 2);
                    again.unwrap_or_else(|error| panic!("{what}: {error}"));
                }
                assert!(content(&direct, "a") == whole, "{what}: other bytes");
                direct.remove("a").unwrap();
                assert_eq!(direct.list("", 9).unwrap(), [""; 0], "{what}");
                // An upload whose beginning was not answered is known to nobody.
                if part != "?uploads" {
                    assert_eq!(uploads(server, &settings), 0, "{what}");
                }
            }
        }
    }
    assert!(failed > 10, "{failed} failed");
}

#[test]
fn cut_downloads_are_right_or_fail() {
    let server = seaweedfs();
    let proxy = Proxy::start(server.port);
    let settings = server.settings();
    let direct = Bucket::open(&settings).unwrap();
    let whole = pattern(0, 300_000);
    let mut writer = direct.open_writer("a", 0).unwrap();
    direct.append(&mut writer, &whole).unwrap();
    direct.seal("a").unwrap();
    for cut in [Cut::Before, Cut::Within, Cut::After, Cut::InAnswer] {
        for times in [1, ALWAYS] {
            let bucket = Bucket::open(&settings_at(proxy.port, &settings.prefix)).unwrap();
            proxy.cut("GET", "/bytes", cut, times);
            let mut buffer = vec![0; 200_000];
            let outcome = bucket.read("a", 50_000, &mut buffer);
            assert!(proxy.left() < times, "{cut:?}: was not cut");
            match outcome {
                Ok(count) => assert!(
                    count == 200_000 && buffer[..] == whole[50_000..250_000],
                    "{cut:?}: {count}"
                ),
                Err(error) => {
                    assert!(says_try_again(&error), "{cut:?}: {error}");
                    assert_eq!(times, ALWAYS, "{cut:?}: {error}");
                }
            }
            // It heals by itself.
            assert_eq!(bucket.read("a", 50_000, &mut buffer).unwrap(), 200_000);
            assert!(buffer[..] == whole[50_000..250_000]);
        }
    }
}

#[test]
fn trial_that_fails_leaves_nothing_behind() {
    let server = seaweedfs();
    let proxy = Proxy::start(server.port);
    let settings = server.settings();
    proxy.cut("PUT", "partNumber=2", Cut::Before, ALWAYS);
    let cut_off = Bucket::open(&settings_at(proxy.port, &settings.prefix)).unwrap();
    let error = cut_off.try_out().unwrap_err();
    assert!(says_try_again(&error), "{error}");
    assert!(proxy.left() < ALWAYS, "was not cut");
    assert_eq!(uploads(server, &settings), 0);
    assert_eq!(Bucket::open(&settings).unwrap().list("", 9).unwrap(), [""; 0]);
}

#[test]
fn complete_object_that_was_cut_is_made_again() {
    let whole = pattern(0, 50_000);
    for server in servers() {
        let settings = server.settings();
        let open = || Bucket::open(&settings).unwrap();
        for more in [&b""[..], b"more"] {
            let first = open();
            patch(&first, "a", 0, 1, &whole);
            // SeaweedFS keeps a part of the object when the process that completes the blob is killed.
            let killed = open();
            let mut writer = killed.open_writer("a", 0).unwrap();
            killed.append(&mut writer, &whole[..1]).unwrap();
            drop(writer);
            killed.end_writer("a").unwrap();
            let next = open();
            if !more.is_empty() {
                patch(&next, "a", whole.len() as u64, 2, more);
            }
            next.end_writer("a").unwrap();
            let expected = [&whole, more].concat();
            assert_eq!(next.size("a").unwrap(), Some(expected.len() as u64));
            assert!(content(&open(), "a") == expected, "other bytes");
            next.remove("a").unwrap();
        }
    }
}

#[test]
fn copy_of_an_object_that_was_cut_is_made_again() {
    let whole = pattern(0, 2 * PART);
    for server in servers() {
        let proxy = Proxy::start(server.port);
        let settings = server.settings();
        let cut_off = Bucket::open(&settings_at(proxy.port, &settings.prefix)).unwrap();
        let direct = Bucket::open(&settings).unwrap();
        patch(&direct, "a", 0, 1, &whole);
        // To cut within a part, a request makes the object and copies what stays of it.
        let offset = PART as u64 + 5;
        proxy.cut("PUT", "partNumber=1", Cut::Before, ALWAYS);
        let mut writer = cut_off.take_over("a", offset, 2).unwrap();
        let written = cut_off.append(&mut writer, b"lost").and_then(|()| cut_off.sync("a"));
        let error = written.expect_err("it was cut");
        assert!(says_try_again(&error), "{error}");
        assert!(proxy.left() < ALWAYS, "was not cut");
        patch(&direct, "a", offset, 3, b"more");
        assert_eq!(direct.finish("a").unwrap(), Some(offset + 4));
        let expected = [&whole[..PART + 5], b"more"].concat();
        assert!(content(&direct, "a") == expected, "other bytes");
        assert_eq!(uploads(server, &settings), 0);
    }
}

/// A time that is later than all objects.
fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(3600)
}

#[test]
fn segment_that_no_state_names_is_removed() {
    for server in servers() {
        let settings = server.settings();
        let [first, second] = [0, 1].map(|_| Bucket::open(&settings).unwrap());
        let mut late = first.take_over("a", 0, 1).unwrap();
        first.append(&mut late, b"hello").unwrap();
        first.sync("a").unwrap();
        first.append(&mut late, b"late").unwrap();
        patch(&second, "a", 5, 2, b" world");
        patch(&second, "open", 0, 1, b"one");
        assert_eq!(second.finish("a").unwrap(), Some(11));
        // It writes a segment, and no state.
        first.sync("a").unwrap_err();
        assert_eq!(second.remove_leftovers(SystemTime::UNIX_EPOCH).unwrap(), 0, "too young");
        assert_eq!(second.remove_leftovers(later()).unwrap(), 1);
        assert_eq!(second.remove_leftovers(later()).unwrap(), 0);
        assert_eq!(content(&Bucket::open(&settings).unwrap(), "a"), b"hello world");
        patch(&second, "open", 3, 2, b" two");
        assert_eq!(second.finish("open").unwrap(), Some(7));
    }
}

#[test]
fn state_beside_a_complete_blob_is_removed() {
    for server in servers() {
        let proxy = Proxy::start(server.port);
        let settings = server.settings();
        let killed = Bucket::open(&settings_at(proxy.port, &settings.prefix)).unwrap();
        let direct = Bucket::open(&settings).unwrap();
        for id in ["again", "left"] {
            patch(&killed, id, 0, 1, b"hello");
            // As if it were killed after it had made the object.
            proxy.cut("DELETE", "/", Cut::Before, ALWAYS);
            assert_eq!(killed.finish(id).unwrap(), Some(5));
            assert!(proxy.left() < ALWAYS, "was not cut");
        }
        // Another request for the same upload clears up.
        assert_eq!(direct.finish("again").unwrap(), Some(5));
        assert_eq!(
            direct.remove_leftovers(later()).unwrap(),
            2,
            "the segment and the state of the other one"
        );
        assert_eq!(direct.remove_leftovers(later()).unwrap(), 0);
        for id in ["again", "left"] {
            assert_eq!(content(&Bucket::open(&settings).unwrap(), id), b"hello");
        }
    }
}

#[test]
fn state_of_a_late_request_beside_a_complete_blob_is_removed() {
    for server in servers() {
        let settings = server.settings();
        let [late, first] = [0, 1].map(|_| Bucket::open(&settings).unwrap());
        let mut writer = late.take_over("a", 0, 1).unwrap();
        let whole = pattern(0, PART + 2000);
        patch(&first, "a", 0, 2, &whole);
        assert_eq!(first.finish("a").unwrap(), Some(whole.len() as u64));
        // It is killed before the catalog refuses its bytes.
        late.append(&mut writer, &pattern(7, PART + 1000)).unwrap();
        late.sync("a").unwrap();
        assert_eq!(server.objects(&settings).len(), 3, "a segment and a state too");
        assert_eq!(first.remove_leftovers(SystemTime::UNIX_EPOCH).unwrap(), 0, "too young");
        assert_eq!(first.remove_leftovers(later()).unwrap(), 2);
        assert_eq!(server.objects(&settings), ["blobs/a/bytes"]);
        assert_eq!(uploads(server, &settings), 0);
        assert!(content(&Bucket::open(&settings).unwrap(), "a") == whole);
    }
}

#[test]
fn object_that_was_cut_keeps_its_state() {
    for server in servers() {
        let settings = server.settings();
        let [first, killed] = [0, 1].map(|_| Bucket::open(&settings).unwrap());
        patch(&first, "a", 0, 1, b"hello world");
        // What SeaweedFS keeps of the object when the process that completes the blob is killed.
        let mut writer = killed.open_writer("a", 0).unwrap();
        killed.append(&mut writer, b"hello").unwrap();
        drop(writer);
        killed.end_writer("a").unwrap();
        assert_eq!(first.remove_leftovers(later()).unwrap(), 0);
        assert_eq!(Bucket::open(&settings).unwrap().finish("a").unwrap(), Some(11));
    }
}

#[test]
fn request_without_its_body_changes_nothing() {
    let whole = pattern(0, 50_000);
    for server in servers() {
        let proxy = Proxy::start(server.port);
        let settings = server.settings();
        let cut_off = Bucket::open(&settings_at(proxy.port, &settings.prefix)).unwrap();
        let direct = Bucket::open(&settings).unwrap();
        // A segment, the state, or the object of a blob whose process is killed then.
        for part in ["/0000", "/state", "/bytes"] {
            proxy.cut("PUT", part, Cut::Head, ALWAYS);
            let (synced, outcome) = written(&cut_off, &whole, 0, 1);
            assert!(proxy.left() < ALWAYS, "{part}: was not cut");
            let error = outcome.expect_err("it was cut");
            assert!(says_try_again(&error), "{part}: {error}");
            let (_, again) = written(&direct, &whole, synced, 2);
            again.unwrap_or_else(|error| panic!("{part}: {error}"));
            assert!(content(&direct, "a") == whole, "{part}: other bytes");
            if part == "/bytes" {
                // The request of a killed process, which arrives late.
                let mut writer = cut_off.open_writer("a", 0).unwrap();
                cut_off.append(&mut writer, &whole).unwrap();
                drop(writer);
                proxy.cut("PUT", part, Cut::Head, ALWAYS);
                cut_off.end_writer("a").unwrap_err();
                assert!(proxy.left() < ALWAYS, "{part}: was not cut");
                assert!(
                    content(&Bucket::open(&settings).unwrap(), "a") == whole,
                    "the object was replaced by nothing"
                );
            }
            direct.remove("a").unwrap();
        }
    }
}
