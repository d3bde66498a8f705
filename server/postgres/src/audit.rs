//! Records of changes: who changed which files and folders, when, and by which request.
//!
//! A program says on whose behalf a thread works by [`act`]. A writer collects the ids of what it touches, and writes its record in
//! the round trip of its commit, so that a record exists if and only if its change was committed. It costs one more statement there,
//! and one row.
//!
//! Transactions that touch no file and no folder leave no record, such as those of leases, links, and the parts of a resumable upload.

use postgres_protocol::escape::escape_literal;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

/// How many ids a record names.
const MAX_IDS: usize = 100;

/// On whose behalf a thread works.
///
/// ```
/// use std::sync::Arc;
/// use wix_media_postgres::{Actor, act};
///
/// let actor = Actor { who: "key 7".into(), request: "5f1e".into(), call: "createFolder".into() };
/// assert_eq!(act(&Arc::new(actor), || 3), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who: never a key itself.
    pub who: String,
    /// The id of the request in the log.
    pub request: String,
    /// The call, such as `createFolder`.
    pub call: String,
}

thread_local! {
    static ACTOR: RefCell<Option<Arc<Actor>>> = const { RefCell::new(None) };
}

/// Restores the actor that there was before, also when a thread panics.
struct Before(Option<Arc<Actor>>);

impl Drop for Before {
    fn drop(&mut self) {
        let before = self.0.take();
        ACTOR.with(|current| *current.borrow_mut() = before);
    }
}

/// Runs work on this thread on behalf of an actor. The records of its changes name the actor.
pub fn act<T>(actor: &Arc<Actor>, work: impl FnOnce() -> T) -> T {
    let before = ACTOR.with(|current| current.borrow_mut().replace(Arc::clone(actor)));
    let _before = Before(before);
    work()
}

/// The actor of this thread.
pub fn actor() -> Option<Arc<Actor>> {
    ACTOR.with(|current| current.borrow().clone())
}

/// The files and folders that a transaction has touched.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    ids: Vec<String>,
    /// The hashes of all ids: a change of a tree may touch very many.
    seen: HashSet<u64>,
    hasher: RandomState,
    is_everything: bool,
}

/// The part of an event that names its file or folder.
#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(rename = "entityId", borrow)]
    id: std::borrow::Cow<'a, str>,
}

impl Trace {
    /// Notes a file or a folder.
    pub(crate) fn note(&mut self, id: &str) {
        if self.seen.insert(self.hasher.hash_one(id)) && self.ids.len() < MAX_IDS {
            self.ids.push(id.to_owned());
        }
    }

    /// Notes what events are about.
    pub(crate) fn note_events(&mut self, bodies: &[String]) {
        for body in bodies {
            if let Ok(entity) = serde_json::from_str::<Entity<'_>>(body) {
                self.note(&entity.id);
            }
        }
    }

    /// Notes that everything is replaced.
    pub(crate) fn note_everything(&mut self) {
        self.is_everything = true;
    }

    /// The statement that writes the record, with a semicolon behind it. Empty if nothing was touched.
    ///
    /// It is part of a text of several statements, which can have no values, so they stand in it as literals. As one JSON value, they
    /// took a third more of the database's time.
    pub(crate) fn statement(&self, site: i64) -> String {
        if self.seen.is_empty() && !self.is_everything {
            return String::new();
        }
        let actor = actor();
        let (who, request, call) = match &actor {
            Some(actor) => (&*actor.who, &*actor.request, &*actor.call),
            None => ("server", "-", "-"),
        };
        let (items, ids) = if self.is_everything {
            ("NULL".to_owned(), "NULL".to_owned())
        } else {
            let ids: Vec<String> = self.ids.iter().map(|id| escape_literal(id)).collect();
            (self.seen.len().to_string(), format!("ARRAY[{}]::text[]", ids.join(",")))
        };
        format!(
            "INSERT INTO audit (site, at, actor, request, call, items, ids)
             VALUES ({site}, clock_timestamp(), {}, {}, {}, {items}, {ids}); ",
            escape_literal(who),
            escape_literal(request),
            escape_literal(call)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_names_the_actor_of_its_thread_and_the_first_ids() {
        let mut trace = Trace::default();
        assert_eq!(trace.statement(3), "");
        trace.note_events(&[
            r#"{"entityId":"a'; DROP","slug":"created"}"#.to_owned(),
            "damaged".to_owned(),
        ]);
        for number in 0..150 {
            trace.note(&format!("f{number}"));
            trace.note("f0");
        }
        let nobody = trace.statement(3);
        assert!(
            nobody.contains("VALUES (3, clock_timestamp(), 'server', '-', '-', 151, ARRAY['a''; DROP','f0','f1',"),
            "{nobody}"
        );
        assert!(nobody.contains("'f98']::text[]"), "the first 100: {nobody}");
        let actor = |who: &str| {
            Arc::new(Actor {
                who: who.to_owned(),
                request: "r'\\".to_owned(),
                call: "c".to_owned(),
            })
        };
        let (inner, outer) = act(&actor("outer"), || {
            let inner = act(&actor("inner"), || trace.statement(3));
            (inner, trace.statement(3))
        });
        assert!(
            inner.contains("'inner'") && outer.contains("'outer'"),
            "{inner} {outer}"
        );
        assert!(outer.contains(r"E'r''\\'"), "{outer}");
        assert!(trace.statement(3).contains("'server'"));
    }

    #[test]
    fn change_of_everything_names_nothing() {
        let mut trace = Trace::default();
        trace.note("f");
        trace.note_everything();
        assert!(
            trace.statement(3).ends_with("'-', NULL, NULL); "),
            "{}",
            trace.statement(3)
        );
    }
}
