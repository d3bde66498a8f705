//! Animations through `anm_all`: their frames, durations and repetitions, and their limits.

use crate::samples::{gif, made_for, png, quarters};
use gif::{DisposalMethod, Repeat};
use image_webp::WebPDecoder;
use std::io::Cursor;

const NONE: [u8; 4] = [0; 4];
const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const PALETTE: [u8; 12] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];

/// A GIF of 40 by 40 pixels. Each frame is a square of one colour: left, edge, colour, disposal.
fn animation(frames: &[(u16, u16, u8, DisposalMethod)], repeat: Option<Repeat>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, 40, 40, &PALETTE).unwrap();
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).unwrap();
    }
    for (number, &(left, edge, color, dispose)) in frames.iter().enumerate() {
        let frame = gif::Frame {
            left,
            top: left,
            width: edge,
            height: edge,
            buffer: vec![color; usize::from(edge) * usize::from(edge)].into(),
            transparent: Some(3),
            delay: 5 * (number as u16 + 1),
            dispose,
            ..gif::Frame::default()
        };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    file
}

/// The colours in the upper left and in the middle of each frame as shown, and its duration in milliseconds.
type Shown = Vec<([u8; 4], [u8; 4], u32)>;

fn corner_and_middle(rgba: &[u8], width: usize, ms: u32) -> ([u8; 4], [u8; 4], u32) {
    let at = |place: usize| <[u8; 4]>::try_from(&rgba[(place * width + place) * 4..][..4]).unwrap();
    (at(0), at(width / 2), ms)
}

fn shown_gif(bytes: &[u8]) -> (Shown, Repeat) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut reader = options.read_info(bytes).unwrap();
    let (width, height) = (usize::from(reader.width()), usize::from(reader.height()));
    let mut screen = vec![0; width * height * 4];
    let mut shown = Vec::new();
    while let Some(frame) = reader.read_next_frame().unwrap() {
        assert_eq!((frame.left, frame.top, usize::from(frame.width)), (0, 0, width));
        for (pixel, own) in screen.chunks_exact_mut(4).zip(frame.buffer.chunks_exact(4)) {
            if own[3] != 0 {
                pixel.copy_from_slice(own);
            }
        }
        shown.push(corner_and_middle(&screen, width, u32::from(frame.delay) * 10));
        if frame.dispose == DisposalMethod::Background {
            screen.fill(0);
        }
    }
    (shown, reader.repeat())
}

fn shown_webp(bytes: &[u8]) -> (Shown, image_webp::LoopCount) {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).unwrap();
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let width = decoder.dimensions().0 as usize;
    let mut shown = Vec::new();
    for _ in 0..decoder.num_frames() {
        let ms = decoder.read_frame(&mut pixels).unwrap();
        let rgba: Vec<u8> = pixels
            .chunks_exact(channels)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], *pixel.get(3).unwrap_or(&255)])
            .collect();
        shown.push(corner_and_middle(&rgba, width, ms));
    }
    (shown, decoder.loop_count())
}

fn assert_shown(found: &Shown, expected: &[([u8; 4], [u8; 4], u32)]) {
    let is_close = |one: [u8; 4], other: [u8; 4]| {
        // What is transparent has any colour, and filters leave a trace of alpha.
        (one[3] < 30 && other[3] == 0) || one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 60)
    };
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        let same = is_close(found.0, expected.0) && is_close(found.1, expected.1) && found.2 == expected.2;
        assert!(same, "{found:?} {expected:?}");
    }
}

