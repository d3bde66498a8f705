//! The rate limit: the number of calls of each caller within any 60 seconds (`docs/contract/choices.md#u39`).

use super::Caller;
use std::collections::VecDeque;

/// The length of the window in milliseconds.
const WINDOW: i64 = 60_000;

/// The calls of the last minute, by caller.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    calls: Vec<(Caller, VecDeque<i64>)>,
}

impl Recent {
    /// Counts a call. A call over the limit is not counted, and fails with the number of seconds until one is possible.
    pub(crate) fn admit(&mut self, caller: Caller, limit: u32, now: i64) -> Result<(), i64> {
        for (_, calls) in &mut self.calls {
            while calls.front().is_some_and(|&at| at <= now - WINDOW) {
                calls.pop_front();
            }
        }
        self.calls.retain(|(_, calls)| !calls.is_empty());
        let position = self.calls.iter().position(|(other, _)| *other == caller);
        let position = position.unwrap_or_else(|| {
            self.calls.push((caller, VecDeque::new()));
            self.calls.len() - 1
        });
        let calls = &mut self.calls[position].1;
        // The limit may have been lowered since, so there may be more calls than it allows.
        let Some(over) = calls.len().checked_sub(limit as usize) else {
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
    fn admit_over_the_limit_fails_until_the_window_slides() {
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
        assert_eq!(recent.calls.len(), 1, "idle callers are removed");
    }
}
