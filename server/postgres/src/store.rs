//! A database with the catalogs of many sites.

use crate::connections::{Connections, Limits};
use crate::failure::failure;
use crate::schema;
use crate::session::{Kind, Session};
use crate::values::values;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use wix_media::catalog::{Catalog, Error, Read, Result, Write};

/// A database of PostgreSQL that holds the catalogs of sites.
///
/// Any number of processes may use one database. The threads that call it block, so they must not run futures: call it on
/// `tokio::task::spawn_blocking`. A clone shares the connections.
///
/// Connections have no TLS: use a network that you trust, or a tunnel. A URL with `sslmode=require` is refused.
///
/// ```no_run
/// use wix_media::catalog::{Catalog, ReadEvents};
/// use wix_media_postgres::{Limits, Store};
///
/// let runtime = tokio::runtime::Runtime::new()?;
/// let url = "postgres://wix_media@db.example/wix_media";
/// Store::migrate(url, runtime.handle().clone())?;
/// let store = Store::connect(url, runtime.handle().clone(), Limits::default())?;
/// let site = store.create_site("11111111-1111-4111-8111-111111111111")?;
/// assert_eq!(site.read()?.last_event()?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Store {
    connections: Arc<Connections>,
    /// The turns of the writers of this process, by site.
    turns: Arc<Mutex<HashMap<i64, Arc<Semaphore>>>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The configuration of the pool contains the password.
        out.debug_struct("Store").finish_non_exhaustive()
    }
}

fn connections(url: &str, handle: Handle, limits: Limits) -> Result<Arc<Connections>> {
    let config: Config = url.parse().map_err(|error| {
        // Without its cause, which quotes a URL of another scheme with the password in it.
        Error::Store(format!("invalid URL of a database: {error}").into())
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(Error::Store(
            "cannot use sslmode=require: connections have no TLS".into(),
        ));
    }
    Ok(Arc::new(Connections::new(config, handle, limits)?))
}

impl Store {
    /// Connects to a database whose schema this release knows.
    ///
    /// Returns [`Error::Newer`] for a schema that this release cannot use, [`Error::Unavailable`] without a connection, and
    /// [`Error::Store`] for a schema that has to be [migrated](Store::migrate).
    pub fn connect(url: &str, handle: Handle, limits: Limits) -> Result<Store> {
        let connections = connections(url, handle, limits)?;
        schema::check(&connections)?;
        Ok(Store {
            connections,
            turns: Arc::default(),
        })
    }

    /// Creates the schema of a database, or brings it to the version of this release. Two at once are as good as one.
    pub fn migrate(url: &str, handle: Handle) -> Result<()> {
        let limits = Limits {
            connections: 1,
            ..Limits::default()
        };
        schema::migrate(&*connections(url, handle, limits)?)
    }

    /// The catalog of the site with this id, `None` for an unknown one.
    pub fn site(&self, id: &str) -> Result<Option<Site>> {
        let client = self.connections.lend()?;
        let select = "SELECT number FROM site WHERE id = $1";
        let row = self
            .connections
            .wait(client.query_typed_opt(select, values![id]))
            .map_err(failure)?;
        row.map(|row| Ok(self.numbered(row.try_get(0).map_err(failure)?)))
            .transpose()
    }

    /// The catalog of the site with this id, which is created when it is unknown.
    pub fn create_site(&self, id: &str) -> Result<Site> {
        let client = self.connections.lend()?;
        // Several processes may start at once. The update returns the row that another one has added.
        let insert = "WITH added AS (
                INSERT INTO site (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING number
            ), tail AS (INSERT INTO tail (site) SELECT number FROM added ON CONFLICT DO NOTHING)
            SELECT number FROM added";
        let row = self
            .connections
            .wait(client.query_typed_one(insert, values![id]))
            .map_err(failure)?;
        Ok(self.numbered(row.try_get(0).map_err(failure)?))
    }

    /// The ids of all sites, in their order.
    pub fn site_ids(&self) -> Result<Vec<String>> {
        let client = self.connections.lend()?;
        let rows = self
            .connections
            .wait(client.query_typed("SELECT id FROM site ORDER BY id", &[]))
            .map_err(failure)?;
        rows.iter().map(|row| row.try_get(0).map_err(failure)).collect()
    }

    fn numbered(&self, number: i64) -> Site {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(number).or_insert_with(|| Arc::new(Semaphore::new(1)));
        Site {
            connections: Arc::clone(&self.connections),
            number,
            turn: Arc::clone(turn),
        }
    }
}

/// The catalog of one site.
///
/// Readers wait for nobody. The one writer of a site holds the site's row, in whichever process it is. A writer that waits
/// for longer than [`Limits::lock_timeout`] returns [`Error::Unavailable`].
pub struct Site {
    connections: Arc<Connections>,
    number: i64,
    turn: Arc<Semaphore>,
}

impl fmt::Debug for Site {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Site")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Site {
    fn begin(&self, kind: Kind) -> Result<Box<Session>> {
        let turn = match kind {
            Kind::Writer { .. } => Some(self.connections.turn(&self.turn)?),
            Kind::Long => Some(self.connections.permit_long()?),
            Kind::Snapshot => None,
        };
        Ok(Box::new(Session::begin(&self.connections, self.number, kind, turn)?))
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

    /// Whether the totals of the site are the sums of its rows, and the texts that searches look at are those of its files.
    /// The pages of tables and indexes are left to `pg_amcheck`.
    fn is_intact(&self) -> Result<bool> {
        self.begin(Kind::Snapshot)?.is_intact()
    }
}
