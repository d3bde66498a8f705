//! `cargo xtask build`: the npm package, in `dist/`.
//!
//! The crate is compiled with a standard library of its own, made for size; wasm-bindgen makes the glue, wasm-opt
//! shrinks the module, the operations table becomes a JavaScript module, and esbuild joins everything into one file
//! per runtime. Each step is skipped when nothing that it reads has changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use crate::fresh::{Step, files};
use crate::machine::{self, WASM};
use crate::operations;
use crate::process::{cargo, run};
use crate::project::Project;

/// This file decides what the steps make, so a change of it makes them stale.
const RECIPE: &str = include_str!("build.rs");

/// A WebAssembly module of the crate: its feature.
#[derive(Debug)]
struct Module {
    /// The feature, and the name of the module's files.
    name: &'static str,
    /// The profile of the root `Cargo.toml` that it is built with.
    profile: &'static str,
    /// How much wasm-opt shrinks or speeds up.
    optimisation: &'static [&'static str],
    /// Whether the glue makes instances on demand, instead of holding one.
    many: bool,
    /// Variables for what is compiled along.
    environment: &'static [(&'static str, &'static str)],
}

/// For what each page downloads.
const SMALLEST: &[&str] = &["-Oz", "--converge"];
/// For what is large. Repeated until nothing gets smaller, it would take ten times as long for a hundredth of the bytes.
const FASTEST: &[&str] = &["-O3"];

/// The modules of the package.
const MODULES: [Module; 4] = [
    Module {
        name: "client",
        profile: "wasm-client",
        optimisation: SMALLEST,
        many: false,
        environment: &[],
    },
    Module {
        name: "transfers",
        profile: "wasm-client",
        optimisation: SMALLEST,
        many: false,
        environment: &[],
    },
    Module {
        name: "manager",
        profile: "wasm-manager",
        optimisation: FASTEST,
        many: true,
        // What the catalog does without.
        environment: &[(
            "SQLITE_WASM_RS_FLAGS",
            "-USQLITE_ENABLE_RTREE -USQLITE_ENABLE_SESSION -USQLITE_ENABLE_PREUPDATE_HOOK -USQLITE_ENABLE_DBSTAT_VTAB \
             -USQLITE_ENABLE_DBPAGE_VTAB -USQLITE_ENABLE_BYTECODE_VTAB -USQLITE_ENABLE_STMTVTAB \
             -USQLITE_ENABLE_MATH_FUNCTIONS -USQLITE_ENABLE_OFFSET_SQL_FUNC -USQLITE_ENABLE_COLUMN_METADATA \
             -USQLITE_ENABLE_API_ARMOR -USQLITE_ENABLE_UNLOCK_NOTIFY -DSQLITE_OMIT_JSON \
             -DSQLITE_OMIT_DESERIALIZE -DSQLITE_OMIT_PROGRESS_CALLBACK -DSQLITE_OMIT_AUTHORIZATION -DSQLITE_OMIT_COMPLETE \
             -DSQLITE_OMIT_GET_TABLE -DSQLITE_OMIT_TRACE",
        )],
    },
    Module {
        name: "images",
        profile: "wasm-images",
        optimisation: FASTEST,
        many: true,
        environment: &[],
    },
];

/// How rustc compiles the crate and the standard library. A panic traps at once: the package instantiates the
/// module afresh, and no message or unwinding code is downloaded.
const RUST_FLAGS: [&str; 4] = [
    "-Zunstable-options",
    // Nobody reads where a panic was, and the paths would be this machine's.
    "-Zlocation-detail=none",
    "-Cpanic=immediate-abort",
    "-Ctarget-feature=+simd128",
];

/// What wasm-opt may use: the features of rustc's wasm target, which every supported runtime has, and SIMD.
/// Naming them one by one keeps out newer ones that Node 20 refuses.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

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
        "manager/storage/directory.js",
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

/// What bundles leave to be found beside them.
const EXTERNAL: &[&str] = &[
    "./client.wasm",
    "./manager.wasm",
    "./images.wasm",
    "./manager.js",
    "./manager-worker.js",
    "./directory.js",
    "./network.js",
    "./transfers.js",
    "./node.js",
    "./www/policy.js",
    "./transfers.wasm",
    "./disk.js",
];

/// Builds what is not up to date.
pub(crate) fn build(project: &Project) -> Result<()> {
    machine::wasm_target()?;
    machine::standard_library_sources()?;
    machine::npm_packages(project)?;

    machine::c_compiler()?;

    let npm_lock = project.javascript().join("package-lock.json");
    let mut inputs = vec![
        project.root.join("pkg-template"),
        project.root.join("www"),
        npm_lock.clone(),
    ];
    let mut made = Vec::new();
    for module in &MODULES {
        let folder = project.intermediate().join(module.name);
        let stamp = |name: &str| folder.join("stamps").join(name);
        let compiled = compile(project, module)?;
        let glue = folder.join("glue.js");
        let bound = folder.join("bound.wasm");
        Step {
            stamp: stamp("bind"),
            recipe: RECIPE,
            inputs: vec![compiled.clone(), project.root.join("Cargo.lock")],
            outputs: vec![glue.clone(), bound.clone()],
        }
        .unless_fresh(|| bind(module, &compiled, &folder))?;

        let optimised = folder.join(format!("{}.wasm", module.name));
        Step {
            stamp: stamp("optimise"),
            recipe: RECIPE,
            inputs: vec![bound.clone(), npm_lock.clone()],
            outputs: vec![optimised.clone()],
        }
        .unless_fresh(|| optimise(project, module, &bound, &optimised))?;
        inputs.extend([glue, optimised]);
        made.push((module.name, folder));
    }

    let folder = project.intermediate();
    let table = folder.join("operations.js");
    fs::write(&table, operations::module())?;

    inputs.push(table.clone());
    inputs.extend(licences(project)?);
    Step {
        stamp: folder.join("stamps").join("assemble"),
        recipe: &format!("{}\n{RECIPE}", project.version),
        inputs,
        outputs: vec![project.dist()],
    }
    .unless_fresh(|| assemble(project, &made, &table))
}

