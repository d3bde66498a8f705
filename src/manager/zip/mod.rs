//! Zips of entries of the catalog, produced while they are sent.
//!
//! Entries are stored, not deflated: media is compressed already, and so the length of a zip is known before its first
//! byte. Sizes and CRCs come from the catalog, and the bytes stay in their blobs until the host sends them.

mod layout;

use super::http::body::{Part, Source};
use crate::blobs::Blobs;
use crate::catalog::{self, BundleEntry, Read};
use layout::{Entry, central_header, local_header};
use std::collections::VecDeque;

/// The number of entries that are looked up at once.
const BATCH_SIZE: u32 = 256;

/// The entries of a zip, in order, read twice: for the entries and for the central directory.
pub(crate) trait Entries: Clone + std::fmt::Debug + Send + 'static {
    /// Returns the next entries, at most `limit`. None at the end.
    fn next(&mut self, catalog: &dyn Read, blobs: &dyn Blobs, limit: u32) -> catalog::Result<Vec<BundleEntry>>;
    /// Goes back to the first entry.
    fn restart(&mut self);
}

/// The entries of a bundle of the catalog.
#[derive(Clone, Debug)]
pub(crate) struct Bundled {
    bundle: String,
    position: i64,
}

impl Entries for Bundled {
    fn next(&mut self, catalog: &dyn Read, _: &dyn Blobs, limit: u32) -> catalog::Result<Vec<BundleEntry>> {
        let entries = catalog.bundle_entries(&self.bundle, self.position, limit)?;
        if let Some((last, _)) = entries.last() {
            self.position = last + 1;
        }
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    fn restart(&mut self) {
        self.position = 0;
    }
}

/// A zip, part by part. It holds one batch of entries in memory, however many there are.
#[derive(Clone, Debug)]
pub(crate) struct Zip<E> {
    source: E,
    stage: Stage,
    /// The number of bytes so far.
    offset: u64,
    /// The number of entries so far.
    entries: u64,
    /// The number of bytes that are still to come.
    remaining: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The entries, each behind its local header.
    Entries,
    /// The central directory.
    Directory {
        /// Where the directory begins.
        start: u64,
        /// The offset of the local header of the next entry.
        header: u64,
    },
    Done,
}

impl Zip<Bundled> {
    /// The zip of this bundle. Walks over all entries once for the length.
    pub(crate) fn new(catalog: &dyn Read, blobs: &dyn Blobs, bundle: &str) -> catalog::Result<Zip<Bundled>> {
        let mut measuring = Measuring::new(Bundled {
            bundle: bundle.to_owned(),
            position: 0,
        });
        loop {
            if let Some(zip) = measuring.step(catalog, blobs)? {
                return Ok(zip);
            }
        }
    }
}

/// A zip whose length is not known yet.
#[derive(Debug)]
pub(crate) struct Measuring<E> {
    zip: Zip<E>,
    walk: Zip<E>,
}

impl<E: Entries> Measuring<E> {
    pub(crate) fn new(source: E) -> Measuring<E> {
        let zip = Zip {
            source,
            stage: Stage::Entries,
            offset: 0,
            entries: 0,
            remaining: 0,
        };
        Measuring { walk: zip.clone(), zip }
    }

    /// Measures one batch of entries. Returns the zip once all have been measured.
    pub(crate) fn step(&mut self, catalog: &dyn Read, blobs: &dyn Blobs) -> catalog::Result<Option<Zip<E>>> {
        let parts = self.walk.next(catalog, blobs)?;
        if parts.is_empty() {
            return Ok(Some(self.zip.clone()));
        }
        self.zip.remaining += parts.iter().map(Part::length).sum::<u64>();
        Ok(None)
    }
}

impl<E: Entries> Source for Zip<E> {
    fn length(&self) -> u64 {
        self.remaining
    }

