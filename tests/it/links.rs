//! Every link to a page resolves: links of the documents, and references to `docs/PAGE.md#anchor` in sources and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Folders of text that people write. What lies in a build folder, in `node_modules` or in `tests/data` is not read.
const FOLDERS: [&str; 11] = [
    ".ci",
    "benches",
    "docs",
    "examples",
    "pkg-template",
    "server",
    "site",
    "src",
    "tests",
    "www",
    "xtask",
];
const SKIPPED: [&str; 4] = ["data", "dist", "node_modules", "target"];
const EXTENSIONS: [&str; 9] = ["css", "html", "js", "md", "mjs", "rs", "sql", "toml", "ts"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file by its path from the root of the repository.
fn texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    read_files(&root(), &mut texts);
    for folder in FOLDERS {
        read_folder(&root().join(folder), &mut texts);
    }
    texts
}

fn read_folder(folder: &Path, texts: &mut BTreeMap<String, String>) {
    // Not every folder of the list exists in every version.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !SKIPPED.contains(&name) {
            read_folder(&path, texts);
        }
    }
    read_files(folder, texts);
}

fn read_files(folder: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_file() && extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) {
            let name = path.strip_prefix(root()).expect("a path below the root");
            let name = name.to_str().expect("a path in UTF-8").to_owned();
            texts.insert(name, fs::read_to_string(&path).expect("text in UTF-8"));
        }
    }
}

/// The anchors of a page: explicit ones and those that GitHub makes of headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for line in prose(page).lines() {
        for rest in line.split("<a id=\"").skip(1) {
            anchors.insert(rest.split('"').next().unwrap_or_default().to_owned());
        }
        let heading = line.trim_start_matches('#');
        if heading.len() < line.len() && heading.starts_with(' ') {
            let slug = heading.trim().to_lowercase();
            let slug = slug.replace(|letter: char| !letter.is_alphanumeric() && !"_- ".contains(letter), "");
            anchors.insert(slug.replace(' ', "-"));
        }
    }
    anchors
}

/// A page without its blocks of code.
fn prose(page: &str) -> String {
    let parts: Vec<_> = page.split("\n```").step_by(2).collect();
    parts.join("\n")
}

/// The targets of a page's links, without those to other sites.
fn links(page: &str) -> Vec<String> {
    prose(page)
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .filter(|target| !target.contains(char::is_whitespace) && !target.contains("://") && !target.contains('{'))
        .collect()
}

/// The pages that a source refers to by their path from the root: `docs/contract/files-api.md#c5`.
fn references(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in source.match_indices("docs/") {
        let address = source[..start].rsplit(char::is_whitespace).next().unwrap_or_default();
        let end = source[start..].find(|letter: char| !letter.is_ascii_alphanumeric() && !"#-./_".contains(letter));
        let reference = &source[start..end.map_or(source.len(), |end| start + end)];
        let reference = reference.trim_end_matches(['.', '-']);
        if !address.contains("://") && (reference.ends_with(".md") || reference.contains(".md#")) {
            found.push(reference.to_owned());
        }
    }
    found
}

/// The files and folders that a document names in code spans by their path from the root: `src/wire/json.rs`.
fn named_paths(page: &str) -> Vec<String> {
    let is_path = |span: &str| {
        let (folder, _) = span.split_once('/').unwrap_or_default();
        let is_folder = FOLDERS.contains(&folder) && root().join(folder).exists();
        is_folder && !span.contains(|letter: char| letter.is_whitespace() || "*#{".contains(letter))
    };
    let spans = prose(page);
    let spans = spans.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.filter(|span| is_path(span)).map(ToOwned::to_owned).collect()
}

/// Why a path from the root leads nowhere, if it does.
fn problem(target: &str, texts: &BTreeMap<String, String>) -> Option<String> {
    let (path, anchor) = target
        .split_once('#')
        .map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    if !root().join(path).exists() {
        return Some(format!("{path} not found"));
    }
    let anchor = anchor?;
    let page = texts.get(path).map(String::as_str).unwrap_or_default();
    (!anchors(page).contains(anchor)).then(|| format!("{path} has no anchor #{anchor}"))
}

/// A link of a document as a path from the root.
fn from_root(document: &str, link: &str) -> String {
    let (path, anchor) = link.split_at(link.find('#').unwrap_or(link.len()));
    if path.is_empty() {
        return format!("{document}{anchor}");
    }
    let mut parts = Vec::new();
    for part in Path::new(document).parent().expect("a folder").join(path).components() {
        match part {
            Component::ParentDir => _ = parts.pop(),
            Component::CurDir => {}
            part => parts.push(part.as_os_str().to_str().expect("UTF-8").to_owned()),
        }
    }
    format!("{}{anchor}", parts.join("/"))
}

