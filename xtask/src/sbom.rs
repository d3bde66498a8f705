//! The bill of materials of the package, in the format of CycloneDX: `sbom.cdx.json`, for tools that look for known
//! vulnerabilities. It names what is linked into the WebAssembly modules, by `Cargo.lock`, and what the page contains. It has neither a date nor a serial
//! number, so that equal sources make equal packages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::bundled::{Bundled, bundled};
use crate::notices::{LIBRARY, Linked, metadata};
use crate::project::Project;

/// The name of the npm package.
const PACKAGE: &str = "wix-media.v2";

/// The text of the bill.
pub(crate) fn sbom(project: &Project) -> Result<String> {
    let metadata = metadata(project)?;
    let lock = fs::read_to_string(project.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let bill = bill(
        &Linked::new(&metadata, LIBRARY)?,
        &checksums(&lock),
        &bundled(project)?,
        &project.version,
    );
    Ok(format!("{bill}\n"))
}

fn bill(linked: &Linked, checksums: &BTreeMap<(String, String), String>, bundled: &[Bundled], version: &str) -> Value {
    let package = format!("pkg:npm/{PACKAGE}@{version}");
    let reference = |id: &str| {
        linked
            .packages
            .get(id)
            .map_or_else(|| package.clone(), |found| purl_of(found))
    };
    let components: Vec<Value> = linked
        .packages
        .values()
        .map(|found| component(found, checksums))
        .chain(bundled.iter().map(npm_component))
        .collect();
    let dependencies: Vec<Value> = linked
        .dependencies
        .iter()
        .map(|(id, needed)| {
            let mut needed: BTreeSet<String> = needed.iter().map(|id| reference(id)).collect();
            let dependent = reference(id);
            if dependent == package {
                needed.extend(bundled.iter().map(Bundled::purl));
            }
            json!({ "ref": dependent, "dependsOn": needed })
        })
        .chain(
            bundled
                .iter()
                .map(|found| json!({ "ref": found.purl(), "dependsOn": [] })),
        )
        .collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": package,
                "name": PACKAGE,
                "version": version,
                "licenses": [{ "expression": "MIT OR Apache-2.0" }],
                "purl": package,
            },
        },
        "components": components,
        "dependencies": dependencies,
    })
}

/// A crate.
fn component(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let member = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let mut component = json!({
        "type": "library",
        "bom-ref": purl_of(package),
        "name": member("name"),
        "version": member("version"),
    });
    // Crates from this repository have no checksum.
    if let Some(checksum) = checksums.get(&(member("name"), member("version"))) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    // Old manifests separate alternatives by a slash, which SPDX does not know.
    component["licenses"] = json!([{ "expression": member("license").replace('/', " OR ") }]);
    component["purl"] = Value::from(purl_of(package));
    component
}

/// An npm package in the page.
fn npm_component(package: &Bundled) -> Value {
    json!({
        "type": "library",
        "bom-ref": package.purl(),
        "name": package.name,
        "version": package.version,
        "licenses": [{ "expression": package.licence }],
        "purl": package.purl(),
    })
}

/// The address of a crate for tools: `pkg:cargo/NAME@VERSION`.
fn purl_of(package: &Value) -> String {
    let member = |name: &str| package[name].as_str().unwrap_or_default();
    // A version such as 1.0.0+wasi has a plus sign, which stands for a space in addresses.
    format!("pkg:cargo/{}@{}", member("name"), member("version").replace('+', "%2B"))
}

/// The checksums of a lock file, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    lock.split("[[package]]")
        .filter_map(|block| {
            let value = |name: &str| {
                block
                    .lines()
                    .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'))
                    .map(str::to_owned)
            };
            Some(((value("name")?, value("version")?), value("checksum")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_read_by_name_and_version() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry\"\nchecksum = \"abc\"\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        let found = checksums(lock);
        assert_eq!(
            found,
            BTreeMap::from([(("a".to_owned(), "1.0.0".to_owned()), "abc".to_owned())])
        );
    }

    #[test]
    fn bill_names_what_is_linked_and_what_it_needs() {
        let metadata = json!({
            "packages": [
                { "id": "0", "name": "wix-media", "version": "0.1.0", "license": "MIT", "targets": [] },
                { "id": "1", "name": "a", "version": "1.0.0", "license": "MIT/Apache-2.0", "targets": [] },
                { "id": "2", "name": "b", "version": "2.0.0+x", "license": "Zlib", "targets": [] },
            ],
            "resolve": { "nodes": [
                { "id": "0", "deps": [{ "pkg": "1", "dep_kinds": [{ "kind": null }] }] },
                { "id": "1", "deps": [{ "pkg": "2", "dep_kinds": [{ "kind": null }] }] },
                { "id": "2", "deps": [] },
            ] },
        });
        let checksums = BTreeMap::from([(("a".to_owned(), "1.0.0".to_owned()), "abc".to_owned())]);
        let bundled = [Bundled {
            name: "@scope/c".to_owned(),
            version: "3.0.0".to_owned(),
            licence: "MIT".to_owned(),
            text: "Text".to_owned(),
        }];
        let bill = bill(&Linked::new(&metadata, LIBRARY).unwrap(), &checksums, &bundled, "0.1.0");
        assert_eq!(
            bill["components"],
            json!([
                {
                    "type": "library",
                    "bom-ref": "pkg:cargo/a@1.0.0",
                    "name": "a",
                    "version": "1.0.0",
                    "hashes": [{ "alg": "SHA-256", "content": "abc" }],
                    "licenses": [{ "expression": "MIT OR Apache-2.0" }],
                    "purl": "pkg:cargo/a@1.0.0",
                },
                {
                    "type": "library",
                    "bom-ref": "pkg:cargo/b@2.0.0%2Bx",
                    "name": "b",
                    "version": "2.0.0+x",
                    "licenses": [{ "expression": "Zlib" }],
                    "purl": "pkg:cargo/b@2.0.0%2Bx",
                },
                {
                    "type": "library",
                    "bom-ref": "pkg:npm/%40scope/c@3.0.0",
                    "name": "@scope/c",
                    "version": "3.0.0",
                    "licenses": [{ "expression": "MIT" }],
                    "purl": "pkg:npm/%40scope/c@3.0.0",
                },
            ])
        );
        assert_eq!(
            bill["dependencies"],
            json!([
                {
                    "ref": "pkg:npm/wix-media.v2@0.1.0",
                    "dependsOn": ["pkg:cargo/a@1.0.0", "pkg:npm/%40scope/c@3.0.0"],
                },
                { "ref": "pkg:cargo/a@1.0.0", "dependsOn": ["pkg:cargo/b@2.0.0%2Bx"] },
                { "ref": "pkg:cargo/b@2.0.0%2Bx", "dependsOn": [] },
                { "ref": "pkg:npm/%40scope/c@3.0.0", "dependsOn": [] },
            ])
        );
    }
}
