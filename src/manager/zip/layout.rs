//! The records of a zip whose entries are stored (APPNOTE 6.3.9), without the bytes between them.
//!
//! Written by hand: the crate `zip` writes the bytes of the entries through itself, and so cannot tell the length of a
//! zip before it has read them all. It is the oracle of the tests instead.

use super::super::dates::moment;

/// A field of 32 bits with this value refers to the zip64 record.
const MAX_U32: u64 = 0xffff_ffff;
/// Likewise for a field of 16 bits.
const MAX_U16: u64 = 0xffff;
/// The flag of names in UTF-8.
const UTF8_NAME: u64 = 1 << 11;

/// An entry. Its name and its size are what the length of the records depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// Below 64 KiB. That of a folder ends in `/`.
    pub(crate) name: &'a str,
    pub(crate) size: u64,
    pub(crate) crc: u32,
    /// In milliseconds since 1970.
    pub(crate) modified: i64,
    pub(crate) is_folder: bool,
}

/// The record before the bytes of an entry.
pub(crate) fn local_header(entry: &Entry<'_>) -> Vec<u8> {
    let is_zip64 = entry.size >= MAX_U32;
    let mut out = b"PK\x03\x04".to_vec();
    common_fields(&mut out, entry, is_zip64);
    put(&mut out, 2, if is_zip64 { 20 } else { 0 });
    out.extend_from_slice(entry.name.as_bytes());
    if is_zip64 {
        put(&mut out, 2, 1);
        put(&mut out, 2, 16);
        put(&mut out, 8, entry.size);
        put(&mut out, 8, entry.size);
    }
    out
}

/// Appends the record of an entry in the central directory. `offset` is that of its local header.
pub(crate) fn central_header(out: &mut Vec<u8>, entry: &Entry<'_>, offset: u64) {
    let mut zip64 = Vec::new();
    if entry.size >= MAX_U32 {
        put(&mut zip64, 8, entry.size);
        put(&mut zip64, 8, entry.size);
    }
    if offset >= MAX_U32 {
        put(&mut zip64, 8, offset);
    }
    out.extend_from_slice(b"PK\x01\x02");
    // Made on Unix, so that the attributes below are read as a mode.
    put(out, 2, 3 << 8 | 45);
    common_fields(out, entry, !zip64.is_empty());
    put(out, 2, if zip64.is_empty() { 0 } else { zip64.len() as u64 + 4 });
    // Length of the comment, disk and internal attributes.
    put(out, 6, 0);
    let (mode, dos_attributes) = if entry.is_folder {
        (0o040_755, 0x10)
    } else {
        (0o100_644, 0)
    };
    put(out, 4, mode << 16 | dos_attributes);
    put(out, 4, offset.min(MAX_U32));
    out.extend_from_slice(entry.name.as_bytes());
    if !zip64.is_empty() {
        put(out, 2, 1);
        put(out, 2, zip64.len() as u64);
        out.extend(zip64);
    }
}

/// Appends the records behind the central directory, which begins at `offset` and has `length` bytes.
pub(crate) fn end(out: &mut Vec<u8>, entries: u64, offset: u64, length: u64) {
    if entries >= MAX_U16 || offset >= MAX_U32 || length >= MAX_U32 {
        out.extend_from_slice(b"PK\x06\x06");
        put(out, 8, 44);
        put(out, 2, 45);
        put(out, 2, 45);
        put(out, 8, 0);
        put(out, 8, entries);
        put(out, 8, entries);
        put(out, 8, length);
        put(out, 8, offset);
        out.extend_from_slice(b"PK\x06\x07");
        put(out, 4, 0);
        put(out, 8, offset + length);
        put(out, 4, 1);
    }
    out.extend_from_slice(b"PK\x05\x06");
    put(out, 4, 0);
    put(out, 2, entries.min(MAX_U16));
    put(out, 2, entries.min(MAX_U16));
    put(out, 4, length.min(MAX_U32));
    put(out, 4, offset.min(MAX_U32));
    put(out, 2, 0);
}

/// Appends the fields that both headers of an entry share, from "version needed" to the length of the name.
fn common_fields(out: &mut Vec<u8>, entry: &Entry<'_>, is_zip64: bool) {
    let (time, date) = dos_time(entry.modified);
    put(out, 2, if is_zip64 { 45 } else { 20 });
    put(out, 2, UTF8_NAME);
    // Stored.
    put(out, 2, 0);
    put(out, 2, time);
    put(out, 2, date);
    put(out, 4, u64::from(entry.crc));
    let size = entry.size.min(MAX_U32);
    put(out, 4, size);
    put(out, 4, size);
    put(out, 2, entry.name.len() as u64);
}

/// Appends the lowest `width` bytes of a number.
fn put(out: &mut Vec<u8>, width: usize, value: u64) {
    out.extend_from_slice(&value.to_le_bytes()[..width]);
}

/// Time and date of MS-DOS: from 1980 to 2107, in steps of two seconds. Other times become the first of them.
fn dos_time(milliseconds: i64) -> (u64, u64) {
    let at = moment(milliseconds);
    let year = u64::try_from(at.year() - 1980).ok().filter(|year| *year < 128);
    let Some(year) = year else { return (0, 1 << 5 | 1) };
    let time = u64::from(at.hour()) << 11 | u64::from(at.minute()) << 5 | u64::from(at.second() / 2);
    (
        time,
        year << 9 | u64::from(u8::from(at.month())) << 5 | u64::from(at.day()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dos_time_outside_its_range_returns_its_first() {
        assert_eq!(dos_time(0), (0, 33));
        assert_eq!(
            dos_time(1_704_449_472_005),
            (10 << 11 | 11 << 5 | 6, 44 << 9 | 1 << 5 | 5)
        );
        assert_eq!(dos_time(i64::MAX), (0, 33));
    }
}
