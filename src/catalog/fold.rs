//! Text without case and without ways of writing accents, for searching.

/// Under which rules [`fold`] folds: those of this file, and those of Unicode. A store that was folded under others folds
/// its texts anew.
pub(super) fn rules() -> String {
    let (major, minor, update) = char::UNICODE_VERSION;
    format!("2/{major}.{minor}.{update}")
}

/// Whether texts folded under `found` have to be folded again: this release knows later rules. An earlier release leaves a
/// store that a later one has folded as it is, or two of them side by side would fold it again for ever.
pub(super) fn is_older(found: &str) -> bool {
    let numbers = |rules: &str| -> Vec<u32> { rules.split(['/', '.']).map(|part| part.parse().unwrap_or(0)).collect() };
    numbers(found) < numbers(&rules())
}

/// Folds a text: two texts that differ only in case, or in how their accents and forms are written (NFKC), fold to the
/// same.
///
/// Going through upper case brings together what lower case alone keeps apart, such as `ß` and `SS` or the two forms of
/// the Greek sigma; going through lower case first does it for `ẞ`, which is upper case already. U+0000, at which SQLite
/// would stop reading, and U+001F, which the catalog puts between the texts of one item, become characters that no text
/// holds.
///
/// ```
/// use wix_media::catalog::fold;
///
/// assert_eq!(fold("STRASSE"), fold("Straße"));
/// assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
/// assert_eq!(fold("ПРИВЕТ"), "привет");
/// assert_eq!(fold("Cafe\u{301}"), fold("café"));
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return without_case(text);
    }
    // Case can bring new marks apart from their letters, and forms can hide letters of either case.
    composed(&without_case(&composed(text)))
}

/// The normalisation form NFKC. How a character is composed never changes between versions of Unicode once it exists, so it
/// does not matter that an engine may know another version than this crate.
#[cfg(target_arch = "wasm32")]
fn composed(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFKC").into()
}

/// The normalisation form NFKC.
#[cfg(not(target_arch = "wasm32"))]
fn composed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().collect()
}

fn without_case(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\0' => folded.push('\u{fdd0}'),
            SEPARATOR => folded.push('\u{fdd1}'),
            _ if character.is_ascii() => folded.push(character.to_ascii_lowercase()),
            _ => folded.extend(
                character
                    .to_lowercase()
                    .flat_map(char::to_uppercase)
                    .flat_map(char::to_lowercase),
            ),
        }
    }
    folded
}

/// Stands between the texts of one item, so that no search term matches across two of them.
const SEPARATOR: char = '\u{1f}';

/// The folded texts of one item, in one.
pub(super) fn fold_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut folded = String::new();
    for (at, text) in texts.into_iter().enumerate() {
        if at > 0 {
            folded.push(SEPARATOR);
        }
        folded.push_str(&fold(text));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without the ideographs, most of the syllables of Hangul and the planes behind, which have no case and no accents.
    fn characters() -> impl Iterator<Item = char> {
        let hangul = ('\u{ac00}'..='\u{d7a3}').step_by(101);
        let ideographs = ('\u{f900}'..='\u{fad9}').chain('\u{2f800}'..='\u{2fa1d}');
        ('\0'..='\u{33ff}')
            .chain('\u{a000}'..='\u{abff}')
            .chain(hangul)
            .chain(ideographs)
            .chain('\u{fb00}'..='\u{ffff}')
            .chain('\u{10000}'..='\u{11fff}')
            .chain('\u{16000}'..='\u{16fff}')
            .chain('\u{1d000}'..='\u{1ffff}')
    }

    #[test]
    fn every_character_folds_like_its_other_forms() {
        use unicode_normalization::UnicodeNormalization;
        for character in characters() {
            let text = character.to_string();
            let folded = fold(&text);
            assert_eq!(fold(&folded), folded, "{character:?} folds once");
            let upper: String = character.to_uppercase().collect();
            assert_eq!(fold(&upper), folded, "{character:?} in upper case");
            let lower: String = character.to_lowercase().collect();
            assert_eq!(fold(&lower), folded, "{character:?} in lower case");
            if !text.is_ascii() {
                let apart: String = text.nfkd().collect();
                assert_eq!(fold(&apart), folded, "{character:?} taken apart");
            }
        }
    }

    #[test]
    fn texts_of_one_item_stay_apart() {
        let folded = fold_all(["a\u{1f}b", "C"]);
        assert_eq!(folded, "a\u{fdd1}b\u{1f}c");
        assert!(!folded.contains(&fold("b\u{1f}c")));
    }
}
