//! Lists, searches and queries.
//!
//! A cursor holds the whole next page: operation, conditions, order and position (`docs/contract/choices.md#u26`). It is
//! validated like any other input, so a forged one yields nothing that its bearer could not request anyway.

use super::http::error::{Outcome, Refusal, Violation};
use super::http::validate::{Fields, length};
use super::items::{folders, target};
use super::tx::View;
use super::view;
use crate::catalog::{Area, Children, Folder, Item, Key, Page, Position, Sort, fold};
use crate::model::media_type::MediaType;
use crate::model::system_folder;
use crate::operations::enums::{MEDIA_TYPE, STATE};
use crate::operations::{Argument, Covers, Kind, Operation, OperationId, Paging, Queryable};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};

/// Items of a page when the request does not say (`docs/contract/choices.md#u1`).
const LIMIT: u32 = 50;
/// Longest cursor.
const CURSOR: usize = 16_000;

fn sorts(files: bool) -> &'static [(&'static str, Sort)] {
    const SORTS: &[(&str, Sort)] = &[
        ("displayName", Sort::Name),
        ("updatedDate", Sort::Updated),
        ("sizeInBytes", Sort::Size),
    ];
    if files { SORTS } else { &SORTS[..2] }
}

fn encode(operation: &Operation, page: &Page, position: Position, backwards: bool) -> String {
    let sort = sorts(true).iter().position(|(_, sort)| *sort == page.sort);
    let children = match &page.children {
        Children::Of(parent) => json!(parent),
        Children::In(areas) => areas.iter().map(|&area| json!(area.number())).collect(),
    };
    let key = match position.key {
        Key::Number(number) => json!(number),
        Key::Text(text) => json!(text),
    };
    let cursor = json!([
        operation.name,
        children,
        page.media_types
            .as_ref()
            .map(|types| types.iter().map(|each| each.as_str()).collect::<Vec<_>>()),
        page.private,
        page.text,
        sort,
        page.descending,
        key,
        position.id,
        backwards
    ]);
    Base64UrlUnpadded::encode_string(cursor.to_string().as_bytes())
}

fn decode(operation: &Operation, files: bool, cursor: &str, limit: u32) -> Option<Page> {
    let bytes = Base64UrlUnpadded::decode_vec(cursor).ok()?;
    let parts: Value = serde_json::from_slice(&bytes).ok()?;
    let parts: &[Value; 10] = parts.as_array()?.as_slice().try_into().ok()?;
    let [
        name,
        children,
        types,
        private,
        text,
        sort,
        descending,
        key,
        id,
        backwards,
    ] = parts;
    if name != operation.name {
        return None;
    }
    let area = |value: &Value| Area::from_number(value.as_i64()?);
    let (_, sort) = *sorts(files).get(usize::try_from(sort.as_u64()?).ok()?)?;
    let position = Position {
        key: match key {
            Value::String(text) if sort == Sort::Name => Key::Text(text.clone()),
            Value::Number(number) if sort != Sort::Name => Key::Number(number.as_i64()?),
            _ => return None,
        },
        id: id.as_str()?.to_owned(),
    };
    let media_types = |items: &Vec<Value>| -> Option<Vec<MediaType>> {
        items.iter().map(|item| MediaType::parse(item.as_str()?)).collect()
    };
    Some(Page {
        children: match children {
            Value::String(parent) => Children::Of(parent.clone()),
            Value::Array(areas) if areas.len() <= 3 => Children::In(areas.iter().map(area).collect::<Option<_>>()?),
            _ => return None,
        },
        media_types: match types {
            Value::Null => None,
            Value::Array(items) if items.len() <= MediaType::ALL.len() && files => Some(media_types(items)?),
            _ => return None,
        },
        private: match private {
            Value::Null => None,
            Value::Bool(private) if files => Some(*private),
            _ => return None,
        },
        text: text.as_str()?.to_owned(),
        until: None,
        sort,
        descending: descending.as_bool()?,
        from: Some(position),
        backwards: backwards.as_bool()?,
        limit,
    })
}

/// A page with what is on either side of it.
struct Turned<T> {
    items: Vec<T>,
    before: bool,
    after: bool,
}

