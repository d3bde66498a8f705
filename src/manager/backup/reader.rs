//! A streaming reader of zips whose entries are stored. It reads front to back and ignores the central directory, so it
//! needs no seeking and little memory.

use super::Flaw;

/// The value that says that a number is in the zip64 field.
const LARGE: u64 = 0xffff_ffff;

/// The maximum length of a name, above any in an archive.
const LONGEST_NAME: usize = 300;

/// A part of a zip.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// An entry begins.
    Entry(Entry),
    /// The next bytes of the entry.
    Bytes(&'a [u8]),
    /// The entry is complete.
    Whole,
}

/// The header of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) crc: u32,
}

#[derive(Debug)]
enum State {
    /// Between two records.
    Between,
    /// Inside an entry, with this number of bytes left.
    Inside(u64),
    /// Inside a record whose bytes are ignored.
    Skipping(u64),
    /// After the last record.
    Done,
}

/// A streaming reader.
#[derive(Debug)]
pub(crate) struct Reader {
    state: State,
    /// The received part of an incomplete record.
    record: Vec<u8>,
    /// The number of bytes read.
    offset: u64,
    entries: u64,
    listed: u64,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            state: State::Between,
            record: Vec::new(),
            offset: 0,
            entries: 0,
            listed: 0,
        }
    }
}

fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let bytes = bytes.get(at..at + width).unwrap_or_default();
    bytes
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

impl Reader {
    fn fault(&self, text: impl Into<String>) -> Flaw {
        Flaw::at_byte(self.offset, text)
    }

    /// Reads the next piece from the front of `bytes`. Returns `None` if they are used up.
    pub(crate) fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Result<Option<Piece<'a>>, Flaw> {
        loop {
            match self.state {
                State::Done if bytes.is_empty() => return Ok(None),
                State::Done => return Err(self.fault("there is something behind the end")),
                State::Inside(0) => {
                    self.state = State::Between;
                    return Ok(Some(Piece::Whole));
                }
                State::Skipping(0) => self.state = State::Between,
                _ if bytes.is_empty() => return Ok(None),
                State::Inside(left) => {
                    let taken = self.take(bytes, left);
                    self.state = State::Inside(left - taken.len() as u64);
                    return Ok(Some(Piece::Bytes(taken)));
                }
                State::Skipping(left) => {
                    let taken = self.take(bytes, left).len() as u64;
                    self.state = State::Skipping(left - taken);
                }
                State::Between => {
                    let known = self.record.len();
                    let wanted = self.wanted()?;
                    let taken = self.take(bytes, (wanted - known) as u64);
                    self.record.extend_from_slice(taken);
                    if self.record.len() == wanted && self.wanted()? == wanted {
                        let record = std::mem::take(&mut self.record);
                        if let Some(entry) = self.record(&record)? {
                            return Ok(Some(Piece::Entry(entry)));
                        }
                    }
                }
            }
        }
    }

    fn take<'a>(&mut self, bytes: &mut &'a [u8], most: u64) -> &'a [u8] {
        let count = bytes.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        let (taken, rest) = bytes.split_at(count);
        *bytes = rest;
        self.offset += count as u64;
        taken
    }

    /// Returns the length of the record, as far as the received bytes tell.
    fn wanted(&self) -> Result<usize, Flaw> {
        let record = &self.record;
        if record.len() < 4 {
            return Ok(4);
        }
        Ok(match &record[..4] {
            b"PK\x03\x04" if self.listed > 0 => return Err(self.fault("an entry comes behind the directory")),
            b"PK\x03\x04" if record.len() < 30 => 30,
            b"PK\x03\x04" => {
                let name = number(record, 26, 2) as usize;
                if name > LONGEST_NAME {
                    return Err(self.fault("the name of an entry is too long"));
                }
                30 + name + number(record, 28, 2) as usize
            }
            b"PK\x01\x02" => 46,
            b"PK\x06\x06" => 12,
            b"PK\x06\x07" => 20,
            b"PK\x05\x06" => 22,
            _ => return Err(self.fault("this is no zip, or one that something is in front of")),
        })
    }

    fn record(&mut self, record: &[u8]) -> Result<Option<Entry>, Flaw> {
        match &record[..4] {
            b"PK\x03\x04" => return self.entry(record).map(Some),
            b"PK\x01\x02" => {
                self.listed += 1;
                let rest = number(record, 28, 2) + number(record, 30, 2) + number(record, 32, 2);
                self.state = State::Skipping(rest);
            }
            b"PK\x06\x06" => self.state = State::Skipping(number(record, 4, 8)),
            b"PK\x05\x06" => {
                let count = number(record, 10, 2);
                if self.listed != self.entries || count != self.entries.min(0xffff) {
                    return Err(self.fault("the directory does not list what came before it"));
                }
                if number(record, 20, 2) > 0 {
                    return Err(self.fault("there is a comment at the end"));
                }
                self.state = State::Done;
            }
            _ => {}
        }
        Ok(None)
    }

    fn entry(&mut self, record: &[u8]) -> Result<Entry, Flaw> {
        let name_end = 30 + number(record, 26, 2) as usize;
        let name = std::str::from_utf8(&record[30..name_end]).map_err(|_| self.fault("a name is not UTF-8"))?;
        let fault = |text: &str| Flaw::at_byte(self.offset, format!("{name:?} {text}"));
        let flags = number(record, 6, 2);
        if flags & 1 != 0 {
            return Err(fault("is encrypted"));
        }
        if flags & 1 << 3 != 0 {
            return Err(fault("says its size only behind its bytes"));
        }
        if number(record, 8, 2) != 0 {
            return Err(fault("is compressed; the archive holds everything as it is"));
        }
        let (mut packed, mut size) = (number(record, 18, 4), number(record, 22, 4));
        if packed == LARGE || size == LARGE {
            let large = extra(&record[name_end..], 1).filter(|field| field.len() >= 16);
            let field = large.ok_or_else(|| fault("does not say its size"))?;
            (size, packed) = (number(field, 0, 8), number(field, 8, 8));
        }
        if packed != size {
            return Err(fault("has two sizes"));
        }
        self.entries += 1;
        self.state = State::Inside(size);
        Ok(Entry {
            name: name.to_owned(),
            size,
            crc: number(record, 14, 4) as u32,
        })
    }

    /// Returns whether the zip is complete.
    pub(crate) fn finish(&self) -> Result<(), Flaw> {
        match self.state {
            State::Done => Ok(()),
            _ => Err(self.fault("the archive ends here, in the middle")),
        }
    }
}

