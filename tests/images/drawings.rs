//! SVG: sizes, scales, what is left out, and drawings that ask for too much.

use crate::peak::peak_of;
use crate::samples::{decoded, made};
use std::io::Write;
use wix_media::images::{colors, dimensions};

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 128, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const NOTHING: [u8; 4] = [0; 4];

/// A drawing with this content, in a box of 40 by 20.
fn svg(content: &str) -> Vec<u8> {
    let head =
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 40 20'>";
    format!("{head}{content}</svg>").into_bytes()
}

/// Red on the left, green on the upper right, and nothing on the lower right.
pub(crate) fn areas() -> Vec<u8> {
    svg(
        "<style>.a{fill:red}</style><rect class='a' width='20' height='20'/><rect x='20' width='20' height='10' fill='green'/>",
    )
}

/// The pixels at places in hundredths of the edges.
fn at<const N: usize>(bytes: &[u8], tail: &str, places: [(u32, u32); N]) -> [[u8; 4]; N] {
    let made = made(bytes, tail).unwrap_or_else(|error| panic!("{tail}: {error}"));
    let (width, height, rgba) = decoded(&made.bytes, made.mime);
    places.map(|(x, y)| {
        let start = ((y * height / 100 * width + x * width / 100) * 4) as usize;
        [rgba[start], rgba[start + 1], rgba[start + 2], rgba[start + 3]]
    })
}

const PLACES: [(u32, u32); 3] = [(25, 50), (75, 25), (75, 75)];

#[test]
fn drawing_is_shown_in_every_size() {
    let bytes = areas();
    let found = dimensions(&bytes).unwrap();
    assert_eq!((found.width, found.height, found.mime), (40, 20, "image/svg+xml"));
    for tail in [
        "fit/w_40,h_20/a.png",
        "fit/w_10,h_10/a.png",
        "fill/w_400,h_200,lg_1/a.png",
    ] {
        assert_eq!(at(&bytes, tail, PLACES), [RED, GREEN, NOTHING], "{tail}");
    }
    assert_eq!(
        at(&bytes, "crop/x_30,y_0,w_10,h_20/a.png", [(50, 25), (50, 75)]),
        [GREEN, NOTHING]
    );
    assert_eq!(colors(&bytes).unwrap().unwrap().prominent.hex(), "#FF0000");
    // In a JPEG, nothing is white.
    let jpeg = made(&bytes, "fit/w_40,h_20/a.jpg").unwrap();
    let (width, _, rgba) = decoded(&jpeg.bytes, jpeg.mime);
    assert!(
        rgba[(15 * width as usize + 30) * 4..][..3]
            .iter()
            .all(|&value| value > 240)
    );
}

#[test]
fn enlarged_drawing_stays_sharp() {
    // Between two pixels of the original there is an edge.
    let bytes = svg("<rect width='20.25' height='20' fill='red'/>");
    let made = made(&bytes, "fill/w_4000,h_2000,lg_1/a.png").unwrap();
    let (width, height, rgba) = decoded(&made.bytes, made.mime);
    assert_eq!((width, height), (4000, 2000));
    let alpha = |x: usize| rgba[(1000 * 4000 + x) * 4 + 3];
    assert_eq!((alpha(2020), alpha(2030)), (255, 0));
}

#[test]
fn size_is_that_of_the_descriptor() {
    for (head, size) in [
        ("width='2in' height='1in'", (192, 96)),
        ("width='30PX' height='20PX'", (30, 20)),
        ("width='200' viewBox='0 0 100 50'", (200, 100)),
        ("width='1em' height='1em' viewBox='0 0 24 24'", (16, 16)),
    ] {
        let text = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' {head}><rect width='100%' height='100%' fill='red'/></svg>"
        );
        let found = dimensions(text.as_bytes()).unwrap();
        assert_eq!((found.width, found.height), size, "{head}");
        assert_eq!(
            at(text.as_bytes(), "fit/w_400,h_400/a.png", [(50, 50)]),
            [RED],
            "{head}"
        );
    }
}

