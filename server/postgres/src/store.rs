//! A database with the catalogs of many sites.

use crate::audit::Trace;
use crate::connections::Connections;
use crate::limits::Limits;
use crate::schema;
use crate::session::{Kind, Session};
use crate::tls;
use crate::values::{get, values};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use tokio_postgres::Row;
use wix_media::catalog::{Catalog, Error, Read, Result, Write};

/// How many prefixes are tried for the files of a new site. There are 16 million.
const MAX_PREFIXES: u32 = 16;

/// How many rows a step of long work has at least. A transaction costs as much as 20 rows besides them, and the writers that wait for it wait for
/// 30 ms of CPU.
const MIN_STEP: u32 = 500;

/// A database of PostgreSQL that holds the catalogs of sites.
///
/// Any number of processes may use one database. The threads that call it block, so they must not run futures: call it on
/// `tokio::task::spawn_blocking`. A clone shares the connections.
///
/// The URL says whether connections have TLS: `sslmode` is `disable`, `prefer` (the default), `require`, `verify-ca` or `verify-full`, and `sslrootcert` is a
/// file with the roots to trust, instead of those of the system. Only `verify-full` checks that the server is the one that the URL names.
///
/// The URL may name several hosts, as in `postgres://wix_media@one.example,two.example:5433/wix_media`. Connections are then made to the one that takes
/// changes, so that the store recovers by itself when a standby becomes the primary.
///
/// ```no_run
/// use wix_media::catalog::{Catalog, ReadEvents};
/// use wix_media_postgres::{Limits, Store};
///
/// let url = "postgres://wix_media@db.example/wix_media";
/// Store::migrate(url)?;
/// let store = Store::connect(url, Limits::default())?;
/// let site = store.create_site("11111111-1111-4111-8111-111111111111")?;
/// assert_eq!(site.read()?.last_event()?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Store {
    pub(crate) connections: Arc<Connections>,
    /// The turns of the writers of this process, by site.
    turns: Arc<Mutex<HashMap<i64, Arc<Semaphore>>>>,
    /// Whether changes have records.
    records: bool,
}

impl fmt::Debug for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The configuration of the pool contains the password.
        out.debug_struct("Store").finish_non_exhaustive()
    }
}

fn connections(url: &str, limits: Limits) -> Result<Arc<Connections>> {
    Ok(Arc::new(Connections::new(tls::parse(url)?, limits)?))
}

/// Refuses a URL to which no [`Store`] could connect. The error does not quote it, because it may contain a password.
///
/// ```
/// assert!(wix_media_postgres::check_url("postgres://wix_media@db.example/wix_media").is_ok());
/// assert!(wix_media_postgres::check_url("https://db.example").is_err());
/// ```
pub fn check_url(url: &str) -> Result<()> {
    tls::parse(url)?.1.connector().map(drop)
}

/// The text whose hash gives a site its prefix: its id, as in the manager itself, unless another site has that prefix.
fn seed(id: &str, attempt: u32) -> String {
    if attempt == 0 {
        id.to_owned()
    } else {
        format!("{id}#{attempt}")
    }
}

impl Store {
    /// Connects to a database whose schema this release knows.
    ///
    /// Returns the errors of [`open`](Store::open) and [`check_schema`](Store::check_schema).
    pub fn connect(url: &str, limits: Limits) -> Result<Store> {
        let store = Store::open(url, limits)?;
        store.check_schema()?;
        Ok(store)
    }

    /// Prepares connections to a database, which need not be there yet.
    ///
    /// Returns [`Error::Store`] for an invalid URL and for invalid limits. The schema is checked in each transaction.
    pub fn open(url: &str, limits: Limits) -> Result<Store> {
        Ok(Store {
            connections: connections(url, limits)?,
            turns: Arc::default(),
            records: false,
        })
    }

    /// Writes a [record](Store::audit) of each change of a site that is opened from now on.
    #[must_use]
    pub fn with_records(mut self) -> Store {
        self.records = true;
        self
    }

