//! One call: what it may touch while it runs, and the events that it leaves.

use super::descriptor;
use super::message::Origin;
use super::options::Options;
use super::refusal::{Outcome, Refusal, Violation};
use super::time::{Random, guid, iso};
use super::validate::Fields;
use crate::blobs::Blobs;
use crate::catalog::{Area, Catalog, Entity, File, Folder, Job};
use crate::model::system_folder;
use crate::operations::{OPERATIONS, Operation};
use serde_json::{Value, json};

/// Most levels of folders (`contract/folders-api.md` section 1).
pub(super) const MAX_DEPTH: usize = 100;

/// A call under way, inside its transaction.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) catalog: &'a mut dyn Catalog,
    pub(super) blobs: &'a mut dyn Blobs,
    pub(super) random: &'a mut dyn Random,
    pub(super) options: &'a Options,
    pub(super) secret: &'a [u8],
    /// When the site was made.
    pub(super) since: i64,
    pub(super) now: i64,
    /// What URLs begin with.
    pub(super) base: String,
    pub(super) origin: Origin,
    /// The colours of the picture whose bytes the request brought.
    pub(super) colors: Option<&'a Value>,
    /// Blobs that perhaps nobody needs any more, to be looked at after the commit.
    pub(super) freed: Vec<String>,
    /// TUS transfers that are over, once the commit is done.
    pub(super) ended: Vec<String>,
}

/// The deletions and restores, which the service carries out when it comes to it.
fn is_bulk(operation: &str) -> bool {
    operation.starts_with("bulkDelete") || operation.starts_with("bulkRestore")
}

/// A folder that something can be put into.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) id: String,
    pub(super) area: Area,
}

