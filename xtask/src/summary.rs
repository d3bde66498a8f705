//! Test counts, read from what test programs print.

/// Tests that passed and failed, and the names of those that did not run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: Vec<String>,
    /// Files whose tests failed, and passed when they ran again. They count as passed.
    pub(crate) unsteady: Vec<String>,
}

impl Summary {
    /// Whether no test ran at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed == 0 && self.failed == 0
    }
}

impl std::ops::AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
        self.unsteady.extend(other.unsteady);
    }
}

/// The name given to a skip that is counted, but whose line was not found.
const UNNAMED: &str = "(unnamed)";

/// Reads the output of cargo test and wasm-bindgen-test: lines `test NAME ... ignored` and
/// `test result: ok. 3 passed; 1 failed; …`.
pub(crate) fn of_rust(transcript: &str) -> Summary {
    let mut summary = Summary::default();
    let mut counted = 0;
    for line in transcript.lines().map(plain) {
        if let Some((_, result)) = line.split_once("test result: ") {
            for part in result.split([';', '.']) {
                match part.trim().split_once(' ') {
                    Some((number, "passed")) => summary.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => summary.failed += number.parse().unwrap_or(0),
                    Some((number, "ignored")) => counted += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        } else if let Some((name, verdict)) = line.split_once(" ... ")
            && let Some(name) = name.strip_prefix("test ")
            && verdict.starts_with("ignored")
        {
            summary.skipped.push(name.to_owned());
        }
    }
    name_all(&mut summary.skipped, counted);
    summary
}

/// Reads the output of Node's reporter `spec`: lines `﹣ NAME (1.2ms) # REASON`, and the closing lines `ℹ pass 3`, which
/// other reporters begin with `#`. A cancelled test has failed; one marked as todo has not run.
pub(crate) fn of_node(transcript: &str) -> Summary {
    let mut summary = Summary::default();
    let mut counted = 0;
    for line in transcript.lines().map(plain) {
        if let Some(skipped) = line.trim_start().strip_prefix("﹣ ") {
            let name = skipped.rsplit_once(" (").map_or(skipped, |(name, _)| name);
            summary.skipped.push(name.to_owned());
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let ["ℹ" | "#", key, number] = words[..] else {
            continue;
        };
        let number: u64 = number.parse().unwrap_or(0);
        match key {
            "pass" => summary.passed += number,
            "fail" | "cancelled" => summary.failed += number,
            "skipped" | "todo" => counted += number,
            _ => {}
        }
    }
    name_all(&mut summary.skipped, counted);
    summary
}

/// The files of failed tests in the output of Node's reporter `spec`, each once: lines `test at FILE:LINE:COLUMN`.
pub(crate) fn failed_files(transcript: &str) -> Vec<String> {
    let mut files = Vec::new();
    for line in transcript.lines().map(plain) {
        let place = line.strip_prefix("test at ").map(|place| place.rsplitn(3, ':').last());
        if let Some(Some(file)) = place
            && !files.iter().any(|known| known == file)
        {
            files.push(file.to_owned());
        }
    }
    files
}

/// Makes up for names that were not found, so that no skip is lost.
fn name_all(skipped: &mut Vec<String>, counted: u64) {
    let counted = usize::try_from(counted).unwrap_or(usize::MAX);
    if skipped.len() < counted {
        skipped.resize(counted, UNNAMED.to_owned());
    }
}

/// A line without terminal colours.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        text.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(passed: u64, failed: u64, skipped: &[&str]) -> Summary {
        Summary {
            passed,
            failed,
            skipped: skipped.iter().map(|&name| name.to_owned()).collect(),
            unsteady: Vec::new(),
        }
    }

    #[test]
    fn failed_files_are_named_once() {
        let transcript = "✖ failing tests:\n\ntest at page/a.test.js:12:3\n✖ one (1ms)\n  at page/c.test.js:1:1\n\n\
            test at page/a.test.js:40:3\n✖ two (1ms)\n\n\u{1b}[31mtest at b.test.js:1:1\u{1b}[39m\n✖ b.test.js (1ms)\n";
        assert_eq!(failed_files(transcript), ["page/a.test.js", "b.test.js"]);
        assert!(failed_files("✔ test at home (1ms)\nℹ pass 1\n").is_empty());
    }

    #[test]
    fn of_rust_adds_up_several_programs() {
        let transcript = "
running 2 tests
test model::tests::one ... ok
test crash::child ... ignored, the crash test starts it
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests wix_media
test src/lib.rs - (line 3) ... \u{1b}[33mignored\u{1b}[0m
test result: \u{1b}[31mFAILED\u{1b}[0m. 5 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out; finished in 1.25s
";
        assert_eq!(
            of_rust(transcript),
            summary(7, 3, &["crash::child", "src/lib.rs - (line 3)"])
        );
        assert_eq!(of_rust("error: could not compile"), Summary::default());
    }

    #[test]
    fn of_rust_reads_wasm_tests() {
        let transcript = "running 1 test\ntest goes ... ok\n\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.00s\n";
        assert_eq!(of_rust(transcript), summary(1, 0, &[]));
        assert_eq!(of_rust("no tests to run!"), Summary::default());
    }

    #[test]
    fn of_node_reads_both_styles() {
        let spec = "✔ a # pass 9 more (1ms)\nℹ tests 6\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 2\nℹ skipped 0\n";
        assert_eq!(of_node(spec), summary(3, 3, &[]));
        let tap = "# Subtest: x\nok 1 - x\n# tests 1\n# pass 1\n# fail 0\n# cancelled 0\n# duration_ms 40.1\n";
        assert_eq!(of_node(tap), summary(1, 0, &[]));
        let coloured = "\u{1b}[34mℹ pass 12\u{1b}[39m\n\u{1b}[34mℹ fail 0\u{1b}[39m\n";
        assert_eq!(of_node(coloured), summary(12, 0, &[]));
    }

    #[test]
    fn of_node_names_skipped_tests() {
        let spec = "▶ a suite\n  ✔ runs (1ms)\n  \u{1b}[90m﹣ works (for curl) (0.07ms) # there is no curl\u{1b}[39m\nℹ pass 1\nℹ skipped 1\nℹ todo 0\n";
        assert_eq!(of_node(spec), summary(1, 0, &["works (for curl)"]));
    }

    #[test]
    fn of_node_and_of_rust_count_skips_without_a_name() {
        assert_eq!(
            of_node("ℹ pass 1\nℹ skipped 1\nℹ todo 1\n"),
            summary(1, 0, &[UNNAMED, UNNAMED])
        );
        let transcript = "test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured";
        assert_eq!(of_rust(transcript), summary(1, 0, &[UNNAMED]));
    }
}
