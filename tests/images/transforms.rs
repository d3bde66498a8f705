//! Transformed images: pixels, formats, options and errors.

use crate::samples::{decoded, gif, jpeg, made_for, photo, pixels, png, quarters, webp};
use wix_media::images::Transformed;

/// The colour in the middle of each quarter, from left to right and top to bottom.
fn corners(made: &Transformed) -> [[u8; 4]; 4] {
    let (width, height, rgba) = decoded(&made.bytes, made.mime);
    assert_eq!((width, height), (made.width, made.height));
    let at = |x: u32, y: u32| {
        let start = ((y * width + x) * 4) as usize;
        [rgba[start], rgba[start + 1], rgba[start + 2], rgba[start + 3]]
    };
    let (left, right, top, bottom) = (width / 4, width * 3 / 4, height / 4, height * 3 / 4);
    [at(left, top), at(right, top), at(left, bottom), at(right, bottom)]
}

fn is_close(one: [u8; 4], other: [u8; 4]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 30)
}

const QUARTERS: [[u8; 4]; 4] = [[250, 0, 0, 255], [0, 0, 250, 255], [120, 0, 0, 255], [0, 0, 120, 255]];

#[test]
fn every_format_is_transformed_into_every_other() {
    let rgb = quarters(640, 480);
    let sources = [
        ("jpeg", jpeg(&rgb, 640, 480, 1, false)),
        ("progressive", jpeg(&rgb, 640, 480, 1, true)),
        ("png", png(&rgb, 640, 480, png::ColorType::Rgb, None)),
        ("webp", webp(&rgb, 640, 480, image_webp::ColorType::Rgb8)),
    ];
    for (name, source) in &sources {
        for (extension, mime) in [
            ("jpg", "image/jpeg"),
            ("png", "image/png"),
            ("webp", "image/webp"),
            ("gif", "image/gif"),
            ("avif", "image/webp"),
        ] {
            for edge in [320, 150, 80, 33] {
                let tail = format!("fit/w_{edge},h_{edge}/a.{extension}");
                let made = made_for(source, &tail, "").unwrap();
                assert_eq!((made.mime, made.varies), (mime, false), "{name} {tail}");
                assert_eq!((made.width, made.height), (edge, edge * 3 / 4), "{name} {tail}");
                for (found, expected) in corners(&made).into_iter().zip(QUARTERS) {
                    assert!(is_close(found, expected), "{name} {tail}: {found:?} {expected:?}");
                }
            }
        }
    }
}

#[test]
fn orientation_is_applied_before_the_transform() {
    // The quarters of the source in the order in which each orientation shows them.
    for (orientation, order) in [
        (1, [0, 1, 2, 3]),
        (2, [1, 0, 3, 2]),
        (3, [3, 2, 1, 0]),
        (4, [2, 3, 0, 1]),
        (5, [0, 2, 1, 3]),
        (6, [2, 0, 3, 1]),
        (7, [3, 1, 2, 0]),
        (8, [1, 3, 0, 2]),
    ] {
        let source = jpeg(&quarters(640, 320), 640, 320, orientation, false);
        let whole = made_for(&source, "fit/w_100,h_100/a.png", "").unwrap();
        let expected = if orientation < 5 { (100, 50) } else { (50, 100) };
        assert_eq!((whole.width, whole.height), expected, "{orientation}");
        for (found, quarter) in corners(&whole).into_iter().zip(order) {
            assert!(is_close(found, QUARTERS[quarter]), "{orientation}: {found:?}");
        }
        let crop = made_for(&source, "crop/x_0,y_0,w_100,h_100/a.png", "").unwrap();
        for found in corners(&crop) {
            assert!(is_close(found, QUARTERS[order[0]]), "{orientation}: {found:?}");
        }
    }
}

