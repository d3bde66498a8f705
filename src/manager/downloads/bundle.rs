//! Bundles: zips of files and folders, fixed when their URL is made.

use super::{missing, refused};
use crate::blobs::Blobs;
use crate::catalog::{Area, BundleEntry, Children, File, Folder, Item, Page, Sort, fold};
use crate::manager::dates::http_date;
use crate::manager::http::body::{Body, Source};
use crate::manager::http::conditions::{self, Verdict};
use crate::manager::http::disposition::disposition;
use crate::manager::http::error::{Outcome, Refusal};
use crate::manager::http::message::{Head, Response};
use crate::manager::http::range::{Range, read_range};
use crate::manager::http::validate::Fields;
use crate::manager::items::{content, files, folders, target};
use crate::manager::tx::{Tx, View};
use crate::manager::zip::Zip;
use crate::model::status::Status;
use crate::model::system_folder;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The maximum number of files in a zip (`docs/contract/choices.md#u35`).
pub(crate) const MAX_FILES: usize = 1000;

/// The maximum number of zips of a site, and of their entries. A further one takes the place of the oldest ones
/// (`docs/contract/choices.md#u51`).
pub(crate) const MAX_ZIPS: u32 = 10_000;
const MAX_ENTRIES: u64 = 1_000_000;

/// The maximum length of a name in a zip, in bytes: file systems take 255, and a number may be added. With at most 100
/// folders above it, a path stays far below the 65,535 bytes of a zip.
const MAX_NAME: usize = 240;

/// The maximum length of an extension that is kept, in bytes.
const MAX_EXTENSION: usize = 20;

/// The path prefix of zips.
pub(crate) const ARCHIVES: &str = "/archive/wix/";

pub(crate) fn files_download_url(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let mut entries = Vec::new();
    let mut names = BTreeSet::new();
    for file in tx.catalog.files_by_id(&files::distinct_files(fields))? {
        if is_packed(&file) {
            entries.push(entry(&file, "", &mut names));
        }
    }
    if entries.is_empty() {
        return Err(Refusal::code(
            400,
            "RESOURCE_NOT_FOUND",
            "none of these files can be packed",
        ));
    }
    bundle_url(tx, "files", &entries)
}

pub(crate) fn folder_download_url(tx: &mut Tx<'_>, fields: &Fields) -> Outcome<Value> {
    let folder = folders::folder(&tx.view(), fields.text("folderId").unwrap_or_default())?;
    let mut entries = Vec::new();
    let mut left = MAX_FILES;
    if target::area_of(&tx.view(), &folder.id)? != Some(Area::Trash) {
        pack(&tx.view(), &folder.id, "", &mut entries, &mut left)?;
    }
    bundle_url(tx, &folder.name, &entries)
}

pub(crate) fn bundle_url(tx: &mut Tx<'_>, name: &str, entries: &[BundleEntry]) -> Outcome<Value> {
    let id = content::prefixed_id(tx.context);
    tx.catalog.insert_bundle(&id, name, false, tx.context.now)?;
    tx.catalog.insert_bundle_entries(&id, 0, entries)?;
    for old in tx.catalog.excess_bundles(MAX_ZIPS, MAX_ENTRIES)? {
        tx.remove_bundle(&old)?;
    }
    Ok(json!({ "downloadUrl": format!("{}{ARCHIVES}{id}", tx.base) }))
}

/// Adds the content of a folder: files first, then folders, each in the order of creation.
pub(crate) fn pack(
    view: &View<'_>,
    folder: &str,
    path: &str,
    entries: &mut Vec<BundleEntry>,
    left: &mut usize,
) -> Outcome<()> {
    let mut names = BTreeSet::new();
    let mut files = all_of(folder, &|page| Ok(view.catalog.files(page)?))?;
    files.retain(is_packed);
    files.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    let Some(rest) = left.checked_sub(files.len()) else {
        let text = format!("a zip holds at most {MAX_FILES} files");
        let data = json!({ "limit": MAX_FILES });
        return Err(Refusal::with_data(400, "TOO_MANY_FILES", text, data));
    };
    *left = rest;
    entries.extend(files.iter().map(|file| entry(file, path, &mut names)));
    let mut folders: Vec<Folder> = all_of(folder, &|page| Ok(view.catalog.folders(page)?))?;
    folders.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    for row in system_folder::SYSTEM_FOLDERS.iter().filter(|row| row.parent == folder) {
        if view.catalog.has_children(row.id)? {
            folders.push(folders::system_folder(view, row)?);
        }
    }
    for folder in folders {
        let path = format!("{path}{}/", unique_name(&safe_name(&folder.name), false, &mut names));
        entries.push(BundleEntry {
            path: path.clone(),
            blob: None,
            size: 0,
            crc: 0,
            updated: folder.updated,
        });
        pack(view, &folder.id, &path, entries, left)?;
    }
    Ok(())
}

pub(crate) fn all_of<T: Item>(folder: &str, fetch: &dyn Fn(&Page) -> Outcome<Vec<T>>) -> Outcome<Vec<T>> {
    let mut page = Page::new(Children::Of(folder.to_owned()), 500);
    page.sort = Sort::Name;
    page.descending = false;
    let mut all = Vec::new();
    loop {
        let items = fetch(&page)?;
        let Some(last) = items.last() else { return Ok(all) };
        page.from = Some(last.position(page.sort));
        all.extend(items);
    }
}

