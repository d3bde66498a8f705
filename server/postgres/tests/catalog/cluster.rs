//! A PostgreSQL and a PgBouncer of the run's own. They end with the process, in whichever way that ends.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};
use wix_media_postgres::{Limits, Site, Store};

/// How long a server may take to start.
const DEADLINE: Duration = Duration::from_secs(120);

/// Makes a root, and a certificate of the server for `127.0.0.1` and `localhost` that leads to it.
const CERTIFY: &str = r#"
cd "$RUN" && umask 077
new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "$@"; }
new -x509 -days 2 -subj /CN=root -keyout root.key -out root.pem
new -subj /CN=server -keyout server.key -out server.csr
echo subjectAltName=IP:127.0.0.1,DNS:localhost >names
openssl x509 -req -days 2 -in server.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile names -out server.pem
chmod 644 root.pem
"#;

/// Runs the servers until its standard input ends, which is when the process of the tests does, and removes their folder.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
$AS "$BIN/postgres" -D "$RUN/data" -p "$PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$RUN" \
    -c fsync=off -c max_connections=200 -c autovacuum=off \
    -c ssl=on -c ssl_cert_file="$RUN/server.pem" -c ssl_key_file="$RUN/server.key" >"$RUN/postgres.log" 2>&1 &
server=$!
$AS "$BOUNCER" -q "$RUN/pgbouncer.ini" >"$RUN/pgbouncer.log" 2>&1 &
bouncer=$!
read -r _
kill -QUIT $server
kill -TERM $bouncer
wait
rm -rf "$RUN"
"#;

/// The running servers.
pub(crate) struct Cluster {
    pub(crate) port: u16,
    pub(crate) bouncer_port: u16,
    /// The file with the root of the server's certificate.
    pub(crate) root: PathBuf,
    runtime: Runtime,
    /// Its standard input is open for as long as this process lives.
    _servers: Child,
}

/// The servers of this process, which the first test that needs them starts.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

/// The folder of the programs of PostgreSQL: the one that `WIX_MEDIA_POSTGRES_BIN` names, else that of the latest version.
fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("WIX_MEDIA_POSTGRES_BIN") {
        return folder.into();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let found = folders
        .into_iter()
        .rev()
        .chain(path())
        .find(|folder| folder.join("initdb").exists());
    found.expect("PostgreSQL 15 or later is needed: install the package postgresql, or set WIX_MEDIA_POSTGRES_BIN")
}

/// The folders of the PATH.
fn path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

/// A port that nothing uses at the moment. It is below those that the system gives to connections, one of which could take it before
/// the server starts.
fn free_port() -> u16 {
    static COUNT: AtomicU16 = AtomicU16::new(0);
    let first = std::process::id() % 200 * 100;
    loop {
        let port = 10_000 + u16::try_from(first).unwrap() + COUNT.fetch_add(1, Ordering::Relaxed) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// What a command begins with that must not run as root.
fn unprivileged() -> Vec<&'static str> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return vec!["env"];
    }
    vec!["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
}

fn run(command: &[&str]) {
    let output = Command::new(command[0]).args(&command[1..]).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Cluster {
    fn start() -> Cluster {
        let (programs, user) = (programs(), unprivileged());
        let folder = std::env::temp_dir().join(format!("wix-media-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (initdb, data) = (programs.join("initdb"), folder.join("data"));
        if user.len() > 1 {
            run(&["chown", "postgres", folder.to_str().unwrap()]);
        }
        let initdb = [initdb.to_str().unwrap(), "-D", data.to_str().unwrap(), "-U", "postgres"];
        let options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        run(&[&user[..], &initdb, &options].concat());
        let variable = format!("RUN={}", folder.display());
        run(&[&user[..], &["env", &variable, "sh", "-ec", CERTIFY]].concat());
        let (port, bouncer_port) = (free_port(), free_port());
        let settings = format!(
            "[databases]\nwix_media = host=127.0.0.1 port={port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {bouncer_port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 8\n\
             ignore_startup_parameters = extra_float_digits,options\n\
             client_tls_sslmode = allow\nclient_tls_key_file = {0}/server.key\nclient_tls_cert_file = {0}/server.pem\n",
            folder.display()
        );
        fs::write(folder.join("pgbouncer.ini"), settings).unwrap();
        let servers = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("AS", user.join(" "))
            .env("BIN", &programs)
            .env("RUN", &folder)
            .env("PORT", port.to_string())
            .env("BOUNCER", bouncer())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let cluster = Cluster {
            port,
            bouncer_port,
            root: folder.join("root.pem"),
            runtime: Runtime::new().unwrap(),
            _servers: servers,
        };
        cluster.create("wix_media", "C.UTF-8", &folder);
        Store::migrate(&cluster.url()).unwrap();
        cluster
    }

    /// Creates a database, once the server answers.
    fn create(&self, name: &str, character_type: &str, folder: &Path) {
        let start = Instant::now();
        loop {
            match self.runtime.block_on(self.connect("postgres")) {
                Ok(client) => break self.create_with(&client, name, character_type),
                Err(error) if start.elapsed() > DEADLINE => {
                    let log = fs::read_to_string(folder.join("postgres.log")).unwrap_or_default();
                    panic!("PostgreSQL did not start: {error}\n{log}");
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn create_with(&self, client: &Client, name: &str, character_type: &str) {
        let sql = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{character_type}'"
        );
        self.runtime.block_on(client.batch_execute(&sql)).unwrap();
    }

    /// The URL of an empty database with a name of its own.
    pub(crate) fn empty_database(&self, character_type: &str) -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("empty_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let client = self.runtime.block_on(self.connect("postgres")).unwrap();
        self.create_with(&client, &name, character_type);
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    async fn connect(&self, database: &str) -> Result<Client, tokio_postgres::Error> {
        let url = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Runs SQL in the database of the tests and returns the first column of its rows.
    pub(crate) fn run(&self, sql: &str) -> Vec<String> {
        self.run_at(&self.url(), sql)
    }

    /// Runs SQL in a database and returns the first column of its rows.
    pub(crate) fn run_at(&self, url: &str, sql: &str) -> Vec<String> {
        let messages = self.runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
            tokio::spawn(connection);
            client.simple_query(sql).await.unwrap()
        });
        let first = |message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        messages.into_iter().filter_map(first).collect()
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/wix_media", self.port)
    }

    /// A store of its own, like that of another process.
    pub(crate) fn store(&self, url: &str, limits: Limits) -> Store {
        Store::connect(url, limits).unwrap()
    }

    /// A new site, directly.
    pub(crate) fn site(&self) -> Site {
        static STORE: OnceLock<Store> = OnceLock::new();
        STORE
            .get_or_init(|| self.store(&self.url(), Limits::default()))
            .create_site(&new_id())
            .unwrap()
    }

    /// A new site, behind PgBouncer.
    pub(crate) fn pooled_site(&self) -> Site {
        static STORE: OnceLock<Store> = OnceLock::new();
        let connect = || {
            let url = format!("postgres://postgres@127.0.0.1:{}/wix_media", self.bouncer_port);
            self.store(&url, Limits::default())
        };
        STORE.get_or_init(connect).create_site(&new_id()).unwrap()
    }
}

fn bouncer() -> PathBuf {
    // Often only on the PATH of root.
    let folders = std::iter::once("/usr/sbin".into()).chain(path());
    let found = folders
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.exists());
    found.expect("PgBouncer is needed: install the package pgbouncer")
}

/// The id of a site that no other test has.
pub(crate) fn new_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("site-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
