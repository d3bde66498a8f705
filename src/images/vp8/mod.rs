//! Lossy WebP: key frames of VP8 (RFC 6386).
//!
//! Written by hand, because no library fits: `image-webp` encodes lossless images only, `zenwebp` is pure Rust and lossy but
//! under the AGPL or a commercial licence, and `libwebp-sys` is C, which needs a C compiler for WebAssembly.
//!
//! The encoder prefers speed to size: one segment, one partition and no trellis quantisation. Each macroblock of 16 by 16
//! pixels is predicted as a whole or in 16 subblocks of 4 by 4, whichever has the lower rate-distortion cost. A second pass
//! fits the probabilities to the chosen coefficients and writes the frame.

mod bool_encoder;
mod dct;
mod predict;
mod tables;
mod tokens;

use bool_encoder::BoolEncoder;
use dct::{forward, forward_y2, inverse, inverse_y2};
use predict::{MACROBLOCK_MODES, Plane, SUBBLOCK_MODES};
use tables::{AC_STEPS, DC_STEPS};
use tokens::{BlockKind, Contexts, Counts, block_cost, fitted_probabilities};

/// The quantised coefficients of a macroblock: 16 blocks of luma, 4 of each chroma plane, and the Y2 block, which holds the
/// transformed DC coefficients of luma.
type Levels = [[i16; 16]; 25];

/// The index of the Y2 block.
const Y2: usize = 24;

/// The prediction modes of a macroblock.
#[derive(Clone, Copy, Debug, Default)]
struct Modes {
    /// The mode of luma as a whole. `None` where each subblock has its own.
    luma: Option<u8>,
    /// The modes of the subblocks. Of luma that is predicted as a whole, what it counts as for its neighbours.
    subblocks: [u8; 16],
    chroma: u8,
}

/// The quantiser steps for DC and AC coefficients.
#[derive(Clone, Copy, Debug)]
struct Steps {
    luma: [i32; 2],
    y2: [i32; 2],
    chroma: [i32; 2],
    /// The squared error that is worth a bit.
    lambda: i64,
}

impl Steps {
    fn of(index: usize) -> Self {
        let (dc, ac) = (i32::from(DC_STEPS[index]), i32::from(AC_STEPS[index]));
        Self {
            luma: [dc, ac],
            y2: [2 * dc, (ac * 155 / 100).max(8)],
            chroma: [dc.min(132), ac],
            lambda: i64::from(ac * ac) / 56 + 1,
        }
    }
}

/// The quantiser index for a quality from 1 to 100, on the same scale as other encoders of WebP.
fn quantiser_index(quality: u8) -> usize {
    let quality = f64::from(quality) / 100.0;
    let linear = if quality < 0.75 {
        quality * 2.0 / 3.0
    } else {
        2.0 * quality - 1.0
    };
    (127.0 * (1.0 - linear.cbrt())).clamp(0.0, 127.0) as usize
}

/// Encodes RGB pixels into a key frame. Width and height are 1 to 16,383, and `rgb` has three bytes for each pixel.
pub(super) fn encode(rgb: &[u8], width: usize, height: usize, quality: u8) -> Vec<u8> {
    let index = quantiser_index(quality);
    let mut encoder = Encoder::new(rgb, width, height, Steps::of(index));
    encoder.analyse();
    encoder.write(index)
}

struct Encoder {
    width: usize,
    height: usize,
    /// Macroblocks in a row.
    columns: usize,
    /// Rows of macroblocks.
    rows: usize,
    steps: Steps,
    /// The image as luma and two planes of chroma.
    source: [Plane; 3],
    /// The image as a decoder reconstructs it.
    reconstructed: [Plane; 3],
    modes: Vec<Modes>,
    levels: Vec<Levels>,
}

/// A subblock encoded with one mode.
struct Subblock {
    cost: i64,
    mode: u8,
    levels: [i16; 16],
    reconstructed: [[u8; 4]; 4],
}

