//! How many connections there are, and how long they may take.

use std::time::Duration;
use wix_media::catalog::{Error, Result};

/// How long a connection to a host may take, a statement, the end of one that the database has not ended by then, and the search for a
/// commit whose answer was lost.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
const ANSWER_MARGIN: Duration = Duration::from_secs(5);
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(10);

/// How many connections there are, and how long they may take.
///
/// ```
/// use wix_media_postgres::Limits;
///
/// let limits = Limits { connections: 4, ..Limits::default() };
/// assert!(limits.lock_timeout < limits.statement_timeout);
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most connections of this process.
    pub connections: usize,
    /// How many of them may hold a snapshot that lasts, such as that of an export. Fewer than there are connections.
    pub long_snapshots: usize,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a transaction waits for those before it in this process: for a free connection, and for the turn of a writer.
    pub queue_timeout: Duration,
    /// How long a writer waits for one of another process.
    pub lock_timeout: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
    /// How long a statement may take that changes everything, of an import or a reset.
    pub load_timeout: Duration,
    /// How much longer than the database this process waits for the end of a statement, before it closes the connection: for a
    /// database that has stopped, and a network that loses everything.
    pub answer_margin: Duration,
    /// How long a commit without an answer is looked for.
    pub resolve_timeout: Duration,
    /// How long a transaction may do nothing before the database ends it: what a process holds that has stopped without
    /// an end.
    pub idle_timeout: Duration,
    /// The same for a snapshot that lasts.
    pub long_idle_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 16,
            long_snapshots: 4,
            connect_timeout: CONNECT_TIMEOUT,
            queue_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            statement_timeout: STATEMENT_TIMEOUT,
            load_timeout: Duration::from_secs(3600),
            answer_margin: ANSWER_MARGIN,
            resolve_timeout: RESOLVE_TIMEOUT,
            idle_timeout: Duration::from_secs(10),
            long_idle_timeout: Duration::from_secs(600),
        }
    }
}

impl Limits {
    /// Refuses limits with which no transaction could run.
    pub(crate) fn check(&self) -> Result<()> {
        let refused = |text: String| Err(Error::Store(format!("invalid limits: {text}").into()));
        if self.connections == 0 {
            return refused("expected at least 1 connection, found 0".to_owned());
        }
        if self.long_snapshots >= self.connections {
            return refused(format!(
                "expected fewer long snapshots than connections ({}), found {}",
                self.connections, self.long_snapshots
            ));
        }
        let times = [
            ("connect_timeout", self.connect_timeout),
            ("queue_timeout", self.queue_timeout),
            ("lock_timeout", self.lock_timeout),
            ("statement_timeout", self.statement_timeout),
            ("load_timeout", self.load_timeout),
            ("answer_margin", self.answer_margin),
            ("resolve_timeout", self.resolve_timeout),
            ("idle_timeout", self.idle_timeout),
            ("long_idle_timeout", self.long_idle_timeout),
        ];
        // The database takes 0 for "no limit", and has 31 bits for each.
        for (name, time) in times {
            if !(1..=i32::MAX as u128).contains(&time.as_millis()) {
                return refused(format!("expected a {name} of 1 ms to {} ms, found {time:?}", i32::MAX));
            }
        }
        Ok(())
    }
}
