//! Quantised coefficients as tokens: sequences of binary decisions with adaptive probabilities (RFC 6386 section 13).

use super::bool_encoder::BoolEncoder;
use super::tables::{BANDS, DEFAULT_PROBABILITIES, Probabilities, UPDATE_PROBABILITIES};
use super::{Levels, Y2};

/// The kind of a block, which selects its probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// Luma whose DC coefficient is in the Y2 block.
    LumaWithoutDc = 0,
    /// The DC coefficients of a macroblock.
    Y2 = 1,
    /// Chroma.
    Chroma = 2,
    /// Luma with its DC coefficient.
    LumaWithDc = 3,
}

/// The cost of a bit, in 256ths of a bit. `probability` is that of 0.
pub(super) fn bit_cost(bit: bool, probability: u8) -> i64 {
    let zero = usize::from(probability);
    i64::from(COSTS[if bit { 256 - zero } else { zero }])
}

/// The negative binary logarithms of probabilities in 256ths, in 256ths of a bit.
static COSTS: [u16; 257] = {
    let mut costs = [2048; 257];
    let mut probability = 1;
    while probability <= 256 {
        // Eight fractional bits of the logarithm, by repeated squaring.
        let mut value: u64 = (256 << 32) / probability;
        let mut cost = 0;
        while value >= 2 << 32 {
            value >>= 1;
            cost += 256;
        }
        let mut digit = 128;
        while digit > 0 {
            value = ((value as u128 * value as u128) >> 32) as u64;
            if value >= 2 << 32 {
                value >>= 1;
                cost += digit;
            }
            digit /= 2;
        }
        costs[probability as usize] = cost as u16;
        probability += 1;
    }
    costs
};

/// The index of an adaptive probability: band, context and number of the decision.
type ProbabilityIndex = (usize, usize, usize);

/// Visits the decisions of a block. Those with adaptive probabilities go to `decide`, and those with fixed ones to `fixed`.
fn walk(
    levels: &[i16; 16],
    kind: BlockKind,
    context: usize,
    decide: &mut impl FnMut(bool, ProbabilityIndex),
    fixed: &mut impl FnMut(bool, u8),
) {
    let mut at = usize::from(kind == BlockKind::LumaWithoutDc);
    let end = levels.iter().rposition(|&level| level != 0).map_or(0, |last| last + 1);
    let mut context = context;
    let mut after_zero = false;
    while at < 16 {
        let band = BANDS[at];
        let mut put = |bit: bool, number: usize| decide(bit, (band, context, number));
        if !after_zero {
            put(at < end, 0);
            if at >= end {
                return;
            }
        }
        let size = levels[at].unsigned_abs();
        put(size > 0, 1);
        if size == 0 {
            after_zero = true;
            context = 0;
            at += 1;
            continue;
        }
        after_zero = false;
        put(size > 1, 2);
        if size > 1 {
            put(size > 4, 3);
            match size {
                2 => put(false, 4),
                3 | 4 => {
                    put(true, 4);
                    put(size == 4, 5);
                }
                5..=10 => {
                    put(false, 6);
                    put(size > 6, 7);
                }
                _ => {
                    put(true, 6);
                    put(size > 34, 8);
                    if size > 34 {
                        put(size > 66, 10);
                    } else {
                        put(size > 18, 9);
                    }
                }
            }
            extra(size, fixed);
        }
        fixed(levels[at] < 0, 128);
        context = if size > 1 { 2 } else { 1 };
        at += 1;
    }
}

/// The extra bits of large levels.
fn extra(size: u16, fixed: &mut impl FnMut(bool, u8)) {
    let (base, probabilities): (u16, &[u8]) = match size {
        0..=4 => return,
        5..=6 => (5, &[159]),
        7..=10 => (7, &[165, 145]),
        11..=18 => (11, &[173, 148, 140]),
        19..=34 => (19, &[176, 155, 140, 135]),
        35..=66 => (35, &[180, 157, 141, 134, 130]),
        _ => (67, &[254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129]),
    };
    let rest = size - base;
    for (number, &probability) in probabilities.iter().enumerate() {
        fixed(rest >> (probabilities.len() - 1 - number) & 1 == 1, probability);
    }
}

