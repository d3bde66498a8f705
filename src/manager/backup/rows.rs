//! Folders and files as lines of JSON, with their members in a fixed order, so that the same rows give the same bytes.

use crate::catalog::{Area, File, Folder, Trashed};
use crate::manager::items::folders::check_name;
use crate::manager::items::verify::Problem;
use crate::manager::json;
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use crate::model::system_folder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A folder, and how many events it has caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FolderRow {
    pub(crate) folder: Folder,
    pub(crate) events: i64,
}

/// A file, how many events it has caused, and what is still to be fetched for it. Whether it has bytes is said by its
/// blob; which blob that is, is the manager's own business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileRow {
    pub(crate) file: File,
    pub(crate) events: i64,
    pub(crate) import: Option<String>,
    /// Why the archive does not have the bytes of the file.
    pub(crate) missing: Option<Problem>,
}

/// The line of a folder. The order of its members is that of the archive.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderLine {
    id: String,
    name: String,
    parent: String,
    created: i64,
    updated: i64,
    events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed: Option<TrashedLine>,
}

/// The line of a file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FileLine {
    id: String,
    name: String,
    parent: String,
    created: i64,
    updated: i64,
    media_type: String,
    mime_type: String,
    private: bool,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<i64>,
    size: i64,
    hash: String,
    crc: u32,
    /// Whether the archive has its bytes.
    blob: bool,
    labels: Vec<String>,
    facts: Value,
    external_info: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<String>,
    tag: String,
    events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed: Option<TrashedLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// Where something in the trash came from.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrashedLine {
    area: String,
    at: i64,
    deletion: u64,
    parent: String,
}

/// Reads a line.
fn parse<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let value = json::parse(line).map_err(|error| format!("this is no JSON: {error}"))?;
    if has_null_character(&value) {
        return Err("a text contains the character U+0000, which not every store can hold".to_owned());
    }
    json::read(&value).map_err(|error| error.to_string())
}

fn has_null_character(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_null_character),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.contains('\0') || has_null_character(member)),
        _ => false,
    }
}

/// Writes a line.
fn written(line: &impl Serialize) -> String {
    let mut text = serde_json::to_string(line).unwrap_or_default();
    text.push('\n');
    text
}

