//! Levels of coefficients as decisions (RFC 6386 section 13).

use super::bits::Writer;
use super::tables::{BANDS, DEFAULT, Probabilities, STAYS};
use super::{Levels, MEANS};

/// What a block is, for its probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Brightness without its mean.
    Rest = 0,
    /// The means of a macroblock.
    Means = 1,
    /// A colour.
    Chroma = 2,
    /// Brightness with its mean.
    Whole = 3,
}

/// What a decision costs, in 256ths of a bit.
pub(super) fn bit_cost(bit: bool, probability: u8) -> i64 {
    let no = usize::from(probability);
    i64::from(COSTS[if bit { 256 - no } else { no }])
}

/// What a decision of this probability, in 256ths, costs.
static COSTS: [u16; 257] = {
    let mut costs = [2048; 257];
    let mut probability = 1;
    while probability <= 256 {
        // The logarithm by squaring, eight digits behind the point.
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

/// A decision whose probability is fitted: band, what was before, number.
type Place = (usize, usize, usize);

/// Walks over the decisions of a block: those whose probabilities are fitted go to `decide`, others to `fixed`.
fn walk(
    levels: &[i16; 16],
    kind: Kind,
    context: usize,
    decide: &mut impl FnMut(bool, Place),
    fixed: &mut impl FnMut(bool, u8),
) {
    let mut at = usize::from(kind == Kind::Rest);
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

/// The lower digits of large levels.
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

/// What a block costs by the probabilities that a frame begins with.
pub(super) fn block_cost(levels: &[i16; 16], kind: Kind, context: usize) -> i64 {
    let table = &DEFAULT[kind as usize];
    let mut cost = 0;
    let mut more = 0;
    walk(
        levels,
        kind,
        context,
        &mut |bit, (band, context, number)| cost += bit_cost(bit, table[band][context][number]),
        &mut |bit, probability| more += bit_cost(bit, probability),
    );
    cost + more
}

/// How often each decision was false and true.
#[derive(Debug, Default)]
pub(super) struct Counts([[[[[u64; 2]; 11]; 3]; 8]; 4]);

impl Counts {
    pub(super) fn block(&mut self, levels: &[i16; 16], kind: Kind, context: usize) {
        let table = &mut self.0[kind as usize];
        let count = &mut |bit, (band, context, number): Place| table[band][context][number][usize::from(bit)] += 1;
        walk(levels, kind, context, count, &mut |_, _| {});
    }
}

/// The probabilities that make the counted decisions cheapest, where changing them costs less than it saves.
pub(super) fn fitted(counts: &Counts) -> Probabilities {
    let mut probabilities = DEFAULT;
    for (kind, bands) in probabilities.iter_mut().enumerate() {
        for (band, contexts) in bands.iter_mut().enumerate() {
            for (context, numbers) in contexts.iter_mut().enumerate() {
                for (number, probability) in numbers.iter_mut().enumerate() {
                    let [no, yes] = counts.0[kind][band][context][number];
                    let stays = STAYS[kind][band][context][number];
                    let better = ((no * 256 + (no + yes) / 2) / (no + yes).max(1)).clamp(1, 255) as u8;
                    let cost = |probability| {
                        no as i64 * bit_cost(false, probability) + yes as i64 * bit_cost(true, probability)
                    };
                    let change = bit_cost(true, stays) - bit_cost(false, stays) + 8 * 256;
                    if cost(better) + change < cost(*probability) {
                        *probability = better;
                    }
                }
            }
        }
    }
    probabilities
}

pub(super) fn write_probabilities(out: &mut Writer, probabilities: &Probabilities) {
    let flat = |table: &Probabilities| -> Vec<u8> { table.as_flattened().as_flattened().as_flattened().to_vec() };
    for ((now, before), stays) in flat(probabilities).into_iter().zip(flat(&DEFAULT)).zip(flat(&STAYS)) {
        out.bit(now != before, stays);
        if now != before {
            out.literal(u32::from(now), 8);
        }
    }
}

pub(super) fn write(out: &mut Writer, levels: &[i16; 16], kind: Kind, context: usize, probabilities: &Probabilities) {
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

/// Which blocks above and to the left have anything: four of brightness, two of each colour, and the means.
#[derive(Clone, Copy, Debug, Default)]
struct Edge([bool; 9]);

/// The sides of a macroblock's blocks of brightness.
#[derive(Clone, Copy, Debug)]
pub(super) struct Luma {
    above: [bool; 4],
    left: [bool; 4],
}

impl Luma {
    pub(super) fn around(&self, at: usize) -> usize {
        usize::from(self.above[at % 4]) + usize::from(self.left[at / 4])
    }

    pub(super) fn set(&mut self, at: usize, has_any: bool) {
        self.above[at % 4] = has_any;
        self.left[at / 4] = has_any;
    }
}

/// What stands around the macroblock whose turn it is.
#[derive(Debug)]
pub(super) struct Tokens {
    above: Vec<Edge>,
    left: Edge,
}

fn has_any(levels: &[i16; 16]) -> bool {
    levels.iter().any(|&level| level != 0)
}

impl Tokens {
    pub(super) fn new(across: usize) -> Self {
        Self {
            above: vec![Edge::default(); across],
            left: Edge::default(),
        }
    }

    pub(super) fn begin_row(&mut self) {
        self.left = Edge::default();
    }

    pub(super) fn luma(&self, column: usize) -> Luma {
        let four = |edge: &Edge| [edge.0[0], edge.0[1], edge.0[2], edge.0[3]];
        Luma {
            above: four(&self.above[column]),
            left: four(&self.left),
        }
    }

    /// What the brightness of a macroblock that is predicted as a whole costs.
    pub(super) fn large_cost(&self, column: usize, levels: &Levels) -> i64 {
        let mut luma = self.luma(column);
        let means = usize::from(self.above[column].0[8]) + usize::from(self.left.0[8]);
        let mut cost = block_cost(&levels[MEANS], Kind::Means, means);
        for (at, block) in levels[..16].iter().enumerate() {
            cost += block_cost(block, Kind::Rest, luma.around(at));
            luma.set(at, has_any(block));
        }
        cost
    }

    /// Visits the blocks of a macroblock that has any, in their order.
    pub(super) fn visit(
        &self,
        column: usize,
        is_large: bool,
        levels: &Levels,
        block: &mut dyn FnMut(Kind, &[i16; 16], usize),
    ) {
        let above = &self.above[column];
        if is_large {
            let around = usize::from(above.0[8]) + usize::from(self.left.0[8]);
            block(Kind::Means, &levels[MEANS], around);
        }
        let mut luma = self.luma(column);
        for (at, own) in levels[..16].iter().enumerate() {
            block(if is_large { Kind::Rest } else { Kind::Whole }, own, luma.around(at));
            luma.set(at, has_any(own));
        }
        for plane in 0..2 {
            let first = 4 + plane * 2;
            let mut over = [above.0[first], above.0[first + 1]];
            let mut beside = [self.left.0[first], self.left.0[first + 1]];
            for at in 0..4 {
                let own = &levels[16 + plane * 4 + at];
                let (column, row) = (at % 2, at / 2);
                block(Kind::Chroma, own, usize::from(over[column]) + usize::from(beside[row]));
                over[column] = has_any(own);
                beside[row] = has_any(own);
            }
        }
    }

    /// Goes on behind a macroblock.
    pub(super) fn pass(&mut self, column: usize, is_large: bool, levels: &Levels) {
        let above = &mut self.above[column];
        for at in 0..4 {
            above.0[at] = has_any(&levels[12 + at]);
            self.left.0[at] = has_any(&levels[at * 4 + 3]);
        }
        for plane in 0..2 {
            for at in 0..2 {
                above.0[4 + plane * 2 + at] = has_any(&levels[16 + plane * 4 + 2 + at]);
                self.left.0[4 + plane * 2 + at] = has_any(&levels[16 + plane * 4 + at * 2 + 1]);
            }
        }
        // Small blocks have no means of their own; what was before them still counts behind them.
        if is_large {
            above.0[8] = has_any(&levels[MEANS]);
            self.left.0[8] = has_any(&levels[MEANS]);
        }
    }
}
