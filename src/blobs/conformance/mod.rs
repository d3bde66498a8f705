//! The behaviour that every [`Blobs`] must have, as functions that panic where a store differs.
//!
//! Each function takes an empty store. A backend runs one subject per test, so that a failure names its subject:
//!
//! ```
//! use wix_media::blobs::{Blobs, Memory, conformance};
//!
//! let make = || -> Box<dyn Blobs> { Box::new(Memory::default()) };
//! conformance::run(conformance::bytes::FUNCTIONS, &make);
//! conformance::run(conformance::writers::FUNCTIONS, &make);
//! conformance::run(conformance::listing::FUNCTIONS, &make);
//! ```
//!
//! A store that outlives its value also runs [`bytes::reopened_store_has_what_was_synced`].
#![allow(clippy::unwrap_used)]

pub mod bytes;
pub mod listing;
pub mod writers;

use super::Blobs;

/// One behaviour: its name and the function that checks it on an empty store.
pub type Function = (&'static str, fn(&dyn Blobs));

/// The functions of one subject with their names.
macro_rules! functions {
    ($($name:ident),+ $(,)?) => {
        /// Every function of this subject that applies to all stores.
        pub const FUNCTIONS: &[super::Function] = &[$((stringify!($name), $name)),+];
    };
}
use functions;

/// Runs functions, each on a new store. Prints the name of each before it runs.
///
/// ```
/// # use wix_media::blobs::{Memory, conformance};
/// conformance::run(conformance::bytes::FUNCTIONS, &|| Box::new(Memory::default()));
/// ```
pub fn run(functions: &[Function], make: &dyn Fn() -> Box<dyn Blobs>) {
    for (name, function) in functions {
        println!("{name}");
        function(&*make());
    }
}

/// Runs the functions of every subject, each on a new store.
///
/// ```
/// # use wix_media::blobs::{Memory, conformance};
/// conformance::all(&|| Box::new(Memory::default()));
/// ```
pub fn all(make: &dyn Fn() -> Box<dyn Blobs>) {
    for functions in [bytes::FUNCTIONS, writers::FUNCTIONS, listing::FUNCTIONS] {
        run(functions, make);
    }
}

/// Creates a blob with these bytes.
fn put(blobs: &dyn Blobs, id: &str, bytes: &[u8]) {
    let mut writer = blobs.open_writer(id, 0).unwrap();
    blobs.append(&mut writer, bytes).unwrap();
}

/// All bytes of a blob.
fn content(blobs: &dyn Blobs, id: &str) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(blobs.size(id).unwrap().unwrap()).unwrap()];
    assert_eq!(blobs.read(id, 0, &mut bytes).unwrap(), bytes.len());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_lists_name_every_function() {
        for (functions, source) in [
            (bytes::FUNCTIONS, include_str!("bytes.rs")),
            (writers::FUNCTIONS, include_str!("writers.rs")),
            (listing::FUNCTIONS, include_str!("listing.rs")),
        ] {
            let mut declared: Vec<_> = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub fn ")?.strip_suffix("(blobs: &dyn Blobs) {"))
                .collect();
            let mut listed: Vec<_> = functions.iter().map(|(name, _)| *name).collect();
            declared.sort_unstable();
            listed.sort_unstable();
            assert_eq!(declared, listed);
        }
    }
}
