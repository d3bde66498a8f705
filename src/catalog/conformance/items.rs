//! Single folders and files.

use super::super::{Area, Catalog, File, Folder, Trashed};
use super::{file, folder, functions, import, read, write};
use crate::model::media_type::MediaType;
use crate::model::status::Status;
use crate::model::system_folder::TRASH_ROOT;

functions![
    file_keeps_every_member,
    folder_keeps_every_member,
    updated_file_has_every_new_member,
    updated_folder_has_its_new_place,
    second_item_with_one_id_is_refused,
    files_by_id_come_in_the_order_asked_for,
    removed_files_take_their_imports_along,
    folder_named_is_the_oldest_live_one,
    children_are_live_items,
    items_are_walked_in_the_order_of_their_ids,
    total_size_follows_every_change,
];

/// A file with a value in every member.
fn full() -> File {
    File {
        id: "id".into(),
        name: "n\u{1}ame \u{1f} 写真 \"'%_".into(),
        parent: "p".into(),
        area: Area::Trash,
        created: 5,
        updated: 6,
        trashed: Some(Trashed {
            parent: "q".into(),
            area: Area::Visitors,
            deletion: 3,
            at: 7,
        }),
        media_type: MediaType::Image,
        mime: "image/jpeg".into(),
        private: true,
        size: i64::MAX,
        hash: "abc".into(),
        crc: u32::MAX,
        status: Status::Pending,
        ready_at: Some(9),
        labels: vec!["one".into(), "two, \"three\"".into()],
        facts: "{\"width\":1}".into(),
        external: "{\"origin\":\"x\"}".into(),
        source_url: Some("https://h/".into()),
        tag: "_fileOrigin_uploaded".into(),
        blob: Some("b".into()),
    }
}

/// Every member of a file survives, whatever characters it holds.
pub fn file_keeps_every_member(catalog: &dyn Catalog) {
    write(catalog, |writer| writer.insert_file(&full()));
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.file("id").unwrap(), Some(full()));
    assert_eq!(snapshot.file("ID").unwrap(), None, "ids are compared by code points");
}

/// Every member of a folder survives, whatever characters it holds.
pub fn folder_keeps_every_member(catalog: &dyn Catalog) {
    let live = Folder::new("f", "n\u{1}ame \u{1f} 写真", "p", Area::Visitors, 5);
    let mut trashed = Folder::new("g", "", TRASH_ROOT, Area::Trash, -1);
    trashed.updated = i64::MAX;
    trashed.trashed = full().trashed;
    write(catalog, |writer| {
        writer.insert_folder(&live)?;
        writer.insert_folder(&trashed)
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.folder("f").unwrap(), Some(live));
    assert_eq!(snapshot.folder("g").unwrap(), Some(trashed));
    assert_eq!(snapshot.folder("h").unwrap(), None);
}

/// An update sets every member of a file but its id, and touches no other file.
pub fn updated_file_has_every_new_member(catalog: &dyn Catalog) {
    let other = file("other", "p", 1);
    let mut changed = file("id", "r", 1);
    write(catalog, |writer| {
        writer.insert_file(&other)?;
        writer.insert_file(&changed)?;
        writer.update_file(&full())
    });
    assert_eq!(read(catalog, |snapshot| snapshot.file("id")), Some(full()));
    changed.labels = vec!["new".into()];
    write(catalog, |writer| {
        writer.update_files(&[changed.clone(), file("nobody", "p", 1)])
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.file("id").unwrap(), Some(changed.clone()));
    assert_eq!(snapshot.file("other").unwrap(), Some(other));
    assert_eq!(snapshot.file("nobody").unwrap(), None);
    drop(snapshot);
    let last = File {
        size: 7,
        ..changed.clone()
    };
    write(catalog, |writer| writer.update_files(&[changed, last.clone()]));
    assert_eq!(
        read(catalog, |snapshot| snapshot.file("id")),
        Some(last),
        "of two, the last one counts"
    );
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 7);
}

/// An update sets name, parent, area and update time of a folder.
pub fn updated_folder_has_its_new_place(catalog: &dyn Catalog) {
    let mut changed = folder("f", "r", 1);
    write(catalog, |writer| {
        writer.insert_folder(&changed)?;
        writer.insert_folder(&folder("other", "r", 1))
    });
    changed.name = "new".into();
    changed.parent = "q".into();
    changed.area = Area::Visitors;
    changed.updated = 2;
    write(catalog, |writer| writer.update_folder(&changed));
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.folder("f").unwrap(), Some(changed));
    assert_eq!(snapshot.folder("other").unwrap(), Some(folder("other", "r", 1)));
}

/// An id is given to one folder and one file at most.
pub fn second_item_with_one_id_is_refused(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("a", "r", 1))?;
        writer.insert_file(&file("a", "r", 1))
    });
    assert!(catalog.write().unwrap().insert_folder(&folder("a", "q", 2)).is_err());
    assert!(catalog.write().unwrap().insert_file(&file("a", "q", 2)).is_err());
    assert_eq!(read(catalog, |snapshot| snapshot.file("a")).unwrap().parent, "r");
}

/// Several files are returned in the order of the ids asked for, without the unknown ones.
pub fn files_by_id_come_in_the_order_asked_for(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        ["a", "b", "c"]
            .iter()
            .try_for_each(|id| writer.insert_file(&file(id, "r", 1)))
    });
    let ids = ["c", "nobody", "a", "c"].map(str::to_owned);
    let files = read(catalog, |snapshot| snapshot.files_by_id(&ids));
    assert_eq!(files, [file("c", "r", 1), file("a", "r", 1), file("c", "r", 1)]);
    assert_eq!(read(catalog, |snapshot| snapshot.files_by_id(&[])), []);
}

