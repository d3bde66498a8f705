//! Changes of everything at once: reset, bulk loading, and areas that follow from places.

use super::super::{Area, Catalog, Children, Entity, Folder, NewDelivery, Page, Result, Trashed, Upload, Write};
use super::{file, folder, functions, import, read, write};
use crate::model::system_folder::{TRASH_ROOT, VISITOR_UPLOADS};

functions![
    cleared_catalog_keeps_settings_and_numbers,
    cleared_catalog_dooms_every_blob,
    cleared_catalog_searches_new_items,
    loaded_items_are_like_inserted_ones,
    load_after_clear_replaces_everything,
    dropped_load_leaves_everything_as_before,
    areas_follow_from_places,
    invalid_places_are_found,
];

/// The ids of the files with this text, in one.
fn found(catalog: &dyn Catalog, text: &str) -> String {
    let mut page = Page::new(Children::Of("media-root".into()), 9);
    page.text = text.into();
    let files = read(catalog, |snapshot| snapshot.files(&page));
    files.into_iter().map(|file| file.id).collect()
}

/// A file with a blob and a name to search for.
fn photo(id: &str, size: i64) -> super::super::File {
    let mut one = file(id, "media-root", 1);
    one.name = format!("photo {id}");
    one.size = size;
    one.blob = Some(format!("blob of {id}"));
    one
}

/// Everything is gone but the settings; the numbers of events and deliveries continue.
pub fn cleared_catalog_keeps_settings_and_numbers(catalog: &dyn Catalog) {
    let (event, delivery) = write(catalog, |writer| {
        writer.insert_folder(&folder("f", "media-root", 1))?;
        writer.insert_file(&photo("a", 5))?;
        writer.put_import(&import("a"))?;
        writer.set_setting("s", "1")?;
        let event = writer.insert_events(&["e".into()])?;
        writer.insert_deliveries(&[NewDelivery {
            event,
            url: "u",
            due: 1,
        }])?;
        writer.insert_bundle("z", "z", false, 1)?;
        writer.put_upload(&upload())?;
        writer.insert_job(&super::super::Job {
            due: 1,
            operation: "o".into(),
            fields: "{}".into(),
        })?;
        let delivery = writer.take_deliveries(&["u"], 1, 1, 9)?[0].number;
        writer.clear(50)?;
        Ok((event, delivery))
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.all_folders("", 9).unwrap(), []);
    assert_eq!(snapshot.all_files("", 9).unwrap(), []);
    assert_eq!(snapshot.events(0, 9).unwrap(), []);
    assert_eq!(snapshot.next_delivery(&["u"], 1).unwrap(), None);
    assert_eq!(snapshot.delivery(delivery).unwrap(), None);
    assert_eq!(snapshot.bundle("z").unwrap(), None);
    assert_eq!(snapshot.upload("u").unwrap(), None);
    assert_eq!(snapshot.import("a").unwrap(), None);
    assert_eq!(snapshot.next_due().unwrap(), None);
    assert_eq!(snapshot.total_size().unwrap(), 0);
    assert_eq!(snapshot.last_event().unwrap(), event);
    assert_eq!(snapshot.setting("s").unwrap().as_deref(), Some("1"));
    drop(snapshot);
    write(catalog, |writer| {
        let next = writer.insert_events(&["e".into()])?;
        assert!(next > event);
        writer.insert_deliveries(&[NewDelivery {
            event: next,
            url: "u",
            due: 1,
        }])?;
        assert!(writer.take_deliveries(&["u"], 1, 1, 9)?[0].number > delivery);
        Ok(())
    });
}

fn upload() -> Upload {
    Upload {
        resumable: true,
        transfer: Some("t".into()),
        blob: Some("blob of u".into()),
        length: 1,
        ..Upload::new("u", "f", "{}", 5)
    }
}

/// The blobs of files, uploads and bundles are doomed; the time of one that was doomed before begins again if a row named it.
pub fn cleared_catalog_dooms_every_blob(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.doom_orphans(&["earlier".into(), "blob of a".into()], 10)?;
        writer.insert_file(&photo("a", 5))?;
        writer.insert_file(&file("empty", "media-root", 1))?;
        writer.put_upload(&upload())?;
        writer.insert_bundle("z", "z", false, 1)?;
        let entry = |blob: &str| super::super::BundleEntry {
            path: blob.into(),
            blob: Some(blob.into()),
            size: 0,
            crc: 0,
            updated: 0,
        };
        writer.insert_bundle_entries("z", 0, &[entry("blob of a"), entry("blob of z")])?;
        writer.clear(50)
    });
    let doomed = |until| read(catalog, |snapshot| snapshot.doomed_blobs(0, until, "", 9));
    assert_eq!(doomed(49), ["earlier"]);
    assert_eq!(doomed(50), ["blob of a", "blob of u", "blob of z", "earlier"]);
}

