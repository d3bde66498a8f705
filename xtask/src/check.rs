//! `cargo xtask check`: checks the sources without running them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::machine::{self, WASM};
use crate::process::{cargo, output, run};
use crate::project::{NATIVE, Project};
use crate::{licences, parity, server, tidy};

/// Crates that a WebAssembly module must not depend on, by feature, because every visitor would download them.
const DENIED: [(&str, &[&str]); 7] = [
    ("client", &["anyhow", "regex", "reqwest", "serde_json", "tokio", "url"]),
    (
        "manager",
        &["anyhow", "gloo-net", "regex", "reqwest", "tokio", "web-sys"],
    ),
    (
        "transfers",
        &["anyhow", "regex", "reqwest", "serde_json", "tokio", "url"],
    ),
    ("images", &["anyhow", "image", "rayon", "serde_json", "web-sys"]),
    (
        "jxl",
        &[
            "anyhow",
            "brotli-decompressor",
            "image",
            "rayon",
            "serde_json",
            "web-sys",
        ],
    ),
    ("tiff", &["anyhow", "image", "rayon", "serde_json", "web-sys"]),
    ("svg", &["anyhow", "fontdb", "image", "rayon", "serde_json", "web-sys"]),
];

/// Folders of JavaScript that is linted, by the rules of `biome.json`.
const JAVASCRIPT: [&str; 5] = ["examples", "pkg-template", "site", "tests/js", "www"];

/// Folders of JavaScript whose types are checked, each with a `tsconfig.json`, beside every folder of `tests/js`.
const TYPED: [&str; 4] = ["pkg-template", "site", "site/browser", "www"];

/// A check. Its error adds to what the program that it ran has printed.
type Check = fn(&Project) -> Result<()>;

