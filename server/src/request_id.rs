//! The id by which a request is found in the logs of all programs that it passes.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum characters of an id that a caller gives.
const MAX_REQUEST_ID_LEN: usize = 64;

/// The id that a caller gives, or a new one. A given id has letters, digits, `-`, `_` and `.` only, so that it is one word in every log.
pub(crate) fn of(headers: &HeaderMap) -> HeaderValue {
    let mut given = headers.get_all(HEADER).iter();
    let first = given.next().filter(|value| is_sane(value.as_bytes()));
    match (first, given.next()) {
        (Some(value), None) => value.clone(),
        _ => fresh(),
    }
}

fn is_sane(id: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=MAX_REQUEST_ID_LEN).contains(&id.len()) && id.iter().all(is_plain)
}

/// A new id. The process has random keys of its own, so that ids of several processes do not meet.
pub(crate) fn fresh() -> HeaderValue {
    static KEYS: LazyLock<(RandomState, RandomState)> = LazyLock::new(Default::default);
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    let (high, low) = (KEYS.0.hash_one(number), KEYS.1.hash_one(number));
    HeaderValue::from_str(&format!("{high:016x}{low:016x}")).unwrap_or(HeaderValue::from_static("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(values: &[&str]) -> HeaderMap {
        let value = |text: &&str| (HEADER, HeaderValue::from_bytes(text.as_bytes()).expect("a value"));
        values.iter().map(value).collect()
    }

    #[test]
    fn sane_id_is_kept_and_any_other_replaced() {
        let longest = "a".repeat(MAX_REQUEST_ID_LEN);
        for id in ["a", "0f1e-2D_3.c", &longest] {
            assert_eq!(of(&given(&[id])), id);
        }
        let longer = "a".repeat(MAX_REQUEST_ID_LEN + 1);
        for ids in [&[][..], &[""], &["a b"], &["a\tb"], &["ä"], &[&longer], &["a", "b"]] {
            let id = of(&given(ids));
            let text = id.to_str().expect("a text");
            assert!(
                text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{ids:?}: {text}"
            );
        }
        assert_ne!(of(&given(&[])), of(&given(&[])));
    }
}
