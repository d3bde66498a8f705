//! Every operation has a documented TypeScript declaration.

use std::fmt::Write as _;

use wix_media::operations::{Argument, Group, OPERATIONS, Operation};

const FILES: &str = include_str!("../../pkg-template/types/files/functions.d.ts");
const FOLDERS: &str = include_str!("../../pkg-template/types/folders/functions.d.ts");

/// Returns the text of a namespace in the declarations.
fn namespace(group: Group) -> &'static str {
    let opening = format!("export declare namespace {} {{\n", group.name());
    let declarations = match group {
        Group::Files => FILES,
        Group::Folders => FOLDERS,
    };
    let (_, rest) = declarations.split_once(&opening).expect("the namespace of the group");
    rest.split_once("\n}\n").expect("its end").0
}

/// Returns the documentation comment and the parameters of each declaration of a function.
fn declarations(group: Group, name: &str) -> Vec<(&'static str, &'static str)> {
    let text = namespace(group);
    text.match_indices(&format!("  export function {name}("))
        .map(|(at, opening)| {
            let parameters = &text[at + opening.len()..];
            let end = parameters.find("):").expect("a result");
            let before = &text[..at];
            let comment = before.rfind("  /**").map_or("", |start| &before[start..]);
            // A comment that ends earlier belongs to another declaration.
            let own = comment
                .strip_suffix("*/\n")
                .filter(|own| !own.contains("*/"))
                .unwrap_or("");
            (own, &parameters[..end])
        })
        .collect()
}

/// Returns the names of a function's parameters, including `options` and the last one.
fn parameters(row: &Operation) -> Vec<&'static str> {
    let arguments = row.arguments.iter().map(|argument| match argument {
        Argument::Value { name, .. } => *name,
        Argument::Options(_) => "options",
    });
    arguments.chain(["call"]).collect()
}

/// Returns the parts that a declaration lacks, one line each.
fn lacks(row: &Operation, comment: &str, list: &str) -> String {
    let mut faults = String::new();
    for name in parameters(row) {
        if !list
            .split([' ', '\n', ','])
            .any(|word| word.trim_end_matches([':', '?']) == name)
        {
            _ = writeln!(faults, "no parameter {name}");
        }
        if !comment.contains(&format!("@param {name} ")) {
            _ = writeln!(faults, "no @param {name}");
        }
    }
    for tag in ["@returns ", "@example\n"] {
        if !comment.contains(tag) {
            _ = writeln!(faults, "no {}", tag.trim());
        }
    }
    for code in row.errors {
        if !comment.contains(&format!("`{code}`")) {
            _ = writeln!(faults, "no @throws of {code}");
        }
    }
    faults
}

#[test]
fn operation_is_declared_and_documented() {
    let mut faults = String::new();
    for row in OPERATIONS {
        let found: Vec<_> = declarations(row.group, row.name)
            .into_iter()
            .map(|(comment, list)| lacks(row, comment, list))
            .collect();
        // One of several declarations of a function is that of the row.
        match found.iter().min_by_key(|lacking| lacking.len()) {
            None => _ = writeln!(faults, "{}.{}: not declared", row.group.name(), row.name),
            Some(lacking) => {
                for line in lacking.lines() {
                    _ = writeln!(faults, "{}.{}: {line}", row.group.name(), row.name);
                }
            }
        }
    }
    assert!(faults.is_empty(), "pkg-template/types:\n{faults}");
}

#[test]
fn declared_function_has_a_row() {
    for group in [Group::Files, Group::Folders] {
        for (at, opening) in namespace(group).match_indices("  export function ") {
            let name = namespace(group)[at + opening.len()..]
                .split('(')
                .next()
                .unwrap_or_default();
            assert!(
                name.starts_with("on") || OPERATIONS.iter().any(|row| row.group == group && row.name == name),
                "{}.{name} has no row",
                group.name()
            );
        }
    }
}

#[test]
fn lacks_names_each_missing_part() {
    let row = OPERATIONS[1];
    let faults = lacks(
        row,
        "@param fileId Id.\n@example\n`RESOURCE_NOT_FOUND`",
        "fileId: string, options?: Options",
    );
    assert_eq!(
        faults,
        "no @param options\nno parameter call\nno @param call\nno @returns\nno @throws of INVALID_ASSET_KEY\n"
    );
    assert!(declarations(Group::Files, "deleteEverything").is_empty());
}
