//! When a failed call is tried again, and after how long (`contract/errors.md` section 6).

use super::packed::Call;
use crate::operations::Repeat;

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attempt {
    /// The server answered with this status.
    Answered(u16),
    /// There was no answer; the request may have arrived.
    Unanswered,
    /// The request never left, as when the connection was refused.
    NotSent,
}

/// What an error says about trying again: the `retry` member of a `WixMediaError`.
///
/// ```
/// use wix_media::client::packed::Call;
/// use wix_media::client::retry::{Attempt, advice};
///
/// let create_folder = Call::named("folders", "createFolder").unwrap();
/// assert_eq!(advice(&create_folder, Attempt::Answered(429)), "after");
/// assert_eq!(advice(&create_folder, Attempt::Answered(503)), "maybe");
/// assert_eq!(advice(&create_folder, Attempt::Answered(400)), "never");
/// ```
pub fn advice(call: &Call, attempt: Attempt) -> &'static str {
    match (attempt, call.repeat) {
        (Attempt::Answered(429) | Attempt::NotSent, _) => "after",
        (Attempt::Answered(500 | 503 | 504) | Attempt::Unanswered, Repeat::Harmless) => "after",
        (Attempt::Answered(500 | 503 | 504) | Attempt::Unanswered, Repeat::Creates) => "maybe",
        (Attempt::Answered(_), _) => "never",
    }
}

/// Milliseconds to wait before the next attempt, `None` when the call must not be repeated.
///
/// `failures` counts the attempts that failed so far, from 1. Without advice of the server the wait is 0.5 s, 1 s, 2 s, …
/// up to 30 s, of which a random part of at most a half is taken off, so that clients that failed together do not come
/// back together. `retry_after` is the server's own wish in milliseconds; it is never undercut. `random` is in 0..1.
///
/// ```
/// use wix_media::client::packed::Call;
/// use wix_media::client::retry::{Attempt, delay};
///
/// let list_files = Call::named("files", "listFiles").unwrap();
/// assert_eq!(delay(&list_files, 2, Attempt::Unanswered, None, 0.0), Some(1000.0));
/// assert_eq!(delay(&list_files, 1, Attempt::Answered(404), None, 0.0), None);
/// ```
pub fn delay(call: &Call, failures: u32, attempt: Attempt, retry_after: Option<f64>, random: f64) -> Option<f64> {
    if advice(call, attempt) != "after" {
        return None;
    }
    let backoff = (500.0 * f64::from(1u32 << failures.clamp(1, 7).saturating_sub(1))).min(30_000.0);
    Some(match retry_after {
        Some(wish) => wish.max(0.0) + random * 250.0,
        None => backoff * (1.0 - random / 2.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::OPERATIONS;

    fn list_files() -> Call {
        Call::named("files", "listFiles").expect("a row")
    }

    #[test]
    fn what_creates_is_only_repeated_when_nothing_can_have_happened() {
        for row in OPERATIONS.iter().filter(|row| row.repeat == Repeat::Creates) {
            let call = Call::named(row.group.name(), row.name).expect("a row");
            for attempt in [
                Attempt::Answered(500),
                Attempt::Answered(503),
                Attempt::Answered(504),
                Attempt::Unanswered,
            ] {
                assert_eq!(delay(&call, 1, attempt, None, 0.5), None, "{} {attempt:?}", row.name);
            }
            assert!(delay(&call, 1, Attempt::Answered(429), None, 0.5).is_some());
            assert!(delay(&call, 1, Attempt::NotSent, None, 0.5).is_some());
        }
        let creating: Vec<_> = OPERATIONS
            .iter()
            .filter(|row| row.repeat == Repeat::Creates)
            .map(|row| row.name)
            .collect();
        assert_eq!(
            creating,
            ["importFile", "bulkImportFiles", "bulkImportFile", "createFolder"]
        );
    }

    #[test]
    fn refusals_are_final() {
        for status in [201, 204, 400, 401, 403, 404, 409, 428, 501] {
            assert_eq!(
                delay(&list_files(), 1, Attempt::Answered(status), None, 0.0),
                None,
                "{status}"
            );
        }
    }

    #[test]
    fn waits_grow_shrink_at_random_and_stay_bounded() {
        let wait = |failures, random| delay(&list_files(), failures, Attempt::Unanswered, None, random);
        assert_eq!(
            [wait(1, 0.0), wait(2, 0.0), wait(3, 0.0)],
            [Some(500.0), Some(1000.0), Some(2000.0)]
        );
        assert_eq!(wait(1, 0.999_999).map(f64::round), Some(250.0));
        assert_eq!(wait(4_000_000_000, 0.0), Some(30_000.0));
    }

    #[test]
    fn the_servers_wish_is_never_undercut() {
        let wait = |random| delay(&list_files(), 1, Attempt::Answered(503), Some(7000.0), random);
        assert_eq!(wait(0.0), Some(7000.0));
        assert!(wait(0.9).is_some_and(|wait| (7000.0..7250.0).contains(&wait)));
    }
}
