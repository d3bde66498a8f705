//! Lossy WebP: key frames of VP8 (RFC 6386).
//!
//! No kept library in Rust encodes them. This one makes what every decoder reads, quickly rather than as small as can be:
//! one segment, one partition, no search in the coefficients. Each macroblock of 16 by 16 pixels is predicted as a whole or in
//! small blocks of 4 by 4, whichever costs less by error and bits; then the probabilities are fitted to what was found, and
//! everything is written.

mod bits;
mod predict;
mod tables;
mod tokens;
mod transform;

use bits::Writer;
use predict::{LARGE_MODES, Plane, SMALL_MODES};
use tables::{AC_STEPS, DC_STEPS};
use tokens::{Counts, Kind, Tokens, block_cost, fitted};
use transform::{forward, forward_means, inverse, inverse_means};

/// Levels of a macroblock: sixteen blocks of brightness, four of each colour, and the means of the first sixteen.
type Levels = [[i16; 16]; 25];

const MEANS: usize = 24;

/// How the pixels of a macroblock are predicted.
#[derive(Clone, Copy, Debug, Default)]
struct Modes {
    /// As a whole, or in small blocks.
    large: Option<u8>,
    small: [u8; 16],
    chroma: u8,
}

/// Steps of the quantisers.
#[derive(Clone, Copy, Debug)]
struct Steps {
    luma: [i32; 2],
    means: [i32; 2],
    chroma: [i32; 2],
    /// What a bit costs, in squared error.
    bit: i64,
}

impl Steps {
    fn of(index: usize) -> Self {
        let (dc, ac) = (i32::from(DC_STEPS[index]), i32::from(AC_STEPS[index]));
        Self {
            luma: [dc, ac],
            means: [2 * dc, (ac * 155 / 100).max(8)],
            chroma: [dc.min(132), ac],
            bit: i64::from(ac * ac) / 56 + 1,
        }
    }
}

/// The index of the quantiser for a quality from 1 to 100, which means about the same here as in other encoders of WebP.
fn quantiser(quality: u8) -> usize {
    let quality = f64::from(quality) / 100.0;
    let linear = if quality < 0.75 {
        quality * 2.0 / 3.0
    } else {
        2.0 * quality - 1.0
    };
    (127.0 * (1.0 - linear.cbrt())).clamp(0.0, 127.0) as usize
}

/// Encodes RGB pixels as a frame. Width and height are from 1 to 16,383, and there are as many pixels as they say.
pub(super) fn encode(rgb: &[u8], width: usize, height: usize, quality: u8) -> Vec<u8> {
    let index = quantiser(quality);
    let mut encoder = Encoder::new(rgb, width, height, Steps::of(index));
    encoder.analyse();
    encoder.write(index)
}

struct Encoder {
    width: usize,
    height: usize,
    across: usize,
    down: usize,
    steps: Steps,
    /// The picture: brightness and two colours.
    source: [Plane; 3],
    /// As a decoder will see it.
    seen: [Plane; 3],
    modes: Vec<Modes>,
    levels: Vec<Levels>,
}

/// The best way to encode a small block.
struct Small {
    cost: i64,
    mode: u8,
    levels: [i16; 16],
    /// What a decoder will see.
    seen: [[u8; 4]; 4],
}

/// One way to encode some blocks.
struct Tried {
    error: i64,
    bits: i64,
}

impl Tried {
    fn cost(&self, steps: &Steps) -> i64 {
        self.error * 256 + self.bits * steps.bit
    }
}

impl Encoder {
    fn new(rgb: &[u8], width: usize, height: usize, steps: Steps) -> Self {
        let (across, down) = (width.div_ceil(16), height.div_ceil(16));
        let size = |edge: usize| (across * edge, down * edge);
        let seen = [16, 8, 8].map(|edge| Plane::bordered(size(edge).0, size(edge).1));
        Self {
            width,
            height,
            across,
            down,
            steps,
            source: planes(rgb, width, height, across, down),
            seen,
            modes: Vec::with_capacity(across * down),
            levels: Vec::with_capacity(across * down),
        }
    }

    /// Chooses modes and levels of all macroblocks.
    fn analyse(&mut self) {
        let mut tokens = Tokens::new(self.across);
        for row in 0..self.down {
            tokens.begin_row();
            for column in 0..self.across {
                let (modes, levels) = self.macroblock(column, row, &tokens);
                tokens.pass(column, modes.large.is_some(), &levels);
                self.modes.push(modes);
                self.levels.push(levels);
            }
        }
    }