impl Call<'_> {
    pub(super) fn descriptor(&self, file: &File) -> Value {
        descriptor::file(file, &self.base, &self.options.site_id)
    }

    pub(super) fn folder_value(&self, folder: &Folder) -> Value {
        descriptor::folder(folder, &self.options.site_id)
    }

    /// The folder with this id as a place for items, or the rule that it breaks (choices U5 and U6).
    pub(super) fn target(&self, field: &str, id: &str) -> Outcome<Target> {
        let trashed = || Violation::named(field, "PARENT_FOLDER_IN_TRASH", "is in the trash");
        let area = match self.area_of(id)? {
            Some(Area::Trash) => return Err(trashed().into()),
            Some(area) => area,
            None => return Err(Violation::named(field, "PARENT_FOLDER_NOT_FOUND", "is no folder of this site").into()),
        };
        Ok(Target {
            id: id.to_owned(),
            area,
        })
    }

    /// The area of a folder, system folders included; `None` for an unknown id.
    pub(super) fn area_of(&self, id: &str) -> Outcome<Option<Area>> {
        Ok(match id {
            system_folder::TRASH_ROOT => Some(Area::Trash),
            system_folder::VISITOR_UPLOADS => Some(Area::Visitors),
            _ if system_folder::find(id).is_some() => Some(Area::Site),
            _ => self.catalog.folder(id)?.map(|folder| folder.area),
        })
    }

    /// How many folders of people's own lead to this one, itself included.
    fn depth(&self, id: &str) -> Outcome<usize> {
        Ok(self.catalog.folders_above(id)?.len())
    }

    /// Refuses to put a tree of this height under a folder when it would be too deep.
    pub(super) fn check_depth(&self, field: &str, parent: &str, height: u32) -> Outcome<()> {
        if self.fits(parent, height)? {
            return Ok(());
        }
        let violation = Violation::named(field, "MAX_DEPTH", format!("would be deeper than {MAX_DEPTH} levels"));
        Err(violation.with(json!({ "threshold": MAX_DEPTH })).into())
    }

    pub(super) fn fits(&self, parent: &str, height: u32) -> Outcome<bool> {
        Ok(self.depth(parent)? + 1 + height as usize <= MAX_DEPTH)
    }

    /// Adds a folder, with its event.
    pub(super) fn add_folder(&mut self, name: &str, target: &Target) -> Outcome<Folder> {
        let id = super::time::hex_id(self.random);
        let folder = Folder::new(&id, name, &target.id, target.area, self.now);
        self.catalog.insert_folder(&folder)?;
        self.folder_created(&folder)?;
        Ok(folder)
    }

    /// The folder at a path below a target; the folders that are missing are made (`contract/files-api.md` C6).
    pub(super) fn ensure_path(&mut self, target: Target, path: &str) -> Outcome<Target> {
        let mut target = target;
        let mut names = path.split('/').filter(|name| !name.is_empty()).peekable();
        let place = |folder: Folder| Target {
            id: folder.id,
            area: folder.area,
        };
        while let Some(name) = names.peek() {
            let Some(folder) = self.catalog.folder_named(&target.id, name)? else {
                break;
            };
            target = place(folder);
            names.next();
        }
        // All that is missing is checked before any of it is made, so that a refusal leaves nothing.
        let missing: Vec<&str> = names.collect();
        for name in &missing {
            super::folders::check_name("filePath", name)?;
        }
        if let Some(height) = missing.len().checked_sub(1) {
            self.check_depth("filePath", &target.id, u32::try_from(height).unwrap_or(u32::MAX))?;
        }
        for name in missing {
            target = place(self.add_folder(name, &target)?);
        }
        Ok(target)
    }

    /// The id of a new blob.
    pub(super) fn new_blob(&mut self) -> String {
        let fresh = self.blobs.fresh();
        fresh.unwrap_or_else(|| super::time::hex_id(self.random))
    }

    /// The number of a new deletion.
    pub(super) fn deletion(&mut self) -> Outcome<i64> {
        let last = self.catalog.setting("deletions")?;
        let number = last.and_then(|last| last.parse().ok()).unwrap_or(0) + 1;
        self.catalog.set_setting("deletions", &i64::to_string(&number))?;
        Ok(number)
    }

    fn event(&mut self, entity: Entity, id: &str, slug: &str, body: (&str, Value)) -> Outcome<()> {
        let sequence = self.catalog.count_event(entity, id)?;
        let fqdn = match entity {
            Entity::File => "wix.media.site_media.v1.file_descriptor",
            Entity::Folder => "wix.media.site_media.v1.folder",
        };
        let mut event = json!({
            "id": guid(self.random),
            "entityFqdn": fqdn,
            "slug": slug,
            "entityId": id,
            "eventTime": iso(self.now),
            "triggeredByAnonymizeRequest": false,
            "originatedFrom": "",
            "entityEventSequence": sequence.to_string(),
        });
        event[body.0] = body.1;
        let number = self.catalog.insert_event(&event.to_string())?;
        self.event_happened(number, fqdn, slug)
    }

    pub(super) fn folder_created(&mut self, folder: &Folder) -> Outcome<()> {
        let entity = json!({ "entity": self.folder_value(folder) });
        self.event(Entity::Folder, &folder.id, "created", ("createdEvent", entity))
    }

    pub(super) fn folder_updated(&mut self, folder: &Folder) -> Outcome<()> {
        let entity = json!({ "currentEntity": self.folder_value(folder) });
        self.event(Entity::Folder, &folder.id, "updated", ("updatedEvent", entity))
    }

    pub(super) fn file_updated(&mut self, file: &File) -> Outcome<()> {
        let entity = json!({ "currentEntity": self.descriptor(file) });
        self.event(Entity::File, &file.id, "updated", ("updatedEvent", entity))
    }

    pub(super) fn deleted(&mut self, entity: Entity, id: &str, permanent: bool) -> Outcome<()> {
        let body = json!({ "movedToTrash": !permanent });
        self.event(entity, id, "deleted", ("deletedEvent", body))
    }

    pub(super) fn file_ready(&mut self, file: &File, by_undelete: bool) -> Outcome<()> {
        let external: Value = serde_json::from_str(&file.external)?;
        let body = json!({
            "file": self.descriptor(file),
            "externalInfo": external,
            "triggeredByUndelete": by_undelete,
        });
        self.event(
            Entity::File,
            &file.id,
            "file_ready",
            ("actionEvent", json!({ "body": body })),
        )
    }

    pub(super) fn file_failed(&mut self, file: &File, error: Value) -> Outcome<()> {
        let external: Value = serde_json::from_str(&file.external)?;
        let body = json!({ "externalInfo": external, "error": error });
        self.event(
            Entity::File,
            &file.id,
            "file_failed",
            ("actionEvent", json!({ "body": body })),
        )
    }

    /// Ends the processing of a file: it is ready, unless the options have it fail.
    pub(super) fn process(&self, file: &mut File) {
        let failing = self.options.fails(&file.media_type, &file.name);
        file.status = if failing { "FAILED" } else { "READY" }.to_owned();
        file.ready_at = None;
    }

    /// The event of a file that has just been processed; of one that still is, none.
    pub(super) fn tell_processed(&mut self, file: &File) -> Outcome<()> {
        match file.status.as_str() {
            "READY" => self.file_ready(file, false),
            "FAILED" => {
                let text = "the options of this manager have the processing of this file fail";
                self.file_failed(
                    file,
                    json!({ "code": "PROCESSING_FAILED", "description": text, "data": {} }),
                )
            }
            _ => Ok(()),
        }
    }

    /// Carries out a call.
    pub(super) fn perform(&mut self, operation: &'static Operation, fields: &Fields) -> Outcome<Value> {
        if self.options.delay > 0 && is_bulk(operation.name) {
            return self.put_off(operation.name, fields);
        }
        self.perform_now(operation, fields)
    }

    fn perform_now(&mut self, operation: &'static Operation, fields: &Fields) -> Outcome<Value> {
        match operation.name {
            "createFolder" => self.create_folder(fields),
            "getFolder" => self.get_folder(fields),
            "updateFolder" => self.update_folder(fields),
            "bulkDeleteFolders" => self.bulk_delete_folders(fields),
            "bulkRestoreFoldersFromTrashBin" => self.bulk_restore_folders(fields),
            "getFileDescriptor" => self.get_file_descriptor(fields),
            "getFileDescriptors" => self.get_file_descriptors(fields),
            "updateFileDescriptor" => self.update_file_descriptor(fields),
            "bulkDeleteFiles" => self.bulk_delete_files(fields),
            "bulkRestoreFilesFromTrashBin" => self.bulk_restore_files(fields),
            "generateFileUploadUrl" => self.upload_url(fields, false),
            "generateFileResumableUploadUrl" => self.upload_url(fields, true),
            "generateFileDownloadUrl" => self.file_download_url(fields),
            "generateFilesDownloadUrl" => self.files_download_url(fields),
            "generateFolderDownloadUrl" => self.folder_download_url(fields),
            "generateVideoStreamingUrl" => self.video_streaming_url(fields),
            "importFile" => self.import_file(fields),
            "bulkImportFiles" => self.bulk_import_files(fields),
            "bulkImportFile" => self.bulk_import_file(fields),
            _ => self.page(operation, fields),
        }
    }

    /// Accepts a call that happens later (choice U17).
    fn put_off(&mut self, operation: &'static str, fields: &Fields) -> Outcome<Value> {
        if operation == "bulkDeleteFolders" {
            super::trash::check_deletable(fields)?;
        }
        self.catalog.insert_job(&Job {
            due: self.now.saturating_add(self.options.delay),
            operation: operation.to_owned(),
            fields: fields.to_json().to_string(),
        })?;
        Ok(json!({}))
    }

    /// Carries out the calls whose time has come, and processes the pending files whose time has come.
    pub(super) fn settle(&mut self) -> Outcome<()> {
        while let Some(job) = self.catalog.take_job(self.now)? {
            let operation = OPERATIONS.iter().find(|operation| operation.name == job.operation);
            // What no release makes is nothing to hold up everything else for.
            if let (Some(operation), Ok(Value::Object(fields))) = (operation, serde_json::from_str(&job.fields)) {
                self.perform_now(operation, &Fields::new(fields))?;
            }
        }
        for mut file in self.catalog.due(self.now)? {
            self.process(&mut file);
            self.catalog.update_file(&file)?;
            self.tell_processed(&file)?;
        }
        Ok(())
    }

    /// The file with this id or media URL.
    pub(super) fn file(&self, id: &str) -> Outcome<File> {
        let id = descriptor::file_id(id);
        self.catalog.file(&id)?.ok_or_else(|| Refusal::file_not_found(&id))
    }
}
