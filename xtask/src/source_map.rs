//! A bundle with its source map, which stays true when the bundle's text changes.
//!
//! esbuild writes both. What the build then changes in the text moves what stands behind it on its line, so the map's segments
//! move too. Format: <https://tc39.es/ecma426/>.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// A digit that more follow.
const MORE: u8 = 32;

/// A part of a line that has another length now.
#[derive(Debug)]
struct Edit {
    line: usize,
    column: usize,
    removed: usize,
    added: usize,
}

/// A script of the package, and its map.
#[derive(Debug)]
pub(crate) struct Script {
    file: PathBuf,
    text: String,
    map: Value,
}

impl Script {
    /// Reads a script, and the map beside it.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file)?;
        let map = fs::read_to_string(map_of(file)).with_context(|| format!("no source map of {}", file.display()))?;
        Ok(Self {
            file: file.to_owned(),
            text,
            map: serde_json::from_str(&map)?,
        })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Replaces a text wherever it stands.
    pub(crate) fn replace(&mut self, from: &str, to: &str) -> Result<()> {
        let places: Vec<usize> = self.text.match_indices(from).map(|(at, _)| at).collect();
        self.edit(places.into_iter().map(|at| (at, from.len(), to)))
    }

    /// Inserts a text at some places.
    pub(crate) fn insert(&mut self, places: &[usize], text: &str) -> Result<()> {
        self.edit(places.iter().map(|at| (*at, 0, text)))
    }

    /// Makes changes in the order of their places: where, how many bytes go, and what comes. All of them are ASCII without a line
    /// end, so their bytes are columns, which count UTF-16 units.
    fn edit<'a>(&mut self, changes: impl Iterator<Item = (usize, usize, &'a str)>) -> Result<()> {
        let mut edits = Vec::new();
        let mut text = String::new();
        let mut end = 0;
        for (at, removed, added) in changes {
            let before = &self.text[..at];
            edits.push(Edit {
                line: before.matches('\n').count(),
                column: before[before.rfind('\n').map_or(0, |end| end + 1)..]
                    .encode_utf16()
                    .count(),
                removed,
                added: added.len(),
            });
            text.push_str(&self.text[end..at]);
            text.push_str(added);
            end = at + removed;
        }
        text.push_str(&self.text[end..]);
        self.text = text;
        let mappings = self.map["mappings"].as_str().context("a map has mappings")?;
        self.map["mappings"] = moved(mappings, &edits)?.into();
        Ok(())
    }

    /// Names the sources by their places in the repository, wherever the build has put its own.
    pub(crate) fn name_sources(&mut self, root: &Path, generated: &Path) -> Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let sources = self.map["sources"].as_array_mut().context("a map has sources")?;
        for source in sources {
            let path = normal(&folder.join(source.as_str().unwrap_or_default()));
            let name = match (path.strip_prefix(generated), path.strip_prefix(root)) {
                (Ok(inside), _) => Path::new("generated").join(inside),
                (_, Ok(inside)) => inside.to_owned(),
                _ => bail!("{} is outside of the repository", path.display()),
            };
            *source = name.to_string_lossy().replace('\\', "/").into();
        }
        Ok(())
    }

    /// Writes both.
    pub(crate) fn write(&self) -> Result<()> {
        fs::write(&self.file, &self.text)?;
        Ok(fs::write(map_of(&self.file), self.map.to_string())?)
    }
}

/// The map beside a script.
pub(crate) fn map_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".map");
    name.into()
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    normal
}

/// Mappings in which everything stands where it is after the edits.
fn moved(mappings: &str, edits: &[Edit]) -> Result<String> {
    let mut lines = Vec::new();
    for (line, segments) in mappings.split(';').enumerate() {
        let edits: Vec<&Edit> = edits.iter().filter(|edit| edit.line == line).collect();
        if edits.is_empty() || segments.is_empty() {
            lines.push(segments.to_owned());
            continue;
        }
        let (mut old, mut last) = (0, 0);
        let mut texts = Vec::new();
        for segment in segments.split(',') {
            let (delta, rest) = decode(segment)?;
            old += delta;
            let new = moved_column(old, &edits);
            texts.push(encode(new - last) + rest);
            last = new;
        }
        lines.push(texts.join(","));
    }
    Ok(lines.join(";"))
}

