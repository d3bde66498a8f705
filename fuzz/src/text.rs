//! Texts on the wire, for which no manager is needed.

use crate::choice;
use serde_json::Value;
use wix_media::client::failure;
use wix_media::client::packed::PackedOperation;
use wix_media::client::request::build;
use wix_media::client::response::{ResponseHead, decode};
use wix_media::client::rewrite;
use wix_media::manager::check_import_url;
use wix_media::model::media_type::MediaType;
use wix_media::model::media_url::{Medium, push_object_of, push_string_of};
use wix_media::operations::shape::Shape;
use wix_media::operations::{OPERATIONS, Place};
use wix_media::resumable::tus::{ResumableUpload, RetryLimits, UploadEvent};
use wix_media::sdk::{Call, ListFiles, QueryFolders, Response, SearchFiles};
use wix_media::wire::{date, json, uri};

/// A JSON text: what `serde_json` reads is rewritten to JSON.
pub fn json(data: &[u8]) {
    let rewritten = rewrite::answer(data, &Shape::Any);
    _ = json::to_text(data);
    for (name, value) in json::members(data) {
        _ = (name.decode(), json::is_falsy(value));
    }
    _ = json::items(data).count();
    let is_json = serde_json::from_slice::<Value>(data).is_ok();
    if let (true, Ok(rewritten)) = (is_json, rewritten) {
        assert!(serde_json::from_slice::<Value>(&rewritten.text).is_ok());
    }
}

/// A response of the service, after the number of the operation and whether it succeeded.
pub fn answer(data: &[u8]) {
    let (number, data) = choice(data, OPERATIONS.len());
    let (status, body) = choice(data, 4);
    let status = [200, 400, 404, 503][status];
    let operation = PackedOperation::at(number).expect("a row");
    let head = ResponseHead {
        status,
        status_text: "",
        request_id: Some("r1"),
        content_type: None,
    };
    let failure = match decode(&operation, body) {
        Ok(_) => failure::of_answer(&operation, head, body),
        Err(error) => failure::unreadable(&operation, head, body, error),
    };
    assert!(failure.starts_with(br#"{"code":""#));
    // It quotes the body, of which only brackets and quotes were checked. The client leaves out one that is not JSON.
    if body.is_empty() || serde_json::from_slice::<Value>(body).is_ok() && !is_deep(body) {
        serde_json::from_slice::<Value>(&failure).expect("a failure is JSON");
    }
    let response = Response::new(status, body);
    _ = ListFiles::receive(&response);
    _ = SearchFiles::receive(&response);
    _ = QueryFolders::receive(&response);
}

/// Whether JSON that quotes a text could have more levels than `serde_json` reads.
fn is_deep(text: &[u8]) -> bool {
    text.iter().filter(|byte| matches!(byte, b'[' | b'{')).count() > 100
}

/// The arguments of a call, after the number of its operation. They come from JavaScript, so they are JSON.
pub fn arguments(data: &[u8]) {
    let (number, arguments) = choice(data, OPERATIONS.len());
    if serde_json::from_slice::<Value>(arguments).is_err() {
        return;
    }
    let operation = PackedOperation::at(number).expect("a row");
    if let Ok(request) = build(&operation, arguments, "https://h") {
        assert!(request.url.is_ascii() && request.url.starts_with("https://h/site-media/v1/"));
        assert_eq!(request.body.is_some(), operation.place() == Place::Body);
        if let Some(body) = request.body {
            serde_json::from_str::<Value>(&body).expect("a body is JSON");
        }
    }
}

/// Any text where a component of a URL, a date, or a MIME type is expected.
pub fn text(data: &[u8]) {
    let mut encoded = Vec::new();
    uri::push_component(&mut encoded, data);
    let is_utf8 = std::str::from_utf8(data).is_ok();
    assert_eq!(uri::decode_component(&encoded).as_deref(), is_utf8.then_some(data));
    let mut encoded = Vec::new();
    uri::push_form(&mut encoded, data);
    assert_eq!(uri::decode_form(&encoded), data);
    _ = (uri::decode_component(data), uri::decode_form(data));
    _ = (date::is_iso_8601(data), date::milliseconds(data));
    if let Ok(text) = std::str::from_utf8(data) {
        _ = MediaType::of_mime(text);
    }
}

/// A `wix:` string: the object that it becomes is JSON, and becomes a string again.
pub fn media_url(data: &[u8]) {
    for medium in [Medium::Image, Medium::Video, Medium::Document, Medium::Audio] {
        let mut object = Vec::new();
        if push_object_of(&mut object, medium, data) {
            if std::str::from_utf8(data).is_ok() {
                serde_json::from_slice::<Value>(&object).expect("an object is JSON");
            }
            push_string_of(&mut Vec::new(), medium, &object);
        } else {
            assert!(object.is_empty());
        }
        push_string_of(&mut Vec::new(), medium, data);
    }
}

/// A URL to import from: the origin of one that is accepted is a URL that is accepted.
pub fn import_url(data: &[u8]) {
    let Ok(url) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(origin) = check_import_url(url, false) {
        assert!(origin.starts_with("http"), "{origin}");
        assert_eq!(check_import_url(&origin, false).as_ref(), Ok(&origin));
    }
}

/// Events of an upload, ten bytes each: its record can be read again after each of them.
pub fn resumable(data: &[u8]) {
    let limits = RetryLimits {
        max_attempts: 3.0,
        first_delay: 500.0,
        max_delay: 60_000.0,
    };
    let mut upload = ResumableUpload::new(1_000_000.0, 8192.0, limits);
    for bytes in data.chunks_exact(10) {
        let number = |at: usize| {
            f64::from(i32::from_le_bytes([
                bytes[at],
                bytes[at + 1],
                bytes[at + 2],
                bytes[at + 3],
            ]))
        };
        let Some(event) = UploadEvent::from_number(bytes[0], number(1), number(5)) else {
            continue;
        };
        let action = upload.on(event, f64::from(bytes[9]) / 256.0);
        assert!(
            action.to_numbers().iter().all(|number| number.is_finite()),
            "{action:?}"
        );
        let numbers = upload.to_numbers();
        let again = ResumableUpload::from_numbers(&numbers).expect("a record of its own");
        assert_eq!(again.to_numbers(), numbers);
    }
}
