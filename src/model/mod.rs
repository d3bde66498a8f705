//! What the API talks about: files, folders, media and the enums.

pub mod choices;
pub mod event;
pub mod file;
pub mod folder;
pub mod media;
#[cfg(feature = "manager")]
pub mod system;
#[cfg(any(feature = "manager", feature = "transfers"))]
pub(crate) mod types;
