//! Media objects and the `wix:` strings that stand for them (`docs/contract/media-urls.md#s1`).
//!
//! REST answers contain objects. JavaScript callers get one string for each, and pass it back in updates. Both directions
//! work on JSON text: [`push_string_of`] writes the string of an object, [`push_object_of`] the object of a string.

use crate::wire::bytes;
use crate::wire::json::{self, Raw};
use crate::wire::uri;

/// The kinds of media that have a string form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// `wix:image://v1/ID/NAME#originWidth=W&originHeight=H`
    Image,
    /// `wix:video://v1/ID/NAME#posterUri=P&posterWidth=W&posterHeight=H`
    Video,
    /// `wix:document://v1/ID/NAME`
    Document,
    /// `wix:audio://v1/ID/NAME#duration=D`
    Audio,
}

impl Medium {
    /// Returns the name in the scheme.
    ///
    /// ```
    /// assert_eq!(wix_media::model::media_url::Medium::Image.name(), "image");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Medium::Image => "image",
            Medium::Video => "video",
            Medium::Document => "document",
            Medium::Audio => "audio",
        }
    }
}

/// The members of a media object that occur in its string. Missing ones are empty.
#[derive(Default)]
struct Members<'a> {
    id: Raw<'a>,
    url: Raw<'a>,
    filename: Raw<'a>,
    alt_text: Raw<'a>,
    width: Raw<'a>,
    height: Raw<'a>,
    duration: Raw<'a>,
    posters: Raw<'a>,
}

fn members_of(raw: Raw<'_>) -> Members<'_> {
    let mut members = Members::default();
    for (name, value) in json::members(raw) {
        let decoded;
        let mut plain = name.raw;
        if name.escaped {
            decoded = name.decode();
            plain = &decoded;
        }
        let part = match plain {
            b"id" => &mut members.id,
            b"url" => &mut members.url,
            b"filename" => &mut members.filename,
            b"altText" => &mut members.alt_text,
            b"width" => &mut members.width,
            b"height" => &mut members.height,
            b"duration" => &mut members.duration,
            b"posters" => &mut members.posters,
            _ => continue,
        };
        *part = value;
    }
    members
}

/// Appends the string form of the REST object `raw` as a JSON string.
///
/// Returns false, and appends nothing, for an object without id and url.
///
/// ```
/// use wix_media::model::media_url::{Medium, push_string_of};
///
/// let mut out = Vec::new();
/// let image = br#"{"id": "a~mv2.jpg", "filename": "river bank.jpg", "width": 3840, "height": 2160}"#;
/// assert!(push_string_of(&mut out, Medium::Image, image));
/// assert_eq!(out, br#""wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160""#);
/// ```
pub fn push_string_of(out: &mut Vec<u8>, medium: Medium, raw: Raw<'_>) -> bool {
    let members = members_of(raw);
    if json::is_falsy(members.id) {
        if members.url.is_empty() || medium == Medium::Audio && members.url == b"null" {
            return false;
        }
        if medium == Medium::Audio {
            bytes::push(out, b"\"");
            json::push_as_text(out, members.url);
            bytes::push(out, b"\"");
        } else {
            bytes::push(out, members.url);
        }
        return true;
    }
    bytes::push(out, b"\"wix:");
    bytes::push(out, medium.name().as_bytes());
    bytes::push(out, b"://v1/");
    json::push_as_text(out, members.id);
    let mut name = members.filename;
    if json::is_falsy(name) && medium == Medium::Image {
        name = members.alt_text;
    }
    if !json::is_falsy(name) {
        bytes::push(out, b"/");
        push_name_component(out, &json::to_text(name));
    }
    match medium {
        Medium::Image => {
            push_number(out, b"#originWidth=", members.width);
            push_number(out, b"&originHeight=", members.height);
        }
        Medium::Video => push_poster(out, members.posters),
        Medium::Audio => {
            let missing = members.duration.is_empty() || members.duration == b"null";
            push_number(out, b"#duration=", if missing { b"0" } else { members.duration });
        }
        Medium::Document => {}
    }
    bytes::push(out, b"\"");
    true
}

fn push_name_component(out: &mut Vec<u8>, name: &[u8]) {
    uri::push_component(out, &replaced(name));
}

/// Replaces bytes that are not UTF-8 with U+FFFD, like `URLSearchParams`: no decoder accepts a URL or JSON with them.
fn replaced(text: &[u8]) -> Vec<u8> {
    let mut valid = Vec::new();
    for chunk in text.utf8_chunks() {
        bytes::push(&mut valid, chunk.valid().as_bytes());
        if !chunk.invalid().is_empty() {
            bytes::push(&mut valid, "\u{fffd}".as_bytes());
        }
    }
    valid
}

/// Appends a number with its label. A missing one is written as `undefined`, like in the official SDK: other systems use
/// the string as a key, so one image must not have two spellings.
fn push_number(out: &mut Vec<u8>, label: &[u8], number: Raw<'_>) {
    bytes::push(out, label);
    json::push_as_text(out, if number.is_empty() { b"undefined" } else { number });
}

/// Appends the second poster if there is one, else the first, by its id or by the last segment of its url.
fn push_poster(out: &mut Vec<u8>, posters: Raw<'_>) {
    let mut posters = json::items(posters);
    let first = posters.next();
    let Some((_, poster)) = posters.next().or(first) else {
        return;
    };
    let poster = members_of(poster);
    let mut uri = Vec::new();
    if json::is_falsy(poster.id) {
        json::push_as_text(&mut uri, poster.url);
        match uri.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => _ = uri.drain(..=slash),
            None => return,
        }
    } else {
        json::push_as_text(&mut uri, poster.id);
    }
    if !uri.is_empty() {
        bytes::push(out, b"#posterUri=");
        bytes::push(out, &uri);
        push_number(out, b"&posterWidth=", poster.width);
        push_number(out, b"&posterHeight=", poster.height);
    }
}

