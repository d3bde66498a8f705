//! The one walk over JSON text that turns answers into results and arguments into requests.
//!
//! Both ways the same things change: three names get or lose their underscore at every depth
//! (`docs/contract/model.md#s1`), and at the places that a [`Shape`] names, dates, floats and media objects take the
//! form of the other side. Everything else is copied in long runs. What JSON cannot carry leaves the text as a list of
//! paths, which JavaScript visits after `JSON.parse`.
//!
//! A JavaScript value that JSON cannot carry arrives in arguments as a string with a mark, U+0000 and a letter:
//! `N` and the name of a number that is not finite, `D` and an ISO date (nothing for an invalid `Date`), `B` and the
//! digits of a bigint, `S` and a string that began with U+0000 itself.

use crate::model::media_url::{self, Medium};
use crate::operations::Place;
use crate::operations::shape::Shape;
use crate::wire::bytes;
use crate::wire::date::{is_iso_8601, milliseconds};
use crate::wire::json::{self, MAX_DEPTH, Raw, Scanner, Text, Unreadable};

/// What an answer becomes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The JSON text of the result.
    pub text: Vec<u8>,
    /// Paths whose values become `Date`s, as JSON arrays of names, separated by commas; null stands for every item of an
    /// array. Where the path leads to nothing, there is no date.
    pub dates: Vec<u8>,
    /// Paths whose value JSON cannot carry, as JSON arrays of names and indexes: `"NaN"` becomes the number, null becomes
    /// `undefined`.
    pub specials: Vec<u8>,
    /// The texts that something else stands for now, each behind a comma: what reads the result reads them too, so that
    /// damage does not vanish with them.
    pub replaced: Vec<u8>,
}

/// Why an argument cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// The value at a path is not what the call takes.
    Refused {
        /// Where, from the argument's own value on: `.media.image.image`, `[3]`, or empty.
        path: Vec<u8>,
        /// What would be right.
        expectation: &'static str,
    },
    /// The text is not JSON or too deep.
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
    let mut rewriter = Rewriter::new(body, Way::Answer);
    rewriter.out.reserve(body.len() + body.len() / 8);
    let mut fate = rewriter.run(shape);
    if fate != Fate::Failed && rewriter.mixed && !rewriter.date_paths.is_empty() {
        // One path for the items of an array is only right where no item has something else under that name.
        rewriter = Rewriter::new(body, Way::Answer);
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

/// Rewrites one argument or option, the JSON text `raw`, for the given place in a request; nothing is left of a value
/// that counts as undefined. `sorts` says that it is a `sort`, whose `fieldName` is a name itself.
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
    let mut rewriter = Rewriter::new(raw, Way::Argument(place));
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
enum Way {
    Answer,
    Argument(Place),
}

/// The names that change: REST, then JavaScript.
const NAMES: [(&str, &str); 3] = [
    ("id", "_id"),
    ("createdDate", "_createdDate"),
    ("updatedDate", "_updatedDate"),
];

const DATE: &str = "a Date or an ISO 8601 string";
const MEDIA_STRING: &str = "a wix: media string or another URL";

/// Which of the names this is, and whether in the spelling of JavaScript.
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

/// Whether a name may have to change, or what stands behind it.
fn is_known(name: &[u8]) -> bool {
    matches!(name, b"sort") || spelling(name).is_some() || name.contains(&b'.')
}

/// What became of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// It counts as `undefined`: the member goes.
    Dropped,
    /// The walk ends here.
    Failed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Name(&'static str),
    Index(u32),
    /// Every item of an array.
    Items,
}

struct Rewriter<'a> {
    scanner: Scanner<'a>,
    way: Way,
    /// Up to here the text is in `out`, copied or replaced.
    copied: usize,
    out: Vec<u8>,
    /// The way to the value at hand, as far as shapes lead.
    path: Vec<Step>,
    depth: u32,
    /// Whether the value at hand belongs to a `sort`.
    sorts: bool,
    /// Up to here a search for names that change has failed, because there is one.
    searched: usize,
    /// The different paths of dates so far.
    date_paths: Vec<Vec<Step>>,
    /// Where names were changed in the objects that are not finished, and which.
    renames: Vec<(usize, usize)>,
    specials: Vec<u8>,
    replaced: Vec<u8>,
    /// Whether some object came with a name in its new spelling.
    mixed: bool,
    /// Whether dates are told with the index of each item.
    exact: bool,
    /// What would be right, after a refusal.
    expectation: Option<&'static str>,
}

