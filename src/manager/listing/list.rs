//! The page that a list or a search asks for.

use super::LIMIT;
use super::cursor::{self, foreign_cursor, sorts};
use super::query::queried;
use crate::catalog::{Area, Children, Page, fold};
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::validate::Fields;
use crate::model::media_type::MediaType;
use crate::model::system_folder;
use crate::operations::{Covers, Operation, Paging};
use serde_json::json;

pub(crate) fn requested(operation: &'static Operation, files: bool, fields: &Fields) -> Outcome<Page> {
    if let Paging::Query(_) = operation.paging {
        return queried(operation, files, fields);
    }
    let paging = fields.object("paging");
    let limit = paging
        .number("limit")
        .and_then(|limit| u32::try_from(limit).ok())
        .unwrap_or(LIMIT);
    if let Some(cursor) = paging.text("cursor").filter(|cursor| !cursor.is_empty()) {
        return cursor::decode(operation, files, cursor, limit).ok_or_else(|| foreign_cursor("paging.cursor"));
    }
    let children = match operation.covers {
        Covers::Trash => {
            let parent = fields.text("parentFolderId").unwrap_or(system_folder::TRASH_ROOT);
            // The default that Wix declares, although the service behaves otherwise (`docs/contract/files-api.md#s16`).
            let media_root = parent == system_folder::MEDIA_ROOT || parent.is_empty();
            Children::Of(if media_root { system_folder::TRASH_ROOT } else { parent }.to_owned())
        }
        Covers::Area => {
            let scope = fields.text("rootFolder").and_then(Area::from_scope);
            Children::In(vec![scope.unwrap_or(Area::Site)])
        }
        Covers::Folder | Covers::Site | Covers::Nothing => {
            let parent = fields.text("parentFolderId").filter(|parent| !parent.is_empty());
            Children::Of(parent.unwrap_or(system_folder::MEDIA_ROOT).to_owned())
        }
    };
    let mut page = Page::new(children, limit);
    page.text = fold(fields.text("search").unwrap_or_default().trim());
    page.private = fields.flag("private");
    if let Some(types) = fields.texts("mediaTypes") {
        let mut known = Vec::new();
        for name in types {
            let unknown = || unsupported("UNSUPPORTED_MEDIA_TYPE", name, MediaType::NAMES);
            known.push(MediaType::parse(name).ok_or_else(unknown)?);
        }
        page.media_types = (!known.is_empty()).then_some(known);
    }
    let sort = fields.object("sort");
    let order = sort.text("order");
    if let Some(name) = sort.text("fieldName") {
        let known = sorts(files).iter().find(|(known, _)| *known == name);
        page.sort = match known {
            Some((_, sort)) => *sort,
            None => {
                let names: Vec<_> = sorts(files).iter().map(|(name, _)| *name).collect();
                return Err(unsupported("UNSUPPORTED_SORT_VALUE", name, &names));
            }
        };
        page.descending = false;
    }
    if let Some(order) = order {
        page.descending = order == "DESC";
    }
    Ok(page)
}

fn unsupported(code: &'static str, value: &str, allowed: &[&str]) -> Refusal {
    let shown: String = value.chars().take(200).collect();
    let data = json!({ "allowedValues": allowed, "requestValue": shown });
    Refusal::with_data(400, code, format!("{shown} is none of {}", allowed.join(", ")), data)
}
