//! Content that a manager is given to begin with: by path, without upload URLs, and ready at once.
//!
//! Each entry is one transaction, with the events that an upload or a call would have caused. Entries are independent, so
//! a folder that is to be in the trash takes along what is in it by then: it comes behind what belongs into it.

use super::call::{Call, Target};
use super::inspect::Digest;
use super::message::{Head, Origin, Response};
use super::refusal::{Outcome, Refusal, Violation};
use super::uploads::{Receiving, conflict};
use super::validate::Fields;
use super::{Intake, Manager, Stage};
use crate::catalog::{Children, File, Folder, Item, Key, Page, Position, Sort, Upload};
use crate::model::{media_type, system_folder};
use crate::wire::date;
use serde_json::{Map, Value, json};

/// How many items of one name are looked at together.
const STEP: u32 = 100;

/// What becomes of an entry that is there already: with this name, in this place and, of a file, with these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnDuplicate {
    KeepBoth,
    Reuse,
    Fail,
}

/// An entry, as it was given.
#[derive(Debug)]
struct Entry {
    folders: Vec<String>,
    /// The name of the file; a folder has none.
    file: Option<String>,
    mime: String,
    private: bool,
    labels: Vec<String>,
    external: Value,
    created: Option<i64>,
    trashed: bool,
    on_duplicate: OnDuplicate,
}

/// An entry whose bytes are coming in.
#[derive(Debug)]
pub(super) struct Seeding {
    entry: Entry,
    pub(super) receiving: Receiving,
}

fn text(given: &Value, name: &str) -> Outcome<Option<String>> {
    match &given[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(Violation::new(name, "FORMAT", "must be a string").into()),
    }
}

fn flag(given: &Value, name: &str) -> Outcome<bool> {
    match &given[name] {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(*flag),
        _ => Err(Violation::new(name, "FORMAT", "must be true or false").into()),
    }
}

fn origin(given: &Value) -> Outcome<Origin> {
    Ok(match text(given, "origin")?.as_deref() {
        None | Some("site") => Origin::Site,
        Some("visitor") => Origin::Visitor,
        Some("mobile") => Origin::Mobile,
        Some("purchase") => Origin::Purchase,
        Some("video-maker") => Origin::VideoMaker,
        Some(_) => {
            let text = "must be site, visitor, mobile, purchase or video-maker";
            return Err(Violation::new("origin", "OTHER", text).into());
        }
    })
}

