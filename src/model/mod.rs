//! Values that both ends of the wire share. Imports [`wire`](crate::wire) only.

pub mod area;
#[cfg(any(feature = "manager", feature = "transfers"))]
pub(crate) mod md5;
pub mod media_type;
pub mod media_url;
#[cfg(feature = "manager")]
pub mod names;
mod spelled;
pub mod status;
#[cfg(feature = "manager")]
pub mod system_folder;
#[cfg(feature = "manager")]
mod type_table;
