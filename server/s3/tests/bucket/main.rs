//! Blobs in buckets of two S3 servers that these tests start.
#![allow(clippy::unwrap_used)]

mod conformance;
mod cuts;
mod parts;
mod pictures;
mod proxy;
mod requests;
mod servers;
mod signed;
