//! The WebAssembly modules of the package.
//!
//! The crate is compiled with a standard library of its own, made for size; wasm-bindgen makes the glue, and wasm-opt
//! shrinks the module. Each step is skipped when its inputs have not changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use crate::fresh::Step;
use crate::machine::{self, WASM};
use crate::process::{cargo, cargo_home, run};
use crate::project::Project;

/// A change of this file makes the results of its steps stale.
const RECIPE: &str = include_str!("wasm.rs");

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
    /// Whether a crate of it puts its own path into the module, as `dbg!` does. Elsewhere there are none to replace.
    names_paths: bool,
    /// The most memory that an instance can have, in bytes. A decoder whose own limits leave something out is stopped by it.
    max_memory: Option<u32>,
    /// Variables for what is compiled along.
    environment: &'static [(&'static str, &'static str)],
}

/// For what each page downloads, too: `-Oz --converge` gives 1 % fewer bytes, and none fewer compressed. For what is large,
/// it would take ten times as long.
const FASTEST: &[&str] = &["-O3"];
/// As fast as the above for SQLite, whose functions the C compiler has inlined already. Moving each function with one caller
/// into that caller makes fewer bytes, but larger compressed ones: 617 KB instead of 604 KB, and for images 247 KB instead of
/// 244 KB.
const COMPACT: &[&str] = &["-O3", "--one-caller-inline-max-function-size=20"];

/// The modules of the package.
const MODULES: [Module; 7] = [
    Module {
        name: "client",
        profile: "wasm-client",
        optimisation: FASTEST,
        many: false,
        names_paths: false,
        max_memory: None,
        environment: &[],
    },
    Module {
        name: "transfers",
        profile: "wasm-client",
        optimisation: FASTEST,
        many: false,
        names_paths: false,
        max_memory: None,
        environment: &[],
    },
    Module {
        name: "manager",
        profile: "wasm-manager",
        optimisation: COMPACT,
        many: true,
        names_paths: false,
        max_memory: None,
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
        optimisation: COMPACT,
        many: true,
        names_paths: false,
        max_memory: None,
        environment: &[],
    },
    Module {
        name: "jxl",
        profile: "wasm-formats",
        optimisation: FASTEST,
        many: true,
        names_paths: true,
        max_memory: Some(1 << 30),
        environment: &[],
    },
    Module {
        name: "svg",
        profile: "wasm-formats",
        optimisation: FASTEST,
        many: true,
        names_paths: true,
        max_memory: None,
        environment: &[],
    },
    Module {
        name: "tiff",
        profile: "wasm-formats",
        optimisation: FASTEST,
        many: true,
        names_paths: true,
        max_memory: None,
        environment: &[],
    },
];

/// The features of the crate that become modules.
pub(crate) fn names() -> Vec<&'static str> {
    MODULES.iter().map(|module| module.name).collect()
}

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

/// A module that is up to date.
#[derive(Debug)]
pub(crate) struct Built {
    /// The name of the module.
    pub(crate) name: &'static str,
    /// The JavaScript that calls it.
    pub(crate) glue: PathBuf,
    /// The module itself.
    pub(crate) wasm: PathBuf,
}

/// Builds the modules that are not up to date.
pub(crate) fn modules(project: &Project) -> Result<Vec<Built>> {
    machine::wasm_target()?;
    machine::standard_library_sources()?;
    machine::c_compiler()?;
    MODULES.iter().map(|module| built(project, module)).collect()
}

fn built(project: &Project, module: &Module) -> Result<Built> {
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

    let wasm = folder.join(format!("{}.wasm", module.name));
    Step {
        stamp: stamp("optimise"),
        recipe: RECIPE,
        inputs: vec![bound.clone(), project.npm_lock()],
        outputs: vec![wasm.clone()],
    }
    .unless_fresh(|| optimise(project, module, &bound, &wasm))?;
    Ok(Built {
        name: module.name,
        glue,
        wasm,
    })
}

