//! How the items that hold a text are found: which lists of the trigram index are read, if any, and what is done with
//! the items that stand in them.
//!
//! A list names all items with the same three characters in a row. Reading it is cheap for each item, looking an item up
//! is dear, and stepping over one in the order of a page lies between. What each way would cost is estimated from the
//! beginnings of the lists.

use super::Result;
use super::sqlite::{Lookup, Sqlite};
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// So many items are walked without asking the text index, which takes about as long.
const FEW: i64 = 300;
/// So many trigrams of a text are considered, spread over all of it.
const CONSIDERED: usize = 16;
/// So many items at the beginning of each list are read, to estimate its length.
const BEGINNING: usize = 200;
/// So many of these are looked up, to estimate how many of a list hold the whole text.
const SAMPLE: usize = 48;
/// So many lists are read at most.
const LISTS: usize = 4;

/// Parts of the time that it takes to look an item up: a step in the order of a page, an item that a list brings out, and
/// one that is read over. Measured at a million files (3 µs for looking up).
const STEP: f64 = 1.0 / 30.0;
const BROUGHT: f64 = 1.0 / 20.0;
const READ: f64 = 1.0 / 90.0;

/// Numbers of items, a bit for each.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Numbers(Vec<u64>);

impl Numbers {
    /// The highest number that there are bits for: 16 MB of them.
    const HIGHEST: i64 = (1 << 27) - 1;

    /// None when a number is too high. Each number is given once, in ascending order.
    fn new(numbers: &[i64]) -> Option<Numbers> {
        let last = *numbers.last()?;
        if last > Numbers::HIGHEST {
            return None;
        }
        let mut bits = vec![0; usize::try_from(last).ok()? / 64 + 1];
        for &number in numbers {
            let (word, bit) = Numbers::place(number)?;
            *bits.get_mut(word)? |= bit;
        }
        Some(Numbers(bits))
    }

    fn place(number: i64) -> Option<(usize, u64)> {
        let number = usize::try_from(number).ok()?;
        Some((number / 64, 1 << (number % 64)))
    }

    pub(super) fn contains(&self, number: i64) -> bool {
        Numbers::place(number).is_some_and(|(word, bit)| self.0.get(word).is_some_and(|bits| bits & bit != 0))
    }
}

/// How the items of a page are found. The text is still to be looked for in each item.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By walking the order and looking into each item.
    Walk,
    /// By walking the order and looking only into these.
    Through(Numbers),
    /// By looking all of these up and sorting them.
    LookUp(Vec<i64>),
}

/// What is asked for.
pub(super) struct Search<'a> {
    pub(super) store: &'a Sqlite,
    /// The table.
    pub(super) name: &'a str,
    /// The folded text, which is not empty.
    pub(super) text: &'a str,
    /// The column and the value of the place, when there is only one.
    pub(super) place: Option<(&'a str, &'a Value)>,
    /// How many items make a page.
    pub(super) wanted: u32,
}

/// Three characters of the text: where they stand, in how many items they do, and the first of these.
struct List {
    at: usize,
    question: String,
    length: f64,
    beginning: Vec<i64>,
}

/// What a way costs with the items that the first so many lists have in common, and how many these are.
struct Plan {
    lists: usize,
    common: f64,
    cost: f64,
}

