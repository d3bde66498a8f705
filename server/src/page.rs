//! The page and the files of the npm package, from a folder.
//!
//! Only files that exist at the start are served, so no path leads out of the folder. The responses are those of
//! `wix-media serve` for the same files, which a test compares. The policy is that of `www/policy.js`.

use crate::answer::{Answer, broken, refused};
use crate::bodies::Content;
use crate::failure::Failure;
use base64ct::{Base64, Encoding};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{self, HeaderMap, HeaderValue};
use http::{HeaderName, StatusCode};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;
use tokio::task::spawn_blocking;
use wix_media::manager::Head;

/// The types of files by their extensions. Other files are not served.
const TYPES: [(&str, &str); 16] = [
    ("cjs", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("ts", "text/plain; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
];

/// Beginnings of types that gzip makes smaller: WebAssembly to about half, text to a third.
const COMPRESSIBLE: [&str; 5] = [
    "text/",
    "application/json",
    "application/wasm",
    "application/manifest",
    "image/svg",
];

/// Smaller files fit into one packet as they are.
const MIN_COMPRESSED_SIZE: u64 = 1400;

/// The policy of the page. Besides running its own scripts, it may call any base URL and show media from anywhere.
const POLICY: &str = "default-src 'self'; connect-src *; img-src * blob: data:; media-src * blob:; \
     frame-src 'self' http: https: blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
     require-trusted-types-for 'script'; trusted-types default";

/// Which scripts the policy allows, besides the import map.
const SCRIPTS: &str = "script-src 'self' 'wasm-unsafe-eval'";

/// The length of the hash in a name, in characters.
const HASH_LEN: usize = 8;

/// Lets caches keep a file whose name has the hash of its content for a year, without asking whether it has changed.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Around the import map, which browsers read only in the page itself.
const IMPORT_MAP: (&str, &str) = ("<script type=\"importmap\">", "</script>");

/// The files of the page.
#[derive(Debug)]
pub(crate) struct Page {
    /// By their paths.
    files: HashMap<String, PathBuf>,
    /// The policy of every file, without the hash of an import map.
    policy: String,
    /// Compressed files, with the versions of their contents.
    compressed: Mutex<HashMap<PathBuf, (String, Bytes)>>,
}

impl Page {
    /// Lists the files of the page in a folder of the npm package. `frames` are the origins whose pages may show it in a frame.
    pub(crate) fn open(package: &Path, frames: &[String]) -> Result<Page, Failure> {
        let mut files = HashMap::new();
        let failed = |error: std::io::Error| {
            let shown = package.display();
            Failure(format!("cannot read the page in {shown}: {error}"))
        };
        add(&mut files, &package.join("www"), "/", true).map_err(failed)?;
        add(&mut files, package, "/wix-media/", false).map_err(failed)?;
        // Next to the package of a wrong folder there may be anything.
        files.retain(|path, _| path.strip_prefix("/wix-media/").is_none_or(is_of_package));
        let Some(index) = files.get("/index.html").cloned() else {
            let shown = package.display();
            return Err(Failure(format!(
                "there is no page in {shown}: expected www/index.html in it"
            )));
        };
        files.insert("/".to_owned(), index);
        let ancestors = if frames.is_empty() {
            "'none'".to_owned()
        } else {
            frames.join(" ")
        };
        Ok(Page {
            files,
            policy: format!("{POLICY}; frame-ancestors {ancestors}; {SCRIPTS}"),
            compressed: Mutex::default(),
        })
    }

    /// The answer with a file.
    fn answer(&self, file: &Path, head: &Head) -> std::io::Result<Answer> {
        let metadata = fs::metadata(file)?;
        let content_type = type_of(file).unwrap_or("application/octet-stream");
        let is_compressible = metadata.len() >= MIN_COMPRESSED_SIZE
            && COMPRESSIBLE.iter().any(|beginning| content_type.starts_with(beginning));
        let is_compressed = is_compressible && head.header("accept-encoding").is_some_and(accepts_gzip);
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let version = format!("{:x}-{:x}", metadata.len(), modified.as_millis());
        let tag = if is_compressed {
            format!("\"{version}-gzip\"")
        } else {
            format!("\"{version}\"")
        };
        let mut policy = self.policy.clone();
        if file.extension().is_some_and(|extension| extension == "html")
            && let Some(hash) = import_map_hash(&fs::read_to_string(file)?)
        {
            policy.push_str(&format!(" 'sha256-{hash}'"));
        }
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::CONTENT_TYPE, content_type);
        put(header::CONTENT_SECURITY_POLICY, &policy);
        put(
            header::CACHE_CONTROL,
            if is_hashed(file) { IMMUTABLE } else { "no-cache" },
        );
        put(header::REFERRER_POLICY, "no-referrer");
        put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        put(header::ETAG, &tag);
        if is_compressible {
            put(header::VARY, "accept-encoding");
        }
        let mut answer = Answer::new(StatusCode::OK);
        if head.header("if-none-match") == Some(&tag) {
            answer.status = StatusCode::NOT_MODIFIED;
        } else {
            let bytes = if is_compressed {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                self.compressed(file, version)?
            } else {
                fs::read(file)?.into()
            };
            headers.insert(header::CONTENT_LENGTH, bytes.len().into());
            answer.content = Content::whole(bytes);
        }
        answer.headers = Box::new(headers);
        Ok(answer)
    }

    /// A compressed file. It is compressed again only after a change.
    fn compressed(&self, file: &Path, version: String) -> std::io::Result<Bytes> {
        let all = || self.compressed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, bytes)) = all().get(file)
            && *known == version
        {
            return Ok(bytes.clone());
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&fs::read(file)?)?;
        let bytes = Bytes::from(encoder.finish()?);
        all().insert(file.to_owned(), (version, bytes.clone()));
        Ok(bytes)
    }
}