/// Returns the extra field with this id.
fn extra(mut fields: &[u8], wanted: u64) -> Option<&[u8]> {
    while fields.len() >= 4 {
        let length = number(fields, 2, 2) as usize;
        let field = fields.get(4..4 + length)?;
        if number(fields, 0, 2) == wanted {
            return Some(field);
        }
        fields = &fields[4 + length..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::Memory;
    use crate::catalog::{BundleEntry, Catalog, Sqlite};
    use crate::manager::http::body::{Part, Source};
    use crate::manager::zip::Zip;

    /// Returns a zip of empty entries, one of which claims to be large.
    fn zip() -> Vec<u8> {
        let catalog = Sqlite::memory().expect("a catalog");
        let mut writer = catalog.write().expect("a writer");
        writer.insert_bundle("z", "z", false, 0).expect("inserted");
        for (name, position) in [("a", 0), ("b/ü", 1)] {
            let entry = BundleEntry {
                path: name.into(),
                blob: None,
                size: 0,
                crc: 0,
                updated: 0,
            };
            writer.insert_bundle_entries("z", position, &[entry]).expect("inserted");
        }
        writer.commit().expect("committed");
        let snapshot = catalog.read().expect("a snapshot");
        let mut zip = Zip::new(&*snapshot, &Memory::default(), "z").expect("a zip");
        let mut bytes = Vec::new();
        loop {
            let parts = zip.next(&*snapshot, &Memory::default()).expect("parts");
            if parts.is_empty() {
                return bytes;
            }
            for part in parts {
                let Part::Bytes(more) = part else {
                    panic!("headers only")
                };
                bytes.extend(more);
            }
        }
    }

    fn names(bytes: &[u8], step: usize) -> Result<Vec<String>, Flaw> {
        let mut reader = Reader::default();
        let mut names = Vec::new();
        for mut chunk in bytes.chunks(step) {
            while let Some(piece) = reader.next(&mut chunk)? {
                if let Piece::Entry(entry) = piece {
                    names.push(entry.name);
                }
            }
        }
        reader.finish().map(|()| names)
    }

    #[test]
    fn any_steps_give_the_same_entries() {
        let zip = zip();
        for step in [1, 2, 3, 7, 29, 30, 31, 100, 10_000] {
            assert_eq!(names(&zip, step).expect("whole"), ["a", "b/ü"], "{step}");
        }
    }

    #[test]
    fn what_is_cut_or_changed_is_refused() {
        let zip = zip();
        for length in 0..zip.len() {
            assert!(names(&zip[..length], 50).is_err(), "cut to {length}");
        }
        assert!(names(&[&zip[..], b"x"].concat(), 50).is_err(), "something behind it");
        assert!(
            names(&[b"x", &zip[..]].concat(), 50).is_err(),
            "something in front of it"
        );
        for (at, value, why) in [
            (6, 1, "encrypted"),
            (6, 8, "behind its bytes"),
            (8, 8, "compressed"),
            (18, 1, "two sizes"),
        ] {
            let mut changed = zip.clone();
            changed[at] = value;
            let fault = names(&changed, 50).expect_err(why);
            assert!(fault.to_string().contains(why), "{fault}");
        }
        let end = zip.len() - 22;
        for at in [end + 10, end + 20] {
            let mut changed = zip.clone();
            changed[at] += 1;
            assert!(names(&changed, 50).is_err(), "the end at {at}");
        }
    }

    #[test]
    fn a_large_entry_says_its_size_in_the_extra_field() {
        let header = |extra: &[u8]| {
            let mut bytes = b"PK\x03\x04-\0\0\x08\0\0\0\0!\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x01\0".to_vec();
            bytes.extend((extra.len() as u16).to_le_bytes());
            bytes.push(b'a');
            bytes.extend(extra);
            bytes
        };
        let size = 5_000_000_000_u64.to_le_bytes();
        let extra = [b"\x09\0\x02\0xx\x01\0\x10\0", &size[..], &size[..]].concat();
        fn entry(mut bytes: &[u8]) -> Result<Option<Piece<'_>>, Flaw> {
            Reader::default().next(&mut bytes)
        }
        let Ok(Some(Piece::Entry(found))) = entry(&header(&extra)) else {
            panic!("an entry");
        };
        assert_eq!(found.size, 5_000_000_000);
        assert!(entry(&header(b"")).is_err());
        assert!(entry(&header(b"\x01\0\xff\xff")).is_err());
    }
}
