//! The JavaScript view of the state machine of resumable uploads.

use std::fmt::Write as _;

use wix_media::resumable::tus::{ResumableUpload, UploadAction, UploadEvent};

/// The module `tus.js`: `EVENT` and `ACTION` by name, and `CHUNK` and `OFFSET`, the places of the size of chunks and of the
/// confirmed offset among the numbers of an upload.
pub(crate) fn module() -> String {
    let mut text = String::new();
    for (name, members) in [
        ("EVENT", UploadEvent::NAMES.as_slice()),
        ("ACTION", UploadAction::NAMES.as_slice()),
    ] {
        let pairs: Vec<String> = members
            .iter()
            .enumerate()
            .map(|(number, member)| format!("{member}: {number}"))
            .collect();
        _ = writeln!(text, "export const {name} = {{ {} }};", pairs.join(", "));
    }
    _ = writeln!(text, "export const CHUNK = {};", ResumableUpload::CHUNK);
    _ = writeln!(text, "export const OFFSET = {};", ResumableUpload::OFFSET);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_numbers_events_and_actions() {
        let text = module();
        assert!(
            text.contains("export const EVENT = { START: 0, URL_RECEIVED: 1,"),
            "{text}"
        );
        assert!(text.contains("LOOK_UP: 5, WAIT: 6,"), "{text}");
        assert!(
            text.ends_with("export const CHUNK = 3;\nexport const OFFSET = 4;\n"),
            "{text}"
        );
    }
}