/// The cost of a block by the default probabilities, in 256ths of a bit.
pub(super) fn block_cost(levels: &[i16; 16], kind: BlockKind, context: usize) -> i64 {
    let table = &DEFAULT_PROBABILITIES[kind as usize];
    let mut cost = 0;
    let mut fixed_cost = 0;
    walk(
        levels,
        kind,
        context,
        &mut |bit, (band, context, number)| cost += bit_cost(bit, table[band][context][number]),
        &mut |bit, probability| fixed_cost += bit_cost(bit, probability),
    );
    cost + fixed_cost
}

/// The number of zeros and ones of each decision.
#[derive(Debug, Default)]
pub(super) struct Counts([[[[[u64; 2]; 11]; 3]; 8]; 4]);

impl Counts {
    pub(super) fn add(&mut self, levels: &[i16; 16], kind: BlockKind, context: usize) {
        let table = &mut self.0[kind as usize];
        let count =
            &mut |bit, (band, context, number): ProbabilityIndex| table[band][context][number][usize::from(bit)] += 1;
        walk(levels, kind, context, count, &mut |_, _| {});
    }
}

/// The cheapest probabilities for the counted decisions. A default stays where an update would cost more than it saves.
pub(super) fn fitted_probabilities(counts: &Counts) -> Probabilities {
    let mut probabilities = DEFAULT_PROBABILITIES;
    for (kind, bands) in probabilities.iter_mut().enumerate() {
        for (band, contexts) in bands.iter_mut().enumerate() {
            for (context, numbers) in contexts.iter_mut().enumerate() {
                for (number, probability) in numbers.iter_mut().enumerate() {
                    let [zeros, ones] = counts.0[kind][band][context][number];
                    let update = UPDATE_PROBABILITIES[kind][band][context][number];
                    let fitted = ((zeros * 256 + (zeros + ones) / 2) / (zeros + ones).max(1)).clamp(1, 255) as u8;
                    let cost = |probability| {
                        zeros as i64 * bit_cost(false, probability) + ones as i64 * bit_cost(true, probability)
                    };
                    let update_cost = bit_cost(true, update) - bit_cost(false, update) + 8 * 256;
                    if cost(fitted) + update_cost < cost(*probability) {
                        *probability = fitted;
                    }
                }
            }
        }
    }
    probabilities
}

pub(super) fn write_probabilities(out: &mut BoolEncoder, probabilities: &Probabilities) {
    let flat = |table: &Probabilities| -> Vec<u8> { table.as_flattened().as_flattened().as_flattened().to_vec() };
    let defaults = flat(&DEFAULT_PROBABILITIES)
        .into_iter()
        .zip(flat(&UPDATE_PROBABILITIES));
    for (probability, (default, update)) in flat(probabilities).into_iter().zip(defaults) {
        out.bit(probability != default, update);
        if probability != default {
            out.literal(u32::from(probability), 8);
        }
    }
}

pub(super) fn write(
    out: &mut BoolEncoder,
    levels: &[i16; 16],
    kind: BlockKind,
    context: usize,
    probabilities: &Probabilities,
) {
    let table = &probabilities[kind as usize];
    let cell = std::cell::RefCell::new(out);
    walk(
        levels,
        kind,
        context,
        &mut |bit, (band, context, number)| cell.borrow_mut().bit(bit, table[band][context][number]),
        &mut |bit, probability| cell.borrow_mut().bit(bit, probability),
    );
}

/// Which blocks at one edge of a macroblock have coefficients: four of luma, two of each chroma plane, and Y2.
#[derive(Clone, Copy, Debug, Default)]
struct Edge([bool; 9]);

/// The contexts of luma inside a macroblock: whether the blocks above and to the left have coefficients.
#[derive(Clone, Copy, Debug)]
pub(super) struct LumaContexts {
    above: [bool; 4],
    left: [bool; 4],
}

