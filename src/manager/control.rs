//! What a host asks of a manager that is no HTTP request: events, times, usage.
//!
//! A host knows these by name, with JSON in and out, so that each of them is one arm here and nothing on the way there.

use super::Manager;
use crate::catalog;
use serde_json::{Value, json};

/// Most events of one answer.
const MOST_EVENTS: i64 = 1000;

impl Manager {
    /// Does what `name` stands for. An unknown name answers `null`.
    ///
    /// | Name | Input | Answer |
    /// |---|---|---|
    /// | `events` | `after` (number of an event), `limit` | `[{ number, body }]`, the events behind it, in order |
    /// | `lastEvent` | | the number of the last event, 0 for none |
    /// | `tick` | | nothing; pending files whose time has come become ready |
    /// | `nextTick` | | when `tick` is due, in milliseconds since 1970, or `null` |
    /// | `usage` | | `{ bytes }`, what all files have together |
    ///
    /// ```
    /// use serde_json::json;
    /// use wix_media::manager::Manager;
    ///
    /// let mut manager = Manager::memory()?;
    /// assert_eq!(manager.control("usage", &json!({}))?, json!({ "bytes": 0 }));
    /// assert_eq!(manager.control("lastEvent", &json!({}))?, json!(0));
    /// # Ok::<(), wix_media::catalog::Error>(())
    /// ```
    pub fn control(&mut self, name: &str, input: &Value) -> catalog::Result<Value> {
        let number = |name: &str, otherwise: i64| input[name].as_i64().unwrap_or(otherwise);
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
            "usage" => json!({ "bytes": self.parts.catalog.total_size()? }),
            _ => Value::Null,
        })
    }
}
