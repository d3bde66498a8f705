//! Searches.

use super::super::{Area, Catalog, Children, File, Folder, Page, fold};
use super::{functions, read, write};

functions![
    search_finds_substrings_without_regard_to_case,
    search_follows_updates_and_removals,
    search_of_folders_looks_at_names,
    search_is_limited_to_its_place,
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
