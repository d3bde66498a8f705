//! The catalog on a PostgreSQL that these tests start, directly and behind a PgBouncer that gives each transaction another
//! connection.
#![allow(clippy::unwrap_used)]

mod calls;
mod cluster;
mod conformance;
mod hosts;
mod listed;
mod proxy;
mod schema;
mod search;
mod silence;
mod tenancy;
mod tls;
mod transactions;
