//! Uploads, the fencing numbers of TUS transfers, and imports.

use super::super::{Catalog, Import, Upload};
use super::{file, folder, functions, import, read, write};

functions![
    upload_is_found_by_id_and_by_transfer,
    expired_uploads_are_removed,
    idle_uploads_are_removed_completed_ones_first,
    transfer_is_advanced_by_its_latest_epoch_only,
    unknown_transfer_is_not_advanced,
    import_keeps_its_latest_request,
    removed_import_leaves_its_file,
];

/// An upload that has been asked for.
fn upload(id: &str, expires: i64) -> Upload {
    Upload {
        resumable: true,
        ..Upload::new(id, "f", "{}", expires)
    }
}

/// An upload whose transfer has begun.
fn transferring(id: &str, transfer: &str) -> Upload {
    Upload {
        transfer: Some(transfer.into()),
        blob: Some("b".into()),
        length: i64::MAX,
        ..upload(id, 50)
    }
}

/// Every member of an upload survives, and putting it again replaces all of them.
pub fn upload_is_found_by_id_and_by_transfer(catalog: &dyn Catalog) {
    let full = Upload {
        done: true,
        received: 4,
        filename: Some("n".into()),
        epoch: 3,
        digest: Some("state".into()),
        metadata: Some("filename bg==".into()),
        ..transferring("u", "t")
    };
    write(catalog, |writer| {
        writer.put_upload(&upload("u", 50))?;
        writer.put_upload(&upload("v", 50))?;
        assert_eq!(writer.upload("u")?, Some(upload("u", 50)));
        assert_eq!(writer.upload_of_transfer("t")?, None);
        writer.put_upload(&full)
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.upload("u").unwrap().as_ref(), Some(&full));
    assert_eq!(snapshot.upload_of_transfer("t").unwrap().as_ref(), Some(&full));
    assert_eq!(snapshot.upload("v").unwrap(), Some(upload("v", 50)));
    assert_eq!(snapshot.upload("t").unwrap(), None);
}

/// Uploads with bytes stay. Completed ones go first, then those that expire first.
pub fn idle_uploads_are_removed_completed_ones_first(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.put_upload(&transferring("busy", "t"))?;
        writer.put_upload(&upload("late", 90))?;
        writer.put_upload(&upload("early", 10))?;
        let done = Upload {
            done: true,
            ..upload("done", 95)
        };
        writer.put_upload(&done)
    });
    let left = |removed: u64, ids: &[&str]| {
        for id in ["busy", "late", "early", "done"] {
            let found = read(catalog, |snapshot| snapshot.upload(id)).is_some();
            assert_eq!(found, ids.contains(&id), "{id} after {removed}");
        }
        assert_eq!(read(catalog, |snapshot| snapshot.upload_count()), ids.len() as u64);
    };
    for (removed, ids) in [
        (1, &["busy", "late", "early"][..]),
        (1, &["busy", "late"]),
        (1, &["busy"]),
        (0, &["busy"]),
    ] {
        assert_eq!(write(catalog, |writer| writer.remove_idle_uploads(1)), removed);
        left(removed, ids);
    }
}

/// An upload is removed when its token expired before the time given.
pub fn expired_uploads_are_removed(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.put_upload(&upload("u", 50))?;
        writer.put_upload(&upload("v", 51))?;
        writer.remove_uploads(50)?;
        assert!(writer.upload("u")?.is_some());
        writer.remove_uploads(51)?;
        assert_eq!(writer.upload("u")?, None);
        assert!(writer.upload("v")?.is_some());
        Ok(())
    });
}

/// Taking over a transfer gives it a larger epoch, after which a request with an older one changes nothing.
pub fn transfer_is_advanced_by_its_latest_epoch_only(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.put_upload(&transferring("u", "t"))?;
        writer.put_upload(&transferring("other", "s"))
    });
    let first = write(catalog, |writer| writer.take_over_transfer("t"));
    assert!(write(catalog, |writer| writer.advance_transfer("t", first, 10, "ten")));
    let second = write(catalog, |writer| writer.take_over_transfer("t"));
    assert!(second > first);
    assert!(!write(catalog, |writer| writer.advance_transfer("t", first, 20, "twenty")));
    assert!(!write(catalog, |writer| writer.advance_transfer(
        "t",
        second + 1,
        30,
        "thirty"
    )));
    let state = || {
        let upload = read(catalog, |snapshot| snapshot.upload("u")).unwrap();
        (upload.epoch, upload.received, upload.digest)
    };
    assert_eq!(state(), (second, 10, Some("ten".into())));
    assert!(write(catalog, |writer| writer.advance_transfer("t", second, 15, "fifteen")));
    assert!(
        write(catalog, |writer| writer.advance_transfer("t", second, 15, "fifteen")),
        "again"
    );
    assert_eq!(state(), (second, 15, Some("fifteen".into())));
    let mut writer = catalog.write().unwrap();
    writer.take_over_transfer("t").unwrap();
    drop(writer);
    assert!(write(catalog, |writer| writer.advance_transfer("t", second, 16, "sixteen")));
    let other = read(catalog, |snapshot| snapshot.upload("other")).unwrap();
    assert_eq!(other, transferring("other", "s"));
}

/// Nothing advances a transfer that is not stored.
pub fn unknown_transfer_is_not_advanced(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.put_upload(&upload("u", 50))?;
        assert_eq!(writer.take_over_transfer("t")?, 0);
        assert!(!writer.advance_transfer("t", 0, 1, "")?);
        assert_eq!(writer.upload("u")?, Some(upload("u", 50)));
        Ok(())
    });
}

/// Putting an import again sets its request.
pub fn import_keeps_its_latest_request(catalog: &dyn Catalog) {
    let changed = Import {
        file: "a".into(),
        request: "1".into(),
    };
    write(catalog, |writer| {
        writer.insert_file(&file("a", "p", 1))?;
        writer.put_import(&import("a"))?;
        assert_eq!(writer.import("a")?, Some(import("a")));
        writer.put_import(&changed)
    });
    assert_eq!(read(catalog, |snapshot| snapshot.import("a")), Some(changed));
    assert_eq!(read(catalog, |snapshot| snapshot.import("b")), None);
}

/// Removing an import leaves its file. An import in a trashed tree stays until the tree is removed.
pub fn removed_import_leaves_its_file(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("f", "r", 1))?;
        for id in ["a", "b"] {
            writer.insert_file(&file(id, "f", 1))?;
            writer.put_import(&import(id))?;
        }
        writer.remove_import("a")?;
        writer.remove_import("nobody")?;
        writer.trash_tree("f", 1, 2)
    });
    let snapshot = catalog.read().unwrap();
    assert!(snapshot.file("a").unwrap().is_some());
    assert_eq!(snapshot.import("a").unwrap(), None);
    assert!(snapshot.import("b").unwrap().is_some());
    drop(snapshot);
    write(catalog, |writer| writer.remove_tree("f"));
    assert_eq!(read(catalog, |snapshot| snapshot.import("b")), None);
}
