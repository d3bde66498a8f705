//! Bundles, and the blobs that nothing needs.

use super::super::{BundleEntry, Catalog, Upload};
use super::{file, functions, read, write};

functions![
    bundle_keeps_its_entries_in_order,
    removed_bundle_is_gone_with_its_entries,
    kept_entries_are_those_of_no_file,
    excess_bundles_are_the_oldest,
    temporary_bundles_are_found_by_age,
    blob_is_needed_by_files_uploads_and_bundles,
    needed_blob_is_not_doomed,
    blob_doomed_again_begins_its_time_again,
    orphan_doomed_again_keeps_its_time,
    doomed_blobs_come_in_pages,
    doomed_blobs_are_taken_within_their_time,
    blob_doomed_again_is_not_taken,
];

fn entry(path: &str, blob: Option<&str>) -> BundleEntry {
    BundleEntry {
        path: path.into(),
        blob: blob.map(str::to_owned),
        size: 5,
        crc: u32::MAX,
        updated: 9,
    }
}

/// Entries are read from any position on, with their positions.
pub fn bundle_keeps_its_entries_in_order(catalog: &dyn Catalog) {
    let entries = [entry("z/", None), entry("z/a", Some("b1")), entry("b", Some("b2"))];
    write(catalog, |writer| {
        writer.insert_bundle("id", "name", false, 1)?;
        writer.insert_bundle("other", "name", false, 1)?;
        writer.insert_bundle_entries("id", 2, &entries[2..])?;
        writer.insert_bundle_entries("id", 0, &entries[..2])?;
        writer.insert_bundle_entries("other", 0, &entries[..1])
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.bundle("id").unwrap(), Some(("name".to_owned(), 1)));
    assert_eq!(snapshot.bundle("nobody").unwrap(), None);
    let numbered: Vec<_> = (0..).zip(entries).collect();
    assert_eq!(snapshot.bundle_entries("id", 0, 2).unwrap(), numbered[..2]);
    assert_eq!(snapshot.bundle_entries("id", 2, 2).unwrap(), numbered[2..]);
    assert_eq!(snapshot.bundle_entries("id", 3, 2).unwrap(), []);
}

/// A removed bundle takes its entries along and no others.
pub fn removed_bundle_is_gone_with_its_entries(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for id in ["id", "other"] {
            writer.insert_bundle(id, "name", false, 1)?;
            writer.insert_bundle_entries(id, 0, &[entry("a", None)])?;
        }
        writer.remove_bundle("id")?;
        writer.remove_bundle("nobody")
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.bundle("id").unwrap(), None);
    assert_eq!(snapshot.bundle_entries("id", 0, 9).unwrap(), []);
    assert_eq!(snapshot.bundle_entries("other", 0, 9).unwrap().len(), 1);
}

/// Each blob that only bundles list is returned once, in pages, whatever number of bundles list it.
pub fn kept_entries_are_those_of_no_file(catalog: &dyn Catalog) {
    let mut one = file("f", "p", 1);
    one.blob = Some("b2".into());
    write(catalog, |writer| {
        writer.insert_file(&one)?;
        for id in ["id", "other"] {
            writer.insert_bundle(id, "name", false, 1)?;
            let entries = [
                entry("folder/", None),
                entry("b", Some("b2")),
                entry("c", Some("b3")),
                entry("a", Some("b1")),
            ];
            writer.insert_bundle_entries(id, 0, &entries)?;
        }
        Ok(())
    });
    let kept = |after: &str, limit| {
        let entries = read(catalog, |snapshot| snapshot.kept_entries(after, limit));
        entries
            .into_iter()
            .map(|entry| (entry.path, entry.blob))
            .collect::<Vec<_>>()
    };
    let of = |path: &str, blob: &str| (path.to_owned(), Some(blob.to_owned()));
    assert_eq!(kept("", 9), [of("a", "b1"), of("c", "b3")]);
    assert_eq!(kept("", 1), [of("a", "b1")]);
    assert_eq!(kept("b1", 1), [of("c", "b3")]);
    assert_eq!(kept("b3", 1), []);
}

