//! Folders with everything below them.

use super::super::{Area, Branch, Catalog, Children, Entity, Leaf, Page, Read, StaleFile, Trashed, Tree};
use super::{file, folder, functions, import, read, write};
use crate::model::system_folder::TRASH_ROOT;

functions![
    tree_lists_parents_before_children,
    tree_whose_folders_form_a_circle_ends,
    folders_above_come_nearest_first,
    height_is_that_of_the_deepest_folder,
    moved_tree_changes_its_area,
    trashed_tree_remembers_where_everything_was,
    restored_tree_is_as_before,
    removed_tree_is_gone_with_its_imports,
    unknown_tree_is_empty,
    tree_is_counted_up_to_a_limit,
    deferred_files_are_read_like_their_folders,
    deferred_files_are_listed_where_their_folders_are,
    stale_files_come_folder_by_folder_until_they_are_refreshed,
    stale_files_of_several_folders_come_together,
    stale_files_by_id_are_those_with_older_rows,
    restored_and_moved_files_can_be_deferred,
    deferred_folder_that_is_gone_has_no_stale_files,
];

/// Folders `a` (with `b`, `c` below it, and `d`) and `e`, each with a file `in-…`; the older the folder, the younger its
/// file.
fn plant(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (id, parent, created) in [
            ("a", "r", 1),
            ("b", "a", 3),
            ("c", "b", 4),
            ("d", "a", 2),
            ("e", "r", 5),
        ] {
            writer.insert_folder(&folder(id, parent, created))?;
            let mut inside = file(&format!("in-{id}"), id, 10 - created);
            inside.blob = (id == "c").then(|| "blob".to_owned());
            writer.insert_file(&inside)?;
        }
        Ok(())
    });
}

fn area_of_file(catalog: &dyn Catalog, id: &str) -> Area {
    read(catalog, |snapshot| snapshot.file(id)).unwrap().area
}

fn area_of_folder(catalog: &dyn Catalog, id: &str) -> Area {
    read(catalog, |snapshot| snapshot.folder(id)).unwrap().area
}

/// A tree has the top first and every folder after its parent; siblings are in the order of their creation.
pub fn tree_lists_parents_before_children(catalog: &dyn Catalog) {
    plant(catalog);
    let branch = |id: &str, parent: &str, depth| Branch {
        id: id.into(),
        parent: parent.into(),
        depth,
    };
    let leaf = |folder: &str, blob: Option<&str>| Leaf {
        id: format!("in-{folder}"),
        parent: folder.into(),
        blob: blob.map(str::to_owned),
    };
    let tree = read(catalog, |snapshot| snapshot.tree("a"));
    let folders = [
        branch("a", "r", 0),
        branch("d", "a", 1),
        branch("b", "a", 1),
        branch("c", "b", 2),
    ];
    assert_eq!(tree.folders, folders);
    let files = [
        leaf("c", Some("blob")),
        leaf("b", None),
        leaf("d", None),
        leaf("a", None),
    ];
    assert_eq!(tree.files, files);
    write(catalog, |writer| writer.trash_tree("b", 1, 20));
    let trashed = read(catalog, |snapshot| snapshot.tree("b"));
    assert_eq!(trashed.folders, [branch("b", TRASH_ROOT, 0), branch("c", "b", 1)]);
    assert_eq!(trashed.files.len(), 2);
}

/// In a damaged store, folders can form a circle. Reading it comes to an end.
pub fn tree_whose_folders_form_a_circle_ends(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("x", "y", 1))?;
        writer.insert_folder(&folder("y", "x", 2))
    });
    let found = read(catalog, |snapshot| snapshot.folder_tree("x"));
    assert!(["x", "y"].iter().all(|id| found.iter().any(|branch| branch.id == *id)));
    assert!(!read(catalog, |snapshot| snapshot.folders_above("x")).is_empty());
}

/// The folders above a folder end at one that is not stored.
pub fn folders_above_come_nearest_first(catalog: &dyn Catalog) {
    plant(catalog);
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.folders_above("c").unwrap(), ["b", "a", "r"]);
    assert_eq!(snapshot.folders_above("e").unwrap(), ["r"]);
    assert_eq!(snapshot.folders_above("nobody").unwrap(), [""; 0]);
}

/// The height counts levels of folders; files add none.
pub fn height_is_that_of_the_deepest_folder(catalog: &dyn Catalog) {
    plant(catalog);
    let snapshot = catalog.read().unwrap();
    for (top, height) in [("a", 2), ("b", 1), ("c", 0), ("r", 3), ("nobody", 0)] {
        assert_eq!(snapshot.height(top).unwrap(), height, "{top}");
    }
}