/// Returns what a column of JSON holds, with the members of objects in the order of their names.
fn stored(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Returns the JSON of a column that holds an object.
fn column(name: &str, value: &Value) -> Result<String, String> {
    if !value.is_object() {
        return Err(format!("{name} must be an object"));
    }
    Ok(json::text(value))
}

/// Returns facts without what assets say, which an archive does not have.
fn own_facts(mut facts: Value) -> Value {
    if let Some(facts) = facts.as_object_mut() {
        facts.remove("posters");
        facts.remove("renditions");
    }
    facts
}

/// Checks an id: what can be a name in the archive, and is no name of the system's own.
fn check_id(id: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let climbs = id.bytes().all(|byte| byte == b'.');
    if climbs || id.len() > 200 || !id.bytes().all(plain) || system_folder::find(id).is_some() {
        return Err("id is no id of a file or folder".to_owned());
    }
    Ok(())
}

/// Reads a name that spells one of several values.
fn spelled<T>(name: &str, text: &str, parse: fn(&str) -> Option<T>, names: &[&str]) -> Result<T, String> {
    parse(text).ok_or_else(|| format!("unknown {name} {text:?}: expected one of {}", names.join(", ")))
}

/// Returns a count as the catalog keeps it.
fn kept(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl TrashedLine {
    fn of(trashed: &Trashed) -> TrashedLine {
        let area = match trashed.area {
            Area::Site => "site",
            Area::Visitors => "visitors",
            Area::Trash => "trash",
        };
        TrashedLine {
            area: area.to_owned(),
            at: trashed.at,
            deletion: trashed.deletion.unsigned_abs(),
            parent: trashed.parent.clone(),
        }
    }

    fn into_trashed(self) -> Result<Trashed, String> {
        let area = match self.area.as_str() {
            "site" => Area::Site,
            "visitors" => Area::Visitors,
            _ => return Err("trashed.area is none that something can come from".to_owned()),
        };
        Ok(Trashed {
            parent: self.parent,
            area,
            deletion: kept(self.deletion),
            at: self.at,
        })
    }
}

impl FolderRow {
    pub(crate) fn to_line(&self) -> String {
        let Folder {
            id,
            name,
            parent,
            area: _,
            created,
            updated,
            trashed,
        } = self.folder.clone();
        written(&FolderLine {
            id,
            name,
            parent,
            created,
            updated,
            events: self.events.unsigned_abs(),
            trashed: trashed.as_ref().map(TrashedLine::of),
        })
    }

    /// The row of a line; of a live folder the area is not known yet.
    pub(crate) fn from_line(line: &[u8]) -> Result<FolderRow, String> {
        let line: FolderLine = parse(line)?;
        check_id(&line.id)?;
        if check_name("name", &line.name).is_err() {
            return Err("name is no name of a folder".to_owned());
        }
        let trashed = line.trashed.map(TrashedLine::into_trashed).transpose()?;
        let folder = Folder {
            id: line.id,
            name: line.name,
            parent: line.parent,
            area: trashed.as_ref().map_or(Area::Site, |_| Area::Trash),
            created: line.created,
            updated: line.updated,
            trashed,
        };
        Ok(FolderRow {
            folder,
            events: kept(line.events),
        })
    }
}

impl FileRow {
    pub(crate) fn to_line(&self) -> String {
        let File {
            id,
            name,
            parent,
            area: _,
            created,
            updated,
            trashed,
            media_type,
            mime,
            private,
            size,
            hash,
            crc,
            status,
            ready_at,
            labels,
            facts,
            external,
            source_url,
            tag,
            blob,
        } = self.file.clone();
        written(&FileLine {
            id,
            name,
            parent,
            created,
            updated,
            media_type: media_type.as_str().to_owned(),
            mime_type: mime,
            private,
            status: status.as_str().to_owned(),
            ready_at,
            size,
            hash,
            crc,
            blob: blob.is_some(),
            labels,
            facts: own_facts(stored(&facts)),
            external_info: stored(&external),
            source_url,
            tag,
            events: self.events.unsigned_abs(),
            trashed: trashed.as_ref().map(TrashedLine::of),
            import: self.import.as_deref().map(stored),
            missing: self.missing.map(|problem| problem.as_str().to_owned()),
        })
    }

    /// The row of a line; of a live file the area is not known yet. A blob without id stands for the bytes that it has.
    pub(crate) fn from_line(line: &[u8]) -> Result<FileRow, String> {
        let line: FileLine = parse(line)?;
        check_id(&line.id)?;
        let media_type = spelled("mediaType", &line.media_type, MediaType::parse, MediaType::NAMES)?;
        let status = spelled("status", &line.status, Status::parse, Status::NAMES)?;
        let (size, hash, blob) = (line.size, line.hash, line.blob);
        let missing = match line.missing.as_deref() {
            Some(name) => Some(Problem::parse(name).ok_or_else(|| format!("unknown missing {name:?}"))?),
            None => None,
        };
        let digits = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !digits || !matches!(hash.len(), 0 | 32) {
            return Err("hash is no MD5".to_owned());
        }
        let is_lost = !blob && status == Status::Ready && size > 0;
        if size < -1 || blob && (size < 0 || hash.is_empty() || missing.is_some()) || is_lost && missing.is_none() {
            return Err("size, hash and blob contradict each other".to_owned());
        }
        let trashed = line.trashed.map(TrashedLine::into_trashed).transpose()?;
        // The assets that it waited for are made again, if at all.
        let is_waiting = status == Status::Pending && blob && line.import.is_none();
        let ready_at = line.ready_at.or(is_waiting.then_some(line.updated));
        let file = File {
            id: line.id,
            name: line.name,
            parent: line.parent,
            area: trashed.as_ref().map_or(Area::Site, |_| Area::Trash),
            created: line.created,
            updated: line.updated,
            trashed,
            media_type,
            mime: line.mime_type,
            private: line.private,
            size,
            hash,
            crc: line.crc,
            status,
            ready_at,
            labels: line.labels,
            facts: column("facts", &own_facts(line.facts))?,
            external: column("externalInfo", &line.external_info)?,
            source_url: line.source_url,
            tag: line.tag,
            blob: blob.then(String::new),
        };
        let import = line.import.map(|import| column("import", &import)).transpose()?;
        Ok(FileRow {
            file,
            events: kept(line.events),
            import,
            missing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn full() -> FileRow {
        let mut file = File::new("a_b~mv2.jpg", "n\u{1f} 写真 \"", "trash-root", Area::Trash, 5);
        file.trashed = Some(Trashed {
            parent: "media-root".into(),
            area: Area::Visitors,
            deletion: 3,
            at: 7,
        });
        file.media_type = MediaType::Image;
        file.hash = "0123456789abcdef0123456789abcdef".into();
        file.size = 9;
        file.crc = u32::MAX;
        file.ready_at = Some(8);
        file.labels = vec!["one".into(), "two".into()];
        file.facts = r#"{"width":1,"height":2}"#.into();
        file.external = r#"{"origin":"x","externalIds":["a"]}"#.into();
        file.source_url = Some("https://h/".into());
        file.tag = "t".into();
        file.blob = Some(String::new());
        FileRow {
            file,
            events: 4,
            import: Some(r#"{"url":"u"}"#.into()),
            missing: None,
        }
    }

    #[test]
    fn a_file_without_its_bytes_says_why() {
        let mut row = full();
        row.file.blob = None;
        assert!(
            FileRow::from_line(row.to_line().as_bytes()).is_err(),
            "bytes are missing without a reason"
        );
        row.missing = Some(Problem::Cut);
        let line = row.to_line();
        assert!(line.ends_with(",\"missing\":\"cut\"}\n"), "{line}");
        let back = FileRow::from_line(line.as_bytes()).expect("a row");
        assert_eq!(
            (back.missing, back.file.blob, back.file.size),
            (Some(Problem::Cut), None, 9)
        );
        let unknown = line.replace("cut", "fine");
        assert!(FileRow::from_line(unknown.as_bytes()).is_err());
        let contradiction = line.replace("\"blob\":false", "\"blob\":true");
        assert!(FileRow::from_line(contradiction.as_bytes()).is_err());
    }

    #[test]
    fn a_file_comes_back_as_it_went() {
        let line = full().to_line();
        let row = FileRow::from_line(line.as_bytes()).expect("a row");
        assert_eq!(row.to_line(), line);
        // The columns that hold JSON may have their members in another order.
        let facts: Value = serde_json::from_str(&row.file.facts).expect("JSON");
        assert_eq!(facts, json!({ "width": 1, "height": 2 }));
        let mut file = row.file;
        file.facts = full().file.facts;
        file.external = full().file.external;
        assert_eq!(file, full().file);
    }

    #[test]
    fn a_folder_comes_back_as_it_went() {
        let folder = Folder::new("f1", "Animals", "media-root", Area::Site, 7);
        let row = FolderRow { folder, events: 2 };
        let line = row.to_line();
        assert_eq!(
            line,
            "{\"id\":\"f1\",\"name\":\"Animals\",\"parent\":\"media-root\",\"created\":7,\"updated\":7,\"events\":2}\n"
        );
        assert_eq!(FolderRow::from_line(line.as_bytes()).expect("a row"), row);
    }

    #[test]
    fn every_member_is_checked() {
        let good: Value = serde_json::from_str(&full().to_line()).expect("JSON");
        let members = good.as_object().expect("an object");
        for name in members.keys() {
            let mut wrong = good.clone();
            wrong[name] = json!([[]]);
            let error = FileRow::from_line(wrong.to_string().as_bytes()).expect_err(name);
            assert!(error.contains(name.as_str()), "{name}: {error}");
        }
        for (name, value) in [
            ("id", json!("..")),
            ("id", json!("")),
            ("id", json!("a/b")),
            ("id", json!("media-root")),
            ("size", json!(-2)),
            ("size", json!(1.5)),
            ("hash", json!("x")),
            ("hash", json!("")),
            ("crc", json!(-1)),
            ("events", json!(-1)),
            ("mediaType", json!("image")),
            ("status", json!("DONE")),
            ("more", json!(1)),
        ] {
            let mut wrong = good.clone();
            wrong[name] = value.clone();
            assert!(
                FileRow::from_line(wrong.to_string().as_bytes()).is_err(),
                "{name}: {value}"
            );
        }
        for line in ["", "[]", "{", "{}", "null"] {
            assert!(FileRow::from_line(line.as_bytes()).is_err(), "{line}");
            assert!(FolderRow::from_line(line.as_bytes()).is_err(), "{line}");
        }
        let folder = br#"{"id":"f","name":"a/b","parent":"p","created":1,"updated":1,"events":0}"#;
        assert!(FolderRow::from_line(folder).is_err());
    }
}
