//! Reads which files of `src` use which others: `use` items, re-exports and paths written in full.
//!
//! This is a reader of tokens and not of Rust: it knows comments, literals, attributes and blocks, and takes every chain
//! of names joined by `::` for a path. A path is followed through modules and `use` items to the file that declares the
//! last name, so a re-export does not hide where an import leads. Code under `#[cfg(test)]` is skipped, because the tests
//! of a module may use whatever shows that it works. Calls of methods and uses of a type through inference are not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The names of a path, `crate`, `super` and `self` included.
type Names = Vec<String>;

/// A module, with the names that its paths can begin with.
#[derive(Debug, Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    /// The path of each name that a `use` item brings into it.
    imports: BTreeMap<String, Names>,
    /// Every path that occurs in it.
    paths: BTreeSet<Names>,
}

/// The modules of a crate by their path from its root.
#[derive(Debug, Default)]
pub(crate) struct Crate {
    modules: BTreeMap<Names, Module>,
}

impl Crate {
    /// Reads a folder that holds `lib.rs` or `main.rs`. Files are named by their path below it.
    pub(crate) fn read(folder: &Path) -> Crate {
        let mut read = Crate::default();
        let mut open = vec![folder.to_path_buf()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(&next).expect("a folder of sources") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let name = path.strip_prefix(folder).expect("a file of the folder");
                    let text = fs::read_to_string(&path).expect("UTF-8");
                    read.add(name.to_str().expect("UTF-8"), &text);
                }
            }
        }
        read
    }

    /// Adds a file, such as `catalog/mod.rs`, with its inline modules.
    pub(crate) fn add(&mut self, file: &str, text: &str) {
        let mut path: Names = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if matches!(path.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            path.pop();
        }
        for end in 1..=path.len() {
            let parent = self.modules.entry(path[..end - 1].to_vec()).or_default();
            parent.children.insert(path[end - 1].clone());
        }
        let tokens = tokens(text);
        let mut reader = Reader { tokens: &tokens, at: 0 };
        reader.block(self, file, &path);
    }

    /// The files that each file uses, itself left out.
    pub(crate) fn uses(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, module) in &self.modules {
            let used = uses.entry(module.file.clone()).or_default();
            used.extend(
                module
                    .paths
                    .iter()
                    .filter_map(|names| self.resolve(path, names, 0))
                    .map(|found| self.modules[&found].file.clone())
                    .filter(|file| *file != module.file),
            );
        }
        uses
    }

    /// The module that declares what a path names, or the module that it names; `None` for paths into other crates.
    fn resolve(&self, from: &[String], names: &[String], depth: u32) -> Option<Names> {
        assert!(depth < 30, "{from:?} imports {names:?} from itself");
        let mut at = from.to_vec();
        let mut rest = names;
        let mut started = false;
        while let [first, more @ ..] = rest {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => _ = at.pop(),
                name => {
                    let module = self.modules.get(&at)?;
                    if module.children.contains(name) {
                        at.push(name.to_owned());
                    } else if let Some(import) = module.imports.get(name).filter(|import| *import != names) {
                        at = self.resolve(&at, import, depth + 1)?;
                    } else {
                        return started.then_some(at);
                    }
                }
            }
            started = true;
            rest = more;
        }
        Some(at)
    }
}

