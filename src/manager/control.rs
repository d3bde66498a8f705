//! What a host asks of a manager that is no HTTP request: events, times, usage.
//!
//! A host knows these by name, with JSON in and out, so that each of them is one arm here and nothing on the way there.

use super::source::{IMPORT_RULES, UnfitUrl, check_import_url, is_private};
use super::{Fault, Head, Manager};
use crate::catalog;
use crate::operations::Access;
use serde_json::{Value, json};

/// Most events of one answer.
const MOST_EVENTS: i64 = super::subscription::MOST_EVENTS as i64;

impl Manager {
    /// Does what `name` stands for. An unknown name answers `null`.
    ///
    /// | Name | Input | Answer |
    /// |---|---|---|
    /// | `events` | `after` (number of an event), `limit` | `[{ number, body }]`, the events behind it, in order |
    /// | `lastEvent` | | the number of the last event, 0 for none |
    /// | `tick` | | nothing; pending files whose time has come become ready |
    /// | `nextTick` | | when `tick` is due, in milliseconds since 1970, or `null` |
    /// | `importRules` | | the numbers and header names that a host keeps to when it fetches |
    /// | `takeImports` | `most` | `[{ file, url, headers }]`, what is to be fetched now |
    /// | `failImport` | `file`, `code`, `description`, `data` | nothing; the file has failed |
    /// | `checkImportUrl` | `url` | `{ origin }`, or `{ refused }` with the reason |
    /// | `isPrivate` | `address` | whether an import must not connect to it |
    /// | `adjust` | `limits`, `processing`, `faults`, `lagMs`, `delayMs`, as in the options | nothing, or `{ refused }` |
    /// | `faults` | | the faults that are left |
    /// | `faults.add` | a fault | nothing, or `{ refused }` with the reason |
    /// | `faults.clear` | | nothing; there are no more faults |
    /// | `authorize` | `authorization`, `siteId`: the headers; `scope`: `read` or `manage` | nothing, or `{ status, body }`, the refusal |
    /// | `blobsOf` | `path` of a request | `[name]`, the files of the blobs that it continues, for hosts that have to open files before |
    /// | `takeDeliveries` | `most` | `[{ id, url, attempt, claims }]`, the webhooks to be sent now |
    /// | `delivered` | `id`, `ok` | nothing; a webhook that failed is put off |
    /// | `webhookKey` | | `{ privateKey, publicKey }` as the host left them, or `null` before there is one |
    /// | `setWebhookKey` | `privateKey`, `publicKey` | nothing; they are kept |
    /// | `endExport` | `id` | nothing; what an export held is given back |
    /// | `reset` | | nothing; everything is forgotten but keys |
    /// | `isWhole` | | whether the catalog finds itself undamaged |
    /// | `usage` | | `{ bytes, isEmpty }`: what all files have together, and whether there is neither file nor folder |
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::Manager;
    ///
    /// let mut manager = Manager::memory()?;
    /// assert_eq!(manager.control("usage", &json!({}))?, json!({ "bytes": 0, "isEmpty": true }));
    /// assert_eq!(manager.control("lastEvent", &json!({}))?, json!(0));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn control(&mut self, name: &str, input: &Value) -> catalog::Result<Value> {
        let number = |name: &str, otherwise: i64| input[name].as_i64().unwrap_or(otherwise);
        let text = |name: &str| input[name].as_str().unwrap_or_default();
        Ok(match name {
            "events" => {
                let limit = number("limit", MOST_EVENTS).clamp(0, MOST_EVENTS);
                let events = self.events(number("after", 0), u32::try_from(limit).unwrap_or(0))?;
                let events = events
                    .into_iter()
                    .map(|event| json!({ "number": event.number, "body": event.body }));
                events.collect()
            }
            "lastEvent" => self.parts.catalog.last_event()?.into(),
            "tick" => {
                self.tick()?;
                Value::Null
            }
            "nextTick" => self.next_tick()?.into(),
            "adjust" => match self.parts.options.adjust(input) {
                Ok(()) => Value::Null,
                Err(text) => json!({ "refused": text }),
            },
            "faults" => self.parts.options.faults.iter().map(Fault::to_json).collect(),
            "faults.add" => match Fault::from_json(input) {
                Ok(fault) => {
                    self.add_fault(fault);
                    Value::Null
                }
                Err(text) => json!({ "refused": text }),
            },
            "faults.clear" => {
                self.parts.options.faults.clear();
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
                match self.authorize(&head, needed) {
                    Ok(_) => Value::Null,
                    Err(refusal) => {
                        let response = refusal.into_response();
                        let body = self.collect(response.body).unwrap_or_default();
                        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
                        json!({ "status": response.status, "body": body })
                    }
                }
            }
            "importRules" => IMPORT_RULES.to_json(),
            "takeImports" => {
                let most = usize::try_from(number("most", 100)).unwrap_or(0);
                let orders = self.take_imports(most)?;
                let orders = orders
                    .into_iter()
                    .map(|order| json!({ "file": order.file, "url": order.url, "headers": order.headers }));
                orders.collect()
            }
            "failImport" => {
                let data = if input["data"].is_null() {
                    json!({})
                } else {
                    input["data"].clone()
                };
                self.fail_import(text("file"), text("code"), text("description"), data)?;
                Value::Null
            }
            "checkImportUrl" => match check_import_url(text("url"), self.parts.options.allow_private_imports) {
                Ok(origin) => json!({ "origin": origin }),
                Err(UnfitUrl::Malformed(text)) => json!({ "refused": text }),
                Err(UnfitUrl::Private) => json!({ "refused": "is no address of the web" }),
            },
            "isPrivate" => {
                let allowed = self.parts.options.allow_private_imports;
                (!allowed && is_private(text("address"))).into()
            }
            "blobsOf" => self.blobs_of(text("path"))?.into(),
            "takeDeliveries" => {
                let most = usize::try_from(number("most", 100)).unwrap_or(0);
                let deliveries = self.take_deliveries(most)?.into_iter().map(|delivery| {
                    json!({
                        "id": delivery.id,
                        "url": delivery.url,
                        "attempt": delivery.attempt,
                        "claims": delivery.claims,
                    })
                });
                deliveries.collect()
            }
            "delivered" => {
                self.delivered(number("id", 0), input["ok"] == true)?;
                Value::Null
            }
            "webhookKey" => self.webhook_key()?,
            "setWebhookKey" => {
                self.set_webhook_key(text("privateKey"), text("publicKey"))?;
                Value::Null
            }
            "endExport" => {
                self.end_export(text("id"))?;
                Value::Null
            }
            "reset" => {
                self.reset()?;
                Value::Null
            }
            "usage" => json!({ "bytes": self.parts.catalog.total_size()?, "isEmpty": self.is_empty()? }),
            "isWhole" => self.parts.catalog.is_whole()?.into(),
            _ => Value::Null,
        })
    }
}
