//! Searches among more files than are looked into one by one.

use crate::cluster::{cluster, new_id};
use std::cmp::Ordering;
use std::thread;
use std::time::Duration;
use wix_media::catalog::walk::compare;
use wix_media::catalog::{Area, Catalog, Children, Entity, File, Item, Page, Sort, fold};
use wix_media_postgres::{Limits, Site, Store};

/// Some files to be found, which are older than 6,000 others, in a site of the database at this URL.
fn planted(site: &Site, url: &str) -> Vec<File> {
    let names = [
        "Ember 12",
        "ember 12.jpg",
        "zz",
        "a-b+c",
        "\u{1f600}",
        "写真集",
        "50%_\\",
        "ember",
        "EMBER 12",
        "qj",
        "写真",
    ];
    let mut files = Vec::new();
    let mut writer = site.write().unwrap();
    for (number, name) in (0..).zip(names) {
        let mut file = File::new(&format!("f{number:02}"), name, "media-root", Area::Site, number / 3);
        file.size = number % 4;
        writer.insert_file(&file).unwrap();
        files.push(file);
    }
    writer.commit().unwrap();
    let number: String = format!("{site:?}").chars().filter(char::is_ascii_digit).collect();
    let others = format!(
        "INSERT INTO file (site, id, name, parent, area, created, updated, media_type, mime, private, size, hash, crc, status,
             labels, facts, external, tag)
         SELECT {number}, 'other' || n, 'o' || n, 'media-root', 0, n, 1000 + n, 'OTHER', 'x/y', false, 1000 + n, '', 0, 'READY',
             '[]', '{{}}', '{{}}', '' FROM generate_series(1, 6000) AS n;
         INSERT INTO file_text SELECT site, id, name, name, updated, size, media_type, private FROM file
         WHERE site = {number} AND id LIKE 'other%';
         INSERT INTO file_grams SELECT site, id, 'o' FROM file WHERE site = {number} AND id LIKE 'other%'"
    );
    cluster().run_at(url, &others);
    files
}

#[test]
fn rare_text_is_found_behind_many_other_files() {
    let site = cluster().site();
    let files = planted(&site, &cluster().url());
    let snapshot = site.read().unwrap();
    for text in [
        "ember 12",
        "EMBER",
        "zz",
        "z",
        "a-b",
        "-",
        "\u{1f600}",
        "写真",
        "写",
        "真集",
        "%_\\",
        "q",
        "nowhere",
        "xq",
    ] {
        for sort in [Sort::Updated, Sort::Name, Sort::Size] {
            for (descending, backwards) in [(true, false), (false, false), (true, true), (false, true)] {
                let mut page = Page::new(Children::In(vec![Area::Site, Area::Visitors]), 2);
                (page.sort, page.descending, page.backwards) = (sort, descending, backwards);
                page.text = fold(text);
                let mut expected: Vec<&File> = files.iter().filter(|file| file.folded().contains(&page.text)).collect();
                expected
                    .sort_by(|one, other| -> Ordering { compare(&page, &one.position(sort), &other.position(sort)) });
                let mut found = Vec::new();
                loop {
                    let files = snapshot.files(&page).unwrap();
                    let Some(last) = files.last() else { break };
                    page.from = Some(last.position(sort));
                    found.extend(files.into_iter().map(|file| file.id));
                }
                let expected: Vec<_> = expected.into_iter().map(|file| file.id.clone()).collect();
                assert_eq!(found, expected, "{text:?} {page:?}");
            }
        }
    }
}

#[test]
fn looked_up_text_is_found_without_compiling_statements() {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let id = new_id();
    let site = cluster().store(&url, Limits::default()).create_site(&id).unwrap();
    let files = planted(&site, &url);
    // This user sees the texts only while nothing would be compiled.
    cluster().run_at(
        &url,
        "CREATE ROLE searcher LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO searcher;
         ALTER TABLE file_text ENABLE ROW LEVEL SECURITY;
         CREATE POLICY uncompiled ON file_text USING (current_setting('jit') = 'off')",
    );
    let url = url.replace("//postgres@", "//searcher@");
    let site = cluster().store(&url, Limits::default()).site(&id).unwrap().unwrap();
    let mut page = Page::new(Children::In(vec![Area::Site]), 50);
    page.text = "ember 12".to_owned();
    let found = site.read().unwrap().files(&page).unwrap();
    let expected = files.iter().filter(|file| file.folded().contains("ember 12")).count();
    assert_eq!(found.len(), expected);
}

/// Waits until all others have left a database. Their statistics are complete then.
fn wait_until_alone(url: &str) {
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while cluster().run_at(url, others) != ["0"] {
        thread::sleep(Duration::from_millis(10));
    }
}

/// Reads from a site that is newer than the statistics, which some SQL makes. Returns what adds up a column of `pg_stat_user_indexes` then.
fn read_behind_statistics(statistics: &str, read: impl Fn(&Site)) -> impl Fn(&str, &str) -> u32 {
    let url = cluster().empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    let id = new_id();
    {
        let store = cluster().store(&url, Limits::default());
        planted(&store.create_site(&new_id()).unwrap(), &url);
        cluster().run_at(&url, statistics);
        planted(&store.create_site(&id).unwrap(), &url);
    }
    wait_until_alone(&url);
    cluster().run_at(&url, "SELECT pg_stat_reset()");
    read(&cluster().store(&url, Limits::default()).site(&id).unwrap().unwrap());
    wait_until_alone(&url);
    move |figure, indexes| {
        let sql = format!("SELECT sum({figure}) FROM pg_stat_user_indexes WHERE {indexes}");
        cluster().run_at(&url, &sql)[0].parse().unwrap()
    }
}

