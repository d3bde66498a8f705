//! The lock of a store in a file.
//!
//! The life cycle of a lock, and why each step is safe, stands in `pkg-template/manager/storage/lock.js`, which speaks the same
//! protocol, and in `docs/manager.md`. In short: the owner is the process that created `lock.N`, for as long as that file
//! exists. It increments a beat in it, and reads it before it writes. Others take over when the owner is certainly gone, or
//! when they have watched the beat stand still; they create `lock.N+1` and remove `lock.N`.
//!
//! Natively the file `catalog.db.lock` is locked by the operating system besides. That lock ends with its process and holds
//! in every namespace of one machine, so the holder knows that an older owner with such a lock is gone. JavaScript has none,
//! and not every network file system passes it on, so it cannot replace the beat.

use super::super::{Error, Result};
use std::collections::hash_map::RandomState;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

/// The name of a catalog that shares its directory's lock with the package for JavaScript.
const CATALOG: &str = "catalog.db";
const FORMAT: &str = "wix-media lock 1";
/// A member of which nothing is known.
const UNKNOWN: &str = "-";

/// The intervals of a lock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// How often the owner increments the beat.
    pub(super) beat: Duration,
    /// How long the owner relies on having read its file.
    pub(super) confirm: Duration,
    /// How long the beat stands still before others take over.
    pub(super) stale: Duration,
    /// How long a new owner waits before it writes. Longer than `confirm`.
    pub(super) grace: Duration,
    /// How often a lock is read that is being watched.
    pub(super) poll: Duration,
}

impl Default for Times {
    fn default() -> Times {
        Times {
            beat: Duration::from_secs(2),
            confirm: Duration::from_secs(3),
            stale: Duration::from_secs(9),
            grace: Duration::from_millis(4500),
            poll: Duration::from_millis(200),
        }
    }
}

/// How many reads a watched lock must stay the same for, besides: a reader that was stopped itself has not watched.
const MIN_POLLS: u32 = 20;

/// What the file of a lock says about its owner, as lines of a name and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    owner: String,
    host: String,
    boot: String,
    namespace: String,
    pid: u32,
    started: String,
    state: State,
    /// Whether the owner has the lock of the operating system too.
    has_flock: bool,
    beat: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The owner has not replaced the files of the catalog yet.
    Claiming,
    /// The owner failed before it had replaced them.
    Aborted,
    Held,
    Released,
}

impl State {
    const ALL: [(State, &str); 4] = [
        (State::Claiming, "claiming"),
        (State::Aborted, "aborted"),
        (State::Held, "held"),
        (State::Released, "released"),
    ];

    fn name(self) -> &'static str {
        let found = State::ALL.iter().find(|(state, _)| *state == self);
        found.map_or("", |(_, name)| name)
    }
}

fn text_of(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// The state of a process, and when it started. `None` for no process, or where the system does not tell.
fn process(pid: u32) -> Option<(String, String)> {
    let stat = text_of(&format!("/proc/{pid}/stat"))?;
    let mut members = stat[stat.rfind(')')? + 1..].split_ascii_whitespace();
    let state = members.next()?.to_owned();
    // The start time is the 22nd member, the state the third.
    Some((state, members.nth(18)?.to_owned()))
}

impl Record {
    /// The record of this process.
    fn own(has_flock: bool) -> Record {
        let random = || RandomState::new().build_hasher().finish();
        let known = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| UNKNOWN.into());
        let namespace = fs::read_link("/proc/self/ns/pid").ok();
        Record {
            owner: format!("{:016x}{:016x}", random(), random()),
            host: known(text_of("/proc/sys/kernel/hostname")),
            boot: known(text_of("/proc/sys/kernel/random/boot_id")),
            namespace: known(namespace.map(|path| path.to_string_lossy().into_owned())),
            pid: std::process::id(),
            started: known(process(std::process::id()).map(|(_, started)| started)),
            state: State::Claiming,
            has_flock,
            beat: 0,
        }
    }

    /// The text of a file. The values that change have a fixed width, so that one write replaces them.
    fn text(&self) -> String {
        let flock = if self.has_flock { "flock yes\n" } else { "" };
        format!(
            "{FORMAT}\nowner {}\nhost {}\nboot {}\nnamespace {}\npid {}\nstarted {}\n{flock}state {:<8}\nbeat {:012}\n",
            self.owner,
            self.host,
            self.boot,
            self.namespace,
            self.pid,
            self.started,
            self.state.name(),
            self.beat,
        )
    }

    /// The record in a text. `None` for one that is not complete.
    fn parse(text: &str) -> Option<Record> {
        let mut lines = text.lines();
        if lines.next()? != FORMAT {
            return None;
        }
        let members: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(' ')).collect();
        let member = |name: &str| {
            let found = members.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| value.trim().to_owned())
        };
        let state = member("state")?;
        Some(Record {
            owner: member("owner")?,
            host: member("host")?,
            boot: member("boot")?,
            namespace: member("namespace")?,
            pid: member("pid")?.parse().ok()?,
            started: member("started")?,
            state: State::ALL.iter().find(|(_, name)| *name == state)?.0,
            has_flock: member("flock").is_some_and(|flock| flock == "yes"),
            beat: member("beat")?.parse().ok()?,
        })
    }
}

