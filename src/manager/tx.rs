//! One transaction: what a handler may touch while it runs.
//!
//! A [`View`] reads, a [`Tx`] writes; neither has access to blobs, so no transaction waits for bytes. A transaction can be run
//! again: its ids and its time are drawn once, in its [`Context`], and what it frees is removed after the commit.

use super::http::error::Outcome;
use super::http::message::Origin;
use super::ids::Ids;
use super::options::Options;
use crate::catalog::{Entity, Read, Write};
use std::ops::Deref;

/// What a transaction knows besides the catalog.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) options: &'a Options,
    /// The key that signs links and tokens.
    pub(crate) secret: &'a [u8],
    /// The moment of the transaction.
    pub(crate) now: i64,
    /// The beginning of URLs in the answer: the option, or the host that the request names.
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
    /// When the site was created.
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

/// An event that is still to be written.
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
    /// Blobs that perhaps nothing needs any more.
    pub(crate) freed: Vec<String>,
    /// Events that are still to be written.
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

    /// The transaction as it is now, for what only reads.
    pub(crate) fn view(&self) -> View<'_> {
        View {
            catalog: &*self.catalog,
            context: self.context,
        }
    }
}
