//! The functions that the JavaScript engine of the embedded Media Manager calls.
//!
//! One instance of the module serves one manager, so a trap affects one manager only, and dropping the instance frees
//! all its memory. Everything durable is in the host's storage. After a trap, JavaScript starts another instance on the
//! same storage.

use super::host::{Host, Shared, failed};
use super::vfs;
use crate::blobs::{Directory, file_name};
use crate::catalog::{self, Files, Sqlite};
use crate::manager::{
    Body, Check, Delivered, Export, Exporting, Head, Intake, InvalidMember, Manager, Options, Origin, Parts, Piece,
    Response, Seeded,
};
use js_sys::{Array, Uint8Array};
use serde_json::{Value, json};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The header with the kind of sender of a request.
const ORIGIN: &str = "wix-media-origin";

struct Running {
    manager: Manager,
    intakes: Handles<Intake>,
    bodies: Handles<Body>,
    tasks: Handles<Task>,
    /// The last handle of an intake, a body or a task.
    last: u32,
}

/// Work that runs in steps.
enum Task {
    Check(Check),
    Export(Box<Exporting>),
}

/// Values by their handle. Few are open at a time, and a map of each type would be 9 KB of the module.
struct Handles<T>(Vec<(u32, T)>);

impl<T> Handles<T> {
    fn insert(&mut self, handle: u32, value: T) {
        self.0.push((handle, value));
    }

    fn get_mut(&mut self, handle: u32) -> Option<&mut T> {
        let found = self.0.iter_mut().find(|(other, _)| *other == handle);
        found.map(|(_, value)| value)
    }

    fn remove(&mut self, handle: u32) -> Option<T> {
        let at = self.0.iter().position(|(other, _)| *other == handle)?;
        Some(self.0.swap_remove(at).1)
    }
}

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

/// Returns an expected error as `[code, message]`, from which JavaScript makes a `WixMediaError`.
fn refusal(code: &str, message: &str) -> JsValue {
    Array::of2(&code.into(), &message.into()).into()
}

/// Returns an invalid option as `[code, message, member]`. `member` is JSON: `{ field, description, known }`.
fn invalid(error: &InvalidMember) -> JsValue {
    let member = serde_json::to_string(error).unwrap_or_default();
    Array::of3(&"INVALID_ARGUMENT".into(), &error.to_string().into(), &member.into()).into()
}

fn catalog_error(error: &catalog::Error) -> JsValue {
    let code = match error {
        catalog::Error::Locked => "LOCKED",
        catalog::Error::LockLost => "LOCK_LOST",
        catalog::Error::Newer { .. } => "STORAGE_NEWER",
        catalog::Error::Full(_) => "INSUFFICIENT_STORAGE",
        _ => "STORAGE_FAILED",
    };
    refusal(code, &error.to_string())
}

fn with<T>(work: impl FnOnce(&mut Running) -> Result<T, JsValue>) -> Result<T, JsValue> {
    RUNNING.with_borrow_mut(|running| match running {
        Some(running) => work(running),
        None => Err(refusal("MANAGER_CLOSED", "the manager is not started")),
    })
}

/// Does something with an open request. For one that has ended, it returns the default.
fn with_intake<T: Default>(intake: u32, work: impl FnOnce(&mut Manager, &mut Intake) -> T) -> Result<T, JsValue> {
    with(|Running { manager, intakes, .. }| {
        let intake = intakes.get_mut(intake);
        Ok(intake.map(|intake| work(manager, intake)).unwrap_or_default())
    })
}

