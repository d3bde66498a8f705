//! The behaviour that every catalog has.

use crate::cluster::{cluster, new_id};
use std::sync::atomic::{AtomicUsize, Ordering};
use wix_media::catalog::conformance::{SUBJECTS, run};
use wix_media::catalog::{Catalog, Read, Result, Write};
use wix_media_postgres::{Limits, Site};

/// One test for each subject, directly and behind the pooler.
macro_rules! subjects {
    ($($name:ident),+ $(,)?) => {
        $(mod $name {
            use super::*;

            #[test]
            fn directly() {
                run(wix_media::catalog::conformance::$name::FUNCTIONS, &|| Box::new(cluster().site()));
            }

            #[test]
            fn behind_pooler() {
                run(wix_media::catalog::conformance::$name::FUNCTIONS, &|| Box::new(cluster().pooled_site()));
            }
        })+

        #[test]
        fn every_subject_has_tests() {
            let names: Vec<_> = SUBJECTS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),+]);
        }
    };
}

subjects![
    transactions,
    settings,
    items,
    trees,
    listing,
    search,
    events,
    deliveries,
    uploads,
    leases,
    jobs,
    bundles,
    assets,
    load,
    concurrency,
];

#[test]
fn readers_do_not_wait_for_the_writer() {
    wix_media::catalog::conformance::concurrency::reads_finish_while_a_writer_is_open(&cluster().site());
}

#[test]
fn sites_outlive_their_stores() {
    let id = new_id();
    wix_media::catalog::conformance::transactions::reopened_catalog_has_what_was_committed(&|| {
        let store = cluster().store(&cluster().url(), Limits::default());
        Box::new(store.create_site(&id).unwrap()) as Box<dyn Catalog>
    });
}

/// One site as several processes have it: each transaction is that of the next one.
#[derive(Debug)]
struct Processes {
    sites: Vec<Site>,
    next: AtomicUsize,
}

impl Processes {
    fn start(count: usize) -> Processes {
        let id = new_id();
        let limits = Limits {
            connections: 8,
            ..Limits::default()
        };
        let start = |_| {
            cluster()
                .store(&cluster().url(), limits.clone())
                .create_site(&id)
                .unwrap()
        };
        Processes {
            sites: (0..count).map(start).collect(),
            next: AtomicUsize::new(0),
        }
    }

    fn next(&self) -> &Site {
        &self.sites[self.next.fetch_add(1, Ordering::SeqCst) % self.sites.len()]
    }
}

impl Catalog for Processes {
    fn read(&self) -> Result<Box<dyn Read + '_>> {
        self.next().read()
    }

    fn write(&self) -> Result<Box<dyn Write + '_>> {
        self.next().write()
    }

    fn is_intact(&self) -> Result<bool> {
        self.next().is_intact()
    }
}

#[test]
fn several_processes_share_a_site() {
    run(wix_media::catalog::conformance::concurrency::FUNCTIONS, &|| {
        Box::new(Processes::start(2))
    });
}
