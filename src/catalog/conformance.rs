//! What every [`Catalog`] must do, one function per behaviour. A store that passes [`all`] is done.
//!
//! ```
//! use wix_media::catalog::{Sqlite, conformance};
//!
//! conformance::all(&mut || Sqlite::memory().unwrap());
//! ```
//!
//! The functions panic where a store differs.
#![allow(clippy::unwrap_used)]

use super::{
    ArchiveEntry, Area, Catalog, Children, Delivery, Entity, Error, File, Folder, Import, Item, Job, Page, Sort,
    Trashed, Upload, fold,
};
use crate::model::system_folder::TRASH_ROOT;

/// Runs every function, each on a store of its own.
///
/// ```
/// # use wix_media::catalog::{Sqlite, conformance};
/// conformance::all(&mut || Sqlite::memory().unwrap());
/// ```
pub fn all<C: Catalog>(make: &mut dyn FnMut() -> C) {
    for function in [
        transactions,
        items_come_back_as_they_went_in,
        names,
        trees,
        pages,
        pages_of_equal_keys,
        searches,
        due_files,
        events,
        uploads,
        imports,
        jobs,
        archives,
        blobs_in_use,
        deliveries,
        everything,
        areas,
    ] {
        function(&mut make());
    }
}

fn site(id: &str, parent: &str, now: i64) -> Folder {
    Folder::new(id, id, parent, Area::Site, now)
}

fn file(id: &str, name: &str, parent: &str, now: i64) -> File {
    File::new(id, name, parent, Area::Site, now)
}

/// A commit keeps, a rollback undoes.
fn transactions(store: &mut dyn Catalog) {
    store.begin().unwrap();
    store.insert_folder(&site("a", "r", 1)).unwrap();
    store.rollback().unwrap();
    assert_eq!(store.folder("a").unwrap(), None);
    store.begin().unwrap();
    store.insert_folder(&site("a", "r", 1)).unwrap();
    store.set_setting("s", "1").unwrap();
    store.set_setting("s", "2").unwrap();
    store.commit().unwrap();
    assert!(store.folder("a").unwrap().is_some());
    assert_eq!(store.setting("s").unwrap().as_deref(), Some("2"));
    assert_eq!(store.setting("t").unwrap(), None);
    assert!(
        store.insert_folder(&site("a", "r", 1)).is_err(),
        "an id can be taken once"
    );
}

/// Every member survives, whatever characters it holds.
fn items_come_back_as_they_went_in(store: &mut dyn Catalog) {
    let mut full = file("id", "n\0ame \u{1f} 写真 \"'%_", "p", 5);
    full.area = Area::Trash;
    full.updated = 6;
    full.trashed = Some(Trashed {
        parent: "q".into(),
        area: Area::Visitors,
        deletion: 3,
        at: 7,
    });
    full.media_type = "IMAGE".into();
    full.mime = "image/jpeg".into();
    full.private = true;
    full.size = i64::MAX;
    full.hash = "abc".into();
    full.crc = u32::MAX;
    full.status = "PENDING".into();
    full.ready_at = Some(9);
    full.labels = vec!["one".into(), "two, \"three\"".into()];
    full.facts = "{\"width\":1}".into();
    full.external = "{\"origin\":\"x\"}".into();
    full.source_url = Some("https://h/".into());
    full.tag = "_fileOrigin_uploaded".into();
    full.blob = Some("b".into());
    store.insert_file(&full).unwrap();
    assert_eq!(store.file("id").unwrap().as_ref(), Some(&full));
    full.trashed = None;
    full.area = Area::Site;
    full.name = "other".into();
    full.labels.clear();
    full.ready_at = None;
    store.update_file(&full).unwrap();
    assert_eq!(store.file("id").unwrap().as_ref(), Some(&full));
    assert_eq!(store.total_size().unwrap(), i64::MAX);
    store.remove_file("id").unwrap();
    assert_eq!(store.file("id").unwrap(), None);
    assert_eq!(store.total_size().unwrap(), 0);

    let mut folder = site("f", "r", 1);
    store.insert_folder(&folder).unwrap();
    folder.name = "new".into();
    folder.parent = "q".into();
    folder.area = Area::Visitors;
    folder.updated = 2;
    store.update_folder(&folder).unwrap();
    assert_eq!(store.folder("f").unwrap(), Some(folder));
}

