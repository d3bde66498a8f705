//! Tests that may be skipped, listed in `tests/skips.json` with a reason each.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The list, relative to the root of the repository.
pub(crate) const LIST: &str = "tests/skips.json";

/// The reasons of tests that may be skipped, by the test's name.
#[derive(Debug, Default)]
pub(crate) struct Skips(BTreeMap<String, String>);

impl Skips {
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join(LIST)).with_context(|| format!("cannot read {LIST}"))?;
        Self::parse(&text).with_context(|| format!("invalid {LIST}: expected an object of reasons by test name"))
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(Self(serde_json::from_str(text)?))
    }

    pub(crate) fn reason(&self, test: &str) -> Option<&str> {
        self.0.get(test).map(String::as_str)
    }

    /// One line for each skipped test, and how many of them are not listed.
    pub(crate) fn report<'a>(&self, skipped: impl IntoIterator<Item = &'a String>) -> (Vec<String>, u64) {
        let mut unlisted = 0;
        let mut lines = Vec::new();
        for test in skipped {
            let reason = self.reason(test).unwrap_or_else(|| {
                unlisted += 1;
                "not listed"
            });
            lines.push(format!("{test}: {reason}"));
        }
        (lines, unlisted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_counts_tests_that_are_not_listed() {
        let skips = Skips::parse(r#"{"works for curl": "curl is optional"}"#).unwrap();
        let skipped = ["works for curl".to_owned(), "works for wget".to_owned()];
        let (lines, unlisted) = skips.report(&skipped);
        assert_eq!(
            lines,
            ["works for curl: curl is optional", "works for wget: not listed"]
        );
        assert_eq!(unlisted, 1);
    }

    #[test]
    fn parse_refuses_other_shapes() {
        assert!(Skips::parse("[]").is_err());
        assert!(Skips::parse(r#"{"a": 1}"#).is_err());
    }

    #[test]
    fn list_of_this_repository_is_valid() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let skips = Skips::load(root).unwrap();
        assert!(skips.reason("crash::child").is_some());
    }
}
