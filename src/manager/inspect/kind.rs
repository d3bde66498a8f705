//! What a file is, by its bytes: the one place that decides it.
//!
//! [`recognise`] names the [`Kind`] of a file, by which its reader is chosen, and the MIME type of its bytes. [`decide`] weighs
//! that with the declared type. Bytes always win: a declaration, or a name in place of one, only chooses among the types
//! that the bytes allow. Many formats are built on others (documents on zips, raw photographs on TIFF), so bytes of
//! such a base allow every type that has no bytes of its own.

use super::bytes::{be, find, has, le};
use super::input::Input;
use super::isobmff::next_box;
use super::markup;
use super::office;
use crate::model::media_type::{self, MediaType, OCTET_STREAM, normalize};
use file_format::FileFormat;

/// The bytes that most formats are recognised by.
pub(super) const HEAD_LEN: usize = 1024;

/// The bytes of text in which the root element is searched, behind comments and declarations.
const TEXT_LEN: usize = 1 << 16;

/// The beginning of the types of office documents, which the crate does not tell apart.
const OFFICE: &str = "application/vnd.openxmlformats-officedocument.";

/// The distance of two packets of MPEG-TS, without and with a time stamp, and with error correction.
const TS_PACKETS: [usize; 3] = [188, 192, 204];

/// The makers of cameras in the MIME types of raw photographs.
const CAMERAS: &[&str] = &[
    "adobe",
    "arri",
    "canon",
    "casio",
    "epson",
    "fuji",
    "gopro",
    "hasselblad",
    "kodak",
    "leaf",
    "leica",
    "mamiya",
    "minolta",
    "nikon",
    "olympus",
    "panasonic",
    "pentax",
    "phaseone",
    "samsung",
    "sigma",
    "sony",
];

/// A kind of bytes: those that a reader knows, and those that other formats are built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
    /// Icons and cursors of Windows.
    Ico,
    /// TIFF and BigTIFF.
    Tiff,
    /// A raw photograph of a camera. Many are TIFFs whose first picture is only a thumbnail.
    Raw,
    /// JPEG XL, as a bare stream or in boxes.
    JpegXl,
    Avif,
    /// HEIC and other pictures in boxes, other than AVIF.
    Heif,
    /// An SVG as text.
    Svg,
    /// MP4, QuickTime, 3GPP: films and sounds in boxes.
    IsoMedia,
    /// Matroska and WebM.
    Matroska,
    Avi,
    /// Windows Media.
    Asf,
    Flv,
    /// A transport stream, of packets with or without time stamps.
    MpegTs,
    /// A program stream, or bare video.
    MpegPs,
    Ogg,
    Wav,
    Aiff,
    Flac,
    /// MPEG audio of any layer, with or without an ID3 tag.
    MpegAudio,
    /// AAC in ADTS frames.
    Adts,
    Pdf,
    PostScript,
    Rtf,
    Photoshop,
    /// Binary glTF.
    Glb,
    Zip,
    Gzip,
    Rar,
    SevenZip,
    Tar,
    /// Compound files of Microsoft: older office documents, messages and installers.
    Ole,
    /// A page.
    Html,
    /// XML of any other root element.
    Xml,
    /// Text of no recognised form.
    Text,
    /// Any other format that the crate recognises.
    Other,
}

impl Kind {
    /// Whether the bytes are text, which begins with no signature and can be of any type that is text.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Kind::Html | Kind::Xml | Kind::Text)
    }

    /// Whether other formats can be built on these bytes, or begin with the same few of them.
    fn is_base(self) -> bool {
        self.is_text()
            || matches!(
                self,
                Kind::Svg
                    | Kind::Tiff
                    | Kind::Zip
                    | Kind::Gzip
                    | Kind::Ole
                    // Two bytes are enough for these.
                    | Kind::JpegXl
                    | Kind::MpegAudio
                    | Kind::Adts
                    | Kind::Other
            )
    }
}

/// A file, recognised by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recognised {
    pub(crate) kind: Kind,
    /// `None` for text that could be of many types.
    pub(crate) mime: Option<String>,
}

