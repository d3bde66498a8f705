//! JSON text, read in place: values are spans of the text, copied only where something changes.
//!
//! The JavaScript engine reads JSON faster than code in the module could, and costs no download. So the client never
//! builds a tree. It walks the text, rewrites the few places that differ, and leaves the rest to `JSON.parse`, which also
//! decides whether the text is valid JSON.
//!
//! Texts are bytes for the same reason. [`push_ascii`] looks at the characters beyond ASCII once, at the end.
//!
//! Written by hand because every page downloads it: with `serde` and `serde_json`, five small structs alone took a module
//! from 12.8 to 38 KB (`docs/design.md`).

use super::bytes::{HEX, has, hex_value, push};

/// The deepest nesting that is followed. Deeper texts are refused, because each level costs stack.
pub const MAX_DEPTH: u32 = 1000;

/// The reasons why a text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON.
    Malformed,
    /// It nests deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// The text of one JSON value, without surrounding white space.
pub type Raw<'a> = &'a [u8];

/// A position in a JSON text.
#[derive(Clone, Copy, Debug)]
pub struct Scanner<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// The next byte to read.
    pub at: usize,
}

/// A string: the raw text between its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The text with its escapes.
    pub raw: &'a [u8],
    /// Whether it holds a backslash.
    pub escaped: bool,
}

/// The name of a member.
#[derive(Clone, Copy, Debug)]
pub struct MemberName<'a> {
    /// The name.
    pub text: Text<'a>,
    /// Whether it may hold a dot.
    pub dotted: bool,
}

impl<'a> Scanner<'a> {
    /// Starts at the first value of `text`, after byte order marks and white space.
    pub fn new(text: &'a [u8]) -> Scanner<'a> {
        let mut scanner = Scanner { text, at: 0 };
        while text[scanner.at..].starts_with(b"\xef\xbb\xbf") {
            scanner.at += 3;
        }
        scanner.whitespace();
        scanner
    }

    /// Returns the next byte, 0 at the end.
    #[inline]
    pub fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// Skips white space.
    #[inline]
    pub fn whitespace(&mut self) {
        // Machines write little white space, so most calls end at this comparison.
        if self.peek() <= b' ' {
            self.skip_whitespace();
        }
    }

    #[inline(never)]
    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Reads `byte` and the white space around it. Returns whether it was next.
    pub fn take(&mut self, byte: u8) -> bool {
        self.whitespace();
        let found = self.peek() == byte;
        if found {
            self.at += 1;
            self.whitespace();
        }
        found
    }

    /// Reads the string that starts here.
    #[inline]
    pub fn string(&mut self) -> Option<Text<'a>> {
        if self.peek() != b'"' {
            return None;
        }
        let start = self.at + 1;
        let mut at = next_special(self.text, start);
        let mut escaped = false;
        while *self.text.get(at)? != b'"' {
            escaped = true;
            at = next_special(self.text, at + 2);
        }
        self.at = at + 1;
        Some(Text {
            raw: &self.text[start..at],
            escaped,
        })
    }

    /// Reads the name of a member. Like [`string`](Self::string), tuned for short text.
    pub fn name(&mut self) -> Option<MemberName<'a>> {
        if self.peek() != b'"' {
            return None;
        }
        let start = self.at + 1;
        let mut at = start;
        let mut dotted = false;
        loop {
            match *self.text.get(at)? {
                b'"' => break,
                b'\\' => {
                    let text = self.string()?;
                    return Some(MemberName { text, dotted: true });
                }
                byte => dotted |= byte == b'.',
            }
            at += 1;
        }
        self.at = at + 1;
        Some(MemberName {
            text: Text {
                raw: &self.text[start..at],
                escaped: false,
            },
            dotted,
        })
    }

    /// Reads a number, `true`, `false` or `null` up to the next delimiter.
    #[inline]
    pub fn token(&mut self) -> Option<Raw<'a>> {
        let start = self.at;
        while matches!(self.peek(), b'-'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+') {
            self.at += 1;
        }
        (self.at > start).then(|| &self.text[start..self.at])
    }

    /// Reads the value that starts here. Checks only that brackets match; `JSON.parse` checks the rest.
    pub fn value(&mut self) -> Option<Raw<'a>> {
        self.value_without(None)
    }

    /// Reads the value that starts here. Returns `None` if it nests deeper than [`MAX_DEPTH`] or contains a name for which
    /// `stop` returns true, and leaves the scanner after that place.
    pub fn value_without(&mut self, stop: Option<fn(&[u8]) -> bool>) -> Option<Raw<'a>> {
        let start = self.at;
        let mut open = 0u32;
        loop {
            match self.peek() {
                b'"' => {
                    let text = self.string()?;
                    if let Some(stop) = stop {
                        self.whitespace();
                        if self.peek() == b':' && (text.escaped || stop(text.raw)) {
                            return None;
                        }
                    }
                }
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                    if open > MAX_DEPTH && stop.is_some() {
                        return None;
                    }
                }
                b'}' | b']' => {
                    open = open.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if open > 0 => self.at += 1,
                _ => {
                    self.token()?;
                }
            }
            if open == 0 {
                return Some(&self.text[start..self.at]);
            }
        }
    }
}

