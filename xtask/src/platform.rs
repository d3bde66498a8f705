//! `cargo xtask platform`: makes the column "Tested with" of `docs/platform.md` from what the tests ran.
//!
//! A test file that passes records (`tests/js/harness/platform.js`) the rows that it proves, below `target/platform`, by the release line of
//! Node and by ring. A run of a ring deletes its old records, and compares the new ones with the page. A test file that runs alone replaces its
//! own records. Only this command changes the page, and only when each test file has records, those of the ring `package` on every line of
//! Node: otherwise it would take away what did not run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::fresh::files;
use crate::project::Project;

const PAGE: &str = "docs/platform.md";
const COLUMN: &str = "| Tested with |";

/// What a test file that records contains.
const RECORDER: &str = "recorder(import.meta.url)";

/// The release lines of Node that the package is tested on, besides the one on the PATH.
const LINES: [&str; 3] = ["node-20", "node-22", "node-24"];

/// A ring whose tests record what they ran.
pub(crate) struct Recorded {
    pub(crate) name: &'static str,
    /// Whether it runs by name only.
    pub(crate) is_release: bool,
}

const PACKAGE: Recorded = Recorded {
    name: "package",
    is_release: false,
};
const TOOLS: Recorded = Recorded {
    name: "tools",
    is_release: true,
};
const BROWSERS: Recorded = Recorded {
    name: "browsers",
    is_release: true,
};

pub(crate) const RINGS: [Recorded; 3] = [PACKAGE, TOOLS, BROWSERS];

/// What one test proved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    /// The first cell of a row of the page.
    row: String,
    name: String,
    /// Empty where it has no meaning.
    version: String,
    /// Whether a usual run of the tests leaves it out.
    is_release: bool,
}

/// The folder of all records.
pub(crate) fn folder(project: &Project) -> PathBuf {
    project.target.join("platform")
}