    fn macroblock(&mut self, column: usize, row: usize, tokens: &Tokens) -> (Modes, Levels) {
        let mut levels = [[0; 16]; 25];
        let (large, large_cost) = self.large(column, row, &mut levels, tokens);
        let kept = self.seen[0].block::<16>(column * 16, row * 16);
        let mut small_levels = [[0; 16]; 25];
        let small = self.small(column, row, large_cost, &mut small_levels, tokens);
        let mut modes = Modes::default();
        if let Some(small) = small {
            modes.small = small;
            levels[..16].copy_from_slice(&small_levels[..16]);
            levels[MEANS] = [0; 16];
        } else {
            self.seen[0].put(column * 16, row * 16, &kept);
            modes.large = Some(large);
            modes.small = [predict::as_small(large); 16];
        }
        modes.chroma = self.chroma(column, row, &mut levels);
        (modes, levels)
    }

    /// Predicts brightness as a whole, in the way that is closest.
    fn large(&mut self, column: usize, row: usize, levels: &mut Levels, tokens: &Tokens) -> (u8, i64) {
        let (x, y) = (column * 16, row * 16);
        let source = self.source[0].block::<16>(x, y);
        let mut best = (0, [[0; 16]; 16], i64::MAX);
        for mode in LARGE_MODES {
            let predicted = self.seen[0].predict_large::<16>(x, y, mode);
            let error = squared(source.as_flattened(), predicted.as_flattened());
            if error < best.2 {
                best = (mode, predicted, error);
            }
        }
        let (mode, mut predicted, _) = best;
        let mut means = [0; 16];
        let mut blocks = [[0; 16]; 16];
        for (at, block) in blocks.iter_mut().enumerate() {
            *block = forward(&source, &predicted, at % 4 * 4, at / 4 * 4);
            means[at] = block[0];
        }
        let mut means = forward_means(&means);
        levels[MEANS] = quantise(&mut means, 0, self.steps.means, [96, 108]);
        let means = inverse_means(&means);
        for (at, block) in blocks.iter_mut().enumerate() {
            levels[at] = quantise(block, 1, self.steps.luma, [96, 110]);
            block[0] = means[at];
            inverse(block, &mut predicted, at % 4 * 4, at / 4 * 4);
        }
        let tried = Tried {
            error: squared(source.as_flattened(), predicted.as_flattened()),
            bits: tokens.large_cost(column, levels) + predict::large_cost(mode),
        };
        self.seen[0].put(x, y, &predicted);
        (mode, tried.cost(&self.steps))
    }

    /// Predicts brightness block by block; `None` when that costs more than `most`.
    fn small(
        &mut self,
        column: usize,
        row: usize,
        most: i64,
        levels: &mut Levels,
        tokens: &Tokens,
    ) -> Option<[u8; 16]> {
        let (x, y) = (column * 16, row * 16);
        let source = self.source[0].block::<16>(x, y);
        let above_right = self.seen[0].above_right(x, y);
        let is_last = column + 1 == self.across;
        let mut modes = [0; 16];
        let mut cost = 256 * self.steps.bit;
        let mut context = tokens.luma(column);
        for at in 0..16 {
            let (left, top) = (at % 4 * 4, at / 4 * 4);
            let (above, before) = self.modes_around(column, row, at, &modes);
            let edges = self.seen[0].edges(x + left, y + top, (left == 12).then_some(above_right));
            // What is to the right of the last column is not the same for all decoders.
            let can = |mode: u8| !(is_last && left == 12 && predict::looks_right(mode));
            let mut likely = [(i64::MAX, 0, [[0; 4]; 4]); SMALL_MODES.len()];
            for (place, mode) in likely.iter_mut().zip(SMALL_MODES.into_iter().filter(|&mode| can(mode))) {
                let predicted = predict::small(&edges, mode);
                let error: i64 = (0..16)
                    .map(|pixel| {
                        let (column, row) = (pixel % 4, pixel / 4);
                        i64::from(source[top + row][left + column].abs_diff(predicted[row][column]))
                    })
                    .sum();
                *place = (error, mode, predicted);
            }
            likely.sort_unstable_by_key(|&(error, mode, _)| (error, mode));
            let mut part = [[0; 4]; 4];
            for (line, values) in part.iter_mut().enumerate() {
                values.copy_from_slice(&source[top + line][left..left + 4]);
            }
            let mut best: Option<Small> = None;
            for &(_, mode, mut predicted) in likely.iter().take(3) {
                let mut block = forward(&part, &predicted, 0, 0);
                let own = quantise(&mut block, 0, self.steps.luma, [96, 110]);
                inverse(&block, &mut predicted, 0, 0);
                let tried = Tried {
                    error: squared(part.as_flattened(), predicted.as_flattened()),
                    bits: block_cost(&own, Kind::Whole, context.around(at)) + predict::small_cost(above, before, mode),
                };
                let cost = tried.cost(&self.steps);
                if best.as_ref().is_none_or(|best| cost < best.cost) {
                    best = Some(Small {
                        cost,
                        mode,
                        levels: own,
                        seen: predicted,
                    });
                }
            }
            let best = best?;
            cost += best.cost;
            if cost >= most {
                return None;
            }
            context.set(at, best.levels.iter().any(|&level| level != 0));
            modes[at] = best.mode;
            levels[at] = best.levels;
            self.seen[0].put(x + left, y + top, &best.seen);
        }
        Some(modes)
    }

