//! The trash: deleting and restoring files and folders.
//!
//! A deletion moves an item to the top of the trash together with its whole tree, whose structure stays
//! (`docs/contract/choices.md#u12`). So everything below a trashed folder was trashed with it: items that were deleted
//! before it are at the top of the trash themselves, and trashed folders cannot receive items. Restoring a folder
//! brings back exactly that tree.
//!
//! The files of a large folder follow it later: see [`stale`].
//!
//! Several items are restored in the reverse order of their deletions. If a parent was deleted after its child, it is
//! therefore restored first, and can be the parent again.

use super::files;
use super::folders::system_folder_refusal;
use super::stale::{self, Budget};
use super::target::{self, Target};
use crate::catalog::{Area, Children, Entity, Leaf, Page, Sort, Trashed, Tree};
use crate::manager::clock::Pace;
use crate::manager::events;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::validate::Fields;
use crate::manager::tx::{Tx, View};
use crate::model::status::Status;
use crate::model::system_folder;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The number of items looked up in one query.
const BATCH_SIZE: usize = 500;

/// An item of a tree, in the order of its event.
enum Step<'a> {
    Folder(&'a str),
    File(&'a Leaf),
}

impl<'a> Step<'a> {
    fn item(&self) -> (Entity, &'a str) {
        match self {
            Step::Folder(id) => (Entity::Folder, id),
            Step::File(leaf) => (Entity::File, &leaf.id),
        }
    }

    fn file(&self) -> Option<&'a str> {
        match self {
            Step::Folder(_) => None,
            Step::File(leaf) => Some(&leaf.id),
        }
    }
}

/// Returns the items of a tree: children before parents for deletions, parents before children for restoring.
fn steps(tree: &Tree, is_deletion: bool) -> Vec<Step<'_>> {
    // The positions of the folders and files in each folder.
    let mut inside: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (position, branch) in tree.folders.iter().enumerate().skip(1) {
        inside.entry(&branch.parent).or_default().0.push(position);
    }
    for (position, leaf) in tree.files.iter().enumerate() {
        inside.entry(&leaf.parent).or_default().1.push(position);
    }
    // This is the order for restoring. Deletions reverse it, siblings included.
    let mut order = Vec::new();
    let mut open: Vec<&str> = tree.folders.first().map(|top| &top.id[..]).into_iter().collect();
    while let Some(id) = open.pop() {
        order.push(Step::Folder(id));
        let (mut folders, mut files) = inside.remove(id).unwrap_or_default();
        if is_deletion {
            files.reverse();
        } else {
            folders.reverse();
        }
        order.extend(files.into_iter().map(|position| Step::File(&tree.files[position])));
        open.extend(folders.into_iter().map(|position| &tree.folders[position].id[..]));
    }
    if is_deletion {
        order.reverse();
    }
    order
}

/// Refuses to delete a system folder (`docs/contract/choices.md#u8`).
pub(crate) fn check_deletable(fields: &Fields) -> Outcome<()> {
    let ids = fields.texts("folderIds").unwrap_or_default();
    match ids.into_iter().find(|id| system_folder::find(id).is_some()) {
        Some(id) => Err(system_folder_refusal(id)),
        None => Ok(()),
    }
}

/// Returns the existing folders of the request that are not inside another one of them.
fn tops(view: &View<'_>, fields: &Fields, live_only: bool) -> Outcome<Vec<String>> {
    let ids = fields.texts("folderIds").unwrap_or_default();
    let set: BTreeSet<&str> = ids.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut tops = Vec::new();
    for id in ids {
        let Some(folder) = view.catalog.folder(id)? else {
            continue;
        };
        if !seen.insert(id) || live_only && folder.trashed.is_some() {
            continue;
        }
        let above = view.catalog.folders_above(id)?;
        if !above.iter().any(|above| set.contains(&above[..])) {
            tops.push(id.to_owned());
        }
    }
    Ok(tops)
}

/// Frees the blobs of the assets of files that are about to be removed for good.
fn free_assets(tx: &mut Tx<'_>, files: &[&str]) -> Outcome<()> {
    let assets = tx.catalog.assets_of(files)?;
    tx.freed.extend(assets.into_iter().map(|asset| asset.blob));
    Ok(())
}

