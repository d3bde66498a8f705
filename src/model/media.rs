//! Media objects and the `wix:` strings that stand for them (`contract/media-urls.md` section 1).
//!
//! REST answers hold objects; JavaScript callers get one string each, and hand it back in updates. Both directions work
//! on JSON text: [`push_string_of`] writes the string of an object, [`push_object_of`] the object of a string.

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
    /// The name in the scheme.
    ///
    /// ```
    /// assert_eq!(wix_media::model::media::Medium::Image.name(), "image");
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

/// Appends the string form of the REST object `raw`, as a JSON string, and says whether there is one: an object without
/// id and url has none.
///
/// ```
/// use wix_media::model::media::{Medium, push_string_of};
///
/// let mut out = Vec::new();
/// let image = br#"{"id": "a~mv2.jpg", "filename": "river bank.jpg", "width": 3840, "height": 2160}"#;
/// assert!(push_string_of(&mut out, Medium::Image, image));
/// assert_eq!(out, br#""wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160""#);
/// ```
pub fn push_string_of(out: &mut Vec<u8>, medium: Medium, raw: Raw<'_>) -> bool {
    let truthy = |name| json::member(raw, name).filter(|value| !json::is_falsy(value));
    let Some(id) = truthy("id") else {
        return match json::member(raw, "url") {
            Some(url) if medium == Medium::Audio => {
                out.push(b'"');
                json::push_as_text(out, url);
                out.push(b'"');
                true
            }
            Some(url) => {
                out.extend_from_slice(url);
                true
            }
            None => false,
        };
    };
    out.extend_from_slice(b"\"wix:");
    out.extend_from_slice(medium.name().as_bytes());
    out.extend_from_slice(b"://v1/");
    json::push_as_text(out, id);
    let alternative = if medium == Medium::Image {
        truthy("altText")
    } else {
        None
    };
    if let Some(name) = truthy("filename").or(alternative) {
        out.push(b'/');
        json::push_as_component(out, name);
    }
    match medium {
        Medium::Image => {
            push_number_of(out, b"#originWidth=", raw, "width");
            push_number_of(out, b"&originHeight=", raw, "height");
        }
        Medium::Video => push_poster(out, raw),
        Medium::Audio => {
            out.extend_from_slice(b"#duration=");
            match json::member(raw, "duration") {
                None | Some(b"null") => out.push(b'0'),
                Some(duration) => json::push_as_text(out, duration),
            }
        }
        Medium::Document => {}
    }
    out.push(b'"');
    true
}

/// A missing number prints as `undefined`, as in the official SDK: the string is a key of other systems, which must not
/// see two spellings of one image.
fn push_number_of(out: &mut Vec<u8>, label: &[u8], raw: Raw<'_>, name: &str) {
    out.extend_from_slice(label);
    match json::member(raw, name) {
        Some(number) => json::push_as_text(out, number),
        None => out.extend_from_slice(b"undefined"),
    }
}

/// The second poster where there are two or more, else the first; by its id, else by the last segment of its url.
fn push_poster(out: &mut Vec<u8>, raw: Raw<'_>) {
    let mut posters = json::member(raw, "posters").into_iter().flat_map(json::items).flatten();
    let first = posters.next();
    let Some(poster) = posters.next().or(first) else {
        return;
    };
    let mut uri = Vec::new();
    match json::member(poster, "id").filter(|id| !json::is_falsy(id)) {
        Some(id) => json::push_as_text(&mut uri, id),
        None => {
            let mut url = Vec::new();
            json::push_as_text(&mut url, json::member(poster, "url").unwrap_or_default());
            if let Some(slash) = url.iter().rposition(|&byte| byte == b'/') {
                uri.extend_from_slice(&url[slash + 1..]);
            }
        }
    }
    if uri.is_empty() {
        return;
    }
    out.extend_from_slice(b"#posterUri=");
    out.extend_from_slice(&uri);
    push_number_of(out, b"&posterWidth=", poster, "width");
    push_number_of(out, b"&posterHeight=", poster, "height");
}

