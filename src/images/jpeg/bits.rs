//! The entropy-coded data of a scan as bits, and Huffman codes.

use std::cell::OnceCell;

/// The bits that [`Huffman`] looks up at once. Longer codes are rare.
const FAST_BITS: u32 = 10;

/// The bits of a scan. Behind the end, and behind a restart marker that comes too early, there are zeros.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the highest down.
    buffer: u64,
    count: u32,
    /// The zeros among the bits of the buffer that are not in the file.
    missing: u32,
    has_failed: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            buffer: 0,
            count: 0,
            missing: 0,
            has_failed: false,
        }
    }

    /// Makes sure that at least 32 bits are in the buffer: enough for one code and its value.
    #[inline]
    pub(super) fn refill(&mut self) {
        if self.count < 32 {
            self.fill();
        }
    }

    fn fill(&mut self) {
        if let Some(word) = self.data.get(self.at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_be_bytes(*word);
            let others = !word;
            // No byte is 0xff, which is most of the time: seven or fewer bytes at once.
            if others.wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 == 0 {
                self.buffer |= word >> self.count;
                let taken = (63 - self.count) >> 3;
                self.at += taken as usize;
                self.count += taken * 8;
                return;
            }
        }
        while self.count <= 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.at += 2;
                    0xff
                }
                (None | Some(0xff), _) => {
                    self.missing = self.missing.saturating_add(8);
                    0
                }
                (Some(&byte), _) => {
                    self.at += 1;
                    byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    #[inline]
    fn peek(&self, count: u32) -> u32 {
        (self.buffer >> 32) as u32 >> (32 - count)
    }

    #[inline]
    pub(super) fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.count = self.count.saturating_sub(count);
    }

    /// The next 1 to 16 bits as a number.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let value = self.peek(count);
        self.skip(count);
        value
    }

    /// The next bit.
    #[inline]
    pub(super) fn take_bit(&mut self) -> bool {
        self.refill();
        self.take(1) == 1
    }

    /// A number of this many bits, whose first bit is its sign.
    #[inline]
    pub(super) fn take_signed(&mut self, count: u32) -> i32 {
        if count == 0 {
            return 0;
        }
        let value = self.take(count) as i32;
        let is_negative = value >> (count - 1) == 0;
        value - if is_negative { (1 << count) - 1 } else { 0 }
    }

    /// Gives up the data up to the next restart marker: it holds a code that does not exist.
    pub(super) fn fail(&mut self) {
        self.has_failed = true;
    }

    /// Whether more was read than there is.
    #[inline]
    pub(super) fn is_spent(&self) -> bool {
        self.has_failed || self.missing > self.count
    }

    /// Goes on behind the next restart marker. Returns whether there is one.
    pub(super) fn restart(&mut self) -> bool {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let marker = rest
            .windows(2)
            .position(|pair| pair[0] == 0xff && matches!(pair[1], 0xd0..=0xd7));
        self.at = marker.map_or(self.data.len(), |found| self.at + found + 2);
        (self.buffer, self.count, self.missing) = (0, 0, 0);
        self.has_failed = marker.is_none();
        marker.is_some()
    }
}

/// A Huffman code.
pub(super) struct Huffman {
    /// Symbol and length of each code that begins with these bits, and 0 for longer ones.
    fast: [u16; 1 << FAST_BITS],
    /// The first code that is longer than the index, with 16 bits.
    limits: [u32; 17],
    /// From a code to the index of its symbol.
    offsets: [i32; 17],
    symbols: [u8; 256],
    skips: OnceCell<Skips>,
}

impl Huffman {
    /// A code by the number of symbols of each length, and the symbols.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Self {
        let mut huffman = Self {
            fast: [0; 1 << FAST_BITS],
            limits: [0; 17],
            offsets: [0; 17],
            symbols: [0; 256],
            skips: OnceCell::new(),
        };
        for (place, &symbol) in huffman.symbols.iter_mut().zip(symbols) {
            *place = symbol;
        }
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16 {
            huffman.offsets[length] = index as i32 - code as i32;
            for _ in 0..counts[length - 1] {
                let Some(&symbol) = symbols.get(index) else { break };
                if length as u32 <= FAST_BITS {
                    let first = (code << (FAST_BITS - length as u32)) as usize;
                    let last = first + (1 << (FAST_BITS - length as u32));
                    if let Some(places) = huffman.fast.get_mut(first..last) {
                        places.fill(u16::from(symbol) << 8 | length as u16);
                    }
                }
                code += 1;
                index += 1;
            }
            huffman.limits[length] = code << (16 - length);
            code <<= 1;
        }
        huffman
    }

    /// How to skip coefficients of this code.
    pub(super) fn skips(&self) -> &Skips {
        self.skips.get_or_init(|| Skips::new(self))
    }

    /// The next symbol. At least 16 bits must be in the buffer.
    #[inline]
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> u8 {
        let entry = self.fast[bits.peek(FAST_BITS) as usize];
        if entry != 0 {
            bits.skip(u32::from(entry & 0xff));
            return (entry >> 8) as u8;
        }
        self.next_long(bits)
    }

    #[cold]
    fn next_long(&self, bits: &mut Bits<'_>) -> u8 {
        let code = bits.peek(16);
        for length in FAST_BITS as usize + 1..=16 {
            if code < self.limits[length] {
                bits.skip(length as u32);
                let index = (code >> (16 - length)) as i32 + self.offsets[length];
                return self.symbols[(index & 0xff) as usize];
            }
        }
        bits.fail();
        0
    }
}

