//! Validation of requests by the operations table: the type and the limits of each field.
//!
//! Unknown members are ignored, `null` counts as absent, and one answer lists all violations of a request
//! (`docs/contract/errors.md#s3`, `docs/contract/choices.md#u19` and `docs/contract/choices.md#u45`).

use super::error::{Outcome, Refusal, Violation};
use super::message::query_pairs;
use super::router::{Form, Route};
use crate::manager::json::{self};
use crate::operations::{Argument, Field, Kind, Place};
use serde_json::{Map, Value, json};

/// The validated fields of a request.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    checked: Map<String, Value>,
    /// The unchecked body, for the mask of an update, which is not a field of the table.
    pub(crate) sent: Value,
    /// Violations in entries of a bulk call whose entries fail independently.
    entry_violations: Vec<Violation>,
}

impl Fields {
    pub(crate) fn new(checked: Map<String, Value>) -> Fields {
        Fields {
            checked,
            ..Fields::default()
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        Value::Object(self.checked.clone())
    }

    /// Returns the violations in one entry of a bulk call.
    pub(crate) fn violations_within(&self, path: &str) -> Vec<Violation> {
        let own = |violation: &&Violation| {
            let rest = violation.field.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        self.entry_violations.iter().filter(own).cloned().collect()
    }

    /// Returns the objects of a list.
    pub(crate) fn objects(&self, name: &str) -> Vec<Fields> {
        let items = self.checked.get(name).and_then(Value::as_array).into_iter().flatten();
        let object = |item: &Value| Fields::new(item.as_object().cloned().unwrap_or_default());
        items.map(object).collect()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.checked.get(name)?.as_str()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.checked.get(name)?.as_bool()
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.checked.get(name)?.as_i64()
    }

    pub(crate) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        let items = self.checked.get(name)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).collect())
    }

    /// Returns an object, empty if it is absent.
    pub(crate) fn object(&self, name: &str) -> Fields {
        match self.checked.get(name) {
            Some(Value::Object(members)) => Fields::new(members.clone()),
            _ => Fields::default(),
        }
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.checked.get(name)
    }
}

/// Reads and checks the fields of a request.
pub(crate) fn fields(route: &Route, query: &str, body: &[u8]) -> Outcome<Fields> {
    let operation = route.operation;
    let place = operation.verb.place();
    let sent = match place {
        Place::Query => nested(query),
        Place::Body => parse(body)?,
    };
    let mut source = match &sent {
        Value::Object(members) => members.clone(),
        Value::Null => Map::new(),
        _ => {
            return Err(Refusal::code(400, "INVALID_ARGUMENT", "the body is not a JSON object"));
        }
    };
    adapt(&mut source, route);
    let mut violations = Vec::new();
    let mut checked = Map::new();
    for argument in operation.arguments {
        let fields = match argument {
            Argument::Value { field, .. } => std::slice::from_ref(field),
            Argument::Options(fields) => fields,
        };
        for field in fields {
            let (owner, name) = field.name.split_once('.').unwrap_or((field.name, ""));
            let given = source.get(owner);
            let given = if name.is_empty() {
                given
            } else {
                given.and_then(|owner| owner.get(name))
            };
            if let Some(given) = given {
                refuse_null_characters(field.name, given, &mut violations);
            }
            let value = check(field, field.name, given, place == Place::Query, &mut violations);
            if let Some(value) = value {
                checked.insert(field.name.to_owned(), value);
            }
        }
    }
    let (entry_violations, violations): (Vec<_>, Vec<_>) = violations
        .into_iter()
        .partition(|violation| operation.name == "bulkImportFile" && is_entry_violation(violation));
    if !violations.is_empty() {
        return Err(Refusal::Violations(violations));
    }
    Ok(Fields {
        checked,
        sent,
        entry_violations,
    })
}

/// Refuses texts with U+0000, also those in maps and filters and the names of their members.
pub(crate) fn refuse_null_characters(path: &str, value: &Value, violations: &mut Vec<Violation>) {
    match value {
        Value::String(text) if text.contains('\0') => violations.push(Violation::null_character(path)),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                refuse_null_characters(&format!("{path}[{at}]"), item, violations);
            }
        }
        Value::Object(members) => {
            if members.keys().any(|name| name.contains('\0')) {
                violations.push(Violation::null_character(path));
            }
            for (name, member) in members {
                refuse_null_characters(&format!("{path}.{name}"), member, violations);
            }
        }
        _ => {}
    }
}

