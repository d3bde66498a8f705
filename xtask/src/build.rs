//! `cargo xtask build`: the npm package, in `dist/`.
//!
//! [`wasm`] builds the WebAssembly modules. The crate's tables become JavaScript modules, esbuild joins each entry and what
//! it imports into one file, and the declarations of `pkg-template/types` become one `index.d.ts`. Assembling is skipped
//! when nothing that it reads has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::fresh::Step;
use crate::process::run;
use crate::project::Project;
use crate::source_map::{self, Script};
use crate::wasm::{self, Built};
use crate::{declarations, file_types, machine, notices, operations, page, sbom, tus};

/// A change of these files makes the package stale.
const RECIPE: &str = concat!(
    include_str!("build.rs"),
    include_str!("bundled.rs"),
    include_str!("notices.rs"),
    include_str!("page.rs"),
    include_str!("sbom.rs"),
    include_str!("source_map.rs")
);

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
        "entries/browser.js",
        "browser.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "entries/workerd.js",
        "workerd.js",
        &["--platform=neutral", "--format=esm"],
    ),
    ("entries/slim.js", "slim.js", &["--platform=neutral", "--format=esm"]),
    ("entries/media.js", "media.js", &["--platform=neutral", "--format=esm"]),
    (
        "testing/index.js",
        "testing.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "webhooks/index.js",
        "webhooks.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    ("react/index.js", "react.js", &["--platform=neutral", "--format=esm"]),
    ("uppy/index.js", "uppy.js", &["--platform=neutral", "--format=esm"]),
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
        "manager/tabs/join.js",
        "tabs.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "manager/network.js",
        "network.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "manager/videos/ffmpeg.js",
        "ffmpeg.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "manager/images/programs.js",
        "converters.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "cli/main.js",
        "command.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "client/deliveries.js",
        "deliveries.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "client/tokens.js",
        "tokens.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "library/index.js",
        "transfers.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "library/rest.js",
        "library.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "library/uploads/sessions.js",
        "resumable.js",
        &["--platform=neutral", "--format=esm", NODE_LINES],
    ),
    (
        "library/disk.js",
        "disk.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "sync/index.js",
        "sync.js",
        &["--platform=node", "--format=esm", NODE_LINES],
    ),
    (
        "library/uploads/file-types.js",
        "file-types.js",
        &["--platform=neutral", "--format=esm"],
    ),
    ("picker/index.js", "picker.js", &["--platform=browser", "--format=esm"]),
    (
        "picker/panel.js",
        "picker-panel.js",
        &["--platform=browser", "--format=esm", "--loader:.css=text"],
    ),
    (
        "../www/languages/ar.js",
        "picker-ar.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "../www/languages/de.js",
        "picker-de.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "../www/languages/es.js",
        "picker-es.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "../www/languages/fr.js",
        "picker-fr.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "../www/languages/he.js",
        "picker-he.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "../www/languages/ja.js",
        "picker-ja.js",
        &["--platform=browser", "--format=esm"],
    ),
    (
        "../www/languages/pt.js",
        "picker-pt.js",
        &["--platform=browser", "--format=esm"],
    ),
];

/// The files that `require` needs too: each has a twin in CommonJS, which finds its own place by its file name.
const REQUIRED: &[&str] = &[
    "node.js",
    "slim.js",
    "media.js",
    "testing.js",
    "webhooks.js",
    "react.js",
    "manager.js",
    "tabs.js",
    "threads.js",
    "directory.js",
    "network.js",
    "ffmpeg.js",
    "converters.js",
    "transfers.js",
    "library.js",
    "resumable.js",
    "deliveries.js",
    "tokens.js",
    "disk.js",
    "sync.js",
    "file-types.js",
];
const TWIN: &[&str] = &["--format=cjs", "--supported:dynamic-import=false"];
const TWIN_OF_NODE: &[&str] = &[
    "--define:import.meta.url=importMetaUrl",
    "--banner:js=const importMetaUrl=require('node:url').pathToFileURL(__filename).href;",
];

