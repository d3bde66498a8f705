//! Settings.

use super::super::Catalog;
use super::{functions, read, write};

functions![setting_has_its_last_value, increment_starts_at_one];

/// A setting has the value that was set last, and an unknown one has none.
pub fn setting_has_its_last_value(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.set_setting("s", "1")?;
        writer.set_setting("s", "zwei \u{1f}")?;
        writer.set_setting("empty", "")
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.setting("s").unwrap().as_deref(), Some("zwei \u{1f}"));
    assert_eq!(snapshot.setting("empty").unwrap().as_deref(), Some(""));
    assert_eq!(snapshot.setting("t").unwrap(), None);
}

/// Counting starts at 1, continues from a number that was set, and can be read as text.
pub fn increment_starts_at_one(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        assert_eq!(writer.increment_setting("n")?, 1);
        assert_eq!(writer.increment_setting("n")?, 2);
        writer.set_setting("m", "41")?;
        assert_eq!(writer.increment_setting("m")?, 42);
        Ok(())
    });
    assert_eq!(read(catalog, |snapshot| snapshot.setting("n")).as_deref(), Some("2"));
    assert_eq!(read(catalog, |snapshot| snapshot.setting("m")).as_deref(), Some("42"));
}