impl Entry {
    fn of(given: &Value) -> Outcome<Entry> {
        let path = text(given, "path")?.unwrap_or_default();
        let mut folders: Vec<String> = path.split('/').map(str::to_owned).collect();
        let last = folders.pop().unwrap_or_default();
        folders.retain(|name| !name.is_empty());
        if last.is_empty() && folders.is_empty() {
            return Err(Violation::new(
                "path",
                "REQUIRED_FIELD",
                "must name a file, or a folder with / at its end",
            )
            .into());
        }
        let name = text(given, "displayName")?.filter(|name| !name.trim().is_empty());
        let labels = match &given["labels"] {
            Value::Null => Some(Vec::new()),
            Value::Array(labels) => labels.iter().map(|label| label.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        let created = match &given["createdDate"] {
            Value::Null => Some(None),
            Value::Number(number) => number.as_i64().map(Some),
            Value::String(text) => date::milliseconds(text.as_bytes())
                .and_then(|time| i64::try_from(time).ok())
                .map(Some),
            _ => None,
        };
        let external = match &given["externalInfo"] {
            Value::Null => json!({}),
            Value::Object(members) => Value::Object(members.clone()),
            _ => return Err(Violation::new("externalInfo", "FORMAT", "must be an object").into()),
        };
        let on_duplicate = match text(given, "onDuplicate")?.as_deref() {
            None | Some("keep-both") => OnDuplicate::KeepBoth,
            Some("reuse") => OnDuplicate::Reuse,
            Some("fail") => OnDuplicate::Fail,
            Some(_) => {
                return Err(Violation::new("onDuplicate", "OTHER", "must be keep-both, reuse or fail").into());
            }
        };
        Ok(Entry {
            folders,
            file: (!last.is_empty()).then(|| name.unwrap_or(last)),
            mime: text(given, "mimeType")?.unwrap_or_else(|| media_type::UNKNOWN.to_owned()),
            private: flag(given, "private")?,
            labels: labels.ok_or_else(|| Violation::new("labels", "FORMAT", "must be a list of strings"))?,
            external,
            created: created.ok_or_else(|| Violation::new("createdDate", "FORMAT", "must be a date in ISO 8601"))?,
            trashed: flag(given, "trashed")?,
            on_duplicate,
        })
    }

    fn path(&self) -> String {
        self.folders.join("/")
    }
}

/// Those of this name among the items of a folder, in order of their ids.
fn named<T: Item>(
    name: &str,
    folder: &str,
    fetch: impl Fn(&Page) -> crate::catalog::Result<Vec<T>>,
    is_named: impl Fn(&T) -> bool,
) -> Outcome<Vec<T>> {
    let mut page = Page::new(Children::Of(folder.to_owned()), STEP);
    page.sort = Sort::Name;
    page.descending = false;
    page.from = Some(Position {
        key: Key::Text(name.to_owned()),
        id: String::new(),
    });
    let mut found = Vec::new();
    loop {
        let mut items = fetch(&page)?;
        let all = items.len();
        page.from = items.last().map(|last| last.position(Sort::Name));
        let those = items.iter().take_while(|item| is_named(item)).count();
        items.truncate(those);
        found.append(&mut items);
        if those < STEP as usize || those < all {
            return Ok(found);
        }
    }
}

impl Call<'_> {
    fn folders_named(&self, name: &str, parent: &str) -> Outcome<Vec<Folder>> {
        named(
            name,
            parent,
            |page| self.catalog.folders(page),
            |folder| folder.name == name,
        )
    }

    fn files_named(&self, name: &str, parent: &str) -> Outcome<Vec<File>> {
        named(name, parent, |page| self.catalog.files(page), |file| file.name == name)
    }

    /// All folders at this path below a folder, and those that were there before they were trashed.
    fn folders_at(&self, top: &str, names: &[String]) -> Outcome<Vec<String>> {
        let mut found = vec![top.to_owned()];
        for name in names {
            let mut next: Vec<String> = Vec::new();
            for parent in &found {
                next.extend(self.folders_named(name, parent)?.into_iter().map(|folder| folder.id));
            }
            let trashed = self.folders_named(name, system_folder::TRASH_ROOT)?;
            let from_here = |folder: &Folder| {
                let origin = folder.trashed.as_ref().map(|trashed| &trashed.parent);
                origin.is_some_and(|origin| found.contains(origin))
            };
            next.extend(trashed.into_iter().filter(from_here).map(|folder| folder.id));
            found = next;
        }
        Ok(found)
    }

    /// The file of this name and these bytes at this path, or one that was there before it was trashed.
    fn file_at(&self, top: &str, entry: &Entry, name: &str, hash: &str) -> Outcome<Option<File>> {
        let places = self.folders_at(top, &entry.folders)?;
        for place in &places {
            let mut files = self.files_named(name, place)?.into_iter();
            if let Some(file) = files.find(|file| file.hash == hash) {
                return Ok(Some(file));
            }
        }
        let trashed = self.files_named(name, system_folder::TRASH_ROOT)?;
        Ok(trashed.into_iter().find(|file| {
            let origin = file.trashed.as_ref().map(|trashed| &trashed.parent);
            file.hash == hash && origin.is_some_and(|origin| places.contains(origin))
        }))
    }

    fn delete_one(&mut self, kind: &str, id: &str) -> Outcome<()> {
        let fields = Fields::new(Map::from_iter([(kind.to_owned(), json!([id]))]));
        match kind {
            "fileIds" => self.bulk_delete_files(&fields)?,
            _ => self.bulk_delete_folders(&fields)?,
        };
        Ok(())
    }

    fn top(&self) -> Outcome<Target> {
        self.target("path", self.default_folder())
    }

    fn seed_folder(&mut self, entry: &Entry) -> Outcome<Value> {
        self.now = entry.created.unwrap_or(self.now);
        let top = self.top()?;
        let there = self.folders_at(&top.id, &entry.folders)?;
        if entry.on_duplicate == OnDuplicate::Fail && !there.is_empty() {
            return Err(duplicate());
        }
        let mut reused = None;
        if entry.on_duplicate == OnDuplicate::Reuse {
            for id in there {
                let folder = self.folder(&id)?;
                let better = reused.as_ref().is_none_or(|other: &Folder| {
                    other.trashed.is_some() != entry.trashed && folder.trashed.is_some() == entry.trashed
                });
                if better {
                    reused = Some(folder);
                }
            }
        }
        let was_there = reused.is_some();
        let folder = match reused {
            Some(folder) => folder,
            None => {
                let target = self.ensure_path(top, &entry.path())?;
                self.folder(&target.id)?
            }
        };
        if entry.trashed && folder.trashed.is_none() {
            self.delete_one("folderIds", &folder.id)?;
        }
        let folder = self.folder(&folder.id)?;
        Ok(json!({ "folder": self.folder_value(&folder), "reused": was_there }))
    }

    fn begin_seed(&mut self, entry: Entry) -> Outcome<Seeding> {
        let declared = media_type::declared(&entry.mime, entry.file.as_deref()).map_err(conflict)?;
        let media_type = declared.as_deref().map_or("OTHER", media_type::media_type);
        let limit = self.options.limit(media_type);
        // What an upload has from its URL; no row of it is ever written.
        let upload = Upload {
            id: String::new(),
            file: self.stem(),
            request: String::new(),
            resumable: false,
            expires: 0,
            done: false,
            transfer: None,
            blob: None,
            length: 0,
            received: 0,
            filename: None,
        };
        Ok(Seeding {
            entry,
            receiving: Receiving {
                upload,
                blob: self.new_blob(),
                sums: Digest::new(),
                limit,
                too_large: false,
            },
        })
    }

    fn seed_file(&mut self, seeding: Seeding) -> Outcome<(Value, bool)> {
        let Seeding { entry, receiving } = seeding;
        self.now = entry.created.unwrap_or(self.now);
        let name = entry.file.as_deref().unwrap_or_default();
        let sums = receiving.sums.finish();
        let declared = media_type::declared(&entry.mime, Some(name)).map_err(conflict)?;
        let mime = self.check_content(declared, entry.private, &receiving.blob, &sums)?;
        let top = self.top()?;
        if entry.on_duplicate != OnDuplicate::KeepBoth {
            let shown = media_type::display_name(name, &mime);
            if let Some(file) = self.file_at(&top.id, &entry, &shown, &sums.md5)? {
                if entry.on_duplicate == OnDuplicate::Fail {
                    return Err(duplicate());
                }
                return Ok((json!({ "file": self.descriptor(&file), "reused": true }), false));
            }
        }
        let target = self.ensure_path(top, &entry.path())?;
        let mut file = self.new_file(&receiving.upload.file, name, &mime, &target);
        file.private = entry.private;
        file.labels = entry.labels;
        file.external = entry.external.to_string();
        file.tag = "_fileOrigin_uploaded".to_owned();
        self.fill(&mut file, &receiving.blob, sums);
        if file.ready_at.is_some() {
            // What a manager begins with has been processed long ago.
            self.process(&mut file);
        }
        self.catalog.insert_file(&file)?;
        self.tell_processed(&file)?;
        if entry.trashed {
            self.delete_one("fileIds", &file.id)?;
        }
        let file = self.file(&file.id)?;
        Ok((json!({ "file": self.descriptor(&file), "reused": false }), true))
    }
}

fn duplicate() -> Refusal {
    Refusal::code(409, "ALREADY_EXISTS", "this is there already")
}

impl Manager {
    /// Begins to take an entry of a seed; its bytes follow with [`feed`](Manager::feed), and [`close`](Manager::close)
    /// answers with the descriptor. `host` is what URLs begin with where no option says it, as the header of a request.
    ///
    /// | Member | Meaning |
    /// |---|---|
    /// | `path` | folders and the name of the file, or of a folder with `/` at the end, which has no bytes |
    /// | `displayName` | the name of the file, where it is another than that in the path |
    /// | `mimeType` | as declared; without it the name and the bytes decide |
    /// | `private`, `labels`, `externalInfo` | as of an upload |
    /// | `origin` | `site`, `visitor`, `mobile`, `purchase` or `video-maker`: the folder that the path begins in |
    /// | `createdDate` | ISO 8601 or milliseconds since 1970: when all this happened |
    /// | `trashed` | whether it is in the trash; a folder with what it holds by then |
    /// | `onDuplicate` | `keep-both`, `reuse` or `fail`, when it is there already, or was before it was trashed |
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::Manager;
    ///
    /// let mut manager = Manager::memory()?;
    /// let entry = json!({ "path": "/Holidays/notes.txt", "labels": ["2024"] });
    /// let mut intake = manager.open_seed(&entry, "media.example");
    /// manager.feed(&mut intake, b"water and sun");
    /// assert_eq!(manager.close(intake).status, 200);
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn open_seed(&mut self, entry: &Value, host: &str) -> Intake {
        let mut head = Head::default();
        if !host.is_empty() {
            head.headers.push(("Host".to_owned(), host.to_owned()));
        }
        let stage = self.stage_seed(&mut head, entry).unwrap_or_else(Stage::Refused);
        self.intake(head, stage)
    }

