//! Versions of the schema: those that a release knows, and the one of a database.

use crate::failure::StatementError;
use std::fmt;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;
use wix_media::catalog::{Error, Result};

/// One script per version, each with the oldest version of the schema that a release may know which goes on beside it.
pub(crate) const MIGRATIONS: [(&str, i64); 8] = [
    (include_str!("migrations/1.sql"), 1),
    (include_str!("migrations/2.sql"), 1),
    (include_str!("migrations/3.sql"), 1),
    (include_str!("migrations/4.sql"), 1),
    (include_str!("migrations/5.sql"), 1),
    (include_str!("migrations/6.sql"), 1),
    (include_str!("migrations/7.sql"), 1),
    (include_str!("migrations/8.sql"), 8),
];

/// The version of the schema that this release knows.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Why a database cannot be used before it is [migrated](crate::Store::migrate): the cause of an
/// [`Error::Unavailable`](wix_media::catalog::Error::Unavailable).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OlderSchema {
    /// The version of its schema, 0 without one.
    pub found: i64,
    /// The version that this release needs.
    pub needed: i64,
}

impl fmt::Display for OlderSchema {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "the database has version {} of the schema, and this release needs {}: migrate it",
            self.found, self.needed
        )
    }
}

impl std::error::Error for OlderSchema {}

/// The first row of an answer, as texts.
pub(crate) fn first_row(messages: &[SimpleQueryMessage]) -> Vec<Option<String>> {
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.map_or_else(Vec::new, |row| {
        (0..row.len())
            .map(|column| row.get(column).map(str::to_owned))
            .collect()
    })
}

/// Refuses a version of the schema that this release cannot work on. Every transaction asks for it, so none works on another one: a
/// migration that excludes releases waits for the transactions that have asked, and others wait for it.
pub(crate) fn check_version(found: i64, oldest: i64) -> Result<()> {
    if found < VERSION {
        return Err(Error::Unavailable(Box::new(OlderSchema { found, needed: VERSION })));
    }
    if oldest > VERSION {
        return Err(Error::Newer { found });
    }
    Ok(())
}

/// What a transaction learns as it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun {
    pub(crate) is_standby: bool,
    pub(crate) now: i64,
}

/// Reads the answer to the statements that begin a transaction: `version`, `oldest`, `pg_is_in_recovery()` and the time. Refuses a
/// version as [`check_version`] does, and a database without a schema.
pub(crate) fn check_answer(answer: std::result::Result<Vec<SimpleQueryMessage>, StatementError>) -> Result<Begun> {
    let answer = match answer {
        // Without the table there is no schema.
        Err(StatementError::Failed(error)) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Vec::new(),
        answer => answer?,
    };
    let row = first_row(&answer);
    let number = |column: usize| row.get(column)?.as_deref()?.parse().ok();
    check_version(number(0).unwrap_or(0), number(1).unwrap_or(0))?;
    Ok(Begun {
        is_standby: row.get(2).is_some_and(|column| column.as_deref() == Some("t")),
        now: number(3).unwrap_or(0),
    })
}