impl Recognised {
    fn new(kind: Kind, mime: &str) -> Recognised {
        Recognised {
            kind,
            mime: Some(mime.to_owned()),
        }
    }
}

fn is(kind: Kind, mime: &str) -> Option<Recognised> {
    Some(Recognised::new(kind, mime))
}

/// Recognises a file by its first [`HEAD_LEN`] bytes, and where they are not enough, by others. Returns `None` if nothing fits.
///
/// The kinds that have readers are recognised here, as those readers need it. What is built on a base, and everything else, is
/// told apart by the crate `file-format`.
pub(super) fn recognise(head: &[u8], input: &mut Input<'_>) -> Option<Recognised> {
    let recognised = by_signature(head, input)
        .or_else(|| mpeg_ts(head))
        .or_else(|| text(head, input))
        .or_else(|| mpeg_frame(head));
    match recognised {
        None => by_crate(input).map(|mime| Recognised {
            kind: if is_raw(&mime) { Kind::Raw } else { Kind::Other },
            mime: Some(mime),
        }),
        Some(Recognised { kind, mime: Some(mime) }) if is_refined(kind, &mime) => {
            let mime = by_crate(input).filter(|finer| *finer != "text/plain").unwrap_or(mime);
            let exact = mime.starts_with(OFFICE).then(|| office::mime(input)).flatten();
            Some(Recognised {
                kind,
                mime: Some(exact.unwrap_or(mime)),
            })
        }
        // Some forms of text have a signature. Those of other formats that happen to be letters stay text.
        Some(Recognised {
            kind: Kind::Text,
            mime: None,
        }) => Some(Recognised {
            kind: Kind::Text,
            mime: by_crate(input).filter(|mime| mime.starts_with("text/") && mime != "text/plain"),
        }),
        recognised => recognised,
    }
}

/// Whether the crate can say more about bytes of this kind.
fn is_refined(kind: Kind, mime: &str) -> bool {
    match kind {
        Kind::Zip | Kind::Ole | Kind::Xml | Kind::Matroska | Kind::Asf => true,
        // Films and sounds share the brand.
        Kind::IsoMedia => mime == "video/mp4",
        _ => false,
    }
}

/// The MIME type by the crate `file-format`, which is bounded: it reads some hundred headers at most.
fn by_crate(input: &mut Input<'_>) -> Option<String> {
    let format = FileFormat::from_reader(input.rewind().ok()?).ok()?;
    let is_known = !matches!(
        format,
        FileFormat::ArbitraryBinaryData | FileFormat::Empty | FileFormat::CompoundFileBinary
    );
    let mime = normalize(format.media_type()).filter(|_| is_known)?;
    // A sound in MP4 has another name there.
    Some(if mime == "video/x-m4v" {
        "video/mp4".to_owned()
    } else {
        mime
    })
}

/// Whether a MIME type is that of raw photographs.
pub(super) fn is_raw(mime: &str) -> bool {
    let camera = mime.strip_prefix("image/x-").and_then(|rest| rest.split('-').next());
    camera.is_some_and(|camera| CAMERAS.contains(&camera))
}

