//! Files and folders: reading, creating, renaming, moving, deleting and restoring them.

pub(crate) mod content;
pub(crate) mod files;
pub(crate) mod folders;
pub(crate) mod mask;
pub(crate) mod paths;
pub(crate) mod quota;
pub(crate) mod stale;
pub(crate) mod target;
pub(crate) mod transcodes;
pub(crate) mod trash;
pub(crate) mod verify;
