//! Dates: the ISO 8601 forms that a request may carry.

/// Whether `text` is an ISO 8601 calendar date, alone or with a time: `2024-02-29`, `2024-02-29T12:34Z`,
/// `2024-02-29T12:34:56.789+01:00`. Fields must be in range; a time without an offset is allowed, as `Date` allows it.
///
/// ```
/// use wix_media::wire::date::is_iso_8601;
///
/// assert!(is_iso_8601(b"2024-02-29T12:34:56.789Z"));
/// assert!(!is_iso_8601(b"2023-02-29"));
/// assert!(!is_iso_8601(b"yesterday"));
/// ```
pub fn is_iso_8601(text: &[u8]) -> bool {
    read(text).is_some_and(|rest| rest.is_empty())
}

fn read(text: &[u8]) -> Option<&[u8]> {
    let (year, text) = digits(text, 4)?;
    let (month, text) = digits(text.strip_prefix(b"-")?, 2)?;
    let (day, text) = digits(text.strip_prefix(b"-")?, 2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let Some(text) = text.strip_prefix(b"T") else {
        return Some(text);
    };
    let (hour, text) = digits(text, 2)?;
    let (minute, mut text) = digits(text.strip_prefix(b":")?, 2)?;
    if hour > 23 || minute > 59 {
        return None;
    }
    if let Some(seconds) = text.strip_prefix(b":") {
        let (second, rest) = digits(seconds, 2)?;
        if second > 59 {
            return None;
        }
        text = rest;
        if let Some(fraction) = text.strip_prefix(b".") {
            let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length == 0 {
                return None;
            }
            text = &fraction[length..];
        }
    }
    match text {
        [b'Z', rest @ ..] => Some(rest),
        [b'+' | b'-', offset @ ..] => {
            let (hours, rest) = digits(offset, 2)?;
            let (minutes, rest) = digits(rest.strip_prefix(b":")?, 2)?;
            (hours < 24 && minutes < 60).then_some(rest)
        }
        _ => Some(text),
    }
}

fn digits(text: &[u8], count: usize) -> Option<(u32, &[u8])> {
    let (head, rest) = text.split_at_checked(count)?;
    let mut number = 0;
    for byte in head {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u32::from(byte - b'0');
    }
    Some((number, rest))
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
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
    fn refuses_everything_else() {
        for text in [
            "",
            "2024",
            "2024-1-5",
            "2024-13-01",
            "2024-00-01",
            "2024-04-31",
            "1900-02-29",
            "2024-01-05T",
            "2024-01-05T24:00Z",
            "2024-01-05T10:60Z",
            "2024-01-05T10:11:60Z",
            "2024-01-05T10:11:12.Z",
            "2024-01-05T10:11Zz",
            "2024-01-05T10:11+5",
            "2024-01-05T10:11+24:00",
            "2024-01-05 10:11",
            "Fri Jan 05 2024",
            "\u{660}024-01-05",
        ] {
            assert!(!is_iso_8601(text.as_bytes()), "{text}");
        }
    }
}
