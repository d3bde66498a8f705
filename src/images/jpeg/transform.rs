//! The inverse cosine transform of a block, at full size or reduced by 2, 4 or 8.
//!
//! A reduced block is the transform of its low frequencies only, which is also its best reduction. Coefficients are
//! `f32`: integers of 32 bits overflow with the coefficients of hostile files, and vectors of `f32` are as fast.

/// The order in which coefficients are stored.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// The coefficients of a block, by rows.
pub(super) type Block = [i16; 64];

/// The factors of the coefficients of a block: its quantisation, and what the transform leaves out.
pub(super) type Factors = [f32; 64];

/// The edge of the largest block.
const EDGE: usize = 8;

/// The factors of a quantisation, in zigzag order, for results of this edge.
pub(super) fn factors(quantisation: &[u16; 64], edge: usize) -> Factors {
    // By the algorithm of Arai, Agui and Nakajima.
    const FULL: [f64; 8] = [
        1.0,
        1.387_039_845,
        1.306_562_965,
        1.175_875_602,
        1.0,
        0.785_694_958,
        0.541_196_1,
        0.275_899_379,
    ];
    const FLAT: f64 = std::f64::consts::SQRT_2 / 4.0;
    let factor = |at: usize| match edge {
        8 => FULL[at] * FLAT,
        4 if at > 0 => 0.5,
        _ => FLAT,
    };
    let mut factors = [0.0; 64];
    for (&place, &quantum) in ZIGZAG.iter().zip(quantisation) {
        let (row, column) = (usize::from(place) / EDGE, usize::from(place) % EDGE);
        factors[usize::from(place)] = (f64::from(quantum) * factor(row) * factor(column)) as f32;
    }
    factors
}

/// The highest place in zigzag order that a result of this edge needs.
pub(super) fn last_needed(edge: usize) -> usize {
    match edge {
        8 => 63,
        4 => 24,
        2 => 4,
        _ => 0,
    }
}

/// Writes the samples of a block. `last` is the last place in zigzag order that is not zero.
pub(super) fn inverse(block: &Block, factors: &Factors, edge: usize, last: usize, out: &mut [u8], stride: usize) {
    if last == 0 || edge == 1 {
        let value = flat(block[0], factors);
        for row in out.chunks_mut(stride).take(edge) {
            row[..edge].fill(value);
        }
        return;
    }
    match edge {
        8 => write(&twice(block, factors, inverse_8), out, stride),
        4 => write(&twice(block, factors, inverse_4), out, stride),
        _ => write(&twice(block, factors, inverse_2), out, stride),
    }
}

/// The sample of a block with only a first coefficient, whose factor is the same at all sizes.
#[inline]
pub(super) fn flat(first: i16, factors: &Factors) -> u8 {
    sample(f32::from(first) * factors[0])
}

fn sample(value: f32) -> u8 {
    (value + 128.5) as u8
}

fn write<const N: usize>(rows: &[[f32; N]; N], out: &mut [u8], stride: usize) {
    for (row, out) in rows.iter().zip(out.chunks_mut(stride)) {
        for (out, &value) in out[..N].iter_mut().zip(row) {
            *out = sample(value);
        }
    }
}

/// Applies a transform to all columns and then to all rows.
#[inline]
fn twice<const N: usize>(
    block: &Block,
    factors: &Factors,
    transform: fn(&[[f32; N]; N]) -> [[f32; N]; N],
) -> [[f32; N]; N] {
    let mut rows = [[0.0; N]; N];
    for (y, row) in rows.iter_mut().enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            *value = f32::from(block[y * EDGE + x]) * factors[y * EDGE + x];
        }
    }
    transposed(&transform(&transposed(&transform(&rows))))
}

#[inline]
fn transposed<const N: usize>(rows: &[[f32; N]; N]) -> [[f32; N]; N] {
    let mut columns = [[0.0; N]; N];
    for (y, row) in rows.iter().enumerate() {
        for (x, &value) in row.iter().enumerate() {
            columns[x][y] = value;
        }
    }
    columns
}

#[inline]
fn sum<const N: usize>(one: [f32; N], other: [f32; N]) -> [f32; N] {
    std::array::from_fn(|at| one[at] + other[at])
}

#[inline]
fn difference<const N: usize>(one: [f32; N], other: [f32; N]) -> [f32; N] {
    std::array::from_fn(|at| one[at] - other[at])
}

#[inline]
fn product<const N: usize>(one: [f32; N], factor: f32) -> [f32; N] {
    one.map(|value| value * factor)
}

