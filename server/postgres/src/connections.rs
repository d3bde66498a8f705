//! Connections to a database, and the threads that wait for it.

use crate::failure::without_connection;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolConfig, RecyclingMethod, Runtime, Timeouts};
use std::future::Future;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::{Config, NoTls};
use wix_media::catalog::{Error, Result};

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
    /// How many of them may hold a snapshot that lasts, such as that of an export.
    pub long_snapshots: usize,
    /// How long a connection may take to be made, and how long a transaction waits for a free one.
    pub connect_timeout: Duration,
    /// How long a writer waits for the one before it.
    pub lock_timeout: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
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
            connect_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(10),
            long_idle_timeout: Duration::from_secs(600),
        }
    }
}

/// The connections of one process to one database.
#[derive(Debug)]
pub(crate) struct Connections {
    pool: Pool,
    handle: Handle,
    pub(crate) limits: Limits,
    long: Arc<Semaphore>,
    /// Makes numbers that no other process makes.
    marks: std::hash::RandomState,
    marked: AtomicU64,
}

impl Connections {
    pub(crate) fn new(mut config: Config, handle: Handle, limits: Limits) -> Result<Connections> {
        config
            .connect_timeout(limits.connect_timeout)
            .tcp_user_timeout(limits.statement_timeout)
            .keepalives_idle(limits.statement_timeout);
        if config.get_application_name().is_none() {
            config.application_name("wix-media");
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config, NoTls, recycling);
        let timeouts = Timeouts {
            wait: Some(limits.connect_timeout),
            create: Some(limits.connect_timeout),
            recycle: Some(limits.connect_timeout),
        };
        let pool = Pool::builder(manager)
            .config(PoolConfig {
                timeouts,
                ..PoolConfig::new(limits.connections)
            })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Store(Box::new(error)))?;
        Ok(Connections {
            pool,
            handle,
            long: Arc::new(Semaphore::new(limits.long_snapshots)),
            limits,
            marks: std::hash::RandomState::new(),
            marked: AtomicU64::new(0),
        })
    }

    /// Waits for a future on this thread, which must not be one that runs futures.
    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }

    /// Runs a future without waiting for it.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(future);
    }

    /// A connection that nobody else uses.
    pub(crate) fn lend(&self) -> Result<Object> {
        self.wait(self.pool.get()).map_err(without_connection)
    }

    /// The right to hold a snapshot that lasts.
    pub(crate) fn permit_long(&self) -> Result<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.long).try_acquire_owned();
        permit.map_err(|error| Error::Unavailable(Box::new(error)))
    }

    /// Waits for the turn of a writer of this process. Writers that wait here take no connection away from readers.
    pub(crate) fn turn(&self, turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
        let acquired = self.wait(async {
            let acquiring = Arc::clone(turns).acquire_owned();
            tokio::time::timeout(self.limits.lock_timeout, acquiring).await
        });
        match acquired {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(closed)) => Err(Error::Unavailable(Box::new(closed))),
            Err(elapsed) => Err(Error::Unavailable(Box::new(elapsed))),
        }
    }

    /// A number that no other commit has.
    pub(crate) fn mark(&self) -> i64 {
        self.marks
            .hash_one(self.marked.fetch_add(1, Ordering::Relaxed))
            .cast_signed()
    }
}
