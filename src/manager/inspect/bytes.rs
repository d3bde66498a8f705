//! Numbers in bytes.

/// The unsigned number of `length` bytes at `at`, the highest byte first. `length` is at most 8.
pub(super) fn be(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// The unsigned number of `length` bytes at `at`, the lowest byte first. `length` is at most 8.
pub(super) fn le(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rfold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// Returns whether `bytes` has `word` at `at`.
pub(super) fn has(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(word))
}

/// The offset of the first `word` from `from` on.
pub(super) fn find(bytes: &[u8], from: usize, word: &[u8]) -> Option<usize> {
    let found = bytes.get(from..)?.windows(word.len()).position(|window| window == word);
    found.map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_outside_of_the_bytes_is_none() {
        let bytes = [1, 2, 3];
        assert_eq!(be(&bytes, 0, 3), Some(0x01_0203));
        assert_eq!(le(&bytes, 1, 2), Some(0x0302));
        assert_eq!(be(&bytes, 2, 2), None);
        assert_eq!(le(&bytes, usize::MAX, 2), None);
        assert!(has(&bytes, 1, &[2, 3]) && !has(&bytes, 9, &[1]));
        assert_eq!(find(&bytes, 1, &[3]), Some(2));
        assert_eq!(find(&bytes, 4, &[3]), None);
    }
}
