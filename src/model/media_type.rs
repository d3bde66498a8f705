//! Media types, and how MIME types, extensions and first bytes lead to them (`docs/contract/model.md#s8`,
//! `docs/contract/choices.md#u32`).
//!
//! The table here has the types that Wix documents, and the client knows no others: every visitor downloads it. The Media
//! Manager knows those of `type_table` too.

// The client needs only the enum, and the module of transfers and the manager need different functions.
#![cfg_attr(not(all(feature = "manager", feature = "transfers")), allow(dead_code))]

use super::spelled::spelled;
#[cfg(feature = "manager")]
use super::type_table as wide;
use crate::wire::bytes;

/// The wide table where it is left out.
#[cfg(not(feature = "manager"))]
mod wide {
    pub(super) fn media_type(_: &str) -> Option<&'static str> {
        None
    }

    pub(super) fn mime_of_extension(_: &str) -> Option<&'static str> {
        None
    }

    pub(super) fn extension_of_mime(_: &str) -> Option<&'static str> {
        None
    }
}

spelled! {
    /// The kind of a file: the API's enum `MediaType` (`docs/contract/model.md#s3`).
    ///
    /// ```
    /// use wix_media::model::media_type::MediaType;
    ///
    /// assert_eq!(MediaType::Model3d.as_str(), "MODEL3D");
    /// assert_eq!(MediaType::parse("IMAGE"), Some(MediaType::Image));
    /// assert_eq!(MediaType::parse("image"), None);
    /// ```
    pub enum MediaType {
        /// No media type was given.
        Unknown = "UNKNOWN",
        /// A raster image.
        Image = "IMAGE",
        /// A video.
        Video = "VIDEO",
        /// A sound.
        Audio = "AUDIO",
        /// A document that people read, such as a PDF.
        Document = "DOCUMENT",
        /// An SVG.
        Vector = "VECTOR",
        /// A compressed archive, such as a zip.
        Archive = "ARCHIVE",
        /// A 3D model.
        Model3d = "MODEL3D",
        /// A file of no other media type.
        Other = "OTHER",
        /// An icon; in answers only.
        Icon = "ICON",
        /// A Flash animation; in answers only.
        Flash = "FLASH",
        /// A font; in answers only.
        Font = "FONT",
        /// A raw photograph; in answers only.
        Raw = "RAW",
    }
}

impl MediaType {
    /// The media type of a normalised MIME type: by the table, else by its first half.
    ///
    /// ```
    /// use wix_media::model::media_type::MediaType;
    ///
    /// assert_eq!(MediaType::of_mime("application/pdf"), MediaType::Document);
    /// assert_eq!(MediaType::of_mime("image/x-new"), MediaType::Image);
    /// assert_eq!(MediaType::of_mime("application/x-new"), MediaType::Other);
    /// ```
    pub fn of_mime(mime: &str) -> MediaType {
        if let Some(row) = row_of(mime) {
            return row.media_type;
        }
        if let Some(media_type) = wide::media_type(mime).and_then(MediaType::parse) {
            return media_type;
        }
        match cut(mime, b'/').map_or(mime, |(kind, _)| kind) {
            "image" => MediaType::Image,
            "video" => MediaType::Video,
            "audio" => MediaType::Audio,
            "text" => MediaType::Document,
            "model" => MediaType::Model3d,
            _ => MediaType::Other,
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy)]
struct Row {
    media_type: MediaType,
    mime: &'static str,
    /// The usual extension.
    extension: &'static str,
}

/// The MIME type that says nothing about a file: `application/octet-stream`.
pub(crate) const OCTET_STREAM: &str = "application/octet-stream";

/// The MIME types of each media type, each before its extensions, the usual one first. In one text for each media type,
/// as the addresses of texts are most of a table of short ones, and nothing compresses them.
const TYPES: [(MediaType, &str); 7] = [
    (
        MediaType::Image,
        "\
         image/jpeg jpg jpeg jpe jfif \
         image/png png \
         image/gif gif \
         image/webp webp \
         image/avif avif \
         image/heic heic \
         image/heif heif \
         image/bmp bmp \
         image/tiff tiff tif \
         ",
    ),
    (
        MediaType::Video,
        "\
         video/mp4 mp4 m4v \
         video/quicktime mov \
         video/webm webm \
         video/x-matroska mkv \
         video/x-msvideo avi divx xvid \
         video/x-flv flv \
         video/mpeg mpg mpeg mpe vob \
         video/x-ms-wmv wmv \
         video/ogg ogv \
         video/3gpp 3gp \
         video/mp2t m2ts \
         application/mxf mxf \
         ",
    ),
    (
        MediaType::Audio,
        "\
         audio/mpeg mp3 \
         audio/wav wav \
         audio/mp4 m4a \
         audio/aac aac \
         audio/aiff aiff aif \
         audio/flac flac \
         audio/ogg ogg \
         audio/x-ms-wma wma \
         ",
    ),
    (
        MediaType::Document,
        "\
         application/pdf pdf \
         text/plain txt \
         text/csv csv \
         application/rtf rtf \
         text/vcard vcf \
         application/msword doc dot \
         application/vnd.openxmlformats-officedocument.wordprocessingml.document docx \
         application/vnd.openxmlformats-officedocument.wordprocessingml.template dotx \
         application/vnd.ms-excel xls xlt \
         application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx \
         application/vnd.openxmlformats-officedocument.spreadsheetml.template xltx \
         application/vnd.ms-powerpoint ppt pot pps \
         application/vnd.openxmlformats-officedocument.presentationml.presentation pptx \
         application/vnd.openxmlformats-officedocument.presentationml.template potx \
         application/vnd.openxmlformats-officedocument.presentationml.slideshow ppsx \
         application/vnd.oasis.opendocument.text odt \
         application/vnd.oasis.opendocument.text-template ott \
         application/vnd.oasis.opendocument.spreadsheet ods \
         application/vnd.oasis.opendocument.spreadsheet-template ots \
         application/vnd.oasis.opendocument.presentation odp \
         application/vnd.oasis.opendocument.presentation-template otp \
         application/vnd.oasis.opendocument.graphics odg \
         application/epub+zip epub \
         application/x-mobipocket-ebook mobi \
         application/postscript eps ai \
         image/vnd.adobe.photoshop psd \
         image/x-xcf xcf \
         image/vnd.dwg dwg \
         application/x-indesign indd \
         application/vnd.corel-draw cdr \
         application/x-mspublisher pub \
         application/vnd.ms-xpsdocument xps \
         application/oxps oxps \
         application/vnd.apple.pages pages \
         application/vnd.apple.numbers numbers \
         application/vnd.apple.keynote key \
         application/vnd.apple.installer+xml pkg \
         application/vnd.google-earth.kml+xml kml \
         application/vnd.google-earth.kmz kmz \
         application/gpx+xml gpx \
         application/x-ipynb+json ipynb \
         application/x-fla fla \
         ",
    ),
    (
        MediaType::Vector,
        "\
         image/svg+xml svg \
         ",
    ),
    (
        MediaType::Archive,
        "\
         application/zip zip \
         application/vnd.rar rar \
         application/x-7z-compressed 7z \
         application/gzip gz \
         application/x-tar tar \
         ",
    ),
    (
        MediaType::Model3d,
        "\
         model/gltf-binary glb \
         model/gltf+json gltf \
         ",
    ),
];

/// Other names of MIME types in the table.
const ALIASES: &[(&str, &str)] = &[
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/x-ms-bmp", "image/bmp"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/x-wav", "audio/wav"),
    ("audio/wave", "audio/wav"),
    ("audio/x-m4a", "audio/mp4"),
    ("audio/x-aiff", "audio/aiff"),
    ("audio/x-flac", "audio/flac"),
    ("application/x-zip-compressed", "application/zip"),
    ("application/x-rar-compressed", "application/vnd.rar"),
    ("application/x-gzip", "application/gzip"),
    ("text/rtf", "application/rtf"),
];

