//! Lists, searches and queries.
//!
//! A cursor holds the whole next page: operation, conditions, order and position (`docs/contract/choices.md#u26`). It is
//! validated like any other input, so a forged one yields nothing that its bearer could not request anyway.

mod cursor;
mod list;
mod query;

use super::http::error::{Outcome, Refusal};
use super::http::validate::Fields;
use super::items::{folders, target};
use super::json::{self};
use super::tx::View;
use super::view::{FileView, FolderView};
use crate::catalog::{Area, Children, Folder, Item, Page, Position};
use crate::model::system_folder;
use crate::operations::{Covers, Operation, OperationId, Paging};
use cursor::encode;
use list::requested;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

/// The default number of items of a page (`docs/contract/choices.md#u1`).
const LIMIT: u32 = 50;

/// A page, and whether there are items before and after it.
struct Turned<T> {
    items: Vec<T>,
    before: bool,
    after: bool,
}

/// Fetches a page. Its items are in list order, also after a step backwards. Whether there are items before a step forwards costs
/// another fetch, so it is found out only for answers that say so: those of queries.
fn turn<T>(page: &Page, is_query: bool, fetch: &dyn Fn(&Page) -> Outcome<Vec<T>>) -> Outcome<Turned<T>>
where
    T: Item,
{
    let mut wanted = page.clone();
    wanted.limit += 1;
    let mut items = fetch(&wanted)?;
    let more = items.len() > page.limit as usize;
    items.truncate(page.limit as usize);
    // The page that the cursor came from may be gone by now.
    let mut other = false;
    if (is_query || page.backwards)
        && let (Some(_), Some(first)) = (&page.from, items.first())
    {
        wanted.from = Some(first.position(page.sort));
        wanted.backwards = !page.backwards;
        wanted.limit = 1;
        other = !fetch(&wanted)?.is_empty();
    }
    if page.backwards {
        items.reverse();
        return Ok(Turned {
            items,
            before: more,
            after: other,
        });
    }
    Ok(Turned {
        items,
        before: other,
        after: more,
    })
}

/// Returns the answer to a list, a search or a query, as JSON.
pub(crate) fn page(view: &View<'_>, id: OperationId, fields: &Fields) -> Outcome<String> {
    let operation = id.operation();
    let (Paging::Cursor(member) | Paging::Query(member)) = operation.paging else {
        return Err(Refusal::code(404, "NOT_FOUND", "this call has no pages"));
    };
    let files = member == "files";
    let is_query = matches!(operation.paging, Paging::Query(_));
    let mut page = requested(operation, files, fields)?;
    page.until = (view.options.lag > 0).then(|| view.now.saturating_sub(view.options.lag));
    // Look these up once for both fetches: the page, and one item on its other side.
    let mut visible = page.clone();
    if let Children::Of(parent) = &page.children {
        // Live and trashed items are listed separately, so a folder of the other kind is empty here.
        let trashed = target::area_of(view, parent)?.map(|area| area == Area::Trash);
        if trashed != Some(operation.covers == Covers::Trash) {
            visible.children = Children::In(Vec::new());
        }
    }
    let seen = |page: &Page| Page {
        children: visible.children.clone(),
        ..page.clone()
    };
    let site = &view.options.site_id;
    if files {
        let fetch = |page: &Page| Ok(view.catalog.files(&seen(page))?);
        let turned = turn(&page, is_query, &fetch)?;
        Ok(answer(operation, &page, &turned, |file| {
            FileView::new(file, &view.base, site)
        }))
    } else {
        let fetch = |page: &Page| folder_page(view, operation, page, &seen(page));
        let turned = turn(&page, is_query, &fetch)?;
        Ok(answer(operation, &page, &turned, |folder| {
            FolderView::new(folder, site)
        }))
    }
}