/// What is certain about the owner of a lock.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Gone,
    Alive,
    Unknown,
}

impl Fate {
    /// The fate of the owner of `record`, seen by the process of `own`, which has the lock of the operating system.
    fn of(record: Option<&Record>, own: &Record) -> Fate {
        let Some(record) = record else { return Fate::Unknown };
        if matches!(record.state, State::Released | State::Aborted) {
            return Fate::Gone;
        }
        // Without ids of boots, machines cannot be told apart. The lock of the operating system has to do there.
        let is_same_boot = record.boot == own.boot && (own.boot != UNKNOWN || record.has_flock);
        if !is_same_boot {
            return Fate::Unknown;
        }
        if record.has_flock && own.has_flock {
            return Fate::Gone;
        }
        if record.namespace != own.namespace || record.pid == own.pid {
            return Fate::Unknown;
        }
        match process(record.pid) {
            // Without /proc nothing is certain.
            None if own.started == UNKNOWN => Fate::Unknown,
            None => Fate::Gone,
            Some((state, started)) if state == "Z" || (record.started != UNKNOWN && started != record.started) => {
                Fate::Gone
            }
            // A stopped process may never go on.
            Some((state, started)) if !matches!(&*state, "T" | "t") && started == record.started => Fate::Alive,
            Some(_) => Fate::Unknown,
        }
    }
}

/// The file of an owner.
#[derive(Debug)]
struct Owned {
    path: PathBuf,
    confirm: Duration,
    inner: Mutex<Inner>,
    /// Told when the owner ends.
    ended: Condvar,
}

#[derive(Debug)]
struct Inner {
    record: Record,
    /// What the file holds.
    text: String,
    confirmed: (Instant, SystemTime),
    is_lost: bool,
    is_ended: bool,
}

impl Owned {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the file is still that of this owner, as far as is known.
    fn check(&self) -> bool {
        let mut inner = self.lock();
        if inner.is_lost {
            return false;
        }
        // Neither clock suffices: the monotonic one stands still while the machine sleeps, and the other one is set.
        let (steady, wall) = inner.confirmed;
        let wall = SystemTime::now()
            .duration_since(wall)
            .unwrap_or_else(|error| error.duration());
        steady.elapsed().max(wall) < self.confirm || self.confirm(&mut inner)
    }

    /// Reads the file and increments its beat. Returns whether it is still that of this owner.
    fn confirm(&self, inner: &mut Inner) -> bool {
        let now = (Instant::now(), SystemTime::now());
        let found = OpenOptions::new().read(true).write(true).open(&self.path);
        let found = found.and_then(|mut file| {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            Ok((file, text))
        });
        match found {
            Ok((mut file, text)) if text == inner.text => {
                inner.confirmed = now;
                inner.record.beat += 1;
                let text = inner.record.text();
                // Without room or rights the beat stands still, and others take over at worst.
                let written = file
                    .seek(SeekFrom::Start(0))
                    .and_then(|_| file.write_all(text.as_bytes()));
                if written.is_ok() {
                    inner.text = text;
                }
                true
            }
            Ok(_) => {
                inner.is_lost = true;
                false
            }
            Err(error) => {
                // Other errors may pass: the file can still be there.
                let kinds = [
                    ErrorKind::NotFound,
                    ErrorKind::StaleNetworkFileHandle,
                    ErrorKind::NotADirectory,
                ];
                inner.is_lost = kinds.contains(&error.kind());
                false
            }
        }
    }