    /// The modes of the small blocks above and to the left.
    fn modes_around(&self, column: usize, row: usize, at: usize, own: &[u8; 16]) -> (u8, u8) {
        let number = row * self.across + column;
        let above = match (at >= 4, row > 0) {
            (true, _) => own[at - 4],
            (false, true) => self.modes[number - self.across].small[at + 12],
            (false, false) => 0,
        };
        let before = match (!at.is_multiple_of(4), column > 0) {
            (true, _) => own[at - 1],
            (false, true) => self.modes[number - 1].small[at + 3],
            (false, false) => 0,
        };
        (above, before)
    }

    fn chroma(&mut self, column: usize, row: usize, levels: &mut Levels) -> u8 {
        let (x, y) = (column * 8, row * 8);
        let sources = [1, 2].map(|plane: usize| self.source[plane].block::<8>(x, y));
        let mut best = (0, [[[0; 8]; 8]; 2], i64::MAX);
        for mode in LARGE_MODES {
            let predicted = [1, 2].map(|plane: usize| self.seen[plane].predict_large::<8>(x, y, mode));
            let error = (0..2)
                .map(|plane| squared(sources[plane].as_flattened(), predicted[plane].as_flattened()))
                .sum();
            if error < best.2 {
                best = (mode, predicted, error);
            }
        }
        let (mode, mut predicted, _) = best;
        for plane in 0..2 {
            for at in 0..4 {
                let (left, top) = (at % 2 * 4, at / 2 * 4);
                let mut block = forward(&sources[plane], &predicted[plane], left, top);
                levels[16 + plane * 4 + at] = quantise(&mut block, 0, self.steps.chroma, [110, 115]);
                inverse(&block, &mut predicted[plane], left, top);
            }
            self.seen[1 + plane].put(x, y, &predicted[plane]);
        }
        mode
    }

    fn write(&self, index: usize) -> Vec<u8> {
        let mut counts = Counts::default();
        let mut empty = 0;
        self.each_block(
            &mut |kind, levels, context| counts.block(levels, kind, context),
            &mut |is_empty| {
                empty += u64::from(is_empty);
            },
        );
        let probabilities = fitted(&counts);
        let total = self.levels.len() as u64;
        // The probability that a macroblock has anything.
        let full = (((total - empty) * 255 / total.max(1)) as u8).max(1);

        let mut head = Writer::default();
        head.literal(0, 2); // colour space, clamping
        head.literal(0, 1); // segments
        head.literal(0, 1); // the normal loop filter
        head.literal(self.smoothing(), 6);
        head.literal(0, 3); // sharpness
        head.literal(0, 1); // adjustments of the filter
        head.literal(0, 2); // one partition
        head.literal(index as u32, 7);
        head.literal(0, 5); // differences of the quantisers
        head.literal(0, 1); // probabilities do not outlast the frame
        tokens::write_probabilities(&mut head, &probabilities);
        head.literal(1, 1); // empty macroblocks are marked
        head.literal(u32::from(full), 8);

        let mut data = Writer::default();
        let mut number = 0;
        self.each_block(
            &mut |kind, levels, context| tokens::write(&mut data, levels, kind, context, &probabilities),
            &mut |is_empty| {
                head.bit(is_empty, full);
                self.write_modes(&mut head, number);
                number += 1;
            },
        );
        let (head, data) = (head.finish(), data.finish());
        let mut frame = Vec::with_capacity(10 + head.len() + data.len());
        let tag = (head.len() as u32) << 5 | 1 << 4;
        frame.extend_from_slice(&tag.to_le_bytes()[..3]);
        frame.extend_from_slice(&[0x9d, 0x01, 0x2a]);
        frame.extend_from_slice(&(self.width as u16).to_le_bytes());
        frame.extend_from_slice(&(self.height as u16).to_le_bytes());
        frame.extend_from_slice(&head);
        frame.extend_from_slice(&data);
        frame
    }

