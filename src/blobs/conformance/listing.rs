//! Lists of blobs, and their removal.

use super::super::Blobs;
use super::{content, functions, put};
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

functions![
    list_holds_every_blob_once,
    list_continues_behind_a_removed_blob,
    removed_blob_is_gone,
    removed_leftovers_are_no_blobs,
];

fn pages(blobs: &dyn Blobs, limit: usize) -> Vec<String> {
    let mut listed: Vec<String> = Vec::new();
    loop {
        let after = listed.last().cloned().unwrap_or_default();
        let page = blobs.list(&after, limit).unwrap();
        assert!(page.len() <= limit);
        if page.is_empty() {
            return listed;
        }
        listed.extend(page);
    }
}

/// Pages of every size hold each blob once, in the same order.
pub fn list_holds_every_blob_once(blobs: &dyn Blobs) {
    assert_eq!(blobs.list("", 9).unwrap(), [""; 0]);
    let mut ids: BTreeSet<String> = (0..300).map(|number| format!("blob{number}")).collect();
    ids.extend(["a-1", "C_2", "c_2"].map(str::to_owned));
    for id in &ids {
        put(blobs, id, id.as_bytes());
    }
    let all = pages(blobs, 1000);
    assert_eq!(all.iter().cloned().collect::<BTreeSet<_>>(), ids);
    assert_eq!(all.len(), ids.len());
    for limit in [1, 7, 302, 303] {
        assert_eq!(pages(blobs, limit), all, "in pages of {limit}");
    }
}

/// A cursor stays valid when its blob is removed, as a sweep does.
pub fn list_continues_behind_a_removed_blob(blobs: &dyn Blobs) {
    for number in 0..50 {
        put(blobs, &format!("{number}"), b"x");
    }
    let mut after = String::new();
    let mut count = 0;
    loop {
        let page = blobs.list(&after, 7).unwrap();
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        count += page.len();
        for id in page {
            blobs.remove(&id).unwrap();
        }
    }
    assert_eq!(count, 50);
    assert_eq!(blobs.list("", 9).unwrap(), [""; 0]);
}

/// Removing takes one blob, and succeeds when it is gone already.
pub fn removed_blob_is_gone(blobs: &dyn Blobs) {
    put(blobs, "a", b"one");
    put(blobs, "b", b"two");
    blobs.sync("a").unwrap();
    blobs.remove("a").unwrap();
    blobs.remove("a").unwrap();
    assert_eq!(blobs.size("a").unwrap(), None);
    assert_eq!(blobs.list("", 9).unwrap(), ["b"]);
}

/// Removing leftovers removes no blob, neither a complete one nor one to which bytes are added.
pub fn removed_leftovers_are_no_blobs(blobs: &dyn Blobs) {
    put(blobs, "complete", b"complete");
    let mut writer = blobs.take_over("open", 0, 1).unwrap();
    blobs.append(&mut writer, b"one").unwrap();
    blobs.sync("open").unwrap();
    let mut writer = blobs.take_over("open", 3, 2).unwrap();
    // Not every target of the crate has a clock.
    let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 33);
    blobs.remove_leftovers(later).unwrap();
    blobs.append(&mut writer, b" two").unwrap();
    blobs.sync("open").unwrap();
    blobs.end_writer("open").unwrap();
    assert_eq!(content(blobs, "complete"), b"complete");
    assert_eq!(content(blobs, "open"), b"one two");
}
