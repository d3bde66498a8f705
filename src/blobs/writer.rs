//! Writers: the right to add bytes to a blob.

use std::fmt;
use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The right to add bytes at the end of a blob, from [`Blobs::open_writer`](super::Blobs::open_writer).
///
/// A blob has one writer at a time. Opening another one supersedes the first, whose next [`append`](super::Blobs::append)
/// fails. A connection that hangs can therefore not damage what the one that took over writes.
pub struct Writer {
    id: String,
    number: u64,
    epoch: u64,
    end: u64,
    state: Arc<Mutex<State>>,
    open: Arc<Mutex<Listed>>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// The number of the writer that may add bytes.
    number: u64,
    /// Its epoch.
    epoch: u64,
    /// Where its next byte goes.
    end: u64,
}

/// The blobs with open writers. They are as few as the uploads under way, and a map would be 10 KB of the module.
#[derive(Debug, Default)]
struct Listed(Vec<(String, Arc<Mutex<State>>)>);

impl Listed {
    fn get(&self, id: &str) -> Option<&Arc<Mutex<State>>> {
        let found = self.0.iter().find(|(other, _)| other == id);
        found.map(|(_, state)| state)
    }

    fn get_or_add(&mut self, id: &str) -> Arc<Mutex<State>> {
        if let Some(state) = self.get(id) {
            return Arc::clone(state);
        }
        let state = Arc::default();
        self.0.push((id.to_owned(), Arc::clone(&state)));
        state
    }

    fn remove(&mut self, id: &str) {
        self.0.retain(|(other, _)| other != id);
    }
}

impl Writer {
    /// The blob.
    ///
    /// ```
    /// use wix_media::blobs::{Blobs, Memory};
    ///
    /// assert_eq!(Memory::default().open_writer("b1", 0)?.id(), "b1");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where the next byte goes.
    ///
    /// ```
    /// use wix_media::blobs::{Blobs, Memory};
    ///
    /// let blobs = Memory::default();
    /// let mut writer = blobs.open_writer("b1", 0)?;
    /// blobs.append(&mut writer, b"hello")?;
    /// assert_eq!(writer.end(), 5);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The number under which its request has taken the blob over in the catalog: see
    /// [`Blobs::take_over`](super::Blobs::take_over). 0 for a writer that has none.
    ///
    /// ```
    /// use wix_media::blobs::{Blobs, Memory};
    ///
    /// assert_eq!(Memory::default().take_over("b1", 0, 7)?.epoch(), 7);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether another writer of the blob has been opened since, or the blob has been removed.
    ///
    /// ```
    /// use wix_media::blobs::{Blobs, Memory};
    ///
    /// let blobs = Memory::default();
    /// let first = blobs.open_writer("b1", 0)?;
    /// let second = blobs.open_writer("b1", 0)?;
    /// assert!(first.is_superseded() && !second.is_superseded());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_superseded(&self) -> bool {
        lock(&self.state).number != self.number
    }

    /// Moves the end to where the host, which adds bytes by itself, has brought it.
    pub(crate) fn advance_to(&mut self, end: u64) -> Result<()> {
        self.move_to(end.max(self.end), |_, _| Ok(()))
    }

    /// Runs `write(id, end)`, which adds `length` bytes, while no other writer of the blob can be opened. For stores: callers
    /// use [`append`](super::Blobs::append). See [`Writers`].
    ///
    /// ```
    /// use wix_media::blobs::Writers;
    ///
    /// let writers = Writers::default();
    /// let mut writer = writers.open("b1", 0, |_| Ok(()))?;
    /// writer.advance(5, |id, end| {
    ///     assert_eq!((id, end), ("b1", 0));
    ///     Ok(())
    /// })?;
    /// assert_eq!(writer.end(), 5);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn advance(&mut self, length: usize, write: impl FnOnce(&str, u64) -> Result<()>) -> Result<()> {
        self.move_to(self.end + length as u64, write)
    }

    fn move_to(&mut self, end: u64, write: impl FnOnce(&str, u64) -> Result<()>) -> Result<()> {
        let mut state = lock(&self.state);
        if state.number != self.number {
            let text = format!("cannot append to blob {}: the writer is superseded", self.id);
            return Err(Error::new(ErrorKind::ResourceBusy, text));
        }
        write(&self.id, self.end)?;
        self.end = end;
        state.end = end;
        Ok(())
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Writer")
            .field("id", &self.id)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let state = lock(&self.state);
        if state.number == self.number {
            lock(&self.open).remove(&self.id);
        }
    }
}

