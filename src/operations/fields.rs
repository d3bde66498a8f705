//! The fields of requests: name, kind and limits of each.
//!
//! The manager's validator and the documentation read the limits. The client ignores them and checks only the JavaScript
//! type of required arguments: the service has raised limits before, and a client must not refuse what it accepts.

use super::enums::{self, ApiEnum};
use super::shape::ShapeId;

/// A field of a request.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in REST. `folder.id` is the member `id` of the body's `folder`.
    pub name: &'static str,
    /// Its kind and limits.
    pub kind: Kind,
    /// Whether the call requires it.
    pub required: bool,
    /// Where it contains dates, floats and media strings.
    pub shape: ShapeId,
}

/// The kind of a field, with its limits. Lengths are in UTF-16 code units, like in JavaScript.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string of `min` to `max` code units.
    Text {
        /// The smallest length.
        min: u32,
        /// The largest length.
        max: u32,
    },
    /// `true` or `false`.
    Flag,
    /// An integer from `min` to `max`.
    Integer {
        /// The smallest value.
        min: u32,
        /// The largest value.
        max: u32,
    },
    /// A non-negative integer as a decimal string, for sizes in bytes.
    Decimal,
    /// One of an enum's values.
    OneOf(&'static ApiEnum),
    /// A list of `min` to `max` strings of at most `length` code units each.
    Texts {
        /// The smallest number of entries.
        min: u32,
        /// The largest number of entries.
        max: u32,
        /// The longest entry.
        length: u32,
    },
    /// A list of at most `max` of an enum's values.
    SomeOf {
        /// The enum.
        choice: &'static ApiEnum,
        /// The largest number of entries.
        max: u32,
    },
    /// An object with free members.
    Map,
    /// An object with these fields.
    Object(&'static [Field]),
    /// A list of `min` to `max` objects with these fields.
    Objects {
        /// The fields of each.
        fields: &'static [Field],
        /// The smallest number of entries.
        min: u32,
        /// The largest number of entries.
        max: u32,
    },
    /// A query: filter, sort and cursor paging.
    Query(&'static Queryable),
}

/// The fields that a query may filter and sort by.
#[derive(Clone, Copy, Debug)]
pub struct Queryable {
    /// Names of fields that conditions may use, and whether `$in` is allowed in addition to `$eq`.
    pub filters: &'static [(&'static str, bool)],
    /// Names of fields that the result may be sorted by.
    pub sorts: &'static [&'static str],
}

impl Kind {
    /// Returns the expected JavaScript type in words, for an error message.
    ///
    /// ```
    /// use wix_media::operations::Kind;
    ///
    /// assert_eq!(Kind::Flag.expectation(), "a boolean");
    /// ```
    pub const fn expectation(&self) -> &'static str {
        match self {
            Kind::Text { .. } | Kind::Decimal | Kind::OneOf(_) => "a string",
            Kind::Flag => "a boolean",
            Kind::Integer { .. } => "a number",
            Kind::Texts { .. } | Kind::SomeOf { .. } => "an array of strings",
            Kind::Map | Kind::Object(_) | Kind::Query(_) => "an object",
            Kind::Objects { .. } => "an array of objects",
        }
    }
}

impl Field {
    const fn new(name: &'static str, kind: Kind) -> Field {
        Field {
            name,
            kind,
            required: false,
            shape: ShapeId::Any,
        }
    }

    pub(super) const fn required(self) -> Field {
        Field { required: true, ..self }
    }

    pub(super) const fn shaped(self, shape: ShapeId) -> Field {
        Field { shape, ..self }
    }
}

pub(super) const fn text(name: &'static str, max: u32) -> Field {
    Field::new(name, Kind::Text { min: 0, max })
}

pub(super) const fn url(name: &'static str) -> Field {
    Field::new(name, Kind::Text { min: 2, max: 65_535 })
}

pub(super) const fn flag(name: &'static str) -> Field {
    Field::new(name, Kind::Flag)
}

pub(super) const fn integer(name: &'static str, min: u32, max: u32) -> Field {
    Field::new(name, Kind::Integer { min, max })
}

pub(super) const fn one_of(name: &'static str, choice: &'static ApiEnum) -> Field {
    Field::new(name, Kind::OneOf(choice))
}

pub(super) const fn texts(name: &'static str, min: u32, max: u32, length: u32) -> Field {
    Field::new(name, Kind::Texts { min, max, length })
}

pub(super) const fn object(name: &'static str, fields: &'static [Field]) -> Field {
    Field::new(name, Kind::Object(fields))
}

