//! The header `Content-Disposition`, and the escaping of header values.

use crate::wire::uri;

/// Percent-encodes everything except visible ASCII characters.
pub(crate) fn header_safe(text: &str) -> String {
    let mut safe = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

/// Returns a `Content-Disposition` with a name that every browser reads.
pub(crate) fn disposition(kind: &str, name: &str) -> String {
    let plain = |character: char| match character {
        '"' | '\\' | '/' | '%' => '_',
        ' '..='~' => character,
        _ => '_',
    };
    let ascii: String = name.chars().map(plain).collect();
    let mut value = format!("{kind}; filename=\"{ascii}\"");
    // Browsers and wget decode `%25` in the plain form too (RFC 6266, appendix D).
    if ascii != name || name.contains('%') {
        let mut encoded = Vec::new();
        uri::push_component(&mut encoded, name.as_bytes());
        // RFC 8187 excludes these characters from extended values.
        let encoded = String::from_utf8_lossy(&encoded)
            .replace('\'', "%27")
            .replace('(', "%28")
            .replace(')', "%29")
            .replace('*', "%2A");
        value = format!("{value}; filename*=UTF-8''{encoded}");
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disposition_of_a_name_beyond_ascii_has_both_forms() {
        assert_eq!(disposition("inline", "a b.jpg"), "inline; filename=\"a b.jpg\"");
        assert_eq!(
            disposition("inline", "50%25.txt"),
            "inline; filename=\"50_25.txt\"; filename*=UTF-8''50%2525.txt"
        );
        assert_eq!(
            disposition("attachment", "é\"(1)\r\n.jpg"),
            "attachment; filename=\"__(1)__.jpg\"; filename*=UTF-8''%C3%A9%22%281%29%0D%0A.jpg"
        );
    }
}