/// Fetches a page, in list order whichever way it was reached.
fn turn<T>(page: &Page, fetch: &dyn Fn(&Page) -> Outcome<Vec<T>>) -> Outcome<Turned<T>>
where
    T: Item,
{
    let mut wanted = page.clone();
    wanted.limit += 1;
    let mut items = fetch(&wanted)?;
    let more = items.len() > page.limit as usize;
    items.truncate(page.limit as usize);
    // On the other side there is usually what the cursor came from, but it can be gone by now.
    let mut other = false;
    if let (Some(_), Some(first)) = (&page.from, items.first()) {
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

/// Answers a list, a search or a query.
pub(crate) fn page(view: &View<'_>, id: OperationId, fields: &Fields) -> Outcome<Value> {
    let operation = id.operation();
    let (Paging::Cursor(member) | Paging::Query(member)) = operation.paging else {
        return Err(Refusal::code(404, "NOT_FOUND", "this call has no pages"));
    };
    let files = member == "files";
    let mut page = requested(operation, files, fields)?;
    page.until = (view.options.lag > 0).then(|| view.now.saturating_sub(view.options.lag));
    // Looked up once: a page is fetched, and then one item of the page on its other side.
    let mut visible = page.clone();
    if let Children::Of(parent) = &page.children {
        // The trash is listed apart from the rest, so a folder of the other kind is empty here.
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
        let turned = turn(&page, &fetch)?;
        Ok(answer(operation, &page, &turned, |file| {
            view::file(file, &view.base, site)
        }))
    } else {
        let fetch = |page: &Page| folder_page(view, operation, page, &seen(page));
        let turned = turn(&page, &fetch)?;
        Ok(answer(operation, &page, &turned, |folder| view::folder(folder, site)))
    }
}

/// The folders of a page. Video Maker is listed among the folders of Site Files, once there is something in it. It is no
/// row, so it is inserted where the order has it.
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

fn requested(operation: &'static Operation, files: bool, fields: &Fields) -> Outcome<Page> {
    if let Paging::Query(_) = operation.paging {
        return queried(operation, files, fields);
    }
    let paging = fields.object("paging");
    let limit = paging
        .number("limit")
        .and_then(|limit| u32::try_from(limit).ok())
        .unwrap_or(LIMIT);
    if let Some(cursor) = paging.text("cursor").filter(|cursor| !cursor.is_empty()) {
        return decode(operation, files, cursor, limit).ok_or_else(|| foreign_cursor("paging.cursor"));
    }
    let children = match operation.covers {
        Covers::Trash => {
            let parent = fields.text("parentFolderId").unwrap_or(system_folder::TRASH_ROOT);
            // The declared default, which practice contradicts (`docs/contract/files-api.md#s16`).
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

fn foreign_cursor(field: &str) -> Refusal {
    Violation::new(field, "FORMAT", "is no cursor of this call").into()
}

fn answer<T: Item>(
    operation: &'static Operation,
    page: &Page,
    turned: &Turned<T>,
    value: impl Fn(&T) -> Value,
) -> Value {
    let cursor = |item: Option<&T>, there: bool, backwards| {
        let item = item.filter(|_| there)?;
        Some(encode(operation, page, item.position(page.sort), backwards))
    };
    let next = cursor(turned.items.last(), turned.after, false).unwrap_or_default();
    let values: Vec<_> = turned.items.iter().map(value).collect();
    let mut body = Map::new();
    match operation.paging {
        Paging::Query(member) => {
            let mut cursors = json!({ "next": next });
            if let Some(prev) = cursor(turned.items.first(), turned.before, true) {
                cursors["prev"] = prev.into();
            }
            let metadata = json!({ "count": values.len(), "cursors": cursors, "hasNext": turned.after });
            body.insert(member.to_owned(), values.into());
            body.insert("pagingMetadata".to_owned(), metadata);
        }
        Paging::Cursor(member) => {
            body.insert(member.to_owned(), values.into());
            let next = json!({ "cursors": { "next": next }, "hasNext": turned.after });
            body.insert("nextCursor".to_owned(), next);
        }
        Paging::None => {}
    }
    Value::Object(body)
}

/// What the operations table says of a query.
fn queryable(operation: &Operation) -> Option<&'static Queryable> {
    operation.arguments.iter().find_map(|argument| match argument {
        Argument::Value { field, .. } => match field.kind {
            Kind::Query(queryable) => Some(queryable),
            _ => None,
        },
        Argument::Options(_) => None,
    })
}

/// The page of a query (`docs/contract/files-api.md#s17`, `docs/contract/choices.md#u23` and `docs/contract/choices.md#u27`).
fn queried(operation: &'static Operation, files: bool, fields: &Fields) -> Outcome<Page> {
    let null = Value::Null;
    let query = fields.value("query").unwrap_or(&null);
    let paging = &query["cursorPaging"];
    let limit = match &paging["limit"] {
        Value::Null => LIMIT,
        value => {
            let limit = value
                .as_i64()
                .ok_or_else(|| Violation::new("query.cursorPaging.limit", "FORMAT", "must be a whole number"))?;
            let (rule, text, threshold) = match limit {
                1..=100 => ("", "", 0),
                ..1 => ("MIN", "must be at least 1", 1),
                _ => ("MAX", "must be at most 100", 100),
            };
            if !rule.is_empty() {
                let violation = Violation::new("query.cursorPaging.limit", rule, text);
                return Err(violation.with(json!({ "threshold": threshold })).into());
            }
            u32::try_from(limit).unwrap_or(LIMIT)
        }
    };
    const CURSOR_FIELD: &str = "query.cursorPaging.cursor";
    match &paging["cursor"] {
        Value::Null => {}
        Value::String(cursor) if cursor.is_empty() => {}
        Value::String(cursor) if length(cursor) > CURSOR => {
            let violation = Violation::new(CURSOR_FIELD, "MAX_LENGTH", "must have at most 16000 characters");
            return Err(violation.with(json!({ "threshold": CURSOR })).into());
        }
        Value::String(cursor) => {
            return decode(operation, files, cursor, limit).ok_or_else(|| foreign_cursor(CURSOR_FIELD));
        }
        _ => return Err(foreign_cursor(CURSOR_FIELD)),
    }
    let Some(queryable) = queryable(operation) else {
        return Err(Refusal::code(404, "NOT_FOUND", "this call has no query"));
    };
    let mut page = Page::new(Children::In(vec![Area::Site, Area::Visitors]), limit);
    let mut conditions = Conditions::default();
    conditions.read(queryable, &query["filter"], 0)?;
    if let Some(states) = conditions.states {
        let mut areas = Vec::new();
        if states.contains(&"OK".to_owned()) {
            areas.extend([Area::Site, Area::Visitors]);
        }
        if states.contains(&"DELETED".to_owned()) {
            areas.push(Area::Trash);
        }
        page.children = Children::In(areas);
    }
    page.media_types = conditions
        .types
        .map(|types| types.iter().filter_map(|name| MediaType::parse(name)).collect());
    page.private = conditions.private;
    if conditions.nothing {
        page.children = Children::In(Vec::new());
    }
    let refused = |text: String| Refusal::from(Violation::new("query.sort", "OTHER", text));
    match &query["sort"] {
        Value::Null => {}
        Value::Array(entries) if entries.is_empty() => {}
        Value::Array(entries) if entries.len() == 1 => {
            let name = entries[0]["fieldName"].as_str().unwrap_or_default();
            if !queryable.sorts.contains(&name) {
                return Err(refused(format!("must be by one of {}", queryable.sorts.join(", "))));
            }
            let known = sorts(files).iter().find(|(known, _)| *known == name);
            page.sort = known.map_or(Sort::Updated, |(_, sort)| *sort);
            page.descending = match &entries[0]["order"] {
                Value::Null => false,
                Value::String(order) if order == "ASC" => false,
                Value::String(order) if order == "DESC" => true,
                _ => return Err(refused("must be in the order ASC or DESC".to_owned())),
            };
        }
        _ => return Err(refused("must be a list of at most one entry".to_owned())),
    }
    Ok(page)
}

/// What the filter of a query asks for. Conditions on one field must all hold.
#[derive(Debug, Default)]
struct Conditions {
    states: Option<Vec<String>>,
    types: Option<Vec<String>>,
    private: Option<bool>,
    /// Two conditions exclude each other.
    nothing: bool,
}

impl Conditions {
    fn read(&mut self, queryable: &Queryable, filter: &Value, depth: u32) -> Outcome<()> {
        let refused = |text: String| Err(Refusal::from(Violation::new("query.filter", "OTHER", text)));
        let members = match filter {
            Value::Null => return Ok(()),
            Value::Object(members) => members,
            _ => return refused("must be an object".to_owned()),
        };
        for (name, condition) in members {
            if name == "$and" {
                let Some(inner) = condition.as_array().filter(|_| depth < 10) else {
                    return refused("must hold a list behind $and".to_owned());
                };
                for filter in inner {
                    self.read(queryable, filter, depth + 1)?;
                }
                continue;
            }
            let Some(&(_, many)) = queryable.filters.iter().find(|(known, _)| known == name) else {
                let names: Vec<_> = queryable.filters.iter().map(|(name, _)| *name).collect();
                return refused(format!("cannot hold {name}, only {}", names.join(", ")));
            };
            let mut values = vec![condition];
            if let Value::Object(operators) = condition {
                values.clear();
                let mut operators = operators.iter();
                match (operators.next(), operators.next()) {
                    (Some((operator, value)), None) if operator == "$eq" => values.push(value),
                    (Some((operator, Value::Array(items))), None) if operator == "$in" && many => values.extend(items),
                    _ => return refused(format!("asks {name} with an operator that it does not have")),
                }
            }
            self.add(name, &values).map_or_else(
                || refused(format!("compares {name} with a value that it cannot have")),
                Ok,
            )?;
        }
        Ok(())
    }

    fn add(&mut self, name: &str, values: &[&Value]) -> Option<()> {
        if name == "private" {
            let private = values.first()?.as_bool()?;
            self.nothing |= self.private.is_some_and(|other| other != private);
            self.private = Some(private);
            return Some(());
        }
        let (kept, choice) = match name {
            "state" => (&mut self.states, &STATE),
            _ => (&mut self.types, &MEDIA_TYPE),
        };
        let mut wanted: Vec<String> = Vec::new();
        for value in values {
            let value = value.as_str().filter(|value| choice.values.contains(value))?;
            if !wanted.iter().any(|other| other == value) {
                wanted.push(value.to_owned());
            }
        }
        match kept {
            Some(kept) => kept.retain(|value| wanted.contains(value)),
            None => *kept = Some(wanted),
        }
        Some(())
    }
}