/// Moving sets the area of the folder and of everything below it, and of nothing else.
pub fn moved_tree_changes_its_area(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| writer.move_tree("b", Area::Visitors));
    for (id, area) in [
        ("a", Area::Site),
        ("b", Area::Visitors),
        ("c", Area::Visitors),
        ("d", Area::Site),
        ("e", Area::Site),
    ] {
        assert_eq!(area_of_folder(catalog, id), area, "{id}");
        assert_eq!(area_of_file(catalog, &format!("in-{id}")), area, "in-{id}");
    }
}

/// Everything in a trashed tree remembers its parent, its area and the deletion; only the top changes its parent.
pub fn trashed_tree_remembers_where_everything_was(catalog: &dyn Catalog) {
    plant(catalog);
    let before = read(catalog, |snapshot| Ok((snapshot.folder("b")?, snapshot.file("in-c")?)));
    write(catalog, |writer| {
        writer.move_tree("b", Area::Visitors)?;
        writer.trash_tree("b", 7, 20)
    });
    let trashed = |parent: &str| {
        Some(Trashed {
            parent: parent.into(),
            area: Area::Visitors,
            deletion: 7,
            at: 20,
        })
    };
    let snapshot = catalog.read().unwrap();
    let (top, below) = (
        snapshot.folder("b").unwrap().unwrap(),
        snapshot.folder("c").unwrap().unwrap(),
    );
    assert_eq!((&top.parent[..], top.area), (TRASH_ROOT, Area::Trash));
    assert_eq!(top.trashed, trashed("a"));
    assert_eq!((&below.parent[..], below.area), ("b", Area::Trash));
    assert_eq!(below.trashed, trashed("b"));
    let inside = snapshot.file("in-c").unwrap().unwrap();
    assert_eq!((&inside.parent[..], inside.area), ("c", Area::Trash));
    assert_eq!(inside.trashed, trashed("c"));
    let (folder_before, file_before) = (before.0.unwrap(), before.1.unwrap());
    assert_eq!(top.updated, folder_before.updated, "a deletion is not an update");
    assert_eq!(inside.updated, file_before.updated);
    assert_eq!(snapshot.folder("d").unwrap().unwrap().trashed, None);
    assert!(snapshot.has_children("a").unwrap(), "d is still there");
}

/// Restoring takes everything out of the trash, into the new parent and area.
pub fn restored_tree_is_as_before(catalog: &dyn Catalog) {
    plant(catalog);
    let before = read(catalog, |snapshot| {
        Ok((snapshot.folder("b")?, snapshot.folder("c")?, snapshot.file("in-c")?))
    });
    write(catalog, |writer| writer.trash_tree("b", 1, 20));
    write(catalog, |writer| writer.restore_tree("b", "a", Area::Site));
    let after = read(catalog, |snapshot| {
        Ok((snapshot.folder("b")?, snapshot.folder("c")?, snapshot.file("in-c")?))
    });
    assert_eq!(after, before);
    write(catalog, |writer| {
        writer.trash_tree("b", 2, 30)?;
        writer.restore_tree("b", "elsewhere", Area::Visitors)
    });
    let top = read(catalog, |snapshot| snapshot.folder("b")).unwrap();
    assert_eq!(
        (&top.parent[..], top.area, top.trashed),
        ("elsewhere", Area::Visitors, None)
    );
    assert_eq!(area_of_file(catalog, "in-c"), Area::Visitors);
    assert_eq!(area_of_file(catalog, "in-d"), Area::Site);
}

/// Removing takes folders, files and their imports, live or trashed, and nothing beside the tree.
pub fn removed_tree_is_gone_with_its_imports(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.put_import(&import("in-c"))?;
        writer.put_import(&import("in-d"))?;
        writer.trash_tree("b", 1, 20)?;
        writer.remove_tree("b")
    });
    let snapshot = catalog.read().unwrap();
    for (id, is_there) in [("a", true), ("b", false), ("c", false), ("d", true), ("e", true)] {
        assert_eq!(snapshot.folder(id).unwrap().is_some(), is_there, "{id}");
        let inside = format!("in-{id}");
        assert_eq!(snapshot.file(&inside).unwrap().is_some(), is_there, "{inside}");
    }
    assert_eq!(snapshot.import("in-c").unwrap(), None);
    assert!(snapshot.import("in-d").unwrap().is_some());
}

