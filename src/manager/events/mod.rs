//! Events: changes of an item, written in the transaction that caused them, so that an event exists if and only if its
//! change was committed.
//!
//! Handlers emit events with the functions here. Each event gets its sequence number and its body at once, as its item
//! may be deleted a moment later, and is queued. [`flush`] then gives the queued events their numbers, in the order of
//! their causes, and adds the deliveries to webhooks.
//!
//! URLs in stored events begin with a placeholder, and [`rendered`] replaces it by the base of each reader. So the
//! `Host` header of one caller cannot reach the events of another.

pub(crate) mod webhook;
pub(crate) mod webhooks;

use super::dates::iso;
use super::http::error::Outcome;
use super::inspect::Facts;
use super::tx::{PendingEvent, Tx, View};
use super::view;
use crate::catalog::{Entity, File, Folder, NewDelivery};
use crate::manager::json::{self};
use crate::model::status::Status;
use serde_json::{Value, json};

/// The number of queued events that are written at once.
const MAX_PENDING: usize = 1000;

fn fqdn(entity: Entity) -> &'static str {
    match entity {
        Entity::File => "wix.media.site_media.v1.file_descriptor",
        Entity::Folder => "wix.media.site_media.v1.folder",
    }
}

/// Returns the placeholder for the beginning of URLs in the event with this id. Ids of events are random, so no name
/// can contain it beforehand.
fn placeholder(id: &str) -> String {
    format!("base:{id}")
}

/// Returns the body of a stored event, with URLs that begin with `base`. A damaged event becomes `null`.
pub(crate) fn rendered(stored: &str, base: &str) -> Value {
    let event: Value = serde_json::from_str(stored).unwrap_or_default();
    let Some(id) = event["id"].as_str() else { return event };
    let placeholder = placeholder(id);
    if !stored.contains(&placeholder) {
        return event;
    }
    let quoted = json::text(&Value::from(base));
    let text = stored.replace(&placeholder, quoted.trim_matches('"'));
    serde_json::from_str(&text).unwrap_or(event)
}

/// Returns at most `limit` events with numbers above `after`. Their URLs begin with the base of the view.
pub(crate) fn after(view: &View<'_>, after: i64, limit: u32) -> Outcome<Vec<(i64, Value)>> {
    let rows = view.catalog.events(after, limit)?;
    let rendered = rows
        .into_iter()
        .map(|(number, body)| (number, rendered(&body, &view.base)));
    Ok(rendered.collect())
}

/// Queues an event for the end of the transaction. `body` gets the beginning of URLs.
fn emit(
    tx: &mut Tx<'_>,
    (entity, id): (Entity, &str),
    slug: &'static str,
    body: impl FnOnce(&Tx<'_>, &str) -> Outcome<(&'static str, Value)>,
) -> Outcome<()> {
    let sequence = tx.catalog.count_events(entity, &[id])?;
    let sequence = sequence.first().copied().unwrap_or(1);
    emit_counted(tx, (entity, id), sequence, slug, body)
}

/// Queues an event with a known sequence number. Writes the queue once it has [`MAX_PENDING`] events.
fn emit_counted(
    tx: &mut Tx<'_>,
    (entity, id): (Entity, &str),
    sequence: i64,
    slug: &'static str,
    body: impl FnOnce(&Tx<'_>, &str) -> Outcome<(&'static str, Value)>,
) -> Outcome<()> {
    let event_id = tx.ids.guid();
    let (member, value) = body(tx, &placeholder(&event_id))?;
    let mut event = json!({
        "id": event_id,
        "entityFqdn": fqdn(entity),
        "slug": slug,
        "entityId": id,
        "eventTime": iso(tx.now),
        "triggeredByAnonymizeRequest": false,
        "originatedFrom": "",
        "entityEventSequence": sequence.to_string(),
    });
    event[member] = value;
    tx.events.push(PendingEvent {
        entity,
        slug,
        body: json::text(&event),
    });
    if tx.events.len() >= MAX_PENDING {
        flush(tx)?;
    }
    Ok(())
}

/// Writes the queued events.
pub(crate) fn flush(tx: &mut Tx<'_>) -> Outcome<()> {
    let pending = std::mem::take(&mut tx.events);
    if pending.is_empty() {
        return Ok(());
    }
    let kinds: Vec<_> = pending.iter().map(|event| (event.entity, event.slug)).collect();
    let bodies: Vec<_> = pending.into_iter().map(|event| event.body).collect();
    let first = tx.catalog.insert_events(&bodies)?;
    let options = tx.context.options;
    let mut deliveries = Vec::new();
    for (number, (entity, slug)) in (first..).zip(kinds) {
        let wanted = options
            .webhooks
            .iter()
            .filter(|webhook| webhook.wants(fqdn(entity), slug));
        deliveries.extend(wanted.map(|webhook| NewDelivery {
            event: number,
            url: &webhook.url,
            due: tx.context.now,
        }));
    }
    if !deliveries.is_empty() {
        tx.catalog.insert_deliveries(&deliveries)?;
    }
    if let Some(kept) = options.keep_events {
        let last = first + i64::try_from(bodies.len()).unwrap_or(i64::MAX) - 1;
        tx.catalog.remove_events(last - i64::from(kept))?;
    }
    Ok(())
}