    /// How much decoders smooth the edges of blocks: the coarser the steps, the more.
    fn smoothing(&self) -> u32 {
        let step = self.steps.luma[1] as u32 >> 2;
        let level = step * 300 / 256;
        if level < 2 { 0 } else { level.min(63) }
    }

    fn write_modes(&self, head: &mut Writer, number: usize) {
        let modes = &self.modes[number];
        predict::write_large(head, modes.large);
        if modes.large.is_none() {
            let (column, row) = (number % self.across, number / self.across);
            for at in 0..16 {
                let (above, before) = self.modes_around(column, row, at, &modes.small);
                predict::write_small(head, above, before, modes.small[at]);
            }
        }
        predict::write_chroma(head, modes.chroma);
    }

    /// Visits what is written of each macroblock: first whether it is empty, then its blocks.
    fn each_block(&self, block: &mut dyn FnMut(Kind, &[i16; 16], usize), begin: &mut dyn FnMut(bool)) {
        let mut tokens = Tokens::new(self.across);
        for (number, (modes, levels)) in self.modes.iter().zip(&self.levels).enumerate() {
            let column = number % self.across;
            if column == 0 {
                tokens.begin_row();
            }
            let is_empty = levels.as_flattened().iter().all(|&level| level == 0);
            begin(is_empty);
            if !is_empty {
                tokens.visit(column, modes.large.is_some(), levels, block);
            }
            tokens.pass(column, modes.large.is_some(), levels);
        }
    }
}

/// Makes levels of coefficients, and of the coefficients what a decoder will make of the levels. `first` is 1 where the mean
/// is kept elsewhere; `bias` says from which part of a step on a level is rounded up, in 256ths that are left of it.
fn quantise(block: &mut [i32; 16], first: usize, steps: [i32; 2], bias: [i32; 2]) -> [i16; 16] {
    let mut levels = [0; 16];
    for (place, kept) in levels.iter_mut().enumerate().skip(first) {
        let at = tables::ZIGZAG[place];
        let (step, bias) = if place == 0 {
            (steps[0], bias[0])
        } else {
            (steps[1], bias[1])
        };
        let level = ((block[at].abs() * 256 + bias * step) / (256 * step)).min(2047);
        let level = if block[at] < 0 { -level } else { level };
        block[at] = level * step;
        *kept = level as i16;
    }
    levels
}

fn squared(one: &[u8], other: &[u8]) -> i64 {
    let error: u32 = one
        .iter()
        .zip(other)
        .map(|(&one, &other)| u32::from(one.abs_diff(other)).pow(2))
        .sum();
    i64::from(error)
}

