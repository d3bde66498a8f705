//! Fields: what travels under which name, of which kind, within which limits.
//!
//! Limits are the service's business: they have grown before, and a client must not refuse what the service accepts.
//! They stand here for the manager's validator and the documentation; the client checks only the JavaScript type of
//! required arguments.

use super::enums::{self, Choice};
use super::shape::ShapeId;

/// One field of a request.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its REST name. `folder.id` is the member `id` of the body's `folder`.
    pub name: &'static str,
    /// Its kind and limits.
    pub kind: Kind,
    /// Whether the call makes no sense without it.
    pub required: bool,
    /// Where dates, floats and media strings stand inside.
    pub shape: ShapeId,
}

/// The kinds of fields. Lengths are in UTF-16 code units, as JavaScript counts them.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string of `min` to `max` characters.
    Text {
        /// Fewest characters.
        min: u32,
        /// Most characters.
        max: u32,
    },
    /// `true` or `false`.
    Flag,
    /// A whole number from `min` to `max`.
    Integer {
        /// Smallest value.
        min: u32,
        /// Largest value.
        max: u32,
    },
    /// A whole, non-negative number as a decimal string, for sizes in bytes.
    Decimal,
    /// One of an enum's values.
    OneOf(&'static Choice),
    /// A list of `min` to `max` strings of at most `length` characters each.
    Texts {
        /// Fewest entries.
        min: u32,
        /// Most entries.
        max: u32,
        /// Most characters of an entry.
        length: u32,
    },
    /// A list of at most `max` of an enum's values.
    SomeOf {
        /// The enum.
        choice: &'static Choice,
        /// Most entries.
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
        /// Fewest entries.
        min: u32,
        /// Most entries.
        max: u32,
    },
    /// A query: filter, sort and cursor paging.
    Query(&'static Queryable),
}

/// What a query may filter and sort by.
#[derive(Clone, Copy, Debug)]
pub struct Queryable {
    /// Field names and whether `$in` is allowed beside `$eq`.
    pub filters: &'static [(&'static str, bool)],
    /// Field names that sort.
    pub sorts: &'static [&'static str],
}

impl Kind {
    /// What the JavaScript value must be, in words for an error message.
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

pub(super) const fn one_of(name: &'static str, choice: &'static Choice) -> Field {
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

/// `contract/files-api.md` C1: every file id may also be a Wix media URL.
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

/// `contract/files-api.md` C4.
const SORT_FIELDS: &[Field] = &[
    text("fieldName", 512),
    one_of("order", &enums::COMMON_SORT_ORDER),
    Field::new("origin", Kind::Map),
];
pub(super) const SORT: Field = object("sort", SORT_FIELDS).shaped(ShapeId::Sort);

/// `contract/files-api.md` C5.
pub(super) const PAGING: Field = object("paging", &[integer("limit", 1, 100), text("cursor", 16_000)]);

/// `contract/files-api.md` C8.
pub(super) const EXTERNAL_INFO: Field = object(
    "externalInfo",
    &[text("origin", 1000), texts("externalIds", 0, 30, 4000)],
);

/// `contract/files-api.md` section 8: what an import takes beside its `url`.
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

/// One entry of a bulk import: an import's `url` and options in one object.
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

/// `contract/files-api.md` section 5: the updatable members; the rest of a descriptor is read-only and travels unread.
const FILE_FIELDS: &[Field] = &[
    text("id", 1000).required(),
    text("displayName", 255),
    PARENT_FOLDER_ID,
    texts("labels", 0, 100, 200),
];
pub(super) const FILE: Field = object("file", FILE_FIELDS).required().shaped(ShapeId::File);

/// `contract/folders-api.md` section 5.
const FOLDER_FIELDS: &[Field] = &[DISPLAY_NAME, PARENT_FOLDER_ID];
pub(super) const FOLDER: Field = object("folder", FOLDER_FIELDS).required().shaped(ShapeId::Folder);

/// `contract/files-api.md` section 17.
pub(super) const FILE_QUERY: Field = query(&Queryable {
    filters: &[("private", false), ("mediaType", true), ("state", false)],
    sorts: &["displayName", "sizeInBytes", "updatedDate"],
});

/// `contract/folders-api.md` section 10.
pub(super) const FOLDER_QUERY: Field = query(&Queryable {
    filters: &[("state", false)],
    sorts: &["displayName", "updatedDate"],
});
