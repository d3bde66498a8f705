//! The discrete cosine transform of blocks and the Walsh-Hadamard transform of Y2 (RFC 6386 section 14).

/// The coefficients of the residual of a prediction, in the block at this offset.
pub(super) fn forward<const N: usize>(
    source: &[[u8; N]; N],
    predicted: &[[u8; N]; N],
    left: usize,
    top: usize,
) -> [i32; 16] {
    let mut rows = [0; 16];
    for y in 0..4 {
        let residual = |x: usize| i32::from(source[top + y][left + x]) - i32::from(predicted[top + y][left + x]);
        let (outer, inner) = (residual(0) + residual(3), residual(1) + residual(2));
        let (slope, bend) = (residual(0) - residual(3), residual(1) - residual(2));
        rows[y * 4] = (outer + inner) * 8;
        rows[y * 4 + 1] = (bend * 2217 + slope * 5352 + 1812) >> 9;
        rows[y * 4 + 2] = (outer - inner) * 8;
        rows[y * 4 + 3] = (slope * 2217 - bend * 5352 + 937) >> 9;
    }
    let mut block = [0; 16];
    for x in 0..4 {
        let (outer, inner) = (rows[x] + rows[12 + x], rows[4 + x] + rows[8 + x]);
        let (slope, bend) = (rows[x] - rows[12 + x], rows[4 + x] - rows[8 + x]);
        block[x] = (outer + inner + 7) >> 4;
        block[4 + x] = ((bend * 2217 + slope * 5352 + 12_000) >> 16) + i32::from(slope != 0);
        block[8 + x] = (outer - inner + 7) >> 4;
        block[12 + x] = (slope * 2217 - bend * 5352 + 51_000) >> 16;
    }
    block
}

/// Adds the residual of coefficients to a prediction, with exactly the arithmetic of decoders.
pub(super) fn inverse<const N: usize>(block: &[i32; 16], predicted: &mut [[u8; N]; N], left: usize, top: usize) {
    // sqrt(2) * cos(pi / 8) and sqrt(2) * sin(pi / 8), in 65,536ths.
    let cosine = |value: i32| value + ((value * 20_091) >> 16);
    let sine = |value: i32| (value * 35_468) >> 16;
    let mut columns = [0; 16];
    for x in 0..4 {
        let (even, odd) = (block[x] + block[8 + x], block[x] - block[8 + x]);
        let cross = sine(block[4 + x]) - cosine(block[12 + x]);
        let along = cosine(block[4 + x]) + sine(block[12 + x]);
        columns[x] = even + along;
        columns[4 + x] = odd + cross;
        columns[8 + x] = odd - cross;
        columns[12 + x] = even - along;
    }
    for y in 0..4 {
        let row = &columns[y * 4..y * 4 + 4];
        let (even, odd) = (row[0] + row[2], row[0] - row[2]);
        let cross = sine(row[1]) - cosine(row[3]);
        let along = cosine(row[1]) + sine(row[3]);
        for (x, value) in [even + along, odd + cross, odd - cross, even - along]
            .into_iter()
            .enumerate()
        {
            let pixel = &mut predicted[top + y][left + x];
            *pixel = (i32::from(*pixel) + ((value + 4) >> 3)).clamp(0, 255) as u8;
        }
    }
}

/// The Y2 coefficients of the DC coefficients of 16 blocks.
pub(super) fn forward_y2(dcs: &[i32; 16]) -> [i32; 16] {
    let mut rows = [0; 16];
    for y in 0..4 {
        let row = &dcs[y * 4..y * 4 + 4];
        let (a, b, c, d) = (row[0] + row[2], row[1] + row[3], row[1] - row[3], row[0] - row[2]);
        rows[y * 4..y * 4 + 4].copy_from_slice(&[a + b, d + c, d - c, a - b]);
    }
    let mut block = [0; 16];
    for x in 0..4 {
        let (a, b) = (rows[x] + rows[8 + x], rows[4 + x] + rows[12 + x]);
        let (c, d) = (rows[4 + x] - rows[12 + x], rows[x] - rows[8 + x]);
        for (y, value) in [a + b, d + c, d - c, a - b].into_iter().enumerate() {
            block[y * 4 + x] = value >> 1;
        }
    }
    block
}

/// The DC coefficients of Y2 coefficients.
pub(super) fn inverse_y2(block: &[i32; 16]) -> [i32; 16] {
    let mut columns = [0; 16];
    for x in 0..4 {
        let (a, b) = (block[x] + block[12 + x], block[4 + x] + block[8 + x]);
        let (c, d) = (block[4 + x] - block[8 + x], block[x] - block[12 + x]);
        columns[x] = a + b;
        columns[4 + x] = c + d;
        columns[8 + x] = a - b;
        columns[12 + x] = d - c;
    }
    let mut dcs = [0; 16];
    for y in 0..4 {
        let row = &columns[y * 4..y * 4 + 4];
        let (a, b, c, d) = (row[0] + row[3], row[1] + row[2], row[1] - row[2], row[0] - row[3]);
        for (x, value) in [a + b, c + d, a - b, d - c].into_iter().enumerate() {
            dcs[y * 4 + x] = (value + 3) >> 3;
        }
    }
    dcs
}
