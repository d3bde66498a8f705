//! Random commands on the manager and on a model of folders and trash.
//!
//! The model stores only the parent of an item, and walks up to find its scope and whether it is in the trash. The
//! manager stores these in columns. Both must agree on the answer and the events of each command, and after every 25
//! commands on all lists, searches and queries.
//!
//! With few files in a step, most changes of folders leave files whose rows follow later. All answers must be the same
//! meanwhile. The events may come later, and each item must have the same ones in the same order.

use crate::site::{START, Seen, Site, ids, reason, text};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wix_media::manager::{Intake, Options, Request};

const NAMES: [&str; 4] = ["a", "A", "b", "é"];
const SYSTEM: [&str; 6] = [
    "media-root",
    "visitor-uploads",
    "trash-root",
    "purchased-items",
    "mobile-uploads",
    "video-maker",
];

#[derive(Clone, Debug)]
enum Command {
    CreateFolder(usize, Index),
    Upload(usize, Index),
    UploadToPath(usize, Index, [usize; 2]),
    UpdateFolder(Index, Option<usize>, Option<Index>),
    UpdateFile(Index, Option<usize>, Option<Index>),
    Delete(bool, Vec<Index>, bool),
    Restore(bool, Vec<Index>),
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let name = 0..NAMES.len();
    let place = any::<Index>();
    let some = prop::collection::vec(any::<Index>(), 0..4);
    let command = prop_oneof![
        5 => (name.clone(), place.clone()).prop_map(|(name, parent)| Command::CreateFolder(name, parent)),
        3 => (name.clone(), place.clone()).prop_map(|(name, parent)| Command::Upload(name, parent)),
        1 => (name.clone(), place.clone(), [name.clone(), name.clone()])
            .prop_map(|(name, parent, path)| Command::UploadToPath(name, parent, path)),
        3 => (place.clone(), prop::option::of(name.clone()), prop::option::of(place.clone()))
            .prop_map(|(id, name, parent)| Command::UpdateFolder(id, name, parent)),
        2 => (place.clone(), prop::option::of(name), prop::option::of(place))
            .prop_map(|(id, name, parent)| Command::UpdateFile(id, name, parent)),
        3 => (any::<bool>(), some.clone(), prop::bool::weighted(0.25))
            .prop_map(|(folders, ids, permanent)| Command::Delete(folders, ids, permanent)),
        3 => (any::<bool>(), some).prop_map(|(folders, ids)| Command::Restore(folders, ids)),
    ];
    prop::collection::vec(command, 50)
}

/// Where a deleted item came from.
#[derive(Clone, Debug)]
struct Origin {
    parent: String,
    scope: &'static str,
    deletion: u32,
}

#[derive(Clone, Debug)]
struct Item {
    name: String,
    parent: String,
    created: i64,
    updated: i64,
    /// Set only on items that were deleted themselves. Items inside a deleted folder inherit it.
    origin: Option<Origin>,
}

#[derive(Debug, Default)]
struct Model {
    folders: BTreeMap<String, Item>,
    files: BTreeMap<String, Item>,
    deletions: u32,
    now: i64,
}

type Verdict = Result<Vec<Seen>, &'static str>;

fn event(entity: &str, slug: &str, id: &str) -> Seen {
    (entity.to_owned(), slug.to_owned(), id.to_owned())
}

impl Model {
    /// The ids from a folder up to its root.
    fn chain(&self, id: &str) -> Vec<String> {
        let mut chain = vec![id.to_owned()];
        while let Some(folder) = self.folders.get(&chain[chain.len() - 1]) {
            chain.push(folder.parent.clone());
        }
        chain
    }