/// Appends the REST object of a `wix:` string, or `{ "url": … }` for any other URL.
///
/// Returns false, and appends nothing, for text that is not a URL or whose name contains an invalid escape.
///
/// ```
/// use wix_media::model::media_url::{Medium, push_object_of};
///
/// let mut out = Vec::new();
/// assert!(push_object_of(&mut out, Medium::Document, b"wix:document://v1/a.pdf/price%20list.pdf"));
/// assert_eq!(out, br#"{"id":"a.pdf","filename":"price list.pdf"}"#);
/// assert!(!push_object_of(&mut out, Medium::Image, b"not a URL"));
/// ```
pub fn push_object_of(out: &mut Vec<u8>, medium: Medium, text: &[u8]) -> bool {
    let trimmed = text.trim_ascii();
    let (scheme, behind) = cut(trimmed, b':');
    let legacy = scheme.eq_ignore_ascii_case(medium.name().as_bytes());
    if !legacy && !scheme.eq_ignore_ascii_case(b"wix") {
        // A web URL needs a host.
        let web = scheme.len() >= 4 && scheme[..4].eq_ignore_ascii_case(b"http");
        let hostless = web && behind.iter().all(|byte| matches!(byte, b'/' | b'\\'));
        if scheme.len() == trimmed.len() || hostless || !is_scheme(scheme) {
            return false;
        }
        bytes::push(out, b"{\"url\":");
        json::push_string(out, text);
        bytes::push(out, b"}");
        return true;
    }
    let (path, fragment) = cut(if legacy { trimmed } else { behind }, b'#');
    let (path, _) = cut(path, b'?');
    let (kind, rest) = cut(path, b':');
    let path = match rest.strip_prefix(b"//v1/") {
        Some(rest) if kind == medium.name().as_bytes() => rest,
        _ => path,
    };
    let (id, name) = cut(path, b'/');
    let named = id.len() < path.len();
    let Some(name) = uri::decode_component(cut(name, b'/').0) else {
        return false;
    };
    bytes::push(out, b"{\"id\":");
    json::push_string(out, id);
    if medium == Medium::Image {
        push_parameter(out, "height", parameter(fragment, "originHeight"));
        push_parameter(out, "width", parameter(fragment, "originWidth"));
    }
    if !name.is_empty() {
        if medium == Medium::Image {
            push_member(out, "altText", &name);
        }
        push_member(out, "filename", &name);
    }
    if medium == Medium::Image && (!named || !name.is_empty()) {
        push_member(out, "url", text);
    }
    if medium == Medium::Video
        && let Some(poster) = parameter(fragment, "posterUri").filter(|poster| !poster.is_empty())
    {
        bytes::push(out, b",\"posters\":[{\"id\":");
        json::push_string(out, &replaced(&poster));
        push_parameter(out, "height", parameter(fragment, "posterHeight"));
        push_parameter(out, "width", parameter(fragment, "posterWidth"));
        bytes::push(out, b"}]");
    }
    bytes::push(out, b"}");
    true
}

