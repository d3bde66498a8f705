//! The requests of an upload, which cost time and money.

use crate::parts::{patch, pattern};
use crate::proxy::{Cut, Proxy};
use crate::servers::{servers, settings_at};
use wix_media::blobs::Blobs;
use wix_media_s3::Bucket;

/// The size of a part.
const PART: usize = 8 << 20;

#[test]
fn small_resumable_upload_takes_six_requests() {
    for server in servers() {
        let proxy = Proxy::start(server.port);
        let settings = settings_at(proxy.port, &server.settings().prefix);
        let (first, second) = (Bucket::open(&settings).unwrap(), Bucket::open(&settings).unwrap());
        for (id, finishing) in [("same", &first), ("other", &second)] {
            // As the POST, the PATCH and the PUT do.
            drop(first.open_writer(id, 0).unwrap());
            patch(&first, id, 0, 1, b"hello world");
            assert_eq!(proxy.requests(), ["PUT segment", "PUT state"]);
            assert_eq!(finishing.finish(id).unwrap(), Some(11));
            let requests = proxy.requests();
            let (looks, rest) = requests.split_at(requests.len() - 4);
            // A process that has recorded the state itself need not look.
            let expected: &[&str] = if id == "same" {
                &[]
            } else {
                &["HEAD bytes", "GET state"]
            };
            assert_eq!(looks, expected);
            assert_eq!(rest, ["PUT state", "PUT bytes", "DELETE segment", "DELETE state"]);
            let mut buffer = [0; 20];
            assert_eq!(second.read(id, 0, &mut buffer).unwrap(), 11);
            assert_eq!(&buffer[..11], b"hello world");
            proxy.requests();
        }
    }
}

#[test]
fn process_that_has_recorded_the_state_finishes_what_another_has_finished() {
    for server in servers() {
        let settings = server.settings();
        let (first, second) = (Bucket::open(&settings).unwrap(), Bucket::open(&settings).unwrap());
        patch(&first, "a", 0, 1, b"hello");
        assert_eq!(second.finish("a").unwrap(), Some(5));
        // Its state is gone.
        assert_eq!(first.finish("a").unwrap(), Some(5));
        assert_eq!(first.finish("b").unwrap(), None);
    }
}

#[test]
fn cut_segment_is_not_copied() {
    for server in servers() {
        let settings = server.settings();
        let (first, second) = (Bucket::open(&settings).unwrap(), Bucket::open(&settings).unwrap());
        patch(&first, "a", 0, 1, b"hello world");
        drop(second.take_over("a", 5, 2).unwrap());
        assert_eq!(second.finish("a").unwrap(), Some(5));
        let mut buffer = [0; 20];
        assert_eq!(first.read("a", 0, &mut buffer).unwrap(), 5);
        assert_eq!(&buffer[..5], b"hello");
    }
}

#[test]
fn other_blobs_do_not_wait_for_one_that_is_sealed() {
    let [server, _] = servers();
    let proxy = Proxy::start(server.port);
    let bucket = Bucket::open(&settings_at(proxy.port, &server.settings().prefix)).unwrap();
    patch(&bucket, "a", 0, 1, &pattern(0, PART + 5));
    proxy.requests();
    proxy.cut("POST", "uploadId=", Cut::Held, 1);
    std::thread::scope(|scope| {
        let sealing = scope.spawn(|| bucket.finish("a"));
        proxy.wait_for_held();
        // If this waited for the held request, that would time out and be sent again.
        let mut other = bucket.open_writer("b", 0).unwrap();
        bucket.append(&mut other, b"b").unwrap();
        assert_eq!(bucket.open_end("a"), None);
        assert_eq!(bucket.list("", 9).unwrap(), ["a", "b"]);
        proxy.release();
        assert_eq!(sealing.join().unwrap().unwrap(), Some(PART as u64 + 5));
    });
    let requests = proxy.requests();
    let completions = requests.iter().filter(|line| line.starts_with("POST"));
    assert_eq!(completions.count(), 1, "{requests:?}");
}