    /// The root that decides the scope of the items in a folder.
    fn scope(&self, id: &str) -> Option<&'static str> {
        let chain = self.chain(id);
        let root = SYSTEM.into_iter().find(|root| root == chain.last().expect("a root"))?;
        Some(match root {
            "visitor-uploads" | "trash-root" => root,
            _ => "media-root",
        })
    }

    fn target(&self, id: &str) -> Result<(), &'static str> {
        match self.scope(id) {
            None => Err("PARENT_FOLDER_NOT_FOUND"),
            Some("trash-root") => Err("PARENT_FOLDER_IN_TRASH"),
            Some(_) => Ok(()),
        }
    }

    fn is_trashed(&self, item: &Item) -> bool {
        self.scope(&item.parent) == Some("trash-root")
    }

    /// The origin of a trashed item: its own, or its parent with the scope and deletion of the deleted folder above it.
    fn origin(&self, item: &Item) -> Origin {
        if let Some(origin) = &item.origin {
            return origin.clone();
        }
        let chain = self.chain(&item.parent);
        let top = chain.iter().find_map(|id| self.folders.get(id)?.origin.clone());
        Origin {
            parent: item.parent.clone(),
            ..top.expect("a deleted folder above")
        }
    }

    fn item(&self, name: &str, parent: &str) -> Item {
        Item {
            name: name.to_owned(),
            parent: parent.to_owned(),
            created: self.now,
            updated: self.now,
            origin: None,
        }
    }

    fn children<'a>(items: &'a BTreeMap<String, Item>, parent: &str) -> Vec<(&'a String, &'a Item)> {
        let mut children: Vec<_> = items.iter().filter(|(_, item)| item.parent == parent).collect();
        children.sort_by_key(|(id, item)| (item.created, (*id).clone()));
        children
    }

    /// Collects a folder and all below it: bottom up if `going`, as for a deletion, else top down, as for a restore.
    fn walk(&self, id: &str, going: bool, out: &mut Vec<(bool, String)>) {
        if !going {
            out.push((true, id.to_owned()));
            out.extend(
                Self::children(&self.files, id)
                    .into_iter()
                    .map(|(id, _)| (false, id.clone())),
            );
        }
        for (child, _) in Self::children(&self.folders, id) {
            self.walk(child, going, out);
        }
        if going {
            out.extend(
                Self::children(&self.files, id)
                    .into_iter()
                    .map(|(id, _)| (false, id.clone())),
            );
            out.push((true, id.to_owned()));
        }
    }

    fn update(&mut self, folder: bool, id: &str, name: Option<&str>, parent: Option<&str>) -> Verdict {
        let items = if folder { &self.folders } else { &self.files };
        let mut item = items[id].clone();
        if name.is_none() && parent.is_none() {
            return Err("FIELD_MASK_IS_EMPTY_OR_MISSING");
        }
        let mut changed = false;
        if let Some(name) = name {
            changed |= item.name != name;
            item.name = name.to_owned();
        }
        if let Some(parent) = parent.filter(|parent| *parent != item.parent) {
            if self.is_trashed(&item) {
                return Err("PARENT_FOLDER_IN_TRASH");
            }
            self.target(parent)?;
            if folder && self.chain(parent).iter().any(|above| above == id) {
                return Err("FOLDER_CYCLE");
            }
            item.parent = parent.to_owned();
            changed = true;
        }
        if !changed {
            return Ok(Vec::new());
        }
        item.updated = self.now;
        let items = if folder { &mut self.folders } else { &mut self.files };
        items.insert(id.to_owned(), item);
        Ok(vec![event(
            if folder { "folder" } else { "file_descriptor" },
            "updated",
            id,
        )])
    }

    fn delete(&mut self, folders: bool, ids: &[String], permanent: bool) -> Verdict {
        if folders && ids.iter().any(|id| SYSTEM.contains(&&id[..])) {
            return Err("SYSTEM_FOLDER");
        }
        let mut events = Vec::new();
        self.deletions += 1;
        let set: BTreeSet<_> = ids.iter().cloned().collect();
        let mut done = BTreeSet::new();
        for id in ids {
            let items = if folders { &self.folders } else { &self.files };
            let Some(item) = items.get(id).cloned() else { continue };
            let inside = folders && self.chain(&item.parent).iter().any(|above| set.contains(above));
            if !done.insert(id) || !permanent && self.is_trashed(&item) || inside {
                continue;
            }
            let mut gone = Vec::new();
            if folders {
                self.walk(id, true, &mut gone);
            } else {
                gone.push((false, id.clone()));
            }
            for (folder, id) in &gone {
                events.push(event(if *folder { "folder" } else { "file_descriptor" }, "deleted", id));
                if permanent {
                    if *folder { &mut self.folders } else { &mut self.files }.remove(id);
                }
            }
            if !permanent {
                let origin = Origin {
                    scope: self.scope(&item.parent).expect("a root"),
                    parent: item.parent,
                    deletion: self.deletions,
                };
                let items = if folders { &mut self.folders } else { &mut self.files };
                let item = items.get_mut(id).expect("an item");
                item.parent = "trash-root".to_owned();
                item.origin = Some(origin);
            }
        }
        Ok(events)
    }

    fn restore(&mut self, folders: bool, ids: &[String]) -> Verdict {
        let items = if folders { &self.folders } else { &self.files };
        let mut order = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            if let Some(item) = items.get(id).filter(|item| self.is_trashed(item)) {
                let latest = u32::MAX - self.origin(item).deletion;
                order.push(if folders {
                    (latest, self.chain(id).len(), at)
                } else {
                    (0, 0, at)
                });
            }
        }
        order.sort();
        let mut events = Vec::new();
        for (_, _, at) in order {
            let id = &ids[at];
            let items = if folders { &self.folders } else { &self.files };
            let item = items[id].clone();
            if !self.is_trashed(&item) {
                continue;
            }
            let origin = self.origin(&item);
            let parent = match self.target(&origin.parent) {
                Ok(()) => origin.parent,
                Err(_) => origin.scope.to_owned(),
            };
            let now = self.now;
            let items = if folders { &mut self.folders } else { &mut self.files };
            let item = items.get_mut(id).expect("an item");
            item.parent = parent;
            item.origin = None;
            let mut back = vec![(false, id.clone())];
            if folders {
                back.clear();
                self.walk(id, false, &mut back);
            } else {
                item.updated = now;
            }
            events.extend(back.iter().map(|(folder, id)| {
                let (entity, slug) = if *folder {
                    ("folder", "created")
                } else {
                    ("file_descriptor", "file_ready")
                };
                event(entity, slug, id)
            }));
        }
        Ok(events)
    }

    /// The ids in the default sort order.
    fn sorted<'a>(mut found: Vec<(&'a String, &'a Item)>) -> Vec<&'a str> {
        found.sort_by(|(one_id, one), (other_id, other)| other.updated.cmp(&one.updated).then(one_id.cmp(other_id)));
        found.into_iter().map(|(id, _)| &id[..]).collect()
    }
}

