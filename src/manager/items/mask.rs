//! The field mask of an update.

use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::validate::Fields;
use serde_json::Value;

/// The members that an update changes: those of an explicit `fieldMask`, or else those that were sent
/// (`docs/contract/choices.md#u18`).
#[derive(Debug)]
pub(crate) struct Mask {
    names: Vec<&'static str>,
}

impl Mask {
    pub(crate) fn of(fields: &Fields, entity: &str, updatable: &[&'static str]) -> Outcome<Mask> {
        let explicit = match fields.sent.get("fieldMask") {
            Some(Value::Object(mask)) => mask.get("paths").and_then(Value::as_array).map(|paths| {
                let paths = paths.iter().filter_map(Value::as_str);
                paths.map(str::to_owned).collect::<Vec<_>>()
            }),
            Some(Value::String(mask)) => Some(mask.split(',').map(|path| path.trim().to_owned()).collect()),
            _ => None,
        };
        let changes = fields.object(entity);
        let mut names = updatable.to_vec();
        match explicit {
            Some(paths) => names.retain(|name| {
                let matches = |path: &String| {
                    let path = path
                        .strip_prefix(entity)
                        .and_then(|rest| rest.strip_prefix('.'))
                        .unwrap_or(path);
                    path == *name
                };
                paths.iter().any(matches)
            }),
            None => names.retain(|name| changes.value(name).is_some()),
        }
        if names.is_empty() {
            return Err(Refusal::code(
                400,
                "FIELD_MASK_IS_EMPTY_OR_MISSING",
                "nothing that can be updated was sent",
            ));
        }
        Ok(Mask { names })
    }

    /// Returns the new value of a member, if the mask contains it and it was sent.
    pub(crate) fn value<'a>(&self, changes: &'a Fields, name: &str) -> Option<&'a Value> {
        changes.value(name).filter(|_| self.names.contains(&name))
    }
}
