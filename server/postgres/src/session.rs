//! Transactions.
//!
//! A snapshot is a transaction that reads, and lasts as long as its [`Session`]. A writer locks the row of its site in `tail` first,
//! so the writers of a site take turns in all processes, and each statement sees everything that earlier writers committed. Their
//! changes of that row are collected, and written with the commit in one round trip.
//!
//! Each commit leaves a mark in the row. When the connection breaks during a commit, the marks tell whether it happened: the next
//! connection waits for the row, and looks. Nothing less does. The database itself may forget the number of a transaction in a
//! crash, and give it to another one.
//!
//! Statements that find rows by their ids, or pages in the order of an index, say `site = (SELECT $1)`, not `site = $1`. Where the planner sees
//! the number of a site that is newer than the statistics, it expects one row, so any index that begins with the site seems as good as the
//! right one. In a new site of 19,000 files beside one of 200,000, it read a whole index for a descriptor: 1 ms in place of 0.02. The others
//! show the number. Without it, the planner takes the site for an average one, and may read those of others before it finds a first row.

use crate::audit::Trace;
use crate::clock::NOW;
use crate::connection::Connection;
use crate::connections::Connections;
use crate::failure::StatementError;
use crate::limits::Limits;
use crate::values::{Value, get, values};
use crate::version;
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;
use tokio_postgres::{Row, SimpleQueryMessage};
use wix_media::catalog::{Error, Read, Result, Write};

/// How many marks of commits a site keeps.
const MARKS: i64 = 32;

/// How long it takes until a commit whose answer was lost is looked for again.
const RESOLVE_INTERVAL: Duration = Duration::from_millis(100);

/// The purpose of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reading.
    Snapshot,
    /// Reading for a long time.
    Long,
    /// Writing. The commit of a lazy writer does not wait for the disk.
    Writer { is_lazy: bool },
}

/// The row of a site that each writer locks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) last_event: i64,
    pub(crate) bytes: i64,
    commits: i64,
}

/// A transaction: one that reads, or one that also writes.
pub(crate) struct Session {
    connections: Arc<Connections>,
    /// `None` once the transaction has ended.
    connection: Option<Connection>,
    pub(crate) site: i64,
    pub(crate) tail: Tail,
    /// Whether the site may have stale files.
    pub(crate) has_stale: bool,
    /// Whether a statement failed. The database then answers COMMIT by a rollback, and reports no error.
    has_failed: Cell<bool>,
    kind: Kind,
    /// What it has touched, for its record. `None` if there is to be none.
    pub(crate) trace: Option<Trace>,
    /// The turn of a writer, or the right to a snapshot that lasts.
    _permit: Option<OwnedSemaphorePermit>,
}

impl fmt::Debug for Session {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Session")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

/// The columns of the rows of an answer.
fn columns(messages: Vec<SimpleQueryMessage>) -> Vec<String> {
    let mut texts = Vec::new();
    for message in messages {
        if let SimpleQueryMessage::Row(row) = message {
            texts.extend((0..row.len()).map(|column| row.get(column).unwrap_or_default().to_owned()));
        }
    }
    texts
}

impl Session {
    /// Begins a transaction, in one round trip.
    pub(crate) fn begin(
        connections: &Arc<Connections>,
        site: i64,
        kind: Kind,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Session> {
        let connection = connections.lend()?;
        let limits = &connections.limits;
        let idle = match kind {
            Kind::Long => limits.long_idle_timeout,
            _ => limits.idle_timeout,
        };
        let isolation = match kind {
            Kind::Writer { .. } => "READ COMMITTED",
            _ => "REPEATABLE READ READ ONLY",
        };
        // Every setting is one of the transaction, because a pooler may give the next one another connection.
        let mut sql = format!(
            "BEGIN ISOLATION LEVEL {isolation}; SET LOCAL statement_timeout = {};
             SET LOCAL idle_in_transaction_session_timeout = {}; SET LOCAL lock_timeout = {};",
            limits.statement_timeout.as_millis(),
            idle.as_millis(),
            limits.lock_timeout.as_millis(),
        );
        if let Kind::Writer { is_lazy: true } = kind {
            sql.push_str("SET LOCAL synchronous_commit = off;");
        }
        let lock = match kind {
            Kind::Writer { .. } => " FOR UPDATE OF tail",
            _ => "",
        };
        if lock.is_empty() {
            // PostgreSQL takes the snapshot before a SELECT waits for its tables. After a wait for a migration, it would be that of the
            // old schema: the old version, and no rows in tables that were rewritten. LOCK needs no snapshot.
            sql.push_str("LOCK TABLE schema_version IN ACCESS SHARE MODE;");
        }
        // The version is that of a moment at which nobody changes the schema, also for a writer that waits for the row: the table is locked
        // before it is read. The stale folders and the time come from a statement of their own: the first is as old as its wait for the lock.
        sql.push_str(&format!(
            "SELECT version, oldest, pg_is_in_recovery(), last_event, bytes, commits FROM tail, schema_version WHERE site = {site}{lock};
             SELECT EXISTS (SELECT 1 FROM stale WHERE site = {site}), {NOW}"
        ));
        let mut session = Session {
            connections: Arc::clone(connections),
            connection: Some(connection),
            site,
            tail: Tail::default(),
            has_stale: false,
            has_failed: Cell::new(false),
            kind,
            trace: None,
            _permit: permit,
        };
        let columns = columns(session.connection()?.query_texts(&sql)?);
        let [version, oldest, is_standby, last_event, bytes, commits, has_stale, now] = &columns[..] else {
            return Err(Error::Store("the site was removed".into()));
        };
        let number = |text: &str| text.parse::<i64>().map_err(|error| Error::Store(Box::new(error)));
        version::check_version(number(version)?, number(oldest)?)?;
        session.connection()?.check_primary(is_standby == "t")?;
        connections.clock.tell(number(now)?);
        session.tail = Tail {
            last_event: number(last_event)?,
            bytes: number(bytes)?,
            commits: number(commits)?,
        };
        session.has_stale = has_stale == "t";
        Ok(session)
    }

    fn connection(&self) -> Result<&Connection> {
        self.connection
            .as_ref()
            .ok_or_else(|| Error::Store("the transaction has ended".into()))
    }

    fn kept<T>(&self, result: std::result::Result<T, StatementError>) -> Result<T> {
        result.map_err(|error| {
            self.has_failed.set(true);
            error.into()
        })
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        self.kept(self.connection()?.execute(sql, values))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.connections.limits
    }

    /// Sets how long each of the following statements may take.
    pub(crate) fn limit_statements(&self, timeout: Duration) -> Result<()> {
        let sql = "SELECT set_config('statement_timeout', $1, true)";
        self.run(sql, values![timeout.as_millis().to_string()])?;
        self.connection()?.expect_within(timeout);
        Ok(())
    }

    /// Every row of an answer.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let rows = self.kept(self.connection()?.query(sql, values))?;
        rows.iter().map(read).collect()
    }