/// Further names, which the Media Manager understands.
#[cfg(feature = "manager")]
#[rustfmt::skip]
const MORE_ALIASES: &[(&str, &str)] = &[
    ("image/x-bmp", "image/bmp"), ("image/x-windows-bmp", "image/bmp"), ("image/x-win-bitmap", "image/vnd.microsoft.icon"),
    ("image/x-icon", "image/vnd.microsoft.icon"), ("image/ico", "image/vnd.microsoft.icon"),
    ("image/x-png", "image/png"), ("image/vnd.mozilla.apng", "image/apng"), ("image/tif", "image/tiff"), ("image/x-tiff", "image/tiff"),
    ("image/svg", "image/svg+xml"), ("image/x-jxl", "image/jxl"), ("image/x-webp", "image/webp"),
    ("image/x-photoshop", "image/vnd.adobe.photoshop"), ("image/psd", "image/vnd.adobe.photoshop"),
    ("application/x-photoshop", "image/vnd.adobe.photoshop"), ("application/photoshop", "image/vnd.adobe.photoshop"),
    ("image/dng", "image/x-adobe-dng"), ("image/x-dng", "image/x-adobe-dng"), ("image/x-djvu", "image/vnd.djvu"),
    ("audio/vnd.wave", "audio/wav"), ("audio/x-pn-wav", "audio/wav"), ("audio/m4a", "audio/mp4"), ("audio/x-m4b", "audio/mp4"),
    ("audio/x-m4p", "audio/mp4"), ("audio/x-mp3", "audio/mpeg"), ("audio/mpeg3", "audio/mpeg"), ("audio/x-mpeg-3", "audio/mpeg"),
    ("audio/x-mpeg", "audio/mpeg"), ("audio/mpg", "audio/mpeg"), ("audio/aacp", "audio/aac"), ("audio/x-aac", "audio/aac"),
    ("audio/x-hx-aac-adts", "audio/aac"), ("audio/vnd.dlna.adts", "audio/aac"), ("audio/aif", "audio/aiff"),
    ("audio/opus", "audio/ogg"), ("audio/vorbis", "audio/ogg"), ("audio/x-ogg", "audio/ogg"), ("audio/speex", "audio/ogg"),
    ("audio/x-speex", "audio/ogg"), ("audio/x-vorbis+ogg", "audio/ogg"), ("audio/x-opus+ogg", "audio/ogg"),
    ("audio/x-flac+ogg", "audio/ogg"), ("audio/x-speex+ogg", "audio/ogg"), ("audio/wma", "audio/x-ms-wma"),
    ("audio/matroska", "audio/x-matroska"), ("audio/mid", "audio/midi"), ("audio/x-midi", "audio/midi"), 
    ("audio/x-ac3", "audio/ac3"), ("audio/x-amr", "audio/amr"), ("audio/x-wavpack", "audio/wavpack"),
    ("audio/x-realaudio", "audio/vnd.rn-realaudio"), ("audio/x-pn-realaudio", "audio/vnd.rn-realaudio"),
    ("video/avi", "video/x-msvideo"), ("video/msvideo", "video/x-msvideo"), ("video/vnd.avi", "video/x-msvideo"),
    ("video/x-avi", "video/x-msvideo"), ("video/divx", "video/x-msvideo"), ("video/x-quicktime", "video/quicktime"), ("video/m4v", "video/x-m4v"),
    ("video/mkv", "video/x-matroska"), ("video/matroska", "video/x-matroska"), ("video/flv", "video/x-flv"),
    ("video/x-mpeg", "video/mpeg"), ("video/mp1s", "video/mpeg"), ("video/mp2p", "video/mpeg"), ("video/mpg", "video/mpeg"),
    ("video/mpegts", "video/mp2t"), ("video/vnd.dlna.mpeg-tts", "video/mp2t"), ("video/x-mpegts", "video/mp2t"),
    ("video/x-ms-wm", "video/x-ms-wmv"), ("video/asf", "video/x-ms-asf"), ("application/vnd.ms-asf", "video/x-ms-asf"),
    ("video/wmv", "video/x-ms-wmv"), ("video/x-ogg", "video/ogg"), ("video/theora", "video/ogg"), ("video/x-theora+ogg", "video/ogg"),
    ("video/3gp", "video/3gpp"), ("video/3g2", "video/3gpp2"), ("video/x-3gpp", "video/3gpp"),
    ("application/x-matroska", "video/x-matroska"), ("application/x-pdf", "application/pdf"), ("application/x-rtf", "application/rtf"),
    ("application/x-rar", "application/vnd.rar"), ("application/rar", "application/vnd.rar"),
    ("application/x-zip", "application/zip"), ("application/x-7zip", "application/x-7z-compressed"), ("application/7z", "application/x-7z-compressed"),
    ("application/tar", "application/x-tar"), ("application/x-tgz", "application/gzip"), ("application/x-bzip-compressed", "application/x-bzip2"),
    ("application/x-compressed-tar", "application/gzip"), ("application/x-zstd", "application/zstd"),
    ("application/x-font-ttf", "font/ttf"), ("application/font-sfnt", "font/ttf"), ("font/sfnt", "font/ttf"),
    ("application/x-font-truetype", "font/ttf"), ("application/x-font-otf", "font/otf"), ("application/x-font-opentype", "font/otf"),
    ("application/font-woff", "font/woff"), ("application/x-font-woff", "font/woff"), ("application/font-woff2", "font/woff2"),
    ("text/srt", "application/x-subrip"), ("text/x-srt", "application/x-subrip"),
    ("application/srt", "application/x-subrip"), ("text/x-vcard", "text/vcard"), ("text/directory", "text/vcard"),
    ("application/csv", "text/csv"), ("text/comma-separated-values", "text/csv"), ("text/x-csv", "text/csv"),
    ("text/json", "application/json"), ("application/x-json", "application/json"), ("text/x-json", "application/json"),
    ("application/x-javascript", "text/javascript"), ("application/javascript", "text/javascript"), ("text/x-markdown", "text/markdown"),
    ("application/x-yaml", "application/yaml"), ("text/yaml", "application/yaml"), ("text/x-yaml", "application/yaml"),
    ("application/vnd.ms-package.3dmanufacturing-3dmodel+xml", "model/3mf"), ("model/x.stl-binary", "model/stl"),
    ("model/x-stl-ascii", "model/stl"), ("model/x-stl-binary", "model/stl"), ("application/sla", "model/stl"), ("application/vnd.ms-pki.stl", "model/stl"),
    ("model/vnd.pixar.usd", "model/vnd.usd"), ("model/x-usd", "model/vnd.usd"), ("application/step", "model/step"), ("application/x-step", "model/step"),
    ("application/acad", "image/vnd.dwg"), ("application/x-acad", "image/vnd.dwg"), ("application/dwg", "image/vnd.dwg"),
    ("application/x-dwg", "image/vnd.dwg"), ("image/x-dwg", "image/vnd.dwg"), ("application/dxf", "image/vnd.dxf"), ("image/x-dxf", "image/vnd.dxf"),
    ("application/x-sqlite3", "application/vnd.sqlite3"), ("application/mobi", "application/x-mobipocket-ebook"),
    ("application/vnd.amazon.mobi8-ebook", "application/vnd.amazon.ebook"), ("application/x-cbz", "application/vnd.comicbook+zip"),
    ("application/x-cbr", "application/vnd.comicbook-rar"), ("application/x-fb2+xml", "application/x-fictionbook+xml"),
    ("application/eps", "application/postscript"), ("application/illustrator", "application/postscript"), ("image/eps", "application/postscript"),
    ("application/vnd.adobe.illustrator", "application/postscript"), ("application/x-indesign-document", "application/x-indesign"),
    ("application/excel", "application/vnd.ms-excel"),
    ("application/x-excel", "application/vnd.ms-excel"), ("application/x-msexcel", "application/vnd.ms-excel"),
    ("application/mspowerpoint", "application/vnd.ms-powerpoint"), ("application/powerpoint", "application/vnd.ms-powerpoint"),
    ("application/x-mspowerpoint", "application/vnd.ms-powerpoint"), ("application/vnd.msword", "application/msword"),
    ("application/doc", "application/msword"), ("application/x-msword", "application/msword"),
    ("application/x-coreldraw", "application/vnd.corel-draw"), ("application/cdr", "application/vnd.corel-draw"),
];

