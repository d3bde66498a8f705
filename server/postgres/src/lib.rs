//! The catalog of the Media Manager on PostgreSQL: many sites in one database, for many processes at once.
//!
//! | File | Contents |
//! |---|---|
//! | `store.rs` | the database and its sites |
//! | `listed.rs` `keys.rs` | sites that one server answers for together, and their keys |
//! | `connections.rs` `connection.rs` `limits.rs` `tls.rs` | connections, the threads that wait for them and for how long, and which servers they trust |
//! | `schema.rs` `version.rs` `migrations/` | versions of the schema, and what a database must be like |
//! | `session.rs` | transactions: how they begin, wait for each other, end, and find out what became of them |
//! | `clock.rs` | the time of the database, which all processes go by |
//! | `values.rs` `failure.rs` | values with their types, and errors |
//! | `items.rs` `trees.rs` `stale.rs` | rows of folders and files, changes of whole trees, and files that follow them later |
//! | `listing.rs` `grams.rs` | pages and searches |
//! | `events.rs` `uploads.rs` `jobs.rs` `bundles.rs` `assets.rs` `settings.rs` | everything else |
//! | `load.rs` | changes of everything at once |
//! | `figures.rs` | figures for operators |
//! | `audit.rs` `records.rs` | records of changes: how they are written, and for readers |
//! | `calls.rs` | calls of callers, for the rate limit |
//!
//! Every statement names the site in its first value, `$1`, except those that find out which site a request is for, and those about
//! all sites.

mod assets;
mod audit;
mod bundles;
mod calls;
mod clock;
mod connection;
mod connections;
mod events;
mod failure;
mod figures;
mod grams;
mod items;
mod jobs;
mod keys;
mod limits;
mod listed;
mod listing;
mod load;
mod records;
mod schema;
mod session;
mod settings;
mod stale;
mod store;
mod tls;
mod trees;
mod uploads;
mod values;
mod version;

pub use audit::{Actor, act, actor};
pub use calls::CallCount;
pub use connections::PoolFigures;
pub use figures::SiteFigures;
pub use keys::StoredKey;
pub use limits::Limits;
pub use listed::ListedSite;
pub use records::AuditRecord;
pub use store::{Site, Store, check_url};
pub use version::OlderSchema;