    /// Refuses a schema that this release cannot use.
    ///
    /// Returns [`Error::Newer`] for one of a later release, [`Error::Unavailable`] with an [`OlderSchema`] as its cause for one that has to be
    /// [migrated](Store::migrate), and [`Error::Unavailable`] or [`Error::TimedOut`] without a connection. So does every other call:
    /// another release can change the schema at any time.
    pub fn check_schema(&self) -> Result<()> {
        schema::check(&self.connections)
    }

    /// The time of the database in milliseconds since 1970, which is the same in all processes that use it. `None` before it has
    /// answered. It may go back, by milliseconds or with the clock of the database.
    pub fn now(&self) -> Option<i64> {
        self.connections.clock.now()
    }

    /// Checks the version of the server, and the encoding, the character type, the extensions and the schema of the database. Returns the
    /// version of the server.
    pub fn check_database(&self) -> Result<String> {
        let version = schema::check_database(&self.connections)?;
        self.check_schema()?;
        Ok(version)
    }

    /// Creates the schema of a database, or brings it to the version of this release. Returns the version. Concurrent
    /// migrations are safe: the second one finds nothing left to do.
    pub fn migrate(url: &str) -> Result<i64> {
        Store::migrate_with(url, || {})
    }

    /// The same. `waits` is called whenever a table is in use for too long, such as by an export. The migration tries again after a pause, in
    /// which calls go on, and gives up after an hour with [`Error::Unavailable`].
    pub fn migrate_with(url: &str, waits: impl FnMut()) -> Result<i64> {
        let limits = Limits {
            connections: 2,
            long_snapshots: 0,
            ..Limits::default()
        };
        schema::migrate(&*connections(url, limits)?, waits)
    }

    /// The catalog of the site with this id, `None` for an unknown one.
    pub fn site(&self, id: &str) -> Result<Option<Site>> {
        let select = "SELECT number, storage_key, prefix, bytes_place FROM site WHERE id = $1";
        let rows = self.connections.query(select, values![id])?;
        rows.first().map(|row| self.of_row(row)).transpose()
    }

    /// The catalog of the site with this id, which is created when it is unknown.
    pub fn create_site(&self, id: &str) -> Result<Site> {
        for attempt in 0..MAX_PREFIXES {
            if let Some(site) = self.site(id)? {
                return Ok(site);
            }
            // Adds nothing where the prefix is taken, or another process has added the site.
            let insert = "WITH added AS (
                    INSERT INTO site (id, prefix) VALUES ($1, encode(substr(sha256(convert_to($2, 'UTF8')), 1, 3), 'hex'))
                    ON CONFLICT DO NOTHING RETURNING number
                )
                INSERT INTO tail (site) SELECT number FROM added";
            self.connections.execute(insert, values![id, seed(id, attempt)])?;
        }
        let site = self.site(id)?;
        site.ok_or_else(|| Error::Store("no prefix is left for the files of another site".into()))
    }

    /// Gives a site a prefix if a release without prefixes has made it.
    pub(crate) fn assign_prefix(&self, id: &str) -> Result<()> {
        for attempt in 0..MAX_PREFIXES {
            let update = "UPDATE site SET prefix = made.prefix
                FROM (SELECT encode(substr(sha256(convert_to($2, 'UTF8')), 1, 3), 'hex') AS prefix) AS made
                WHERE id = $1 AND site.prefix IS NULL
                    AND NOT EXISTS (SELECT 1 FROM site AS other WHERE other.prefix = made.prefix)";
            self.connections.execute(update, values![id, seed(id, attempt)])?;
            if self.site(id)?.is_none_or(|site| site.prefix.is_some()) {
                return Ok(());
            }
        }
        Err(Error::Store("no prefix is left for the files of another site".into()))
    }

    /// The ids of all sites, in their order.
    pub fn site_ids(&self) -> Result<Vec<String>> {
        let rows = self.connections.query("SELECT id FROM site ORDER BY id", &[])?;
        rows.iter().map(|row| get(row, 0)).collect()
    }

    /// Changes where the bytes of a site are said to be, or of all sites. Moves none of them. Returns the number of sites.
    pub fn set_bytes_place(&self, place: &str, only: Option<&str>) -> Result<u64> {
        let update = "UPDATE site SET bytes_place = $1 WHERE $2 IS NULL OR id = $2";
        self.connections.execute(update, values![place, only])
    }

    /// A site from its number, the key of its blobs, the prefix of its files and the place of its bytes.
    fn of_row(&self, row: &Row) -> Result<Site> {
        let number = get(row, 0)?;
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(number).or_insert_with(|| Arc::new(Semaphore::new(1)));
        Ok(Site {
            connections: Arc::clone(&self.connections),
            number,
            storage_key: get(row, 1)?,
            prefix: get(row, 2)?,
            bytes_place: get(row, 3)?,
            turn: Arc::clone(turn),
            records: self.records,
        })
    }
}