/// Starts the manager on the host's storage.
///
/// `given` is JSON: `{ options, durable, renames, transcodes, converts, encodesAvif, seed }`. `durable` says whether the storage outlives the process, and so
/// whether commits wait until they are durable. `renames` says whether the host has `renameFile`. `seed`, if present, is that of
/// the ids. `transcodes` says whether the host makes assets of videos, `converts` whether it decodes AVIF and HEIC, and
/// `encodesAvif` whether it encodes AVIF.
#[wasm_bindgen]
pub fn start(host: Host, given: &str) -> Result<(), JsValue> {
    let given: Value = serde_json::from_str(given).map_err(|error| refusal("INVALID_ARGUMENT", &error.to_string()))?;
    let mut options = Options::from_json(&given["options"]).map_err(|error| invalid(&error))?;
    options.transcodes = given["transcodes"].as_bool().unwrap_or(false);
    options.converts = given["converts"].as_bool().unwrap_or(false);
    options.encodes_avif = given["encodesAvif"].as_bool().unwrap_or(false);
    let host = Shared(host);
    vfs::register(&host).map_err(|message| refusal("STORAGE_FAILED", &message))?;
    let durable = given["durable"].as_bool().unwrap_or(true);
    let files = given["renames"]
        .as_bool()
        .unwrap_or(false)
        .then(|| Box::new(host.clone()) as Box<dyn Files>);
    let catalog = Sqlite::hosted(vfs::NAME, durable, files).map_err(|error| catalog_error(&error))?;
    let manager = Manager::new(Parts {
        catalog: Box::new(catalog),
        blobs: Box::new(Directory::new(host.clone())),
        clock: Box::new(host.clone()),
        random: match given["seed"].as_u64() {
            Some(seed) => Box::new(Seeded::new(seed)),
            None => Box::new(host),
        },
        options,
    });
    let manager = manager.map_err(|error| catalog_error(&error))?;
    // The host allows one instance at a time on its storage, so no other one holds leases. Without room, they expire.
    match manager.end_leases() {
        Ok(()) | Err(catalog::Error::Full(_)) => {}
        Err(error) => return Err(catalog_error(&error)),
    }
    RUNNING.set(Some(Running {
        manager,
        intakes: Handles(Vec::new()),
        bodies: Handles(Vec::new()),
        tasks: Handles(Vec::new()),
        last: 0,
    }));
    Ok(())
}

/// Stops the manager and closes the catalog.
#[wasm_bindgen]
pub fn stop() {
    RUNNING.set(None);
}

/// Begins a request and returns the handle of its intake. `headers` are lines, names and values in turns.
#[wasm_bindgen]
pub fn open(method: &str, path: &str, query: &str, headers: &str) -> Result<u32, JsValue> {
    let head = head(method, path, query, headers);
    with(|running| {
        let intake = running.manager.open(head);
        Ok(running.add_intake(intake))
    })
}

/// Answers a request without a body: [`open`] and [`close`] in one.
#[wasm_bindgen]
pub fn answer(method: &str, path: &str, query: &str, headers: &str) -> Result<Array, JsValue> {
    let head = head(method, path, query, headers);
    with(|running| {
        let intake = running.manager.open(head);
        running.close(intake)
    })
}

fn head(method: &str, path: &str, query: &str, headers: &str) -> Head {
    let mut head = Head {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: pairs(headers),
        origin: Origin::Site,
    };
    if let Some(origin) = head.header(ORIGIN).and_then(Origin::named) {
        head.origin = origin;
    }
    head
}

impl Running {
    fn add_task(&mut self, task: Task) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.tasks.insert(self.last, task);
        self.last
    }

    fn export_array(&mut self, export: Export) -> Result<JsValue, JsValue> {
        let report = json!({ "damagedFiles": export.damaged_files, "damage": export.damage });
        let length = export.body.length().to_string();
        let response = Response {
            status: 200,
            headers: vec![
                ("Content-Type".to_owned(), "application/zip".to_owned()),
                ("Content-Length".to_owned(), length),
                ("Cache-Control".to_owned(), "no-store".to_owned()),
            ],
            body: export.body,
            delay_ms: 0,
            transform: None,
            whole: None,
            cause: None,
        };
        let answer = self.response_array(response, false)?;
        answer.push(&export.id.into());
        answer.push(&report.to_string().into());
        Ok(answer.into())
    }

    fn add_intake(&mut self, intake: Intake) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.intakes.insert(self.last, intake);
        self.last
    }

    fn intake(&mut self, number: u32) -> Result<Intake, JsValue> {
        let intake = self.intakes.remove(number);
        intake.ok_or_else(|| refusal("INVALID_ARGUMENT", "cannot continue the request: it has ended"))
    }
}

/// Begins to take the response of an import's source. `headers` are lines, names and values in turns.
#[wasm_bindgen(js_name = openImport)]
pub fn open_import(file: &str, status: u16, headers: &str) -> Result<u32, JsValue> {
    with(|running| {
        let intake = running.manager.open_import(file, status, &pairs(headers));
        Ok(running.add_intake(intake))
    })
}

/// Begins to take an asset that the host has made of a file: see [`Manager::open_asset`].
#[wasm_bindgen(js_name = openAsset)]
pub fn open_asset(file: &str, name: &str, segments: &str) -> Result<u32, JsValue> {
    let segments = serde_json::from_str(segments).unwrap_or_default();
    with(|running| {
        let intake = running.manager.open_asset(file, name, &segments);
        Ok(running.add_intake(intake))
    })
}

