//! Dates as the API and HTTP write them.

use time::OffsetDateTime;

/// The first and the last millisecond whose year has four digits.
const MIN: i64 = -62_167_219_200_000;
const MAX: i64 = 253_402_300_799_999;

/// Converts milliseconds since 1970 into a date, clamped to years of four digits.
pub(crate) fn moment(milliseconds: i64) -> OffsetDateTime {
    let nanoseconds = i128::from(milliseconds.clamp(MIN, MAX)) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Formats a time as ISO 8601 with milliseconds (`docs/contract/model.md#s2`).
pub(crate) fn iso(milliseconds: i64) -> String {
    let at = moment(milliseconds);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// Formats a time for HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(milliseconds: i64) -> String {
    let at = moment(milliseconds);
    let (day, month) = (at.weekday().to_string(), at.month().to_string());
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        &day[..3],
        at.day(),
        &month[..3],
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_and_http_date_return_their_formats() {
        assert_eq!(iso(1_704_449_472_005), "2024-01-05T10:11:12.005Z");
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(iso(MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(iso(i64::MAX), iso(MAX));
        assert_eq!(iso(MIN), "0000-01-01T00:00:00.000Z");
        assert_eq!(iso(i64::MIN), iso(MIN));
    }
}
