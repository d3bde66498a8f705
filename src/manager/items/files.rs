//! Calls that read, rename, label and move files.

use super::mask::Mask;
use super::{stale, target};
use crate::catalog::File;
use crate::manager::events;
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::validate::Fields;
use crate::manager::json::{self};
use crate::manager::tx::{Tx, View};
use crate::manager::view::{self, FileView, file_id};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Serialize)]
struct FileAnswer<'a> {
    file: FileView<'a>,
}

#[derive(Serialize)]
struct FilesAnswer<'a> {
    files: Vec<FileView<'a>>,
}

pub(crate) fn get_file_descriptor(view: &View<'_>, fields: &Fields) -> Outcome<String> {
    let file = file(view, fields.text("fileId").unwrap_or_default())?;
    Ok(json::text(&FileAnswer {
        file: FileView::new(&file, &view.base, &view.options.site_id),
    }))
}

pub(crate) fn get_file_descriptors(view: &View<'_>, fields: &Fields) -> Outcome<String> {
    let files = view.catalog.files_by_id(&distinct_files(fields))?;
    let viewed = |file| FileView::new(file, &view.base, &view.options.site_id);
    if files.is_empty() {
        return Err(Refusal::code(400, "RESOURCE_NOT_FOUND", "none of these files exists"));
    }
    Ok(json::text(&FilesAnswer {
        files: files.iter().map(viewed).collect(),
    }))
}

/// Returns the ids in the field `fileIds` without duplicates, in the order of the request.
pub(crate) fn distinct_files(fields: &Fields) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let ids = fields.texts("fileIds").unwrap_or_default().into_iter().map(file_id);
    ids.filter(|id| seen.insert(id.clone())).collect()
}

pub(crate) fn update_file_descriptor(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let changes = fields.object("file");
    stale::refresh(tx, &[file_id(changes.text("id").unwrap_or_default())])?;
    let mut file = file(&tx.view(), changes.text("id").unwrap_or_default())?;
    let mask = Mask::of(fields, "file", &["displayName", "parentFolderId", "labels"])?;
    let before = file.clone();
    if let Some(name) = mask.value(&changes, "displayName").and_then(Value::as_str) {
        if name.trim().is_empty() {
            return Err(Violation::blank("file.displayName").into());
        }
        file.name = name.to_owned();
    }
    if let Some(labels) = mask.value(&changes, "labels").and_then(Value::as_array) {
        let labels = labels.iter().filter_map(Value::as_str);
        file.labels = labels.map(str::to_owned).collect();
    }
    if let Some(parent) = mask.value(&changes, "parentFolderId").and_then(Value::as_str)
        && parent != file.parent
    {
        const FIELD: &str = "file.parentFolderId";
        if file.trashed.is_some() {
            let violation = Violation::named(FIELD, "PARENT_FOLDER_IN_TRASH", "cannot change while in the trash");
            return Err(violation.into());
        }
        let target = target::target(&tx.view(), FIELD, parent)?;
        file.parent = target.id;
        file.area = target.area;
    }
    if file != before {
        file.updated = tx.now;
        tx.catalog.update_file(&file)?;
        events::emit_file_updated(tx, &file)?;
    }
    Ok(json!({ "file": view::file(&file, &tx.base, &tx.options.site_id) }))
}

/// Returns the file with this id or media URL.
pub(crate) fn file(view: &View<'_>, id: &str) -> Outcome<File> {
    let id = file_id(id);
    view.catalog.file(&id)?.ok_or_else(|| Refusal::file_not_found(&id))
}