/// Removing files removes their imports and nothing else.
pub fn removed_files_take_their_imports_along(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for id in ["a", "b", "c"] {
            writer.insert_file(&file(id, "r", 1))?;
            writer.put_import(&import(id))?;
        }
        writer.remove_files(&["a", "nobody", "c"])
    });
    let snapshot = catalog.read().unwrap();
    for (id, is_there) in [("a", false), ("b", true), ("c", false)] {
        assert_eq!(snapshot.file(id).unwrap().is_some(), is_there, "{id}");
        assert_eq!(snapshot.import(id).unwrap().is_some(), is_there, "{id}");
    }
}

/// A path finds the oldest live folder of exactly this name, and of two of one age the one with the smaller id.
pub fn folder_named_is_the_oldest_live_one(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (id, name, created) in [("c", "x", 2), ("b", "x", 1), ("a", "x", 2), ("d", "X", 0)] {
            writer.insert_folder(&Folder::new(id, name, "r", Area::Site, created))?;
        }
        Ok(())
    });
    let named = |parent: &str, name: &str| {
        let found = read(catalog, |snapshot| snapshot.folder_named(parent, name));
        found.map(|folder| folder.id)
    };
    assert_eq!(named("r", "x").as_deref(), Some("b"));
    write(catalog, |writer| writer.trash_tree("b", 1, 5));
    assert_eq!(named("r", "x").as_deref(), Some("a"));
    assert_eq!(named(TRASH_ROOT, "x"), None);
    assert_eq!(named("r", "y"), None);
    assert_eq!(named("q", "x"), None);
}

/// Live files and live folders are children, trashed ones are not.
pub fn children_are_live_items(catalog: &dyn Catalog) {
    let mut gone = file("gone", "trashed", 1);
    gone.area = Area::Trash;
    gone.trashed = full().trashed;
    write(catalog, |writer| {
        writer.insert_folder(&folder("a", "r", 1))?;
        writer.insert_file(&file("f", "a", 1))?;
        writer.insert_file(&gone)
    });
    let snapshot = catalog.read().unwrap();
    for (parent, expected) in [("r", true), ("a", true), ("trashed", false), ("nobody", false)] {
        assert_eq!(snapshot.has_children(parent).unwrap(), expected, "{parent}");
    }
}

/// All items can be walked in pages, in the order of their ids, live and trashed ones alike.
pub fn items_are_walked_in_the_order_of_their_ids(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for id in ["c", "a", "B", "\u{e9}"] {
            writer.insert_folder(&folder(id, "r", 1))?;
            writer.insert_file(&file(id, "r", 1))?;
        }
        writer.trash_tree("B", 1, 5)
    });
    let snapshot = catalog.read().unwrap();
    for (after, limit, expected) in [
        ("", 9, "Bac\u{e9}"),
        ("", 2, "Ba"),
        ("a", 2, "c\u{e9}"),
        ("b", 9, "c\u{e9}"),
    ] {
        let folders = snapshot.all_folders(after, limit).unwrap();
        let folders: String = folders.into_iter().map(|folder| folder.id).collect();
        let files = snapshot.all_files(after, limit).unwrap();
        let files: String = files.into_iter().map(|file| file.id).collect();
        assert_eq!(
            (&folders[..], &files[..]),
            (expected, expected),
            "{limit} after {after:?}"
        );
    }
}

/// The total counts every known size once: of inserted, updated, trashed and restored files, until they are removed.
pub fn total_size_follows_every_change(catalog: &dyn Catalog) {
    let total = || read(catalog, |snapshot| snapshot.total_size());
    let sized = |id: &str, parent: &str, size: i64| File {
        size,
        ..file(id, parent, 1)
    };
    write(catalog, |writer| {
        writer.insert_folder(&folder("top", "r", 1))?;
        writer.insert_folder(&folder("below", "top", 1))?;
        writer.insert_file(&sized("a", "r", 100))?;
        writer.insert_file(&sized("b", "below", 30))?;
        writer.insert_file(&sized("unknown", "top", -1))
    });
    assert_eq!(total(), 130);
    write(catalog, |writer| {
        writer.update_files(&[
            sized("a", "r", 50),
            sized("unknown", "top", 7),
            sized("nobody", "r", 1000),
        ])
    });
    assert_eq!(total(), 87);
    write(catalog, |writer| writer.update_file(&sized("unknown", "top", -1)));
    assert_eq!(total(), 80);
    write(catalog, |writer| writer.trash_tree("top", 1, 2));
    assert_eq!(total(), 80, "the trash counts too");
    write(catalog, |writer| writer.restore_tree("top", "r", Area::Site));
    assert_eq!(total(), 80);
    let mut writer = catalog.write().unwrap();
    writer.remove_tree("top").unwrap();
    assert_eq!(writer.total_size().unwrap(), 50);
    drop(writer);
    assert_eq!(total(), 80, "a dropped writer changes no total");
    write(catalog, |writer| writer.remove_tree("top"));
    assert_eq!(total(), 50);
    write(catalog, |writer| writer.remove_files(&["a", "a"]));
    assert_eq!(total(), 0);
}