/// Returns the position of the next `"` or `\` at or after `at`, or the end of the text.
///
/// Most of an answer is inside strings, so sixteen bytes are compared at a time where the target supports it.
fn next_special(text: &[u8], mut at: usize) -> usize {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    {
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
    }
    while let Some(byte) = text.get(at)
        && !matches!(byte, b'"' | b'\\')
    {
        at += 1;
    }
    at
}

/// Appends JSON text with the characters beyond ASCII as escapes. Malformed UTF-8 becomes U+FFFD, as in a `TextDecoder`.
///
/// Engines keep ASCII in one byte a character, which they decode and parse faster: for a page of a hundred files with
/// names in many scripts, V8 takes 1.1 ms instead of 1.8.
///
/// ```
/// let mut text = Vec::new();
/// wix_media::wire::json::push_ascii(&mut text, "\"café 🎉\"".as_bytes());
/// assert_eq!(text, br#""caf\u00E9 \uD83C\uDF89""#);
/// ```
pub fn push_ascii(out: &mut Vec<u8>, text: &[u8]) {
    let mut copied = 0;
    loop {
        let start = next_beyond_ascii(text, copied);
        push(out, &text[copied..start]);
        let mut end = start;
        while text.get(end).is_some_and(|byte| *byte >= 0x80) {
            end += 1;
        }
        if end == start {
            return;
        }
        // An escape after a backslash would make valid JSON of an invalid one.
        let mut escaped = false;
        for byte in text[..start].iter().rev() {
            if *byte != b'\\' {
                break;
            }
            escaped = !escaped;
        }
        if escaped {
            out.push(b'x');
        }
        for chunk in text[start..end].utf8_chunks() {
            for character in chunk.valid().chars() {
                let code = u32::from(character);
                if code >= 0x10000 {
                    push_unit(out, 0xd7c0 + (code >> 10));
                    push_unit(out, 0xdc00 | code & 0x3ff);
                } else {
                    push_unit(out, code);
                }
            }
            if !chunk.invalid().is_empty() {
                push_unit(out, 0xfffd);
            }
        }
        copied = end;
    }
}

