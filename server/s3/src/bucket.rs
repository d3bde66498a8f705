//! Blobs in a bucket.

use crate::draft::{Draft, stale};
use crate::reading::Reading;
use crate::remote::{COMPLETE, Remote, STATE};
use crate::room::Room;
use crate::settings::Settings;
use crate::trial::{self, Trial};
use std::collections::HashMap;
use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, SystemTime};
use wix_media::blobs::{Blobs, Writer, Writers, check_id};

/// How often a blob is looked up anew because other requests change it.
const MAX_TRIES: usize = 4;

/// Blobs in a bucket, shared by processes.
///
/// ```no_run
/// use wix_media::blobs::Blobs;
/// use wix_media_s3::{Bucket, Settings};
///
/// let settings = Settings::new("s3://media", &|name| std::env::var(name).ok())?;
/// let blobs = Bucket::open(&settings)?;
/// let mut writer = blobs.open_writer("b1", 0)?;
/// blobs.append(&mut writer, b"hello")?;
/// blobs.seal("b1")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bucket(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    remote: Remote,
    writers: Writers,
    /// The open blobs of this process. A draft counts while its writer is open, and while it has bytes that the bucket lacks.
    drafts: Mutex<HashMap<String, Arc<Mutex<Draft>>>>,
    room: Room,
    reading: Reading,
}

impl Bucket {
    /// Opens a bucket. Makes no request, so that a server can start while the bucket is away.
    pub fn open(settings: &Settings) -> Result<Bucket> {
        Ok(Bucket(Arc::new(Shared {
            remote: Remote::new(settings)?,
            writers: Writers::default(),
            drafts: Mutex::default(),
            room: settings.memory.clone(),
            reading: Reading::default(),
        })))
    }

    pub(crate) fn remote(&self) -> &Remote {
        &self.0.remote
    }

    /// Tries what the store can be trusted with, with some objects that are deleted afterwards.
    ///
    /// ```no_run
    /// # use wix_media_s3::{Bucket, Settings};
    /// let bucket = Bucket::open(&Settings::new("s3://media", &|_| None)?)?;
    /// for fault in bucket.try_out()?.faults() {
    ///     eprintln!("{fault}");
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_out(&self) -> Result<Trial> {
        trial::run(&self.0.remote, &nonce()?)
    }

    /// Returns a URL by which anyone can read a complete blob for `lifetime`, and nothing else. `None` if there is no such blob.
    ///
    /// `parameters` are signed too, such as `response-content-type`. With a `tag`, the blob must have this ETag in the bucket.
    ///
    /// ```no_run
    /// # use wix_media_s3::{Bucket, Settings};
    /// # use std::time::Duration;
    /// let bucket = Bucket::open(&Settings::new("s3://media", &|name| std::env::var(name).ok())?)?;
    /// let parameters = [("response-content-type", "video/mp4")];
    /// let url = bucket.signed_url("b1", Duration::from_secs(60), &parameters, None)?;
    /// assert!(url.is_some_and(|url| url.contains("X-Amz-Signature=")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn signed_url(
        &self,
        id: &str,
        lifetime: Duration,
        parameters: &[(&str, &str)],
        tag: Option<&str>,
    ) -> Result<Option<String>> {
        check_id(id)?;
        let Shared { remote, reading, .. } = &*self.0;
        let is_there = match tag {
            None => reading.size(remote, id)?.is_some(),
            Some(tag) => remote
                .head(remote.complete(id))?
                .is_some_and(|(_, found)| found.as_deref() == Some(tag)),
        };
        if !is_there {
            return Ok(None);
        }
        remote.sign(remote.complete(id), lifetime, parameters).map(Some)
    }
}

/// A random name.
pub(crate) fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| Error::other("no random numbers"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn missing(id: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("blob not found: {id}"))
}

fn gap(id: &str, size: u64, offset: u64) -> Error {
    let text = format!("invalid offset: blob {id} ends at {size}, before {offset}");
    Error::new(ErrorKind::InvalidInput, text)
}

