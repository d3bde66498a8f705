//! Queries: a filter, a sort and cursor paging (`docs/contract/files-api.md#s17`).

use super::LIMIT;
use super::cursor::{self, MAX_CURSOR_LEN, foreign_cursor, sorts};
use crate::catalog::{Area, Children, Page, Sort};
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::validate::{Fields, length};
use crate::model::media_type::MediaType;
use crate::operations::enums::{MEDIA_TYPE, STATE};
use crate::operations::{Argument, Kind, Operation, Queryable};
use serde_json::{Value, json};

/// The fields and limits of a query, from the operations table.
fn queryable(operation: &Operation) -> Option<&'static Queryable> {
    operation.arguments.iter().find_map(|argument| match argument {
        Argument::Value { field, .. } => match field.kind {
            Kind::Query(queryable) => Some(queryable),
            _ => None,
        },
        Argument::Options(_) => None,
    })
}

/// Returns the page that a query asks for (`docs/contract/files-api.md#s17`, `docs/contract/choices.md#u23` and
/// `docs/contract/choices.md#u27`).
pub(crate) fn queried(operation: &'static Operation, files: bool, fields: &Fields) -> Outcome<Page> {
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
        Value::String(cursor) if length(cursor) > MAX_CURSOR_LEN => {
            let violation = Violation::new(CURSOR_FIELD, "MAX_LENGTH", "must have at most 16000 characters");
            return Err(violation.with(json!({ "threshold": MAX_CURSOR_LEN })).into());
        }
        Value::String(cursor) => {
            return cursor::decode(operation, files, cursor, limit).ok_or_else(|| foreign_cursor(CURSOR_FIELD));
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

/// The conditions of a filter. Conditions on one field must all hold.
#[derive(Debug, Default)]
struct Conditions {
    states: Option<Vec<String>>,
    types: Option<Vec<String>>,
    private: Option<bool>,
    /// Two conditions contradict each other, so nothing matches.
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