    fn set_state(&self, state: State) {
        let mut inner = self.lock();
        if !inner.is_lost {
            inner.record.state = state;
            self.confirm(&mut inner);
        }
    }

    /// Increments the beat until the owner ends.
    fn keep_beating(&self, every: Duration) {
        let mut inner = self.lock();
        while !inner.is_ended && !inner.is_lost {
            let waited = self.ended.wait_timeout(inner, every);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
            if !inner.is_ended {
                self.confirm(&mut inner);
            }
        }
    }
}

/// The lock of a store, for as long as the value lives.
#[derive(Debug)]
pub(super) struct Lock {
    /// `None` for a store with another name than the package for JavaScript gives it.
    owned: Option<(Arc<Owned>, JoinHandle<()>)>,
    // Dropped last: whoever gets it may rely on the other lock being released.
    _flock: Flock,
}

/// A file that the operating system has locked.
#[derive(Debug)]
struct Flock(File);

impl Drop for Flock {
    fn drop(&mut self) {
        // To close the file is not enough: a process that is just being started has a copy of it, which would hold the lock for a moment.
        _ = self.0.unlock();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let Some((owned, thread)) = self.owned.take() else {
            return;
        };
        let is_held = owned.lock().record.state == State::Held;
        owned.set_state(if is_held { State::Released } else { State::Aborted });
        owned.lock().is_ended = true;
        owned.ended.notify_all();
        // It ends at once. A panic in it would have left nothing to undo.
        _ = thread.join();
    }
}

fn failed(cause: std::io::Error) -> Error {
    Error::Store(Box::new(cause))
}

