//! An open blob that this process writes.

use crate::buffer::Buffer;
use crate::manifest::{MAX_PARTS, Manifest, PART_SIZE, Segment};
use crate::remote::{Remote, STATE, Sending, Written};
use crate::room::{Held, Room};
use bytes::Bytes;
use md5::{Digest, Md5};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::mem;
use std::sync::mpsc::TryRecvError;
use std::time::{Duration, Instant};

/// How often a state is recorded anew after a condition did not hold.
const MAX_TRIES: usize = 4;

/// How long an empty blob that nobody writes is remembered.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// How many whole parts are on their way at once.
const MAX_SENDING: usize = 2;

/// How many parts are recorded together while a request brings more of them.
const RECORDED_PARTS: usize = 2;

/// How many parts may have arrived that are not recorded. With more of them, the request waits for the state on its way.
const MAX_UNRECORDED: usize = 4;

/// How much of a blob is read at once to copy it.
const COPY_SIZE: u64 = 1 << 20;

/// What this process knows about the recorded state in the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// Nothing, as after a request whose outcome is unknown.
    Unknown,
    /// There is none, or the one with this ETag.
    Tag(Option<String>),
}

/// A whole part on its way.
#[derive(Debug)]
struct Part {
    tag: Sending<String>,
    /// The segments whose bytes it has. They count until it has arrived.
    segments: Vec<Segment>,
}

/// A state on its way while a request brings more bytes.
#[derive(Debug)]
struct Recording {
    outcome: Sending<Written>,
    /// How many parts it names.
    parts: usize,
}

/// An open blob that this process writes.
#[derive(Debug)]
pub(crate) struct Draft {
    id: String,
    /// What is recorded with the next state. Its parts are those that have arrived, its segments those of the open part.
    manifest: Manifest,
    seen: Seen,
    /// Whether this holder is recorded in the bucket. From then on, another holder has overtaken it.
    is_holder: bool,
    /// Whether the recorded state is the current one.
    is_recorded: bool,
    /// Whole parts on their way, behind those of the manifest.
    sending: VecDeque<Part>,
    /// While there is one, what is known of the recorded state is older. Whoever needs that waits for it first.
    recording: Option<Recording>,
    /// How many of the parts of the manifest this process knows to be recorded.
    recorded_parts: usize,
    /// The bytes of the open part, or nothing while all of them are in segments.
    buffer: Buffer,
    held: Held,
    /// Objects that are deleted once the next state is recorded.
    obsolete: Vec<String>,
    /// Uploads of overtaken requests.
    orphans: Vec<String>,
    /// The size of the complete object that this draft continues, until bytes are added.
    complete: Option<u64>,
    /// Whether there is a complete object, which must go once a state is recorded.
    replaces: bool,
    /// Whether bytes are lost that the caller believes stored. Nothing can be added or recorded any more.
    is_broken: bool,
    begun: Instant,
}

impl Draft {
    /// A new blob. The bucket hardly ever has anything under its id, and refuses the first state if it does.
    pub(crate) fn new(id: &str, holder: &str, epoch: u64) -> Draft {
        Draft {
            id: id.to_owned(),
            manifest: Manifest::new(holder, epoch),
            seen: Seen::Tag(None),
            is_holder: false,
            is_recorded: false,
            sending: VecDeque::new(),
            recording: None,
            recorded_parts: 0,
            buffer: Buffer::default(),
            held: Held::default(),
            obsolete: Vec::new(),
            orphans: Vec::new(),
            complete: None,
            replaces: false,
            is_broken: false,
            begun: Instant::now(),
        }
    }

    /// The blob of a recorded state, which is not taken over yet.
    pub(crate) fn of_state(id: &str, manifest: Manifest, tag: Option<String>) -> Draft {
        Draft {
            seen: Seen::Tag(tag),
            is_recorded: true,
            manifest,
            ..Draft::new(id, "", 0)
        }
    }