/// Appends the escape of a UTF-16 unit.
fn push_unit(out: &mut Vec<u8>, unit: u32) {
    let digit = |shift: u32| HEX[(unit >> shift & 15) as usize];
    push(out, &[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

/// Returns the position of the next byte beyond ASCII at or after `at`, or the end of the text.
fn next_beyond_ascii(text: &[u8], mut at: usize) -> usize {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    {
        use core::arch::wasm32::{i8x16_bitmask, v128_load};
        while let Some(block) = text.get(at..at + 16) {
            // SAFETY: `block` is sixteen readable bytes; v128_load has no alignment requirement.
            let found = i8x16_bitmask(unsafe { v128_load(block.as_ptr().cast()) });
            if found != 0 {
                return at + found.trailing_zeros() as usize;
            }
            at += 16;
        }
    }
    while text.get(at).is_some_and(u8::is_ascii) {
        at += 1;
    }
    at
}

impl Text<'_> {
    /// Decodes the string to UTF-8. Lone surrogates become U+FFFD.
    ///
    /// ```
    /// use wix_media::wire::json::Scanner;
    ///
    /// let text = Scanner::new(br#""caf\u00e9 \ud83c\udf89 \ud800""#).string().unwrap();
    /// assert_eq!(text.decode(), "café 🎉 \u{fffd}".as_bytes());
    /// ```
    pub fn decode(&self) -> Vec<u8> {
        let mut decoded = Vec::with_capacity(self.raw.len());
        let mut at = 0;
        let mut high = 0;
        while at < self.raw.len() {
            let mut unit = u32::from(self.raw[at]);
            at += 1;
            if unit == u32::from(b'\\') {
                unit = match self.raw.get(at).copied().unwrap_or(b'\\') {
                    b'u' => {
                        let mut value = 0;
                        for digit in 1..5 {
                            let digit = self.raw.get(at + digit).copied().and_then(hex_value).unwrap_or(0);
                            value = value << 4 | u32::from(digit);
                        }
                        at += 4;
                        value
                    }
                    b'n' => 10,
                    b't' => 9,
                    b'r' => 13,
                    b'b' => 8,
                    b'f' => 12,
                    other => u32::from(other),
                };
                at += 1;
            } else if high == 0 {
                decoded.push(unit as u8);
                continue;
            } else {
                // A character without an escape cannot be the low half of a pair.
                push_utf8(&mut decoded, 0xfffd);
                high = 0;
                decoded.push(unit as u8);
                continue;
            }
            if high != 0 {
                if unit & 0xfc00 == 0xdc00 {
                    push_utf8(&mut decoded, 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff));
                    high = 0;
                    continue;
                }
                push_utf8(&mut decoded, 0xfffd);
                high = 0;
            }
            match unit & 0xfc00 {
                0xd800 => high = unit,
                0xdc00 => push_utf8(&mut decoded, 0xfffd),
                _ => push_utf8(&mut decoded, unit),
            }
        }
        if high != 0 {
            push_utf8(&mut decoded, 0xfffd);
        }
        decoded
    }

    /// Whether the decoded string equals `other`.
    pub fn is(&self, other: &[u8]) -> bool {
        if self.escaped {
            self.decode() == other
        } else {
            self.raw == other
        }
    }
}

fn push_utf8(out: &mut Vec<u8>, code: u32) {
    let (lead, mut shift) = match code {
        0..0x80 => return out.push(code as u8),
        0x80..0x800 => (0xc0, 6),
        0x800..0x10000 => (0xe0, 12),
        _ => (0xf0, 18),
    };
    out.push(lead | (code >> shift) as u8);
    while shift > 0 {
        shift -= 6;
        out.push(0x80 | (code >> shift) as u8 & 0x3f);
    }
}

/// The members of an object or items of an array, in order, up to the first malformed one.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    scanner: Scanner<'a>,
    close: u8,
}

