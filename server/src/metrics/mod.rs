//! Counters of the process, in the text format of Prometheus.
//!
//! Labels have few values, whatever callers send: a class of paths, a status, a kind of work, and the ids of the sites that are open,
//! whose number has a limit. Never a path, the id of a file, an address or a key.

mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use wix_media::catalog::Waiting;
use wix_media_postgres::PoolFigures;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Api,
    Upload,
    Media,
    Admin,
    Probe,
    Other,
}

/// The beginnings of paths. The first that fits decides.
const CLASSES: [(&str, Class); 17] = [
    ("/site-media/", Class::Api),
    ("/oauth2/", Class::Api),
    ("/upload/", Class::Upload),
    ("/_wix-media/", Class::Admin),
    ("/healthz", Class::Probe),
    ("/readyz", Class::Probe),
    ("/media/", Class::Media),
    ("/shapes/", Class::Media),
    ("/video/", Class::Media),
    ("/mp3/", Class::Media),
    ("/ugd/", Class::Media),
    ("/archives/", Class::Media),
    ("/3d/", Class::Media),
    ("/icons/", Class::Media),
    ("/repackager/", Class::Media),
    ("/download-files/", Class::Media),
    ("/archive/wix/", Class::Media),
];

impl Class {
    pub(crate) fn of(path: &str) -> Class {
        let found = CLASSES.iter().find(|(beginning, _)| path.starts_with(beginning));
        found.map_or(Class::Other, |(_, class)| *class)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Class::Api => "api",
            Class::Upload => "upload",
            Class::Media => "media",
            Class::Admin => "admin",
            Class::Probe => "probe",
            Class::Other => "other",
        }
    }
}

/// The upper bounds of the buckets of durations, in milliseconds, with their labels in seconds.
const BUCKETS: [(u64, &str); 12] = [
    (5, "0.005"),
    (10, "0.01"),
    (25, "0.025"),
    (50, "0.05"),
    (100, "0.1"),
    (250, "0.25"),
    (500, "0.5"),
    (1000, "1"),
    (2500, "2.5"),
    (5000, "5"),
    (10_000, "10"),
    (30_000, "30"),
];

/// The durations of the requests of a class.
#[derive(Clone, Debug, Default)]
struct Durations {
    /// How many were at most as long as the bucket's bound, and longer than the bound before.
    buckets: [u64; BUCKETS.len()],
    count: u64,
    total: Duration,
}

impl Durations {
    fn add(&mut self, duration: Duration) {
        let fitting = BUCKETS
            .iter()
            .position(|(most, _)| duration <= Duration::from_millis(*most));
        if let Some(bucket) = fitting.and_then(|at| self.buckets.get_mut(at)) {
            *bucket += 1;
        }
        self.count += 1;
        self.total += duration;
    }
}

#[derive(Debug, Default)]
struct Requests {
    counts: BTreeMap<(Class, u16), u64>,
    durations: BTreeMap<Class, Durations>,
    cut_off: u64,
    sent: BTreeMap<Class, u64>,
}

/// The sweeps of all sites.
#[derive(Clone, Copy, Debug, Default)]
struct Sweeps {
    done: u64,
    failed: u64,
    removed: u64,
    /// When the last one succeeded.
    last: Option<SystemTime>,
}

/// How many of something there are at the moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gauge(Arc<AtomicU64>);

impl Gauge {
    /// Counts one more, for as long as the value lives.
    pub(crate) fn hold(&self) -> Held {
        self.0.fetch_add(1, Ordering::Relaxed);
        Held(self.clone())
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One of what a [`Gauge`] counts.
#[derive(Debug)]
pub(crate) struct Held(Gauge);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<Requests>,
    sweeps: Mutex<Sweeps>,
    refused_connections: AtomicU64,
    received: AtomicU64,
    pub(crate) connections: Gauge,
    /// Requests to upload addresses, from their head to their answer.
    pub(crate) uploads: Gauge,
    /// Requests of media, from their head to the end of their answer.
    pub(crate) downloads: Gauge,
    /// Sources of imports that are being fetched.
    pub(crate) imports: Gauge,
}

/// An open site.
#[derive(Clone, Debug, Default)]
pub(crate) struct SitePresent {
    pub(crate) id: String,
    /// Requests since it was opened.
    pub(crate) requests: u64,
    /// Blobs that the last sweep found unused, and left for a later one.
    pub(crate) unused_blobs: u64,
    /// The size of its files. `None` while that is not known.
    pub(crate) bytes: Option<u64>,
}

/// The transformed pictures of all sites.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PictureFigures {
    /// Those that wait or are being made.
    pub(crate) pending: usize,
    /// Originals that were decoded, because no cache had the picture.
    pub(crate) decoded: u64,
    /// Pictures that a cache had.
    pub(crate) memory_hits: u64,
    pub(crate) bucket_hits: u64,
    /// Reads and writes of pictures that the bucket refused.
    pub(crate) bucket_failures: u64,
}

/// What became of spans of traces.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SpanFigures {
    pub(crate) sent: u64,
    /// Those that the collector did not take.
    pub(crate) failed: u64,
    /// Those that ended while too many waited.
    pub(crate) dropped: u64,
}

/// What is only known at the moment of the question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Present {
    pub(crate) uptime: Duration,
    pub(crate) pictures: PictureFigures,
    pub(crate) spans: SpanFigures,
    /// The sites that are open, in the order of their ids.
    pub(crate) sites: Vec<SitePresent>,
    /// The connections to the database, if there is one.
    pub(crate) pool: Option<PoolFigures>,
    /// What the catalog says. `None` while it does not answer.
    pub(crate) catalog: Option<CatalogPresent>,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    /// How many milliseconds the clock of this machine is ahead of that of the database, if there is one and it has answered.
    pub(crate) clock_lead: Option<i64>,
}

