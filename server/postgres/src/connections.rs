//! Connections to a database, and the threads that wait for it.

use crate::clock::{Clock, NOW};
use crate::connection::Connection;
use crate::failure::without_connection;
use crate::limits::Limits;
use crate::tls::Tls;
use crate::values::Value;
use crate::version;
use deadpool_postgres::{self as pooled, Manager, ManagerConfig, Pool, PoolConfig, RecyclingMethod, Timeouts};
use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, Row};
use tracing::field;
use wix_media::catalog::{Error, Result};

/// How long the first wait before another attempt is, and how many times longer the longest one.
const MIN_BACK_OFF: Duration = Duration::from_millis(10);
const MAX_BACK_OFF_FACTOR: u32 = 64;

/// After how long without a sign of the other end a connection is closed. Its system gives such a sign also while the database is busy.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(10);
const KEEP_ALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);

/// The runtime of the connections.
///
/// They have one of their own: the names of hosts are looked up on its blocking threads, and those of the caller may all be waiting
/// for a connection.
#[derive(Debug)]
struct Own(Option<Runtime>);

impl Own {
    fn new() -> Result<Own> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("wix-media-postgres")
            .enable_all()
            .build();
        runtime
            .map(|runtime| Own(Some(runtime)))
            .map_err(|error| Error::Store(Box::new(error)))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // Dropped as it is, it would wait for its threads, which a thread that runs futures must not.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The connections of this process to the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolFigures {
    /// How many there may be.
    pub max: usize,
    /// How many somebody uses.
    pub in_use: usize,
    /// How many are open, and nobody uses.
    pub idle: usize,
    /// How many transactions wait for one.
    pub waiting: usize,
}

/// The connections of one process to one database.
#[derive(Debug)]
pub(crate) struct Connections {
    pool: Pool,
    /// The hosts that they lead to, and their ports, for errors.
    hosts: Arc<str>,
    handle: Handle,
    _runtime: Own,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    long: Arc<Semaphore>,
    /// Makes numbers that no other process makes.
    marks: std::hash::RandomState,
    marked: AtomicU64,
}

/// The port of PostgreSQL.
const DEFAULT_PORT: u16 = 5432;