/// Begins to import an archive, which replaces everything that the manager holds.
#[wasm_bindgen(js_name = openArchive)]
pub fn open_archive() -> Result<u32, JsValue> {
    with(|running| {
        let intake = running.manager.open_archive();
        Ok(running.add_intake(intake))
    })
}

/// Begins to add an entry of a seed, given as JSON. URLs begin with `host` unless an option sets their base.
#[wasm_bindgen(js_name = openSeed)]
pub fn open_seed(entry: &str, host: &str) -> Result<u32, JsValue> {
    let entry: Value = serde_json::from_str(entry).map_err(|error| refusal("INVALID_ARGUMENT", &error.to_string()))?;
    with(|running| {
        let intake = running.manager.open_seed(&entry, host);
        Ok(running.add_intake(intake))
    })
}

/// Begins to check the catalog. Returns the handle for [`step`].
#[wasm_bindgen(js_name = beginCatalogCheck)]
pub fn begin_catalog_check() -> Result<u32, JsValue> {
    with(|running| Ok(running.add_task(Task::Check(Check::catalog()))))
}

/// Begins to compare the bytes of files with the catalog, from the file behind the id `after` on. Without `with_bytes` only
/// their sizes. Returns the handle for [`step`].
#[wasm_bindgen(js_name = beginCheck)]
pub fn begin_check(with_bytes: bool, after: &str) -> Result<u32, JsValue> {
    let check = if with_bytes { Check::default() } else { Check::sizes() };
    with(|running| Ok(running.add_task(Task::Check(check.behind(after)))))
}

/// Begins to list an export. Returns the handle for [`step`].
#[wasm_bindgen(js_name = beginExport)]
pub fn begin_export() -> Result<u32, JsValue> {
    with(|running| {
        let exporting = running.manager.begin_export().map_err(|error| catalog_error(&error))?;
        Ok(running.add_task(Task::Export(Box::new(exporting))))
    })
}

/// Runs a step of a task, a few milliseconds of work. Returns JSON: `{ isDone, next }` with the files of blobs that the next
/// step reads. A check adds `{ files, bytes, position, damage, isCatalogWhole }`. The last step of an export returns what [`close`] returns,
/// followed by the id for the command `endExport` and `{ damagedFiles, damage }` as JSON. After the last step, and after an
/// error, the handle is released.
#[wasm_bindgen]
pub fn step(task: u32) -> Result<JsValue, JsValue> {
    with(|running| {
        let Some(mut found) = running.tasks.remove(task) else {
            return Err(refusal("INVALID_ARGUMENT", "cannot continue the task: it has ended"));
        };
        let (is_done, report) = match &mut found {
            Task::Check(check) => {
                let more = running.manager.check(check).map_err(|error| catalog_error(&error))?;
                let report = json!({
                    "isDone": !more,
                    "next": check.next_names(),
                    "files": check.files(),
                    "bytes": check.bytes(),
                    "position": check.position(),
                    "damage": check.take_damage(),
                    "isCatalogWhole": check.is_catalog_whole(),
                });
                (!more, report)
            }
            Task::Export(exporting) => match running.manager.list_export(exporting) {
                Err(error) => return Err(catalog_error(&error)),
                Ok(Some(export)) => return running.export_array(export),
                Ok(None) => (false, json!({ "isDone": false, "next": exporting.next_names() })),
            },
        };
        if !is_done {
            running.tasks.insert(task, found);
        }
        Ok(report.to_string().into())
    })
}

/// Ends a task before its last step.
#[wasm_bindgen(js_name = endTask)]
pub fn end_task(task: u32) -> Result<(), JsValue> {
    with(|running| {
        if let Some(Task::Export(exporting)) = running.tasks.remove(task) {
            running.manager.abandon_export(*exporting);
        }
        Ok(())
    })
}

/// Returns the file name of a blob, for storage that prepares files.
#[wasm_bindgen(js_name = fileName)]
pub fn name_of_blob(id: &str) -> String {
    file_name(id)
}

