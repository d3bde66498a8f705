//! Deliveries of events. Leases of them are checked in [`leases`](super::leases).

use super::super::{Catalog, NewDelivery, Write};
use super::{functions, read, write};

functions![
    deliveries_come_in_the_order_of_their_times,
    postponed_delivery_comes_at_its_new_time,
    next_delivery_is_the_earliest_of_the_urls,
    removed_delivery_does_not_come_back,
    stale_deliveries_to_other_urls_are_removed,
];

/// Deliveries of two events: `a` to `u` at 20, `a` to `v` at 10, `b` to `u` at 20.
fn plant(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        let first = writer.insert_events(&["a".into(), "b".into()])?;
        let delivery = |event, url, due| NewDelivery { event, url, due };
        writer.insert_deliveries(&[
            delivery(first, "u", 20),
            delivery(first, "v", 10),
            delivery(first + 1, "u", 20),
        ])
    });
}

/// What is taken at `now` under a lease that ends at once, as URL, body, failed tries and time.
fn due(writer: &mut dyn Write, urls: &[&str], now: i64, limit: u32) -> Vec<String> {
    let taken = writer.take_deliveries(urls, now, now, limit).unwrap();
    let text = |one: super::super::Delivery| format!("{}{}{}@{}", one.url, one.body, one.tries, one.due);
    taken.into_iter().map(text).collect()
}

/// Due deliveries come with their events, by time, and those of one time in the order in which they were added.
pub fn deliveries_come_in_the_order_of_their_times(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        assert_eq!(due(writer, &["u", "v"], 9, 9), [""; 0]);
        assert_eq!(due(writer, &["u", "v"], 10, 9), ["va0@10"]);
        assert_eq!(due(writer, &["u", "v"], 20, 9), ["va0@10", "ua0@20", "ub0@20"]);
        assert_eq!(due(writer, &["u", "v"], 20, 2), ["va0@10", "ua0@20"]);
        assert_eq!(due(writer, &["u", "w"], 20, 9), ["ua0@20", "ub0@20"]);
        assert_eq!(due(writer, &[], 20, 9), [""; 0]);
        Ok(())
    });
}

/// A postponed delivery keeps its number, and comes behind those that are due before it.
pub fn postponed_delivery_comes_at_its_new_time(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        let taken = writer.take_deliveries(&["v"], 10, 99, 9)?;
        let number = taken[0].number;
        writer.postpone_delivery(number, 3, 30)?;
        assert_eq!(due(writer, &["u", "v"], 29, 9), ["ua0@20", "ub0@20"]);
        assert_eq!(due(writer, &["u", "v"], 30, 9), ["ua0@20", "ub0@20", "va3@30"]);
        let delivery = writer.delivery(number)?.unwrap();
        assert_eq!((delivery.tries, delivery.due, &delivery.body[..]), (3, 30, "a"));
        Ok(())
    });
}

/// The next time is that of the earliest delivery to one of the URLs.
pub fn next_delivery_is_the_earliest_of_the_urls(catalog: &dyn Catalog) {
    plant(catalog);
    let snapshot = catalog.read().unwrap();
    for (urls, expected) in [
        (&["u", "v"][..], Some(10)),
        (&["u"], Some(20)),
        (&["w"], None),
        (&[], None),
    ] {
        assert_eq!(snapshot.next_delivery(urls, 0).unwrap(), expected, "{urls:?}");
    }
}

/// A removed delivery is gone, and its number with it.
pub fn removed_delivery_does_not_come_back(catalog: &dyn Catalog) {
    plant(catalog);
    let number = write(catalog, |writer| {
        let number = writer.take_deliveries(&["u"], 20, 20, 1)?[0].number;
        assert!(writer.delivery(number)?.is_some());
        writer.remove_delivery(number)?;
        writer.postpone_delivery(number, 1, 1)?;
        assert_eq!(due(writer, &["u"], 20, 9), ["ub0@20"]);
        Ok(number)
    });
    assert_eq!(read(catalog, |snapshot| snapshot.delivery(number)), None);
    write(catalog, |writer| {
        let rest = writer.take_deliveries(&["u"], 20, 20, 9)?;
        writer.remove_delivery(rest[0].number)?;
        let event = writer.insert_events(&["c".into()])?;
        writer.insert_deliveries(&[NewDelivery {
            event,
            url: "u",
            due: 1,
        }])?;
        let next = writer.take_deliveries(&["u"], 20, 20, 9)?;
        assert!(next[0].number > rest[0].number, "a number is never used again");
        Ok(())
    });
}

/// Deliveries to URLs that are no longer configured are removed once they are old enough.
pub fn stale_deliveries_to_other_urls_are_removed(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.remove_stale_deliveries(&["u", "w"], 10)?;
        assert_eq!(due(writer, &["u", "v"], 20, 9).len(), 3, "due at 10 is not before 10");
        writer.remove_stale_deliveries(&["u", "w"], 11)?;
        assert_eq!(due(writer, &["u", "v"], 20, 9), ["ua0@20", "ub0@20"]);
        writer.remove_stale_deliveries(&[], 99)?;
        assert_eq!(due(writer, &["u", "v"], 20, 9), [""; 0]);
        Ok(())
    });
}
