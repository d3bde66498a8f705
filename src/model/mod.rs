//! Values that both ends of the wire share: media types, `wix:` strings and system folders.

#[cfg(any(feature = "manager", feature = "transfers"))]
pub(crate) mod md5;
#[cfg(any(feature = "manager", feature = "transfers"))]
pub(crate) mod media_type;
pub mod media_url;
#[cfg(feature = "manager")]
pub mod system_folder;
