//! Which pictures can be decoded, by their first bytes.

use super::url::Format;

/// A kind of picture that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
}

impl Kind {
    /// How many bytes it takes to tell.
    pub const TELLING: usize = 12;

    /// What the first bytes of a file say; `None` for what cannot be decoded.
    ///
    /// ```
    /// use wix_media::images::kind::Kind;
    ///
    /// assert_eq!(Kind::of(b"GIF89a..."), Some(Kind::Gif));
    /// assert_eq!(Kind::of(b"<svg/>"), None);
    /// ```
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            _ => None,
        }
    }

    /// The format.
    ///
    /// ```
    /// use wix_media::images::kind::Kind;
    ///
    /// assert_eq!(Kind::Png.format().mime(), "image/png");
    /// ```
    pub fn format(self) -> Format {
        match self {
            Self::Jpeg => Format::Jpeg,
            Self::Png => Format::Png,
            Self::Gif => Format::Gif,
            Self::WebP => Format::WebP,
        }
    }
}