/// Compiles the crate; cargo itself knows what is up to date.
fn compile(project: &Project, module: &Module) -> Result<PathBuf> {
    let mut command = cargo(&[
        "build",
        "--package",
        "wix-media",
        "--lib",
        "--target",
        WASM,
        "--profile",
        module.profile,
    ]);
    command
        .args(["--no-default-features", "--features", module.name])
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
        // The two options above, and the panic strategy, are not stable yet; this lets a stable toolchain use them.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", RUST_FLAGS.join("\x1f"))
        .envs(module.environment.iter().copied())
        .current_dir(&project.root);
    run(&mut command)?;
    Ok(project.target.join(WASM).join(module.profile).join("wix_media.wasm"))
}

/// Makes the JavaScript glue and the module that fits it.
fn bind(module: &Module, compiled: &Path, folder: &Path) -> Result<()> {
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name("wix_media")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .reset_state_function(!module.many)
        .remove_producers_section(true)
        // Every supported runtime has TextEncoder.encodeInto, so the glue need not test for it.
        .encode_into(EncodeInto::Always)
        .generate_output()
        .context("could not make the bindings")?;
    let mut glue = output.js().to_owned();
    let wasm = output.wasm_mut();
    shorten_imports(wasm, &mut glue);
    if module.many {
        glue = factory(&glue)?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("bound.wasm"), wasm.emit_wasm())?;
    fs::write(folder.join("glue.js"), glue)?;
    Ok(())
}

/// The glue as a function that makes an instance of a compiled module, with memory and state of its own, and gives its
/// exports.
fn factory(glue: &str) -> Result<String> {
    let cut = |text: &str, from: &str, to: &str| -> Result<String> {
        let start = text.find(from).with_context(|| format!("the glue has no {from:?}"))?;
        let end = text[start..]
            .find(to)
            .with_context(|| format!("the glue has no {to:?}"))?;
        Ok(format!("{}{}", &text[..start], &text[start + end..]))
    };
    // Loading is the package's business.
    let glue = cut(glue, "async function __wbg_load", "function initSync")?;
    let glue = cut(&glue, "let __wbg_init_promise", "export { initSync")?;
    let (body, _) = glue
        .split_once("export { initSync")
        .context("the glue exports no initSync")?;
    let names: Vec<&str> = body
        .split("export function ")
        .skip(1)
        .filter_map(|rest| rest.split('(').next())
        .collect();
    let body = body.replace("export function ", "function ");
    Ok(format!(
        "export default function instantiate(module) {{\n{body}\ninitSync({{ module }});\nreturn {{ {} }};\n}}\n",
        names.join(", ")
    ))
}

/// Gives imports short names, in the module and in the glue: the generated ones end in a hash that no compression
/// shrinks, and each is downloaded twice.
fn shorten_imports(module: &mut walrus::Module, glue: &mut String) {
    for (number, import) in module.imports.iter_mut().enumerate() {
        let short = format!("i{number}");
        *glue = glue
            .replace(&format!("{}:", import.name), &format!("{short}:"))
            .replace(&format!("\"{}\"", import.module), "\"g\"");
        import.name = short;
        import.module = "g".to_owned();
    }
}

/// Shrinks the module.
fn optimise(project: &Project, module: &Module, bound: &Path, optimised: &Path) -> Result<()> {
    println!("Optimising {}", optimised.display());
    run(project
        .npm_tool("binaryen/bin/wasm-opt")
        .args(WASM_FEATURES)
        .args(module.optimisation)
        .args([
            // The first kilobyte is the far end of the stack; nothing else is ever there.
            "--low-memory-unused",
            "--reorder-functions",
            "--strip-debug",
            "--strip-producers",
            "--strip-target-features",
            "--output",
        ])
        .args([optimised, bound]))
}

/// Puts the package together.
fn assemble(project: &Project, modules: &[(&str, PathBuf)], table: &Path) -> Result<()> {
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
            .arg(format!("--outfile={}", dist.join(bundle).display()))
            .arg(format!("--alias:#operations={}", table.display()));
        for (name, folder) in modules {
            command.arg(format!("--alias:#{name}-glue={}", folder.join("glue.js").display()));
        }
        command.args(EXTERNAL.iter().map(|name| format!("--external:{name}")));
        run(command
            .args(["--bundle", "--minify", "--target=es2022"])
            .args(["--legal-comments=none", "--log-level=warning"])
            .args(*options))?;
    }

    for (name, folder) in modules {
        let file = format!("{name}.wasm");
        copy(&folder.join(&file), &dist.join(&file))?;
    }
    let types = template.join("index.d.ts");
    copy(&types, &dist.join("index.d.ts"))?;
    copy(&types, &dist.join("index.d.cts"))?;
    copy(&template.join("README.md"), &dist.join("README.md"))?;
    // The page that `wix-media serve` shows.
    let page = project.root.join("www");
    for file in files(&page)? {
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