#[test]
fn result_shows_the_requested_part() {
    let source = png(&quarters(400, 200), 400, 200, png::ColorType::Rgb, None);
    let all_of = |tail: &str, expected: [u8; 4]| {
        let made = made_for(&source, tail, "").unwrap();
        assert!(
            corners(&made).into_iter().all(|found| is_close(found, expected)),
            "{tail}"
        );
    };
    all_of("fill/w_100,h_100,al_l/fill/w_10,h_2,al_t/a.png", QUARTERS[0]);
    all_of("fill/w_50,h_100,fp_0.90_0.50/fill/w_10,h_2,al_b/a.png", QUARTERS[3]);
    all_of("crop/x_250,y_10,w_20,h_20/a.png", QUARTERS[1]);
    all_of("crop/x_10,y_150,w_100,h_40/fill/w_8,h_8/a.png", QUARTERS[2]);
    all_of("crop/w_20,h_20,al_br/a.png", QUARTERS[3]);
}

#[test]
fn crop_keeps_the_pixels_of_the_source() {
    let rgb = pixels(64, 48, |x, y| [x as u8 * 3, y as u8 * 5, (x * y) as u8]);
    let source = png(&rgb, 64, 48, png::ColorType::Rgb, None);
    let made = made_for(&source, "crop/x_7,y_9,w_20,h_11/a.png", "").unwrap();
    let (_, _, rgba) = decoded(&made.bytes, made.mime);
    for y in 0..11_usize {
        for x in 0..20_usize {
            let at = ((y + 9) * 64 + x + 7) * 3;
            assert_eq!(rgba[(y * 20 + x) * 4..][..3], rgb[at..at + 3], "{x} {y}");
        }
    }
}

#[test]
fn reduction_does_not_shift_the_image() {
    // A bright spot in the middle stays in the middle, whatever the reduction.
    let (width, height) = (1203, 803);
    let rgb = pixels(width, height, |x, y| {
        let near = x.abs_diff(width / 2) < 60 && y.abs_diff(height / 2) < 40;
        if near { [250, 250, 250] } else { [10, 10, 10] }
    });
    for (name, source) in [
        ("jpeg", jpeg(&rgb, width, height, 1, false)),
        ("png", png(&rgb, width, height, png::ColorType::Rgb, None)),
    ] {
        for edge in [800, 500, 250, 90, 21] {
            let made = made_for(&source, &format!("fit/w_{edge},h_{edge}/a.png"), "").unwrap();
            let (width, height, rgba) = decoded(&made.bytes, made.mime);
            let mut sums = [0.0; 3];
            for (at, pixel) in rgba.chunks_exact(4).enumerate() {
                let light = f64::from(pixel[0]) - 10.0;
                sums[0] += light;
                sums[1] += light * (at as u32 % width) as f64;
                sums[2] += light * (at as u32 / width) as f64;
            }
            let (x, y) = (sums[1] / sums[0], sums[2] / sums[0]);
            let (middle_x, middle_y) = (f64::from(width - 1) / 2.0, f64::from(height - 1) / 2.0);
            assert!(
                (x - middle_x).abs() < 0.6 && (y - middle_y).abs() < 0.6,
                "{name} {edge}: {x} {y} of {width} {height}"
            );
        }
    }
}

#[test]
fn transparency_is_kept_where_the_format_has_alpha() {
    let rgba: Vec<u8> = quarters(200, 200)
        .chunks_exact(3)
        .enumerate()
        .flat_map(|(at, pixel)| [pixel[0], pixel[1], pixel[2], if at % 200 < 100 { 255 } else { 0 }])
        .collect();
    for source in [
        png(&rgba, 200, 200, png::ColorType::Rgba, None),
        webp(&rgba, 200, 200, image_webp::ColorType::Rgba8),
    ] {
        for (extension, accept, mime) in [
            ("png", "", "image/png"),
            ("webp", "", "image/webp"),
            ("gif", "", "image/gif"),
            ("jpg,enc_auto", "image/webp", "image/webp"),
            ("jpg,enc_auto", "*/*", "image/png"),
        ] {
            let (extension, option) = extension
                .split_once(',')
                .map_or((extension, ""), |(name, _)| (name, ",enc_auto"));
            let made = made_for(&source, &format!("fit/w_50,h_50{option}/a.{extension}"), accept).unwrap();
            assert_eq!((made.mime, made.varies), (mime, !option.is_empty()));
            let [red, blue, ..] = corners(&made);
            assert!(is_close(red, QUARTERS[0]), "{mime}: {red:?}");
            assert_eq!(blue[3], 0, "{mime}: {blue:?}");
        }
        let flat = made_for(&source, "fit/w_50,h_50/a.jpg", "").unwrap();
        assert!(is_close(corners(&flat)[1], [255; 4]));
    }
}

