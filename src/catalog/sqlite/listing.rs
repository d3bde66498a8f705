//! Pages of items.
//!
//! A page costs the same at the start and at the end of a list, because it walks an index (see [`walk`]). A search for
//! three characters or more asks the trigram index, when that finds a page sooner than walking the order and looking into
//! each item.

use super::super::walk::{Direction, Range, Step, compare, merge, walk};
use super::super::{Area, Children, File, Folder, Item, Key, Page, Position, ReadListing, Result, Sort};
use super::Session;
use super::items::{FILES, FOLDERS, Table};
use super::lookup::Lookup;
use super::search::{RowSet, Search, Strategy};
use rusqlite::types::Value;
use rusqlite::{Row, ToSql};

/// The area of a file and the time of its deletion, also where its row is out of date.
const AREA_OF_FILE: &str = "coalesce((SELECT folder.area FROM folder WHERE folder.id = file.parent), file.area)";
const DELETION_OF_FILE: &str =
    "coalesce((SELECT coalesce(folder.deleted, 0) FROM folder WHERE folder.id = file.parent), file.deleted, 0)";

impl ReadListing for Session<'_> {
    fn folders(&self, page: &Page) -> Result<Vec<Folder>> {
        self.page(&FOLDERS, page)
    }

    fn files(&self, page: &Page) -> Result<Vec<File>> {
        self.fresh(self.page(&FILES, page)?)
    }
}

impl Session<'_> {
    /// The page of one table: that of each area, merged.
    fn page<T: Item>(&self, table: &Table<T>, page: &Page) -> Result<Vec<T>> {
        let has_stale = table.name == FILES.name && self.any_stale()?;
        let mut conditions = String::new();
        let mut values = Vec::new();
        let places: Vec<_> = match &page.children {
            Children::Of(parent) => vec![("parent", Value::from(parent.clone()))],
            Children::In(areas) => {
                let mut walked: &[Area] = areas;
                if has_stale && !areas.is_empty() {
                    // The rows of stale files are still in the index of another area.
                    walked = Area::ALL;
                    conditions.push_str(&format!(" AND {AREA_OF_FILE} IN (?{})", ", ?".repeat(areas.len() - 1)));
                    values.extend(areas.iter().map(|area| Value::from(area.number())));
                }
                walked
                    .iter()
                    .map(|&area| ("area", Value::from(area.number())))
                    .collect()
            }
        };
        if let Some(types) = &page.media_types {
            if types.is_empty() {
                return Ok(Vec::new());
            }
            conditions.push_str(" AND media_type IN (?");
            conditions.push_str(&", ?".repeat(types.len() - 1));
            conditions.push(')');
            values.extend(
                types
                    .iter()
                    .map(|media_type| Value::from(media_type.as_str().to_owned())),
            );
        }
        if let Some(private) = page.private {
            conditions.push_str(" AND private = ?");
            values.push(Value::from(private));
        }
        if let Some(until) = page.until {
            let deleted = if has_stale {
                DELETION_OF_FILE
            } else {
                "coalesce(deleted, 0)"
            };
            conditions.push_str(&format!(" AND updated <= ? AND {deleted} <= ?"));
            values.extend([Value::from(until), Value::from(until)]);
        }
        let mut strategy = Strategy::Walk;
        if !page.text.is_empty() {
            let search = Search {
                session: self,
                table: table.name,
                text: &page.text,
                place: match &places[..] {
                    [(column, value)] => Some((*column, value)),
                    _ => None,
                },
                limit: page.limit,
            };
            strategy = search.strategy()?;
            conditions.push_str(" AND instr(folded, ?) > 0");
            values.push(Value::from(page.text.clone()));
        }
        let mut pages = Vec::new();
        for (column, value) in places {
            let query = Query {
                session: self,
                table,
                page,
                column,
                value,
                conditions: &conditions,
                values: &values,
            };
            pages.push(match &strategy {
                Strategy::Walk => walk(page, |step| query.select(step))?,
                Strategy::WalkCandidates(rows) => walk(page, |step| query.select_candidates(step, rows))?,
                Strategy::LookUp(numbers) => query.look_up(numbers)?,
            });
        }
        Ok(match pages.len() {
            1 => pages.remove(0),
            _ => merge(page, pages),
        })
    }
}

/// A page in one folder or area.
struct Query<'a, T> {
    session: &'a Session<'a>,
    table: &'a Table<T>,
    page: &'a Page,
    /// The column of the place, and the folder or area in it.
    column: &'static str,
    value: Value,
    /// The further conditions, each after an AND, and the values of their parameters.
    conditions: &'a str,
    values: &'a [Value],
}