/// Returns whether a violation concerns only one entry of a bulk import. An entry without a URL, and one that is not an
/// object, fails the whole call (`docs/contract/files-api.md#s10`).
fn is_entry_violation(violation: &Violation) -> bool {
    let member = violation.field.split_once("].").map(|(_, member)| member);
    member.is_some_and(|member| member != "url" || violation.rule != "REQUIRED_FIELD")
}

/// The maximum number of values in a body. The largest bulk call has a tenth of that. Millions of empty objects fit into a
/// body that is small enough, and take a second and 16 times its memory to parse.
const MAX_VALUES: usize = 200_000;

/// Counts the values of a JSON text without parsing it, by the signs before each. Strings are skipped.
fn has_too_many_values(body: &[u8]) -> bool {
    let mut count = 0;
    let (mut in_text, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => count += 1,
            _ => {}
        }
    }
    count > MAX_VALUES
}

fn parse(body: &[u8]) -> Outcome<Value> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    if has_too_many_values(body) {
        let text = format!("the body has more than {MAX_VALUES} values");
        return Err(Refusal::code(413, "INVALID_ARGUMENT", text));
    }
    json::parse(body).map_err(|error| Refusal::code(400, "INVALID_ARGUMENT", format!("the body is not JSON: {error}")))
}

/// Moves the parameter of the path into its field, and converts older bodies to the current form.
fn adapt(source: &mut Map<String, Value>, route: &Route) {
    let entity = match route.operation.name {
        "updateFileDescriptor" => "file",
        "updateFolder" => "folder",
        _ => "",
    };
    if !entity.is_empty() && (route.form == Form::Flat || entity == "folder" && !source.contains_key(entity)) {
        let mut members = Map::new();
        for name in ["displayName", "parentFolderId", "labels"] {
            if let Some(value) = source.remove(name) {
                members.insert(name.to_owned(), value);
            }
        }
        source.insert(entity.to_owned(), Value::Object(members));
    }
    if let Some((name, value)) = &route.parameter {
        match name.split_once('.') {
            // The path has precedence over the body.
            Some((owner, member)) => {
                let object = source.entry(owner).or_insert_with(|| json!({}));
                if let Value::Object(object) = object {
                    object.insert(member.to_owned(), value.as_str().into());
                }
            }
            None => _ = source.insert((*name).to_owned(), value.as_str().into()),
        }
    }
}

/// Parses a query string into a tree: dots nest, a repeated name makes a list (`docs/contract/files-api.md#c2`).
fn nested(query: &str) -> Value {
    let mut tree = Map::new();
    for (name, value) in query_pairs(query) {
        let (owner, member) = match name.split_once('.') {
            Some((owner, member)) => (owner, Some(member)),
            None => (name.as_str(), None),
        };
        let value = Value::String(value);
        match member {
            None => add(&mut tree, owner, value),
            Some(member) => {
                let inner = tree.entry(owner).or_insert_with(|| json!({}));
                if let Value::Object(inner) = inner {
                    add(inner, member, value);
                }
            }
        }
    }
    Value::Object(tree)
}

fn add(tree: &mut Map<String, Value>, name: &str, value: Value) {
    match tree.get_mut(name) {
        None => _ = tree.insert(name.to_owned(), value),
        Some(Value::Array(items)) => items.push(value),
        Some(other) => {
            let first = other.take();
            *other = Value::Array(vec![first, value]);
        }
    }
}

