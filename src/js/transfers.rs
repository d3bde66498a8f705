//! Bindings of the module of uploads and downloads: resumable uploads, MIME types, MD5.

use crate::model::md5::Md5;
use crate::model::media_type;
use crate::resumable::tus::{ResumableUpload, RetryLimits, UploadEvent};
use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the numbers of a new resumable upload ([`ResumableUpload::to_numbers`]).
#[wasm_bindgen(js_name = newUpload)]
pub fn new_upload(length: f64, chunk: f64, max_attempts: f64, first_delay: f64, max_delay: f64) -> Vec<f64> {
    let limits = RetryLimits {
        max_attempts,
        first_delay,
        max_delay,
    };
    ResumableUpload::new(length, chunk, limits).to_numbers().to_vec()
}

/// Handles an event. Returns the numbers of the upload after it, the number of the action, and the action's two members.
///
/// Events are numbered as in [`UploadEvent::NAMES`], actions as in [`UploadAction::NAMES`](crate::resumable::tus::UploadAction::NAMES).
/// Returns nothing for invalid numbers of an upload, and for an unknown event. No function here throws: errors would be the
/// only values that are not numbers or texts, and their handling half a kilobyte of the download.
#[wasm_bindgen(js_name = stepUpload)]
pub fn step_upload(numbers: &[f64], event: u8, first: f64, second: f64, random: f64) -> Vec<f64> {
    let mut answer = Vec::new();
    let upload = ResumableUpload::from_numbers(numbers);
    if let (Some(mut upload), Some(event)) = (upload, UploadEvent::from_number(event, first, second)) {
        let action = upload.on(event, random);
        answer.extend_from_slice(&upload.to_numbers());
        answer.extend_from_slice(&action.to_numbers());
    }
    answer
}

/// Returns the MIME type and the name to upload a file under, as two lines.
#[wasm_bindgen(js_name = chooseType)]
pub fn choose_type(mime: &str, name: &str, first: &[u8]) -> String {
    let (mut lines, name) = media_type::choose(mime, name, first);
    lines += "\n";
    lines.push_str(&name);
    lines
}

/// Adds bytes to an MD5 digest and returns its new state. The first state is empty.
///
/// The caller keeps the state, so a trap does not lose it. Of an invalid state comes an empty one.
#[wasm_bindgen(js_name = updateMd5)]
pub fn update_md5(state: &[u8], bytes: &[u8]) -> Vec<u8> {
    restore(state).map_or_else(Vec::new, |mut digest| {
        digest.update(bytes);
        digest.save()
    })
}

/// Returns the MD5 digest of all bytes, in lower-case hexadecimal digits; nothing for an invalid state.
#[wasm_bindgen(js_name = finishMd5)]
pub fn finish_md5(state: &[u8]) -> String {
    restore(state).map_or_else(String::new, Md5::finish)
}

fn restore(state: &[u8]) -> Option<Md5> {
    if state.is_empty() {
        return Some(Md5::default());
    }
    Md5::restore(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn md5_of_pieces_is_that_of_the_whole() {
        let bytes: Vec<u8> = (0..1000u32).map(|number| (number * 7) as u8).collect();
        let whole = finish_md5(&update_md5(&[], &bytes));
        for size in [1, 63, 64, 65, 999] {
            let mut state = Vec::new();
            for piece in bytes.chunks(size) {
                state = update_md5(&state, piece);
            }
            assert_eq!(finish_md5(&state), whole);
        }
        assert_eq!(finish_md5(&[]), "d41d8cd98f00b204e9800998ecf8427e");
        assert!(update_md5(&[1, 2], b"").is_empty() && finish_md5(&[1, 2]).is_empty());
    }

    #[test]
    fn step_of_invalid_numbers_returns_nothing() {
        let numbers = new_upload(10.0, 8.0, 6.0, 500.0, 20_000.0);
        assert_eq!(step_upload(&numbers, 0, 0.0, 0.0, 0.5).len(), numbers.len() + 3);
        assert!(step_upload(&numbers, 99, 0.0, 0.0, 0.5).is_empty());
        assert!(step_upload(&numbers[1..], 0, 0.0, 0.0, 0.5).is_empty());
    }
}