    /// A complete blob, which is read back when bytes are added to it.
    pub(crate) fn of_complete(id: &str, holder: &str, epoch: u64, size: u64) -> Draft {
        Draft {
            complete: Some(size),
            replaces: true,
            ..Draft::new(id, holder, epoch)
        }
    }

    /// The same, for a blob with a complete object that does not count.
    pub(crate) fn replacing(self) -> Draft {
        Draft { replaces: true, ..self }
    }

    /// The same, for a complete blob whose state is still there. Its holder and its epoch count.
    pub(crate) fn beside(self, state: Draft) -> Draft {
        // That of a copy of the object which was cut off.
        let unfinished = state.manifest.upload.iter().filter(|_| state.end() == 0);
        Draft {
            orphans: unfinished.cloned().collect(),
            manifest: state.manifest,
            seen: state.seen,
            ..self
        }
    }

    /// Whether a state is known to be recorded.
    pub(crate) fn has_state(&self) -> bool {
        matches!(self.seen, Seen::Tag(Some(_)))
    }

    /// Gives up the parts and segments of a complete blob. Bytes that are added follow those of the object.
    pub(crate) fn read_from_object(&mut self) {
        let segments = mem::take(&mut self.manifest.segments);
        self.obsolete.extend(segments.into_iter().map(|segment| segment.name));
        self.manifest.parts.clear();
        self.manifest.upload = None;
    }

    fn whole(&self) -> usize {
        self.manifest.parts.len() + self.sending.len()
    }

    fn tail(&self) -> usize {
        self.buffer.len().max(self.manifest.tail())
    }

    /// The number of bytes.
    pub(crate) fn end(&self) -> u64 {
        self.complete.unwrap_or((self.whole() * PART_SIZE + self.tail()) as u64)
    }

    /// Whether bytes that count would be lost with the process. Of a request that has taken the blob over only those count that
    /// were synced: its client sends the others again, perhaps to another process.
    pub(crate) fn is_unsynced(&self) -> bool {
        self.complete.is_none() && !self.is_recorded && self.manifest.epoch == 0
    }

    /// Whether it was begun and nothing has happened since. The process that creates an upload keeps it so, and another one may get the
    /// bytes.
    pub(crate) fn is_untouched(&self) -> bool {
        self.is_unsynced() && !self.is_holder && self.end() == 0
    }

    /// Whether another process may have completed the blob. Its complete object counts then, not what this process still holds. While
    /// the draft is to replace an object, there is one of the time before.
    pub(crate) fn may_be_overtaken(&self) -> bool {
        self.manifest.epoch > 0 && !self.replaces
    }

    /// Whether the bucket does not have its bytes, or not under its epoch.
    pub(crate) fn is_unrecorded(&self) -> bool {
        self.complete.is_none() && !self.is_recorded
    }