/// The rate and distortion of one way to encode blocks.
struct Tradeoff {
    /// The sum of squared errors.
    error: i64,
    /// In 256ths.
    bits: i64,
}

impl Tradeoff {
    fn cost(&self, steps: &Steps) -> i64 {
        self.error * 256 + self.bits * steps.lambda
    }
}

impl Encoder {
    fn new(rgb: &[u8], width: usize, height: usize, steps: Steps) -> Self {
        let (columns, rows) = (width.div_ceil(16), height.div_ceil(16));
        let size = |edge: usize| (columns * edge, rows * edge);
        let reconstructed = [16, 8, 8].map(|edge| Plane::bordered(size(edge).0, size(edge).1));
        Self {
            width,
            height,
            columns,
            rows,
            steps,
            source: planes(rgb, width, height, columns, rows),
            reconstructed,
            modes: Vec::with_capacity(columns * rows),
            levels: Vec::with_capacity(columns * rows),
        }
    }

    /// The first pass: chooses the modes and levels of all macroblocks.
    fn analyse(&mut self) {
        let mut contexts = Contexts::new(self.columns);
        for row in 0..self.rows {
            contexts.begin_row();
            for column in 0..self.columns {
                let (modes, levels) = self.macroblock(column, row, &contexts);
                contexts.advance(column, modes.luma.is_some(), &levels);
                self.modes.push(modes);
                self.levels.push(levels);
            }
        }
    }

    fn macroblock(&mut self, column: usize, row: usize, contexts: &Contexts) -> (Modes, Levels) {
        let mut levels = [[0; 16]; 25];
        let (whole, whole_cost) = self.predict_whole(column, row, &mut levels, contexts);
        let kept = self.reconstructed[0].block::<16>(column * 16, row * 16);
        let mut subblock_levels = [[0; 16]; 25];
        let subblocks = self.predict_subblocks(column, row, whole_cost, &mut subblock_levels, contexts);
        let mut modes = Modes::default();
        if let Some(subblocks) = subblocks {
            modes.subblocks = subblocks;
            levels[..16].copy_from_slice(&subblock_levels[..16]);
            levels[Y2] = [0; 16];
        } else {
            self.reconstructed[0].put(column * 16, row * 16, &kept);
            modes.luma = Some(whole);
            modes.subblocks = [predict::as_subblock_mode(whole); 16];
        }
        modes.chroma = self.predict_chroma(column, row, &mut levels);
        (modes, levels)
    }

    /// Predicts luma as a whole, by the mode with the smallest error. Returns the mode and its cost.
    fn predict_whole(&mut self, column: usize, row: usize, levels: &mut Levels, contexts: &Contexts) -> (u8, i64) {
        let (x, y) = (column * 16, row * 16);
        let source = self.source[0].block::<16>(x, y);
        let mut best = (0, [[0; 16]; 16], i64::MAX);
        for mode in MACROBLOCK_MODES {
            let predicted = self.reconstructed[0].predict::<16>(x, y, mode);
            let error = squared_error(source.as_flattened(), predicted.as_flattened());
            if error < best.2 {
                best = (mode, predicted, error);
            }
        }
        let (mode, mut predicted, _) = best;
        let mut dcs = [0; 16];
        let mut blocks = [[0; 16]; 16];
        for (at, block) in blocks.iter_mut().enumerate() {
            *block = forward(&source, &predicted, at % 4 * 4, at / 4 * 4);
            dcs[at] = block[0];
        }
        let mut y2 = forward_y2(&dcs);
        levels[Y2] = quantise(&mut y2, 0, self.steps.y2, [96, 108]);
        let dcs = inverse_y2(&y2);
        for (at, block) in blocks.iter_mut().enumerate() {
            levels[at] = quantise(block, 1, self.steps.luma, [96, 110]);
            block[0] = dcs[at];
            inverse(block, &mut predicted, at % 4 * 4, at / 4 * 4);
        }
        let tradeoff = Tradeoff {
            error: squared_error(source.as_flattened(), predicted.as_flattened()),
            bits: contexts.luma_cost(column, levels) + predict::macroblock_mode_cost(mode),
        };
        self.reconstructed[0].put(x, y, &predicted);
        (mode, tradeoff.cost(&self.steps))
    }