/// Returns headers from lines: one text crosses to JavaScript in a fraction of the time of a list.
fn pairs(lines: &str) -> Vec<(String, String)> {
    let mut rest = lines.split('\n');
    let mut pairs = Vec::new();
    while let (Some(name), Some(value)) = (rest.next(), rest.next()) {
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs
}

/// Returns headers as lines: see [`pairs`].
fn lines(headers: &[(String, String)]) -> String {
    let mut lines = String::new();
    for text in headers.iter().flat_map(|(name, value)| [name, value]) {
        if !lines.is_empty() {
            lines.push('\n');
        }
        // The header of a fault may hold anything.
        lines.extend(text.chars().map(|char| if char.is_control() { ' ' } else { char }));
    }
    lines
}

/// Takes the next bytes of a body. Returns whether more are needed.
#[wasm_bindgen]
pub fn feed(intake: u32, bytes: &[u8]) -> Result<bool, JsValue> {
    with_intake(intake, |manager, intake| manager.feed(intake, bytes))
}

/// Returns where the host may write a body by itself, as `[name, offset, limit, isResumable]` of the file, or undefined: see
/// [`Manager::target`].
#[wasm_bindgen]
pub fn target(intake: u32) -> Result<JsValue, JsValue> {
    with_intake(intake, |manager, intake| {
        manager.target(intake).map_or(JsValue::UNDEFINED, |target| {
            let name = file_name(&target.blob);
            let (offset, limit) = (target.offset as f64, target.limit as f64);
            Array::of4(&name.into(), &offset.into(), &limit.into(), &target.is_resumable.into()).into()
        })
    })
}

/// Takes what the host has written by itself, and made durable. Returns whether more is needed: see [`Manager::deliver`].
#[wasm_bindgen]
pub fn deliver(intake: u32, end: f64, md5: Option<String>, crc: u32) -> Result<bool, JsValue> {
    let end = end as u64;
    with_intake(intake, |manager, intake| {
        manager.deliver(intake, &Delivered { end, md5, crc })
    })
}

/// Refuses a request because of an error of the host: see [`Manager::fail`].
#[wasm_bindgen]
pub fn fail(intake: u32, error: JsValue) -> Result<(), JsValue> {
    with_intake(intake, |manager, intake| manager.fail(intake, failed(error)))
}

/// Digests the next bytes of an upload whose digest was lost. Returns whether there are more: see [`Manager::digest`].
#[wasm_bindgen]
pub fn digest(intake: u32) -> Result<bool, JsValue> {
    with_intake(intake, |manager, intake| manager.digest(intake))
}

/// Runs a step of long work that [`close`] would do in one go otherwise. Returns whether there are more.
#[wasm_bindgen]
pub fn work(intake: u32) -> Result<bool, JsValue> {
    with_intake(intake, |manager, intake| manager.work(intake))
}

/// Removes some blobs that no row names, behind the blob `after`. Returns the last one that was looked at, or undefined at the
/// end.
#[wasm_bindgen(js_name = collectBlobs)]
pub fn collect_blobs(after: &str) -> Result<Option<String>, JsValue> {
    with(|running| {
        running
            .manager
            .collect_blobs(after)
            .map_err(|error| catalog_error(&error))
    })
}

/// Returns the uploaded image, once all of it has been fed: `[name, size]` of the file that holds it, or undefined.
#[wasm_bindgen]
pub fn picture(intake: u32) -> Result<JsValue, JsValue> {
    with_intake(intake, |manager, intake| {
        manager.picture(intake).map_or(JsValue::UNDEFINED, |picture| {
            Array::of2(&file_name(&picture.blob).into(), &(picture.size as f64).into()).into()
        })
    })
}

/// Sets the colours of that image, as JSON.
#[wasm_bindgen]
pub fn color(intake: u32, colors: &str) -> Result<(), JsValue> {
    with_intake(intake, |manager, intake| {
        manager.color(intake, serde_json::from_str(colors).unwrap_or_default());
    })
}

/// Returns what is known about an uploaded file as JSON, for steps of processing, or undefined: see [`Manager::subject`].
#[wasm_bindgen]
pub fn subject(intake: u32) -> Result<Option<String>, JsValue> {
    with_intake(intake, |manager, intake| {
        let subject = manager.subject(intake)?;
        let subject = json!({
            "blob": file_name(&subject.blob),
            "sizeInBytes": subject.size,
            "fileName": subject.name,
            "mimeType": subject.mime,
            "mediaType": subject.media_type.as_str(),
        });
        Some(subject.to_string())
    })
}

/// Sets what steps of processing say about that file, as JSON: see [`Conclusion`](crate::manager::Conclusion).
#[wasm_bindgen]
pub fn conclude(intake: u32, conclusion: &str) -> Result<(), JsValue> {
    with_intake(intake, |manager, intake| {
        manager.conclude(intake, serde_json::from_str(conclusion).unwrap_or_default());
    })
}

/// Adds a poster of that file, and returns whether it can be one: see [`Manager::add_poster`].
#[wasm_bindgen]
pub fn poster(intake: u32, bytes: &[u8]) -> Result<bool, JsValue> {
    let added = with_intake(intake, |manager, intake| Some(manager.add_poster(intake, bytes)))?;
    added.unwrap_or(Ok(false)).map_err(|error| catalog_error(&error))
}

/// Ends a request whose body is complete. Returns `[status, headers, body, delay, changed, transform, cause]`.
///
/// `headers` are lines, names and values in turns. `body` is a handle for [`pieces`], or the bytes themselves if there is
/// at most one piece of bytes. `delay` is in milliseconds. `changed` is 1 if anything was committed since the last
/// answer, and 2 more if the answer has to wait until all commits are durable. `transform`, if present, is the transformation that the host applies to the image in the body. `cause`, if
/// present, is the cause of a server error, for the log.
#[wasm_bindgen]
pub fn close(intake: u32) -> Result<Array, JsValue> {
    with(|running| {
        let intake = running.intake(intake)?;
        running.close(intake)
    })
}

/// Ends a request whose body broke off.
#[wasm_bindgen]
pub fn abandon(intake: u32) -> Result<(), JsValue> {
    with(|running| {
        let intake = running.intake(intake)?;
        running.manager.abandon(intake);
        Ok(())
    })
}

impl Running {
    fn close(&mut self, intake: Intake) -> Result<Array, JsValue> {
        let is_acknowledging = intake.is_acknowledging();
        let response = self.manager.close(intake);
        self.response_array(response, is_acknowledging)
    }

    fn response_array(&mut self, response: Response, is_acknowledging: bool) -> Result<Array, JsValue> {
        let headers = lines(&response.headers);
        let Response {
            status,
            mut body,
            delay_ms,
            transform,
            cause,
            ..
        } = response;
        let body = match body.take_bytes() {
            Some(bytes) => Uint8Array::from(&bytes[..]).into(),
            None => {
                self.last = self.last.wrapping_add(1);
                self.bodies.insert(self.last, body);
                self.last.into()
            }
        };
        let changed = u8::from(self.manager.take_changed()) | (u8::from(is_acknowledging) << 1);
        let answer = Array::of5(
            &status.into(),
            &headers.into(),
            &body,
            &(delay_ms as f64).into(),
            &changed.into(),
        );
        if transform.is_some() || cause.is_some() {
            answer.push(&transform.into());
            answer.push(&cause.into());
        }
        Ok(answer)
    }
}

/// Returns the next pieces of a body: bytes, and `[name, offset, length]` for ranges of files of the host. At the end,
/// the list is empty and the handle is released.
#[wasm_bindgen]
pub fn pieces(body: u32) -> Result<Array, JsValue> {
    with(|running| {
        let Some(mut rest) = running.bodies.remove(body) else {
            return Ok(Array::new());
        };
        let pieces = running
            .manager
            .pieces(&mut rest)
            .map_err(|error| catalog_error(&error))?;
        if !pieces.is_empty() {
            running.bodies.insert(body, rest);
        }
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Bytes(bytes) => JsValue::from(Uint8Array::from(&bytes[..])),
            Piece::Blob { id, offset, length } => {
                Array::of3(&file_name(&id).into(), &(offset as f64).into(), &(length as f64).into()).into()
            }
        });
        Ok(pieces.collect())
    })
}

/// Releases a body that is not read to its end.
#[wasm_bindgen]
pub fn release(body: u32) -> Result<(), JsValue> {
    with(|running| {
        running.bodies.remove(body);
        Ok(())
    })
}

/// Runs a command: see [`Manager::control`]. Input and answer are JSON.
#[wasm_bindgen]
pub fn control(name: &str, input: &str) -> Result<String, JsValue> {
    let input: Value = serde_json::from_str(input).map_err(|error| refusal("INVALID_ARGUMENT", &error.to_string()))?;
    with(|running| {
        let answer = running.manager.control(name, &input);
        let answer = answer.map_err(|error| catalog_error(&error))?;
        Ok(serde_json::to_string(&answer).unwrap_or_default())
    })
}
