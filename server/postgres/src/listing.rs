//! Pages of items, and searches.
//!
//! A page walks an index (see [`walk`]), so it costs the same at the start and at the end of a list.
//!
//! The planner cannot be trusted with a search: for two of eleven texts in a million files it took 650 and 1,450 ms of CPU where
//! 3 and 53 were possible. So the search walks the first [`WALKED`] items of the order and looks into each. That fills a page of
//! every common text that does not depend on the order. Otherwise all files that hold the text are looked up in an index and sorted,
//! whatever their number: a text can be common and yet in no file at the front, such as the name of a project of last year, or a word
//! that names begin with.
//!
//! Both read the wide rows of files last. `file_text` has the texts of files in narrow rows, with all that a search selects and sorts by,
//! but the place of a file. It takes 0.4 µs for each file with the text, where a row of `file` takes 3 more. So only the first of them
//! are read there, and all of them only if too few of those are in the place.

use crate::grams::{grams, has_trigrams, pattern};
use crate::items::{FILES, FOLDERS, Table, of};
use crate::session::Session;
use crate::values::{Parameter, Statement, get};
use std::cell::Cell;
use wix_media::catalog::walk::{Direction, Range, Step, merge, walk};
use wix_media::catalog::{Area, Children, File, Folder, Item, Key, Page, ReadListing, Result, Sort};

/// How many items a search looks into before it asks an index. That takes 3 ms of CPU. Of a text that these do not fill a page of 100 with,
/// a million files hold 100,000 at most if the text is as rare among all of them.
const WALKED: i64 = 1_000;

/// How many files with the text are read for each one of a page that is looked up, since some may be in another place.
const READ_FOR_EACH: i64 = 2;

/// The site of files that are looked up by their ids, one by one. The planner does not see its number. In a site that is newer than its
/// statistics it expects one file, so any index seems as good as that of the ids, and it read a whole index for each of them.
const UNSEEN_SITE: &str = "(SELECT $1)";

/// The area of a file and the time of its deletion, also where its row is out of date.
const AREA_OF_FILE: &str =
    "coalesce((SELECT folder.area FROM folder WHERE folder.site = $1 AND folder.id = item.parent), item.area)";
const DELETION_OF_FILE: &str = "coalesce(
        (SELECT coalesce(folder.deleted, 0) FROM folder WHERE folder.site = $1 AND folder.id = item.parent),
        item.deleted, 0
    )";

impl ReadListing for Session {
    fn folders(&self, page: &Page) -> Result<Vec<Folder>> {
        self.page(&FOLDERS, page)
    }

    fn files(&self, page: &Page) -> Result<Vec<File>> {
        self.fresh(self.page(&FILES, page)?)
    }
}

impl Session {
    /// The page of one table: that of each area, merged.
    fn page<T: Item>(&self, table: &Table<T>, page: &Page) -> Result<Vec<T>> {
        if page.media_types.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let is_stale = table.name == FILES.name && self.has_stale;
        let places: Vec<_> = match &page.children {
            Children::Of(parent) => vec![("parent", Parameter::Text(parent.clone()))],
            Children::In(areas) if areas.is_empty() => Vec::new(),
            // The rows of stale files are still in the index of another area.
            Children::In(_) if is_stale => Area::ALL.iter().map(|area| place(*area)).collect(),
            Children::In(areas) => areas.iter().map(|area| place(*area)).collect(),
        };
        let mut pages = Vec::new();
        for (column, value) in places {
            let query = Query {
                session: self,
                table,
                page,
                column,
                value,
                is_stale,
                has_given_up: Cell::new(false),
            };
            let mut found = walk(page, |step| query.select(step))?;
            if query.has_given_up.get() {
                found = query.look_up()?;
            }
            pages.push(found);
        }
        Ok(match pages.len() {
            1 => pages.remove(0),
            _ => merge(page, pages),
        })
    }
}

fn place(area: Area) -> (&'static str, Parameter) {
    ("area", Parameter::Area(area.number().into()))
}

fn key_value(key: &Key) -> Parameter {
    match key {
        Key::Number(number) => Parameter::Number(*number),
        Key::Text(text) => Parameter::Text(text.clone()),
    }
}

