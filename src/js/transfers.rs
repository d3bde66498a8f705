//! What the JavaScript half of uploads and downloads calls.

use crate::model::md5::Md5;
use crate::model::media_type;
use crate::resumable::tus::{Event, Patience, Transfer};
use wasm_bindgen::prelude::wasm_bindgen;

/// A new resumable upload as numbers ([`Transfer::to_numbers`]).
#[wasm_bindgen(js_name = newTransfer)]
pub fn new_transfer(length: f64, chunk: f64, tries: f64, first: f64, longest: f64) -> Vec<f64> {
    let patience = Patience { tries, first, longest };
    Transfer::new(length, chunk, patience).to_numbers().to_vec()
}

/// Takes an event. Returns the numbers of the transfer after it, the number of the action, and the action's two numbers.
///
/// Events are numbered as in [`Event::NAMES`], actions as in [`Action::NAMES`](crate::resumable::tus::Action::NAMES).
/// Throws for numbers that are not those of a transfer, and for an unknown event.
#[wasm_bindgen(js_name = stepTransfer)]
pub fn step_transfer(numbers: &[f64], event: u8, first: f64, second: f64, random: f64) -> Result<Vec<f64>, String> {
    let mut transfer = Transfer::from_numbers(numbers).ok_or("these numbers are no transfer")?;
    let event = Event::from_number(event, first, second).ok_or("unknown event")?;
    let action = transfer.on(event, random);
    let mut answer = transfer.to_numbers().to_vec();
    answer.extend(action.to_numbers());
    Ok(answer)
}

/// The MIME type and the name under which a file is best uploaded, as two lines.
#[wasm_bindgen(js_name = chooseType)]
pub fn choose_type(mime: &str, name: &str, first: &[u8]) -> String {
    let (mime, name) = media_type::choose(mime, name, first);
    format!("{mime}\n{name}")
}

/// An MD5 sum that goes on: takes the state after the bytes before, empty at the beginning, and gives the state after
/// these. The state is the caller's, so that nothing is lost with the module.
#[wasm_bindgen(js_name = addToSum)]
pub fn add_to_sum(state: &[u8], bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut sum = sum_of(state)?;
    sum.update(bytes);
    Ok(sum.save())
}

/// The MD5 sum of all bytes, in lower-case hexadecimal digits.
#[wasm_bindgen(js_name = endOfSum)]
pub fn end_of_sum(state: &[u8]) -> Result<String, String> {
    Ok(sum_of(state)?.finish())
}

fn sum_of(state: &[u8]) -> Result<Md5, String> {
    if state.is_empty() {
        return Ok(Md5::default());
    }
    Md5::restore(state).ok_or_else(|| "this is no state of a sum".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_pieces_is_that_of_the_whole() {
        let bytes: Vec<u8> = (0..1000u32).map(|number| (number * 7) as u8).collect();
        let whole = end_of_sum(&add_to_sum(&[], &bytes).unwrap()).unwrap();
        for size in [1, 63, 64, 65, 999] {
            let mut state = Vec::new();
            for piece in bytes.chunks(size) {
                state = add_to_sum(&state, piece).unwrap();
            }
            assert_eq!(end_of_sum(&state).unwrap(), whole);
        }
        assert_eq!(end_of_sum(&[]).unwrap(), "d41d8cd98f00b204e9800998ecf8427e");
        assert!(add_to_sum(&[1, 2], b"").is_err());
    }
}
