//! Strings that no file of the repository may contain.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::output;
use crate::project::Project;

/// An unwanted string, and why. Each is joined from pieces, so that the search does not find this file.
struct Unwanted {
    text: &'static str,
    reason: &'static str,
    /// Whether lock files are searched too.
    in_locks: bool,
}

const fn source(text: &'static str, reason: &'static str) -> Unwanted {
    Unwanted {
        text,
        reason,
        in_locks: false,
    }
}

const fn anywhere(text: &'static str, reason: &'static str) -> Unwanted {
    Unwanted {
        text,
        reason,
        in_locks: true,
    }
}

const UNWANTED: [Unwanted; 16] = [
    source(concat!("to", "do!("), "unfinished code"),
    source(concat!("unimple", "mented!("), "unfinished code"),
    source(concat!("FIX", "ME"), "unfinished code"),
    source(concat!("TO", "DO"), "unfinished code"),
    source(concat!("XX", "X"), "unfinished code"),
    source(concat!("db", "g!("), "a forgotten debug print"),
    source(concat!("debug", "ger;"), "a forgotten breakpoint"),
    anywhere(concat!("/ro", "ot/"), "a path of one machine"),
    anywhere(concat!("/ho", "me/"), "a path of one machine"),
    anywhere(concat!("/wo", "rk/"), "a path of one machine"),
    anywhere(concat!("/Us", "ers/"), "a path of one machine"),
    anywhere(concat!("C:", "\\"), "a path of one machine"),
    anywhere(concat!("registry.np", "mjs.org"), "the host of a registry"),
    anywhere(concat!("static.cra", "tes.io"), "the host of a registry"),
    anywhere(concat!("index.cra", "tes.io"), "the host of a registry"),
    anywhere(concat!("deb.deb", "ian.org"), "the host of a registry"),
];

/// Searches every tracked file.
pub(crate) fn tidy(project: &Project) -> Result<()> {
    let names = output(Command::new("git").args(["ls-files", "-z"]).current_dir(&project.root))?;
    let mut findings = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        // Skip files that are deleted but still tracked, and files that are not text.
        if let Ok(text) = fs::read_to_string(project.root.join(name)) {
            findings.extend(findings_in(name, &text));
        }
    }
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    Ok(())
}

fn findings_in(name: &str, text: &str) -> Vec<String> {
    let is_lock = matches!(
        Path::new(name).file_name().and_then(|name| name.to_str()),
        Some("Cargo.lock" | "package-lock.json")
    );
    let mut findings = Vec::new();
    for unwanted in UNWANTED.iter().filter(|unwanted| unwanted.in_locks || !is_lock) {
        for (at, line) in text.lines().enumerate() {
            if line.contains(unwanted.text) {
                findings.push(format!("{name}:{}: {}: {}", at + 1, unwanted.reason, unwanted.text));
            }
        }
    }
    // Every byte of a parser's input counts, and what an earlier version wrote stays as it was.
    let is_input = name.starts_with("fuzz/seeds/")
        || ["corpus", "media", "pictures", "types", "versions"]
            .iter()
            .any(|folder| name.starts_with(&format!("tests/data/{folder}/")));
    if !is_lock && !is_input && !text.is_empty() && !text.ends_with('\n') {
        findings.push(format!("{name}: missing newline at the end"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_name_file_line_and_reason() {
        let text = format!("fn a() {{}}\n    {}x);\n", concat!("db", "g!("));
        assert_eq!(
            findings_in("src/a.rs", &text),
            [format!("src/a.rs:2: a forgotten debug print: {}", concat!("db", "g!("))]
        );
        assert_eq!(findings_in("a", "no end"), ["a: missing newline at the end"]);
        assert_eq!(findings_in("a", "fine\n"), [""; 0]);
        assert_eq!(findings_in("fuzz/seeds/answer/list", "no end"), [""; 0]);
    }

    #[test]
    fn lock_files_are_searched_for_hosts_only() {
        let host = format!("\"resolved\": \"https://{}/x\"\n", concat!("registry.np", "mjs.org"));
        assert_eq!(findings_in("tests/js/package-lock.json", &host).len(), 1);
        let hash = format!("\"integrity\": \"{}\"\n", concat!("sha512-XX", "X"));
        assert_eq!(findings_in("tests/js/package-lock.json", &hash), [""; 0]);
        assert_eq!(findings_in("tests/js/package.json", &hash).len(), 1);
    }

    #[test]
    fn tidy_does_not_find_itself() {
        assert_eq!(findings_in("tidy.rs", include_str!("tidy.rs")), [""; 0]);
    }
}