impl<'a> Rewriter<'a> {
    fn new(text: &'a [u8], way: Way) -> Rewriter<'a> {
        let scanner = Scanner::new(text);
        Rewriter {
            copied: scanner.at,
            scanner,
            way,
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

    /// Puts `text` in the place of what stands between `from` and the scanner.
    fn replace(&mut self, from: usize, text: &[u8]) {
        self.copy_to(from);
        bytes::push(&mut self.out, text);
        self.copied = self.scanner.at;
    }

    /// Puts the string `name` there, which needs no escapes.
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
        if self.way == Way::Answer {
            bytes::push(&mut self.replaced, b",");
            bytes::push(&mut self.replaced, raw);
        }
    }

    fn rewritten(&mut self, shape: &'static Shape, start: usize) -> Fate {
        match self.scanner.peek() {
            b'[' | b'{' => match shape {
                Shape::Any if self.is_plain() => Fate::Kept,
                Shape::Any | Shape::Object(_) | Shape::Float => self.nested(shape),
                // Only the assets of a sound are a list; one at a date is what `new Date` makes of it.
                Shape::Medium(Medium::Audio) if self.scanner.peek() == b'[' => self.nested(shape),
                Shape::Date => match self.nested(&Shape::Any) {
                    Fate::Kept => self.date(b"{}"),
                    fate => fate,
                },
                Shape::Medium(medium) => {
                    if self.way != Way::Answer {
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

    /// Steps over an array or object in which nothing changes, which is most of them. Where something does, no place
    /// before it is searched again, so that each is searched twice at most.
    fn is_plain(&mut self) -> bool {
        let start = self.scanner.at;
        if self.way != Way::Answer || self.sorts || start < self.searched {
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
        self.path.push(Step::Index(0));
        let mut index = 0;
        loop {
            let start = self.scanner.at;
            self.path[depth] = Step::Index(index);
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

    /// An object is written with its names changed, except those that stand there in the other spelling too: a name only
    /// changes where the new one is free. In an answer that shows at the end of the object, where the old name is put back:
    /// to look ahead in each object would cost the more the deeper they nest.
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
                if javascript == (self.way == Way::Answer) {
                    new |= 1 << bit;
                } else {
                    old |= 1 << bit;
                    let to = if javascript { names.0 } else { names.1 };
                    // Put back later in an answer; in an argument the old name would not fit into the place of the new one.
                    if self.way == Way::Answer || json::member(&self.scanner.text[start..], to).is_none() {
                        renamed = Some((bit, to));
                    }
                }
            }
            if let Some((bit, to)) = renamed {
                self.copy_to(key_at);
                self.renames.push((self.out.len(), bit));
                self.replace_quoted(key_at, to.as_bytes());
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
                self.path.push(Step::Name(renamed.map_or(shaped, |(_, to)| to)));
            }
            let fate = match member {
                Some((_, shape)) => self.value(shape),
                None => self.value(&Shape::Any),
            };
            self.sorts = false;
            match fate {
                Fate::Failed => return fate,
                Fate::Kept if sorts && matches!(name, b"fieldName") && self.scanner.text[value_at] == b'"' => {
                    // The value of `sort.fieldName` is itself a name.
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
                self.mixed |= new != 0;
                if old & new != 0 && self.way == Way::Answer {
                    self.put_back(old & new, renames, dates);
                }
                self.renames.truncate(renames);
                return Fate::Kept;
            }
            self.scanner.whitespace();
        }
    }

    /// Puts the old names of an object back, followed by a space where they are shorter, and into the paths of its dates.
    fn put_back(&mut self, conflicts: u8, renames: usize, dates: usize) {
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
                    && *last == Step::Name(new)
                {
                    *last = Step::Name(old);
                }
            }
        }
    }

    /// Shapes are written in REST names; arguments may come with the JavaScript ones.
    fn matches(&self, shaped: &str, name: &[u8]) -> bool {
        let plain = match name {
            [b'_', plain @ ..] if self.way != Way::Answer => plain,
            _ => name,
        };
        shaped.as_bytes() == plain
    }

    /// Renames the segments of a name such as `media.id`, unless the object that starts at `object` has the new name.
    fn rename_segments(&mut self, from: usize, name: &[u8], object: Option<usize>) {
        let mut changed = Vec::with_capacity(name.len() + 4);
        let mut start = 0;
        for end in 0..=name.len() {
            if end < name.len() && name[end] != b'.' {
                continue;
            }
            let mut segment = &name[start..end];
            for names in NAMES {
                let (from, to) = if self.way == Way::Answer {
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
        let Way::Argument(place) = self.way else {
            return match shape {
                Shape::Date => {
                    if let Some(count) = milliseconds(text.raw) {
                        self.replace(start, b"");
                        json::push_integer(&mut self.out, count);
                    }
                    self.date(&self.scanner.text[start..self.scanner.at])
                }
                // A string has no id and no url, so nothing is left of it; of a sound, nothing is taken.
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

    /// A value that JSON cannot carry. The query string spells numbers out and leaves dates out: its writer looks at the
    /// marks itself.
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
        match (shape, self.way) {
            (Shape::Any | Shape::Object(_) | Shape::Float, _) | (Shape::Medium(Medium::Audio), Way::Answer) => {
                Fate::Kept
            }
            (Shape::Date, _) => self.date(token),
            (Shape::Medium(_), Way::Answer) => Fate::Dropped,
            (Shape::Medium(Medium::Image | Medium::Video), _) if json::is_falsy(token) => Fate::Dropped,
            (Shape::Medium(_), _) => self.refuse(MEDIA_STRING),
        }
    }

    /// A date of an answer stays in the text; JavaScript makes the `Date`. What is false is no date at all.
    fn date(&mut self, value: Raw<'_>) -> Fate {
        if self.way == Way::Answer {
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
    /// Remembers the path of a date, the same one only once: a page of a hundred files has two.
    fn push_date(&mut self) {
        let generalised = |step: &Step| match step {
            Step::Index(_) if !self.exact => Step::Items,
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
fn push_path(out: &mut Vec<u8>, path: &[Step]) {
    let mut separator: &[u8] = if out.is_empty() { b"[" } else { b",[" };
    for step in path {
        bytes::push(out, separator);
        match step {
            Step::Name(name) => json::push_string(out, name.as_bytes()),
            Step::Index(index) => json::push_integer(out, u64::from(*index)),
            Step::Items => bytes::push(out, b"null"),
        }
        separator = b",";
    }
    bytes::push(out, b"]");
}

/// Appends the way from the root of `raw` to the value that ends at or holds the address `target`, as
/// `.media.assets[0]`. Only refusals ask for it, so it is found by walking once more.
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
