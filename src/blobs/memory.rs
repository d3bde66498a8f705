//! Blobs in memory.

use super::writer::Writers;
use super::{Blobs, Writer, check_id, gap, missing};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Result;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Blobs that live as long as the value.
///
/// ```
/// use wix_media::blobs::{Blobs, Memory};
///
/// let blobs = Memory::default();
/// let mut writer = blobs.open_writer("b1", 0)?;
/// blobs.append(&mut writer, b"hello")?;
/// assert_eq!(blobs.size("b1")?, Some(5));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Default)]
pub struct Memory {
    blobs: RwLock<BTreeMap<String, Vec<u8>>>,
    writers: Writers,
}

impl fmt::Debug for Memory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.blobs().keys()).finish()
    }
}

impl Memory {
    fn blobs(&self) -> RwLockReadGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.blobs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn blobs_mut(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.blobs.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Blobs for Memory {
    fn open_writer(&self, id: &str, offset: u64) -> Result<Writer> {
        self.take_over(id, offset, 0)
    }

    fn take_over(&self, id: &str, offset: u64, epoch: u64) -> Result<Writer> {
        check_id(id)?;
        self.writers.take_over(id, offset, epoch, |id| {
            let mut blobs = self.blobs_mut();
            if offset == 0 {
                blobs.insert(id.to_owned(), Vec::new());
                return Ok(());
            }
            let blob = blobs.get_mut(id).ok_or_else(|| missing(id))?;
            match usize::try_from(offset).ok().filter(|&offset| offset <= blob.len()) {
                Some(offset) => blob.truncate(offset),
                None => return Err(gap(id, blob.len() as u64, offset)),
            }
            Ok(())
        })
    }

    fn append(&self, writer: &mut Writer, bytes: &[u8]) -> Result<()> {
        writer.advance(bytes.len(), |id, _| {
            let mut blobs = self.blobs_mut();
            let blob = blobs.get_mut(id).ok_or_else(|| missing(id))?;
            blob.extend_from_slice(bytes);
            Ok(())
        })
    }

    fn end_writer(&self, id: &str) -> Result<()> {
        self.writers.close(id, || Ok(()))
    }

    fn open_end(&self, id: &str) -> Option<u64> {
        self.writers.end_of(id)
    }

    fn open_epoch(&self, id: &str) -> Option<u64> {
        self.writers.epoch_of(id)
    }

    fn sync(&self, id: &str) -> Result<()> {
        self.blobs().get(id).map(drop).ok_or_else(|| missing(id))
    }

    fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let blobs = self.blobs();
        let blob = blobs.get(id).ok_or_else(|| missing(id))?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(blob.len());
        let count = buffer.len().min(blob.len() - start);
        buffer[..count].copy_from_slice(&blob[start..start + count]);
        Ok(count)
    }

    fn size(&self, id: &str) -> Result<Option<u64>> {
        Ok(self.blobs().get(id).map(|blob| blob.len() as u64))
    }

    fn remove(&self, id: &str) -> Result<()> {
        self.writers.close(id, || {
            self.blobs_mut().remove(id);
            Ok(())
        })
    }

    fn list(&self, after: &str, limit: usize) -> Result<Vec<String>> {
        let blobs = self.blobs();
        let ids = blobs.range::<str, _>((Bound::Excluded(after), Bound::Unbounded));
        Ok(ids.take(limit).map(|(id, _)| id.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance;
    use super::*;

    #[test]
    fn memory_conforms() {
        conformance::all(&|| Box::new(Memory::default()));
    }
}
