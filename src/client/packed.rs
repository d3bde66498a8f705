//! The operations table as the client downloads it.
//!
//! The client needs only verb, path, names, requirements and shapes. Limits, error codes and the rest are for the manager
//! and the documentation. So the compiler packs the rows into one array of bytes, a third of the size of the structs.

use crate::operations::shape::{Shape, ShapeId};
use crate::operations::{Argument, Field, Kind, OPERATIONS, Operation, Place, Repeat, Verb};

/// The client's part of a row.
#[derive(Clone, Copy, Debug)]
pub struct PackedOperation {
    /// The HTTP method.
    pub verb: Verb,
    /// Whether the call may be retried.
    pub repeat: Repeat,
    /// Where the answer contains dates, floats and media objects.
    pub answer: &'static Shape,
    /// The path below [`super::request::API_PATH`], placeholders included.
    pub path: &'static [u8],
    arguments: Packed,
}

/// The type that a required value must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Required {
    /// Any type: the value is optional.
    No,
    /// A string.
    Text,
    /// An array of strings.
    Texts,
    /// An array of objects.
    Objects,
    /// An object.
    Object,
    /// An object with a string `_id`.
    Identified,
}

impl Required {
    const ALL: [Required; 6] = [
        Required::No,
        Required::Text,
        Required::Texts,
        Required::Objects,
        Required::Object,
        Required::Identified,
    ];

    /// Returns the type in words, for an error message.
    ///
    /// ```
    /// assert_eq!(wix_media::client::packed::Required::Texts.expectation(), "an array of strings");
    /// ```
    pub const fn expectation(self) -> &'static str {
        match self {
            Required::No => "",
            Required::Text => "a string",
            Required::Texts => "an array of strings",
            Required::Objects => "an array of objects",
            Required::Object | Required::Identified => "an object",
        }
    }
}

/// A field of a request, and the argument that carries it.
#[derive(Clone, Copy, Debug)]
pub struct PackedField {
    /// The position of the argument.
    pub argument: u8,
    /// The name of the argument, empty if the field is a member of the options.
    pub argument_name: &'static [u8],
    /// The field's name in REST.
    pub name: &'static [u8],
    /// Whether it is required, and of which type.
    pub required: Required,
    /// Where it contains dates, floats and media strings.
    pub shape: &'static Shape,
}

impl PackedOperation {
    /// Returns the row at a position of [`OPERATIONS`].
    ///
    /// ```
    /// assert!(wix_media::client::packed::PackedOperation::at(0).is_some());
    /// assert!(wix_media::client::packed::PackedOperation::at(27).is_none());
    /// ```
    pub fn at(number: usize) -> Option<PackedOperation> {
        let mut row = Packed {
            at: usize::from(*PACKED.1.get(number)?),
        };
        let flags = row.byte();
        let answer = ShapeId::shape_at(row.byte())?;
        Some(PackedOperation {
            verb: match flags & 3 {
                0 => Verb::Get,
                1 => Verb::Post,
                _ => Verb::Patch,
            },
            repeat: if flags & 4 == 0 { Repeat::Safe } else { Repeat::Creates },
            answer,
            path: row.text(),
            arguments: row,
        })
    }

    /// Returns the row of a function.
    ///
    /// ```
    /// use wix_media::client::packed::PackedOperation;
    ///
    /// assert_eq!(PackedOperation::named("files", "listFiles").unwrap().path, b"/files");
    /// ```
    pub fn named(group: &str, name: &str) -> Option<PackedOperation> {
        PackedOperation::at(
            OPERATIONS
                .iter()
                .position(|row| row.group.name() == group && row.name == name)?,
        )
    }

    /// Returns where fields travel that are not in the path.
    pub fn place(&self) -> Place {
        self.verb.place()
    }

    /// Iterates over the fields, in the order of the arguments.
    pub fn fields(&self) -> PackedFields {
        PackedFields {
            rest: self.arguments,
            argument: 0,
            name: b"",
            left: 0,
        }
    }
}

/// The iterator of [`PackedOperation::fields`].
#[derive(Clone, Debug)]
pub struct PackedFields {
    rest: Packed,
    argument: u8,
    name: &'static [u8],
    left: u8,
}

impl Iterator for PackedFields {
    type Item = PackedField;

    fn next(&mut self) -> Option<PackedField> {
        if self.left == 0 {
            self.left = self.rest.byte();
            if self.left == 0 {
                return None;
            }
            self.name = self.rest.text();
            self.argument += 1;
        }
        self.left -= 1;
        let name = self.rest.text();
        let required = Required::ALL
            .get(usize::from(self.rest.byte()))
            .copied()
            .unwrap_or(Required::No);
        let shape = ShapeId::shape_at(self.rest.byte())?;
        Some(PackedField {
            argument: self.argument - 1,
            argument_name: self.name,
            name,
            required,
            shape,
        })
    }
}

/// A reader of the packed rows.
#[derive(Clone, Copy, Debug)]
struct Packed {
    at: usize,
}

impl Packed {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        PACKED.0.get(self.at - 1).copied().unwrap_or(0)
    }

    fn text(&mut self) -> &'static [u8] {
        let length = usize::from(self.byte());
        let start = self.at;
        self.at += length;
        PACKED.0.get(start..self.at).unwrap_or_default()
    }
}

