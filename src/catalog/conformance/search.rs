//! Searches.

use super::super::walk::compare;
use super::super::{Area, Catalog, Children, File, Folder, Item, Page, Sort, fold};
use super::listing::walk;
use super::{folder, functions, read, write};
use crate::model::media_type::MediaType;

functions![
    search_finds_substrings_without_regard_to_case,
    search_follows_updates_and_removals,
    search_of_folders_looks_at_names,
    search_is_limited_to_its_place,
    search_of_many_files_finds_those_far_from_the_start,
];

/// Four files and folders with texts that a query language could trip over.
fn plant(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (id, name, mime, label) in [
            ("1", "Straßenbahn.JPG", "image/jpeg", "Tram"),
            ("2", "100% \"quoted\"_*.png", "image/png", "写真"),
            ("3", "ОТПУСК.mov", "video/quicktime", "море"),
            ("4", "aaaaa", "x/y", "AND OR NOT NEAR(a b)"),
        ] {
            let mut one = File::new(id, name, "p", Area::Site, 1);
            one.mime = mime.into();
            one.labels = vec![label.into()];
            writer.insert_file(&one)?;
            writer.insert_folder(&Folder::new(id, name, "p", Area::Site, 1))?;
        }
        Ok(())
    });
}

/// The ids of the files with this text, in one.
fn files(catalog: &dyn Catalog, children: Children, text: &str) -> String {
    let mut page = Page::new(children, 10);
    page.text = fold(text);
    let files = read(catalog, |snapshot| snapshot.files(&page));
    files.into_iter().map(|file| file.id).collect()
}

fn folders(catalog: &dyn Catalog, children: Children, text: &str) -> String {
    let mut page = Page::new(children, 10);
    page.text = fold(text);
    let folders = read(catalog, |snapshot| snapshot.folders(&page));
    folders.into_iter().map(|folder| folder.id).collect()
}

/// Substrings of name, MIME type and labels match literally and without regard to case, from one character on, but never
/// across two of these texts.
pub fn search_finds_substrings_without_regard_to_case(catalog: &dyn Catalog) {
    plant(catalog);
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
        ("nowhere", ""),
    ] {
        assert_eq!(files(catalog, Children::In(vec![Area::Site]), text), ids, "{text:?}");
        assert_eq!(
            files(catalog, Children::Of("p".into()), text),
            ids,
            "{text:?} in a folder"
        );
    }
}

/// A search finds the new texts of an updated file, and neither its old ones nor a removed file.
pub fn search_follows_updates_and_removals(catalog: &dyn Catalog) {
    plant(catalog);
    let mut renamed = read(catalog, |snapshot| snapshot.file("1")).unwrap();
    renamed.name = "Bus".into();
    renamed.labels.clear();
    let mut folder = read(catalog, |snapshot| snapshot.folder("2")).unwrap();
    folder.name = "Bus".into();
    write(catalog, |writer| {
        writer.update_file(&renamed)?;
        writer.remove_files(&["3"])?;
        writer.update_folder(&folder)?;
        writer.remove_tree("4")
    });
    let everywhere = || Children::In(vec![Area::Site]);
    for (text, ids) in [
        ("strasse", ""),
        ("tram", ""),
        ("bus", "1"),
        ("отпуск", ""),
        ("jpeg", "1"),
    ] {
        assert_eq!(files(catalog, everywhere(), text), ids, "{text:?}");
    }
    for (text, ids) in [("quoted", ""), ("bus", "2"), ("aaaaa", ""), ("strasse", "1")] {
        assert_eq!(folders(catalog, everywhere(), text), ids, "{text:?} in folders");
    }
    assert!(catalog.is_intact().unwrap());
}

/// Folders are found by their names.
pub fn search_of_folders_looks_at_names(catalog: &dyn Catalog) {
    plant(catalog);
    for (text, ids) in [("STRASSE", "1"), ("%", "2"), ("jpeg", ""), ("aaa", "4")] {
        assert_eq!(folders(catalog, Children::Of("p".into()), text), ids, "{text:?}");
    }
}