    /// Whether there is a complete object with exactly these bytes.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete.is_some()
    }

    /// Whether the process knows more about the blob than the bucket, although no writer is open.
    pub(crate) fn counts(&self) -> bool {
        self.is_unsynced() && !self.is_broken
    }

    /// The recorded state, if this process has recorded it and has added nothing since.
    pub(crate) fn recorded(&self) -> Option<Draft> {
        let is_recorded = self.is_recorded_holder() && self.complete.is_none() && !self.is_broken;
        match &self.seen {
            Seen::Tag(tag @ Some(_)) if is_recorded => {
                Some(Draft::of_state(&self.id, self.manifest.clone(), tag.clone()))
            }
            _ => None,
        }
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Whether nothing is lost with it: the bucket has its bytes, or nothing has been added for a while after it was begun.
    pub(crate) fn is_idle(&self) -> bool {
        let is_forgotten = self.end() == 0 && self.begun.elapsed() > FORGOTTEN_AFTER;
        !self.is_unsynced() || self.is_broken || is_forgotten
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.manifest.epoch
    }

    pub(crate) fn set_epoch(&mut self, epoch: u64) {
        self.manifest.epoch = epoch;
        self.is_recorded = false;
    }

    /// Becomes the holder of a recorded state, which other requests lose. Returns `false` if the state has changed since it was read.
    pub(crate) fn take_over(&mut self, remote: &Remote, holder: &str, epoch: u64) -> io::Result<bool> {
        holder.clone_into(&mut self.manifest.holder);
        self.manifest.epoch = self.manifest.epoch.max(epoch);
        let Seen::Tag(tag) = &self.seen else { return Ok(false) };
        match remote.put_state(&self.id, &self.manifest, tag.clone())? {
            Written::Done(tag) => {
                self.note(tag);
                Ok(true)
            }
            Written::Refused => Ok(false),
        }
    }

    /// Notes that the state was recorded, with this ETag.
    fn note(&mut self, tag: Option<String>) {
        self.seen = match tag {
            Some(tag) => Seen::Tag(Some(tag)),
            None => Seen::Unknown,
        };
        (self.is_holder, self.is_recorded) = (true, true);
        self.recorded_parts = self.manifest.parts.len();
    }

    /// Adds bytes. Whole parts are sent while this returns.
    pub(crate) fn append(&mut self, remote: &Remote, room: &Room, mut bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        if bytes.is_empty() {
            return Ok(());
        }
        if self.complete.is_some() && self.manifest.epoch > 0 && !self.is_holder {
            return Err(stale(&self.id));
        }
        if let Some(size) = self.complete.take() {
            self.copy(remote, room, size)
                .inspect_err(|_| self.complete = Some(size))?;
        }
        self.warm(remote, room)?;
        while !bytes.is_empty() {
            let now = bytes.len().min(PART_SIZE - self.buffer.len());
            self.hold(remote, room, self.buffer.len() + now)?;
            self.buffer.extend(room.spares(), &bytes[..now]);
            self.is_recorded = false;
            bytes = &bytes[now..];
            if self.buffer.len() == PART_SIZE {
                self.send(remote, room)?;
            }
        }
        Ok(())
    }

    /// Becomes the first `size` bytes of the complete object, for a draft that continues them.
    pub(crate) fn become_copy(&mut self, remote: &Remote, room: &Room, size: u64) -> io::Result<()> {
        self.complete = None;
        self.copy(remote, room, size)
    }

    fn copy(&mut self, remote: &Remote, room: &Room, size: u64) -> io::Result<()> {
        let mut at = 0;
        while at < size {
            let until = size.min(at + COPY_SIZE);
            let (id, path) = (self.id.clone(), remote.complete(&self.id));
            let (body, _) = remote.stream(path, at..until)?;
            let bytes = remote.wait("read", async move { collected(body, until - at, &id).await })?;
            self.append(remote, room, &bytes)?;
            at = until;
        }
        Ok(())
    }

    fn hold(&mut self, remote: &Remote, room: &Room, size: usize) -> io::Result<()> {
        if !Room::is_short(&self.held, size, PART_SIZE) {
            return Ok(());
        }
        let (room, mut held) = (room.clone(), mem::take(&mut self.held));
        let (outcome, held) = remote.wait("wait for memory", async move {
            let outcome = room.extend(&mut held, size, PART_SIZE).await;
            Ok((outcome, held))
        })?;
        self.held = held;
        outcome
    }

    /// Reads the bytes of the open part back.
    fn warm(&mut self, remote: &Remote, room: &Room) -> io::Result<()> {
        let tail = self.manifest.tail();
        if self.buffer.len() >= tail {
            return Ok(());
        }
        self.hold(remote, room, tail)?;
        let mut buffer = Buffer::default();
        for segment in &self.manifest.segments {
            let bytes = remote.get(remote.object(&self.id, &segment.name))?;
            if bytes.len() < segment.size {
                return Err(io::Error::other(format!("a segment of blob {} is cut", self.id)));
            }
            buffer.extend(room.spares(), &bytes[..segment.size]);
        }
        self.buffer = buffer;
        Ok(())
    }

    /// Gives the memory of the open part back, all of which is in segments.
    fn cool(&mut self) {
        self.buffer = Buffer::default();
        self.held = Held::default();
    }

    /// Begins to send the open part, which is whole.
    fn send(&mut self, remote: &Remote, room: &Room) -> io::Result<()> {
        while self.sending.len() >= MAX_SENDING {
            self.settle_first()?;
        }
        if self.whole() + 1 >= MAX_PARTS {
            let text = format!("blob {} has too many parts", self.id);
            return Err(io::Error::new(ErrorKind::FileTooLarge, text));
        }
        let path = remote.complete(&self.id);
        let upload = match &self.manifest.upload {
            Some(upload) => upload.clone(),
            None => {
                let upload = remote.create_multipart(path.clone())?;
                self.manifest.upload = Some(upload.clone());
                // Recorded before its first part, so that a sweep finds it.
                if let Err(error) = self.record(remote) {
                    self.manifest.upload = None;
                    _ = remote.abort_multipart(path, &upload);
                    return Err(error);
                }
                upload
            }
        };
        let next = room.try_take(PART_SIZE);
        let is_alone = next.is_none();
        let held = mem::replace(&mut self.held, next.unwrap_or_default());
        let bytes = Bytes::from_owner(mem::take(&mut self.buffer));
        let tag = remote.begin_part(path, &upload, self.whole(), bytes, held);
        let segments = mem::take(&mut self.manifest.segments);
        self.sending.push_back(Part { tag, segments });
        self.is_recorded = false;
        // Without memory for another part, the next bytes wait until this one has gone.
        if is_alone { self.settle() } else { Ok(()) }
    }

    /// Waits for the parts on their way.
    fn settle(&mut self) -> io::Result<()> {
        while !self.sending.is_empty() {
            self.settle_first()?;
        }
        Ok(())
    }

    /// Waits for the first of the parts on their way.
    fn settle_first(&mut self) -> io::Result<()> {
        let Some(part) = self.sending.pop_front() else {
            return Ok(());
        };
        let tag = part.tag.recv().map_err(io::Error::other).flatten();
        self.arrive(tag, part.segments)
    }

    /// Notes the parts that have arrived.
    fn collect(&mut self) -> io::Result<()> {
        while let Some(first) = self.sending.front() {
            let tag = match first.tag.try_recv() {
                Err(TryRecvError::Empty) => return Ok(()),
                tag => tag.map_err(io::Error::other).flatten(),
            };
            let segments = self.sending.pop_front().map(|part| part.segments);
            self.arrive(tag, segments.unwrap_or_default())?;
        }
        Ok(())
    }

    fn arrive(&mut self, tag: io::Result<String>, segments: Vec<Segment>) -> io::Result<()> {
        let tag = tag.map_err(|error| self.broken(error))?;
        self.manifest.parts.push(tag);
        self.obsolete.extend(segments.into_iter().map(|segment| segment.name));
        Ok(())
    }

    /// Goes on recording the parts that arrive, without waiting for any. Returns where the bytes end that are recorded.
    pub(crate) fn record_arrived(&mut self, remote: &Remote) -> io::Result<u64> {
        self.check()?;
        if let Some(size) = self.complete {
            return Ok(size);
        }
        self.collect()?;
        let unrecorded = self.manifest.parts.len().saturating_sub(self.recorded_parts);
        if let Some(recording) = self.recording.take() {
            match recording.outcome.try_recv() {
                Err(TryRecvError::Empty) if unrecorded < MAX_UNRECORDED => self.recording = Some(recording),
                Err(TryRecvError::Empty) => self.note_recording(recording.outcome.recv(), recording.parts)?,
                outcome => self.note_recording(outcome, recording.parts)?,
            }
        }
        // A state without a part must have the segments that are in it.
        let needs_segments = self.sending.iter().any(|part| !part.segments.is_empty());
        let unrecorded = self.manifest.parts.len().saturating_sub(self.recorded_parts);
        if self.recording.is_none() && unrecorded >= RECORDED_PARTS && !needs_segments {
            self.begin_recording(remote)?;
        }
        // Beside an object of the same size, the state would not count.
        let counted = if self.replaces { 0 } else { self.recorded_parts };
        Ok((counted * PART_SIZE) as u64)
    }

    fn begin_recording(&mut self, remote: &Remote) -> io::Result<()> {
        let tag = match &self.seen {
            Seen::Tag(tag) if !self.replaces => tag.clone(),
            // The state has to be looked at first, or an object removed after it.
            _ => {
                self.record(remote)?;
                self.is_recorded = false;
                return self.remove_replaced(remote);
            }
        };
        let outcome = remote.begin_state(&self.id, &self.manifest, tag)?;
        let parts = self.manifest.parts.len();
        self.recording = Some(Recording { outcome, parts });
        Ok(())
    }

    /// Waits for the state on its way.
    fn settle_recording(&mut self) -> io::Result<()> {
        match self.recording.take() {
            Some(recording) => self.note_recording(recording.outcome.recv(), recording.parts),
            None => Ok(()),
        }
    }

    /// Notes the outcome of a state that was on its way. One that was refused is looked at by the next attempt.
    fn note_recording<E>(&mut self, outcome: Result<io::Result<Written>, E>, parts: usize) -> io::Result<()>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        self.seen = Seen::Unknown;
        if let Written::Done(tag) = outcome.map_err(io::Error::other).flatten()? {
            if tag.is_some() {
                self.seen = Seen::Tag(tag);
            }
            self.is_holder = true;
            self.recorded_parts = parts;
        }
        Ok(())
    }

    fn broken(&mut self, error: io::Error) -> io::Error {
        self.is_broken = true;
        self.cool();
        error
    }

    fn check(&self) -> io::Result<()> {
        if self.is_broken {
            let text = format!("bytes of blob {} did not reach the bucket", self.id);
            return Err(io::Error::new(ErrorKind::NotConnected, text));
        }
        Ok(())
    }

    /// Makes all bytes durable, and records them.
    pub(crate) fn sync(&mut self, remote: &Remote, nonce: &str) -> io::Result<()> {
        if self.complete.is_some() {
            return Ok(());
        }
        self.check()?;
        self.settle()?;
        let stored = self.manifest.tail();
        if self.buffer.len() > stored {
            let start = self.manifest.parts.len() * PART_SIZE + stored;
            let name = format!("{start:012x}-{nonce}");
            let bytes = Bytes::copy_from_slice(&self.buffer[stored..]);
            let size = bytes.len();
            remote.put(remote.object(&self.id, &name), bytes)?;
            self.manifest.segments.push(Segment {
                name,
                size,
                is_whole: true,
            });
            self.is_recorded = false;
        }
        if !self.is_recorded {
            self.record(remote)?;
        }
        self.remove_replaced(remote)?;
        for name in mem::take(&mut self.obsolete) {
            // What stays behind goes with the blob.
            _ = remote.delete(remote.object(&self.id, &name));
        }
        self.cool();
        Ok(())
    }

    /// Removes the complete object that the recorded state replaces.
    fn remove_replaced(&mut self, remote: &Remote) -> io::Result<()> {
        if mem::take(&mut self.replaces) {
            remote
                .delete(remote.complete(&self.id))
                .inspect_err(|_| self.replaces = true)?;
        }
        Ok(())
    }

    /// Records the state, unless another request has overtaken this one.
    fn record(&mut self, remote: &Remote) -> io::Result<()> {
        // If it failed, the state is looked at below.
        _ = self.settle_recording();
        for _ in 0..MAX_TRIES {
            if self.seen == Seen::Unknown {
                self.look(remote)?;
            }
            let Seen::Tag(tag) = &self.seen else { continue };
            match remote.put_state(&self.id, &self.manifest, tag.clone()) {
                Ok(Written::Done(tag)) => {
                    self.note(tag);
                    for upload in mem::take(&mut self.orphans) {
                        _ = remote.abort_multipart(remote.complete(&self.id), &upload);
                    }
                    return Ok(());
                }
                // Perhaps by this request itself, when the answer to its first try was lost.
                Ok(Written::Refused) => self.seen = Seen::Unknown,
                Err(error) => {
                    self.seen = Seen::Unknown;
                    return Err(error);
                }
            }
        }
        let text = format!("the state of blob {} changes all the time", self.id);
        Err(io::Error::new(ErrorKind::NotConnected, text))
    }

    /// Looks at the recorded state.
    fn look(&mut self, remote: &Remote) -> io::Result<()> {
        let found = remote.state_of(&self.id)?;
        let is_own = found
            .as_ref()
            .is_some_and(|(state, _)| state.holder == self.manifest.holder);
        if self.is_holder && !is_own {
            return Err(stale(&self.id));
        }
        let Some((state, tag)) = found else {
            self.seen = Seen::Tag(None);
            return Ok(());
        };
        if !is_own {
            if state.epoch > self.manifest.epoch && self.manifest.epoch > 0 {
                return Err(stale(&self.id));
            }
            self.manifest.epoch = self.manifest.epoch.max(state.epoch);
            if state.upload != self.manifest.upload {
                self.orphans.extend(state.upload);
            }
            let own = &self.manifest.segments;
            let others = state.segments.into_iter().map(|segment| segment.name);
            self.obsolete
                .extend(others.filter(|name| own.iter().all(|segment| segment.name != *name)));
        }
        self.seen = Seen::Tag(tag);
        Ok(())
    }

    /// Removes the bytes from `offset` on. Returns whether that could be done without reading a whole part.
    pub(crate) fn cut(&mut self, remote: &Remote, room: &Room, offset: u64) -> io::Result<bool> {
        if offset == self.end() {
            return Ok(true);
        }
        self.settle()?;
        // It may name parts that go.
        _ = self.settle_recording();
        let size = usize::try_from(offset).map_err(io::Error::other)?;
        let (parts, tail) = (size / PART_SIZE, size % PART_SIZE);
        if parts < self.manifest.parts.len() {
            if tail > 0 {
                return Ok(false);
            }
            self.manifest.parts.truncate(parts);
            self.recorded_parts = self.recorded_parts.min(parts);
            self.buffer.truncate(0);
        } else if tail > 0 {
            self.warm(remote, room)?;
            self.buffer.truncate(tail);
        } else {
            self.buffer.truncate(0);
        }
        let mut left = tail;
        for segment in mem::take(&mut self.manifest.segments) {
            if left == 0 {
                self.obsolete.push(segment.name);
                continue;
            }
            let size = segment.size.min(left);
            left -= size;
            let is_whole = segment.is_whole && size == segment.size;
            self.manifest.segments.push(Segment {
                size,
                is_whole,
                ..segment
            });
        }
        self.is_recorded = false;
        Ok(true)
    }

    /// Fills the buffer from the bytes that are not in whole parts. `None` for a complete object, which is read as such.
    pub(crate) fn read(
        &mut self,
        remote: &Remote,
        room: &Room,
        offset: u64,
        buffer: &mut [u8],
    ) -> io::Result<Option<usize>> {
        if self.complete.is_some() {
            return Ok(None);
        }
        let start = (self.whole() * PART_SIZE) as u64;
        if offset < start {
            let text = format!("blob {} is being written", self.id);
            return Err(io::Error::new(ErrorKind::Unsupported, text));
        }
        self.warm(remote, room)?;
        let skipped = usize::try_from(offset - start)
            .unwrap_or(usize::MAX)
            .min(self.buffer.len());
        let count = buffer.len().min(self.buffer.len() - skipped);
        buffer[..count].copy_from_slice(&self.buffer[skipped..skipped + count]);
        Ok(Some(count))
    }

    /// Makes the complete object of a blob to which nothing will be added. Returns its size.
    pub(crate) fn seal(&mut self, remote: &Remote, room: &Room) -> io::Result<u64> {
        let is_open = self.complete.is_none();
        let size = self.make_object(remote, room)?;
        // A process that was killed after it had made the object has left the state beside it.
        if (is_open || self.has_state()) && self.is_in_bucket() {
            // The complete object counts from here on. What stays behind goes with the blob.
            self.clear(remote);
        }
        Ok(size)
    }

    /// Makes the complete object, and leaves the state beside it, which says that the blob goes on. Returns its size.
    pub(crate) fn make_object(&mut self, remote: &Remote, room: &Room) -> io::Result<u64> {
        if let Some(size) = self.complete {
            return Ok(size);
        }
        self.check()?;
        self.settle()?;
        let size = self.end();
        let path = remote.complete(&self.id);
        let copied = self.only_segment();
        if copied.is_none() {
            self.warm(remote, room)?;
        }
        if self.is_in_bucket() && !self.is_recorded_holder() {
            // A request that was overtaken must not make the object. Bytes that are in no segment yet are sent below.
            self.record(remote)?;
        }
        if let Some(segment) = copied {
            remote.copy(remote.object(&self.id, &segment), path)?;
        } else if self.manifest.parts.is_empty() {
            let bytes = Bytes::from_owner(mem::take(&mut self.buffer));
            remote.put(path, bytes).map_err(|error| self.broken(error))?;
        } else {
            self.complete_parts(remote, size)?;
        }
        self.cool();
        self.complete = Some(size);
        Ok(size)
    }

    /// The object that has all bytes of the blob and no others, which the bucket can copy by itself.
    fn only_segment(&self) -> Option<String> {
        match &self.manifest.segments[..] {
            [segment] if segment.is_whole && segment.size as u64 == self.end() => Some(segment.name.clone()),
            _ => None,
        }
    }

    /// Whether the bucket has a state of the blob, as far as this process knows.
    fn is_in_bucket(&self) -> bool {
        self.is_holder || self.has_state()
    }

    fn is_recorded_holder(&self) -> bool {
        self.is_holder && self.is_recorded
    }

    fn complete_parts(&mut self, remote: &Remote, size: u64) -> io::Result<()> {
        let path = remote.complete(&self.id);
        let Some(upload) = self.manifest.upload.clone() else {
            return Err(io::Error::other("parts without an upload"));
        };
        let mut tags = self.manifest.parts.clone();
        if !self.buffer.is_empty() {
            let bytes = Bytes::copy_from_slice(&self.buffer);
            let sending = remote.begin_part(path.clone(), &upload, tags.len(), bytes, ());
            tags.push(sending.recv().map_err(io::Error::other)??);
        }
        let completed = remote.complete_multipart(path.clone(), &upload, &tags);
        // The answer may have been lost, and a second completion may fail: the object itself decides.
        let Some((found, tag)) = remote.head(path.clone())? else {
            completed?;
            return Err(io::Error::new(
                ErrorKind::NotConnected,
                "the completed object is missing",
            ));
        };
        if found == size && !is_of_other_parts(tag.as_deref(), &tags) {
            return Ok(());
        }
        completed?;
        // A store that does not compare the tags has taken a part of an overtaken request.
        _ = remote.delete(path);
        Err(io::Error::other(format!(
            "the bucket has made another object of blob {}",
            self.id
        )))
    }

    /// Removes the state of a request that was late, with all that it names. The complete object of another request stays.
    pub(crate) fn withdraw(&mut self, remote: &Remote) -> io::Result<()> {
        if !self.is_holder || self.replaces || self.complete.is_some() {
            return Ok(());
        }
        _ = self.settle();
        _ = self.settle_recording();
        self.is_broken = true;
        let state = remote.state_of(&self.id)?;
        if state.is_some_and(|(state, _)| state.holder == self.manifest.holder) {
            self.orphans.extend(self.manifest.upload.take());
            self.clear(remote);
        }
        Ok(())
    }

    /// Deletes the objects of the open blob.
    fn clear(&mut self, remote: &Remote) {
        let segments = mem::take(&mut self.manifest.segments);
        let names = segments.into_iter().map(|segment| segment.name);
        for name in names.chain(mem::take(&mut self.obsolete)).chain([STATE.to_owned()]) {
            _ = remote.delete(remote.object(&self.id, &name));
        }
        for upload in mem::take(&mut self.orphans) {
            _ = remote.abort_multipart(remote.complete(&self.id), &upload);
        }
        self.seen = Seen::Unknown;
        self.is_holder = false;
    }
}