    /// Predicts luma by subblocks. Returns `None` as soon as the cost reaches `max_cost`.
    fn predict_subblocks(
        &mut self,
        column: usize,
        row: usize,
        max_cost: i64,
        levels: &mut Levels,
        contexts: &Contexts,
    ) -> Option<[u8; 16]> {
        let (x, y) = (column * 16, row * 16);
        let source = self.source[0].block::<16>(x, y);
        let above_right = self.reconstructed[0].above_right(x, y);
        let is_last = column + 1 == self.columns;
        let mut modes = [0; 16];
        let mut cost = 256 * self.steps.lambda;
        let mut context = contexts.luma(column);
        for at in 0..16 {
            let (left, top) = (at % 4 * 4, at / 4 * 4);
            let (above, left_mode) = self.neighbour_modes(column, row, at, &modes);
            let edges = self.reconstructed[0].edges(x + left, y + top, (left == 12).then_some(above_right));
            // Decoders disagree on the pixels to the right of the last macroblock.
            let is_allowed = |mode: u8| !(is_last && left == 12 && predict::uses_above_right(mode));
            let mut candidates = [(i64::MAX, 0, [[0; 4]; 4]); SUBBLOCK_MODES.len()];
            for (candidate, mode) in candidates
                .iter_mut()
                .zip(SUBBLOCK_MODES.into_iter().filter(|&mode| is_allowed(mode)))
            {
                let predicted = predict::subblock(&edges, mode);
                let error: i64 = (0..16)
                    .map(|pixel| {
                        let (column, row) = (pixel % 4, pixel / 4);
                        i64::from(source[top + row][left + column].abs_diff(predicted[row][column]))
                    })
                    .sum();
                *candidate = (error, mode, predicted);
            }
            candidates.sort_unstable_by_key(|&(error, mode, _)| (error, mode));
            let mut part = [[0; 4]; 4];
            for (line, values) in part.iter_mut().enumerate() {
                values.copy_from_slice(&source[top + line][left..left + 4]);
            }
            let mut best: Option<Subblock> = None;
            for &(_, mode, mut predicted) in candidates.iter().take(3) {
                let mut block = forward(&part, &predicted, 0, 0);
                let own = quantise(&mut block, 0, self.steps.luma, [96, 110]);
                inverse(&block, &mut predicted, 0, 0);
                let tradeoff = Tradeoff {
                    error: squared_error(part.as_flattened(), predicted.as_flattened()),
                    bits: block_cost(&own, BlockKind::LumaWithDc, context.at(at))
                        + predict::subblock_mode_cost(above, left_mode, mode),
                };
                let cost = tradeoff.cost(&self.steps);
                if best.as_ref().is_none_or(|best| cost < best.cost) {
                    best = Some(Subblock {
                        cost,
                        mode,
                        levels: own,
                        reconstructed: predicted,
                    });
                }
            }
            let best = best?;
            cost += best.cost;
            if cost >= max_cost {
                return None;
            }
            context.set(at, best.levels.iter().any(|&level| level != 0));
            modes[at] = best.mode;
            levels[at] = best.levels;
            self.reconstructed[0].put(x + left, y + top, &best.reconstructed);
        }
        Some(modes)
    }

    /// The modes of the subblocks above and to the left.
    fn neighbour_modes(&self, column: usize, row: usize, at: usize, own: &[u8; 16]) -> (u8, u8) {
        let number = row * self.columns + column;
        let above = match (at >= 4, row > 0) {
            (true, _) => own[at - 4],
            (false, true) => self.modes[number - self.columns].subblocks[at + 12],
            (false, false) => 0,
        };
        let left = match (!at.is_multiple_of(4), column > 0) {
            (true, _) => own[at - 1],
            (false, true) => self.modes[number - 1].subblocks[at + 3],
            (false, false) => 0,
        };
        (above, left)
    }