/// Answers with a zip, or with the requested range of it. A zip never changes, so its id is its tag.
pub(crate) fn bundle(view: &View<'_>, blobs: &dyn Blobs, head: &Head, id: &str) -> Outcome<Response> {
    let (name, created) = view.catalog.bundle(id)?.ok_or_else(missing)?;
    let tag = format!("\"{id}\"");
    // Releases before version 3 of the schema did not record when a zip was made.
    let modified = if created > 0 { created } else { view.since()? };
    let response = |status| {
        Response::new(status)
            .with("Accept-Ranges", "bytes")
            .with("ETag", tag.clone())
            .with("Last-Modified", http_date(modified))
    };
    match conditions::evaluate(head, &tag, modified) {
        Verdict::Proceed => {}
        Verdict::NotModified => return Ok(response(304)),
        Verdict::Failed => return Err(refused(412, "The zip is another version.")),
    }
    let zip = Zip::new(view.catalog, blobs, id)?;
    let size = zip.length();
    let range = head
        .header("range")
        .filter(|_| conditions::allows_range(head, &tag, modified));
    let (status, offset, length) = match range.map_or(Range::Whole, |range| read_range(range, size)) {
        Range::Whole => (200, 0, size),
        Range::Part(from, to) => (206, from, to - from + 1),
        Range::Nothing => {
            let response = response(416).with("Content-Range", format!("bytes */{size}"));
            return Ok(response.with("Cache-Control", "no-store"));
        }
    };
    let mut response = response(status)
        .with("Content-Type", "application/zip")
        .with("Content-Disposition", disposition("attachment", &format!("{name}.zip")));
    if status == 206 {
        let last = offset + length - 1;
        response = response.with("Content-Range", format!("bytes {offset}-{last}/{size}"));
    }
    Ok(response
        .with("Content-Length", length.to_string())
        .with_body(Body::run_of(zip, offset, length)))
}

/// Returns whether a file goes into zips.
pub(crate) fn is_packed(file: &File) -> bool {
    file.status == Status::Ready && !file.private && file.trashed.is_none() && file.blob.is_some()
}

pub(crate) fn entry(file: &File, path: &str, names: &mut BTreeSet<String>) -> BundleEntry {
    BundleEntry {
        path: format!("{path}{}", unique_name(&safe_name(&file.name), true, names)),
        blob: file.blob.clone(),
        size: file.size,
        crc: file.crc,
        updated: file.updated,
    }
}

/// Returns a name that cannot leave the directory into which the zip is unpacked, and that file systems take, those of
/// Windows included, as the client does (`pkg-template/library/downloads/names.js`).
pub(crate) fn safe_name(name: &str) -> String {
    let is_risky = |character: char| character.is_control() || "<>:\"/\\|?*".contains(character);
    let mut kept = name.replace(is_risky, "_");
    // Hidden on Unix.
    let leading = kept.len() - kept.trim_start_matches(['.', '_']).len();
    kept.replace_range(..leading, &"_".repeat(leading));
    // Removed on Windows.
    let end = kept.trim_end_matches(['.', ' ']).len();
    kept.replace_range(end.., &"_".repeat(kept.len() - end));
    if kept.is_empty() || is_reserved(&kept) {
        kept.insert(0, '_');
    }
    shortened(kept)
}

/// Whether Windows takes a name for a device, whatever its extension is.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_numbered = |rest: &str| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit());
    matches!(&*stem, "con" | "prn" | "aux" | "nul")
        || ["com", "lpt"]
            .iter()
            .any(|port| stem.strip_prefix(port).is_some_and(is_numbered))
}

/// Cuts a name to [`MAX_NAME`] bytes, and keeps its extension.
fn shortened(name: String) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    let extension = name
        .rfind('.')
        .map(|at| &name[at..])
        .filter(|extension| extension.len() <= MAX_EXTENSION)
        .unwrap_or_default();
    let mut end = MAX_NAME - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", &name[..end])
}

/// Returns a free name: the given one, or one with a number. Many file systems ignore case, so names that differ only in
/// case count as equal.
pub(crate) fn unique_name(name: &str, is_file: bool, names: &mut BTreeSet<String>) -> String {
    let (stem, ending) = match name.rfind('.').filter(|&at| is_file && at > 0) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut candidate = name.to_owned();
    let mut number = 0;
    while !names.insert(fold(&candidate)) {
        number += 1;
        candidate = format!("{stem} ({number}){ending}");
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_zips_are_safe_and_unique() {
        let mut names = BTreeSet::new();
        for (name, expected) in [
            ("a.jpg", "a.jpg"),
            ("a.jpg", "a (1).jpg"),
            ("A.JPG", "A (2).JPG"),
            ("../../etc/passwd", "______etc_passwd"),
            ("..", "__"),
            ("c:\\x\n", "c__x_"),
            ("", "_"),
            (".hidden", "_hidden"),
            ("who? <me>|*.txt", "who_ _me___.txt"),
            ("the end. .", "the end___"),
            ("CON.txt", "_CON.txt"),
            ("lpt1", "_lpt1"),
            ("com10.jpg", "com10.jpg"),
            ("console.log", "console.log"),
        ] {
            assert_eq!(unique_name(&safe_name(name), true, &mut names), expected, "{name:?}");
        }
        let long = format!("{}.jpeg", "深".repeat(100));
        let cut = safe_name(&long);
        assert_eq!(cut, format!("{}.jpeg", "深".repeat(78)));
        assert_eq!(safe_name(&"x".repeat(300)), "x".repeat(MAX_NAME));
        assert_eq!(safe_name(&format!("a.{}", "x".repeat(300))).len(), MAX_NAME);
        assert_eq!(unique_name("v1.2", false, &mut names), "v1.2");
        assert_eq!(unique_name("v1.2", false, &mut names), "v1.2 (1)");
    }
}