impl Shared {
    /// The draft of a blob that this process knows more about than the bucket.
    fn draft(&self, id: &str) -> Option<Arc<Mutex<Draft>>> {
        let draft = self.known(id)?;
        let counts = !lock(&draft).is_untouched() && (self.writers.is_open(id) || lock(&draft).counts());
        counts.then_some(draft)
    }

    /// Whether a blob was begun in this process, which knows no more of it.
    fn is_begun(&self, id: &str) -> bool {
        self.known(id).is_some_and(|draft| lock(&draft).is_untouched())
    }

    /// The last draft of a blob, which another process may have continued.
    fn known(&self, id: &str) -> Option<Arc<Mutex<Draft>>> {
        lock(&self.drafts).get(id).cloned()
    }

    /// Makes this the draft of a blob.
    fn keep(&self, id: &str, draft: Draft) {
        lock(&self.drafts).insert(id.to_owned(), Arc::new(Mutex::new(draft)));
    }

    /// Forgets the drafts that do not count any more. Waits for no request, as every opening of a writer calls it.
    fn tidy(&self) {
        let all: Vec<_> = lock(&self.drafts)
            .iter()
            .map(|(id, draft)| (id.clone(), Arc::clone(draft)))
            .collect();
        for (id, draft) in all {
            // One that is locked is in use.
            if draft.try_lock().is_ok_and(|draft| draft.is_idle()) {
                let mut drafts = lock(&self.drafts);
                let is_same = drafts.get(&id).is_some_and(|current| Arc::ptr_eq(current, &draft));
                // An opening is listed before it looks for a draft, so it finds this one only if it is kept.
                if is_same && Arc::strong_count(&draft) == 2 && !self.writers.is_open(&id) {
                    drafts.remove(&id);
                }
            }
        }
    }

    fn forget(&self, id: &str) {
        lock(&self.drafts).remove(id);
    }

    /// Forgets the draft of a blob, unless somebody has begun another one in the meantime.
    fn forget_draft(&self, id: &str, draft: &Arc<Mutex<Draft>>) {
        let mut drafts = lock(&self.drafts);
        if drafts.get(id).is_some_and(|current| Arc::ptr_eq(current, draft)) {
            drafts.remove(id);
        }
    }

    /// What the bucket has under an id.
    fn find(&self, id: &str) -> Result<Option<Draft>> {
        if let Some((size, _)) = self.remote.head(self.remote.complete(id))? {
            return Ok(Some(Draft::of_complete(id, &nonce()?, 0, size)));
        }
        let state = self.remote.state_of(id)?;
        Ok(state.map(|(manifest, tag)| Draft::of_state(id, manifest, tag)))
    }

    /// What the bucket has under an id, for callers that continue or complete it.
    ///
    /// A state beside a complete object of another size counts, not the object. SeaweedFS keeps what has arrived of an object when its
    /// sender is killed. An object that a state is to replace stays until the state is recorded, and counts while that has no bytes: the
    /// upload of a copy is recorded before its first part.
    fn find_open(&self, id: &str) -> Result<Option<Draft>> {
        let Some(complete) = self.find(id)? else {
            return Ok(None);
        };
        if !complete.is_complete() {
            return Ok(Some(complete));
        }
        let Some((manifest, tag)) = self.remote.state_of(id)? else {
            return Ok(Some(complete));
        };
        let open = Draft::of_state(id, manifest, tag);
        Ok(Some(if open.end() == complete.end() || open.end() == 0 {
            complete.beside(open)
        } else {
            open.replacing()
        }))
    }

    /// The draft with the first `offset` bytes of a blob. `epoch` is `None` for a caller that has none.
    fn cut(&self, id: &str, offset: u64, epoch: Option<u64>) -> Result<Draft> {
        if offset == 0 {
            return Ok(Draft::new(id, &nonce()?, epoch.unwrap_or(0)));
        }
        for _ in 0..MAX_TRIES {
            let mut draft = self.find_open(id)?.ok_or_else(|| missing(id))?;
            if draft.end() < offset {
                return Err(gap(id, draft.end(), offset));
            }
            if epoch.is_some_and(|epoch| draft.epoch() > epoch) {
                return Err(stale(id));
            }
            if draft.is_complete() {
                match self.cut_complete(draft, id, offset, epoch)? {
                    Some(draft) => return Ok(draft),
                    None => continue,
                }
            }
            if !draft.cut(&self.remote, &self.room, offset)? {
                // The bytes of a part can only be read from the complete object.
                if draft.take_over(&self.remote, &nonce()?, epoch.unwrap_or(0))? {
                    draft.make_object(&self.remote, &self.room)?;
                }
                continue;
            }
            if draft.take_over(&self.remote, &nonce()?, epoch.unwrap_or(0))? {
                return Ok(draft);
            }
        }
        let text = format!("blob {id} changes all the time");
        Err(Error::new(ErrorKind::NotConnected, text))
    }

