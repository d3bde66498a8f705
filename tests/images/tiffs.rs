//! TIFF: every kind of samples, strips and tiles, colours of inks, and files that are damaged or hostile.

use crate::samples::{decoded, jpeg, made, pixels};
use std::collections::BTreeMap;
use wix_media::images::{colors, dimensions};

const WIDTH: u32 = 40;
const HEIGHT: u32 = 24;
/// The quarters: red, green, blue and white.
const COLORS: [[u8; 3]; 4] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];
/// What the quarters of grey images are.
const GREYS: [u8; 4] = [0, 85, 170, 255];

/// A TIFF: its tags, and its strips or tiles.
#[derive(Clone)]
pub(crate) struct Tiff {
    is_little: bool,
    /// Whether its offsets have 64 bits.
    is_large: bool,
    tags: BTreeMap<u16, Vec<u32>>,
    chunks: Vec<Vec<u8>>,
    profile: Vec<u8>,
}

const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const INTERPRETATION: u16 = 262;
const STRIP_OFFSETS: u16 = 273;
const ORIENTATION: u16 = 274;
const SAMPLES: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_LENGTHS: u16 = 279;
const PLANES: u16 = 284;
const PALETTE: u16 = 320;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_LENGTHS: u16 = 325;
const EXTRA: u16 = 338;
const FORMAT: u16 = 339;
const PROFILE: u16 = 34675;

impl Tiff {
    /// An image of one strip.
    pub(crate) fn new(interpretation: u32, bits: u32, samples: u32, rows: Vec<u8>) -> Self {
        Self {
            is_little: true,
            is_large: false,
            tags: BTreeMap::from([
                (256, vec![WIDTH]),
                (257, vec![HEIGHT]),
                (BITS, vec![bits; samples as usize]),
                (COMPRESSION, vec![1]),
                (INTERPRETATION, vec![interpretation]),
                (SAMPLES, vec![samples]),
                (ROWS_PER_STRIP, vec![HEIGHT]),
            ]),
            chunks: vec![rows],
            profile: Vec::new(),
        }
    }

    pub(crate) fn rgb() -> Self {
        Self::new(2, 8, 3, pixels(WIDTH, HEIGHT, color))
    }

    pub(crate) fn with(mut self, tag: u16, values: &[u32]) -> Self {
        self.tags.insert(tag, values.to_vec());
        self
    }

    fn big(mut self) -> Self {
        self.is_little = false;
        self
    }

    /// As BigTIFF.
    fn large(mut self) -> Self {
        self.is_large = true;
        self
    }

    /// Its rows in strips of this height.
    pub(crate) fn strips(mut self, rows: u32) -> Self {
        let length = self.chunks[0].len() / HEIGHT as usize * rows as usize;
        self.chunks = self.chunks[0].chunks(length).map(<[u8]>::to_vec).collect();
        self.with(ROWS_PER_STRIP, &[rows])
    }

    /// Pixels of whole bytes in tiles of 16 by 16.
    pub(crate) fn tiles(mut self) -> Self {
        let mut tiles = Vec::new();
        for plane in &self.chunks {
            let size = plane.len() / (WIDTH * HEIGHT) as usize;
            for (top, left) in (0..HEIGHT)
                .step_by(16)
                .flat_map(|y| (0..WIDTH).step_by(16).map(move |x| (y, x)))
            {
                let places = (0..256).map(|at| ((left + at % 16) as usize, (top + at / 16) as usize));
                let tile = places.flat_map(|(x, y)| {
                    let start = (y * WIDTH as usize + x) * size;
                    let is_inside = x < WIDTH as usize && y < HEIGHT as usize;
                    if is_inside {
                        plane[start..start + size].to_vec()
                    } else {
                        vec![77; size]
                    }
                });
                tiles.push(tile.collect());
            }
        }
        self.chunks = tiles;
        self.tags.remove(&ROWS_PER_STRIP);
        self.with(TILE_WIDTH, &[16]).with(TILE_HEIGHT, &[16])
    }

    /// One plane for each sample of a byte.
    fn planes(mut self) -> Self {
        let samples = self.tags[&SAMPLES][0] as usize;
        let pixels = std::mem::take(&mut self.chunks[0]);
        self.chunks = (0..samples)
            .map(|sample| pixels.iter().skip(sample).step_by(samples).copied().collect())
            .collect();
        self.with(PLANES, &[2])
    }