#[test]
fn animation_is_transformed_by_its_first_frame() {
    let made = made_for(&gif(80, 80), "fit/w_40,h_40/a.png", "").unwrap();
    let (_, _, rgba) = decoded(&made.bytes, made.mime);
    let at = |x: usize, y: usize| &rgba[(y * 40 + x) * 4..][..4];
    assert_eq!(at(20, 20), [0, 255, 0, 255]);
    assert_eq!(at(2, 2)[3], 0);
}

#[test]
fn quality_and_options_change_the_result() {
    let source = photo("coffee");
    let size = |options: &str| {
        made_for(&source, &format!("fill/w_300,h_200{options}/a.jpg"), "")
            .unwrap()
            .bytes
            .len()
    };
    assert!(size(",q_20") < size(",q_50") && size(",q_50") < size("") && size("") < size(",q_95"));
    assert_eq!(size(""), size(",q_80"));
    assert_eq!(size(",q_5,enc_auto,quality_auto"), size(""));
    let has = |options: &str, marker: u8| {
        let bytes = made_for(&source, &format!("fill/w_300,h_200{options}/a.jpg"), "")
            .unwrap()
            .bytes;
        bytes.windows(2).any(|pair| pair == [0xff, marker])
    };
    assert!(has("", 0xc2) && has(",bl", 0xc0));
    assert!(size(",blur_5") < size("") && size("") < size(",usm_1.00_2.00_0.00"));
    let grey = made_for(&source, "fit/w_20,h_20,sat_-100/a.png", "").unwrap();
    let (_, _, rgba) = decoded(&grey.bytes, grey.mime);
    assert!(rgba.chunks_exact(4).all(|pixel| pixel[0].abs_diff(pixel[2]) <= 1));
}

#[test]
fn profile_is_kept_unless_it_is_srgb() {
    let mut profile = vec![7; 400];
    profile[16..20].copy_from_slice(b"RGB ");
    let with = |profile: &[u8]| png(&quarters(40, 40), 40, 40, png::ColorType::Rgb, Some(profile));
    let has = |bytes: &[u8]| bytes.windows(100).any(|part| part == &[7; 100][..]);
    let jpeg = made_for(&with(&profile), "fit/w_20,h_20/a.jpg", "").unwrap();
    assert!(has(&jpeg.bytes));
    let webp = made_for(&with(&profile), "fit/w_20,h_20/a.webp", "").unwrap();
    assert!(has(&webp.bytes));
    profile[100..104].copy_from_slice(b"sRGB");
    assert!(!has(&made_for(&with(&profile), "fit/w_20,h_20/a.jpg", "")
        .unwrap()
        .bytes));
}

#[test]
fn grey_image_stays_grey() {
    let source = png(&[90; 100 * 100], 100, 100, png::ColorType::Grayscale, None);
    for (extension, mime) in [("jpg", "image/jpeg"), ("webp", "image/webp"), ("gif", "image/gif")] {
        let made = made_for(&source, &format!("fit/w_50,h_50/a.{extension}"), "").unwrap();
        assert_eq!(made.mime, mime);
        assert!(is_close(corners(&made)[0], [90, 90, 90, 255]), "{mime}");
    }
}

#[test]
fn impossible_transform_is_refused_with_its_status() {
    let source = photo("coffee");
    for (tail, status) in [
        ("crop/x_480,y_0,w_1,h_1/a.jpg", 400),
        ("fit/w_0,h_1/a.jpg", 400),
        ("squeeze/w_1,h_1/a.jpg", 403),
    ] {
        assert_eq!(made_for(&source, tail, "").unwrap_err().status, status, "{tail}");
    }
    let wide = png(&vec![0; 70_000], 70_000, 1, png::ColorType::Grayscale, None);
    let error = made_for(&wide, "crop/x_0,y_0,w_70000,h_1/a.jpg", "").unwrap_err();
    assert!(error.status == 400 && error.message.contains("w_70000"), "{error}");
}
