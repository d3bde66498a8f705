//! The behaviour that every [`Catalog`] must have, as functions that panic where a catalog differs.
//!
//! Each function takes an empty catalog. A backend runs one subject per test, so that a failure names its subject:
//!
//! ```
//! use wix_media::catalog::{Catalog, Sqlite, conformance};
//!
//! let make = || -> Box<dyn Catalog> { Box::new(Sqlite::memory().unwrap()) };
//! conformance::run(conformance::trees::FUNCTIONS, &make);
//! conformance::run(conformance::listing::FUNCTIONS, &make);
//! ```
//!
//! [`all`] runs every subject. Some behaviour depends on the backend, so [`all`] leaves it out, and the backend calls the
//! functions that apply to it:
//!
//! | Function | Applies to |
//! |---|---|
//! | [`concurrency::reads_finish_while_a_writer_is_open`] | catalogs whose readers never wait for the writer |
//! | [`transactions::reopened_catalog_has_what_was_committed`] | catalogs that outlive the value |
#![allow(clippy::unwrap_used)]

pub mod assets;
pub mod bundles;
pub mod concurrency;
pub mod deliveries;
pub mod events;
pub mod items;
pub mod jobs;
pub mod leases;
pub mod listing;
pub mod load;
pub mod search;
pub mod settings;
pub mod transactions;
pub mod trees;
pub mod uploads;

use super::{Area, Catalog, File, Folder, Import, Read, Result, Write};

/// One behaviour: its name and the function that checks it on an empty catalog.
pub type Function = (&'static str, fn(&dyn Catalog));

/// The functions of one subject with their names.
macro_rules! functions {
    ($($name:ident),+ $(,)?) => {
        /// Every function of this subject that applies to all catalogs.
        pub const FUNCTIONS: &[super::Function] = &[$((stringify!($name), $name)),+];
    };
}
use functions;

/// Every subject with its functions.
pub const SUBJECTS: &[(&str, &[Function])] = &[
    ("transactions", transactions::FUNCTIONS),
    ("settings", settings::FUNCTIONS),
    ("items", items::FUNCTIONS),
    ("trees", trees::FUNCTIONS),
    ("listing", listing::FUNCTIONS),
    ("search", search::FUNCTIONS),
    ("events", events::FUNCTIONS),
    ("deliveries", deliveries::FUNCTIONS),
    ("uploads", uploads::FUNCTIONS),
    ("leases", leases::FUNCTIONS),
    ("jobs", jobs::FUNCTIONS),
    ("bundles", bundles::FUNCTIONS),
    ("assets", assets::FUNCTIONS),
    ("load", load::FUNCTIONS),
    ("concurrency", concurrency::FUNCTIONS),
];

/// Runs functions, each on a new catalog. Prints the name of each before it runs.
///
/// ```
/// # use wix_media::catalog::{Sqlite, conformance};
/// conformance::run(conformance::items::FUNCTIONS, &|| Box::new(Sqlite::memory().unwrap()));
/// ```
pub fn run(functions: &[Function], make: &dyn Fn() -> Box<dyn Catalog>) {
    for (name, function) in functions {
        println!("{name}");
        function(&*make());
    }
}

/// Runs the functions of every subject, each on a new catalog.
///
/// ```no_run
/// # use wix_media::catalog::{Sqlite, conformance};
/// conformance::all(&|| Box::new(Sqlite::memory().unwrap()));
/// ```
pub fn all(make: &dyn Fn() -> Box<dyn Catalog>) {
    for (subject, functions) in SUBJECTS {
        println!("{subject}:");
        run(functions, make);
    }
}

/// Runs `work` in a transaction of its own and commits it.
fn write<T>(catalog: &dyn Catalog, work: impl FnOnce(&mut dyn Write) -> Result<T>) -> T {
    let mut writer = catalog.write().unwrap();
    let value = work(&mut *writer).unwrap();
    writer.commit().unwrap();
    value
}

/// Runs `work` in a transaction of its own, and again after a conflict or an outage, until it is committed.
fn write_repeatedly<T>(catalog: &dyn Catalog, mut work: impl FnMut(&mut dyn Write) -> Result<T>) -> T {
    loop {
        let tried = catalog.write().and_then(|mut writer| {
            let value = work(&mut *writer)?;
            writer.commit()?;
            Ok(value)
        });
        match tried {
            Ok(value) => return value,
            Err(error) if error.is_retryable() => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Runs `work` on a snapshot of its own.
fn read<T>(catalog: &dyn Catalog, work: impl FnOnce(&dyn Read) -> Result<T>) -> T {
    work(&*catalog.read().unwrap()).unwrap()
}

/// A folder of the site whose name is its id.
fn folder(id: &str, parent: &str, created: i64) -> Folder {
    Folder::new(id, id, parent, Area::Site, created)
}

/// A file of the site whose name is its id.
fn file(id: &str, parent: &str, created: i64) -> File {
    File::new(id, id, parent, Area::Site, created)
}

/// The import of a file, with an empty request.
fn import(file: &str) -> Import {
    Import {
        file: file.into(),
        request: "{}".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::SUBJECTS;

    #[test]
    fn function_lists_name_every_function() {
        let sources = [
            include_str!("transactions.rs"),
            include_str!("settings.rs"),
            include_str!("items.rs"),
            include_str!("trees.rs"),
            include_str!("listing.rs"),
            include_str!("search.rs"),
            include_str!("events.rs"),
            include_str!("deliveries.rs"),
            include_str!("uploads.rs"),
            include_str!("leases.rs"),
            include_str!("jobs.rs"),
            include_str!("bundles.rs"),
            include_str!("assets.rs"),
            include_str!("load.rs"),
            include_str!("concurrency.rs"),
        ];
        assert_eq!(sources.len(), SUBJECTS.len());
        let by_backend = [
            "reads_finish_while_a_writer_is_open",
            "reopened_catalog_has_what_was_committed",
        ];
        for ((subject, functions), source) in SUBJECTS.iter().zip(sources) {
            let mut declared: Vec<_> = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next())
                .filter(|name| !by_backend.contains(name))
                .collect();
            let mut listed: Vec<_> = functions.iter().map(|(name, _)| *name).collect();
            declared.sort_unstable();
            listed.sort_unstable();
            assert_eq!(declared, listed, "{subject}");
        }
    }
}