/// An unknown folder has no tree, and changing it changes nothing.
pub fn unknown_tree_is_empty(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.move_tree("nobody", Area::Visitors)?;
        writer.trash_tree("nobody", 1, 2)?;
        writer.restore_tree("nobody", "r", Area::Visitors)?;
        writer.remove_tree("nobody")
    });
    assert_eq!(read(catalog, |snapshot| snapshot.tree("nobody")), Tree::default());
    assert_eq!(read(catalog, |snapshot| snapshot.tree("a")).folders.len(), 4);
    assert_eq!(area_of_file(catalog, "in-c"), Area::Site);
}

/// The size of a tree counts files at any depth, and stops at the limit. Its folders are those of the whole tree.
pub fn tree_is_counted_up_to_a_limit(catalog: &dyn Catalog) {
    plant(catalog);
    let snapshot = catalog.read().unwrap();
    for (top, limit, size) in [
        ("a", 9, 4),
        ("a", 4, 4),
        ("a", 3, 3),
        ("a", 0, 0),
        ("c", 9, 1),
        ("nobody", 9, 0),
    ] {
        assert_eq!(snapshot.tree_size(top, limit).unwrap(), size, "{top} up to {limit}");
    }
    assert_eq!(snapshot.folder_tree("a").unwrap(), snapshot.tree("a").unwrap().folders);
    assert_eq!(snapshot.folder_tree("nobody").unwrap(), []);
}

/// Trashes the folder `b`, whose files follow later.
fn trash_deferring(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.defer_files(&["c", "b"])?;
        writer.trash_tree("b", 7, 20)
    });
}

/// The id of a file, its area, and the one in its row.
type Areas = (String, Area, Area);

/// The first folder that may have stale files, with its files.
fn areas_of_stale(snapshot: &dyn Read, limit: u32) -> Option<(String, Vec<Areas>)> {
    let stale = snapshot.stale_files(limit).unwrap().into_iter().next()?;
    let files = stale.files.into_iter();
    let areas = files.map(|StaleFile { id, area, stored_area }| (id, area, stored_area));
    Some((stale.folder, areas.collect()))
}

/// A file whose row follows later is read as if it had been changed with its folder, by each method.
pub fn deferred_files_are_read_like_their_folders(catalog: &dyn Catalog) {
    trash_deferring(catalog);
    let snapshot = catalog.read().unwrap();
    assert!(snapshot.has_stale_files().unwrap());
    let all = snapshot.all_files("", 9).unwrap();
    let ids = ["in-b".to_owned(), "in-c".to_owned(), "in-d".to_owned()];
    for (found, folder) in snapshot.files_by_id(&ids).unwrap().into_iter().zip(["b", "c", "d"]) {
        let trashed = (folder != "d").then(|| Trashed {
            parent: folder.into(),
            area: Area::Site,
            deletion: 7,
            at: 20,
        });
        assert_eq!(found.area == Area::Trash, trashed.is_some(), "{folder}");
        assert_eq!((&found.parent[..], &found.trashed), (folder, &trashed));
        assert_eq!(snapshot.file(&found.id).unwrap().as_ref(), Some(&found));
        assert!(all.contains(&found), "{folder}");
    }
    assert!(!snapshot.has_children("b").unwrap());
    assert!(snapshot.has_children("a").unwrap());
    assert_eq!(snapshot.folder("b").unwrap().unwrap().area, Area::Trash);
}

/// Pages, searches and times of deletion follow the folder of a file.
pub fn deferred_files_are_listed_where_their_folders_are(catalog: &dyn Catalog) {
    trash_deferring(catalog);
    let snapshot = catalog.read().unwrap();
    let listed = |children: Children, text: &str, until: Option<i64>| -> Vec<String> {
        let page = Page {
            text: text.into(),
            until,
            ..Page::new(children, 9)
        };
        let mut ids: Vec<_> = snapshot.files(&page).unwrap().into_iter().map(|file| file.id).collect();
        ids.sort();
        ids
    };
    let both = || Children::In(vec![Area::Site, Area::Visitors]);
    for text in ["", "in", "in-"] {
        assert_eq!(
            listed(Children::In(vec![Area::Trash]), text, None),
            ["in-b", "in-c"],
            "{text:?}"
        );
        assert_eq!(listed(both(), text, None), ["in-a", "in-d", "in-e"], "{text:?}");
    }
    assert_eq!(listed(Children::In(Area::ALL.to_vec()), "", None).len(), 5);
    assert_eq!(listed(Children::In(Vec::new()), "", None), [""; 0]);
    assert_eq!(listed(Children::Of("b".into()), "", None), ["in-b"]);
    assert_eq!(
        listed(Children::In(vec![Area::Trash]), "", Some(19)),
        [""; 0],
        "before the deletion"
    );
    assert_eq!(listed(Children::Of("b".into()), "", Some(20)), ["in-b"]);
}

