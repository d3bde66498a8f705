//! `cargo xtask test [--quick] [--node MAJOR] [RING…]`: runs the rings of tests and prints one line for each.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::machine::{self, MIN_NODE};
use crate::project::Project;
use crate::ring::Ring;
use crate::scratch::Scratch;
use crate::skips::{LIST, Skips};
use crate::summary::Summary;

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// In the order of [`Ring::ALL`], each once.
    pub(crate) rings: Vec<Ring>,
    /// Leaves out slow tests, and makes fewer random cases.
    pub(crate) is_quick: bool,
    /// The release line of Node that runs the tests, instead of the Node on the PATH.
    pub(crate) node: Option<u32>,
}

impl Selection {
    /// Reads `[--quick] [--node MAJOR] [RING…]`. Without a ring it is those of [`Ring::USUAL`], [`Ring::QUICK`] or
    /// [`Ring::ON_NODE`].
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let (mut is_quick, mut node) = (false, None);
        let mut named = Vec::new();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => is_quick = true,
                "--node" => node = Some(parse_node(words.next())?),
                name => named.push(Ring::parse(name)?),
            }
        }
        if let Some(ring) = named
            .iter()
            .find(|ring| node.is_some() && !Ring::ON_NODE.contains(ring))
        {
            bail!("invalid ring {:?}: --node has no effect on it", ring.name());
        }
        let usual: &[Ring] = if is_quick { &Ring::QUICK } else { &Ring::USUAL };
        let rings = Ring::ALL
            .into_iter()
            .filter(|ring| match named[..] {
                [] => usual.contains(ring) && (node.is_none() || Ring::ON_NODE.contains(ring)),
                _ => named.contains(ring),
            })
            .collect();
        Ok(Self { rings, is_quick, node })
    }
}

/// Reads the major version after `--node`.
fn parse_node(word: Option<&String>) -> Result<u32> {
    word.and_then(|word| word.parse().ok())
        .filter(|major| *major >= MIN_NODE)
        .with_context(|| format!("invalid --node: expected a major version of {MIN_NODE} or later, such as 22"))
}

/// The result of a ring.
struct Outcome {
    ring: Ring,
    summary: Summary,
    /// Why the ring could not run.
    error: Option<String>,
    time: Duration,
}

/// Runs the rings, each whatever became of the others, and prints the result. Returns whether everything passed.
pub(crate) fn test(project: &Project, selection: &Selection) -> Result<bool> {
    let skips = Skips::load(&project.root)?;
    let scratch = Scratch::new();
    let node = selection
        .node
        .map(|major| machine::node_release(project, major))
        .transpose()?;
    let run = |ring: &Ring| {
        outcome(*ring, || {
            ring.run(project, &scratch, selection.is_quick, node.as_deref())
        })
    };
    let outcomes: Vec<Outcome> = selection.rings.iter().map(run).collect();
    let (text, passed) = report(&outcomes, &skips, machine::is_ci());
    println!("\n{text}");
    // The message of a failed test may name a file in there.
    if passed {
        scratch.remove();
    }
    Ok(passed)
}

fn outcome(ring: Ring, run: impl FnOnce() -> Result<Summary>) -> Outcome {
    println!("\n— {} —", ring.name());
    let start = Instant::now();
    let (mut summary, mut error) = match run() {
        Ok(summary) => (summary, None),
        Err(error) => {
            let failed = Summary {
                failed: 1,
                ..Summary::default()
            };
            (failed, Some(format!("{error:#}")))
        }
    };
    if summary.is_empty() {
        summary.failed = 1;
        error = Some("no test ran".to_owned());
    }
    Outcome {
        ring,
        summary,
        error,
        time: start.elapsed(),
    }
}

