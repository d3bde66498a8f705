//! A decoder of JPEG (ITU-T T.81): baseline and progressive, with Huffman codes and 8 bits a sample.
//!
//! ```text
//! markers ──▶ Jpeg::open: frame, tables and scans by their places ──▶ decode: scans ──▶ planes ──▶ pixels
//! ```
//!
//! Our own, because of four needs that no crate meets together. A file that was cut shows what there is of it, and the rest
//! in grey (`jpeg-decoder` fails). The result is reduced by 2, 4 or 8 while it is decoded (`zune-jpeg` is not able to): for a
//! reduction by 8 the high frequencies are parsed but not computed, and those of a progressive file are not even
//! parsed. Each scan has its cost in view. And it reads what the manager's reader of sizes reads, by the same walk.

mod bits;
mod pixels;
mod scan;
mod transform;

use super::error::Error;
use super::header::{Markers, Segment};
use super::pixels::Pixels;
use bits::Huffman;
use scan::Scan;
use std::rc::Rc;
use transform::{Block, Factors, factors, inverse, last_needed};

/// The segments of a file that are read.
const MAX_SEGMENTS: usize = 100_000;

/// A JPEG whose segments are known.
#[derive(Debug)]
pub(super) struct Jpeg<'a> {
    bytes: &'a [u8],
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) is_progressive: bool,
    /// The number of scans, each of which is a pass over the image.
    pub(super) scans: u64,
    components: Vec<Component>,
    color: ColorSpace,
    /// Tables and scans, in the order of the file. Each scan goes to the next segment, or to the end of the file.
    segments: Vec<Segment>,
    profile: Option<Vec<u8>>,
    /// Whether inks are decoded as they are, with their profile. They become colours otherwise.
    pub(super) keeps_inks: bool,
}

/// What the components of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColorSpace {
    Grey,
    Rgb,
    YCbCr,
    /// The flags say whether the first three are stored as YCbCr, and whether all are stored inverted, as Adobe does.
    Cmyk {
        is_ycck: bool,
        is_inverted: bool,
    },
}

/// A component, and what has been decoded of it.
#[derive(Clone, Debug)]
struct Component {
    id: u8,
    /// How many blocks of it are in a unit, across and down.
    across: u32,
    down: u32,
    quantisation: u8,
    /// Blocks in a row, and rows of them, with those that complete the last units.
    blocks_wide: u32,
    blocks_high: u32,
    /// Samples of the result, `edge` by `edge` a block.
    plane: Vec<u8>,
    /// The coefficients of a progressive image; of a reduction by 8, the first one of each block.
    coefficients: Vec<i16>,
    /// The factors of its quantisation.
    factors: Option<Rc<Factors>>,
    /// The first coefficient of the block before.
    predicted: i32,
}

/// The tables that are valid at a place of the file.
#[derive(Debug, Default)]
struct Tables {
    quantisation: [Option<[u16; 64]>; 4],
    dc: [Option<Rc<Huffman>>; 4],
    ac: [Option<Rc<Huffman>>; 4],
    restart_interval: u32,
}