    fn short(&self, value: u16) -> [u8; 2] {
        if self.is_little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    }

    fn long(&self, value: u32) -> [u8; 4] {
        if self.is_little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    }

    /// An offset or a count.
    fn word(&self, value: u32) -> Vec<u8> {
        match (self.is_large, self.is_little) {
            (false, _) => self.long(value).to_vec(),
            (true, true) => u64::from(value).to_le_bytes().to_vec(),
            (true, false) => u64::from(value).to_be_bytes().to_vec(),
        }
    }

    /// The file: strips, the values that do not fit into the directory, and the directory.
    pub(crate) fn file(&self) -> Vec<u8> {
        let mut bytes = if self.is_little { b"II".to_vec() } else { b"MM".to_vec() };
        bytes.extend(self.short(if self.is_large { 43 } else { 42 }));
        if self.is_large {
            bytes.extend([self.short(8), self.short(0)].concat());
        }
        let first = bytes.len();
        let word_len = self.word(0).len();
        bytes.extend(self.word(0));
        let mut offsets = Vec::new();
        for chunk in &self.chunks {
            offsets.push(bytes.len() as u32);
            bytes.extend(chunk);
        }
        let lengths: Vec<u32> = self.chunks.iter().map(|chunk| chunk.len() as u32).collect();
        let mut tags = self.tags.clone();
        let is_tiled = tags.contains_key(&TILE_WIDTH);
        let (offsets_tag, lengths_tag) = if is_tiled {
            (TILE_OFFSETS, TILE_LENGTHS)
        } else {
            (STRIP_OFFSETS, STRIP_LENGTHS)
        };
        tags.entry(offsets_tag).or_insert(offsets);
        tags.entry(lengths_tag).or_insert(lengths);
        let mut entries = Vec::new();
        for (&tag, values) in &tags {
            let is_long = matches!(
                tag,
                256 | 257 | STRIP_OFFSETS | STRIP_LENGTHS | TILE_OFFSETS | TILE_LENGTHS
            );
            let mut value: Vec<u8> = values
                .iter()
                .flat_map(|&value| {
                    if is_long {
                        self.long(value).to_vec()
                    } else {
                        self.short(value as u16).to_vec()
                    }
                })
                .collect();
            if value.len() > word_len {
                let offset = self.word(bytes.len() as u32);
                bytes.extend(&value);
                value = offset;
            }
            value.resize(word_len, 0);
            let count = self.word(values.len() as u32);
            entries.extend(
                [
                    &self.short(tag)[..],
                    &self.short(if is_long { 4 } else { 3 }),
                    &count,
                    &value,
                ]
                .concat(),
            );
        }
        let mut count = tags.len() as u16;
        if !self.profile.is_empty() {
            let offset = self.word(bytes.len() as u32);
            bytes.extend(&self.profile);
            let length = self.word(self.profile.len() as u32);
            entries.extend([&self.short(PROFILE)[..], &self.short(7), &length, &offset].concat());
            count += 1;
        }
        let start = self.word(bytes.len() as u32);
        bytes[first..first + word_len].copy_from_slice(&start);
        if self.is_large {
            bytes.extend(self.word(count.into()));
        } else {
            bytes.extend(self.short(count));
        }
        bytes.extend(entries);
        bytes.extend(self.word(0));
        bytes
    }
}

fn quarter(x: u32, y: u32) -> usize {
    usize::from(x >= WIDTH / 2) + 2 * usize::from(y >= HEIGHT / 2)
}

fn color(x: u32, y: u32) -> [u8; 3] {
    COLORS[quarter(x, y)]
}

/// Pixels, each of these bytes by the number of its quarter.
fn rows(pixel: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| quarter(x, y)));
    places.flat_map(pixel).collect()
}

/// Rows of samples of less than a byte.
fn packed(depth: u32, value: impl Fn(usize) -> u8) -> Vec<u8> {
    let per_byte = 8 / depth;
    let byte = |x: u32, y: u32| {
        (0..per_byte).fold(0_u16, |byte, part| {
            byte << depth | u16::from(value(quarter(x * per_byte + part, y)))
        }) as u8
    };
    (0..HEIGHT)
        .flat_map(|y| (0..WIDTH.div_ceil(per_byte)).map(move |x| (x, y)))
        .map(|(x, y)| byte(x, y))
        .collect()
}

