//! The arithmetic coder (RFC 6386 section 7).

/// Writes decisions, each with the probability that it is false, in 256ths.
#[derive(Debug)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    range: u32,
    bottom: u32,
    /// How many bits fit until a byte is whole.
    left: i32,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            range: 255,
            bottom: 0,
            left: 24,
        }
    }
}

impl Writer {
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
            self.left -= 1;
            if self.left == 0 {
                self.bytes.push((self.bottom >> 24) as u8);
                self.bottom &= (1 << 24) - 1;
                self.left = 8;
            }
        }
    }

    fn carry(&mut self) {
        for byte in self.bytes.iter_mut().rev() {
            let (sum, carry) = byte.overflowing_add(1);
            *byte = sum;
            if !carry {
                return;
            }
        }
    }

    /// Bits of a number, the highest first.
    pub(super) fn literal(&mut self, value: u32, bits: u32) {
        for bit in (0..bits).rev() {
            self.bit(value >> bit & 1 == 1, 128);
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        // Enough for whatever is left to come out whole.
        self.literal(0, 32);
        self.bytes
    }
}
