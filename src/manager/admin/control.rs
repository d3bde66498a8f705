//! The commands of a host, by name, with JSON in and out: see [`Manager::control`].

use crate::blobs::file_name;
use crate::catalog::{self, Area, Children, Page, Read};
use crate::manager::events::{self, webhooks};
use crate::manager::http::message::Head;
use crate::manager::imports::url_policy::{IMPORT_RULES, UnfitUrl, check_import_url, is_private};
use crate::manager::items::transcodes;
use crate::manager::json::{parse, read};
use crate::manager::site::{Cause, Site};
use crate::manager::uploads::TUS;
use crate::manager::{Fault, ImportOrder, Manager, stored, token};
use crate::operations::Access;
use serde_json::{Value, json};

/// The maximum number of events in an answer.
const MAX_EVENTS: i64 = 1000;

/// The setting that says how far a scrub is.
const SCRUB: &str = "scrub";

/// The default grace period of the sweep, in milliseconds.
const DEFAULT_GRACE: i64 = 86_400_000;

pub(crate) fn control(manager: &Manager, name: &str, input: &Value) -> catalog::Result<Value> {
    let number = |name: &str, otherwise: i64| input[name].as_i64().unwrap_or(otherwise);
    let text = |name: &str| input[name].as_str().unwrap_or_default();
    let site = &manager.site;
    Ok(match name {
        "events" => {
            let limit = number("limit", MAX_EVENTS).clamp(0, MAX_EVENTS);
            let limit = u32::try_from(limit).unwrap_or(0);
            let cause = cause_of(text("base"));
            let events = stored(site.read(&cause, |view| events::after(view, number("after", 0), limit)))?;
            let events = events
                .into_iter()
                .map(|(number, body)| json!({ "number": number, "body": body }));
            events.collect()
        }
        "lastEvent" => site.catalog.read()?.last_event()?.into(),
        "tick" => {
            manager.tick()?;
            Value::Null
        }
        "nextTick" => manager.next_tick()?.into(),
        "adjust" => match manager.adjust(input) {
            Ok(()) => Value::Null,
            Err(error) => json!({ "refused": error }),
        },
        "faults" => json!(manager.faults()),
        "faults.add" => match read::<Vec<Fault>>(input) {
            Ok(faults) => {
                faults.into_iter().for_each(|fault| manager.add_fault(fault));
                Value::Null
            }
            Err(error) => json!({ "refused": error.within("faults") }),
        },
        "faults.clear" => {
            manager.clear_faults();
            Value::Null
        }
        "authorize" => {
            let mut head = Head::default();
            for (header, member) in [("authorization", "authorization"), ("wix-site-id", "siteId")] {
                head.headers.push((header.to_owned(), text(member).to_owned()));
            }
            let needed = if text("scope") == "read" {
                Access::Read
            } else {
                Access::Manage
            };
            match manager.authorize(&head, needed) {
                Ok(_) => Value::Null,
                Err(refusal) => {
                    let response = refusal.into_response();
                    let body = manager.collect(response.body).unwrap_or_default();
                    let body = parse(&body).unwrap_or_default();
                    json!({ "status": response.status, "body": body })
                }
            }
        }
        "importRules" => IMPORT_RULES.to_json(),
        "takeDue" => take_due(manager, input)?,
        "transcoded" => {
            manager.transcoded(text("file"), input["isDone"] == true)?;
            Value::Null
        }
        "releaseTranscode" => {
            manager.release_transcode(text("file"))?;
            Value::Null
        }
        "waitingTranscodes" => site.catalog.read()?.waiting_transcodes(site.clock.now())?.into(),
        "failImport" => {
            let data = if input["data"].is_null() {
                json!({})
            } else {
                input["data"].clone()
            };
            manager.fail_import(text("file"), text("code"), text("description"), data)?;
            Value::Null
        }
        "checkImportUrl" => match check_import_url(text("url"), site.options().allow_private_imports) {
            Ok(origin) => json!({ "origin": origin }),
            Err(UnfitUrl::Malformed(text)) => json!({ "refused": text }),
            Err(UnfitUrl::Private) => json!({ "refused": "must be a public address" }),
        },
        "isPrivate" => {
            let allowed = site.options().allow_private_imports;
            (!allowed && is_private(text("address"))).into()
        }
        "blobsOf" => blobs_of(site, text("path"))?.into(),
        "delivered" => {
            let attempt = u32::try_from(number("attempt", 1)).unwrap_or(u32::MAX);
            manager.delivered(number("id", 0), attempt, input["ok"] == true)?;
            Value::Null
        }
        "webhookKey" => stored(site.read(&Cause::default(), webhooks::key))?,
        "setWebhookKey" => {
            let (private, public) = (text("privateKey"), text("publicKey"));
            stored(site.write(&Cause::default(), |tx| webhooks::set_key(tx, private, public)))?
        }
        "endExport" => {
            manager.end_export(text("id"))?;
            Value::Null
        }
        "reset" => {
            manager.reset()?;
            Value::Null
        }
        "usage" => {
            let read = site.catalog.read()?;
            json!({
                "bytes": read.total_size()?,
                "isEmpty": is_empty(&*read)?,
                "orphans": read.doomed_count()?,
            })
        }
        "isWhole" => site.catalog.is_intact()?.into(),
        "scrub" => scrub(site, input)?,
        "sweep" => {
            let swept = manager.sweep(number("graceMs", DEFAULT_GRACE))?;
            json!({ "removed": swept.removed, "waiting": swept.waiting })
        }
        _ => Value::Null,
    })
}