impl Search<'_> {
    /// The cheapest way.
    pub(super) fn way(&self) -> Result<Way> {
        if self.text.chars().nth(2).is_none() || self.is_small()? {
            return Ok(Way::Walk);
        }
        let last = format!("SELECT max(number) FROM {}", self.name);
        let all = self.store.one(&last, [], |row| row.get::<_, Option<i64>>(0))?;
        let all = all.flatten().unwrap_or(0) as f64;
        let lists = self.lists(all)?;
        let Some(first) = lists.first() else {
            return Ok(Way::Walk);
        };
        if first.beginning.len() < BEGINNING {
            return Ok(Way::LookUp(first.beginning.clone()));
        }
        let matches = (first.length * self.share(&first.beginning)?).max(1.0);
        let mut best = Plan {
            lists: 0,
            common: all,
            cost: (f64::from(self.wanted) * all / matches).min(all),
        };
        let (mut read, mut common) = (0.0, first.length);
        for (at, list) in lists.iter().enumerate() {
            read += list.length * READ;
            if at > 0 {
                // Trigrams of one text are found together more often than by chance.
                common = (common * (3.0 * list.length / all).min(1.0)).max(matches);
            }
            let cost = read + common * BROUGHT + self.cost(all, common, matches).0;
            if cost < best.cost {
                let lists = at + 1;
                best = Plan { lists, common, cost };
            }
        }
        if best.lists == 0 {
            return Ok(Way::Walk);
        }
        let questions: Vec<_> = lists[..best.lists].iter().map(|list| &list.question[..]).collect();
        let found = self.numbers(&questions.join(" AND "), -1)?;
        let matches = matches
            .min(found.len() as f64 * (matches / best.common).min(1.0))
            .max(1.0);
        if !self.cost(all, found.len() as f64, matches).1
            && let Some(numbers) = Numbers::new(&found)
        {
            return Ok(Way::Through(numbers));
        }
        Ok(Way::LookUp(found))
    }

    /// Whether walking the whole place is nothing.
    fn is_small(&self) -> Result<bool> {
        let (condition, value) = match self.place {
            Some((column, value)) => (format!(" WHERE {column} = ?"), Some(value)),
            None => (String::new(), None),
        };
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {}{condition} LIMIT {FEW})",
            self.name
        );
        let count = self
            .store
            .one(&sql, rusqlite::params_from_iter(value), |row| row.get::<_, i64>(0))?;
        Ok(count < Some(FEW))
    }

    /// What it costs to make a page of these common items, and whether looking all of them up is cheaper than walking.
    fn cost(&self, all: f64, common: f64, matches: f64) -> (f64, bool) {
        let wanted = f64::from(self.wanted);
        let walked = (wanted * all / matches).min(all) * STEP + (wanted * common / matches).min(common);
        (walked.min(common), common <= walked)
    }

    /// The lists of trigrams that do not overlap, shortest first.
    fn lists(&self, all: f64) -> Result<Vec<List>> {
        let characters: Vec<char> = self.text.chars().collect();
        let last = characters.len() - 3;
        let count = CONSIDERED.min(last + 1);
        let mut places = BTreeMap::new();
        for place in 0..count {
            let at = place * last / (count - 1).max(1);
            let trigram: String = characters[at..at + 3].iter().collect();
            places.entry(quoted(&trigram)).or_insert(at);
        }
        let mut lists = Vec::new();
        for (question, at) in places {
            let beginning = self.numbers(&question, BEGINNING as i64)?;
            let length = match beginning.last() {
                Some(&end) if beginning.len() == BEGINNING => BEGINNING as f64 * all / end.max(1) as f64,
                _ => beginning.len() as f64,
            };
            lists.push(List {
                at,
                question,
                length,
                beginning,
            });
        }
        lists.sort_by(|one, other| one.length.total_cmp(&other.length));
        let mut apart: Vec<List> = Vec::new();
        for list in lists {
            if apart.len() < LISTS && apart.iter().all(|other| other.at.abs_diff(list.at) >= 3) {
                apart.push(list);
            }
        }
        Ok(apart)
    }

    /// The items that answer a question to the text index, `most` of them; all for -1.
    fn numbers(&self, question: &str, most: i64) -> Result<Vec<i64>> {
        let sql = format!("SELECT rowid FROM {0}_text WHERE {0}_text MATCH ? LIMIT ?", self.name);
        self.store
            .all(&sql, rusqlite::params![question, most], |row| row.get(0))
    }

    /// Which part of these items holds the text; a little when none of the sample does.
    fn share(&self, numbers: &[i64]) -> Result<f64> {
        let sql = format!("SELECT instr(folded, ?2) > 0 FROM {} WHERE number = ?1", self.name);
        let mut rows = Lookup::new(self.store, &sql, &[Value::from(self.text.to_owned())])?;
        let (mut looked, mut holding) = (0.0_f64, 0.0_f64);
        for &number in numbers.iter().step_by((numbers.len() / SAMPLE).max(1)) {
            let holds = rows.get(number, |row| row.get::<_, bool>(0))?;
            looked += 1.0;
            holding += f64::from(u8::from(holds == Some(true)));
        }
        Ok(holding.max(0.5) / looked.max(1.0))
    }
}