/// Appends the REST object of a `wix:` string, or `{ "url": … }` for any other URL; `None` for text that is no URL or
/// whose name has a broken escape, with nothing appended.
///
/// ```
/// use wix_media::model::media::{Medium, push_object_of};
///
/// let mut out = Vec::new();
/// push_object_of(&mut out, Medium::Document, "wix:document://v1/a.pdf/price%20list.pdf").unwrap();
/// assert_eq!(out, br#"{"id":"a.pdf","filename":"price list.pdf"}"#);
/// assert!(push_object_of(&mut out, Medium::Image, "no URL").is_none());
/// ```
pub fn push_object_of(out: &mut Vec<u8>, medium: Medium, text: &str) -> Option<()> {
    let trimmed = text.trim_matches(|character| character <= ' ');
    let scheme_end = trimmed.find(':')?;
    let scheme = &trimmed[..scheme_end];
    let legacy = scheme.eq_ignore_ascii_case(medium.name());
    if !legacy && !scheme.eq_ignore_ascii_case("wix") {
        if !is_scheme(scheme)
            || (is_web(scheme) && trimmed[scheme_end + 1..].trim_start_matches(['/', '\\']).is_empty())
        {
            return None;
        }
        out.extend_from_slice(b"{\"url\":");
        json::push_string(out, text);
        out.push(b'}');
        return Some(());
    }
    let rest = if legacy { trimmed } else { &trimmed[scheme_end + 1..] };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let path = rest.split('?').next()?;
    let path = path
        .split_once("://v1/")
        .filter(|(kind, _)| *kind == medium.name())
        .map_or(path, |(_, path)| path);
    let mut segments = path.split('/');
    let id = segments.next()?;
    let name = match segments.next() {
        Some(name) => Some(uri::decode_component(name)?),
        None => None,
    };
    out.extend_from_slice(b"{\"id\":");
    json::push_string(out, id);
    match medium {
        Medium::Image => {
            push_parameter(out, ",\"height\":", parameter(fragment, "originHeight"));
            push_parameter(out, ",\"width\":", parameter(fragment, "originWidth"));
            if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
                push_member(out, "altText", name);
                push_member(out, "filename", name);
            }
            if name.as_deref() != Some("") {
                push_member(out, "url", text);
            }
        }
        Medium::Video => {
            if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
                push_member(out, "filename", name);
            }
            if let Some(poster) = parameter(fragment, "posterUri").filter(|poster| !poster.is_empty()) {
                out.extend_from_slice(b",\"posters\":[{\"id\":");
                json::push_string(out, &poster);
                push_parameter(out, ",\"height\":", parameter(fragment, "posterHeight"));
                push_parameter(out, ",\"width\":", parameter(fragment, "posterWidth"));
                out.extend_from_slice(b"}]");
            }
        }
        Medium::Document | Medium::Audio => {
            if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
                push_member(out, "filename", name);
            }
        }
    }
    out.push(b'}');
    Some(())
}

fn push_member(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(b',');
    json::push_string(out, name);
    out.push(b':');
    json::push_string(out, value);
}

/// Writes what JavaScript's `Number(parameter)` gives for decimal digits, 0 for a missing one, and null for the rest.
fn push_parameter(out: &mut Vec<u8>, label: &str, value: Option<String>) {
    out.extend_from_slice(label.as_bytes());
    let value = value.unwrap_or_default();
    let value = value.trim();
    let whole = value.split('.').count() <= 2 && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match value {
        "" => out.push(b'0'),
        _ if whole && value.as_bytes()[0] != b'.' && !value.ends_with('.') => {
            let digits = value.trim_start_matches('0');
            if digits.is_empty() || digits.starts_with('.') {
                out.push(b'0');
            }
            out.extend_from_slice(digits.as_bytes());
        }
        _ => out.extend_from_slice(b"null"),
    }
}

/// The first parameter `name` of a fragment such as `originWidth=3&originHeight=2`, decoded.
fn parameter(fragment: &str, name: &str) -> Option<String> {
    fragment.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (uri::decode_form(key) == name).then(|| uri::decode_form(value))
    })
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// Schemes whose URLs need a host.
fn is_web(scheme: &str) -> bool {
    ["http", "https", "ftp", "ws", "wss"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web))
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
        push_object_of(&mut out, medium, text).map(|()| String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn missing_sizes_print_as_the_sdk_prints_them() {
        assert_eq!(
            string_of(Medium::Image, r#"{"id":"a","width":null}"#).as_deref(),
            Some(r#""wix:image://v1/a#originWidth=null&originHeight=undefined""#)
        );
    }

    #[test]
    fn without_an_id_the_url_stands_in() {
        assert_eq!(
            string_of(Medium::Image, r#"{"id":"","url":"https://x/y"}"#).as_deref(),
            Some(r#""https://x/y""#)
        );
        assert_eq!(string_of(Medium::Video, r#"{"url":null}"#).as_deref(), Some("null"));
        assert_eq!(string_of(Medium::Audio, r#"{"url":null}"#).as_deref(), Some("\"null\""));
        assert_eq!(string_of(Medium::Audio, "{}"), None);
    }

    #[test]
    fn the_second_poster_is_preferred() {
        let posters = r#"{"id":"v","posters":[{"id":"p0"},{"id":"","url":"https://h/p1.jpg","width":4,"height":3}]}"#;
        assert_eq!(
            string_of(Medium::Video, posters).as_deref(),
            Some(r#""wix:video://v1/v#posterUri=p1.jpg&posterWidth=4&posterHeight=3""#)
        );
        assert_eq!(
            string_of(Medium::Video, r#"{"id":"v","posters":[{"url":"flat"}]}"#).as_deref(),
            Some(r#""wix:video://v1/v""#)
        );
    }

    #[test]
    fn images_are_read_back() {
        assert_eq!(
            object_of(
                Medium::Image,
                "wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160"
            )
            .as_deref(),
            Some(
                r#"{"id":"a~mv2.jpg","height":2160,"width":3840,"altText":"river bank.jpg","filename":"river bank.jpg","url":"wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160"}"#
            )
        );
        assert_eq!(
            object_of(Medium::Image, "image://v1/a.png").as_deref(),
            Some(r#"{"id":"a.png","height":0,"width":0,"url":"image://v1/a.png"}"#)
        );
        assert_eq!(
            object_of(Medium::Image, "https://x.y/z.png").as_deref(),
            Some(r#"{"url":"https://x.y/z.png"}"#)
        );
    }

    #[test]
    fn what_is_no_url_has_no_object() {
        for text in ["", "plain", "https://", "1x:y", "wix:image://v1/a/100%.jpg"] {
            assert_eq!(object_of(Medium::Image, text), None, "{text}");
        }
    }

    #[test]
    fn a_video_keeps_its_poster() {
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
