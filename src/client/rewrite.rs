//! Rewrites JSON text between its REST form and its JavaScript form, in one walk.
//!
//! Both directions change the same things. Three names get or lose their underscore at every depth
//! (`docs/contract/model.md#s1`). Dates, floats and media objects change at the places that a [`Shape`] names. Everything
//! else is copied in long runs.
//!
//! Answers contain values that JSON cannot express. They are listed as paths, which JavaScript visits after `JSON.parse`.
//!
//! Arguments contain JavaScript values that JSON cannot express. They arrive as strings with a mark, U+0000 and a letter:
//!
//! | Mark | Followed by |
//! | --- | --- |
//! | `N` | the name of a number that is not finite |
//! | `D` | an ISO date, or nothing for an invalid `Date` |
//! | `B` | the digits of a bigint |
//! | `S` | a string that itself begins with U+0000 |

use crate::model::media_url::{self, Medium};
use crate::operations::Place;
use crate::operations::shape::Shape;
use crate::wire::bytes;
use crate::wire::date::{is_iso_8601, milliseconds};
use crate::wire::json::{self, MAX_DEPTH, Raw, Scanner, Text, Unreadable};

/// A rewritten answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The JSON text of the result.
    pub text: Vec<u8>,
    /// The paths of values that become `Date`s, as JSON arrays of names, separated by commas. Null stands for every item of
    /// an array. Items without the member are skipped.
    pub dates: Vec<u8>,
    /// The paths of values that JSON cannot express, as JSON arrays of names and indexes. `"NaN"` becomes the number, null
    /// becomes `undefined`.
    pub specials: Vec<u8>,
    /// The texts that were replaced or dropped, each after a comma. They are parsed along with the result, so that an invalid
    /// one is still noticed.
    pub replaced: Vec<u8>,
}

/// The reasons why an argument cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// The value at a path has the wrong type.
    Refused {
        /// The path from the argument to the value: `.media.image.image`, `[3]`, or empty.
        path: Vec<u8>,
        /// The expected type.
        expectation: &'static str,
    },
    /// The text is malformed or nests too deeply.
    Unreadable(Unreadable),
}

/// Rewrites the body of an answer.
///
/// ```
/// use wix_media::operations::find;
/// use wix_media::client::rewrite;
///
/// let body = br#"{"folder": {"id": "f1", "createdDate": "2024-01-05T10:11:12Z"}}"#;
/// let answer = rewrite::answer(body, find("folders", "getFolder").unwrap().answer.shape()).unwrap();
/// assert_eq!(answer.text, br#"{"folder": {"_id": "f1", "_createdDate": 1704449472000}}"#);
/// assert_eq!(answer.dates, br#"["folder","_createdDate"]"#);
/// ```
pub fn answer(body: &[u8], shape: &'static Shape) -> Result<Answer, Unreadable> {
    let mut rewriter = Rewriter::new(body, Direction::Answer);
    rewriter.out.reserve(body.len() + body.len() / 8);
    let mut fate = rewriter.run(shape);
    if fate != Fate::Failed && rewriter.mixed && !rewriter.date_paths.is_empty() {
        // A path for all items of an array is wrong if some item has another value under that name, so list each date.
        rewriter = Rewriter::new(body, Direction::Answer);
        rewriter.exact = true;
        fate = rewriter.run(shape);
    }
    if fate == Fate::Failed {
        return Err(if rewriter.depth > MAX_DEPTH {
            Unreadable::TooDeep
        } else {
            Unreadable::Malformed
        });
    }
    let mut dates = Vec::new();
    for path in &rewriter.date_paths {
        push_path(&mut dates, path);
    }
    Ok(Answer {
        text: rewriter.out,
        dates,
        specials: rewriter.specials,
        replaced: rewriter.replaced,
    })
}