/// What the catalog says of all sites that the server answers for, also those that are not open.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CatalogPresent {
    pub(crate) bytes: u64,
    pub(crate) waiting: Waiting,
}

impl Metrics {
    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sweeps(&self) -> MutexGuard<'_, Sweeps> {
        self.sweeps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request that has ended. A status of 0 says that there was no answer.
    pub(crate) fn answered(&self, class: Class, status: u16, duration: Duration, sent: u64, is_complete: bool) {
        let mut requests = self.requests();
        *requests.sent.entry(class).or_default() += sent;
        *requests.counts.entry((class, status)).or_default() += 1;
        requests.durations.entry(class).or_default().add(duration);
        requests.cut_off += u64::from(!is_complete);
    }

    /// Counts bytes of a request's body.
    pub(crate) fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts a sweep: how many blobs it removed, `None` if it failed.
    pub(crate) fn swept(&self, removed: Option<u64>) {
        let mut sweeps = self.sweeps();
        match removed {
            Some(removed) => {
                sweeps.done += 1;
                sweeps.removed += removed;
                sweeps.last = Some(SystemTime::now());
            }
            None => sweeps.failed += 1,
        }
    }

    pub(crate) fn refused_connection(&self) {
        self.refused_connections.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_in_every_bucket_that_they_fit() {
        let metrics = Metrics::default();
        for milliseconds in [5, 6, 40_000] {
            metrics.answered(Class::Api, 200, Duration::from_millis(milliseconds), 10, true);
        }
        metrics.answered(Class::Media, 0, Duration::ZERO, 0, false);
        let text = metrics.text(&Present::default());
        for line in [
            "wix_media_requests_total{class=\"api\",status=\"200\"} 3",
            "wix_media_requests_total{class=\"media\",status=\"none\"} 1",
            "wix_media_requests_cut_off_total 1",
            "wix_media_request_duration_seconds_bucket{class=\"api\",le=\"0.005\"} 1",
            "wix_media_request_duration_seconds_bucket{class=\"api\",le=\"0.01\"} 2",
            "wix_media_request_duration_seconds_bucket{class=\"api\",le=\"30\"} 2",
            "wix_media_request_duration_seconds_bucket{class=\"api\",le=\"+Inf\"} 3",
            "wix_media_request_duration_seconds_sum{class=\"api\"} 40.011",
            "wix_media_sent_bytes_total{class=\"api\"} 30",
            "wix_media_sent_bytes_total{class=\"media\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
        }
        assert!(!text.contains("wix_media_files_bytes"), "the catalog cannot be read");
    }

    #[test]
    fn site_and_its_work_are_those_of_the_moment() {
        let site = SitePresent {
            id: "a\"b\\c\nd".to_owned(),
            requests: 3,
            unused_blobs: 2,
            bytes: None,
        };
        let other = SitePresent {
            id: "z".to_owned(),
            requests: 1,
            unused_blobs: 5,
            bytes: Some(13),
        };
        let waiting = Waiting {
            imports: Some(1000),
            jobs: Some(9000),
            ..Waiting::default()
        };
        let metrics = Metrics::default();
        metrics.swept(None);
        let text = metrics.text(&Present {
            sites: vec![site, other],
            catalog: Some(CatalogPresent { bytes: 40, waiting }),
            now: 8500,
            ..Present::default()
        });
        for line in [
            "wix_media_site_requests_total{site=\"a\\\"b\\\\c\\nd\"} 3",
            "wix_media_site_files_bytes{site=\"z\"} 13",
            "wix_media_sites_open 2",
            "wix_media_files_bytes 40",
            "wix_media_catalog_up 1",
            "wix_media_queue_oldest_seconds{queue=\"imports\"} 7.5",
            "wix_media_queue_oldest_seconds{queue=\"jobs\"} 0",
            "wix_media_queue_oldest_seconds{queue=\"webhooks\"} 0",
            "wix_media_sweep_unused_blobs 7",
            "wix_media_sweeps_total{outcome=\"failed\"} 1",
            "wix_media_sweeps_total{outcome=\"done\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
        }
        for absent in ["site_files_bytes{site=\"a", "last_timestamp", "database"] {
            assert!(!text.contains(absent), "{absent}:\n{text}");
        }
        metrics.swept(Some(4));
        let text = metrics.text(&Present::default());
        for line in ["wix_media_sweep_removed_blobs_total 4", "wix_media_catalog_up 0"] {
            assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
        }
        assert!(
            text.contains("wix_media_sweep_last_timestamp_seconds ") && !text.contains("queue"),
            "{text}"
        );
    }

    #[test]
    fn gauge_counts_what_lives() {
        let gauge = Gauge::default();
        let (one, _two) = (gauge.hold(), gauge.hold());
        assert_eq!(gauge.get(), 2);
        drop(one);
        assert_eq!(gauge.get(), 1);
    }

    #[test]
    fn class_is_that_of_the_beginning_of_a_path() {
        for (path, class) in [
            ("/site-media/v1/files", Class::Api),
            ("/upload/tus/x", Class::Upload),
            ("/media/a.jpg", Class::Media),
            ("/_wix-media/check", Class::Admin),
            ("/readyz", Class::Probe),
            ("/", Class::Other),
            ("/mediated", Class::Other),
        ] {
            assert_eq!(Class::of(path), class, "{path}");
        }
    }
}
