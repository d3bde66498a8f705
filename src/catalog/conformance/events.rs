//! Events and their numbers.

use super::super::{Catalog, Entity, NewDelivery};
use super::{file, folder, functions, read, write};

functions![
    events_come_in_the_order_of_their_numbers,
    event_numbers_are_never_used_again,
    skipped_event_numbers_are_not_given,
    events_are_counted_per_item,
    event_with_a_delivery_is_kept,
];

/// Events of one call have numbers without gaps, in the order of their bodies.
pub fn events_come_in_the_order_of_their_numbers(catalog: &dyn Catalog) {
    assert_eq!(read(catalog, |snapshot| snapshot.last_event()), 0);
    let bodies = ["a", "b", "\u{5199} \u{1}"].map(str::to_owned);
    let first = write(catalog, |writer| writer.insert_events(&bodies));
    assert!(first >= 1);
    let next = write(catalog, |writer| {
        assert_eq!(writer.last_event()?, first + 2);
        writer.insert_events(&["d".into()])
    });
    assert_eq!(next, first + 3);
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.last_event().unwrap(), next);
    let numbered: Vec<_> = (first..).zip(bodies.into_iter().chain(["d".to_owned()])).collect();
    assert_eq!(snapshot.events(0, 9).unwrap(), numbered);
    assert_eq!(snapshot.events(0, 2).unwrap(), numbered[..2]);
    assert_eq!(snapshot.events(first + 1, 9).unwrap(), numbered[2..]);
    assert_eq!(snapshot.events(next, 9).unwrap(), []);
}

/// Numbers continue behind the last one when all events are removed. A dropped writer gives its numbers back.
pub fn event_numbers_are_never_used_again(catalog: &dyn Catalog) {
    let first = write(catalog, |writer| writer.insert_events(&["a".into(), "b".into()]));
    let mut writer = catalog.write().unwrap();
    writer.insert_events(&["lost".into()]).unwrap();
    drop(writer);
    assert_eq!(read(catalog, |snapshot| snapshot.last_event()), first + 1);
    write(catalog, |writer| writer.remove_events(i64::MAX));
    assert_eq!(read(catalog, |snapshot| snapshot.events(0, 9)), []);
    assert_eq!(read(catalog, |snapshot| snapshot.last_event()), first + 1);
    let next = write(catalog, |writer| writer.insert_events(&["c".into()]));
    assert!(next > first + 1, "{next}");
}

/// Skipping makes the next number a larger one, and never a smaller one.
pub fn skipped_event_numbers_are_not_given(catalog: &dyn Catalog) {
    write(catalog, |writer| writer.skip_events(-5));
    assert_eq!(read(catalog, |snapshot| snapshot.last_event()), 0);
    write(catalog, |writer| writer.skip_events(5));
    assert_eq!(read(catalog, |snapshot| snapshot.last_event()), 5);
    let number = write(catalog, |writer| writer.insert_events(&["a".into()]));
    assert_eq!(number, 6);
    write(catalog, |writer| writer.skip_events(3));
    assert_eq!(write(catalog, |writer| writer.insert_events(&["b".into()])), 7);
}

/// Every file and every folder has a count of its own. An unknown item counts as 1 each time.
pub fn events_are_counted_per_item(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("x", "r", 1))?;
        for id in ["x", "y"] {
            writer.insert_file(&file(id, "r", 1))?;
        }
        assert_eq!(writer.count_events(Entity::Folder, &["x"])?, [1]);
        assert_eq!(writer.count_events(Entity::Folder, &["x"])?, [2]);
        assert_eq!(writer.count_events(Entity::File, &["y"])?, [1]);
        assert_eq!(writer.count_events(Entity::File, &["y", "nobody", "x"])?, [2, 1, 1]);
        assert_eq!(writer.count_events(Entity::File, &["nobody", "nobody"])?, [1, 1]);
        assert_eq!(writer.count_events(Entity::File, &[])?, [0; 0]);
        writer.set_events_of(Entity::File, "x", 7)?;
        assert_eq!(writer.count_events(Entity::File, &["x"])?, [8]);
        assert_eq!(writer.count_events(Entity::File, &["x", "y", "x"])?, [9, 3, 10]);
        Ok(())
    });
    let snapshot = catalog.read().unwrap();
    for (entity, id, count) in [
        (Entity::Folder, "x", 2),
        (Entity::File, "x", 10),
        (Entity::File, "y", 3),
        (Entity::File, "nobody", 0),
    ] {
        assert_eq!(snapshot.events_of(entity, id).unwrap(), count, "{id}");
    }
}

/// Events are removed up to a number, except those that a delivery needs.
pub fn event_with_a_delivery_is_kept(catalog: &dyn Catalog) {
    let bodies = ["a", "b", "c"].map(str::to_owned);
    let first = write(catalog, |writer| writer.insert_events(&bodies));
    let left = || {
        let events = read(catalog, |snapshot| snapshot.events(0, 9));
        events.into_iter().map(|(_, body)| body).collect::<String>()
    };
    write(catalog, |writer| {
        writer.insert_deliveries(&[NewDelivery {
            event: first,
            url: "u",
            due: 1,
        }])?;
        writer.remove_events(first + 1)
    });
    assert_eq!(left(), "ac");
    write(catalog, |writer| {
        let taken = writer.take_deliveries(&["u"], 1, 2, 9)?;
        writer.remove_delivery(taken[0].number)?;
        writer.remove_events(first + 1)
    });
    assert_eq!(left(), "c");
}
