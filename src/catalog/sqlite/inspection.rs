//! A check of a store in steps, for what SQLite's own check does in one go: at 200,000 files that takes seconds.
//!
//! It works on one snapshot. Every table is read in the order of its keys, and every index in its own order. Both have to yield
//! the same entries: as many of them, with the same sum of hashes. What cannot be reached or decoded is an error of SQLite. For
//! a text index, the trigrams of all texts are counted and compared with what the index counts. Unlike SQLite's check, this one
//! does not look at pages that nothing uses.

use super::{Session, Sqlite};
use crate::catalog::{Error, Inspection, Result};
use rusqlite::types::Value;
use rusqlite::{ErrorCode, params_from_iter};
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The number of rows or entries read in one step.
const STEP_ROWS: usize = 250;

/// The number of terms of a text index read in one step.
const STEP_TERMS: usize = 50;

/// The content table of each text index.
const TEXTS: [(&str, &str); 2] = [("folder_text", "folder"), ("file_text", "file")];

/// What a walk has found: it does not depend on the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: u64,
    hash: u64,
}

impl Sum {
    fn add(&mut self, hash: u64, count: u64) {
        self.count = self.count.wrapping_add(count);
        self.hash = self.hash.wrapping_add(hash.wrapping_mul(count));
    }
}

#[derive(Debug)]
struct Index {
    name: String,
    columns: Vec<String>,
    condition: String,
    /// What the rows of the table say.
    expected: Sum,
}

#[derive(Debug)]
struct Table {
    name: String,
    /// The columns by which its rows are ordered.
    keys: Vec<String>,
    has_rowid: bool,
    indexes: Vec<Index>,
}

/// A walk over rows or entries, a batch in each step.
#[derive(Debug)]
struct Walk {
    /// What is selected, and from where.
    select: String,
    /// The columns by which it is ordered. They are selected first.
    order: Vec<String>,
    condition: String,
    /// The values of these columns in the last row.
    last: Vec<Value>,
}

impl Walk {
    fn next(&mut self, session: &Session<'_>, columns: usize, limit: usize) -> Result<Vec<Vec<Value>>> {
        let order = self.order.join(", ");
        let behind = match self.last.len() {
            0 => String::new(),
            count => format!(" AND ({order}) > ({})", vec!["?"; count].join(", ")),
        };
        let sql = format!(
            "{} WHERE {}{behind} ORDER BY {order} LIMIT {limit}",
            self.select, self.condition
        );
        let rows = session.all(&sql, params_from_iter(&self.last), |row| {
            (0..columns)
                .map(|column| row.get(column))
                .collect::<rusqlite::Result<Vec<Value>>>()
        })?;
        if let Some(last) = rows.last() {
            self.last = last[..self.order.len()].to_vec();
        }
        Ok(rows)
    }
}

#[derive(Debug)]
enum Task {
    Table(Table, Walk),
    Index(Index, Walk, Sum),
    Texts(&'static str, &'static str, Walk, [Sum; 2]),
    Terms(Walk, [Sum; 2], [Sum; 2]),
}

/// A check that is under way.
pub(super) struct Inspecting {
    session: Session<'static>,
    tasks: VecDeque<Task>,
    is_intact: bool,
}

/// Returns the hash of some values.
fn hash_of(values: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for value in values {
        match value {
            Value::Null => 0_u8.hash(&mut hasher),
            Value::Integer(number) => (1_u8, number).hash(&mut hasher),
            Value::Real(number) => (2_u8, number.to_bits()).hash(&mut hasher),
            Value::Text(text) => (3_u8, text).hash(&mut hasher),
            Value::Blob(bytes) => (4_u8, bytes).hash(&mut hasher),
        }
    }
    hasher.finish()
}

fn hash_of_term(term: &[char]) -> u64 {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish()
}

