//! One scan: a pass over the image that brings components, frequencies or bits.

use super::bits::{Bits, Huffman, Skips};
use super::transform::{Block, ZIGZAG, flat, inverse, last_needed};
use super::{Component, Tables, most, units};

/// The number of units from which [`Skips`] save more time than it takes to make them. A small image can have thousands of scans,
/// each with codes of its own.
const MIN_SKIPPING_UNITS: u32 = 1024;

/// The header of a scan.
#[derive(Debug)]
pub(super) struct Scan {
    /// Index, and the numbers of the tables for the first coefficient and for the others.
    pub(super) components: Vec<(usize, u8, u8)>,
    is_progressive: bool,
    /// The first and the last frequency in zigzag order.
    first: usize,
    last: usize,
    /// Whether it adds a bit to what earlier scans brought.
    is_refinement: bool,
    /// The place of its lowest bit.
    shift: u32,
}

impl Scan {
    /// Reads the header of a scan. Returns `None` for one that cannot be decoded.
    pub(super) fn of(content: &[u8], all: &[Component], is_progressive: bool) -> Option<Self> {
        let (&count, rest) = content.split_first()?;
        let (declared, rest) = rest.split_at_checked(usize::from(count) * 2)?;
        let mut components: Vec<(usize, u8, u8)> = Vec::new();
        for fields in declared.chunks_exact(2) {
            let index = all.iter().position(|component| component.id == fields[0])?;
            if components.iter().any(|&(known, ..)| known == index) {
                return None;
            }
            components.push((index, fields[1] >> 4, fields[1] & 15));
        }
        let &[first, last, bits, ..] = rest else { return None };
        let (first, last) = (usize::from(first), usize::from(last));
        let is_valid = match first {
            _ if !is_progressive => true,
            0 => last == 0,
            _ => first <= last && last < 64 && count == 1,
        };
        (is_valid && bits & 15 < 14 && !components.is_empty()).then_some(Self {
            components,
            is_progressive,
            first,
            last,
            is_refinement: bits >> 4 > 0,
            shift: u32::from(bits & 15),
        })
    }

    /// Decodes the scan into the planes, or the coefficients of a progressive image. Returns whether anything was decoded.
    pub(super) fn decode(
        &self,
        data: &[u8],
        all: &mut [Component],
        tables: &Tables,
        (width, height): (u32, u32),
        edge: usize,
    ) -> bool {
        // The others of a reduction by 8 are not needed.
        if self.is_progressive && self.first > 0 && edge == 1 {
            return false;
        }
        let is_single = self.components.len() == 1;
        let (units_wide, units_high) = if let [(index, ..)] = *self.components {
            // The blocks that complete the last units are missing.
            let component = &all[index];
            let (most_across, most_down) = most(all);
            let own = |size: u32, share: u32, most: u32| (size * share).div_ceil(most).div_ceil(8);
            (
                own(width, component.across, most_across),
                own(height, component.down, most_down),
            )
        } else {
            units(all, (width, height))
        };
        let table = |of: &[Option<std::rc::Rc<Huffman>>; 4], number: u8| of.get(usize::from(number))?.clone();
        let codes: Vec<_> = self
            .components
            .iter()
            .map(|&(_, dc, ac)| (table(&tables.dc, dc), table(&tables.ac, ac)))
            .collect();
        let units = units_wide * units_high;
        let has_skips = edge < 8 && !self.is_progressive && units >= MIN_SKIPPING_UNITS;
        let skips: Vec<_> = codes
            .iter()
            .map(|(_, ac)| ac.as_ref().filter(|_| has_skips).map(|ac| ac.skips()))
            .collect();
        let mut bits = Bits::new(data);
        let mut has_decoded = false;
        let mut end_run = 0;
        let restart = |all: &mut [Component]| all.iter_mut().for_each(|component| component.predicted = 0);
        restart(all);
        let mut unit = 0;
        while unit < units {
            if tables.restart_interval > 0 && unit > 0 && unit % tables.restart_interval == 0 {
                if !bits.restart() {
                    break;
                }
                restart(all);
                end_run = 0;
            }
            let (unit_x, unit_y) = (unit % units_wide, unit / units_wide);
            for ((&(index, ..), (dc, ac)), skips) in self.components.iter().zip(&codes).zip(&skips) {
                let component = &mut all[index];
                let (across, down) = if is_single {
                    (1, 1)
                } else {
                    (component.across, component.down)
                };
                for block in 0..across * down {
                    let x = unit_x * across + block % across;
                    let y = unit_y * down + block / across;
                    let at = y as usize * component.blocks_wide as usize + x as usize;
                    if self.is_progressive {
                        self.progressive(
                            &mut bits,
                            component,
                            (dc.as_deref(), ac.as_deref()),
                            at,
                            edge,
                            &mut end_run,
                        );
                    } else if let (Some(dc), Some(ac)) = (dc, ac) {
                        baseline(&mut bits, component, (dc, ac, *skips), (x, y), edge);
                    } else {
                        bits.fail();
                    }
                }
            }
            if bits.is_spent() {
                // The rest up to the next restart marker is lost.
                match tables.restart_interval {
                    0 => break,
                    interval => unit = (unit / interval + 1) * interval,
                }
                continue;
            }
            has_decoded = true;
            unit += 1;
        }
        has_decoded
    }

