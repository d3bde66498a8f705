//! Truncated, damaged and hostile files: each is answered, and none causes a panic.

use crate::peak::{peak_of, total_of};
use crate::samples::{gif, jpeg, photo, picture, png, quarters, webp};
use proptest::prelude::*;
use wix_media::images::url::Transform;
use wix_media::images::{colors, dimensions, transform};

/// The formats with a decoder of their own.
fn further() -> Vec<(&'static str, Vec<u8>)> {
    #[cfg_attr(
        not(any(feature = "jxl", feature = "svg", feature = "tiff")),
        expect(unused_mut, reason = "there is no such format")
    )]
    let mut files = Vec::new();
    #[cfg(feature = "tiff")]
    {
        use crate::tiffs::{inks_with_profile, jpeg_with_inks, kinds};
        let named = [
            "tiff-lzw.tif",
            "tiff-deflate-tiles.tif",
            "tiff-packbits-exif-6.tif",
            "tiff-jpeg-tiles.tif",
            "tiff-fax.tif",
        ];
        files.extend(named.map(|name| (name, picture(name))));
        files.extend(kinds().into_iter().map(|(name, tiff)| (name, tiff.file())));
        files.extend([("inks", inks_with_profile().file()), ("jpeg of inks", jpeg_with_inks())]);
    }
    #[cfg(feature = "jxl")]
    files.extend(crate::jxls::SMALL.map(|name| (name, picture(name))));
    #[cfg(feature = "svg")]
    files.extend([("drawing", crate::drawings::areas())]);
    files
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let rgb = quarters(48, 40);
    let rgba: Vec<u8> = rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], p[0]]).collect();
    vec![
        ("baseline", jpeg(&rgb, 48, 40, 6, false)),
        ("progressive", jpeg(&rgb, 48, 40, 1, true)),
        ("photograph", photo("rocket-tower")),
        ("png", png(&rgb, 48, 40, png::ColorType::Rgb, None)),
        (
            "png with alpha",
            png(&rgba, 48, 40, png::ColorType::Rgba, Some(b"profile")),
        ),
        ("webp", webp(&rgb, 48, 40, image_webp::ColorType::Rgb8)),
        ("webp with alpha", webp(&rgba, 48, 40, image_webp::ColorType::Rgba8)),
        ("gif", gif(48, 40)),
        ("grey", jpeg_of(&rgb[..48 * 40], jpeg_encoder::ColorType::Luma, 80)),
        ("cmyk", jpeg_of(&rgba, jpeg_encoder::ColorType::Cmyk, 80)),
        ("full chroma", jpeg_of(&rgb, jpeg_encoder::ColorType::Rgb, 95)),
        (
            "grey png",
            png(&rgb[..48 * 40], 48, 40, png::ColorType::Grayscale, None),
        ),
        ("bitmap", picture("bmp-top-down.bmp")),
        ("icon", picture("icon.ico")),
        ("animation", transform(&gif(48, 40), &animated(), "").unwrap().bytes),
    ]
}

/// Above a quality of 90, the encoder keeps all of the chroma.
fn jpeg_of(pixels: &[u8], color: jpeg_encoder::ColorType, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.encode(pixels, 48, 40, color).unwrap();
    bytes
}

fn animated() -> Transform {
    Transform::parse(&["fit", "w_16,h_16,anm_all", "a.webp"]).unwrap()
}

/// The memory that decoding may take (`docs/images.md`), and what results and encoders take besides.
const MAX_MEMORY: usize = 340 << 20;

/// Calls every function on a file and checks that its answers are consistent, and that they take a bounded memory.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let (result, peak) = peak_of(|| answers(bytes));
    prop_assert!(peak <= MAX_MEMORY, "{} bytes at once", peak);
    result
}

fn answers(bytes: &[u8]) -> Result<(), TestCaseError> {
    let fill = Transform::parse(&["fill", "w_16,h_16", "a.jpg"]).unwrap();
    match transform(bytes, &fill, "") {
        Ok(made) => prop_assert!(made.width <= 16 && made.height <= 16 && made.bytes.starts_with(b"\xff\xd8")),
        Err(error) => prop_assert!([400, 413, 415, 422].contains(&error.status), "{}", error),
    }
    // Of other formats, it would be the same once more.
    if bytes.starts_with(b"GIF") || bytes.starts_with(b"RIFF") {
        match transform(bytes, &animated(), "") {
            Ok(made) => prop_assert!(made.width <= 16 && made.height <= 16 && made.bytes.starts_with(b"RIFF")),
            Err(error) => prop_assert!([400, 413, 415, 422].contains(&error.status), "{}", error),
        }
    }
    if let Ok(Some(found)) = colors(bytes) {
        prop_assert!((1..=10).contains(&found.palette.len()));
    }
    if let Ok(found) = dimensions(bytes) {
        prop_assert!(found.width > 0 && found.height > 0);
    }
    Ok(())
}

#[test]
fn undamaged_image_is_transformed_and_has_colours() {
    for (name, bytes) in [samples(), further()].concat() {
        let fit = Transform::parse(&["fit", "w_16,h_16", "a.png"]).unwrap();
        assert!(transform(&bytes, &fit, "").is_ok(), "{name}");
        assert!(colors(&bytes).unwrap().is_some(), "{name}");
    }
}

