//! Blobs in memory.

use super::{Blobs, check, gap, missing};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Result;

/// Blobs that live as long as the value.
///
/// ```
/// use wix_media::blobs::{Blobs, Memory};
///
/// let mut blobs = Memory::default();
/// blobs.append("b1", 0, b"hello")?;
/// assert_eq!(blobs.size("b1")?, Some(5));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Default)]
pub struct Memory {
    blobs: BTreeMap<String, Vec<u8>>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.blobs.keys()).finish()
    }
}

impl Blobs for Memory {
    fn append(&mut self, id: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        check(id)?;
        if offset == 0 {
            self.blobs.entry(id.to_owned()).or_default();
        }
        let blob = self.blobs.get_mut(id).ok_or_else(|| missing(id))?;
        match usize::try_from(offset).ok().filter(|&offset| offset <= blob.len()) {
            Some(offset) => blob.truncate(offset),
            None => return Err(gap(id, blob.len() as u64, offset)),
        }
        blob.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self, id: &str) -> Result<()> {
        self.blobs.get(id).map(drop).ok_or_else(|| missing(id))
    }

    fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let blob = self.blobs.get(id).ok_or_else(|| missing(id))?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(blob.len());
        let count = buffer.len().min(blob.len() - start);
        buffer[..count].copy_from_slice(&blob[start..start + count]);
        Ok(count)
    }

    fn size(&self, id: &str) -> Result<Option<u64>> {
        Ok(self.blobs.get(id).map(|blob| blob.len() as u64))
    }

    fn remove(&mut self, id: &str) -> Result<()> {
        self.blobs.remove(id);
        Ok(())
    }

    fn ids(&self) -> Result<Vec<String>> {
        Ok(self.blobs.keys().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance;
    use super::*;

    #[test]
    fn conforms() {
        conformance::all(&mut Memory::default);
    }
}
