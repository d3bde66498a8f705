//! Migrations, and what a database must be like.
//!
//! A migration runs in one transaction, under a lock that it holds until its commit, so two at once do one after the other, also
//! behind a pooler. A server of an older release goes on beside a newer schema for as long as the row of that schema says so:
//! releases add first and remove what is no longer needed in the release after the next.
//!
//! Everybody who comes queues behind a migration that waits for a table, although the table is only being read. So it waits for a moment,
//! rolls back, and tries again after a pause in which the others go on.

use crate::connection::Connection;
use crate::connections::Connections;
use crate::failure::is_locked;
use crate::limits::Limits;
use crate::values::{get, values};
use crate::version::{MIGRATIONS, VERSION, first_row};
use std::time::{Duration, Instant};
use wix_media::catalog::{Error, Result};

/// The key of the advisory lock of migrations. All programs that use the database share the key space.
const LOCK: i64 = 0x0077_6978_6d65_6469;

/// How long a migration waits for a table. Calls that come meanwhile wait as long: for less than the limits of their own locks. PostgreSQL
/// ends an autovacuum that others wait for after `deadlock_timeout`, a second by default, and only for those that still wait then.
const TABLE_LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the first pause is after such a wait, and the longest one.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// The oldest release of PostgreSQL, as it numbers them.
const MIN_SERVER: i64 = 150_000;

const CREATE_DATABASE: &str =
    "CREATE DATABASE wix_media TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'";

/// Refuses a database that this release cannot work on.
pub(crate) fn check(connections: &Connections) -> Result<()> {
    connections.query("SELECT", &[]).map(drop)
}

/// Brings the database to the version of the schema that this release knows. Calls `waits` before each pause.
pub(crate) fn migrate(connections: &Connections, mut waits: impl FnMut()) -> Result<i64> {
    check_server(connections)?;
    let (start, mut pause) = (Instant::now(), MIN_PAUSE);
    loop {
        let connection = connections.lend()?;
        connection.expect_within(connections.limits.load_timeout);
        let error = match migrate_on(&connection, &connections.limits) {
            Ok(version) => return Ok(version),
            Err(error) => error,
        };
        connection.close();
        if !is_locked(&error) || start.elapsed() > connections.limits.load_timeout {
            return Err(error);
        }
        waits();
        std::thread::sleep(pause);
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

/// Migrates in a transaction. After an error it is left open.
fn migrate_on(connection: &Connection, limits: &Limits) -> Result<i64> {
    // Nobody but another migration waits for the first lock. A migration that is stopped must not keep its locks: all servers wait for them.
    connection.run(&format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = {0}; SET LOCAL lock_timeout = {0};
         SET LOCAL idle_in_transaction_session_timeout = {1};
         SELECT pg_advisory_xact_lock({LOCK});
         SET LOCAL lock_timeout = {2};
         CREATE TABLE IF NOT EXISTS schema_version (version bigint NOT NULL, oldest bigint NOT NULL);
         INSERT INTO schema_version (version, oldest) SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version)",
        limits.load_timeout.as_millis(),
        limits.idle_timeout.as_millis(),
        TABLE_LOCK_TIMEOUT.as_millis(),
    ))?;
    let rows = connection.query("SELECT version, oldest FROM schema_version", &[])?;
    let (found, oldest): (i64, i64) = match rows.first() {
        Some(row) => (get(row, 0)?, get(row, 1)?),
        None => (0, 0),
    };
    if oldest > VERSION {
        return Err(Error::Newer { found });
    }
    let pending = || MIGRATIONS.iter().zip(1_i64..).filter(|(_, version)| *version > found);
    if pending().any(|((_, needed), _)| *needed > oldest) {
        // Releases that are excluded finish what they have begun.
        connection.run("LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE")?;
    }
    for ((script, oldest), version) in pending() {
        connection.run(script)?;
        let update = "UPDATE schema_version SET version = $1, oldest = $2";
        connection.execute(update, values![version, *oldest])?;
    }
    connection.run("COMMIT")?;
    Ok(found.max(VERSION))
}

/// The extensions that the schema uses. They are parts of PostgreSQL.
const EXTENSIONS: [&str; 2] = ["btree_gin", "pg_trgm"];

/// Refuses a database in which something is missing that every call needs. Returns the version of the server.
pub(crate) fn check_database(connections: &Connections) -> Result<String> {
    let version = check_server(connections)?;
    let names: Vec<&str> = EXTENSIONS.to_vec();
    let select = "SELECT name FROM unnest($1::text[]) AS wanted (name)
        WHERE NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = name) ORDER BY name LIMIT 1";
    // There may be no schema yet.
    let missing = connections.lend()?.query(select, values![names])?;
    let Some(row) = missing.first() else { return Ok(version) };
    let name: String = get(row, 0)?;
    let text = format!("extension not found in the database: {name}. Create it with CREATE EXTENSION {name}");
    Err(Error::Store(text.into()))
}

/// Refuses a server that is too old, and a database in which searches would find no letters. Returns the version of the server.
fn check_server(connections: &Connections) -> Result<String> {
    // A server asks the character type of the database what a letter is, and pg_trgm keeps nothing else.
    let question =
        "SELECT current_setting('server_version_num'), current_setting('server_encoding'), lower('\u{c4}') = '\u{e4}',
             current_setting('server_version')";
    let answer = connections.lend()?.query_texts(question)?;
    let row = first_row(&answer);
    let column = |number: usize| row.get(number).cloned().flatten().unwrap_or_default();
    let version = column(0);
    if version.parse::<i64>().map_or(true, |version| version < MIN_SERVER) {
        let text = format!(
            "unsupported PostgreSQL: expected version 15 or later, found {}",
            column(3)
        );
        return Err(Error::Store(text.into()));
    }
    if column(1) != "UTF8" || column(2) != "t" {
        let found = if column(1) == "UTF8" {
            "a character type with ASCII letters only".to_owned()
        } else {
            format!("the encoding {}", column(1))
        };
        let text = format!(
            "unsuitable database: expected the encoding UTF8 and a character type with letters beyond ASCII, found {found}. \
             Create one with {CREATE_DATABASE}"
        );
        return Err(Error::Store(text.into()));
    }
    Ok(column(3))
}
