//! `docs/reference.md` agrees with the operations table.
//!
//! Set `UPDATE_REFERENCE` to write the page instead of comparing it.

use std::fmt::Write as _;
use std::path::PathBuf;

use wix_media::operations::enums::{ApiEnum, ENUMS};
use wix_media::operations::{Access, Argument, Field, Kind, OPERATIONS, Operation, Output, Paging, Repeat, Verb};

const INTRODUCTION: &str = "\
# Reference

Every call with its arguments, limits and error codes. This page is generated from the operations table. Generate it again
after you change the table:

```sh
UPDATE_REFERENCE=1 cargo test --test it reference
```

- Paths are relative to `/site-media/v1`. Arguments have their JavaScript names. *Sent as* is the name and place in the
  request.
- **The service checks limits.** The client refuses only required arguments that are missing or of the wrong type, and
  values that JSON cannot express. You do not need a new client when the service raises a limit.
- Every function takes `{ signal, timeoutMs }` as its last argument.
- Wherever a file id is expected, you can pass a media URL such as `wix:image://v1/a1b2c3_4f5e~mv2.jpg/river.jpg`.
- *Retried*: a *safe* call is retried after a lost connection and after the statuses 429, 500, 502, 503 and 504. A call
  that *creates* is retried only after a 429, or if the request was never sent. It might create a second item otherwise.
- *Scope*: the credentials need *read* (Read Media Manager) or *manage* (Manage Media Manager, which includes *read*).
- [Errors](errors.md) explains the codes, including those that every call can raise.
";

fn page() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## All calls\n\n| Call | HTTP | Paged | Retried | Scope |\n| --- | --- | --- | --- | --- |\n");
    for row in OPERATIONS {
        let name = full_name(row);
        _ = writeln!(
            text,
            "| [`{name}`](#{}) | `{} {}` | {} | {} | {} |",
            name.replace('.', "").to_lowercase(),
            row.verb.name(),
            row.path,
            if row.paging == Paging::None { "" } else { "yes" },
            match row.repeat {
                Repeat::Safe => "safe",
                Repeat::Creates => "creates",
            },
            match row.access {
                Access::Read => "read",
                Access::Manage => "manage",
            },
        );
    }
    for row in OPERATIONS {
        push_call(&mut text, row);
    }
    text.push_str(
        "\n## Enums\n\nEach enum is an object of the package and of its groups. Pass a member such as `MediaType.IMAGE`, or the plain \
         string.\nAnswers may contain values that are not listed.\n\n| Enum | Groups | Values |\n| --- | --- | --- |\n",
    );
    for api_enum in ENUMS {
        let groups: Vec<_> = api_enum.groups.iter().map(|group| group.name()).collect();
        let values: Vec<_> = api_enum.values.iter().map(|value| format!("`{value}`")).collect();
        _ = writeln!(
            text,
            "| `{}` | {} | {} |",
            api_enum.name,
            groups.join(", "),
            values.join(", ")
        );
    }
    text
}

fn full_name(row: &Operation) -> String {
    format!("{}.{}", row.group.name(), row.name)
}

fn push_call(text: &mut String, row: &Operation) {
    let name = full_name(row);
    _ = writeln!(
        text,
        "\n## {name}\n\n`{name}({})` sends `{} {}`.\n",
        signature(row),
        row.verb.name(),
        row.path
    );

    let mut rows = Vec::new();
    for argument in row.arguments {
        match argument {
            Argument::Value { name, field } => push_field(&mut rows, row, name, field.name, field),
            Argument::Options(fields) => {
                for field in *fields {
                    push_field(&mut rows, row, &format!("options.{}", field.name), field.name, field);
                }
            }
        }
    }
    text.push_str("| Argument | Sent as | Required | Value |\n| --- | --- | --- | --- |\n");
    text.push_str(&rows.concat());

    _ = writeln!(text, "\n- Returns {}.", result(row));
    match row.paging {
        Paging::None => {}
        Paging::Cursor(list) => {
            _ = writeln!(
                text,
                "- Paged: `{list}` holds the items of a page. For the next page, pass `nextCursor.cursors.next` as \
                 `options.paging.cursor`, or use `for await`, `.pages()` or `.toArray({{ limit }})`."
            );
        }
        Paging::Query(list) => {
            _ = writeln!(
                text,
                "- Paged: `{list}` holds the items of a page. For the next page, pass `pagingMetadata.cursors.next` as \
                 `query.cursorPaging.cursor`, or use `for await`, `.pages()` or `.toArray({{ limit }})`.\n- Without an \
                 argument it returns a builder: `{name}().eq(…).descending(…).limit(…).find()`."
            );
        }
    }
    if row.errors.is_empty() {
        text.push_str("- No error codes beyond those of every call.\n");
    } else {
        let codes: Vec<_> = row.errors.iter().map(|code| format!("`{code}`")).collect();
        _ = writeln!(text, "- Error codes: {}.", codes.join(", "));
    }
}

fn signature(row: &Operation) -> String {
    let names: Vec<_> = row
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::Value { name, field } if field.required => (*name).to_owned(),
            Argument::Value { name, .. } => format!("{name}?"),
            Argument::Options(_) => "options?".to_owned(),
        })
        .collect();
    names.join(", ")
}

fn result(row: &Operation) -> String {
    match row.output {
        Output::Body => "the whole answer".to_owned(),
        Output::Member(name) => format!("`{name}` of the answer"),
        Output::Nothing => "nothing".to_owned(),
    }
}