    fn predict_chroma(&mut self, column: usize, row: usize, levels: &mut Levels) -> u8 {
        let (x, y) = (column * 8, row * 8);
        let sources = [1, 2].map(|plane: usize| self.source[plane].block::<8>(x, y));
        let mut best = (0, [[[0; 8]; 8]; 2], i64::MAX);
        for mode in MACROBLOCK_MODES {
            let predicted = [1, 2].map(|plane: usize| self.reconstructed[plane].predict::<8>(x, y, mode));
            let error = (0..2)
                .map(|plane| squared_error(sources[plane].as_flattened(), predicted[plane].as_flattened()))
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
            self.reconstructed[1 + plane].put(x, y, &predicted[plane]);
        }
        mode
    }

    /// The second pass: fits the probabilities and writes the frame.
    fn write(&self, index: usize) -> Vec<u8> {
        let mut counts = Counts::default();
        let mut empty = 0;
        self.each_block(
            &mut |kind, levels, context| counts.add(levels, kind, context),
            &mut |is_empty| {
                empty += u64::from(is_empty);
            },
        );
        let probabilities = fitted_probabilities(&counts);
        let total = self.levels.len() as u64;
        // The probability that a macroblock has coefficients.
        let not_empty = (((total - empty) * 255 / total.max(1)) as u8).max(1);

        let mut head = BoolEncoder::default();
        head.literal(0, 2); // colour space and clamping type
        head.literal(0, 1); // no segments
        head.literal(0, 1); // the normal loop filter
        head.literal(self.filter_level(), 6);
        head.literal(0, 3); // sharpness
        head.literal(0, 1); // no adjustments of the filter
        head.literal(0, 2); // one partition
        head.literal(index as u32, 7);
        head.literal(0, 5); // no differences between the quantisers
        head.literal(0, 1); // probabilities are for this frame only
        tokens::write_probabilities(&mut head, &probabilities);
        head.literal(1, 1); // macroblocks without coefficients are marked
        head.literal(u32::from(not_empty), 8);

        let mut data = BoolEncoder::default();
        let mut number = 0;
        self.each_block(
            &mut |kind, levels, context| tokens::write(&mut data, levels, kind, context, &probabilities),
            &mut |is_empty| {
                head.bit(is_empty, not_empty);
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

    /// The level of the loop filter, which smooths the edges of blocks: the coarser the steps, the higher.
    fn filter_level(&self) -> u32 {
        let step = self.steps.luma[1] as u32 >> 2;
        let level = step * 300 / 256;
        if level < 2 { 0 } else { level.min(63) }
    }

    fn write_modes(&self, head: &mut BoolEncoder, number: usize) {
        let modes = &self.modes[number];
        predict::write_macroblock_mode(head, modes.luma);
        if modes.luma.is_none() {
            let (column, row) = (number % self.columns, number / self.columns);
            for at in 0..16 {
                let (above, left) = self.neighbour_modes(column, row, at, &modes.subblocks);
                predict::write_subblock_mode(head, above, left, modes.subblocks[at]);
            }
        }
        predict::write_chroma_mode(head, modes.chroma);
    }

    /// Visits all macroblocks in the order of the stream: `begin` with whether one is empty, then `block` with its blocks.
    fn each_block(&self, block: &mut dyn FnMut(BlockKind, &[i16; 16], usize), begin: &mut dyn FnMut(bool)) {
        let mut contexts = Contexts::new(self.columns);
        for (number, (modes, levels)) in self.modes.iter().zip(&self.levels).enumerate() {
            let column = number % self.columns;
            if column == 0 {
                contexts.begin_row();
            }
            let is_empty = levels.as_flattened().iter().all(|&level| level == 0);
            begin(is_empty);
            if !is_empty {
                contexts.visit(column, modes.luma.is_some(), levels, block);
            }
            contexts.advance(column, modes.luma.is_some(), levels);
        }
    }
}

/// Quantises coefficients, and replaces them with what a decoder reconstructs from the levels.
///
/// `first` is 1 where the DC coefficient is in the Y2 block. `bias` is added before rounding down, in 256ths of a step: 128
/// would round to the nearest level, and less prefers the shorter code.
fn quantise(block: &mut [i32; 16], first: usize, steps: [i32; 2], bias: [i32; 2]) -> [i16; 16] {
    let mut levels = [0; 16];
    for (index, quantised) in levels.iter_mut().enumerate().skip(first) {
        let at = tables::ZIGZAG[index];
        let (step, bias) = if index == 0 {
            (steps[0], bias[0])
        } else {
            (steps[1], bias[1])
        };
        let level = ((block[at].abs() * 256 + bias * step) / (256 * step)).min(2047);
        let level = if block[at] < 0 { -level } else { level };
        block[at] = level * step;
        *quantised = level as i16;
    }
    levels
}

/// The sum of squared errors.
fn squared_error(one: &[u8], other: &[u8]) -> i64 {
    let error: u32 = one
        .iter()
        .zip(other)
        .map(|(&one, &other)| u32::from(one.abs_diff(other)).pow(2))
        .sum();
    i64::from(error)
}

/// Luma, and chroma at half the resolution. The last row and column are repeated up to whole macroblocks.
fn planes(rgb: &[u8], width: usize, height: usize, columns: usize, rows: usize) -> [Plane; 3] {
    let mut planes = [16, 8, 8].map(|edge| Plane::new(columns * edge, rows * edge));
    let pixel = |x: usize, y: usize| {
        let at = (y.min(height - 1) * width + x.min(width - 1)) * 3;
        [rgb[at], rgb[at + 1], rgb[at + 2]].map(i32::from)
    };
    let [luma, blue, red] = &mut planes;
    for y in 0..rows * 16 {
        for (x, value) in luma.row(y).iter_mut().enumerate() {
            let [r, g, b] = pixel(x, y);
            *value = ((16_839 * r + 33_059 * g + 6_420 * b + (16 << 16) + (1 << 15)) >> 16) as u8;
        }
    }
    for y in 0..rows * 8 {
        for x in 0..columns * 8 {
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

    /// Width, height and RGB of a frame, by the decoder of `image-webp`.
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

    /// RGB pixels with gradients, edges and noise.
    fn sample(width: usize, height: usize) -> Vec<u8> {
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
    fn decoded_frame_is_close_to_the_source() {
        for (width, height) in [(1, 1), (3, 2), (16, 16), (17, 33), (64, 48), (150, 101)] {
            let rgb = sample(width, height);
            for (quality, max_error) in [(95, 6.0), (80, 8.0), (40, 12.0), (5, 25.0)] {
                let (found_width, found_height, found) = decoded(&encode(&rgb, width, height, quality));
                assert_eq!((found_width as usize, found_height as usize), (width, height));
                let error = mean_error(&rgb, &found);
                assert!(error < max_error, "{width} by {height} at {quality}: {error}");
            }
        }
    }

    #[test]
    fn plain_colour_survives() {
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
    fn higher_quality_is_larger_and_closer() {
        let rgb = sample(200, 160);
        let made = [10, 30, 50, 70, 90].map(|quality| encode(&rgb, 200, 160, quality));
        for pair in made.windows(2) {
            assert!(pair[0].len() < pair[1].len());
            let [coarse, fine] = [&pair[0], &pair[1]].map(|frame| mean_error(&rgb, &decoded(frame).2));
            assert!(coarse > fine, "{coarse} {fine}");
        }
    }

    #[test]
    fn inverse_transforms_undo_forward_ones() {
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
        let dcs = std::array::from_fn(|at| (at as i32 * 37 % 200) * 8 - 500);
        for (one, other) in dcs.iter().zip(inverse_y2(&forward_y2(&dcs))) {
            assert!((one - other).abs() <= 8, "{one} {other}");
        }
    }
}
