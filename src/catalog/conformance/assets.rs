//! Assets of files, and leases of transcodes.

use super::super::{Asset, Catalog, File, Write};
use super::leases::check_end;
use super::{file, folder, functions, read, write};
use crate::model::media_type::MediaType;

functions![
    assets_are_found_by_file_and_name,
    replaced_asset_frees_its_blob,
    assets_go_with_their_file,
    assets_and_transcodes_go_with_a_tree,
    total_size_counts_assets,
    cleared_catalog_has_no_assets,
    leased_transcode_is_taken_again_after_its_time,
    transcodes_are_taken_in_the_order_of_their_files,
    repeated_transcode_starts_over_and_stays_leased,
    released_transcode_is_taken_at_once_and_counts_no_try,
    backlog_is_queued_in_its_order,
    backlog_goes_with_its_files,
];

fn asset(file: &str, name: &str, blob: &str, size: i64) -> Asset {
    Asset {
        file: file.into(),
        name: name.into(),
        blob: blob.into(),
        size,
        hash: format!("hash of {blob}"),
        crc: u32::MAX,
        facts: format!(r#"{{"width":{size}}}"#),
    }
}

fn plant(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("p", "media-root", 1))?;
        for id in ["b", "a", "c"] {
            writer.insert_file(&file(id, "p", 1))?;
        }
        Ok(())
    });
}

/// The files whose transcodes are taken at `now`, each with its tries.
fn transcodes(writer: &mut dyn Write, now: i64, until: i64, limit: u32) -> String {
    let taken = writer.take_transcodes(now, until, limit).unwrap();
    taken
        .into_iter()
        .map(|transcode| format!("{}{}", transcode.file, transcode.tries))
        .collect()
}

/// An asset is returned as it was written. Those of several files come in the order of the files, then of their names.
pub fn assets_are_found_by_file_and_name(catalog: &dyn Catalog) {
    plant(catalog);
    let assets = [
        asset("a", "2", "x", 5),
        asset("a", "1", "y", 6),
        asset("b", "1", "z", 7),
    ];
    write(catalog, |writer| {
        assets.iter().try_for_each(|asset| writer.put_asset(asset))
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.asset("a", "2").unwrap().as_ref(), Some(&assets[0]));
    assert_eq!(snapshot.asset("a", "3").unwrap(), None);
    assert_eq!(snapshot.asset("c", "1").unwrap(), None);
    let found = snapshot.assets_of(&["b", "nobody", "a"]).unwrap();
    assert_eq!(found, [assets[2].clone(), assets[1].clone(), assets[0].clone()]);
}

/// The blob of an asset is needed until the asset is replaced or removed.
pub fn replaced_asset_frees_its_blob(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.put_asset(&asset("a", "1", "old", 5))?;
        writer.put_asset(&asset("a", "2", "kept", 5))?;
        writer.put_asset(&asset("a", "1", "new", 6))
    });
    let needs = |blob: &str| read(catalog, |snapshot| snapshot.needs_blob(blob));
    assert_eq!(["old", "new", "kept"].map(needs), [false, true, true]);
    let named = ["old", "new"].map(str::to_owned);
    assert_eq!(read(catalog, |snapshot| snapshot.blobs_of_rows(&named)), ["new"]);
    write(catalog, |writer| {
        writer.remove_asset("a", "1")?;
        writer.remove_asset("a", "nothing")
    });
    assert_eq!(["old", "new", "kept"].map(needs), [false, false, true]);
}

/// A file that is removed for good takes its assets and its transcode along, and no others.
pub fn assets_go_with_their_file(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        for id in ["a", "b"] {
            writer.put_asset(&asset(id, "1", id, 5))?;
            writer.put_transcode(id, 9)?;
        }
        writer.remove_files(&["a"])
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.assets_of(&["a", "b"]).unwrap(), [asset("b", "1", "b", 5)]);
    assert_eq!(snapshot.transcode("a").unwrap(), None);
    assert_eq!(snapshot.transcode("b").unwrap().unwrap().ready_at, 9);
}

/// So does a tree.
pub fn assets_and_transcodes_go_with_a_tree(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.put_asset(&asset("a", "1", "x", 5))?;
        writer.put_transcode("a", 9)?;
        writer.remove_tree("p")
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.assets_of(&["a"]).unwrap(), []);
    assert!(!snapshot.has_transcodes(i64::MAX).unwrap());
    assert!(!snapshot.needs_blob("x").unwrap());
}

/// The total size follows added, replaced and removed assets.
pub fn total_size_counts_assets(catalog: &dyn Catalog) {
    plant(catalog);
    let total = || read(catalog, |snapshot| snapshot.total_size());
    write(catalog, |writer| {
        writer.put_asset(&asset("a", "1", "x", 5))?;
        writer.put_asset(&asset("b", "1", "y", 7))
    });
    assert_eq!(total(), 12);
    write(catalog, |writer| writer.put_asset(&asset("a", "1", "z", 100)));
    assert_eq!(total(), 107);
    write(catalog, |writer| writer.remove_files(&["a"]));
    assert_eq!(total(), 7);
    write(catalog, |writer| writer.remove_asset("b", "1"));
    assert_eq!(total(), 0);
}

