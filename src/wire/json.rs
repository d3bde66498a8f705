//! JSON text, read in place: values are spans of the text, copied only where something changes.
//!
//! The JavaScript engine makes and reads JSON faster and smaller than any code of ours in the module, so the client never
//! builds a tree: it finds its way through the text, rewrites the few places that differ and leaves the rest to
//! `JSON.parse`, which also has the last word on whether the text is JSON at all.

use super::uri;

/// Deepest nesting that is followed; a text nested deeper is refused, since each level costs stack.
pub const MAX_DEPTH: u32 = 1000;

/// Why a text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON.
    Malformed,
    /// It nests deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// A piece of JSON text: one value, without surrounding white space.
pub type Raw<'a> = &'a [u8];

/// A position in a JSON text.
#[derive(Clone, Copy, Debug)]
pub struct Scanner<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// The next byte to read.
    pub at: usize,
}

/// The inside of a string: the raw text between its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The text as it stands, escapes included.
    pub raw: &'a [u8],
    /// Whether it holds a backslash.
    pub escaped: bool,
}

impl<'a> Scanner<'a> {
    /// A scanner at the first value of `text`, behind a byte order mark and white space.
    pub fn new(text: &'a [u8]) -> Scanner<'a> {
        let mut scanner = Scanner {
            text,
            at: if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 },
        };
        scanner.whitespace();
        scanner
    }

    /// The next byte, 0 at the end.
    #[inline]
    pub fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// Skips white space.
    #[inline]
    pub fn whitespace(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Skips white space, then takes `byte` if it is next.
    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        self.whitespace();
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// Takes `byte` with the white space around it.
    pub fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        if !self.take(byte) {
            return Err(Unreadable::Malformed);
        }
        self.whitespace();
        Ok(())
    }

    /// Reads the string that starts here.
    pub fn string(&mut self) -> Result<Text<'a>, Unreadable> {
        if self.peek() != b'"' {
            return Err(Unreadable::Malformed);
        }
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at = next_special(self.text, at);
            match self.text.get(at) {
                Some(b'"') => break,
                Some(_) => {
                    escaped = true;
                    at += 2;
                }
                None => return Err(Unreadable::Malformed),
            }
        }
        self.at = at + 1;
        Ok(Text {
            raw: &self.text[start..at],
            escaped,
        })
    }

    /// Reads a number, `true`, `false` or `null` up to the next delimiter.
    pub fn token(&mut self) -> Result<Raw<'a>, Unreadable> {
        let start = self.at;
        while !matches!(
            self.peek(),
            0 | b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t' | b':' | b'"' | b'[' | b'{'
        ) {
            self.at += 1;
        }
        if self.at == start {
            return Err(Unreadable::Malformed);
        }
        Ok(&self.text[start..self.at])
    }

    /// Reads the value that starts here, whatever it is. Brackets are matched, not more: `JSON.parse` does the rest.
    pub fn value(&mut self) -> Result<Raw<'a>, Unreadable> {
        let start = self.at;
        let mut open = 0u32;
        loop {
            match self.peek() {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                    self.whitespace();
                    continue;
                }
                b'}' | b']' => {
                    open = open.checked_sub(1).ok_or(Unreadable::Malformed)?;
                    self.at += 1;
                }
                b',' | b':' if open > 0 => self.at += 1,
                _ => {
                    self.token()?;
                }
            }
            if open == 0 {
                return Ok(&self.text[start..self.at]);
            }
            self.whitespace();
        }
    }
}

/// The position of the next `"` or `\` at or after `at`, or the end of the text.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
fn next_special(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.iter()
        .position(|byte| matches!(byte, b'"' | b'\\'))
        .map_or(text.len(), |found| at + found)
}

/// The position of the next `"` or `\` at or after `at`, or the end of the text: sixteen bytes at a time, since most of
/// an answer is inside strings.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn next_special(text: &[u8], mut at: usize) -> usize {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, v128_load, v128_or};
    while let Some(block) = text.get(at..at + 16) {
        // SAFETY: `block` is sixteen readable bytes; v128_load has no alignment requirement.
        let block = unsafe { v128_load(block.as_ptr().cast()) };
        let found = i8x16_bitmask(v128_or(
            i8x16_eq(block, i8x16_splat(b'"' as i8)),
            i8x16_eq(block, i8x16_splat(b'\\' as i8)),
        ));
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
    let rest = text.get(at..).unwrap_or_default();
    rest.iter()
        .position(|byte| matches!(byte, b'"' | b'\\'))
        .map_or(text.len(), |found| at + found)
}