/// Returns the length of a text in UTF-16 code units, as JavaScript counts it.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Checks a value and converts it to the form of its kind. Returns `None` if it is absent or invalid.
fn check(
    field: &Field,
    path: &str,
    value: Option<&Value>,
    from_query: bool,
    violations: &mut Vec<Violation>,
) -> Option<Value> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        if field.required {
            violations.push(Violation::new(path, "REQUIRED_FIELD", "is required"));
        }
        return None;
    };
    let mut refuse = |rule, description: String| violations.push(Violation::new(path, rule, description));
    match (&field.kind, value) {
        (Kind::Text { min, max }, Value::String(text)) => {
            if field.required && text.is_empty() {
                refuse("REQUIRED_FIELD", "is required".to_owned());
                return None;
            }
            limited(
                path,
                length(text),
                *min,
                *max,
                ["MIN_LENGTH", "MAX_LENGTH"],
                "characters",
                violations,
            )
            .then(|| value.clone())
        }
        (Kind::Flag, Value::Bool(_)) => Some(value.clone()),
        (Kind::Flag, Value::String(text)) if from_query && (text == "true" || text == "false") => {
            Some(Value::Bool(text == "true"))
        }
        (Kind::Integer { min, max }, Value::Number(_) | Value::String(_)) => {
            let Some(number) = whole(value) else {
                refuse("FORMAT", "must be a whole number".to_owned());
                return None;
            };
            if number < i64::from(*min) {
                let violation = Violation::new(path, "MIN", format!("must be at least {min}"));
                violations.push(violation.with(json!({ "threshold": min })));
                return None;
            }
            if number > i64::from(*max) {
                let violation = Violation::new(path, "MAX", format!("must be at most {max}"));
                violations.push(violation.with(json!({ "threshold": max })));
                return None;
            }
            Some(number.into())
        }
        (Kind::Decimal, Value::Number(_) | Value::String(_)) => match whole(value) {
            Some(number) if number < 0 => {
                let violation = Violation::new(path, "DECIMAL_GTE", "must be at least 0");
                violations.push(violation.with(json!({ "threshold": "0" })));
                None
            }
            Some(number) => Some(number.into()),
            None => {
                refuse("FORMAT", "must be a whole decimal number".to_owned());
                None
            }
        },
        (Kind::OneOf(choice), Value::String(text)) => {
            if choice.values.contains(&text.as_str()) {
                return Some(value.clone());
            }
            let violation = Violation::new(path, "OTHER", format!("must be one of {}", choice.values.join(", ")));
            violations.push(violation.with(json!({ "allowedValues": choice.values, "requestValue": text })));
            None
        }
        // Handlers check the values, as unknown ones have an error code of their own.
        (Kind::SomeOf { max, .. }, Value::Array(_) | Value::String(_)) => {
            texts(path, value, from_query, [0, *max, 200], violations)
        }
        (Kind::Texts { min, max, length }, Value::Array(_) | Value::String(_)) => {
            texts(path, value, from_query, [*min, *max, *length], violations)
        }
        (Kind::Map | Kind::Query(_), Value::Object(_)) => Some(value.clone()),
        (Kind::Object(fields), Value::Object(members)) => {
            Some(Value::Object(object(fields, path, members, from_query, violations)))
        }
        (Kind::Objects { fields, min, max }, Value::Array(items)) => {
            if !limited(
                path,
                items.len(),
                *min,
                *max,
                ["MIN_SIZE", "MAX_SIZE"],
                "entries",
                violations,
            ) {
                return None;
            }
            let mut checked = Vec::new();
            for (at, item) in items.iter().enumerate() {
                let path = format!("{path}[{at}]");
                match item {
                    Value::Object(members) => {
                        checked.push(Value::Object(object(fields, &path, members, false, violations)));
                    }
                    _ => violations.push(Violation::new(path, "FORMAT", "must be an object")),
                }
            }
            Some(Value::Array(checked))
        }
        (kind, _) => {
            refuse("FORMAT", format!("must be {}", kind.expectation()));
            None
        }
    }
}

fn object(
    fields: &[Field],
    path: &str,
    members: &Map<String, Value>,
    from_query: bool,
    violations: &mut Vec<Violation>,
) -> Map<String, Value> {
    let mut checked = Map::new();
    for field in fields {
        let path = format!("{path}.{}", field.name);
        if let Some(value) = check(field, &path, members.get(field.name), from_query, violations) {
            checked.insert(field.name.to_owned(), value);
        }
    }
    checked
}

