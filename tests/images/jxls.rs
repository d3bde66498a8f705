//! JPEG XL: what is shown, parts of large images, and files that are truncated or ask for too much.

use crate::peak::peak_of;
use crate::samples::{decoded, made, picture};
use wix_media::images::{colors, dimensions};

/// The small files of `tests/data/pictures` in this format.
pub(crate) const SMALL: [&str; 7] = [
    "jxl-alpha.jxl",
    "jxl-boxes.jxl",
    "jxl-grey.jxl",
    "jxl-lossless.jxl",
    "jxl-lossy.jxl",
    "jxl-photo.jxl",
    "jxl-turned-6.jxl",
];

fn shown(bytes: &[u8], tail: &str) -> (u32, u32, Vec<u8>) {
    let made = made(bytes, tail).unwrap_or_else(|error| panic!("{tail}: {error}"));
    decoded(&made.bytes, made.mime)
}

/// The largest difference from the pixels that the places of an image should have.
fn difference((width, _, rgba): &(u32, u32, Vec<u8>), expected: impl Fn(u32, u32) -> [u8; 4]) -> u8 {
    let places = (0..).map(|at| (at % width, at / width));
    let pixels = rgba.chunks_exact(4).zip(places);
    let differences = pixels.flat_map(|(pixel, (x, y))| {
        let expected = expected(x, y);
        std::array::from_fn::<_, 4, _>(|channel| pixel[channel].abs_diff(expected[channel]))
    });
    differences.max().unwrap()
}

fn part(value: u32, whole: u32) -> u8 {
    (255 * value / whole) as u8
}

#[test]
fn lossless_pixels_are_exact_with_alpha_and_in_grey() {
    let alpha = |x: u32, y: u32| [part(x, 48), part(y, 40), 128, if x * 2 > 48 { 128 } else { 255 }];
    let found = shown(&picture("jxl-alpha.jxl"), "fit/w_48,h_40/a.png");
    assert_eq!((found.0, found.1, difference(&found, alpha)), (48, 40, 0));
    let grey = |x: u32, _| [part(x, 48), part(x, 48), part(x, 48), 255];
    let found = shown(&picture("jxl-grey.jxl"), "fit/w_48,h_40/a.png");
    assert_eq!((found.0, found.1, difference(&found, grey)), (48, 40, 0));
}

#[test]
fn lossy_photograph_has_the_pixels_of_libjxl() {
    let (width, _, expected) = decoded(&picture("jxl-photo.png"), "image/png");
    let found = shown(&picture("jxl-photo.jxl"), "fit/w_72,h_48/a.png");
    let most = difference(&found, |x, y| {
        let start = 4 * (y * width + x) as usize;
        [0, 1, 2, 3].map(|channel| expected[start + channel])
    });
    assert!(most <= 3, "{most}");
}

#[test]
fn region_of_groups_is_what_the_whole_image_has_there() {
    let bytes = picture("jxl-groups.jxl");
    let whole = shown(&bytes, "fit/w_640,h_600/a.png");
    assert_eq!((whole.0, whole.1), (640, 600));
    // That of libjxl is 15.
    let most = difference(&whole, |x, y| [part(x, 640), part(y, 600), 128, 255]);
    assert!(most < 20, "{most}");
    for (left, top, width, height) in [(0, 0, 1, 1), (250, 250, 20, 12), (639, 599, 1, 1), (13, 300, 600, 290)] {
        let found = shown(&bytes, &format!("crop/x_{left},y_{top},w_{width},h_{height}/a.png"));
        assert_eq!((found.0, found.1), (width, height));
        let most = difference(&found, |x, y| {
            let start = 4 * ((y + top) * 640 + x + left) as usize;
            [0, 1, 2, 3].map(|channel| whole.2[start + channel])
        });
        assert!(most <= 1, "{left}, {top}: {most}");
    }
}

#[test]
fn size_is_that_of_the_descriptor_and_colours_are_found() {
    for name in SMALL {
        let bytes = picture(name);
        let size = dimensions(&bytes).unwrap();
        let found = shown(&bytes, "fit/w_5000,h_5000/a.png");
        assert_eq!((found.0, found.1), (size.width, size.height), "{name}");
        assert!(colors(&bytes).unwrap().is_some(), "{name}");
    }
}

#[test]
fn truncated_file_shows_what_it_has() {
    let bytes = picture("jxl-groups.jxl");
    let most = |kept: usize| {
        let found = shown(&bytes[..bytes.len() * kept / 100], "fit/w_640,h_600/a.png");
        difference(&found, |x, y| [part(x, 640), part(y, 600), 128, 255])
    };
    assert!(most(95) < 40);
    assert_eq!(made(&bytes[..20], "fit/w_9,h_9/a.png").unwrap_err().status, 422);
}

#[test]
fn bands_of_a_large_image_meet_in_bounded_memory() {
    // 12 megapixels. As a whole, they take 480 MB.
    let bytes = picture("jxl-wide-lossy.jxl");
    let (found, peak) = peak_of(|| shown(&bytes, "fit/w_40,h_30/a.png"));
    assert_eq!((found.0, found.1), (40, 30));
    let most = difference(&found, |_, y| {
        let grey = part(2 * y + 1, 60);
        [grey, grey, grey, 255]
    });
    assert!(most < 6, "{most}");
    assert!(peak < 200 << 20, "{peak} bytes");
}

#[test]
fn large_profile_is_refused_before_it_is_unpacked() {
    // The header of an image in the colours of a profile, whose packed length follows.
    let mut bits = vec![];
    let mut push = |value: u64, count: u32| bits.extend((0..count).map(|at| value >> at & 1 == 1));
    push(1, 1);
    push(4, 5);
    push(1, 3);
    // Metadata: not the default, no further fields, 8 bits, no channels besides, not XYB.
    push(0, 2);
    push(0, 3);
    push(1, 1);
    push(0, 3);
    // Colours: not the default, by a profile, RGB.
    push(0, 1);
    push(1, 1);
    push(0, 2);
    push(0, 2);
    push(1, 1);
    // A length of 64 bits in parts: 12 at first, then as many as there are.
    push(3, 2);
    push(0xfff, 12);
    push(1, 1);
    push(0xff, 8);
    push(1, 1);
    push(0x0f, 8);
    push(0, 1);
    let mut bytes = vec![0xff, 0x0a];
    bytes.extend(
        bits.chunks(8)
            .map(|byte| byte.iter().rev().fold(0, |sum, &bit| sum << 1 | u8::from(bit))),
    );
    bytes.extend([0x55; 400]);
    let (made, peak) = peak_of(|| made(&bytes, "fit/w_9,h_9/a.png"));
    assert_eq!(made.unwrap_err().status, 413);
    assert!(peak < 20 << 20, "{peak} bytes");
}