#[test]
fn encodings_and_compression_are_understood() {
    let bytes = areas();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let wide: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&bytes).unwrap();
    let declared = format!("\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<!-- <svg/> -->{text}").into_bytes();
    for (name, bytes) in [
        ("UTF-16", wide),
        ("gzip", gzip.finish().unwrap()),
        ("declared", declared),
        ("spaces", [b"\n \t", &*bytes].concat()),
    ] {
        assert_eq!(
            at(&bytes, "fit/w_40,h_20/a.png", PLACES),
            [RED, GREEN, NOTHING],
            "{name}"
        );
    }
}

#[test]
fn text_is_left_out_as_there_are_no_fonts() {
    let bytes = svg("<text x='0' y='18' font-size='20'>WWW</text><rect x='36' width='4' height='20' fill='blue'/>");
    assert_eq!(at(&bytes, "fit/w_40,h_20/a.png", [(20, 60), (95, 50)]), [NOTHING, BLUE]);
}

#[test]
fn files_and_pictures_are_not_loaded() {
    let dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let file = format!("{}/tests/data/photos/chelsea.jpg", env!("CARGO_MANIFEST_DIR"));
    for address in [
        &format!("data:image/png;base64,{dot}"),
        &file,
        &format!("file://{file}"),
        "http://127.0.0.1/a.png",
    ] {
        let bytes = svg(&format!(
            "<image width='40' height='20' href='{address}' xlink:href='{address}'/>"
        ));
        assert_eq!(at(&bytes, "fit/w_40,h_20/a.png", [(50, 50)]), [NOTHING], "{address}");
    }
    let entity = format!("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file://{file}'>]>");
    let bytes = [
        entity.as_bytes(),
        &svg("<desc>&a;</desc><rect width='40' height='20' fill='red'/>"),
    ]
    .concat();
    assert!(made(&bytes, "fit/w_40,h_20/a.png").is_err());
}

#[test]
fn what_is_no_drawing_is_refused() {
    for text in [
        "<html><body/></html>",
        "<svg xmlns='http://www.w3.org/2000/svg'",
        "<",
        "<svg xmlns='http://www.w3.org/2000/svg'><a></svg>",
    ] {
        assert_eq!(
            made(text.as_bytes(), "fit/w_9,h_9/a.png").unwrap_err().status,
            422,
            "{text}"
        );
    }
}

/// Groups, patterns or masks that use each other: ten of each level use the next one.
fn nested(kind: &str, levels: u32) -> Vec<u8> {
    let mut text = String::from("<defs>");
    for level in 0..levels {
        let uses = match kind {
            "use" => format!("<use href='#a{}' xlink:href='#a{}'/>", level + 1, level + 1).repeat(10),
            kind => format!(
                "<rect width='40' height='20' {}='url(#a{})'/>",
                if kind == "pattern" { "fill" } else { "mask" },
                level + 1
            )
            .repeat(10),
        };
        text += &match kind {
            "use" => format!("<g id='a{level}'>{uses}</g>"),
            "pattern" => {
                format!("<pattern id='a{level}' width='40' height='20' patternUnits='userSpaceOnUse'>{uses}</pattern>")
            }
            _ => format!("<mask id='a{level}'>{uses}</mask>"),
        };
    }
    text += "<rect id='end'/></defs>";
    text += match kind {
        "use" => "<use href='#a0' xlink:href='#a0'/>",
        "pattern" => "<rect width='40' height='20' fill='url(#a0)'/>",
        _ => "<rect width='40' height='20' mask='url(#a0)'/>",
    };
    svg(&text)
}

