//! Events, and their deliveries to URLs.

use super::super::{Delivery, Entity, NewDelivery, ReadDeliveries, ReadEvents, Result, WriteDeliveries, WriteEvents};
use super::Session;
use rusqlite::{Row, ToSql, params};

const DELIVERY_COLUMNS: &str =
    "delivery.number, url, tries, due, body FROM delivery JOIN event ON event.number = delivery.event";

fn read_delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        number: row.get(0)?,
        url: row.get(1)?,
        tries: row.get(2)?,
        due: row.get(3)?,
        body: row.get(4)?,
    })
}

/// As many parameters as there are URLs.
fn marks(urls: &[&str]) -> String {
    vec!["?"; urls.len()].join(", ")
}

/// Parameters: some values, the URLs, and more values.
fn with_urls<'a>(before: &[&'a dyn ToSql], urls: &'a [&'a str], after: &[&'a dyn ToSql]) -> Vec<&'a dyn ToSql> {
    let urls = urls.iter().map(|url| url as &dyn ToSql);
    before
        .iter()
        .copied()
        .chain(urls)
        .chain(after.iter().copied())
        .collect()
}

impl ReadEvents for Session<'_> {
    fn events_of(&self, entity: Entity, id: &str) -> Result<i64> {
        let sql = match entity {
            Entity::File => "SELECT events FROM file WHERE id = ?",
            Entity::Folder => "SELECT events FROM folder WHERE id = ?",
        };
        self.number(sql, [id])
    }

    fn events(&self, after: i64, limit: u32) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT number, body FROM event WHERE number > ? ORDER BY number LIMIT ?",
            params![after, limit],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn last_event(&self) -> Result<i64> {
        self.number("SELECT seq FROM sqlite_sequence WHERE name = 'event'", [])
    }
}

impl WriteEvents for Session<'_> {
    fn count_events(&mut self, entity: Entity, ids: &[&str]) -> Result<Vec<i64>> {
        // One cached statement for each row: one statement for all of them would return the counts in any order.
        let sql = match entity {
            Entity::File => "UPDATE file SET events = events + 1 WHERE id = ? RETURNING events",
            Entity::Folder => "UPDATE folder SET events = events + 1 WHERE id = ? RETURNING events",
        };
        ids.iter()
            .map(|id| Ok(self.one(sql, [id], |row| row.get(0))?.unwrap_or(1)))
            .collect()
    }

    fn set_events_of(&mut self, entity: Entity, id: &str, count: i64) -> Result<()> {
        let sql = match entity {
            Entity::File => "UPDATE file SET events = ?2 WHERE id = ?1",
            Entity::Folder => "UPDATE folder SET events = ?2 WHERE id = ?1",
        };
        self.run(sql, params![id, count]).map(drop)
    }

    fn insert_events(&mut self, bodies: &[String]) -> Result<i64> {
        let first = self.last_event()? + 1;
        for body in bodies {
            self.run("INSERT INTO event (body) VALUES (?)", [body])?;
        }
        Ok(first)
    }

    fn skip_events(&mut self, number: i64) -> Result<()> {
        // SQLite adds the row of a table with its first event.
        let known = self.run(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'event'",
            [number],
        )?;
        if known == 0 && number > 0 {
            self.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)", [number])?;
        }
        Ok(())
    }

    fn remove_events(&mut self, up_to: i64) -> Result<()> {
        self.run(
            "DELETE FROM event WHERE number <= ?
             AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event = event.number)",
            [up_to],
        )
        .map(drop)
    }
}

impl ReadDeliveries for Session<'_> {
    fn delivery(&self, number: i64) -> Result<Option<Delivery>> {
        let sql = format!("SELECT {DELIVERY_COLUMNS} WHERE delivery.number = ?");
        self.one(&sql, [number], read_delivery)
    }

    fn next_delivery(&self, urls: &[&str], now: i64) -> Result<Option<i64>> {
        if urls.is_empty() {
            return Ok(None);
        }
        let sql = format!(
            "SELECT due FROM delivery WHERE leased_until <= ? AND url IN ({}) ORDER BY due, number LIMIT 1",
            marks(urls)
        );
        self.one(&sql, &with_urls(&[&now], urls, &[])[..], |row| row.get(0))
    }
}

impl WriteDeliveries for Session<'_> {
    fn insert_deliveries(&mut self, deliveries: &[NewDelivery<'_>]) -> Result<()> {
        for NewDelivery { event, url, due } in deliveries {
            self.run(
                "INSERT INTO delivery (event, url, tries, due) VALUES (?, ?, 0, ?)",
                params![event, url, due],
            )?;
        }
        Ok(())
    }

    fn take_deliveries(&mut self, urls: &[&str], now: i64, until: i64, limit: u32) -> Result<Vec<Delivery>> {
        if urls.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {DELIVERY_COLUMNS} WHERE due <= ? AND leased_until <= ? AND url IN ({})
             ORDER BY due, delivery.number LIMIT ?",
            marks(urls)
        );
        let taken = self.all(&sql, &with_urls(&[&now, &now], urls, &[&limit])[..], read_delivery)?;
        for delivery in &taken {
            self.run(
                "UPDATE delivery SET leased_until = ?2 WHERE number = ?1",
                [delivery.number, until],
            )?;
        }
        Ok(taken)
    }

    fn postpone_delivery(&mut self, number: i64, tries: u32, due: i64) -> Result<()> {
        self.run(
            "UPDATE delivery SET tries = ?2, due = ?3, leased_until = 0 WHERE number = ?1",
            params![number, tries, due],
        )
        .map(drop)
    }

    fn remove_delivery(&mut self, number: i64) -> Result<()> {
        self.run("DELETE FROM delivery WHERE number = ?", [number]).map(drop)
    }

    fn remove_stale_deliveries(&mut self, urls: &[&str], before: i64) -> Result<()> {
        let sql = format!("DELETE FROM delivery WHERE due < ? AND url NOT IN ({})", marks(urls));
        self.run(&sql, &with_urls(&[&before], urls, &[])[..]).map(drop)
    }
}