#[test]
fn frame_of_another_size_than_its_pixels_is_refused() {
    let whole = transform(&gif(48, 40), &animated(), "").unwrap().bytes;
    let frames = whole.windows(4).enumerate().filter(|(_, word)| *word == b"ANMF");
    let with_alpha: Vec<_> = frames.filter(|(at, _)| whole[at + 24..].starts_with(b"ALPH")).collect();
    assert!(!with_alpha.is_empty());
    for (at, _) in with_alpha {
        for edge in [at + 14, at + 17] {
            let mut damaged = whole.clone();
            damaged[edge] -= 1;
            for made in [
                transform(&damaged, &animated(), ""),
                transform(&damaged, &Transform::parse(&["fit", "w_8,h_8", "a.png"]).unwrap(), ""),
            ] {
                assert_eq!(made.unwrap_err().status, 422, "{edge}");
            }
        }
    }
}

#[test]
fn scans_of_an_image_share_the_tables_of_their_codes() {
    let mut bytes = jpeg(&quarters(48, 40), 48, 40, 1, false);
    let start = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let length = 2 + usize::from(u16::from_be_bytes([bytes[start + 2], bytes[start + 3]]));
    let empty = bytes[start..start + length].repeat(5_000);
    bytes.splice(start..start, empty);
    let fit = Transform::parse(&["fit", "w_9,h_9", "a.png"]).unwrap();
    let (made, total) = total_of(|| transform(&bytes, &fit, ""));
    assert!(made.is_ok());
    assert!(total < 20 << 20, "{total} bytes");
}

#[test]
fn truncated_file_is_answered() {
    for (name, bytes) in [samples(), further()].concat() {
        let step = (bytes.len() / 200).max(1);
        for length in (0..bytes.len()).step_by(step) {
            check(&bytes[..length]).unwrap_or_else(|error| panic!("{name} up to {length}: {error}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_file_is_answered(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        early in any::<bool>(),
    ) {
        let samples = samples();
        let (_, mut bytes) = samples[which.index(samples.len())].clone();
        // Headers are short and decide most.
        let reach = if early { bytes.len().min(200) } else { bytes.len() };
        for (at, value) in damages {
            bytes[at.index(reach)] = value;
        }
        check(&bytes)?;
    }

    #[test]
    fn damaged_file_of_another_module_is_answered(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        place in 0..3_usize,
    ) {
        let files = further();
        prop_assume!(!files.is_empty());
        let (_, mut bytes) = files[which.index(files.len())].clone();
        // A header may be at either end.
        let end = bytes.len();
        let places = [0..end.min(60), 0..end, end.saturating_sub(300)..end][place].clone();
        for (at, value) in damages {
            bytes[places.start + at.index(places.len())] = value;
        }
        check(&bytes)?;
    }

    #[test]
    fn noise_behind_a_header_is_answered(
        which in any::<prop::sample::Index>(),
        kept in 2_usize..80,
        noise in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let samples = samples();
        let (_, bytes) = &samples[which.index(samples.len())];
        check(&[&bytes[..kept.min(bytes.len())], &noise].concat())?;
    }
}

/// A small JPEG whose header claims this size.
fn claiming(marker: u8, width: u16, height: u16) -> Vec<u8> {
    let rgb = quarters(16, 16);
    let mut bytes = jpeg(&rgb, 16, 16, 1, marker == 0xc2);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, marker]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn claimed_size_without_data_is_refused() {
    for (bytes, status) in [
        (claiming(0xc0, 10_000, 9_000), 422),
        (claiming(0xc0, 65_535, 65_535), 422),
        (claiming(0xc2, 65_535, 65_535), 422),
    ] {
        assert_eq!(dimensions(&bytes).unwrap_err().status, status);
        assert!(colors(&bytes).is_err());
    }
    // With enough data the claim could be true, but is over the limits.
    let padded = |mut bytes: Vec<u8>| {
        bytes.resize(20 << 20, 0);
        bytes
    };
    assert_eq!(
        dimensions(&padded(claiming(0xc0, 65_535, 65_535))).unwrap_err().status,
        413
    );
    assert_eq!(
        dimensions(&padded(claiming(0xc2, 12_000, 12_000))).unwrap_err().status,
        413
    );
}

#[test]
fn jpeg_with_too_many_scans_is_refused() {
    let mut bytes = jpeg(&quarters(1000, 1000), 1000, 1000, 1, true);
    let scan = bytes.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    let last = bytes[scan..bytes.len() - 2].to_vec();
    for _ in 0..3000 {
        let end = bytes.len() - 2;
        bytes.splice(end..end, last.iter().copied());
    }
    let error = dimensions(&bytes).unwrap_err();
    assert_eq!((error.status, error.message.contains("scans")), (413, true), "{error}");
}

#[test]
fn large_png_of_one_colour_is_decoded_row_by_row() {
    // Forty megapixels in a few kilobytes, row by row.
    let (width, height) = (6400, 6400);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&vec![0xff; 800 * 6400]).unwrap();
    writer.finish().unwrap();
    assert_eq!(colors(&file).unwrap().unwrap().prominent.hex(), "#FFFFFF");
    let mut head = file[..40].to_vec();
    head[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    assert!(dimensions(&head).is_err());
}

#[test]
fn other_formats_are_refused_with_415() {
    for bytes in [&b""[..], b"BM", b"II*\0", b"\0\0\0\x18ftypavif", b"words", b"\xff\xd8"] {
        assert_eq!(dimensions(bytes).unwrap_err().status, 415);
    }
}