#[test]
fn drawing_that_asks_for_too_much_is_refused_or_shown_in_time() {
    let deep = format!(
        "{}<rect width='9' height='9'/>{}",
        "<g opacity='.9'>".repeat(900),
        "</g>".repeat(900)
    );
    let octaves =
        "<filter id='f'><feTurbulence numOctaves='100000000'/></filter><rect width='40' height='20' filter='url(#f)'/>";
    let huge = "<pattern id='p' width='100000' height='100000' patternUnits='userSpaceOnUse'><rect width='9' height='9'/></pattern><rect width='40' height='20' fill='url(#p)'/>";
    let entities: String = (1..10)
        .map(|number| format!("<!ENTITY a{number} '{}'>", format!("&a{};", number - 1).repeat(10)))
        .collect();
    let laughs = format!("<!DOCTYPE svg [<!ENTITY a0 'ha'>{entities}]>");
    for (name, bytes) in [
        ("uses", nested("use", 12)),
        ("patterns", nested("pattern", 12)),
        ("masks", nested("mask", 12)),
        ("deep", svg(&deep)),
        ("octaves", svg(octaves)),
        ("huge pattern", svg(huge)),
        ("entities", [laughs.as_bytes(), &svg("<desc>&a9;</desc>")].concat()),
    ] {
        for tail in ["fit/w_9,h_9/a.png", "fill/w_4000,h_2000,lg_1/a.png"] {
            if let Err(error) = made(&bytes, tail) {
                assert!([413, 422].contains(&error.status), "{name}: {error}");
            }
        }
    }
    for name in ["octaves", "patterns"] {
        let bytes = if name == "octaves" {
            svg(octaves)
        } else {
            nested("pattern", 12)
        };
        assert_eq!(made(&bytes, "fit/w_9,h_9/a.png").unwrap_err().status, 413, "{name}");
    }
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    bomb.write_all(&svg(&" ".repeat(17 << 20))).unwrap();
    assert_eq!(
        made(&bomb.finish().unwrap(), "fit/w_9,h_9/a.png").unwrap_err().status,
        413
    );
}

#[test]
fn drawing_whose_text_multiplies_is_refused_before_it_is_in_memory() {
    let path = format!("<path id='a' d='M0 0{}'/>", "h1v1".repeat(25_000));
    let rules: String = (0..10_000).map(|number| format!(".a{number},")).collect();
    let entity = |value: &str, content: &str| {
        let doctype = format!("<!DOCTYPE svg [<!ENTITY e '{value}'>] >");
        [doctype.as_bytes(), &svg(content)].concat()
    };
    for (name, bytes) in [
        (
            "uses",
            svg(&format!("{path}{}", "<use xlink:href='#a'/>".repeat(2_000))),
        ),
        (
            "rules",
            svg(&format!("<style>{rules}b{{fill:red}}</style>{}", "<g/>".repeat(60_000))),
        ),
        ("nodes", svg(&"<g/>".repeat(1_100_000))),
        (
            "attributes",
            entity(&"a".repeat(100_000), &"<g class='&e;'/>".repeat(2_000)),
        ),
        ("content", entity(&"<g/>".repeat(25_000), &"&e;".repeat(2_000))),
    ] {
        let (made, peak) = peak_of(|| made(&bytes, "fit/w_9,h_9/a.png"));
        assert_eq!(made.unwrap_err().status, 413, "{name}");
        assert!(peak < 200 << 20, "{name}: {peak} bytes");
    }
    // Without the limit, each of 50,000 elements would look up all of 100,000 references.
    let styles = format!("<style>{}</style>{}", "url(#a)".repeat(100_000), "<g/>".repeat(50_000));
    assert!(made(&svg(&format!("<g id='a'>{styles}</g>")), "fit/w_9,h_9/a.png").is_ok());
    // As editors write them.
    let named = entity(
        "http://www.w3.org/2000/svg",
        &"<g xmlns:b='&e;' c='&amp;'/>".repeat(100),
    );
    assert!(made(&[&*named, b"<!--]]>-->"].concat(), "fit/w_9,h_9/a.png").is_ok());
}