/// After a clear, searches find new items only, and items can be removed one by one.
pub fn cleared_catalog_searches_new_items(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_file(&photo("a", 5))?;
        writer.insert_folder(&folder("photo", "media-root", 1))?;
        writer.clear(50)
    });
    assert_eq!(found(catalog, "photo"), "");
    write(catalog, |writer| writer.insert_file(&photo("d", 7)));
    assert_eq!(found(catalog, "photo"), "d");
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 7);
    write(catalog, |writer| writer.remove_files(&["d"]));
    assert_eq!(found(catalog, "photo"), "");
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 0);
    assert!(catalog.is_intact().unwrap());
}

fn load(writer: &mut dyn Write, count: i64) -> Result<()> {
    writer.begin_load()?;
    for number in 0..count {
        writer.insert_file(&photo(&format!("f{number}"), number))?;
    }
    writer.insert_folder(&Folder::new("g", "photo folder", "media-root", Area::Site, 1))?;
    writer.end_load()
}

/// Loaded items are found, counted and removed like all others, beside those that were there before.
pub fn loaded_items_are_like_inserted_ones(catalog: &dyn Catalog) {
    write(catalog, |writer| writer.insert_file(&photo("before", 1000)));
    write(catalog, |writer| load(writer, 500));
    write(catalog, |writer| writer.insert_file(&photo("f4990", 1)));
    assert_eq!(found(catalog, "photo f499"), "f499f4990");
    assert_eq!(found(catalog, "photo before"), "before");
    let mut page = Page::new(Children::Of("media-root".into()), 9);
    page.text = "photo folder".into();
    assert_eq!(read(catalog, |snapshot| snapshot.folders(&page)).len(), 1);
    let sum = 500 * 499 / 2;
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 1000 + sum + 1);
    write(catalog, |writer| writer.remove_files(&["f499"]));
    assert_eq!(found(catalog, "photo f499"), "f4990");
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 1000 + sum + 1 - 499);
    assert!(catalog.is_intact().unwrap());
}

/// A restore clears and loads in one transaction; a snapshot never sees a half of it.
pub fn load_after_clear_replaces_everything(catalog: &dyn Catalog) {
    write(catalog, |writer| writer.insert_file(&photo("old", 1000)));
    write(catalog, |writer| {
        writer.clear(5)?;
        load(writer, 3)
    });
    assert_eq!(found(catalog, "photo"), "f0f1f2");
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 3);
    assert_eq!(
        read(catalog, |snapshot| snapshot.doomed_blobs(0, 5, "", 9)),
        ["blob of old"]
    );
    assert!(catalog.is_intact().unwrap());
}

/// A load that fails halfway is dropped with its writer, and inserting works as before.
pub fn dropped_load_leaves_everything_as_before(catalog: &dyn Catalog) {
    write(catalog, |writer| writer.insert_file(&photo("before", 1000)));
    let mut writer = catalog.write().unwrap();
    writer.begin_load().unwrap();
    writer.insert_file(&photo("i", 5)).unwrap();
    drop(writer);
    let mut writer = catalog.write().unwrap();
    writer.clear(5).unwrap();
    load(&mut *writer, 3).unwrap();
    drop(writer);
    assert_eq!(found(catalog, "photo"), "before");
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 1000);
    write(catalog, |writer| writer.insert_file(&photo("j", 7)));
    assert_eq!(found(catalog, "photo"), "beforej");
    assert_eq!(read(catalog, |snapshot| snapshot.total_size()), 1007);
    assert!(catalog.is_intact().unwrap());
}