fn by_signature(head: &[u8], input: &mut Input<'_>) -> Option<Recognised> {
    let at = |offset: usize, magic: &[u8]| has(head, offset, magic);
    match head {
        [0xff, 0xd8, 0xff, ..] => is(Kind::Jpeg, "image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => is(Kind::Png, "image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => is(Kind::Gif, "image/gif"),
        [b'R', b'I', b'F', b'F', ..] if at(8, b"WEBP") => is(Kind::WebP, "image/webp"),
        [b'R', b'I', b'F', b'F' | b'X', ..] | [b'R', b'F', b'6', b'4', ..] | [b'B', b'W', b'6', b'4', ..]
            if at(8, b"WAVE") =>
        {
            is(Kind::Wav, "audio/wav")
        }
        // Sony's form for large files.
        _ if at(0, b"riff\x2e\x91\xcf\x11") => is(Kind::Wav, "audio/wav"),
        [b'R', b'I', b'F', b'F', ..] if at(8, b"AVI ") => is(Kind::Avi, "video/x-msvideo"),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => is(Kind::Tiff, "image/tiff"),
        [b'B', b'M', ..] if head.len() > 26 && at(6, &[0; 4]) => is(Kind::Bmp, "image/bmp"),
        [0, 0, 1 | 2, 0, 1..=255, 0, ..] if is_icon(head) => is(Kind::Ico, "image/vnd.microsoft.icon"),
        [0xff, 0x0a, ..] => is(Kind::JpegXl, "image/jxl"),
        [0, 0, 0, 12, b'J', b'X', b'L', b' ', 0x0d, 0x0a, 0x87, 0x0a, ..] => is(Kind::JpegXl, "image/jxl"),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => is(Kind::Zip, "application/zip"),
        [0x1f, 0x8b, 8, ..] => is(Kind::Gzip, "application/gzip"),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => is(Kind::Ole, "application/x-ole-storage"),
        [b'I', b'D', b'3', ..] => Some(behind_tag(head, input)),
        [b'f', b'L', b'a', b'C', ..] => is(Kind::Flac, "audio/flac"),
        [b'F', b'O', b'R', b'M', ..] if at(8, b"AIFF") || at(8, b"AIFC") => is(Kind::Aiff, "audio/aiff"),
        [b'O', b'g', b'g', b'S', ..] => is(Kind::Ogg, ogg(head)),
        [b'F', b'L', b'V', 1, ..] => is(Kind::Flv, "video/x-flv"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => is(Kind::Matroska, matroska(head)),
        [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, ..] => is(Kind::Asf, "video/x-ms-wmv"),
        [0, 0, 1, 0xba | 0xb3, ..] => is(Kind::MpegPs, "video/mpeg"),
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => is(Kind::Rar, "application/vnd.rar"),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => is(Kind::SevenZip, "application/x-7z-compressed"),
        [b'g', b'l', b'T', b'F', ..] => is(Kind::Glb, "model/gltf-binary"),
        [b'{', b'\\', b'r', b't', b'f', ..] => is(Kind::Rtf, "application/rtf"),
        [b'%', b'!', b'P', b'S', ..] => is(Kind::PostScript, "application/postscript"),
        [b'8', b'B', b'P', b'S', ..] => is(Kind::Photoshop, "image/vnd.adobe.photoshop"),
        _ if at(4, b"ftyp") || at(4, b"styp") => iso_media(head),
        // QuickTime files from before its `ftyp` box.
        _ if [&b"moov"[..], b"mdat", b"wide", b"free", b"skip", b"pnot"]
            .iter()
            .any(|name| at(4, name)) =>
        {
            is_first_box(head, input.size()).then(|| Recognised::new(Kind::IsoMedia, "video/quicktime"))
        }
        _ if at(257, b"ustar") => is(Kind::Tar, "application/x-tar"),
        // Readers of PDF accept bytes before it.
        _ if find(head, 0, b"%PDF-").is_some() => is(Kind::Pdf, "application/pdf"),
        _ => None,
    }
}

/// Whether the directory of an icon is whole, and its first picture behind it.
fn is_icon(head: &[u8]) -> bool {
    let Some(&[_, _, _, _, count, _, _, _, _, reserved, ..]) = head.first_chunk::<22>() else {
        return false;
    };
    reserved == 0 && le(head, 18, 4).is_some_and(|offset| offset >= 6 + 16 * u64::from(count))
}

/// Whether the length of the first box fits the file.
fn is_first_box(head: &[u8], size: u64) -> bool {
    be(head, 0, 4).is_some_and(|length| matches!(length, 0 | 1) || (8..=size).contains(&length))
}

/// What begins with a `ftyp` box, by its brands: the major one, else the first compatible one that is known.
fn iso_media(head: &[u8]) -> Option<Recognised> {
    let length = head.first_chunk().map_or(0, |length| u32::from_be_bytes(*length));
    let end = usize::try_from(length)
        .unwrap_or(usize::MAX)
        .clamp(12, head.len().max(12));
    let major = head.get(8..12)?;
    let compatible = head.get(16..end).unwrap_or_default();
    // A picture of the general brand says by its other brands how it is coded.
    let general = |brand: &[u8]| matches!(brand, b"mif1" | b"msf1" | b"miaf" | b"mif2");
    let mut brands = std::iter::once(major).chain(compatible.chunks_exact(4));
    let known = brands.clone().filter(|brand| !general(brand)).find_map(brand);
    let is_picture = brands.any(general);
    match known {
        // Pictures can name the brand of films that they contain too.
        Some((Kind::IsoMedia, _)) if is_picture => is(Kind::Heif, "image/heif"),
        Some((kind, mime)) => is(kind, mime),
        None if is_picture => is(Kind::Heif, "image/heif"),
        None => is(Kind::IsoMedia, "video/mp4"),
    }
}

/// The file that a brand stands for (<https://mp4ra.org/registered-types/brands>).
fn brand(brand: &[u8]) -> Option<(Kind, &'static str)> {
    Some(match brand {
        b"avif" | b"avis" => (Kind::Avif, "image/avif"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => (Kind::Heif, "image/heic"),
        b"vvic" | b"vvis" | b"evbi" | b"evbs" | b"jpeg" | b"jpgs" | b"avci" | b"avcs" => (Kind::Heif, "image/heif"),
        b"crx " => (Kind::Raw, "image/x-canon-cr3"),
        b"jp2 " => (Kind::Other, "image/jp2"),
        b"jpx " => (Kind::Other, "image/jpx"),
        b"jpm " => (Kind::Other, "image/jpm"),
        b"mjp2" => (Kind::Other, "video/mj2"),
        b"M4A " | b"M4B " | b"M4P " | b"F4A " | b"F4B " => (Kind::IsoMedia, "audio/mp4"),
        b"qt  " => (Kind::IsoMedia, "video/quicktime"),
        [b'3', b'g', b'2', _] => (Kind::IsoMedia, "video/3gpp2"),
        [b'3', b'g' | b'r' | b's' | b'e', ..] => (Kind::IsoMedia, "video/3gpp"),
        b"isom" | b"iso2" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"M4VH" | b"M4VP" | b"dash" | b"msdh" | b"msix"
        | b"F4V " | b"F4P " => (Kind::IsoMedia, "video/mp4"),
        _ => return None,
    })
}

/// What an ID3 tag stands in front of: MPEG audio, but for some FLAC and AAC.
fn behind_tag(head: &[u8], input: &mut Input<'_>) -> Recognised {
    let size = head.get(6..10).unwrap_or_default();
    let length = size.iter().fold(0, |length, byte| length << 7 | u64::from(byte & 0x7f));
    match input.part(10 + length, 4).as_slice() {
        b"fLaC" => Recognised::new(Kind::Flac, "audio/flac"),
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Recognised::new(Kind::Adts, "audio/aac"),
        _ => Recognised::new(Kind::MpegAudio, "audio/mpeg"),
    }
}

/// Ogg by the first packets of its streams: one with pictures makes it a film.
fn ogg(head: &[u8]) -> &'static str {
    let has = |word: &[u8]| find(head, 0, word).is_some();
    if has(b"\x80theora") || has(b"OVP80") || has(b"BBCD\0") || has(b"\x01video") {
        "video/ogg"
    } else {
        "audio/ogg"
    }
}

/// WebM and Matroska by the document type in the header.
fn matroska(head: &[u8]) -> &'static str {
    let header = &head[..head.len().min(64)];
    if find(header, 0, b"webm").is_some() {
        "video/webm"
    } else {
        "video/x-matroska"
    }
}

/// Packets of MPEG-TS begin with the same byte. Three of them are no accident.
fn mpeg_ts(head: &[u8]) -> Option<Recognised> {
    let is_stream = |length: usize| {
        let start = if length == 192 { 4 } else { 0 };
        let mut starts = (start..head.len()).step_by(length);
        starts.clone().count() >= 3 && starts.all(|at| head[at] == 0x47)
    };
    TS_PACKETS
        .into_iter()
        .any(is_stream)
        .then(|| Recognised::new(Kind::MpegTs, "video/mp2t"))
}

/// The header of a frame of MPEG audio or AAC: some set bits, then valid values. That is little, so everything else goes
/// first.
fn mpeg_frame(head: &[u8]) -> Option<Recognised> {
    match head {
        // UTF-16.
        [0xff, 0xfe, ..] => None,
        [0xff, second, third, ..] if second & 0xf6 == 0xf0 && third & 0x3c <= 0x30 => is(Kind::Adts, "audio/aac"),
        [0xff, second, third, ..]
            if second & 0xe0 == 0xe0
                && second & 0x18 != 0x08
                && second & 0x06 != 0
                && third >> 4 != 15
                && third & 0x0c != 0x0c =>
        {
            is(Kind::MpegAudio, "audio/mpeg")
        }
        _ => None,
    }
}

/// Text: an SVG, a page or other XML by its root element, else no type of its own.
fn text(head: &[u8], input: &mut Input<'_>) -> Option<Recognised> {
    let text = markup::text(head)?;
    if !text.trim_start().starts_with('<') {
        // Only a byte order mark tells that text is meant.
        let is_marked = matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0xef, 0xbb, 0xbf, ..]);
        return Some(Recognised {
            kind: Kind::Text,
            mime: is_marked.then(|| "text/plain".to_owned()),
        });
    }
    let longer = markup::text(&input.part(0, TEXT_LEN));
    let text = longer.as_deref().unwrap_or(&text);
    let is_page = |root: &str| root.eq_ignore_ascii_case("html");
    match markup::start(text) {
        start if start.root.is_some_and(|root| root.eq_ignore_ascii_case("svg")) => is(Kind::Svg, "image/svg+xml"),
        start if start.doctype.or(start.root).is_some_and(is_page) => is(Kind::Html, "text/html"),
        start if start.is_xml => is(Kind::Xml, "application/xml"),
        _ => Some(Recognised {
            kind: Kind::Text,
            mime: None,
        }),
    }
}