impl<'a> Jpeg<'a> {
    /// Finds the parts of a file. Fails with 415 for kinds of JPEG that browsers do not show, and with 422 for damaged files.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut frame = None;
        let mut segments = Vec::new();
        let mut profile = Profile::default();
        let (mut is_jfif, mut adobe, mut scans) = (false, None, 0);
        let mut source = bytes;
        let mut markers = Markers::new(&mut source);
        while let Some(segment) = markers.next() {
            let content = content(bytes, &segment);
            match segment.marker {
                0xe0 if content.starts_with(b"JFIF\0") => is_jfif = true,
                0xe2 => profile.add(content),
                0xee if content.starts_with(b"Adobe") => adobe = adobe.or(content.get(11).copied()),
                marker if segment.is_frame() && frame.is_none() => frame = Some((marker, content)),
                0xc4 | 0xdb | 0xdd => segments.push(segment),
                0xda => {
                    scans += 1;
                    segments.push(segment);
                }
                _ => {}
            }
            if segments.len() > MAX_SEGMENTS {
                return Err(Error::too_large("a JPEG of at most 100,000 segments"));
            }
        }
        let (marker, frame) = frame.ok_or_else(|| Error::decode("no frame"))?;
        let &[precision, high, low, wide, narrow, _, ref components @ ..] = frame else {
            return Err(Error::decode("no frame"));
        };
        if !matches!(marker, 0xc0..=0xc2) || precision != 8 {
            return Err(Error::new(
                415,
                "unsupported JPEG: expected baseline or progressive with 8 bits, found lossless, arithmetic or 12 bits",
            ));
        }
        let components = components_of(frame[5], components)?;
        let color = match (&*components, adobe) {
            ([_], _) => ColorSpace::Grey,
            ([_, _, _, _], adobe) => ColorSpace::Cmyk {
                is_ycck: adobe == Some(2),
                is_inverted: adobe.is_some(),
            },
            (_, Some(0)) if !is_jfif => ColorSpace::Rgb,
            ([red, green, blue], None) if !is_jfif && [red.id, green.id, blue.id] == *b"RGB" => ColorSpace::Rgb,
            _ => ColorSpace::YCbCr,
        };
        Ok(Self {
            bytes,
            width: u32::from(u16::from_be_bytes([wide, narrow])),
            height: u32::from(u16::from_be_bytes([high, low])),
            is_progressive: marker == 0xc2,
            scans,
            components,
            color,
            segments,
            profile: profile.whole(),
            keeps_inks: false,
        })
    }

    /// The number of coefficients of all components.
    pub(super) fn coefficients(&self) -> u64 {
        let (units_wide, units_high) = units(&self.components, (self.width, self.height));
        let blocks = |component: &Component| u64::from(component.across) * u64::from(component.down);
        let of_unit: u64 = self.components.iter().map(blocks).sum();
        u64::from(units_wide) * u64::from(units_high) * of_unit * 64
    }

    /// Whether its components are inks.
    pub(super) fn has_inks(&self) -> bool {
        matches!(self.color, ColorSpace::Cmyk { .. })
    }

    /// Whether its components are inks, and it has a profile for them.
    pub(super) fn has_ink_profile(&self) -> bool {
        let profile = self.profile.as_ref().and_then(|profile| profile.get(16..20));
        self.has_inks() && profile == Some(b"CMYK")
    }

    /// Decodes the image, reduced by 1, 2, 4 or 8, and its colour profile. What is missing is grey. Fails with 422 if nothing can
    /// be decoded.
    pub(super) fn decode(mut self, reduction: u32) -> Result<(Pixels, Option<Vec<u8>>), Error> {
        let edge = 8 / reduction as usize;
        let size = (self.width, self.height);
        let (units_wide, units_high) = units(&self.components, size);
        for component in &mut self.components {
            component.blocks_wide = units_wide * component.across;
            component.blocks_high = units_high * component.down;
            let blocks = component.blocks_wide as usize * component.blocks_high as usize;
            component.plane = vec![128; blocks * edge * edge];
            if self.is_progressive {
                component.coefficients = vec![0; blocks * if edge == 1 { 1 } else { 64 }];
            }
        }
        let mut tables = Tables::default();
        let mut has_pixels = false;
        for (number, segment) in self.segments.iter().enumerate() {
            let content = content(self.bytes, segment);
            match segment.marker {
                0xc4 => tables.add_huffman(content),
                0xdb => tables.add_quantisation(content),
                0xdd => {
                    tables.restart_interval = content
                        .first_chunk()
                        .map_or(0, |count| u16::from_be_bytes(*count).into())
                }
                _ => {
                    let start = segment.end();
                    let next = self.segments.get(number + 1);
                    let end = next
                        .and_then(|next| usize::try_from(next.start.saturating_sub(4)).ok())
                        .unwrap_or(self.bytes.len());
                    let data = self.bytes.get(start..end).unwrap_or_default();
                    let Some(scan) = Scan::of(content, &self.components, self.is_progressive) else {
                        continue;
                    };
                    for &(index, ..) in &scan.components {
                        let component = &mut self.components[index];
                        let table = tables
                            .quantisation
                            .get(usize::from(component.quantisation))
                            .and_then(Option::as_ref);
                        if let Some(table) = table.filter(|_| component.factors.is_none()) {
                            component.factors = Some(Rc::new(factors(table, edge)));
                        }
                    }
                    has_pixels |= scan.decode(data, &mut self.components, &tables, size, edge);
                }
            }
        }
        if !has_pixels {
            return Err(Error::decode("no pixels"));
        }
        if self.is_progressive {
            self.components.iter_mut().for_each(|component| component.finish(edge));
        }
        let profile = self.profile.take().filter(|_| self.keeps_inks || !self.has_inks());
        Ok((self.pixels(reduction), profile))
    }
}

