//! The places in JSON text where the JavaScript form of a value differs from its REST form.

use crate::model::media_url::Medium;

/// The value expected at one place of a JSON text. An array at any level stands for each of its items, like in the official
/// SDK (`docs/contract/sdk-behaviour.md#s2`).
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any value, in which only the names `id`, `createdDate` and `updatedDate` change.
    Any,
    /// An object with the shapes of some members. The others are `Any`.
    Object(&'static [(&'static str, Shape)]),
    /// An ISO 8601 string in REST, a `Date` in JavaScript.
    Date,
    /// A number, which REST writes as a string if it is NaN or infinite.
    Float,
    /// A media object in REST, a `wix:` string in JavaScript.
    Medium(Medium),
}

/// The shape of a whole field or answer. The client's packed table stores the number of the variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ShapeId {
    /// [`Shape::Any`].
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
    /// An answer with a list of `results`, each with an optional file in `item`.
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
    /// Returns the shape.
    ///
    /// ```
    /// use wix_media::operations::shape::{Shape, ShapeId};
    ///
    /// let Shape::Object(members) = ShapeId::FilesAnswer.shape() else { panic!() };
    /// assert_eq!(members[0].0, "files");
    /// ```
    pub fn shape(self) -> &'static Shape {
        SHAPES[self as usize]
    }

    /// Returns the shape with this number, `None` for any other number.
    pub(crate) fn shape_at(number: u8) -> Option<&'static Shape> {
        SHAPES.get(usize::from(number)).copied()
    }
}

/// The sort of a list.
const SORT: Shape = Shape::Object(&[(
    "origin",
    Shape::Object(&[("latitude", Shape::Float), ("longitude", Shape::Float)]),
)]);

/// A file descriptor, for both directions: an answer's REST members become `Date` objects, numbers and `wix:` strings, and
/// those of an argument become REST members again.
const FILE: Shape = Shape::Object(&[
    ("createdDate", Shape::Date),
    ("updatedDate", Shape::Date),
    ("lastUsedDate", Shape::Date),
    ("media", MEDIA),
]);

/// The structure that `image`, `vector` and `icon` share.
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

/// A folder.
const FOLDER: Shape = Shape::Object(&[("createdDate", Shape::Date), ("updatedDate", Shape::Date)]);

/// A raw event (`docs/contract/events.md#s3`). A folder has the dates of a file and no media, so the shape of a file fits
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