#[test]
fn frames_are_shown_as_their_disposals_say() {
    let source = animation(
        &[
            (0, 40, 0, DisposalMethod::Keep),
            (10, 20, 1, DisposalMethod::Previous),
            (0, 12, 2, DisposalMethod::Background),
            (10, 20, 2, DisposalMethod::Any),
        ],
        Some(Repeat::Finite(2)),
    );
    let expected = [(RED, RED, 50), (RED, GREEN, 100), (BLUE, RED, 150), (NONE, BLUE, 200)];
    for size in [40, 20] {
        let result = made_for(&source, &format!("fit/w_{size},h_{size},anm_all/a.gif"), "").unwrap();
        assert_eq!((result.mime, result.width, result.height), ("image/gif", size, size));
        let (shown, repeat) = shown_gif(&result.bytes);
        assert_shown(&shown, &expected);
        assert_eq!(repeat, Repeat::Finite(2));
        let result = made_for(&source, &format!("fit/w_{size},h_{size},anm_all/a.webp"), "").unwrap();
        assert_eq!((result.mime, result.width, result.height), ("image/webp", size, size));
        let (shown, loops) = shown_webp(&result.bytes);
        assert_shown(&shown, &expected);
        assert_eq!(loops, image_webp::LoopCount::Times(3.try_into().unwrap()));
        // And from WebP to both.
        let again = made_for(&result.bytes, "fit/w_40,h_40,anm_all/a.gif", "").unwrap();
        let (shown, repeat) = shown_gif(&again.bytes);
        assert_shown(&shown, &expected);
        assert_eq!(repeat, Repeat::Finite(2));
        let again = made_for(&result.bytes, "fill/w_10,h_10,anm_all/a.webp", "").unwrap();
        assert_shown(&shown_webp(&again.bytes).0, &expected);
    }
}

#[test]
fn soft_edges_become_hard_in_a_gif() {
    let square = |color| (10, 20, color, DisposalMethod::Background);
    let source = animation(&[square(0), square(1)], None);
    for (tail, count) in [
        ("fill/w_160,h_160,lg_1/a.gif", 1),
        ("fill/w_160,h_160,lg_1,anm_all/a.gif", 2),
    ] {
        let result = made_for(&source, tail, "").unwrap();
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut reader = options.read_info(result.bytes.as_slice()).unwrap();
        for number in 0..count {
            let frame = reader.read_next_frame().unwrap().unwrap();
            let opaque = frame.buffer.chunks_exact(4).filter(|pixel| pixel[3] == 255).count();
            // An edge of 80 pixels, give or take one.
            assert!((79 * 79..=81 * 81).contains(&opaque), "{tail} {number}: {opaque}");
        }
        assert!(reader.read_next_frame().unwrap().is_none(), "{tail}");
    }
}

#[test]
fn equal_frames_are_one_and_only_changes_are_stored() {
    let frames: Vec<_> = (0..6)
        .map(|number| (0, 40, u8::from(number > 2), DisposalMethod::Keep))
        .collect();
    let source = animation(&frames, Some(Repeat::Infinite));
    let result = made_for(&source, "fit/w_40,h_40,anm_all/a.gif", "").unwrap();
    let (shown, repeat) = shown_gif(&result.bytes);
    assert_shown(&shown, &[(RED, RED, 50 + 100 + 150), (GREEN, GREEN, 200 + 250 + 300)]);
    assert_eq!(repeat, Repeat::Infinite);
}

#[test]
fn duration_of_many_equal_frames_stays_the_longest_there_is() {
    let still = made_for(
        &png(&quarters(4, 4), 4, 4, png::ColorType::Rgb, None),
        "fit/w_4,h_4/a.webp",
        "",
    )
    .unwrap();
    let chunk = |name: &[u8], data: &[u8]| [name, &(data.len() as u32).to_le_bytes(), data].concat();
    let frame = [
        &[0, 0, 0, 0, 0, 0, 3, 0, 0, 3, 0, 0, 255, 255, 255, 2],
        &still.bytes[12..],
    ]
    .concat();
    let chunks = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[2, 0, 0, 0, 3, 0, 0, 3, 0, 0]),
        chunk(b"ANIM", &[0; 6]),
        // More milliseconds than 32 bits hold.
        chunk(b"ANMF", &frame).repeat(300),
    ];
    let source = chunk(b"RIFF", &chunks.concat());
    let result = made_for(&source, "fit/w_4,h_4,anm_all/a.gif", "").unwrap();
    let shown = shown_gif(&result.bytes).0;
    assert_eq!(shown.iter().map(|shown| shown.2).collect::<Vec<_>>(), [655_350]);
}

