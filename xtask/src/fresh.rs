//! Build steps that run only when their inputs or outputs changed.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// A build step: its inputs, its outputs, and the stamp of its last run.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    /// The file that records the last successful run.
    pub(crate) stamp: PathBuf,
    /// Anything else that the result depends on: the sources of the step itself.
    pub(crate) recipe: &'a str,
    /// Files, or folders with everything in them.
    pub(crate) inputs: Vec<PathBuf>,
    /// Files, or folders with everything in them.
    pub(crate) outputs: Vec<PathBuf>,
}

impl Step<'_> {
    /// Runs `work` unless the inputs and outputs are the same as after its last run.
    ///
    /// Compares contents, not times: a fresh checkout or a touched file causes no work, and an output that
    /// someone changed by hand does.
    pub(crate) fn unless_fresh(&self, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let before = self.fingerprint()?;
        if fs::read_to_string(&self.stamp).is_ok_and(|stamp| stamp == before) {
            return Ok(());
        }
        if self.stamp.exists() {
            fs::remove_file(&self.stamp)?;
        }
        work()?;
        let folder = self.stamp.parent().context("a stamp has a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(&self.stamp, self.fingerprint()?)?;
        Ok(())
    }

    fn fingerprint(&self) -> Result<String> {
        let mut inputs = DefaultHasher::new();
        self.recipe.hash(&mut inputs);
        for path in &self.inputs {
            hash(path, &mut inputs)?;
        }
        let mut outputs = DefaultHasher::new();
        for path in &self.outputs {
            hash(path, &mut outputs)?;
        }
        Ok(format!("{:016x} {:016x}\n", inputs.finish(), outputs.finish()))
    }
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.hash(hasher);
    for file in files(path)? {
        file.hash(hasher);
        fs::read(&file)
            .with_context(|| format!("cannot read {}", file.display()))?
            .hash(hasher);
    }
    Ok(())
}

/// Returns the files at or below `path`, sorted; empty when `path` does not exist.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        found.extend(files(&entry)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn unless_fresh_repeats_a_changed_step_only() {
        let folder = std::env::temp_dir().join(format!("xtask-fresh-{}", std::process::id()));
        fs::create_dir_all(folder.join("in/deeper")).unwrap();
        let input = folder.join("in/deeper/source");
        let output = folder.join("product");
        fs::write(&input, "1").unwrap();
        let runs = Cell::new(0);
        let attempt = |recipe| {
            let step = Step {
                stamp: folder.join("stamps/step"),
                recipe,
                inputs: vec![folder.join("in")],
                outputs: vec![output.clone()],
            };
            step.unless_fresh(|| {
                runs.set(runs.get() + 1);
                Ok(fs::copy(&input, &output).map(drop)?)
            })
            .unwrap();
            runs.get()
        };

        assert_eq!(attempt("a"), 1);
        assert_eq!(attempt("a"), 1, "nothing changed");
        fs::write(&input, "2").unwrap();
        assert_eq!(attempt("a"), 2, "the input changed");
        fs::write(&output, "by hand").unwrap();
        assert_eq!(attempt("a"), 3, "the output changed");
        fs::remove_file(&output).unwrap();
        assert_eq!(attempt("a"), 4, "the output is gone");
        assert_eq!(attempt("b"), 5, "the recipe changed");
        assert_eq!(attempt("b"), 5, "nothing changed");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn unless_fresh_repeats_a_failed_step() {
        let folder = std::env::temp_dir().join(format!("xtask-failed-{}", std::process::id()));
        let step = Step {
            stamp: folder.join("stamp"),
            recipe: "",
            inputs: Vec::new(),
            outputs: Vec::new(),
        };
        step.unless_fresh(|| Ok(())).unwrap();
        let other = Step {
            stamp: folder.join("stamp"),
            recipe: "new",
            inputs: Vec::new(),
            outputs: Vec::new(),
        };
        assert!(other.unless_fresh(|| anyhow::bail!("broken")).is_err());
        let done = Cell::new(false);
        step.unless_fresh(|| {
            done.set(true);
            Ok(())
        })
        .unwrap();
        assert!(done.get(), "a stamp must not outlive a failure");
        fs::remove_dir_all(&folder).unwrap();
    }
}