/// Model and manager side by side.
struct Pair {
    site: Site,
    model: Model,
    /// Every id ever created, so that commands also name purged items.
    folders: Vec<String>,
    files: Vec<String>,
    /// Whether files follow changes of their folders later. Then events are compared by item.
    is_deferring: bool,
    /// A request that has changed a folder, and whose files have not all followed yet.
    pending: Option<Intake>,
    /// The number of commands that changed folders.
    changes: usize,
    /// The slugs of the events of each item, as the model expects them and as they came.
    expected: BTreeMap<(String, String), Vec<String>>,
    came: BTreeMap<(String, String), Vec<String>>,
}

fn add(slugs: &mut BTreeMap<(String, String), Vec<String>>, events: Vec<Seen>) {
    for (entity, slug, id) in events {
        slugs.entry((entity, id)).or_default().push(slug);
    }
}

impl Pair {
    fn new(options: Options, is_deferring: bool) -> Pair {
        Pair {
            site: Site::with(options),
            model: Model {
                now: START,
                ..Model::default()
            },
            folders: Vec::new(),
            files: Vec::new(),
            is_deferring,
            pending: None,
            changes: 0,
            expected: BTreeMap::new(),
            came: BTreeMap::new(),
        }
    }

    /// Brings all files up to date.
    fn catch_up(&mut self) {
        if let Some(intake) = self.pending.take() {
            self.site.manager.abandon(intake);
        }
        while self.site.manager.next_tick().expect("a time").is_some() {
            self.site.manager.tick().expect("a tick");
        }
    }