/// Compiles the crate; cargo itself knows what is up to date.
fn compile(project: &Project, module: &Module) -> Result<PathBuf> {
    let mut command = cargo(&[
        "rustc",
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
        .env("CARGO_ENCODED_RUSTFLAGS", rust_flags(module)?.join("\x1f"))
        .envs(module.environment.iter().copied())
        .current_dir(&project.root);
    // A flag for all crates would have the modules of this profile compile them anew in turns.
    if let Some(length) = module.max_memory {
        command.args(["--", &format!("-Clink-arg=--max-memory={length}")]);
    }
    run(&mut command)?;
    Ok(project.target.join(WASM).join(module.profile).join("wix_media.wasm"))
}

/// Runs the command `wasm-bindgen`.
pub(crate) fn bindgen(arguments: Vec<String>) -> Result<()> {
    let program = std::iter::once("wasm-bindgen".to_owned());
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(program.chain(arguments))
}

/// How rustc compiles a module.
fn rust_flags(module: &Module) -> Result<Vec<String>> {
    let mut flags: Vec<String> = RUST_FLAGS.iter().map(|&flag| flag.to_owned()).collect();
    if module.names_paths {
        flags.push(format!("--remap-path-prefix={}=crates", cargo_home()?.display()));
    }
    Ok(flags)
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
    glue = if module.many {
        factory(&glue)?
    } else {
        coders_at_start(&glue)?
    };
    fs::create_dir_all(folder)?;
    fs::write(folder.join("bound.wasm"), wasm.emit_wasm())?;
    fs::write(folder.join("glue.js"), glue)?;
    Ok(())
}

/// The glue as a function that makes an instance of a compiled module, with memory and state of its own, and gives its
/// exports, its memory, and its table of references.
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
        "export default function instantiate(module) {{\n{body}\ninitSync({{ module }});\n\
         return {{ {}, memory: wasm.memory, references: wasm.__wbindgen_externrefs }};\n}}\n",
        names.join(", ")
    ))
}

/// The glue, with coders of text that are made when an instance starts, and not on import: a realm without them, as that of a
/// test runner, can still import the package. And without what the package never reaches, 160 bytes of each download (brotli).
fn coders_at_start(glue: &str) -> Result<String> {
    const DECODER: &str =
        "cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\ncachedTextDecoder.decode();\n";
    const ENCODER: &str = "cachedTextEncoder = new TextEncoder();\n";
    const START: &str = "function initSync(module) {\n";
    let mut glue = glue.to_owned();
    for (found, instead) in [
        (&*format!("let {DECODER}"), "let cachedTextDecoder;\n"),
        (&*format!("const {ENCODER}"), "let cachedTextEncoder;\n"),
        (START, &*format!("{START}{DECODER}{ENCODER}")),
        // Both are declared.
        ("if (typeof numBytesDecoded !== 'undefined') ", ""),
        ("if (typeof WASM_VECTOR_LEN !== 'undefined') ", ""),
        // A trap is told by its exception, and `wasm/instance.js` resets the instance.
        (
            "__wbg_reinit_scheduled = false;\n            wasmInstance",
            "wasmInstance",
        ),
        ("let __wbg_reinit_scheduled = false;", ""),
    ] {
        if glue.matches(found).count() != 1 {
            bail!("the glue does not have {found:?} once");
        }
        glue = glue.replace(found, instead);
    }
    for (start, end, instead) in [
        ("if (__wbg_reinit_scheduled) {", "\n}", ""),
        // `initSync` is given a compiled module in an object.
        (
            "if (module !== undefined) {",
            "const imports = __wbg_get_imports();\n",
            "({ module } = module);\n",
        ),
        (
            "if (!(module instanceof WebAssembly.Module)) {",
            "const instance = new WebAssembly.Instance(",
            "",
        ),
        // The module exports its `realloc`.
        ("if (realloc === undefined) {", "let len = arg.length;\n", ""),
    ] {
        let (before, rest) = glue
            .split_once(start)
            .with_context(|| format!("the glue has no {start:?}"))?;
        let at = rest.find(end).with_context(|| format!("the glue has no {end:?}"))?;
        glue = format!("{before}{instead}{}", &rest[at..]);
    }
    // Memory that has grown has another buffer, which is enough to know.
    Ok(glue.replace(
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || \
         (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
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