/// The tests that were skipped, and the files that passed only at their second run. Then one line for each ring, and the total
/// on a line of its own. In CI, a skipped test that is not listed counts as a failure.
fn report(outcomes: &[Outcome], skips: &Skips, is_ci: bool) -> (String, bool) {
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let mut lines = Vec::new();
    let mut notes = Vec::new();
    for outcome in outcomes {
        let (reasons, unlisted) = skips.report(&outcome.summary.skipped);
        let refused = if is_ci { unlisted } else { 0 };
        let counted = (outcome.summary.passed, outcome.summary.failed + refused, reasons.len());
        let mut line = format!(
            "{:<14}{:>6} passed {:>6} failed {:>6} skipped {:>8.1} s",
            outcome.ring.name(),
            counted.0,
            counted.1,
            counted.2,
            outcome.time.as_secs_f64()
        );
        if let Some(error) = &outcome.error {
            line.push_str("  ");
            line.push_str(error);
        }
        if refused > 0 {
            line.push_str(&format!("  {refused} skipped but not listed in {LIST}"));
        }
        lines.push(line);
        notes.extend(reasons.into_iter().map(|reason| format!("skipped: {reason}")));
        notes.extend(
            outcome
                .summary
                .unsteady
                .iter()
                .map(|file| format!("unsteady: {file}: failed, then passed")),
        );
        passed += counted.0;
        failed += counted.1;
        skipped += counted.2;
    }
    if !notes.is_empty() {
        notes.push(String::new());
        lines.splice(0..0, notes);
    }
    lines.push(format!("\n{passed} passed, {failed} failed, {skipped} skipped"));
    (lines.join("\n"), failed == 0)
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

    fn outcome_of(result: Result<Summary>) -> Outcome {
        Outcome {
            time: Duration::from_millis(1250),
            ..outcome(Ring::Js, || result)
        }
    }

    fn parse(line: &str) -> Result<Selection> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Selection::parse(&words)
    }

    #[test]
    fn selection_keeps_the_order_of_rings() {
        assert_eq!(parse("").unwrap().rings, Ring::USUAL);
        assert_eq!(parse("tools rust").unwrap().rings, [Ring::Rust, Ring::Tools]);
        assert_eq!(parse("page rust page").unwrap().rings, [Ring::Rust, Ring::Page]);
        assert!(parse("rust moon").is_err());
        assert!(parse("--slow").is_err());
    }

    #[test]
    fn quick_selection_leaves_out_rings_unless_they_are_named() {
        let quick = parse("--quick").unwrap();
        assert_eq!((&quick.rings[..], quick.is_quick), (&Ring::QUICK[..], true));
        let quick = parse("page --quick").unwrap();
        assert_eq!((&quick.rings[..], quick.is_quick), (&[Ring::Page][..], true));
    }

    #[test]
    fn selection_with_node_keeps_to_the_rings_that_it_runs() {
        let other = parse("--node 22").unwrap();
        assert_eq!(
            (&other.rings[..], other.node),
            (&[Ring::Js, Ring::Package][..], Some(22))
        );
        assert_eq!(parse("--node 24 package").unwrap().rings, [Ring::Package]);
        assert_eq!(parse("--node 24 --quick").unwrap().rings, [Ring::Js]);
        for line in ["--node", "--node 18", "--node new", "--node 22 rust"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn report_ends_with_the_total() {
        let good = outcome_of(Ok(summary(12, 0, &[])));
        let (text, passed) = report(&[good], &Skips::default(), true);
        assert!(passed);
        assert_eq!(
            text,
            "js                12 passed      0 failed      0 skipped      1.2 s\n\n12 passed, 0 failed, 0 skipped"
        );
    }

    #[test]
    fn report_fails_when_a_ring_is_empty_or_broken() {
        let empty = outcome_of(Ok(Summary::default()));
        let broken = outcome_of(Err(anyhow::anyhow!("it fell over")));
        let (text, passed) = report(&[empty, broken], &Skips::default(), false);
        assert!(!passed);
        assert!(text.contains("no test ran") && text.contains("it fell over"), "{text}");
        assert_eq!(text.lines().last(), Some("0 passed, 2 failed, 0 skipped"));
    }

    #[test]
    fn report_names_what_passed_at_the_second_run_only() {
        let mut counts = summary(3, 0, &[]);
        counts.unsteady.push("page/a.test.js".to_owned());
        let (text, passed) = report(&[outcome_of(Ok(counts))], &Skips::default(), true);
        assert!(
            passed && text.starts_with("unsteady: page/a.test.js: failed, then passed\n"),
            "{text}"
        );
    }

    #[test]
    fn report_fails_on_unlisted_skips_in_ci_only() {
        let outcomes = || [outcome_of(Ok(summary(3, 0, &["a", "b"])))];
        let (text, passed) = report(&outcomes(), &Skips::default(), false);
        assert!(passed && text.starts_with("skipped: a: not listed\n"), "{text}");
        let (text, passed) = report(&outcomes(), &Skips::default(), true);
        assert!(!passed && text.ends_with("3 passed, 2 failed, 2 skipped"), "{text}");
    }
}
