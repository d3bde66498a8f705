//! Domain events (`contract/events.md` section 3).

use super::file;
use crate::wire::shape::Shape;

/// Where a raw event holds dates and descriptors. A folder has the dates of a file and no media, so one shape serves
/// both entities.
pub static EVENT: Shape = Shape::Object(&[
    ("eventTime", Shape::Date),
    ("createdEvent", Shape::Object(&[("entity", file::FILE)])),
    ("updatedEvent", Shape::Object(&[("currentEntity", file::FILE)])),
    ("deletedEvent", Shape::Object(&[("deletedEntity", file::FILE)])),
    (
        "actionEvent",
        Shape::Object(&[("body", Shape::Object(&[("file", file::FILE)]))]),
    ),
]);