/// The hosts of a database with their ports, and nothing else of its URL.
fn hosts_of(config: &Config) -> Arc<str> {
    let (names, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let places = (0..names.len().max(addresses.len())).map(|at| {
        let port = ports.get(at).or(ports.first()).unwrap_or(&DEFAULT_PORT);
        match (names.get(at), addresses.get(at)) {
            (Some(Host::Tcp(name)), _) if name.contains(':') => format!("[{name}]:{port}"),
            (Some(Host::Tcp(name)), _) => format!("{name}:{port}"),
            (Some(Host::Unix(folder)), _) => format!("{}:{port}", folder.display()),
            (None, Some(address)) => SocketAddr::new(*address, *port).to_string(),
            (None, None) => String::new(),
        }
    });
    places.collect::<Vec<_>>().join(", ").into()
}

impl Connections {
    pub(crate) fn new((mut config, tls): (Config, Tls), limits: Limits) -> Result<Connections> {
        limits.check()?;
        let own = Own::new()?;
        let runtime = own.0.as_ref().map(Runtime::handle).cloned();
        let handle = runtime.ok_or_else(|| Error::Store("the runtime has ended".into()))?;
        config
            .connect_timeout(limits.connect_timeout)
            .tcp_user_timeout(NETWORK_TIMEOUT)
            .keepalives_idle(KEEP_ALIVE_IDLE)
            .keepalives_interval(KEEP_ALIVE_INTERVAL);
        if config.get_application_name().is_none() {
            config.application_name("wix-media");
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        // The driver limits the first step of each attempt only, and tries one host after the other.
        let hosts = config.get_hosts().len().max(config.get_hostaddrs().len()).max(1);
        let connect_timeout = limits.connect_timeout * u32::try_from(hosts).unwrap_or(1);
        let named = hosts_of(&config);
        let manager = Manager::from_config(config, tls.connector()?, recycling);
        let timeouts = Timeouts {
            wait: Some(limits.queue_timeout),
            create: Some(connect_timeout),
            recycle: Some(limits.connect_timeout),
        };
        let pool = Pool::builder(manager)
            .config(PoolConfig {
                timeouts,
                ..PoolConfig::new(limits.connections)
            })
            .runtime(pooled::Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Store(Box::new(error)))?;
        Ok(Connections {
            pool,
            hosts: named,
            handle,
            _runtime: own,
            long: Arc::new(Semaphore::new(limits.long_snapshots)),
            limits,
            clock: Clock::default(),
            marks: std::hash::RandomState::new(),
            marked: AtomicU64::new(0),
        })
    }

    /// Waits for a future on this thread, which must not be one that runs futures. The future has to end by itself.
    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }

    /// A connection that nobody else uses.
    pub(crate) fn lend(&self) -> Result<Connection> {
        // With the wait for a connection.
        let span = tracing::info_span!(
            "transaction",
            otel.kind = "client",
            otel.status_code = field::Empty,
            db.system.name = "postgresql",
        );
        let object = self.wait(self.pool.get()).map_err(|error| {
            span.record("otel.status_code", "error");
            without_connection(error, &self.hosts)
        })?;
        let handle = self.handle.clone();
        Ok(Connection::new(object, handle, &self.limits, &self.hosts, span))
    }

    /// Runs a statement in a transaction of its own, on a schema that this release can use, and returns its rows.
    pub(crate) fn query(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.transact(async |client| client.query_typed(sql, values).await)
    }

    /// Runs a statement in a transaction of its own, and returns how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        self.transact(async |client| client.execute_typed(sql, values).await)
    }

    fn transact<T>(
        &self,
        statement: impl AsyncFnOnce(&Client) -> std::result::Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {};
             SET LOCAL idle_in_transaction_session_timeout = {}; SELECT version, oldest, pg_is_in_recovery(), {NOW} FROM schema_version",
            self.limits.statement_timeout.as_millis(),
            self.limits.lock_timeout.as_millis(),
            self.limits.idle_timeout.as_millis(),
        );
        let connection = self.lend()?;
        let begun = version::check_answer(connection.query_texts(&begin));
        match begun.and_then(|begun| connection.check_primary(begun.is_standby).map(|()| begun.now)) {
            Ok(now) => self.clock.tell(now),
            Err(error) => {
                // Its transaction is open.
                connection.close();
                return Err(error);
            }
        }
        Ok(connection.commit_after(statement)?)
    }

    /// How many connections there are at the moment.
    pub(crate) fn figures(&self) -> PoolFigures {
        let status = self.pool.status();
        PoolFigures {
            max: status.max_size,
            in_use: status.size.saturating_sub(status.available),
            idle: status.available,
            waiting: status.waiting,
        }
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
            tokio::time::timeout(self.limits.queue_timeout, acquiring).await
        });
        match acquired {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(closed)) => Err(Error::Unavailable(Box::new(closed))),
            Err(elapsed) => Err(Error::TimedOut(Box::new(elapsed))),
        }
    }

    /// Waits before the next attempt of a transaction, each time for twice as long, and not for as long as others do.
    pub(crate) fn back_off(&self, retry: u32) {
        let longest = MIN_BACK_OFF * 2_u32.saturating_pow(retry.saturating_sub(1)).min(MAX_BACK_OFF_FACTOR);
        let part = self.mark().unsigned_abs() % 512;
        std::thread::sleep(longest / 2 + longest * u32::try_from(part).unwrap_or(0) / 1024);
    }

    /// A number that no other commit has.
    pub(crate) fn mark(&self) -> i64 {
        self.marks
            .hash_one(self.marked.fetch_add(1, Ordering::Relaxed))
            .cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls;

    #[test]
    fn hosts_have_their_ports_and_nothing_else_of_the_url() {
        for (url, expected) in [
            ("postgres://user:secret@db.example/media", "db.example:5432"),
            (
                "postgres://user:secret@one.example,two.example:5433/media?sslmode=require",
                "one.example:5432, two.example:5433",
            ),
            ("postgres://user:secret@[::1]:5433/media", "[::1]:5433"),
            ("postgres:///media?hostaddr=192.0.2.7&port=5433", "192.0.2.7:5433"),
            (
                "postgres://user:secret@%2Frun%2Fpostgresql/media",
                "/run/postgresql:5432",
            ),
        ] {
            let (config, _) = tls::parse(url).expect(url);
            assert_eq!(&*hosts_of(&config), expected, "{url}");
        }
    }
}