#[test]
fn format_decides_whether_there_are_frames() {
    let frames = [(0, 40, 0, DisposalMethod::Keep), (0, 40, 1, DisposalMethod::Keep)];
    let source = animation(&frames, None);
    for (tail, accept, mime, count) in [
        ("fit/w_40,h_40/a.gif", "", "image/gif", 1),
        ("fit/w_40,h_40,anm_all/a.gif", "", "image/gif", 2),
        ("fit/w_40,h_40,anm_all,enc_auto/a.gif", "*/*", "image/gif", 2),
        ("fit/w_40,h_40,enc_auto/a.gif", "*/*", "image/jpeg", 1),
        ("fit/w_40,h_40,anm_all/a.jpg", "", "image/jpeg", 1),
        ("fit/w_40,h_40,anm_all/a.png", "", "image/png", 1),
    ] {
        let result = made_for(&source, tail, accept).unwrap();
        assert_eq!(result.mime, mime, "{tail}");
        if mime == "image/gif" {
            assert_eq!(shown_gif(&result.bytes).0.len(), count, "{tail}");
        }
    }
    let result = made_for(&source, "fit/w_40,h_40,anm_all,enc_auto/a.gif", "image/webp").unwrap();
    assert_eq!(shown_webp(&result.bytes).0.len(), 2);
    assert_eq!(
        shown_webp(&result.bytes).1,
        image_webp::LoopCount::Times(1.try_into().unwrap())
    );
    // Still images stay what they are.
    let still = png(&quarters(40, 40), 40, 40, png::ColorType::Rgb, None);
    for (tail, accept, mime) in [
        ("fit/w_40,h_40,anm_all,enc_auto/a.png", "*/*", "image/jpeg"),
        ("fit/w_40,h_40,anm_all/a.webp", "", "image/webp"),
    ] {
        let result = made_for(&still, tail, accept).unwrap();
        assert_eq!(result.mime, mime);
        assert!(!result.bytes.windows(4).any(|name| name == b"ANIM"));
    }
}

#[test]
fn animation_without_any_palette_is_black_and_white() {
    let frames = [0, 1].map(|color| (0, 40, color, DisposalMethod::Keep));
    let mut source = animation(&frames, None);
    source[10] &= 0x7f;
    assert_eq!(source.drain(13..13 + PALETTE.len()).collect::<Vec<_>>(), PALETTE);
    let result = made_for(&source, "fit/w_40,h_40,anm_all/a.gif", "").unwrap();
    let [black, white] = [[0, 0, 0, 255], [255; 4]];
    assert_shown(&shown_gif(&result.bytes).0, &[(black, black, 50), (white, white, 100)]);
}

#[test]
fn truncated_animation_shows_the_frames_there_are() {
    let frames = [0, 1, 2].map(|color| (0, 40, color, DisposalMethod::Keep));
    let source = animation(&frames, None);
    let result = made_for(&source[..source.len() - 20], "fit/w_40,h_40,anm_all/a.webp", "").unwrap();
    let shown = shown_webp(&result.bytes).0;
    assert_shown(&shown[..2].to_vec(), &[(RED, RED, 50), (GREEN, GREEN, 100)]);
}

#[test]
fn animation_above_the_limits_is_refused_and_its_first_frame_is_not() {
    let frames: Vec<_> = (0..1001)
        .map(|number| (0, 4, (number % 3) as u8, DisposalMethod::Keep))
        .collect();
    let source = animation(&frames, None);
    let error = made_for(&source, "fit/w_40,h_40,anm_all/a.gif", "").unwrap_err();
    assert_eq!(
        (error.status, error.message.contains("1,000 frames")),
        (413, true),
        "{error}"
    );
    assert!(made_for(&source, "fit/w_40,h_40/a.gif", "").is_ok());
    let error = made_for(
        &animation(&frames[..20], None),
        "fill/w_2000,h_2000,lg_1,anm_all/a.gif",
        "",
    )
    .unwrap_err();
    assert_eq!(
        (error.status, error.message.contains("50 megapixels")),
        (413, true),
        "{error}"
    );
    assert!(made_for(&gif(40, 40), "fit/w_40,h_40,anm_all/a.gif", "").is_ok());
}
