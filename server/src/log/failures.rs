//! What fails at the moment.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What fails again and again, by its name: each failure is logged when it begins, and when its reason changes.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<HashMap<String, String>>);

impl Failures {
    fn reasons(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes why something has failed. Returns whether that is new.
    pub(crate) fn began(&self, name: &str, reason: &str) -> bool {
        let known = self.reasons().insert(name.to_owned(), reason.to_owned());
        known.is_none_or(|known| known != reason)
    }

    /// Notes that something has succeeded.
    pub(crate) fn ended(&self, name: &str) {
        self.reasons().remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_is_new_until_it_stays_the_same() {
        let failures = Failures::default();
        assert!(failures.began("a", "away"));
        assert!(!failures.began("a", "away"));
        assert!(failures.began("b", "away"), "something else");
        assert!(failures.began("a", "full"), "another reason");
        failures.ended("a");
        assert!(failures.began("a", "full"), "it had succeeded");
    }
}