/// Records how far a scrub is, and returns what was recorded last.
fn scrub(site: &Site, input: &Value) -> catalog::Result<Value> {
    if !input["position"].is_string() {
        let recorded = site.catalog.read()?.setting(SCRUB)?.unwrap_or_default();
        let recorded = serde_json::from_str::<Value>(&recorded).unwrap_or_default();
        return Ok(json!({
            "position": recorded["position"].as_str().unwrap_or_default(),
            "damagedFiles": recorded["damagedFiles"].as_u64().unwrap_or(0),
            "finished": recorded["finished"].as_i64(),
        }));
    }
    let mut record = input.clone();
    if record["finished"].is_null() {
        record["finished"] = scrub(site, &Value::Null)?["finished"].take();
    }
    stored(site.write_lazily(&Cause::default(), |tx| {
        Ok(tx.catalog.set_setting(SCRUB, &record.to_string())?)
    }))?;
    Ok(Value::Null)
}

/// Leases imports, deliveries and transcodes, at most so many. Most of the time nothing is due, which one snapshot tells.
fn take_due(manager: &Manager, input: &Value) -> catalog::Result<Value> {
    let limit = |name: &str| usize::try_from(input[name].as_u64().unwrap_or(0)).unwrap_or(0);
    let due = stored(manager.site.read(&Cause::default(), |view| {
        let (tick, delivery) = (view.catalog.next_due()?, webhooks::next(view)?);
        let has_imports = view.catalog.has_imports(view.now)?;
        let has_deliveries = delivery.is_some_and(|due| due <= view.now);
        let has_transcodes = limit("transcodes") > 0 && transcodes::are_due(view)?;
        Ok((
            has_imports,
            has_deliveries,
            has_transcodes,
            tick.into_iter().chain(delivery).min(),
        ))
    }))?;
    let (has_imports, has_deliveries, has_transcodes, mut next_tick) = due;
    let mut answer = json!({ "imports": [], "deliveries": [], "transcodes": [] });
    if has_transcodes {
        let orders = manager.take_transcodes(limit("transcodes"))?.into_iter().map(|order| {
            json!({
                "file": order.file,
                "blob": file_name(&order.blob),
                "size": order.size,
                "mime": order.mime,
                "width": order.dimensions.map(|(width, _)| width),
                "height": order.dimensions.map(|(_, height)| height),
                "durationMs": order.duration_ms,
                "hasPosters": order.has_posters,
            })
        });
        answer["transcodes"] = orders.collect();
    }
    if has_imports {
        let orders = manager.take_imports(limit("imports"))?.into_iter();
        let order = |order: ImportOrder| json!({ "file": order.file, "url": order.url, "headers": order.headers });
        answer["imports"] = orders.map(order).collect();
    }
    if has_deliveries {
        let deliveries = manager
            .take_deliveries(limit("deliveries"))?
            .into_iter()
            .map(|delivery| {
                json!({
                    "id": delivery.id,
                    "url": delivery.url,
                    "attempt": delivery.attempt,
                    "claims": delivery.claims,
                })
            });
        answer["deliveries"] = deliveries.collect();
    }
    if has_imports || has_deliveries || has_transcodes {
        next_tick = manager.next_tick()?;
    }
    answer["nextTick"] = next_tick.into();
    manager.take_changed();
    Ok(answer)
}

/// Returns the cause of a command, with this beginning of URLs.
fn cause_of(base: &str) -> Cause {
    let (scheme, host) = base.split_once("://").unwrap_or_default();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Cause::of(&Head {
        headers: vec![header("Host", host), header("X-Forwarded-Proto", scheme)],
        ..Head::default()
    })
}

/// Returns whether there are no files and no folders, not even in the trash.
fn is_empty(catalog: &dyn Read) -> catalog::Result<bool> {
    let page = Page::new(Children::In(Area::ALL.to_vec()), 1);
    Ok(catalog.files(&page)?.is_empty() && catalog.folders(&page)?.is_empty())
}

/// Returns the files of the blobs that a request with this path continues to write: those of TUS transfers and of the
/// PUTs that complete them.
fn blobs_of(site: &Site, path: &str) -> catalog::Result<Vec<String>> {
    let Some(id) = path.strip_prefix(TUS).and_then(|rest| rest.strip_prefix('/')) else {
        return Ok(Vec::new());
    };
    let catalog = site.catalog.read()?;
    let upload = match catalog.upload_of_transfer(id)? {
        Some(upload) => Some(upload),
        None => {
            let claims = token::verify(&site.secret, id).unwrap_or_default();
            catalog.upload(claims["jti"].as_str().unwrap_or_default())?
        }
    };
    let blob = upload.and_then(|upload| upload.blob);
    Ok(blob.iter().map(|blob| file_name(blob)).collect())
}