/// Iterates over the members of the object `raw`. Other values yield nothing.
///
/// ```
/// use wix_media::wire::json::members;
///
/// let names: Vec<_> = members(br#"{"a": 1, "b": [2]}"#).map(|(name, _)| name.decode()).collect();
/// assert_eq!(names, [b"a", b"b"]);
/// ```
pub fn members(raw: Raw<'_>) -> Entries<'_> {
    entries(raw, b'{', b'}')
}

/// Iterates over the items of the array `raw`, each with an empty name. Other values yield nothing.
///
/// ```
/// use wix_media::wire::json::items;
///
/// let values: Vec<_> = items(br#"[1, "two"]"#).map(|(_, value)| value).collect();
/// assert_eq!(values, [&b"1"[..], b"\"two\""]);
/// ```
pub fn items(raw: Raw<'_>) -> Entries<'_> {
    entries(raw, b'[', b']')
}

fn entries(raw: Raw<'_>, open: u8, close: u8) -> Entries<'_> {
    let scanner = Scanner::new(raw);
    Entries {
        scanner,
        close: if scanner.peek() == open { close } else { 0 },
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Text<'a>, Raw<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let close = core::mem::take(&mut self.close);
        if close == 0 {
            return None;
        }
        let opening = self.scanner.peek() != b',';
        self.scanner.at += 1;
        self.scanner.whitespace();
        if opening && self.scanner.peek() == close {
            return None;
        }
        let mut name = Text {
            raw: b"",
            escaped: false,
        };
        if close == b'}' {
            name = self.scanner.string()?;
            if !self.scanner.take(b':') {
                return None;
            }
        }
        let value = self.scanner.value()?;
        self.scanner.whitespace();
        if self.scanner.peek() == b',' {
            self.close = close;
        }
        Some((name, value))
    }
}

/// Returns the member `name` of the object `raw`. Of repeated names the last one counts, as for `JSON.parse`.
///
/// ```
/// use wix_media::wire::json::member;
///
/// assert_eq!(member(br#"{"a": 1, "b": [2]}"#, "b"), Some(&b"[2]"[..]));
/// assert_eq!(member(b"[]", "b"), None);
/// ```
pub fn member<'a>(raw: Raw<'a>, name: &str) -> Option<Raw<'a>> {
    let mut found = None;
    for (key, value) in members(raw) {
        if key.is(name.as_bytes()) {
            found = Some(value);
        }
    }
    found
}

/// Whether the value is falsy in JavaScript: `null`, `false`, zero or an empty string.
pub fn is_falsy(raw: Raw<'_>) -> bool {
    match raw {
        [] | [b'n' | b'f', ..] | [b'"', b'"'] => true,
        [b'-' | b'0'..=b'9', ..] => {
            for byte in raw {
                match byte {
                    b'1'..=b'9' => return false,
                    b'e' | b'E' => break,
                    _ => {}
                }
            }
            true
        }
        _ => false,
    }
}

/// Appends the result of JavaScript's `String(value)` as the inside of a JSON string, without quotes.
///
/// Numbers keep their spelling, except for zeros at the end of a fraction. JavaScript would change other spellings too, but
/// serialisers do not write those.
pub fn push_as_text(out: &mut Vec<u8>, raw: Raw<'_>) {
    match raw {
        [b'"', text @ .., b'"'] => push(out, text),
        [b'{', ..] => push(out, b"[object Object]"),
        [b'[', ..] => {
            let mut comma = false;
            for (_, item) in items(raw) {
                if comma {
                    push(out, b",");
                }
                comma = true;
                if item != b"null" {
                    push_as_text(out, item);
                }
            }
        }
        b"-0" => out.push(b'0'),
        _ if has(raw, b'.') && !has(raw, b'e') && !has(raw, b'E') => {
            let mut end = raw.len();
            while raw[end - 1] == b'0' {
                end -= 1;
            }
            if raw[end - 1] == b'.' {
                end -= 1;
            }
            push(out, &raw[..end]);
        }
        _ => push(out, raw),
    }
}

/// Returns the result of JavaScript's `String(value)` in UTF-8.
pub fn to_text(raw: Raw<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    push_as_text(&mut text, raw);
    if has(raw, b'\\') {
        text = Text {
            raw: &text,
            escaped: true,
        }
        .decode();
    }
    text
}

/// Appends an integer in decimal.
pub fn push_integer(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    while at == digits.len() || rest > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    push(out, &digits[at..]);
}

/// Appends `text` as a JSON string, quotes included.
///
/// ```
/// let mut out = Vec::new();
/// wix_media::wire::json::push_string(&mut out, b"a \"b\"\n");
/// assert_eq!(out, br#""a \"b\"\u000a""#);
/// ```
pub fn push_string(out: &mut Vec<u8>, text: &[u8]) {
    push(out, b"\"");
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.push(b'\\'),
            0..0x20 => {
                push(out, b"\\u00");
                out.push(b'0' + (byte >> 4));
                out.push(HEX[usize::from(byte & 15)] | 0x20);
                continue;
            }
            _ => {}
        }
        out.push(byte);
    }
    push(out, b"\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(raw: &str) -> String {
        String::from_utf8(to_text(raw.as_bytes())).expect("UTF-8")
    }

    #[test]
    fn text_in_ascii_parses_like_the_original() {
        for bytes in [
            &b"\"plain\""[..],
            "\"\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff} and sixteen bytes more\"".as_bytes(),
            b"\"\xe2\x82\xc3\xa9 \xed\xa0\x80 \xc0\xaf \xf0\x9f\x8e \xff\"",
            "\"\\\\é\\\"é\"".as_bytes(),
            "{\"ü\":[\"\\u00e9é\"]}".as_bytes(),
        ] {
            let mut ascii = Vec::new();
            push_ascii(&mut ascii, bytes);
            assert!(ascii.is_ascii());
            let original: serde_json::Value = serde_json::from_str(&String::from_utf8_lossy(bytes)).expect("JSON");
            assert_eq!(
                serde_json::from_slice::<serde_json::Value>(&ascii).expect("JSON"),
                original
            );
        }
    }

    #[test]
    fn invalid_text_stays_invalid_in_ascii() {
        for text in ["\"\\é\"", "\"\\\\\\é\"", "é", "[1é]"] {
            let mut ascii = Vec::new();
            push_ascii(&mut ascii, text.as_bytes());
            assert!(serde_json::from_slice::<serde_json::Value>(&ascii).is_err(), "{text}");
        }
    }

    #[test]
    fn to_text_of_value_is_what_javascript_prints() {
        for (raw, text) in [
            ("0", "0"),
            ("-0", "0"),
            ("3840", "3840"),
            ("-7", "-7"),
            ("1.0", "1"),
            ("1.50", "1.5"),
            ("100.00", "100"),
            ("0.00001", "0.00001"),
            ("1e+21", "1e+21"),
            ("1.5e-9", "1.5e-9"),
            ("true", "true"),
            ("null", "null"),
            ("{\"a\":1}", "[object Object]"),
            ("[1,null,[2,\"x\"]]", "1,,2,x"),
            (r#""a\n\u00e9""#, "a\né"),
        ] {
            assert_eq!(printed(raw), text, "{raw}");
        }
    }

    #[test]
    fn value_stops_at_its_last_byte() {
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
            assert_eq!(Scanner::new(text.as_bytes()).value(), Some(raw.as_bytes()), "{raw}");
        }
    }

    #[test]
    fn value_of_malformed_text_is_none() {
        for text in [
            "", "]", "[", "{\"a\": ", "\"open", "\"half\\", ",", "[1", "{\"a", "\u{1}", "[\u{0}]",
        ] {
            assert_eq!(Scanner::new(text.as_bytes()).value(), None, "{text}");
        }
    }

    #[test]
    fn members_and_items_keep_their_order() {
        let raw = br#" { "a" : 1 , "b":[2,3] , "a":{} } "#;
        let names: Vec<_> = members(raw).map(|(name, _)| name.decode()).collect();
        assert_eq!(names, [b"a", b"b", b"a"]);
        assert_eq!(member(raw, "a"), Some(&b"{}"[..]));
        let found: Vec<_> = items(b"[1, \"x\" ,{}]").map(|(_, item)| item).collect();
        assert_eq!(found, [&b"1"[..], b"\"x\"", b"{}"]);
        assert_eq!(
            members(b"{}").count() + items(b"[ ]").count() + members(b"7").count() + items(b"{}").count(),
            0
        );
    }

    #[test]
    fn members_stop_at_the_first_malformed_one() {
        for (text, count) in [
            ("{\"a\":1,}", 1),
            ("{\"a\" 1}", 0),
            ("{\"a\":1 \"b\":2}", 1),
            ("{,}", 0),
            ("{a:1}", 0),
        ] {
            assert_eq!(members(text.as_bytes()).count(), count, "{text}");
        }
    }

    #[test]
    fn is_falsy_agrees_with_javascript() {
        for raw in ["null", "false", "0", "-0", "0.0", "0e7", "\"\""] {
            assert!(is_falsy(raw.as_bytes()), "{raw}");
        }
        for raw in ["true", "1", "-1", "0.5", "\"0\"", "{}", "[]"] {
            assert!(!is_falsy(raw.as_bytes()), "{raw}");
        }
    }

    #[test]
    fn decode_of_escapes_agrees_with_javascript() {
        let decode = |text: &str| {
            let decoded = Scanner::new(text.as_bytes()).string().expect("a string").decode();
            String::from_utf8(decoded).expect("UTF-8")
        };
        for (raw, text) in [
            (r#""\ud83c\udf89""#, "🎉"),
            (r#""\ud83cx""#, "\u{fffd}x"),
            (r#""\udf89\ud83c""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83c\ud83c\udf89""#, "\u{fffd}🎉"),
            (r#""\ud83c\n""#, "\u{fffd}\n"),
            (r#""\ud83cé""#, "\u{fffd}é"),
            (r#""\n\t\r\b\f\/\\\"\u0041\u00e9\u20ac""#, "\n\t\r\u{8}\u{c}/\\\"Aé€"),
        ] {
            assert_eq!(decode(raw), text, "{raw}");
        }
    }
}