/// Returns the folders of a page. Video Maker is listed among the folders of Site Files unless it is empty. It has no
/// row, so it is inserted at its place in the order.
fn folder_page(view: &View<'_>, operation: &Operation, page: &Page, seen: &Page) -> Outcome<Vec<Folder>> {
    let mut folders = view.catalog.folders(seen)?;
    let is_site_files = page.children == Children::Of(system_folder::MEDIA_ROOT.to_owned());
    if !is_site_files || operation.id != OperationId::ListFolders {
        return Ok(folders);
    }
    for row in system_folder::SYSTEM_FOLDERS.iter().filter(|row| !row.hidden) {
        let folder = folders::system_folder(view, row)?;
        let order = |one: &Position, other: &Position| {
            let keys = one.key.cmp(&other.key);
            let order = if page.descending { keys.reverse() } else { keys }.then(one.id.cmp(&other.id));
            if page.backwards { order.reverse() } else { order }
        };
        let position = folder.position(page.sort);
        let ahead = page.from.as_ref().is_none_or(|from| order(&position, from).is_gt());
        if ahead && view.catalog.has_children(row.id)? {
            let at = folders.partition_point(|other| order(&other.position(page.sort), &position).is_lt());
            folders.insert(at, folder);
            folders.truncate(page.limit as usize);
        }
    }
    Ok(folders)
}

/// The members of an answer.
struct Answer<V> {
    items: (&'static str, Vec<V>),
    paging: (&'static str, Value),
}

impl<V: Serialize> Serialize for Answer<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(2))?;
        members.serialize_entry(self.items.0, &self.items.1)?;
        members.serialize_entry(self.paging.0, &self.paging.1)?;
        members.end()
    }
}

fn answer<'a, T: Item, V: Serialize>(
    operation: &'static Operation,
    page: &Page,
    turned: &'a Turned<T>,
    viewed: impl Fn(&'a T) -> V,
) -> String {
    let cursor = |item: Option<&T>, there: bool, backwards| {
        let item = item.filter(|_| there)?;
        Some(encode(operation, page, item.position(page.sort), backwards))
    };
    let next = cursor(turned.items.last(), turned.after, false).unwrap_or_default();
    let mut cursors = json!({ "next": next });
    let (member, paging) = match operation.paging {
        Paging::Query(member) => {
            if let Some(prev) = cursor(turned.items.first(), turned.before, true) {
                cursors["prev"] = prev.into();
            }
            let metadata = json!({ "count": turned.items.len(), "cursors": cursors, "hasNext": turned.after });
            (member, ("pagingMetadata", metadata))
        }
        Paging::Cursor(member) => (
            member,
            ("nextCursor", json!({ "cursors": cursors, "hasNext": turned.after })),
        ),
        Paging::None => ("", ("", Value::Null)),
    };
    json::text(&Answer {
        items: (member, turned.items.iter().map(viewed).collect()),
        paging,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Key;
    use std::cell::Cell;

    #[test]
    fn turn_looks_before_a_page_only_for_a_query_or_a_step_backwards() {
        for (is_query, backwards, fetches) in [(false, false, 1), (true, false, 2), (false, true, 2), (true, true, 2)] {
            let mut page = Page::new(Children::In(vec![Area::Site]), 1);
            page.backwards = backwards;
            page.from = Some(Position {
                key: Key::Number(3),
                id: "c".to_owned(),
            });
            let fetched = Cell::new(0);
            let turned = turn(&page, is_query, &|page: &Page| {
                fetched.set(fetched.get() + 1);
                let folders = ["a", "b"].map(|id| Folder::new(id, id, "media-root", Area::Site, 2));
                Ok(folders.into_iter().take(page.limit as usize).collect())
            });
            let turned = turned.unwrap_or_else(|_| panic!("{is_query} {backwards}: refused"));
            assert_eq!(fetched.get(), fetches, "{is_query} {backwards}");
            assert_eq!(turned.items.len(), 1, "{is_query} {backwards}");
            assert!(
                if backwards { turned.before } else { turned.after },
                "{is_query} {backwards}"
            );
        }
    }
}
