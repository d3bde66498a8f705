//! `cargo xtask check`: everything that can be said about the sources without running them.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::machine::{self, WASM};
use crate::process::{cargo, output, run};
use crate::project::{NATIVE, Project};
use crate::tidy;

/// Crates that a wasm module must not pull in, by feature: each would cost every visitor more than it gives.
const DENIED: [(&str, &[&str]); 4] = [
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
];

/// JavaScript that is linted; `biome.json` holds the rules.
const JAVASCRIPT: [&str; 4] = ["examples", "pkg-template", "tests/js", "www"];

/// One check; an error says what is wrong, unless the program it ran has already said it.
type Check = fn(&Project) -> Result<()>;

/// Makes every check, also after one has failed, and prints the result; whether all passed.
pub(crate) fn check(project: &Project) -> Result<bool> {
    machine::wasm_target()?;
    machine::rust_linters()?;
    machine::c_compiler()?;
    machine::npm_packages(project)?;
    let checks: [(&str, Check); 6] = [
        ("formatting", formatting),
        ("tidiness", tidy::tidy),
        ("JavaScript", javascript),
        ("crates", crates),
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
    run(cargo(&["fmt", "--all", "--", "--check"]).current_dir(&project.root))
}

fn javascript(project: &Project) -> Result<()> {
    run(project
        .npm_tool("@biomejs/biome/bin/biome")
        .args(["lint", "--error-on-warnings"])
        .args(JAVASCRIPT))
}

/// Clippy for the host, and for wasm with each feature alone.
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
    Ok(())
}

fn documentation(project: &Project) -> Result<()> {
    let features = NATIVE.split(',').map(|feature| format!("wix-media/{feature}"));
    let features = features.collect::<Vec<_>>().join(",");
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--features", &features]);
    run(command.env("RUSTDOCFLAGS", "-D warnings").current_dir(&project.root))
}

/// No wasm module pulls in a crate of its deny list.
fn crates(project: &Project) -> Result<()> {
    for feature in &project.features {
        let Some((_, denied)) = DENIED.iter().find(|(name, _)| name == feature) else {
            bail!("no list says which crates the wasm module of the feature {feature} must do without");
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
            bail!("the wasm module of the feature {feature} pulls in {}", found.join(", "));
        }
    }
    Ok(())
}

/// The denied crates among lines such as `serde v1.0.0`.
fn denied_in<'a>(tree: &str, denied: &[&'a str]) -> Vec<&'a str> {
    let present: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    denied.iter().copied().filter(|name| present.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_crates_are_named() {
        let tree = "wix-media v0.1.0 (/p)\njs-sys v0.3.1\nserde v1.0.0\nserde_json v1.0.0\nurl v2.0.0 (*)\n";
        assert_eq!(denied_in(tree, &["anyhow", "serde_json", "url"]), ["serde_json", "url"]);
        assert_eq!(denied_in(tree, &["anyhow", "js"]), [""; 0]);
    }
}