/// Returns the MIME type without parameters, in lower case, under its usual name. Returns `None` for invalid ones.
pub(crate) fn normalize(mime: &str) -> Option<String> {
    let essence = cut(mime, b';')
        .map_or(mime, |(essence, _)| essence)
        .trim_ascii()
        .to_ascii_lowercase();
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || bytes::has(b"!#$&^_.+-", byte))
    };
    let (kind, rest) = cut(&essence, b'/')?;
    if !token(kind) || !token(rest) {
        return None;
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == essence);
    #[cfg(feature = "manager")]
    let alias = alias.or_else(|| MORE_ALIASES.iter().find(|(alias, _)| *alias == essence));
    // Office has registered its types with a capital letter.
    #[cfg(feature = "manager")]
    let essence = essence.replace(".macroenabled.", ".macroEnabled.");
    Some(alias.map_or(essence, |(_, mime)| (*mime).to_owned()))
}

/// Returns the extension of a file name, in lower case.
pub(crate) fn extension(name: &str) -> Option<String> {
    let dot = name.bytes().rposition(|byte| byte == b'.')?;
    let (stem, extension) = (&name[..dot], &name[dot + 1..]);
    let plain = (1..=10).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!stem.is_empty() && plain).then(|| extension.to_ascii_lowercase())
}