pub(crate) fn bulk_delete_folders(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    check_deletable(fields)?;
    let permanent = fields.flag("permanent").unwrap_or(false);
    stale::finish(tx)?;
    let tops = tops(&tx.view(), fields, !permanent)?;
    if tops.is_empty() {
        return Ok(json!({}));
    }
    let deletion = if permanent {
        0
    } else {
        tx.catalog.increment_setting("deletions")?
    };
    let mut budget = Budget::new(&tx.view());
    for top in tops {
        let tree = if !permanent && budget.defers(&tx.view(), &top)? {
            deferred_tree(tx, &top, true)?
        } else {
            tx.catalog.tree(&top)?
        };
        let items: Vec<_> = steps(&tree, true).into_iter().map(|step| step.item()).collect();
        events::emit_deleted(tx, &items, permanent)?;
        if permanent {
            free_assets(tx, &tree.files.iter().map(|leaf| &leaf.id[..]).collect::<Vec<_>>())?;
            tx.freed.extend(tree.files.into_iter().filter_map(|leaf| leaf.blob));
            tx.catalog.remove_tree(&top)?;
        } else {
            tx.catalog.trash_tree(&top, deletion, tx.now)?;
        }
    }
    Ok(json!({}))
}

/// Returns a tree without its files, which follow later.
fn deferred_tree(tx: &mut Tx<'_>, top: &str, is_deletion: bool) -> Outcome<Tree> {
    let tree = Tree {
        folders: tx.catalog.folder_tree(top)?,
        files: Vec::new(),
    };
    let folders: Vec<_> = steps(&tree, is_deletion).iter().map(|step| step.item().1).collect();
    tx.catalog.defer_files(&folders)?;
    Ok(tree)
}

/// A permanent deletion of large trees, in steps: first the files, a few in each transaction, then the rest in one.
///
/// Each step is whole, with its events, so whatever ends the deletion leaves trees of folders with fewer files in them, and the
/// same call deletes the rest. Files that are moved away meanwhile, alone or with a folder, stay.
#[derive(Debug)]
pub(crate) struct Deletion {
    /// The trees that have not been looked at yet.
    tops: VecDeque<String>,
    /// The tree that is being deleted, and its folders that may have files, children before parents.
    top: String,
    folders: VecDeque<String>,
    /// How many files are deleted in one step.
    pace: Pace,
}

impl Deletion {
    /// Begins a deletion. `None` unless it is permanent.
    pub(crate) fn new(view: &View<'_>, fields: &Fields) -> Outcome<Option<Deletion>> {
        if fields.flag("permanent") != Some(true) || view.options.delay > 0 {
            return Ok(None);
        }
        check_deletable(fields)?;
        Ok(Some(Deletion {
            tops: tops(view, fields, false)?.into(),
            top: String::new(),
            folders: VecDeque::new(),
            pace: Pace::new(view.options.files_per_step),
        }))
    }

    /// Looks for the next tree. Returns whether there is anything to be deleted in steps.
    pub(crate) fn prepare(&mut self, view: &View<'_>) -> Outcome<bool> {
        let limit = view.options.files_per_step;
        while self.folders.is_empty() {
            let Some(top) = self.tops.pop_front() else {
                return Ok(false);
            };
            if view.catalog.tree_size(&top, limit.saturating_add(1))? > limit {
                let tree = Tree {
                    folders: view.catalog.folder_tree(&top)?,
                    files: Vec::new(),
                };
                self.folders = steps(&tree, true).iter().map(|step| step.item().1.to_owned()).collect();
                self.top = top;
            }
        }
        Ok(true)
    }

    /// Deletes the next files. Returns how many folders have none left: call [`advance`](Deletion::advance) with that after
    /// the commit.
    pub(crate) fn delete(&self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let mut left = self.pace.count();
        let mut done = 0;
        for folder in &self.folders {
            // Others may have moved it out of the tree.
            if *folder == self.top || tx.catalog.folders_above(folder)?.contains(&self.top) {
                let page = Page {
                    sort: Sort::Name,
                    descending: false,
                    ..Page::new(Children::Of(folder.clone()), left)
                };
                let files = tx.catalog.files(&page)?;
                let ids: Vec<_> = files.iter().map(|file| &file.id[..]).collect();
                let items: Vec<_> = ids.iter().map(|id| (Entity::File, *id)).collect();
                events::emit_deleted(tx, &items, true)?;
                free_assets(tx, &ids)?;
                tx.catalog.remove_files(&ids)?;
                let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
                tx.freed.extend(files.into_iter().filter_map(|file| file.blob));
                if count >= left {
                    break;
                }
                // A folder without files is work too.
                left -= count.max(1);
            }
            done += 1;
            if left == 0 {
                break;
            }
        }
        Ok(done)
    }

    /// Notes that a step has taken `elapsed` milliseconds, and that nothing is left in `done` folders.
    pub(crate) fn advance(&mut self, done: usize, elapsed: i64) {
        self.folders.drain(..done);
        self.pace.note(elapsed);
    }
}

