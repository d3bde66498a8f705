//! Counters of the process, in the text format of Prometheus.
//!
//! Labels have few values, whatever callers send: a class of paths and a status, never a path, an id or a key.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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

    fn name(self) -> &'static str {
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
    refused_connections: AtomicU64,
    pub(crate) connections: Gauge,
    /// Requests to upload addresses, from their head to their answer.
    pub(crate) uploads: Gauge,
    /// Sources of imports that are being fetched.
    pub(crate) imports: Gauge,
}

/// What is only known at the moment of the question.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Present {
    pub(crate) uptime: Duration,
    /// Transformed pictures that wait or are being made.
    pub(crate) pictures: usize,
    /// The size of all files. `None` while the catalog cannot be read.
    pub(crate) bytes: Option<u64>,
}

impl Metrics {
    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request that has ended. A status of 0 says that there was no answer.
    pub(crate) fn answered(&self, class: Class, status: u16, duration: Duration, is_complete: bool) {
        let mut requests = self.requests();
        *requests.counts.entry((class, status)).or_default() += 1;
        requests.durations.entry(class).or_default().add(duration);
        requests.cut_off += u64::from(!is_complete);
    }

    pub(crate) fn refused_connection(&self) {
        self.refused_connections.fetch_add(1, Ordering::Relaxed);
    }

    /// All of it, as Prometheus reads it.
    pub(crate) fn text(&self, present: &Present) -> String {
        let mut out = Exposition::default();
        out.one(
            "wix_media_info",
            "gauge",
            "The version of the program.",
            &format!("{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")),
        );
        out.one(
            "wix_media_uptime_seconds",
            "gauge",
            "How long the server has run.",
            &format!(" {}", present.uptime.as_secs_f64()),
        );
        let requests = self.requests();
        out.head(
            "wix_media_requests_total",
            "counter",
            "Requests that have ended, by class and status; none without an answer.",
        );
        for ((class, status), count) in &requests.counts {
            let status = if *status == 0 {
                "none".to_owned()
            } else {
                status.to_string()
            };
            out.line(&format!(
                "wix_media_requests_total{{class=\"{}\",status=\"{status}\"}} {count}",
                class.name()
            ));
        }
        out.one(
            "wix_media_requests_cut_off_total",
            "counter",
            "Requests whose answer was not sent to its end.",
            &format!(" {}", requests.cut_off),
        );
        out.head(
            "wix_media_request_duration_seconds",
            "histogram",
            "From the head of a request to the end of its answer.",
        );
        for (class, durations) in &requests.durations {
            let (class, mut below) = (class.name(), 0);
            for ((_, most), count) in BUCKETS.iter().zip(durations.buckets) {
                below += count;
                out.line(&format!(
                    "wix_media_request_duration_seconds_bucket{{class=\"{class}\",le=\"{most}\"}} {below}"
                ));
            }
            let (count, total) = (durations.count, durations.total.as_secs_f64());
            out.line(&format!(
                "wix_media_request_duration_seconds_bucket{{class=\"{class}\",le=\"+Inf\"}} {count}"
            ));
            out.line(&format!(
                "wix_media_request_duration_seconds_sum{{class=\"{class}\"}} {total}"
            ));
            out.line(&format!(
                "wix_media_request_duration_seconds_count{{class=\"{class}\"}} {count}"
            ));
        }
        drop(requests);
        for (name, kind, about, value) in [
            (
                "wix_media_connections",
                "gauge",
                "Open connections.",
                self.connections.get(),
            ),
            (
                "wix_media_connections_refused_total",
                "counter",
                "Connections above a limit.",
                self.refused_connections.load(Ordering::Relaxed),
            ),
            (
                "wix_media_uploads",
                "gauge",
                "Requests of uploads under way.",
                self.uploads.get(),
            ),
            (
                "wix_media_pictures_pending",
                "gauge",
                "Transformed pictures that wait or are being made.",
                present.pictures as u64,
            ),
            (
                "wix_media_imports",
                "gauge",
                "Sources of imports that are being fetched.",
                self.imports.get(),
            ),
        ] {
            out.one(name, kind, about, &format!(" {value}"));
        }
        if let Some(bytes) = present.bytes {
            out.one(
                "wix_media_files_bytes",
                "gauge",
                "The size of all files, with the trash.",
                &format!(" {bytes}"),
            );
        }
        out.0
    }
}

/// A text of metrics.
#[derive(Debug, Default)]
struct Exposition(String);

impl Exposition {
    fn line(&mut self, line: &str) {
        // Writing to a text never fails.
        _ = writeln!(self.0, "{line}");
    }

    fn head(&mut self, name: &str, kind: &str, about: &str) {
        self.line(&format!("# HELP {name} {about}\n# TYPE {name} {kind}"));
    }

    /// A metric with one line.
    fn one(&mut self, name: &str, kind: &str, about: &str, value: &str) {
        self.head(name, kind, about);
        self.line(&format!("{name}{value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_in_every_bucket_that_they_fit() {
        let metrics = Metrics::default();
        for milliseconds in [5, 6, 40_000] {
            metrics.answered(Class::Api, 200, Duration::from_millis(milliseconds), true);
        }
        metrics.answered(Class::Media, 0, Duration::ZERO, false);
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
        ] {
            assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
        }
        assert!(!text.contains("wix_media_files_bytes"), "the catalog cannot be read");
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
