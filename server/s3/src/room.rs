//! The memory that all transfers share.

use crate::buffer::{FIRST_SIZE, Spares};
use crate::manifest::PART_SIZE;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The size of a unit in bytes.
const UNIT_SIZE: usize = 64 << 10;

/// How long a transfer waits for memory.
const WAIT: Duration = Duration::from_secs(10);

/// The memory for bytes on their way into a bucket. All buckets whose settings are clones of one another share it.
#[derive(Clone, Debug)]
pub struct Room {
    size: usize,
    free: Arc<Semaphore>,
    spares: Spares,
}

/// By size. Settings that say the same are equal.
impl PartialEq for Room {
    fn eq(&self, other: &Room) -> bool {
        self.size == other.size
    }
}

impl Eq for Room {}

/// Memory that a transfer has. It goes back when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Held {
    permit: Option<OwnedSemaphorePermit>,
    /// Whose memory it is.
    room: Option<Room>,
}

impl Room {
    /// Memory of this many bytes. An upload of more than a part uses up to 24 MiB and needs 16, so it is never less.
    pub fn new(size: usize) -> Room {
        let size = size.max(2 * PART_SIZE);
        Room {
            size,
            free: Arc::new(Semaphore::new(size / UNIT_SIZE)),
            spares: Spares::default(),
        }
    }

    /// The buffers that transfers use one after the other. They go when no transfer has memory.
    pub(crate) fn spares(&self) -> &Spares {
        &self.spares
    }

    fn is_unused(&self) -> bool {
        self.free.available_permits() == self.size / UNIT_SIZE
    }

    /// Extends what is held to `size` bytes, and to all of `most` once `size` is more than a little, so that a transfer waits
    /// at most once for a part.
    pub(crate) async fn extend(&self, held: &mut Held, size: usize, most: usize) -> std::io::Result<()> {
        let more = Room::missing(held, size, most);
        if more == 0 {
            return Ok(());
        }
        let permit = tokio::time::timeout(WAIT, Arc::clone(&self.free).acquire_many_owned(more)).await;
        let text = "other transfers use all memory for uploads";
        let permit = permit.map_err(|_| std::io::Error::new(std::io::ErrorKind::TimedOut, text))?;
        held.add(self, permit.map_err(std::io::Error::other)?);
        Ok(())
    }

    /// Whether what is held is less than [`extend`](Room::extend) would make it.
    pub(crate) fn is_short(held: &Held, size: usize, most: usize) -> bool {
        Room::missing(held, size, most) > 0
    }

    fn missing(held: &Held, size: usize, most: usize) -> u32 {
        let aim = if size <= FIRST_SIZE { FIRST_SIZE } else { most };
        units(aim).saturating_sub(held.units())
    }

    /// Takes this many bytes, if they are free.
    pub(crate) fn try_take(&self, size: usize) -> Option<Held> {
        let permit = Arc::clone(&self.free).try_acquire_many_owned(units(size)).ok()?;
        let mut held = Held::default();
        held.add(self, permit);
        Some(held)
    }
}

impl Held {
    fn units(&self) -> u32 {
        let count = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn add(&mut self, room: &Room, more: OwnedSemaphorePermit) {
        self.room = Some(room.clone());
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(room) = &self.room else { return };
        self.permit = None;
        if room.is_unused() {
            room.spares.clear();
        }
    }
}

fn units(size: usize) -> u32 {
    u32::try_from(size.div_ceil(UNIT_SIZE)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_their_memory() {
        let room = Room::new(2 * PART_SIZE);
        let other = room.clone();
        let held = room.try_take(2 * PART_SIZE);
        assert!(held.is_some());
        assert!(other.try_take(1).is_none());
        drop(held);
        assert!(other.try_take(1).is_some());
    }
}
