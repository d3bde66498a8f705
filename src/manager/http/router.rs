//! The router: from a method and a path to an operation.

use super::error::{Outcome, Refusal};
use super::message::{self, Head};
use crate::operations::{OPERATIONS, Operation, find};

/// The prefix of every path of the API.
pub(crate) const API: &str = "/site-media/v1";

/// The place of the fields in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As in the operations table.
    Current,
    /// The updatable members of a file are at the top of the body, not in `file`.
    Flat,
}

/// Older paths that are still supported: verb, path, function and form (`docs/contract/files-api.md#s2`,
/// `docs/contract/files-api.md#s3`, `docs/contract/files-api.md#s5`, `docs/contract/files-api.md#s13`).
const LEGACY: [(&str, &str, &str, Form); 5] = [
    (
        "POST",
        "/files/{fileId}/generate-download-url",
        "generateFileDownloadUrl",
        Form::Current,
    ),
    ("GET", "/files/{fileId}", "getFileDescriptor", Form::Current),
    (
        "PATCH",
        "/files/{file.id}/update",
        "updateFileDescriptor",
        Form::Current,
    ),
    ("PATCH", "/files/{file.id}", "updateFileDescriptor", Form::Flat),
    (
        "POST",
        "/files/video/{fileId}/generate-stream-url",
        "generateVideoStreamingUrl",
        Form::Current,
    ),
];

/// The operation of a request.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) operation: &'static Operation,
    pub(crate) form: Form,
    /// The name and value of the field in the path.
    pub(crate) parameter: Option<(&'static str, String)>,
}

/// Finds the route of a request. Returns `None` for a path outside the API.
pub(crate) fn of(head: &Head) -> Option<Outcome<Route>> {
    let path = head.path.strip_prefix(API).filter(|_| head.method != "OPTIONS")?;
    let segments = message::segments(path);
    let broken = || Refusal::code(404, "NOT_FOUND", "invalid percent-encoding in the path");
    Some(
        segments
            .ok_or_else(broken)
            .and_then(|segments| route(&head.method, &segments)),
    )
}

/// Finds the route of a request below [`API`]. Literal paths come first, so that `/files/get-file-by-id` is not a file
/// id.
pub(crate) fn route(method: &str, segments: &[String]) -> Outcome<Route> {
    let current = OPERATIONS
        .iter()
        .map(|row| (row.verb.name(), row.path, *row, Form::Current));
    let legacy = LEGACY
        .iter()
        .filter_map(|&(verb, path, name, form)| Some((verb, path, find("files", name)?, form)));
    let mut allowed: Vec<&str> = Vec::new();
    let mut found: Option<Route> = None;
    for (verb, path, operation, form) in current.chain(legacy) {
        let Some(parameter) = matched(path, segments) else {
            continue;
        };
        if verb != method {
            if !allowed.contains(&verb) {
                allowed.push(verb);
            }
            continue;
        }
        // A literal path precedes one with a parameter, and an earlier row a later one.
        if found
            .as_ref()
            .is_none_or(|found| found.parameter.is_some() && parameter.is_none())
        {
            found = Some(Route {
                operation,
                form,
                parameter,
            });
        }
    }
    if let Some(route) = found {
        return Ok(route);
    }
    if allowed.is_empty() {
        return Err(Refusal::path_not_found());
    }
    Err(Refusal::not_allowed(&allowed.join(", ")))
}

/// Matches a path. Returns its parameter, if it has one.
fn matched(path: &'static str, segments: &[String]) -> Option<Option<(&'static str, String)>> {
    let mut parameter = None;
    let mut given = segments.iter();
    for pattern in path.split('/').skip(1) {
        let segment = given.next()?;
        match pattern.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => parameter = Some((name, segment.clone())),
            Some(_) => return None,
            None if pattern == segment => {}
            None => return None,
        }
    }
    given.next().is_none().then_some(parameter)
}

#[cfg(test)]
mod tests {
    use super::super::message::segments;
    use super::*;

    fn name_of(method: &str, path: &str) -> Result<&'static str, u16> {
        match route(method, &segments(path).expect("a path")) {
            Ok(route) => Ok(route.operation.name),
            Err(refusal) => Err(refusal.into_response().status),
        }
    }

    #[test]
    fn route_finds_every_row_at_its_path() {
        for row in OPERATIONS {
            let path = row.path.replace("{folder.id}", "f").replace("{folderId}", "f");
            let found = route(row.verb.name(), &segments(&path).expect("a path")).expect("a route");
            assert!(std::ptr::eq(found.operation, row), "{}", row.name);
        }
    }

    #[test]
    fn route_of_older_path_finds_its_operation() {
        for (method, path, name) in [
            ("POST", "/files/a.jpg/generate-download-url", "generateFileDownloadUrl"),
            ("GET", "/files/a.jpg", "getFileDescriptor"),
            ("PATCH", "/files/a.jpg/update", "updateFileDescriptor"),
            ("PATCH", "/files/a.jpg", "updateFileDescriptor"),
            (
                "POST",
                "/files/video/a/generate-stream-url",
                "generateVideoStreamingUrl",
            ),
        ] {
            assert_eq!(name_of(method, path), Ok(name));
        }
    }

    #[test]
    fn route_of_literal_path_precedes_ids() {
        assert_eq!(name_of("GET", "/files/get-file-by-id"), Ok("getFileDescriptor"));
        let route = route("GET", &segments("/files/get-file-by-id").expect("a path")).expect("a route");
        assert_eq!(route.parameter, None);
        assert_eq!(
            name_of("PATCH", "/files/update-file-descriptor"),
            Ok("updateFileDescriptor")
        );
    }

    #[test]
    fn route_returns_404_for_unknown_path_and_405_for_wrong_method() {
        assert_eq!(name_of("GET", "/nothing"), Err(404));
        assert_eq!(name_of("GET", "/folders/a/b/c"), Err(404));
        assert_eq!(name_of("DELETE", "/folders"), Err(405));
        assert_eq!(name_of("GET", "/folders/"), Err(404));
        let refused = route("PUT", &segments("/folders").expect("a path")).expect_err("refused");
        assert_eq!(refused.into_response().header("allow"), Some("POST, GET"));
    }
}
