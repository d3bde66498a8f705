//! Pictures that are kept beside their blobs.

use crate::parts::put;
use crate::proxy::{Cut, Proxy};
use crate::servers::{seaweedfs, servers, settings_at};
use std::io::ErrorKind;
use std::time::Duration;
use wix_media::blobs::Blobs;
use wix_media_s3::{Bucket, Picture};

const AGE: Duration = Duration::from_secs(3600);

/// More than a bucket that answers takes.
const LONG: Duration = Duration::from_secs(3600);

fn picture(text: &str) -> Picture {
    Picture {
        mime: "image/webp".to_owned(),
        bytes: text.to_owned().into(),
    }
}

#[test]
fn picture_is_kept_until_its_blob_is_removed() {
    for server in servers() {
        let settings = server.settings();
        let (first, second) = (Bucket::open(&settings).unwrap(), Bucket::open(&settings).unwrap());
        for id in ["a", "ab"] {
            put(&first, id, b"original");
            assert!(first.put_picture(id, "small", &picture(id)).unwrap());
        }
        // Twice is harmless.
        assert!(second.put_picture("a", "small", &picture("a")).unwrap());
        assert_eq!(second.picture("a", "small", LONG).unwrap(), Some(picture("a")));
        assert_eq!(second.picture("a", "large", LONG).unwrap(), None);
        assert_eq!(
            server.bucket().picture("a", "small", LONG).unwrap(),
            None,
            "another prefix"
        );
        assert_eq!(second.list("", 9).unwrap(), ["a", "ab"]);
        second.remove("a").unwrap();
        assert_eq!(first.picture("a", "small", LONG).unwrap(), None);
        assert_eq!(first.picture("ab", "small", LONG).unwrap(), Some(picture("ab")));
    }
}

#[test]
fn picture_of_a_missing_blob_is_not_kept() {
    let bucket = servers()[0].bucket();
    assert!(!bucket.put_picture("a", "small", &picture("a")).unwrap());
    assert_eq!(bucket.picture("a", "small", LONG).unwrap(), None);
    for (id, name) in [("..", "small"), ("a", "../b"), ("a", "")] {
        let error = bucket.picture(id, name, LONG).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id} {name}");
    }
}

#[test]
fn blob_has_a_limited_number_of_pictures() {
    let bucket = servers()[1].bucket();
    put(&bucket, "a", b"original");
    for number in 0..100 {
        assert!(bucket.put_picture("a", &number.to_string(), &picture("p")).unwrap());
    }
    assert!(!bucket.put_picture("a", "100", &picture("p")).unwrap());
    let large = Picture {
        bytes: vec![0; (16 << 20) + 1].into(),
        ..picture("")
    };
    put(&bucket, "b", b"original");
    assert!(!bucket.put_picture("b", "large", &large).unwrap());
}

#[test]
fn old_pictures_are_removed() {
    for server in servers() {
        let bucket = server.bucket();
        put(&bucket, "a", b"original");
        assert!(bucket.put_picture("a", "small", &picture("a")).unwrap());
        assert_eq!(bucket.remove_old_pictures(AGE).unwrap(), 0);
        assert_eq!(bucket.picture("a", "small", LONG).unwrap(), Some(picture("a")));
        assert_eq!(bucket.remove_old_pictures(Duration::ZERO).unwrap(), 1);
        assert_eq!(bucket.picture("a", "small", LONG).unwrap(), None);
        assert_eq!(bucket.size("a").unwrap(), Some(8));
    }
}

#[test]
fn lookup_in_a_bucket_that_hangs_ends() {
    let server = seaweedfs();
    let proxy = Proxy::start(server.port);
    let bucket = Bucket::open(&settings_at(proxy.port, &server.settings().prefix)).unwrap();
    put(&bucket, "a", b"original");
    assert!(bucket.put_picture("a", "small", &picture("a")).unwrap());
    proxy.cut("GET", "/pictures/", Cut::Held, 1);
    let error = bucket.picture("a", "small", Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    proxy.left();
    assert_eq!(bucket.picture("a", "small", LONG).unwrap(), Some(picture("a")));
    proxy.release();
}