/// Whether the npm package has files of this name, by the list in its `package.json`.
fn is_of_package(name: &str) -> bool {
    matches!(name, "package.json" | "sbom.cdx.json")
        || [".js", ".cjs", ".wasm", ".d.ts"].iter().any(|end| name.ends_with(end))
}

/// Adds the files of a folder. Hidden files, unknown types and symbolic links are left out.
fn add(files: &mut HashMap<String, PathBuf>, folder: &Path, below: &str, is_deep: bool) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // The type of a link is neither of the two below.
        let (path, kind) = (entry.path(), entry.file_type()?);
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let named = format!("{below}{name}");
        if kind.is_dir() {
            if is_deep {
                add(files, &path, &format!("{named}/"), true)?;
            }
        } else if kind.is_file() && type_of(&path).is_some() {
            files.insert(named, path);
        }
    }
    Ok(())
}

fn type_of(file: &Path) -> Option<&'static str> {
    let extension = file.extension()?.to_str()?;
    let found = TYPES.iter().find(|(name, _)| *name == extension);
    found.map(|(_, content_type)| *content_type)
}

/// Whether a name has the hash of its content, as the build gives the bundles of the page: `page-4ZYEUSMP.js`.
pub(crate) fn is_hashed(file: &Path) -> bool {
    let text = |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str().map(str::to_owned));
    if !matches!(text(file.extension()).as_deref(), Some("css" | "js")) {
        return false;
    }
    let stem = text(file.file_stem()).unwrap_or_default();
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == HASH_LEN
            && hash
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Whether a value of `Accept-Encoding` allows gzip.
fn accepts_gzip(value: &str) -> bool {
    value.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        is_gzip && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

/// The hash by which the policy allows exactly this import map.
fn import_map_hash(html: &str) -> Option<String> {
    let (_, rest) = html.split_once(IMPORT_MAP.0)?;
    let (map, _) = rest.split_once(IMPORT_MAP.1)?;
    Some(Base64::encode_string(&Sha256::digest(map.as_bytes())))
}

/// Answers with a file of the page. `None` for other paths.
pub(crate) async fn answer(page: Option<&Arc<Page>>, head: &Head) -> Option<Answer> {
    if !matches!(&*head.method, "GET" | "HEAD") {
        return None;
    }
    let page = Arc::clone(page?);
    let path = percent_decoded(&head.path);
    let file = page.files.get(&path)?.clone();
    let head = head.clone();
    let answered = spawn_blocking(move || page.answer(&file, &head));
    match answered.await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "cannot read a file of the page");
            let text = "cannot read a file of the page";
            Some(refused(StatusCode::INTERNAL_SERVER_ERROR, "PAGE_UNREADABLE", text))
        }
        Err(error) => Some(broken(&error)),
    }
}

fn percent_decoded(path: &str) -> String {
    if !path.contains('%') {
        return path.to_owned();
    }
    // As a value of a form, in which only plus and ampersand have another meaning.
    let pair = format!("p={}", path.replace('+', "%2B").replace('&', "%26"));
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
    decoded.map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_by_name_and_weight() {
        for value in ["gzip", "br, GZIP;q=0.5", "deflate,gzip ; q=1"] {
            assert!(accepts_gzip(value), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "gzip;q=0.0, br", "xgzip"] {
            assert!(!accepts_gzip(value), "{value}");
        }
    }

    #[test]
    fn page_has_no_links_hidden_files_or_files_beside_the_package() {
        let folder = std::env::temp_dir().join(format!("wix-media-server-page-{}", std::process::id()));
        let www = folder.join("www");
        fs::create_dir_all(&www).expect("a folder");
        for name in [
            "www/index.html",
            "www/.hidden.js",
            "manager.js",
            "keys.json",
            "notes.txt",
        ] {
            fs::write(folder.join(name), "x").expect("a file");
        }
        std::os::unix::fs::symlink("/etc", www.join("linked")).expect("a link");
        std::os::unix::fs::symlink(folder.join("manager.js"), www.join("linked.js")).expect("a link");
        let page = Page::open(&folder, &[]);
        _ = fs::remove_dir_all(&folder);
        let mut paths: Vec<String> = page.expect("a page").files.into_keys().collect();
        paths.sort();
        assert_eq!(paths, ["/", "/index.html", "/wix-media/manager.js"]);
    }

    #[test]
    fn hashed_name_ends_with_eight_characters_of_its_content() {
        for (name, expected) in [
            ("page-4ZYEUSMP.js", true),
            ("a-b-OJRPVFXT.css", true),
            ("page-4ZYEUSMP.html", false),
            ("page-4zyeusmp.js", false),
            ("page-4ZYEUSM.js", false),
            ("4ZYEUSMP.js", false),
            ("policy.js", false),
        ] {
            assert_eq!(is_hashed(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn import_map_has_the_hash_that_browsers_compute() {
        let html = "<p><script type=\"importmap\">{}</script>";
        assert_eq!(
            import_map_hash(html).as_deref(),
            Some("RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=")
        );
        assert_eq!(import_map_hash("<p>"), None);
    }

    #[test]
    fn path_is_decoded_once() {
        assert_eq!(percent_decoded("/a%20b+c&d"), "/a b+c&d");
        assert_eq!(percent_decoded("/%2541"), "/%41");
    }
}