/// The kinds of bytes that files of a MIME type have. Empty for types that are built on others, or that no reader knows.
fn kinds_of(mime: &str) -> &'static [Kind] {
    match mime {
        "image/jpeg" => &[Kind::Jpeg],
        "image/png" | "image/apng" => &[Kind::Png],
        "image/gif" => &[Kind::Gif],
        "image/webp" => &[Kind::WebP],
        "image/bmp" => &[Kind::Bmp],
        "image/vnd.microsoft.icon" => &[Kind::Ico],
        "image/tiff" => &[Kind::Tiff],
        "image/jxl" => &[Kind::JpegXl],
        "image/avif" => &[Kind::Avif],
        "image/heic" | "image/heif" | "image/heic-sequence" | "image/heif-sequence" => &[Kind::Heif],
        // Compressed as `.svgz`.
        "image/svg+xml" => &[Kind::Svg, Kind::Gzip],
        "video/mp4" | "audio/mp4" | "application/mp4" | "video/quicktime" | "video/3gpp" | "video/3gpp2"
        | "audio/3gpp" | "audio/3gpp2" | "video/x-m4v" | "video/iso.segment" => &[Kind::IsoMedia],
        "video/webm" | "audio/webm" | "video/x-matroska" | "audio/x-matroska" => &[Kind::Matroska],
        "video/x-msvideo" => &[Kind::Avi],
        "video/x-ms-wmv" | "video/x-ms-asf" | "audio/x-ms-wma" => &[Kind::Asf],
        "video/x-flv" => &[Kind::Flv],
        "video/mp2t" => &[Kind::MpegTs],
        "video/mpeg" => &[Kind::MpegPs],
        "video/ogg" | "audio/ogg" | "application/ogg" => &[Kind::Ogg],
        "audio/wav" => &[Kind::Wav],
        "audio/aiff" => &[Kind::Aiff],
        "audio/flac" => &[Kind::Flac],
        "audio/mpeg" => &[Kind::MpegAudio],
        // Recordings of phones are declared so, whatever they are wrapped in.
        "audio/aac" => &[Kind::Adts, Kind::IsoMedia],
        "application/pdf" => &[Kind::Pdf],
        "application/zip" => &[Kind::Zip],
        "application/gzip" => &[Kind::Gzip],
        _ => &[],
    }
}

