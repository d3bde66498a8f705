//! Folders and files as lines of JSON, with their members in a fixed order, so that the same rows give the same bytes.

use crate::catalog::{Area, File, Folder, Trashed};
use crate::manager::items::folders::check_name;
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use crate::model::system_folder;
use serde_json::{Map, Value, json};

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
}

/// Writes a value with the members of its objects in the order of their names, whatever order it has in memory.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<_> = members.keys().collect();
            names.sort();
            write_members(names.into_iter().map(|name| (name.as_str(), &members[name])), out);
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                out.push(if at == 0 { '[' } else { ',' });
                write(item, out);
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn write_members<'a>(members: impl Iterator<Item = (&'a str, &'a Value)>, out: &mut String) {
    out.push('{');
    for (at, (name, value)) in members.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(name).to_string());
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

/// A line; members that say nothing are left out.
fn line(members: &[(&str, Value)]) -> String {
    let mut out = String::new();
    let said = members.iter().filter(|(_, value)| !value.is_null());
    write_members(said.map(|(name, value)| (*name, value)), &mut out);
    out.push('\n');
    out
}

fn trashed(trashed: Option<&Trashed>) -> Value {
    trashed.map_or(Value::Null, |trashed| {
        json!({
            "parent": trashed.parent,
            "area": area_name(trashed.area),
            "deletion": trashed.deletion,
            "at": trashed.at,
        })
    })
}

fn area_name(area: Area) -> &'static str {
    match area {
        Area::Site => "site",
        Area::Visitors => "visitors",
        Area::Trash => "trash",
    }
}

/// What a column of JSON holds.
fn stored(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
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
            trashed: gone,
        } = &self.folder;
        line(&[
            ("id", json!(id)),
            ("name", json!(name)),
            ("parent", json!(parent)),
            ("created", json!(created)),
            ("updated", json!(updated)),
            ("events", json!(self.events)),
            ("trashed", trashed(gone.as_ref())),
        ])
    }

    /// The row of a line; of a live folder the area is not known yet.
    pub(crate) fn from_line(line: &[u8]) -> Result<FolderRow, String> {
        let mut row = Row::of(line)?;
        let name = row.text("name")?;
        if check_name("name", &name).is_err() {
            return Err("name is no name of a folder".to_owned());
        }
        let trashed = row.trashed()?;
        let folder = Folder {
            id: row.id()?,
            name,
            parent: row.text("parent")?,
            area: trashed.as_ref().map_or(Area::Site, |_| Area::Trash),
            created: row.number("created")?,
            updated: row.number("updated")?,
            trashed,
        };
        let events = row.count("events")?;
        row.end()?;
        Ok(FolderRow { folder, events })
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
            trashed: gone,
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
        } = &self.file;
        line(&[
            ("id", json!(id)),
            ("name", json!(name)),
            ("parent", json!(parent)),
            ("created", json!(created)),
            ("updated", json!(updated)),
            ("mediaType", json!(media_type.as_str())),
            ("mimeType", json!(mime)),
            ("private", json!(private)),
            ("status", json!(status.as_str())),
            ("readyAt", json!(ready_at)),
            ("size", json!(size)),
            ("hash", json!(hash)),
            ("crc", json!(crc)),
            ("blob", json!(blob.is_some())),
            ("labels", json!(labels)),
            ("facts", stored(facts)),
            ("externalInfo", stored(external)),
            ("sourceUrl", json!(source_url)),
            ("tag", json!(tag)),
            ("events", json!(self.events)),
            ("trashed", trashed(gone.as_ref())),
            ("import", self.import.as_deref().map_or(Value::Null, stored)),
        ])
    }

    /// The row of a line; of a live file the area is not known yet. A blob without id stands for the bytes that it has.
    pub(crate) fn from_line(line: &[u8]) -> Result<FileRow, String> {
        let mut row = Row::of(line)?;
        let trashed = row.trashed()?;
        let media_type = row.spelled("mediaType", MediaType::parse, MediaType::NAMES)?;
        let status = row.spelled("status", Status::parse, Status::NAMES)?;
        let hash = row.text("hash")?;
        let digits = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !digits || !matches!(hash.len(), 0 | 32) {
            return Err("hash is no MD5".to_owned());
        }
        let size = row.number("size")?;
        let blob = row.flag("blob")?;
        if size < -1 || blob && (size < 0 || hash.is_empty()) || !blob && status == Status::Ready && size > 0 {
            return Err("size, hash and blob contradict each other".to_owned());
        }
        let crc = u32::try_from(row.number("crc")?).map_err(|_| "crc is no CRC-32")?;
        let labels = match row.take("labels")? {
            Value::Array(labels) => labels,
            _ => return Err("labels must be a list".to_owned()),
        };
        let label = |label: Value| match label {
            Value::String(label) => Ok(label),
            _ => Err("labels must be texts".to_owned()),
        };
        let file = File {
            id: row.id()?,
            name: row.text("name")?,
            parent: row.text("parent")?,
            area: trashed.as_ref().map_or(Area::Site, |_| Area::Trash),
            created: row.number("created")?,
            updated: row.number("updated")?,
            trashed,
            media_type,
            mime: row.text("mimeType")?,
            private: row.flag("private")?,
            size,
            hash,
            crc,
            status,
            ready_at: row
                .optional("readyAt")
                .map(|time| whole("readyAt", &time))
                .transpose()?,
            labels: labels.into_iter().map(label).collect::<Result<_, String>>()?,
            facts: row.object("facts")?,
            external: row.object("externalInfo")?,
            source_url: row
                .optional("sourceUrl")
                .map(|url| text("sourceUrl", url))
                .transpose()?,
            tag: row.text("tag")?,
            blob: blob.then(String::new),
        };
        let events = row.count("events")?;
        let import = match row.optional("import") {
            Some(import @ Value::Object(_)) => Some(import.to_string()),
            Some(_) => return Err("import must be an object".to_owned()),
            None => None,
        };
        row.end()?;
        Ok(FileRow { file, events, import })
    }
}