/// The oldest go first, as many as needed for either limit. Temporary ones do not count, and the newest always stays.
pub fn excess_bundles_are_the_oldest(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (id, created) in [("c", 30), ("a", 10), ("b", 20), ("d", 40)] {
            writer.insert_bundle(id, "name", false, created)?;
            writer.insert_bundle_entries(id, 0, &[entry("1", None), entry("2", None)])?;
        }
        writer.insert_bundle("gone", "name", false, 1)?;
        writer.insert_bundle_entries("gone", 0, &[entry("1", None)])?;
        writer.remove_bundle("gone")?;
        writer.insert_bundle("temporary", "name", true, 1)?;
        writer.insert_bundle_entries("temporary", 0, &[entry("1", None), entry("2", None), entry("3", None)])
    });
    let excess = |bundles, entries| read(catalog, |snapshot| snapshot.excess_bundles(bundles, entries));
    assert_eq!(excess(4, 8), [""; 0]);
    assert_eq!(excess(2, 8), ["a", "b"]);
    assert_eq!(excess(4, 7), ["a"]);
    assert_eq!(excess(4, 5), ["a", "b"]);
    assert_eq!(excess(0, 0), ["a", "b", "c"]);
}

/// Only temporary bundles are found, and only those that are old enough.
pub fn temporary_bundles_are_found_by_age(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_bundle("lasting", "n", false, 1)?;
        writer.insert_bundle("young", "n", true, 20)?;
        writer.insert_bundle("old", "n", true, 10)
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.temporary_bundles(9).unwrap(), [""; 0]);
    assert_eq!(snapshot.temporary_bundles(10).unwrap(), ["old"]);
    assert_eq!(snapshot.temporary_bundles(20).unwrap(), ["old", "young"]);
}

/// Each of the three keeps a blob on its own, and a file in the trash does so too.
pub fn blob_is_needed_by_files_uploads_and_bundles(catalog: &dyn Catalog) {
    let needed = || read(catalog, |snapshot| snapshot.needs_blob("b"));
    let mut one = file("f", "p", 1);
    one.blob = Some("b".into());
    write(catalog, |writer| writer.insert_file(&one));
    assert!(needed(), "by a file");
    let upload = Upload {
        resumable: true,
        transfer: Some("t".into()),
        blob: Some("b".into()),
        length: 1,
        ..Upload::new("u", "f", "{}", 5)
    };
    write(catalog, |writer| {
        writer.put_upload(&upload)?;
        writer.remove_files(&["f"])
    });
    assert!(needed(), "by an upload");
    write(catalog, |writer| {
        writer.insert_bundle("z", "n", true, 1)?;
        writer.insert_bundle_entries("z", 0, &[entry("a", Some("b"))])?;
        writer.remove_uploads(6)
    });
    assert!(needed(), "by a bundle");
    write(catalog, |writer| writer.remove_bundle("z"));
    assert!(!needed());
}

/// Dooming returns each blob that is not needed once, in the order given, also one that was doomed before.
pub fn needed_blob_is_not_doomed(catalog: &dyn Catalog) {
    let mut one = file("f", "p", 1);
    one.blob = Some("needed".into());
    let blobs = ["c", "needed", "a"].map(str::to_owned);
    write(catalog, |writer| {
        writer.insert_file(&one)?;
        assert_eq!(writer.doom_blobs(&blobs, 10)?, ["c", "a"]);
        assert_eq!(writer.doom_blobs(&[&blobs[2..], &blobs].concat(), 10)?, ["a", "c"]);
        writer.doom_orphans(&blobs, 10)?;
        assert_eq!(writer.doomed_count()?, 2);
        writer.remove_files(&["f"])?;
        assert_eq!(writer.doom_blobs(&blobs, 10)?, ["c", "needed", "a"]);
        Ok(())
    });
    assert_eq!(read(catalog, |snapshot| snapshot.doomed_count()), 3);
}

/// A row can name a blob that was doomed as an orphan: an upload writes its blob before its row. When that row goes, others may be
/// reading the blob, so its time begins again.
pub fn blob_doomed_again_begins_its_time_again(catalog: &dyn Catalog) {
    let blobs = ["a".to_owned()];
    let doomed = |until| read(catalog, |snapshot| snapshot.doomed_blobs(0, until, "", 9));
    let mut one = file("f", "p", 1);
    one.blob = Some("a".into());
    write(catalog, |writer| writer.doom_orphans(&blobs, 10));
    write(catalog, |writer| writer.insert_file(&one));
    let freed = write(catalog, |writer| {
        writer.remove_files(&["f"])?;
        writer.doom_blobs(&blobs, 20)
    });
    assert_eq!(freed, ["a"]);
    assert_eq!(doomed(19), [""; 0]);
    assert_eq!(doomed(20), ["a"]);
}