impl<T: Item> Query<'_, T> {
    fn key(&self) -> &'static str {
        match self.page.sort {
            Sort::Name => "name",
            Sort::Updated => "updated",
            Sort::Size => "size",
        }
    }

    /// The end of a statement that asks for a step: its place, its range with `conditions` and its order, with the values of
    /// the place and the range.
    fn range_of<'v>(&'v self, step: &'v Step<'v>, conditions: &str) -> (String, Vec<&'v dyn ToSql>) {
        let (column, key) = (self.column, self.key());
        let (order, sign) = match step.direction {
            Direction::Ascending => ("ASC", ">"),
            Direction::Descending => ("DESC", "<"),
        };
        let mut values: Vec<&dyn ToSql> = vec![&self.value];
        let range = match &step.range {
            Range::All => String::new(),
            Range::After(from) => {
                values.extend([key_value(&from.key), &from.id as &dyn ToSql]);
                format!(" AND ({key}, id) {sign} (?, ?)")
            }
            Range::From(from) => {
                values.push(key_value(from));
                format!(" AND {key} {sign}= ?")
            }
            Range::Behind(from) => {
                values.push(key_value(from));
                format!(" AND {key} {sign} ?")
            }
            Range::Run(run) => {
                values.push(key_value(run));
                format!(" AND {key} = ?")
            }
            Range::RestOfRun(run, from) => {
                values.extend([key_value(run), from as &dyn ToSql]);
                format!(" AND {key} = ? AND id {sign} ?")
            }
        };
        let sql = format!("WHERE {column} = ?{range}{conditions} ORDER BY {key} {order}, id {order}");
        (sql, values)
    }

    /// The items of a step.
    fn select(&self, step: Step<'_>) -> Result<Vec<T>> {
        let Table { name, columns, read } = self.table;
        let (range, mut values) = self.range_of(&step, self.conditions);
        let limit = i64::try_from(step.limit).unwrap_or(i64::MAX);
        values.extend(self.values.iter().map(|value| value as &dyn ToSql));
        values.push(&limit);
        // The limit is a parameter, so that the statement of the next page is in the cache.
        let sql = format!("SELECT {columns} FROM {name} {range} LIMIT ?");
        self.session.all(&sql, &values[..], read)
    }

    /// The items of a step that are among the candidates.
    fn select_candidates(&self, step: Step<'_>, candidates: &RowSet) -> Result<Vec<T>> {
        let Table { name, columns, read } = self.table;
        // The index holds everything that this statement asks for, so it reads no row.
        let (range, values) = self.range_of(&step, "");
        let mut statement = self
            .session
            .prepare_cached(&format!("SELECT number FROM {name} {range}"))?;
        let mut numbers = statement.query(&values[..])?;
        let sql = format!("SELECT {columns} FROM {name} WHERE number = ?{}", self.conditions);
        let mut rows = Lookup::new(self.session, &sql, self.values.iter().map(|value| value as &dyn ToSql))?;
        let mut found = Vec::new();
        while found.len() < step.limit
            && let Some(row) = numbers.next()?
        {
            let number: i64 = row.get(0)?;
            if candidates.contains(number) {
                found.extend(rows.get(number, read)?);
            }
        }
        Ok(found)
    }

    /// Those of a few items that belong on the page, in its order.
    fn look_up(&self, numbers: &[i64]) -> Result<Vec<T>> {
        let Table { name, columns, read } = self.table;
        let (column, conditions, key) = (self.column, self.conditions, self.key());
        let sql = format!("SELECT {key}, id FROM {name} WHERE number = ? AND {column} = ?{conditions}");
        let values = std::iter::once(&self.value).chain(self.values);
        let mut rows = Lookup::new(self.session, &sql, values.map(|value| value as &dyn ToSql))?;
        let mut places: Vec<(Position, i64)> = Vec::new();
        for &number in numbers {
            let position = |row: &Row<'_>| {
                Ok(Position {
                    key: read_key(row)?,
                    id: row.get(1)?,
                })
            };
            places.extend(rows.get(number, position)?.map(|position| (position, number)));
        }
        if let Some(from) = &self.page.from {
            places.retain(|(position, _)| compare(self.page, position, from).is_gt());
        }
        places.sort_by(|(one, _), (other, _)| compare(self.page, one, other));
        places.truncate(self.page.limit as usize);
        let sql = format!("SELECT {columns} FROM {name} WHERE number = ?");
        let mut rows = Lookup::new(self.session, &sql, [])?;
        let mut found = Vec::new();
        for (_, number) in places {
            found.extend(rows.get(number, read)?);
        }
        Ok(found)
    }
}

fn read_key(row: &Row<'_>) -> rusqlite::Result<Key> {
    Ok(match row.get(0)? {
        Value::Text(text) => Key::Text(text),
        _ => Key::Number(row.get(0)?),
    })
}

fn key_value(key: &Key) -> &dyn ToSql {
    match key {
        Key::Number(number) => number,
        Key::Text(text) => text,
    }
}
