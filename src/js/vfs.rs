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

/// The length of the header of a frame in a write-ahead log. SQLite writes it by itself, and then the page.
const FRAME_HEADER_LEN: usize = 24;

/// A file of the host, or an unnamed temporary file in memory.
#[derive(Debug)]
enum Opened {
    Named(Named),
    Temporary { bytes: Vec<u8> },
}

/// A file of the host.
#[derive(Debug)]
struct Named {
    host: Shared,
    file: f64,
    /// Where the header of a frame goes, and the header. It is written with its page: a call of the host less.
    header: Option<(u64, [u8; FRAME_HEADER_LEN])>,
}

impl Named {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> VfsResult<()> {
        let written = self.host.0.write_at(self.file, offset as f64, bytes);
        written.map_err(failed(VfsErrorCode::IoWrite))
    }

    /// Writes a header that waits.
    fn settle(&mut self) -> VfsResult<()> {
        match self.header.take() {
            Some((offset, header)) => self.write_at(offset, &header),
            None => Ok(()),
        }
    }

    fn write(&mut self, given: &[u8], offset: u64) -> VfsResult<()> {
        if let Some((at, header)) = self.header
            && offset == at + FRAME_HEADER_LEN as u64
        {
            self.write_at(at, &[&header, given].concat())?;
            self.header = None;
            return Ok(());
        }
        self.settle()?;
        match given.try_into() {
            Ok(header) => self.header = Some((offset, header)),
            Err(_) => self.write_at(offset, given)?,
        }
        Ok(())
    }
}

impl VfsFile for Opened {
    fn device_characteristics(&self) -> DeviceCharacteristics {
        DeviceCharacteristics::POWERSAFE_OVERWRITE
    }

    fn read(&mut self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        match self {
            Opened::Named(named) => {
                named.settle()?;
                let read = named.host.0.read_at(named.file, offset as f64, buffer);
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
            Opened::Named(named) => named.write(given, offset),
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
            Opened::Named(named) => {
                named.settle()?;
                let cut = named.host.0.truncate(named.file, size as f64);
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
            Opened::Named(named) => {
                named.settle()?;
                let synced = named.host.0.sync_file(named.file);
                synced.map_err(failed(VfsErrorCode::IoSync))
            }
            Opened::Temporary { .. } => Ok(()),
        }
    }

    fn size(&self) -> VfsResult<u64> {
        match self {
            Opened::Named(named) => {
                let size = named.host.0.size_of(named.file);
                let size = size.map_err(failed(VfsErrorCode::IoStat))? as u64;
                let waiting = named.header.map_or(0, |(at, header)| at + header.len() as u64);
                Ok(size.max(waiting))
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
                Opened::Named(Named {
                    file: file.map_err(failed(VfsErrorCode::CantOpen))?,
                    host: host.clone(),
                    header: None,
                })
            }
        };
        Ok(OpenedFile { file, access })
    }

    fn close_file(host: &Shared, name: Option<&str>, file: Opened, options: OpenOptions) -> VfsResult<()> {
        if let Opened::Named(mut named) = file {
            // The file is closed in any case.
            let settled = named.settle();
            let closed = named.host.0.close_file(named.file);
            settled.and(closed.map_err(failed(VfsErrorCode::IoClose)))?;
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
