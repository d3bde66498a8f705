//! Shapes: where JSON text holds values whose JavaScript form differs from their REST form.

use crate::model::media_url::Medium;

/// The value expected at one place of a JSON text. Arrays are transparent: an array at any level stands for each of its
/// items, as in the official SDK (`contract/sdk-behaviour.md` section 2).
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything; only the names `id`, `createdDate` and `updatedDate` change.
    Any,
    /// An object; members that are not named are `Any`.
    Object(&'static [(&'static str, Shape)]),
    /// An ISO 8601 string in REST, a `Date` in JavaScript.
    Date,
    /// A number that REST writes as a string when it is NaN or infinite.
    Float,
    /// A media object in REST, a `wix:` string in JavaScript.
    Medium(Medium),
}

/// The shapes of whole fields and answers. The number of a variant stands for the shape in the client's packed table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ShapeId {
    /// Nothing but the renamed members.
    Any,
    /// The sort of a list.
    Sort,
    /// A file descriptor.
    File,
    /// A folder.
    Folder,
    /// An answer with one `file`.
    FileAnswer,
    /// An answer with a list of `files`.
    FilesAnswer,
    /// An answer with `results`, each of which may hold a file as its `item`.
    ResultsAnswer,
    /// An answer with one `folder`.
    FolderAnswer,
    /// An answer with a list of `folders`.
    FoldersAnswer,
}

/// The shape of each [`ShapeId`], at its number.
static SHAPES: [&Shape; 9] = [
    &Shape::Any,
    &SORT,
    &FILE,
    &FOLDER,
    &Shape::Object(&[("file", FILE)]),
    &Shape::Object(&[("files", FILE)]),
    &Shape::Object(&[("results", Shape::Object(&[("item", FILE)]))]),
    &Shape::Object(&[("folder", FOLDER)]),
    &Shape::Object(&[("folders", FOLDER)]),
];

impl ShapeId {
    /// The shape.
    ///
    /// ```
    /// use wix_media::operations::shape::{Shape, ShapeId};
    ///
    /// let Shape::Object(members) = ShapeId::FilesAnswer.shape() else { panic!() };
    /// assert_eq!(members[0].0, "files");
    /// ```
    pub fn shape(self) -> &'static Shape {
        ShapeId::shape_at(self as u8)
    }

    /// The shape with this number, [`Shape::Any`] for numbers without a shape.
    pub(crate) fn shape_at(number: u8) -> &'static Shape {
        SHAPES.get(usize::from(number)).copied().unwrap_or(&Shape::Any)
    }
}

/// Where a sort holds floats.
const SORT: Shape = Shape::Object(&[(
    "origin",
    Shape::Object(&[("latitude", Shape::Float), ("longitude", Shape::Float)]),
)]);

/// Where a descriptor holds dates, floats and media objects. The same shape serves both ways: an answer's REST members
/// become `Date` objects, numbers and `wix:` strings, an argument's become REST members again.
const FILE: Shape = Shape::Object(&[
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

/// Where a folder holds dates.
const FOLDER: Shape = Shape::Object(&[("createdDate", Shape::Date), ("updatedDate", Shape::Date)]);

/// Where a raw event holds dates and descriptors. A folder has the dates of a file and no media, so one shape serves
/// both entities.
pub static EVENT: Shape = Shape::Object(&[
    ("eventTime", Shape::Date),
    ("createdEvent", Shape::Object(&[("entity", FILE)])),
    ("updatedEvent", Shape::Object(&[("currentEntity", FILE)])),
    ("deletedEvent", Shape::Object(&[("deletedEntity", FILE)])),
    (
        "actionEvent",
        Shape::Object(&[("body", Shape::Object(&[("file", FILE)]))]),
    ),
]);