/// Stale files come in the order of their folders, then of their names, and behind the last one that was passed.
pub fn stale_files_come_folder_by_folder_until_they_are_refreshed(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        for (id, name) in [("1", "z"), ("2", "y"), ("3", "y")] {
            let mut file = file(id, "c", 1);
            file.name = name.into();
            writer.insert_file(&file)?;
        }
        writer.defer_files(&["c", "b"])?;
        writer.trash_tree("b", 7, 20)
    });
    let stale = |ids: &[&str]| -> Vec<_> {
        ids.iter()
            .map(|id| ((*id).to_owned(), Area::Trash, Area::Site))
            .collect()
    };
    let next = |limit| areas_of_stale(&*catalog.read().unwrap(), limit);
    assert_eq!(next(9), Some(("c".into(), stale(&["in-c", "2", "3", "1"]))));
    assert_eq!(next(2), Some(("c".into(), stale(&["in-c", "2"]))));
    write(catalog, |writer| {
        writer.set_events_of(Entity::File, "2", 7)?;
        assert_eq!(writer.refresh_files(&["in-c", "nobody", "in-d", "2"], 1)?, [1, 0, 0, 8]);
        assert_eq!(writer.refresh_files(&["2"], 1)?, [0], "no longer stale");
        assert_eq!(writer.refresh_files(&[], 1)?, [0; 0]);
        for (id, count) in [("in-c", 1), ("in-d", 0), ("2", 8)] {
            assert_eq!(writer.events_of(Entity::File, id)?, count, "{id}");
        }
        writer.pass_stale_files(&["c"], Some("2"))
    });
    assert_eq!(next(9), Some(("c".into(), stale(&["3", "1"]))));
    write(catalog, |writer| writer.refresh_files(&["1"], 0).map(drop));
    assert_eq!(
        next(9),
        Some(("c".into(), stale(&["3"]))),
        "a file may be refreshed before its turn"
    );
    write(catalog, |writer| {
        assert_eq!(writer.refresh_files(&["3"], 0)?, [0], "counts nothing");
        writer.pass_stale_files(&["c"], Some("1"))
    });
    assert_eq!(next(9), Some(("c".into(), vec![])));
    write(catalog, |writer| writer.pass_stale_files(&["c"], None));
    assert_eq!(next(9), Some(("b".into(), stale(&["in-b"]))));
    let before = read(catalog, |snapshot| snapshot.file("in-b"));
    write(catalog, |writer| {
        writer.refresh_files(&["in-b"], 0)?;
        writer.pass_stale_files(&["b"], None)
    });
    assert_eq!(next(9), None);
    assert!(!read(catalog, |snapshot| snapshot.has_stale_files()));
    assert_eq!(
        read(catalog, |snapshot| snapshot.file("in-b")),
        before,
        "as it was read while it was stale"
    );
}

/// The limit is for all folders together, and a folder without stale files counts as one. All are passed at once.
pub fn stale_files_of_several_folders_come_together(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.insert_folder(&folder("empty", "b", 9))?;
        for id in ["c1", "c2"] {
            writer.insert_file(&file(id, "c", 1))?;
        }
        writer.defer_files(&["gone", "empty", "c", "b"])?;
        writer.trash_tree("b", 7, 20)
    });
    let next = |limit: u32| -> Vec<(String, Vec<String>)> {
        let found = catalog.read().unwrap().stale_files(limit).unwrap().into_iter();
        let named = |files: Vec<StaleFile>| files.into_iter().map(|file| file.id).collect();
        found.map(|stale| (stale.folder, named(stale.files))).collect()
    };
    let expected = |folders: &[(&str, &[&str])]| -> Vec<(String, Vec<String>)> {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        folders
            .iter()
            .map(|(id, files)| ((*id).to_owned(), owned(files)))
            .collect()
    };
    let all: [(&str, &[&str]); 4] = [
        ("gone", &[]),
        ("empty", &[]),
        ("c", &["c1", "c2", "in-c"]),
        ("b", &["in-b"]),
    ];
    assert_eq!(next(9), expected(&all));
    assert_eq!(next(6), expected(&all));
    assert_eq!(next(5), expected(&all[..3]));
    assert_eq!(
        next(4),
        expected(&[("gone", &[]), ("empty", &[]), ("c", &["c1", "c2"])])
    );
    assert_eq!(next(2), expected(&all[..2]));
    write(catalog, |writer| {
        writer.refresh_files(&["c1", "c2"], 1)?;
        writer.pass_stale_files(&["gone", "empty", "c"], Some("c2"))
    });
    assert_eq!(next(9), expected(&[("c", &["in-c"]), ("b", &["in-b"])]));
    write(catalog, |writer| {
        writer.refresh_files(&["in-c", "in-b"], 1)?;
        writer.pass_stale_files(&["c", "b"], None)
    });
    assert_eq!(next(9), []);
    assert!(!read(catalog, |snapshot| snapshot.has_stale_files()));
}

