//! Zip archives whose entries are stored, not deflated: media is compressed already, and so the length of the whole is
//! known before the first byte is sent. Sizes and sums come from the catalog, the bytes from blobs when they are sent.

use super::message::Part;
use super::time::moment;
use crate::catalog::{self, ArchiveEntry, Catalog};
use std::collections::VecDeque;

/// From here on, a number needs its zip64 form.
const LARGE: u64 = 0xffff_ffff;

/// How many entries are looked up at once.
const STEP: u32 = 256;

/// The zip of an archive of the catalog, piece by piece: however many entries there are, a few of them are in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zip {
    archive: String,
    /// The position of the next entry; its header comes next, or its line in the directory.
    position: i64,
    stage: Stage,
    /// How many bytes the entries took so far.
    offset: u64,
    count: u64,
    /// What is left of the whole zip.
    length: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Entries,
    /// The directory, with where it began and where the bytes of the next entry are.
    Directory {
        start: u64,
        at: u64,
    },
    Done,
}

impl Zip {
    /// The zip of this archive. Its length takes one walk over the entries.
    pub(super) fn new(catalog: &dyn Catalog, archive: &str) -> catalog::Result<Zip> {
        let mut zip = Zip {
            archive: archive.to_owned(),
            position: 0,
            stage: Stage::Entries,
            offset: 0,
            count: 0,
            length: 0,
        };
        let mut walk = zip.clone();
        loop {
            let parts = walk.next(catalog)?;
            if parts.is_empty() {
                return Ok(zip);
            }
            zip.length += parts.iter().map(Part::length).sum::<u64>();
        }
    }

    /// The bytes that are still to come.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The next parts, in order; none at the end. Fails when the archive went before all of it was read, as by a reset.
    pub(super) fn next(&mut self, catalog: &dyn Catalog) -> catalog::Result<VecDeque<Part>> {
        let mut parts = VecDeque::new();
        while parts.is_empty() && self.stage != Stage::Done {
            let entries = catalog.archive_entries(&self.archive, self.position, STEP)?;
            if let Some((last, _)) = entries.last() {
                self.position = last + 1;
            }
            match &mut self.stage {
                Stage::Entries if entries.is_empty() => {
                    self.position = 0;
                    self.stage = Stage::Directory {
                        start: self.offset,
                        at: 0,
                    };
                }
                Stage::Entries => {
                    for (_, entry) in &entries {
                        let header = local_header(entry);
                        self.offset += header.len() as u64 + size(entry);
                        self.count += 1;
                        parts.push_back(Part::Bytes(header));
                        if let Some(id) = entry.blob.as_ref().filter(|_| entry.size > 0) {
                            parts.push_back(Part::Blob {
                                id: id.clone(),
                                offset: 0,
                                length: size(entry),
                            });
                        }
                    }
                }
                Stage::Directory { start, at } => {
                    let mut lines = Vec::new();
                    for (_, entry) in &entries {
                        central_header(&mut lines, entry, *at);
                        *at += local_header(entry).len() as u64 + size(entry);
                    }
                    self.offset += lines.len() as u64;
                    if entries.is_empty() {
                        end(&mut lines, self.count, *start, self.offset - *start);
                        self.stage = Stage::Done;
                    }
                    parts.push_back(Part::Bytes(lines));
                }
                Stage::Done => {}
            }
        }
        let taken: u64 = parts.iter().map(Part::length).sum();
        self.length = self.length.saturating_sub(taken);
        if parts.is_empty() && self.length > 0 {
            return Err(catalog::Error::Store("the rest of this zip is gone".into()));
        }
        Ok(parts)
    }
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
    use crate::catalog::Sqlite;

    fn archive(entries: &[ArchiveEntry]) -> Sqlite {
        let mut catalog = Sqlite::memory().expect("a catalog");
        catalog.insert_archive("id", "name", true).expect("inserted");
        for (entry, position) in entries.iter().zip(0..) {
            catalog.insert_archive_entry("id", position, entry).expect("inserted");
        }
        catalog
    }

    fn entry(path: &str, size: i64) -> ArchiveEntry {
        ArchiveEntry {
            path: path.into(),
            blob: Some("b".into()),
            size,
            crc: 7,
            updated: 0,
        }
    }

    #[test]
    fn large_archives_use_the_large_form() {
        let catalog = archive(&[entry("a", 5_000_000_000), entry("b", 1)]);
        let mut zip = Zip::new(&catalog, "id").expect("a zip");
        let length = zip.length();
        let mut parts = Vec::new();
        loop {
            let next = zip.next(&catalog).expect("parts");
            if next.is_empty() {
                break;
            }
            parts.extend(next);
        }
        assert_eq!((length, zip.length()), (parts.iter().map(Part::length).sum(), 0));
        let mut directory = Vec::new();
        for part in parts.iter().skip(4) {
            let Part::Bytes(bytes) = part else {
                panic!("a directory");
            };
            directory.extend_from_slice(bytes);
        }
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
    fn many_entries_come_in_steps() {
        let entries: Vec<_> = (0..2 * STEP + 1).map(|number| entry(&number.to_string(), 0)).collect();
        let catalog = archive(&entries);
        let mut zip = Zip::new(&catalog, "id").expect("a zip");
        let mut bytes = Vec::new();
        let length = zip.length();
        loop {
            let next = zip.next(&catalog).expect("parts");
            if next.is_empty() {
                break;
            }
            assert!(next.len() <= STEP as usize);
            for part in next {
                let Part::Bytes(more) = part else {
                    panic!("nothing but headers");
                };
                bytes.extend(more);
            }
        }
        assert_eq!(length, bytes.len() as u64);
        let found = |magic: &[u8]| bytes.windows(4).filter(|window| *window == magic).count();
        assert_eq!(
            (found(b"PK\x03\x04"), found(b"PK\x01\x02")),
            (entries.len(), entries.len())
        );
    }

    #[test]
    fn stamps_stay_within_what_the_format_knows() {
        assert_eq!(stamp(0), (0, 33));
        assert_eq!(stamp(1_704_449_472_005), (10 << 11 | 11 << 5 | 6, 44 << 9 | 1 << 5 | 5));
        assert_eq!(stamp(i64::MAX), (0, 33));
    }
}
