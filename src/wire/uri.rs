//! Percent-encoding, as JavaScript's `encodeURIComponent`, `decodeURIComponent` and `URLSearchParams` do it.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn push_percent(out: &mut String, byte: u8) {
    out.push('%');
    out.push(HEX[usize::from(byte >> 4)] as char);
    out.push(HEX[usize::from(byte & 15)] as char);
}

/// Appends `text` as `encodeURIComponent` writes it: letters, digits and `-_.!~*'()` stay.
///
/// ```
/// let mut out = String::new();
/// wix_media::wire::uri::push_component(&mut out, "river bank (1).jpg");
/// assert_eq!(out, "river%20bank%20(1).jpg");
/// ```
pub fn push_component(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(byte as char),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => out.push(byte as char),
            _ => push_percent(out, byte),
        }
    }
}

/// Appends `text` as one path segment. Like [`push_component`], and the segments `.` and `..`, which a URL parser would
/// resolve, lose their dots to escapes.
///
/// ```
/// let mut out = String::new();
/// wix_media::wire::uri::push_segment(&mut out, "a/../b");
/// assert_eq!(out, "a%2F..%2Fb");
/// ```
pub fn push_segment(out: &mut String, text: &str) {
    if text == "." || text == ".." {
        text.bytes().for_each(|byte| push_percent(out, byte));
    } else {
        push_component(out, text);
    }
}

/// Appends `text` as `URLSearchParams` writes it: letters, digits and `*-._` stay, a space becomes `+`.
///
/// ```
/// let mut out = String::new();
/// wix_media::wire::uri::push_form(&mut out, "a b~c");
/// assert_eq!(out, "a+b%7Ec");
/// ```
pub fn push_form(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(byte as char),
            b' ' => out.push('+'),
            _ => push_percent(out, byte),
        }
    }
}

/// Decodes as `decodeURIComponent` does; `None` for a broken escape or one that is not UTF-8.
///
/// ```
/// use wix_media::wire::uri::decode_component;
///
/// assert_eq!(decode_component("caf%C3%A9").as_deref(), Some("café"));
/// assert_eq!(decode_component("100%"), None);
/// ```
pub fn decode_component(text: &str) -> Option<String> {
    String::from_utf8(decode_bytes(text, true)?).ok()
}

/// Decodes a value of a `URLSearchParams` string: `+` is a space, broken escapes stay as they are.
///
/// ```
/// assert_eq!(wix_media::wire::uri::decode_form("a+b%7Ec%"), "a b~c%");
/// ```
pub fn decode_form(text: &str) -> String {
    let bytes = decode_bytes(&text.replace('+', " "), false).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn decode_bytes(text: &str, strict: bool) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let escape = (byte == b'%')
            .then(|| Some(hex(*bytes.get(at)?)? << 4 | hex(*bytes.get(at + 1)?)?))
            .flatten();
        match escape {
            Some(value) => {
                decoded.push(value);
                at += 2;
            }
            None if byte == b'%' && strict => return None,
            None => decoded.push(byte),
        }
    }
    Some(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(text: &str) -> String {
        let mut out = String::new();
        push_component(&mut out, text);
        out
    }

    #[test]
    fn components_survive_the_round_trip() {
        for text in [
            "",
            "plain",
            "é ü 写真 🎉",
            "a/b?c#d&e=f+g%h",
            "!'()*~-._",
            "\u{0}\u{1f}\u{7f}",
        ] {
            assert_eq!(decode_component(&component(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn broken_escapes_are_refused_or_kept() {
        for text in ["%", "%4", "%zz", "%E0%A4", "%FF"] {
            assert_eq!(decode_component(text), None, "{text}");
        }
        assert_eq!(decode_form("%zz%41"), "%zzA");
        assert_eq!(decode_form("%FF"), "\u{fffd}");
    }

    #[test]
    fn dot_segments_cannot_climb() {
        let mut out = String::new();
        push_segment(&mut out, "..");
        assert_eq!(out, "%2E%2E");
    }
}