/// Adds the rows of a field and of its members.
fn push_field(rows: &mut Vec<String>, row: &Operation, path: &str, sent: &str, field: &Field) {
    let (inner, suffix): (&[Field], &str) = match field.kind {
        Kind::Object(fields) => (fields, ""),
        Kind::Objects { fields, .. } => (fields, "[]"),
        _ => (&[], ""),
    };
    rows.push(format!(
        "| `{path}` | {} | {} | {} |\n",
        place(row, sent),
        if field.required { "yes" } else { "" },
        limits(&field.kind),
    ));
    for member in inner {
        push_field(
            rows,
            row,
            &format!("{path}{suffix}.{}", javascript_name(member.name)),
            &format!("{sent}{suffix}.{}", member.name),
            member,
        );
    }
}

/// Returns where a field travels, by its REST name.
fn place(row: &Operation, sent: &str) -> String {
    let place = match row.verb {
        Verb::Get => "query",
        Verb::Post | Verb::Patch => "body",
    };
    if row.path.contains(&format!("{{{sent}}}")) {
        format!("`{sent}` in the path and the {place}")
    } else {
        format!("`{sent}` in the {place}")
    }
}

fn javascript_name(rest: &str) -> String {
    if ["id", "createdDate", "updatedDate"].contains(&rest) {
        format!("_{rest}")
    } else {
        rest.to_owned()
    }
}

fn limits(kind: &Kind) -> String {
    match *kind {
        Kind::Text { min: 0, max } => format!("a string of up to {} characters", number(max)),
        Kind::Text { min, max } => format!("a string of {} to {} characters", number(min), number(max)),
        Kind::Flag => "a boolean".to_owned(),
        Kind::Integer { min, max } => format!("an integer from {} to {}", number(min), number(max)),
        Kind::Decimal => "a non-negative integer, as a string of decimal digits".to_owned(),
        Kind::OneOf(choice) => enumeration("one of", choice),
        Kind::Texts { min, max, length } => {
            format!("{} strings of up to {} characters", count(min, max), number(length))
        }
        Kind::SomeOf { choice, max } => enumeration(&format!("{} of", count(0, max)), choice),
        Kind::Map => "an object".to_owned(),
        Kind::Object(_) => "an object with these members".to_owned(),
        Kind::Objects { min, max, .. } => format!("{} objects with these members", count(min, max)),
        Kind::Query(queryable) => {
            let filters: Vec<_> = queryable
                .filters
                .iter()
                .map(|(name, takes_lists)| {
                    let operators = if *takes_lists { "`$eq`, `$in`" } else { "`$eq`" };
                    format!("`{}` ({operators})", javascript_name(name))
                })
                .collect();
            let sorts: Vec<_> = queryable
                .sorts
                .iter()
                .map(|name| format!("`{}`", javascript_name(name)))
                .collect();
            format!(
                "`filter` by {}; `sort` by one of {}; `cursorPaging` with `limit` and `cursor`",
                filters.join(", "),
                sorts.join(", ")
            )
        }
    }
}

fn enumeration(quantity: &str, choice: &ApiEnum) -> String {
    format!("{quantity} [`{}`](#enums)", choice.name)
}

fn count(min: u32, max: u32) -> String {
    match min {
        0 => format!("up to {}", number(max)),
        min => format!("{} to {}", number(min), number(max)),
    }
}

/// Formats a number with commas between thousands.
fn number(value: u32) -> String {
    if value < 1000 {
        value.to_string()
    } else {
        format!("{},{:03}", number(value / 1000), value % 1000)
    }
}

fn document(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(document(name)).unwrap_or_else(|error| panic!("docs/{name}: {error}"))
}

#[test]
fn reference_page_agrees_with_the_table() {
    let page = page();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(document("reference.md"), &page).expect("a page that can be written");
    }
    let found = read("reference.md");
    for (number, (found, expected)) in found.lines().zip(page.lines()).enumerate() {
        assert_eq!(
            found,
            expected,
            "docs/reference.md, line {}: write the page with UPDATE_REFERENCE=1",
            number + 1
        );
    }
    assert_eq!(found.len(), page.len(), "docs/reference.md is too long or too short");
}

#[test]
fn error_code_of_the_table_is_explained() {
    let errors = read("errors.md");
    for row in OPERATIONS {
        for code in row.errors {
            let line = errors
                .lines()
                .find(|line| line.starts_with(&format!("| `{code}` |")))
                .unwrap_or_else(|| panic!("docs/errors.md does not explain {code}"));
            assert!(
                line.contains(&format!("`{}`", row.name)),
                "docs/errors.md does not say that {} can raise {code}",
                full_name(row)
            );
        }
    }
}

#[test]
fn call_named_in_errors_raises_the_code() {
    let errors = read("errors.md");
    let is_call = |name: &str| OPERATIONS.iter().any(|row| row.name == name);
    for line in errors.lines().filter(|line| line.starts_with("| `")) {
        let words: Vec<_> = line.split('`').skip(1).step_by(2).collect();
        let (code, calls) = words.split_first().expect("a code");
        for call in calls.iter().filter(|name| is_call(name)) {
            let row = OPERATIONS.iter().find(|row| row.name == *call).expect("a row");
            assert!(
                row.errors.contains(code),
                "docs/errors.md says that {call} can raise {code}"
            );
        }
    }
}

#[test]
fn number_has_commas_between_thousands() {
    assert_eq!(
        [0, 999, 1000, 16_000, 525_600, 1_000_001].map(number),
        ["0", "999", "1,000", "16,000", "525,600", "1,000,001"]
    );
    assert_eq!(javascript_name("updatedDate"), "_updatedDate");
}