/// A path finds the oldest live folder of exactly this name.
fn names(store: &mut dyn Catalog) {
    for (id, name, now) in [("c", "x", 2), ("b", "x", 1), ("a", "x", 2), ("d", "X", 0)] {
        store
            .insert_folder(&Folder::new(id, name, "r", Area::Site, now))
            .unwrap();
    }
    assert_eq!(store.folder_named("r", "x").unwrap().unwrap().id, "b");
    store.trash_tree("b", 1, 5).unwrap();
    assert_eq!(store.folder_named("r", "x").unwrap().unwrap().id, "a");
    assert_eq!(store.folder_named(TRASH_ROOT, "x").unwrap(), None);
    assert_eq!(store.folder_named("r", "y").unwrap(), None);
}

/// Moving, trashing, restoring and removing takes all that is below, and nothing else.
fn trees(store: &mut dyn Catalog) {
    for (id, parent, now) in [
        ("a", "r", 1),
        ("b", "a", 3),
        ("c", "b", 4),
        ("d", "a", 2),
        ("e", "r", 5),
    ] {
        store.insert_folder(&site(id, parent, now)).unwrap();
        store
            .insert_file(&file(&format!("in-{id}"), "n", id, 10 - now))
            .unwrap();
    }
    assert_eq!(store.folders_above("c").unwrap(), ["b", "a", "r"]);
    assert_eq!(store.folders_above("nobody").unwrap(), [""; 0]);
    assert_eq!((store.height("a").unwrap(), store.height("c").unwrap()), (2, 0));
    let tree = store.tree("a").unwrap();
    let folders: Vec<_> = tree
        .folders
        .iter()
        .map(|branch| (&branch.id[..], branch.depth))
        .collect();
    assert_eq!(folders, [("a", 0), ("d", 1), ("b", 1), ("c", 2)]);
    let files: Vec<_> = tree.files.iter().map(|leaf| &leaf.id[..]).collect();
    assert_eq!(files, ["in-c", "in-b", "in-d", "in-a"]);
    assert_eq!(store.tree("nobody").unwrap().folders, []);

    store.move_tree("b", Area::Visitors).unwrap();
    let area = |store: &dyn Catalog, id: &str| store.file(id).unwrap().unwrap().area;
    assert_eq!(area(store, "in-c"), Area::Visitors);
    assert_eq!(area(store, "in-d"), Area::Site);
    store.move_tree("b", Area::Site).unwrap();

    let before = (store.folder("b").unwrap(), store.file("in-c").unwrap());
    store.trash_tree("b", 7, 99).unwrap();
    let top = store.folder("b").unwrap().unwrap();
    assert_eq!((&top.parent[..], top.area), (TRASH_ROOT, Area::Trash));
    let trashed = |parent: &str| {
        Some(Trashed {
            parent: parent.into(),
            area: Area::Site,
            deletion: 7,
            at: 99,
        })
    };
    assert_eq!(top.trashed, trashed("a"));
    let inner = store.file("in-c").unwrap().unwrap();
    assert_eq!(
        (&inner.parent[..], inner.area, inner.trashed),
        ("c", Area::Trash, trashed("c"))
    );
    assert_eq!(area(store, "in-a"), Area::Site);
    assert!(!store.has_children("b").unwrap() && store.has_children("a").unwrap());
    store.restore_tree("b", "a", Area::Site).unwrap();
    assert_eq!((store.folder("b").unwrap(), store.file("in-c").unwrap()), before);

    store.remove_tree("b").unwrap();
    for id in ["b", "c"] {
        assert_eq!(store.folder(id).unwrap(), None);
        assert_eq!(store.file(&format!("in-{id}")).unwrap(), None);
    }
    assert!(store.folder("a").unwrap().is_some() && store.file("in-e").unwrap().is_some());
}

/// Walks all pages of a page's list, forwards and back, and compares with what plain sorting gives.
fn walk(store: &dyn Catalog, page: &Page, expected: &[&str]) {
    let mut forwards = Vec::new();
    let mut next = page.clone();
    loop {
        let files = store.files(&next).unwrap();
        assert!(files.len() <= page.limit as usize);
        let Some(last) = files.last() else { break };
        next.from = Some(last.position(page.sort));
        forwards.extend(files.into_iter().map(|file| file.id));
    }
    assert_eq!(forwards, expected, "{page:?}");
    next.backwards = true;
    let mut backwards = Vec::new();
    loop {
        let files = store.files(&next).unwrap();
        let Some(last) = files.last() else { break };
        next.from = Some(last.position(page.sort));
        backwards.extend(files.into_iter().map(|file| file.id));
    }
    backwards.reverse();
    let before_last = expected.len().saturating_sub(1);
    assert_eq!(backwards, expected[..before_last], "backwards {page:?}");
}

