//! The pieces of one and two characters of a text.
//!
//! Trigrams have nothing for a text of one or two characters, and none of signs and emoji, which are neither letters nor digits.
//! The index of these pieces finds the items with all pieces of a text. Whether they hold the text itself is looked at then.

use std::collections::BTreeSet;

/// Separates the texts of one item in its folded text. No text holds it, so it separates pieces as well.
const SEPARATOR: char = '\u{1f}';

/// The distinct pieces of one and of two characters. None crosses from one text of an item to the next.
pub(crate) fn grams(folded: &str) -> BTreeSet<&str> {
    let mut pieces = BTreeSet::new();
    for text in folded.split(SEPARATOR) {
        let mut before = None;
        for (at, character) in text.char_indices() {
            let end = at + character.len_utf8();
            pieces.insert(&text[at..end]);
            if let Some(before) = before {
                pieces.insert(&text[before..end]);
            }
            before = Some(at);
        }
    }
    pieces
}

/// The pieces in one text, for `string_to_array`.
pub(crate) fn joined(pieces: &BTreeSet<&str>) -> String {
    let mut text = String::new();
    for piece in pieces {
        if !text.is_empty() {
            text.push(SEPARATOR);
        }
        text.push_str(piece);
    }
    text
}

/// Whether trigrams find a folded text: it has three letters or digits in a row.
pub(crate) fn has_trigrams(folded: &str) -> bool {
    folded
        .split(|character: char| !character.is_alphanumeric())
        .any(|word| word.chars().nth(2).is_some())
}

/// A pattern of LIKE for everything that holds this text.
pub(crate) fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_do_not_cross_texts() {
        let pieces = grams("aba\u{1f}\u{5199}\u{1f600}");
        assert_eq!(
            pieces.into_iter().collect::<Vec<_>>(),
            ["a", "ab", "b", "ba", "\u{5199}", "\u{5199}\u{1f600}", "\u{1f600}"]
        );
        assert_eq!(joined(&grams("ab")), "a\u{1f}ab\u{1f}b");
        assert_eq!(joined(&grams("")), "");
    }

    #[test]
    fn signs_have_no_trigrams() {
        for (text, expected) in [
            ("abc", true),
            ("ab-cd", false),
            ("\u{1f600}abc", true),
            ("ab", false),
            ("写真集", true),
        ] {
            assert_eq!(has_trigrams(text), expected, "{text}");
        }
        assert_eq!(pattern("5%_\\"), "%5\\%\\_\\\\%");
    }
}