    /// The same, of a complete object. `None` if another request has continued the blob since.
    ///
    /// Without a state beside it, the object is that of a file, or of an upload that has all its bytes. A request with an epoch is late
    /// then, and changes nothing.
    fn cut_complete(&self, mut draft: Draft, id: &str, offset: u64, epoch: Option<u64>) -> Result<Option<Draft>> {
        self.reading.forget(id);
        if draft.has_state() {
            if !draft.take_over(&self.remote, &nonce()?, epoch.unwrap_or(0))? {
                return Ok(None);
            }
            draft.read_from_object();
        } else if epoch.is_some() && offset < draft.end() {
            return Err(stale(id));
        } else {
            draft.set_epoch(epoch.unwrap_or(0));
        }
        if offset < draft.end() {
            draft.become_copy(&self.remote, &self.room, offset)?;
        }
        Ok(Some(draft))
    }

    fn open(&self, id: &str, offset: u64, epoch: Option<u64>) -> Result<Writer> {
        check_id(id)?;
        self.tidy();
        self.writers.take_over(id, offset, epoch.unwrap_or(0), |id| {
            if let Some(known) = self.known(id) {
                let mut draft = lock(&known);
                let is_current = match epoch {
                    // With another number in between, another process may have continued the blob.
                    Some(epoch) => epoch == draft.epoch() + 1,
                    None => draft.is_unsynced(),
                };
                if is_current && !draft.is_broken() {
                    if draft.end() < offset {
                        return Err(gap(id, draft.end(), offset));
                    }
                    if !draft.is_complete() && draft.cut(&self.remote, &self.room, offset)? {
                        if let Some(epoch) = epoch {
                            draft.set_epoch(epoch);
                        }
                        return Ok(());
                    }
                }
            }
            let draft = self.cut(id, offset, epoch)?;
            self.keep(id, draft);
            Ok(())
        })
    }
}

impl Blobs for Bucket {
    fn open_writer(&self, id: &str, offset: u64) -> Result<Writer> {
        self.0.open(id, offset, None)
    }

    fn take_over(&self, id: &str, offset: u64, epoch: u64) -> Result<Writer> {
        self.0.open(id, offset, Some(epoch))
    }

    fn append(&self, writer: &mut Writer, bytes: &[u8]) -> Result<()> {
        let shared = &*self.0;
        writer.advance(bytes.len(), |id, _| {
            let draft = shared.known(id).ok_or_else(|| missing(id))?;
            lock(&draft).append(&shared.remote, &shared.room, bytes)
        })
    }

    fn end_writer(&self, id: &str) -> Result<()> {
        self.finish(id).map(drop)
    }

    /// Makes the complete object, which is durable then. Its requests hold nothing that those of other blobs wait for.
    fn finish(&self, id: &str) -> Result<Option<u64>> {
        check_id(id)?;
        let shared = &*self.0;
        shared.writers.close(id, || Ok(()))?;
        let known = shared.known(id);
        // What was synced is sealed as the bucket has it, which another process may have continued.
        let unsynced = known.as_ref().filter(|known| lock(known).is_unsynced());
        let seal = |draft: &Mutex<Draft>| lock(draft).seal(&shared.remote, &shared.room).map(Some);
        let size = match unsynced {
            Some(draft) if lock(draft).is_untouched() => match shared.sealed(id, None)? {
                None => seal(draft)?,
                sealed => sealed,
            },
            Some(draft) => seal(draft)?,
            None => shared.sealed(id, known.as_ref().and_then(|known| lock(known).recorded()))?,
        };
        if let Some(known) = &known {
            shared.forget_draft(id, known);
        }
        if let Some(size) = size {
            shared.reading.note(id, size);
        }
        Ok(size)
    }