/// The type of a file, by bytes and declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) mime: String,
    /// `None` if the bytes were not recognised.
    pub(crate) kind: Option<Kind>,
}

impl Decision {
    /// Returns why a file of this type cannot be processed: its bytes are those of something else, or an essential part is
    /// missing.
    pub(super) fn fault(&self, input: &mut Input<'_>) -> Option<String> {
        let mime = &self.mime;
        let media_type = MediaType::of_mime(mime);
        let is_media = matches!(
            media_type,
            MediaType::Image | MediaType::Vector | MediaType::Video | MediaType::Audio
        );
        match self.kind {
            None if is_media && !is_loose(mime) && !kinds_of(mime).is_empty() => {
                Some(format!("invalid content: expected {mime}, found unknown bytes"))
            }
            Some(kind) if kind.is_text() && is_media && !kinds_of(mime).is_empty() => {
                Some(format!("invalid content: expected {mime}, found text"))
            }
            Some(Kind::IsoMedia) if is_media && mime != "video/iso.segment" && !has_movie(input) => {
                Some("truncated content: index of tracks not found".to_owned())
            }
            _ => None,
        }
    }
}

/// Whether files of a type can begin anywhere, as sounds and films without a container do.
fn is_loose(mime: &str) -> bool {
    matches!(mime, "audio/mpeg" | "audio/aac" | "video/mpeg" | "video/mp2t")
}

