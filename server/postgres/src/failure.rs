//! Errors of PostgreSQL as errors of a catalog.

use deadpool_postgres::{PoolError, TimeoutType};
use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use wix_media::catalog;

/// An error of the driver, which by itself says `db error` and nothing else, with what the database said.
#[derive(Debug)]
struct Explained(Error);

impl fmt::Display for Explained {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)?;
        // Not its details, which quote the values of rows.
        if let Some(error) = self.0.as_db_error() {
            return write!(out, ": {} ({})", error.message(), error.code().code());
        }
        match self.0.source() {
            Some(cause) => write!(out, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Explained {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// The reason why a connection could not be made, with the hosts that were tried and their ports.
#[derive(Debug)]
struct Unconnected {
    hosts: Arc<str>,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for Unconnected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot connect to {}: {}", self.hosts, self.cause)
    }
}

impl std::error::Error for Unconnected {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}

/// A statement that was given up because no answer came.
#[derive(Clone, Debug)]
pub(crate) struct Unanswered {
    /// The hosts that the connection may have led to, and their ports.
    pub(crate) hosts: Arc<str>,
    pub(crate) after: Duration,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unanswered { hosts, after } = self;
        write!(
            out,
            "no answer from {hosts} within {after:?}, and the connection is closed"
        )
    }
}

impl std::error::Error for Unanswered {}

/// Why a statement has no result.
#[derive(Debug)]
pub(crate) enum StatementError {
    Failed(Error),
    Unanswered(Unanswered),
}

impl StatementError {
    /// Whether nobody knows what became of the statement.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            StatementError::Failed(error) => is_lost(error),
            StatementError::Unanswered(_) => true,
        }
    }

    /// Whether the database takes no changes, as a standby.
    pub(crate) fn is_read_only(&self) -> bool {
        matches!(self, StatementError::Failed(error) if error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION))
    }

    /// The cause of an error of a catalog.
    pub(crate) fn explain(self) -> Box<dyn std::error::Error + Send + Sync> {
        match self {
            StatementError::Failed(error) => explain(error),
            StatementError::Unanswered(unanswered) => Box::new(unanswered),
        }
    }
}

impl From<Unanswered> for StatementError {
    fn from(unanswered: Unanswered) -> StatementError {
        StatementError::Unanswered(unanswered)
    }
}

impl From<StatementError> for catalog::Error {
    fn from(error: StatementError) -> catalog::Error {
        match error {
            StatementError::Failed(error) => failure(error),
            StatementError::Unanswered(_) => catalog::Error::TimedOut(error.explain()),
        }
    }
}

/// Makes an error of the driver the cause of one of the catalog.
fn explain(error: Error) -> Box<dyn std::error::Error + Send + Sync> {
    Box::new(Explained(error))
}

/// The error of a catalog that an error of a statement or of a connection is.
pub(crate) fn failure(error: Error) -> catalog::Error {
    let Some(state) = error.code() else {
        if is_lost(&error) {
            return catalog::Error::Unavailable(explain(error));
        }
        return catalog::Error::Store(explain(error));
    };
    match *state {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => catalog::Error::Conflict,
        SqlState::QUERY_CANCELED => catalog::Error::TimedOut(explain(error)),
        // A writer that waited too long for one of another process, and a standby that was the primary until now.
        SqlState::LOCK_NOT_AVAILABLE | SqlState::READ_ONLY_SQL_TRANSACTION => {
            catalog::Error::Unavailable(explain(error))
        }
        SqlState::DISK_FULL => catalog::Error::Full(explain(error)),
        _ if is_outage(state) => catalog::Error::Unavailable(explain(error)),
        _ => catalog::Error::Store(explain(error)),
    }
}

/// Whether a transaction that did nothing else may succeed later: something else had a lock for too long, or waited for one of its own.
pub(crate) fn is_locked(error: &catalog::Error) -> bool {
    match error {
        catalog::Error::Conflict => true,
        catalog::Error::Unavailable(cause) => cause
            .downcast_ref()
            .is_some_and(|Explained(error)| error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)),
        _ => false,
    }
}

/// Whether the server refuses connections, or ended this one: connection exceptions, too few resources, and interventions of an
/// operator, such as a shutdown.
fn is_outage(state: &SqlState) -> bool {
    let code = state.code();
    code.starts_with("53") || is_end(state)
}

/// Whether the server ended the connection.
fn is_end(state: &SqlState) -> bool {
    let code = state.code();
    // 25P03 and 25P04: a transaction that was idle, or that ran, for too long.
    code.starts_with("08") || code.starts_with("57P") || matches!(code, "25P03" | "25P04")
}

/// Whether the connection broke, so that nobody knows what became of the last statement.
fn is_lost(error: &Error) -> bool {
    match error.code() {
        Some(state) => is_end(state),
        None => error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()),
    }
}

/// The error of a catalog that cannot get a connection to one of these hosts.
pub(crate) fn without_connection(error: PoolError, hosts: &Arc<str>) -> catalog::Error {
    let unconnected = |cause| {
        let hosts = Arc::clone(hosts);
        Box::new(Unconnected { hosts, cause })
    };
    let error = match error {
        PoolError::Backend(error) => error,
        // All connections are in use.
        error @ PoolError::Timeout(TimeoutType::Wait) => return catalog::Error::TimedOut(Box::new(error)),
        PoolError::Timeout(_) => return catalog::Error::TimedOut(unconnected("timed out".into())),
        error => return catalog::Error::Unavailable(Box::new(error)),
    };
    // A password that is wrong, or a database that does not exist, stays so.
    let stays = |state: &SqlState| state.code().starts_with("28") || *state == SqlState::UNDEFINED_DATABASE;
    if error.code().is_some_and(stays) {
        catalog::Error::Store(unconnected(explain(error)))
    } else {
        catalog::Error::Unavailable(unconnected(explain(error)))
    }
}