/// Every sort, direction, filter and page size gives the same items in the same order, forwards and backwards.
fn pages(store: &mut dyn Catalog) {
    let mut files = Vec::new();
    for number in 0..40_i64 {
        let mut one = file(
            &format!("f{number:02}"),
            ["b", "A", "é", "a", "𝄞"][number as usize % 5],
            "p",
            number % 7,
        );
        one.size = number * 3 % 11 - 1;
        one.private = number % 3 == 0;
        one.media_type = ["IMAGE", "VIDEO", "AUDIO"][number as usize % 3].into();
        one.labels = vec![format!("Label {}", number % 4)];
        if number % 4 == 3 {
            one.area = Area::Visitors;
        }
        store.insert_file(&one).unwrap();
        files.push(one);
    }
    for sort in [Sort::Name, Sort::Updated, Sort::Size] {
        for descending in [false, true] {
            for limit in [1, 3, 7, 100] {
                for filter in 0..7 {
                    let mut page = Page::new(Children::Of("p".into()), limit);
                    page.sort = sort;
                    page.descending = descending;
                    let mut kept: Vec<&File> = files.iter().collect();
                    match filter {
                        1 => {
                            page.media_types = Some(vec!["IMAGE".into(), "AUDIO".into()]);
                            kept.retain(|file| file.media_type != "VIDEO");
                        }
                        2 => {
                            page.private = Some(true);
                            kept.retain(|file| file.private);
                        }
                        3 => {
                            page.children = Children::In(vec![Area::Site, Area::Visitors]);
                        }
                        4 => {
                            page.children = Children::In(vec![Area::Visitors]);
                            page.text = fold("LABEL 3");
                            kept.retain(|file| file.area == Area::Visitors);
                        }
                        5 => {
                            page.text = fold("É");
                            kept.retain(|file| file.name == "é");
                        }
                        6 => {
                            page.until = Some(4);
                            kept.retain(|file| file.updated <= 4);
                        }
                        _ => {}
                    }
                    kept.sort_by(|one, other| {
                        let keys = one.position(sort).key.cmp(&other.position(sort).key);
                        let keys = if descending { keys.reverse() } else { keys };
                        keys.then(one.id.cmp(&other.id))
                    });
                    let expected: Vec<_> = kept.iter().map(|file| &file.id[..]).collect();
                    walk(store, &page, &expected);
                }
            }
        }
    }
    let mut none = Page::new(Children::Of("p".into()), 10);
    none.media_types = Some(Vec::new());
    store.insert_folder(&site("gone", "r", 1)).unwrap();
    store.trash_tree("gone", 1, 9).unwrap();
    for (until, count) in [(8, 0), (9, 1)] {
        let mut page = Page::new(Children::In(vec![Area::Trash]), 10);
        page.until = Some(until);
        assert_eq!(
            store.folders(&page).unwrap().len(),
            count,
            "deleted at 9, seen at {until}"
        );
    }
    assert_eq!(store.files(&none).unwrap(), []);
    assert_eq!(store.folders(&Page::new(Children::Of("p".into()), 10)).unwrap(), []);
}

/// Items that all have one key are paged by their ids alone, in both directions.
fn pages_of_equal_keys(store: &mut dyn Catalog) {
    let ids: Vec<String> = (0..25).map(|number| format!("f{number:02}")).collect();
    for id in ids.iter().rev() {
        store.insert_file(&file(id, "same", "p", 1)).unwrap();
    }
    let expected: Vec<_> = ids.iter().map(|id| &id[..]).collect();
    for sort in [Sort::Name, Sort::Updated, Sort::Size] {
        for descending in [false, true] {
            let mut page = Page::new(Children::Of("p".into()), 10);
            page.sort = sort;
            page.descending = descending;
            walk(store, &page, &expected);
        }
    }
}