/// The writers that are open on a store in this process. Every implementation of [`Blobs`](super::Blobs) has one, so that a
/// blob has one writer at a time.
///
/// The functions that a store passes run while the state of that one blob is locked.
///
/// ```
/// use wix_media::blobs::Writers;
///
/// let writers = Writers::default();
/// let mut first = writers.open("b1", 0, |_| Ok(()))?;
/// first.advance(5, |_, _| Ok(()))?;
/// assert_eq!(writers.end_of("b1"), Some(5));
/// let second = writers.open("b1", 5, |_| Ok(()))?;
/// assert!(first.is_superseded() && !second.is_superseded());
/// writers.close("b1", || Ok(()))?;
/// assert!(second.is_superseded());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writers {
    open: Arc<Mutex<Listed>>,
}

impl Writers {
    /// Opens the writer of a blob at `end`. `cut(id)` makes the blob that long, or fails.
    ///
    /// ```
    /// use wix_media::blobs::Writers;
    ///
    /// assert_eq!(Writers::default().open("b1", 3, |_| Ok(()))?.end(), 3);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open(&self, id: &str, end: u64, cut: impl FnOnce(&str) -> Result<()>) -> Result<Writer> {
        self.take_over(id, end, 0, cut)
    }

    /// Opens the writer of a blob as [`open`](Writers::open) does, with the number under which its request has taken the blob
    /// over in the catalog.
    ///
    /// ```
    /// use wix_media::blobs::Writers;
    ///
    /// let writers = Writers::default();
    /// let writer = writers.take_over("b1", 3, 7, |_| Ok(()))?;
    /// assert_eq!((writer.epoch(), writers.epoch_of("b1")), (7, Some(7)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn take_over(&self, id: &str, end: u64, epoch: u64, cut: impl FnOnce(&str) -> Result<()>) -> Result<Writer> {
        self.with_state(id, |state, current| {
            if let Err(error) = cut(id) {
                if current.number == 0 {
                    lock(&self.open).remove(id);
                }
                return Err(error);
            }
            current.number += 1;
            current.epoch = epoch;
            current.end = end;
            Ok(Writer {
                id: id.to_owned(),
                number: current.number,
                epoch,
                end,
                state: Arc::clone(state),
                open: Arc::clone(&self.open),
            })
        })
    }

    /// Ends the writer of a blob, if there is one, and runs `remove` while no other can be opened.
    ///
    /// ```
    /// use wix_media::blobs::Writers;
    ///
    /// Writers::default().close("b1", || Ok(()))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn close(&self, id: &str, remove: impl FnOnce() -> Result<()>) -> Result<()> {
        self.with_state(id, |_, current| {
            let removed = remove();
            if removed.is_ok() {
                current.number += 1;
            }
            if removed.is_ok() || current.number == 0 {
                lock(&self.open).remove(id);
            }
            removed
        })
    }

    /// Runs `work` on the state of a blob's writers, after an append under way has ended. The state is locked before the
    /// map, here and wherever else both are.
    fn with_state<T>(&self, id: &str, work: impl FnOnce(&Arc<Mutex<State>>, &mut State) -> T) -> T {
        loop {
            let state = lock(&self.open).get_or_add(id);
            let mut current = lock(&state);
            // The last writer may have been dropped just now, and have taken the entry with it.
            let is_listed = lock(&self.open)
                .get(id)
                .is_some_and(|listed| Arc::ptr_eq(listed, &state));
            if is_listed {
                return work(&state, &mut current);
            }
        }
    }

    /// Where the next byte of a blob with an open writer goes.
    ///
    /// ```
    /// assert_eq!(wix_media::blobs::Writers::default().end_of("b1"), None);
    /// ```
    pub fn end_of(&self, id: &str) -> Option<u64> {
        let state = lock(&self.open).get(id).cloned()?;
        Some(lock(&state).end)
    }

    /// Whether a writer of a blob is open, or is being opened or closed. Unlike the others, it waits for nobody.
    ///
    /// ```
    /// use wix_media::blobs::Writers;
    ///
    /// let writers = Writers::default();
    /// let writer = writers.open("b1", 0, |_| Ok(()))?;
    /// assert!(writers.is_open("b1") && !writers.is_open("b2"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_open(&self, id: &str) -> bool {
        lock(&self.open).get(id).is_some()
    }

    /// The epoch of the open writer of a blob. `None` while there is none.
    ///
    /// ```
    /// assert_eq!(wix_media::blobs::Writers::default().epoch_of("b1"), None);
    /// ```
    pub fn epoch_of(&self, id: &str) -> Option<u64> {
        let state = lock(&self.open).get(id).cloned()?;
        Some(lock(&state).epoch)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