/// Reads `size` bytes.
pub(crate) async fn collected(
    mut body: futures_util::stream::BoxStream<'static, object_store::Result<Bytes>>,
    size: u64,
    id: &str,
) -> io::Result<Vec<u8>> {
    use futures_util::StreamExt;
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece.map_err(crate::remote::failed)?);
    }
    if bytes.len() as u64 == size {
        return Ok(bytes);
    }
    let text = format!("the bytes of blob {id} were cut off");
    Err(io::Error::new(ErrorKind::NotConnected, text))
}

/// The error of a request that another one has overtaken.
pub(crate) fn stale(id: &str) -> io::Error {
    let text = format!("blob {id} has been taken over by another request");
    io::Error::new(ErrorKind::StaleNetworkFileHandle, text)
}

fn plain(tag: &str) -> &str {
    tag.trim_matches('"')
}

fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_tag_of_parts(tag: &str) -> bool {
    tag.split_once('-')
        .is_some_and(|(hash, count)| is_md5(hash) && count.parse::<usize>().is_ok())
}

/// Whether the ETag of an object says that it does not consist of the parts with these tags.
pub(crate) fn is_of_other_parts(tag: Option<&str>, tags: &[String]) -> bool {
    let found = tag.map(plain).filter(|tag| is_tag_of_parts(tag));
    match (found, tag_of_parts(tags)) {
        (Some(found), Some(expected)) => !found.eq_ignore_ascii_case(&expected),
        _ => false,
    }
}