impl Text<'_> {
    /// The string itself; lone surrogates become U+FFFD, as in every UTF-8 text.
    ///
    /// ```
    /// use wix_media::wire::json::Scanner;
    ///
    /// let text = Scanner::new(br#""caf\u00e9 \ud83c\udf89 \ud800""#).string().unwrap();
    /// assert_eq!(text.decode(), "café 🎉 \u{fffd}");
    /// ```
    pub fn decode(&self) -> String {
        let raw = String::from_utf8_lossy(self.raw);
        if !self.escaped {
            return raw.into_owned();
        }
        let mut decoded = String::with_capacity(raw.len());
        let mut rest = raw.chars();
        let mut high: Option<u32> = None;
        while let Some(character) = rest.next() {
            let unit = match character {
                '\\' => match rest.next() {
                    Some('u') => {
                        let digits = rest.as_str().get(..4).unwrap_or_default();
                        rest = rest.as_str().get(4..).unwrap_or_default().chars();
                        u32::from_str_radix(digits, 16).unwrap_or(0xfffd)
                    }
                    Some('n') => 10,
                    Some('t') => 9,
                    Some('r') => 13,
                    Some('b') => 8,
                    Some('f') => 12,
                    Some(other) => other as u32,
                    None => 0xfffd,
                },
                other => other as u32,
            };
            if let Some(first) = high.take() {
                if (0xdc00..0xe000).contains(&unit) {
                    let pair = 0x10000 + ((first - 0xd800) << 10) + (unit - 0xdc00);
                    decoded.push(char::from_u32(pair).unwrap_or('\u{fffd}'));
                    continue;
                }
                decoded.push('\u{fffd}');
            }
            if (0xd800..0xdc00).contains(&unit) {
                high = Some(unit);
            } else {
                decoded.push(char::from_u32(unit).unwrap_or('\u{fffd}'));
            }
        }
        if high.is_some() {
            decoded.push('\u{fffd}');
        }
        decoded
    }

    /// Whether the string equals `other`.
    pub fn is(&self, other: &str) -> bool {
        if self.escaped {
            self.decode() == other
        } else {
            self.raw == other.as_bytes()
        }
    }
}

/// The members of the object `raw`, in order; the error of a malformed object comes as the last item. Anything else has
/// no members.
pub fn members(raw: Raw<'_>) -> Members<'_> {
    let scanner = Scanner::new(raw);
    Members {
        scanner,
        close: b'}',
        more: scanner.peek() == b'{',
    }
}

/// The items of the array `raw`. Anything else has no items.
pub fn items(raw: Raw<'_>) -> Items<'_> {
    let scanner = Scanner::new(raw);
    Items(Members {
        scanner,
        close: b']',
        more: scanner.peek() == b'[',
    })
}

/// See [`members`].
#[derive(Debug)]
pub struct Members<'a> {
    scanner: Scanner<'a>,
    close: u8,
    more: bool,
}

impl<'a> Members<'a> {
    /// Moves behind the opening bracket or the comma; whether a value follows.
    fn advance(&mut self) -> bool {
        if self.more {
            let opening = self.scanner.peek() != b',';
            self.scanner.at += 1;
            self.scanner.whitespace();
            self.more = !(opening && self.scanner.take(self.close));
        }
        self.more
    }

    fn value(&mut self) -> Result<Raw<'a>, Unreadable> {
        let value = self.scanner.value()?;
        self.scanner.whitespace();
        match self.scanner.peek() {
            b',' => {}
            byte if byte == self.close => self.more = false,
            _ => return Err(Unreadable::Malformed),
        }
        Ok(value)
    }

    fn member(&mut self) -> Result<(Text<'a>, Raw<'a>), Unreadable> {
        let name = self.scanner.string()?;
        self.scanner.expect(b':')?;
        Ok((name, self.value()?))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(Text<'a>, Raw<'a>), Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.advance() {
            return None;
        }
        let member = self.member();
        self.more &= member.is_ok();
        Some(member)
    }
}

/// See [`items`].
#[derive(Debug)]
pub struct Items<'a>(Members<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Result<Raw<'a>, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.0.advance() {
            return None;
        }
        let item = self.0.value();
        self.0.more &= item.is_ok();
        Some(item)
    }
}

/// The member `name` of the object `raw`; the last one, when the name is repeated, as `JSON.parse` has it.
///
/// ```
/// use wix_media::wire::json::member;
///
/// assert_eq!(member(br#"{"a": 1, "b": [2]}"#, "b"), Some(&b"[2]"[..]));
/// assert_eq!(member(b"[]", "b"), None);
/// ```
pub fn member<'a>(raw: Raw<'a>, name: &str) -> Option<Raw<'a>> {
    let mut found = None;
    for entry in members(raw) {
        let (key, value) = entry.ok()?;
        if key.is(name) {
            found = Some(value);
        }
    }
    found
}