fn trashed(area: Area) -> Option<Trashed> {
    Some(Trashed {
        parent: "media-root".into(),
        area,
        deletion: 1,
        at: 1,
    })
}

/// Items below the folder of the visitors get its area, and valid places are left as they are.
pub fn areas_follow_from_places(catalog: &dyn Catalog) {
    let mut gone = folder("t", TRASH_ROOT, 1);
    gone.area = Area::Trash;
    gone.trashed = trashed(Area::Visitors);
    write(catalog, |writer| {
        writer.insert_folder(&folder("a", VISITOR_UPLOADS, 1))?;
        writer.insert_folder(&folder("b", "a", 1))?;
        writer.insert_folder(&folder("c", "mobile-uploads", 1))?;
        writer.insert_file(&file("f", "b", 1))?;
        writer.insert_file(&file("g", "c", 1))?;
        writer.insert_file(&file("h", VISITOR_UPLOADS, 1))?;
        writer.insert_folder(&gone)?;
        assert_eq!(writer.settle_areas(100)?, None);
        Ok(())
    });
    let snapshot = catalog.read().unwrap();
    for (id, area) in [
        ("a", Area::Visitors),
        ("b", Area::Visitors),
        ("c", Area::Site),
        ("t", Area::Trash),
    ] {
        assert_eq!(snapshot.folder(id).unwrap().unwrap().area, area, "{id}");
    }
    for (id, area) in [("f", Area::Visitors), ("g", Area::Site), ("h", Area::Visitors)] {
        assert_eq!(snapshot.file(id).unwrap().unwrap().area, area, "{id}");
    }
}

/// The first item without a place, in a circle, too deep, or on the wrong side of the trash is returned.
pub fn invalid_places_are_found(catalog: &dyn Catalog) {
    let mut gone = folder("t", TRASH_ROOT, 1);
    gone.area = Area::Trash;
    gone.trashed = trashed(Area::Site);
    write(catalog, |writer| {
        writer.insert_folder(&folder("a", "media-root", 1))?;
        writer.insert_folder(&folder("b", "a", 1))?;
        writer.insert_folder(&gone)
    });
    let deep = |levels| write(catalog, |writer| writer.settle_areas(levels));
    assert_eq!(deep(2), None);
    assert_eq!(deep(1), Some((Entity::Folder, "b".to_owned())));
    for parent in ["nowhere", "x", "t", TRASH_ROOT] {
        let mut writer = catalog.write().unwrap();
        writer.insert_folder(&folder("x", parent, 1)).unwrap();
        let found = writer.settle_areas(100).unwrap();
        assert_eq!(found, Some((Entity::Folder, "x".to_owned())), "in {parent}");
    }
    let mut writer = catalog.write().unwrap();
    writer.insert_folder(&folder("x", "y", 1)).unwrap();
    writer.insert_folder(&folder("y", "x", 1)).unwrap();
    let found = writer.settle_areas(100).unwrap();
    assert_eq!(found, Some((Entity::Folder, "x".to_owned())), "in a circle");
    drop(writer);
    for (parent, area) in [("nowhere", Area::Site), ("t", Area::Site), ("a", Area::Trash)] {
        let mut lost = file("x", parent, 1);
        lost.area = area;
        lost.trashed = (area == Area::Trash).then(|| trashed(Area::Site)).flatten();
        let mut writer = catalog.write().unwrap();
        writer.insert_file(&lost).unwrap();
        let found = writer.settle_areas(100).unwrap();
        assert_eq!(found, Some((Entity::File, "x".to_owned())), "{area:?} in {parent}");
    }
    let mut writer = catalog.write().unwrap();
    writer.insert_folder(&folder("media-root", "media-root", 1)).unwrap();
    let found = writer.settle_areas(100).unwrap();
    assert!(found.is_some(), "a system folder below itself");
}