/// Substrings of name, MIME type and labels, without regard to case, of one character and more, literally.
fn searches(store: &mut dyn Catalog) {
    for (id, name, mime, label) in [
        ("1", "Straßenbahn.JPG", "image/jpeg", "Tram"),
        ("2", "100% \"quoted\"_*.png", "image/png", "写真"),
        ("3", "ОТПУСК.mov", "video/quicktime", "море"),
        ("4", "aaaaa", "x/y", "AND OR NOT NEAR(a b)"),
    ] {
        let mut one = file(id, name, "p", 1);
        one.mime = mime.into();
        one.labels = vec![label.into()];
        store.insert_file(&one).unwrap();
        store.insert_folder(&Folder::new(id, name, "p", Area::Site, 1)).unwrap();
    }
    let found = |store: &dyn Catalog, text: &str| {
        let mut page = Page::new(Children::In(vec![Area::Site]), 10);
        page.text = fold(text);
        let files = store.files(&page).unwrap();
        files.into_iter().map(|file| file.id).collect::<Vec<_>>().concat()
    };
    for (text, ids) in [
        ("", "1234"),
        ("strasse", "1"),
        ("STRASSENBAHN.jpg", "1"),
        ("jpeg", "1"),
        ("IMAGE/", "12"),
        ("отпуск", "3"),
        ("МОРЕ", "3"),
        ("写", "2"),
        ("写真", "2"),
        ("%", "2"),
        ("\"quoted\"", "2"),
        ("_*.", "2"),
        ("aaaa", "4"),
        ("aaaaaa", ""),
        ("and or", "4"),
        ("near(a", "4"),
        ("jpgimage", ""),
        ("tram", "1"),
        ("\0", ""),
    ] {
        assert_eq!(found(store, text), ids, "{text:?}");
    }
    let mut page = Page::new(Children::Of("p".into()), 10);
    page.text = fold("STRASSE");
    let folders: Vec<_> = store
        .folders(&page)
        .unwrap()
        .into_iter()
        .map(|folder| folder.id)
        .collect();
    assert_eq!(folders, ["1"]);

    let mut renamed = store.file("1").unwrap().unwrap();
    renamed.name = "Bus".into();
    renamed.labels.clear();
    store.update_file(&renamed).unwrap();
    store.remove_file("3").unwrap();
    for (text, ids) in [("strasse", ""), ("tram", ""), ("bus", "1"), ("отпуск", "")] {
        assert_eq!(found(store, text), ids, "{text:?} afterwards");
    }
}

/// Pending files come out in the order of their times, and only when those have come.
fn due_files(store: &mut dyn Catalog) {
    assert_eq!(store.next_due().unwrap(), None);
    for (id, ready) in [("a", 30), ("b", 10), ("c", 20), ("d", 10)] {
        let mut one = file(id, id, "p", 1);
        one.ready_at = Some(ready);
        store.insert_file(&one).unwrap();
    }
    let due = |store: &dyn Catalog, now| {
        let files = store.due(now).unwrap();
        files.into_iter().map(|file| file.id).collect::<Vec<_>>().concat()
    };
    assert_eq!((due(store, 9), due(store, 20)), (String::new(), "bdc".into()));
    assert_eq!(store.next_due().unwrap(), Some(10));
}

/// Events keep their order, and are counted for each item.
fn events(store: &mut dyn Catalog) {
    store.insert_folder(&site("x", "r", 1)).unwrap();
    store.insert_file(&file("x", "x", "r", 1)).unwrap();
    assert_eq!(store.count_event(Entity::Folder, "x").unwrap(), 1);
    assert_eq!(store.count_event(Entity::Folder, "x").unwrap(), 2);
    assert_eq!(store.count_event(Entity::File, "x").unwrap(), 1);
    assert_eq!(store.events_of(Entity::Folder, "x").unwrap(), 2);
    store.set_events_of(Entity::File, "x", 7).unwrap();
    assert_eq!(store.count_event(Entity::File, "x").unwrap(), 8);
    assert_eq!(store.events_of(Entity::File, "nobody").unwrap(), 0);
    assert_eq!(store.last_event().unwrap(), 0);
    for body in ["a", "b", "c"] {
        let number = store.insert_event(body).unwrap();
        assert_eq!(store.last_event().unwrap(), number);
    }
    let events = store.events(0, 2).unwrap();
    assert_eq!(events.iter().map(|(_, body)| &body[..]).collect::<Vec<_>>(), ["a", "b"]);
    let rest = store.events(events[1].0, 10).unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].1, "c");

    store.insert_delivery(events[0].0, "u", 1).unwrap();
    store.remove_events(events[1].0).unwrap();
    let left: Vec<_> = store.events(0, 9).unwrap().into_iter().map(|(_, body)| body).collect();
    assert_eq!(left, ["a", "c"], "a delivery keeps its event");
    store.remove_events(i64::MAX).unwrap();
    let after = store.insert_event("d").unwrap();
    assert!(after > rest[0].0, "numbers are not used again");
    store.skip_events(after - 1).unwrap();
    store.skip_events(after + 10).unwrap();
    assert_eq!(store.insert_event("e").unwrap(), after + 11);
}

