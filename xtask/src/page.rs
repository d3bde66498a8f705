//! The page in the package, `dist/www`: its scripts and styles as a few files whose names contain their hashes.
//!
//! The sources in `www` are one file for each part, which a browser would fetch one after the other as it finds their
//! imports. A hash in a name lets servers mark the file as immutable. What the page imports only when it is needed, such as the
//! viewer, is in bundles of its own.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::fresh::files;
use crate::process::run;
use crate::project::Project;

/// The entry that imports the others, and what stands for it in index.html.
const ENTRY: &str = "main.js";
/// The module that the entry always imports, in a second step. Every other dynamic import waits until it is needed.
const APP: &str = "app/app.js";
const ENTRY_TAG: &str = "<script type=\"module\" src=\"main.js\"></script>";
const STYLE_TAG: (&str, &str) = ("<link rel=\"stylesheet\" href=\"", "\">");
/// The files of the page that stay as they are.
const COPIED: [&str; 3] = ["favicon.svg", MANIFEST, "policy.js"];
/// Says what an installed app is called, and which icons it has.
const MANIFEST: &str = "manifest.webmanifest";
/// What the icons are drawn from.
const LOGO: &str = "favicon.svg";
/// Its round corners. An icon that the system cuts by itself fills its square.
const LOGO_CORNERS: &str = " rx=\"8\"";
/// Draws a picture: the text of the SVG, the size of the PNG, and its file.
const DRAW: &str = "const [svg, size, to] = process.argv.slice(1); \
    require('sharp')(Buffer.from(svg), { density: (72 * size) / 32 }).resize(+size, +size).png({ compressionLevel: 9 }).toFile(to);";
/// What the service worker caches, before the bundles are added.
const CACHED: &str = "const FILES = ['./', 'favicon.svg'];";
/// What stands for the version in the service worker.
const VERSION: &str = "const VERSION = 'source';";
/// What the scripts import from the package.
const PACKAGE: &str = "wix-media/browser.js";

/// Bundles the page into `to`, which does not exist yet. Its parent is the package, whose other scripts and modules are there:
/// the version of the service worker depends on them.
pub(crate) fn bundle(project: &Project, to: &Path) -> Result<()> {
    let from = project.root.join("www");
    let read = |name: &str| fs::read_to_string(from.join(name)).with_context(|| format!("cannot read www/{name}"));
    let index = read("index.html")?;

    let styles = styles(&index);
    if styles.is_empty() {
        bail!("www/index.html links no styles");
    }
    let sheet = project.intermediate().join("page.css");
    fs::write(&sheet, imports(&from, &styles))?;
    let meta = project.intermediate().join("page.json");
    let mut command = project.npm_tool("esbuild/bin/esbuild");
    // The page has no packages of its own: its dependencies are among the development packages.
    command
        .env("NODE_PATH", project.javascript().join("node_modules"))
        .arg(format!("--metafile={}", meta.display()))
        .arg(format!("page={}", from.join(ENTRY).display()))
        .arg(format!("page={}", sheet.display()))
        .arg(format!("--outdir={}", to.display()))
        .args(["--bundle", "--splitting", "--format=esm", "--minify", "--target=es2022"])
        .arg("--main-fields=module,main")
        .args(["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]"])
        .args([
            "--external:wix-media.v2",
            "--legal-comments=none",
            "--log-level=warning",
        ]);
    run(&mut command)?;
    let mut bundles = Vec::new();
    for file in files(to)? {
        let name = file.file_name().context("a file has a name")?;
        bundles.push(name.to_string_lossy().into_owned());
    }

    let meta = fs::read_to_string(&meta).context("esbuild wrote no account of the page")?;
    let meta: Value = serde_json::from_str(&meta).context("esbuild wrote no JSON")?;
    fs::write(to.join("index.html"), linked(&index, &bundles, &eager(&meta)?)?)?;
    // A page loads the table of one language at most, when it knows which. The service worker keeps that one.
    let languages = languages(&from)?;
    bundles.retain(|name| !is_table(name, &languages));
    for name in COPIED {
        fs::write(to.join(name), read(name)?)?;
    }
    let logo = read(LOGO)?;
    for icon in icons(&read(MANIFEST)?)? {
        let svg = if icon.is_cut {
            logo.replace(LOGO_CORNERS, "")
        } else {
            logo.clone()
        };
        let mut command = Command::new("node");
        command.current_dir(project.javascript()).args(["--eval", DRAW, &svg]);
        run(command.arg(icon.size.to_string()).arg(to.join(&icon.name)))?;
    }
    let package = to.parent().context("the page is in the package")?;
    let version = version(package)?;
    fs::write(
        to.join("service-worker.js"),
        caching(&read("service-worker.js")?, &bundles, &version)?,
    )?;
    Ok(())
}