/// The members of a line that are still to be read.
struct Row {
    members: Map<String, Value>,
}

fn text(name: &str, value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(format!("{name} must be a text")),
    }
}

fn whole(name: &str, value: &Value) -> Result<i64, String> {
    value.as_i64().ok_or_else(|| format!("{name} must be a whole number"))
}

impl Row {
    fn of(line: &[u8]) -> Result<Row, String> {
        match serde_json::from_slice(line) {
            Ok(Value::Object(members)) => Ok(Row { members }),
            Ok(_) => Err("this is no object".to_owned()),
            Err(error) => Err(format!("this is no JSON: {error}")),
        }
    }

    fn optional(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    fn take(&mut self, name: &str) -> Result<Value, String> {
        self.optional(name).ok_or_else(|| format!("{name} is missing"))
    }

    fn text(&mut self, name: &str) -> Result<String, String> {
        text(name, self.take(name)?)
    }

    /// A text that spells one of several values.
    fn spelled<T>(&mut self, name: &str, parse: fn(&str) -> Option<T>, names: &[&str]) -> Result<T, String> {
        let text = self.text(name)?;
        parse(&text).ok_or_else(|| format!("unknown {name} {text:?}: expected one of {}", names.join(", ")))
    }

    fn number(&mut self, name: &str) -> Result<i64, String> {
        whole(name, &self.take(name)?)
    }

    fn count(&mut self, name: &str) -> Result<i64, String> {
        let count = self.number(name)?;
        if count < 0 {
            return Err(format!("{name} must not be negative"));
        }
        Ok(count)
    }

    fn flag(&mut self, name: &str) -> Result<bool, String> {
        let value = self.take(name)?;
        value.as_bool().ok_or_else(|| format!("{name} must be true or false"))
    }

    fn object(&mut self, name: &str) -> Result<String, String> {
        match self.take(name)? {
            object @ Value::Object(_) => Ok(object.to_string()),
            _ => Err(format!("{name} must be an object")),
        }
    }

    /// An id: what can be a name in the archive, and is no name of the system's own.
    fn id(&mut self) -> Result<String, String> {
        let id = self.text("id")?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let climbs = id.bytes().all(|byte| byte == b'.');
        if climbs || id.len() > 200 || !id.bytes().all(plain) || system_folder::find(&id).is_some() {
            return Err("id is no id of a file or folder".to_owned());
        }
        Ok(id)
    }

    fn trashed(&mut self) -> Result<Option<Trashed>, String> {
        let Some(value) = self.optional("trashed") else {
            return Ok(None);
        };
        let Value::Object(members) = value else {
            return Err("trashed must be an object".to_owned());
        };
        let mut row = Row { members };
        let area = match row.text("area")?.as_str() {
            "site" => Area::Site,
            "visitors" => Area::Visitors,
            _ => return Err("trashed.area is none that something can come from".to_owned()),
        };
        let trashed = Trashed {
            parent: row.text("parent")?,
            area,
            deletion: row.count("deletion")?,
            at: row.number("at")?,
        };
        row.end()?;
        Ok(Some(trashed))
    }

    /// Nothing may be left: what this version does not know would be lost.
    fn end(self) -> Result<(), String> {
        match self.members.keys().next() {
            Some(name) => Err(format!("{name} is unknown")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        }
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