/// Whether SQLite says that the store is damaged, and not that it cannot be read at the moment.
fn is_damage(error: &Error) -> bool {
    let Error::Store(cause) = error else { return false };
    let code = cause
        .downcast_ref::<rusqlite::Error>()
        .and_then(rusqlite::Error::sqlite_error_code);
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

impl Sqlite {
    /// Begins a check on a snapshot of its own.
    pub(super) fn begin_inspecting(session: Session<'static>) -> Result<Inspecting> {
        let mut inspecting = Inspecting {
            session,
            tasks: VecDeque::new(),
            is_intact: true,
        };
        match inspecting.plan() {
            Err(error) if is_damage(&error) => inspecting.is_intact = false,
            outcome => outcome?,
        }
        Ok(inspecting)
    }
}

impl Inspection for Inspecting {
    fn step(&mut self) -> Result<Option<bool>> {
        let Some(task) = self.tasks.pop_front().filter(|_| self.is_intact) else {
            return Ok(Some(self.is_intact));
        };
        match self.run(task) {
            Err(error) if is_damage(&error) => self.is_intact = false,
            outcome => outcome?,
        }
        Ok(None)
    }
}

impl Inspecting {
    /// Finds the tables and their indexes.
    fn plan(&mut self) -> Result<()> {
        let session = &self.session;
        let tables: Vec<(String, String)> = session.all(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        for (name, sql) in tables {
            // The tables of a text index are its own business.
            let is_of_text = TEXTS.iter().any(|(text, _)| name.starts_with(&format!("{text}_")));
            if is_of_text || name.starts_with("sqlite_") {
                continue;
            }
            let table = self.table(name, &sql)?;
            let order = table.keys.clone();
            let mut selected = order.clone();
            for index in &table.indexes {
                selected.extend(index.columns.iter().cloned());
                selected.push(format!("({})", index.condition));
            }
            let scan = if table.has_rowid { " NOT INDEXED" } else { "" };
            let walk = Walk {
                select: format!("SELECT {} FROM {}{scan}", selected.join(", "), table.name),
                order,
                condition: "TRUE".to_owned(),
                last: Vec::new(),
            };
            self.tasks.push_back(Task::Table(table, walk));
        }
        for (text, content) in TEXTS {
            // In the schema of the connection, which nobody else sees.
            self.session.execute_batch(&format!(
                "CREATE VIRTUAL TABLE temp.{text}_terms USING fts5vocab('main', '{text}', 'row')"
            ))?;
            let walk = Walk {
                select: format!("SELECT number, folded FROM {content} NOT INDEXED"),
                order: vec!["number".to_owned()],
                condition: "TRUE".to_owned(),
                last: Vec::new(),
            };
            self.tasks
                .push_back(Task::Texts(text, content, walk, [Sum::default(); 2]));
        }
        Ok(())
    }

    fn table(&self, name: String, sql: &str) -> Result<Table> {
        let session = &self.session;
        let has_rowid = !sql.contains("WITHOUT ROWID");
        let keys: Vec<String> = if has_rowid {
            vec!["rowid".to_owned()]
        } else {
            session.all(
                "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
                [&name],
                |row| row.get(0),
            )?
        };
        let named: Vec<(String, Option<String>)> = session.all(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? ORDER BY name",
            [&name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut indexes = Vec::new();
        for (name, sql) in named {
            let columns: Vec<String> =
                session.all("SELECT name FROM pragma_index_info(?) ORDER BY seqno", [&name], |row| {
                    row.get(0)
                })?;
            // Without a declaration it is that of a primary key or a unique column. The first is the table itself.
            if sql.is_none() && !has_rowid && columns == keys {
                continue;
            }
            let declared = sql.as_deref().and_then(|sql| sql.split_once(" WHERE "));
            let mut conditions: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
            conditions.extend(declared.map(|(_, condition)| format!("({condition})")));
            indexes.push(Index {
                name,
                columns,
                condition: conditions.join(" AND "),
                expected: Sum::default(),
            });
        }
        Ok(Table {
            name,
            keys,
            has_rowid,
            indexes,
        })
    }

    /// Runs a step of a task, and puts what is left of it in front of the others.
    fn run(&mut self, task: Task) -> Result<()> {
        match task {
            Task::Table(table, walk) => self.read_table(table, walk),
            Task::Index(index, mut walk, mut found) => {
                let columns = walk.order.len();
                let rows = walk.next(&self.session, columns, STEP_ROWS)?;
                for row in &rows {
                    found.add(hash_of(row), 1);
                }
                if rows.len() == STEP_ROWS {
                    self.tasks.push_front(Task::Index(index, walk, found));
                } else {
                    self.is_intact &= found == index.expected;
                }
                Ok(())
            }
            Task::Texts(text, content, mut walk, mut sums) => {
                let rows = walk.next(&self.session, 2, STEP_ROWS)?;
                for row in &rows {
                    let Some(Value::Text(folded)) = row.get(1) else {
                        continue;
                    };
                    let characters: Vec<char> = folded.chars().collect();
                    let mut terms: Vec<u64> = characters.windows(3).map(hash_of_term).collect();
                    terms.iter().for_each(|term| sums[1].add(*term, 1));
                    terms.sort_unstable();
                    terms.dedup();
                    terms.iter().for_each(|term| sums[0].add(*term, 1));
                }
                if rows.len() == STEP_ROWS {
                    self.tasks.push_front(Task::Texts(text, content, walk, sums));
                } else {
                    let walk = Walk {
                        select: format!("SELECT term, doc, cnt FROM temp.{text}_terms"),
                        order: vec!["term".to_owned()],
                        condition: "TRUE".to_owned(),
                        last: Vec::new(),
                    };
                    self.tasks.push_front(Task::Terms(walk, sums, [Sum::default(); 2]));
                }
                Ok(())
            }
            Task::Terms(mut walk, expected, mut found) => {
                let rows = walk.next(&self.session, 3, STEP_TERMS)?;
                for row in &rows {
                    let [Value::Text(term), Value::Integer(rows), Value::Integer(places)] = &row[..] else {
                        self.is_intact = false;
                        return Ok(());
                    };
                    let hash = hash_of_term(&term.chars().collect::<Vec<_>>());
                    found[0].add(hash, rows.unsigned_abs());
                    found[1].add(hash, places.unsigned_abs());
                }
                if rows.len() == STEP_TERMS {
                    self.tasks.push_front(Task::Terms(walk, expected, found));
                } else {
                    self.is_intact &= found == expected;
                }
                Ok(())
            }
        }
    }

    fn read_table(&mut self, mut table: Table, mut walk: Walk) -> Result<()> {
        let keys = table.keys.len();
        let columns = keys + table.indexes.iter().map(|index| index.columns.len() + 1).sum::<usize>();
        let rows = walk.next(&self.session, columns, STEP_ROWS)?;
        for row in &rows {
            let mut at = keys;
            for index in &mut table.indexes {
                let end = at + index.columns.len();
                if row[end] == Value::Integer(1) {
                    // In the order in which an index has them.
                    let entry = [&row[at..end], &row[..keys]].concat();
                    index.expected.add(hash_of(&entry), 1);
                }
                at = end + 1;
            }
        }
        if rows.len() == STEP_ROWS {
            self.tasks.push_front(Task::Table(table, walk));
            return Ok(());
        }
        for index in table.indexes {
            let mut order = index.columns.clone();
            order.extend(table.keys.iter().cloned());
            let walk = Walk {
                select: format!(
                    "SELECT {} FROM {} INDEXED BY {}",
                    order.join(", "),
                    table.name,
                    index.name
                ),
                order,
                condition: index.condition.clone(),
                last: Vec::new(),
            };
            self.tasks.push_front(Task::Index(index, walk, Sum::default()));
        }
        Ok(())
    }
}
