//! The file descriptor (`contract/model.md` sections 3 and 4).

use super::media::Medium;
use crate::wire::shape::Shape;

/// Where a descriptor holds dates, floats and media objects. The same shape serves both ways: an answer's REST members
/// become `Date` objects, numbers and `wix:` strings, an argument's become REST members again.
pub const FILE: Shape = Shape::Object(&[
    ("createdDate", Shape::Date),
    ("updatedDate", Shape::Date),
    ("lastUsedDate", Shape::Date),
    ("media", MEDIA),
]);

/// `image`, `vector` and `icon` share one structure.
const PICTURE: Shape = Shape::Object(&[
    ("image", Shape::Medium(Medium::Image)),
    ("previewImage", Shape::Medium(Medium::Image)),
    ("faces", Shape::Object(&[("confidence", Shape::Float)])),
]);

const MEDIA: Shape = Shape::Object(&[
    ("image", PICTURE),
    ("video", Shape::Medium(Medium::Video)),
    ("audio", Shape::Object(&[("assets", Shape::Medium(Medium::Audio))])),
    ("document", Shape::Medium(Medium::Document)),
    ("vector", PICTURE),
    ("icon", PICTURE),
    ("archive", Shape::Object(&[("urlExpirationDate", Shape::Date)])),
    (
        "model3d",
        Shape::Object(&[
            ("thumbnail", Shape::Medium(Medium::Image)),
            ("urlExpirationDate", Shape::Date),
        ]),
    ),
]);