/// Matches in another folder or area are left out.
pub fn search_is_limited_to_its_place(catalog: &dyn Catalog) {
    plant(catalog);
    assert_eq!(files(catalog, Children::Of("q".into()), "strasse"), "");
    assert_eq!(
        files(catalog, Children::In(vec![Area::Visitors, Area::Trash]), "strasse"),
        ""
    );
    assert_eq!(
        files(catalog, Children::In(vec![Area::Visitors, Area::Site]), "strasse"),
        "1"
    );
}

/// The pages of a search for `text`, in every order and with every filter, against all files that are in the catalog.
fn search_all(catalog: &dyn Catalog, all: &[File], text: &str) {
    let text = fold(text);
    for sort in [Sort::Name, Sort::Updated, Sort::Size] {
        for descending in [false, true] {
            for filter in 0..5 {
                let mut page = Page::new(Children::In(vec![Area::Site]), 2);
                (page.sort, page.descending, page.text) = (sort, descending, text.clone());
                match filter {
                    1 => page.children = Children::In(vec![Area::Trash]),
                    2 => page.private = Some(true),
                    3 => page.media_types = Some(vec![MediaType::Video]),
                    4 => page.until = Some(1290),
                    _ => {}
                }
                let mut found: Vec<&File> = all
                    .iter()
                    .filter(|file| {
                        let deleted = file.trashed.as_ref().map_or(0, |trashed| trashed.at);
                        file.folded().contains(&text)
                            && page.children == Children::In(vec![file.area])
                            && page.private.is_none_or(|private| file.private == private)
                            && page
                                .media_types
                                .as_ref()
                                .is_none_or(|types| types.contains(&file.media_type))
                            && page.until.is_none_or(|until| file.updated <= until && deleted <= until)
                    })
                    .collect();
                found.sort_by(|one, other| compare(&page, &one.position(sort), &other.position(sort)));
                let ids: Vec<_> = found.iter().map(|file| &file.id[..]).collect();
                walk(catalog, &page, &ids);
            }
        }
    }
}

/// A search finds files that a store does not meet first in their order, also after they have been changed, and where more of those with
/// the text are in the trash than in the place of the page.
pub fn search_of_many_files_finds_those_far_from_the_start(catalog: &dyn Catalog) {
    let mut all: Vec<File> = (0..2600)
        .map(|number: i64| {
            let word = if (1280..1320).contains(&number) {
                "needle \u{ab}"
            } else {
                "hay"
            };
            let parent = if number % 4 == 0 { "kept" } else { "gone" };
            let id = format!("{number:04}");
            let mut file = File::new(&id, &format!("{id} {word}"), parent, Area::Site, number);
            (file.size, file.private) = (number * 10, number % 5 == 0);
            file
        })
        .collect();
    write(catalog, |writer| {
        writer.insert_folder(&folder("kept", "r", 1))?;
        writer.insert_folder(&folder("gone", "r", 1))?;
        all.iter().try_for_each(|file| writer.insert_file(file))
    });
    for text in ["needle", "\u{ab}", "nowhere"] {
        search_all(catalog, &all, text);
    }
    // Each of these changes concerns another column, and only two of them the texts.
    all[1288].name = "0000 needle".into();
    all[1292].updated = 10;
    all[1296].size = 1;
    all[1300].private = false;
    all[1304].media_type = MediaType::Video;
    all[1308].name = "1308 hay".into();
    write(catalog, |writer| {
        writer.update_files(&all[1288..1309])?;
        writer.remove_files(&["1312"])?;
        writer.trash_tree("gone", 1, 1290)
    });
    all.remove(1312);
    for file in &mut all {
        *file = read(catalog, |snapshot| snapshot.file(&file.id)).unwrap();
    }
    for text in ["needle", "\u{ab}"] {
        search_all(catalog, &all, text);
    }
    assert!(catalog.is_intact().unwrap());
}
