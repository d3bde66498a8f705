//! The keys of listed sites. Only their hashes are stored.

use crate::store::Store;
use crate::values::{get, values};
use std::time::Duration;
use wix_media::catalog::Result;

/// A key of a site, without the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// The number by which its owner names the key. No two keys of a database have the same number.
    pub number: i64,
    /// The id of its site.
    pub site_id: String,
    /// `read`, `write` or `admin`.
    pub scope: String,
    /// When it was made, as ISO 8601 in UTC, as the times below.
    pub created: String,
    /// When it expires.
    pub expires: Option<String>,
    /// When it was last used, to the minute.
    pub last_used: Option<String>,
}

/// The columns of a [`StoredKey`].
const COLUMNS: &str = r#"api_key.number, site.id, scope,
     to_char(api_key.created AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
     to_char(expires AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
     to_char(last_used AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#;

fn of_row(row: &tokio_postgres::Row) -> Result<StoredKey> {
    Ok(StoredKey {
        number: get(row, 0)?,
        site_id: get(row, 1)?,
        scope: get(row, 2)?,
        created: get(row, 3)?,
        expires: get(row, 4)?,
        last_used: get(row, 5)?,
    })
}

impl Store {
    /// Adds a key by its hash. `scope` is `read`, `write` or `admin`. `lifetime` is how long it may be used. Returns its number,
    /// `None` if the site is not listed.
    pub fn add_key(&self, site_id: &str, hash: &str, scope: &str, lifetime: Option<Duration>) -> Result<Option<i64>> {
        let seconds = lifetime.map(|lifetime| i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX));
        let insert = "INSERT INTO api_key (site, hash, scope, expires)
             SELECT number, $2, $3, now() + $4::bigint * interval '1 second' FROM site WHERE id = $1 AND is_listed
             RETURNING number";
        let rows = self.connections.query(insert, values![site_id, hash, scope, seconds])?;
        rows.first().map(|row| get(row, 0)).transpose()
    }

    /// The keys of a site in the order in which they were made, also the expired ones.
    pub fn keys(&self, site_id: &str) -> Result<Vec<StoredKey>> {
        let select = format!(
            "SELECT {COLUMNS} FROM api_key JOIN site ON site.number = api_key.site WHERE site.id = $1 ORDER BY api_key.number"
        );
        let rows = self.connections.query(&select, values![site_id])?;
        rows.iter().map(of_row).collect()
    }

    /// Deletes a key of a site. Returns whether there was one.
    pub fn remove_key(&self, site_id: &str, number: i64) -> Result<bool> {
        let delete =
            "DELETE FROM api_key USING site WHERE site.number = api_key.site AND site.id = $1 AND api_key.number = $2";
        Ok(self.connections.execute(delete, values![site_id, number])? > 0)
    }

    /// The key with this hash, `None` for an unknown or expired one. Its last use is written, at most once a minute.
    pub fn use_key(&self, hash: &str) -> Result<Option<StoredKey>> {
        let select = format!(
            "SELECT {COLUMNS}, coalesce(last_used < now() - interval '1 minute', true)
             FROM api_key JOIN site ON site.number = api_key.site
             WHERE hash = $1 AND coalesce(expires > now(), true)"
        );
        let rows = self.connections.query(&select, values![hash])?;
        let Some(row) = rows.first() else { return Ok(None) };
        if get(row, 6)? {
            // Checked again, because another process may have written it since.
            let update = "UPDATE api_key SET last_used = now()
                 WHERE hash = $1 AND coalesce(last_used < now() - interval '1 minute', true)";
            self.connections.execute(update, values![hash])?;
        }
        of_row(row).map(Some)
    }
}