/// A question for exactly this text.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Area, Catalog, Children, File, Item, Page, Sort};

    const WORDS: [&str; 8] = [
        "river", "harbour", "bridge", "lantern", "meadow", "copper", "saffron", "glacier",
    ];

    /// Files whose names are two words and a number, some in the trash and some in a folder of their own.
    fn filled(count: usize) -> Sqlite {
        let mut store = Sqlite::memory().expect("a store");
        store.begin().expect("begun");
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
            file.media_type = if number % 3 == 0 { "VIDEO" } else { "IMAGE" }.into();
            store.insert_file(&file).expect("added");
        }
        store.commit().expect("committed");
        store
    }

    fn way(store: &Sqlite, text: &str, wanted: u32) -> Way {
        let place = Value::from(0);
        Search {
            store,
            name: "file",
            text,
            place: Some(("area", &place)),
            wanted,
        }
        .way()
        .expect("a way")
    }

    #[test]
    fn each_text_is_found_its_own_way() {
        let store = filled(20_000);
        assert_eq!(way(&store, "er", 5), Way::Walk, "too short for the index");
        assert_eq!(way(&store, "river", 5), Way::Walk, "common");
        assert!(
            matches!(way(&store, "glacier saffron", 50), Way::LookUp(_)),
            "a larger page"
        );
        assert_eq!(way(&store, "nowhere", 5), Way::LookUp(Vec::new()));
        let Way::LookUp(numbers) = way(&store, "saffron 19999", 5) else {
            panic!("rare, with common parts")
        };
        assert!(numbers.len() < 100, "{}", numbers.len());
        let numbers = match way(&store, "glacier saffron", 5) {
            Way::Through(numbers) => numbers,
            other => panic!("two common words: {other:?}"),
        };
        let count = (0..=20_000).filter(|&number| numbers.contains(number)).count();
        assert!((300..3000).contains(&count), "{count}");
    }

    #[test]
    fn numbers_are_those_that_were_given() {
        let numbers = Numbers::new(&[1, 63, 64, 200]).expect("low ones");
        let inside: Vec<_> = (-70..400).filter(|&number| numbers.contains(number)).collect();
        assert_eq!(inside, [1, 63, 64, 200]);
        assert_eq!(Numbers::new(&[]), None);
        assert_eq!(Numbers::new(&[-1, 5]), None);
        assert_eq!(Numbers::new(&[1, i64::MAX]), None);
    }

    #[test]
    fn texts_may_hold_anything() {
        let mut store = filled(400);
        for (number, name) in ["say \"hi\" AND not", "\u{5199}\u{771f}\u{e9} * (x)", "a:b^c-d"]
            .into_iter()
            .enumerate()
        {
            let name = crate::catalog::fold(name);
            let file = File::new(&format!("odd{number}"), &name, "media-root", Area::Site, 1);
            store.insert_file(&file).expect("added");
            let characters: Vec<char> = name.chars().collect();
            for start in 0..characters.len() - 2 {
                let text: String = characters[start..].iter().collect();
                assert!(matches!(way(&store, &text, 5), Way::LookUp(_)), "{text:?}");
                let mut page = Page::new(Children::In(vec![Area::Site]), 5);
                page.text = text;
                let found = store.files(&page).expect("a page");
                assert!(
                    found.iter().any(|file| file.id == format!("odd{number}")),
                    "{:?}",
                    page.text
                );
            }
        }
    }

    #[test]
    fn few_items_are_walked() {
        assert_eq!(way(&filled(200), "saffron 199", 5), Way::Walk);
    }

    #[test]
    fn every_way_finds_the_same_page_as_looking_at_everything() {
        let store = filled(8000);
        let everything = store.all_files("", u32::MAX).expect("files");
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
                        .filter(|file| !images || file.media_type == "IMAGE")
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
                    page.media_types = images.then(|| vec!["IMAGE".into()]);
                    for (at, wanted) in expected.chunks(40).enumerate().take(4) {
                        let found = store.files(&page).expect("a page");
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
                        let found = store.files(&page).expect("a page");
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
    fn the_order_is_walked_without_reading_rows() {
        let store = filled(1);
        for column in ["area", "parent"] {
            for (key, index) in [("name", "name"), ("updated", "date"), ("size", "size")] {
                for range in ["", " AND {key} < 5", " AND {key} = 5 AND id > 'a'"] {
                    let range = range.replace("{key}", key);
                    let sql = format!(
                        "EXPLAIN QUERY PLAN SELECT number FROM file WHERE {column} = 0{range} ORDER BY {key} DESC, id DESC"
                    );
                    let plan = store.all(&sql, [], |row| row.get::<_, String>(3)).expect("a plan");
                    let place = if column == "area" { "area" } else { "folder" };
                    let index = format!("USING COVERING INDEX file_in_{place}_by_{index}");
                    assert!(plan.len() == 1 && plan[0].contains(&index), "{plan:?}");
                }
            }
        }
    }
}
