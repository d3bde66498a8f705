//! `cargo xtask parity`: what the official packages have that this one lacks, and the other way round.
//!
//! The comparison itself is JavaScript, in `tests/js/parity`: it reads the declarations of the official packages and runs
//! their functions against a stub. This file brings the packages, and hands over the operations table.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use wix_media::operations::enums::ENUMS;
use wix_media::operations::{Argument, Field, Kind, OPERATIONS, Operation};

use crate::project::Project;
use crate::{declarations, machine, process};

/// The official packages, below the scope `@wix`.
const PACKAGES: [&str; 2] = ["auto_sdk_media_files", "auto_sdk_media_folders"];

/// The dist-tag of the newest release.
const NEWEST: &str = "latest";

/// The official packages to compare with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From the npm registry, in these versions or dist-tags.
    Registry { files: String, folders: String },
    /// Those that the tests use.
    Installed,
    /// A folder that holds `node_modules`.
    Directory(PathBuf),
}

impl Source {
    /// Parses `[--files V] [--folders V]`, `[--installed]` or `[--directory DIR]`.
    pub(crate) fn parse(mut arguments: &[String]) -> Result<Self> {
        const USAGE: &str = "expected [--files VERSION] [--folders VERSION], --installed or --directory DIR";
        match arguments {
            [option] if option == "--installed" => return Ok(Self::Installed),
            [option, directory] if option == "--directory" => return Ok(Self::Directory(directory.into())),
            _ => {}
        }
        let [mut files, mut folders] = [NEWEST.to_owned(), NEWEST.to_owned()];
        while let [option, version, rest @ ..] = arguments {
            match option.as_str() {
                "--files" => files.clone_from(version),
                "--folders" => folders.clone_from(version),
                _ => break,
            }
            arguments = rest;
        }
        match arguments {
            [] => Ok(Self::Registry { files, folders }),
            [extra, ..] => bail!("unexpected argument {extra:?} of parity: {USAGE}"),
        }
    }
}

/// Compares, prints the report and writes `docs/parity.md`, unless other packages than the newest or the installed ones
/// are asked for. Returns whether there is no difference.
pub(crate) fn parity(project: &Project, source: &Source) -> Result<bool> {
    let page = project.root.join("docs/parity.md");
    let is_current = match source {
        Source::Registry { files, folders } => [files, folders].iter().all(|version| *version == NEWEST),
        Source::Installed => true,
        Source::Directory(_) => false,
    };
    let mode = if is_current { "--write" } else { "--leave" };
    compare(project, source, &[mode, &page.to_string_lossy()])
}

/// Compares with the installed packages, and checks that `docs/parity.md` is up to date.
pub(crate) fn check(project: &Project) -> Result<()> {
    let page = project.root.join("docs/parity.md");
    if !compare(project, &Source::Installed, &["--check", &page.to_string_lossy()])? {
        bail!("the official packages differ, or docs/parity.md is stale: run  cargo xtask parity --installed");
    }
    Ok(())
}

fn compare(project: &Project, source: &Source, arguments: &[&str]) -> Result<bool> {
    machine::npm_packages(project)?;
    let folder = project.target.join("parity");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let packages = match source {
        Source::Installed => project.javascript(),
        Source::Directory(directory) => directory.clone(),
        Source::Registry { files, folders } => install(&folder, files, folders)?,
    };
    let table = folder.join("table.json");
    write(&table, &serde_json::to_string_pretty(&operations())?)?;
    let types = folder.join("index.d.ts");
    write(&types, &declarations::join(&project.root.join("pkg-template/types"))?)?;
    let status = Command::new("node")
        .arg(project.javascript().join("parity/parity.mjs"))
        .arg(packages.join("node_modules/@wix"))
        .arg(&table)
        .arg(&types)
        .args(arguments)
        .current_dir(project.javascript())
        .status()
        .context("cannot run node")?;
    match status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => bail!("the comparison failed"),
    }
}