#[inline]
fn inverse_8(rows: &[[f32; 8]; 8]) -> [[f32; 8]; 8] {
    let &[a0, a1, a2, a3, a4, a5, a6, a7] = rows;
    let (outer, inner) = (sum(a0, a4), difference(a0, a4));
    let wide = sum(a2, a6);
    let narrow = difference(product(difference(a2, a6), std::f32::consts::SQRT_2), wide);
    let (even_0, even_3) = (sum(outer, wide), difference(outer, wide));
    let (even_1, even_2) = (sum(inner, narrow), difference(inner, narrow));
    let (z13, z10) = (sum(a5, a3), difference(a5, a3));
    let (z11, z12) = (sum(a1, a7), difference(a1, a7));
    let odd_0 = sum(z11, z13);
    let z5 = product(sum(z10, z12), 1.847_759_1);
    let odd_1 = difference(difference(z5, product(z10, 2.613_126)), odd_0);
    let odd_2 = difference(product(difference(z11, z13), std::f32::consts::SQRT_2), odd_1);
    let odd_3 = difference(difference(z5, product(z12, 1.082_392_2)), odd_2);
    [
        sum(even_0, odd_0),
        sum(even_1, odd_1),
        sum(even_2, odd_2),
        sum(even_3, odd_3),
        difference(even_3, odd_3),
        difference(even_2, odd_2),
        difference(even_1, odd_1),
        difference(even_0, odd_0),
    ]
}

#[inline]
fn inverse_4(rows: &[[f32; 4]; 4]) -> [[f32; 4]; 4] {
    const HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const WIDE: f32 = 0.923_879_5;
    const NARROW: f32 = 0.382_683_43;
    let &[a0, a1, a2, a3] = rows;
    let middle = product(a2, HALF);
    let (even_0, even_1) = (sum(a0, middle), difference(a0, middle));
    let odd_0 = sum(product(a1, WIDE), product(a3, NARROW));
    let odd_1 = difference(product(a1, NARROW), product(a3, WIDE));
    [
        sum(even_0, odd_0),
        sum(even_1, odd_1),
        difference(even_1, odd_1),
        difference(even_0, odd_0),
    ]
}

#[inline]
fn inverse_2(rows: &[[f32; 2]; 2]) -> [[f32; 2]; 2] {
    let &[a0, a1] = rows;
    [sum(a0, a1), difference(a0, a1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The definition (ITU-T T.81, A.3.3), for the low frequencies of a block.
    fn expected(block: &Block, edge: usize) -> Vec<f64> {
        let size = edge as f64;
        let scale = |at: usize| {
            if at == 0 {
                (1.0 / size).sqrt()
            } else {
                (2.0 / size).sqrt()
            }
        };
        let mut samples = Vec::new();
        for y in 0..edge {
            for x in 0..edge {
                let mut sum = 0.0;
                for v in 0..edge {
                    for u in 0..edge {
                        let wave = |at: usize, k: usize| ((2 * at + 1) as f64 * k as f64 * PI / (2.0 * size)).cos();
                        sum += scale(u) * scale(v) * f64::from(block[v * EDGE + u]) * wave(x, u) * wave(y, v);
                    }
                }
                samples.push((sum * size / 8.0 + 128.0).clamp(0.0, 255.0));
            }
        }
        samples
    }

    #[test]
    fn inverse_is_the_cosine_transform_at_each_size() {
        let mut seed = 7_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i32
        };
        for round in 0..200 {
            let mut block = [0_i16; 64];
            let mut last = 0;
            for (at, &place) in ZIGZAG.iter().enumerate().take(1 + round % 64) {
                block[usize::from(place)] = (random() % 200 - 100) as i16;
                last = at;
            }
            for edge in [8, 4, 2, 1] {
                let mut out = vec![0; edge * 10];
                inverse(&block, &factors(&[1; 64], edge), edge, last, &mut out, 10);
                for (at, expected) in expected(&block, edge).into_iter().enumerate() {
                    let found = f64::from(out[at / edge * 10 + at % edge]);
                    assert!((found - expected).abs() < 0.51, "{edge}: {found} {expected}");
                }
            }
        }
    }

    #[test]
    fn last_needed_covers_the_low_frequencies() {
        for edge in [1, 2, 4, 8] {
            let inside = |place: &u8| usize::from(*place) / 8 < edge && usize::from(*place) % 8 < edge;
            assert_eq!(ZIGZAG.iter().rposition(inside), Some(last_needed(edge)));
        }
    }
}
