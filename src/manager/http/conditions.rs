//! Conditional requests (RFC 9110, section 13).

use super::message::Head;
use std::time::UNIX_EPOCH;

/// What the conditions of a request say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Answer as without them.
    Proceed,
    /// 304: the client has this version.
    NotModified,
    /// 412: the client wants another version.
    Failed,
}

/// Evaluates the conditions of a GET or HEAD in the order of section 13.2.2. `tag` is the strong `ETag` with its quotes,
/// `modified` the time of the last change in milliseconds.
pub(crate) fn evaluate(head: &Head, tag: &str, modified: i64) -> Verdict {
    let modified = modified.div_euclid(1000);
    let date = |name: &str| head.header(name).and_then(seconds);
    let held = match head.header("if-match") {
        Some(tags) => matches(tags, |given| given == tag),
        None => date("if-unmodified-since").is_none_or(|since| modified <= since),
    };
    if !held {
        return Verdict::Failed;
    }
    let known = match head.header("if-none-match") {
        // Proxies that compress make tags weak.
        Some(tags) => matches(tags, |given| given.strip_prefix("W/").unwrap_or(given) == tag),
        None => date("if-modified-since").is_some_and(|since| modified <= since),
    };
    if known { Verdict::NotModified } else { Verdict::Proceed }
}

/// Returns whether the range of a request counts: without `If-Range`, or with this version in it. Only GET has ranges.
pub(crate) fn allows_range(head: &Head, tag: &str, modified: i64) -> bool {
    let is_current = |given: &str| given == tag || seconds(given).is_some_and(|date| date == modified.div_euclid(1000));
    head.method == "GET" && head.header("if-range").is_none_or(is_current)
}

fn matches(tags: &str, is_match: impl Fn(&str) -> bool) -> bool {
    tags.trim() == "*" || tags.split(',').any(|tag| is_match(tag.trim()))
}

/// Returns the seconds since 1970 of a date in one of the three forms of HTTP. Others count as absent.
fn seconds(date: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(date.trim()).ok()?;
    let since = date.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Failed, NotModified, Proceed};

    /// Sun, 06 Nov 1994 08:49:37 GMT, and half a second.
    const MODIFIED: i64 = 784_111_777_500;

    fn head(method: &str, headers: &[(&str, &str)]) -> Head {
        Head {
            method: method.to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Head::default()
        }
    }

    #[test]
    fn evaluate_follows_the_order_of_rfc_9110() {
        let (same, earlier, later) = (
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:36 GMT",
            "Sunday, 06-Nov-94 08:49:38 GMT",
        );
        for (headers, verdict) in [
            (&[][..], Proceed),
            (&[("If-None-Match", "\"a\"")], NotModified),
            (&[("If-None-Match", "W/\"a\"")], NotModified),
            (&[("If-None-Match", "\"b\" , W/\"a\"")], NotModified),
            (&[("If-None-Match", "*")], NotModified),
            (&[("If-None-Match", "\"b\"")], Proceed),
            (&[("If-None-Match", "a")], Proceed),
            (&[("If-None-Match", "\"b\""), ("If-Modified-Since", later)], Proceed),
            (&[("If-Modified-Since", same)], NotModified),
            (&[("If-Modified-Since", later)], NotModified),
            (&[("If-Modified-Since", earlier)], Proceed),
            (&[("If-Modified-Since", "yesterday")], Proceed),
            (&[("If-Match", "\"a\"")], Proceed),
            (&[("If-Match", "*")], Proceed),
            (&[("If-Match", "W/\"a\"")], Failed),
            (&[("If-Match", "\"b\"")], Failed),
            (&[("If-Match", "\"a\""), ("If-Unmodified-Since", earlier)], Proceed),
            (&[("If-Unmodified-Since", earlier)], Failed),
            (&[("If-Unmodified-Since", same)], Proceed),
            (&[("If-Unmodified-Since", "yesterday")], Proceed),
            (&[("If-Match", "\"b\""), ("If-None-Match", "\"a\"")], Failed),
        ] {
            assert_eq!(
                evaluate(&head("GET", headers), "\"a\"", MODIFIED),
                verdict,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn allows_range_of_the_current_version_only() {
        let allows = |method: &str, headers: &[(&str, &str)]| allows_range(&head(method, headers), "\"a\"", MODIFIED);
        assert!(allows("GET", &[]));
        assert!(!allows("HEAD", &[]));
        assert!(allows("GET", &[("If-Range", "\"a\"")]));
        assert!(allows("GET", &[("If-Range", "Sun, 06 Nov 1994 08:49:37 GMT")]));
        for other in ["\"b\"", "W/\"a\"", "Sun, 06 Nov 1994 08:49:38 GMT", "yesterday"] {
            assert!(!allows("GET", &[("If-Range", other)]), "{other}");
        }
    }
}