/// An icon of the manifest that the build draws.
#[derive(Debug, PartialEq, Eq)]
struct Icon {
    name: String,
    /// Its width and height.
    size: u32,
    /// Whether the system cuts it to the shape of its other icons.
    is_cut: bool,
}

/// The icons of a manifest, without the logo itself.
fn icons(manifest: &str) -> Result<Vec<Icon>> {
    let manifest: Value = serde_json::from_str(manifest).context("the manifest is no JSON")?;
    let all = manifest["icons"].as_array().context("the manifest has no icons")?;
    let drawn = all.iter().filter(|icon| icon["src"] != LOGO);
    drawn
        .map(|icon| {
            let name = icon["src"].as_str().context("an icon has no name")?;
            let sizes = icon["sizes"].as_str().and_then(|sizes| sizes.split_once('x'));
            let size = sizes.and_then(|(width, height)| width.parse().ok().filter(|_| width == height));
            Ok(Icon {
                name: name.to_owned(),
                size: size.with_context(|| format!("{name} is not square"))?,
                is_cut: icon["purpose"] == "maskable",
            })
        })
        .collect()
}

/// The hash of everything in the package. The files that the page loads from it have no hashes in their names, so the service
/// worker would not change with them by itself.
fn version(package: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files(package)? {
        file.strip_prefix(package)?.hash(&mut hasher);
        fs::read(&file)
            .with_context(|| format!("cannot read {}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The languages that have a table of texts, by the names of their files.
fn languages(www: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in files(&www.join("languages"))? {
        let name = file.file_stem().context("a table has a name")?;
        names.push(name.to_string_lossy().into_owned());
    }
    Ok(names)
}

/// Whether a bundle is the table of a language: `de-AAAAAAAA.js`.
fn is_table(bundle: &str, languages: &[String]) -> bool {
    bundle
        .split_once('-')
        .is_some_and(|(name, _)| languages.iter().any(|language| language == name))
}

/// The styles that a page links, in order.
fn styles(index: &str) -> Vec<&str> {
    let (before, after) = STYLE_TAG;
    index
        .split(before)
        .skip(1)
        .filter_map(|rest| rest.split_once(after))
        .map(|(href, _)| href)
        .collect()
}

/// A style sheet that consists of others.
fn imports(folder: &Path, styles: &[&str]) -> String {
    styles
        .iter()
        .map(|style| format!("@import \"{}\";\n", folder.join(style).display()))
        .collect()
}

/// The names of the scripts that the page needs from the start, by the account of esbuild.
fn eager(meta: &Value) -> Result<BTreeSet<String>> {
    let outputs = meta["outputs"].as_object().context("esbuild names no outputs")?;
    let is_start = |output: &Value| {
        let entry = output["entryPoint"].as_str().unwrap_or_default();
        [ENTRY, APP].iter().any(|start| entry == format!("www/{start}"))
    };
    let mut open: Vec<&str> = outputs
        .iter()
        .filter(|(_, output)| is_start(output))
        .map(|(path, _)| path.as_str())
        .collect();
    if open.len() != 2 {
        bail!("esbuild made {} bundles of {ENTRY} and {APP}", open.len());
    }
    let mut found = BTreeSet::new();
    while let Some(path) = open.pop() {
        let name = path.rsplit('/').next().unwrap_or(path);
        if !found.insert(name.to_owned()) {
            continue;
        }
        let imports = outputs[path]["imports"].as_array();
        open.extend(
            imports
                .into_iter()
                .flatten()
                .filter(|import| import["kind"] == "import-statement" && import["external"] != true)
                .filter_map(|import| import["path"].as_str()),
        );
    }
    Ok(found)
}

/// The page with its bundles in place of its sources. Every script that it needs from the start is fetched at once, not when
/// another one imports it. The hints follow the import map, because a browser that loads a module before may ignore the map.
fn linked(index: &str, bundles: &[String], eager: &BTreeSet<String>) -> Result<String> {
    let only = |extension: &str| {
        let mut found = bundles
            .iter()
            .filter(|name| name.starts_with("page-") && name.ends_with(extension));
        let name = found.next().with_context(|| format!("no bundle ends in {extension}"))?;
        if let Some(second) = found.next() {
            bail!("both {name} and {second} are the page's {extension}");
        }
        Ok(name)
    };
    let (entry, style) = (only(".js")?, only(".css")?);
    if index.matches(ENTRY_TAG).count() != 1 {
        bail!("www/index.html does not contain {ENTRY_TAG} once");
    }
    let (before, after) = STYLE_TAG;
    let mut lines = Vec::new();
    let mut has_style = false;
    for line in index.lines() {
        if !line.trim_start().starts_with(before) {
            lines.push(line.to_owned());
        } else if !has_style {
            has_style = true;
            lines.push(format!("    {before}{style}{after}"));
        }
    }
    let others = bundles.iter().filter(|name| eager.contains(*name) && *name != entry);
    let mut tags: Vec<String> = others
        .map(String::as_str)
        .chain([PACKAGE])
        .map(|script| format!("<link rel=\"modulepreload\" href=\"{script}\">"))
        .collect();
    tags.push(format!("<script type=\"module\" src=\"{entry}\"></script>"));
    let page = lines.join("\n") + "\n";
    Ok(page.replace(ENTRY_TAG, &tags.join("\n    ")))
}

/// The service worker with the bundles among what it caches, for a version of the package.
fn caching(worker: &str, bundles: &[String], version: &str) -> Result<String> {
    for line in [CACHED, VERSION] {
        if worker.matches(line).count() != 1 {
            bail!("www/service-worker.js does not contain {line} once");
        }
    }
    let names: Vec<String> = bundles.iter().map(|name| format!(", '{name}'")).collect();
    Ok(worker
        .replace(CACHED, &CACHED.replace("];", &format!("{}];", names.concat())))
        .replace(VERSION, &VERSION.replace("source", version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "<head>\n    <link rel=\"icon\" href=\"favicon.svg\">\n    <!-- The order matters. -->\n    \
        <link rel=\"stylesheet\" href=\"a/one.css\">\n    <link rel=\"stylesheet\" href=\"two.css\">\n    \
        <script type=\"importmap\">{}</script>\n    <script type=\"module\" src=\"main.js\"></script>\n</head>\n";

    fn bundles() -> Vec<String> {
        [
            "app-BBBBBBBB.js",
            "page-AAAAAAAA.css",
            "page-CCCCCCCC.js",
            "viewer-EEEEEEEE.js",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn at_once() -> BTreeSet<String> {
        ["app-BBBBBBBB.js", "page-CCCCCCCC.js"].map(str::to_owned).into()
    }

    #[test]
    fn styles_are_imported_in_the_order_of_the_page() {
        let found = styles(INDEX);
        assert_eq!(found, ["a/one.css", "two.css"]);
        let sheet = imports(Path::new("/www"), &found);
        assert_eq!(sheet, "@import \"/www/a/one.css\";\n@import \"/www/two.css\";\n");
    }

    #[test]
    fn linked_page_fetches_at_once_what_it_needs_at_once() {
        let page = linked(INDEX, &bundles(), &at_once()).unwrap();
        let wanted = "<head>\n    <link rel=\"icon\" href=\"favicon.svg\">\n    <!-- The order matters. -->\n    \
            <link rel=\"stylesheet\" href=\"page-AAAAAAAA.css\">\n    \
            <script type=\"importmap\">{}</script>\n    <link rel=\"modulepreload\" href=\"app-BBBBBBBB.js\">\n    \
            <link rel=\"modulepreload\" href=\"wix-media/browser.js\">\n    \
            <script type=\"module\" src=\"page-CCCCCCCC.js\"></script>\n</head>\n";
        assert_eq!(page, wanted);
    }

    #[test]
    fn table_is_told_from_other_bundles_by_its_name() {
        let languages = ["de", "he"].map(str::to_owned);
        assert!(is_table("de-AAAAAAAA.js", &languages));
        assert!(!is_table("details-AAAAAAAA.js", &languages));
        assert!(!is_table("page-AAAAAAAA.js", &languages));
    }

    #[test]
    fn linked_page_needs_one_entry_and_one_style() {
        let mut names = bundles();
        names.push("page-DDDDDDDD.js".to_owned());
        assert!(linked(INDEX, &names, &at_once()).is_err());
        assert!(linked(INDEX, &names[..1], &at_once()).is_err());
        assert!(linked("<head></head>", &bundles(), &at_once()).is_err());
    }

    #[test]
    fn eager_scripts_are_those_that_the_page_imports_at_its_start() {
        let meta = serde_json::json!({ "outputs": {
            "dist/www/page-C.js": { "entryPoint": "www/main.js", "imports": [
                { "path": "dist/www/shared-S.js", "kind": "import-statement" },
                { "path": "dist/www/app-B.js", "kind": "dynamic-import" },
            ] },
            "dist/www/app-B.js": { "entryPoint": "www/app/app.js", "imports": [
                { "path": "wix-media.v2", "kind": "import-statement", "external": true },
                { "path": "dist/www/viewer-V.js", "kind": "dynamic-import" },
            ] },
            "dist/www/shared-S.js": { "imports": [{ "path": "dist/www/page-C.js", "kind": "import-statement" }] },
            "dist/www/viewer-V.js": { "entryPoint": "www/parts/viewer/viewer.js", "imports": [] },
        } });
        let found = eager(&meta).unwrap();
        assert_eq!(
            found,
            ["app-B.js", "page-C.js", "shared-S.js"].map(str::to_owned).into()
        );
        assert!(eager(&serde_json::json!({ "outputs": {} })).is_err());
    }

    #[test]
    fn caching_worker_lists_the_bundles_of_its_version() {
        let worker = format!("// Before.\n{VERSION}\n{CACHED}\n// After.\n");
        let wanted = "// Before.\nconst VERSION = '1f';\nconst FILES = ['./', 'favicon.svg', 'app-BBBBBBBB.js', \
            'page-AAAAAAAA.css', 'page-CCCCCCCC.js', 'viewer-EEEEEEEE.js'];\n// After.\n";
        assert_eq!(caching(&worker, &bundles(), "1f").unwrap(), wanted);
        assert!(caching(VERSION, &bundles(), "1f").is_err());
        assert!(caching(CACHED, &bundles(), "1f").is_err());
    }

    #[test]
    fn icons_are_those_that_the_manifest_names() {
        let manifest = r#"{ "icons": [{ "src": "favicon.svg", "sizes": "any" }, { "src": "a.png", "sizes": "192x192" },
            { "src": "b.png", "sizes": "512x512", "purpose": "maskable" }] }"#;
        let icon = |name: &str, size, is_cut| Icon {
            name: name.to_owned(),
            size,
            is_cut,
        };
        assert_eq!(
            icons(manifest).unwrap(),
            [icon("a.png", 192, false), icon("b.png", 512, true)]
        );
        assert!(icons("{}").is_err());
        assert!(icons(&manifest.replace("192x192", "192x180")).is_err());
    }

    #[test]
    fn version_changes_with_any_file_of_the_package() {
        let folder = std::env::temp_dir().join(format!("wix-media-version-{}", std::process::id()));
        let inner = folder.join("www");
        fs::create_dir_all(&inner).unwrap();
        fs::write(folder.join("manager.wasm"), "one").unwrap();
        fs::write(inner.join("index.html"), "page").unwrap();
        let first = version(&folder).unwrap();
        assert_eq!(version(&folder).unwrap(), first);
        fs::write(folder.join("manager.wasm"), "two").unwrap();
        assert_ne!(version(&folder).unwrap(), first);
        fs::remove_dir_all(&folder).unwrap();
    }
}
