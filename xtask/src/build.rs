//! `cargo xtask build`: the npm package, in `dist/`.
//!
//! [`wasm`] builds the WebAssembly modules. The crate's tables become JavaScript modules, esbuild joins each entry and what
//! it imports into one file, and the declarations of `pkg-template/types` become one `index.d.ts`. Assembling is skipped
//! when nothing that it reads has changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::fresh::{Step, files};
use crate::process::run;
use crate::project::Project;
use crate::wasm::{self, Built};
use crate::{declarations, machine, operations, tus};

/// A change of this file makes the package stale.
const RECIPE: &str = include_str!("build.rs");

/// Node shows the line from which an uncaught error came; a whole bundle on one line would bury the message.
const NODE_LINES: &str = "--line-limit=120";

/// One file of the package: the entry in `pkg-template`, the name in `dist`, and how it is bundled. Those that are loaded
/// with their first use are files of their own, and import nothing of the others.
const BUNDLES: &[(&str, &str, &[&str])] = &[
    (
        "entries/node.js",
        "node.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "entries/node.js",
        "node.cjs",
        &[
            "--platform=node",
            "--format=cjs",
            NODE_LINES,
            "--define:import.meta.url=importMetaUrl",
            "--banner:js=const importMetaUrl=require('node:url').pathToFileURL(__filename).href;",
        ],
    ),
    (
        "entries/browser.js",
        "browser.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "entries/workerd.js",
        "workerd.js",
        &["--platform=neutral", "--format=esm"],
    ),
    (
        "manager/index.js",
        "manager.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "manager/worker/index.js",
        "manager-worker.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "manager/worker/node.js",
        "manager-thread.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "manager/worker/threads.js",
        "threads.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "manager/storage/directories.js",
        "directory.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "manager/network.js",
        "network.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "cli/main.js",
        "command.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "library/index.js",
        "transfers.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "library/disk.js",
        "disk.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
];

/// How sources import files of the built package, which their bundle finds beside itself. A relative path in the sources
/// could be taken for one of their own files.
const BESIDE: &str = "#package/";

/// Builds what is not up to date.
pub(crate) fn build(project: &Project) -> Result<()> {
    machine::npm_packages(project)?;
    let modules = wasm::modules(project)?;

    let folder = project.intermediate();
    let tables = [
        ("operations", operations::module()),
        ("tus", tus::module()),
        ("version", format!("export const VERSION = '{}';\n", project.version)),
    ];
    let mut generated = Vec::new();
    for (name, text) in tables {
        let file = folder.join(format!("{name}.js"));
        fs::write(&file, text)?;
        generated.push((name, file));
    }

    let mut inputs = vec![
        project.root.join("pkg-template"),
        project.root.join("www"),
        project.npm_lock(),
    ];
    inputs.extend(
        modules
            .iter()
            .flat_map(|module| [module.glue.clone(), module.wasm.clone()]),
    );
    inputs.extend(generated.iter().map(|(_, file)| file.clone()));
    inputs.extend(licences(project)?);
    Step {
        stamp: folder.join("stamps").join("assemble"),
        recipe: &format!("{}\n{RECIPE}", project.version),
        inputs,
        outputs: vec![project.dist()],
    }
    .unless_fresh(|| assemble(project, &modules, &generated))
}

/// Puts the package together.
fn assemble(project: &Project, modules: &[Built], generated: &[(&str, PathBuf)]) -> Result<()> {
    let template = project.root.join("pkg-template");
    let dist = project.dist();
    println!("Assembling {}", dist.display());
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    fs::create_dir_all(&dist)?;

    for (entry, bundle, options) in BUNDLES {
        let mut command = project.npm_tool("esbuild/bin/esbuild");
        command
            .arg(template.join(entry))
            .arg(format!("--outfile={}", dist.join(bundle).display()));
        for (name, file) in generated {
            command.arg(format!("--alias:#{name}={}", file.display()));
        }
        for Built { name, glue, .. } in modules {
            command.arg(format!("--alias:#{name}-glue={}", glue.display()));
        }
        command.arg(format!("--external:{BESIDE}*"));
        run(command
            .args(["--bundle", "--minify", "--target=es2022"])
            .args(["--legal-comments=none", "--log-level=warning"])
            .args(*options))?;
        let bundle = dist.join(bundle);
        fs::write(&bundle, fs::read_to_string(&bundle)?.replace(BESIDE, "./"))?;
    }

    for Built { name, wasm, .. } in modules {
        copy(wasm, &dist.join(format!("{name}.wasm")))?;
    }
    let types = declarations::join(&template.join("types"))?;
    fs::write(dist.join("index.d.ts"), &types)?;
    fs::write(dist.join("index.d.cts"), &types)?;
    copy(&template.join("README.md"), &dist.join("README.md"))?;
    // The page that `wix-media serve` shows. Its tsconfig.json is for the type checker.
    let page = project.root.join("www");
    for file in files(&page)?
        .into_iter()
        .filter(|file| !file.ends_with("tsconfig.json"))
    {
        let copied = dist.join("www").join(file.strip_prefix(&page)?);
        fs::create_dir_all(copied.parent().context("a file is in a folder")?)?;
        copy(&file, &copied)?;
    }
    for licence in licences(project)? {
        copy(
            &licence,
            &dist.join(licence.file_name().context("a licence has a name")?),
        )?;
    }
    let manifest = fs::read_to_string(template.join("package.json"))?;
    fs::write(dist.join("package.json"), with_version(&manifest, &project.version)?)?;
    Ok(())
}

/// The licence texts; a package without them must not be made.
fn licences(project: &Project) -> Result<Vec<PathBuf>> {
    let is_licence = |path: &Path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("LICENSE"))
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&project.root)? {
        let path = entry?.path();
        if path.is_file() && is_licence(&path) {
            found.push(path);
        }
    }
    if found.is_empty() {
        bail!("there is no LICENSE file in {}", project.root.display());
    }
    found.sort();
    Ok(found)
}

/// The package's `package.json` with the crate's version.
fn with_version(manifest: &str, version: &str) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(manifest).context("package.json is not JSON")?;
    manifest["version"] = Value::from(version);
    Ok(format!("{manifest:#}\n"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("could not copy {}", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_set_and_the_order_kept() {
        let manifest = r#"{"name": "n", "version": "0.0.0", "exports": {"workerd": "w", "browser": "b", "a": "a"}}"#;
        let text = with_version(manifest, "1.2.3").unwrap();
        assert!(text.contains(r#""version": "1.2.3""#), "{text}");
        let at = |key: &str| text.find(key).unwrap();
        assert!(at("workerd") < at("browser") && at("browser") < at("\"a\""), "{text}");
    }
}
