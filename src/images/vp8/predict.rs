//! Prediction from the pixels above and to the left (RFC 6386 sections 11 and 12).

use super::bool_encoder::BoolEncoder;
use super::tables;
use super::tokens::bit_cost;

/// The modes of macroblocks and of chroma: `DC_PRED`, `V_PRED`, `H_PRED` and `TM_PRED` in the RFC.
pub(super) const MACROBLOCK_MODES: [u8; 4] = [DC, VERTICAL, HORIZONTAL, TRUE_MOTION];
/// The mean of both edges.
const DC: u8 = 0;
/// The row above.
const VERTICAL: u8 = 1;
/// The column to the left.
const HORIZONTAL: u8 = 2;
/// The sum of both edges less the corner.
const TRUE_MOTION: u8 = 3;

/// The modes of subblocks in the order of the RFC, from `B_DC_PRED` to `B_HU_PRED`.
pub(super) const SUBBLOCK_MODES: [u8; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/// The path to each mode of a subblock through its tree: bits, and the numbers of their probabilities.
const SUBBLOCK_TREE: [&[(bool, usize)]; 10] = [
    &[(false, 0)],
    &[(true, 0), (false, 1)],
    &[(true, 0), (true, 1), (false, 2)],
    &[(true, 0), (true, 1), (true, 2), (false, 3), (false, 4)],
    &[(true, 0), (true, 1), (true, 2), (true, 3), (false, 6)],
    &[(true, 0), (true, 1), (true, 2), (false, 3), (true, 4), (false, 5)],
    &[(true, 0), (true, 1), (true, 2), (false, 3), (true, 4), (true, 5)],
    &[(true, 0), (true, 1), (true, 2), (true, 3), (true, 6), (false, 7)],
    &[
        (true, 0),
        (true, 1),
        (true, 2),
        (true, 3),
        (true, 6),
        (true, 7),
        (false, 8),
    ],
    &[
        (true, 0),
        (true, 1),
        (true, 2),
        (true, 3),
        (true, 6),
        (true, 7),
        (true, 8),
    ],
];

/// The paths to the modes of macroblocks: bits with their probabilities. The last path is that of `B_PRED`, for subblocks.
const MACROBLOCK_TREE: [&[(bool, u8)]; 5] = [
    &[(true, 145), (false, 156), (false, 163)],
    &[(true, 145), (false, 156), (true, 163)],
    &[(true, 145), (true, 156), (false, 128)],
    &[(true, 145), (true, 156), (true, 128)],
    &[(false, 145)],
];

/// The paths to the modes of chroma.
const CHROMA_TREE: [&[(bool, u8)]; 4] = [
    &[(false, 142)],
    &[(true, 142), (false, 114)],
    &[(true, 142), (true, 114), (false, 183)],
    &[(true, 142), (true, 114), (true, 183)],
];

pub(super) fn write_macroblock_mode(out: &mut BoolEncoder, mode: Option<u8>) {
    for &(bit, probability) in MACROBLOCK_TREE[mode.map_or(4, usize::from)] {
        out.bit(bit, probability);
    }
}

pub(super) fn macroblock_mode_cost(mode: u8) -> i64 {
    let path = MACROBLOCK_TREE[usize::from(mode)].iter();
    path.map(|&(bit, probability)| bit_cost(bit, probability)).sum()
}

pub(super) fn write_chroma_mode(out: &mut BoolEncoder, mode: u8) {
    for &(bit, probability) in CHROMA_TREE[usize::from(mode)] {
        out.bit(bit, probability);
    }
}

pub(super) fn write_subblock_mode(out: &mut BoolEncoder, above: u8, left: u8, mode: u8) {
    let probabilities = &tables::SUBBLOCK_MODE_PROBABILITIES[usize::from(above)][usize::from(left)];
    for &(bit, number) in SUBBLOCK_TREE[usize::from(mode)] {
        out.bit(bit, probabilities[number]);
    }
}

pub(super) fn subblock_mode_cost(above: u8, left: u8, mode: u8) -> i64 {
    let probabilities = &tables::SUBBLOCK_MODE_PROBABILITIES[usize::from(above)][usize::from(left)];
    let path = SUBBLOCK_TREE[usize::from(mode)].iter();
    path.map(|&(bit, number)| bit_cost(bit, probabilities[number])).sum()
}

/// The mode of subblocks that a macroblock with this mode counts as, for the subblocks next to it.
pub(super) fn as_subblock_mode(mode: u8) -> u8 {
    match mode {
        VERTICAL => 2,
        HORIZONTAL => 3,
        TRUE_MOTION => 1,
        _ => 0,
    }
}

/// Whether a mode of subblocks uses the pixels above and to the right.
pub(super) fn uses_above_right(mode: u8) -> bool {
    matches!(mode, 2 | 4 | 7)
}

/// The pixels that a subblock is predicted from: the column to the left from bottom to top, the corner, and eight pixels of
/// the row above.
pub(super) type Edges = [i32; 13];

/// A plane of bytes, with or without a border above and to the left.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    stride: usize,
    border: usize,
    bytes: Vec<u8>,
}

