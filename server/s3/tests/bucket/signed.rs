//! Signed URLs, as those use them who have no credentials.

use crate::parts::{pattern, put};
use crate::servers::{seaweedfs, servers};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use wix_media_s3::Bucket;

const LIFETIME: Duration = Duration::from_secs(60);

/// The head and the body of the answer to a GET.
fn get(url: &str) -> (String, Vec<u8>) {
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut socket = TcpStream::connect(authority).unwrap();
    let head = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    socket.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap().to_ascii_lowercase(), body)
}

#[test]
fn signed_url_reads_a_blob_with_the_headers_that_are_signed() {
    for server in servers() {
        let settings = server.settings();
        let (writer, other) = (Bucket::open(&settings).unwrap(), Bucket::open(&settings).unwrap());
        let whole = pattern(0, 300_000);
        put(&writer, "a", &whole);
        let parameters = [
            ("response-content-type", "video/mp4"),
            (
                "response-content-disposition",
                "attachment; filename=\"_ b.mp4\"; filename*=UTF-8''%C3%A9%20b.mp4",
            ),
            ("response-cache-control", "private, no-store"),
        ];
        let url = other.signed_url("a", LIFETIME, &parameters, None).unwrap().unwrap();
        let (head, body) = get(&url);
        assert!(head.starts_with("http/1.1 200 ") && body == whole, "{head}");
        for line in [
            "content-type: video/mp4",
            "content-disposition: attachment; filename=\"_ b.mp4\"; filename*=utf-8''%c3%a9%20b.mp4",
            "cache-control: private, no-store",
        ] {
            assert!(head.contains(line), "{line}: {head}");
        }
        assert_eq!(other.signed_url("b", LIFETIME, &[], None).unwrap(), None);
    }
}

#[test]
fn signed_url_counts_for_one_blob_and_its_parameters_only() {
    let bucket = seaweedfs().bucket();
    put(&bucket, "a", b"water");
    put(&bucket, "b", b"sun");
    let url = bucket
        .signed_url("a", LIFETIME, &[("response-content-type", "text/plain")], None)
        .unwrap()
        .unwrap();
    assert_eq!(get(&url).1, b"water");
    for (from, to) in [
        ("/blobs/a/", "/blobs/b/"),
        ("text%2Fplain", "text%2Fhtml"),
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
    ] {
        let other = url.replace(from, to);
        assert_ne!(other, url, "{from}");
        let (head, _) = get(&other);
        assert!(head.starts_with("http/1.1 403 "), "{other}: {head}");
    }
}

#[test]
fn signed_url_with_another_tag_is_not_made() {
    let bucket = seaweedfs().bucket();
    put(&bucket, "a", b"water");
    let url = bucket.signed_url("a", LIFETIME, &[], None).unwrap().unwrap();
    let (head, _) = get(&url);
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    assert!(bucket.signed_url("a", LIFETIME, &[], Some(tag)).unwrap().is_some());
    assert_eq!(bucket.signed_url("a", LIFETIME, &[], Some("\"other\"")).unwrap(), None);
}

#[test]
fn signed_url_leads_to_the_public_address() {
    let mut settings = seaweedfs().settings();
    settings.set_public_url("https://files.example:8443").unwrap();
    let bucket = Bucket::open(&settings).unwrap();
    put(&bucket, "a", b"water");
    let url = bucket.signed_url("a", LIFETIME, &[], None).unwrap().unwrap();
    let beginning = format!("https://files.example:8443/media/{}/blobs/a/bytes?", settings.prefix);
    assert!(url.starts_with(&beginning), "{url}");
}