/// The entry that holds all other files. It is the last bundle, as it reads what the others have become.
const INLINE: (&str, &str) = ("entries/inline.js", "inline.js");
/// The chunks that it holds.
const INLINED: &[&str] = &[
    "manager.js",
    "tabs.js",
    "transfers.js",
    "library.js",
    "resumable.js",
    "deliveries.js",
    "tokens.js",
    "file-types.js",
];

/// The bundles that pages download as they are, on first use. With terser they are 6 % smaller than with esbuild alone, and 11 %
/// smaller after brotli, because it gives the variables of every function the same short names.
const DOWNLOADED: &[&str] = &[
    "transfers.js",
    "library.js",
    "resumable.js",
    "deliveries.js",
    "tokens.js",
];
/// The options of terser. Node prints the source line of an uncaught error: lines of 500 characters still fit on a screen, and are
/// 1 % smaller than those of 120.
const TERSER: &[&str] = &[
    "--module",
    "--ecma=2022",
    "--compress=passes=2",
    "--mangle",
    "--format=max_line_len=500",
];

/// The entries that import the package as its users do, so that they share one class of errors and one default client.
const USERS: &[&str] = &[
    "testing/index.js",
    "webhooks/index.js",
    "react/index.js",
    "uppy/index.js",
];
/// What they import of their users.
const PEERS: &[&str] = &["wix-media.v2", "react", "@uppy/core"];

/// The bundles that bundlers of programs read. They drop a call that nobody uses if it is marked as pure, and minifying
/// takes the marks of the sources away.
const PURE: &[&str] = &["browser.js", "workerd.js", "slim.js"];
/// The groups of the package's own client, each a call in `client/index.js`.
const GROUPS: [&str; 7] = ["files", "folders", "webhooks", "uploads", "downloads", "paths", "trash"];
const PURE_MARK: &str = "/*@__PURE__*/";

/// How sources import files of the built package, which their bundle finds beside itself. A relative path in the sources
/// could be taken for one of their own files.
const BESIDE: &str = "#package/";

/// The environment variable with the address of the repository's page, for `repository`, `homepage` and `bugs` of the package. A fork
/// that publishes its own package sets its own.
const REPOSITORY: &str = "WIX_MEDIA_REPOSITORY";

/// Builds what is not up to date.
pub(crate) fn build(project: &Project) -> Result<()> {
    machine::npm_packages(project)?;
    let repository = std::env::var(REPOSITORY).ok();
    let modules = wasm::modules(project)?;

    let folder = project.intermediate();
    let tables = [
        ("operations", operations::module()),
        ("tus", tus::module()),
        ("file-types", file_types::module(project)?),
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
        project.root.join("Cargo.lock"),
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
        recipe: &format!("{}\n{repository:?}\n{RECIPE}", project.version),
        inputs,
        outputs: vec![project.dist()],
    }
    .unless_fresh(|| assemble(project, &modules, &generated, repository.as_deref()))
}

/// Puts the package together.
fn assemble(
    project: &Project,
    modules: &[Built],
    generated: &[(&str, PathBuf)],
    repository: Option<&str>,
) -> Result<()> {
    let template = project.root.join("pkg-template");
    let dist = project.dist();
    println!("Assembling {}", dist.display());
    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    fs::create_dir_all(&dist)?;

    bundle_scripts(project, modules, generated)?;
    for Built { name, wasm, .. } in modules {
        copy(wasm, &dist.join(format!("{name}.wasm")))?;
    }
    write_declarations(&template, &dist)?;
    let readme = fs::read_to_string(template.join("README.md"))?;
    fs::write(
        dist.join("README.md"),
        readme_for_release(&readme, &project.version, repository),
    )?;
    // The page that `wix-media serve` shows.
    page::bundle(project, &dist.join("www"))?;
    for licence in licences(project)? {
        copy(
            &licence,
            &dist.join(licence.file_name().context("a licence has a name")?),
        )?;
    }
    fs::write(dist.join("THIRD-PARTY-NOTICES"), notices::notices(project)?)?;
    fs::write(dist.join("sbom.cdx.json"), sbom::sbom(project)?)?;
    let manifest = fs::read_to_string(template.join("package.json"))?;
    fs::write(
        dist.join("package.json"),
        for_release(&manifest, &project.version, repository)?,
    )?;
    Ok(())
}

