//! The size of an SVG image.

use super::input::Input;

/// The bytes in which the `<svg` tag is searched.
const HEAD_LEN: usize = 1 << 16;

/// Width and height in pixels: by the attributes of those names, else by the view box.
pub(super) fn size(input: &mut Input<'_>) -> Option<(u64, u64)> {
    let bytes = input.part(0, HEAD_LEN);
    let text = String::from_utf8_lossy(&bytes);
    let tag = &text[text.find("<svg")?..];
    let tag = &tag[..tag.find('>')?];
    let sides = attribute(tag, "width")
        .and_then(pixels)
        .zip(attribute(tag, "height").and_then(pixels));
    sides.or_else(|| view_box(attribute(tag, "viewBox")?))
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    for (at, found) in tag.match_indices(name) {
        // `stroke-width` ends with `width` too.
        let is_whole_name = tag[..at].ends_with(char::is_whitespace);
        let rest = tag[at + found.len()..].trim_start();
        if let Some(rest) = rest.strip_prefix('=').filter(|_| is_whole_name) {
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            return rest[1..].split(quote).next();
        }
    }
    None
}

/// A length without a unit or in `px`. Other units depend on the page that shows the image.
fn pixels(value: &str) -> Option<u64> {
    let value = value.trim();
    let number = value.strip_suffix("px").unwrap_or(value).parse::<f64>().ok()?;
    (0.5..1e9).contains(&number).then(|| number.round() as u64)
}

fn view_box(value: &str) -> Option<(u64, u64)> {
    let numbers: Vec<_> = value
        .split([' ', ',', '\t', '\n'])
        .filter(|number| !number.is_empty())
        .collect();
    let &[_, _, width, height] = numbers.as_slice() else {
        return None;
    };
    pixels(width).zip(pixels(height))
}

#[cfg(test)]
mod tests {
    use super::super::inspect;
    use std::io::Cursor;

    #[test]
    fn size_comes_from_attributes_or_the_view_box() {
        for (text, size) in [
            ("<svg width=\"5\" height='7px'>", Some((5, 7))),
            (
                "<?xml version=\"1.0\"?><svg viewBox=\"0 0 10.4,20\" stroke-width=\"3\">",
                Some((10, 20)),
            ),
            ("<svg width=\"100%\" height=\"100%\" viewBox='0 0 3 4'>", Some((3, 4))),
            ("<svg width=\"-1\" height=\"1e400\">", None),
            ("<svg", None),
        ] {
            let inspected = inspect(&mut Cursor::new(text), Some("image/svg+xml")).expect("bytes in memory");
            assert_eq!(inspected.map(|inspected| inspected.facts.size()), Ok(size), "{text}");
        }
    }
}