/// Installs the packages in these versions. Their scripts do not run.
fn install(folder: &Path, files: &str, folders: &str) -> Result<PathBuf> {
    let target = folder.join("official");
    fs::create_dir_all(&target).with_context(|| format!("cannot create {}", target.display()))?;
    write(&target.join("package.json"), "{ \"private\": true }\n")?;
    let wanted = PACKAGES
        .iter()
        .zip([files, folders])
        .map(|(name, version)| format!("@wix/{name}@{version}"));
    process::run(
        Command::new("npm")
            .args([
                "install",
                "--no-save",
                "--no-package-lock",
                "--ignore-scripts",
                "--loglevel=error",
            ])
            .args(wanted)
            .current_dir(&target),
    )
    .context("cannot install the official packages: without a network, use --installed or --directory DIR")?;
    Ok(target)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// The operations table and the enums, as `tests/js/parity/types.d.ts` declares them.
fn operations() -> Value {
    let enums: Vec<_> = ENUMS
        .iter()
        .map(|choice| {
            let groups: Vec<_> = choice.groups.iter().map(|group| group.name()).collect();
            json!({ "name": choice.name, "values": choice.values, "groups": groups })
        })
        .collect();
    let operations: Vec<_> = OPERATIONS.iter().map(|row| operation(row)).collect();
    json!({ "operations": operations, "enums": enums })
}

fn operation(row: &Operation) -> Value {
    let mut fields = Vec::new();
    let mut arguments = Vec::new();
    for argument in row.arguments {
        match argument {
            Argument::Value { name, field: value } => {
                fields.push(field(value));
                arguments.push(json!({ "name": name, "optional": !value.required }));
            }
            Argument::Options(options) => {
                fields.extend(options.iter().map(field));
                arguments.push(json!({ "name": "options", "optional": true }));
            }
        }
    }
    json!({
        "group": row.group.name(),
        "name": row.name,
        "verb": row.verb.name(),
        "path": row.path,
        "arguments": arguments,
        "fields": fields,
        "codes": row.errors,
    })
}

fn field(field: &Field) -> Value {
    json!({ "name": field.name, "required": field.required, "kind": kind(&field.kind) })
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text { min, max } => json!({ "kind": "text", "min": min, "max": max }),
        Kind::Flag => json!({ "kind": "flag" }),
        Kind::Integer { min, max } => json!({ "kind": "integer", "min": min, "max": max }),
        Kind::Decimal => json!({ "kind": "decimal" }),
        Kind::OneOf(choice) => json!({ "kind": "oneOf", "of": choice.name }),
        Kind::Texts { min, max, length } => json!({ "kind": "texts", "min": min, "max": max, "length": length }),
        Kind::SomeOf { choice, max } => json!({ "kind": "someOf", "of": choice.name, "max": max }),
        Kind::Map => json!({ "kind": "map" }),
        Kind::Object(fields) => json!({ "kind": "object", "fields": list(fields) }),
        Kind::Objects { fields, min, max } => {
            json!({ "kind": "objects", "fields": list(fields), "min": min, "max": max })
        }
        Kind::Query(queryable) => {
            json!({ "kind": "query", "query": { "filters": queryable.filters, "sorts": queryable.sorts } })
        }
    }
}

fn list(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(field).collect()
}

#[cfg(test)]
mod tests {
    use wix_media::operations::find;

    use super::*;

    fn parse(line: &str) -> Result<Source> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Source::parse(&words)
    }

    fn registry(files: &str, folders: &str) -> Source {
        Source::Registry {
            files: files.to_owned(),
            folders: folders.to_owned(),
        }
    }

    #[test]
    fn parse_takes_the_newest_versions_by_default() {
        assert_eq!(parse("").unwrap(), registry("latest", "latest"));
        assert_eq!(parse("--files 1.0.9").unwrap(), registry("1.0.9", "latest"));
        assert_eq!(
            parse("--folders 1.0.2 --files 1.0.9").unwrap(),
            registry("1.0.9", "1.0.2")
        );
        assert_eq!(parse("--installed").unwrap(), Source::Installed);
        assert_eq!(parse("--directory /d").unwrap(), Source::Directory("/d".into()));
    }

    #[test]
    fn parse_refuses_other_arguments() {
        for line in ["--files", "newest", "--installed --files 1.0.9", "--directory"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn operation_lists_arguments_and_fields() {
        let row = operation(find("files", "bulkDeleteFiles").unwrap());
        assert_eq!(
            row["arguments"],
            json!([{ "name": "fileIds", "optional": false }, { "name": "options", "optional": true }])
        );
        assert_eq!(
            row["fields"][0],
            json!({ "name": "fileIds", "required": true, "kind": { "kind": "texts", "min": 0, "max": 1000, "length": 1000 } })
        );
        assert_eq!(row["fields"][1]["kind"], json!({ "kind": "flag" }));
    }
}