/// Rewrites an argument or option, the JSON text `raw`, for a place in a request.
///
/// Returns nothing for a value that counts as undefined. `sorts` marks the argument as a `sort`, whose `fieldName` is itself
/// a name.
///
/// ```
/// use wix_media::operations::Place;
/// use wix_media::{client::rewrite, operations::shape::Shape};
///
/// let sort = br#"{"fieldName":"_updatedDate","order":"ASC"}"#;
/// let rest = rewrite::argument(sort, &Shape::Any, true, Place::Body).unwrap();
/// assert_eq!(rest, br#"{"fieldName":"updatedDate","order":"ASC"}"#);
/// ```
pub fn argument(raw: Raw<'_>, shape: &'static Shape, sorts: bool, place: Place) -> Result<Vec<u8>, Unsendable> {
    let mut rewriter = Rewriter::new(raw, Direction::Argument(place));
    rewriter.sorts = sorts;
    if rewriter.run(shape) != Fate::Failed {
        return Ok(rewriter.out);
    }
    Err(match rewriter.expectation {
        Some(expectation) => {
            let mut path = Vec::new();
            push_readable_path(&mut path, raw, raw.as_ptr() as usize + rewriter.scanner.at);
            Unsendable::Refused { path, expectation }
        }
        None if rewriter.depth > MAX_DEPTH => Unsendable::Unreadable(Unreadable::TooDeep),
        None => Unsendable::Unreadable(Unreadable::Malformed),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Answer,
    Argument(Place),
}

/// The names that change, in REST and in JavaScript, in the quotes in which they are written.
const QUOTED: [(&str, &str); 3] = [
    ("\"id\"", "\"_id\""),
    ("\"createdDate\"", "\"_createdDate\""),
    ("\"updatedDate\"", "\"_updatedDate\""),
];

/// The same without quotes.
const NAMES: [(&str, &str); 3] = [
    ("id", "_id"),
    ("createdDate", "_createdDate"),
    ("updatedDate", "_updatedDate"),
];

/// The bits of the names of dates, by their positions in [`NAMES`].
const DATE_NAMES: u8 = 0b110;

const DATE: &str = "a Date or an ISO 8601 string";
const MEDIA_STRING: &str = "a wix: media string or another URL";

/// Returns the position of a name in [`NAMES`], and whether it is spelled as in JavaScript.
fn spelling(name: &[u8]) -> Option<(usize, bool)> {
    let (plain, javascript) = match name {
        [b'_', plain @ ..] => (plain, true),
        _ => (name, false),
    };
    let position = match plain {
        b"id" => 0,
        b"createdDate" => 1,
        b"updatedDate" => 2,
        _ => return None,
    };
    Some((position, javascript))
}

/// Whether a name, or its value, may have to change.
fn is_known(name: &[u8]) -> bool {
    matches!(name, b"sort") || spelling(name).is_some() || bytes::has(name, b'.')
}

/// The result of rewriting a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// It counts as `undefined`, so its member is dropped.
    Dropped,
    /// It is unreadable or refused. The walk ends.
    Failed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PathStep {
    Name(&'static str),
    Index(u32),
    /// Every item of an array.
    Items,
}

struct Rewriter<'a> {
    scanner: Scanner<'a>,
    direction: Direction,
    /// The end of the text that is already in `out`, copied or replaced.
    copied: usize,
    out: Vec<u8>,
    /// The path of the current value, as far as shapes reach.
    path: Vec<PathStep>,
    depth: u32,
    /// Whether the current value belongs to a `sort`.
    sorts: bool,
    /// The end of the last search that found a name that changes.
    searched: usize,
    /// The distinct paths of dates.
    date_paths: Vec<Vec<PathStep>>,
    /// The positions of changed names in open objects, and which names.
    renames: Vec<(usize, usize)>,
    specials: Vec<u8>,
    replaced: Vec<u8>,
    /// Whether some object that may hold dates already had the name of one in its new spelling.
    mixed: bool,
    /// Whether paths of dates contain the index of each item.
    exact: bool,
    /// The expected type, after a refusal.
    expectation: Option<&'static str>,
}

impl<'a> Rewriter<'a> {
    fn new(text: &'a [u8], direction: Direction) -> Rewriter<'a> {
        let scanner = Scanner::new(text);
        Rewriter {
            copied: scanner.at,
            scanner,
            direction,
            out: Vec::new(),
            path: Vec::new(),
            depth: 0,
            sorts: false,
            searched: 0,
            date_paths: Vec::new(),
            renames: Vec::new(),
            specials: Vec::new(),
            replaced: Vec::new(),
            mixed: false,
            exact: false,
            expectation: None,
        }
    }

    fn run(&mut self, shape: &'static Shape) -> Fate {
        let fate = self.value(shape);
        match fate {
            Fate::Kept => self.copy_to(self.scanner.at),
            Fate::Dropped => self.out.clear(),
            Fate::Failed => return fate,
        }
        self.scanner.whitespace();
        if self.scanner.at < self.scanner.text.len() {
            Fate::Failed
        } else {
            fate
        }
    }

    fn copy_to(&mut self, at: usize) {
        if let Some(span) = self.scanner.text.get(self.copied..at) {
            bytes::push(&mut self.out, span);
        }
        self.copied = at;
    }

    /// Replaces the text between `from` and the scanner.
    fn replace(&mut self, from: usize, text: &[u8]) {
        self.copy_to(from);
        bytes::push(&mut self.out, text);
        self.copied = self.scanner.at;
    }

    /// Replaces it by a string that needs no escapes.
    fn replace_quoted(&mut self, from: usize, name: &[u8]) {
        self.replace(from, b"\"");
        bytes::push(&mut self.out, name);
        bytes::push(&mut self.out, b"\"");
    }

    fn refuse(&mut self, expectation: &'static str) -> Fate {
        self.expectation = Some(expectation);
        Fate::Failed
    }

    fn value(&mut self, shape: &'static Shape) -> Fate {
        let start = self.scanner.at;
        let fate = self.rewritten(shape, start);
        if fate == Fate::Dropped {
            self.keep_replaced(&self.scanner.text[start..self.scanner.at]);
        }
        fate
    }

    fn keep_replaced(&mut self, raw: &[u8]) {
        if self.direction == Direction::Answer {
            bytes::push(&mut self.replaced, b",");
            bytes::push(&mut self.replaced, raw);
        }
    }

    fn rewritten(&mut self, shape: &'static Shape, start: usize) -> Fate {
        match self.scanner.peek() {
            b'[' | b'{' => match shape {
                Shape::Any if self.is_plain() => Fate::Kept,
                Shape::Any | Shape::Object(_) | Shape::Float => self.nested(shape),
                // Only the assets of audio are a list. `new Date` converts one at the place of a date.
                Shape::Medium(Medium::Audio) if self.scanner.peek() == b'[' => self.nested(shape),
                Shape::Date => match self.nested(&Shape::Any) {
                    Fate::Kept => self.date(b"{}"),
                    fate => fate,
                },
                Shape::Medium(medium) => {
                    if self.direction != Direction::Answer {
                        return self.refuse(MEDIA_STRING);
                    }
                    let Some(raw) = self.scanner.value() else {
                        return Fate::Failed;
                    };
                    self.replace(start, b"");
                    if media_url::push_string_of(&mut self.out, *medium, raw) {
                        self.keep_replaced(raw);
                        Fate::Kept
                    } else {
                        Fate::Dropped
                    }
                }
            },
            b'"' => match self.scanner.string() {
                Some(text) => self.text(shape, start, text),
                None => Fate::Failed,
            },
            _ => match self.scanner.token() {
                Some(token) => self.token(shape, token),
                None => Fate::Failed,
            },
        }
    }

    /// Skips an array or object in which nothing changes, as in most. If something does change, nothing before it is searched
    /// again, so that each place is searched at most twice.
    fn is_plain(&mut self) -> bool {
        let start = self.scanner.at;
        if self.direction != Direction::Answer || self.sorts || start < self.searched {
            return false;
        }
        let plain = self.scanner.value_without(Some(is_known)).is_some();
        if !plain {
            self.searched = self.scanner.at;
            self.scanner.at = start;
        }
        plain
    }

    fn nested(&mut self, shape: &'static Shape) -> Fate {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Fate::Failed;
        }
        let fate = match shape {
            _ if self.scanner.peek() == b'[' => self.array(shape),
            Shape::Object(members) => self.object(members),
            _ => self.object(&[]),
        };
        if fate != Fate::Failed {
            self.depth -= 1;
        }
        fate
    }

    fn array(&mut self, shape: &'static Shape) -> Fate {
        self.scanner.at += 1;
        if self.scanner.take(b']') {
            return Fate::Kept;
        }
        let sorts = self.sorts;
        let depth = self.path.len();
        self.path.push(PathStep::Index(0));
        let mut index = 0;
        loop {
            let start = self.scanner.at;
            self.path[depth] = PathStep::Index(index);
            match self.value(shape) {
                Fate::Kept => {}
                Fate::Failed => return Fate::Failed,
                Fate::Dropped => {
                    self.replace(start, b"null");
                    push_path(&mut self.specials, &self.path);
                }
            }
            self.sorts = sorts;
            index += 1;
            self.scanner.whitespace();
            let comma = self.scanner.peek() == b',';
            if !comma && self.scanner.peek() != b']' {
                return Fate::Failed;
            }
            self.scanner.at += 1;
            if !comma {
                self.path.truncate(depth);
                return Fate::Kept;
            }
            self.scanner.whitespace();
        }
    }

    /// Writes an object with its names changed. A name keeps its spelling if the object also contains the new one.
    ///
    /// In an answer that is known only at the end of the object, where the old name is restored. Looking ahead in each
    /// object would take quadratic time for nested ones.
    fn object(&mut self, members: &'static [(&'static str, Shape)]) -> Fate {
        let sorts = core::mem::take(&mut self.sorts);
        let (renames, dates) = (self.renames.len(), self.date_paths.len());
        let start = self.scanner.at;
        let (mut old, mut new) = (0u8, 0u8);
        self.scanner.at += 1;
        self.scanner.whitespace();
        let mut dropped = false;
        if self.scanner.peek() == b'}' {
            self.scanner.at += 1;
            return Fate::Kept;
        }
        loop {
            let key_at = self.scanner.at;
            let Some(key) = self.scanner.name() else {
                return Fate::Failed;
            };
            let decoded;
            let mut name = key.text.raw;
            if key.text.escaped {
                decoded = key.text.decode();
                name = &decoded;
            }
            let mut member = None;
            for shaped in members {
                if shaped.0.len() <= name.len() && self.matches(shaped.0, name) {
                    member = Some(shaped);
                }
            }
            if dropped || matches!(member, Some((_, Shape::Date | Shape::Medium(_)))) {
                self.copy_to(key_at);
            }
            dropped = false;
            let before = self.out.len();

            let mut renamed = None;
            if let Some((bit, javascript)) = spelling(name) {
                let names = &NAMES[bit];
                if javascript == (self.direction == Direction::Answer) {
                    new |= 1 << bit;
                } else {
                    old |= 1 << bit;
                    let to = if javascript { names.0 } else { names.1 };
                    let quoted = if javascript { QUOTED[bit].0 } else { QUOTED[bit].1 };
                    // An answer restores the name later. In an argument the old name would not fit into the place of the new one.
                    if self.direction == Direction::Answer || json::member(&self.scanner.text[start..], to).is_none() {
                        renamed = Some((bit, to, quoted));
                    }
                }
            }
            if let Some((bit, _, quoted)) = renamed {
                self.copy_to(key_at);
                self.renames.push((self.out.len(), bit));
                // In one piece: a page has hundreds, and each piece is a call.
                self.replace(key_at, quoted.as_bytes());
                if key.text.escaped {
                    self.keep_replaced(&self.scanner.text[key_at..self.scanner.at]);
                }
            } else if key.dotted {
                self.rename_segments(key_at, name, Some(start));
            }

            if !self.scanner.take(b':') {
                return Fate::Failed;
            }
            let value_at = self.scanner.at;
            self.sorts = matches!(name, b"sort");
            if let Some((shaped, _)) = member {
                self.path.push(PathStep::Name(renamed.map_or(shaped, |(_, to, _)| to)));
            }
            let fate = match member {
                Some((_, shape)) => self.value(shape),
                None => self.value(&Shape::Any),
            };
            self.sorts = false;
            match fate {
                Fate::Failed => return fate,
                Fate::Kept if sorts && matches!(name, b"fieldName") && self.scanner.text[value_at] == b'"' => {
                    // The value of `sort.fieldName` is a name too.
                    let field = json::to_text(&self.scanner.text[value_at..self.scanner.at]);
                    self.rename_segments(value_at, &field, None);
                }
                Fate::Kept => {}
                Fate::Dropped => {
                    self.out.truncate(before);
                    while self.renames.last().is_some_and(|(at, _)| *at >= before) {
                        self.renames.pop();
                    }
                    dropped = true;
                }
            }
            if member.is_some() {
                self.path.pop();
            }
            self.scanner.whitespace();
            let comma = self.scanner.peek() == b',';
            if !comma && self.scanner.peek() != b'}' {
                return Fate::Failed;
            }
            if dropped {
                self.copied = self.scanner.at + usize::from(comma);
                if !comma {
                    let kept = self.out.trim_ascii_end().len();
                    self.out.truncate(kept - usize::from(self.out[..kept].ends_with(b",")));
                }
            }
            self.scanner.at += 1;
            if !comma {
                // Other names have no paths.
                self.mixed |= new & DATE_NAMES != 0 && !members.is_empty();
                if old & new != 0 && self.direction == Direction::Answer {
                    self.restore_names(old & new, renames, dates);
                }
                self.renames.truncate(renames);
                return Fate::Kept;
            }
            self.scanner.whitespace();
        }
    }

    /// Restores the old names of an object, padded with a space, and those in the paths of its dates.
    fn restore_names(&mut self, conflicts: u8, renames: usize, dates: usize) {
        for &(at, bit) in &self.renames[renames..] {
            if conflicts & (1 << bit) == 0 {
                continue;
            }
            let (old, new) = NAMES[bit];
            let mut name = Vec::new();
            json::push_string(&mut name, old.as_bytes());
            name.resize(new.len() + 2, b' ');
            self.out[at..at + name.len()].copy_from_slice(&name);
            for path in &mut self.date_paths[dates..] {
                if path.len() == self.path.len() + 1
                    && let Some(last) = path.last_mut()
                    && *last == PathStep::Name(new)
                {
                    *last = PathStep::Name(old);
                }
            }
        }
    }

    /// Whether a name is that of a shape. Shapes use REST names; arguments may use JavaScript ones.
    fn matches(&self, shaped: &str, name: &[u8]) -> bool {
        let plain = match name {
            [b'_', plain @ ..] if self.direction != Direction::Answer => plain,
            _ => name,
        };
        shaped.as_bytes() == plain
    }

    /// Renames the segments of a name such as `media.id`, unless the object that starts at `object` contains the new name.
    fn rename_segments(&mut self, from: usize, name: &[u8], object: Option<usize>) {
        let mut changed = Vec::with_capacity(name.len() + 4);
        let mut start = 0;
        for end in 0..=name.len() {
            if end < name.len() && name[end] != b'.' {
                continue;
            }
            let mut segment = &name[start..end];
            for names in NAMES {
                let (from, to) = if self.direction == Direction::Answer {
                    names
                } else {
                    (names.1, names.0)
                };
                if segment == from.as_bytes() {
                    segment = to.as_bytes();
                    break;
                }
            }
            bytes::push(&mut changed, segment);
            bytes::push(&mut changed, &name[end..name.len().min(end + 1)]);
            start = end + 1;
        }
        if changed == name {
            return;
        }
        for (other, _) in json::members(&self.scanner.text[object.unwrap_or(from)..]) {
            if other.is(&changed) {
                return;
            }
        }
        self.copy_to(from);
        json::push_string(&mut self.out, &changed);
        self.copied = self.scanner.at;
    }

    fn text(&mut self, shape: &'static Shape, start: usize, text: Text<'a>) -> Fate {
        let Direction::Argument(place) = self.direction else {
            return match shape {
                Shape::Date => {
                    if let Some(count) = milliseconds(text.raw) {
                        self.replace(start, b"");
                        json::push_integer(&mut self.out, count);
                    }
                    self.date(&self.scanner.text[start..self.scanner.at])
                }
                // A string has no id and no url, so it counts as undefined. Only audio keeps it.
                Shape::Medium(medium) if *medium != Medium::Audio => Fate::Dropped,
                _ => {
                    if matches!(shape, Shape::Float) {
                        match text.raw {
                            b"NaN" => push_path(&mut self.specials, &self.path),
                            b"Infinity" => self.replace(start, b"1e999"),
                            b"-Infinity" => self.replace(start, b"-1e999"),
                            _ => {}
                        }
                    }
                    Fate::Kept
                }
            };
        };
        if text.escaped
            && let Some([mark, value @ ..]) = text.raw.strip_prefix(b"\\u0000")
        {
            return self.marked(shape, start, place, *mark, value);
        }
        match shape {
            Shape::Any | Shape::Object(_) | Shape::Float => Fate::Kept,
            Shape::Date if is_iso_8601(text.raw) => Fate::Kept,
            Shape::Date => self.refuse(DATE),
            Shape::Medium(Medium::Image | Medium::Video) if text.raw.is_empty() => Fate::Dropped,
            Shape::Medium(medium) => {
                self.copy_to(start);
                self.copied = self.scanner.at;
                if media_url::push_object_of(&mut self.out, *medium, &text.decode()) {
                    Fate::Kept
                } else {
                    self.refuse(MEDIA_STRING)
                }
            }
        }
    }

    /// Rewrites a string with a mark. Marks stay for the query string, whose writer spells numbers out and omits dates.
    fn marked(&mut self, shape: &'static Shape, start: usize, place: Place, mark: u8, value: &[u8]) -> Fate {
        if matches!(shape, Shape::Medium(_)) {
            return self.refuse(MEDIA_STRING);
        }
        if matches!(shape, Shape::Date) && (mark != b'D' || value.is_empty()) {
            return self.refuse(if mark == b'D' { "a valid Date" } else { DATE });
        }
        if place == Place::Query {
            return Fate::Kept;
        }
        match mark {
            b'B' => return self.refuse("a number or a string: JSON has no bigint"),
            b'N' if !matches!(shape, Shape::Float) => self.replace(start, b"null"),
            b'D' if value.is_empty() => self.replace(start, b"null"),
            _ => self.replace_quoted(start, value),
        }
        Fate::Kept
    }

    fn token(&mut self, shape: &'static Shape, token: Raw<'a>) -> Fate {
        match (shape, self.direction) {
            (Shape::Any | Shape::Object(_) | Shape::Float, _) | (Shape::Medium(Medium::Audio), Direction::Answer) => {
                Fate::Kept
            }
            (Shape::Date, _) => self.date(token),
            (Shape::Medium(_), Direction::Answer) => Fate::Dropped,
            (Shape::Medium(Medium::Image | Medium::Video), _) if json::is_falsy(token) => Fate::Dropped,
            (Shape::Medium(_), _) => self.refuse(MEDIA_STRING),
        }
    }

    /// Rewrites a date. In an answer it stays, and JavaScript makes the `Date`; a falsy value counts as undefined.
    fn date(&mut self, value: Raw<'_>) -> Fate {
        if self.direction == Direction::Answer {
            if json::is_falsy(value) {
                return Fate::Dropped;
            }
            self.push_date();
            return Fate::Kept;
        }
        if value == b"null" {
            Fate::Dropped
        } else {
            self.refuse(DATE)
        }
    }
}

