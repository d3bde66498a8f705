//! The formats whose decoders are modules of their own, which few pages and servers need: one feature and one file each.
//!
//! In the package, JavaScript loads the file of a format with the first image that needs it. The module decodes the region
//! that the module `images` asks for, and hands it over as [`exchange`](super::exchange). In this crate, the features add the
//! decoders to `images`.

use super::error::Error;
#[cfg(any(feature = "jxl", feature = "svg", feature = "tiff"))]
use super::exchange::{self, Kind};
use super::header::Header;
#[cfg(feature = "jxl")]
use super::jxl_image::Jxl;
use super::pixels::MAX_PIXELS;
use super::reduce::{Decoded, Region};
use super::source_format::SourceFormat;
#[cfg(feature = "svg")]
use super::svg_image::Svg;
#[cfg(feature = "tiff")]
use super::{inks::Inks, tiff_image::Tiff};

/// An image of such a format, whose header has been read.
pub(super) enum Part<'a> {
    #[cfg(feature = "jxl")]
    Jxl(Box<Jxl<'a>>),
    #[cfg(feature = "svg")]
    Svg(Box<Svg>),
    #[cfg(feature = "tiff")]
    Tiff(Box<Tiff<'a>>),
    /// The feature of a format is not enabled.
    #[cfg(not(any(feature = "jxl", feature = "tiff")))]
    #[expect(dead_code, reason = "there is nothing to read")]
    None(std::marker::PhantomData<&'a ()>, std::convert::Infallible),
}

impl<'a> Part<'a> {
    /// Reads the header of a file. Fails with 415 if the feature of its format is not enabled.
    pub(super) fn open(bytes: &'a [u8], format: SourceFormat) -> Result<(Header, Self), Error> {
        match format {
            #[cfg(feature = "jxl")]
            SourceFormat::Jxl => {
                let header = Header::read(&mut &*bytes).ok_or_else(|| Error::decode("no size"))?;
                check_area(&header)?;
                Ok((header, Self::Jxl(Box::new(Jxl::open(bytes, &header)?))))
            }
            #[cfg(feature = "svg")]
            SourceFormat::Svg => {
                let (header, svg) = Svg::open(bytes)?;
                check_area(&header)?;
                Ok((header, Self::Svg(Box::new(svg))))
            }
            #[cfg(feature = "tiff")]
            SourceFormat::Tiff => {
                let header = Header::read(&mut &*bytes).ok_or_else(|| Error::decode("no size"))?;
                check_area(&header)?;
                Ok((header, Self::Tiff(Box::new(Tiff::open(bytes, &header)?))))
            }
            other => {
                _ = bytes;
                Err(Error::missing(other.mime(), other.part().unwrap_or("images")))
            }
        }
    }

    /// Decodes a region.
    pub(super) fn decode(self, region: &Region) -> Result<Decoded, Error> {
        match self {
            #[cfg(feature = "jxl")]
            Self::Jxl(jxl) => jxl.decode(region),
            #[cfg(feature = "svg")]
            Self::Svg(svg) => svg.decode(region),
            #[cfg(feature = "tiff")]
            Self::Tiff(tiff) => tiff.decode(region),
            #[cfg(not(any(feature = "jxl", feature = "tiff")))]
            Self::None(_, never) => {
                _ = region;
                match never {}
            }
        }
    }
}

/// Fails with 413 for images that are too large.
pub(super) fn check_area(header: &Header) -> Result<(), Error> {
    if u64::from(header.width) * u64::from(header.height) > MAX_PIXELS {
        return Err(Error::too_large("at most 100 megapixels"));
    }
    Ok(())
}

/// Decodes an image of a format whose feature is enabled, as exchange. `region` is [`region()`](super::regions::region) of the module `images`, without
/// its transform.
#[cfg(any(feature = "jxl", feature = "svg", feature = "tiff"))]
pub(crate) fn decode<E: From<Error>>(
    bytes: &[u8],
    region: impl FnOnce(u32, u32, u16) -> Result<[f64; 6], E>,
) -> Result<Vec<u8>, E> {
    #[cfg(feature = "tiff")]
    if exchange::is_exchange(bytes) {
        return Ok(of_inks(bytes)?);
    }
    let format = SourceFormat::detect(bytes).ok_or_else(|| Error::new(415, "unsupported image type"))?;
    let (header, part) = Part::open(bytes, format)?;
    let [x, y, width, height, across, down] = region(header.width, header.height, header.orientation.number())?;
    let decoded = part.decode(&Region {
        x,
        y,
        width,
        height,
        result_size: (across as u32, down as u32),
    })?;
    Ok(exchange::write(&header, &decoded, Kind::Light))
}

/// Turns exchanged inks into colours.
#[cfg(feature = "tiff")]
fn of_inks(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let (header, decoded, kind) = exchange::read(bytes)?;
    if kind != Kind::Inks || decoded.pixels.channels != 4 {
        return Err(Error::decode("the pixels are colours"));
    }
    let pixels = Inks::of(decoded.profile.as_deref()).pixels(&decoded.pixels);
    let decoded = Decoded {
        pixels,
        profile: None,
        ..decoded
    };
    Ok(exchange::write(&header, &decoded, Kind::Light))
}