/// Brightness and colours, the latter at half the resolution; beyond its edges the picture goes on as it ends.
fn planes(rgb: &[u8], width: usize, height: usize, across: usize, down: usize) -> [Plane; 3] {
    let mut planes = [16, 8, 8].map(|edge| Plane::new(across * edge, down * edge));
    let pixel = |x: usize, y: usize| {
        let at = (y.min(height - 1) * width + x.min(width - 1)) * 3;
        [rgb[at], rgb[at + 1], rgb[at + 2]].map(i32::from)
    };
    let [luma, blue, red] = &mut planes;
    for y in 0..down * 16 {
        for (x, value) in luma.row(y).iter_mut().enumerate() {
            let [r, g, b] = pixel(x, y);
            *value = ((16_839 * r + 33_059 * g + 6_420 * b + (16 << 16) + (1 << 15)) >> 16) as u8;
        }
    }
    for y in 0..down * 8 {
        for x in 0..across * 8 {
            let mut sum = [0; 3];
            for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(more_x, more_y)| (2 * x + more_x, 2 * y + more_y)) {
                for (sum, value) in sum.iter_mut().zip(pixel(x, y)) {
                    *sum += value;
                }
            }
            let [r, g, b] = sum;
            let byte = |value: i32| ((value + (128 << 18) + (1 << 17)) >> 18).clamp(0, 255) as u8;
            blue.row(y)[x] = byte(-9_719 * r - 19_081 * g + 28_800 * b);
            red.row(y)[x] = byte(28_800 * r - 24_116 * g - 4_684 * b);
        }
    }
    planes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a decoder sees of a frame.
    fn decoded(frame: &[u8]) -> (u32, u32, Vec<u8>) {
        let padded = frame.len().next_multiple_of(2);
        let mut file = b"RIFF".to_vec();
        file.extend((padded as u32 + 12).to_le_bytes());
        file.extend(b"WEBPVP8 ");
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend(frame);
        file.resize(20 + padded, 0);
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
        let (width, height) = decoder.dimensions();
        let mut rgb = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut rgb).unwrap();
        (width, height, rgb)
    }

    /// Slopes, edges and noise.
    fn picture(width: usize, height: usize) -> Vec<u8> {
        let mut seed = 7_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 28) as i32
        };
        (0..width * height)
            .flat_map(|at| {
                let (x, y) = (at % width, at / width);
                let bright = if (x / 23 + y / 31).is_multiple_of(2) { 60 } else { 150 };
                let value = bright + (x * 50 / width.max(1)) as i32;
                let own = noise();
                [
                    value + own,
                    value + own / 2,
                    value - 20 + (y * 40 / height.max(1)) as i32,
                ]
            })
            .map(|value| value.clamp(0, 255) as u8)
            .collect()
    }

    fn mean_error(one: &[u8], other: &[u8]) -> f64 {
        let sum: u64 = one
            .iter()
            .zip(other)
            .map(|(one, other)| u64::from(one.abs_diff(*other)))
            .sum();
        sum as f64 / one.len() as f64
    }

    #[test]
    fn a_decoder_sees_the_picture() {
        for (width, height) in [(1, 1), (3, 2), (16, 16), (17, 33), (64, 48), (150, 101)] {
            let rgb = picture(width, height);
            for (quality, most) in [(95, 6.0), (80, 8.0), (40, 12.0), (5, 25.0)] {
                let (found_width, found_height, found) = decoded(&encode(&rgb, width, height, quality));
                assert_eq!((found_width as usize, found_height as usize), (width, height));
                let error = mean_error(&rgb, &found);
                assert!(error < most, "{width} by {height} at {quality}: {error}");
            }
        }
    }

    #[test]
    fn plain_colours_come_back() {
        for color in [
            [0, 0, 0],
            [255, 255, 255],
            [200, 30, 60],
            [12, 200, 90],
            [128, 128, 128],
        ] {
            let (_, _, found) = decoded(&encode(&color.repeat(40 * 40), 40, 40, 80));
            let error = mean_error(&color.repeat(40 * 40), &found);
            assert!(error < 3.0, "{color:?}: {error}");
        }
    }

    #[test]
    fn quality_costs_bytes_and_gives_closeness() {
        let rgb = picture(200, 160);
        let made = [10, 30, 50, 70, 90].map(|quality| encode(&rgb, 200, 160, quality));
        for pair in made.windows(2) {
            assert!(pair[0].len() < pair[1].len());
            let [coarse, fine] = [&pair[0], &pair[1]].map(|frame| mean_error(&rgb, &decoded(frame).2));
            assert!(coarse > fine, "{coarse} {fine}");
        }
    }

    #[test]
    fn what_is_inverted_comes_back() {
        let source = [
            [10, 200, 30, 40],
            [90, 80, 70, 60],
            [1, 2, 250, 4],
            [128, 127, 126, 125],
        ];
        let mut predicted = [[100; 4]; 4];
        let block = forward(&source, &predicted, 0, 0);
        inverse(&block, &mut predicted, 0, 0);
        for (one, other) in source.as_flattened().iter().zip(predicted.as_flattened()) {
            assert!(one.abs_diff(*other) <= 1, "{predicted:?}");
        }
        let means = std::array::from_fn(|at| (at as i32 * 37 % 200) * 8 - 500);
        for (one, other) in means.iter().zip(inverse_means(&forward_means(&means))) {
            assert!((one - other).abs() <= 8, "{one} {other}");
        }
    }
}