    /// Decodes what a scan of a progressive image has of a block.
    fn progressive(
        &self,
        bits: &mut Bits<'_>,
        component: &mut Component,
        (dc, ac): (Option<&Huffman>, Option<&Huffman>),
        at: usize,
        edge: usize,
        end_run: &mut u32,
    ) {
        if self.first == 0 {
            let stored = if edge == 1 { at } else { at * 64 };
            let first = &mut component.coefficients[stored];
            if self.is_refinement {
                *first |= i16::from(bits.take_bit()) << self.shift;
            } else if let Some(dc) = dc {
                component.predicted = difference(bits, dc, component.predicted);
                *first = (component.predicted << self.shift) as i16;
            } else {
                bits.fail();
            }
            return;
        }
        let Some(ac) = ac else { return bits.fail() };
        let block = &mut component.coefficients[at * 64..at * 64 + 64];
        if self.is_refinement {
            self.refine(bits, block, ac, end_run);
        } else if *end_run > 0 {
            *end_run -= 1;
        } else {
            let mut place = self.first;
            while place <= self.last {
                bits.refill();
                let symbol = ac.next(bits);
                let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
                if size > 0 {
                    place += run;
                    let value = bits.take_signed(size) << self.shift;
                    let Some(&natural) = ZIGZAG.get(place) else {
                        return bits.fail();
                    };
                    block[usize::from(natural)] = value as i16;
                    place += 1;
                } else if run == 15 {
                    place += 16;
                } else {
                    *end_run = end_run_of(bits, run) - 1;
                    return;
                }
            }
        }
    }

    /// Adds a bit to the coefficients of a block, and new ones among them.
    fn refine(&self, bits: &mut Bits<'_>, block: &mut [i16], ac: &Huffman, end_run: &mut u32) {
        let bit = 1_i16 << self.shift;
        let mut place = self.first;
        while *end_run == 0 && place <= self.last {
            bits.refill();
            let symbol = ac.next(bits);
            let mut run = usize::from(symbol >> 4);
            let mut value = 0;
            if symbol & 15 > 0 {
                value = if bits.take_bit() { bit } else { -bit };
            } else if run < 15 {
                *end_run = end_run_of(bits, run);
                break;
            }
            while place <= self.last {
                let coefficient = &mut block[usize::from(ZIGZAG[place])];
                if *coefficient != 0 {
                    refine_one(bits, coefficient, bit);
                } else if run == 0 {
                    *coefficient = value;
                    break;
                } else {
                    run -= 1;
                }
                place += 1;
            }
            place += 1;
        }
        if *end_run > 0 {
            for &natural in ZIGZAG.get(place..=self.last).unwrap_or_default() {
                let coefficient = &mut block[usize::from(natural)];
                if *coefficient != 0 {
                    refine_one(bits, coefficient, bit);
                }
            }
            *end_run -= 1;
        }
    }
}

fn refine_one(bits: &mut Bits<'_>, coefficient: &mut i16, bit: i16) {
    if bits.take_bit() && *coefficient & bit == 0 {
        *coefficient = coefficient.wrapping_add(if *coefficient > 0 { bit } else { -bit });
    }
}

/// The number of blocks, from this one on, that have no more coefficients.
fn end_run_of(bits: &mut Bits<'_>, size: usize) -> u32 {
    let size = size as u32;
    if size == 0 {
        return 1;
    }
    bits.refill();
    (1 << size) + bits.take(size)
}

/// The first coefficient of a block, by that of the block before.
#[inline]
fn difference(bits: &mut Bits<'_>, dc: &Huffman, predicted: i32) -> i32 {
    bits.refill();
    let size = u32::from(dc.next(bits));
    if size > 15 {
        bits.fail();
        return predicted;
    }
    // Damaged data adds up to any number; sixteen bits are all that a valid one has.
    i32::from(predicted.wrapping_add(bits.take_signed(size)) as i16)
}

/// Decodes a block of a baseline image into samples.
#[inline]
fn baseline(
    bits: &mut Bits<'_>,
    component: &mut Component,
    (dc, ac, skips): (&Huffman, &Huffman, Option<&Skips>),
    (x, y): (u32, u32),
    edge: usize,
) {
    component.predicted = difference(bits, dc, component.predicted);
    if let (1, Some(skips), Some(factors)) = (edge, skips, &component.factors) {
        if skips.skip(ac, bits, 1) > 64 {
            bits.fail();
        } else if !bits.is_spent() {
            let at = y as usize * component.blocks_wide as usize + x as usize;
            component.plane[at] = flat(component.predicted as i16, factors);
        }
        return;
    }
    let mut block: Block = [0; 64];
    block[0] = component.predicted as i16;
    let needed = last_needed(edge);
    let (mut last, mut place) = (0, 1);
    let behind = loop {
        match skips {
            Some(skips) if place > needed => break skips.skip(ac, bits, place),
            _ if place >= 64 => break place,
            _ => {}
        }
        bits.refill();
        let symbol = ac.next(bits);
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && run < 15 {
            break place;
        }
        place += run;
        if size > 0 && place <= needed {
            block[usize::from(ZIGZAG[place])] = bits.take_signed(size) as i16;
            last = place;
        } else {
            bits.skip(size);
        }
        place += 1;
    };
    if behind > 64 {
        bits.fail();
    }
    let Some(factors) = &component.factors else {
        return bits.fail();
    };
    if bits.is_spent() {
        return;
    }
    let stride = component.blocks_wide as usize * edge;
    let start = y as usize * edge * stride + x as usize * edge;
    inverse(&block, factors, edge, last, &mut component.plane[start..], stride);
}