/// Bundles the scripts of the package.
fn bundle_scripts(project: &Project, modules: &[Built], generated: &[(&str, PathBuf)]) -> Result<()> {
    let template = project.root.join("pkg-template");
    let dist = project.dist();
    let bundler = |entry: &str, bundle: &str| {
        let mut command = project.npm_tool("esbuild/bin/esbuild");
        command
            .arg(template.join(entry))
            .arg(format!("--outfile={}", dist.join(bundle).display()))
            .args(["--bundle", "--minify", "--target=es2022", "--sourcemap"])
            .args(["--legal-comments=none", "--log-level=warning"]);
        if USERS.contains(&entry) {
            command.args(PEERS.iter().map(|peer| format!("--external:{peer}")));
        } else {
            // The parts that the picker shares with the page import the package. They need its identifiers and URLs, but no client.
            let media = template.join("entries/media.js");
            command.arg(format!("--alias:wix-media.v2={}", media.display()));
        }
        for (name, file) in generated {
            command.arg(format!("--alias:#{name}={}", file.display()));
        }
        for Built { name, glue, .. } in modules {
            command.arg(format!("--alias:#{name}-glue={}", glue.display()));
        }
        command
    };
    let name_sources = |script: &mut Script| script.name_sources(&project.root, &project.intermediate());
    let beside = |mut command: Command, bundle: &str| -> Result<()> {
        run(command.arg(format!("--external:{BESIDE}*")))?;
        let mut script = Script::read(&dist.join(bundle))?;
        if bundle.ends_with(".cjs") {
            for required in REQUIRED {
                script.replace(&format!("{BESIDE}{required}"), &format!("./{}", twin_of(required)))?;
            }
        }
        if PURE.contains(&bundle) {
            let calls = pure_calls(script.text())
                .with_context(|| format!("{bundle} makes its own client in an unknown way"))?;
            script.insert(&calls, PURE_MARK)?;
        }
        script.replace(BESIDE, "./")?;
        name_sources(&mut script)?;
        script.write()
    };
    for (entry, bundle, options) in BUNDLES {
        let mut command = bundler(entry, bundle);
        command.args(*options);
        beside(command, bundle)?;
        if DOWNLOADED.contains(bundle) {
            let file = dist.join(bundle);
            let mut command = project.npm_tool("terser/bin/terser");
            let map = source_map::map_of(&file);
            command.args(TERSER).args([
                "--source-map",
                &format!("content='{}',url='{bundle}.map',includeSources", map.display()),
            ]);
            run(command.arg("--output").args([&file, &file]))?;
        }
        if REQUIRED.contains(bundle) {
            let twin = twin_of(bundle);
            let mut command = bundler(entry, &twin);
            command.args(options.iter().filter(|option| !option.starts_with("--format")));
            command.args(TWIN);
            if options.contains(&"--platform=node") {
                command.args(TWIN_OF_NODE);
            }
            beside(command, &twin)?;
        }
    }

    let (entry, bundle) = INLINE;
    let mut command = bundler(entry, bundle);
    command.args(["--platform=neutral", "--format=esm", "--loader:.wasm=base64"]);
    for Built { name, wasm, .. } in modules {
        command.arg(format!("--alias:{BESIDE}{name}.wasm={}", wasm.display()));
    }
    for (entry, chunk, _) in BUNDLES.iter().filter(|(_, chunk, _)| INLINED.contains(chunk)) {
        command.arg(format!("--alias:{BESIDE}{chunk}={}", template.join(entry).display()));
    }
    let worker = project.intermediate().join("manager-worker.js.txt");
    let text = fs::read_to_string(dist.join("manager-worker.js"))?;
    // It runs from an address of its own, beside which there is no map.
    let (text, _) = text
        .rsplit_once("//# sourceMappingURL=")
        .context("no source map of the worker")?;
    fs::write(&worker, text)?;
    command.arg(format!("--alias:{BESIDE}manager-worker.js.txt={}", worker.display()));
    // What only entries with access to the disk import.
    run(command.arg(format!("--external:{BESIDE}*")))?;
    let mut script = Script::read(&dist.join(bundle))?;
    name_sources(&mut script)?;
    script.write()
}