/// Splits a text at the first `mark`, which is ASCII. Less code than `split_once`, which searches for any character.
fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Returns the row of a MIME type or of an extension. Only the former have a slash.
fn row_of(word: &str) -> Option<Row> {
    for &(media_type, words) in &TYPES {
        let (mut mime, mut extension, mut is_found) = ("", "", false);
        for each in words.split_ascii_whitespace() {
            if bytes::has(each.as_bytes(), b'/') {
                (mime, extension) = (each, "");
            } else if extension.is_empty() {
                extension = each;
            }
            is_found |= each == word;
            if is_found && !extension.is_empty() {
                return Some(Row {
                    media_type,
                    mime,
                    extension,
                });
            }
        }
    }
    None
}

/// Returns the MIME type of files with this extension.
pub(crate) fn mime_of_extension(extension: &str) -> Option<&'static str> {
    row_of(extension)
        .map(|row| row.mime)
        .or_else(|| wide::mime_of_extension(extension))
}

/// Returns the MIME type that files with the extension of this name can have besides the usual one.
#[cfg(feature = "manager")]
pub(crate) fn alternative(name: &str) -> Option<&'static str> {
    wide::alternative(&extension(name)?)
}

/// Returns the usual extension of a MIME type.
pub(crate) fn extension_of_mime(mime: &str) -> Option<&'static str> {
    row_of(mime)
        .map(|row| row.extension)
        .or_else(|| wide::extension_of_mime(mime))
}

/// The reasons to refuse a declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvalidType {
    /// The text is not a MIME type.
    Malformed,
    /// The MIME type and the extension belong to different media types.
    Mismatch,
}

/// Returns the MIME type of a file from its declared type, or else from its name. Both must belong to one media type.
///
/// Returns `None` if neither says anything.
pub(crate) fn declared(mime: &str, name: Option<&str>) -> Result<Option<String>, InvalidType> {
    let mime = normalize(mime).ok_or(InvalidType::Malformed)?;
    let extension = name.and_then(extension);
    if mime == OCTET_STREAM {
        let by_name = extension.and_then(|extension| mime_of_extension(&extension));
        return Ok(by_name.map(str::to_owned));
    }
    // Only the extensions that Wix documents are certain enough to refuse a declared type.
    match extension.and_then(|extension| row_of(&extension)) {
        Some(row) if row.media_type != MediaType::of_mime(&mime) => {
            // A system that does not know a format declares the one that it is built on.
            if matches!(
                &*mime,
                "application/zip" | "application/xml" | "text/xml" | "application/json"
            ) && matches!(
                row.media_type,
                MediaType::Document | MediaType::Vector | MediaType::Model3d
            ) {
                return Ok(Some(row.mime.to_owned()));
            }
            Err(InvalidType::Mismatch)
        }
        _ => Ok(Some(mime)),
    }
}

#[cfg(any(test, feature = "transfers"))]
/// The MIME type of a file by its first bytes, and the other media types that begin with the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub(crate) mime: &'static str,
    /// A bit for each of them.
    also: u8,
}

#[cfg(any(test, feature = "transfers"))]
impl Sniffed {
    /// Whether a file with these first bytes can be of another media type than that of the MIME type.
    pub(crate) fn can_be(&self, media_type: MediaType) -> bool {
        self.also & bit(media_type) != 0
    }
}

/// The bit of a media type that files can have: of the first ones, without [`MediaType::Unknown`].
#[cfg(any(test, feature = "transfers"))]
const fn bit(media_type: MediaType) -> u8 {
    match 1u8.checked_shl((media_type as u32).wrapping_sub(1)) {
        Some(bit) => bit,
        None => 0,
    }
}

