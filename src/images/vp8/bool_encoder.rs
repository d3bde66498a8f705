//! The boolean entropy encoder (RFC 6386 section 7).

/// Encodes bits, each with the probability in 256ths that it is 0.
#[derive(Debug)]
pub(super) struct BoolEncoder {
    bytes: Vec<u8>,
    range: u32,
    bottom: u32,
    /// The number of bits until the next byte is complete.
    missing: i32,
}

impl Default for BoolEncoder {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            range: 255,
            bottom: 0,
            missing: 24,
        }
    }
}

impl BoolEncoder {
    pub(super) fn bit(&mut self, bit: bool, probability: u8) {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        if bit {
            self.bottom += split;
            self.range -= split;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.range <<= 1;
            if self.bottom & (1 << 31) != 0 {
                self.carry();
            }
            self.bottom <<= 1;
            self.missing -= 1;
            if self.missing == 0 {
                self.bytes.push((self.bottom >> 24) as u8);
                self.bottom &= (1 << 24) - 1;
                self.missing = 8;
            }
        }
    }

    /// Propagates a carry into the bytes that are written already.
    fn carry(&mut self) {
        for byte in self.bytes.iter_mut().rev() {
            let (sum, carry) = byte.overflowing_add(1);
            *byte = sum;
            if !carry {
                return;
            }
        }
    }

    /// Encodes a number of so many bits, the highest first.
    pub(super) fn literal(&mut self, value: u32, bits: u32) {
        for bit in (0..bits).rev() {
            self.bit(value >> bit & 1 == 1, 128);
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        // Flushes the 32 bits of state.
        self.literal(0, 32);
        self.bytes
    }
}
