//! The exact type of an office document, by the list of types that it contains.
//!
//! Documents, templates and slide shows, each with and without macros, have the same folders in their zips. The part that a
//! program opens first is named in `[Content_Types].xml` (ECMA-376 part 2, 10.1.2), with a type that is the document's plus
//! `.main`.

use super::bytes::{has, le};
use super::inflate::inflate;
use super::input::Input;
use crate::model::media_type::{extension_of_mime, normalize};

/// The length of the end of a zip without a comment.
const END_LEN: usize = 22;

/// The bytes in which the end of a zip is searched: those of the end and of a short comment.
const MAX_TAIL: usize = 1 << 10;

/// The bytes that are read of the directory of a zip, of the compressed list and of the list.
const MAX_DIRECTORY: usize = 1 << 16;
const MAX_LIST: usize = 1 << 16;

const LIST: &[u8] = b"[Content_Types].xml";

/// The MIME type of the document in a zip. Returns `None` if it is no office document.
pub(super) fn mime(input: &mut Input<'_>) -> Option<String> {
    let list = list(input)?;
    let text = String::from_utf8_lossy(&list);
    text.split(['"', '\'']).find_map(|value| {
        let value = value.strip_suffix("+xml").unwrap_or(value).strip_suffix(".main")?;
        // With macros, the registered types end with a version that these have not.
        let mime = match value.split_once(".macroEnabled") {
            Some((start, _)) => format!("{start}.macroEnabled.12"),
            None => value.to_owned(),
        };
        normalize(&mime).filter(|mime| extension_of_mime(mime).is_some())
    })
}

/// The list of types.
fn list(input: &mut Input<'_>) -> Option<Vec<u8>> {
    let tail_len = input.size().min(MAX_TAIL as u64);
    let tail_at = input.size() - tail_len;
    let tail = input.part(tail_at, tail_len as usize);
    let end = (0..=tail.len().checked_sub(END_LEN)?).rfind(|&at| has(&tail, at, b"PK\x05\x06"))?;
    let directory_at = le(&tail, end + 16, 4)?;
    let length = usize::try_from(le(&tail, end + 12, 4)?).ok()?;
    let directory = input.part(directory_at, length.min(MAX_DIRECTORY));
    let mut at = 0;
    while has(&directory, at, b"PK\x01\x02") {
        let number = |offset, width| le(&directory, at + offset, width);
        let length = number(28, 2)? as usize;
        if length == LIST.len() && has(&directory, at + 46, LIST) {
            return entry(input, number(42, 4)?, number(10, 2)?, number(20, 4)?);
        }
        at += 46 + length + number(30, 2)? as usize + number(32, 2)? as usize;
    }
    None
}

/// The beginning of an entry's content: at an offset, of a method, and of a length.
fn entry(input: &mut Input<'_>, at: u64, method: u64, length: u64) -> Option<Vec<u8>> {
    let header = input.part(at, 30);
    let data_at = at + 30 + le(&header, 26, 2)? + le(&header, 28, 2)?;
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(MAX_LIST);
    let bytes = input.part(data_at, length);
    match method {
        0 => Some(bytes),
        8 => Some(inflate(&bytes, MAX_LIST)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;
    use std::io::{Cursor, Write};

    fn found(bytes: &[u8]) -> Option<String> {
        let mut file = Cursor::new(bytes);
        mime(&mut Input::new(&mut file).expect("a size"))
    }

    /// A zip of a part and the list, which is behind it.
    fn document(types: &str, is_compressed: bool, comment: &[u8]) -> Vec<u8> {
        let xml = format!("<Types><Default Extension=\"xml\" ContentType='application/xml'/>{types}</Types>");
        let content = if is_compressed {
            let mut writer = DeflateEncoder::new(Vec::new(), Compression::best());
            writer.write_all(xml.as_bytes()).expect("memory");
            writer.finish().expect("memory")
        } else {
            xml.clone().into_bytes()
        };
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (name, method, content) in [
            (&b"word/document.xml"[..], 0_u16, &b"<document/>"[..]),
            (LIST, if is_compressed { 8 } else { 0 }, &content),
        ] {
            let mut common = [method.to_le_bytes().to_vec(), vec![0; 8]].concat();
            common.extend((content.len() as u32).to_le_bytes());
            common.extend((content.len() as u32).to_le_bytes());
            common.extend((name.len() as u16).to_le_bytes());
            common.extend([0; 2]);
            directory.extend([&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &common, &[0; 10]].concat());
            directory.extend((bytes.len() as u32).to_le_bytes());
            directory.extend(name);
            bytes.extend([&b"PK\x03\x04\x14\0\0\0"[..], &common, name, content].concat());
        }
        let at = bytes.len() as u32;
        bytes.extend(&directory);
        bytes.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
        bytes.extend((directory.len() as u32).to_le_bytes());
        bytes.extend(at.to_le_bytes());
        bytes.extend((comment.len() as u16).to_le_bytes());
        bytes.extend(comment);
        bytes
    }

    fn main_part(mime: &str) -> String {
        format!("<Override PartName=\"/word/document.xml\" ContentType=\"{mime}\"/>")
    }

    #[test]
    fn mime_is_that_of_the_main_part() {
        let open = "application/vnd.openxmlformats-officedocument";
        for (main, expected) in [
            (
                format!("{open}.wordprocessingml.document.main+xml"),
                format!("{open}.wordprocessingml.document"),
            ),
            (
                format!("{open}.presentationml.slideshow.main+xml"),
                format!("{open}.presentationml.slideshow"),
            ),
            (
                "application/vnd.ms-excel.sheet.macroEnabled.main+xml".into(),
                "application/vnd.ms-excel.sheet.macroEnabled.12".into(),
            ),
            (
                "application/vnd.ms-excel.sheet.binary.macroEnabled.main".into(),
                "application/vnd.ms-excel.sheet.binary.macroEnabled.12".into(),
            ),
            (
                "application/vnd.ms-word.template.macroEnabledTemplate.main+xml".into(),
                "application/vnd.ms-word.template.macroEnabled.12".into(),
            ),
        ] {
            for is_compressed in [false, true] {
                for comment in [&b""[..], b"a comment"] {
                    let bytes = document(&main_part(&main), is_compressed, comment);
                    assert_eq!(found(&bytes).as_deref(), Some(&*expected), "{main}");
                }
            }
        }
        assert_eq!(found(&document(&main_part("text/x-nobody.main+xml"), true, b"")), None);
        assert_eq!(found(b"PK\x03\x04"), None);
        assert_eq!(found(b""), None);
    }

    proptest! {
        #[test]
        fn damaged_document_never_panics(
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20), keep: prop::sample::Index
        ) {
            let mut bytes = document(&main_part("application/vnd.ms-word.document.macroEnabled.main+xml"), true, b"");
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            found(&bytes);
            found(&bytes[..keep.index(bytes.len())]);
        }
    }
}