/// Whether JavaScript would take the value for false: `null`, `false`, zero or an empty string.
pub fn is_falsy(raw: Raw<'_>) -> bool {
    match raw.first() {
        Some(b'n' | b'f') | None => true,
        Some(b'"') => raw.len() == 2,
        Some(b'-' | b'0'..=b'9') => {
            let digits = raw.iter().take_while(|byte| !matches!(byte, b'e' | b'E'));
            digits.filter(|byte| matches!(byte, b'1'..=b'9')).count() == 0
        }
        Some(_) => false,
    }
}

/// Appends what JavaScript's `String(value)` gives, as text inside a JSON string (without its quotes).
pub fn push_as_text(out: &mut Vec<u8>, raw: Raw<'_>) {
    match raw.first() {
        Some(b'"') => out.extend_from_slice(&raw[1..raw.len() - 1]),
        Some(b'{') => out.extend_from_slice(b"[object Object]"),
        Some(b'[') => {
            for (at, item) in items(raw).flatten().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                if item != b"null" {
                    push_as_text(out, item);
                }
            }
        }
        Some(b'-' | b'0'..=b'9') => push_number(out, raw),
        _ => out.extend_from_slice(raw),
    }
}

/// Appends a JSON number as JavaScript prints it: `1.50` as `1.5`, `2e3` as `2000`.
///
/// Numbers of more than seventeen significant digits, which JavaScript would round, are printed as they stand.
fn push_number(out: &mut Vec<u8>, raw: Raw<'_>) {
    let plain_integer = raw.len() < 16 && raw.iter().all(u8::is_ascii_digit);
    if plain_integer {
        return out.extend_from_slice(raw);
    }
    let (negative, unsigned) = match raw.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, raw),
    };
    let split = unsigned
        .iter()
        .position(|byte| matches!(byte, b'e' | b'E'))
        .unwrap_or(unsigned.len());
    let mantissa = &unsigned[..split];
    let exponent = unsigned.get(split + 1..).unwrap_or_default();
    let mut exponent: i64 = match exponent.first() {
        Some(b'-') => -small_integer(&exponent[1..]),
        Some(b'+') => small_integer(&exponent[1..]),
        _ => small_integer(exponent),
    };
    let mut digits: Vec<u8> = mantissa.iter().copied().filter(u8::is_ascii_digit).collect();
    if let Some(point) = mantissa.iter().position(|&byte| byte == b'.') {
        exponent -= (mantissa.len() - point - 1) as i64;
    }
    while digits.last() == Some(&b'0') {
        digits.pop();
        exponent += 1;
    }
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    digits.drain(..zeros);
    if digits.is_empty() {
        return out.push(b'0');
    }
    if digits.len() > 17 {
        return out.extend_from_slice(raw);
    }
    // The position of the decimal point, counted from the first digit.
    let point = digits.len() as i64 + exponent;
    if negative && point > -324 {
        out.push(b'-');
    }
    match point {
        310.. => out.extend_from_slice(b"Infinity"),
        ..=-324 => out.push(b'0'),
        _ if exponent >= 0 && point <= 21 => {
            out.extend_from_slice(&digits);
            out.extend(core::iter::repeat_n(b'0', exponent as usize));
        }
        1..=21 => {
            out.extend_from_slice(&digits[..point as usize]);
            out.push(b'.');
            out.extend_from_slice(&digits[point as usize..]);
        }
        -5..=0 => {
            out.extend_from_slice(b"0.");
            out.extend(core::iter::repeat_n(b'0', -point as usize));
            out.extend_from_slice(&digits);
        }
        _ => {
            out.push(digits[0]);
            if digits.len() > 1 {
                out.push(b'.');
                out.extend_from_slice(&digits[1..]);
            }
            out.extend_from_slice(if point > 0 { b"e+" } else { b"e-" });
            push_integer(out, (point - 1).unsigned_abs() as u32);
        }
    }
}

/// The value of a run of digits, held at a bound that no exponent of a finite number reaches.
fn small_integer(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |value, digit| {
        (value * 10 + i64::from(digit.wrapping_sub(b'0'))).min(99_999)
    })
}

/// Appends a whole number in decimal.
pub fn push_integer(out: &mut Vec<u8>, number: u32) {
    if number >= 10 {
        push_integer(out, number / 10);
    }
    out.push(b'0' + (number % 10) as u8);
}