    /// Fails when the entries were removed before all of them were read, as by a reset.
    fn next(&mut self, catalog: &dyn Read, blobs: &dyn Blobs) -> catalog::Result<VecDeque<Part>> {
        let mut parts = VecDeque::new();
        while parts.is_empty() && self.stage != Stage::Done {
            let entries = self.source.next(catalog, blobs, BATCH_SIZE)?;
            match &mut self.stage {
                Stage::Entries if entries.is_empty() => {
                    self.source.restart();
                    self.stage = Stage::Directory {
                        start: self.offset,
                        header: 0,
                    };
                }
                Stage::Entries => {
                    for row in &entries {
                        let entry = entry(row);
                        let header = local_header(&entry);
                        self.offset += header.len() as u64 + entry.size;
                        self.entries += 1;
                        parts.push_back(Part::Bytes(header));
                        if let Some(id) = row.blob.as_ref().filter(|_| entry.size > 0) {
                            parts.push_back(Part::Blob {
                                id: id.clone(),
                                offset: 0,
                                length: entry.size,
                            });
                        }
                    }
                }
                Stage::Directory { start, header } => {
                    let mut records = Vec::new();
                    for row in &entries {
                        let entry = entry(row);
                        central_header(&mut records, &entry, *header);
                        *header += local_header(&entry).len() as u64 + entry.size;
                    }
                    self.offset += records.len() as u64;
                    if entries.is_empty() {
                        layout::end(&mut records, self.entries, *start, self.offset - *start);
                        self.stage = Stage::Done;
                    }
                    parts.push_back(Part::Bytes(records));
                }
                Stage::Done => {}
            }
        }
        let length: u64 = parts.iter().map(Part::length).sum();
        self.remaining = self.remaining.saturating_sub(length);
        if parts.is_empty() && self.remaining > 0 {
            return Err(catalog::Error::Store("cannot read the rest of the zip: removed".into()));
        }
        Ok(parts)
    }

    fn fork(&self) -> Box<dyn Source> {
        Box::new(self.clone())
    }
}

fn entry(row: &BundleEntry) -> Entry<'_> {
    Entry {
        name: &row.path,
        size: u64::try_from(row.size).unwrap_or(0),
        crc: row.crc,
        modified: row.updated,
        is_folder: row.blob.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::{BlobReader, Blobs, Memory};
    use crate::catalog::{Catalog, Sqlite};
    use proptest::prelude::*;
    use std::io::{Cursor, Read, Result, Seek, SeekFrom};
    use zip::ZipArchive;

    fn catalog(entries: &[BundleEntry]) -> Sqlite {
        let catalog = Sqlite::memory().expect("a catalog");
        let mut writer = catalog.write().expect("a writer");
        writer.insert_bundle("id", "name", false, 0).expect("inserted");
        writer.insert_bundle_entries("id", 0, entries).expect("inserted");
        writer.commit().expect("committed");
        catalog
    }

    fn row(path: &str, size: i64) -> BundleEntry {
        BundleEntry {
            path: path.into(),
            blob: Some("b".into()),
            size,
            crc: 7,
            updated: 0,
        }
    }

    /// Returns all parts of a zip of these entries, and checks their total against the announced length.
    fn parts(entries: &[BundleEntry]) -> Vec<Part> {
        let catalog = catalog(entries);
        let snapshot = catalog.read().expect("a snapshot");
        let mut zip = Zip::new(&*snapshot, &Memory::default(), "id").expect("a zip");
        let length = zip.length();
        let mut parts = Vec::new();
        loop {
            let next = Source::next(&mut zip, &*snapshot, &Memory::default()).expect("parts");
            if next.is_empty() {
                break;
            }
            assert!(next.len() <= 2 * BATCH_SIZE as usize);
            parts.extend(next);
        }
        assert_eq!((length, zip.length()), (parts.iter().map(Part::length).sum(), 0));
        parts
    }

    /// Parts as a file, in which blobs of any size are zeros.
    struct Sparse {
        /// Each with its offset.
        parts: Vec<(u64, Part)>,
        offset: u64,
        length: u64,
    }

    impl Sparse {
        fn new(parts: Vec<Part>) -> Sparse {
            let mut length = 0;
            let mut parts_at = Vec::new();
            for part in parts {
                let offset = length;
                length += part.length();
                parts_at.push((offset, part));
            }
            Sparse {
                parts: parts_at,
                offset: 0,
                length,
            }
        }
    }

    impl Read for Sparse {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            if self.offset >= self.length {
                return Ok(0);
            }
            let behind = self.parts.partition_point(|(start, _)| *start <= self.offset);
            let (start, part) = &self.parts[behind - 1];
            let at = self.offset - start;
            let count = buffer.len().min(usize::try_from(part.length() - at).expect("64 bits"));
            match part {
                Part::Bytes(bytes) => buffer[..count].copy_from_slice(&bytes[at as usize..][..count]),
                _ => buffer[..count].fill(0),
            }
            self.offset += count as u64;
            Ok(count)
        }
    }

    impl Seek for Sparse {
        fn seek(&mut self, to: SeekFrom) -> Result<u64> {
            let offset = match to {
                SeekFrom::Start(offset) => Some(offset),
                SeekFrom::End(by) => self.length.checked_add_signed(by),
                SeekFrom::Current(by) => self.offset.checked_add_signed(by),
            };
            self.offset = offset.ok_or(std::io::ErrorKind::InvalidInput)?;
            Ok(self.offset)
        }
    }

