//! The size of an SVG image, by the attributes of its first element.
//!
//! `quick-xml` reads comments, declarations of types and quoted values as they are, one piece after the other, so that only
//! the beginning of a large drawing is read. `roxmltree` builds the tree of the whole file.

use super::header::{MAX_EDGE, Source};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// The bytes in which the first element is looked for: at first, and when it is not there.
const HEAD_LENS: [usize; 2] = [1 << 12, 1 << 20];

/// Width and height in pixels of CSS: by the attributes of those names, else by the view box.
pub(crate) fn size(source: &mut dyn Source) -> Option<(u64, u64)> {
    size_by(|length| source.part(0, length).into_owned())
}

/// The same by the first bytes of the text, as many as asked for.
pub(crate) fn size_by(mut first: impl FnMut(usize) -> Vec<u8>) -> Option<(u64, u64)> {
    let mut found = None;
    for length in HEAD_LENS {
        let bytes = first(length);
        let is_whole = bytes.len() < length;
        found = size_in(&text(&bytes));
        if found.is_some() || is_whole {
            break;
        }
    }
    found
}

/// Text in UTF-8, or in UTF-16 by its mark or its first character.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| from([pair[0], pair[1]]));
        let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        Cow::Owned(text.collect())
    };
    match bytes {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] | [0, b'<', ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

fn size_in(text: &str) -> Option<(u64, u64)> {
    let mut reader = Reader::from_str(text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']));
    reader.config_mut().check_comments = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => return size_of(&element),
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn size_of(element: &BytesStart<'_>) -> Option<(u64, u64)> {
    if !element.local_name().as_ref().eq_ignore_ascii_case(b"svg") {
        return None;
    }
    let (mut width, mut height, mut view_box) = (None, None, None);
    for attribute in element.attributes().with_checks(false).flatten() {
        let Ok(value) = std::str::from_utf8(&attribute.value) else {
            continue;
        };
        let name = attribute.key.as_ref();
        if name.eq_ignore_ascii_case(b"width") {
            width = pixels(value);
        } else if name.eq_ignore_ascii_case(b"height") {
            height = pixels(value);
        } else if name.eq_ignore_ascii_case(b"viewBox") {
            view_box = sides(value);
        }
    }
    let (width, height) = match (width, height, view_box) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((own_width, own_height))) => (width, width * own_height / own_width),
        (None, Some(height), Some((own_width, own_height))) => (height * own_width / own_height, height),
        (None, None, sides) => sides?,
        (_, _, None) => return None,
    };
    Some((whole(width)?, whole(height)?))
}

/// A length in pixels of CSS, 96 to an inch. Fonts are as large as where no page sets another size. Percentages depend on
/// the page.
fn pixels(value: &str) -> Option<f64> {
    let value = value.trim();
    let unit_at = value
        .trim_end_matches(|letter: char| letter.is_ascii_alphabetic())
        .len();
    let (number, unit) = value.split_at(unit_at);
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "px" => 1.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "q" => 96.0 / 101.6,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "em" | "rem" => 16.0,
        "ex" | "ch" => 8.0,
        _ => return None,
    };
    number
        .parse::<f64>()
        .ok()
        .map(|number| number * factor)
        .filter(|&length| length > 0.0)
}

/// Width and height of a view box.
fn sides(value: &str) -> Option<(f64, f64)> {
    let numbers: Vec<f64> = value
        .split(|letter: char| letter == ',' || letter.is_whitespace())
        .filter(|number| !number.is_empty())
        .map_while(|number| number.parse().ok())
        .collect();
    match *numbers.as_slice() {
        [_, _, width, height] if width > 0.0 && height > 0.0 => Some((width, height)),
        _ => None,
    }
}

/// A length in whole pixels that can be believed.
fn whole(length: f64) -> Option<u64> {
    (0.5..MAX_EDGE as f64).contains(&length).then(|| length.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_of_files_is_that_of_browsers() {
        for (name, size) in [
            ("svg-mm.svg", (794, 1123)),
            ("svg-pt.svg", (440, 387)),
            ("svg-in.svg", (192, 96)),
            ("svg-mm-noviewbox.svg", (96, 48)),
            ("svg-widthonly.svg", (200, 100)),
            ("svg-comment-svg.svg", (30, 20)),
            ("svg-gt-in-attr.svg", (30, 20)),
            ("svg-uppercase.svg", (30, 20)),
            ("svg-utf16le.svg", (30, 20)),
            ("svg-utf16be.svg", (30, 20)),
            ("svg-em.svg", (16, 16)),
            ("svg-behind-long-comment", (30, 20)),
        ] {
            let path = format!("{}/tests/data/pictures/{name}", env!("CARGO_MANIFEST_DIR"));
            let file = std::fs::read(&path).expect("a file");
            assert_eq!(super::size(&mut &*file), Some(size), "{name}");
        }
    }

    #[test]
    fn size_comes_from_attributes_or_the_view_box() {
        for (text, size) in [
            ("<svg width=\"5\" height='7px'>", Some((5, 7))),
            (
                "<?xml version=\"1.0\"?><svg viewBox=\"0 0 10.4,20\" stroke-width=\"3\">",
                Some((10, 20)),
            ),
            ("<svg width=\"100%\" height=\"100%\" viewBox='0 0 3 4'>", Some((3, 4))),
            ("<svg height='8' viewBox='-1 -1 3 4'/>", Some((6, 8))),
            ("<svg width='1e2' height='.5in'/>", Some((100, 48))),
            (
                "<!DOCTYPE svg PUBLIC \"-//W3C//DTD\" \"svg11.dtd\" [ <!ENTITY ns 'x'> ]>\n<s:svg xmlns:s='&ns;' width='2cm' height='1pc'/>",
                Some((76, 16)),
            ),
            ("\u{feff}  <svg width='3' height='4'/>", Some((3, 4))),
            ("<svg width='3'/>", None),
            ("<svg width=\"-1\" height=\"1e400\">", None),
            ("<svg width='5' height='7e9'/>", None),
            ("<svg width='inf' height='nan'/>", None),
            ("<html><svg width='5' height='7'/></html>", None),
            ("<svg", None),
        ] {
            assert_eq!(size_in(text), size, "{text}");
        }
    }

    #[test]
    fn comment_of_a_megabyte_ends_the_search() {
        for (length, size) in [(5_000, Some((5, 7))), (2_000_000, None)] {
            let text = format!("<!--{}--><svg width='5' height='7'/>", "-".repeat(length));
            assert_eq!(super::size(&mut text.as_bytes()), size, "{length}");
        }
    }
}