/// A beginning of files, in which `?` stands for any byte.
#[cfg(any(test, feature = "transfers"))]
struct Signature {
    pattern: &'static [u8],
    /// The extension of the type in [`TYPES`], empty for a type that is not there.
    extension: &'static str,
    also: &'static [MediaType],
}

/// The beginnings that decide on a type. The first one that fits counts.
#[cfg(any(test, feature = "transfers"))]
const SIGNATURES: [Signature; 49] = {
    use MediaType::*;
    const fn or(pattern: &'static [u8], extension: &'static str, also: &'static [MediaType]) -> Signature {
        Signature {
            pattern,
            extension,
            also,
        }
    }
    const fn plain(pattern: &'static [u8], extension: &'static str) -> Signature {
        or(pattern, extension, &[])
    }
    [
        plain(b"\xff\xd8\xff", "jpg"),
        plain(b"\x89PNG\r\n\x1a\n", "png"),
        plain(b"GIF87a", "gif"),
        plain(b"GIF89a", "gif"),
        plain(b"RIFF????WEBP", "webp"),
        plain(b"RIFF????WAVE", "wav"),
        plain(b"RIFF????AVI ", "avi"),
        // Many raw photographs are TIFF files.
        or(b"II*\0", "tiff", &[Document, Other]),
        or(b"MM\0*", "tiff", &[Document, Other]),
        plain(b"BM????\0\0\0\0?????????????????", "bmp"),
        plain(b"%PDF-", "pdf"),
        plain(b"%!PS", "eps"),
        or(b"8BPS", "psd", &[Image]),
        // Many documents, models and programs are zips.
        or(b"PK\x03\x04", "zip", &[Document, Other, Model3d]),
        or(b"PK\x05\x06", "zip", &[Document, Other, Model3d]),
        plain(b"Rar!\x1a\x07", "rar"),
        plain(b"7z\xbc\xaf\x27\x1c", "7z"),
        or(b"\x1f\x8b\x08", "gz", &[Document, Other, Vector]),
        or(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc", &[Other]),
        plain(b"{\\rtf", "rtf"),
        plain(b"glTF", "glb"),
        plain(b"ID3", "mp3"),
        plain(b"fLaC", "flac"),
        plain(b"FORM????AIFF", "aiff"),
        plain(b"FORM????AIFC", "aiff"),
        or(b"OggS", "ogg", &[Video]),
        plain(b"FLV\x01", "flv"),
        or(b"\x1a\x45\xdf\xa3", "mkv", &[Audio]),
        or(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv", &[Audio]),
        plain(b"\0\0\x01\xba", "mpg"),
        plain(b"\0\0\x01\xb3", "mpg"),
        // The service knows further brands, and those that only the compatible ones tell.
        plain(b"????ftypavif", "avif"),
        plain(b"????ftypavis", "avif"),
        plain(b"????ftypheic", "heic"),
        plain(b"????ftypheix", "heic"),
        plain(b"????ftyphevc", "heic"),
        plain(b"????ftypheim", "heic"),
        plain(b"????ftypheis", "heic"),
        or(b"????ftypM4A ", "m4a", &[Video]),
        or(b"????ftypM4B ", "m4a", &[Video]),
        or(b"????ftypqt  ", "mov", &[Audio]),
        or(b"????ftyp3g??", "3gp", &[Audio]),
        or(b"????ftypisom", "mp4", &[Audio]),
        or(b"????ftypiso2", "mp4", &[Audio]),
        or(b"????ftypmp41", "mp4", &[Audio]),
        or(b"????ftypmp42", "mp4", &[Audio]),
        or(b"????ftypavc1", "mp4", &[Audio]),
        or(b"????ftypM4V ", "mp4", &[Audio]),
        plain(b"????ftyp", ""),
    ]
};

/// The [`SIGNATURES`] in one run of bytes: the length of the pattern and of the extension, the other types as bits, the
/// pattern, the extension. As a `match`, they were 4 KB of code; the addresses of a table of slices do not compress.
#[cfg(any(test, feature = "transfers"))]
static PACKED_SIGNATURES: [u8; SIGNATURES_LEN] = {
    let mut packed = [0; SIGNATURES_LEN];
    let (mut row, mut at) = (0, 0);
    while row < SIGNATURES.len() {
        let Signature {
            pattern,
            extension,
            also,
        } = SIGNATURES[row];
        packed[at] = pattern.len() as u8;
        packed[at + 1] = extension.len() as u8;
        let mut other = 0;
        while other < also.len() {
            packed[at + 2] |= bit(also[other]);
            other += 1;
        }
        at += 3;
        let mut from = 0;
        while from < pattern.len() {
            packed[at + from] = pattern[from];
            from += 1;
        }
        at += pattern.len();
        let mut from = 0;
        while from < extension.len() {
            packed[at + from] = extension.as_bytes()[from];
            from += 1;
        }
        at += extension.len();
        row += 1;
    }
    packed
};

#[cfg(any(test, feature = "transfers"))]
const SIGNATURES_LEN: usize = {
    let (mut row, mut length) = (0, 0);
    while row < SIGNATURES.len() {
        length += 3 + SIGNATURES[row].pattern.len() + SIGNATURES[row].extension.len();
        row += 1;
    }
    length
};

/// The row of [`PACKED_SIGNATURES`] that fits: the extension, and the other types as bits.
#[cfg(any(test, feature = "transfers"))]
fn signature(bytes: &[u8]) -> Option<(&'static [u8], u8)> {
    let mut rest = &PACKED_SIGNATURES[..];
    while let [pattern_len, extension_len, also, tail @ ..] = rest {
        let (pattern, tail) = tail.split_at_checked(usize::from(*pattern_len))?;
        let (extension, tail) = tail.split_at_checked(usize::from(*extension_len))?;
        let mut fits = bytes.len() >= pattern.len();
        for (byte, expected) in bytes.iter().zip(pattern) {
            fits &= *expected == b'?' || byte == expected;
        }
        if fits {
            return Some((extension, *also));
        }
        rest = tail;
    }
    None
}

/// Recognises a file by its first bytes. Returns `None` if nothing fits.
#[cfg(any(test, feature = "transfers"))]
pub(crate) fn sniff(bytes: &[u8]) -> Option<Sniffed> {
    const TEXT_OR_OTHER: u8 = bit(MediaType::Document) | bit(MediaType::Other);
    let (extension, also): (&[u8], u8) = match (signature(bytes), bytes) {
        (Some((b"mkv", also)), _) if window(bytes, b"webm") => (b"webm", also),
        (Some(found), _) => found,
        _ if bytes.get(257..262) == Some(b"ustar") => (b"tar", 0),
        // An MPEG audio frame: eleven set bits, then a valid layer, bit rate and sampling rate. `ff fe` begins UTF-16.
        (_, [0xff, second, third, ..])
            if second & 0xe0 == 0xe0
                && *second != 0xfe
                && second & 0x18 != 0x08
                && second & 0x06 != 0
                && third >> 4 != 15
                && third & 0x0c != 0x0c =>
        {
            (b"mp3", TEXT_OR_OTHER)
        }
        (_, [0xff, 0xf0 | 0xf1 | 0xf8 | 0xf9, ..]) => (b"aac", TEXT_OR_OTHER),
        _ if is_svg(bytes) => (b"svg", bit(MediaType::Document)),
        _ => return None,
    };
    let mime = row_of(str::from_utf8(extension).ok()?)?.mime;
    Some(Sniffed { mime, also })
}

#[cfg(any(test, feature = "transfers"))]
fn window(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// Whether a text begins with an `svg` element, or with it behind a declaration of XML. What has more in front of it is left to
/// the service.
#[cfg(any(test, feature = "transfers"))]
fn is_svg(bytes: &[u8]) -> bool {
    let mut text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if text.starts_with(b"<?xml") {
        let end = text.iter().position(|byte| *byte == b'>').map_or(0, |end| end + 1);
        text = text[end..].trim_ascii_start();
    }
    text.starts_with(b"<svg")
}

/// Returns the display name of a file. A name without an extension gets the usual one (`docs/contract/choices.md#u49`), and one
/// that Wix documents for another media type is replaced. Any other extension stays: a name never has two. Names are cut to 255
/// characters; the extension is kept.
pub(crate) fn display_name(name: &str, mime: &str) -> String {
    let mut name = name.to_owned();
    if let Some(usual) = extension_of_mime(mime) {
        match extension(&name) {
            // "2" is no extension of "version 1.2".
            Some(given) if given.bytes().any(|byte| !byte.is_ascii_digit()) => {
                let row = row_of(&given);
                if row.is_some_and(|row| row.media_type != MediaType::of_mime(mime)) {
                    name.truncate(name.len() - given.len());
                    name += usual;
                }
            }
            // Not by `format!`: its machinery would be downloaded for this alone.
            _ => {
                name += ".";
                name.push_str(usual);
            }
        }
    }
    truncate(&name, 255)
}

/// Chooses the MIME type and the name to upload a file under, from its declared type, its name and its first bytes. Each of
/// the three may be missing or wrong.
///
/// 1. Recognised bytes decide the media type. For images and archives they also decide the MIME type. For other media
///    types the declared type is more precise, then the name.
/// 2. If several media types begin with the same bytes, like `.docx` and `.zip`, the declared type or the name decides.
/// 3. If the bytes are not recognised, the declared type counts, else the name.
/// 4. If such bytes have an extension that this small table does not know, the service decides.
///
/// The name is that of [`display_name`], and `file` without one.
#[cfg(any(test, feature = "transfers"))]
pub(crate) fn choose(mime: &str, name: &str, first: &[u8]) -> (String, String) {
    let said = normalize(mime).filter(|mime| mime != OCTET_STREAM);
    let extension = extension(name);
    // The table of the client, also where the wide one is compiled in.
    let named = extension.as_deref().and_then(row_of).map(|row| row.mime);
    let chosen = match sniff(first) {
        Some(sniffed) if sniffed.also != 0 && said.is_none() && named.is_none() && extension.is_some() => None,
        None => {
            let is_known = |mime: &String| named.is_none() || row_of(mime).is_some();
            said.filter(is_known).or_else(|| named.map(str::to_owned))
        }
        Some(sniffed) => Some(within(sniffed, said, named)),
    };
    let chosen = chosen.unwrap_or_else(|| OCTET_STREAM.to_owned());
    let name = display_name(if name.is_empty() { "file" } else { name }, &chosen);
    (chosen, name)
}

/// Chooses the MIME type of a file whose bytes were recognised.
#[cfg(any(test, feature = "transfers"))]
fn within(sniffed: Sniffed, said: Option<String>, named: Option<&str>) -> String {
    let real = MediaType::of_mime(sniffed.mime);
    let precise = matches!(real, MediaType::Image | MediaType::Archive);
    let also = |mime: &str| sniffed.can_be(MediaType::of_mime(mime));
    // Ignore a declared type that contradicts both bytes and name.
    let outvoted = |mime: &String| {
        MediaType::of_mime(mime) != real && named.is_some_and(|named| MediaType::of_mime(named) == real)
    };
    let said = said.filter(|mime| mime != sniffed.mime && !outvoted(mime));
    if let Some(said) = said {
        if also(&said) || (MediaType::of_mime(&said) == real && !precise) {
            return said;
        }
    } else if let Some(named) = named
        && (also(named) || (MediaType::of_mime(named) == real && !precise))
    {
        return named.to_owned();
    }
    sniffed.mime.to_owned()
}

/// Cuts a name to `max` UTF-16 code units without splitting a character. The extension is kept.
pub(crate) fn truncate(name: &str, max: usize) -> String {
    // By the first byte of each character, which is less code than to decode it.
    let units_of = |byte: u8| match byte {
        0x80..=0xbf => 0,
        0xf0.. => 2,
        _ => 1,
    };
    let mut units = 0;
    for byte in name.bytes() {
        units += units_of(byte);
    }
    if units <= max {
        return name.to_owned();
    }
    let tail_len = extension(name).map_or(0, |extension| extension.len() + 1);
    let (stem, tail) = name.split_at(name.len() - tail_len);
    let mut end = 0;
    units = tail_len;
    for byte in stem.bytes() {
        units += units_of(byte);
        if units > max {
            break;
        }
        end += 1;
    }
    let mut kept = stem[..end].to_owned();
    kept.push_str(tail);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_leads_to_the_row_of_its_extension() {
        for Signature {
            pattern,
            extension,
            also,
        } in SIGNATURES
        {
            let mime = (!extension.is_empty()).then(|| row_of(extension).expect("a row").mime);
            let sniffed = sniff(pattern);
            assert_eq!(sniffed.map(|sniffed| sniffed.mime), mime, "{}", pattern.escape_ascii());
            for media_type in also {
                assert!(
                    sniffed.is_some_and(|sniffed| sniffed.can_be(*media_type)),
                    "{media_type}"
                );
            }
        }
    }

    #[test]
    fn extension_belongs_to_one_row() {
        let words = || TYPES.iter().flat_map(|(_, words)| words.split_ascii_whitespace());
        let mut all: Vec<_> = words().collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        for (media_type, words) in TYPES {
            let mut mime = "";
            for word in words.split_ascii_whitespace() {
                if word.contains('/') {
                    assert_eq!(normalize(word).as_deref(), Some(word));
                    assert_eq!(MediaType::of_mime(word), media_type);
                    mime = word;
                    assert!(
                        extension_of_mime(mime).is_some_and(|usual| !usual.contains('/')),
                        "{word}"
                    );
                } else {
                    assert_eq!(mime_of_extension(word), Some(mime));
                }
            }
        }
        assert_eq!(extension_of_mime("image/jpeg"), Some("jpg"));
        assert_eq!(extension_of_mime("model/gltf+json"), Some("gltf"));
    }

    #[test]
    fn declared_type_and_name_of_different_media_types_conflict() {
        for (mime, name, expected) in [
            ("image/jpeg", Some("a.jpg"), Ok(Some("image/jpeg"))),
            ("IMAGE/JPG; q=1", None, Ok(Some("image/jpeg"))),
            ("image/png", Some("a.jpg"), Ok(Some("image/png"))),
            ("image/png", Some("a.mp4"), Err(InvalidType::Mismatch)),
            ("image/png", Some("a.unknown"), Ok(Some("image/png"))),
            (OCTET_STREAM, Some("a.PDF"), Ok(Some("application/pdf"))),
            (OCTET_STREAM, Some("a.bin"), Ok(None)),
            (OCTET_STREAM, None, Ok(None)),
            ("nonsense", None, Err(InvalidType::Malformed)),
            ("a/b c", None, Err(InvalidType::Malformed)),
        ] {
            assert_eq!(
                declared(mime, name),
                expected.map(|mime| mime.map(str::to_owned)),
                "{mime} {name:?}"
            );
        }
    }

    #[test]
    fn sniff_recognises_first_bytes() {
        let riff = |kind: &[u8]| [b"RIFF\x10\0\0\0", kind].concat();
        for (bytes, mime) in [
            (&b"\xff\xd8\xff\xe0"[..], Some("image/jpeg")),
            (b"\x89PNG\r\n\x1a\n", Some("image/png")),
            (b"GIF89a", Some("image/gif")),
            (&riff(b"WEBP"), Some("image/webp")),
            (&riff(b"WAVE"), Some("audio/wav")),
            (b"\0\0\0\x1cftypavif", Some("image/avif")),
            (b"\0\0\0\x1cftypheic", Some("image/heic")),
            (b"\0\0\0\x1cftypisom", Some("video/mp4")),
            (b"\x1a\x45\xdf\xa3....webm", Some("video/webm")),
            (b"ID3\x04", Some("audio/mpeg")),
            (b"\xff\xfb\x90\x00", Some("audio/mpeg")),
            (b"%PDF-1.7", Some("application/pdf")),
            (b"PK\x03\x04", Some("application/zip")),
            (b"<?xml version=\"1.0\"?> <svg>", Some("image/svg+xml")),
            (b"<?xml version=\"1.0\"?><rss><svg>", None),
            (b"<?xml", None),
            (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", None),
            (b"\xff\xfe1\0\n\0", None),
            (b"\xef\xbb\xbf  <svg xmlns=\"\">", Some("image/svg+xml")),
            (b"<?xml version=\"1.0\"?><kml>", None),
            (b"plain text", None),
            (b"", None),
        ] {
            assert_eq!(sniff(bytes).map(|sniffed| sniffed.mime), mime, "{bytes:?}");
        }
    }

    #[test]
    fn choose_weighs_declared_type_name_and_bytes() {
        let ftyp = |brand: &[u8]| [b"\0\0\0\x1cftyp", brand].concat();
        let (heic, avif, m4a, mov, mp4) = (
            ftyp(b"heic"),
            ftyp(b"avif"),
            ftyp(b"M4A "),
            ftyp(b"qt  "),
            ftyp(b"isom"),
        );
        let jpeg = &b"\xff\xd8\xff\xe0"[..];
        let zip = &b"PK\x03\x04"[..];
        for (said, name, first, mime, expected) in [
            ("", "fox.jpg", jpeg, "image/jpeg", "fox.jpg"),
            ("", "fox", jpeg, "image/jpeg", "fox.jpg"),
            ("", "", jpeg, "image/jpeg", "file.jpg"),
            // Wrong within pictures: the bytes decide, the name may stay.
            ("image/png", "fox.png", jpeg, "image/jpeg", "fox.png"),
            // Wrong altogether: its extension is replaced.
            ("application/pdf", "fox.pdf", jpeg, "image/jpeg", "fox.jpg"),
            ("image/png", "prices.png", b"%PDF-1.7", "application/pdf", "prices.pdf"),
            ("", "a.heic", &heic, "image/heic", "a.heic"),
            ("application/octet-stream", "a", &avif, "image/avif", "a.avif"),
            ("image/webp", "a", b"RIFF\x10\0\0\0WEBP", "image/webp", "a.webp"),
            ("image/svg+xml", "a.svg", b"<svg>", "image/svg+xml", "a.svg"),
            (
                "text/plain",
                "a.svg",
                b"<?xml version=\"1.0\"?><svg>",
                "image/svg+xml",
                "a.svg",
            ),
            ("audio/x-m4a", "a.m4a", &m4a, "audio/mp4", "a.m4a"),
            ("video/mp4", "a.m4a", &m4a, "audio/mp4", "a.m4a"),
            ("", "a.m4a", &mp4, "audio/mp4", "a.m4a"),
            ("", "a.mov", &mov, "video/quicktime", "a.mov"),
            ("", "a.mov", &mp4, "video/quicktime", "a.mov"),
            ("", "a.glb", b"glTF", "model/gltf-binary", "a.glb"),
            ("", "a.zip", zip, "application/zip", "a.zip"),
            ("application/x-zip-compressed", "a.zip", zip, "application/zip", "a.zip"),
            (
                "application/zip",
                "a.docx",
                zip,
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "a.docx",
            ),
            ("application/epub+zip", "book", zip, "application/epub+zip", "book.epub"),
            // The service knows this extension.
            ("", "a.usdz", zip, OCTET_STREAM, "a.usdz"),
            ("", "a.nef", b"II*\0", OCTET_STREAM, "a.nef"),
            ("", "fox.final", jpeg, "image/jpeg", "fox.final"),
            ("", "notes.txt", b"hello", "text/plain", "notes.txt"),
            ("text/csv", "notes", b"a;b", "text/csv", "notes.csv"),
            (
                "application/x-nonsense",
                "notes.txt",
                b"hello",
                "text/plain",
                "notes.txt",
            ),
            (
                "application/x-nonsense",
                "a.bin",
                b"hello",
                "application/x-nonsense",
                "a.bin",
            ),
            ("nonsense", "a.bin", b"", OCTET_STREAM, "a.bin"),
            ("", "", b"", OCTET_STREAM, "file"),
        ] {
            let chosen = choose(said, name, first);
            assert_eq!(chosen, (mime.to_owned(), expected.to_owned()), "{said} {name}");
            assert!(declared(&chosen.0, Some(&chosen.1)).is_ok(), "{said} {name} is refused");
        }
    }

    #[test]
    fn display_name_has_an_extension_even_when_cut() {
        for (name, mime, expected) in [
            ("image1", "image/jpeg", "image1.jpg"),
            ("a.jpeg", "image/jpeg", "a.jpeg"),
            ("a.PNG", "image/jpeg", "a.PNG"),
            ("version 1.2", "application/pdf", "version 1.2.pdf"),
            ("a.usdz", "application/zip", "a.usdz"),
            ("a.nobody", "application/pdf", "a.nobody"),
            ("a.png", "application/pdf", "a.pdf"),
            ("a.bin", OCTET_STREAM, "a.bin"),
            (".hidden", "text/plain", ".hidden.txt"),
        ] {
            assert_eq!(display_name(name, mime), expected);
        }
        let long = display_name(&"é".repeat(300), "image/jpeg");
        assert_eq!(long.chars().count(), 255);
        assert!(long.ends_with("é.jpg"));
        assert_eq!(truncate(&"🎉".repeat(200), 255).chars().count(), 127);
    }
}