/// Splits at the first `byte`, which neither part contains. Without one, the second part is empty.
fn cut(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    match text.iter().position(|&other| other == byte) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &text[text.len()..]),
    }
}

fn push_name(out: &mut Vec<u8>, name: &str) {
    bytes::push(out, b",\"");
    bytes::push(out, name.as_bytes());
    bytes::push(out, b"\":");
}

fn push_member(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    push_name(out, name);
    json::push_string(out, value);
}

/// Appends a member with the result of JavaScript's `Number(value)`: 0 for a missing value, null for text that is not
/// decimal.
fn push_parameter(out: &mut Vec<u8>, name: &str, value: Option<Vec<u8>>) {
    push_name(out, name);
    let value = value.unwrap_or_default();
    let mut digits = value.trim_ascii();
    while let [b'0', rest @ ..] = digits
        && rest.first() != Some(&b'.')
    {
        digits = rest;
    }
    let (whole, fraction) = cut(digits, b'.');
    let decimal = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    if digits.is_empty() {
        bytes::push(out, b"0");
    } else if decimal(whole) && decimal(fraction) && !whole.is_empty() && (whole == digits || !fraction.is_empty()) {
        bytes::push(out, digits);
    } else {
        bytes::push(out, b"null");
    }
}

/// Returns the first parameter `name` of a fragment such as `originWidth=3&originHeight=2`, decoded.
fn parameter(mut fragment: &[u8], name: &str) -> Option<Vec<u8>> {
    while !fragment.is_empty() {
        let (pair, rest) = cut(fragment, b'&');
        let (key, value) = cut(pair, b'=');
        if key == name.as_bytes() {
            return Some(uri::decode_form(value));
        }
        fragment = rest;
    }
    None
}