impl LumaContexts {
    /// The context of a block: the number of its neighbours with coefficients.
    pub(super) fn at(&self, at: usize) -> usize {
        usize::from(self.above[at % 4]) + usize::from(self.left[at / 4])
    }

    pub(super) fn set(&mut self, at: usize, is_coded: bool) {
        self.above[at % 4] = is_coded;
        self.left[at / 4] = is_coded;
    }
}

/// The contexts of the current macroblock: which blocks of the macroblocks above and to the left have coefficients.
#[derive(Debug)]
pub(super) struct Contexts {
    above: Vec<Edge>,
    left: Edge,
}

fn has_coefficients(levels: &[i16; 16]) -> bool {
    levels.iter().any(|&level| level != 0)
}

impl Contexts {
    pub(super) fn new(columns: usize) -> Self {
        Self {
            above: vec![Edge::default(); columns],
            left: Edge::default(),
        }
    }

    pub(super) fn begin_row(&mut self) {
        self.left = Edge::default();
    }

    pub(super) fn luma(&self, column: usize) -> LumaContexts {
        let four = |edge: &Edge| [edge.0[0], edge.0[1], edge.0[2], edge.0[3]];
        LumaContexts {
            above: four(&self.above[column]),
            left: four(&self.left),
        }
    }

    /// The cost of luma that is predicted as a whole.
    pub(super) fn luma_cost(&self, column: usize, levels: &Levels) -> i64 {
        let mut luma = self.luma(column);
        let y2 = usize::from(self.above[column].0[8]) + usize::from(self.left.0[8]);
        let mut cost = block_cost(&levels[Y2], BlockKind::Y2, y2);
        for (at, block) in levels[..16].iter().enumerate() {
            cost += block_cost(block, BlockKind::LumaWithoutDc, luma.at(at));
            luma.set(at, has_coefficients(block));
        }
        cost
    }

    /// Visits the blocks of a macroblock in the order of the stream.
    pub(super) fn visit(
        &self,
        column: usize,
        is_whole: bool,
        levels: &Levels,
        block: &mut dyn FnMut(BlockKind, &[i16; 16], usize),
    ) {
        let edge = &self.above[column];
        if is_whole {
            let context = usize::from(edge.0[8]) + usize::from(self.left.0[8]);
            block(BlockKind::Y2, &levels[Y2], context);
        }
        let mut luma = self.luma(column);
        for (at, own) in levels[..16].iter().enumerate() {
            block(
                if is_whole {
                    BlockKind::LumaWithoutDc
                } else {
                    BlockKind::LumaWithDc
                },
                own,
                luma.at(at),
            );
            luma.set(at, has_coefficients(own));
        }
        for plane in 0..2 {
            let first = 4 + plane * 2;
            let mut above = [edge.0[first], edge.0[first + 1]];
            let mut left = [self.left.0[first], self.left.0[first + 1]];
            for at in 0..4 {
                let own = &levels[16 + plane * 4 + at];
                let (column, row) = (at % 2, at / 2);
                block(
                    BlockKind::Chroma,
                    own,
                    usize::from(above[column]) + usize::from(left[row]),
                );
                above[column] = has_coefficients(own);
                left[row] = has_coefficients(own);
            }
        }
    }

    /// Moves on to the next macroblock.
    pub(super) fn advance(&mut self, column: usize, is_whole: bool, levels: &Levels) {
        let above = &mut self.above[column];
        for at in 0..4 {
            above.0[at] = has_coefficients(&levels[12 + at]);
            self.left.0[at] = has_coefficients(&levels[at * 4 + 3]);
        }
        for plane in 0..2 {
            for at in 0..2 {
                above.0[4 + plane * 2 + at] = has_coefficients(&levels[16 + plane * 4 + 2 + at]);
                self.left.0[4 + plane * 2 + at] = has_coefficients(&levels[16 + plane * 4 + at * 2 + 1]);
            }
        }
        // Without a Y2 block, the context of the one before stays.
        if is_whole {
            above.0[8] = has_coefficients(&levels[Y2]);
            self.left.0[8] = has_coefficients(&levels[Y2]);
        }
    }
}
