//! Target folders of items, by id, and their maximum depth.

use crate::catalog::Area;
use crate::manager::http::error::{Outcome, Violation};
use crate::manager::tx::View;
use crate::model::system_folder;
use serde_json::json;

/// The maximum number of nested folders (`docs/contract/folders-api.md#s1`).
pub(crate) const MAX_DEPTH: usize = 100;

/// A folder that can receive items.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) id: String,
    pub(crate) area: Area,
}

/// Returns the folder with this id as a target, or the rule that it breaks (`docs/contract/choices.md#u5`,
/// `docs/contract/choices.md#u6`).
pub(crate) fn target(view: &View<'_>, field: &str, id: &str) -> Outcome<Target> {
    let trashed = || Violation::named(field, "PARENT_FOLDER_IN_TRASH", "must not be in the trash");
    let area = match area_of(view, id)? {
        Some(Area::Trash) => return Err(trashed().into()),
        Some(area) => area,
        None => return Err(Violation::named(field, "PARENT_FOLDER_NOT_FOUND", "must be a folder of this site").into()),
    };
    Ok(Target {
        id: id.to_owned(),
        area,
    })
}

/// Returns the area of a folder, which may be a system folder. Returns `None` for an unknown id.
pub(crate) fn area_of(view: &View<'_>, id: &str) -> Outcome<Option<Area>> {
    match system_folder::area_of(id) {
        Some(area) => Ok(Some(area)),
        None => Ok(view.catalog.folder(id)?.map(|folder| folder.area)),
    }
}

/// Returns the depth of a folder: 1 for a top-level one. System folders do not count.
fn depth(view: &View<'_>, id: &str) -> Outcome<usize> {
    Ok(view.catalog.folders_above(id)?.len())
}

/// Refuses to put a tree of this height into a folder if it would be too deep.
pub(crate) fn check_depth(view: &View<'_>, field: &str, parent: &str, height: u32) -> Outcome<()> {
    if fits(view, parent, height)? {
        return Ok(());
    }
    let violation = Violation::named(
        field,
        "MAX_DEPTH",
        format!("must not be deeper than {MAX_DEPTH} levels"),
    );
    Err(violation.with(json!({ "threshold": MAX_DEPTH })).into())
}

pub(crate) fn fits(view: &View<'_>, parent: &str, height: u32) -> Outcome<bool> {
    Ok(depth(view, parent)? + 1 + height as usize <= MAX_DEPTH)
}