    #[test]
    fn zip_over_4_gib_is_read_by_the_zip_crate() {
        let large = 5_000_000_000;
        let file = Sparse::new(parts(&[row("a", large), row("b", 1), row("c", 0xffff_ffff)]));
        let mut archive = ZipArchive::new(file).expect("a zip");
        let mut offset = 0;
        for (name, size) in [("a", large as u64), ("b", 1), ("c", 0xffff_ffff)] {
            let entry = archive.by_name(name).expect("an entry");
            assert_eq!((entry.size(), entry.compressed_size(), entry.crc32()), (size, size, 7));
            assert_eq!(entry.header_start(), offset);
            offset = entry.data_start().expect("an offset") + size;
        }
        assert_eq!(archive.central_directory_start(), offset);
    }

    #[test]
    fn zip_of_more_than_65535_entries_is_read_by_the_zip_crate() {
        let entries: Vec<_> = (0..66_000).map(|number| row(&number.to_string(), 0)).collect();
        let archive = ZipArchive::new(Sparse::new(parts(&entries))).expect("a zip");
        assert_eq!(archive.len(), entries.len());
    }

    #[test]
    fn next_on_removed_bundle_fails() {
        let catalog = catalog(&[row("a", 1)]);
        let mut zip = Zip::new(&*catalog.read().expect("a snapshot"), &Memory::default(), "id").expect("a zip");
        let mut writer = catalog.write().expect("a writer");
        writer.remove_bundle("id").expect("removed");
        writer.commit().expect("committed");
        let snapshot = catalog.read().expect("a snapshot");
        while zip.length() > 0 {
            match Source::next(&mut zip, &*snapshot, &Memory::default()) {
                Ok(parts) => assert!(!parts.is_empty(), "the end, with {} bytes missing", zip.length()),
                Err(_) => return,
            }
        }
        panic!("no error");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_entries_are_read_by_the_zip_crate(
            entries in prop::collection::vec(
                (prop::option::of(prop::collection::vec(any::<u8>(), 0..100)), "[^\u{0}/\\\\]{1,20}", 0_i64..5_000_000_000_000),
                0..20,
            )
        ) {
            let blobs = Memory::default();
            let mut rows = Vec::new();
            for (number, (bytes, name, updated)) in entries.iter().enumerate() {
                let content = bytes.as_deref().unwrap_or_default();
                let blob = format!("b{number}");
                let mut writer = blobs.open_writer(&blob, 0).expect("a writer");
                blobs.append(&mut writer, content).expect("stored");
                rows.push(BundleEntry {
                    path: format!("{number}{name}{}", if bytes.is_some() { "" } else { "/" }),
                    blob: bytes.as_ref().map(|_| blob),
                    size: content.len() as i64,
                    crc: crc32fast::hash(content),
                    updated: *updated,
                });
            }
            let mut file = Vec::new();
            for part in parts(&rows) {
                match part {
                    Part::Bytes(bytes) => file.extend(bytes),
                    Part::Blob { id, .. } => {
                        let mut reader = BlobReader::new(&blobs, &id).expect("a blob");
                        reader.read_to_end(&mut file).expect("read");
                    }
                    Part::Source(_) => panic!("a zip in a zip"),
                }
            }
            let mut archive = ZipArchive::new(Cursor::new(file)).expect("a zip");
            prop_assert_eq!(archive.len(), rows.len());
            for (number, row) in rows.iter().enumerate() {
                let mut entry = archive.by_index(number).expect("an entry");
                prop_assert_eq!(&entry.name().expect("UTF-8"), &row.path);
                prop_assert_eq!(entry.is_dir(), row.blob.is_none());
                prop_assert_eq!(entry.unix_mode(), Some(if row.blob.is_none() { 0o040_755 } else { 0o100_644 }));
                prop_assert_eq!(entry.size(), row.size as u64);
                let modified = entry.last_modified().expect("a time");
                let wanted = super::super::dates::moment(row.updated);
                if (1980..2108).contains(&wanted.year()) {
                    let date = (i32::from(modified.year()), modified.month(), modified.day());
                    prop_assert_eq!(date, (wanted.year(), wanted.month().into(), wanted.day()));
                    let time = (modified.hour(), modified.minute(), modified.second());
                    prop_assert_eq!(time, (wanted.hour(), wanted.minute(), wanted.second() / 2 * 2));
                }
                // Reading to the end compares the CRC.
                let mut content = Vec::new();
                entry.read_to_end(&mut content).expect("read");
                prop_assert_eq!(&content[..], entries[number].0.as_deref().unwrap_or_default());
            }
        }
    }
}