pub(super) const fn objects(name: &'static str, fields: &'static [Field], min: u32, max: u32) -> Field {
    Field::new(name, Kind::Objects { fields, min, max })
}

pub(super) const fn query(queryable: &'static Queryable) -> Field {
    Field::new("query", Kind::Query(queryable))
}

/// A file id or a Wix media URL (`docs/contract/files-api.md#c1`).
pub(super) const FILE_ID: Field = text("fileId", 1000).required();
pub(super) const FOLDER_ID: Field = text("folderId", 100).required();
pub(super) const PARENT_FOLDER_ID: Field = text("parentFolderId", 100);
pub(super) const DISPLAY_NAME: Field = text("displayName", 1000);
pub(super) const FILE_NAME: Field = text("fileName", 1000);
pub(super) const FILE_PATH: Field = text("filePath", 100);
pub(super) const MIME_TYPE: Field = text("mimeType", 100);
pub(super) const PRIVATE: Field = flag("private");
pub(super) const PERMANENT: Field = flag("permanent");
pub(super) const SEARCH: Field = text("search", 200);
pub(super) const ROOT_FOLDER: Field = one_of("rootFolder", &enums::ROOT_FOLDER);
pub(super) const SIZE_IN_BYTES: Field = Field::new("sizeInBytes", Kind::Decimal);
pub(super) const MEDIA_TYPES: Field = Field::new(
    "mediaTypes",
    Kind::SomeOf {
        choice: &enums::MEDIA_TYPE,
        max: 30,
    },
);

/// `docs/contract/files-api.md#c4`.
const SORT_FIELDS: &[Field] = &[
    text("fieldName", 512),
    one_of("order", &enums::COMMON_SORT_ORDER),
    Field::new("origin", Kind::Map),
];
pub(super) const SORT: Field = object("sort", SORT_FIELDS).shaped(ShapeId::Sort);

/// `docs/contract/files-api.md#c5`.
pub(super) const PAGING: Field = object("paging", &[integer("limit", 1, 100), text("cursor", 16_000)]);

/// `docs/contract/files-api.md#c8`.
pub(super) const EXTERNAL_INFO: Field = object(
    "externalInfo",
    &[text("origin", 1000), texts("externalIds", 0, 30, 4000)],
);

/// The options of an import (`docs/contract/files-api.md#s8`).
pub(super) const IMPORT_OPTIONS: &[Field] = &[
    one_of("mediaType", &enums::MEDIA_TYPE),
    DISPLAY_NAME,
    PARENT_FOLDER_ID,
    PRIVATE,
    texts("labels", 0, 500, 200),
    MIME_TYPE,
    EXTERNAL_INFO,
    Field::new("urlParams", Kind::Map),
    Field::new("urlHeaders", Kind::Map),
    FILE_PATH,
];

/// An entry of a bulk import: the `url` and the options of an import in one object.
const IMPORT_FIELDS: &[Field] = &[
    url("url").required(),
    IMPORT_OPTIONS[0],
    IMPORT_OPTIONS[1],
    IMPORT_OPTIONS[2],
    IMPORT_OPTIONS[3],
    IMPORT_OPTIONS[4],
    IMPORT_OPTIONS[5],
    IMPORT_OPTIONS[6],
    IMPORT_OPTIONS[7],
    IMPORT_OPTIONS[8],
    IMPORT_OPTIONS[9],
];
pub(super) const IMPORT_REQUESTS: Field = objects("importFileRequests", IMPORT_FIELDS, 1, 100).required();

/// The members that an update can change (`docs/contract/files-api.md#s5`). Others are sent along and ignored.
const FILE_FIELDS: &[Field] = &[
    text("id", 1000).required(),
    text("displayName", 255),
    PARENT_FOLDER_ID,
    texts("labels", 0, 100, 200),
];
pub(super) const FILE: Field = object("file", FILE_FIELDS).required().shaped(ShapeId::File);

/// `docs/contract/folders-api.md#s5`.
const FOLDER_FIELDS: &[Field] = &[DISPLAY_NAME, PARENT_FOLDER_ID];
pub(super) const FOLDER: Field = object("folder", FOLDER_FIELDS).required().shaped(ShapeId::Folder);

/// `docs/contract/files-api.md#s17`.
pub(super) const FILE_QUERY: Field = query(&Queryable {
    filters: &[("private", false), ("mediaType", true), ("state", false)],
    sorts: &["displayName", "sizeInBytes", "updatedDate"],
});

/// `docs/contract/folders-api.md#s10`.
pub(super) const FOLDER_QUERY: Field = query(&Queryable {
    filters: &[("state", false)],
    sorts: &["displayName", "updatedDate"],
});