    fn stage_seed(&mut self, head: &mut Head, entry: &Value) -> Outcome<Stage> {
        head.origin = origin(entry)?;
        let entry = Entry::of(entry)?;
        if entry.file.is_none() {
            let value = self.transact(head, |call| call.seed_folder(&entry))?;
            return Ok(Stage::Refused(Response::json(200, &value).into()));
        }
        let seeding = self.transact(head, |call| call.begin_seed(entry))?;
        Ok(Stage::Seed(Box::new(seeding)))
    }

    pub(super) fn end_seed(&mut self, head: &Head, seeding: Seeding) -> Outcome<Response> {
        let blob = seeding.receiving.blob.clone();
        let outcome = if seeding.receiving.too_large {
            Err(super::uploads::over_limit(413, seeding.receiving.limit))
        } else {
            let synced = match seeding.receiving.sums.size() {
                0 => Ok(()),
                _ => self.parts.blobs.sync(&blob).map_err(Refusal::from),
            };
            synced.and_then(|()| self.transact(head, |call| call.seed_file(seeding)))
        };
        if !matches!(outcome, Ok((_, true))) && !self.parts.catalog.needs_blob(&blob)? {
            self.parts.blobs.remove(&blob)?;
        }
        Ok(Response::json(200, &outcome?.0))
    }
}