/// Writes the declarations of the package, and those of its further entries, which name them.
fn write_declarations(template: &Path, dist: &Path) -> Result<()> {
    let types = declarations::join(&template.join("types"))?;
    fs::write(dist.join("index.d.ts"), &types)?;
    fs::write(dist.join("index.d.cts"), &types)?;
    let all = "export * from './index.js';\nexport { default } from './index.js';\n";
    let twins = |name: &str, types: &str| -> Result<()> {
        fs::write(dist.join(format!("{name}.d.ts")), types)?;
        let twin = types.replace("./index.js", "./index.cjs");
        Ok(fs::write(dist.join(format!("{name}.d.cts")), twin)?)
    };
    fs::write(dist.join("slim.d.ts"), all)?;
    fs::write(dist.join("inline.d.ts"), all)?;
    twins("media", "export { media, WixMediaError } from './index.js';\n")?;
    copy(&template.join("types/picker.d.ts"), &dist.join("picker.d.ts"))?;
    copy(&template.join("types/uppy.d.ts"), &dist.join("uppy.d.ts"))?;
    for (name, types) in [
        ("sync", "sync"),
        ("testing", "testing"),
        ("react", "react"),
        ("webhooks", "webhook-handlers"),
    ] {
        twins(name, &fs::read_to_string(template.join(format!("types/{types}.d.ts")))?)?;
    }
    Ok(())
}

/// The name of the CommonJS twin of a bundle.
fn twin_of(bundle: &str) -> String {
    bundle.replace(".js", ".cjs")
}

/// Where the calls stand that make the package's own client and its groups: `=Ce(()=>ve??=an())` and `=H("files")`.
fn pure_calls(bundle: &str) -> Option<Vec<usize>> {
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|each| each.is_ascii_alphanumeric() || "_$".contains(each))
    };
    // The start of the function's name, where the call is a whole initial value.
    let start = |at: usize| {
        let equals = bundle[..at].rfind('=')?;
        is_name(&bundle[equals + 1..at]).then_some(equals + 1)
    };
    let makes_client = |after: &str| {
        let (name, rest) = after.split_once("??=")?;
        let (function, _) = rest.split_once("())")?;
        (is_name(name) && is_name(function)).then_some(())
    };
    let arrow = "(()=>";
    let mut places = Vec::new();
    places.push(bundle.match_indices(arrow).find_map(|(at, _)| {
        makes_client(&bundle[at + arrow.len()..])?;
        start(at)
    })?);
    for group in GROUPS {
        let call = format!("(\"{group}\")");
        places.push(bundle.match_indices(&call).find_map(|(at, _)| start(at))?);
    }
    places.sort_unstable();
    Some(places)
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