/// Appends `text` as a JSON string with its quotes.
///
/// ```
/// let mut out = Vec::new();
/// wix_media::wire::json::push_string(&mut out, "a \"b\"\n");
/// assert_eq!(out, br#""a \"b\"\u000a""#);
/// ```
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(b'0' + (byte >> 4));
                out.push(b"0123456789abcdef"[usize::from(byte & 15)]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Appends the value as `encodeURIComponent(value)` writes it.
pub fn push_as_component(out: &mut Vec<u8>, raw: Raw<'_>) {
    let mut component = String::new();
    uri::push_component(&mut component, &to_text(raw));
    out.extend_from_slice(component.as_bytes());
}

/// What JavaScript's `String(value)` gives.
pub fn to_text(raw: Raw<'_>) -> String {
    match Scanner::new(raw).string() {
        Ok(text) => text.decode(),
        Err(_) => {
            let mut text = Vec::new();
            push_as_text(&mut text, raw);
            Text {
                raw: &text,
                escaped: true,
            }
            .decode()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(raw: &str) -> String {
        let mut out = Vec::new();
        push_number(&mut out, raw.as_bytes());
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn numbers_print_as_javascript_prints_them() {
        for (raw, printed) in [
            ("0", "0"),
            ("-0", "0"),
            ("3840", "3840"),
            ("-7", "-7"),
            ("1.0", "1"),
            ("1.50", "1.5"),
            ("2e3", "2000"),
            ("2E+3", "2000"),
            ("12.34e1", "123.4"),
            ("0.00001", "0.00001"),
            ("0.0000001", "1e-7"),
            ("1.5e-9", "1.5e-9"),
            ("1e21", "1e+21"),
            ("123456e20", "1.23456e+25"),
            ("100000000000000000000", "100000000000000000000"),
            ("1e400", "Infinity"),
            ("-1e400", "-Infinity"),
            ("0e5", "0"),
            ("0.0", "0"),
            ("1e-400", "0"),
        ] {
            assert_eq!(number(raw), printed, "{raw}");
        }
    }

    #[test]
    fn values_end_where_they_end() {
        for raw in [
            "1",
            "\"a]\\\"}\"",
            "[]",
            "{}",
            "[1, {\"a\": \"]\"}]",
            "{\"a\": [[]], \"b\": null}",
            "[ ]",
        ] {
            let text = format!("{raw} , 7");
            assert_eq!(Scanner::new(text.as_bytes()).value(), Ok(raw.as_bytes()), "{raw}");
        }
    }

    #[test]
    fn broken_values_are_malformed() {
        for text in ["", "]", "[", "{\"a\": ", "\"open", "\"half\\", ",", "[1", "{\"a"] {
            assert_eq!(
                Scanner::new(text.as_bytes()).value(),
                Err(Unreadable::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn members_and_items_come_in_order() {
        let raw = br#" { "a" : 1 , "b":[2,3] , "a":{} } "#;
        let names: Vec<_> = members(raw).map(|entry| entry.expect("readable").0.decode()).collect();
        assert_eq!(names, ["a", "b", "a"]);
        assert_eq!(member(raw, "a"), Some(&b"{}"[..]));
        let found: Vec<_> = items(b"[1, \"x\" ,{}]").map(|item| item.expect("readable")).collect();
        assert_eq!(found, [&b"1"[..], b"\"x\"", b"{}"]);
        assert_eq!(members(b"{}").count() + items(b"[]").count() + members(b"7").count(), 0);
    }

    #[test]
    fn a_broken_object_ends_with_its_error() {
        let entries: Vec<_> = members(b"{\"a\":1,}").map(|entry| entry.is_ok()).collect();
        assert_eq!(entries, [true, false]);
    }

    #[test]
    fn falsy_is_what_javascript_says() {
        for raw in ["null", "false", "0", "-0", "0.0", "0e7", "\"\""] {
            assert!(is_falsy(raw.as_bytes()), "{raw}");
        }
        for raw in ["true", "1", "-1", "0.5", "\"0\"", "{}", "[]"] {
            assert!(!is_falsy(raw.as_bytes()), "{raw}");
        }
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        let decode = |text: &str| Scanner::new(text.as_bytes()).string().expect("a string").decode();
        assert_eq!(decode(r#""\ud83c\udf89""#), "🎉");
        assert_eq!(decode(r#""\ud83cx""#), "\u{fffd}x");
        assert_eq!(decode(r#""\udf89\ud83c""#), "\u{fffd}\u{fffd}");
        assert_eq!(decode(r#""\ud83c\ud83c\udf89""#), "\u{fffd}🎉");
        assert_eq!(decode(r#""\n\t\/\\\"\u0041""#), "\n\t/\\\"A");
    }
}
