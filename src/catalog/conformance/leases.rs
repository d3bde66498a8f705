//! Leases of imports and deliveries: whoever takes one has it alone until the lease ends or is released.

use super::super::{Catalog, NewDelivery, Read, Result, Write};
use super::{file, functions, import, read, write};

functions![
    leased_import_is_taken_again_after_its_time,
    released_import_is_taken_at_once,
    imports_are_taken_in_the_order_of_their_files,
    updated_import_stays_leased,
    leased_delivery_is_taken_again_after_its_time,
    postponed_delivery_has_no_lease,
    ended_leases_free_everything,
];

fn plant(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for id in ["b", "a", "c"] {
            writer.insert_file(&file(id, "p", 1))?;
        }
        for id in ["a", "b", "c"] {
            writer.put_import(&import(id))?;
        }
        let event = writer.insert_events(&["e".into()])?;
        let delivery = |due| NewDelivery { event, url: "u", due };
        writer.insert_deliveries(&[delivery(10), delivery(20)])
    });
}

/// The files whose imports are taken at `now`, in one.
fn imports(writer: &mut dyn Write, now: i64, until: i64, limit: u32) -> String {
    let taken = writer.take_imports(now, until, limit).unwrap();
    taken.into_iter().map(|import| import.file).collect()
}

/// The times of the deliveries that are taken at `now`.
fn deliveries(writer: &mut dyn Write, now: i64, until: i64) -> Vec<i64> {
    let taken = writer.take_deliveries(&["u"], now, until, 9).unwrap();
    taken.into_iter().map(|delivery| delivery.due).collect()
}

/// Checks that nothing is free at 100, when everything was taken until 200, and that `again` is taken from then on.
pub(super) fn check_end(
    catalog: &dyn Catalog,
    is_any_free: fn(&dyn Read, i64) -> Result<bool>,
    take: fn(&mut dyn Write, i64, i64, u32) -> String,
    again: &str,
) {
    for (now, taken) in [(100, ""), (199, ""), (200, again)] {
        assert_eq!(
            read(catalog, |snapshot| is_any_free(snapshot, now)),
            !taken.is_empty(),
            "at {now}"
        );
        assert_eq!(
            write(catalog, |writer| Ok(take(writer, now, now + 100, 9))),
            taken,
            "at {now}"
        );
    }
}

/// An import is taken once, not again before its lease ends, and again from then on.
pub fn leased_import_is_taken_again_after_its_time(catalog: &dyn Catalog) {
    plant(catalog);
    assert!(read(catalog, |snapshot| snapshot.has_imports(100)));
    assert_eq!(write(catalog, |writer| Ok(imports(writer, 100, 200, 9))), "bac");
    check_end(catalog, |snapshot, now| snapshot.has_imports(now), imports, "bac");
    let mut writer = catalog.write().unwrap();
    assert_eq!(imports(&mut *writer, 300, 400, 9), "bac");
    drop(writer);
    assert_eq!(
        write(catalog, |writer| Ok(imports(writer, 300, 400, 9))),
        "bac",
        "a dropped writer leases nothing"
    );
}

/// A released import is taken again before its lease would have ended. A removed one is not.
pub fn released_import_is_taken_at_once(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        assert_eq!(imports(writer, 100, 200, 9), "bac");
        writer.release_import("a")?;
        writer.release_import("nobody")?;
        writer.remove_import("c")?;
        assert!(writer.has_imports(100)?);
        assert_eq!(imports(writer, 100, 200, 9), "a");
        assert_eq!(imports(writer, 200, 300, 9), "ba");
        Ok(())
    });
}

/// A batch holds the oldest files whose imports are free.
pub fn imports_are_taken_in_the_order_of_their_files(catalog: &dyn Catalog) {
    plant(catalog);
    assert_eq!(write(catalog, |writer| Ok(imports(writer, 100, 200, 2))), "ba");
    assert_eq!(write(catalog, |writer| Ok(imports(writer, 100, 200, 2))), "c");
    assert_eq!(write(catalog, |writer| Ok(imports(writer, 100, 200, 2))), "");
}

/// Setting the request of an import does not end its lease.
pub fn updated_import_stays_leased(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        assert_eq!(imports(writer, 100, 200, 1), "b");
        writer.put_import(&import("b"))?;
        assert_eq!(imports(writer, 100, 200, 1), "a");
        Ok(())
    });
}

/// A delivery is taken once, not again before its lease ends, and again from then on.
pub fn leased_delivery_is_taken_again_after_its_time(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        assert_eq!(deliveries(writer, 10, 200), [10]);
        assert_eq!(writer.next_delivery(&["u"], 10)?, Some(20));
        assert_eq!(deliveries(writer, 20, 100), [20]);
        assert_eq!(writer.next_delivery(&["u"], 99)?, None);
        assert_eq!(deliveries(writer, 99, 300), [0; 0]);
        assert_eq!(writer.next_delivery(&["u"], 100)?, Some(20));
        assert_eq!(deliveries(writer, 100, 300), [20]);
        assert_eq!(deliveries(writer, 200, 300), [10]);
        Ok(())
    });
}

/// Postponing a delivery ends its lease.
pub fn postponed_delivery_has_no_lease(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        let number = writer.take_deliveries(&["u"], 10, 1000, 9)?[0].number;
        writer.postpone_delivery(number, 1, 15)?;
        assert_eq!(writer.next_delivery(&["u"], 10)?, Some(15));
        assert_eq!(deliveries(writer, 15, 1000), [15]);
        Ok(())
    });
}

/// Ending all leases frees imports and deliveries alike.
pub fn ended_leases_free_everything(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        assert_eq!(imports(writer, 100, 1000, 9), "bac");
        assert_eq!(deliveries(writer, 100, 1000), [10, 20]);
        Ok(())
    });
    write(catalog, |writer| writer.end_leases());
    write(catalog, |writer| {
        assert_eq!(imports(writer, 100, 1000, 9), "bac");
        assert_eq!(deliveries(writer, 100, 1000), [10, 20]);
        Ok(())
    });
}