/// Where a column of a line is after the edits of that line.
fn moved_column(column: i64, edits: &[&Edit]) -> i64 {
    let mut shift = 0;
    for edit in edits {
        let (start, end) = (edit.column as i64, (edit.column + edit.removed) as i64);
        if column < start {
            break;
        }
        // Inside of what is gone.
        if column < end {
            return start + shift;
        }
        shift += edit.added as i64 - edit.removed as i64;
    }
    column + shift
}

/// The first number of a segment, and the rest.
fn decode(segment: &str) -> Result<(i64, &str)> {
    let (mut number, mut shift) = (0_i64, 0);
    for (at, byte) in segment.bytes().enumerate() {
        let digit = DIGITS.iter().position(|each| *each == byte);
        let digit = digit.with_context(|| format!("invalid segment {segment:?}"))? as u8;
        number |= i64::from(digit & (MORE - 1)) << shift;
        shift += 5;
        if digit & MORE == 0 {
            let number = if number & 1 == 1 { -(number >> 1) } else { number >> 1 };
            return Ok((number, &segment[at + 1..]));
        }
        if shift > 50 {
            break;
        }
    }
    bail!("invalid segment {segment:?}")
}

fn encode(number: i64) -> String {
    let mut rest = (number.unsigned_abs() << 1) | u64::from(number < 0);
    let mut text = String::new();
    loop {
        let digit = (rest % u64::from(MORE)) as u8;
        rest /= u64::from(MORE);
        text.push(char::from(
            DIGITS[usize::from(if rest > 0 { digit | MORE } else { digit })],
        ));
        if rest == 0 {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back() {
        for (number, text) in [(0, "A"), (1, "C"), (-1, "D"), (15, "e"), (16, "gB"), (-1000, "x+B")] {
            assert_eq!(encode(number), text);
            assert_eq!(decode(&format!("{text}AAA")).unwrap(), (number, "AAA"));
        }
        for segment in ["", "g", "!", "ggggggggggggggA"] {
            assert!(decode(segment).is_err(), "{segment}");
        }
    }

    #[test]
    fn columns_move_behind_an_edit_and_only_on_its_line() {
        // Columns 0, 8 and 20 of the first line, and column 8 of the second.
        let mappings = "AAAA,QAAQ,YAAM;QACA";
        let edit = |line, column, removed, added| Edit {
            line,
            column,
            removed,
            added,
        };
        assert_eq!(moved(mappings, &[edit(0, 8, 0, 13)]).unwrap(), "AAAA,qBAAQ,YAAM;QACA");
        assert_eq!(moved(mappings, &[edit(0, 10, 9, 2)]).unwrap(), "AAAA,QAAQ,KAAM;QACA");
        assert_eq!(moved(mappings, &[edit(1, 0, 0, 2)]).unwrap(), "AAAA,QAAQ,YAAM;UACA");
        // A segment in the middle of what is gone stands at its start.
        assert_eq!(moved(mappings, &[edit(0, 5, 9, 2)]).unwrap(), "AAAA,KAAQ,QAAM;QACA");
    }

    #[test]
    fn script_changes_with_its_map() {
        let folder = std::env::temp_dir().join(format!("wix-media-map-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("a.js");
        // The first character is four bytes and two columns.
        fs::write(&file, "'🎉';import('#package/b.js'),c()").unwrap();
        fs::write(map_of(&file), r#"{"sources":["../src/c.js"],"mappings":"AAAA,6BAAM"}"#).unwrap();
        let mut script = Script::read(&file).unwrap();
        script.replace("#package/", "./").unwrap();
        let at = script.text().find("c()").unwrap();
        script.insert(&[at], "/**/").unwrap();
        assert!(script.name_sources(&folder, Path::new("/generated")).is_err());
        script
            .name_sources(folder.parent().unwrap(), Path::new("/generated"))
            .unwrap();
        script.write().unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "'🎉';import('./b.js'),/**/c()");
        let map: Value = serde_json::from_str(&fs::read_to_string(map_of(&file)).unwrap()).unwrap();
        assert_eq!(map["sources"][0], "src/c.js");
        // From 29 to 26.
        assert_eq!(map["mappings"], "AAAA,0BAAM");
        fs::remove_dir_all(&folder).unwrap();
    }
}