pub(crate) fn emit_folder_created(tx: &mut Tx<'_>, folder: &Folder) -> Outcome<()> {
    emit(tx, (Entity::Folder, &folder.id), "created", |tx, _| {
        let entity = view::folder(folder, &tx.options.site_id);
        Ok(("createdEvent", json!({ "entity": entity })))
    })
}

pub(crate) fn emit_folder_updated(tx: &mut Tx<'_>, folder: &Folder) -> Outcome<()> {
    emit(tx, (Entity::Folder, &folder.id), "updated", |tx, _| {
        let entity = view::folder(folder, &tx.options.site_id);
        Ok(("updatedEvent", json!({ "currentEntity": entity })))
    })
}

pub(crate) fn emit_file_updated(tx: &mut Tx<'_>, file: &File) -> Outcome<()> {
    emit(tx, (Entity::File, &file.id), "updated", |tx, base| {
        let entity = view::file(file, base, &tx.options.site_id);
        Ok(("updatedEvent", json!({ "currentEntity": entity })))
    })
}

/// Emits one event for each of these items, in this order. Must be called before the rows are deleted.
pub(crate) fn emit_deleted(tx: &mut Tx<'_>, items: &[(Entity, &str)], permanent: bool) -> Outcome<()> {
    for part in items.chunks(MAX_PENDING) {
        let of = |wanted: Entity| -> Vec<&str> {
            let those = part.iter().filter(|(entity, _)| *entity == wanted);
            those.map(|(_, id)| *id).collect()
        };
        let mut files = tx.catalog.count_events(Entity::File, &of(Entity::File))?.into_iter();
        let mut folders = tx
            .catalog
            .count_events(Entity::Folder, &of(Entity::Folder))?
            .into_iter();
        for &(entity, id) in part {
            let sequence = match entity {
                Entity::File => files.next(),
                Entity::Folder => folders.next(),
            };
            emit_counted(tx, (entity, id), sequence.unwrap_or(1), "deleted", |_, _| {
                Ok(deleted(permanent))
            })?;
        }
    }
    Ok(())
}

/// Emits the event of a file that has followed its folder to the trash, with its sequence number.
pub(crate) fn emit_file_trashed(tx: &mut Tx<'_>, id: &str, sequence: i64) -> Outcome<()> {
    emit_counted(tx, (Entity::File, id), sequence, "deleted", |_, _| Ok(deleted(false)))
}

/// Emits the event of a file that is ready. `by_undelete` says whether it was restored from the trash.
pub(crate) fn emit_file_ready(tx: &mut Tx<'_>, file: &File, by_undelete: bool) -> Outcome<()> {
    emit(tx, (Entity::File, &file.id), "file_ready", |tx, base| {
        ready(tx, file, base, by_undelete)
    })
}

/// Emits the event of a file that is ready and has followed its folder out of the trash, with its sequence number.
pub(crate) fn emit_file_restored(tx: &mut Tx<'_>, file: &File, sequence: i64) -> Outcome<()> {
    emit_counted(tx, (Entity::File, &file.id), sequence, "file_ready", |tx, base| {
        ready(tx, file, base, true)
    })
}

fn deleted(permanent: bool) -> (&'static str, Value) {
    ("deletedEvent", json!({ "movedToTrash": !permanent }))
}

fn ready(tx: &Tx<'_>, file: &File, base: &str, by_undelete: bool) -> Outcome<(&'static str, Value)> {
    let external: Value = serde_json::from_str(&file.external)?;
    let body = json!({
        "file": view::file(file, base, &tx.options.site_id),
        "externalInfo": external,
        "triggeredByUndelete": by_undelete,
    });
    Ok(("actionEvent", json!({ "body": body })))
}

pub(crate) fn emit_file_failed(tx: &mut Tx<'_>, file: &File, error: Value) -> Outcome<()> {
    emit(tx, (Entity::File, &file.id), "file_failed", |_, _| {
        let external: Value = serde_json::from_str(&file.external)?;
        let body = json!({ "externalInfo": external, "error": error });
        Ok(("actionEvent", json!({ "body": body })))
    })
}

/// Emits the event of a file that was just processed. A file that is still pending has no event yet.
pub(crate) fn emit_file_processed(tx: &mut Tx<'_>, file: &File) -> Outcome<()> {
    match file.status {
        Status::Ready => emit_file_ready(tx, file, false),
        Status::Failed => {
            let simulated = || "the options of this manager make the processing of this file fail".to_owned();
            let text = Facts::from_json(&file.facts).fault.unwrap_or_else(simulated);
            let error = json!({ "code": "PROCESSING_FAILED", "description": text, "data": {} });
            emit_file_failed(tx, file, error)
        }
        Status::Pending => Ok(()),
    }
}
