//! Folders with everything below them.

use super::super::{Area, Branch, Catalog, Leaf, Trashed, Tree};
use super::{file, folder, functions, import, read, write};
use crate::model::system_folder::TRASH_ROOT;

functions![
    tree_lists_parents_before_children,
    folders_above_come_nearest_first,
    height_is_that_of_the_deepest_folder,
    moved_tree_changes_its_area,
    trashed_tree_remembers_where_everything_was,
    restored_tree_is_as_before,
    removed_tree_is_gone_with_its_imports,
    unknown_tree_is_empty,
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