/// Of some files, those whose rows are older than the change of their folder are stale.
pub fn stale_files_by_id_are_those_with_older_rows(catalog: &dyn Catalog) {
    trash_deferring(catalog);
    let ids = |snapshot: &dyn Read| -> Vec<String> {
        let ids = ["in-c", "in-b", "in-a", "nobody"].map(str::to_owned);
        let stale = snapshot.stale_by_id(&ids).unwrap().into_iter();
        stale.map(|stale| stale.id).collect()
    };
    assert_eq!(ids(&*catalog.read().unwrap()), ["in-c", "in-b"]);
    write(catalog, |writer| writer.refresh_files(&["in-c"], 0).map(drop));
    assert_eq!(ids(&*catalog.read().unwrap()), ["in-b"]);
    let mut moved = read(catalog, |snapshot| snapshot.file("in-b")).unwrap();
    (moved.parent, moved.area, moved.trashed) = ("a".into(), Area::Site, None);
    write(catalog, |writer| writer.update_file(&moved));
    assert_eq!(ids(&*catalog.read().unwrap()), [""; 0]);
}

/// Restoring and moving can leave the files to follow too, also when some of them have not followed the change before.
pub fn restored_and_moved_files_can_be_deferred(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| writer.trash_tree("b", 1, 20));
    write(catalog, |writer| {
        writer.defer_files(&["b", "c"])?;
        writer.restore_tree("b", "a", Area::Site)
    });
    let next = |limit| areas_of_stale(&*catalog.read().unwrap(), limit);
    assert_eq!(
        next(9),
        Some(("b".into(), vec![("in-b".into(), Area::Site, Area::Trash)]))
    );
    let file = read(catalog, |snapshot| snapshot.file("in-c")).unwrap();
    assert_eq!((file.area, file.trashed), (Area::Site, None));
    write(catalog, |writer| {
        writer.refresh_files(&["in-b"], 0)?;
        writer.pass_stale_files(&["b"], Some("in-b"))?;
        writer.defer_files(&["b", "c"])?;
        writer.move_tree("b", Area::Visitors)
    });
    assert_eq!(area_of_file(catalog, "in-b"), Area::Visitors);
    assert_eq!(
        next(9),
        Some(("b".into(), vec![("in-b".into(), Area::Visitors, Area::Site)]))
    );
    write(catalog, |writer| {
        writer.refresh_files(&["in-b"], 0)?;
        writer.pass_stale_files(&["b"], None)
    });
    assert_eq!(
        next(9),
        Some(("c".into(), vec![("in-c".into(), Area::Visitors, Area::Trash)]))
    );
    write(catalog, |writer| {
        writer.refresh_files(&["in-c"], 0)?;
        writer.pass_stale_files(&["c"], None)
    });
    let file = read(catalog, |snapshot| snapshot.file("in-c")).unwrap();
    assert_eq!((file.area, file.trashed), (Area::Visitors, None));
}

/// A folder that was removed, or everything, leaves nothing stale.
pub fn deferred_folder_that_is_gone_has_no_stale_files(catalog: &dyn Catalog) {
    trash_deferring(catalog);
    write(catalog, |writer| writer.remove_tree("c"));
    let next = areas_of_stale(&*catalog.read().unwrap(), 9);
    assert_eq!(next, Some(("b".into(), vec![("in-b".into(), Area::Trash, Area::Site)])));
    write(catalog, |writer| writer.clear(5));
    assert!(!read(catalog, |snapshot| snapshot.has_stale_files()));
}
