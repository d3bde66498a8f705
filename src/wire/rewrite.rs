//! The one walk over JSON text that turns answers into results and arguments into requests.
//!
//! Both ways the same things change: three names get or lose their underscore at every depth
//! (`contract/model.md` section 1), and at the places that a [`Shape`] names, dates, floats and media objects take the
//! form of the other side. Everything else is copied in long runs. What JSON cannot carry leaves the text as a list of
//! paths, which JavaScript visits after `JSON.parse`.
//!
//! A JavaScript value that JSON cannot carry arrives in arguments as a string with a mark, U+0000 and a letter:
//! `N` and the name of a number that is not finite, `D` and an ISO date (nothing for an invalid `Date`), `B` and the
//! digits of a bigint, `S` and a string that began with U+0000 itself.

use super::date::is_iso_8601;
use super::json::{self, MAX_DEPTH, Raw, Scanner, Text, Unreadable};
use super::shape::Shape;
use crate::model::media::{self, Medium};
use crate::operations::Place;

/// What an answer becomes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The JSON text of the result.
    pub text: Vec<u8>,
    /// Paths whose value becomes a `Date`, as JSON arrays of names and indexes, separated by commas.
    pub dates: Vec<u8>,
    /// Paths whose value JSON cannot carry: `"NaN"` becomes the number, null becomes `undefined`.
    pub specials: Vec<u8>,
}

/// Why an argument cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// The value at a path is not what the call takes.
    Refused {
        /// Where, from the argument's own value on: `.media.image.image`, `[3]`, or empty.
        path: String,
        /// What would be right.
        expectation: &'static str,
    },
    /// The text is not JSON or too deep.
    Unreadable(Unreadable),
}

impl From<Unreadable> for Unsendable {
    fn from(error: Unreadable) -> Unsendable {
        Unsendable::Unreadable(error)
    }
}

/// Rewrites the body of an answer.
///
/// ```
/// use wix_media::operations::find;
/// use wix_media::wire::rewrite;
///
/// let body = br#"{"folder": {"id": "f1", "createdDate": "2024-01-05T10:11:12Z"}}"#;
/// let answer = rewrite::answer(body, find("folders", "getFolder").unwrap().answer).unwrap();
/// assert_eq!(answer.text, br#"{"folder": {"_id": "f1", "_createdDate": "2024-01-05T10:11:12Z"}}"#);
/// assert_eq!(answer.dates, br#"["folder","_createdDate"]"#);
/// ```
pub fn answer(body: &[u8], shape: &'static Shape) -> Result<Answer, Unreadable> {
    let mut rewriter = Rewriter::new(body, Way::Answer);
    rewriter.out.reserve(body.len() + body.len() / 8);
    match rewriter.run(shape) {
        Ok(()) => Ok(Answer {
            text: rewriter.out,
            dates: rewriter.dates,
            specials: rewriter.specials,
        }),
        Err(Unsendable::Unreadable(error)) => Err(error),
        Err(Unsendable::Refused { .. }) => Err(Unreadable::Malformed),
    }
}

/// Rewrites one argument or option, the JSON text `raw`, for the given place in a request. `name` is the field's name:
/// `sort` has rules of its own.
///
/// ```
/// use wix_media::operations::Place;
/// use wix_media::wire::{rewrite, shape::Shape};
///
/// let sort = br#"{"fieldName":"_updatedDate","order":"ASC"}"#;
/// let rest = rewrite::argument(sort, &Shape::Any, "sort", Place::Body).unwrap();
/// assert_eq!(rest, br#"{"fieldName":"updatedDate","order":"ASC"}"#);
/// ```
pub fn argument(raw: Raw<'_>, shape: &'static Shape, name: &str, place: Place) -> Result<Vec<u8>, Unsendable> {
    let mut rewriter = Rewriter::new(raw, Way::Argument(place));
    rewriter.sorts = name == "sort";
    rewriter.run(shape)?;
    Ok(rewriter.out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Answer,
    Argument(Place),
}

/// The names that change, in the order of their bits: REST first, then JavaScript.
const NAMES: [(&str, &str); 3] = [
    ("id", "_id"),
    ("createdDate", "_createdDate"),
    ("updatedDate", "_updatedDate"),
];

const DATE: &str = "a Date or an ISO 8601 string";
const MEDIA_STRING: &str = "a wix: media string or another URL";

/// What became of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// It counts as `undefined`: the member goes.
    Dropped,
}

