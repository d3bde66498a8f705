//! A small web server for files, for one person on one machine.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

/// Longest request head that is read, in bytes.
const LONGEST_HEAD: u64 = 16 * 1024;

/// How long a connection may stay silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a page may do, beside running scripts: call any base URL, and show what comes from there.
const POLICY: &str = "default-src 'self'; connect-src *; img-src * blob: data:; media-src * blob:; object-src 'none'; \
base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; \
script-src 'self' 'wasm-unsafe-eval'";

/// Browsers read an import map only where it stands in the page itself.
const IMPORT_MAP: &str = "<script type=\"importmap\">";

/// Sent with every answer.
const HEADERS: &str = "\
X-Content-Type-Options: nosniff\r\n\
Referrer-Policy: no-referrer\r\n\
Cache-Control: no-cache\r\n\
Connection: close\r\n";

/// A folder whose files appear under a path.
#[derive(Debug)]
pub(crate) struct Mount {
    /// Starts and ends with a slash.
    pub(crate) path: &'static str,
    pub(crate) folder: PathBuf,
}

/// Answers connections until the process ends. The most specific mount must come first.
pub(crate) fn serve(listener: &TcpListener, mounts: Vec<Mount>) -> Result<()> {
    let mounts = Arc::new(mounts);
    for connection in listener.incoming() {
        let mounts = Arc::clone(&mounts);
        // A connection that breaks is its visitor's loss only.
        thread::spawn(move || connection.and_then(|connection| converse(&connection, &mounts)));
    }
    Ok(())
}

/// Reads one request and answers it.
fn converse(connection: &TcpStream, mounts: &[Mount]) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(connection.take(LONGEST_HEAD));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let answer = answer(&request, mounts);
    let mut writer = connection;
    writer.write_all(answer.head().as_bytes())?;
    if !request.starts_with("HEAD ") {
        writer.write_all(&answer.body)?;
    }
    writer.flush()
}

/// What goes back to the browser.
#[derive(Debug)]
struct Answer {
    status: &'static str,
    /// One header line of its own.
    header: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(status: &'static str) -> Self {
        Self {
            status,
            header: "Content-Type: text/plain; charset=utf-8".to_owned(),
            body: format!("{status}\n").into(),
        }
    }

    fn head(&self) -> String {
        let Self { status, header, body } = self;
        format!(
            "HTTP/1.1 {status}\r\n{header}\r\nContent-Length: {}\r\n\
             Content-Security-Policy: {POLICY}{}\r\n{HEADERS}\r\n",
            body.len(),
            import_map_source(body)
        )
    }
}

/// The entry of `script-src` that lets the import map of a page through, as it stands there and in no other wording.
fn import_map_source(page: &[u8]) -> String {
    str::from_utf8(page)
        .ok()
        .and_then(|page| page.split_once(IMPORT_MAP)?.1.split_once("</script>"))
        .map(|(map, _)| format!(" 'sha256-{}'", BASE64.encode(Sha256::digest(map))))
        .unwrap_or_default()
}

/// Answers a request line such as `GET /index.html HTTP/1.1`.
fn answer(request: &str, mounts: &[Mount]) -> Answer {
    let words: Vec<&str> = request.split_whitespace().collect();
    let [method, target, _version] = words[..] else {
        return Answer::text("400 Bad Request");
    };
    if !matches!(method, "GET" | "HEAD") {
        return Answer {
            header: "Allow: GET, HEAD".to_owned(),
            body: Vec::new(),
            ..Answer::text("405 Method Not Allowed")
        };
    }
    let Some(mut file) = locate(target, mounts) else {
        return Answer::text("404 Not Found");
    };
    if file.is_dir() {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        if !path.ends_with('/') {
            return Answer {
                header: format!("Location: {path}/"),
                body: Vec::new(),
                ..Answer::text("301 Moved Permanently")
            };
        }
        file.push("index.html");
    }
    match fs::read(&file) {
        Ok(body) => Answer {
            status: "200 OK",
            header: format!("Content-Type: {}", media_type(&file)),
            body,
        },
        Err(_) => Answer::text("404 Not Found"),
    }
}

