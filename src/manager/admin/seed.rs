//! Initial content of a manager: files and folders by path, without upload URLs, ready at once.
//!
//! Each entry is one transaction, with the events that an upload or a call would have caused. Entries are independent.
//! A folder with `trashed` takes everything into the trash that it holds by then, so its entry must follow those of its
//! content.

use crate::catalog::{Children, File, Folder, Item, Key, Page, Position, Sort};
use crate::manager::events;
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::message::Origin;
use crate::manager::http::validate::{Fields, refuse_null_characters};
use crate::manager::items::content::{self, Receipt};
use crate::manager::items::target::{self, Target};
use crate::manager::items::{files, folders, paths, transcodes, trash};
use crate::manager::tx::{Tx, View};
use crate::manager::view;
use crate::model::status::Status;
use crate::model::{media_type, system_folder};
use crate::wire::date;
use serde_json::{Map, Value, json};

/// The number of items read in one query.
const BATCH_SIZE: u32 = 100;

/// The treatment of an entry that exists: an item with the same name and place and, for a file, the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnDuplicate {
    KeepBoth,
    Reuse,
    Fail,
}

/// A parsed entry.
#[derive(Debug)]
pub(crate) struct Entry {
    folders: Vec<String>,
    /// The name of the file, or `None` for a folder.
    pub(crate) file: Option<String>,
    mime: String,
    private: bool,
    labels: Vec<String>,
    external: Value,
    /// The time of creation. By default it is the present.
    pub(crate) created: Option<i64>,
    trashed: bool,
    on_duplicate: OnDuplicate,
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

pub(crate) fn origin(given: &Value) -> Outcome<Origin> {
    let Some(name) = text(given, "origin")? else {
        return Ok(Origin::Site);
    };
    Origin::named(&name).ok_or_else(|| {
        let text = "must be site, visitor, mobile, purchase or video-maker";
        Violation::new("origin", "OTHER", text).into()
    })
}

impl Entry {
    pub(crate) fn of(given: &Value) -> Outcome<Entry> {
        let mut violations = Vec::new();
        for (name, value) in given.as_object().into_iter().flatten() {
            refuse_null_characters(name, value, &mut violations);
        }
        if !violations.is_empty() {
            return Err(Refusal::Violations(violations));
        }
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
            mime: text(given, "mimeType")?.unwrap_or_else(|| media_type::OCTET_STREAM.to_owned()),
            private: flag(given, "private")?,
            labels: labels.ok_or_else(|| Violation::new("labels", "FORMAT", "must be a list of strings"))?,
            external,
            created: created.ok_or_else(|| Violation::new("createdDate", "FORMAT", "must be a date in ISO 8601"))?,
            trashed: flag(given, "trashed")?,
            on_duplicate,
        })
    }

    /// Returns the MIME type by the declaration and the name.
    pub(crate) fn declared(&self) -> Outcome<Option<String>> {
        content::declared(&self.mime, self.file.as_deref())
    }

    fn path(&self) -> String {
        self.folders.join("/")
    }
}

/// Returns the items of a folder with this name, in the order of their ids.
fn items_named<T: Item>(
    name: &str,
    folder: &str,
    fetch: impl Fn(&Page) -> crate::catalog::Result<Vec<T>>,
    is_named: impl Fn(&T) -> bool,
) -> Outcome<Vec<T>> {
    let mut page = Page::new(Children::Of(folder.to_owned()), BATCH_SIZE);
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
        if those < BATCH_SIZE as usize || those < all {
            return Ok(found);
        }
    }
}

fn folders_named(view: &View<'_>, name: &str, parent: &str) -> Outcome<Vec<Folder>> {
    items_named(
        name,
        parent,
        |page| view.catalog.folders(page),
        |folder| folder.name == name,
    )
}

fn files_named(view: &View<'_>, name: &str, parent: &str) -> Outcome<Vec<File>> {
    items_named(name, parent, |page| view.catalog.files(page), |file| file.name == name)
}

/// Returns all folders at this path below a folder, and those that were there before they were trashed.
fn folders_at(view: &View<'_>, top: &str, names: &[String]) -> Outcome<Vec<String>> {
    let mut found = vec![top.to_owned()];
    for name in names {
        let mut next: Vec<String> = Vec::new();
        for parent in &found {
            next.extend(folders_named(view, name, parent)?.into_iter().map(|folder| folder.id));
        }
        let trashed = folders_named(view, name, system_folder::TRASH_ROOT)?;
        let from_here = |folder: &Folder| {
            let origin = folder.trashed.as_ref().map(|trashed| &trashed.parent);
            origin.is_some_and(|origin| found.contains(origin))
        };
        next.extend(trashed.into_iter().filter(from_here).map(|folder| folder.id));
        found = next;
    }
    Ok(found)
}

