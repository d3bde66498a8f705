//! Reading how many tests passed and failed out of what test programs print.

/// Tests that passed and tests that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Adds up the lines `test result: ok. 3 passed; 1 failed; …` of cargo test and wasm-bindgen-test.
pub(crate) fn of_rust(transcript: &str) -> Count {
    let mut count = Count::default();
    for line in transcript.lines().map(plain) {
        let Some((_, result)) = line.split_once("test result: ") else {
            continue;
        };
        for part in result.split([';', '.']) {
            match part.trim().split_once(' ') {
                Some((number, "passed")) => count.passed += number.parse().unwrap_or(0),
                Some((number, "failed")) => count.failed += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
    count
}

/// Adds up the closing lines `ℹ pass 3` or `# pass 3` of Node's test runner. A cancelled test has failed.
pub(crate) fn of_node(transcript: &str) -> Count {
    let mut count = Count::default();
    for line in transcript.lines().map(plain) {
        let words: Vec<&str> = line.split(' ').collect();
        let ["ℹ" | "#", key, number] = words[..] else {
            continue;
        };
        let number = number.parse().unwrap_or(0);
        match key {
            "pass" => count.passed += number,
            "fail" | "cancelled" => count.failed += number,
            _ => {}
        }
    }
    count
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

    #[test]
    fn rust_summaries_add_up() {
        let transcript = "
running 2 tests
test model::tests::one ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests wix_media
test result: \u{1b}[31mFAILED\u{1b}[0m. 5 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.25s
";
        assert_eq!(of_rust(transcript), Count { passed: 7, failed: 3 });
        assert_eq!(of_rust("error: could not compile"), Count::default());
    }

    #[test]
    fn the_summary_of_wasm_tests_is_read() {
        let transcript = "running 1 test\ntest goes ... ok\n\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.00s\n";
        assert_eq!(of_rust(transcript), Count { passed: 1, failed: 0 });
        assert_eq!(of_rust("no tests to run!"), Count::default());
    }

    #[test]
    fn node_summaries_are_read_in_both_styles() {
        let spec = "✔ a # pass 9 more (1ms)\nℹ tests 6\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 2\nℹ skipped 0\n";
        assert_eq!(of_node(spec), Count { passed: 3, failed: 3 });
        let tap = "# Subtest: x\nok 1 - x\n# tests 1\n# pass 1\n# fail 0\n# cancelled 0\n# duration_ms 40.1\n";
        assert_eq!(of_node(tap), Count { passed: 1, failed: 0 });
        let coloured = "\u{1b}[34mℹ pass 12\u{1b}[39m\n\u{1b}[34mℹ fail 0\u{1b}[39m\n";
        assert_eq!(of_node(coloured), Count { passed: 12, failed: 0 });
    }
}
