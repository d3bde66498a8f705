//! A VFS of SQLite on the files of the host.
//!
//! The host gives the storage to one process at a time, so locks do nothing. There is no shared memory: with an
//! exclusive lock, SQLite keeps the index of its write-ahead log in its own memory.

use super::host::{self, Shared};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_rs::vfs::{
    AccessMode, DeviceCharacteristics, LockLevel, OpenOptions, OpenRequest, OpenedFile, SQLiteIoMethods, SQLiteVfs,
    SyncOptions, VfsError, VfsErrorCode, VfsFile, VfsResult, VfsStore, register_vfs,
};
use std::io::ErrorKind;
use wasm_bindgen::JsValue;

/// The name of the VFS.
pub(super) const NAME: &str = "host";

fn failed(code: VfsErrorCode) -> impl Fn(JsValue) -> VfsError {
    move |thrown| {
        let error = host::failed(thrown);
        let code = match error.kind() {
            ErrorKind::StorageFull => VfsErrorCode::Full,
            _ => code,
        };
        VfsError::new(code, error.to_string().into())
    }
}

/// A file of the host, or an unnamed temporary file in memory.
#[derive(Debug)]
enum Opened {
    Named { host: Shared, file: f64 },
    Temporary { bytes: Vec<u8> },
}

impl VfsFile for Opened {
    fn device_characteristics(&self) -> DeviceCharacteristics {
        DeviceCharacteristics::POWERSAFE_OVERWRITE
    }

    fn read(&mut self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        match self {
            Opened::Named { host, file } => {
                let read = host.0.read_at(*file, offset as f64, buffer);
                Ok(read.map_err(failed(VfsErrorCode::IoRead))? as usize)
            }
            Opened::Temporary { bytes } => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let count = buffer.len().min(bytes.len() - start);
                buffer[..count].copy_from_slice(&bytes[start..start + count]);
                Ok(count)
            }
        }
    }

    fn write(&mut self, given: &[u8], offset: u64) -> VfsResult<()> {
        match self {
            Opened::Named { host, file } => {
                let written = host.0.write_at(*file, offset as f64, given);
                written.map_err(failed(VfsErrorCode::IoWrite))
            }
            Opened::Temporary { bytes } => {
                let full = || VfsError::new(VfsErrorCode::Full, "the file is too large".into());
                let start = usize::try_from(offset).map_err(|_| full())?;
                let end = start.checked_add(given.len()).ok_or_else(full)?;
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                bytes[start..end].copy_from_slice(given);
                Ok(())
            }
        }
    }

    fn truncate(&mut self, size: u64) -> VfsResult<()> {
        match self {
            Opened::Named { host, file } => {
                let cut = host.0.truncate(*file, size as f64);
                cut.map_err(failed(VfsErrorCode::IoTruncate))
            }
            Opened::Temporary { bytes } => {
                bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
                Ok(())
            }
        }
    }

    fn sync(&mut self, _: SyncOptions) -> VfsResult<()> {
        match self {
            Opened::Named { host, file } => host.0.sync_file(*file).map_err(failed(VfsErrorCode::IoSync)),
            Opened::Temporary { .. } => Ok(()),
        }
    }

    fn size(&self) -> VfsResult<u64> {
        match self {
            Opened::Named { host, file } => {
                let size = host.0.size_of(*file);
                Ok(size.map_err(failed(VfsErrorCode::IoStat))? as u64)
            }
            Opened::Temporary { bytes } => Ok(bytes.len() as u64),
        }
    }

    fn lock(&mut self, _: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn unlock(&mut self, _: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn check_reserved_lock(&self) -> VfsResult<bool> {
        Ok(false)
    }
}

struct Store;

impl VfsStore for Store {
    type File = Opened;
    type AppData = Shared;

    fn open_file(host: &Shared, request: OpenRequest<'_>) -> VfsResult<OpenedFile<Opened>> {
        let access = request.options.access();
        let file = match request.filename {
            None => Opened::Temporary { bytes: Vec::new() },
            Some(name) => {
                let file = host.0.open_file(name.path());
                Opened::Named {
                    file: file.map_err(failed(VfsErrorCode::CantOpen))?,
                    host: host.clone(),
                }
            }
        };
        Ok(OpenedFile { file, access })
    }

    fn close_file(host: &Shared, name: Option<&str>, file: Opened, options: OpenOptions) -> VfsResult<()> {
        if let Opened::Named { host, file } = &file {
            host.0.close_file(*file).map_err(failed(VfsErrorCode::IoClose))?;
        }
        match name {
            Some(name) if options.delete_on_close() => Store::delete_file(host, name, false),
            _ => Ok(()),
        }
    }

    fn access(host: &Shared, name: &str, _: AccessMode) -> VfsResult<bool> {
        host.0.has_file(name).map_err(failed(VfsErrorCode::IoAccess))
    }

    fn full_pathname(_: &Shared, name: &str) -> VfsResult<String> {
        Ok(name.to_owned())
    }

    fn delete_file(host: &Shared, name: &str, _: bool) -> VfsResult<()> {
        host.0.delete_file(name).map_err(failed(VfsErrorCode::IoDelete))
    }
}

struct Methods;

impl SQLiteIoMethods for Methods {
    type Store = Store;
}

struct Vfs;

impl SQLiteVfs<Methods> for Vfs {
    type Os = WasmOsCallback;

    fn os(_: &Shared) -> &WasmOsCallback {
        &WasmOsCallback
    }
}

/// Registers the VFS. The module serves one manager, so this is called once.
pub(super) fn register(host: &Shared) -> Result<(), String> {
    // SAFETY: the constructor, callbacks and file layout are the defaults of the crate, methods and store agree on their
    // data, and the module is built without threads.
    let registered = unsafe { register_vfs::<Methods, Vfs>(NAME, host.clone(), true) };
    let registration = registered.map_err(|error| error.to_string())?;
    // It stays registered for as long as the instance lives.
    _ = registration.into_raw();
    Ok(())
}