/// Clearing the catalog dooms the blobs of assets.
pub fn cleared_catalog_has_no_assets(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.put_asset(&asset("a", "1", "x", 5))?;
        writer.put_transcode("a", 9)?;
        writer.clear(4)
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.assets_of(&["a"]).unwrap(), []);
    assert_eq!(snapshot.transcode("a").unwrap(), None);
    assert_eq!(snapshot.total_size().unwrap(), 0);
    assert_eq!(snapshot.doomed_blobs(4, 4, "", 9).unwrap(), ["x"]);
}

/// A transcode is taken once, not again before its lease ends, and again from then on. Each time counts as a try.
pub fn leased_transcode_is_taken_again_after_its_time(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| writer.put_transcode("a", 9));
    assert!(read(catalog, |snapshot| snapshot.has_transcodes(100)));
    assert_eq!(write(catalog, |writer| Ok(transcodes(writer, 100, 200, 9))), "a1");
    check_end(catalog, |snapshot, now| snapshot.has_transcodes(now), transcodes, "a2");
    write(catalog, |writer| writer.end_leases());
    assert_eq!(write(catalog, |writer| Ok(transcodes(writer, 200, 300, 9))), "a3");
    write(catalog, |writer| writer.remove_transcode("a"));
    assert!(!read(catalog, |snapshot| snapshot.has_transcodes(i64::MAX)));
}

/// A batch holds the oldest files whose transcodes are free.
pub fn transcodes_are_taken_in_the_order_of_their_files(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        for id in ["a", "b", "c"] {
            writer.put_transcode(id, 9)?;
        }
        Ok(())
    });
    assert_eq!(write(catalog, |writer| Ok(transcodes(writer, 1, 2, 2))), "b1a1");
    assert_eq!(write(catalog, |writer| Ok(transcodes(writer, 1, 2, 2))), "c1");
    assert_eq!(write(catalog, |writer| Ok(transcodes(writer, 1, 2, 2))), "");
}

/// Adding a transcode again counts its tries from 0 and does not end its lease.
pub fn repeated_transcode_starts_over_and_stays_leased(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.put_transcode("a", 9)?;
        assert_eq!(transcodes(writer, 1, 5, 9), "a1");
        writer.put_transcode("a", 8)?;
        assert_eq!(transcodes(writer, 1, 5, 9), "");
        assert_eq!(writer.transcode("a")?.map(|transcode| transcode.ready_at), Some(8));
        assert_eq!(transcodes(writer, 5, 6, 9), "a1");
        Ok(())
    });
}

/// The backlog becomes transcodes in the order in which it was put together, each video once.
pub fn backlog_is_queued_in_its_order(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.put_transcode("c", 9)?;
        assert!(!writer.has_backlog()?);
        for id in ["c", "a", "b", "a"] {
            writer.put_backlog(id)?;
        }
        assert!(writer.has_backlog()?);
        assert_eq!(writer.waiting_transcodes(1)?, 4);
        assert_eq!(transcodes(writer, 1, 5, 9), "c1");
        assert_eq!(writer.waiting_transcodes(1)?, 3);
        // One that is leased stays leased.
        assert_eq!(writer.queue_backlog(2)?, 2);
        assert_eq!(writer.waiting_transcodes(1)?, 2);
        assert_eq!(transcodes(writer, 1, 5, 9), "a1");
        assert_eq!(writer.queue_backlog(2)?, 1);
        assert_eq!(writer.queue_backlog(2)?, 0);
        assert!(!writer.has_backlog()?);
        assert_eq!(transcodes(writer, 1, 5, 9), "b1");
        Ok(())
    });
}

/// A video that is removed for good leaves the backlog, alone, with its folder or with everything.
pub fn backlog_goes_with_its_files(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("p", "media-root", 1))?;
        for (id, parent) in [("a", "p"), ("b", "p"), ("c", "media-root"), ("d", "media-root")] {
            writer.insert_file(&File {
                media_type: MediaType::Video,
                ..file(id, parent, 1)
            })?;
            writer.put_backlog(id)?;
        }
        writer.remove_files(&["c"])?;
        assert_eq!(writer.waiting_transcodes(0)?, 3);
        writer.remove_tree("p")?;
        assert_eq!(writer.waiting_transcodes(0)?, 1);
        writer.clear(4)?;
        assert!(!writer.has_backlog()?);
        Ok(())
    });
}

/// A released transcode is taken again before its lease would have ended, as if it had not been taken.
pub fn released_transcode_is_taken_at_once_and_counts_no_try(catalog: &dyn Catalog) {
    plant(catalog);
    write(catalog, |writer| {
        writer.put_transcode("a", 9)?;
        writer.put_transcode("b", 9)?;
        assert_eq!(transcodes(writer, 1, 5, 9), "b1a1");
        writer.release_transcode("a")?;
        writer.release_transcode("nobody")?;
        assert_eq!(transcodes(writer, 1, 5, 9), "a1");
        Ok(())
    });
}
