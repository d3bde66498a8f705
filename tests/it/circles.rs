//! Files that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

/// Whether `above` is the file of a module that holds the module of `file`.
fn is_above(above: &str, file: &str) -> bool {
    matches!(above, "lib.rs" | "main.rs")
        || above
            .strip_suffix("mod.rs")
            .is_some_and(|folder| file.starts_with(folder))
}

/// The groups of files that reach each other, imports of the modules above left out.
pub(crate) fn circles(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<&str>> {
    fn next<'a>(uses: &'a BTreeMap<String, BTreeSet<String>>, file: &'a str) -> impl Iterator<Item = &'a str> {
        let used = uses.get(file).into_iter().flatten().map(String::as_str);
        used.filter(move |used| !is_above(used, file))
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses
        .keys()
        .map(|start| {
            let mut reached = BTreeSet::new();
            let mut open: Vec<&str> = next(uses, start).collect();
            while let Some(file) = open.pop() {
                if reached.insert(file) {
                    open.extend(next(uses, file));
                }
            }
            (&start[..], reached)
        })
        .collect();
    let mut circles = BTreeSet::new();
    for (file, ahead) in &reached {
        if ahead.contains(file) {
            let circle = ahead.iter().filter(|other| reached[**other].contains(file));
            circles.insert(circle.copied().collect::<Vec<_>>());
        }
    }
    circles.into_iter().collect()
}
