//! The choice of how the items that hold a text are found.
//!
//! The trigram index has a list for every three characters in a row: the numbers of all items that hold them. Reading a
//! number off a list is cheap, looking its item up is dear, and stepping over an item in the order of a page is in between.
//! The cost of each strategy is estimated from the heads of the lists.

use super::super::Result;
use super::Session;
use super::lookup::Lookup;
use rusqlite::ToSql;
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// A place with fewer items is walked without asking the text index, which takes about as long.
const MIN_INDEXED_ITEMS: i64 = 300;
/// How many trigrams of a text are considered, spread over all of it.
const MAX_TRIGRAMS: usize = 16;
/// How many numbers at the head of each list are read, to estimate its length.
const HEAD_LEN: usize = 200;
/// How many items of a head are looked up, to estimate how many of the list hold the whole text.
const SAMPLE_SIZE: usize = 48;
/// How many lists are read in full at most.
const MAX_LISTS: usize = 4;

/// The cost of a step in the order of a page. All costs are in units of the time that it takes to look an item up: 3 µs,
/// measured at a million files.
const STEP_COST: f64 = 1.0 / 30.0;
/// The cost of a number that all lists read have in common.
const HIT_COST: f64 = 1.0 / 20.0;
/// The cost of a number that is read off one list.
const READ_COST: f64 = 1.0 / 90.0;

/// A set of items by their numbers, a bit for each.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RowSet(Vec<u64>);

impl RowSet {
    /// The largest number, at which the set takes 16 MB.
    const MAX_NUMBER: i64 = (1 << 27) - 1;

    /// Returns `None` when a number is out of range. `numbers` are distinct and ascending.
    fn new(numbers: &[i64]) -> Option<RowSet> {
        let last = *numbers.last()?;
        if last > RowSet::MAX_NUMBER {
            return None;
        }
        let mut bits = vec![0; usize::try_from(last).ok()? / 64 + 1];
        for &number in numbers {
            let (word, bit) = RowSet::bit_of(number)?;
            *bits.get_mut(word)? |= bit;
        }
        Some(RowSet(bits))
    }

    fn bit_of(number: i64) -> Option<(usize, u64)> {
        let number = usize::try_from(number).ok()?;
        Some((number / 64, 1 << (number % 64)))
    }

    pub(super) fn contains(&self, number: i64) -> bool {
        RowSet::bit_of(number).is_some_and(|(word, bit)| self.0.get(word).is_some_and(|bits| bits & bit != 0))
    }
}

/// How the items of a page are found. Each strategy still checks that an item holds the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Strategy {
    /// Walk the order and look into each item.
    Walk,
    /// Walk the order and look into these items only.
    WalkCandidates(RowSet),
    /// Look all of these items up and sort them.
    LookUp(Vec<i64>),
}

/// A search in one table.
pub(super) struct Search<'a> {
    pub(super) session: &'a Session<'a>,
    /// The name of the table.
    pub(super) table: &'a str,
    /// The folded text, which is not empty.
    pub(super) text: &'a str,
    /// The column and the value of the place, unless there are several.
    pub(super) place: Option<(&'a str, &'a Value)>,
    /// How many items a page has.
    pub(super) limit: u32,
}

/// The list of a trigram of the text.
struct List {
    /// Where in the text the trigram is.
    at: usize,
    /// The trigram as a query of FTS5.
    query: String,
    /// How many items the list has, estimated.
    length: f64,
    /// The first items of the list.
    head: Vec<i64>,
}

/// An estimate for reading some of the lists.
struct Plan {
    /// How many lists are read, shortest first.
    lists: usize,
    /// How many items they have in common.
    common: f64,
    cost: f64,
}

