//! Decides whether and when a failed call is retried (`docs/contract/errors.md#s6`).

use super::packed::PackedOperation;
use crate::operations::Repeat;

/// The way in which an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attempt {
    /// The server answered with this status.
    Answered(u16),
    /// No answer arrived. The request may have reached the server.
    Unanswered,
    /// The request was never sent, for example because the connection was refused.
    NotSent,
}

/// Returns the `retry` member of a `WixMediaError`: `never`, `maybe` or `after` a wait.
///
/// ```
/// use wix_media::client::packed::PackedOperation;
/// use wix_media::client::retry::{Attempt, advice};
///
/// let create_folder = PackedOperation::named("folders", "createFolder").unwrap();
/// assert_eq!(advice(&create_folder, Attempt::Answered(429)), "after");
/// assert_eq!(advice(&create_folder, Attempt::Answered(503)), "maybe");
/// assert_eq!(advice(&create_folder, Attempt::Answered(400)), "never");
/// ```
pub fn advice(operation: &PackedOperation, attempt: Attempt) -> &'static str {
    match (attempt, operation.repeat) {
        (Attempt::Answered(429) | Attempt::NotSent, _) => "after",
        (Attempt::Answered(500 | 502 | 503 | 504) | Attempt::Unanswered, Repeat::Safe) => "after",
        (Attempt::Answered(500 | 502 | 503 | 504) | Attempt::Unanswered, Repeat::Creates) => "maybe",
        (Attempt::Answered(_), _) => "never",
    }
}

/// Returns the milliseconds to wait before the next attempt, `None` if the call must not be retried.
///
/// `failures` counts the failed attempts, from 1. The backoff doubles from 0.5 s up to 30 s. A random part of at most half
/// is taken off, so that clients that failed together do not return together. `retry_after` is the wait that the server
/// asked for, in milliseconds, and a lower bound. `random` is in 0..1.
///
/// ```
/// use wix_media::client::packed::PackedOperation;
/// use wix_media::client::retry::{Attempt, delay};
///
/// let list_files = PackedOperation::named("files", "listFiles").unwrap();
/// assert_eq!(delay(&list_files, 2, Attempt::Unanswered, None, 0.0), Some(1000.0));
/// assert_eq!(delay(&list_files, 1, Attempt::Answered(404), None, 0.0), None);
/// ```
pub fn delay(
    operation: &PackedOperation,
    failures: u32,
    attempt: Attempt,
    retry_after: Option<f64>,
    random: f64,
) -> Option<f64> {
    if advice(operation, attempt) != "after" {
        return None;
    }
    let backoff = (500.0 * f64::from(1u32 << failures.clamp(1, 7).saturating_sub(1))).min(30_000.0);
    Some(match retry_after {
        Some(least) => least.max(0.0) + random * 250.0,
        None => backoff * (1.0 - random / 2.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::OPERATIONS;

    fn list_files() -> PackedOperation {
        PackedOperation::named("files", "listFiles").expect("a row")
    }

    #[test]
    fn call_that_creates_is_retried_only_if_nothing_happened() {
        for row in OPERATIONS.iter().filter(|row| row.repeat == Repeat::Creates) {
            let operation = PackedOperation::named(row.group.name(), row.name).expect("a row");
            for attempt in [
                Attempt::Answered(500),
                Attempt::Answered(502),
                Attempt::Answered(503),
                Attempt::Answered(504),
                Attempt::Unanswered,
            ] {
                assert_eq!(
                    delay(&operation, 1, attempt, None, 0.5),
                    None,
                    "{} {attempt:?}",
                    row.name
                );
            }
            assert!(delay(&operation, 1, Attempt::Answered(429), None, 0.5).is_some());
            assert!(delay(&operation, 1, Attempt::NotSent, None, 0.5).is_some());
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
    fn refused_call_is_not_retried() {
        for status in [201, 204, 400, 401, 403, 404, 409, 428, 501] {
            assert_eq!(
                delay(&list_files(), 1, Attempt::Answered(status), None, 0.0),
                None,
                "{status}"
            );
        }
    }

    #[test]
    fn delay_doubles_with_jitter_up_to_its_limit() {
        let wait = |failures, random| delay(&list_files(), failures, Attempt::Unanswered, None, random);
        assert_eq!(
            [wait(1, 0.0), wait(2, 0.0), wait(3, 0.0)],
            [Some(500.0), Some(1000.0), Some(2000.0)]
        );
        assert_eq!(wait(1, 0.999_999).map(f64::round), Some(250.0));
        assert_eq!(wait(4_000_000_000, 0.0), Some(30_000.0));
    }

    #[test]
    fn delay_is_at_least_retry_after() {
        let wait = |random| delay(&list_files(), 1, Attempt::Answered(503), Some(7000.0), random);
        assert_eq!(wait(0.0), Some(7000.0));
        assert!(wait(0.9).is_some_and(|wait| (7000.0..7250.0).contains(&wait)));
    }
}