#[derive(Clone, Copy)]
enum Step {
    Name(&'static str),
    Index(u32),
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
    dates: Vec<u8>,
    specials: Vec<u8>,
}

/// A place to return to when an object must be written again.
struct Mark {
    at: usize,
    copied: usize,
    out: usize,
    dates: usize,
    specials: usize,
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
            dates: Vec::new(),
            specials: Vec::new(),
        }
    }

    fn run(&mut self, shape: &'static Shape) -> Result<(), Unsendable> {
        let fate = self.value(shape)?;
        if fate == Fate::Dropped {
            self.out.clear();
        } else {
            self.copy_to(self.scanner.at);
        }
        self.scanner.whitespace();
        if self.scanner.at < self.scanner.text.len() {
            return Err(Unreadable::Malformed.into());
        }
        Ok(())
    }

    fn copy_to(&mut self, at: usize) {
        self.out.extend_from_slice(&self.scanner.text[self.copied..at]);
        self.copied = at;
    }

    /// Puts `text` in the place of what stands between `from` and the scanner.
    fn replace(&mut self, from: usize, text: &[u8]) {
        self.copy_to(from);
        self.out.extend_from_slice(text);
        self.copied = self.scanner.at;
    }

    fn value(&mut self, shape: &'static Shape) -> Result<Fate, Unsendable> {
        let start = self.scanner.at;
        match self.scanner.peek() {
            b'[' => self.nested(|this| this.array(shape)).map(|()| Fate::Kept),
            b'{' => match shape {
                Shape::Object(members) => self.nested(|this| this.object(members)),
                Shape::Any | Shape::Float => self.nested(|this| this.object(&[])),
                Shape::Date => {
                    self.nested(|this| this.object(&[]))?;
                    self.date(b"{}")
                }
                Shape::Image => self.medium(start, Medium::Image),
                Shape::Video => self.medium(start, Medium::Video),
                Shape::Document => self.medium(start, Medium::Document),
                Shape::Audio => self.medium(start, Medium::Audio),
            },
            b'"' => {
                let text = self.scanner.string()?;
                self.text(shape, start, text)
            }
            _ => {
                let token = self.scanner.token()?;
                self.token(shape, token)
            }
        }
    }

    fn nested<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T, Unsendable>) -> Result<T, Unsendable> {
        if self.depth == MAX_DEPTH {
            return Err(Unreadable::TooDeep.into());
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    fn array(&mut self, shape: &'static Shape) -> Result<(), Unsendable> {
        self.scanner.at += 1;
        if self.scanner.take(b']') {
            return Ok(());
        }
        self.scanner.whitespace();
        let sorts = self.sorts;
        let mut index = 0;
        loop {
            let start = self.scanner.at;
            self.path.push(Step::Index(index));
            if self.value(shape)? == Fate::Dropped {
                self.replace(start, b"null");
                if self.way == Way::Answer {
                    push_path(&mut self.specials, &self.path);
                }
            }
            self.path.pop();
            self.sorts = sorts;
            index += 1;
            if self.scanner.take(b']') {
                return Ok(());
            }
            self.scanner.expect(b',')?;
        }
    }

    /// An object is written with its names changed; when that would make two members of one name, it is written again
    /// with those names left alone, since a name only changes where the other is free.
    fn object(&mut self, members: &'static [(&'static str, Shape)]) -> Result<Fate, Unsendable> {
        let mark = Mark {
            at: self.scanner.at,
            copied: self.copied,
            out: self.out.len(),
            dates: self.dates.len(),
            specials: self.specials.len(),
        };
        let sorts = core::mem::take(&mut self.sorts);
        let mut taken = 0;
        loop {
            let conflicts = self.members(members, mark.at, sorts, taken)?;
            if conflicts & !taken == 0 {
                return Ok(Fate::Kept);
            }
            taken |= conflicts;
            self.scanner.at = mark.at;
            self.copied = mark.copied;
            self.out.truncate(mark.out);
            self.dates.truncate(mark.dates);
            self.specials.truncate(mark.specials);
        }
    }

    /// Writes the members and returns the bits of those names that stand there in both spellings.
    fn members(
        &mut self,
        members: &'static [(&'static str, Shape)],
        start: usize,
        sorts: bool,
        taken: u8,
    ) -> Result<u8, Unsendable> {
        let (mut old, mut new) = (0u8, 0u8);
        self.scanner.at += 1;
        if self.scanner.take(b'}') {
            return Ok(0);
        }
        self.scanner.whitespace();
        loop {
            let key_at = self.scanner.at;
            let key = self.scanner.string()?;
            let decoded;
            let name: &[u8] = if key.escaped {
                decoded = key.decode();
                decoded.as_bytes()
            } else {
                key.raw
            };
            let member = members.iter().find(|(shaped, _)| self.matches(shaped, name));
            let shape = member.map_or(&Shape::Any, |(_, shape)| shape);
            let droppable = matches!(
                shape,
                Shape::Date | Shape::Image | Shape::Video | Shape::Document | Shape::Audio
            );
            if droppable {
                self.copy_to(key_at);
            }
            let before = self.out.len();

            let mut renamed = None;
            for (bit, &(rest, javascript)) in NAMES.iter().enumerate() {
                let (from, to) = if self.way == Way::Answer {
                    (rest, javascript)
                } else {
                    (javascript, rest)
                };
                if name == from.as_bytes() {
                    old |= 1 << bit;
                    if taken & (1 << bit) == 0 {
                        renamed = Some(to);
                    }
                } else if name == to.as_bytes() {
                    new |= 1 << bit;
                }
            }
            if let Some(to) = renamed {
                self.replace(key_at, b"\"");
                self.out.extend_from_slice(to.as_bytes());
                self.out.push(b'"');
            } else if name.contains(&b'.') {
                self.dotted_name(key_at, name, start);
            }

            self.scanner.expect(b':')?;
            self.sorts = name == b"sort";
            let fate = match member {
                None if sorts && name == b"fieldName" => self.field_name()?,
                None => self.value(shape)?,
                Some((shaped, _)) => {
                    self.path.push(Step::Name(renamed.unwrap_or(shaped)));
                    let fate = self.value(shape)?;
                    self.path.pop();
                    fate
                }
            };
            self.sorts = false;
            if fate == Fate::Dropped {
                self.out.truncate(before);
                self.copied = self.scanner.at;
            }
            self.scanner.whitespace();
            if self.scanner.take(b'}') {
                if fate == Fate::Dropped {
                    let kept = self.out.trim_ascii_end().len();
                    self.out.truncate(kept - usize::from(self.out[..kept].ends_with(b",")));
                    self.copied = self.scanner.at - 1;
                }
                return Ok(old & new);
            }
            self.scanner.expect(b',')?;
            if fate == Fate::Dropped {
                self.copied = self.scanner.at;
            }
        }
    }

    /// Shapes are written in REST names; arguments may come with the JavaScript ones.
    fn matches(&self, shaped: &str, name: &[u8]) -> bool {
        match self.way {
            Way::Answer => shaped.as_bytes() == name,
            Way::Argument(_) => {
                let plain = match name {
                    [b'_', plain @ ..] if matches!(plain, b"createdDate" | b"updatedDate") => plain,
                    _ => name,
                };
                shaped.as_bytes() == plain
            }
        }
    }

    /// Renames the segments of a name such as `media.id`, unless the object holds the new name already.
    fn dotted_name(&mut self, key_at: usize, name: &[u8], object_at: usize) {
        let Some(changed) = self.rename_segments(&String::from_utf8_lossy(name)) else {
            return;
        };
        if json::members(&self.scanner.text[object_at..])
            .flatten()
            .any(|(other, _)| other.is(&changed))
        {
            return;
        }
        self.copy_to(key_at);
        json::push_string(&mut self.out, &changed);
        self.copied = self.scanner.at;
    }

    /// The value of `sort.fieldName` is itself a name.
    fn field_name(&mut self) -> Result<Fate, Unsendable> {
        let start = self.scanner.at;
        if self.scanner.peek() == b'"' {
            let text = self.scanner.string()?;
            if let Some(changed) = self.rename_segments(&text.decode()) {
                self.copy_to(start);
                json::push_string(&mut self.out, &changed);
                self.copied = self.scanner.at;
                return Ok(Fate::Kept);
            }
            self.scanner.at = start;
        }
        self.value(&Shape::Any)
    }

    fn rename_segments(&self, name: &str) -> Option<String> {
        let mut changed = String::with_capacity(name.len() + 4);
        let mut any = false;
        for (at, segment) in name.split('.').enumerate() {
            if at > 0 {
                changed.push('.');
            }
            let new = NAMES.iter().find_map(|&(rest, javascript)| match self.way {
                Way::Answer => (segment == rest).then_some(javascript),
                Way::Argument(_) => (segment == javascript).then_some(rest),
            });
            any |= new.is_some();
            changed.push_str(new.unwrap_or(segment));
        }
        any.then_some(changed)
    }

    fn text(&mut self, shape: &'static Shape, start: usize, text: Text<'a>) -> Result<Fate, Unsendable> {
        match self.way {
            Way::Answer => match shape {
                Shape::Date => self.date(&self.scanner.text[start..self.scanner.at]),
                Shape::Float => {
                    match text.raw {
                        b"NaN" => push_path(&mut self.specials, &self.path),
                        b"Infinity" => self.replace(start, b"1e999"),
                        b"-Infinity" => self.replace(start, b"-1e999"),
                        _ => {}
                    }
                    Ok(Fate::Kept)
                }
                // A string has no id and no url, so nothing is left of it.
                Shape::Image | Shape::Video | Shape::Document => Ok(Fate::Dropped),
                Shape::Any | Shape::Object(_) | Shape::Audio => Ok(Fate::Kept),
            },
            Way::Argument(place) => self.argument_text(shape, start, text, place),
        }
    }

    fn argument_text(
        &mut self,
        shape: &'static Shape,
        start: usize,
        text: Text<'a>,
        place: Place,
    ) -> Result<Fate, Unsendable> {
        const MARK: &[u8] = b"\\u0000";
        let marked = text.raw.strip_prefix(MARK).and_then(<[u8]>::split_first);
        match (marked, shape) {
            (Some((b'D', [])), Shape::Date) => return self.refuse("a valid Date"),
            (Some((b'N', number)), Shape::Float) if place == Place::Body => {
                self.replace(start, b"\"");
                self.out.extend_from_slice(number);
                self.out.push(b'"');
                return Ok(Fate::Kept);
            }
            // The query string spells numbers out and leaves dates out: its writer looks at the marks itself.
            (Some((b'N' | b'D' | b'B', _)), _) if place == Place::Query => return Ok(Fate::Kept),
            (Some((b'B', _)), _) => return self.refuse("a number or a string: JSON has no bigint"),
            (Some((b'D', date)), Shape::Any | Shape::Object(_) | Shape::Float | Shape::Date) if !date.is_empty() => {
                self.replace(start, b"\"");
                self.out.extend_from_slice(date);
                self.out.push(b'"');
                return Ok(Fate::Kept);
            }
            (Some((b'N' | b'D', _)), Shape::Any | Shape::Object(_) | Shape::Float) => {
                self.replace(start, b"null");
                return Ok(Fate::Kept);
            }
            (Some((b'S', string)), Shape::Any | Shape::Object(_) | Shape::Float) => {
                self.replace(start, b"\"");
                self.out.extend_from_slice(string);
                self.out.push(b'"');
                return Ok(Fate::Kept);
            }
            _ => {}
        }
        let medium = match shape {
            Shape::Any | Shape::Object(_) | Shape::Float => return Ok(Fate::Kept),
            _ if marked.is_some() && !matches!(shape, Shape::Date) => return self.refuse(MEDIA_STRING),
            Shape::Date if is_iso_8601(text.raw) => return Ok(Fate::Kept),
            Shape::Date => return self.refuse(DATE),
            Shape::Image | Shape::Video if text.raw.is_empty() => return Ok(Fate::Dropped),
            Shape::Image => Medium::Image,
            Shape::Video => Medium::Video,
            Shape::Document => Medium::Document,
            Shape::Audio => Medium::Audio,
        };
        self.copy_to(start);
        match media::push_object_of(&mut self.out, medium, &text.decode()) {
            Some(()) => {
                self.copied = self.scanner.at;
                Ok(Fate::Kept)
            }
            None => self.refuse(MEDIA_STRING),
        }
    }

    fn token(&mut self, shape: &'static Shape, token: Raw<'a>) -> Result<Fate, Unsendable> {
        match (self.way, shape) {
            (_, Shape::Any | Shape::Object(_) | Shape::Float) => Ok(Fate::Kept),
            (Way::Answer, Shape::Date) => self.date(token),
            (Way::Answer, Shape::Audio) => Ok(Fate::Kept),
            (Way::Answer, _) => Ok(Fate::Dropped),
            (Way::Argument(_), Shape::Date) if token == b"null" => Ok(Fate::Dropped),
            (Way::Argument(_), Shape::Date) => self.refuse(DATE),
            (Way::Argument(_), Shape::Image | Shape::Video) if json::is_falsy(token) => Ok(Fate::Dropped),
            (Way::Argument(_), _) => self.refuse(MEDIA_STRING),
        }
    }

    /// A date of an answer stays in the text; JavaScript makes the `Date`. What is false is no date at all.
    fn date(&mut self, value: Raw<'_>) -> Result<Fate, Unsendable> {
        if self.way != Way::Answer {
            return self.refuse(DATE);
        }
        if json::is_falsy(value) {
            return Ok(Fate::Dropped);
        }
        push_path(&mut self.dates, &self.path);
        Ok(Fate::Kept)
    }

    fn medium(&mut self, start: usize, medium: Medium) -> Result<Fate, Unsendable> {
        if self.way != Way::Answer {
            return self.refuse(MEDIA_STRING);
        }
        let raw = self.scanner.value()?;
        self.copy_to(start);
        self.copied = self.scanner.at;
        if media::push_string_of(&mut self.out, medium, raw) {
            Ok(Fate::Kept)
        } else {
            Ok(Fate::Dropped)
        }
    }

    fn refuse<T>(&self, expectation: &'static str) -> Result<T, Unsendable> {
        let mut path = Vec::new();
        let scanner = Scanner { at: 0, ..self.scanner };
        push_readable_path(&mut path, scanner, self.scanner.at);
        let path = String::from_utf8_lossy(&path).into_owned();
        Err(Unsendable::Refused { path, expectation })
    }
}

