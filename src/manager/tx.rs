//! Transactions: everything that a handler may touch while it runs.
//!
//! A [`View`] reads, a [`Tx`] writes. Neither has access to blobs, so no transaction waits for bytes. A transaction can
//! be run again: its [`Context`] keeps its ids and its time, and the blobs that it frees are removed after the commit.

use super::http::error::Outcome;
use super::http::message::Origin;
use super::ids::Ids;
use super::options::Options;
use crate::catalog::{Entity, Read, Write};
use std::ops::Deref;

/// The number of entries of a bundle that are read at once.
const ENTRIES_AT_ONCE: u32 = 500;

/// The time, key, options and ids of a transaction.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) options: &'a Options,
    /// The key that signs links and tokens.
    pub(crate) secret: &'a [u8],
    /// The time of the transaction, in milliseconds since 1970.
    pub(crate) now: i64,
    /// The beginning of URLs in the answer: from the options, or from the `Host` of the request.
    pub(crate) base: String,
    pub(crate) origin: Origin,
    pub(crate) ids: Ids<'a>,
}

/// A snapshot of the catalog, with its context.
pub(crate) struct View<'a> {
    pub(crate) catalog: &'a dyn Read,
    pub(crate) context: &'a Context<'a>,
}

impl View<'_> {
    /// Returns when the site was created.
    pub(crate) fn since(&self) -> Outcome<i64> {
        let since = self.catalog.setting("since")?;
        Ok(since.and_then(|since| since.parse().ok()).unwrap_or(0))
    }
}

impl<'a> Deref for View<'a> {
    type Target = Context<'a>;

    fn deref(&self) -> &Context<'a> {
        self.context
    }
}

/// An event to be written at the end of the transaction.
#[derive(Debug)]
pub(crate) struct PendingEvent {
    pub(crate) entity: Entity,
    pub(crate) slug: &'static str,
    pub(crate) body: String,
}

/// A writing transaction, with its context.
pub(crate) struct Tx<'a> {
    pub(crate) catalog: &'a mut dyn Write,
    pub(crate) context: &'a Context<'a>,
    /// Blobs that may have become orphans, to be removed after the commit.
    pub(crate) freed: Vec<String>,
    /// Events to be written at the end of the transaction.
    pub(crate) events: Vec<PendingEvent>,
}

impl<'a> Deref for Tx<'a> {
    type Target = Context<'a>;

    fn deref(&self) -> &Context<'a> {
        self.context
    }
}

impl<'a> Tx<'a> {
    pub(crate) fn new(catalog: &'a mut dyn Write, context: &'a Context<'a>) -> Tx<'a> {
        Tx {
            catalog,
            context,
            freed: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Removes a bundle, and what only it needs.
    pub(crate) fn remove_bundle(&mut self, id: &str) -> Outcome<()> {
        let mut from = 0;
        loop {
            let entries = self.catalog.bundle_entries(id, from, ENTRIES_AT_ONCE)?;
            let Some((last, _)) = entries.last() else { break };
            from = last + 1;
            let blobs = entries.into_iter().filter_map(|(_, entry)| entry.blob);
            self.freed.extend(blobs);
        }
        Ok(self.catalog.remove_bundle(id)?)
    }

    /// Returns a view of the transaction, with its changes so far.
    pub(crate) fn view(&self) -> View<'_> {
        View {
            catalog: &*self.catalog,
            context: self.context,
        }
    }
}
