//! The text that Prometheus reads.

use super::{BUCKETS, Metrics, Present};
use std::fmt::{Display, Write};
use std::sync::atomic::Ordering;
use std::time::UNIX_EPOCH;

impl Metrics {
    /// All of it, as Prometheus reads it.
    pub(crate) fn text(&self, present: &Present) -> String {
        let mut out = Exposition::default();
        out.head("wix_media_info", "gauge", "The version of the program.");
        out.value("wix_media_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        let uptime = present.uptime.as_secs_f64();
        out.one(
            "wix_media_uptime_seconds",
            "gauge",
            "How long the server has run.",
            uptime,
        );
        self.requests_text(&mut out);
        self.transfers_text(&mut out, present);
        pictures_text(&mut out, present);
        spans_text(&mut out, present);
        sites_text(&mut out, present);
        clock_text(&mut out, present);
        catalog_text(&mut out, present);
        self.sweeps_text(&mut out, present);
        out.0
    }

    fn requests_text(&self, out: &mut Exposition) {
        let requests = self.requests();
        let name = "wix_media_requests_total";
        let about = "Requests that have ended, by class and status; none without an answer.";
        out.head(name, "counter", about);
        for ((class, status), count) in &requests.counts {
            let status = if *status == 0 {
                "none".to_owned()
            } else {
                status.to_string()
            };
            out.value(name, &[("class", class.name()), ("status", &status)], count);
        }
        let about = "Requests whose answer was not sent to its end.";
        out.one("wix_media_requests_cut_off_total", "counter", about, requests.cut_off);
        let sent = requests.sent.iter().map(|(class, sent)| (class.name(), sent));
        out.each(
            "wix_media_sent_bytes_total",
            "counter",
            "Bytes of answers, by class.",
            "class",
            sent,
        );
        let name = "wix_media_request_duration_seconds";
        let about = "From the head of a request to the end of its answer.";
        out.head(name, "histogram", about);
        for (class, durations) in &requests.durations {
            let (class, mut below) = (class.name(), 0);
            let bucket = format!("{name}_bucket");
            for ((_, most), count) in BUCKETS.iter().zip(durations.buckets) {
                below += count;
                out.value(&bucket, &[("class", class), ("le", most)], below);
            }
            out.value(&bucket, &[("class", class), ("le", "+Inf")], durations.count);
            let total = durations.total.as_secs_f64();
            out.value(&format!("{name}_sum"), &[("class", class)], total);
            out.value(&format!("{name}_count"), &[("class", class)], durations.count);
        }
    }

    fn transfers_text(&self, out: &mut Exposition, present: &Present) {
        let refused = self.refused_connections.load(Ordering::Relaxed);
        let received = self.received.load(Ordering::Relaxed);
        for (name, kind, about, value) in [
            ("connections", "gauge", "Open connections.", self.connections.get()),
            (
                "connections_refused_total",
                "counter",
                "Connections above a limit.",
                refused,
            ),
            (
                "received_bytes_total",
                "counter",
                "Bytes of the bodies of requests, and of the sources of imports.",
                received,
            ),
            ("uploads", "gauge", "Requests of uploads under way.", self.uploads.get()),
            (
                "downloads",
                "gauge",
                "Requests of media under way.",
                self.downloads.get(),
            ),
            (
                "pictures_pending",
                "gauge",
                "Transformed pictures that wait or are being made.",
                present.pictures.pending as u64,
            ),
            (
                "imports",
                "gauge",
                "Sources of imports that are being fetched.",
                self.imports.get(),
            ),
        ] {
            out.one(&format!("wix_media_{name}"), kind, about, value);
        }
        if let Some(pool) = present.pool {
            let name = "wix_media_database_connections";
            let about = "Connections to the database, by state.";
            out.each(
                name,
                "gauge",
                about,
                "state",
                [("in_use", pool.in_use), ("idle", pool.idle)],
            );
            let about = "The most connections to the database.";
            out.one("wix_media_database_connections_max", "gauge", about, pool.max);
            let about = "Transactions that wait for a connection to the database.";
            out.one("wix_media_database_connections_waiting", "gauge", about, pool.waiting);
        }
    }

    fn sweeps_text(&self, out: &mut Exposition, present: &Present) {
        let sweeps = *self.sweeps();
        let outcomes = [("done", sweeps.done), ("failed", sweeps.failed)];
        out.each(
            "wix_media_sweeps_total",
            "counter",
            "Sweeps of a site, by outcome.",
            "outcome",
            outcomes,
        );
        let about = "Blobs that sweeps have removed.";
        out.one("wix_media_sweep_removed_blobs_total", "counter", about, sweeps.removed);
        let unused: u64 = present.sites.iter().map(|site| site.unused_blobs).sum();
        let about = "Blobs that have been unused for less than a day, at the last sweeps.";
        out.one("wix_media_sweep_unused_blobs", "gauge", about, unused);
        if let Some(last) = sweeps.last.and_then(|last| last.duration_since(UNIX_EPOCH).ok()) {
            let about = "When the last sweep of any site succeeded.";
            let name = "wix_media_sweep_last_timestamp_seconds";
            out.one(name, "gauge", about, last.as_secs());
        }
    }
}

fn pictures_text(out: &mut Exposition, present: &Present) {
    let pictures = present.pictures;
    let hits = [("memory", pictures.memory_hits), ("bucket", pictures.bucket_hits)];
    let about = "Transformed pictures that a cache had, by cache.";
    out.each("wix_media_pictures_hits_total", "counter", about, "cache", hits);
    let about = "Originals that were decoded, because no cache had the transformed picture.";
    out.one("wix_media_pictures_decoded_total", "counter", about, pictures.decoded);
    let about = "Reads and writes of transformed pictures that failed in the bucket.";
    let name = "wix_media_pictures_bucket_failures_total";
    out.one(name, "counter", about, pictures.bucket_failures);
}

fn spans_text(out: &mut Exposition, present: &Present) {
    let spans = present.spans;
    let outcomes = [
        ("sent", spans.sent),
        ("failed", spans.failed),
        ("dropped", spans.dropped),
    ];
    out.each(
        "wix_media_spans_total",
        "counter",
        "Spans of traces, by outcome.",
        "outcome",
        outcomes,
    );
}

fn sites_text(out: &mut Exposition, present: &Present) {
    out.one(
        "wix_media_sites_open",
        "gauge",
        "Sites that are open.",
        present.sites.len(),
    );
    let requests = present.sites.iter().map(|site| (&*site.id, site.requests));
    let about = "Requests for a site since it was opened.";
    out.each("wix_media_site_requests_total", "counter", about, "site", requests);
    let bytes = present.sites.iter().filter_map(|site| Some((&*site.id, site.bytes?)));
    let about = "The size of all files of a site, with the trash.";
    out.each("wix_media_site_files_bytes", "gauge", about, "site", bytes);
}

fn clock_text(out: &mut Exposition, present: &Present) {
    let Some(lead) = present.clock_lead else { return };
    let about = "How far the clock of this machine is ahead of that of the database.";
    out.one("wix_media_clock_lead_seconds", "gauge", about, lead as f64 / 1000.0);
}

fn catalog_text(out: &mut Exposition, present: &Present) {
    let is_up = u8::from(present.catalog.is_some());
    out.one(
        "wix_media_catalog_up",
        "gauge",
        "Whether the catalog answers: 1 or 0.",
        is_up,
    );
    let Some(catalog) = &present.catalog else { return };
    let about = "The size of all files of all sites, with the trash.";
    out.one("wix_media_files_bytes", "gauge", about, catalog.bytes);
    let waiting = catalog.waiting;
    let queues = [
        ("imports", waiting.imports),
        ("webhooks", waiting.deliveries),
        ("jobs", waiting.jobs),
        ("files", waiting.files),
        ("videos", waiting.transcodes),
    ];
    let waited = queues.map(|(queue, since)| {
        let milliseconds = since.map_or(0, |since| present.now.saturating_sub(since).max(0));
        (queue, milliseconds as f64 / 1000.0)
    });
    let about = "How long the oldest piece of work has waited that is due and that nobody does.";
    out.each("wix_media_queue_oldest_seconds", "gauge", about, "queue", waited);
}

/// A text of metrics.
#[derive(Debug, Default)]
struct Exposition(String);

impl Exposition {
    fn head(&mut self, name: &str, kind: &str, about: &str) {
        // Writing to a text never fails.
        _ = writeln!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let labels = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", labels.join(","))
        };
        _ = writeln!(self.0, "{name}{labels} {value}");
    }

    /// A metric with a line for each value of one label.
    fn each<'a>(
        &mut self,
        name: &str,
        kind: &str,
        about: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'a str, impl Display)>,
    ) {
        self.head(name, kind, about);
        for (of, value) in values {
            self.value(name, &[(label, of)], value);
        }
    }

    /// A metric with one line.
    fn one(&mut self, name: &str, kind: &str, about: &str, value: impl Display) {
        self.head(name, kind, about);
        self.value(name, &[], value);
    }
}

/// The value of a label, in which these characters would end it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