/// The catalog of one site.
///
/// Readers wait for nobody. The one writer of a site holds the site's row, in whichever process it is. A writer that waits
/// for longer than [`Limits::lock_timeout`] returns [`Error::Unavailable`], and [`Error::TimedOut`] after [`Limits::queue_timeout`].
pub struct Site {
    connections: Arc<Connections>,
    number: i64,
    storage_key: String,
    prefix: Option<String>,
    bytes_place: Option<String>,
    turn: Arc<Semaphore>,
    records: bool,
}

impl fmt::Debug for Site {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Site")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Site {
    /// The name under which the blobs of this site lie beside those of others: 32 hexadecimal digits that no site of another
    /// database has.
    pub fn storage_key(&self) -> &str {
        &self.storage_key
    }

    /// The beginning of the ids of its files, which no other site of the database has. `None` for a site that a release without
    /// prefixes has made.
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// Where the bytes of its files are. `None` if nobody has [recorded](Site::record_bytes_place) it.
    pub fn bytes_place(&self) -> Option<&str> {
        self.bytes_place.as_deref()
    }

    /// Records where the bytes of its files are, unless somebody has. Returns what is recorded.
    pub fn record_bytes_place(&self, place: &str) -> Result<String> {
        let update = "UPDATE site SET bytes_place = $2 WHERE number = $1 AND bytes_place IS NULL";
        self.connections.execute(update, values![self.number, place])?;
        let select = "SELECT bytes_place FROM site WHERE number = $1";
        let rows = self.connections.query(select, values![self.number])?;
        let found = rows.first().map(|row| get(row, 0)).transpose()?.flatten();
        found.ok_or_else(|| Error::Store("the site was removed".into()))
    }

    fn begin(&self, kind: Kind) -> Result<Box<Session>> {
        let turn = match kind {
            Kind::Writer { .. } => Some(self.connections.turn(&self.turn)?),
            Kind::Long => Some(self.connections.permit_long()?),
            Kind::Snapshot => None,
        };
        let mut session = Session::begin(&self.connections, self.number, kind, turn)?;
        if self.records && matches!(kind, Kind::Writer { .. }) {
            session.trace = Some(Trace::default());
        }
        Ok(Box::new(session))
    }
}

impl Catalog for Site {
    fn read(&self) -> Result<Box<dyn Read + '_>> {
        Ok(self.begin(Kind::Snapshot)?)
    }

    fn write(&self) -> Result<Box<dyn Write + '_>> {
        Ok(self.begin(Kind::Writer { is_lazy: false })?)
    }

    fn write_lazily(&self) -> Result<Box<dyn Write + '_>> {
        Ok(self.begin(Kind::Writer { is_lazy: true })?)
    }

    fn read_long(&self) -> Result<Option<Box<dyn Read>>> {
        Ok(Some(self.begin(Kind::Long)?))
    }

    fn back_off(&self, retry: u32) {
        self.connections.back_off(retry);
    }

    fn min_step(&self) -> u32 {
        MIN_STEP
    }

    /// Whether the totals of the site are the sums of its rows, and the texts that searches look at are those of its files.
    /// The pages of tables and indexes are left to `pg_amcheck`.
    fn is_intact(&self) -> Result<bool> {
        self.begin(Kind::Snapshot)?.is_intact()
    }
}