/// Deliveries come in the order of their times, with their events.
fn deliveries(store: &mut dyn Catalog) {
    store.skip_events(5).unwrap();
    let event = store.insert_event("a").unwrap();
    assert_eq!(event, 6);
    let other = store.insert_event("b").unwrap();
    for (event, url, due) in [(event, "u", 20), (event, "v", 10), (other, "u", 20)] {
        store.insert_delivery(event, url, due).unwrap();
    }
    let all = |store: &dyn Catalog| {
        let all = store.deliveries((i64::MIN, 0), 9).unwrap();
        let text = |one: Delivery| format!("{}{}{}{}", one.url, one.body, one.tries, one.due);
        all.into_iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(all(store), ["va010", "ua020", "ub020"]);
    let first = store.deliveries((i64::MIN, 0), 2).unwrap();
    let rest = store.deliveries((first[1].due, first[1].number), 9).unwrap();
    assert_eq!((rest.len(), &rest[0].body[..]), (1, "b"));
    store.put_off_delivery(first[0].number, 3, 30).unwrap();
    assert_eq!(all(store), ["ua020", "ub020", "va330"]);
    assert_eq!(store.delivery(first[0].number).unwrap().unwrap().tries, 3);
    store.keep_deliveries(&["u", "w"]).unwrap();
    assert_eq!(all(store), ["ua020", "ub020"]);
    store.remove_delivery(first[1].number).unwrap();
    assert_eq!(store.delivery(first[1].number).unwrap(), None);
    store.keep_deliveries(&[]).unwrap();
    assert_eq!(all(store), [""; 0]);
}

/// Items can be walked in the order of their ids, and everything but settings and numbers can go at once.
fn everything(store: &mut dyn Catalog) {
    for id in ["c", "a", "b"] {
        store.insert_folder(&site(id, "media-root", 1)).unwrap();
        store.insert_file(&file(id, "photo", "media-root", 1)).unwrap();
    }
    store.trash_tree("b", 1, 5).unwrap();
    let folders = |store: &dyn Catalog, after: &str, limit| {
        let folders = store.all_folders(after, limit).unwrap();
        folders.into_iter().map(|folder| folder.id).collect::<Vec<_>>().concat()
    };
    assert_eq!(
        (folders(store, "", 2), folders(store, "b", 9)),
        ("ab".into(), "c".into())
    );
    let files = store.all_files("a", 9).unwrap();
    assert_eq!((files[0].id.as_str(), files.len()), ("b", 2));

    store.set_setting("s", "1").unwrap();
    let event = store.insert_event("e").unwrap();
    store.insert_delivery(event, "u", 1).unwrap();
    store.insert_archive("z", "z", true).unwrap();
    store.clear().unwrap();
    assert_eq!(store.all_folders("", 9).unwrap(), []);
    assert_eq!(store.all_files("", 9).unwrap(), []);
    assert_eq!(store.events(0, 9).unwrap(), []);
    assert_eq!(store.deliveries((i64::MIN, 0), 9).unwrap(), []);
    assert_eq!(store.archive("z").unwrap(), None);
    assert_eq!(store.setting("s").unwrap().as_deref(), Some("1"));
    assert!(store.insert_event("e").unwrap() > event);

    let mut page = Page::new(Children::Of("media-root".into()), 9);
    page.text = "photo".into();
    assert_eq!(store.files(&page).unwrap(), []);
    store.insert_file(&file("d", "photo", "media-root", 1)).unwrap();
    assert_eq!(store.files(&page).unwrap().len(), 1);
    store.remove_file("d").unwrap();
    assert_eq!(store.files(&page).unwrap(), [], "removing one by one works as before");

    store.begin().unwrap();
    store
        .fill(&mut |store| {
            for number in 0..500 {
                store.insert_file(&file(
                    &format!("f{number}"),
                    &format!("photo {number}"),
                    "media-root",
                    1,
                ))?;
            }
            store.insert_folder(&site("g", "media-root", 1))
        })
        .unwrap();
    store.commit().unwrap();
    store.insert_file(&file("h", "photo 499", "media-root", 1)).unwrap();
    page.text = "photo 499".into();
    assert_eq!(store.files(&page).unwrap().len(), 2, "filling works like adding");
    store.remove_file("f499").unwrap();
    assert_eq!(
        store.files(&page).unwrap().len(),
        1,
        "and what was filled goes one by one"
    );
    store.begin().unwrap();
    let failed = store.fill(&mut |store| {
        store.insert_file(&file("i", "photo 499", "media-root", 1))?;
        Err(Error::Locked)
    });
    assert!(matches!(failed, Err(Error::Locked)));
    store.rollback().unwrap();
    store.insert_file(&file("j", "photo 499", "media-root", 1)).unwrap();
    assert_eq!(store.files(&page).unwrap().len(), 2, "after a failure as well");
}

/// Areas follow from places, and whatever is in no place is found.
fn areas(store: &mut dyn Catalog) {
    use crate::model::system_folder::VISITOR_UPLOADS;
    let trashed = |area| Trashed {
        parent: "media-root".into(),
        area,
        deletion: 1,
        at: 1,
    };
    store.insert_folder(&site("a", VISITOR_UPLOADS, 1)).unwrap();
    store.insert_folder(&site("b", "a", 1)).unwrap();
    store.insert_folder(&site("c", "mobile-uploads", 1)).unwrap();
    store.insert_file(&file("f", "f", "b", 1)).unwrap();
    store.insert_file(&file("g", "g", "c", 1)).unwrap();
    let mut gone = site("t", TRASH_ROOT, 1);
    gone.area = Area::Trash;
    gone.trashed = Some(trashed(Area::Visitors));
    store.insert_folder(&gone).unwrap();
    assert_eq!(store.settle_areas(100).unwrap(), None);
    for (id, area) in [
        ("a", Area::Visitors),
        ("b", Area::Visitors),
        ("c", Area::Site),
        ("t", Area::Trash),
    ] {
        assert_eq!(store.folder(id).unwrap().unwrap().area, area, "{id}");
    }
    assert_eq!(store.file("f").unwrap().unwrap().area, Area::Visitors);
    assert_eq!(store.file("g").unwrap().unwrap().area, Area::Site);
    let folder = |id: &str| Some((Entity::Folder, id.to_owned()));
    assert_eq!(store.settle_areas(1).unwrap(), folder("b"), "too deep");

    let mut wrong = |id: &str, parent: &str, found: &str| {
        store.begin().unwrap();
        store.insert_folder(&site(id, parent, 1)).unwrap();
        assert_eq!(store.settle_areas(100).unwrap(), folder(found), "{id} in {parent}");
        store.rollback().unwrap();
    };
    wrong("x", "nowhere", "x");
    wrong("x", "x", "x");
    wrong("x", "t", "x");
    wrong("x", TRASH_ROOT, "x");
    let mut lost = file("x", "x", "nowhere", 1);
    store.insert_file(&lost).unwrap();
    let found = Some((Entity::File, "x".to_owned()));
    assert_eq!(store.settle_areas(100).unwrap(), found);
    lost.parent = "c".into();
    lost.area = Area::Trash;
    lost.trashed = Some(trashed(Area::Site));
    store.update_file(&lost).unwrap();
    assert_eq!(store.settle_areas(100).unwrap(), found, "trashed in a live folder");
}

/// Uploads are found by id and transfer, and forgotten after their time.
fn uploads(store: &mut dyn Catalog) {
    let mut upload = Upload {
        id: "u".into(),
        file: "f".into(),
        request: "{}".into(),
        resumable: true,
        expires: 50,
        done: false,
        transfer: None,
        blob: None,
        length: 0,
        received: 0,
        filename: None,
    };
    store.put_upload(&upload).unwrap();
    upload.transfer = Some("t".into());
    upload.blob = Some("b".into());
    upload.length = 9;
    upload.received = 4;
    upload.done = true;
    upload.filename = Some("n".into());
    store.put_upload(&upload).unwrap();
    assert_eq!(store.upload("u").unwrap().as_ref(), Some(&upload));
    assert_eq!(store.upload_of_transfer("t").unwrap().as_ref(), Some(&upload));
    assert_eq!(store.upload("t").unwrap(), None);
    store.remove_uploads(50).unwrap();
    assert!(store.upload("u").unwrap().is_some());
    store.remove_uploads(51).unwrap();
    assert_eq!(store.upload("u").unwrap(), None);
}

/// An import goes when it is forgotten, and with its file.
fn imports(store: &mut dyn Catalog) {
    let import = |file: &str, request: &str| Import {
        file: file.into(),
        request: request.into(),
    };
    for id in ["b", "a", "c"] {
        store.insert_file(&file(id, id, "p", 1)).unwrap();
        store.put_import(&import(id, "{}")).unwrap();
    }
    store.put_import(&import("a", "1")).unwrap();
    assert_eq!(
        store.imports().unwrap(),
        [import("b", "{}"), import("a", "1"), import("c", "{}")]
    );
    store.remove_file("b").unwrap();
    store.remove_import("c").unwrap();
    store.remove_import("nobody").unwrap();
    assert_eq!(store.imports().unwrap(), [import("a", "1")]);
    assert_eq!(store.import("a").unwrap(), Some(import("a", "1")));
    assert_eq!(store.import("b").unwrap(), None);
    store.insert_folder(&site("f", "r", 1)).unwrap();
    store.insert_file(&file("d", "d", "f", 1)).unwrap();
    store.put_import(&import("d", "{}")).unwrap();
    store.remove_tree("f").unwrap();
    assert_eq!(store.import("d").unwrap(), None);
}

/// Jobs come in the order of their times, and once.
fn jobs(store: &mut dyn Catalog) {
    let job = |due, operation: &str| Job {
        due,
        operation: operation.into(),
        fields: "{}".into(),
    };
    for (due, operation) in [(20, "b"), (10, "a"), (20, "c"), (30, "d")] {
        store.insert_job(&job(due, operation)).unwrap();
    }
    assert_eq!(store.next_due().unwrap(), Some(10));
    assert_eq!(store.take_job(9).unwrap(), None);
    for expected in [job(10, "a"), job(20, "b"), job(20, "c")] {
        assert_eq!(store.take_job(20).unwrap(), Some(expected));
    }
    assert_eq!(store.take_job(20).unwrap(), None);
    assert_eq!(store.next_due().unwrap(), Some(30));
}

/// An archive keeps its entries in order.
fn archives(store: &mut dyn Catalog) {
    let entry = |path: &str, blob: Option<&str>| ArchiveEntry {
        path: path.into(),
        blob: blob.map(str::to_owned),
        size: 5,
        crc: 7,
        updated: 9,
    };
    let entries = [entry("z/", None), entry("z/a", Some("b1")), entry("b", Some("b2"))];
    store.insert_archive("id", "name", true).unwrap();
    store.insert_archive("other", "name", false).unwrap();
    for (position, entry) in [(2, &entries[2]), (0, &entries[0]), (1, &entries[1])] {
        store.insert_archive_entry("id", position, entry).unwrap();
    }
    store.insert_archive_entry("other", 0, &entries[0]).unwrap();
    assert_eq!(store.archive("id").unwrap().as_deref(), Some("name"));
    assert_eq!(store.archive("none").unwrap(), None);
    let numbered: Vec<_> = (0..).zip(entries).collect();
    assert_eq!(store.archive_entries("id", 0, 2).unwrap(), numbered[..2]);
    assert_eq!(store.archive_entries("id", 2, 2).unwrap(), numbered[2..]);
    assert_eq!(store.passing().unwrap(), ["other"]);
    store.remove_archive("id").unwrap();
    assert_eq!(store.archive("id").unwrap(), None);
    assert_eq!(store.archive_entries("id", 0, 9).unwrap(), []);
    assert_eq!(store.archive_entries("other", 0, 9).unwrap().len(), 1);
}

/// A blob is needed by files, uploads and archives, each on its own.
fn blobs_in_use(store: &mut dyn Catalog) {
    let mut one = file("f", "f", "p", 1);
    one.blob = Some("b".into());
    store.insert_file(&one).unwrap();
    assert!(store.needs_blob("b").unwrap());
    let entry = ArchiveEntry {
        path: "p".into(),
        blob: Some("b".into()),
        size: 0,
        crc: 0,
        updated: 0,
    };
    store.insert_archive("z", "z", true).unwrap();
    store.insert_archive_entry("z", 0, &entry).unwrap();
    store.remove_file("f").unwrap();
    assert!(store.needs_blob("b").unwrap());
    assert!(!store.needs_blob("c").unwrap());
}