/// The boxes of a file that are looked at in search of its index.
const MAX_BOXES: u32 = 1000;

/// Whether boxes contain the index without which nothing can be played: `moov`, at the beginning or at the end.
fn has_movie(input: &mut Input<'_>) -> bool {
    let size = input.size();
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let Some(found) = next_box(input, at, size) else {
            return false;
        };
        if found.name == *b"moov" {
            return true;
        }
        at = found.end;
    }
    // More boxes than any film has before its index: nobody can say.
    true
}

/// The bytes are of another media type than the declared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction;

/// Decides the type of a file from its bytes, its declared type, and its name, whose extension can have several meanings.
pub(crate) fn decide(
    recognised: Option<Recognised>,
    declared: Option<&str>,
    name: Option<&str>,
) -> Result<Decision, Contradiction> {
    let kind = recognised.as_ref().map(|recognised| recognised.kind);
    let mime = recognised.as_ref().and_then(|recognised| recognised.mime.as_deref());
    let mime = match kind {
        Some(kind) => agreed(kind, mime, declared, name)?,
        None => declared.unwrap_or(OCTET_STREAM),
    };
    Ok(Decision {
        mime: mime.to_owned(),
        kind: if kind == Some(Kind::Tiff) && is_raw(mime) {
            Some(Kind::Raw)
        } else {
            kind
        },
    })
}

/// The type that bytes of a kind and the declaration agree on.
fn agreed<'a>(
    kind: Kind,
    by_bytes: Option<&'a str>,
    declared: Option<&'a str>,
    name: Option<&str>,
) -> Result<&'a str, Contradiction> {
    let Some(declared) = declared else {
        return Ok(by_bytes.unwrap_or(OCTET_STREAM));
    };
    let allows = |mime: &str| {
        let kinds = kinds_of(mime);
        kinds.contains(&kind) || kinds.is_empty() && kind.is_base() || kind == Kind::Other && is_loose(mime)
    };
    if allows(declared) {
        return Ok(declared);
    }
    if let Some(other) = name.and_then(media_type::alternative).filter(|mime| allows(mime)) {
        return Ok(other);
    }
    let Some(by_bytes) = by_bytes.filter(|_| !kind.is_text()) else {
        return Ok(declared);
    };
    let media_type = MediaType::of_mime(declared);
    if media_type != MediaType::of_mime(by_bytes) {
        return Err(Contradiction);
    }
    // Documents are told apart less well by their first bytes than by those who declare them.
    let is_precise = !kinds_of(declared).is_empty() || matches!(media_type, MediaType::Image | MediaType::Archive);
    Ok(if is_precise { by_bytes } else { declared })
}
