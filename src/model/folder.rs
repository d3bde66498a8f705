//! The folder (`contract/model.md` section 6).

use crate::wire::shape::Shape;

/// Where a folder holds dates.
pub const FOLDER: Shape = Shape::Object(&[("createdDate", Shape::Date), ("updatedDate", Shape::Date)]);