impl Search<'_> {
    /// The cheapest strategy.
    pub(super) fn strategy(&self) -> Result<Strategy> {
        if self.text.chars().nth(2).is_none() || self.is_small()? {
            return Ok(Strategy::Walk);
        }
        let last = format!("SELECT max(number) FROM {}", self.table);
        let all = self.session.one(&last, [], |row| row.get::<_, Option<i64>>(0))?;
        let all = all.flatten().unwrap_or(0) as f64;
        let lists = self.lists(all)?;
        let Some(first) = lists.first() else {
            return Ok(Strategy::Walk);
        };
        if first.head.len() < HEAD_LEN {
            return Ok(Strategy::LookUp(first.head.clone()));
        }
        let matches = (first.length * self.share(&first.head)?).max(1.0);
        let mut best = Plan {
            lists: 0,
            common: all,
            cost: (f64::from(self.limit) * all / matches).min(all),
        };
        let (mut read, mut common) = (0.0, first.length);
        for (at, list) in lists.iter().enumerate() {
            read += list.length * READ_COST;
            if at > 0 {
                // Trigrams of one text are found together more often than by chance.
                common = (common * (3.0 * list.length / all).min(1.0)).max(matches);
            }
            let cost = read + common * HIT_COST + self.cost(all, common, matches).0;
            if cost < best.cost {
                let lists = at + 1;
                best = Plan { lists, common, cost };
            }
        }
        if best.lists == 0 {
            return Ok(Strategy::Walk);
        }
        let queries: Vec<_> = lists[..best.lists].iter().map(|list| &list.query[..]).collect();
        let found = self.numbers(&queries.join(" AND "), -1)?;
        let matches = matches
            .min(found.len() as f64 * (matches / best.common).min(1.0))
            .max(1.0);
        if !self.cost(all, found.len() as f64, matches).1
            && let Some(numbers) = RowSet::new(&found)
        {
            return Ok(Strategy::WalkCandidates(numbers));
        }
        Ok(Strategy::LookUp(found))
    }

    /// Whether the place has so few items that walking it is cheapest.
    fn is_small(&self) -> Result<bool> {
        let (condition, value) = match self.place {
            Some((column, value)) => (format!(" WHERE {column} = ?"), Some(value)),
            None => (String::new(), None),
        };
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {}{condition} LIMIT {MIN_INDEXED_ITEMS})",
            self.table
        );
        let count = self
            .session
            .one(&sql, rusqlite::params_from_iter(value), |row| row.get::<_, i64>(0))?;
        Ok(count < Some(MIN_INDEXED_ITEMS))
    }

    /// The cost of a page of these common items, and whether looking all of them up is cheaper than walking.
    fn cost(&self, all: f64, common: f64, matches: f64) -> (f64, bool) {
        let limit = f64::from(self.limit);
        let walked = (limit * all / matches).min(all) * STEP_COST + (limit * common / matches).min(common);
        (walked.min(common), common <= walked)
    }

    /// The lists of trigrams that do not overlap, shortest first.
    fn lists(&self, all: f64) -> Result<Vec<List>> {
        let characters: Vec<char> = self.text.chars().collect();
        let last = characters.len() - 3;
        let count = MAX_TRIGRAMS.min(last + 1);
        let mut places = BTreeMap::new();
        for place in 0..count {
            let at = place * last / (count - 1).max(1);
            let trigram: String = characters[at..at + 3].iter().collect();
            places.entry(quoted(&trigram)).or_insert(at);
        }
        let mut lists = Vec::new();
        for (query, at) in places {
            let head = self.numbers(&query, HEAD_LEN as i64)?;
            let length = match head.last() {
                Some(&end) if head.len() == HEAD_LEN => HEAD_LEN as f64 * all / end.max(1) as f64,
                _ => head.len() as f64,
            };
            lists.push(List {
                at,
                query,
                length,
                head,
            });
        }
        lists.sort_by(|one, other| one.length.total_cmp(&other.length));
        let mut apart: Vec<List> = Vec::new();
        for list in lists {
            if apart.len() < MAX_LISTS && apart.iter().all(|other| other.at.abs_diff(list.at) >= 3) {
                apart.push(list);
            }
        }
        Ok(apart)
    }

    /// The first `limit` items that match a query of FTS5, all for -1.
    fn numbers(&self, query: &str, limit: i64) -> Result<Vec<i64>> {
        let sql = format!("SELECT rowid FROM {0}_text WHERE {0}_text MATCH ? LIMIT ?", self.table);
        self.session
            .all(&sql, rusqlite::params![query, limit], |row| row.get(0))
    }

    /// The share of these items that hold the text, never 0.
    fn share(&self, numbers: &[i64]) -> Result<f64> {
        let sql = format!("SELECT instr(folded, ?2) > 0 FROM {} WHERE number = ?1", self.table);
        let mut rows = Lookup::new(self.session, &sql, [&self.text as &dyn ToSql])?;
        let (mut sampled, mut matching) = (0.0_f64, 0.0_f64);
        for &number in numbers.iter().step_by((numbers.len() / SAMPLE_SIZE).max(1)) {
            let holds = rows.get(number, |row| row.get::<_, bool>(0))?;
            sampled += 1.0;
            matching += f64::from(u8::from(holds == Some(true)));
        }
        Ok(matching.max(0.5) / sampled.max(1.0))
    }
}