struct Reader<'a> {
    tokens: &'a [String],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token)
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned().unwrap_or_default()
    }

    /// Reads up to the end of the file or the brace that closes the module.
    fn block(&mut self, read: &mut Crate, file: &str, path: &[String]) {
        let module = read.modules.entry(path.to_vec()).or_default();
        file.clone_into(&mut module.file);
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match (self.peek(0), self.peek(1), self.peek(2)) {
                ("#", "[", _) => {
                    if self.attribute() {
                        self.skip_item();
                    }
                }
                ("mod", name, "{") => {
                    let mut inner = path.to_vec();
                    inner.push(name.to_owned());
                    let module = read.modules.entry(path.to_vec()).or_default();
                    module.children.insert(name.to_owned());
                    self.at += 3;
                    self.block(read, file, &inner);
                }
                ("use", ..) => {
                    self.at += 1;
                    let module = read.modules.entry(path.to_vec()).or_default();
                    self.tree(module, &[]);
                }
                (_, "::", _) if is_name(self.peek(0)) => {
                    let mut names = vec![self.next()];
                    while self.peek(0) == "::" && is_name(self.peek(1)) {
                        self.at += 1;
                        names.push(self.next());
                    }
                    // `Type::<T>::new` and `Type::{…}` end at the type.
                    self.at += usize::from(self.peek(0) == "::");
                    read.modules.entry(path.to_vec()).or_default().paths.insert(names);
                }
                (brace @ ("{" | "}"), ..) => {
                    depth += if brace == "{" { 1 } else { -1 };
                    self.at += 1;
                    if depth < 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// Reads `#[…]` and says whether it is `cfg(test)` or `cfg(all(test, …))`.
    fn attribute(&mut self) -> bool {
        self.at += 2;
        let start = self.at;
        let mut depth = 1;
        while depth > 0 && self.at < self.tokens.len() {
            match self.next().as_str() {
                "[" => depth += 1,
                "]" => depth -= 1,
                _ => {}
            }
        }
        let words: Vec<_> = self.tokens[start..self.at].iter().map(String::as_str).collect();
        words.starts_with(&["cfg", "(", "test", ")"]) || words.starts_with(&["cfg", "(", "all", "(", "test", ","])
    }

    /// Steps over an item: to its semicolon, or over its block.
    fn skip_item(&mut self) {
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.next().as_str() {
                ";" if depth == 0 => return,
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads one tree of a `use` item, and its semicolon.
    fn tree(&mut self, module: &mut Module, prefix: &[String]) {
        let mut names = prefix.to_vec();
        loop {
            match self.next().as_str() {
                "{" => {
                    while self.peek(0) != "}" && self.at < self.tokens.len() {
                        self.tree(module, &names);
                    }
                    self.at += 1;
                    break;
                }
                "*" => {
                    module.paths.insert(names);
                    break;
                }
                "::" => continue,
                "self" if !prefix.is_empty() => {}
                name if is_name(name) => {
                    names.push(name.to_owned());
                    if self.peek(0) == "::" {
                        continue;
                    }
                }
                _ => break,
            }
            let mut alias = names.last().cloned().unwrap_or_default();
            if self.peek(0) == "as" {
                self.at += 1;
                alias = self.next();
            }
            module.imports.insert(alias, names.clone());
            module.paths.insert(names);
            break;
        }
        if matches!(self.peek(0), "," | ";") {
            self.at += 1;
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The words and signs of a source; comments and literals are gone.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    while at < chars.len() {
        match chars[at] {
            '/' if get(at + 1) == '/' => {
                while at < chars.len() && chars[at] != '\n' {
                    at += 1;
                }
            }
            '/' if get(at + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (get(at), get(at + 1)) {
                        ('/', '*') => depth += 1,
                        ('*', '/') => depth -= 1,
                        _ => {
                            at += 1;
                            continue;
                        }
                    }
                    at += 2;
                    if depth == 0 || at >= chars.len() {
                        break;
                    }
                }
            }
            '"' => at = behind_string(&chars, at),
            'r' | 'b' if raw_string(&chars, at).is_some() => at = raw_string(&chars, at).unwrap_or(at + 1),
            '\'' if get(at + 1) == '\\' => {
                at += 3;
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            }
            '\'' if get(at + 2) == '\'' => at += 3,
            ':' if get(at + 1) == ':' => {
                tokens.push("::".to_owned());
                at += 2;
            }
            first if first.is_alphanumeric() || first == '_' => {
                let start = at;
                while get(at).is_alphanumeric() || get(at) == '_' {
                    at += 1;
                }
                tokens.push(chars[start..at].iter().collect());
            }
            sign => {
                if !sign.is_whitespace() {
                    tokens.push(sign.to_string());
                }
                at += 1;
            }
        }
    }
    tokens
}

fn behind_string(chars: &[char], open: usize) -> usize {
    let mut at = open + 1;
    while at < chars.len() && chars[at] != '"' {
        at += 1 + usize::from(chars[at] == '\\');
    }
    at + 1
}

/// The position behind a raw string that starts here, with or without `b`.
fn raw_string(chars: &[char], start: usize) -> Option<usize> {
    let mut at = start + usize::from(chars[start] == 'b');
    if chars.get(at) != Some(&'r') {
        return None;
    }
    at += 1;
    let hashes = chars[at..].iter().take_while(|next| **next == '#').count();
    at += hashes;
    if chars.get(at) != Some(&'"') {
        return None;
    }
    let end =
        |at: &usize| chars[*at] == '"' && chars[at + 1..].iter().take_while(|next| **next == '#').count() >= hashes;
    let close = (at + 1..chars.len()).find(end)?;
    Some(close + 1 + hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(files: &[(&str, &str)], file: &str) -> Vec<String> {
        let mut read = Crate::default();
        for (name, text) in files {
            read.add(name, text);
        }
        read.uses().remove(file).unwrap_or_default().into_iter().collect()
    }

    #[test]
    fn every_spelling_of_a_path_leads_to_its_file() {
        for text in [
            "use crate::b::c::Thing;",
            "use crate::b::{self, c::{Thing, Other as Renamed}};",
            "use super::b::c;",
            "use self::super::b::c::*;",
            "fn f() -> crate::b::c::Thing { g() }",
            "fn f() { super::b::c::Thing::<u8>::new() }",
            "mod inner { fn f() { super::super::b::c::g() } }",
            "macro_rules! m { () => { $crate::b::c::g() } }",
            "use crate::b; fn f() { b::c::g() }",
            "use crate::b::Exported;",
        ] {
            let files = [
                ("a.rs", text),
                ("b/mod.rs", "mod c; pub use c::Exported;"),
                ("b/c.rs", ""),
            ];
            assert!(uses(&files, "a.rs").contains(&"b/c.rs".to_owned()), "{text}");
        }
    }

    #[test]
    fn comments_literals_tests_and_other_crates_are_not_imports() {
        for text in [
            "// use crate::b;",
            "/* use crate::b; /* nested */ use crate::b; */",
            "const S: &str = \"crate::b\\\" crate::b::X\";",
            "const S: &str = r#\"crate::b\" crate::b::X\"#;",
            "const C: char = '\"'; const D: char = '\\''; fn f<'a>(x: &'a str) {}",
            "#[cfg(test)] mod tests { use crate::b; }",
            "#[cfg(all(test, unix))] use crate::b::X;",
            "use std::b::X; use b::X;",
        ] {
            let files = [("a.rs", text), ("b.rs", "")];
            assert_eq!(uses(&files, "a.rs"), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn import_behind_a_test_module_is_still_read() {
        let text = "#[cfg(test)] mod tests { fn f() { {} } } use crate::b::X;";
        assert_eq!(uses(&[("a.rs", text), ("b.rs", "")], "a.rs"), ["b.rs"]);
    }

    #[test]
    fn re_export_leads_to_the_file_that_declares() {
        let files = [
            ("a.rs", "use crate::b::Thing;"),
            ("b.rs", "pub use crate::c::Thing;"),
            ("c.rs", "pub struct Thing;"),
        ];
        assert_eq!(uses(&files, "a.rs"), ["c.rs"]);
    }
}