/// The package's `package.json` with the crate's version, and with addresses if the repository is known.
fn for_release(manifest: &str, version: &str, repository: Option<&str>) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(manifest).context("package.json is not JSON")?;
    manifest["version"] = Value::from(version);
    if let Some(address) = repository {
        let is_address =
            address.starts_with("https://") && !address.ends_with(['/', '#']) && !address.ends_with(".git");
        if !is_address {
            bail!(
                "invalid {REPOSITORY}: expected the address of a page, such as https://HOST/OWNER/NAME, found {address:?}"
            );
        }
        manifest["repository"] = json!({ "type": "git", "url": format!("git+{address}.git") });
        manifest["homepage"] = Value::from(format!("{address}#readme"));
        manifest["bugs"] = Value::from(format!("{address}/issues"));
    }
    Ok(format!("{manifest:#}\n"))
}

/// The package's README. Its links to `../PATH` lead into the repository at the released version, or are plain text if the
/// repository is unknown, because the package contains none of these files.
fn readme_for_release(text: &str, version: &str, repository: Option<&str>) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](../") {
        let (path, tail) = after.split_once(')').unwrap_or((after, ""));
        let (lead, label) = before.rsplit_once('[').unwrap_or((before, ""));
        let link = repository.map_or_else(
            || label.to_owned(),
            |address| format!("[{label}]({address}/blob/v{version}/{path})"),
        );
        made.push_str(lead);
        made.push_str(&link);
        rest = tail;
    }
    made + rest
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("could not copy {}", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pure_calls_are_those_of_the_client_and_its_groups() {
        let groups: Vec<_> = GROUPS.iter().map(|group| format!("g=H(\"{group}\")")).collect();
        let bundle = format!("x={{a:i(\"files\")}},cn=Ce(()=>ve??=an()),{}", groups.join(","));
        let places = pure_calls(&bundle).unwrap();
        assert_eq!(places.len(), 1 + GROUPS.len());
        assert!(bundle[places[0]..].starts_with("Ce(()=>ve??=an())"));
        assert!(places[1..].iter().all(|at| bundle[*at..].starts_with("H(\"")));
        assert_eq!(pure_calls("x=Ce(()=>1)"), None);
    }

    #[test]
    fn readme_for_release_links_into_a_known_repository() {
        let text = "See [limits](../docs/limits.md#requests) and [`x`](https://example.com/). `[a]` [b](../c).";
        assert_eq!(
            readme_for_release(text, "1.2.3", Some("https://example.com/a/b")),
            "See [limits](https://example.com/a/b/blob/v1.2.3/docs/limits.md#requests) and [`x`](https://example.com/). `[a]` \
             [b](https://example.com/a/b/blob/v1.2.3/c)."
        );
        assert_eq!(
            readme_for_release(text, "1.2.3", None),
            "See limits and [`x`](https://example.com/). `[a]` b."
        );
    }

    #[test]
    fn addresses_are_set_only_for_a_known_repository() {
        let addresses = |repository| {
            let text = for_release("{}", "1.2.3", repository).unwrap();
            let manifest: Value = serde_json::from_str(&text).unwrap();
            ["repository", "homepage", "bugs"].map(|name| manifest[name].clone())
        };
        assert_eq!(addresses(None), [Value::Null, Value::Null, Value::Null]);
        assert_eq!(
            addresses(Some("https://example.com/a/b")),
            [
                json!({ "type": "git", "url": "git+https://example.com/a/b.git" }),
                Value::from("https://example.com/a/b#readme"),
                Value::from("https://example.com/a/b/issues"),
            ]
        );
        for wrong in ["", "a/b", "https://example.com/a/b.git", "https://example.com/a/b/"] {
            assert!(for_release("{}", "1.2.3", Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_version_is_set_and_the_order_kept() {
        let manifest = r#"{"name": "n", "version": "0.0.0", "exports": {"workerd": "w", "browser": "b", "a": "a"}}"#;
        let text = for_release(manifest, "1.2.3", None).unwrap();
        assert!(text.contains(r#""version": "1.2.3""#), "{text}");
        let at = |key: &str| text.find(key).unwrap();
        assert!(at("workerd") < at("browser") && at("browser") < at("\"a\""), "{text}");
    }
}