/// RGBA of the middle of each quarter.
fn quarters(name: &str, bytes: &[u8]) -> [[u8; 4]; 4] {
    let made = made(bytes, "fit/w_400,h_400/a.png").unwrap_or_else(|error| panic!("{name}: {error}"));
    let (width, height, rgba) = decoded(&made.bytes, made.mime);
    assert_eq!((width * height, made.width), (WIDTH * HEIGHT, width), "{name}");
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let start = ((height * y / 4 * width + width * x / 4) * 4) as usize;
        [rgba[start], rgba[start + 1], rgba[start + 2], rgba[start + 3]]
    })
}

fn assert_quarters(name: &str, bytes: &[u8], expected: [[u8; 4]; 4]) {
    let found = dimensions(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(
        (found.width, found.height, found.mime),
        (WIDTH, HEIGHT, "image/tiff"),
        "{name}"
    );
    let found = quarters(name, bytes);
    let is_close = found
        .as_flattened()
        .iter()
        .zip(expected.as_flattened())
        .all(|(one, other)| one.abs_diff(*other) <= 3);
    assert!(is_close, "{name}: {found:?} {expected:?}");
    assert!(colors(bytes).unwrap().is_some(), "{name}");
}

fn opaque([red, green, blue]: [u8; 3]) -> [u8; 4] {
    [red, green, blue, 255]
}

/// Every kind of samples, and how many there are.
pub(crate) fn kinds() -> Vec<(&'static str, Tiff)> {
    let inks = |quarter: usize| {
        let [cyan, magenta, yellow] = COLORS[quarter].map(|light| 255 - light);
        vec![cyan, magenta, yellow, 0]
    };
    let wide = |number: usize| {
        COLORS[number]
            .iter()
            .flat_map(|&value| (u16::from(value) * 257).to_be_bytes())
            .collect()
    };
    let float = |number: usize| {
        COLORS[number]
            .iter()
            .flat_map(|&value| (f32::from(value) / 255.0).to_le_bytes())
            .collect()
    };
    let luma = |number: usize| vec![[76, 85, 255], [150, 44, 21], [29, 255, 107], [255, 128, 128]][number].to_vec();
    let mut palette = vec![0; 3 * 16];
    for (number, color) in COLORS.iter().enumerate() {
        for (channel, &value) in color.iter().enumerate() {
            palette[channel * 16 + number] = u32::from(value) * 257;
        }
    }
    let mut long_palette = vec![0; 3 * 256];
    for channel in 0..3 {
        for number in 0..4 {
            long_palette[channel * 256 + number] = palette[channel * 16 + number];
        }
    }
    vec![
        ("RGB", Tiff::rgb()),
        ("RGB in strips", Tiff::rgb().strips(5)),
        ("RGB in tiles", Tiff::rgb().tiles()),
        ("RGB in planes", Tiff::rgb().planes()),
        ("RGB in tiles of planes", Tiff::rgb().planes().tiles()),
        ("BigTIFF", Tiff::rgb().strips(5).large()),
        ("BigTIFF in tiles", Tiff::rgb().tiles().large().big()),
        (
            "palette of BigTIFF",
            Tiff::new(3, 8, 1, rows(|number| vec![number as u8]))
                .with(PALETTE, &long_palette)
                .large()
                .big(),
        ),
        ("RGB of 16 bits", Tiff::new(2, 16, 3, rows(wide)).big()),
        (
            "RGB of 32 bits",
            Tiff::new(2, 32, 3, rows(float)).with(FORMAT, &[3, 3, 3]),
        ),
        (
            "RGB and one more sample",
            Tiff::new(2, 8, 4, rows(|number| [&COLORS[number][..], &[9]].concat())).with(EXTRA, &[0]),
        ),
        ("YCbCr", Tiff::new(6, 8, 3, rows(luma)).with(530, &[1, 1])),
        ("inks", Tiff::new(5, 8, 4, rows(inks))),
        (
            "inks and alpha",
            Tiff::new(5, 8, 5, rows(|number| [inks(number), vec![9]].concat())).with(EXTRA, &[2]),
        ),
        (
            "palette of 4 bits",
            Tiff::new(3, 4, 1, packed(4, |number| number as u8)).with(PALETTE, &palette),
        ),
        (
            "palette of 8 bits",
            Tiff::new(3, 8, 1, rows(|number| vec![number as u8]))
                .with(PALETTE, &long_palette)
                .big(),
        ),
    ]
}

#[test]
fn every_kind_of_samples_shows_its_colours() {
    for (name, tiff) in kinds() {
        assert_quarters(name, &tiff.file(), COLORS.map(opaque));
    }
}

#[test]
fn lab_is_shown_in_its_colours() {
    // Those of a red, a blue, a purple and white, by CIE 15 and the sRGB of IEC 61966-2-1 with D50.
    const LAB: [[u8; 3]; 4] = [[138, 81, 70], [75, 68, 144], [105, 48, 195], [255, 0, 0]];
    let shown = [[255, 0, 0], [0, 1, 254], [129, 64, 200], [255, 255, 255]].map(opaque);
    let wide = |number: usize| LAB[number].iter().flat_map(|&byte| [byte, 0]).collect();
    let shifted = |number: usize| {
        let [lightness, a, b] = LAB[number];
        vec![lightness, a.wrapping_add(128), b.wrapping_add(128)]
    };
    for (name, tiff) in [
        ("Lab", Tiff::new(8, 8, 3, rows(|number| LAB[number].to_vec()))),
        (
            "Lab in planes",
            Tiff::new(8, 8, 3, rows(|number| LAB[number].to_vec())).planes().tiles(),
        ),
        ("Lab of 16 bits", Tiff::new(8, 16, 3, rows(wide)).big()),
        ("Lab of ICC", Tiff::new(9, 8, 3, rows(shifted))),
    ] {
        assert_quarters(name, &tiff.file(), shown);
    }
    let with_alpha = Tiff::new(8, 8, 4, rows(|number| [&LAB[number][..], &[100]].concat())).with(EXTRA, &[2]);
    for (found, shown) in quarters("Lab and alpha", &with_alpha.file()).iter().zip(shown) {
        assert_eq!(found[3], 100);
        assert!(
            found
                .iter()
                .zip(&shown[..3])
                .all(|(one, other)| one.abs_diff(*other) <= 3)
        );
    }
}

#[test]
fn greys_of_every_depth_are_shown() {
    let grey = GREYS.map(|grey| [grey, grey, grey, 255]);
    let inverted = GREYS.map(|grey| [255 - grey, 255 - grey, 255 - grey, 255]);
    let wide = |number: usize| (u16::from(GREYS[number]) * 257).to_le_bytes().to_vec();
    for (name, tiff, expected) in [
        ("2 bits", Tiff::new(1, 2, 1, packed(2, |number| number as u8)), grey),
        (
            "2 bits, white is 0",
            Tiff::new(0, 2, 1, packed(2, |number| number as u8)),
            inverted,
        ),
        ("4 bits", Tiff::new(1, 4, 1, packed(4, |number| 5 * number as u8)), grey),
        ("8 bits", Tiff::new(1, 8, 1, rows(|number| vec![GREYS[number]])), grey),
        ("16 bits", Tiff::new(1, 16, 1, rows(wide)), grey),
        (
            "another sample",
            Tiff::new(1, 8, 2, rows(|number| vec![GREYS[number], 9])).with(EXTRA, &[0]),
            grey,
        ),
    ] {
        assert_quarters(name, &tiff.file(), expected);
    }
    let black_and_white = Tiff::new(0, 1, 1, packed(1, |number| (number % 2) as u8));
    assert_quarters(
        "1 bit",
        &black_and_white.file(),
        [255, 0, 255, 0].map(|grey| [grey, grey, grey, 255]),
    );
}

#[test]
fn alpha_is_shown_whether_or_not_it_was_multiplied_into_the_colours() {
    let straight = Tiff::new(2, 8, 4, rows(|number| [&COLORS[number][..], &[128]].concat()));
    let multiplied = Tiff::new(
        2,
        8,
        4,
        rows(|number| [&COLORS[number].map(|value| value / 2)[..], &[128]].concat()),
    );
    let expected = COLORS.map(|[red, green, blue]| [red, green, blue, 128]);
    for (name, tiff) in [
        ("straight", straight.clone().with(EXTRA, &[2])),
        ("undeclared", straight),
        ("multiplied", multiplied.with(EXTRA, &[1])),
    ] {
        let found = quarters(name, &tiff.file());
        let is_close = found
            .as_flattened()
            .iter()
            .zip(expected.as_flattened())
            .all(|(one, other)| one.abs_diff(*other) <= 3);
        assert!(is_close, "{name}: {found:?}");
    }
    let grey = Tiff::new(1, 8, 2, rows(|number| vec![GREYS[number], 128])).with(EXTRA, &[2]);
    assert_eq!(quarters("grey", &grey.file())[1], [85, 85, 85, 128]);
}

#[test]
fn orientation_is_applied_and_the_first_image_is_shown() {
    let [red, green, blue, white] = COLORS.map(opaque);
    let turned = Tiff::rgb().strips(7).with(ORIENTATION, &[6]);
    for (name, turned) in [("turned", turned.clone()), ("turned BigTIFF", turned.large().big())] {
        let turned = turned.file();
        let found = dimensions(&turned).unwrap();
        assert_eq!((found.width, found.height), (HEIGHT, WIDTH), "{name}");
        assert_eq!(quarters(name, &turned), [blue, red, white, green], "{name}");
    }
    // Another directory behind the first one, whose offset is the last number of the file.
    let mut pages = Tiff::rgb().file();
    let (end, second) = (
        pages.len() - 4,
        Tiff::new(1, 8, 1, vec![0; (WIDTH * HEIGHT) as usize]).file(),
    );
    pages[end..].copy_from_slice(&u32::MAX.to_le_bytes());
    pages.extend(second);
    assert_quarters("pages", &pages, COLORS.map(opaque));
}

#[test]
fn jpeg_in_a_strip_is_shown_in_the_colours_that_the_tags_tell() {
    let strip = jpeg(&pixels(WIDTH, HEIGHT, color), WIDTH, HEIGHT, 1, false);
    let tiff = Tiff::new(6, 8, 3, strip).with(COMPRESSION, &[7]);
    let found = quarters("jpeg", &tiff.file());
    for (found, expected) in found.iter().zip(COLORS) {
        assert!(
            found.iter().zip(expected).all(|(one, other)| one.abs_diff(other) < 20),
            "{found:?} {expected:?}"
        );
    }
}

#[test]
fn jpeg_that_is_larger_than_its_strip_is_not_decoded() {
    let mut strip = jpeg(&pixels(WIDTH, HEIGHT, color), WIDTH, HEIGHT, 1, false);
    let frame = strip.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    strip[frame + 5..frame + 9].copy_from_slice(&[0x3f, 0xff, 0x3f, 0xff]);
    let tiff = Tiff::new(6, 8, 3, strip).with(COMPRESSION, &[7]);
    assert_eq!(made(&tiff.file(), "fit/w_9,h_9/a.png").unwrap_err().status, 422);
}

#[test]
fn damaged_strip_is_white_and_a_file_without_any_is_refused() {
    let tiff = Tiff::rgb().strips(HEIGHT / 2);
    let length = tiff.chunks[0].len() as u32;
    let cut = tiff.clone().with(STRIP_OFFSETS, &[8, 1 << 30]);
    let [red, green, ..] = COLORS.map(opaque);
    assert_eq!(quarters("cut", &cut.file()), [red, green, [255; 4], [255; 4]]);
    let empty = tiff
        .with(STRIP_OFFSETS, &[1 << 30, 1 << 30])
        .with(STRIP_LENGTHS, &[length, length]);
    assert_eq!(made(&empty.file(), "fit/w_9,h_9/a.png").unwrap_err().status, 422);
}

#[test]
fn part_of_an_image_needs_its_own_strips_and_tiles_only() {
    for tiff in [Tiff::rgb().strips(4), Tiff::rgb().tiles()] {
        let mut offsets = vec![1 << 30; tiff.chunks.len()];
        *offsets.last_mut().unwrap() = 8 + (tiff.chunks.len() as u32 - 1) * tiff.chunks[0].len() as u32;
        let tag = if tiff.tags.contains_key(&TILE_WIDTH) {
            TILE_OFFSETS
        } else {
            STRIP_OFFSETS
        };
        let made = made(&tiff.with(tag, &offsets).file(), "crop/x_36,y_21,w_4,h_3/a.png").unwrap();
        let (width, height, rgba) = decoded(&made.bytes, made.mime);
        assert_eq!((width, height), (4, 3));
        assert!(rgba.iter().all(|&value| value == 255), "white");
    }
}

#[test]
fn unsupported_and_oversized_files_are_refused() {
    let rgb = Tiff::rgb();
    let size = |width: u32, height: u32| {
        rgb.clone()
            .with(256, &[width])
            .with(257, &[height])
            .with(ROWS_PER_STRIP, &[height])
    };
    for (name, tiff, status) in [
        ("old JPEG", rgb.clone().with(COMPRESSION, &[6]), 415),
        ("unknown compression", rgb.clone().with(COMPRESSION, &[50000]), 415),
        ("Lab of ITU", rgb.clone().with(INTERPRETATION, &[10]), 415),
        ("signed", rgb.clone().with(FORMAT, &[2, 2, 2]), 415),
        ("64 bits", rgb.clone().with(BITS, &[64, 64, 64]), 415),
        (
            "many samples",
            rgb.clone().with(SAMPLES, &[9]).with(BITS, &[8; 9]).with(EXTRA, &[0; 6]),
            415,
        ),
        ("200 megapixels", size(20_000, 10_000), 413),
        ("a strip of 240 MB", size(10_000, 8_000), 413),
        ("no size", rgb.clone().with(256, &[0]), 422),
    ] {
        assert_eq!(
            made(&tiff.file(), "fit/w_9,h_9/a.png").unwrap_err().status,
            status,
            "{name}"
        );
    }
}

/// A profile of inks that turns them into greys: only black counts.
fn ink_profile() -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0".to_vec();
    table.extend([4, 3, 2, 0]);
    for number in 0..9_u32 {
        table.extend((u32::from(number % 4 == 0) << 16).to_be_bytes());
    }
    let ramp: Vec<u8> = (0..=255).collect();
    table.extend(ramp.repeat(4));
    // L*a*b* of the corners; black is the last ink, which varies fastest.
    for corner in 0..16 {
        table.extend([if corner % 2 == 0 { 255 } else { 0 }, 128, 128]);
    }
    table.extend(ramp.repeat(3));
    let mut profile = vec![0; 128];
    profile[8] = 2;
    profile[12..16].copy_from_slice(b"prtr");
    profile[16..20].copy_from_slice(b"CMYK");
    profile[20..24].copy_from_slice(b"Lab ");
    profile[36..40].copy_from_slice(b"acsp");
    profile[68..80].copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    profile.extend(1_u32.to_be_bytes());
    profile.extend(b"A2B0");
    profile.extend(144_u32.to_be_bytes());
    profile.extend((table.len() as u32).to_be_bytes());
    profile.extend(table);
    let length = profile.len() as u32;
    profile[..4].copy_from_slice(&length.to_be_bytes());
    profile
}

