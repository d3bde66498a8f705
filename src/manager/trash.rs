//! The trash.
//!
//! A deletion moves an item to the top of the trash and takes everything below along, which keeps its place in the tree
//! (choice U12). So whatever is below a trashed folder was trashed together with it: what had been deleted before lies
//! at the top of the trash itself, and nothing can be put into a trashed folder. A restore brings back exactly that tree.
//!
//! Several items are restored in the reverse order of their deletions. A folder that was the parent of another one when
//! that was deleted, and was deleted later, is then back in time to be its parent again.

use super::call::{Call, Target};
use super::folders::system_folder;
use super::refusal::{Outcome, Refusal};
use super::validate::Fields;
use crate::catalog::{Area, Entity, Leaf, Trashed, Tree};
use crate::model::system_folder;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An item of a tree, in the order in which events tell of it.
enum Step<'a> {
    Folder(&'a str),
    File(&'a Leaf),
}

/// The items of a tree: children before parents when they go, parents before children when they come back.
fn steps(tree: &Tree, going: bool) -> Vec<Step<'_>> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for branch in tree.folders.iter().skip(1) {
        folders.entry(&branch.parent).or_default().push(&branch.id);
    }
    let mut files: BTreeMap<&str, Vec<&Leaf>> = BTreeMap::new();
    for leaf in &tree.files {
        files.entry(&leaf.parent).or_default().push(leaf);
    }
    // In the order of coming back; going is the reverse of it, with siblings the other way round as well.
    let mut order = Vec::new();
    let mut open: Vec<&str> = tree.folders.first().map(|top| &top.id[..]).into_iter().collect();
    while let Some(id) = open.pop() {
        order.push(Step::Folder(id));
        let own = files.get(id).into_iter().flatten().map(|leaf| Step::File(leaf));
        if going {
            order.extend(own.rev());
            open.extend(folders.get(id).into_iter().flatten());
        } else {
            order.extend(own);
            open.extend(folders.get(id).into_iter().flatten().rev());
        }
    }
    if going {
        order.reverse();
    }
    order
}

/// Refuses to delete a folder of the system (choice U8).
pub(super) fn check_deletable(fields: &Fields) -> Outcome<()> {
    let ids = fields.texts("folderIds").unwrap_or_default();
    match ids.into_iter().find(|id| system_folder::find(id).is_some()) {
        Some(id) => Err(system_folder(id)),
        None => Ok(()),
    }
}

impl Call<'_> {
    /// The folders of the request that exist and are not inside another one of them.
    fn tops(&self, fields: &Fields, live_only: bool) -> Outcome<Vec<String>> {
        let ids = fields.texts("folderIds").unwrap_or_default();
        let set: BTreeSet<&str> = ids.iter().copied().collect();
        let mut seen = BTreeSet::new();
        let mut tops = Vec::new();
        for id in ids {
            let Some(folder) = self.catalog.folder(id)? else {
                continue;
            };
            if !seen.insert(id) || live_only && folder.trashed.is_some() {
                continue;
            }
            let above = self.catalog.folders_above(id)?;
            if !above.iter().any(|above| set.contains(&above[..])) {
                tops.push(id.to_owned());
            }
        }
        Ok(tops)
    }

    pub(super) fn bulk_delete_folders(&mut self, fields: &Fields) -> Outcome<Value> {
        check_deletable(fields)?;
        let permanent = fields.flag("permanent").unwrap_or(false);
        let tops = self.tops(fields, !permanent)?;
        if tops.is_empty() {
            return Ok(json!({}));
        }
        let deletion = if permanent { 0 } else { self.deletion()? };
        for top in tops {
            let tree = self.catalog.tree(&top)?;
            for step in steps(&tree, true) {
                match step {
                    Step::Folder(id) => self.deleted(Entity::Folder, id, permanent)?,
                    Step::File(leaf) => self.deleted(Entity::File, &leaf.id, permanent)?,
                }
            }
            if permanent {
                self.freed.extend(tree.files.into_iter().filter_map(|leaf| leaf.blob));
                self.catalog.remove_tree(&top)?;
            } else {
                self.catalog.trash_tree(&top, deletion, self.now)?;
            }
        }
        Ok(json!({}))
    }

    pub(super) fn bulk_delete_files(&mut self, fields: &Fields) -> Outcome<Value> {
        let permanent = fields.flag("permanent").unwrap_or(false);
        let mut deletion = None;
        for id in self.distinct_files(fields) {
            let Some(mut file) = self.catalog.file(&id)? else {
                continue;
            };
            if permanent {
                self.deleted(Entity::File, &id, true)?;
                self.catalog.remove_file(&id)?;
                self.freed.extend(file.blob);
                continue;
            }
            if file.trashed.is_some() {
                continue;
            }
            let deletion = match deletion {
                Some(number) => number,
                None => *deletion.insert(self.deletion()?),
            };
            file.trashed = Some(Trashed {
                parent: std::mem::replace(&mut file.parent, system_folder::TRASH_ROOT.to_owned()),
                area: std::mem::replace(&mut file.area, Area::Trash),
                deletion,
                at: self.now,
            });
            self.catalog.update_file(&file)?;
            self.deleted(Entity::File, &id, false)?;
        }
        Ok(json!({}))
    }

    /// Where a trashed item goes: its parent before the deletion, else the top of its area (choice U15).
    fn origin(&self, trashed: &Trashed, height: Option<u32>) -> Outcome<Target> {
        match self.target("", &trashed.parent) {
            Ok(target) => {
                // The parent can have moved down in the meantime.
                if height.is_none_or(|height| self.fits(&target.id, height).unwrap_or(false)) {
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
        self.target("", id)
    }

    pub(super) fn bulk_restore_folders(&mut self, fields: &Fields) -> Outcome<Value> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for id in fields.texts("folderIds").unwrap_or_default() {
            if let Some(folder) = self.catalog.folder(id)?
                && let Some(trashed) = folder.trashed
                && seen.insert(id)
            {
                let depth = self.catalog.folders_above(id)?.len();
                found.push((std::cmp::Reverse(trashed.deletion), depth, id));
            }
        }
        found.sort_by_key(|&(deletion, depth, _)| (deletion, depth));
        for (_, _, id) in found {
            // One that was inside another is back already.
            let Some(trashed) = self.catalog.folder(id)?.and_then(|folder| folder.trashed) else {
                continue;
            };
            let target = self.origin(&trashed, Some(self.catalog.height(id)?))?;
            self.catalog.restore_tree(id, &target.id, target.area)?;
            let tree = self.catalog.tree(id)?;
            for step in steps(&tree, false) {
                match step {
                    Step::Folder(id) => {
                        if let Some(folder) = self.catalog.folder(id)? {
                            self.folder_created(&folder)?;
                        }
                    }
                    Step::File(leaf) => {
                        if let Some(file) = self.catalog.file(&leaf.id)?
                            && file.status == "READY"
                        {
                            self.file_ready(&file, true)?;
                        }
                    }
                }
            }
        }
        Ok(json!({}))
    }

    pub(super) fn bulk_restore_files(&mut self, fields: &Fields) -> Outcome<Value> {
        for id in self.distinct_files(fields) {
            let Some(mut file) = self.catalog.file(&id)? else {
                continue;
            };
            let Some(trashed) = file.trashed.take() else {
                continue;
            };
            let target = self.origin(&trashed, None)?;
            file.parent = target.id;
            file.area = target.area;
            file.updated = self.now;
            self.catalog.update_file(&file)?;
            if file.status == "READY" {
                self.file_ready(&file, true)?;
            }
        }
        Ok(json!({}))
    }
}
