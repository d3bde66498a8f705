//! Text without case, for searching.

/// Folds the case of a text, each character for itself: two texts that differ only in case fold to the same.
///
/// Going through upper case brings together what lower case alone keeps apart, such as `ß` and `SS` or the two forms of
/// the Greek sigma; going through lower case first does it for `ẞ`, which is upper case already. U+0000, at which SQLite would stop reading, and U+001F, which the catalog puts between the texts of
/// one item, become characters that no text holds.
///
/// ```
/// use wix_media::catalog::fold;
///
/// assert_eq!(fold("STRASSE"), fold("Straße"));
/// assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
/// assert_eq!(fold("ПРИВЕТ"), "привет");
/// ```
pub fn fold(text: &str) -> String {
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

    #[test]
    fn every_character_folds_like_its_other_cases() {
        for character in '\0'..=char::MAX {
            let folded = fold(&character.to_string());
            assert_eq!(fold(&folded), folded, "{character:?} folds once");
            let upper: String = character.to_uppercase().collect();
            assert_eq!(fold(&upper), folded, "{character:?} in upper case");
            let lower: String = character.to_lowercase().collect();
            assert_eq!(fold(&lower), folded, "{character:?} in lower case");
        }
    }

    #[test]
    fn texts_of_one_item_stay_apart() {
        let folded = fold_all(["a\u{1f}b", "C"]);
        assert_eq!(folded, "a\u{fdd1}b\u{1f}c");
        assert!(!folded.contains(&fold("b\u{1f}c")));
    }
}
