//! Calls that create, read, rename and move folders. Deletion and restoring are in [`trash`](super::trash).

use super::mask::Mask;
use super::stale::Budget;
use super::target::{self, Target};
use crate::catalog::Folder;
use crate::manager::events;
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::validate::Fields;
use crate::manager::tx::{Tx, View};
use crate::manager::view;
use crate::model::system_folder::{self, SystemFolder};
use serde_json::{Value, json};

/// Refuses blank names, names that no path could contain, and control characters (`docs/contract/choices.md#u20`,
/// `docs/contract/choices.md#u22`).
pub(crate) fn check_name(field: &str, name: &str) -> Outcome<()> {
    if name.trim().is_empty() {
        return Err(Violation::blank(field).into());
    }
    if name.contains('/') || name.contains(char::is_control) {
        return Err(Violation::new(field, "FORMAT", "must be free of slashes and control characters").into());
    }
    Ok(())
}

/// Returns the refusal to change or delete a system folder.
pub(crate) fn system_folder_refusal(id: &str) -> Refusal {
    Refusal::code(400, "SYSTEM_FOLDER", format!("{id} is a system folder"))
}

/// Inserts a folder and emits its event.
pub(crate) fn add_folder(tx: &mut Tx<'_>, name: &str, target: &Target) -> Outcome<Folder> {
    let id = tx.ids.hex();
    let folder = Folder::new(&id, name, &target.id, target.area, tx.now);
    tx.catalog.insert_folder(&folder)?;
    events::emit_folder_created(tx, &folder)?;
    Ok(folder)
}

pub(crate) fn create_folder(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let name = fields.text("displayName").unwrap_or_default();
    check_name("displayName", name)?;
    let parent = fields.text("parentFolderId").unwrap_or(system_folder::MEDIA_ROOT);
    let target = target::target(&tx.view(), "parentFolderId", parent)?;
    target::check_depth(&tx.view(), "parentFolderId", parent, 0)?;
    let folder = add_folder(tx, name, &target)?;
    Ok(json!({ "folder": view::folder(&folder, &tx.options.site_id) }))
}

/// Returns a system folder as callers see it (`docs/contract/choices.md#u9`).
pub(crate) fn system_folder(view: &View<'_>, folder: &SystemFolder) -> Outcome<Folder> {
    let since = view.since()?;
    Ok(Folder::new(folder.id, folder.name, folder.parent, folder.area, since))
}

/// Returns the folder with this id, which may be a system folder.
pub(crate) fn folder(view: &View<'_>, id: &str) -> Outcome<Folder> {
    if let Some(folder) = system_folder::find(id) {
        return system_folder(view, folder);
    }
    view.catalog.folder(id)?.ok_or_else(|| Refusal::folder_not_found(id))
}

pub(crate) fn get_folder(view: &View<'_>, fields: &Fields) -> Outcome<Value> {
    let folder = folder(view, fields.text("folderId").unwrap_or_default())?;
    Ok(json!({ "folder": view::folder(&folder, &view.options.site_id) }))
}

pub(crate) fn update_folder(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let id = fields.text("folder.id").unwrap_or_default();
    if system_folder::find(id).is_some() {
        return Err(system_folder_refusal(id));
    }
    let mut folder = tx.catalog.folder(id)?.ok_or_else(|| Refusal::folder_not_found(id))?;
    let changes = fields.object("folder");
    let mask = Mask::of(fields, "folder", &["displayName", "parentFolderId"])?;
    let before = folder.clone();
    if let Some(name) = mask.value(&changes, "displayName").and_then(Value::as_str) {
        check_name("folder.displayName", name)?;
        folder.name = name.to_owned();
    }
    if let Some(parent) = mask.value(&changes, "parentFolderId").and_then(Value::as_str)
        && parent != folder.parent
    {
        check_move(&tx.view(), &folder, parent)?;
        folder.area = target::target(&tx.view(), "folder.parentFolderId", parent)?.area;
        folder.parent = parent.to_owned();
    }
    if folder != before {
        folder.updated = tx.now;
        tx.catalog.update_folder(&folder)?;
        if folder.area != before.area {
            if Budget::new(&tx.view()).defers(&tx.view(), &folder.id)? {
                let folders = tx.catalog.folder_tree(&folder.id)?;
                let ids: Vec<_> = folders.iter().map(|folder| &folder.id[..]).collect();
                tx.catalog.defer_files(&ids)?;
            }
            tx.catalog.move_tree(&folder.id, folder.area)?;
        }
        events::emit_folder_updated(tx, &folder)?;
    }
    Ok(json!({ "folder": view::folder(&folder, &tx.options.site_id) }))
}

fn check_move(view: &View<'_>, folder: &Folder, parent: &str) -> Outcome<()> {
    const FIELD: &str = "folder.parentFolderId";
    if folder.trashed.is_some() {
        let violation = Violation::named(FIELD, "PARENT_FOLDER_IN_TRASH", "cannot change while in the trash");
        return Err(violation.into());
    }
    target::target(view, FIELD, parent)?;
    if parent == folder.id || view.catalog.folders_above(parent)?.contains(&folder.id) {
        return Err(Violation::named(FIELD, "FOLDER_CYCLE", "must not be the folder itself or inside it").into());
    }
    target::check_depth(view, FIELD, parent, view.catalog.height(&folder.id)?)
}
