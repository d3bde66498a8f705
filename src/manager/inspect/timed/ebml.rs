//! Elements of EBML (RFC 8794), which Matroska is made of.

use super::super::bytes::be;
use super::super::input::Input;

/// An element: its id with the marker, and the range of its content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) id: u64,
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Element {
    /// The element at `at`. Its end is at most `end`.
    pub(super) fn read(input: &mut Input<'_>, at: u64, end: u64) -> Option<Element> {
        if at >= end {
            return None;
        }
        Element::parse(&input.part(at, 12), at, end)
    }

    /// The element at the beginning of `head`, which stands at `at`.
    pub(super) fn parse(head: &[u8], at: u64, end: u64) -> Option<Element> {
        let id_len = length_of(head, 4)?;
        let id = be(head, 0, id_len)?;
        let rest = &head[id_len..];
        let size_len = length_of(rest, 8)?;
        let start = at + (id_len + size_len) as u64;
        let size = number(rest)?;
        let is_unknown = size == (1 << (7 * size_len)) - 1;
        let stop = if is_unknown {
            end
        } else {
            start.checked_add(size)?.min(end)
        };
        (start <= end).then_some(Element { id, start, end: stop })
    }

    /// The content of a number.
    fn number(&self, input: &mut Input<'_>) -> Vec<u8> {
        input.part(self.start, (self.end - self.start).min(8) as usize)
    }

    /// The content as an unsigned number.
    pub(super) fn unsigned(&self, input: &mut Input<'_>) -> Option<u64> {
        let bytes = self.number(input);
        be(&bytes, 0, bytes.len())
    }

    /// The content as a float of 4 or 8 bytes.
    pub(super) fn float(&self, input: &mut Input<'_>) -> Option<f64> {
        let bytes = self.number(input);
        match bytes.len() {
            4 => Some(f64::from(f32::from_bits(be(&bytes, 0, 4)? as u32))),
            8 => Some(f64::from_bits(be(&bytes, 0, 8)?)),
            _ => None,
        }
    }

    /// The content as a text.
    pub(super) fn text(&self, input: &mut Input<'_>) -> String {
        super::tags::text(input, self.start, self.end - self.start)
    }
}

/// The bytes of a number of variable length, by its first byte.
fn length_of(bytes: &[u8], most: usize) -> Option<usize> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    (length <= most && bytes.len() >= length).then_some(length)
}

/// A number of variable length without its marker.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    let length = length_of(bytes, 8)?;
    Some(be(bytes, 0, length)? & ((1 << (7 * length)) - 1))
}

/// The elements from `start` to `end`. Each costs one of `budget`.
pub(super) fn elements(input: &mut Input<'_>, start: u64, end: u64, budget: &mut u32) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = start;
    while *budget > 0
        && let Some(element) = Element::read(input, at, end)
    {
        *budget -= 1;
        found.push(element);
        at = element.end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_has_id_and_range_and_is_cut_at_the_end() {
        let element = Element::parse(&[0x42, 0x82, 0x84, 1, 2, 3, 4], 100, 200).expect("an element");
        assert_eq!((element.id, element.start, element.end), (0x4282, 103, 107));
        let element = Element::parse(&[0xec, 0x40, 0xff], 100, 120).expect("an element");
        assert_eq!((element.start, element.end), (103, 120));
        let element = Element::parse(&[0xec, 0x01, 255, 255, 255, 255, 255, 255, 255], 100, 120).expect("an element");
        assert_eq!((element.start, element.end), (109, 120));
        for broken in [&[0x0f, 0x81][..], &[0x42], &[0xec, 0], &[]] {
            assert!(Element::parse(broken, 0, 10).is_none(), "{broken:x?}");
        }
    }
}
