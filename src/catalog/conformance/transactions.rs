//! Transactions: what a commit keeps, and what everything else leaves behind.

use super::super::Catalog;
use super::{folder, functions, read, write};

functions![
    committed_writer_keeps_its_changes,
    dropped_writer_leaves_nothing,
    writer_reads_its_own_changes,
    failed_writer_leaves_nothing,
    snapshot_is_empty_on_a_new_catalog,
];

/// Everything of a transaction is there after the commit.
pub fn committed_writer_keeps_its_changes(catalog: &dyn Catalog) {
    let mut writer = catalog.write().unwrap();
    writer.insert_folder(&folder("a", "r", 1)).unwrap();
    writer.set_setting("s", "1").unwrap();
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.folder("a").unwrap(), Some(folder("a", "r", 1)));
    assert_eq!(snapshot.setting("s").unwrap().as_deref(), Some("1"));
}

/// Nothing of a transaction is there when its writer was dropped, and the next writer is not affected by it.
pub fn dropped_writer_leaves_nothing(catalog: &dyn Catalog) {
    let mut writer = catalog.write().unwrap();
    writer.insert_folder(&folder("a", "r", 1)).unwrap();
    writer.set_setting("s", "1").unwrap();
    writer.insert_events(&["e".into()]).unwrap();
    drop(writer);
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.folder("a").unwrap(), None);
    assert_eq!(snapshot.setting("s").unwrap(), None);
    assert_eq!(snapshot.events(0, 9).unwrap(), []);
    drop(snapshot);
    write(catalog, |writer| writer.insert_folder(&folder("a", "q", 2)));
    assert_eq!(read(catalog, |snapshot| snapshot.folder("a")).unwrap().parent, "q");
}

/// A writer finds what it has written.
pub fn writer_reads_its_own_changes(catalog: &dyn Catalog) {
    let mut writer = catalog.write().unwrap();
    writer.insert_folder(&folder("a", "r", 1)).unwrap();
    assert!(writer.folder("a").unwrap().is_some());
    assert!(writer.has_children("r").unwrap());
    writer.remove_tree("a").unwrap();
    assert_eq!(writer.folder("a").unwrap(), None);
}

/// A statement that fails takes nothing of its transaction with it into the catalog, and the catalog stays usable.
pub fn failed_writer_leaves_nothing(catalog: &dyn Catalog) {
    write(catalog, |writer| writer.insert_folder(&folder("a", "r", 1)));
    let mut writer = catalog.write().unwrap();
    writer.insert_folder(&folder("b", "r", 1)).unwrap();
    let error = writer.insert_folder(&folder("a", "r", 2)).unwrap_err();
    assert!(!error.is_retryable(), "a second item with one id: {error:?}");
    drop(writer);
    assert_eq!(read(catalog, |snapshot| snapshot.folder("b")), None);
    write(catalog, |writer| writer.insert_folder(&folder("b", "r", 3)));
    assert_eq!(read(catalog, |snapshot| snapshot.folder("b")).unwrap().created, 3);
}

/// A new catalog holds nothing that a caller can see.
pub fn snapshot_is_empty_on_a_new_catalog(catalog: &dyn Catalog) {
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.all_folders("", 9).unwrap(), []);
    assert_eq!(snapshot.all_files("", 9).unwrap(), []);
    assert_eq!(snapshot.events(0, 9).unwrap(), []);
    assert_eq!(snapshot.last_event().unwrap(), 0);
    assert_eq!(snapshot.total_size().unwrap(), 0);
    assert_eq!(snapshot.doomed_count().unwrap(), 0);
    assert_eq!(snapshot.next_due().unwrap(), None);
    drop(snapshot);
    assert!(catalog.is_intact().unwrap());
}

/// Opening a catalog again finds what was committed and nothing of what was dropped. Every call of `open` opens the same
/// catalog, which is closed before the next call.
pub fn reopened_catalog_has_what_was_committed(open: &dyn Fn() -> Box<dyn Catalog>) {
    let first = open();
    let event = write(&*first, |writer| {
        writer.insert_folder(&folder("kept", "r", 1))?;
        writer.insert_events(&["kept".into()])
    });
    let mut writer = first.write().unwrap();
    writer.insert_folder(&folder("lost", "r", 1)).unwrap();
    writer.insert_events(&["lost".into()]).unwrap();
    drop(writer);
    drop(first);
    for _ in 0..2 {
        let again = open();
        let snapshot = again.read().unwrap();
        assert!(snapshot.folder("kept").unwrap().is_some());
        assert_eq!(snapshot.folder("lost").unwrap(), None);
        assert_eq!(snapshot.events(0, 9).unwrap(), [(event, "kept".to_owned())]);
        assert_eq!(snapshot.last_event().unwrap(), event);
        drop(snapshot);
        assert!(again.is_intact().unwrap());
    }
}
