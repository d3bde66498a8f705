//! The JavaScript view of the crate's tables: the list of functions and the enums.

use std::fmt::Write as _;

use wix_media::operations::enums::ENUMS;
use wix_media::operations::{Group, OPERATIONS, Operation, Output, Paging};

/// The module `operations.js`, from which the package makes its functions and enums.
///
/// `operations` holds `[group, name, arguments, unwrap, list, paging]` for each row, at the row's own number.
/// `unwrap` is the member of the answer that the caller gets, `""` for the whole answer, `null` for nothing.
/// `list` is the member that holds a page's items, and `paging` is `"cursor"`, `"query"` or `""`.
/// `enums` holds the enums of each group by name.
pub(crate) fn module() -> String {
    let mut text = String::from("export const operations = [\n");
    for row in OPERATIONS {
        _ = writeln!(text, "  {},", entry(row));
    }
    // One string per enum is a fraction of the size of an object literal that says every value twice.
    text.push_str(
        "];\n\nconst values = (words) => Object.fromEntries(words.split(' ').map((word) => [word, word]));\n",
    );
    for choice in ENUMS {
        _ = writeln!(text, "const {} = values('{}');", choice.name, choice.values.join(" "));
    }
    text.push_str("\nexport const enums = {\n");
    for group in [Group::Files, Group::Folders] {
        let names: Vec<_> = ENUMS
            .iter()
            .filter(|choice| choice.groups.contains(&group))
            .map(|choice| choice.name)
            .collect();
        _ = writeln!(text, "  {}: {{ {} }},", group.name(), names.join(", "));
    }
    text.push_str("};\n");
    text
}

fn entry(row: &Operation) -> String {
    let unwrap = match row.output {
        Output::Body => Some(""),
        Output::Member(name) => Some(name),
        Output::Nothing => None,
    };
    let (list, paging) = match row.paging {
        Paging::None => ("", ""),
        Paging::Cursor(list) => (list, "cursor"),
        Paging::Query(list) => (list, "query"),
    };
    serde_json::json!([row.group.name(), row.name, row.arguments.len(), unwrap, list, paging]).to_string()
}

#[cfg(test)]
mod tests {
    use wix_media::operations::find;

    use super::*;

    fn entry_of(group: &str, name: &str) -> String {
        entry(find(group, name).unwrap())
    }

    #[test]
    fn rows_say_what_the_caller_gets() {
        assert_eq!(
            entry_of("files", "listFiles"),
            r#"["files","listFiles",1,"","files","cursor"]"#
        );
        assert_eq!(
            entry_of("files", "getFileDescriptor"),
            r#"["files","getFileDescriptor",1,"file","",""]"#
        );
        assert_eq!(
            entry_of("files", "bulkDeleteFiles"),
            r#"["files","bulkDeleteFiles",2,null,"",""]"#
        );
        assert_eq!(
            entry_of("folders", "queryFolders"),
            r#"["folders","queryFolders",1,"","folders","query"]"#
        );
    }

    #[test]
    fn rows_keep_their_numbers() {
        let text = module();
        let rows: Vec<_> = text.lines().skip(1).take(OPERATIONS.len()).collect();
        for (line, row) in rows.iter().zip(OPERATIONS) {
            assert_eq!(*line, format!("  {},", entry(row)));
        }
    }

    #[test]
    fn enums_stand_in_their_groups() {
        let text = module();
        assert!(text.contains("const SortOrder = values('ASC DESC');"));
        let folders = text.lines().find(|line| line.starts_with("  folders: ")).unwrap();
        assert!(
            folders.contains(" SortOrder,") && !folders.contains("MediaType"),
            "{folders}"
        );
    }
}
