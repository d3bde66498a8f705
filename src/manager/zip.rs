//! Zip archives whose entries are stored, not deflated: media is compressed already, and so the length of the whole is
//! known before the first byte is sent. Sizes and sums come from the catalog, the bytes from blobs when they are sent.

use super::message::Part;
use super::time::moment;
use crate::catalog::ArchiveEntry;
use std::collections::VecDeque;

/// From here on, a number needs its zip64 form.
const LARGE: u64 = 0xffff_ffff;

/// The pieces of the archive of these entries.
pub(super) fn parts(entries: &[ArchiveEntry]) -> VecDeque<Part> {
    let mut parts = VecDeque::new();
    let mut directory = Vec::new();
    let mut offset = 0;
    for entry in entries {
        let header = local_header(entry);
        central_header(&mut directory, entry, offset);
        offset += header.len() as u64 + size(entry);
        parts.push_back(Part::Bytes(header));
        if let Some(id) = entry.blob.as_ref().filter(|_| entry.size > 0) {
            parts.push_back(Part::Blob {
                id: id.clone(),
                offset: 0,
                length: size(entry),
            });
        }
    }
    let length = directory.len() as u64;
    end(&mut directory, entries.len() as u64, offset, length);
    parts.push_back(Part::Bytes(directory));
    parts
}

fn size(entry: &ArchiveEntry) -> u64 {
    u64::try_from(entry.size).unwrap_or(0)
}

fn put(out: &mut Vec<u8>, width: usize, value: u64) {
    out.extend_from_slice(&value.to_le_bytes()[..width]);
}

/// Time and date as MS-DOS has them: from 1980 on, in steps of two seconds.
fn stamp(milliseconds: i64) -> (u64, u64) {
    let at = moment(milliseconds);
    let year = u64::try_from(at.year() - 1980).ok().filter(|year| *year < 128);
    let Some(year) = year else { return (0, 1 << 5 | 1) };
    let time = u64::from(at.hour()) << 11 | u64::from(at.minute()) << 5 | u64::from(at.second() / 2);
    (
        time,
        year << 9 | u64::from(u8::from(at.month())) << 5 | u64::from(at.day()),
    )
}

/// What both headers of an entry share, from "version needed" to the lengths of the sizes.
fn common(out: &mut Vec<u8>, entry: &ArchiveEntry, zip64: bool) {
    let (time, date) = stamp(entry.updated);
    put(out, 2, if zip64 { 45 } else { 20 });
    // The name is UTF-8.
    put(out, 2, 1 << 11);
    put(out, 2, 0);
    put(out, 2, time);
    put(out, 2, date);
    put(out, 4, u64::from(entry.crc));
    let shown = size(entry).min(LARGE);
    put(out, 4, shown);
    put(out, 4, shown);
    put(out, 2, entry.path.len() as u64);
}

fn local_header(entry: &ArchiveEntry) -> Vec<u8> {
    let size = size(entry);
    let zip64 = size >= LARGE;
    let mut out = b"PK\x03\x04".to_vec();
    common(&mut out, entry, zip64);
    put(&mut out, 2, if zip64 { 20 } else { 0 });
    out.extend_from_slice(entry.path.as_bytes());
    if zip64 {
        put(&mut out, 2, 1);
        put(&mut out, 2, 16);
        put(&mut out, 8, size);
        put(&mut out, 8, size);
    }
    out
}

fn central_header(out: &mut Vec<u8>, entry: &ArchiveEntry, offset: u64) {
    let size = size(entry);
    let mut extra = Vec::new();
    if size >= LARGE {
        put(&mut extra, 8, size);
        put(&mut extra, 8, size);
    }
    if offset >= LARGE {
        put(&mut extra, 8, offset);
    }
    out.extend_from_slice(b"PK\x01\x02");
    // Made on Unix, so that the attributes below are read as a mode.
    put(out, 2, 3 << 8 | 45);
    common(out, entry, !extra.is_empty());
    put(out, 2, if extra.is_empty() { 0 } else { extra.len() as u64 + 4 });
    put(out, 2, 0);
    put(out, 2, 0);
    put(out, 2, 0);
    let (mode, dos) = if entry.blob.is_none() {
        (0o040_755, 0x10)
    } else {
        (0o100_644, 0)
    };
    put(out, 4, mode << 16 | dos);
    put(out, 4, offset.min(LARGE));
    out.extend_from_slice(entry.path.as_bytes());
    if !extra.is_empty() {
        put(out, 2, 1);
        put(out, 2, extra.len() as u64);
        out.extend(extra);
    }
}

fn end(out: &mut Vec<u8>, count: u64, offset: u64, length: u64) {
    if count >= 0xffff || offset >= LARGE || length >= LARGE {
        out.extend_from_slice(b"PK\x06\x06");
        put(out, 8, 44);
        put(out, 2, 45);
        put(out, 2, 45);
        put(out, 4, 0);
        put(out, 4, 0);
        put(out, 8, count);
        put(out, 8, count);
        put(out, 8, length);
        put(out, 8, offset);
        out.extend_from_slice(b"PK\x06\x07");
        put(out, 4, 0);
        put(out, 8, offset + length);
        put(out, 4, 1);
    }
    out.extend_from_slice(b"PK\x05\x06");
    put(out, 4, 0);
    put(out, 2, count.min(0xffff));
    put(out, 2, count.min(0xffff));
    put(out, 4, length.min(LARGE));
    put(out, 4, offset.min(LARGE));
    put(out, 2, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_archives_use_the_large_form() {
        let entry = |path: &str, size: i64| ArchiveEntry {
            path: path.into(),
            blob: Some("b".into()),
            size,
            crc: 7,
            updated: 0,
        };
        let parts = parts(&[entry("a", 5_000_000_000), entry("b", 1)]);
        let Some(Part::Bytes(directory)) = parts.back() else {
            panic!("a directory");
        };
        let found = |magic: &[u8]| directory.windows(4).filter(|window| *window == magic).count();
        assert_eq!(
            (found(b"PK\x06\x06"), found(b"PK\x06\x07"), found(b"PK\x01\x02")),
            (1, 1, 2)
        );
        // The second entry is small, but where it stands is not.
        let offset = 5_000_000_000_u64 + 30 + 1 + 20;
        assert!(directory.windows(8).any(|window| window == offset.to_le_bytes()));
    }

    #[test]
    fn stamps_stay_within_what_the_format_knows() {
        assert_eq!(stamp(0), (0, 33));
        assert_eq!(stamp(1_704_449_472_005), (10 << 11 | 11 << 5 | 6, 44 << 9 | 1 << 5 | 5));
        assert_eq!(stamp(i64::MAX), (0, 33));
    }
}