/// A query of FTS5 for exactly this text.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::Sqlite;
    use super::*;
    use crate::catalog::{Area, Catalog, Children, File, Item, Page, Sort};
    use crate::model::media_type::MediaType;

    const WORDS: [&str; 8] = [
        "river", "harbour", "bridge", "lantern", "meadow", "copper", "saffron", "glacier",
    ];

    /// Files whose names are two words and a number, some in the trash and some in a folder of their own.
    fn filled(count: usize) -> Sqlite {
        let store = Sqlite::memory().expect("a store");
        let mut writer = store.write().expect("a writer");
        for number in 0..count {
            let dice = number.wrapping_mul(0x9e37_79b9) >> 7;
            let name = format!("{} {} {number}", WORDS[dice & 7], WORDS[dice >> 3 & 7]);
            let (parent, area) = match dice >> 6 & 15 {
                0 => ("trash-root", Area::Trash),
                1 => ("folder", Area::Site),
                _ => ("media-root", Area::Site),
            };
            let mut file = File::new(&format!("id{:06}", count - number), &name, parent, Area::Site, 0);
            file.area = area;
            if area == Area::Trash {
                file.trashed = Some(crate::catalog::Trashed {
                    parent: "media-root".into(),
                    area: Area::Site,
                    deletion: 1,
                    at: 5,
                });
            }
            // Equal keys are common.
            file.updated = (dice >> 10 & 63) as i64;
            file.size = (dice >> 4 & 255) as i64;
            file.media_type = if number % 3 == 0 {
                MediaType::Video
            } else {
                MediaType::Image
            };
            writer.insert_file(&file).expect("added");
        }
        writer.commit().expect("committed");
        store
    }

    fn strategy(store: &Sqlite, text: &str, limit: u32) -> Strategy {
        let session = store.snapshot().expect("a snapshot");
        let place = Value::from(0);
        let search = Search {
            session: &session,
            table: "file",
            text,
            place: Some(("area", &place)),
            limit,
        };
        search.strategy().expect("a strategy")
    }

    #[test]
    fn strategy_depends_on_how_rare_the_text_is() {
        let store = filled(20_000);
        assert_eq!(strategy(&store, "er", 5), Strategy::Walk, "too short for the index");
        assert_eq!(strategy(&store, "river", 5), Strategy::Walk, "common");
        assert!(
            matches!(strategy(&store, "glacier saffron", 50), Strategy::LookUp(_)),
            "a larger page"
        );
        assert_eq!(strategy(&store, "nowhere", 5), Strategy::LookUp(Vec::new()));
        let Strategy::LookUp(numbers) = strategy(&store, "saffron 19999", 5) else {
            panic!("rare, with common parts")
        };
        assert!(numbers.len() < 100, "{}", numbers.len());
        let numbers = match strategy(&store, "glacier saffron", 5) {
            Strategy::WalkCandidates(numbers) => numbers,
            other => panic!("two common words: {other:?}"),
        };
        let count = (0..=20_000).filter(|&number| numbers.contains(number)).count();
        assert!((300..3000).contains(&count), "{count}");
    }

    #[test]
    fn row_set_contains_what_it_was_made_of() {
        let numbers = RowSet::new(&[1, 63, 64, 200]).expect("low ones");
        let inside: Vec<_> = (-70..400).filter(|&number| numbers.contains(number)).collect();
        assert_eq!(inside, [1, 63, 64, 200]);
        assert_eq!(RowSet::new(&[]), None);
        assert_eq!(RowSet::new(&[-1, 5]), None);
        assert_eq!(RowSet::new(&[1, i64::MAX]), None);
    }

    #[test]
    fn text_of_query_syntax_is_found_literally() {
        let store = filled(400);
        for (number, name) in ["say \"hi\" AND not", "\u{5199}\u{771f}\u{e9} * (x)", "a:b^c-d"]
            .into_iter()
            .enumerate()
        {
            let name = crate::catalog::fold(name);
            let file = File::new(&format!("odd{number}"), &name, "media-root", Area::Site, 1);
            let mut writer = store.write().expect("a writer");
            writer.insert_file(&file).expect("added");
            writer.commit().expect("committed");
            let characters: Vec<char> = name.chars().collect();
            for start in 0..characters.len() - 2 {
                let text: String = characters[start..].iter().collect();
                assert!(matches!(strategy(&store, &text, 5), Strategy::LookUp(_)), "{text:?}");
                let mut page = Page::new(Children::In(vec![Area::Site]), 5);
                page.text = text;
                let found = store.read().expect("a snapshot").files(&page).expect("a page");
                assert!(
                    found.iter().any(|file| file.id == format!("odd{number}")),
                    "{:?}",
                    page.text
                );
            }
        }
    }

    #[test]
    fn small_place_is_walked() {
        assert_eq!(strategy(&filled(200), "saffron 199", 5), Strategy::Walk);
    }

    #[test]
    fn every_strategy_finds_the_same_pages() {
        let store = filled(8000);
        let everything = store
            .read()
            .expect("a snapshot")
            .all_files("", u32::MAX)
            .expect("files");
        let texts = [
            "er",
            "river",
            "glacier saffron",
            "saffron 79",
            "per saf",
            "ier 7999",
            "nowhere",
            "7\"9",
        ];
        let places = [
            Children::In(vec![Area::Site]),
            Children::In(vec![Area::Site, Area::Trash]),
            Children::Of("folder".into()),
        ];
        let mut compared = 0;
        for text in texts {
            for place in &places {
                let inside = |file: &&File| match place {
                    Children::In(areas) => areas.contains(&file.area),
                    Children::Of(parent) => file.parent == *parent,
                };
                let matching = everything.iter().filter(inside).filter(|file| file.name.contains(text));
                for (sort, descending, images) in [
                    (Sort::Updated, true, false),
                    (Sort::Updated, false, true),
                    (Sort::Size, true, true),
                    (Sort::Name, false, false),
                ] {
                    let mut expected: Vec<_> = matching
                        .clone()
                        .filter(|file| !images || file.media_type == MediaType::Image)
                        .collect();
                    expected.sort_by(|one, other| {
                        let (one, other) = (one.position(sort), other.position(sort));
                        let keys = one.key.cmp(&other.key);
                        if descending { keys.reverse() } else { keys }.then(one.id.cmp(&other.id))
                    });
                    let mut page = Page::new(place.clone(), 40);
                    page.text = text.into();
                    page.sort = sort;
                    page.descending = descending;
                    page.media_types = images.then(|| vec![MediaType::Image]);
                    for (at, wanted) in expected.chunks(40).enumerate().take(4) {
                        let found = store.read().expect("a snapshot").files(&page).expect("a page");
                        assert!(
                            found.iter().eq(wanted.iter().copied()),
                            "{text:?}, page {at} by {sort:?} of {place:?}"
                        );
                        page.from = found.last().map(|file| file.position(sort));
                        compared += found.len();
                    }
                    if let (Some(from), true) = (page.from.clone(), expected.len() > 160) {
                        page.backwards = true;
                        page.from = Some(from);
                        let found = store.read().expect("a snapshot").files(&page).expect("a page");
                        assert!(
                            found.iter().eq(expected[119..159].iter().rev().copied()),
                            "{text:?}, back by {sort:?}"
                        );
                        page.backwards = false;
                    }
                }
            }
        }
        assert!(compared > 2000, "{compared}");
    }

    #[test]
    fn walk_reads_the_index_only() {
        let store = filled(1);
        let session = store.snapshot().expect("a snapshot");
        for column in ["area", "parent"] {
            for (key, index) in [("name", "name"), ("updated", "date"), ("size", "size")] {
                for range in [
                    "",
                    " AND ({key}, id) < (5, 'a')",
                    " AND {key} <= 5",
                    " AND {key} < 5",
                    " AND {key} = 5 AND id > 'a'",
                ] {
                    let range = range.replace("{key}", key);
                    let sql = format!(
                        "EXPLAIN QUERY PLAN SELECT number FROM file WHERE {column} = 0{range} ORDER BY {key} DESC, id DESC"
                    );
                    let plan = session.all(&sql, [], |row| row.get::<_, String>(3)).expect("a plan");
                    let place = if column == "area" { "area" } else { "folder" };
                    let index = format!("USING COVERING INDEX file_in_{place}_by_{index}");
                    assert!(plan.len() == 1 && plan[0].contains(&index), "{plan:?}");
                }
            }
        }
    }
}
