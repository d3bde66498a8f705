//! The names that people give to folders (`docs/contract/folders-api.md#s1`).

use core::fmt;

/// A display name that a folder can have.
///
/// ```
/// use wix_media::model::names::{FolderName, InvalidName};
///
/// assert_eq!(FolderName::parse("Animals").unwrap().as_str(), "Animals");
/// assert_eq!(FolderName::parse(" "), Err(InvalidName::Blank));
/// assert_eq!(FolderName::parse("a/b"), Err(InvalidName::Character));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderName<'a>(&'a str);

/// Why a text cannot name a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidName {
    /// It is empty or consists of white space (`docs/contract/choices.md#u20`).
    Blank,
    /// It contains a slash, which no path could reach, or a control character (`docs/contract/choices.md#u22`).
    Character,
}

impl<'a> FolderName<'a> {
    /// Checks a name. White space around it is kept.
    pub fn parse(name: &'a str) -> Result<FolderName<'a>, InvalidName> {
        if name.trim().is_empty() {
            return Err(InvalidName::Blank);
        }
        if name.contains('/') || name.contains(char::is_control) {
            return Err(InvalidName::Character);
        }
        Ok(FolderName(name))
    }

    /// The name.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Display for InvalidName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            InvalidName::Blank => "must not be blank",
            InvalidName::Character => "must not contain slashes or control characters",
        })
    }
}

impl core::error::Error for InvalidName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_name_without_visible_characters_is_blank() {
        for name in ["", " ", "\t\n", "\u{3000}"] {
            assert_eq!(FolderName::parse(name), Err(InvalidName::Blank), "{name:?}");
        }
    }

    #[test]
    fn folder_name_with_slash_or_control_character_is_refused() {
        for name in ["/", "a/b", "a\nb", "a\u{0}", "\u{85}b"] {
            assert_eq!(FolderName::parse(name), Err(InvalidName::Character), "{name:?}");
        }
    }

    #[test]
    fn folder_name_keeps_its_white_space() {
        assert_eq!(FolderName::parse(" a ").map(FolderName::as_str), Ok(" a "));
    }
}
