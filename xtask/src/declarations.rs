//! The declarations of the package: the parts in `pkg-template/types`, joined into one `index.d.ts`.
//!
//! `types/index.d.ts` names the parts in their order. Each part is a module with imports of its own, so that editors and
//! the type checker can read it; in the joined file everything is in one scope, and the imports go.
//!
//! The namespaces `files` and `folders` also export every type that belongs to them, as the official modules do. Those
//! lists are generated: a part in `types/files` belongs to `files`, one in `types/folders` to `folders`, one in
//! `types/shared` to both, and an enum to the groups that the operations table gives it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wix_media::operations::Group;
use wix_media::operations::enums::ENUMS;

/// The line of a part at which the exports of its namespace are put.
const MARKER: &str = "  // The build exports the types of this folder and of `shared` here.\n";

/// One part: its name below `types`, such as `files/query`, and its text without imports.
struct Part {
    name: String,
    text: String,
}

/// Joins the parts in `folder`.
pub(crate) fn join(folder: &Path) -> Result<String> {
    let index = read(&folder.join("index.d.ts"))?;
    let (introduction, _) = index
        .split_once("*/\n")
        .context("types/index.d.ts does not begin with a comment")?;
    let mut parts = Vec::new();
    for name in names_of_parts(&index) {
        let text = without_imports(&read(&folder.join(format!("{name}.d.ts")))?)?;
        parts.push(Part { name, text });
    }
    let mut joined = format!("{introduction}*/\n");
    for part in &parts {
        joined.push('\n');
        match group_of(&part.name) {
            Some(group) => joined.push_str(&part.text.replace(MARKER, &exports(group, &parts))),
            None => joined.push_str(&part.text),
        }
    }
    if joined.contains(MARKER) {
        bail!("only parts in types/files and types/folders can hold the exports of a namespace");
    }
    Ok(joined)
}

fn read(file: &PathBuf) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The parts that the index names, in its order.
fn names_of_parts(index: &str) -> Vec<String> {
    index
        .lines()
        .filter(|line| line.starts_with("export "))
        .filter_map(|line| line.split_once(" from './")?.1.strip_suffix(".js';"))
        .map(str::to_owned)
        .collect()
}

/// A part without the imports at its top.
fn without_imports(part: &str) -> Result<String> {
    let mut rest = part;
    while rest.starts_with("import ") {
        rest = rest.split_once(";\n").context("an import does not end")?.1;
    }
    Ok(rest.trim_start().to_owned())
}

/// The group of a part that belongs to one.
fn group_of(name: &str) -> Option<Group> {
    match name.split_once('/')?.0 {
        "files" => Some(Group::Files),
        "folders" => Some(Group::Folders),
        _ => None,
    }
}

/// The statement that exports every enum and type of a group from its namespace.
fn exports(group: Group, parts: &[Part]) -> String {
    let enums = ENUMS.iter().filter(|api_enum| api_enum.groups.contains(&group));
    let mut types = BTreeSet::new();
    let mut values = BTreeSet::new();
    for api_enum in enums {
        values.insert(api_enum.name.to_owned());
        types.insert(format!("{}WithLiterals", api_enum.name));
    }
    for part in parts {
        if group_of(&part.name) == Some(group) || part.name.starts_with("shared/") {
            types.extend(types_in(&part.text).map(str::to_owned));
        }
    }
    let mut text = String::from("  export {\n");
    for name in values {
        text.push_str(&format!("    {name},\n"));
    }
    for name in types {
        text.push_str(&format!("    type {name},\n"));
    }
    text.push_str("  };\n");
    text
}

/// The names of the interfaces and types that a part declares.
fn types_in(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let declared = line
            .strip_prefix("export interface ")
            .or_else(|| line.strip_prefix("export type "))?;
        declared.split([' ', '<']).next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_removed() {
        let part = "import type { A } from './a.js';\nimport type {\n  B,\n} from '../b.js';\n\n// C\nexport type C = A | B;\n";
        assert_eq!(without_imports(part).unwrap(), "// C\nexport type C = A | B;\n");
        assert!(without_imports("import type { A } from './a.js'").is_err());
    }

    #[test]
    fn parts_keep_the_order_of_the_index() {
        let index =
            "/** */\nexport * from './z.js';\nexport * from './files/a.js';\nexport { default } from './b.js';\n";
        assert_eq!(names_of_parts(index), ["z", "files/a", "b"]);
    }

    #[test]
    fn namespace_exports_its_own_and_shared_types() {
        let part = |name: &str, text: &str| Part {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let parts = [
            part("shared/paging", "export interface Page<Item> {\n}\n"),
            part("files/query", "export type FileQuery = object;\n"),
            part("folders/query", "export type FolderQuery = object;\n"),
            part("calls", "export interface CallOptions {\n}\n"),
        ];
        let text = exports(Group::Folders, &parts);
        for line in [
            "    SortOrder,\n",
            "    type SortOrderWithLiterals,\n",
            "    type FolderQuery,\n",
            "    type Page,\n",
        ] {
            assert!(text.contains(line), "{line} is missing from {text}");
        }
        for name in ["MediaType", "FileQuery", "CallOptions"] {
            assert!(!text.contains(name), "{name} is in {text}");
        }
    }
}