/// Deletes the records of a ring, before it runs on a release line of Node.
pub(crate) fn clear(project: &Project, ring: &str, line: u32) -> Result<()> {
    let folder = folder(project).join(format!("node-{line}")).join(ring);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot delete {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Fails when the page does not name what a ring has just run.
pub(crate) fn compare(project: &Project, ring: &str, line: u32) -> Result<()> {
    let Some(ring) = RINGS.iter().find(|recorded| recorded.name == ring) else {
        return Ok(());
    };
    let found = records(&folder(project).join(format!("node-{line}")), ring)?;
    let page = fs::read_to_string(project.root.join(PAGE))?;
    let missing = unnamed(&page, &found);
    ensure!(
        missing.is_empty(),
        "{PAGE} does not name what was tested: {}. Run  cargo xtask platform",
        missing.join(", ")
    );
    Ok(())
}

/// Writes the page.
pub(crate) fn platform(project: &Project) -> Result<()> {
    let root = folder(project);
    let mut found = BTreeSet::new();
    let mut missing = Vec::new();
    for ring in &RINGS {
        for line in LINES {
            found.extend(records(&root.join(line), ring)?);
        }
        let sources = project.javascript().join(ring.name);
        if ring.is_release {
            missing.extend(unrecorded(
                &sources,
                &LINES.map(|line| root.join(line).join(ring.name)),
            )?);
        } else {
            for line in LINES {
                let names = unrecorded(&sources, &[root.join(line).join(ring.name)])?;
                missing.extend(names.into_iter().map(|name| format!("{name} on {line}")));
            }
        }
    }
    ensure!(
        missing.is_empty(),
        "no results of {}: run  cargo xtask test  with --node or the ring, or these files by  node --test",
        missing.join(", ")
    );
    let path = project.root.join(PAGE);
    let old = fs::read_to_string(&path)?;
    let new = written(&old, &found)?;
    if new != old {
        fs::write(&path, new)?;
        println!("{PAGE} is written anew");
    }
    Ok(())
}

/// The records of one ring, below the folder of a release line of Node.
fn records(line: &Path, ring: &Recorded) -> Result<BTreeSet<Record>> {
    let mut found = BTreeSet::new();
    for path in files(&line.join(ring.name))? {
        let text = fs::read_to_string(&path)?;
        let some: Vec<Value> =
            serde_json::from_str(&text).with_context(|| format!("{} is not a record", path.display()))?;
        let member = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        found.extend(some.iter().map(|value| Record {
            row: member(value, "row"),
            name: member(value, "name"),
            version: member(value, "version"),
            is_release: ring.is_release,
        }));
    }
    Ok(found)
}

/// The test files of a ring that record, and have no records in any of the folders.
fn unrecorded(sources: &Path, folders: &[PathBuf]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for path in files(sources)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".test.js") else {
            continue;
        };
        let record = format!("{stem}.json");
        if fs::read_to_string(&path)?.contains(RECORDER) && !folders.iter().any(|folder| folder.join(&record).is_file())
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The page with the last cell of each row of its tables made from records.
fn written(page: &str, found: &BTreeSet<Record>) -> Result<String> {
    let mut used = BTreeSet::new();
    let mut lines = Vec::new();
    let mut is_table = false;
    for line in page.lines() {
        is_table = line.ends_with(COLUMN) || (is_table && line.starts_with('|'));
        let Some(row) = row(line).filter(|_| is_table) else {
            lines.push(line.to_owned());
            continue;
        };
        let proofs: Vec<&Record> = found.iter().filter(|record| record.row == row).collect();
        ensure!(!proofs.is_empty(), "{PAGE}: no test covers {row:?}");
        used.insert(row);
        let (before, _) = last_cell(line);
        lines.push(format!("{before} {} |", cell(&proofs)));
    }
    if let Some(record) = found.iter().find(|record| !used.contains(record.row.as_str())) {
        bail!("{PAGE} has no row {:?}", record.row);
    }
    Ok(lines.join("\n") + "\n")
}

/// The records that the cell of their row does not name.
fn unnamed(page: &str, found: &BTreeSet<Record>) -> Vec<String> {
    let names = |record: &Record| {
        page.lines().any(|line| {
            row(line) == Some(&record.row) && {
                let (_, cell) = last_cell(line);
                let version = shown(&record.version);
                cell.split_once(&record.name)
                    .is_some_and(|(_, rest)| rest.split([' ', ',']).any(|word| word == version) || version.is_empty())
            }
        })
    };
    found
        .iter()
        .filter(|record| !names(record))
        .map(|record| format!("{} {} in row {:?}", record.name, shown(&record.version), record.row))
        .collect()
}

/// `Vite 8.3, Vite 6.4 and 7.3 (release)`
fn cell(proofs: &[&Record]) -> String {
    // A version that usual runs have too is not one of releases only.
    let mut versions: BTreeMap<(&str, String), bool> = BTreeMap::new();
    for record in proofs {
        let is_release = versions.entry((&record.name, shown(&record.version))).or_insert(true);
        *is_release &= record.is_release;
    }
    let mut parts: BTreeMap<(&str, bool), Vec<String>> = BTreeMap::new();
    for ((name, version), is_release) in versions {
        parts.entry((name, is_release)).or_default().push(version);
    }
    let texts = parts.into_iter().map(|((name, is_release), mut versions)| {
        versions.sort_by_key(|version| numbers(version));
        let list = match versions.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
            _ => versions.concat(),
        };
        let mark = if is_release { " (release)" } else { "" };
        format!("{} {list}", name).trim_end().to_owned() + mark
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// `5.4.21` → `5.4`
fn shown(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// The first cell of a row that is neither the header of a table nor the line below it.
fn row(line: &str) -> Option<&str> {
    let (cell, _) = line.strip_prefix("| ")?.split_once(" | ")?;
    (!line.ends_with(COLUMN) && !cell.starts_with("---")).then_some(cell)
}

/// A row up to its last cell, and that cell.
fn last_cell(line: &str) -> (&str, &str) {
    let inner = line.strip_suffix('|').unwrap_or(line);
    inner.split_at(inner.rfind('|').map_or(0, |at| at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
| Tool | What to do | Tested with |
| --- | --- | --- |
| Vite | nothing | |
| a, `b` | `{ a: 1 }` | old |

| Other | Table |
| --- | --- |
| Vite | stays |
";

    fn record(row: &str, name: &str, version: &str, is_release: bool) -> Record {
        Record {
            row: row.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            is_release,
        }
    }

    fn both() -> BTreeSet<Record> {
        BTreeSet::from([
            record("Vite", "Vite", "10.1.2", true),
            record("Vite", "Vite", "8.3.8", true),
            record("Vite", "Vite", "7.2.1", false),
            record("Vite", "Vite", "7.2.1", true),
            record("Vite", "Chromium", "", false),
            record("a, `b`", "Node", "20", false),
            record("a, `b`", "Node", "20", true),
        ])
    }

    #[test]
    fn written_fills_the_last_cells_of_its_tables_only() {
        let text = written(TABLE, &both()).unwrap();
        assert!(
            text.contains("| Vite | nothing | Chromium, Vite 7.2, Vite 8.3 and 10.1 (release) |\n"),
            "{text}"
        );
        assert!(text.contains("| a, `b` | `{ a: 1 }` | Node 20 |\n"), "{text}");
        assert!(text.ends_with("| Vite | stays |\n"), "{text}");
        assert_eq!(written(&text, &both()).unwrap(), text);
    }

    #[test]
    fn written_refuses_rows_without_a_test_and_tests_without_a_row() {
        let mut found = both();
        found.insert(record("webpack", "webpack", "5", false));
        assert!(written(TABLE, &found).unwrap_err().to_string().contains("webpack"));
        found.retain(|record| record.row == "Vite");
        assert!(written(TABLE, &found).unwrap_err().to_string().contains("a, `b`"));
    }

    #[test]
    fn unrecorded_names_the_files_whose_results_are_missing() {
        let root = std::env::temp_dir().join(format!("wix-media-unrecorded-{}", std::process::id()));
        let (sources, folder) = (root.join("tools"), root.join("node-20"));
        for (path, text) in [
            (sources.join("jest.test.js"), RECORDER),
            (sources.join("vite.test.js"), RECORDER),
            (sources.join("rust.test.js"), ""),
            (folder.join("vite.json"), "[]"),
        ] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let missing = |folders: &[PathBuf]| unrecorded(&sources, folders).unwrap();
        assert_eq!(missing(&[root.join("node-22"), folder.clone()]), ["jest.test.js"]);
        assert_eq!(missing(&[root.join("node-22")]), ["jest.test.js", "vite.test.js"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn unnamed_is_what_the_page_does_not_say() {
        let page = written(TABLE, &both()).unwrap();
        assert!(unnamed(&page, &both()).is_empty());
        let newer = BTreeSet::from([record("Vite", "Vite", "8.30.1", true)]);
        assert_eq!(unnamed(&page, &newer), ["Vite 8.30 in row \"Vite\""]);
        assert_eq!(unnamed(TABLE, &both()).len(), both().len());
    }
}