fn order(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    }
}

fn sign(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => ">",
        Direction::Descending => "<",
    }
}

/// A page in one folder or area.
struct Query<'a, T> {
    session: &'a Session,
    table: &'a Table<T>,
    page: &'a Page,
    /// The column of the place, and the folder or area in it.
    column: &'static str,
    value: Parameter,
    /// Whether rows of files may be out of date.
    is_stale: bool,
    /// Whether the first items of the order do not fill a page of a search.
    has_given_up: Cell<bool>,
}

impl<T: Item> Query<'_, T> {
    fn is_files(&self) -> bool {
        self.table.name == FILES.name
    }

    fn key(&self) -> &'static str {
        match self.page.sort {
            Sort::Name => "name",
            Sort::Size if self.is_files() => "size",
            Sort::Updated | Sort::Size => "updated",
        }
    }

    /// A statement whose first value is the site.
    fn statement(&self, sql: &str) -> Statement {
        let mut statement = Statement::default();
        statement.bind(Parameter::Number(self.session.site));
        // The site is named as $1 wherever it is needed.
        statement.sql = sql.to_owned();
        statement
    }

    fn place(&self, statement: &mut Statement) {
        statement.push(&format!(" WHERE item.site = {UNSEEN_SITE} AND item.{} = ", self.column));
        statement.bind(self.value.clone());
    }

    /// The conditions of the page but its text, each after an AND.
    fn conditions(&self, statement: &mut Statement) {
        if let Children::In(areas) = &self.page.children
            && self.is_stale
        {
            statement.push(&format!(" AND {AREA_OF_FILE} = ANY("));
            statement.bind(Parameter::Areas(
                areas.iter().map(|area| area.number().into()).collect(),
            ));
            statement.push(")");
        }
        if let Some(until) = self.page.until {
            let deleted = if self.is_stale {
                DELETION_OF_FILE
            } else {
                "coalesce(item.deleted, 0)"
            };
            statement.push(&format!(" AND {deleted} <= "));
            statement.bind(Parameter::Number(until));
        }
        self.lasting_conditions(statement);
    }

    /// Those of the conditions that no change of a tree concerns. `file_text` has their columns, too.
    fn lasting_conditions(&self, statement: &mut Statement) {
        if let Some(types) = &self.page.media_types {
            statement.push(" AND item.media_type = ANY(");
            statement.bind(Parameter::Texts(
                types.iter().map(|one| one.as_str().to_owned()).collect(),
            ));
            statement.push(")");
        }
        if let Some(private) = self.page.private {
            statement.push(" AND item.private = ");
            statement.bind(Parameter::Flag(private));
        }
        if let Some(until) = self.page.until {
            statement.push(" AND item.updated <= ");
            statement.bind(Parameter::Number(until));
        }
    }

    /// The range and the order of a step.
    fn range(&self, statement: &mut Statement, step: Step<'_>) {
        let (key, sign) = (self.key(), sign(step.direction));
        match step.range {
            Range::All => {}
            Range::After(from) => {
                statement.push(&format!(" AND (item.{key}, item.id) {sign} ("));
                statement.bind(key_value(&from.key));
                statement.push(", ");
                statement.bind(Parameter::Text(from.id.clone()));
                statement.push(")");
            }
            Range::From(from) => {
                statement.push(&format!(" AND item.{key} {sign}= "));
                statement.bind(key_value(from));
            }
            Range::Behind(from) => {
                statement.push(&format!(" AND item.{key} {sign} "));
                statement.bind(key_value(from));
            }
            Range::Run(run) => {
                statement.push(&format!(" AND item.{key} = "));
                statement.bind(key_value(run));
            }
            Range::RestOfRun(run, from) => {
                statement.push(&format!(" AND item.{key} = "));
                statement.bind(key_value(run));
                statement.push(&format!(" AND item.id {sign} "));
                statement.bind(Parameter::Text(from.to_owned()));
            }
        }
    }

    /// The order of a step by the columns of `of`, and its limit.
    fn end(&self, statement: &mut Statement, of: &str, direction: Direction, limit: i64) {
        let (key, order) = (self.key(), order(direction));
        statement.push(&format!(" ORDER BY {of}.{key} {order}, {of}.id {order} LIMIT "));
        statement.bind(Parameter::Number(limit));
    }

    fn run(&self, statement: &Statement) -> Result<Vec<T>> {
        self.session.all(&statement.sql, &statement.values(), self.table.read)
    }

    /// The items of a step. Those of a search that gives up are incomplete.
    fn select(&self, step: Step<'_>) -> Result<Vec<T>> {
        let Table { name, columns, .. } = self.table;
        let limit = i64::try_from(step.limit).unwrap_or(i64::MAX);
        if self.page.text.is_empty() {
            let mut statement = self.statement(&format!("SELECT {columns} FROM {name} AS item"));
            self.place(&mut statement);
            self.range(&mut statement, step);
            self.conditions(&mut statement);
            self.end(&mut statement, "item", step.direction, limit);
            return self.run(&statement);
        }
        if self.has_given_up.get() {
            return Ok(Vec::new());
        }
        // Ordered by the rows of the walk, PostgreSQL stops at the limit.
        let (mut statement, of) = if self.is_files() {
            (self.texts_of_walk(step), "near")
        } else {
            // Folders have no index of their texts, and are few.
            let mut statement = self.statement(&format!("SELECT {columns} FROM (SELECT * FROM {name} AS item"));
            self.place(&mut statement);
            self.range(&mut statement, step);
            self.end(&mut statement, "item", step.direction, i64::MAX);
            statement.push(") AS item WHERE position(");
            statement.bind(Parameter::Text(self.page.text.clone()));
            statement.push(" IN item.folded) > 0");
            (statement, "item")
        };
        self.conditions(&mut statement);
        self.end(&mut statement, of, step.direction, limit);
        let found = self.run(&statement)?;
        if found.len() < step.limit && self.is_files() && self.is_longer(step)? {
            self.has_given_up.set(true);
        }
        Ok(found)
    }

    /// The beginning of a statement for the first files of a step that hold the text, up to its conditions.
    fn texts_of_walk(&self, step: Step<'_>) -> Statement {
        let Table { name, .. } = self.table;
        // Each LATERAL names the one before it, and OFFSET keeps the planner from joining in another order.
        let mut statement = self.statement(&format!(
            "SELECT {} FROM (SELECT item.id, item.{} FROM {name} AS item",
            of("item", self.table.columns),
            self.key()
        ));
        self.place(&mut statement);
        self.range(&mut statement, step);
        self.end(&mut statement, "item", step.direction, WALKED);
        statement.push(
            ") AS near CROSS JOIN LATERAL (
                 SELECT file_text.id FROM file_text
                 WHERE file_text.site = $1 AND file_text.id = near.id AND position(",
        );
        statement.bind(Parameter::Text(self.page.text.clone()));
        statement.push(&format!(
            " IN file_text.folded) > 0 OFFSET 0
             ) AS hit CROSS JOIN LATERAL (
                 SELECT * FROM {name} WHERE {name}.site = {UNSEEN_SITE} AND {name}.id = hit.id OFFSET 0
             ) AS item WHERE true"
        ));
        statement
    }

    /// Whether a step has more items than a search looks into.
    fn is_longer(&self, step: Step<'_>) -> Result<bool> {
        let mut statement = self.statement("SELECT count(*) > ");
        statement.bind(Parameter::Number(WALKED));
        statement.push(&format!(" FROM (SELECT 1 FROM {} AS item", self.table.name));
        self.place(&mut statement);
        self.range(&mut statement, step);
        // Without an order, PostgreSQL may read the files of other sites before it finds the first one.
        self.end(&mut statement, "item", step.direction, WALKED + 1);
        statement.push(") AS counted");
        self.session.exists(&statement.sql, &statement.values())
    }

    /// Keeps PostgreSQL from compiling the statements of this transaction, which took 117 ms each time, and from sharing them among
    /// processes, which took longer than one alone. It did both for a text that it expected in very many files. A database without such
    /// settings answers NULL.
    fn plan_simply(&self) -> Result<()> {
        let sql = "SELECT set_config(name, value, true) FROM (VALUES ('jit', 'off'), ('max_parallel_workers_per_gather', '0'))
             AS wanted (name, value) WHERE current_setting(name, true) IS NOT NULL";
        self.session.run(sql, &[]).map(drop)
    }

    /// The page of a search, from all files that hold the text.
    fn look_up(&self) -> Result<Vec<T>> {
        self.plan_simply()?;
        let limit = READ_FOR_EACH.saturating_mul(self.page.limit.into());
        let mut statement = self.statement("");
        self.holders(&mut statement);
        self.order_of_page(&mut statement);
        statement.push(" LIMIT ");
        statement.bind(Parameter::Number(limit));
        let ids: Vec<String> = self
            .session
            .all(&statement.sql, &statement.values(), |row| get(row, 0))?;
        let are_all = i64::try_from(ids.len()).is_ok_and(|count| count < limit);
        let found = self.among(|statement| statement.bind(Parameter::Texts(ids)))?;
        if are_all || i64::try_from(found.len()).is_ok_and(|count| count >= self.page.limit.into()) {
            return Ok(found);
        }
        self.among(|statement| {
            statement.push("ARRAY(");
            self.holders(statement);
            statement.push(")");
        })
    }

    /// Selects the ids of the files behind the beginning of the page that hold the text, wherever they are. The first value of the
    /// statement is the site.
    fn holders(&self, statement: &mut Statement) {
        let text = &self.page.text;
        if has_trigrams(text) {
            statement.push("SELECT item.id FROM file_text AS item WHERE item.site = $1 AND item.folded LIKE ");
            statement.bind(Parameter::Text(pattern(text)));
        } else {
            // In an array, the ids are looked up one by one, as in `among`.
            statement.push(
                "SELECT item.id FROM unnest(ARRAY(
                     SELECT id FROM file_grams WHERE site = $1 AND string_to_array(grams, E'\\x1f') @> ",
            );
            statement.bind(Parameter::Texts(grams(text).into_iter().map(str::to_owned).collect()));
            statement.push(
                ")) AS hit (id) CROSS JOIN LATERAL (
                     SELECT * FROM file_text WHERE site = $1 AND file_text.id = hit.id OFFSET 0
                 ) AS item WHERE position(",
            );
            statement.bind(Parameter::Text(text.clone()));
            statement.push(" IN item.folded) > 0");
        }
        self.lasting_conditions(statement);
        if let Some(from) = &self.page.from {
            let (key, keys, ids) = (self.key(), Direction::of_keys(self.page), Direction::of_ids(self.page));
            statement.push(&format!(" AND (item.{key} {} ", sign(keys)));
            statement.bind(key_value(&from.key));
            statement.push(&format!(" OR item.{key} = "));
            statement.bind(key_value(&from.key));
            statement.push(&format!(" AND item.id {} ", sign(ids)));
            statement.bind(Parameter::Text(from.id.clone()));
            statement.push(")");
        }
    }

    fn order_of_page(&self, statement: &mut Statement) {
        let (keys, ids) = (Direction::of_keys(self.page), Direction::of_ids(self.page));
        statement.push(&format!(
            " ORDER BY item.{} {}, item.id {}",
            self.key(),
            order(keys),
            order(ids)
        ));
    }

    /// The page, from the files with some ids.
    fn among(&self, ids: impl FnOnce(&mut Statement)) -> Result<Vec<T>> {
        let Table { name, columns, .. } = self.table;
        // `id = ANY` would take a quarter less time. But where the planner expects few files, it compared each file of a site with each id: 1.6 s
        // for 4,700 ids in a site of 19,000 files. OFFSET keeps it from another order.
        let mut statement = self.statement(&format!("SELECT {} FROM unnest(", of("item", columns)));
        ids(&mut statement);
        statement.push(&format!(
            "::text[]) AS hit (id) CROSS JOIN LATERAL (
                 SELECT * FROM {name} WHERE {name}.site = {UNSEEN_SITE} AND {name}.id = hit.id OFFSET 0
             ) AS item"
        ));
        self.place(&mut statement);
        self.conditions(&mut statement);
        self.order_of_page(&mut statement);
        statement.push(" LIMIT ");
        statement.bind(Parameter::Number(self.page.limit.into()));
        self.run(&statement)
    }
}
