//! Dates: the ISO 8601 forms that a request may carry.

/// Whether `text` looks like an ISO 8601 calendar date, alone or with a time: `2024-02-29`, `2024-02-29T12:34Z`,
/// `2024-02-29T12:34:56.789+01:00`. The service has the last word on what the digits mean.
///
/// ```
/// use wix_media::wire::date::is_iso_8601;
///
/// assert!(is_iso_8601(b"2024-02-29T12:34:56.789Z"));
/// assert!(!is_iso_8601(b"2024-13-01"));
/// assert!(!is_iso_8601(b"yesterday"));
/// ```
pub fn is_iso_8601(text: &[u8]) -> bool {
    let Some((day, time)) = text.split_at_checked(10) else {
        return false;
    };
    for (at, byte) in day.iter().enumerate() {
        if !(byte.is_ascii_digit() || *byte == b'-' && matches!(at, 4 | 7)) {
            return false;
        }
    }
    if day[4] != b'-' || day[7] != b'-' || !(b"01"..=b"12").contains(&&[day[5], day[6]]) {
        return false;
    }
    match time {
        [] => true,
        [b'T', time @ ..] => {
            time.len() >= 5
                && time
                    .iter()
                    .all(|byte| matches!(byte, b'0'..=b':' | b'+' | b'-' | b'.' | b'Z'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_iso_8601;

    #[test]
    fn accepts_what_date_prints_and_reads() {
        for text in [
            "2024-01-05",
            "2000-02-29",
            "2024-01-05T10:11Z",
            "2024-01-05T10:11:12Z",
            "2024-01-05T10:11:12.5Z",
            "2024-01-05T10:11:12.123456789+05:30",
            "2024-01-05T10:11:12",
        ] {
            assert!(is_iso_8601(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2024",
            "2024-1-5",
            "2024-13-01",
            "2024-00-01",
            "2024-01-05T",
            "2024-01-05T10",
            "2024-01-05 10:11",
            "2024-01-05T10:11 UTC",
            "Fri Jan 05 2024",
            "20240-1-05",
            "\u{660}024-01-05",
        ] {
            assert!(!is_iso_8601(text.as_bytes()), "{text}");
        }
    }
}
