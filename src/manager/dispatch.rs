//! The handlers of the operations.

use super::http::error::Outcome;
use super::http::validate::Fields;
use super::items::{files, folders, trash};
use super::site::{Cause, Site};
use super::tx::{Tx, View};
use super::{downloads, imports, listing, uploads};
use crate::catalog::Job;
use crate::manager::json::{self};
use crate::operations::{Operation, OperationId};
use serde_json::{Value, json};

/// A handler: it reads from a snapshot, or writes in a transaction.
enum Handler {
    Read(fn(&View<'_>, &Fields) -> Outcome<Value>),
    /// Reads items, and writes them as text at once. As values, their members and names would be most of what a list costs.
    ReadItems(fn(&View<'_>, &Fields) -> Outcome<String>),
    Write(fn(&mut Tx<'_>, &Fields) -> Outcome<Value>),
    /// Writes what a power failure may undo: an upload URL holds nothing yet, and the commit of its file makes it durable.
    WriteLazily(fn(&mut Tx<'_>, &Fields) -> Outcome<Value>),
}

fn handler(id: OperationId) -> Handler {
    use Handler::{Read, ReadItems, Write, WriteLazily};
    use OperationId as Id;
    match id {
        Id::CreateFolder => Write(folders::create_folder),
        Id::GetFolder => Read(folders::get_folder),
        Id::UpdateFolder => Write(folders::update_folder),
        Id::BulkDeleteFolders => Write(trash::bulk_delete_folders),
        Id::BulkRestoreFoldersFromTrashBin => Write(trash::bulk_restore_folders),
        Id::GetFileDescriptor => ReadItems(files::get_file_descriptor),
        Id::GetFileDescriptors => ReadItems(files::get_file_descriptors),
        Id::UpdateFileDescriptor => Write(files::update_file_descriptor),
        Id::BulkDeleteFiles => Write(trash::bulk_delete_files),
        Id::BulkRestoreFilesFromTrashBin => Write(trash::bulk_restore_files),
        Id::GenerateFileUploadUrl => WriteLazily(|tx, fields| uploads::upload_url(tx, fields, false)),
        Id::GenerateFileResumableUploadUrl => WriteLazily(|tx, fields| uploads::upload_url(tx, fields, true)),
        Id::GenerateFileDownloadUrl => Read(downloads::links::file_download_url),
        Id::GenerateFilesDownloadUrl => Write(downloads::bundle::files_download_url),
        Id::GenerateFolderDownloadUrl => Write(downloads::bundle::folder_download_url),
        Id::GenerateVideoStreamingUrl => Read(downloads::streams::video_streaming_url),
        Id::ImportFile => Write(imports::import_file),
        Id::BulkImportFiles => Write(imports::bulk_import_files),
        Id::BulkImportFile => Write(imports::bulk_import_file),
        Id::ListFiles => ReadItems(|view, fields| listing::page(view, Id::ListFiles, fields)),
        Id::SearchFiles => ReadItems(|view, fields| listing::page(view, Id::SearchFiles, fields)),
        Id::ListDeletedFiles => ReadItems(|view, fields| listing::page(view, Id::ListDeletedFiles, fields)),
        Id::QueryFileDescriptors => ReadItems(|view, fields| listing::page(view, Id::QueryFileDescriptors, fields)),
        Id::ListFolders => ReadItems(|view, fields| listing::page(view, Id::ListFolders, fields)),
        Id::SearchFolders => ReadItems(|view, fields| listing::page(view, Id::SearchFolders, fields)),
        Id::ListDeletedFolders => ReadItems(|view, fields| listing::page(view, Id::ListDeletedFolders, fields)),
        Id::QueryFolders => ReadItems(|view, fields| listing::page(view, Id::QueryFolders, fields)),
    }
}

/// Returns whether a call stores something that a power failure must not undo.
#[cfg(target_arch = "wasm32")]
pub(crate) fn is_durable(id: OperationId) -> bool {
    matches!(handler(id), Handler::Write(_))
}

/// Runs a call, or defers it. Returns the answer as JSON.
pub(crate) fn call(site: &Site, cause: &Cause, operation: &Operation, fields: &Fields) -> Outcome<String> {
    let value = match handler(operation.id) {
        Handler::ReadItems(handle) => return site.read(cause, |view| handle(view, fields)),
        Handler::Read(handle) => site.read(cause, |view| handle(view, fields)),
        Handler::WriteLazily(handle) => site.write_lazily(cause, |tx| handle(tx, fields)),
        Handler::Write(handle) => {
            let cause = Cause {
                frees: fields.flag("permanent") == Some(true),
                ..cause.clone()
            };
            site.write(&cause, |tx| {
                if operation.deferrable && tx.options.delay > 0 {
                    return defer(tx, operation, fields);
                }
                handle(tx, fields)
            })
        }
    };
    Ok(json::text(&value?))
}

/// Stores a call that runs later (`docs/contract/choices.md#u17`).
fn defer(tx: &mut Tx<'_>, operation: &Operation, fields: &Fields) -> Outcome<Value> {
    if operation.id == OperationId::BulkDeleteFolders {
        trash::check_deletable(fields)?;
    }
    let job = Job {
        due: tx.now.saturating_add(tx.options.delay),
        operation: operation.name.to_owned(),
        fields: json::text(&fields.to_json()),
    };
    tx.catalog.insert_job(&job)?;
    Ok(json!({}))
}

/// Runs a deferred call.
pub(crate) fn deferred(tx: &mut Tx<'_>, id: OperationId, fields: &Fields) -> Outcome<()> {
    match handler(id) {
        // Reads are never deferred.
        Handler::Read(_) | Handler::ReadItems(_) => Ok(()),
        Handler::Write(handle) | Handler::WriteLazily(handle) => handle(tx, fields).map(drop),
    }
}
