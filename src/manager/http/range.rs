//! The header `Range`.

/// The part of a body that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    Whole,
    /// The offsets of the first and the last byte.
    Part(u64, u64),
    /// The range is outside the body.
    Nothing,
}

/// Parses a range of bytes. Several ranges and invalid ones are ignored, as HTTP allows.
pub(crate) fn read_range(header: &str, size: u64) -> Range {
    let digits = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        (plain && !text.is_empty()).then(|| text.parse().unwrap_or(u64::MAX))
    };
    let Some((from, to)) = header
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Range::Whole;
    };
    match (digits(from), digits(to)) {
        (Some(from), None) if to.is_empty() && from < size => Range::Part(from, size - 1),
        (Some(from), Some(to)) if from <= to && from < size => Range::Part(from, to.min(size - 1)),
        (None, Some(last)) if from.is_empty() && last > 0 && size > 0 => {
            Range::Part(size.saturating_sub(last), size - 1)
        }
        (Some(from), None) if to.is_empty() && from >= size => Range::Nothing,
        (Some(from), Some(to)) if from <= to => Range::Nothing,
        (None, Some(_)) if from.is_empty() => Range::Nothing,
        _ => Range::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_range_of_each_form_returns_the_bytes_that_http_names() {
        for (header, range) in [
            ("bytes=0-0", Range::Part(0, 0)),
            ("bytes=2-", Range::Part(2, 9)),
            ("bytes=2-99", Range::Part(2, 9)),
            ("bytes=-3", Range::Part(7, 9)),
            ("bytes=-99", Range::Part(0, 9)),
            ("bytes=10-", Range::Nothing),
            ("bytes=10-12", Range::Nothing),
            ("bytes=-0", Range::Nothing),
            ("bytes=99999999999999999999-", Range::Nothing),
            ("bytes=5-2", Range::Whole),
            ("bytes=0-1,4-5", Range::Whole),
            ("bytes=", Range::Whole),
            ("bytes=a-b", Range::Whole),
            ("items=0-1", Range::Whole),
            ("", Range::Whole),
        ] {
            assert_eq!(read_range(header, 10), range, "{header}");
        }
        assert_eq!(read_range("bytes=0-", 0), Range::Nothing);
    }
}
