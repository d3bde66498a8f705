//! `export` and `import`: everything as one archive (`docs/archive.md`), in constant memory.

use super::check::line;
use super::{Outcome, say};
use crate::failure::Failure;
use crate::storage::Storage;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use wix_media::manager::{Export, Manager};

/// How many bytes are read and written at once.
const PIECE_SIZE: usize = 1 << 20;

/// Writes everything to a file, which appears once it is complete.
pub(super) fn export(
    storage: &Storage,
    manager: &Manager,
    file: &Path,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let shown = file.display();
    if fs::symlink_metadata(file).is_ok() {
        return Err(Failure(format!(
            "{shown} exists already: choose another name, or delete it"
        )));
    }
    let export = manager.export().map_err(|error| storage.unusable(&error))?;
    let id = export.id.clone();
    for damage in &export.damage {
        say(out, &line(damage))?;
    }
    let damaged = export.damaged_files;
    let part = part_of(file);
    let size = write(manager, export, file, &part).map_err(|error| {
        _ = fs::remove_file(&part);
        Failure(format!("cannot write {shown}: {error}"))
    })?;
    manager.end_export(&id).map_err(|error| storage.unusable(&error))?;
    say(out, &format!("exported {size} bytes, {damaged} files damaged"))?;
    Ok(if damaged == 0 { Outcome::Whole } else { Outcome::Damaged })
}

/// The name of a file while it is written.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

fn write(manager: &Manager, export: Export, file: &Path, part: &Path) -> std::io::Result<u64> {
    use std::os::unix::fs::OpenOptionsExt;
    // What a killed export has left. It, or a link of that name, could let others read the archive, which holds private files too.
    match fs::remove_file(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut target = File::options().write(true).create_new(true).mode(0o600).open(part)?;
    let mut body = export.body;
    let size = body.length();
    let mut buffer = vec![0; PIECE_SIZE];
    while body.length() > 0 {
        let count = manager.read(&mut body, &mut buffer)?;
        if count == 0 {
            let text = "the bytes of a file are missing since the export began";
            return Err(std::io::Error::new(ErrorKind::UnexpectedEof, text));
        }
        target.write_all(&buffer[..count])?;
    }
    target.sync_all()?;
    fs::rename(part, file)?;
    Ok(size)
}

/// Opens an archive to read it.
pub(super) fn open(file: &Path) -> Result<File, Failure> {
    File::open(file).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("cannot read {}: {error}", file.display()))
}

/// Replaces everything by an archive. A store that holds anything is replaced only if `may_replace` says so.
pub(super) fn import(
    storage: &Storage,
    manager: &Manager,
    file: &Path,
    may_replace: bool,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let shown = file.display();
    let mut source = open(file)?;
    if !may_replace && !is_empty(manager).map_err(|error| storage.unusable(&error))? {
        let shown = match storage.directory() {
            Some(directory) if !storage.is_shared() => directory.display().to_string(),
            _ => "the site".to_owned(),
        };
        return Err(Failure(format!(
            "{shown} is not empty, and the import would replace everything in it: use --yes if that is what you want"
        )));
    }
    let mut intake = manager.open_archive();
    let mut buffer = vec![0; PIECE_SIZE];
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => {
                manager.abandon(intake);
                return Err(unreadable(file, &error));
            }
        };
        if !manager.feed(&mut intake, &buffer[..count]) {
            break;
        }
    }
    while manager.work(&mut intake) {}
    let response = manager.close(intake);
    let status = response.status;
    let body = manager
        .collect(response.body)
        .map_err(|error| Failure(format!("cannot read the outcome of the import: {error}")))?;
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    if status != 200 {
        let message = answer["message"].as_str().unwrap_or("the archive was refused");
        return Err(Failure(format!("cannot import {shown}: {message}")));
    }
    let damaged = answer["damagedFiles"].as_u64().unwrap_or(0);
    for damage in answer["damage"].as_array().into_iter().flatten() {
        let text = |name: &str| damage[name].as_str().unwrap_or("-").replace(char::is_control, " ");
        say(
            out,
            &format!("{}\t{}\t-\t{}", text("problem"), text("fileId"), text("displayName")),
        )?;
    }
    say(out, &format!("imported, {damaged} files damaged"))?;
    Ok(if damaged == 0 { Outcome::Whole } else { Outcome::Damaged })
}

/// Whether a store holds no files and no folders.
fn is_empty(manager: &Manager) -> wix_media::catalog::Result<bool> {
    Ok(manager.control("usage", &Value::Null)?["isEmpty"] == true)
}
