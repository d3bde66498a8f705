//! Folders by path.

use super::folders;
use super::target::{Target, check_depth};
use crate::catalog::Folder;
use crate::manager::http::error::Outcome;
use crate::manager::tx::Tx;

/// Returns the folder at a path below a target, and creates missing folders (`docs/contract/files-api.md#c6`).
pub(crate) fn ensure_path(tx: &mut Tx<'_>, target: Target, path: &str) -> Outcome<Target> {
    let mut target = target;
    let mut names = path.split('/').filter(|name| !name.is_empty()).peekable();
    let place = |folder: Folder| Target {
        id: folder.id,
        area: folder.area,
    };
    while let Some(name) = names.peek() {
        let Some(folder) = tx.catalog.folder_named(&target.id, name)? else {
            break;
        };
        target = place(folder);
        names.next();
    }
    // Check all missing folders before creating the first, so that a refusal leaves nothing behind.
    let missing: Vec<&str> = names.collect();
    for name in &missing {
        folders::check_name("filePath", name)?;
    }
    if let Some(height) = missing.len().checked_sub(1) {
        check_depth(
            &tx.view(),
            "filePath",
            &target.id,
            u32::try_from(height).unwrap_or(u32::MAX),
        )?;
    }
    for name in missing {
        target = place(folders::add_folder(tx, name, &target)?);
    }
    Ok(target)
}
