//! `cargo xtask file-types`: the table of MIME types and extensions of the Media Manager, from maintained sources.
//!
//! - `mime-db` (npm, MIT) joins the registries of IANA, Apache and nginx.
//! - `file-format` (crate, MIT or Apache-2.0) knows raw photographs, 3D models and archives, which no registry has.
//! - `file_types.txt` decides where they disagree, and adds what neither has.

use crate::machine;
use crate::project::Project;
use anyhow::{Context, Result};
use file_format::{FileFormat, Kind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use wix_media::model::media_type::MediaType;

/// The table, below the root of the repository.
const TABLE: &str = "src/model/type_table.txt";

/// Our own rows: MIME type and extensions. An alternative is marked by `~`.
const OWN: &str = include_str!("file_types.txt");

/// Types of `application/` that people read, by the beginnings of their names.
const DOCUMENTS: &[&str] = &[
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.ms-word",
    "application/vnd.ms-project",
    "application/vnd.ms-works",
    "application/vnd.ms-visio",
    "application/vnd.visio",
    "application/vnd.openxmlformats-",
    "application/vnd.oasis.opendocument.",
    "application/vnd.sun.xml.",
    "application/vnd.stardivision.",
    "application/vnd.lotus-",
    "application/vnd.wordperfect",
    "application/onenote",
];

/// Types of `application/` that are archives, although `file-format` does not say so.
const ARCHIVES: &[&str] = &["application/x-compress", "application/x-stuffit", "application/x-lzh"];

/// A row of the table.
#[derive(Default)]
struct Row {
    /// The media type by a row of our own.
    own: Option<MediaType>,
    /// The media type by the kind of the crate.
    by_kind: Option<MediaType>,
    extensions: Vec<String>,
}

/// Writes the table anew.
pub(crate) fn file_types(project: &Project) -> Result<()> {
    let table = renewed(project)?;
    fs::write(project.root.join(TABLE), &table)?;
    println!("{TABLE}: {} types", table.lines().count() - 1);
    Ok(())
}

/// Whether the committed table is that of its sources.
pub(crate) fn is_current(project: &Project) -> Result<bool> {
    Ok(fs::read_to_string(project.root.join(TABLE))? == renewed(project)?)
}

/// The committed table as JavaScript, which the client loads for types that Wix does not document. Each line is a MIME type and
/// its extensions, without those that have several meanings.
pub(crate) fn module(project: &Project) -> Result<String> {
    let table = fs::read_to_string(project.root.join(TABLE))?;
    Ok(format!("export const FILE_TYPES = `{}`;\n", unambiguous(&table)))
}

fn unambiguous(table: &str) -> String {
    let rows = || table.lines().skip(1).map(|line| line.split(' '));
    let ambiguous: BTreeSet<_> = rows().flatten().filter_map(|word| word.strip_prefix('~')).collect();
    let mut text = String::new();
    for mut words in rows() {
        let mime = words.next().unwrap_or_default();
        let is_clear = |word: &&str| !word.starts_with('~') && !ambiguous.contains(word);
        let extensions: Vec<_> = words.skip(1).filter(is_clear).collect();
        if !extensions.is_empty() {
            _ = writeln!(text, "{mime} {}", extensions.join(" "));
        }
    }
    text
}

/// The table by the sources as they are installed.
fn renewed(project: &Project) -> Result<String> {
    machine::npm_packages(project)?;
    let folder = project.javascript().join("node_modules/mime-db");
    let read = |name: &str| -> Result<Value> {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    };
    let package = read("package.json")?;
    let version = package["version"].as_str().context("mime-db has no version")?;
    let lock = fs::read_to_string(project.root.join("Cargo.lock"))?;
    let crate_version = locked(&lock, "file-format").context("Cargo.lock does not name file-format")?;
    table(&read("db.json")?, version, crate_version)
}

/// The version of a crate in the lock file.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    behind.split('"').next()
}

/// The text of the table: a line that names the sources, then a line for each MIME type.
fn table(db: &Value, db_version: &str, crate_version: &str) -> Result<String> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut add = |mime: &str, extension: &str, own: Option<MediaType>, by_kind: Option<MediaType>| {
        let is_plain = extension
            .trim_start_matches('~')
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_plain || extension.len() > 11 || mime == "application/octet-stream" {
            return;
        }
        let row = rows.entry(mime.to_owned()).or_default();
        row.own = row.own.or(own);
        row.by_kind = row.by_kind.or(by_kind);
        if taken.insert(extension.to_owned()) {
            row.extensions.push(extension.to_owned());
        }
    };
    for line in OWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let (media_type, mime) = match MediaType::parse(first) {
            Some(media_type) => (Some(media_type), words.next().context("a row without a type")?),
            None => (None, first),
        };
        for extension in words {
            add(mime, extension, media_type, None);
        }
    }
    for (extension, mime) in registered(db)? {
        add(&mime, &extension, None, None);
    }
    for format in formats() {
        let media_type = format.media_type();
        add(media_type, format.extension(), None, media_type_of(format.kind()));
    }
    let mut text = format!("# mime-db {db_version}, file-format {crate_version}: renew with cargo xtask file-types\n");
    for (mime, row) in rows.iter().filter(|(_, row)| !row.extensions.is_empty()) {
        let media_type = row.own.unwrap_or_else(|| media_type(mime, row.by_kind)).as_str();
        writeln!(text, "{mime} {media_type} {}", row.extensions.join(" "))?;
    }
    Ok(text)
}

