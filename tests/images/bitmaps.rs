//! Bitmaps and icons: every depth and compression that is decoded.

use crate::samples::{decoded, made, png, quarters};
use wix_media::images::dimensions;

const WIDTH: u32 = 24;
const HEIGHT: u32 = 16;
/// The colours of the quarters, and the palette of bitmaps that have one.
const COLORS: [[u8; 3]; 4] = [[250, 0, 0], [0, 0, 250], [120, 0, 0], [0, 0, 120]];

/// The number of the quarter of a pixel.
fn quarter(x: u32, y: u32) -> u8 {
    u8::from(x >= WIDTH / 2) + 2 * u8::from(y >= HEIGHT / 2)
}

/// Checks size and quarters at two sizes.
fn assert_quarters(name: &str, bytes: &[u8]) {
    let found = dimensions(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((found.width, found.height), (WIDTH, HEIGHT), "{name}");
    for edge in [WIDTH, WIDTH / 3] {
        let made =
            made(bytes, &format!("fit/w_{edge},h_{edge}/a.png")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (width, height, rgba) = decoded(&made.bytes, made.mime);
        assert_eq!((width, height), (edge, edge * HEIGHT / WIDTH), "{name}");
        for (number, color) in COLORS.iter().enumerate() {
            let (x, y) = (
                width / 4 + width / 2 * (number as u32 % 2),
                height / 4 + height / 2 * (number as u32 / 2),
            );
            let found = &rgba[((y * width + x) * 4) as usize..][..4];
            let is_close = found[..3]
                .iter()
                .zip(color)
                .all(|(one, other)| one.abs_diff(*other) < 20);
            assert!(is_close && found[3] == 255, "{name}: {number} {found:?} {color:?}");
        }
    }
}

/// A bitmap file: rows of packed pixels, padded to four bytes, with a header of 40 bytes.
fn bitmap(depth: u16, compression: u32, tables: &[u8], data: &[u8], height: i32) -> Vec<u8> {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend((54 + tables.len() as u32).to_le_bytes());
    bytes.extend(40_u32.to_le_bytes());
    bytes.extend(WIDTH.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(depth.to_le_bytes());
    bytes.extend(compression.to_le_bytes());
    bytes.extend([0; 20]);
    bytes.extend(tables);
    bytes.extend(data);
    bytes
}

fn palette() -> Vec<u8> {
    COLORS
        .iter()
        .flat_map(|&[red, green, blue]| [blue, green, red, 0])
        .collect()
}

/// The palette with as many entries as a depth has.
fn padded_palette(depth: u16) -> Vec<u8> {
    let mut palette = palette();
    palette.resize(4 << depth, 0);
    palette
}

/// Rows from the bottom up, each of these bytes and padded.
fn rows(row: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
    let padded = |y: u32| {
        let mut row = row(y);
        row.resize(row.len().div_ceil(4) * 4, 0);
        row
    };
    (0..HEIGHT).rev().flat_map(padded).collect()
}

/// Rows of pixels that are made of their quarter.
fn pixels(pixel: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    rows(|y| (0..WIDTH).flat_map(|x| pixel(quarter(x, y))).collect())
}

/// Rows of indices of this many bits.
fn indices(depth: u32) -> Vec<u8> {
    rows(|y| {
        let mut row = vec![0; (WIDTH * depth).div_ceil(8) as usize];
        for x in 0..WIDTH {
            let bit = x * depth;
            row[bit as usize / 8] |= quarter(x, y) << (8 - depth - bit % 8);
        }
        row
    })
}

#[test]
fn bitmaps_of_all_depths_are_shown() {
    let color = |number: u8| COLORS[usize::from(number)];
    let wide = pixels(|number| {
        let [red, green, blue] = color(number);
        vec![blue, green, red]
    });
    assert_quarters("24 bits", &bitmap(24, 0, &[], &wide, HEIGHT as i32));
    let with_zero = pixels(|number| {
        let [red, green, blue] = color(number);
        vec![blue, green, red, 0]
    });
    assert_quarters("32 bits", &bitmap(32, 0, &[], &with_zero, HEIGHT as i32));
    let narrow = pixels(|number| {
        let [red, _, blue] = color(number).map(|value| u16::from(value) >> 3);
        (red << 10 | blue).to_le_bytes().to_vec()
    });
    assert_quarters("16 bits", &bitmap(16, 0, &[], &narrow, HEIGHT as i32));
    let masks: Vec<u8> = [0xf800_u32, 0x7e0, 0x1f]
        .iter()
        .flat_map(|mask| mask.to_le_bytes())
        .collect();
    let narrow = pixels(|number| {
        let [red, _, blue] = color(number).map(|value| u16::from(value) >> 3);
        (red << 11 | blue).to_le_bytes().to_vec()
    });
    assert_quarters("16 bits with masks", &bitmap(16, 3, &masks, &narrow, HEIGHT as i32));
    for depth in [2, 4, 8] {
        let bytes = bitmap(depth, 0, &padded_palette(depth), &indices(depth.into()), HEIGHT as i32);
        assert_quarters(&format!("{depth} bits"), &bytes);
    }
    let mut down: Vec<Vec<u8>> = wide.chunks(72).map(<[u8]>::to_vec).collect();
    down.reverse();
    assert_quarters(
        "from the top down",
        &bitmap(24, 0, &[], &down.concat(), -(HEIGHT as i32)),
    );
}

#[test]
fn bitmap_of_the_first_version_is_shown() {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend((26_u32 + 3 * 16).to_le_bytes());
    bytes.extend(12_u32.to_le_bytes());
    for field in [WIDTH as u16, HEIGHT as u16, 1, 4] {
        bytes.extend(field.to_le_bytes());
    }
    let mut palette: Vec<u8> = COLORS
        .iter()
        .flat_map(|&[red, green, blue]| [blue, green, red])
        .collect();
    palette.resize(48, 0);
    bytes.extend(palette);
    bytes.extend(indices(4));
    assert_quarters("core header", &bytes);
}

#[test]
fn run_lengths_are_decoded() {
    let line = |y: u32, narrow: bool| {
        let (left, right) = (quarter(0, y), quarter(WIDTH - 1, y));
        let value = |index: u8| if narrow { index << 4 | index } else { index };
        let mut code = vec![12, value(left)];
        // The right half as literal values, then the end of the line.
        code.extend([0, 12]);
        code.extend(vec![value(right); if narrow { 6 } else { 12 }]);
        code.extend([0, 0]);
        code
    };
    for (depth, compression) in [(8, 1), (4, 2)] {
        let mut data: Vec<u8> = (0..HEIGHT).rev().flat_map(|y| line(y, depth == 4)).collect();
        data.extend([0, 1]);
        let bytes = bitmap(depth, compression, &padded_palette(depth), &data, HEIGHT as i32);
        assert_quarters(&format!("{depth} bits"), &bytes);
    }
    // A jump leaves what it passes transparent.
    let bytes = bitmap(8, 1, &padded_palette(8), &[0, 2, 4, 15, 20, 1, 0, 1], HEIGHT as i32);
    let made = made(&bytes, "fit/w_24,h_24/a.png").unwrap();
    let (.., rgba) = decoded(&made.bytes, made.mime);
    assert_eq!(
        (rgba[3], &rgba[4 * 4..4 * 4 + 4], rgba.last()),
        (0, &[0, 0, 250, 255][..], Some(&0))
    );
}

#[test]
fn truncated_bitmap_shows_the_rows_there_are() {
    let wide = pixels(|number| {
        let [red, green, blue] = COLORS[usize::from(number)];
        vec![blue, green, red]
    });
    let whole = bitmap(24, 0, &[], &wide, HEIGHT as i32);
    let made = made(&whole[..whole.len() - 72 * 4], "fit/w_24,h_24/a.png").unwrap();
    let (.., rgba) = decoded(&made.bytes, made.mime);
    assert_eq!((rgba[3], rgba.last()), (0, Some(&255)));
}

#[test]
fn compressions_for_printers_are_refused_with_415() {
    for compression in [4, 5, 9] {
        let error = made(&bitmap(24, compression, &[], &[], HEIGHT as i32), "fit/w_9,h_9/a.png").unwrap_err();
        assert_eq!(error.status, 415, "{error}");
    }
}

/// An icon of these images.
fn icon(images: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 1, 0, images.len() as u8, 0];
    let mut start = 6 + 16 * images.len();
    for image in images {
        bytes.extend([9, 9, 0, 0, 1, 0, 32, 0]);
        bytes.extend((image.len() as u32).to_le_bytes());
        bytes.extend((start as u32).to_le_bytes());
        start += image.len();
    }
    bytes.extend(images.concat());
    bytes
}

#[test]
fn largest_image_of_an_icon_is_shown() {
    let small = png(&quarters(8, 8), 8, 8, png::ColorType::Rgb, None);
    let large = png(&quarters(WIDTH, HEIGHT), WIDTH, HEIGHT, png::ColorType::Rgb, None);
    assert_quarters("png", &icon(&[small.clone(), large, small.clone()]));
    let with_alpha = pixels(|number| {
        let [red, green, blue] = COLORS[usize::from(number)];
        vec![blue, green, red, 255]
    });
    let image = bitmap(32, 0, &[], &with_alpha, 2 * HEIGHT as i32)[14..].to_vec();
    assert_quarters("with alpha", &icon(&[small.clone(), image]));
    // Four bytes of mask a row; the upper row of the picture, the last of the file, is transparent.
    let mut mask = vec![0; 4 * HEIGHT as usize];
    mask[4 * (HEIGHT as usize - 1)..].fill(255);
    let data = [indices(4), mask].concat();
    let image = bitmap(4, 0, &padded_palette(4), &data, 2 * HEIGHT as i32)[14..].to_vec();
    let bytes = icon(&[small, image]);
    assert_quarters("with a mask", &bytes);
    let made = made(&bytes, "fit/w_24,h_24/a.png").unwrap();
    let (.., rgba) = decoded(&made.bytes, made.mime);
    assert_eq!((rgba[3], rgba[4 * 24 + 3]), (0, 255));
}
