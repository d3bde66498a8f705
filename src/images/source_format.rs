//! The formats that can be decoded, by the signatures of their files.

/// A format that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// BMP.
    Bmp,
    /// An icon or a pointer of Windows.
    Icon,
    /// TIFF or BigTIFF, whose decoder is the feature `tiff`.
    Tiff,
    /// SVG, or another text of angle brackets, whose decoder is the feature `svg`.
    Svg,
    /// JPEG XL, whose decoder is the feature `jxl`.
    Jxl,
}

impl SourceFormat {
    /// The length of the longest signature.
    pub const SIGNATURE_LEN: usize = 12;

    /// The format of a file, by its first bytes. Returns `None` for formats that cannot be decoded. Text that begins with an
    /// angle bracket, and what is compressed by gzip, may be an SVG.
    ///
    /// ```
    /// use wix_media::images::source_format::SourceFormat;
    ///
    /// assert_eq!(SourceFormat::detect(b"GIF89a..."), Some(SourceFormat::Gif));
    /// assert_eq!(SourceFormat::detect(b"<svg/>"), Some(SourceFormat::Svg));
    /// assert_eq!(SourceFormat::detect(b"words"), None);
    /// ```
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'B', b'M', _, _, _, _, _, _, _, _, ..] => Some(Self::Bmp),
            [0, 0, 1 | 2, 0, _, 0, ..] => Some(Self::Icon),
            [b'I', b'I', 42 | 43, 0, _, _, _, _, ..] | [b'M', b'M', 0, 42 | 43, _, _, _, _, ..] => Some(Self::Tiff),
            [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', 0x0d, 0x0a, 0x87, 0x0a, ..] => Some(Self::Jxl),
            [0xef, 0xbb, 0xbf, b'<', ..] | [0xff, 0xfe, b'<', 0, ..] | [0xfe, 0xff, 0, b'<', ..] => Some(Self::Svg),
            [b'<', ..] | [0, b'<', ..] | [0x1f, 0x8b, 8, ..] => Some(Self::Svg),
            [b' ' | b'\t' | b'\r' | b'\n', ..] if bytes.trim_ascii_start().starts_with(b"<") => Some(Self::Svg),
            _ => None,
        }
    }

    /// The module whose decoder the format needs, which is a feature of this crate and a file of the package. `None` for those
    /// that `images` decodes.
    ///
    /// ```
    /// use wix_media::images::source_format::SourceFormat;
    ///
    /// assert_eq!(SourceFormat::Tiff.part(), Some("tiff"));
    /// assert_eq!(SourceFormat::Png.part(), None);
    /// ```
    pub fn part(self) -> Option<&'static str> {
        match self {
            Self::Jxl => Some("jxl"),
            Self::Svg => Some("svg"),
            Self::Tiff => Some("tiff"),
            _ => None,
        }
    }

    /// The MIME type.
    ///
    /// ```
    /// use wix_media::images::source_format::SourceFormat;
    ///
    /// assert_eq!(SourceFormat::Png.mime(), "image/png");
    /// ```
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Icon => "image/vnd.microsoft.icon",
            Self::Tiff => "image/tiff",
            Self::Svg => "image/svg+xml",
            Self::Jxl => "image/jxl",
        }
    }
}