impl Plane {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            stride: width,
            border: 0,
            bytes: vec![0; width * height],
        }
    }

    /// A plane whose border has the values that decoders assume beyond the edges.
    pub(super) fn bordered(width: usize, height: usize) -> Self {
        // Four more columns for the pixels above and to the right of the last subblock.
        let stride = width + 1 + 4;
        let mut bytes = vec![127; stride * (height + 1)];
        for row in bytes.chunks_exact_mut(stride).skip(1) {
            row[0] = 129;
        }
        Self {
            stride,
            border: 1,
            bytes,
        }
    }

    pub(super) fn row(&mut self, y: usize) -> &mut [u8] {
        let start = (y + self.border) * self.stride + self.border;
        &mut self.bytes[start..start + self.stride - self.border]
    }

    fn at(&self, x: usize, y: usize) -> usize {
        (y + self.border) * self.stride + x + self.border
    }

    pub(super) fn block<const N: usize>(&self, x: usize, y: usize) -> [[u8; N]; N] {
        let mut block = [[0; N]; N];
        for (line, row) in block.iter_mut().enumerate() {
            let start = self.at(x, y + line);
            row.copy_from_slice(&self.bytes[start..start + N]);
        }
        block
    }

    pub(super) fn put<const N: usize>(&mut self, x: usize, y: usize, block: &[[u8; N]; N]) {
        for (line, row) in block.iter().enumerate() {
            let start = self.at(x, y + line);
            self.bytes[start..start + N].copy_from_slice(row);
        }
    }

    pub(super) fn predict<const N: usize>(&self, x: usize, y: usize, mode: u8) -> [[u8; N]; N] {
        let start = self.at(x, y);
        let above = &self.bytes[start - self.stride..start - self.stride + N];
        let left = |line: usize| self.bytes[start + line * self.stride - 1];
        let corner = i32::from(self.bytes[start - self.stride - 1]);
        let mut block = [[0; N]; N];
        match mode {
            VERTICAL => block.iter_mut().for_each(|row| row.copy_from_slice(above)),
            HORIZONTAL => block
                .iter_mut()
                .enumerate()
                .for_each(|(line, row)| row.fill(left(line))),
            TRUE_MOTION => {
                for (line, row) in block.iter_mut().enumerate() {
                    let shift = i32::from(left(line)) - corner;
                    for (value, &above) in row.iter_mut().zip(above) {
                        *value = (i32::from(above) + shift).clamp(0, 255) as u8;
                    }
                }
            }
            _ => {
                let mut sum = 0;
                let mut count = 0;
                if y > 0 {
                    sum += above.iter().map(|&value| u32::from(value)).sum::<u32>();
                    count += N as u32;
                }
                if x > 0 {
                    sum += (0..N).map(|line| u32::from(left(line))).sum::<u32>();
                    count += N as u32;
                }
                let mean = (sum + count / 2).checked_div(count).unwrap_or(128);
                block.iter_mut().for_each(|row| row.fill(mean as u8));
            }
        }
        block
    }

    /// The four pixels above and to the right of a macroblock, which all subblocks of its last column use.
    pub(super) fn above_right(&self, x: usize, y: usize) -> [u8; 4] {
        let start = self.at(x + 16, y) - self.stride;
        let mut pixels = [0; 4];
        pixels.copy_from_slice(&self.bytes[start..start + 4]);
        pixels
    }

    pub(super) fn edges(&self, x: usize, y: usize, above_right: Option<[u8; 4]>) -> Edges {
        let start = self.at(x, y);
        let mut edges = [0; 13];
        for line in 0..4 {
            edges[3 - line] = i32::from(self.bytes[start + line * self.stride - 1]);
        }
        let above = &self.bytes[start - self.stride - 1..start - self.stride + 8];
        for (edge, &value) in edges[4..].iter_mut().zip(above) {
            *edge = i32::from(value);
        }
        if let Some(pixels) = above_right {
            for (edge, value) in edges[9..].iter_mut().zip(pixels) {
                *edge = i32::from(value);
            }
        }
        edges
    }
}