/// Appends a path as a JSON array of names and indexes.
fn push_path(out: &mut Vec<u8>, path: &[Step]) {
    if !out.is_empty() {
        out.push(b',');
    }
    out.push(b'[');
    for (at, step) in path.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        match step {
            Step::Name(name) => json::push_string(out, name),
            Step::Index(index) => json::push_integer(out, *index),
        }
    }
    out.push(b']');
}

/// Appends the way from the root of the text to the value that ends at or holds `target`, as `.media.assets[0]`. Only
/// refusals ask for it, so it is found by walking once more.
fn push_readable_path(out: &mut Vec<u8>, mut scanner: Scanner<'_>, target: usize) {
    scanner.whitespace();
    let container = scanner.at;
    let raw = &scanner.text[container..];
    let inside = |value: Raw<'_>| {
        let start = value.as_ptr() as usize - scanner.text.as_ptr() as usize;
        (start..=start + value.len()).contains(&target)
    };
    for (name, value) in json::members(raw).flatten() {
        if inside(value) {
            out.push(b'.');
            out.extend_from_slice(name.decode().as_bytes());
            let at = value.as_ptr() as usize - scanner.text.as_ptr() as usize;
            return push_readable_path(out, Scanner { at, ..scanner }, target);
        }
    }
    for (index, value) in json::items(raw).flatten().enumerate() {
        if inside(value) {
            out.push(b'[');
            json::push_integer(out, index as u32);
            out.push(b']');
            let at = value.as_ptr() as usize - scanner.text.as_ptr() as usize;
            return push_readable_path(out, Scanner { at, ..scanner }, target);
        }
    }
}