/// The file or folder that a request's target names, if it exists and lies inside its mount.
fn locate(target: &str, mounts: &[Mount]) -> Option<PathBuf> {
    let path = decode(target.split(['?', '#']).next()?)?;
    let mount = mounts
        .iter()
        .find(|mount| path.starts_with(mount.path) || mount.path.strip_suffix('/') == Some(&path))?;
    let inside = path.get(mount.path.len()..).unwrap_or_default();
    let hidden = |segment: &str| segment.starts_with('.');
    if inside.contains(['\\', '\0', ':']) || inside.starts_with('/') || inside.split('/').any(hidden) {
        return None;
    }
    // A link inside the folder must not lead out of it either.
    let root = mount.folder.canonicalize().ok()?;
    let found = root.join(inside).canonicalize().ok()?;
    found.starts_with(&root).then_some(found)
}

/// Undoes percent-encoding; `None` when it is broken or not UTF-8.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The Content-Type of a file, by its extension.
fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a page, a module, a hidden file, and a link to a secret beside it.
    struct Site(PathBuf);

    impl Site {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("xtask-serve-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("www/deep er")).unwrap();
            fs::create_dir_all(folder.join("dist")).unwrap();
            for (file, text) in [
                ("secret", "secret"),
                ("www/index.html", "page"),
                ("www/.hidden", "hidden"),
                ("www/deep er/index.html", "deep"),
                ("dist/client.wasm", "module"),
            ] {
                fs::write(folder.join(file), text).unwrap();
            }
            #[cfg(unix)]
            std::os::unix::fs::symlink(folder.join("secret"), folder.join("www/link")).unwrap();
            Self(folder)
        }

        fn mounts(&self) -> Vec<Mount> {
            vec![
                Mount {
                    path: "/wix-media/",
                    folder: self.0.join("dist"),
                },
                Mount {
                    path: "/",
                    folder: self.0.join("www"),
                },
            ]
        }

        fn get(&self, target: &str) -> Answer {
            answer(&format!("GET {target} HTTP/1.1\r\n"), &self.mounts())
        }
    }

    impl Drop for Site {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn files_are_served_with_their_type() {
        let site = Site::new("files");
        let page = site.get("/?q=1");
        assert_eq!((page.status, page.body.as_slice()), ("200 OK", b"page".as_slice()));
        assert_eq!(page.header, "Content-Type: text/html; charset=utf-8");
        assert!(page.head().contains("script-src 'self' 'wasm-unsafe-eval'\r\n"));
        assert!(!page.head().contains("unsafe-inline"));
        let module = site.get("/wix-media/client.wasm");
        assert_eq!(
            (module.header.as_str(), module.body.as_slice()),
            ("Content-Type: application/wasm", b"module".as_slice())
        );
        assert_eq!(site.get("/deep%20er/").body, b"deep");
        assert_eq!(site.get("/deep%20er").header, "Location: /deep%20er/");
    }

    #[test]
    fn an_import_map_is_let_through_by_its_hash() {
        let site = Site::new("map");
        fs::write(
            site.0.join("www/index.html"),
            "<script type=\"importmap\">{}</script><script>alert()</script>",
        )
        .unwrap();
        assert!(site.get("/").head().contains(
            "script-src 'self' 'wasm-unsafe-eval' 'sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o='\r\n"
        ));
    }

    #[test]
    fn nothing_outside_is_served() {
        let site = Site::new("outside");
        for target in [
            "/../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/..%5csecret",
            "/deep%20er/../../secret",
            "/wix-media/../secret",
            "/wix-media/../www/index.html",
            "//etc/passwd",
            "/%2fetc/passwd",
            "/.hidden",
            "/link",
            "/index.html%00",
            "/%zz",
            "/%e2%28",
            "/missing",
            "relative",
            "*",
        ] {
            assert_eq!(site.get(target).status, "404 Not Found", "{target}");
        }
    }

    #[test]
    fn other_requests_are_refused() {
        let mounts = Site::new("methods").mounts();
        assert_eq!(answer("POST / HTTP/1.1\r\n", &mounts).status, "405 Method Not Allowed");
        assert_eq!(answer("", &mounts).status, "400 Bad Request");
        assert_eq!(answer("GET /\r\n", &mounts).status, "400 Bad Request");
    }

    #[test]
    fn a_browser_gets_its_answer() {
        let site = Site::new("browser");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mounts = site.mounts();
        thread::spawn(move || serve(&listener, mounts));
        let ask = |request: &str| {
            let mut connection = TcpStream::connect(address).unwrap();
            connection.write_all(request.as_bytes()).unwrap();
            let mut text = String::new();
            connection.read_to_string(&mut text).unwrap();
            text
        };
        let answer = ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\npage"),
            "{answer}"
        );
        let answer = ask("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(
            answer.contains("Content-Length: 4\r\n") && answer.ends_with("\r\n\r\n"),
            "{answer}"
        );
    }
}
