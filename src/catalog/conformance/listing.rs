//! Pages of items.

use super::super::{Area, Catalog, Children, File, Folder, Item, Page, Sort, fold};
use super::{file, folder, functions, read, write};
use crate::model::media_type::MediaType;

functions![
    pages_are_the_same_in_every_size_and_direction,
    pages_of_equal_keys_follow_the_ids,
    pages_of_folders_merge_areas,
    pages_of_the_past_leave_out_later_changes,
    page_without_media_types_is_empty,
    page_starts_at_a_position_that_no_item_has,
];

/// Walks all pages to the end and back to the start, and compares what they hold.
pub(super) fn walk(catalog: &dyn Catalog, page: &Page, expected: &[&str]) {
    let snapshot = catalog.read().unwrap();
    let mut forwards = Vec::new();
    let mut next = page.clone();
    loop {
        let files = snapshot.files(&next).unwrap();
        assert!(files.len() <= page.limit as usize);
        let Some(last) = files.last() else { break };
        next.from = Some(last.position(page.sort));
        forwards.extend(files.into_iter().map(|file| file.id));
    }
    assert_eq!(forwards, expected, "{page:?}");
    next.backwards = true;
    let mut backwards = Vec::new();
    loop {
        let files = snapshot.files(&next).unwrap();
        let Some(last) = files.last() else { break };
        next.from = Some(last.position(page.sort));
        backwards.extend(files.into_iter().map(|file| file.id));
    }
    backwards.reverse();
    let before_last = expected.len().saturating_sub(1);
    assert_eq!(backwards, expected[..before_last], "backwards {page:?}");
}

/// Every order, filter and page size gives the same items, forwards and backwards.
pub fn pages_are_the_same_in_every_size_and_direction(catalog: &dyn Catalog) {
    let mut files = Vec::new();
    for number in 0..40_i64 {
        let name = ["b", "A", "\u{e9}", "a", "\u{1d11e}"][number as usize % 5];
        let mut one = File::new(&format!("f{number:02}"), name, "p", Area::Site, number % 7);
        one.size = number * 3 % 11 - 1;
        one.private = number % 3 == 0;
        one.media_type = [MediaType::Image, MediaType::Video, MediaType::Audio][number as usize % 3];
        one.labels = vec![format!("Label {}", number % 4)];
        if number % 4 == 3 {
            one.area = Area::Visitors;
        }
        files.push(one);
    }
    write(catalog, |writer| {
        files.iter().try_for_each(|file| writer.insert_file(file))
    });
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
                            page.media_types = Some(vec![MediaType::Image, MediaType::Audio]);
                            kept.retain(|file| file.media_type != MediaType::Video);
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
                            page.text = fold("\u{c9}");
                            kept.retain(|file| file.name == "\u{e9}");
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
                    walk(catalog, &page, &expected);
                }
            }
        }
    }
}

/// Items with one key are in ascending order of their ids, whatever the direction.
pub fn pages_of_equal_keys_follow_the_ids(catalog: &dyn Catalog) {
    let ids: Vec<String> = (0..25).map(|number| format!("f{number:02}")).collect();
    write(catalog, |writer| {
        ids.iter()
            .rev()
            .try_for_each(|id| writer.insert_file(&File::new(id, "same", "p", Area::Site, 1)))
    });
    let expected: Vec<_> = ids.iter().map(|id| &id[..]).collect();
    for sort in [Sort::Name, Sort::Updated, Sort::Size] {
        for descending in [false, true] {
            let mut page = Page::new(Children::Of("p".into()), 10);
            page.sort = sort;
            page.descending = descending;
            walk(catalog, &page, &expected);
        }
    }
}

/// A page of several areas is one list in one order. No area gives no items.
pub fn pages_of_folders_merge_areas(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (id, area) in [
            ("d", Area::Site),
            ("a", Area::Visitors),
            ("c", Area::Site),
            ("b", Area::Visitors),
        ] {
            writer.insert_folder(&Folder::new(id, id, "r", area, 1))?;
        }
        Ok(())
    });
    let names = |areas: &[Area], descending, limit| {
        let mut page = Page::new(Children::In(areas.to_vec()), limit);
        page.sort = Sort::Name;
        page.descending = descending;
        let folders = read(catalog, |snapshot| snapshot.folders(&page));
        folders.into_iter().map(|folder| folder.id).collect::<String>()
    };
    let both = [Area::Visitors, Area::Site];
    assert_eq!(names(&both, false, 10), "abcd");
    assert_eq!(names(&both, true, 3), "dcb");
    assert_eq!(names(&[Area::Site], false, 10), "cd");
    assert_eq!(names(&[Area::Trash], false, 10), "");
    assert_eq!(names(&[], false, 10), "");
}

/// A page with a time holds only what was changed and deleted at that time or before.
pub fn pages_of_the_past_leave_out_later_changes(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("gone", "r", 1))?;
        writer.insert_file(&file("in", "gone", 1))?;
        writer.trash_tree("gone", 1, 9)
    });
    let snapshot = catalog.read().unwrap();
    for (until, count) in [(8, 0), (9, 1)] {
        let mut page = Page::new(Children::In(vec![Area::Trash]), 10);
        page.until = Some(until);
        assert_eq!(
            snapshot.folders(&page).unwrap().len(),
            count,
            "deleted at 9, seen at {until}"
        );
        assert_eq!(
            snapshot.files(&page).unwrap().len(),
            count,
            "deleted at 9, seen at {until}"
        );
    }
}

/// An empty list of media types matches no file.
pub fn page_without_media_types_is_empty(catalog: &dyn Catalog) {
    write(catalog, |writer| writer.insert_file(&file("f", "p", 1)));
    let mut page = Page::new(Children::Of("p".into()), 10);
    assert_eq!(read(catalog, |snapshot| snapshot.files(&page)).len(), 1);
    assert_eq!(read(catalog, |snapshot| snapshot.folders(&page)), []);
    page.media_types = Some(Vec::new());
    assert_eq!(read(catalog, |snapshot| snapshot.files(&page)), []);
}

/// A cursor stays valid when its item has been removed or renamed.
pub fn page_starts_at_a_position_that_no_item_has(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        ["a", "c", "e", "g"]
            .iter()
            .try_for_each(|id| writer.insert_file(&file(id, "p", 1)))
    });
    let mut page = Page::new(Children::Of("p".into()), 10);
    page.sort = Sort::Name;
    page.descending = false;
    page.from = Some(file("d", "p", 1).position(Sort::Name));
    for (backwards, descending, expected) in [
        (false, false, "eg"),
        (true, false, "ca"),
        (false, true, "ca"),
        (true, true, "eg"),
    ] {
        page.backwards = backwards;
        page.descending = descending;
        let files = read(catalog, |snapshot| snapshot.files(&page));
        let found: String = files.into_iter().map(|file| file.id).collect();
        assert_eq!(found, expected, "{page:?}");
    }
}