/// The bits that [`Skips`] looks up at once. With more, the tables of luma and chroma no longer fit the fastest cache.
const SKIP_BITS: u32 = 12;

/// How to skip coefficients that nobody needs: several codes with their values at once.
///
/// A reduction by 8 needs only the first coefficient of a block, and skipping the others is most of its work.
pub(super) struct Skips {
    /// By the next bits: how many bits the whole codes and values among them take, how many coefficients these are for, and
    /// whether the block ends behind them.
    entries: Box<[u16; 1 << SKIP_BITS]>,
}

/// The places of the fields of an entry.
const SKIP_END: u16 = 1 << 15;
const SKIP_COUNT_SHIFT: u32 = 4;
const SKIP_COUNT_MASK: u16 = 0x7f;
const SKIP_BITS_MASK: u16 = 15;

impl Skips {
    fn new(huffman: &Huffman) -> Self {
        let mut entries = Box::new([0; 1 << SKIP_BITS]);
        for (index, entry) in entries.iter_mut().enumerate() {
            let (mut taken, mut count, mut end) = (0, 0_u32, 0);
            while end == 0 {
                // Zeros follow the known bits, so a code that needs more of them is longer than these.
                let rest = (index as u32) << taken & ((1 << SKIP_BITS) - 1);
                let code = huffman.fast[(rest >> (SKIP_BITS - FAST_BITS)) as usize];
                let (run, size) = (u32::from(code >> 12), u32::from(code >> 8 & 15));
                let length = u32::from(code & 0xff) + size;
                if code == 0 || taken + length > SKIP_BITS {
                    break;
                }
                match (run, size) {
                    (0..15, 0) => end = SKIP_END,
                    _ => count += run + 1,
                }
                taken += length;
            }
            let count = count.min(SKIP_COUNT_MASK.into()) as u16;
            *entry = end | count << SKIP_COUNT_SHIFT | taken as u16;
        }
        Self { entries }
    }

    /// Skips the coefficients of a block from `place` on. Returns the place behind them: above 64, the data is damaged.
    #[inline]
    pub(super) fn skip(&self, huffman: &Huffman, bits: &mut Bits<'_>, mut place: usize) -> usize {
        // Kept out of memory, as `bits` cannot be: WebAssembly would load and store them for each code.
        let (mut buffer, mut left) = (bits.buffer, bits.count);
        while place < 64 {
            if left < SKIP_BITS {
                (bits.buffer, bits.count) = (buffer, left);
                bits.fill();
                (buffer, left) = (bits.buffer, bits.count);
            }
            let entry = self.entries[(buffer >> (64 - SKIP_BITS)) as usize];
            let behind = place + usize::from(entry >> SKIP_COUNT_SHIFT & SKIP_COUNT_MASK);
            let is_end = entry & SKIP_END != 0;
            // Beyond the last coefficient, the bits are those of the next block.
            if entry != 0 && behind <= 64 - usize::from(is_end) {
                let taken = u32::from(entry & SKIP_BITS_MASK);
                buffer <<= taken;
                left -= taken;
                place = behind;
                if is_end {
                    break;
                }
                continue;
            }
            (bits.buffer, bits.count) = (buffer, left);
            bits.refill();
            let symbol = huffman.next(bits);
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            bits.skip(size);
            (buffer, left) = (bits.buffer, bits.count);
            if size == 0 && run < 15 {
                break;
            }
            place += run + 1;
        }
        (bits.buffer, bits.count) = (buffer, left);
        place
    }
}

impl std::fmt::Debug for Skips {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Skips").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Huffman {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Huffman").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Skips the coefficients of a block one by one.
    fn skip_each(huffman: &Huffman, bits: &mut Bits<'_>) -> usize {
        let mut place = 1;
        while place < 64 {
            bits.refill();
            let symbol = huffman.next(bits);
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            bits.skip(size);
            if size == 0 && run < 15 {
                break;
            }
            place += run + 1;
        }
        place
    }

    proptest! {
        #[test]
        fn skips_of_several_codes_are_those_of_each(
            // Of each length, few enough for any code to exist.
            counts in prop::array::uniform16(0_u8..3), symbols in prop::collection::vec(any::<u8>(), 48),
            data in prop::collection::vec(any::<u8>(), 0..400), blocks in 1..40,
        ) {
            let huffman = Huffman::new(&counts, &symbols);
            let skips = huffman.skips();
            let (mut several, mut single) = (Bits::new(&data), Bits::new(&data));
            for _ in 0..blocks {
                prop_assert_eq!(skips.skip(&huffman, &mut several, 1), skip_each(&huffman, &mut single));
                prop_assert_eq!(several.is_spent(), single.is_spent());
                if several.is_spent() {
                    break;
                }
                several.refill();
                single.refill();
                prop_assert_eq!(several.peek(16), single.peek(16));
            }
        }
    }
}