/// Returns the file with this name and these bytes at this path, or one that was there before it was trashed.
fn file_at(view: &View<'_>, top: &str, entry: &Entry, name: &str, hash: &str) -> Outcome<Option<File>> {
    let places = folders_at(view, top, &entry.folders)?;
    for place in &places {
        let mut files = files_named(view, name, place)?.into_iter();
        if let Some(file) = files.find(|file| file.hash == hash) {
            return Ok(Some(file));
        }
    }
    let trashed = files_named(view, name, system_folder::TRASH_ROOT)?;
    Ok(trashed.into_iter().find(|file| {
        let origin = file.trashed.as_ref().map(|trashed| &trashed.parent);
        file.hash == hash && origin.is_some_and(|origin| places.contains(origin))
    }))
}

fn delete_one(tx: &mut Tx<'_>, kind: &str, id: &str) -> Outcome<()> {
    let fields = Fields::new(Map::from_iter([(kind.to_owned(), json!([id]))]));
    match kind {
        "fileIds" => trash::bulk_delete_files(tx, &fields)?,
        _ => trash::bulk_delete_folders(tx, &fields)?,
    };
    Ok(())
}

fn top(view: &View<'_>) -> Outcome<Target> {
    target::target(view, "path", content::default_folder(view.context))
}

pub(crate) fn seed_folder(tx: &mut Tx<'_>, entry: &Entry) -> Outcome<Value> {
    let top = top(&tx.view())?;
    let there = folders_at(&tx.view(), &top.id, &entry.folders)?;
    if entry.on_duplicate == OnDuplicate::Fail && !there.is_empty() {
        return Err(duplicate());
    }
    let mut reused = None;
    if entry.on_duplicate == OnDuplicate::Reuse {
        for id in there {
            let folder = folders::folder(&tx.view(), &id)?;
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
            let target = paths::ensure_path(tx, top, &entry.path())?;
            folders::folder(&tx.view(), &target.id)?
        }
    };
    if entry.trashed && folder.trashed.is_none() {
        delete_one(tx, "folderIds", &folder.id)?;
    }
    let folder = folders::folder(&tx.view(), &folder.id)?;
    Ok(json!({ "folder": view::folder(&folder, &tx.options.site_id), "reused": was_there }))
}

/// Creates the file of an entry. Returns the answer, and whether the file uses the bytes.
pub(crate) fn seed_file(tx: &mut Tx<'_>, entry: &Entry, receipt: Receipt) -> Outcome<(Value, bool)> {
    let name = entry.file.as_deref().unwrap_or_default();
    content::check(&tx.view(), entry.private, &receipt)?;
    let top = top(&tx.view())?;
    if entry.on_duplicate != OnDuplicate::KeepBoth {
        let shown = media_type::display_name(name, &receipt.mime);
        if let Some(file) = file_at(&tx.view(), &top.id, entry, &shown, &receipt.digested.md5)? {
            if entry.on_duplicate == OnDuplicate::Fail {
                return Err(duplicate());
            }
            return Ok((
                json!({ "file": view::file(&file, &tx.base, &tx.options.site_id), "reused": true }),
                false,
            ));
        }
    }
    let target = paths::ensure_path(tx, top, &entry.path())?;
    let mut file = content::new_file(tx.context, &content::stem(tx.context), name, &receipt.mime, &target);
    file.private = entry.private;
    file.labels.clone_from(&entry.labels);
    file.external = entry.external.to_string();
    file.tag = "_fileOrigin_uploaded".to_owned();
    let posters = content::fill(tx.context, &mut file, receipt);
    if file.status == Status::Pending {
        // Initial content needs no processing time.
        content::process(tx.context, &mut file);
    }
    tx.catalog.insert_file(&file)?;
    transcodes::queue(tx, &mut file, posters)?;
    events::emit_file_processed(tx, &file)?;
    if entry.trashed {
        delete_one(tx, "fileIds", &file.id)?;
    }
    let file = files::file(&tx.view(), &file.id)?;
    Ok((
        json!({ "file": view::file(&file, &tx.base, &tx.options.site_id), "reused": false }),
        true,
    ))
}

fn duplicate() -> Refusal {
    Refusal::code(409, "ALREADY_EXISTS", "the item already exists")
}
