//! Folders: making, reading, renaming and moving them. What happens in the trash is in [`trash`](super::trash).

use super::call::Call;
use super::files::Mask;
use super::refusal::{Outcome, Refusal, Violation};
use super::validate::Fields;
use crate::catalog::{Area, Folder};
use crate::model::system_folder::{self, SystemFolder};
use serde_json::{Value, json};

/// Refuses names that are blank, that no path could reach, or that hold control characters (choices U20 and U22).
pub(super) fn check_name(field: &str, name: &str) -> Outcome<()> {
    if name.trim().is_empty() {
        return Err(Violation::blank(field).into());
    }
    if name.contains('/') || name.contains(char::is_control) {
        return Err(Violation::new(field, "FORMAT", "must be free of slashes and control characters").into());
    }
    Ok(())
}

pub(super) fn system_folder(id: &str) -> Refusal {
    Refusal::code(400, "SYSTEM_FOLDER", format!("{id} is a system folder"))
}

impl Call<'_> {
    pub(super) fn create_folder(&mut self, fields: &Fields) -> Outcome<Value> {
        let name = fields.text("displayName").unwrap_or_default();
        check_name("displayName", name)?;
        let parent = fields.text("parentFolderId").unwrap_or(system_folder::MEDIA_ROOT);
        let target = self.target("parentFolderId", parent)?;
        self.check_depth("parentFolderId", parent, 0)?;
        let folder = self.add_folder(name, &target)?;
        Ok(json!({ "folder": self.folder_value(&folder) }))
    }

    /// What a system folder looks like from outside (choice U9).
    pub(super) fn system_folder(&self, folder: &SystemFolder) -> Folder {
        let area = if folder.id == system_folder::VISITOR_UPLOADS {
            Area::Visitors
        } else {
            Area::Site
        };
        Folder::new(folder.id, folder.name, folder.parent, area, self.since)
    }

    /// The folder with this id, system folders included.
    pub(super) fn folder(&self, id: &str) -> Outcome<Folder> {
        if let Some(folder) = system_folder::find(id) {
            return Ok(self.system_folder(folder));
        }
        self.catalog.folder(id)?.ok_or_else(|| Refusal::folder_not_found(id))
    }

    pub(super) fn get_folder(&self, fields: &Fields) -> Outcome<Value> {
        let folder = self.folder(fields.text("folderId").unwrap_or_default())?;
        Ok(json!({ "folder": self.folder_value(&folder) }))
    }

    pub(super) fn update_folder(&mut self, fields: &Fields) -> Outcome<Value> {
        let id = fields.text("folder.id").unwrap_or_default();
        if system_folder::find(id).is_some() {
            return Err(system_folder(id));
        }
        let mut folder = self.catalog.folder(id)?.ok_or_else(|| Refusal::folder_not_found(id))?;
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
            self.check_move(&folder, parent)?;
            folder.area = self.target("folder.parentFolderId", parent)?.area;
            folder.parent = parent.to_owned();
        }
        if folder != before {
            folder.updated = self.now;
            self.catalog.update_folder(&folder)?;
            if folder.area != before.area {
                self.catalog.move_tree(&folder.id, folder.area)?;
            }
            self.folder_updated(&folder)?;
        }
        Ok(json!({ "folder": self.folder_value(&folder) }))
    }

    fn check_move(&self, folder: &Folder, parent: &str) -> Outcome<()> {
        const FIELD: &str = "folder.parentFolderId";
        if folder.trashed.is_some() {
            let violation = Violation::named(FIELD, "PARENT_FOLDER_IN_TRASH", "cannot change while in the trash");
            return Err(violation.into());
        }
        self.target(FIELD, parent)?;
        if parent == folder.id || self.catalog.folders_above(parent)?.contains(&folder.id) {
            return Err(Violation::named(FIELD, "FOLDER_CYCLE", "is the folder itself or inside it").into());
        }
        self.check_depth(FIELD, parent, self.catalog.height(&folder.id)?)
    }
}
