//! The host of the embedded Media Manager: files, the clock and randomness, implemented in JavaScript.

use crate::blobs;
use crate::catalog::Files;
use crate::manager::{Clock, Random};
use std::fmt;
use std::io::{Error, ErrorKind, Result};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The JavaScript object that is passed to `start`. Exceptions of its methods are storage errors.
    pub type Host;

    /// Returns the milliseconds since 1970.
    #[wasm_bindgen(method)]
    fn now(this: &Host) -> f64;
    #[wasm_bindgen(method)]
    fn random(this: &Host, buffer: &mut [u8]);

    // Blobs: files by name, as in `blobs::Host`.
    #[wasm_bindgen(method, catch)]
    fn fresh(this: &Host) -> core::result::Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn append(this: &Host, name: &str, offset: f64, bytes: &[u8]) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn sync(this: &Host, name: &str) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Host, name: &str, offset: f64, buffer: &mut [u8]) -> core::result::Result<f64, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn size(this: &Host, name: &str) -> core::result::Result<Option<f64>, JsValue>;
    #[wasm_bindgen(method, js_name = deliveredEnd)]
    fn delivered_end(this: &Host, name: &str) -> Option<f64>;
    #[wasm_bindgen(method, catch)]
    fn remove(this: &Host, name: &str) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn names(this: &Host, folder: &str) -> core::result::Result<Vec<String>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn reserve(this: &Host, hold: bool) -> core::result::Result<bool, JsValue>;

    // The catalog: a few files, opened once, with random access.
    #[wasm_bindgen(method, catch, js_name = openFile)]
    pub(super) fn open_file(this: &Host, name: &str) -> core::result::Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = closeFile)]
    pub(super) fn close_file(this: &Host, file: f64) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = readAt)]
    pub(super) fn read_at(this: &Host, file: f64, offset: f64, buffer: &mut [u8])
    -> core::result::Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = writeAt)]
    pub(super) fn write_at(this: &Host, file: f64, offset: f64, bytes: &[u8]) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn truncate(this: &Host, file: f64, size: f64) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = syncFile)]
    pub(super) fn sync_file(this: &Host, file: f64) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = sizeOf)]
    pub(super) fn size_of(this: &Host, file: f64) -> core::result::Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = hasFile)]
    pub(super) fn has_file(this: &Host, name: &str) -> core::result::Result<bool, JsValue>;
    #[wasm_bindgen(method, catch, js_name = deleteFile)]
    pub(super) fn delete_file(this: &Host, name: &str) -> core::result::Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = renameFile)]
    fn rename_file(this: &Host, from: &str, to: &str) -> core::result::Result<(), JsValue>;
}

/// A handle to the host, shared by the parts of the manager.
pub(super) struct Shared(pub(super) Host);

// SAFETY: the module is built without threads.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Clone for Shared {
    fn clone(&self) -> Shared {
        let value: &JsValue = self.0.as_ref();
        Shared(wasm_bindgen::JsCast::unchecked_into(value.clone()))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Host")
    }
}

/// Converts a JavaScript exception to an I/O error, by the code of Node or the name of a `DOMException`.
pub(super) fn failed(thrown: JsValue) -> Error {
    let text = |name: &str| js_sys::Reflect::get(&thrown, &name.into()).ok()?.as_string();
    let kind = match text("code").or_else(|| text("name")).as_deref() {
        Some("ENOSPC" | "EDQUOT" | "QuotaExceededError") => ErrorKind::StorageFull,
        Some("EROFS") => ErrorKind::ReadOnlyFilesystem,
        Some("EMFILE" | "ENFILE") => ErrorKind::ResourceBusy,
        Some("EACCES" | "EPERM" | "NotAllowedError" | "NoModificationAllowedError") => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    };
    Error::new(kind, text("message").unwrap_or_else(|| "the storage failed".to_owned()))
}

impl blobs::Host for Shared {
    fn fresh(&self) -> Option<String> {
        self.0.fresh().ok().flatten()
    }

    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        self.0.append(name, offset as f64, bytes).map_err(failed)
    }

    fn sync(&self, name: &str) -> Result<()> {
        self.0.sync(name).map_err(failed)
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        Ok(self.0.read(name, offset as f64, buffer).map_err(failed)? as usize)
    }

    fn size(&self, name: &str) -> Result<Option<u64>> {
        Ok(self.0.size(name).map_err(failed)?.map(|size| size as u64))
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.0.remove(name).map_err(failed)
    }

    fn names(&self, folder: &str) -> Result<Vec<String>> {
        self.0.names(folder).map_err(failed)
    }

    fn delivered_end(&self, name: &str) -> Option<u64> {
        self.0.delivered_end(name).map(|end| end as u64)
    }

    fn reserve(&self, hold: bool) -> Result<bool> {
        self.0.reserve(hold).map_err(failed)
    }
}

impl Files for Shared {
    fn delete(&self, name: &str) -> Result<()> {
        if self.0.has_file(name).map_err(failed)? {
            self.0.delete_file(name).map_err(failed)?;
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        self.0.rename_file(from, to).map_err(failed)
    }
}

impl Clock for Shared {
    fn now(&self) -> i64 {
        self.0.now() as i64
    }
}

impl Random for Shared {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.random(buffer);
    }
}