/// Searches such a site. Fails if more is read than has to be.
fn search_behind_statistics(statistics: &str) {
    let figure = read_behind_statistics(statistics, |site| {
        // One of them is looked up, and the other fills a page with the first files of the order.
        for (text, count) in [("p", 11), ("o", 50)] {
            let mut page = Page::new(Children::In(vec![Area::Site]), 50);
            page.text = text.to_owned();
            assert_eq!(site.read().unwrap().files(&page).unwrap().len(), count, "{text}");
        }
    });
    // The first files of the order are read twice, and counted once.
    let others = figure("idx_scan", "relname = 'file' AND indexrelname <> 'file_pkey'");
    assert_eq!(others, 3);
    // Both look into 1,000 texts at most, and one reads those of the files that it looks up.
    let texts = figure("idx_tup_read", "indexrelname = 'file_text_pkey'");
    assert!((1..=2011).contains(&texts), "{texts}");
}

/// Reads six pages of 50 files, and 20 files by their ids. Returns those.
fn list(site: &Site) -> Vec<File> {
    let snapshot = site.read().unwrap();
    for children in [Children::In(vec![Area::Site]), Children::Of("media-root".into())] {
        for sort in [Sort::Updated, Sort::Name, Sort::Size] {
            let mut page = Page::new(children.clone(), 50);
            page.sort = sort;
            assert_eq!(snapshot.files(&page).unwrap().len(), 50);
        }
    }
    assert!(snapshot.file("other7").unwrap().is_some());
    let ids: Vec<String> = (1..=20).map(|number| format!("other{number}")).collect();
    let files = snapshot.files_by_id(&ids).unwrap();
    assert_eq!(files.len(), 20);
    files
}

#[test]
fn files_of_a_site_that_is_newer_than_the_statistics_are_listed_and_changed_alone() {
    let figure = read_behind_statistics("ANALYZE", |site| {
        let files = list(site);
        let ids: Vec<&str> = files.iter().map(|file| &file.id[..]).collect();
        let mut writer = site.write().unwrap();
        writer.update_files(&files).unwrap();
        writer.count_events(Entity::File, &ids).unwrap();
        writer.remove_files(&ids).unwrap();
        writer.commit().unwrap();
    });
    // The site has 6,011 files.
    let rows = figure("idx_tup_read", "relname = 'file'");
    assert!((300..=1000).contains(&rows), "{rows}");
}

#[test]
fn files_of_a_site_that_is_larger_than_others_are_listed_alone() {
    let statistics = "ALTER TABLE file ALTER COLUMN site SET (n_distinct = 4000); ANALYZE";
    let figure = read_behind_statistics(statistics, |site| drop(list(site)));
    let rows = figure("idx_tup_read", "relname = 'file'");
    assert!((300..=1000).contains(&rows), "{rows}");
}

#[test]
fn files_of_a_site_that_is_newer_than_the_statistics_are_read_by_their_ids() {
    search_behind_statistics("ANALYZE");
}

#[test]
fn files_of_a_site_that_is_larger_than_others_are_read_by_their_ids() {
    search_behind_statistics("ALTER TABLE file ALTER COLUMN site SET (n_distinct = 4000); ANALYZE");
}

#[test]
fn file_without_its_text_and_text_without_its_file_are_damage() {
    let site = cluster().site();
    let mut writer = site.write().unwrap();
    let file = File::new("a", "a", "media-root", Area::Site, 0);
    writer.insert_file(&file).unwrap();
    writer.commit().unwrap();
    let number: String = format!("{site:?}").chars().filter(char::is_ascii_digit).collect();
    for (change, is_intact) in [
        ("UPDATE file_text SET folded = folded WHERE", true),
        (
            "INSERT INTO file_text SELECT site, 'b', folded, name, updated, size, media_type, private FROM file_text WHERE",
            false,
        ),
        ("DELETE FROM file_text WHERE id = 'b' AND", true),
        (
            "INSERT INTO file_grams SELECT site, 'b', grams FROM file_grams WHERE",
            false,
        ),
        ("DELETE FROM file_grams WHERE id = 'b' AND", true),
        ("UPDATE file_text SET size = 7 WHERE", false),
        ("UPDATE file SET size = 7 WHERE", true),
        ("DELETE FROM file_grams WHERE", false),
        (
            "INSERT INTO file_grams SELECT site, id, folded FROM file_text WHERE",
            true,
        ),
        ("DELETE FROM file_text WHERE", false),
    ] {
        cluster().run(&format!("{change} site = {number}"));
        // The total of the sizes follows, so that it is the texts that are damaged.
        cluster().run(&format!(
            "UPDATE tail SET bytes = (SELECT sum(size) FROM file WHERE site = {number}) WHERE site = {number}"
        ));
        assert_eq!(site.is_intact().unwrap(), is_intact, "{change}");
    }
}
