//! The directions of imports between the folders and files of `src` (`docs/design.md#directions`).
//!
//! Ground floor first: `wire`, `model`, `operations`; then `client`, `resumable`, `images`, `catalog` and `blobs`, which
//! ignore each other; then `manager`, and the faces to JavaScript and to Rust (`sdk`). No files import each other in a circle, except a parent
//! and the modules below it.

use crate::circles::circles;
use crate::imports::Crate;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Each folder of `src` with the folders that it may import. `js` and `lib.rs` may import everything.
const FOLDERS: [(&str, &[&str]); 10] = [
    ("wire", &[]),
    ("model", &["wire"]),
    ("operations", &["model"]),
    ("client", &["model", "operations", "wire"]),
    ("resumable", &[]),
    ("sdk", &["client", "model", "operations", "wire"]),
    ("images", &[]),
    ("blobs", &[]),
    ("catalog", &["model", "wire"]),
    (
        "manager",
        &["blobs", "catalog", "images", "model", "operations", "wire"],
    ),
];

/// Parts of `manager` that import only each other.
const LEAVES: [&str; 10] = [
    "clock", "dates", "http", "ids", "inspect", "json", "pattern", "token", "view", "zip",
];

/// Subjects of `manager`, which never import each other.
const SUBJECTS: [&str; 5] = ["backup", "downloads", "imports", "listing", "uploads"];

/// Subjects that the other subjects may import.
const SHARED_SUBJECTS: [&str; 2] = ["events", "items"];

/// Parts of `manager` that nothing below them imports. The empty name is `manager/mod.rs`.
const ROOF: [&str; 5] = ["", "admin", "dispatch", "intake", "jobs"];

/// Rules that some folder breaks for now. An entry that is no longer needed fails the test: remove it.
const EXCEPTIONS: &[(Rule, &str)] = &[];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// A folder imports only what stands below it.
    Folders,
    /// No two files import each other, directly or through others.
    Circle,
    /// Leaves of the manager import only leaves, and `auth` only leaves and `tx`.
    Leaves,
    /// Subjects of the manager ignore each other.
    Subjects,
    /// Nothing in the manager imports its roof.
    Roof,
}

/// A broken rule, the folder in which it is broken, and where.
type Fault = (Rule, String, String);

/// The folder of a file, empty for `lib.rs`.
fn folder(file: &str) -> &str {
    file.split_once('/').map_or("", |(folder, _)| folder)
}

/// The part of the manager that a file belongs to: a folder or a file in it, empty for `mod.rs`.
fn part(file: &str) -> Option<&str> {
    let below = file.strip_prefix("manager/")?;
    let part = below.split('/').next()?.trim_end_matches(".rs");
    Some(if part == "mod" { "" } else { part })
}

fn may_import(from: &str, to: &str) -> bool {
    let allowed = FOLDERS.iter().find(|(name, _)| *name == folder(from));
    allowed.is_none_or(|(name, allowed)| folder(to) == *name || allowed.contains(&folder(to)))
}

fn rule_in_manager(from: &str, to: &str) -> Option<Rule> {
    let (from, to) = (part(from)?, part(to)?);
    if from == to {
        return None;
    }
    let is_low = LEAVES.contains(&from) || from == "auth";
    if is_low && !LEAVES.contains(&to) && (from, to) != ("auth", "tx") {
        return Some(Rule::Leaves);
    }
    if ROOF.contains(&to) && !ROOF.contains(&from) {
        return Some(Rule::Roof);
    }
    let subject = |part| SUBJECTS.contains(&part) || SHARED_SUBJECTS.contains(&part);
    (subject(from) && SUBJECTS.contains(&to)).then_some(Rule::Subjects)
}

