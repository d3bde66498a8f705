//! Events, and their deliveries to URLs.
//!
//! The number of an event comes from the row that its writer holds, so numbers are in the order of the commits and have no gaps.

use crate::session::Session;
use crate::values::{get, get_u32, values};
use std::collections::HashMap;
use tokio_postgres::Row;
use wix_media::catalog::{
    Delivery, Entity, NewDelivery, ReadDeliveries, ReadEvents, Result, WriteDeliveries, WriteEvents,
};

fn read_delivery(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        number: get(row, 0)?,
        url: get(row, 1)?,
        tries: get_u32(row, 2)?,
        due: get(row, 3)?,
        body: get(row, 4)?,
    })
}

impl ReadEvents for Session {
    fn events_of(&self, entity: Entity, id: &str) -> Result<i64> {
        let sql = match entity {
            Entity::File => "SELECT events FROM file WHERE site = (SELECT $1) AND id = $2",
            Entity::Folder => "SELECT events FROM folder WHERE site = (SELECT $1) AND id = $2",
        };
        self.number(sql, values![self.site, id])
    }

    fn events(&self, after: i64, limit: u32) -> Result<Vec<(i64, String)>> {
        let sql = "SELECT number, body FROM event WHERE site = $1 AND number > $2 ORDER BY number LIMIT $3";
        self.all(sql, values![self.site, after, i64::from(limit)], |row| {
            Ok((get(row, 0)?, get(row, 1)?))
        })
    }

    fn last_event(&self) -> Result<i64> {
        Ok(self.tail.last_event)
    }
}

impl WriteEvents for Session {
    fn count_events(&mut self, entity: Entity, ids: &[&str]) -> Result<Vec<i64>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let table = match entity {
            Entity::File => "file",
            Entity::Folder => "folder",
        };
        let sql = format!(
            "UPDATE {table} SET events = events + count
             FROM (SELECT id, count(*) AS count FROM unnest($2::text[]) AS counted (id) GROUP BY id) AS counted
             WHERE site = (SELECT $1) AND {table}.id = counted.id RETURNING {table}.id, events - count"
        );
        let before = self.all(&sql, values![self.site, ids], |row| {
            Ok((get::<String>(row, 0)?, get::<i64>(row, 1)?))
        })?;
        let mut counts: HashMap<String, i64> = before.into_iter().collect();
        let next = |id: &&str| match counts.get_mut(*id) {
            Some(count) => {
                *count += 1;
                *count
            }
            None => 1,
        };
        Ok(ids.iter().map(next).collect())
    }

    fn set_events_of(&mut self, entity: Entity, id: &str, count: i64) -> Result<()> {
        let sql = match entity {
            Entity::File => "UPDATE file SET events = $3 WHERE site = (SELECT $1) AND id = $2",
            Entity::Folder => "UPDATE folder SET events = $3 WHERE site = (SELECT $1) AND id = $2",
        };
        self.run(sql, values![self.site, id, count]).map(drop)
    }

    fn insert_events(&mut self, bodies: &[String]) -> Result<i64> {
        let last = self.tail.last_event;
        if !bodies.is_empty() {
            if let Some(trace) = &mut self.trace {
                trace.note_events(bodies);
            }
            let sql = "INSERT INTO event (site, number, body)
                 SELECT $1, $2 + place, body FROM unnest($3::text[]) WITH ORDINALITY AS new (body, place)";
            let added = self.run(sql, values![self.site, last, bodies])?;
            self.tail.last_event += added.cast_signed();
        }
        Ok(last + 1)
    }

    fn skip_events(&mut self, number: i64) -> Result<()> {
        self.tail.last_event = self.tail.last_event.max(number);
        Ok(())
    }

    fn remove_events(&mut self, up_to: i64) -> Result<()> {
        let sql = "DELETE FROM event WHERE site = $1 AND number <= $2
             AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.site = $1 AND delivery.event = event.number)";
        self.run(sql, values![self.site, up_to]).map(drop)
    }
}

impl ReadDeliveries for Session {
    fn delivery(&self, number: i64) -> Result<Option<Delivery>> {
        let sql = "SELECT delivery.number, url, tries, due, body
             FROM delivery JOIN event ON event.site = $1 AND event.number = delivery.event
             WHERE delivery.site = $1 AND delivery.number = $2";
        self.one(sql, values![self.site, number], read_delivery)
    }

    fn next_delivery(&self, urls: &[&str], now: i64) -> Result<Option<i64>> {
        let sql = "SELECT due FROM delivery WHERE site = $1 AND leased_until <= $2 AND url = ANY($3)
             ORDER BY due, number LIMIT 1";
        self.one(sql, values![self.site, now, urls], |row| get(row, 0))
    }
}

impl WriteDeliveries for Session {
    fn insert_deliveries(&mut self, deliveries: &[NewDelivery<'_>]) -> Result<()> {
        let events: Vec<i64> = deliveries.iter().map(|new| new.event).collect();
        let urls: Vec<&str> = deliveries.iter().map(|new| new.url).collect();
        let due: Vec<i64> = deliveries.iter().map(|new| new.due).collect();
        let sql = "INSERT INTO delivery (site, event, url, tries, due)
             SELECT $1, event, url, 0, due
             FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS new (event, url, due, place) ORDER BY place";
        self.run(sql, values![self.site, events, urls, due]).map(drop)
    }

    fn take_deliveries(&mut self, urls: &[&str], now: i64, until: i64, limit: u32) -> Result<Vec<Delivery>> {
        let sql = "WITH free AS (
                 SELECT delivery.number, body FROM delivery JOIN event ON event.site = $1 AND event.number = delivery.event
                 WHERE delivery.site = $1 AND due <= $2 AND leased_until <= $2 AND url = ANY($3)
                 ORDER BY due, delivery.number LIMIT $5
             )
             UPDATE delivery SET leased_until = $4 FROM free
             WHERE delivery.site = $1 AND delivery.number = free.number
             RETURNING delivery.number, url, tries, due, body";
        let mut taken = self.all(
            sql,
            values![self.site, now, urls, until, i64::from(limit)],
            read_delivery,
        )?;
        taken.sort_by_key(|delivery| (delivery.due, delivery.number));
        Ok(taken)
    }

    fn postpone_delivery(&mut self, number: i64, tries: u32, due: i64) -> Result<()> {
        let sql = "UPDATE delivery SET tries = $3, due = $4, leased_until = 0 WHERE site = $1 AND number = $2";
        self.run(sql, values![self.site, number, i64::from(tries), due])
            .map(drop)
    }

    fn remove_delivery(&mut self, number: i64) -> Result<()> {
        let sql = "DELETE FROM delivery WHERE site = $1 AND number = $2";
        self.run(sql, values![self.site, number]).map(drop)
    }

    fn remove_stale_deliveries(&mut self, urls: &[&str], before: i64) -> Result<()> {
        let sql = "DELETE FROM delivery WHERE site = $1 AND due < $2 AND url <> ALL($3)";
        self.run(sql, values![self.site, before, urls]).map(drop)
    }
}