impl Rewriter<'_> {
    /// Adds the path of a date, unless it is known: a page of a hundred files has two.
    fn push_date(&mut self) {
        let generalised = |step: &PathStep| match step {
            PathStep::Index(_) if !self.exact => PathStep::Items,
            step => *step,
        };
        for known in &self.date_paths {
            if known.len() == self.path.len()
                && known
                    .iter()
                    .zip(&self.path)
                    .all(|(known, step)| *known == generalised(step))
            {
                return;
            }
        }
        let path = self.path.iter().map(generalised).collect();
        self.date_paths.push(path);
    }
}

/// Appends a path as a JSON array.
fn push_path(out: &mut Vec<u8>, path: &[PathStep]) {
    let mut separator: &[u8] = if out.is_empty() { b"[" } else { b",[" };
    for step in path {
        bytes::push(out, separator);
        match step {
            PathStep::Name(name) => json::push_string(out, name.as_bytes()),
            PathStep::Index(index) => json::push_integer(out, u64::from(*index)),
            PathStep::Items => bytes::push(out, b"null"),
        }
        separator = b",";
    }
    bytes::push(out, b"]");
}

/// Appends the path from the root of `raw` to the value that contains the address `target`, such as `.media.assets[0]`.
/// Only refusals need it, so it is found by a second walk.
fn push_readable_path(out: &mut Vec<u8>, raw: Raw<'_>, target: usize) {
    let array = raw.first() == Some(&b'[');
    let parts = if array { json::items(raw) } else { json::members(raw) };
    for (index, (name, value)) in parts.enumerate() {
        let start = value.as_ptr() as usize;
        if (start..=start + value.len()).contains(&target) {
            if array {
                bytes::push(out, b"[");
                json::push_integer(out, index as u64);
                bytes::push(out, b"]");
            } else {
                bytes::push(out, b".");
                bytes::push(out, &name.decode());
            }
            return push_readable_path(out, value, target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::shape::ShapeId;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("UTF-8")
    }

    /// Text, dates and specials of an answer.
    fn answered(body: &str, shape: ShapeId) -> (String, String, String) {
        let answer = answer(body.as_bytes(), shape.shape()).expect("JSON");
        (text(answer.text), text(answer.dates), text(answer.specials))
    }

    /// The text of an argument in a body.
    fn sent(raw: &str, shape: ShapeId) -> String {
        text(argument(raw.as_bytes(), shape.shape(), false, Place::Body).expect("a sendable argument"))
    }

    /// Path and expectation of a refused argument.
    fn refused(raw: &str, shape: ShapeId) -> (String, &'static str) {
        match argument(raw.as_bytes(), shape.shape(), false, Place::Body) {
            Err(Unsendable::Refused { path, expectation }) => (text(path), expectation),
            other => panic!("{raw}: {other:?}"),
        }
    }

    #[test]
    fn names_change_at_every_depth_and_back() {
        for (rest, javascript) in [
            (r#"{"id":1}"#, r#"{"_id":1}"#),
            (
                r#"{"createdDate":1,"updatedDate":2,"x":3}"#,
                r#"{"_createdDate":1,"_updatedDate":2,"x":3}"#,
            ),
            (r#"[{"a":[{"id":1}]},{"id":2}]"#, r#"[{"a":[{"_id":1}]},{"_id":2}]"#),
            (r#"{"media.id.x":1}"#, r#"{"media._id.x":1}"#),
            (
                r#"{"sort":[{"fieldName":"createdDate"}]}"#,
                r#"{"sort":[{"fieldName":"_createdDate"}]}"#,
            ),
            (
                r#"{"fieldName":"id","ids":["id"]}"#,
                r#"{"fieldName":"id","ids":["id"]}"#,
            ),
            ("7", "7"),
            (r#""id""#, r#""id""#),
        ] {
            let (text, dates, specials) = answered(rest, ShapeId::Any);
            assert_eq!((&text[..], &dates[..], &specials[..]), (javascript, "", ""));
            assert_eq!(sent(javascript, ShapeId::Any), rest);
        }
    }

    #[test]
    fn name_stays_if_the_object_contains_the_new_one() {
        for (body, javascript) in [
            (r#"{"id":1,"_id":2}"#, r#"{"id" :1,"_id":2}"#),
            (r#"{"_id":2,"id":1}"#, r#"{"_id":2,"id" :1}"#),
            (r#"{"id":1,"a":{"id":2,"_id":3}}"#, r#"{"_id":1,"a":{"id" :2,"_id":3}}"#),
            (r#"{"a.id":1,"a._id":2}"#, r#"{"a.id":1,"a._id":2}"#),
        ] {
            assert_eq!(answered(body, ShapeId::Any).0, javascript);
        }
        assert_eq!(sent(r#"{"_id":1,"id":2}"#, ShapeId::Any), r#"{"_id":1,"id":2}"#);
    }

    #[test]
    fn name_with_escapes_changes_like_the_plain_one() {
        let body = br#"{"\u0069d":1}"#;
        let answer = answer(body, &Shape::Any).expect("JSON");
        assert_eq!(text(answer.text), r#"{"_id":1}"#);
        assert_eq!(text(answer.replaced), r#","\u0069d""#);
    }

    #[test]
    fn date_of_answer_is_listed_once_for_all_items() {
        let body = r#"{"files":[{"createdDate":"2024-01-05T10:11:12Z"},{"createdDate":"2024-01-05"},{}]}"#;
        let (text, dates, _) = answered(body, ShapeId::FilesAnswer);
        assert_eq!(
            text,
            r#"{"files":[{"_createdDate":1704449472000},{"_createdDate":"2024-01-05"},{}]}"#
        );
        assert_eq!(dates, r#"["files",null,"_createdDate"]"#);
    }

    #[test]
    fn date_of_answer_is_listed_by_item_if_spellings_are_mixed() {
        let body = r#"{"files":[{"createdDate":"1"},{"createdDate":"2","_createdDate":3}]}"#;
        let (_, dates, _) = answered(body, ShapeId::FilesAnswer);
        assert_eq!(dates, r#"["files",0,"_createdDate"],["files",1,"createdDate"]"#);
    }

    #[test]
    fn date_of_answer_is_listed_once_if_other_names_are_mixed() {
        let body = r#"{"files":[{"createdDate":"1","_id":2,"x":[{"_createdDate":3}]},{"createdDate":"2","id":3}]}"#;
        let (_, dates, _) = answered(body, ShapeId::FilesAnswer);
        assert_eq!(dates, r#"["files",null,"_createdDate"]"#);
    }

    #[test]
    fn falsy_date_of_answer_drops_its_member() {
        for value in ["null", "0", "false", r#""""#] {
            let body = format!(r#"{{"folder":{{"name":"n","createdDate":{value}}}}}"#);
            let (text, dates, _) = answered(&body, ShapeId::FolderAnswer);
            assert_eq!((&text[..], &dates[..]), (r#"{"folder":{"name":"n"}}"#, ""), "{value}");
        }
    }

    #[test]
    fn dropped_member_takes_its_comma_along() {
        for (members, rest) in [
            (r#""createdDate":null"#, ""),
            (r#""createdDate":null,"a":1"#, r#""a":1"#),
            (r#""a":1 , "createdDate":null "#, r#""a":1 "#),
            (r#""createdDate":null,"updatedDate":0,"a":1"#, r#""a":1"#),
        ] {
            let (text, ..) = answered(&format!("{{{members}}}"), ShapeId::Folder);
            let plain = |text: &str| text.replace(' ', "");
            assert_eq!(plain(&text), plain(&format!("{{{rest}}}")), "{members}");
        }
    }

    #[test]
    fn float_of_answer_that_is_not_finite_is_listed_or_spelled_out() {
        let body = r#"{"file":{"media":{"image":{"faces":[{"confidence":"NaN"},{"confidence":"Infinity"},{"confidence":"-Infinity"},{"confidence":0.5}]}}}}"#;
        let (text, _, specials) = answered(body, ShapeId::FileAnswer);
        let confidences = r#"[{"confidence":"NaN"},{"confidence":1e999},{"confidence":-1e999},{"confidence":0.5}]"#;
        assert_eq!(
            text,
            format!(r#"{{"file":{{"media":{{"image":{{"faces":{confidences}}}}}}}}}"#)
        );
        assert_eq!(specials, r#"["file","media","image","faces",0,"confidence"]"#);
    }

    #[test]
    fn media_object_of_answer_becomes_a_string() {
        let body = r#"{"media":{"document":{"id":"a.pdf"},"video":{"id":"v"},"audio":{"assets":[{"id":"s.mp3"},{}]}}}"#;
        let (text, _, specials) = answered(body, ShapeId::File);
        assert_eq!(
            text,
            r#"{"media":{"document":"wix:document://v1/a.pdf","video":"wix:video://v1/v","audio":{"assets":["wix:audio://v1/s.mp3#duration=0",null]}}}"#
        );
        assert_eq!(specials, r#"["media","audio","assets",1]"#);
    }

    #[test]
    fn media_string_of_argument_becomes_an_object() {
        assert_eq!(
            sent(r#"{"media":{"document":"wix:document://v1/a.pdf"}}"#, ShapeId::File),
            r#"{"media":{"document":{"id":"a.pdf"}}}"#
        );
        assert_eq!(
            sent(r#"{"media":{"image":{"image":"","previewImage":null}}}"#, ShapeId::File),
            r#"{"media":{"image":{}}}"#
        );
    }

    #[test]
    fn mark_of_argument_is_replaced_by_its_json_form() {
        for (raw, shape, sent_text) in [
            (r#"{"a":"\u0000NNaN"}"#, ShapeId::Any, r#"{"a":null}"#),
            (r#"{"a":"\u0000D"}"#, ShapeId::Any, r#"{"a":null}"#),
            (r#"{"a":"\u0000D2024-01-05"}"#, ShapeId::Any, r#"{"a":"2024-01-05"}"#),
            (r#"{"a":"\u0000S\u0000b"}"#, ShapeId::Any, r#"{"a":"\u0000b"}"#),
            (
                r#"{"origin":{"latitude":"\u0000N-Infinity"}}"#,
                ShapeId::Sort,
                r#"{"origin":{"latitude":"-Infinity"}}"#,
            ),
            (
                r#"{"_createdDate":"\u0000D2024-01-05T00:00:00.000Z"}"#,
                ShapeId::Folder,
                r#"{"createdDate":"2024-01-05T00:00:00.000Z"}"#,
            ),
        ] {
            assert_eq!(sent(raw, shape), sent_text, "{raw}");
        }
    }

    #[test]
    fn mark_of_argument_stays_in_a_query_string() {
        for raw in [
            r#"{"a":"\u0000NNaN"}"#,
            r#"{"a":"\u0000B7"}"#,
            r#"{"a":"\u0000D2024-01-05"}"#,
        ] {
            let kept = argument(raw.as_bytes(), &Shape::Any, false, Place::Query).expect("a sendable argument");
            assert_eq!(text(kept), raw);
        }
    }

    #[test]
    fn argument_of_the_wrong_type_is_refused_with_its_path() {
        for (raw, shape, path, expectation) in [
            (r#"{"_createdDate":"soon"}"#, ShapeId::Folder, "._createdDate", DATE),
            (r#"{"createdDate":7}"#, ShapeId::Folder, ".createdDate", DATE),
            (
                r#"{"createdDate":"\u0000D"}"#,
                ShapeId::Folder,
                ".createdDate",
                "a valid Date",
            ),
            (
                r#"{"a":[1,"\u0000B7"]}"#,
                ShapeId::Any,
                ".a[1]",
                "a number or a string: JSON has no bigint",
            ),
            (
                r#"{"media":{"image":{"image":{"id":"a"}}}}"#,
                ShapeId::File,
                ".media.image.image",
                MEDIA_STRING,
            ),
            (
                r#"{"media":{"document":"plain"}}"#,
                ShapeId::File,
                ".media.document",
                MEDIA_STRING,
            ),
        ] {
            assert_eq!(refused(raw, shape), (path.to_owned(), expectation), "{raw}");
        }
    }

    #[test]
    fn argument_that_counts_as_undefined_is_empty() {
        for (raw, shape) in [("null", &Shape::Date), (r#""""#, &Shape::Medium(Medium::Image))] {
            let rest = argument(raw.as_bytes(), shape, false, Place::Body);
            assert_eq!(rest, Ok(Vec::new()), "{raw}");
        }
    }

    #[test]
    fn unbalanced_text_is_malformed_in_both_directions() {
        for raw in ["", "{", r#"{"id":1"#, "[1", r#""open"#, "{} {}", "]"] {
            assert_eq!(answer(raw.as_bytes(), &Shape::Any), Err(Unreadable::Malformed), "{raw}");
            let rest = argument(raw.as_bytes(), &Shape::Any, false, Place::Body);
            assert_eq!(rest, Err(Unsendable::Unreadable(Unreadable::Malformed)), "{raw}");
        }
    }

    #[test]
    fn balanced_text_without_names_to_change_is_left_to_the_engine() {
        for body in [r#"{"a"}"#, "[1 2]", r#"{"a":tru}"#, "[1,]"] {
            assert_eq!(answered(body, ShapeId::Any).0, body);
        }
    }

    #[test]
    fn text_nested_beyond_the_limit_is_refused_and_not_followed() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let limit = MAX_DEPTH as usize;
        assert!(answer(nested(limit).as_bytes(), &Shape::Any).is_ok());
        assert_eq!(
            answer(nested(limit + 1).as_bytes(), &Shape::Any),
            Err(Unreadable::TooDeep)
        );
        assert_eq!(
            argument(nested(limit + 1).as_bytes(), &Shape::Any, false, Place::Body),
            Err(Unsendable::Unreadable(Unreadable::TooDeep))
        );
    }
}
