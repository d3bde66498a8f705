//! Tests of the WebAssembly module, compiled for Node and for the browser.

use js_sys::{Array, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Response;
use wix_media::js::client::{event, prepare, receive, retry_delay};
use wix_media::operations::OPERATIONS;

fn number(name: &str) -> usize {
    OPERATIONS
        .iter()
        .position(|row| row.name == name)
        .expect("a row of the table")
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).expect("plain data").into()
}

fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).expect("an object")
}

/// Returns a response like that of `fetch`. JavaScript reads its body and passes it separately.
fn answer(status: u16, request_id: Option<&str>) -> Response {
    let headers = Object::new();
    if let Some(id) = request_id {
        Reflect::set(&headers, &"x-wix-request-id".into(), &id.into()).expect("a plain object");
    }
    let init = Object::new();
    Reflect::set(&init, &"status".into(), &status.into()).expect("a plain object");
    Reflect::set(&init, &"headers".into(), &headers).expect("a plain object");
    Response::new_with_opt_str_and_init(None, init.unchecked_ref()).expect("a response")
}

#[wasm_bindgen_test]
fn prepare_of_post_returns_url_and_body() {
    let given = r#"{"0":"Animals","1":{"parentFolderId":"f1"}}"#;
    let call = prepare(number("createFolder"), given, "https://h").expect("a request");
    assert_eq!(
        call.get(0).as_string().as_deref(),
        Some("https://h/site-media/v1/folders")
    );
    assert_eq!(
        text(&call.get(1)),
        r#"{"method":"POST","body":"{\"displayName\":\"Animals\",\"parentFolderId\":\"f1\"}"}"#
    );
}

#[wasm_bindgen_test]
fn prepare_of_get_returns_url_without_body() {
    let call = prepare(number("getFileDescriptor"), r#"{"0":"a~b c"}"#, "https://h/").expect("a request");
    assert_eq!(
        call.get(0).as_string().as_deref(),
        Some("https://h/site-media/v1/files/get-file-by-id?fileId=a%7Eb+c")
    );
    assert_eq!(text(&call.get(1)), r#"{"method":"GET"}"#);
}

#[wasm_bindgen_test]
fn prepare_of_refused_argument_throws_an_array() {
    let error = prepare(number("getFileDescriptor"), r#"{"0":7}"#, "https://h").expect_err("a refusal");
    assert_eq!(text(&error), r#"["fileId","a string","FORMAT"]"#);
}

#[wasm_bindgen_test]
fn receive_of_success_returns_the_paths_of_dates() {
    let body = br#"{"files":[{"id":"f","createdDate":"2024-01-05T10:11:12Z","media":{"image":{"faces":[{"confidence":"NaN"}]}}}]}"#;
    let result = receive(number("listFiles"), &answer(200, None), &Uint8Array::from(&body[..])).expect("a result");
    assert_eq!(
        text(&result),
        r#"[{"files":[{"_id":"f","_createdDate":1704449472000,"media":{"image":{"faces":[{"confidence":"NaN"}]}}}]},[["files",null,"_createdDate"]],[["files",0,"media","image","faces",0,"confidence"]]]"#
    );
}

#[wasm_bindgen_test]
fn receive_of_invalid_utf_8_replaces_it() {
    let result = receive(
        number("listFiles"),
        &answer(200, None),
        &Uint8Array::from(&b"{\"a\":\"\xff\"}"[..]),
    );
    assert_eq!(text(&result.expect("a result")), "[{\"a\":\"\u{fffd}\"},[],[]]");
}

#[wasm_bindgen_test]
fn receive_of_error_throws_its_members() {
    let body =
        br#"{"message":"m","details":{"applicationError":{"code":"RESOURCE_NOT_FOUND","description":"no such file"}}}"#;
    let error = receive(
        number("getFileDescriptor"),
        &answer(400, Some("r1")),
        &Uint8Array::from(&body[..]),
    )
    .expect_err("an error");
    assert_eq!(get(&error, "code").as_string().as_deref(), Some("RESOURCE_NOT_FOUND"));
    assert_eq!(get(&error, "status").as_f64(), Some(400.0));
    assert_eq!(get(&error, "requestId").as_string().as_deref(), Some("r1"));
    assert_eq!(
        get(&error, "message").as_string().as_deref(),
        Some("no such file (400 RESOURCE_NOT_FOUND)")
    );
    assert_eq!(
        text(&get(&error, "details")),
        r#"{"applicationError":{"description":"no such file","code":"RESOURCE_NOT_FOUND","data":{}},"requestId":"r1"}"#
    );
}

#[wasm_bindgen_test]
fn receive_of_unusable_body_throws_invalid_response() {
    for body in [
        "",
        "null",
        "7",
        "\"text\"",
        "<html></html>",
        "{",
        "{\"a\":}",
        "[1,]",
        "{\"a\":tru}",
        "{} {}",
    ] {
        let error = receive(
            number("createFolder"),
            &answer(200, None),
            &Uint8Array::from(body.as_bytes()),
        )
        .expect_err("an unusable answer");
        assert_eq!(
            get(&error, "code").as_string().as_deref(),
            Some("INVALID_RESPONSE"),
            "{body}"
        );
        assert!(get(&error, "status").is_undefined(), "{body}");
    }
}

#[wasm_bindgen_test]
fn receive_accepts_an_object_like_a_response() {
    let like = Object::new();
    Reflect::set(&like, &"status".into(), &200.into()).expect("a plain object");
    let result = receive(
        number("createFolder"),
        like.unchecked_ref(),
        &Uint8Array::from(&b"{}"[..]),
    )
    .expect("a result");
    assert_eq!(text(&Array::from(&result).get(0)), "{}");
}

#[wasm_bindgen_test]
fn retry_delay_without_retry_after_takes_nan() {
    let delay = |name, status, retry_after| retry_delay(number(name), 1, status, false, retry_after, 0.0);
    assert_eq!(delay("listFiles", 429, 7000.0), 7000.0);
    assert_eq!(delay("listFiles", 429, f64::NAN), 500.0);
    assert_eq!(delay("listFiles", 429, -3.0), 0.0);
    assert_eq!(delay("listFiles", 404, f64::NAN), -1.0);
    assert_eq!(delay("createFolder", 0, f64::NAN), -1.0);
    assert_eq!(retry_delay(number("createFolder"), 1, 0, true, f64::NAN, 0.0), 500.0);
}

#[wasm_bindgen_test]
fn event_returns_the_javascript_form() {
    let raw = r#"{"id":"e","eventTime":"2024-01-05T14:06:19.500Z","updatedEvent":{"currentEntity":{"id":"f"}}}"#;
    assert_eq!(
        text(&event(raw).expect("an event")),
        r#"[{"_id":"e","eventTime":1704463579500,"updatedEvent":{"currentEntity":{"_id":"f"}}},[["eventTime"]],[]]"#
    );
}

#[wasm_bindgen_test]
fn unknown_operation_throws_or_is_not_retried() {
    assert!(prepare(OPERATIONS.len(), "{}", "").is_err());
    assert_eq!(retry_delay(usize::MAX, 1, 500, false, f64::NAN, 0.0), -1.0);
}