pub(crate) fn inks_with_profile() -> Tiff {
    let mut tiff = Tiff::new(5, 8, 4, rows(|number| vec![255, 0, 0, GREYS[number]]));
    tiff.profile = ink_profile();
    tiff
}

/// A JPEG of inks with their profile. The encoder inverts all values, as Adobe does.
pub(crate) fn jpeg_with_inks() -> Vec<u8> {
    let inks = rows(|number| vec![255, 0, 0, GREYS[number]]);
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 100);
    encoder.add_icc_profile(&ink_profile()).unwrap();
    encoder
        .encode(&inks, WIDTH as u16, HEIGHT as u16, jpeg_encoder::ColorType::Cmyk)
        .unwrap();
    bytes
}

#[test]
fn inks_are_shown_through_their_profile() {
    for (name, bytes) in [("tiff", inks_with_profile().file()), ("jpeg", jpeg_with_inks())] {
        let found = quarters(name, &bytes);
        for (found, black) in found.iter().zip(GREYS) {
            let &[red, green, blue, alpha] = found;
            let is_grey = red.abs_diff(green) < 6 && green.abs_diff(blue) < 6 && alpha == 255;
            assert!(is_grey, "{name}: cyan has no colour in this profile: {found:?}");
            assert!(
                if black == 0 { red > 250 } else { red < 255 - black / 2 },
                "{name}: {black} {found:?}"
            );
        }
        assert!(
            found[0][0] > found[1][0] && found[1][0] > found[2][0] && found[2][0] > found[3][0],
            "{name}: {found:?}"
        );
        let bytes = made(&bytes, "fit/w_400,h_400/a.jpg").unwrap().bytes;
        let has_profile = bytes.windows(12).any(|part| part == b"ICC_PROFILE\0");
        assert!(!has_profile, "{name}: the profile of the inks does not fit colours");
    }
}

#[test]
fn damaged_profile_of_inks_is_ignored() {
    let whole = inks_with_profile();
    for length in (0..whole.profile.len()).step_by(97) {
        let mut tiff = whole.clone();
        tiff.profile.truncate(length);
        assert_eq!(quarters("cut", &tiff.file())[0][3], 255, "{length}");
    }
}