const MAX_PACKED_LEN: usize = 4096;
static PACKED: ([u8; PACKED_LEN], [u16; OPERATIONS.len()]) = {
    let all = pack();
    let mut bytes = [0; PACKED_LEN];
    let mut at = 0;
    while at < PACKED_LEN {
        bytes[at] = all.bytes[at];
        at += 1;
    }
    (bytes, all.starts)
};
const PACKED_LEN: usize = pack().length;

struct Packing {
    bytes: [u8; MAX_PACKED_LEN],
    length: usize,
    starts: [u16; OPERATIONS.len()],
}

const fn pack() -> Packing {
    let mut packing = Packing {
        bytes: [0; MAX_PACKED_LEN],
        length: 0,
        starts: [0; OPERATIONS.len()],
    };
    let mut row = 0;
    while row < OPERATIONS.len() {
        packing.starts[row] = packing.length as u16;
        pack_row(&mut packing, OPERATIONS[row]);
        row += 1;
    }
    packing
}

const fn pack_byte(packing: &mut Packing, byte: u8) {
    packing.bytes[packing.length] = byte;
    packing.length += 1;
}

const fn pack_text(packing: &mut Packing, text: &str) {
    assert!(text.len() < 256, "a name is too long to be packed");
    pack_byte(packing, text.len() as u8);
    let mut at = 0;
    while at < text.len() {
        pack_byte(packing, text.as_bytes()[at]);
        at += 1;
    }
}

const fn pack_row(packing: &mut Packing, row: &Operation) {
    let verb = match row.verb {
        Verb::Get => 0,
        Verb::Post => 1,
        Verb::Patch => 2,
    };
    let creates = matches!(row.repeat, Repeat::Creates) as u8;
    pack_byte(packing, verb | creates << 2);
    pack_byte(packing, row.answer as u8);
    pack_text(packing, row.path);
    let mut at = 0;
    while at < row.arguments.len() {
        match &row.arguments[at] {
            Argument::Value { name, field } => {
                pack_byte(packing, 1);
                pack_text(packing, name);
                pack_field(packing, field);
            }
            Argument::Options(fields) => {
                pack_byte(packing, fields.len() as u8);
                pack_text(packing, "");
                let mut at = 0;
                while at < fields.len() {
                    pack_field(packing, &fields[at]);
                    at += 1;
                }
            }
        }
        at += 1;
    }
    pack_byte(packing, 0);
}

const fn pack_field(packing: &mut Packing, field: &Field) {
    pack_text(packing, field.name);
    let required = match field.kind {
        _ if !field.required => Required::No,
        Kind::Text { .. } | Kind::Decimal | Kind::OneOf(_) => Required::Text,
        Kind::Texts { .. } | Kind::SomeOf { .. } => Required::Texts,
        Kind::Objects { .. } => Required::Objects,
        Kind::Object(members) if members[0].required => Required::Identified,
        Kind::Object(_) | Kind::Map | Kind::Query(_) => Required::Object,
        Kind::Flag | Kind::Integer { .. } => panic!("no row requires a flag or an integer"),
    };
    pack_byte(packing, required as u8);
    pack_byte(packing, field.shape as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Output;

    #[test]
    fn packed_row_equals_its_row_of_the_table() {
        for (number, row) in OPERATIONS.iter().enumerate() {
            let operation = PackedOperation::at(number).expect("a row");
            assert_eq!(
                (operation.verb, operation.repeat),
                (row.verb, row.repeat),
                "{}",
                row.name
            );
            assert_eq!(operation.path, row.path.as_bytes());
            assert_eq!(
                format!("{:?}", operation.answer),
                format!("{:?}", row.answer.shape()),
                "{}",
                row.name
            );
            let mut fields = operation.fields();
            for (position, argument) in row.arguments.iter().enumerate() {
                let (name, declared) = match argument {
                    Argument::Value { name, field } => (*name, core::slice::from_ref(field)),
                    Argument::Options(fields) => ("", *fields),
                };
                for field in declared {
                    let unpacked = fields.next().expect("a field");
                    assert_eq!(usize::from(unpacked.argument), position, "{}", row.name);
                    assert_eq!(unpacked.argument_name, name.as_bytes());
                    assert_eq!(unpacked.name, field.name.as_bytes());
                    assert_eq!(
                        unpacked.required != Required::No,
                        field.required,
                        "{} {}",
                        row.name,
                        field.name
                    );
                    assert_eq!(
                        format!("{:?}", unpacked.shape),
                        format!("{:?}", field.shape.shape()),
                        "{}",
                        field.name
                    );
                    if field.required {
                        assert_eq!(unpacked.required.expectation(), field.kind.expectation());
                    }
                }
            }
            assert!(fields.next().is_none(), "{}", row.name);
        }
    }

    #[test]
    fn output_member_is_the_first_of_its_shape() {
        for row in OPERATIONS {
            if let Output::Member(name) = row.output {
                let Shape::Object(members) = row.answer.shape() else {
                    panic!("{}", row.name)
                };
                assert_eq!(members[0].0, name);
            }
        }
    }
}