/// Every fault in a crate whose files use each other like this.
fn faults(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (from, used) in uses {
        for to in used {
            let place = || (folder(from).to_owned(), format!("{from} imports {to}"));
            if !may_import(from, to) {
                let (folder, place) = place();
                faults.push((Rule::Folders, folder, place));
            }
            if let Some(rule) = rule_in_manager(from, to) {
                let (folder, place) = place();
                faults.push((rule, folder, place));
            }
        }
    }
    for circle in circles(uses) {
        let folders: BTreeSet<&str> = circle.iter().map(|file| folder(file)).collect();
        let folder = folders.into_iter().collect::<Vec<_>>().join(" and ");
        faults.push((Rule::Circle, folder, format!("{} import each other", circle.join(", "))));
    }
    faults
}

#[test]
fn imports_keep_their_directions() {
    let read = Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let uses = read.uses();
    assert!(
        uses.len() > 50 && uses["client/request.rs"].contains("wire/uri.rs"),
        "{uses:?}"
    );

    let known: BTreeSet<&str> = uses.keys().map(|file| folder(file)).collect();
    for name in known.iter().filter(|name| !matches!(**name, "" | "js")) {
        assert!(
            FOLDERS.iter().any(|(folder, _)| folder == name),
            "no directions for src/{name}"
        );
    }

    let faults = faults(&uses);
    let is_known = |(rule, folder, _): &Fault| EXCEPTIONS.contains(&(*rule, folder));
    let new: Vec<_> = faults.iter().filter(|fault| !is_known(fault)).collect();
    assert!(
        new.is_empty(),
        "imports against the directions of docs/design.md#directions:\n{new:#?}"
    );
    for (rule, folder) in EXCEPTIONS {
        assert!(
            faults.iter().any(|fault| (fault.0, &fault.1[..]) == (*rule, folder)),
            "src/{folder} no longer breaks the rule {rule:?}: remove the exception"
        );
    }
}

#[test]
fn every_rule_finds_what_breaks_it() {
    let broken = |imports: &[(&str, &str)]| {
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in imports {
            uses.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            uses.entry((*to).to_owned()).or_default();
        }
        faults(&uses).into_iter().map(|(rule, ..)| rule).collect::<Vec<_>>()
    };
    for (imports, rules) in [
        (&[("model/area.rs", "operations/mod.rs")][..], &[Rule::Folders][..]),
        (&[("client/retry.rs", "resumable/mod.rs")], &[Rule::Folders]),
        (&[("client/retry.rs", "operations/mod.rs")], &[]),
        (&[("js/client.rs", "client/retry.rs")], &[]),
        (
            &[("client/a.rs", "client/b.rs"), ("client/b.rs", "client/a.rs")],
            &[Rule::Circle],
        ),
        (
            &[("images/mod.rs", "images/url.rs"), ("images/url.rs", "images/mod.rs")],
            &[],
        ),
        (
            &[
                ("images/mod.rs", "images/url.rs"),
                ("images/url.rs", "images/kind.rs"),
                ("images/kind.rs", "images/url.rs"),
            ],
            &[Rule::Circle],
        ),
        (&[("manager/http/range.rs", "manager/tx.rs")], &[Rule::Leaves]),
        (&[("manager/view/file.rs", "manager/inspect/mod.rs")], &[]),
        (&[("manager/auth/jwt.rs", "manager/http/error.rs")], &[]),
        (&[("manager/auth/oauth.rs", "manager/tx.rs")], &[]),
        (&[("manager/auth/oauth.rs", "manager/uploads/mod.rs")], &[Rule::Leaves]),
        (&[("manager/intake.rs", "manager/dispatch.rs")], &[]),
        (
            &[("manager/uploads/tus.rs", "manager/listing/list.rs")],
            &[Rule::Subjects],
        ),
        (
            &[("manager/items/files.rs", "manager/uploads/mod.rs")],
            &[Rule::Subjects],
        ),
        (&[("manager/uploads/tus.rs", "manager/events/mod.rs")], &[]),
        (&[("manager/uploads/tus.rs", "manager/dispatch.rs")], &[Rule::Roof]),
        (&[("manager/uploads/tus.rs", "manager/mod.rs")], &[Rule::Roof]),
        (&[("manager/mod.rs", "manager/dispatch.rs")], &[]),
    ] {
        assert_eq!(broken(imports), rules, "{imports:?}");
    }
}