/// Each extension of the registries with its best type: the one of the best source, and among those one of sounds, films
/// and pictures, which says more than `application/`.
fn registered(db: &Value) -> Result<BTreeMap<String, String>> {
    let mut best: BTreeMap<String, (u8, String)> = BTreeMap::new();
    for (mime, entry) in db.as_object().context("mime-db is not an object")? {
        let source = match entry["source"].as_str() {
            Some("iana") => 0,
            Some("apache") => 2,
            Some(_) => 4,
            None => 6,
        };
        let rank = source + u8::from(mime.starts_with("application/"));
        for extension in entry["extensions"].as_array().into_iter().flatten() {
            let extension = extension.as_str().context("an extension is not a string")?;
            let candidate = (rank, canonical(mime));
            let current = best.entry(extension.to_owned()).or_insert_with(|| candidate.clone());
            if (candidate.0, &candidate.1) < (current.0, &current.1) {
                *current = candidate;
            }
        }
    }
    Ok(best
        .into_iter()
        .map(|(extension, (_, mime))| (extension, mime))
        .collect())
}

/// IANA spells these types with a capital letter, mime-db does not.
fn canonical(mime: &str) -> String {
    mime.replace("macroenabled", "macroEnabled")
}

/// Every format of the crate, in the order of their kinds.
fn formats() -> Vec<&'static FileFormat> {
    [
        Kind::Image,
        Kind::Audio,
        Kind::Video,
        Kind::Model,
        Kind::Archive,
        Kind::Compressed,
        Kind::Document,
        Kind::Ebook,
        Kind::Presentation,
        Kind::Spreadsheet,
        Kind::Diagram,
        Kind::Formula,
        Kind::Subtitle,
        Kind::Font,
        Kind::Geospatial,
        Kind::Metadata,
        Kind::Playlist,
        Kind::Database,
        Kind::Disk,
        Kind::Package,
        Kind::Executable,
        Kind::Rom,
        Kind::Other,
    ]
    .into_iter()
    .flat_map(FileFormat::from_kind)
    .collect()
}

/// The media type of a kind, where it says more than the MIME type.
fn media_type_of(kind: Kind) -> Option<MediaType> {
    match kind {
        Kind::Model => Some(MediaType::Model3d),
        Kind::Archive | Kind::Compressed => Some(MediaType::Archive),
        Kind::Document | Kind::Ebook | Kind::Presentation | Kind::Spreadsheet | Kind::Diagram | Kind::Formula => {
            Some(MediaType::Document)
        }
        _ => None,
    }
}

/// The media type of a row. The first half of a MIME type decides before the kind of the crate does.
fn media_type(mime: &str, known: Option<MediaType>) -> MediaType {
    let by_name = MediaType::of_mime(mime);
    if by_name != MediaType::Other {
        return by_name;
    }
    if DOCUMENTS.iter().any(|start| mime.starts_with(start)) {
        return MediaType::Document;
    }
    if ARCHIVES.contains(&mime) {
        return MediaType::Archive;
    }
    known.unwrap_or(by_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed table.
    const COMMITTED: &str = include_str!("../../src/model/type_table.txt");

    #[test]
    fn committed_table_names_the_versions_in_use() {
        let lock: Value = serde_json::from_str(include_str!("../../tests/js/package-lock.json")).expect("a lock file");
        let db = lock["packages"]["node_modules/mime-db"]["version"]
            .as_str()
            .expect("a version");
        let format = locked(include_str!("../../Cargo.lock"), "file-format").expect("a version");
        let first = format!("# mime-db {db}, file-format {format}: renew with cargo xtask file-types");
        assert_eq!(COMMITTED.lines().next(), Some(first.as_str()));
    }

    #[test]
    fn module_has_the_extensions_with_one_meaning() {
        let table = "# sources\nimage/x-a IMAGE a ~b\ntext/b DOCUMENT ~a\nvideo/b VIDEO b c\nvideo/d VIDEO d\n";
        assert_eq!(unambiguous(table), "video/b c\nvideo/d d\n");
        let text = unambiguous(COMMITTED);
        assert!(text.contains("\nimage/x-nikon-nef nef\n"));
        assert!(!text.contains(['`', '\\', '$']), "the text stands in a template");
    }

    #[test]
    fn best_type_of_an_extension_is_that_of_the_best_source() {
        let db = serde_json::json!({
            "application/mp4": { "source": "iana", "extensions": ["mp4"] },
            "video/mp4": { "source": "iana", "extensions": ["mp4"] },
            "application/x-a": { "source": "apache", "extensions": ["a"] },
            "application/a.macroenabled": { "source": "iana", "extensions": ["a"] },
            "application/without": { "source": "iana" },
        });
        let best = registered(&db).expect("a map");
        assert_eq!(best["mp4"], "video/mp4");
        assert_eq!(best["a"], "application/a.macroEnabled");
        assert_eq!(best.len(), 2);
    }
}