    fn seal(&self, id: &str) -> Result<()> {
        self.end_writer(id)
    }

    fn open_end(&self, id: &str) -> Option<u64> {
        self.0.writers.end_of(id)
    }

    fn open_epoch(&self, id: &str) -> Option<u64> {
        self.0.writers.epoch_of(id)
    }

    fn sync_progress(&self, id: &str) -> Result<u64> {
        check_id(id)?;
        let shared = &*self.0;
        let draft = shared.known(id).ok_or_else(|| missing(id))?;
        lock(&draft).record_arrived(&shared.remote)
    }

    fn sync(&self, id: &str) -> Result<()> {
        check_id(id)?;
        let shared = &*self.0;
        // The caller may count the bytes of a writer that was dropped just now.
        let unrecorded = || shared.known(id).filter(|known| lock(known).is_unrecorded());
        if let Some(draft) = shared.draft(id).or_else(unrecorded) {
            return lock(&draft).sync(&shared.remote, &nonce()?);
        }
        // What is in the bucket is durable.
        shared.find(id)?.map(drop).ok_or_else(|| missing(id))
    }

    fn withdraw(&self, writer: &Writer) -> Result<()> {
        let (id, shared) = (writer.id(), &*self.0);
        let Some(draft) = shared.known(id) else { return Ok(()) };
        let mut draft = lock(&draft);
        if draft.epoch() == writer.epoch() && shared.remote.head(shared.remote.complete(id))?.is_some() {
            draft.withdraw(&shared.remote)?;
        }
        Ok(())
    }