pub(crate) fn bulk_delete_files(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let permanent = fields.flag("permanent").unwrap_or(false);
    let ids = files::distinct_files(fields);
    stale::refresh(tx, &ids)?;
    let mut found = tx.catalog.files_by_id(&ids)?;
    if !permanent {
        found.retain(|file| file.trashed.is_none());
    }
    if found.is_empty() {
        return Ok(json!({}));
    }
    let items: Vec<_> = found.iter().map(|file| (Entity::File, &file.id[..])).collect();
    events::emit_deleted(tx, &items, permanent)?;
    if permanent {
        let ids: Vec<_> = found.iter().map(|file| &file.id[..]).collect();
        free_assets(tx, &ids)?;
        tx.catalog.remove_files(&ids)?;
        tx.freed.extend(found.into_iter().filter_map(|file| file.blob));
        return Ok(json!({}));
    }
    let deletion = tx.catalog.increment_setting("deletions")?;
    for file in &mut found {
        file.trashed = Some(Trashed {
            parent: std::mem::replace(&mut file.parent, system_folder::TRASH_ROOT.to_owned()),
            area: std::mem::replace(&mut file.area, Area::Trash),
            deletion,
            at: tx.now,
        });
    }
    tx.catalog.update_files(&found)?;
    Ok(json!({}))
}

/// Returns where a trashed item is restored to: its former parent, or else the top of its area
/// (`docs/contract/choices.md#u15`).
fn origin(view: &View<'_>, trashed: &Trashed, height: Option<u32>) -> Outcome<Target> {
    match target::target(view, "", &trashed.parent) {
        Ok(target) => {
            // The parent may have been moved deeper in the meantime.
            if height.is_none_or(|height| target::fits(view, &target.id, height).unwrap_or(false)) {
                return Ok(target);
            }
        }
        Err(Refusal::Violations(_)) => {}
        Err(other) => return Err(other),
    }
    let id = match trashed.area {
        Area::Visitors => system_folder::VISITOR_UPLOADS,
        Area::Site | Area::Trash => system_folder::MEDIA_ROOT,
    };
    target::target(view, "", id)
}

pub(crate) fn bulk_restore_folders(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    stale::finish(tx)?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for id in fields.texts("folderIds").unwrap_or_default() {
        if let Some(folder) = tx.catalog.folder(id)?
            && let Some(trashed) = folder.trashed
            && seen.insert(id)
        {
            let depth = tx.catalog.folders_above(id)?.len();
            found.push((std::cmp::Reverse(trashed.deletion), depth, id));
        }
    }
    found.sort_by_key(|&(deletion, depth, _)| (deletion, depth));
    let mut budget = Budget::new(&tx.view());
    for (_, _, id) in found {
        // A folder inside another one was restored with it.
        let Some(trashed) = tx.catalog.folder(id)?.and_then(|folder| folder.trashed) else {
            continue;
        };
        let target = origin(&tx.view(), &trashed, Some(tx.catalog.height(id)?))?;
        let tree = if budget.defers(&tx.view(), id)? {
            deferred_tree(tx, id, false)?
        } else {
            tx.catalog.tree(id)?
        };
        tx.catalog.restore_tree(id, &target.id, target.area)?;
        for part in steps(&tree, false).chunks(BATCH_SIZE) {
            emit_restored(tx, part)?;
        }
    }
    Ok(json!({}))
}

/// Emits the events of restored items: a folder is created, a file is ready.
fn emit_restored(tx: &mut Tx<'_>, steps: &[Step<'_>]) -> Outcome<()> {
    let ids: Vec<_> = steps.iter().filter_map(Step::file).map(str::to_owned).collect();
    // They come in the order of the steps.
    let mut files = tx.catalog.files_by_id(&ids)?.into_iter().peekable();
    for step in steps {
        match step {
            Step::Folder(id) => {
                if let Some(folder) = tx.catalog.folder(id)? {
                    events::emit_folder_created(tx, &folder)?;
                }
            }
            Step::File(leaf) => {
                let file = files.next_if(|file| file.id == leaf.id);
                if let Some(file) = file.filter(|file| file.status == Status::Ready) {
                    events::emit_file_ready(tx, &file, true)?;
                }
            }
        }
    }
    Ok(())
}

pub(crate) fn bulk_restore_files(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let ids = files::distinct_files(fields);
    stale::refresh(tx, &ids)?;
    let mut found = tx.catalog.files_by_id(&ids)?;
    found.retain(|file| file.trashed.is_some());
    for file in &mut found {
        if let Some(trashed) = file.trashed.take() {
            let target = origin(&tx.view(), &trashed, None)?;
            file.parent = target.id;
            file.area = target.area;
            file.updated = tx.now;
        }
    }
    tx.catalog.update_files(&found)?;
    for file in found.iter().filter(|file| file.status == Status::Ready) {
        events::emit_file_ready(tx, file, true)?;
    }
    Ok(json!({}))
}
