//! Files as people have them, of `tests/data/pictures`: their sizes, and what is shown of them.

use crate::samples::{decoded, jpeg, made, photo, picture, quarters};
use wix_media::images::{colors, dimensions};

const RED: [u8; 3] = [220, 20, 20];
const GREEN: [u8; 3] = [20, 200, 20];
const BLUE: [u8; 3] = [20, 20, 220];
const WHITE: [u8; 3] = [255, 255, 255];
#[cfg(feature = "tiff")]
const BLACK: [u8; 3] = [0, 0, 0];

/// Width, height and RGBA of a file within 400 by 400.
fn shown(name: &str) -> (u32, u32, Vec<u8>) {
    let made = made(&picture(name), "fit/w_400,h_400/x.png").unwrap_or_else(|error| panic!("{name}: {error}"));
    decoded(&made.bytes, made.mime)
}

/// The colour at a place, in hundredths of the edges.
fn at(shown: &(u32, u32, Vec<u8>), x: u32, y: u32) -> [u8; 3] {
    let (width, height, rgba) = shown;
    let start = ((y * height / 100 * width + x * width / 100) * 4) as usize;
    [rgba[start], rgba[start + 1], rgba[start + 2]]
}

fn is_close(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 40)
}

#[test]
fn case_has_one_size_for_descriptor_and_transform_and_shows_its_quarters() {
    let upright = [RED, GREEN, BLUE, WHITE];
    let turned = [BLUE, RED, WHITE, GREEN];
    for (name, size, expected) in [
        ("jpeg-no-end-marker.jpg", (60, 40), upright),
        ("jpeg-no-end-marker-zeros.jpg", (60, 40), upright),
        ("jpeg-fill-before-frame.jpg", (60, 40), upright),
        ("jpeg-fill-before-exif.jpg", (40, 60), turned),
        ("jpeg-two-stray-bytes.jpg", (60, 40), upright),
        ("jpeg-fill-before-table.jpg", (60, 40), upright),
        ("jpeg-exif-6-long.jpg", (40, 60), turned),
        ("jpeg-two-exif.jpg", (60, 40), upright),
        ("jpeg-two-exif-6.jpg", (40, 60), turned),
        ("png-exif-6.png", (40, 60), turned),
        ("webp-exif-6.webp", (40, 60), turned),
        ("gif-unknown-block.gif", (60, 40), upright),
        ("bmp-top-down.bmp", (60, 40), [BLUE, WHITE, RED, GREEN]),
        #[cfg(feature = "jxl")]
        ("jxl-lossy.jxl", (60, 40), upright),
        #[cfg(feature = "jxl")]
        ("jxl-lossless.jxl", (60, 40), upright),
        #[cfg(feature = "jxl")]
        ("jxl-boxes.jxl", (60, 40), upright),
        #[cfg(feature = "jxl")]
        ("jxl-turned-6.jxl", (40, 60), turned),
        #[cfg(feature = "tiff")]
        ("tiff-lzw.tif", (60, 40), upright),
        #[cfg(feature = "tiff")]
        ("tiff-deflate-tiles.tif", (60, 40), upright),
        #[cfg(feature = "tiff")]
        ("tiff-jpeg-tiles.tif", (60, 40), upright),
        #[cfg(feature = "tiff")]
        ("tiff-packbits-exif-6.tif", (40, 60), turned),
        #[cfg(feature = "tiff")]
        ("tiff-fax.tif", (60, 40), [WHITE, BLACK, BLACK, WHITE]),
    ] {
        let found = dimensions(&picture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((found.width, found.height), size, "{name}");
        let shown = shown(name);
        assert_eq!((shown.0, shown.1), size, "{name}");
        let corners = [(20, 20), (80, 20), (20, 80), (80, 80)].map(|(x, y)| at(&shown, x, y));
        for (found, expected) in corners.into_iter().zip(expected) {
            assert!(is_close(found, expected), "{name}: {corners:?}");
        }
        assert!(colors(&picture(name)).unwrap().is_some(), "{name}");
    }
}

#[test]
fn screen_of_a_gif_is_as_large_as_its_first_frame() {
    for name in ["gif-screen-zero.gif", "gif-screen-smaller.gif"] {
        let found = dimensions(&picture(name)).unwrap();
        assert_eq!((found.width, found.height), (20, 15), "{name}");
        let (width, height, rgba) = shown(name);
        assert_eq!((width, height), (20, 15), "{name}");
        assert!(rgba.iter().skip(3).step_by(4).all(|&alpha| alpha == 255), "{name}");
        assert!(colors(&picture(name)).unwrap().unwrap().palette.len() > 1, "{name}");
    }
}

#[test]
fn icon_shows_its_largest_picture() {
    let (width, height, rgba) = shown("icon.ico");
    assert_eq!((width, height), (64, 64));
    assert!(rgba.iter().skip(3).step_by(4).any(|&alpha| alpha == 255));
}

#[test]
fn truncated_jpeg_shows_what_there_is_and_the_rest_in_one_colour() {
    let shown = shown("jpeg-cut-in-half.jpg");
    assert_eq!((shown.0, shown.1), (400, 300));
    let rows: Vec<&[u8]> = shown.2.chunks_exact(400 * 4).collect();
    let is_flat = |row: &[u8]| row.chunks_exact(4).all(|pixel| pixel == &row[..4]);
    assert!(rows[..120].iter().all(|row| !is_flat(row)));
    assert!(rows[200..].iter().all(|row| is_flat(row) && row[..4] == rows[299][..4]));
}

#[test]
fn truncated_gif_shows_the_rows_there_are() {
    let shown = shown("gif-cut.gif");
    assert_eq!((shown.0, shown.1), (60, 40));
    assert!(is_close(at(&shown, 20, 20), RED));
    let alpha: Vec<u8> = shown.2.iter().skip(3).step_by(4).copied().collect();
    assert!(alpha[..600].iter().all(|&alpha| alpha == 255));
    assert_eq!(alpha.last(), Some(&0));
}

#[test]
fn progressive_jpeg_that_was_cut_is_shown() {
    let whole = photo("chelsea");
    let rgb = decoded(&whole, "image/jpeg").2;
    let rgb: Vec<u8> = rgb
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let progressive = jpeg(&rgb, 480, 319, 1, true);
    for share in [2, 3] {
        let cut = &progressive[..progressive.len() * (share - 1) / share];
        let made = made(cut, "fit/w_60,h_60/x.png").unwrap();
        let whole = self::made(&whole, "fit/w_60,h_60/x.png").unwrap();
        assert!(difference(&decoded(&made.bytes, made.mime).2, &decoded(&whole.bytes, whole.mime).2) < 12.0);
    }
}

#[test]
fn image_of_one_column_keeps_its_middle() {
    let made = made(&picture("jpeg-one-pixel-wide.jpg"), "fill/w_20,h_20,al_c,lg_1/x.png").unwrap();
    let (.., rgba) = decoded(&made.bytes, made.mime);
    for pixel in rgba.chunks_exact(4) {
        assert!(is_close([pixel[0], pixel[1], pixel[2]], [128, 128, 127]), "{pixel:?}");
    }
}

#[test]
fn unsupported_variant_is_refused_with_415() {
    for (name, part) in [
        ("jpeg-lossless-point-transform.jpg", "lossless"),
        ("png-cgbi.png", "Apple"),
    ] {
        let error = made(&picture(name), "fit/w_400,h_400/x.png").unwrap_err();
        assert_eq!(error.status, 415, "{name}");
        assert!(error.message.contains(part), "{error}");
    }
}

fn difference(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let sum: u64 = one
        .iter()
        .zip(other)
        .map(|(one, other)| u64::from(one.abs_diff(*other)))
        .sum();
    sum as f64 / one.len() as f64
}

#[test]
fn jpeg_has_the_pixels_of_another_decoder() {
    for name in ["astronaut", "chelsea", "coffee", "rocket", "rocket-tower"] {
        let photo = photo(name);
        let (width, height, expected) = decoded(&photo, "image/jpeg");
        let tail = format!("fit/w_{width},h_{height}/x.png");
        let found = made(&photo, &tail).unwrap();
        let found = decoded(&found.bytes, found.mime);
        assert_eq!((found.0, found.1), (width, height));
        let difference = difference(&found.2, &expected);
        assert!(difference < 1.0, "{name}: {difference}");
    }
}

#[test]
fn restart_markers_and_sampling_factors_are_understood() {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
    let rgb = quarters(120, 90);
    let expected = made(&jpeg(&rgb, 120, 90, 1, false), "fit/w_120,h_90/x.png").unwrap();
    let expected = decoded(&expected.bytes, expected.mime).2;
    for factor in [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_2_2,
        SamplingFactor::F_4_1,
        SamplingFactor::F_4_2,
        SamplingFactor::F_1_4,
        SamplingFactor::F_2_4,
    ] {
        for (interval, progressive) in [(0, false), (1, false), (5, true), (0, true)] {
            let mut bytes = Vec::new();
            let mut encoder = Encoder::new(&mut bytes, 95);
            encoder.set_sampling_factor(factor);
            encoder.set_progressive(progressive);
            encoder.set_restart_interval(interval);
            encoder.encode(&rgb, 120, 90, ColorType::Rgb).unwrap();
            for (edge, height) in [(120, 90), (60, 45), (30, 22), (15, 11)] {
                let made = made(&bytes, &format!("fit/w_{edge},h_{edge}/x.png")).unwrap();
                let found = decoded(&made.bytes, made.mime);
                assert_eq!((found.0, found.1), (edge, height));
                if edge == 120 {
                    let difference = difference(&found.2, &expected);
                    assert!(difference < 3.0, "{factor:?} {interval} {progressive}: {difference}");
                }
                for (place, color) in [((20, 20), [250, 0, 0]), ((80, 80), [0, 0, 120])] {
                    let found = at(&found, place.0, place.1);
                    assert!(
                        is_close(found, color),
                        "{factor:?} {interval} {progressive} {edge}: {found:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn damage_ends_at_the_next_restart_marker() {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.set_restart_interval(4);
    encoder
        .encode(&quarters(64, 64), 64, 64, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let first = bytes.windows(2).position(|pair| pair == [0xff, 0xd0]).unwrap();
    // The first row of units loses its second half.
    bytes.drain(first - 6..first);
    let made = made(&bytes, "fit/w_64,h_64/x.png").unwrap();
    let shown = decoded(&made.bytes, made.mime);
    assert!(is_close(at(&shown, 80, 80), [0, 0, 120]));
    assert!(is_close(at(&shown, 20, 80), [120, 0, 0]));
}

#[test]
fn inks_become_colours() {
    // Ink as Adobe stores it, by its inverse.
    for (ink, expected) in [
        ([255, 255, 255, 255], [255, 255, 255]),
        ([0, 255, 255, 255], [0, 255, 255]),
        ([255, 255, 255, 0], [0, 0, 0]),
        ([255, 128, 0, 255], [255, 128, 0]),
    ] {
        for kind in [jpeg_encoder::ColorType::Cmyk, jpeg_encoder::ColorType::CmykAsYcck] {
            let mut bytes = Vec::new();
            let stored = ink.map(|light| 255 - light).repeat(256);
            jpeg_encoder::Encoder::new(&mut bytes, 95)
                .encode(&stored, 16, 16, kind)
                .unwrap();
            let made = made(&bytes, "fit/w_16,h_16/x.png").unwrap();
            let found = at(&decoded(&made.bytes, made.mime), 50, 50);
            assert!(is_close(found, expected), "{kind:?} {ink:?}: {found:?}");
        }
    }
}