    fn read(&self, id: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        check_id(id)?;
        let shared = &*self.0;
        let draft = shared.draft(id);
        if draft.as_ref().is_some_and(|draft| lock(draft).may_be_overtaken())
            && let Some(count) = shared.reading.read(&shared.remote, id, offset, buffer)?
        {
            return Ok(count);
        }
        if let Some(draft) = draft {
            let is_idle = shared.writers.end_of(id).is_none();
            let mut draft = lock(&draft);
            match draft.read(&shared.remote, &shared.room, offset, buffer) {
                Ok(Some(count)) => return Ok(count),
                Ok(None) => {}
                // Nobody adds to it, as to a blob that is being imported.
                Err(error) if error.kind() == ErrorKind::Unsupported && is_idle => {
                    draft.make_object(&shared.remote, &shared.room)?;
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(count) = shared.reading.read(&shared.remote, id, offset, buffer)? {
            return Ok(count);
        }
        let Some((manifest, tag)) = shared.remote.state_of(id)? else {
            return if shared.is_begun(id) { Ok(0) } else { Err(missing(id)) };
        };
        let mut draft = Draft::of_state(id, manifest, tag);
        let count = draft.read(&shared.remote, &shared.room, offset, buffer)?;
        count.ok_or_else(|| missing(id))
    }

    fn size(&self, id: &str) -> Result<Option<u64>> {
        check_id(id)?;
        let own = self.0.draft(id);
        let own = own
            .as_ref()
            .map(|draft| lock(draft))
            .map(|draft| (draft.end(), draft.may_be_overtaken()));
        if let Some((end, false)) = own {
            return Ok(Some(end));
        }
        let found = self.0.find(id)?;
        if let Some(complete) = found.as_ref().filter(|found| found.is_complete()) {
            self.0.reading.note(id, complete.end());
            return Ok(Some(complete.end()));
        }
        let begun = self.0.is_begun(id).then_some(0);
        Ok(own.map(|(end, _)| end).or(found.map(|found| found.end())).or(begun))
    }

    fn remove(&self, id: &str) -> Result<()> {
        check_id(id)?;
        let shared = &*self.0;
        shared.writers.close(id, || {
            shared.forget(id);
            shared.reading.forget(id);
            let remote = &shared.remote;
            let objects = remote.list(remote.folder(id), None, usize::MAX, |name| Some(name.to_owned()))?;
            let is_open = objects.iter().any(|name| name == STATE);
            if let Some((manifest, _)) = is_open.then(|| remote.state_of(id)).transpose()?.flatten()
                && let Some(upload) = manifest.upload
            {
                remote.abort_multipart(remote.complete(id), &upload)?;
            }
            // The state names the upload, so it goes last.
            for name in objects.iter().filter(|name| *name != STATE) {
                remote.delete(remote.object(id, name))?;
            }
            if is_open {
                remote.delete(remote.object(id, STATE))?;
            }
            self.remove_pictures(id)
        })
    }

    /// A segment has no name in a state if its process was killed before it recorded the state, or after it recorded the next one.
    fn remove_leftovers(&self, before: SystemTime) -> Result<u64> {
        let remote = &self.0.remote;
        let (sender, leftovers) = mpsc::channel();
        remote.each_blob(move |id, objects| {
            let is_complete = objects.iter().any(|(name, _)| name == COMPLETE);
            let beside = objects.iter().filter(|(name, _)| name != COMPLETE);
            if check_id(id).is_ok() && is_complete && beside.clone().all(|(_, written)| *written < before) {
                let mut names: Vec<String> = beside.map(|(name, _)| name.clone()).collect();
                // The state tells that the others may still be needed, so it goes last.
                names.sort_by_key(|name| name == STATE);
                if !names.is_empty() {
                    _ = sender.send((id.to_owned(), names));
                }
            }
        })?;
        let mut removed = 0;
        for (id, names) in leftovers {
            let has_state = names.iter().any(|name| name == STATE);
            if let Some((manifest, tag)) = has_state.then(|| remote.state_of(&id)).transpose()?.flatten() {
                let upload = manifest.upload.clone();
                let (object, state) = (remote.head(remote.complete(&id))?, Draft::of_state(&id, manifest, tag));
                // An object with fewer bytes than its state is what a store has kept of an upload that goes on.
                if object.is_none_or(|(size, _)| size < state.end()) {
                    continue;
                }
                if let Some(upload) = upload {
                    // Of one that was completed, the store knows nothing any more.
                    remote.abort_multipart(remote.complete(&id), &upload)?;
                }
            }
            for name in names {
                remote.delete(remote.object(&id, &name))?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn list(&self, after: &str, limit: usize) -> Result<Vec<String>> {
        let remote = &self.0.remote;
        // Names of objects are ordered with the slash behind the id. None begins with this letter.
        let behind = (!after.is_empty()).then(|| remote.object(after, "z"));
        let id_of = |name: &str| {
            let (id, _) = name.split_once('/')?;
            check_id(id).is_ok().then(|| id.to_owned())
        };
        let mut found = remote.list(remote.blobs(), behind, limit, id_of)?;
        let key = |id: &str| format!("{id}/");
        let drafts: Vec<String> = lock(&self.0.drafts).keys().cloned().collect();
        let is_next = |id: &String| after.is_empty() || key(id) > key(after);
        found.extend(drafts.into_iter().filter(is_next).filter(|id| self.0.is_listed(id)));
        found.sort_unstable_by_key(|id| key(id));
        found.dedup();
        found.truncate(limit);
        Ok(found)
    }
}

impl Shared {
    /// Whether a draft is a blob that the bucket may not list yet. One that is in use is not waited for.
    fn is_listed(&self, id: &str) -> bool {
        let Some(draft) = self.known(id) else { return false };
        self.writers.is_open(id) || draft.try_lock().map_or(true, |draft| draft.counts())
    }

    /// Makes the complete object of a blob whose bytes the bucket has, and returns its size. `None` if there is no such blob. `known` is
    /// its state as this process has recorded it, which saves looking at it if nobody has changed it since.
    fn sealed(&self, id: &str, mut known: Option<Draft>) -> Result<Option<u64>> {
        for _ in 0..MAX_TRIES {
            let found = match known.take() {
                Some(draft) => Some(draft),
                None => self.find_open(id)?,
            };
            let Some(mut draft) = found else { return Ok(None) };
            if draft.is_complete() || draft.take_over(&self.remote, &nonce()?, 0)? {
                return draft.seal(&self.remote, &self.room).map(Some);
            }
        }
        let text = format!("blob {id} changes all the time");
        Err(Error::new(ErrorKind::NotConnected, text))
    }
}