fn is_scheme(scheme: &[u8]) -> bool {
    let mut at = 0;
    scheme.iter().all(|byte| {
        at += 1;
        byte.is_ascii_alphabetic() || at > 1 && (byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'))
    }) && at > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string_of(medium: Medium, raw: &str) -> Option<String> {
        let mut out = Vec::new();
        push_string_of(&mut out, medium, raw.as_bytes()).then(|| String::from_utf8(out).expect("UTF-8"))
    }

    fn object_of(medium: Medium, text: &str) -> Option<String> {
        let mut out = Vec::new();
        push_object_of(&mut out, medium, text.as_bytes()).then(|| String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn push_object_of_with_invalid_utf_8_in_a_poster_replaces_it() {
        for (escaped, id) in [("b%A7c", "b\u{fffd}c"), ("%E2%82", "\u{fffd}"), ("%C3%A9", "\u{e9}")] {
            assert_eq!(
                object_of(Medium::Video, &format!("wix:video://v1/a/b.mp4#posterUri={escaped}")),
                Some(format!(
                    r#"{{"id":"a","filename":"b.mp4","posters":[{{"id":"{id}","height":0,"width":0}}]}}"#
                ))
            );
        }
    }

    #[test]
    fn push_name_component_of_invalid_utf_8_makes_a_valid_url() {
        for (name, encoded) in [
            (&b"x\xe2\x82"[..], "x%EF%BF%BD"),
            (b"\xffa\xe2\x82\xac", "%EF%BF%BDa%E2%82%AC"),
            (b"\xe2\x82a", "%EF%BF%BDa"),
            (b"plain", "plain"),
            (b"", ""),
        ] {
            let mut out = Vec::new();
            push_name_component(&mut out, name);
            assert_eq!(String::from_utf8_lossy(&out), encoded);
        }
    }

    #[test]
    fn string_of_image_without_sizes_spells_them_like_the_sdk() {
        assert_eq!(
            string_of(Medium::Image, r#"{"id":"a","width":null}"#).as_deref(),
            Some(r#""wix:image://v1/a#originWidth=null&originHeight=undefined""#)
        );
    }

    #[test]
    fn string_of_object_without_id_is_its_url() {
        assert_eq!(
            string_of(Medium::Image, r#"{"id":"","url":"https://x/y"}"#).as_deref(),
            Some(r#""https://x/y""#)
        );
        assert_eq!(string_of(Medium::Video, r#"{"url":null}"#).as_deref(), Some("null"));
        assert_eq!(string_of(Medium::Audio, r#"{"url":7}"#).as_deref(), Some("\"7\""));
        assert_eq!(string_of(Medium::Audio, r#"{"url":null}"#), None);
        assert_eq!(string_of(Medium::Audio, "{}"), None);
    }

    #[test]
    fn string_of_video_names_its_second_poster() {
        let posters = r#"{"id":"v","posters":[{"id":"p0"},{"id":"","url":"https://h/p1.jpg","width":4,"height":3}]}"#;
        assert_eq!(
            string_of(Medium::Video, posters).as_deref(),
            Some(r#""wix:video://v1/v#posterUri=p1.jpg&posterWidth=4&posterHeight=3""#)
        );
        for poster in [r#"{"url":"flat"}"#, r#"{"url":"ends/"}"#, "{}", "null"] {
            let video = format!(r#"{{"id":"v","posters":[{poster}]}}"#);
            assert_eq!(
                string_of(Medium::Video, &video).as_deref(),
                Some(r#""wix:video://v1/v""#),
                "{poster}"
            );
        }
    }

    #[test]
    fn string_of_audio_names_its_duration() {
        let audio = |duration: &str| string_of(Medium::Audio, &format!(r#"{{"id":"a.mp3","duration":{duration}}}"#));
        assert_eq!(
            audio("230164").as_deref(),
            Some(r#""wix:audio://v1/a.mp3#duration=230164""#)
        );
        assert_eq!(audio("12.0").as_deref(), Some(r#""wix:audio://v1/a.mp3#duration=12""#));
        assert_eq!(audio("null").as_deref(), Some(r#""wix:audio://v1/a.mp3#duration=0""#));
    }

    #[test]
    fn object_of_image_string_has_sizes_and_name() {
        let string = "wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160";
        let object = r#"{"id":"a~mv2.jpg","height":2160,"width":3840,"altText":"river bank.jpg","filename":"river bank.jpg","url":"URL"}"#;
        assert_eq!(object_of(Medium::Image, string), Some(object.replace("URL", string)));
        assert_eq!(
            object_of(Medium::Image, "image://v1/a.png").as_deref(),
            Some(r#"{"id":"a.png","height":0,"width":0,"url":"image://v1/a.png"}"#)
        );
        assert_eq!(
            object_of(Medium::Image, "wix:image://v1/a.png/#originWidth=x&originHeight=007").as_deref(),
            Some(r#"{"id":"a.png","height":7,"width":null}"#)
        );
        assert_eq!(
            object_of(Medium::Image, "https://x.y/z.png").as_deref(),
            Some(r#"{"url":"https://x.y/z.png"}"#)
        );
    }

    #[test]
    fn object_of_text_that_is_not_a_url_is_none() {
        for text in [
            "",
            "plain",
            "https://",
            "HTTP:",
            "1x:y",
            ":y",
            "wix:image://v1/a/100%.jpg",
            "wix:image://v1/a/%FF",
        ] {
            assert_eq!(object_of(Medium::Image, text), None, "{text}");
        }
    }

    #[test]
    fn object_of_video_string_has_its_poster() {
        assert_eq!(
            object_of(
                Medium::Video,
                "wix:video://v1/v/clip.mp4#posterUri=p.jpg&posterWidth=1280&posterHeight=720"
            )
            .as_deref(),
            Some(r#"{"id":"v","filename":"clip.mp4","posters":[{"id":"p.jpg","height":720,"width":1280}]}"#)
        );
        assert_eq!(
            object_of(Medium::Video, "wix:video://v1/v").as_deref(),
            Some(r#"{"id":"v"}"#)
        );
    }
}
