//! ISO 8601 dates: those that a request may carry, and those that the API writes.

/// Whether `text` looks like an ISO 8601 date, alone or with a time: `2024-02-29`, `2024-02-29T12:34Z`,
/// `2024-02-29T12:34:56.789+01:00`. Only the form is checked; the service decides whether the digits make a date.
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

/// Returns the milliseconds since 1970 of a time in the API's own form: `2024-01-05T10:11:12Z`, with or without a fraction.
///
/// Returns `None` for every other form and for times before 1970, which JavaScript's `Date` has to read.
///
/// ```
/// use wix_media::wire::date::milliseconds;
///
/// assert_eq!(milliseconds(b"1970-01-02T00:00:00.5Z"), Some(86_400_500));
/// assert_eq!(milliseconds(b"1970-01-02"), None);
/// ```
pub fn milliseconds(text: &[u8]) -> Option<u64> {
    let [time @ .., b'Z'] = text else {
        return None;
    };
    // The number of digits of each field, and the separator after it.
    let mut fields = [0u64; 6];
    let mut at = 0;
    for (field, (length, separator)) in [(4, b'-'), (2, b'-'), (2, b'T'), (2, b':'), (2, b':'), (2, b'.')]
        .into_iter()
        .enumerate()
    {
        for _ in 0..length {
            let digit = time.get(at)?.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            fields[field] = fields[field] * 10 + u64::from(digit);
            at += 1;
        }
        if at < time.len() && time[at] != separator || at == time.len() && field < 5 {
            return None;
        }
        at += 1;
    }
    // `Date` refuses a point that no digit follows.
    if at == time.len() {
        return None;
    }
    let mut fraction = 0;
    for position in 0..3 {
        fraction = fraction * 10 + u64::from(time.get(at + position).map_or(0, |digit| digit.wrapping_sub(b'0')));
    }
    for digit in time.get(at..).unwrap_or_default() {
        if !digit.is_ascii_digit() {
            return None;
        }
    }
    let [year, month, day, hour, minute, second] = fields;
    let last = match month {
        2 => 28 + u64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if year < 1970 || !(1..=12).contains(&month) || day < 1 || day > last || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Count days from 1 March of the year 0, so that the leap day is the last day of a year.
    let (shifted_year, shifted_month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = shifted_year * 365 + shifted_year / 4 - shifted_year / 100
        + shifted_year / 400
        + (153 * shifted_month + 2) / 5
        + day
        - 1;
    let seconds = ((days - 719_468) * 24 + hour) * 3600 + minute * 60 + second;
    Some(seconds * 1000 + fraction)
}

#[cfg(test)]
mod tests {
    use super::{is_iso_8601, milliseconds};

    #[test]
    fn iso_8601_date_is_recognised_with_and_without_time() {
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
    fn text_in_another_form_is_not_iso_8601() {
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

    #[test]
    fn milliseconds_of_valid_time_agree_with_date() {
        for (text, count) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.001Z", 1),
            ("2000-02-29T23:59:59.999Z", 951_868_799_999),
            ("2000-03-01T00:00:00Z", 951_868_800_000),
            ("2024-01-05T10:11:12.123456789Z", 1_704_449_472_123),
            ("2024-12-31T23:59:59.5Z", 1_735_689_599_500),
            ("2100-03-01T00:00:00Z", 4_107_542_400_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] {
            assert_eq!(milliseconds(text.as_bytes()), Some(count), "{text}");
        }
    }

    #[test]
    fn milliseconds_of_other_forms_and_impossible_times_are_none() {
        for text in [
            "",
            "Z",
            "2024",
            "2024-01-05",
            "2024-01-05T10:11Z",
            "2024-01-05T10:11:12",
            "2024-01-05T10:11:12+00:00",
            "2024-01-05T10:11:12.Z",
            "2023-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.1x3Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "2024-01-05 10:11:12Z",
            "2024-01-05T10:11:12,5Z",
            "+2024-01-05T10:11:12Z",
        ] {
            assert_eq!(milliseconds(text.as_bytes()), None, "{text}");
        }
    }
}
