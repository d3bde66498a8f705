//! The beginning of text: its encoding, and the root element of XML and pages.

/// Decodes the beginning of text. Returns `None` if the bytes are no text.
///
/// UTF-16 is recognised by its byte order mark, or by the zeros of a `<` at the beginning. A character that is cut at the end is
/// left out.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes)?,
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes)?,
        _ => utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))?,
    };
    let is_control = |character: char| character.is_ascii_control() && !"\t\n\r\x0c\x1b".contains(character);
    (!text.is_empty() && !text.contains(is_control)).then_some(text)
}

fn utf8(bytes: &[u8]) -> Option<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(error) if error.error_len().is_none() => {
            Some(String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned())
        }
        // Older encodings have one byte for each letter. Markup is ASCII in all of them.
        Err(_) if bytes.trim_ascii_start().first() == Some(&b'<') => {
            Some(bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        Err(_) => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = String::new();
    let mut decoded = char::decode_utf16(units).peekable();
    while let Some(character) = decoded.next() {
        match character {
            Ok(character) => text.push(character),
            Err(_) if decoded.peek().is_none() => {}
            Err(_) => return None,
        }
    }
    Some(text)
}

/// The beginning of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Start<'a> {
    /// Whether there is a declaration of XML.
    pub(super) is_xml: bool,
    /// The name in the document type.
    pub(super) doctype: Option<&'a str>,
    /// The local name of the root element.
    pub(super) root: Option<&'a str>,
}

/// Reads up to the name of the root element, behind declarations, comments and the document type.
pub(super) fn start(text: &str) -> Start<'_> {
    let mut start = Start::default();
    let mut rest = text.trim_start();
    loop {
        let (opening, closing) = match rest {
            _ if rest.starts_with("<!--") => ("<!--", "-->"),
            _ if rest.starts_with("<?") => ("<?", "?>"),
            _ if has_prefix(rest, "<!doctype") => {
                let behind = &rest["<!doctype".len()..];
                start.doctype = Some(name(behind.trim_start()));
                rest = behind_doctype(behind).trim_start();
                continue;
            }
            _ => break,
        };
        start.is_xml |= has_prefix(rest, "<?xml");
        let Some((_, behind)) = rest[opening.len()..].split_once(closing) else {
            return start;
        };
        rest = behind.trim_start();
    }
    if let Some(element) = rest.strip_prefix('<') {
        let name = name(element);
        let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
        start.root = Some(local).filter(|local| !local.is_empty());
    }
    start
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The name at the beginning of a text.
fn name(text: &str) -> &str {
    let is_end = |character: char| character.is_whitespace() || "/>[\"'<".contains(character);
    &text[..text.find(is_end).unwrap_or(text.len())]
}

/// What follows a document type. It can contain declarations in brackets.
fn behind_doctype(text: &str) -> &str {
    let mut quote = None;
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '[') => depth += 1,
            (None, ']') => depth -= 1,
            (None, '>') if depth <= 0 => return &text[at + 1..],
            (None, _) => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_from_utf_8_and_utf_16() {
        let le: Vec<u8> = "\u{feff}<a>é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "<a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, expected) in [
            (&b"plain"[..], Some("plain")),
            (b"\xef\xbb\xbfmarked", Some("marked")),
            ("cut é".as_bytes().split_last().unwrap().1, Some("cut ")),
            (&le, Some("<a>é")),
            (&be, Some("<a>")),
            (b"<a>\xe9t", Some("<a>ét")),
            (b"\xe9t\xe9", None),
            (b"zero\0", None),
            (b"\xff\xfe\x01\xd8\x02\xd8\x03\0", None),
            (b"", None),
        ] {
            assert_eq!(text(bytes).as_deref(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn start_is_that_of_the_root_element() {
        for (text, is_xml, doctype, root) in [
            ("<svg>", false, None, Some("svg")),
            (
                " <?xml version='1.0'?>\n<!-- <html> -->\n<s:svg a='>'>",
                true,
                None,
                Some("svg"),
            ),
            ("<!DOCTYPE html><title>x", false, Some("html"), Some("title")),
            (
                "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1>\" [ <!ENTITY a \"<b>\"> ]><svg/>",
                false,
                Some("svg"),
                Some("svg"),
            ),
            ("<!-- open <svg>", false, None, None),
            ("<!doctype [", false, Some(""), None),
            ("a < b", false, None, None),
            ("<", false, None, None),
        ] {
            assert_eq!(start(text), Start { is_xml, doctype, root }, "{text}");
        }
    }
}
