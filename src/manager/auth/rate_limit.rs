//! The rate limit: so many calls within any sixty seconds, for each caller (`docs/contract/choices.md#u39`).

use super::Caller;
use std::collections::{BTreeMap, VecDeque};

/// The window, in milliseconds.
const WINDOW: i64 = 60_000;

/// The calls of the last minute.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    calls: BTreeMap<Caller, VecDeque<i64>>,
}

impl Recent {
    /// Counts a call; one that is too many is not counted, and learns after how many seconds there is room again.
    pub(crate) fn admit(&mut self, caller: Caller, most: u32, now: i64) -> Result<(), i64> {
        for calls in self.calls.values_mut() {
            while calls.front().is_some_and(|&at| at <= now - WINDOW) {
                calls.pop_front();
            }
        }
        self.calls.retain(|_, calls| !calls.is_empty());
        let calls = self.calls.entry(caller).or_default();
        // A limit that was lowered meanwhile leaves more than it allows.
        let Some(over) = calls.len().checked_sub(most as usize) else {
            calls.push_back(now);
            return Ok(());
        };
        let free = calls.get(over).map_or(now, |&at| at) + WINDOW;
        Err(((free - now).max(1) as u64).div_ceil(1000) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides_and_callers_do_not_share_it() {
        let mut recent = Recent::default();
        let other = || Caller::Key(1);
        for at in [0, 10_000, 20_000] {
            assert_eq!(recent.admit(Caller::Anyone, 3, at), Ok(()));
        }
        assert_eq!(recent.admit(Caller::Anyone, 3, 20_000), Err(40));
        assert_eq!(recent.admit(Caller::Anyone, 3, 59_999), Err(1));
        assert_eq!(recent.admit(other(), 3, 59_999), Ok(()));
        assert_eq!(recent.admit(Caller::Anyone, 3, 60_000), Ok(()));
        assert_eq!(recent.admit(Caller::Anyone, 3, 60_000), Err(10));
        assert_eq!(recent.admit(Caller::Anyone, 1, 60_000), Err(60));
        assert_eq!(recent.admit(Caller::Anyone, 0, 500_000), Err(60));
        assert_eq!(recent.admit(Caller::Anyone, 1, 500_000), Ok(()));
        assert_eq!(recent.calls.len(), 1, "who calls no more is forgotten");
    }
}
