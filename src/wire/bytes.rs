//! Helpers for text that is built as bytes.

/// The digits of percent-escapes, by value.
pub(super) const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends bytes.
///
/// Never inlined: texts are built from many small pieces, and each call would repeat the code that grows and copies.
#[inline(never)]
pub fn push(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

/// Whether a byte is among others. Less code than `contains`, which searches long texts in words.
#[inline(never)]
pub fn has(bytes: &[u8], wanted: u8) -> bool {
    for &byte in bytes {
        if byte == wanted {
            return true;
        }
    }
    false
}

/// Whether a text is UTF-8. By the iterator that answers go through anyway: `str::from_utf8` is 640 bytes of code.
pub fn is_utf8(bytes: &[u8]) -> bool {
    for chunk in bytes.utf8_chunks() {
        if !chunk.invalid().is_empty() {
            return false;
        }
    }
    true
}

/// The value of a hexadecimal digit, `None` for any other byte.
pub(super) fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' | b'A'..=b'F' => Some((digit | 0x20) - b'a' + 10),
        _ => None,
    }
}