/// Runs every check, also after a failure, and prints the result. Returns whether all passed.
pub(crate) fn check(project: &Project) -> Result<bool> {
    machine::wasm_target()?;
    machine::rust_linters()?;
    machine::c_compiler()?;
    machine::npm_packages(project)?;
    machine::site_packages(project)?;
    let checks: [(&str, Check); 12] = [
        ("formatting", formatting),
        ("tidiness", tidy::tidy),
        ("JavaScript", javascript),
        ("types", types),
        ("parity", parity::check),
        ("limits", limits),
        ("file types", file_types),
        ("crates", crates),
        ("licences", licences::check),
        ("Rust package", rust_package),
        ("lints", lints),
        ("documentation", documentation),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        println!("— {name} —");
        if let Err(error) = check(project) {
            println!("{error:#}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        println!("\nAll checks passed");
    } else {
        println!("\nFailed: {}", failed.join(", "));
    }
    Ok(failed.is_empty())
}

fn formatting(project: &Project) -> Result<()> {
    run(cargo(&["fmt", "--all", "--", "--check"]).current_dir(&project.root))?;
    run(&mut server::cargo(project, &["fmt", "--all", "--", "--check"]))?;
    for folder in ["examples/rust", "examples/leptos", "fuzz"] {
        run(cargo(&["fmt", "--", "--check"]).current_dir(project.root.join(folder)))?;
    }
    Ok(())
}

fn javascript(project: &Project) -> Result<()> {
    run(project
        .npm_tool("@biomejs/biome/bin/biome")
        .args(["lint", "--error-on-warnings"])
        .args(JAVASCRIPT))
}

/// The TypeScript compiler over JavaScript, strictly. A new folder of tests takes part at once.
fn types(project: &Project) -> Result<()> {
    run(Command::new("node")
        .arg(project.javascript().join("check-types.js"))
        .args(TYPED)
        .args(folders_of(&project.javascript())?)
        .current_dir(&project.root))
}

/// The table of limits must be that of the sources. Its test needs no package, so it can run here, before one is built.
fn limits(project: &Project) -> Result<()> {
    run(Command::new("node")
        .args(["--test", "--test-reporter=dot"])
        .arg(project.javascript().join("command/limits.test.js"))
        .current_dir(&project.root))
}

/// The committed table of file types must be that of its sources.
fn file_types(project: &Project) -> Result<()> {
    if !crate::file_types::is_current(project)? {
        bail!("the table of file types is stale: run cargo xtask file-types");
    }
    Ok(())
}

/// Returns the folders in a folder, sorted, without `node_modules`.
fn folders_of(parent: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(parent).with_context(|| format!("cannot read {}", parent.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("node_modules") {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// Runs Clippy natively, for WebAssembly with each feature alone, and over the native server.
fn lints(project: &Project) -> Result<()> {
    const STRICT: [&str; 3] = ["--", "-D", "warnings"];
    run(cargo(&["clippy", "--workspace", "--all-targets"])
        .args(STRICT)
        .current_dir(&project.root))?;
    run(cargo(&[
        "clippy",
        "--package",
        "wix-media",
        "--all-targets",
        "--features",
        NATIVE,
    ])
    .args(STRICT)
    .current_dir(&project.root))?;
    for feature in &project.features {
        let mut command = cargo(&["clippy", "--package", "wix-media", "--lib", "--target", WASM]);
        command.args(["--no-default-features", "--features", feature]);
        if feature == "client" {
            for test in project.targets_of("test").filter(|name| name.starts_with("wasm_")) {
                command.args(["--test", test]);
            }
        }
        run(command.args(STRICT).current_dir(&project.root))?;
    }
    run(server::cargo(project, &["clippy", "--workspace", "--locked", "--all-targets"]).args(STRICT))
}

/// Makes the documentation of all features, and of those that Rust programs choose alone: a link must not need another feature.
fn documentation(project: &Project) -> Result<()> {
    let features = NATIVE.split(',').map(|feature| format!("wix-media/{feature}"));
    let features = features.collect::<Vec<_>>().join(",");
    let doc = |arguments: &[&str]| {
        let mut command = cargo(&["doc", "--no-deps"]);
        command.args(arguments).current_dir(&project.root);
        run(command.env("RUSTDOCFLAGS", "-D warnings"))
    };
    for feature in ["sdk", "manager"] {
        doc(&["--package", "wix-media", "--no-default-features", "--features", feature])?;
    }
    doc(&["--workspace", "--features", &features])
}

/// Checks that no WebAssembly module depends on a denied crate.
fn crates(project: &Project) -> Result<()> {
    for feature in &project.features {
        let Some((_, denied)) = DENIED.iter().find(|(name, _)| name == feature) else {
            bail!("no deny list for the feature {feature}: add it to DENIED");
        };
        let mut command = cargo(&["tree", "--package", "wix-media", "--target", WASM, "--edges", "normal"]);
        command.args([
            "--no-default-features",
            "--features",
            feature,
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        let found = denied_in(&output(command.current_dir(&project.root))?, denied);
        if !found.is_empty() {
            bail!(
                "the WebAssembly module of the feature {feature} depends on denied crates: {}",
                found.join(", ")
            );
        }
    }
    Ok(())
}

/// Checks what a registry would be given: sources without tests, and dependencies that other versions can replace.
fn rust_package(project: &Project) -> Result<()> {
    let mut command = cargo(&[
        "package",
        "--package",
        "wix-media",
        "--list",
        "--allow-dirty",
        "--offline",
    ]);
    let list = output(command.current_dir(&project.root))?;
    let extra = extra_in(&list);
    if !extra.is_empty() {
        bail!("the Rust package contains more than sources: {}", extra.join(", "));
    }
    let mut command = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata = output(command.current_dir(&project.root))?;
    let pins = pins_in(&serde_json::from_str(&metadata)?);
    if !pins.is_empty() {
        bail!(
            "the library wants exact versions, which no program could combine with others: {}",
            pins.join(", ")
        );
    }
    Ok(())
}

/// Returns the files of a package, one a line, that are neither sources nor documents nor made by cargo.
fn extra_in(list: &str) -> Vec<&str> {
    const TOP: [&str; 8] = [
        ".cargo_vcs_info.json",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
    ];
    list.lines()
        .filter(|name| !name.starts_with("src/") && !TOP.contains(name))
        .collect()
}

/// Returns the dependencies of the library whose requirement is one exact version.
fn pins_in(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter(|package| package["name"] == "wix-media")
        .flat_map(|package| package["dependencies"].as_array().into_iter().flatten())
        .filter(|dependency| {
            dependency["req"]
                .as_str()
                .is_some_and(|version| version.starts_with('='))
        })
        .map(|dependency| format!("{} {}", dependency["name"], dependency["req"]))
        .collect()
}

/// Returns the denied crates among lines such as `serde v1.0.0`.
fn denied_in<'a>(tree: &str, denied: &[&'a str]) -> Vec<&'a str> {
    let present: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    denied.iter().copied().filter(|name| present.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_in_names_the_denied_crates() {
        let tree = "wix-media v0.1.0 (/p)\njs-sys v0.3.1\nserde v1.0.0\nserde_json v1.0.0\nurl v2.0.0 (*)\n";
        assert_eq!(denied_in(tree, &["anyhow", "serde_json", "url"]), ["serde_json", "url"]);
        assert_eq!(denied_in(tree, &["anyhow", "js"]), [""; 0]);
    }

    #[test]
    fn extra_in_names_what_is_not_a_source() {
        let list = "Cargo.toml\nREADME.md\nsrc/lib.rs\nsrc/wire/json.rs\ntests/data/a.jpg\nwww/main.js\n";
        assert_eq!(extra_in(list), ["tests/data/a.jpg", "www/main.js"]);
    }

    #[test]
    fn pins_in_names_exact_requirements_of_the_library() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "xtask", "dependencies": [{ "name": "a", "req": "=1.0.0" }] },
            { "name": "wix-media", "dependencies": [{ "name": "b", "req": "^1.0" }, { "name": "c", "req": "=2.0.0" }] },
        ] });
        assert_eq!(pins_in(&metadata), [r#""c" "=2.0.0""#]);
    }
}
