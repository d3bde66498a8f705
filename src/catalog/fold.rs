//! Folding: texts that differ only in case or in how they write accents become the same text, for searching.

/// The version of the rules by which [`fold`] folds: of this file, then of Unicode.
pub(super) fn rules() -> String {
    let (major, minor, update) = char::UNICODE_VERSION;
    format!("2/{major}.{minor}.{update}")
}

/// Whether texts that were folded under the rules `found` have to be folded again, because this release has later rules. A
/// release leaves a store alone that a later one has folded: otherwise two of them side by side would fold it for ever.
pub(super) fn is_older(found: &str) -> bool {
    let numbers = |rules: &str| -> Vec<u32> { rules.split(['/', '.']).map(|part| part.parse().unwrap_or(0)).collect() };
    numbers(found) < numbers(&rules())
}

/// Folds a text. Texts that differ only in case, or in how their accents and forms are written (NFKC), fold to the same
/// text, and folding a folded text changes nothing.
///
/// Upper case brings together what lower case alone keeps apart, such as `ß` and `SS`, or the two forms of the Greek sigma.
/// Lower case before that does it for `ẞ`, which is upper case already. U+0000, at which SQLite would stop reading, and
/// U+001F, which separates the texts of one item, become noncharacters.
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
    // Changing case can separate marks from their letters, and compatibility forms can hide letters of either case.
    composed(&without_case(&composed(text)))
}

/// The normalisation form NFKC. Unicode guarantees that the form of a character never changes, so it does not matter that
/// the JavaScript engine may have another version of Unicode than this crate.
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

/// Separates the texts of one item, so that no search matches across two of them.
const SEPARATOR: char = '\u{1f}';

/// The folded texts of one item, joined.
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

    /// All characters but most ideographs, most syllables of Hangul and the higher planes, which have neither case nor
    /// accents.
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
    fn character_folds_like_its_other_forms() {
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
    fn texts_of_one_item_do_not_join() {
        let folded = fold_all(["a\u{1f}b", "C"]);
        assert_eq!(folded, "a\u{fdd1}b\u{1f}c");
        assert!(!folded.contains(&fold("b\u{1f}c")));
    }

    #[test]
    fn only_earlier_rules_are_older() {
        let (major, minor, update) = char::UNICODE_VERSION;
        for (found, expected) in [
            ("1".to_owned(), true),
            (format!("1/{}.0.0", major + 1), true),
            (format!("2/{}.{minor}.{update}", major - 1), true),
            (rules(), false),
            (format!("2/{}.0.0", major + 1), false),
            ("10/1.0.0".to_owned(), false),
            ("unknown".to_owned(), true),
        ] {
            assert_eq!(is_older(&found), expected, "{found}");
        }
    }
}