impl Lock {
    /// Locks the store at `path`. Waits up to the sum of `stale` and `grace` when it cannot tell whether the owner lives.
    pub(super) fn acquire(path: &Path, times: Times) -> Result<Lock> {
        let flock = flock(path)?;
        if path.file_name().is_none_or(|name| name != CATALOG) {
            return Ok(Lock {
                owned: None,
                _flock: flock,
            });
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        let (owned, is_certain) = claim(folder, times)?;
        let owned = Arc::new(owned);
        let beating = Arc::clone(&owned);
        let thread = thread::Builder::new().name("wix-media-lock".into());
        let thread = thread.spawn(move || beating.keep_beating(times.beat)).map_err(failed)?;
        let lock = Lock {
            owned: Some((Arc::clone(&owned), thread)),
            _flock: flock,
        };
        if !is_certain {
            thread::sleep(times.grace);
            replace_catalog(folder, path).map_err(failed)?;
        }
        owned.set_state(State::Held);
        Ok(lock)
    }

    /// Fails once another process may have taken over.
    pub(super) fn check(&self) -> Result<()> {
        match &self.owned {
            Some((owned, _)) if !owned.check() => Err(Error::LockLost),
            _ => Ok(()),
        }
    }
}

/// The file beside a store whose name has a suffix more, as SQLite names its own.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Takes the lock of the operating system, which ends with its process. SQLite's own lock on the store would keep out the
/// connections that read.
fn flock(path: &Path) -> Result<Flock> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(false)
        .open(beside(path, ".lock"))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Flock(file)),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Locked),
        Err(fs::TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// The locks in a folder: their numbers and texts, oldest first.
fn locks_in(folder: &Path) -> std::io::Result<Vec<(u64, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if let Some(number) = name.strip_prefix("lock.").and_then(|number| number.parse().ok()) {
            found.push((number, fs::read_to_string(folder.join(&name)).unwrap_or_default()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn file_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("lock.{number}"))
}

/// Creates the next lock of a folder, once the older ones belong to nobody. Returns whether that was certain.
fn claim(folder: &Path, times: Times) -> Result<(Owned, bool)> {
    let own = Record::own(true);
    // The locks that are watched: what they say, since when, and how often they were read.
    let mut watched: Vec<(u64, String, Instant, u32)> = Vec::new();
    loop {
        let found = locks_in(folder).map_err(failed)?;
        let (mut is_free, mut is_certain) = (true, true);
        for (number, text) in &found {
            let record = Record::parse(text);
            let fate = Fate::of(record.as_ref(), &own);
            if fate == Fate::Alive {
                return Err(Error::Locked);
            }
            let is_unsettled = record.is_some_and(|record| matches!(record.state, State::Claiming | State::Aborted));
            is_certain &= fate == Fate::Gone && !is_unsettled;
            if fate == Fate::Gone {
                continue;
            }
            match watched.iter_mut().find(|(other, ..)| other == number) {
                Some((_, before, ..)) if before != text => return Err(Error::Locked),
                Some((_, _, since, polls)) => {
                    *polls += 1;
                    is_free &= since.elapsed() >= times.stale && *polls > MIN_POLLS;
                }
                None => {
                    watched.push((*number, text.clone(), Instant::now(), 1));
                    is_free = false;
                }
            }
        }
        if is_free && let Some(owned) = create(folder, &found, own.clone(), times).map_err(failed)? {
            return Ok((owned, is_certain));
        }
        thread::sleep(times.poll);
    }
}

/// Creates the lock after these, and removes them. `None` when another process was faster.
fn create(folder: &Path, found: &[(u64, String)], record: Record, times: Times) -> std::io::Result<Option<Owned>> {
    let number = found.last().map_or(0, |(number, _)| *number) + 1;
    let path = file_of(folder, number);
    let confirmed = (Instant::now(), SystemTime::now());
    let text = record.text();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(mut file) => file.write_all(text.as_bytes())?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(error),
    }
    let now = locks_in(folder)?;
    let is_latest = now.last().is_some_and(|(latest, _)| *latest == number);
    if !is_latest || !found.iter().all(|lock| now.contains(lock)) {
        fs::remove_file(&path)?;
        return Ok(None);
    }
    for (number, _) in found {
        match fs::remove_file(file_of(folder, *number)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(Some(Owned {
        path,
        confirm: times.confirm,
        inner: Mutex::new(Inner {
            record,
            text,
            confirmed,
            is_lost: false,
            is_ended: false,
        }),
        ended: Condvar::new(),
    }))
}

/// Replaces the files of the catalog by copies: a write of an older owner that was stopped in its middle then hits files that
/// nobody reads.
fn replace_catalog(folder: &Path, path: &Path) -> std::io::Result<()> {
    match fs::remove_file(beside(path, "-shm")) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for file in [path.to_owned(), beside(path, "-wal")] {
        if file.exists() {
            let copy = beside(&file, ".copy");
            fs::copy(&file, &copy)?;
            File::open(&copy)?.sync_all()?;
            fs::rename(&copy, &file)?;
        }
    }
    // Otherwise a power failure could bring the old files back, without what the new owner has written.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};

    /// Beats are seen soon, and however busy the machine is, no living owner is taken for a dead one.
    const PATIENT: Times = Times {
        beat: Duration::from_millis(20),
        confirm: Duration::ZERO,
        stale: Duration::from_secs(3600),
        grace: Duration::from_millis(100),
        poll: Duration::from_millis(10),
    };
    /// A lock that does not beat is taken over soon.
    const HASTY: Times = Times {
        stale: Duration::from_millis(200),
        ..PATIENT
    };

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let path = std::env::temp_dir().join(format!("wix-media-lock-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a folder");
            Scratch(path)
        }

        fn acquire(&self, times: Times) -> Result<Lock> {
            Lock::acquire(&self.0.join(CATALOG), times)
        }

        /// Leaves the lock of another owner.
        fn leave(&self, number: u64, record: &Record) {
            fs::write(file_of(&self.0, number), record.text()).expect("written");
        }

        fn numbers(&self) -> Vec<u64> {
            let locks = locks_in(&self.0).expect("locks");
            locks.into_iter().map(|(number, _)| number).collect()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    struct Sleeper(Child);

    impl Sleeper {
        fn new() -> Sleeper {
            Sleeper(Command::new("sleep").arg("1000").spawn().expect("a process"))
        }
    }

    impl Drop for Sleeper {
        fn drop(&mut self) {
            _ = self.0.kill();
            _ = self.0.wait();
        }
    }

    /// The lock of the package for JavaScript in this process, which `pid` changes.
    fn record_of(pid: u32) -> Record {
        Record {
            pid,
            started: process(pid).map_or_else(|| UNKNOWN.into(), |(_, started)| started),
            state: State::Held,
            ..Record::own(false)
        }
    }

    #[test]
    fn text_of_the_package_for_javascript_is_read() {
        let text = "wix-media lock 1\nowner 0b4c\nhost here\nboot 3f\nnamespace pid:[4026531836]\npid 7\nstarted 12\n\
                    state held    \nbeat 000000000005\n";
        let record = Record::parse(text).expect("a record");
        assert_eq!(
            (record.pid, record.state, record.beat, record.has_flock),
            (7, State::Held, 5, false)
        );
        assert_eq!(record.text(), text);
        assert_eq!(Record::parse(""), None);
        assert_eq!(Record::parse(&text[..60]), None);
    }

    #[test]
    fn released_lock_is_taken_at_once_and_numbers_grow() {
        let scratch = Scratch::new("released");
        for number in 1..4 {
            let lock = scratch.acquire(PATIENT).expect("a lock");
            assert_eq!(scratch.numbers(), [number]);
            assert!(matches!(scratch.acquire(PATIENT), Err(Error::Locked)));
            lock.check().expect("held");
        }
    }

    #[test]
    fn lock_ends_although_a_child_process_has_a_copy_of_its_file() {
        let scratch = Scratch::new("copied");
        let lock = scratch.acquire(PATIENT).expect("a lock");
        let copy = lock._flock.0.try_clone().expect("a copy");
        drop(lock);
        assert!(scratch.acquire(PATIENT).is_ok());
        drop(copy);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn living_process_keeps_its_lock_and_a_dead_one_loses_it() {
        let scratch = Scratch::new("process");
        let sleeper = Sleeper::new();
        let record = record_of(sleeper.0.id());
        scratch.leave(1, &record);
        assert!(matches!(scratch.acquire(PATIENT), Err(Error::Locked)));
        drop(sleeper);
        assert!(scratch.acquire(PATIENT).is_ok());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn reused_process_id_is_noticed() {
        let scratch = Scratch::new("reused");
        let sleeper = Sleeper::new();
        scratch.leave(
            1,
            &Record {
                started: "1".into(),
                ..record_of(sleeper.0.id())
            },
        );
        assert!(scratch.acquire(PATIENT).is_ok());
    }

    #[test]
    fn lock_of_another_machine_is_watched_and_then_taken() {
        let scratch = Scratch::new("machine");
        let record = Record {
            boot: "other".into(),
            ..record_of(1)
        };
        scratch.leave(4, &record);
        let begun = Instant::now();
        let lock = scratch.acquire(HASTY).expect("a lock");
        assert!(begun.elapsed() >= HASTY.stale + HASTY.grace);
        assert_eq!(scratch.numbers(), [5]);
        lock.check().expect("held");
    }

    #[test]
    fn lock_of_another_machine_that_beats_is_respected() {
        let scratch = Scratch::new("beating");
        let record = Record {
            boot: "other".into(),
            ..record_of(1)
        };
        scratch.leave(1, &record);
        thread::scope(|scope| {
            let opened = scope.spawn(|| scratch.acquire(PATIENT));
            let mut beat = 0;
            while !opened.is_finished() {
                beat += 1;
                scratch.leave(1, &Record { beat, ..record.clone() });
                thread::sleep(PATIENT.beat);
            }
            assert!(matches!(opened.join().expect("no panic"), Err(Error::Locked)));
        });
    }

    #[test]
    fn overtaken_owner_fails_for_good() {
        let scratch = Scratch::new("overtaken");
        let lock = scratch.acquire(PATIENT).expect("a lock");
        lock.check().expect("held");
        // As a process of another container does.
        scratch.leave(2, &record_of(1));
        fs::remove_file(file_of(&scratch.0, 1)).expect("removed");
        assert!(matches!(lock.check(), Err(Error::LockLost)));
        fs::write(file_of(&scratch.0, 1), Record::own(true).text()).expect("written");
        assert!(matches!(lock.check(), Err(Error::LockLost)));
        drop(lock);
        assert_eq!(scratch.numbers(), [1, 2], "an overtaken owner touches nothing");
    }

    #[test]
    fn takeover_that_failed_is_repeated() {
        let scratch = Scratch::new("aborted");
        fs::write(scratch.0.join(CATALOG), "content").expect("written");
        let old = File::open(scratch.0.join(CATALOG)).expect("opened");
        scratch.leave(
            1,
            &Record {
                state: State::Aborted,
                ..record_of(1)
            },
        );
        drop(scratch.acquire(PATIENT).expect("a lock"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let ino = |file: &File| file.metadata().expect("metadata").ino();
            let new = File::open(scratch.0.join(CATALOG)).expect("opened");
            assert_ne!(ino(&old), ino(&new), "the catalog was replaced");
        }
        assert_eq!(fs::read(scratch.0.join(CATALOG)).expect("read"), b"content");
    }
}