    /// Calls what changes folders. While files follow later, it stops behind the change every other time.
    fn change(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.changes += 1;
        if !self.is_deferring || self.changes.is_multiple_of(4) {
            return self.site.call(method, path, body);
        }
        if method != "PATCH" {
            self.catch_up();
        }
        let mut intake = self
            .site
            .manager
            .open(Request::new(method, &format!("/site-media/v1{path}")).head);
        self.site.manager.feed(&mut intake, body.to_string().as_bytes());
        let is_permanent = body["permanent"] == true;
        while self.site.manager.work(&mut intake) {
            if is_permanent {
                continue;
            }
            if self.changes.is_multiple_of(2) {
                self.pending = Some(intake);
            } else {
                self.site.manager.abandon(intake);
            }
            return (200, Value::Null);
        }
        let response = self.site.manager.close(intake);
        let status = response.status;
        let body = self.site.manager.collect(response.body).expect("a body");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    /// Compares the events of each item, once all have come.
    fn compare_events(&mut self) -> Result<(), TestCaseError> {
        self.catch_up();
        let events = self.site.events();
        add(&mut self.came, events);
        prop_assert_eq!(&self.came, &self.expected);
        Ok(())
    }

    fn pick_parent(&self, at: &Index) -> String {
        let count = SYSTEM.len() + 1 + self.folders.len() * 3;
        match at.index(count) {
            at if at < SYSTEM.len() => SYSTEM[at].to_owned(),
            at if at == SYSTEM.len() => "unknown".to_owned(),
            at => self.folders[(at - SYSTEM.len() - 1) / 3].clone(),
        }
    }

    fn pick(&self, folders: bool, at: &Index) -> Option<String> {
        let ids = if folders { &self.folders } else { &self.files };
        (!ids.is_empty()).then(|| at.get(ids).clone())
    }

    fn pick_some(&self, folders: bool, at: &[Index]) -> Vec<String> {
        let mut ids: Vec<_> = at.iter().filter_map(|at| self.pick(folders, at)).collect();
        // Sometimes an unknown id, and rarely a system folder, which cannot be deleted.
        if at.len() == 3 {
            ids.push("unknown".to_owned());
            if folders && at[0].index(8) == 0 {
                ids.push("purchased-items".to_owned());
            }
        }
        ids
    }

    fn upload(&self, name: &str, parent: &str, path: &str) -> (u16, Value) {
        let options = json!({ "fileName": format!("{name}.pdf"), "parentFolderId": parent, "filePath": path });
        self.site.upload("application/pdf", options, b"%PDF-1.7")
    }

    /// Runs one command on both, and compares answer and events.
    fn run(&mut self, command: &Command) -> Result<(), TestCaseError> {
        self.site.clock.advance(1000);
        self.model.now += 1000;
        let (status, answer, verdict) = match command {
            Command::CreateFolder(name, parent) => {
                let parent = self.pick_parent(parent);
                let body = json!({ "displayName": NAMES[*name], "parentFolderId": parent });
                let (status, answer) = self.site.call("POST", "/folders", body);
                let verdict = self.model.target(&parent).map(|()| {
                    let id = text(&answer["folder"]["id"]);
                    self.model
                        .folders
                        .insert(id.clone(), self.model.item(NAMES[*name], &parent));
                    self.folders.push(id.clone());
                    vec![event("folder", "created", &id)]
                });
                (status, answer, verdict)
            }
            Command::Upload(name, parent) => {
                let parent = self.pick_parent(parent);
                let (status, answer) = self.upload(NAMES[*name], &parent, "");
                let verdict = self
                    .model
                    .target(&parent)
                    .map(|()| vec![self.uploaded(&answer, NAMES[*name], &parent)]);
                (status, answer, verdict)
            }
            Command::UploadToPath(name, parent, path) => {
                let parent = self.pick_parent(parent);
                let path = path.map(|name| NAMES[name]);
                let (status, answer) = self.upload(NAMES[*name], &parent, &path.join("/"));
                let verdict = self
                    .model
                    .target(&parent)
                    .map(|()| self.uploaded_to(&answer, NAMES[*name], &parent, path));
                (status, answer, verdict)
            }
            Command::UpdateFolder(id, name, parent) => {
                let Some(id) = self.pick(true, id) else { return Ok(()) };
                let parent = parent.as_ref().map(|parent| self.pick_parent(parent));
                let name = name.map(|name| NAMES[name]);
                let body = json!({ "folder": { "displayName": name, "parentFolderId": parent } });
                let (status, answer) = self.change("PATCH", &format!("/folders/{id}"), body);
                let verdict = if self.model.folders.contains_key(&id) {
                    self.model.update(true, &id, name, parent.as_deref())
                } else {
                    Err("FOLDER_NOT_FOUND")
                };
                (status, answer, verdict)
            }
            Command::UpdateFile(id, name, parent) => {
                let Some(id) = self.pick(false, id) else { return Ok(()) };
                let parent = parent.as_ref().map(|parent| self.pick_parent(parent));
                let name = name.map(|name| NAMES[name]);
                let body = json!({ "file": { "id": id, "displayName": name, "parentFolderId": parent } });
                let (status, answer) = self.site.call("PATCH", "/files/update-file-descriptor", body);
                let verdict = if self.model.files.contains_key(&id) {
                    self.model.update(false, &id, name, parent.as_deref())
                } else {
                    Err("RESOURCE_NOT_FOUND")
                };
                (status, answer, verdict)
            }
            Command::Delete(folders, ids, permanent) => {
                let ids = self.pick_some(*folders, ids);
                let (kind, field) = if *folders {
                    ("folders", "folderIds")
                } else {
                    ("files", "fileIds")
                };
                let body = json!({ field: ids, "permanent": permanent });
                let path = format!("/bulk/{kind}/delete");
                let (status, answer) = if *folders {
                    self.change("POST", &path, body)
                } else {
                    self.site.call("POST", &path, body)
                };
                (status, answer, self.model.delete(*folders, &ids, *permanent))
            }
            Command::Restore(folders, ids) => {
                let ids = self.pick_some(*folders, ids);
                let (kind, field) = if *folders {
                    ("folders", "folderIds")
                } else {
                    ("files", "fileIds")
                };
                let (path, body) = (format!("/bulk/trash-bin/{kind}/restore"), json!({ field: ids }));
                let (status, answer) = if *folders {
                    self.change("POST", &path, body)
                } else {
                    self.site.call("POST", &path, body)
                };
                (status, answer, self.model.restore(*folders, &ids))
            }
        };
        let events = self.site.events();
        match verdict {
            Ok(expected) => {
                prop_assert_eq!(status, 200, "{:?}: {}", command, answer);
                if self.is_deferring {
                    add(&mut self.came, events);
                    add(&mut self.expected, expected);
                } else {
                    prop_assert_eq!(events, expected, "{:?}", command);
                }
            }
            Err(expected) => {
                let right = if expected == "FOLDER_NOT_FOUND" { 404 } else { 400 };
                prop_assert_eq!((status, &reason(&answer)[..]), (right, expected), "{:?}", command);
                if self.is_deferring {
                    add(&mut self.came, events);
                } else {
                    prop_assert_eq!(events, vec![], "{:?}", command);
                }
            }
        }
        Ok(())
    }

    fn uploaded(&mut self, answer: &Value, name: &str, parent: &str) -> Seen {
        let id = text(&answer["file"]["id"]);
        self.model
            .files
            .insert(id.clone(), self.model.item(&format!("{name}.pdf"), parent));
        self.files.push(id.clone());
        event("file_descriptor", "file_ready", &id)
    }

    /// Follows the path in the model, with the ids of new folders from the ancestors of the uploaded file.
    fn uploaded_to(&mut self, answer: &Value, name: &str, parent: &str, path: [&str; 2]) -> Vec<Seen> {
        let mut last = text(&answer["file"]["parentFolderId"]);
        let mut new = Vec::new();
        while last != parent {
            new.push(last.clone());
            last = text(&self.site.get(&format!("/folders/{last}"))["folder"]["parentFolderId"]);
        }
        let mut events = Vec::new();
        let mut parent = parent.to_owned();
        for name in path {
            let known = Model::children(&self.model.folders, &parent)
                .into_iter()
                .find(|(_, item)| item.name == name);
            let known = known.map(|(id, _)| id.clone());
            let real = new.pop().expect("a folder for each name");
            if known.is_none() {
                self.model.folders.insert(real.clone(), self.model.item(name, &parent));
                self.folders.push(real.clone());
                events.push(event("folder", "created", &real));
            }
            parent = known.unwrap_or(real);
        }
        events.push(self.uploaded(answer, name, &parent));
        events
    }

    /// Compares all items, lists, searches and queries.
    fn compare(&self) -> Result<(), TestCaseError> {
        for (folders, kind) in [(true, "folders"), (false, "files")] {
            let all = if folders { &self.folders } else { &self.files };
            for id in all {
                let (path, member) = if folders {
                    (format!("/folders/{id}"), "folder")
                } else {
                    (format!("/files/{id}"), "file")
                };
                let (status, answer) = self.site.call("GET", &path, Value::Null);
                let items = if folders {
                    &self.model.folders
                } else {
                    &self.model.files
                };
                let Some(item) = items.get(id) else {
                    prop_assert!(status >= 400, "{id} was purged");
                    continue;
                };
                let trashed = self.model.is_trashed(item);
                let shown = &answer[member];
                prop_assert_eq!(&shown["displayName"], &item.name);
                prop_assert_eq!(&shown["parentFolderId"], &item.parent, "{}", id);
                prop_assert_eq!(&shown["state"], if trashed { "DELETED" } else { "OK" });
                prop_assert_eq!(&shown["updatedDate"], &date(item.updated), "{}", id);
                prop_assert_eq!(&shown["createdDate"], &date(item.created));
            }
            let items = if folders {
                &self.model.folders
            } else {
                &self.model.files
            };
            let mut expected = Vec::new();
            for parent in SYSTEM
                .iter()
                .map(|id| (*id).to_owned())
                .chain(self.folders.iter().cloned())
            {
                let children = Model::sorted(items.iter().filter(|(_, item)| item.parent == parent).collect());
                let in_trash = self.model.scope(&parent) == Some("trash-root");
                let live = if in_trash { Vec::new() } else { children.clone() };
                expected.push((format!("/{kind}?parentFolderId={parent}"), live));
                // For `media-root` the trash lists its top level instead.
                let deleted = if in_trash { children } else { Vec::new() };
                if parent != "media-root" {
                    expected.push((format!("/trash-bin/{kind}?parentFolderId={parent}"), deleted));
                }
            }
            for (path, children) in expected {
                let listed = self.site.get(&format!("{path}&paging.limit=100"));
                let mut listed = ids(&listed[kind]);
                // This system folder is listed once it holds a file.
                listed.retain(|id| id != "video-maker");
                prop_assert_eq!(listed, children, "{}", path);
            }
            for (scope, root) in [
                ("MEDIA_ROOT", "media-root"),
                ("VISITOR_UPLOADS_ROOT", "visitor-uploads"),
                ("TRASH_ROOT", "trash-root"),
            ] {
                for search in ["", "É", "a"] {
                    let fits = |item: &Item| {
                        // Searches also match MIME types, and `application/pdf` contains an "a".
                        let named = item.name.to_lowercase().contains(&search.to_lowercase());
                        self.model.scope(&item.parent) == Some(root) && (named || !folders && search == "a")
                    };
                    let found = Model::sorted(items.iter().filter(|(_, item)| fits(item)).collect());
                    let body = json!({ "rootFolder": scope, "search": search, "paging": { "limit": 100 } });
                    let answer = self.site.post(&format!("/{kind}/search"), body);
                    prop_assert_eq!(ids(&answer[kind]), found, "{} {:?}", scope, search);
                }
            }
            for (state, trashed) in [("OK", false), ("DELETED", true)] {
                let fits = |item: &Item| self.model.is_trashed(item) == trashed;
                let found = Model::sorted(items.iter().filter(|(_, item)| fits(item)).collect());
                let body = json!({ "query": { "filter": { "state": state }, "cursorPaging": { "limit": 100 } } });
                let answer = self.site.post(&format!("/{kind}/query"), body);
                prop_assert_eq!(ids(&answer[kind]), found, "{}", state);
            }
        }
        Ok(())
    }
}

/// Formats a time on the day of `START`, on which all commands run.
fn date(milliseconds: i64) -> String {
    assert_eq!(START, 1_700_000_000_000, "2023-11-14T22:13:20");
    let seconds = (milliseconds - START) / 1000 + 22 * 3600 + 13 * 60 + 20;
    format!(
        "2023-11-14T{:02}:{:02}:{:02}.000Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        // A step takes a tenth of a second, so the default number of steps would take an hour.
        max_shrink_iters: 500,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_commands_on_model_and_manager_agree(commands in commands()) {
        let mut pair = Pair::new(Options::default(), false);
        for (at, command) in commands.iter().enumerate() {
            pair.run(command)?;
            if at % 25 == 24 {
                pair.compare()?;
            }
        }
    }

    #[test]
    fn random_commands_while_files_follow_later_agree(commands in commands(), files_per_step in 0..3_u32) {
        let mut pair = Pair::new(Options { files_per_step, ..Options::default() }, true);
        for (at, command) in commands.iter().enumerate() {
            pair.run(command)?;
            if at % 10 == 9 {
                pair.compare()?;
            }
        }
        pair.compare_events()?;
        pair.compare()?;
    }
}
