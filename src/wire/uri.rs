//! Percent-encoding that agrees with JavaScript's `encodeURIComponent`, `decodeURIComponent` and `URLSearchParams`.

use super::bytes::{HEX, has, hex_value, is_utf8, push};

/// Appends `text` and escapes everything except letters, digits and the bytes in `plain`.
fn push_escaped(out: &mut Vec<u8>, text: &[u8], plain: &[u8]) {
    let mut copied = 0;
    for (at, &byte) in text.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() && !has(plain, byte) {
            push(out, &text[copied..at]);
            push(out, &[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            copied = at + 1;
        }
    }
    push(out, &text[copied..]);
}

/// Appends `text` like `encodeURIComponent`, which keeps letters, digits and `-_.!~*'()`.
///
/// ```
/// let mut out = Vec::new();
/// wix_media::wire::uri::push_component(&mut out, b"river bank (1).jpg");
/// assert_eq!(out, b"river%20bank%20(1).jpg");
/// ```
pub fn push_component(out: &mut Vec<u8>, text: &[u8]) {
    push_escaped(out, text, b"-_.!~*'()");
}

/// Appends `text` as one path segment.
///
/// Like [`push_component`], but the dots of the segments `.` and `..` are escaped, because a URL parser would resolve them.
///
/// ```
/// let mut out = Vec::new();
/// wix_media::wire::uri::push_segment(&mut out, b"a/../b");
/// assert_eq!(out, b"a%2F..%2Fb");
/// ```
pub fn push_segment(out: &mut Vec<u8>, text: &[u8]) {
    let dots: &[u8] = if text == b"." || text == b".." {
        b""
    } else {
        b"-_.!~*'()"
    };
    push_escaped(out, text, dots);
}

/// Appends `text` like `URLSearchParams`, which keeps letters, digits and `*-._`, and writes a space as `+`.
///
/// ```
/// let mut out = Vec::new();
/// wix_media::wire::uri::push_form(&mut out, b"a b~c");
/// assert_eq!(out, b"a+b%7Ec");
/// ```
pub fn push_form(out: &mut Vec<u8>, text: &[u8]) {
    let start = out.len();
    push_escaped(out, text, b"*-._ ");
    for byte in &mut out[start..] {
        if *byte == b' ' {
            *byte = b'+';
        }
    }
}

/// Decodes like `decodeURIComponent`. Returns `None` for an invalid escape and for bytes that are not UTF-8.
///
/// ```
/// use wix_media::wire::uri::decode_component;
///
/// assert_eq!(decode_component(b"caf%C3%A9").as_deref(), Some("café".as_bytes()));
/// assert_eq!(decode_component(b"100%"), None);
/// ```
pub fn decode_component(text: &[u8]) -> Option<Vec<u8>> {
    decode(text, true).filter(|decoded| is_utf8(decoded))
}

/// Decodes like `URLSearchParams`: `+` is a space, and invalid escapes are kept.
///
/// ```
/// assert_eq!(wix_media::wire::uri::decode_form(b"a+b%7Ec%"), b"a b~c%");
/// ```
pub fn decode_form(text: &[u8]) -> Vec<u8> {
    decode(text, false).unwrap_or_default()
}

fn decode(text: &[u8], strict: bool) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        if byte == b'%' {
            let digits = (
                text.get(at).copied().and_then(hex_value),
                text.get(at + 1).copied().and_then(hex_value),
            );
            if let (Some(high), Some(low)) = digits {
                decoded.push(high << 4 | low);
                at += 2;
                continue;
            }
            if strict {
                return None;
            }
        }
        decoded.push(if byte == b'+' && !strict { b' ' } else { byte });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_component_of_pushed_component_returns_the_text() {
        for text in [
            "",
            "plain",
            "é ü 写真 🎉",
            "a/b?c#d&e=f+g%h",
            "!'()*~-._",
            "\u{0}\u{1f}\u{7f}",
        ] {
            let mut out = Vec::new();
            push_component(&mut out, text.as_bytes());
            assert_eq!(decode_component(&out).as_deref(), Some(text.as_bytes()));
        }
    }

    #[test]
    fn decode_form_of_pushed_form_returns_the_text() {
        for text in ["", "plain", "é ü 写真 🎉", "a/b?c#d&e=f+g%h", "!'()*~-._"] {
            let mut out = Vec::new();
            push_form(&mut out, text.as_bytes());
            assert_eq!(decode_form(&out), text.as_bytes());
        }
    }

    #[test]
    fn invalid_escape_is_refused_in_components_and_kept_in_forms() {
        for text in ["%", "%4", "%zz", "%E0%A4", "%FF"] {
            assert_eq!(decode_component(text.as_bytes()), None, "{text}");
        }
        assert_eq!(decode_form(b"%zz%41"), b"%zzA");
    }

    #[test]
    fn dot_segment_is_escaped() {
        let mut out = Vec::new();
        push_segment(&mut out, b"..");
        assert_eq!(out, b"%2E%2E");
    }
}
