//! What the host of a manager may ask besides requests: commands, checks, and the seed.
//!
//! The paths below `/_wix-media/`, which the service does not have, belong to the host, which knows its storage and its
//! connections. In the package, `manager/admin.js` routes them to these commands.

pub(crate) mod check;
pub(crate) mod control;
pub(crate) mod seed;
