//! The page in the package, `dist/www`: its scripts and styles as a few files whose names contain their hashes.
//!
//! The sources in `www` are one file for each part, which a browser would fetch one after the other as it finds their
//! imports. A hash in a name lets servers mark the file as immutable.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::fresh::files;
use crate::process::run;
use crate::project::Project;

/// The entry that imports the others, and what stands for it in index.html.
const ENTRY: &str = "main.js";
const ENTRY_TAG: &str = "<script type=\"module\" src=\"main.js\"></script>";
const STYLE_TAG: (&str, &str) = ("<link rel=\"stylesheet\" href=\"", "\">");
/// The files of the page that stay as they are.
const COPIED: [&str; 2] = ["favicon.svg", "policy.js"];
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
    let mut command = project.npm_tool("esbuild/bin/esbuild");
    command
        .arg(format!("page={}", from.join(ENTRY).display()))
        .arg(format!("page={}", sheet.display()))
        .arg(format!("--outdir={}", to.display()))
        .args(["--bundle", "--splitting", "--format=esm", "--minify", "--target=es2022"])
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

    fs::write(to.join("index.html"), linked(&index, &bundles)?)?;
    for name in COPIED {
        fs::write(to.join(name), read(name)?)?;
    }
    let package = to.parent().context("the page is in the package")?;
    let version = version(package)?;
    fs::write(
        to.join("service-worker.js"),
        caching(&read("service-worker.js")?, &bundles, &version)?,
    )?;
    Ok(())
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

/// The page with its bundles in place of its sources. Every script is fetched at once, not when another one imports it. The
/// hints follow the import map, because a browser that loads a module before may ignore the map.
fn linked(index: &str, bundles: &[String]) -> Result<String> {
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
    let others = bundles.iter().filter(|name| name.ends_with(".js") && *name != entry);
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
        ["app-BBBBBBBB.js", "page-AAAAAAAA.css", "page-CCCCCCCC.js"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn styles_are_imported_in_the_order_of_the_page() {
        let found = styles(INDEX);
        assert_eq!(found, ["a/one.css", "two.css"]);
        let sheet = imports(Path::new("/www"), &found);
        assert_eq!(sheet, "@import \"/www/a/one.css\";\n@import \"/www/two.css\";\n");
    }

    #[test]
    fn linked_page_fetches_every_bundle_at_once() {
        let page = linked(INDEX, &bundles()).unwrap();
        let wanted = "<head>\n    <link rel=\"icon\" href=\"favicon.svg\">\n    <!-- The order matters. -->\n    \
            <link rel=\"stylesheet\" href=\"page-AAAAAAAA.css\">\n    \
            <script type=\"importmap\">{}</script>\n    <link rel=\"modulepreload\" href=\"app-BBBBBBBB.js\">\n    \
            <link rel=\"modulepreload\" href=\"wix-media/browser.js\">\n    \
            <script type=\"module\" src=\"page-CCCCCCCC.js\"></script>\n</head>\n";
        assert_eq!(page, wanted);
    }

    #[test]
    fn linked_page_needs_one_entry_and_one_style() {
        let mut names = bundles();
        names.push("page-DDDDDDDD.js".to_owned());
        assert!(linked(INDEX, &names).is_err());
        assert!(linked(INDEX, &names[..1]).is_err());
        assert!(linked("<head></head>", &bundles()).is_err());
    }

    #[test]
    fn caching_worker_lists_the_bundles_of_its_version() {
        let worker = format!("// Before.\n{VERSION}\n{CACHED}\n// After.\n");
        let wanted = "// Before.\nconst VERSION = '1f';\nconst FILES = ['./', 'favicon.svg', 'app-BBBBBBBB.js', \
            'page-AAAAAAAA.css', 'page-CCCCCCCC.js'];\n// After.\n";
        assert_eq!(caching(&worker, &bundles(), "1f").unwrap(), wanted);
        assert!(caching(VERSION, &bundles(), "1f").is_err());
        assert!(caching(CACHED, &bundles(), "1f").is_err());
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