/// Dooming an orphan again does not make it younger, and a forgotten one can be doomed again.
pub fn orphan_doomed_again_keeps_its_time(catalog: &dyn Catalog) {
    let blobs = ["a".to_owned()];
    let doomed = |until| read(catalog, |snapshot| snapshot.doomed_blobs(0, until, "", 9));
    write(catalog, |writer| writer.doom_orphans(&blobs, 10));
    write(catalog, |writer| writer.doom_orphans(&blobs, 20));
    assert_eq!(doomed(9), [""; 0]);
    assert_eq!(doomed(10), ["a"]);
    let taken = write(catalog, |writer| {
        writer.take_doomed(&["a".into(), "nobody".into()], 0, 10)
    });
    assert_eq!(taken, ["a"]);
    assert_eq!(doomed(i64::MAX), [""; 0]);
    write(catalog, |writer| writer.doom_orphans(&blobs, 30));
    assert_eq!(doomed(29), [""; 0]);
    let mut writer = catalog.write().unwrap();
    writer.doom_orphans(&["b".into()], 30).unwrap();
    drop(writer);
    assert_eq!(doomed(i64::MAX), ["a"], "a dropped writer dooms nothing");
}

/// Pages are in the order of the ids and hold only blobs that have been doomed long enough.
pub fn doomed_blobs_come_in_pages(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (blob, since) in [("d", 10), ("a", 10), ("c", 99), ("b", 5)] {
            writer.doom_blobs(&[blob.into()], since)?;
        }
        Ok(())
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.doomed_blobs(5, 10, "", 2).unwrap(), ["a", "b"]);
    assert_eq!(snapshot.doomed_blobs(5, 10, "b", 2).unwrap(), ["d"]);
    assert_eq!(snapshot.doomed_blobs(5, 10, "d", 2).unwrap(), [""; 0]);
    assert_eq!(snapshot.doomed_blobs(6, 10, "", 9).unwrap(), ["a", "d"]);
    assert_eq!(snapshot.doomed_blobs(11, 98, "", 9).unwrap(), [""; 0]);
}

/// Taking forgets what was doomed within the time, and returns what no row names, each blob once, in the order given.
pub fn doomed_blobs_are_taken_within_their_time(catalog: &dyn Catalog) {
    let mut one = file("f", "p", 1);
    one.blob = Some("needed".into());
    let blobs = ["d", "early", "needed", "a", "late", "d", "nobody"].map(str::to_owned);
    write(catalog, |writer| {
        for (blob, since) in [
            ("a", 10),
            ("d", 5),
            ("early", 4),
            ("late", 11),
            ("needed", 7),
            ("other", 7),
        ] {
            writer.doom_orphans(&[blob.into()], since)?;
        }
        writer.insert_file(&one)
    });
    let mut writer = catalog.write().unwrap();
    assert_eq!(writer.take_doomed(&blobs, 5, 10).unwrap(), ["d", "a"]);
    drop(writer);
    assert_eq!(
        read(catalog, |snapshot| snapshot.doomed_count()),
        6,
        "a dropped writer takes nothing"
    );
    let taken = write(catalog, |writer| writer.take_doomed(&blobs, 5, 10));
    assert_eq!(taken, ["d", "a"]);
    let left = read(catalog, |snapshot| snapshot.doomed_blobs(0, i64::MAX, "", 9));
    assert_eq!(left, ["early", "late", "other"]);
    assert_eq!(
        write(catalog, |writer| writer.take_doomed(&blobs, 5, 10)),
        [""; 0],
        "each is taken once"
    );
}

/// A blob can be doomed again between the look for old ones and their removal, when its last row goes. It keeps its new time.
pub fn blob_doomed_again_is_not_taken(catalog: &dyn Catalog) {
    let mut one = file("f", "p", 1);
    one.blob = Some("a".into());
    write(catalog, |writer| writer.doom_orphans(&["a".into()], 10));
    write(catalog, |writer| writer.insert_file(&one));
    let old = read(catalog, |snapshot| snapshot.doomed_blobs(0, 15, "", 9));
    assert_eq!(old, ["a"]);
    write(catalog, |writer| {
        writer.remove_files(&["f"])?;
        writer.doom_blobs(&old, 20)
    });
    assert_eq!(write(catalog, |writer| writer.take_doomed(&old, 0, 15)), [""; 0]);
    assert_eq!(read(catalog, |snapshot| snapshot.doomed_blobs(20, 20, "", 9)), ["a"]);
}