fn limited(
    path: &str,
    count: usize,
    min: u32,
    max: u32,
    [below, above]: [&'static str; 2],
    what: &str,
    violations: &mut Vec<Violation>,
) -> bool {
    let (rule, description, threshold) = if count < min as usize {
        (below, format!("must have at least {min} {what}"), min)
    } else if count > max as usize {
        (above, format!("must have at most {max} {what}"), max)
    } else {
        return true;
    };
    let violation = Violation::new(path, rule, description);
    violations.push(violation.with(json!({ "threshold": threshold })));
    false
}

fn texts(
    path: &str,
    value: &Value,
    from_query: bool,
    [min, max, most]: [u32; 3],
    violations: &mut Vec<Violation>,
) -> Option<Value> {
    let single = [value.clone()];
    let items = match value {
        Value::Array(items) => items,
        // A query string cannot tell a list of one from a scalar.
        _ if from_query => &single[..],
        _ => {
            violations.push(Violation::new(path, "FORMAT", "must be an array of strings"));
            return None;
        }
    };
    if !limited(
        path,
        items.len(),
        min,
        max,
        ["MIN_SIZE", "MAX_SIZE"],
        "entries",
        violations,
    ) {
        return None;
    }
    for (at, item) in items.iter().enumerate() {
        let path = format!("{path}[{at}]");
        match item {
            Value::String(text) => {
                limited(
                    &path,
                    length(text),
                    0,
                    most,
                    ["MIN_LENGTH", "MAX_LENGTH"],
                    "characters",
                    violations,
                );
            }
            _ => violations.push(Violation::new(path, "FORMAT", "must be a string")),
        }
    }
    Some(Value::Array(items.to_vec()))
}

/// Reads a whole number, given as a JSON number or a decimal string.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
                .map(|float| float as i64)
        }),
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| {
                text.parse()
                    .unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX })
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::find;

    fn checked(group: &str, name: &str, query: &str, body: &Value) -> Result<Value, Value> {
        let operation = find(group, name).expect("a row");
        let route = Route {
            operation,
            form: Form::Current,
            parameter: None,
        };
        match fields(&route, query, body.to_string().as_bytes()) {
            Ok(fields) => Ok(Value::Object(fields.checked)),
            Err(Refusal::Violations(violations)) => {
                let rules = violations
                    .iter()
                    .map(|violation| json!([violation.field, violation.rule]));
                Err(rules.collect())
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn body_with_too_many_values_is_refused_unparsed() {
        let texts = format!("[{}\"\"]", "\",[{,\\\\\\\"\",".repeat(MAX_VALUES / 2));
        assert!(!has_too_many_values(texts.as_bytes()), "signs in strings are no values");
        assert!(!has_too_many_values(
            format!("[{}0]", "0,".repeat(MAX_VALUES - 1)).as_bytes()
        ));
        for many in ["{},", "0,", "[[],", "{\"a\":0,"] {
            let refusal = parse(many.repeat(MAX_VALUES + 1).as_bytes()).expect_err("a refusal");
            assert!(matches!(refusal, Refusal::Code { status: 413, .. }), "{many}");
        }
    }

    #[test]
    fn fields_of_query_string_are_nested_and_typed() {
        let query = "parentFolderId=f+1&mediaTypes=IMAGE&private=false&sort.fieldName=updatedDate&paging.limit=10&x=1";
        assert_eq!(
            checked("files", "listFiles", query, &Value::Null),
            Ok(json!({
                "parentFolderId": "f 1", "mediaTypes": ["IMAGE"], "private": false,
                "sort": { "fieldName": "updatedDate" }, "paging": { "limit": 10 }
            }))
        );
        let query = "mediaTypes=IMAGE&mediaTypes=VIDEO";
        let fields = checked("files", "listFiles", query, &Value::Null);
        assert_eq!(fields, Ok(json!({ "mediaTypes": ["IMAGE", "VIDEO"] })));
    }

    #[test]
    fn fields_outside_the_limits_are_refused() {
        for (name, body, expected) in [
            ("getFileDescriptors", json!({}), json!([["fileIds", "REQUIRED_FIELD"]])),
            (
                "getFileDescriptors",
                json!({ "fileIds": [] }),
                json!([["fileIds", "MIN_SIZE"]]),
            ),
            (
                "getFileDescriptors",
                json!({ "fileIds": vec!["a"; 101] }),
                json!([["fileIds", "MAX_SIZE"]]),
            ),
            (
                "getFileDescriptors",
                json!({ "fileIds": ["a", "x".repeat(1001), 7] }),
                json!([["fileIds[1]", "MAX_LENGTH"], ["fileIds[2]", "FORMAT"]]),
            ),
            (
                "generateFileUploadUrl",
                json!({ "mimeType": "a/b", "sizeInBytes": "1.5", "private": "yes" }),
                json!([["sizeInBytes", "FORMAT"], ["private", "FORMAT"]]),
            ),
            (
                "generateFileUploadUrl",
                json!({ "mimeType": "", "sizeInBytes": "-1" }),
                json!([["mimeType", "REQUIRED_FIELD"], ["sizeInBytes", "DECIMAL_GTE"]]),
            ),
            (
                "searchFiles",
                json!({ "paging": { "limit": 0 } }),
                json!([["paging.limit", "MIN"]]),
            ),
            (
                "searchFiles",
                json!({ "paging": { "limit": 101 } }),
                json!([["paging.limit", "MAX"]]),
            ),
            (
                "searchFiles",
                json!({ "rootFolder": "media-root" }),
                json!([["rootFolder", "OTHER"]]),
            ),
            (
                "generateFileDownloadUrl",
                json!({ "fileId": "a", "expirationInMinutes": 525_601 }),
                json!([["expirationInMinutes", "MAX"]]),
            ),
            (
                "bulkImportFile",
                json!({ "importFileRequests": [{ "url": "https://h/a" }, {}, 1] }),
                json!([
                    ["importFileRequests[1].url", "REQUIRED_FIELD"],
                    ["importFileRequests[2]", "FORMAT"]
                ]),
            ),
            (
                "updateFileDescriptor",
                json!({ "file": { "displayName": "x".repeat(256) } }),
                json!([["file.id", "REQUIRED_FIELD"], ["file.displayName", "MAX_LENGTH"]]),
            ),
        ] {
            assert_eq!(checked("files", name, "", &body), Err(expected), "{name} {body}");
        }
    }

    #[test]
    fn text_with_null_character_is_refused_at_any_depth() {
        for (group, name, body, path) in [
            ("files", "searchFiles", json!({ "search": "a\0b" }), "search"),
            (
                "files",
                "getFileDescriptors",
                json!({ "fileIds": ["a", "\0"] }),
                "fileIds[1]",
            ),
            (
                "files",
                "updateFileDescriptor",
                json!({ "file": { "id": "a", "labels": ["\0"] } }),
                "file.labels[0]",
            ),
            (
                "files",
                "queryFileDescriptors",
                json!({ "query": { "filter": { "displayName": { "$eq": "\0" } } } }),
                "query.filter.displayName.$eq",
            ),
            (
                "files",
                "importFile",
                json!({ "url": "https://h/a", "externalInfo": { "externalIds": { "\0": 1 } } }),
                "externalInfo.externalIds",
            ),
        ] {
            let violations = checked(group, name, "", &body).expect_err("a refusal");
            assert!(
                violations
                    .as_array()
                    .is_some_and(|all| all.contains(&json!([path, "FORMAT"]))),
                "{name}: {violations}"
            );
        }
        assert_eq!(
            checked("files", "listFiles", "parentFolderId=a%00", &Value::Null),
            Err(json!([["parentFolderId", "FORMAT"]]))
        );
    }

    #[test]
    fn length_counts_utf16_code_units() {
        let body = json!({ "search": "🎉".repeat(100) });
        assert!(checked("folders", "searchFolders", "", &body).is_ok());
        let body = json!({ "search": "🎉".repeat(101) });
        assert!(checked("folders", "searchFolders", "", &body).is_err());
    }

    #[test]
    fn fields_ignore_null_and_unknown_members() {
        let body = json!({ "displayName": "a", "parentFolderId": null, "other": 1 });
        assert_eq!(
            checked("folders", "createFolder", "", &body),
            Ok(json!({ "displayName": "a" }))
        );
    }

    #[test]
    fn fields_accept_decimal_strings_as_numbers() {
        let body = json!({ "fileId": "a", "expirationInMinutes": "30" });
        let fields = checked("files", "generateFileDownloadUrl", "", &body);
        assert_eq!(fields, Ok(json!({ "fileId": "a", "expirationInMinutes": 30 })));
    }
}