#[test]
fn every_link_of_a_document_resolves() {
    let texts = texts();
    let mut problems = Vec::new();
    for (name, text) in texts.iter().filter(|(name, _)| name.ends_with(".md")) {
        for link in links(text) {
            if let Some(problem) = problem(&from_root(name, &link), &texts) {
                problems.push(format!("{name}: {problem}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut problems = Vec::new();
    for (name, text) in texts().iter().filter(|(name, _)| name.ends_with(".md")) {
        for path in named_paths(text) {
            if !root().join(&path).exists() {
                problems.push(format!("{name}: {path} not found"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_page_that_a_source_refers_to_resolves() {
    let texts = texts();
    let mut problems = Vec::new();
    // This file holds references that lead nowhere on purpose.
    for (name, text) in texts.iter().filter(|(name, _)| *name != "tests/it/links.rs") {
        for reference in references(text) {
            if let Some(problem) = problem(&reference, &texts) {
                problems.push(format!("{name}: {problem}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_rule_and_choice_has_an_anchor() {
    let texts = texts();
    let page = |name: &str| anchors(&texts[&format!("docs/contract/{name}.md")]);
    let (files, choices) = (page("files-api"), page("choices"));
    for number in 1..=9 {
        assert!(files.contains(&format!("c{number}")), "C{number}");
    }
    for number in 1..=50 {
        assert!(choices.contains(&format!("u{number}")), "U{number}");
    }
    for (name, text) in texts.iter().filter(|(name, _)| name.starts_with("docs/contract/")) {
        let anchors = anchors(text);
        for line in text
            .lines()
            .filter(|line| line.starts_with("## ") || line.starts_with("### "))
        {
            let number = line
                .trim_start_matches('#')
                .split_whitespace()
                .next()
                .unwrap_or_default();
            let number = number.trim_end_matches('.');
            if number.starts_with(|letter: char| letter.is_ascii_digit()) {
                let anchor = format!("s{}", number.replace('.', "-"));
                assert!(
                    anchors.contains(&anchor),
                    "{name}: section {number} has no anchor #{anchor}"
                );
            }
        }
    }
}

/// The lines that cite a rule without a link: `contract/model.md` or a choice by its number.
fn bare_citations(source: &str) -> Vec<&str> {
    let is_bare = |line: &str| {
        let page = line.match_indices("contract/").any(|(at, _)| {
            let name = line[at + "contract/".len()..].split(['.', '/', ' ', '`', '"']).next();
            !line[..at].ends_with(['/', '.', '_'])
                && name.is_some_and(|name| line[at..].contains(&format!("{name}.md")))
        });
        let choice = ["choice U", "choices U"].iter().any(|word| {
            let after = line.split(word).nth(1).and_then(|rest| rest.chars().next());
            after.is_some_and(|letter| letter.is_ascii_digit())
        });
        page || choice
    };
    source.lines().filter(|line| is_bare(line)).collect()
}

#[test]
fn every_citation_of_a_rule_is_a_link() {
    let mut problems = Vec::new();
    for (name, text) in texts() {
        if !name.ends_with(".md") && name != "tests/it/links.rs" {
            problems.extend(
                bare_citations(&text)
                    .iter()
                    .map(|line| format!("{name}: {}", line.trim())),
            );
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let lines = "// (`contract/model.md` section 2)\n// (choice U12)\n// (`docs/contract/model.md#s2`)\n// a choice";
    assert_eq!(bare_citations(lines).len(), 2);
}

#[test]
fn links_that_lead_nowhere_are_found() {
    let texts = texts();
    let page = "[a](gone.md) [b](#nothing) [c](docs/design.md#nothing) [d](https://example.com/)\n```text\n[e](gone.md)\n```\n";
    assert_eq!(links(page), ["gone.md", "#nothing", "docs/design.md#nothing"]);
    for link in links(page) {
        assert!(problem(&from_root("README.md", &link), &texts).is_some(), "{link}");
    }
    let page = "`src/gone.rs` is in `src`, like `src/*.rs` and `cargo xtask`. See `docs/design.md#map` and `tests/it`.";
    assert_eq!(named_paths(page), ["src/gone.rs", "tests/it"]);
    let source = "// docs/gone.md, `docs/contract/choices.md#u99`. See docs/design.md. https://example.com/docs/gone.md docs/x.js";
    assert_eq!(
        references(source),
        ["docs/gone.md", "docs/contract/choices.md#u99", "docs/design.md"]
    );
    for reference in &references(source)[..2] {
        assert!(problem(reference, &texts).is_some(), "{reference}");
    }
    assert_eq!(problem("docs/contract/choices.md#u12", &texts), None);
    assert_eq!(
        from_root("docs/contract/files-api.md", "../errors.md#codes"),
        "docs/errors.md#codes"
    );
}
