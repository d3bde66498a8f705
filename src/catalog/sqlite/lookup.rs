//! Rows that are looked up one by one.

use super::super::Result;
use super::Session;
use rusqlite::{CachedStatement, Row, ToSql};

/// Rows by their numbers, the first parameter of a statement whose others stay the same.
pub(super) struct Lookup<'a>(CachedStatement<'a>);

impl<'a> Lookup<'a> {
    pub(super) fn new<'v>(
        session: &'a Session<'_>,
        sql: &str,
        values: impl IntoIterator<Item = &'v dyn ToSql>,
    ) -> Result<Lookup<'a>> {
        let mut statement = session.prepare_cached(sql)?;
        for (at, value) in values.into_iter().enumerate() {
            statement.raw_bind_parameter(at + 2, value)?;
        }
        Ok(Lookup(statement))
    }

    /// The row with this number, if there is one that meets the conditions.
    pub(super) fn get<T>(
        &mut self,
        number: i64,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.0.raw_bind_parameter(1, number)?;
        Ok(self.0.raw_query().next()?.map(read).transpose()?)
    }
}
