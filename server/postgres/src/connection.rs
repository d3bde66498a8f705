//! A connection that is lent, and how long the database may take to answer on it.
//!
//! The database limits statements itself. That limit ends nothing while a backend is stopped, while a failover leaves packets without an
//! answer, or while COMMIT waits for a standby. So this side has a limit too, which is longer. After it, the connection is closed and nobody
//! uses it again. The statement may have run nevertheless.
//!
//! An address may lead to a standby, or to a primary that became one. Its connections stay when the address leads elsewhere, so a connection that
//! is found to lead to a standby is closed with all that nobody uses.

use crate::failure::{StatementError, Unanswered};
use crate::limits::Limits;
use crate::values::Value;
use deadpool_postgres::Object;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage};
use tracing::{Span, field};
use wix_media::catalog;

type Answer<T> = std::result::Result<T, StatementError>;

/// A connection that nobody else uses. Dropped, it goes back to the pool, so it must have no open transaction then.
pub(crate) struct Connection {
    /// `None` once it is dropped.
    object: Option<Object>,
    handle: Handle,
    limits: Limits,
    /// The hosts that it may lead to, and their ports.
    hosts: Arc<str>,
    /// The span of its transaction.
    span: Span,
    /// How long the database lets a statement run.
    statement_timeout: Cell<Duration>,
    /// After how long a statement was given up.
    unanswered: Cell<Option<Duration>>,
    /// Whether it leads to a database that takes no changes.
    is_retired: Cell<bool>,
}

/// The name of what a statement does, for traces. They never contain the statement, which may have values in it.
fn operation(sql: &str) -> &'static str {
    const NAMES: [&str; 6] = ["BEGIN", "DELETE", "INSERT", "SELECT", "UPDATE", "WITH"];
    if sql.ends_with("; COMMIT") {
        return "COMMIT";
    }
    let first = sql.split_whitespace().next().unwrap_or_default();
    let found = NAMES.iter().find(|name| first.eq_ignore_ascii_case(name));
    found.copied().unwrap_or("statement")
}

impl Connection {
    pub(crate) fn new(object: Object, handle: Handle, limits: &Limits, hosts: &Arc<str>, span: Span) -> Connection {
        Connection {
            object: Some(object),
            handle,
            limits: limits.clone(),
            hosts: Arc::clone(hosts),
            span,
            statement_timeout: Cell::new(limits.statement_timeout),
            unanswered: Cell::new(None),
            is_retired: Cell::new(false),
        }
    }

    /// Takes over how long the database lets the following statements run.
    pub(crate) fn expect_within(&self, statement_timeout: Duration) {
        self.statement_timeout.set(statement_timeout);
    }

    /// How long the answer to a statement may take.
    fn limit(&self) -> Duration {
        self.statement_timeout.get() + self.limits.answer_margin
    }

    /// The client for the next statement. On a connection that is given up there is none: its next answer could be that to an
    /// earlier statement.
    fn client(&self) -> Answer<&Client> {
        match (&self.object, self.unanswered.get()) {
            (Some(object), None) => Ok(object),
            (_, limit) => Err(self.unanswered_after(limit.unwrap_or_default())),
        }
    }

    fn unanswered_after(&self, after: Duration) -> StatementError {
        let hosts = Arc::clone(&self.hosts);
        Unanswered { hosts, after }.into()
    }

    /// Waits for the answer to a statement on this thread, which must not be one that runs futures.
    fn answer<T>(&self, operation: &'static str, statement: impl Future<Output = Result<T, Error>>) -> Answer<T> {
        let limit = self.limit();
        let answer = async { tokio::time::timeout(limit, statement).await };
        let span = tracing::info_span!(
            parent: &self.span,
            "statement",
            otel.name = operation,
            otel.kind = "client",
            otel.status_code = field::Empty,
            db.system.name = "postgresql",
            db.operation.name = operation,
        );
        let answer = match self.handle.block_on(answer) {
            Ok(answer) => answer.map_err(StatementError::Failed),
            Err(_) => {
                self.unanswered.set(Some(limit));
                Err(self.unanswered_after(limit))
            }
        };
        if let Err(error) = &answer {
            span.record("otel.status_code", "error");
            if error.is_read_only() {
                self.retire();
            }
        }
        answer
    }

    /// Runs a statement and returns its rows.
    pub(crate) fn query(&self, sql: &str, values: &[Value<'_>]) -> Answer<Vec<Row>> {
        self.answer(operation(sql), self.client()?.query_typed(sql, values))
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Answer<u64> {
        self.answer(operation(sql), self.client()?.execute_typed(sql, values))
    }

    /// Runs statements without values, and returns what they answer as texts.
    pub(crate) fn query_texts(&self, sql: &str) -> Answer<Vec<SimpleQueryMessage>> {
        self.answer(operation(sql), self.client()?.simple_query(sql))
    }

    /// Runs statements without values.
    pub(crate) fn run(&self, sql: &str) -> Answer<()> {
        self.answer(operation(sql), self.client()?.batch_execute(sql))
    }

    /// Runs the last statement of a transaction and its COMMIT, in one round trip.
    pub(crate) fn commit_after<T>(&self, statement: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Answer<T> {
        let client = self.client()?;
        self.answer("COMMIT", async {
            // Each is sent when it is polled first, and `biased` polls in this order. After an error, COMMIT rolls back.
            let (answer, committed) = tokio::join!(biased; statement(client), client.batch_execute("COMMIT"));
            let answer = answer?;
            committed.map(|()| answer)
        })
    }

    /// Closes the idle connections now, and this one once it is returned: the database takes no changes.
    pub(crate) fn retire(&self) {
        self.is_retired.set(true);
        if let Some(pool) = self.object.as_ref().and_then(Object::pool) {
            pool.retain(|_, _| false);
        }
    }

    /// Refuses a standby. Its rows may be older than those that another process has read.
    pub(crate) fn check_primary(&self, is_standby: bool) -> catalog::Result<()> {
        if is_standby {
            self.retire();
            return Err(catalog::Error::Unavailable("the database is a standby".into()));
        }
        Ok(())
    }

    /// Whether nobody may use the connection again.
    fn is_given_up(&self) -> bool {
        self.unanswered.get().is_some() || self.is_retired.get()
    }

    /// Ends a transaction without waiting for it.
    pub(crate) fn roll_back(mut self) {
        let limit = self.limits.statement_timeout + self.limits.answer_margin;
        if self.is_given_up() {
            return;
        }
        let Some(object) = self.object.take() else { return };
        self.handle.spawn(async move {
            let ended = tokio::time::timeout(limit, object.batch_execute("ROLLBACK")).await;
            if !matches!(ended, Ok(Ok(()))) {
                drop(Object::take(object));
            }
        });
    }

    /// Closes the connection, which ends its transaction.
    pub(crate) fn close(mut self) {
        self.object.take().map(Object::take);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_given_up() {
            self.object.take().map(Object::take);
        }
    }
}
