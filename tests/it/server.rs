//! The directions of imports between the parts of the native server, `server/src` (`docs/design.md#directions`).

use crate::circles::circles;
use crate::imports::Crate;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The parts of `server/src`, ground floor first. A part is a file or a folder. It imports only parts of lower floors.
const FLOORS: [&[&str]; 12] = [
    &[
        "caller",
        "clock",
        "failure",
        "guard",
        "metrics",
        "network",
        "request_id",
        "signer",
        "site_key",
        "socket",
    ],
    &["actor"],
    &["bodies", "settings"],
    &["answer", "storage", "tls"],
    &["maintenance", "page", "pictures", "redirect"],
    &["log"],
    &["app"],
    &["intake", "recorded", "sites"],
    &["probes"],
    &["commands", "imports", "webhooks"],
    &["admin", "background", "service"],
    &["listen"],
];

/// The name of `main.rs`, which imports everything and which nothing imports.
const MAIN: &str = "main";

/// The maximum lines of a file.
const MAX_LINES: usize = 500;

/// The part that a file belongs to.
fn part(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or_default();
    first.trim_end_matches(".rs")
}

fn floor(part: &str) -> Option<usize> {
    FLOORS.iter().position(|parts| parts.contains(&part))
}

/// Every import that does not lead down, every part without a floor, and every circle.
fn faults(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    for (from, used) in uses {
        if part(from) == MAIN {
            continue;
        }
        let Some(own) = floor(part(from)) else {
            faults.push(format!("{from} has no floor"));
            continue;
        };
        for to in used.iter().filter(|to| part(to) != part(from)) {
            if floor(part(to)).is_none_or(|other| other >= own) {
                faults.push(format!("{from} imports {to}"));
            }
        }
    }
    for circle in circles(uses) {
        faults.push(format!("{} import each other", circle.join(", ")));
    }
    faults
}

fn sources() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("server/src")
}

#[test]
fn imports_of_the_server_lead_down() {
    let read = Crate::read(&sources());
    let uses = read.uses();
    assert!(
        uses.len() > 20
            && uses["commands/archive.rs"].contains("intake.rs")
            && uses["app.rs"].contains("pictures/mod.rs"),
        "{uses:?}"
    );
    let faults = faults(&uses);
    assert!(
        faults.is_empty(),
        "imports against the directions of docs/design.md#directions:\n{faults:#?}"
    );
    for part in FLOORS.concat() {
        assert!(uses.keys().any(|file| self::part(file) == part), "no part {part}");
    }
}

#[test]
fn files_of_the_stores_import_each_other_in_no_circle() {
    for name in ["postgres", "s3"] {
        let uses = Crate::read(
            &Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("server")
                .join(name)
                .join("src"),
        )
        .uses();
        assert!(uses.len() > 5 && !uses["lib.rs"].is_empty(), "{uses:?}");
        let found = circles(&uses);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn files_of_the_server_are_short() {
    let mut open = vec![sources()];
    let mut count = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let lines = std::fs::read_to_string(&path).expect("UTF-8").lines().count();
            assert!(lines <= MAX_LINES, "{} has {lines} lines: split it", path.display());
            count += 1;
        }
    }
    assert!(count > 20, "{count} files");
}

#[test]
fn floors_find_what_breaks_them() {
    let broken = |imports: &[(&str, &str)]| {
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in imports {
            uses.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            uses.entry((*to).to_owned()).or_default();
        }
        faults(&uses)
    };
    let none: &[&str] = &[];
    for (imports, expected) in [
        (&[("service.rs", "app.rs")][..], none),
        (&[("main.rs", "listen/mod.rs")], none),
        (
            &[("guard/page.rs", "guard/mod.rs"), ("guard/mod.rs", "guard/page.rs")],
            none,
        ),
        (&[("app.rs", "service.rs")], &["app.rs imports service.rs"]),
        (&[("page.rs", "pictures.rs")], &["page.rs imports pictures.rs"]),
        (&[("listen/mod.rs", "main.rs")], &["listen/mod.rs imports main.rs"]),
        (&[("stray.rs", "app.rs")], &["stray.rs has no floor"]),
        (
            &[("guard/a.rs", "guard/b.rs"), ("guard/b.rs", "guard/a.rs")],
            &["guard/a.rs, guard/b.rs import each other"],
        ),
    ] {
        assert_eq!(broken(imports), expected, "{imports:?}");
    }
}