impl Component {
    /// Turns the coefficients of a progressive image into samples.
    fn finish(&mut self, edge: usize) {
        let Some(factors) = &self.factors else { return };
        let coefficients = std::mem::take(&mut self.coefficients);
        let stride = self.blocks_wide as usize * edge;
        let needed = last_needed(edge);
        let mut block: Block = [0; 64];
        for (number, found) in coefficients.chunks_exact(if edge == 1 { 1 } else { 64 }).enumerate() {
            let (row, column) = (number / self.blocks_wide as usize, number % self.blocks_wide as usize);
            block[..found.len()].copy_from_slice(found);
            let last = (1..=needed)
                .rev()
                .find(|&at| block[usize::from(transform::ZIGZAG[at])] != 0);
            let out = &mut self.plane[row * edge * stride + column * edge..];
            inverse(&block, factors, edge, last.unwrap_or(0), out, stride);
        }
    }
}

impl Tables {
    fn add_huffman(&mut self, mut content: &[u8]) {
        while let Some((&place, rest)) = content.split_first() {
            let Some((counts, rest)) = rest.split_first_chunk::<16>() else {
                return;
            };
            let count = counts
                .iter()
                .map(|&count| usize::from(count))
                .sum::<usize>()
                .min(rest.len());
            let (symbols, rest) = rest.split_at(count);
            let tables = if place >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            if let Some(table) = tables.get_mut(usize::from(place & 15)) {
                *table = Some(Rc::new(Huffman::new(counts, symbols)));
            }
            content = rest;
        }
    }

    fn add_quantisation(&mut self, mut content: &[u8]) {
        while let Some((&place, rest)) = content.split_first() {
            let is_wide = place >> 4 != 0;
            let Some((values, rest)) = rest.split_at_checked(if is_wide { 128 } else { 64 }) else {
                return;
            };
            let value = |at: usize| match is_wide {
                true => u16::from_be_bytes([values[2 * at], values[2 * at + 1]]),
                false => u16::from(values[at]),
            };
            if let Some(table) = self.quantisation.get_mut(usize::from(place & 15)) {
                *table = Some(std::array::from_fn(value));
            }
            content = rest;
        }
    }
}

/// The most blocks of a component in a unit, across and down.
fn most(components: &[Component]) -> (u32, u32) {
    let most = |of: fn(&Component) -> u32| components.iter().map(of).max().unwrap_or(1);
    (most(|component| component.across), most(|component| component.down))
}

/// How many units an image of this size has, across and down.
fn units(components: &[Component], (width, height): (u32, u32)) -> (u32, u32) {
    let (across, down) = most(components);
    (width.div_ceil(8 * across), height.div_ceil(8 * down))
}

fn components_of(count: u8, declared: &[u8]) -> Result<Vec<Component>, Error> {
    if !matches!(count, 1 | 3 | 4) {
        return Err(Error::decode("expected 1, 3 or 4 components"));
    }
    let declared = declared
        .get(..usize::from(count) * 3)
        .ok_or_else(|| Error::decode("no frame"))?;
    let component = |fields: &[u8]| {
        // A single component has no units of several blocks, whatever it says.
        let (across, down) = if count == 1 {
            (1, 1)
        } else {
            (fields[1] >> 4, fields[1] & 15)
        };
        Component {
            id: fields[0],
            across: across.into(),
            down: down.into(),
            quantisation: fields[2],
            blocks_wide: 0,
            blocks_high: 0,
            plane: Vec::new(),
            coefficients: Vec::new(),
            factors: None,
            predicted: 0,
        }
    };
    let components: Vec<_> = declared.chunks_exact(3).map(component).collect();
    let is_valid = |component: &Component| (1..=4).contains(&component.across) && (1..=4).contains(&component.down);
    if components.iter().all(is_valid) {
        Ok(components)
    } else {
        Err(Error::decode("a sampling factor that is not from 1 to 4"))
    }
}

/// What a segment holds, as far as the file goes.
fn content<'a>(bytes: &'a [u8], segment: &Segment) -> &'a [u8] {
    let start = usize::try_from(segment.start).unwrap_or(usize::MAX).min(bytes.len());
    &bytes[start..segment.end().min(bytes.len())]
}

/// A colour profile, which is in several segments when it is large.
#[derive(Debug, Default)]
struct Profile<'a> {
    parts: Vec<(u8, &'a [u8])>,
}

impl<'a> Profile<'a> {
    fn add(&mut self, content: &'a [u8]) {
        if let Some(&[number, _, ref part @ ..]) = content.strip_prefix(b"ICC_PROFILE\0") {
            // There are at most 255, and a second one of the same number does not count.
            if self.parts.iter().all(|&(known, _)| known != number) {
                self.parts.push((number, part));
            }
        }
    }

    fn whole(mut self) -> Option<Vec<u8>> {
        self.parts.sort_by_key(|&(number, _)| number);
        let whole: Vec<u8> = self.parts.iter().flat_map(|(_, part)| *part).copied().collect();
        (!whole.is_empty()).then_some(whole)
    }
}