/// Predicts a subblock.
pub(super) fn subblock(edges: &Edges, mode: u8) -> [[u8; 4]; 4] {
    let two = |at: usize| ((edges[at] + edges[at + 1] + 1) >> 1) as u8;
    let three = |at: usize| ((edges[at - 1] + 2 * edges[at] + edges[at + 1] + 2) >> 2) as u8;
    let mut block = [[0; 4]; 4];
    match mode {
        // B_DC_PRED
        0 => {
            let sum: i32 = edges[..4].iter().chain(&edges[5..9]).sum();
            block = [[((sum + 4) >> 3) as u8; 4]; 4];
        }
        // B_TM_PRED
        1 => {
            for (y, row) in block.iter_mut().enumerate() {
                for (x, value) in row.iter_mut().enumerate() {
                    *value = (edges[3 - y] + edges[5 + x] - edges[4]).clamp(0, 255) as u8;
                }
            }
        }
        // B_VE_PRED
        2 => block = [[three(5), three(6), three(7), three(8)]; 4],
        // B_HE_PRED
        3 => {
            let last = ((edges[1] + 3 * edges[0] + 2) >> 2) as u8;
            for (row, value) in block.iter_mut().zip([three(3), three(2), three(1), last]) {
                row.fill(value);
            }
        }
        // B_LD_PRED
        4 => {
            for (y, row) in block.iter_mut().enumerate() {
                for (x, value) in row.iter_mut().enumerate() {
                    *value = if x + y < 6 {
                        three(6 + x + y)
                    } else {
                        ((edges[11] + 3 * edges[12] + 2) >> 2) as u8
                    };
                }
            }
        }
        // B_RD_PRED
        5 => {
            for (y, row) in block.iter_mut().enumerate() {
                for (x, value) in row.iter_mut().enumerate() {
                    *value = three(4 + x - y);
                }
            }
        }
        // B_VR_PRED
        6 => {
            block = [
                [two(4), two(5), two(6), two(7)],
                [three(4), three(5), three(6), three(7)],
                [three(3), two(4), two(5), two(6)],
                [three(2), three(4), three(5), three(6)],
            ];
        }
        // B_VL_PRED
        7 => {
            block = [
                [two(5), two(6), two(7), two(8)],
                [three(6), three(7), three(8), three(9)],
                [two(6), two(7), two(8), three(10)],
                [three(7), three(8), three(9), three(11)],
            ];
        }
        // B_HD_PRED
        8 => {
            block = [
                [two(3), three(4), three(5), three(6)],
                [two(2), three(3), two(3), three(4)],
                [two(1), three(2), two(2), three(3)],
                [two(0), three(1), two(1), three(2)],
            ];
        }
        // B_HU_PRED
        _ => {
            let end = edges[0] as u8;
            let last = ((edges[1] + 3 * edges[0] + 2) >> 2) as u8;
            block = [
                [two(2), three(2), two(1), three(1)],
                [two(1), three(1), two(0), last],
                [two(0), last, end, end],
                [end; 4],
            ];
        }
    }
    block
}
