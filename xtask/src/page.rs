//! The page in the package, `dist/www`: its scripts and styles as a few files whose names contain their hashes.
//!
//! The sources in `www` are one file for each part, which a browser would fetch one after the other as it finds their
//! imports. A hash in a name lets servers mark the file as immutable.

use std::fs;
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
/// What the scripts import from the package.
const PACKAGE: &str = "wix-media/browser.js";

/// Bundles the page into `to`, which does not exist yet.
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
    fs::write(
        to.join("service-worker.js"),
        caching(&read("service-worker.js")?, &bundles)?,
    )?;
    for name in COPIED {
        fs::write(to.join(name), read(name)?)?;
    }
    Ok(())
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

/// The service worker with the bundles among what it caches.
fn caching(worker: &str, bundles: &[String]) -> Result<String> {
    if worker.matches(CACHED).count() != 1 {
        bail!("www/service-worker.js does not contain {CACHED} once");
    }
    let names: Vec<String> = bundles.iter().map(|name| format!(", '{name}'")).collect();
    Ok(worker.replace(CACHED, &CACHED.replace("];", &format!("{}];", names.concat()))))
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
    fn caching_worker_lists_the_bundles() {
        let worker = format!("// Before.\n{CACHED}\n// After.\n");
        let wanted = "// Before.\nconst FILES = ['./', 'favicon.svg', 'app-BBBBBBBB.js', 'page-AAAAAAAA.css', \
            'page-CCCCCCCC.js'];\n// After.\n";
        assert_eq!(caching(&worker, &bundles()).unwrap(), wanted);
        assert!(caching("const FILES = [];", &bundles()).is_err());
    }
}