    /// The first row of an answer.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.all(sql, values, read)?.into_iter().next())
    }

    /// The number in the first row of an answer, 0 without a row.
    pub(crate) fn number(&self, sql: &str, values: &[Value<'_>]) -> Result<i64> {
        Ok(self.one(sql, values, |row| get(row, 0))?.unwrap_or(0))
    }

    /// Whether a query that asks `SELECT EXISTS` finds something.
    pub(crate) fn exists(&self, sql: &str, values: &[Value<'_>]) -> Result<bool> {
        Ok(self.one(sql, values, |row| get(row, 0))?.unwrap_or(false))
    }

    /// Finds out whether a commit whose answer was lost has happened.
    ///
    /// The look ends with COMMIT, because the primary shows a commit that no synchronous standby has yet, once the connection that waited for one is
    /// gone. A failover would lose it. To lock the row is a change, so its COMMIT waits for the standby, and for all commits before it.
    fn resolve(&self, mark: i64, cause: StatementError) -> Result<()> {
        let (start, timeout) = (Instant::now(), self.limits().resolve_timeout);
        let sql = format!(
            "BEGIN; SET LOCAL lock_timeout = {0}; SET LOCAL statement_timeout = {0};
             SELECT commits, {mark} = ANY(marks) FROM tail WHERE site = {1} FOR UPDATE; COMMIT",
            timeout.as_millis(),
            self.site
        );
        while start.elapsed() < timeout {
            // The row is free once the transaction has ended, one way or the other.
            let answer = self.connections.lend().and_then(|connection| {
                connection.expect_within(timeout);
                let answer = connection.query_texts(&sql);
                if answer.is_err() {
                    // A failed statement leaves its transaction open, and the next user of the connection could not begin one.
                    connection.close();
                }
                Ok(answer?)
            });
            if let Ok(answer) = answer {
                match &columns(answer)[..] {
                    [_, marked] if marked == "t" => return Ok(()),
                    [commits, _]
                        if commits
                            .parse::<i64>()
                            .is_ok_and(|commits| commits - self.tail.commits < MARKS) =>
                    {
                        return Err(Error::Unavailable(cause.explain()));
                    }
                    _ => break,
                }
            }
            std::thread::sleep(RESOLVE_INTERVAL);
        }
        let cause = cause.explain();
        let text = format!("the connection broke during a commit, whose outcome is unknown: {cause}");
        // Not one that is tried again: the transaction would be run twice.
        Err(Error::TimedOut(text.into()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Not waited for: this may run while a thread panics, or on one that runs futures.
        if let Some(connection) = self.connection.take() {
            connection.roll_back();
        }
    }
}

impl Read for Session {}

impl Write for Session {
    fn commit(mut self: Box<Self>) -> Result<()> {
        if self.has_failed.get() || !matches!(self.kind, Kind::Writer { .. }) {
            return Err(Error::Store("the transaction has failed".into()));
        }
        let mark = self.connections.mark();
        let record = self.trace.take().map(|trace| trace.statement(self.site));
        let sql = format!(
            "{}UPDATE tail SET last_event = {}, bytes = {}, commits = commits + 1,
                 marks = (marks || {mark}::bigint)[greatest(cardinality(marks) + 2 - {MARKS}, 1):]
             WHERE site = {}; COMMIT",
            record.unwrap_or_default(),
            self.tail.last_event,
            self.tail.bytes,
            self.site
        );
        match self.connection()?.run(&sql) {
            Ok(()) => {
                self.connection = None;
                Ok(())
            }
            Err(error) if error.is_lost() => {
                // It leaves the pool before its successor is asked for.
                if let Some(connection) = self.connection.take() {
                    connection.close();
                }
                self.resolve(mark, error)
            }
            Err(error) => Err(error.into()),
        }
    }
}