/// The ETag of an object of these parts: the MD5 of their MD5s, and their number. `None` if the tags are none.
fn tag_of_parts(tags: &[String]) -> Option<String> {
    let mut hasher = Md5::new();
    for tag in tags {
        let tag = plain(tag);
        if !is_md5(tag) {
            return None;
        }
        let bytes: Option<Vec<u8>> = (0..16)
            .map(|at| u8::from_str_radix(&tag[2 * at..2 * at + 2], 16).ok())
            .collect();
        hasher.update(bytes?);
    }
    let hash: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{hash}-{}", tags.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_of_parts_is_that_of_s3() {
        // The MD5 of "hello" and of "world".
        let tags = [
            "\"5d41402abc4b2a76b9719d911017c592\"",
            "7d793037a0760186574b0282f2f435e7",
        ];
        let tags = tags.map(str::to_owned);
        let tag = tag_of_parts(&tags).expect("MD5s");
        assert!(is_tag_of_parts(&tag) && tag.ends_with("-2"), "{tag}");
        assert_eq!(tag_of_parts(&["not an MD5".to_owned()]), None);
        assert!(!is_of_other_parts(Some(&format!("\"{tag}\"")), &tags));
        assert!(!is_of_other_parts(Some(&tag.to_uppercase()), &tags));
        assert!(is_of_other_parts(Some(&tag), &tags[..1]));
        // What is no MD5 says nothing.
        assert!(!is_of_other_parts(Some("opaque"), &tags) && !is_of_other_parts(None, &tags));
        assert!(!is_of_other_parts(Some(&tag), &["opaque".to_owned()]));
        assert!(!is_tag_of_parts("5d41402abc4b2a76b9719d911017c592"));
    }
}
