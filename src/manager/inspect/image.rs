//! The size of a raster image, as it is shown.

use super::input::Input;
use super::{Kind, isobmff, timed};
use crate::images::header::{Header, Source};
use std::borrow::Cow;

impl Source for Input<'_> {
    fn part(&mut self, offset: u64, length: usize) -> Cow<'_, [u8]> {
        Cow::Owned(Input::part(self, offset, length))
    }
}

/// Width and height in pixels. An orientation that turns the image by a quarter exchanges them.
pub(super) fn size(input: &mut Input<'_>, kind: Kind) -> Option<(u64, u64)> {
    if matches!(kind, Kind::Avif | Kind::Heif) {
        // A sequence of images may be a film only.
        return isobmff::image_size(input).or_else(|| timed::facts(input, Kind::IsoMedia).size());
    }
    let (width, height) = Header::read(input)?.size();
    Some((width.into(), height.into()))
}

#[cfg(test)]
mod tests {
    use super::super::inspect;
    use std::fs::File;

    #[test]
    fn size_is_that_of_the_picture_as_shown() {
        for (name, size) in [
            ("jpeg-no-end-marker.jpg", (60, 40)),
            ("jpeg-cut-in-half.jpg", (400, 300)),
            ("jpeg-no-end-marker-zeros.jpg", (60, 40)),
            ("jpeg-fill-before-frame.jpg", (60, 40)),
            ("jpeg-fill-before-exif.jpg", (40, 60)),
            ("jpeg-two-stray-bytes.jpg", (60, 40)),
            ("jpeg-fill-before-table.jpg", (60, 40)),
            ("jpeg-exif-6-long.jpg", (40, 60)),
            ("jpeg-two-exif.jpg", (60, 40)),
            ("jpeg-two-exif-6.jpg", (40, 60)),
            ("jpeg-one-pixel-wide.jpg", (1, 256)),
            ("jpeg-lossless-point-transform.jpg", (60, 40)),
            ("png-exif-6.png", (40, 60)),
            ("png-cgbi.png", (60, 40)),
            ("webp-exif-6.webp", (40, 60)),
            ("bmp-top-down.bmp", (60, 40)),
            ("gif-screen-zero.gif", (20, 15)),
            ("gif-screen-smaller.gif", (20, 15)),
            ("gif-unknown-block.gif", (60, 40)),
            ("gif-cut.gif", (60, 40)),
            ("icon.ico", (64, 64)),
            ("avif-aperture-first.avif", (40, 30)),
            ("avif-brand-miaf.avif", (64, 48)),
            ("avif-brand-mif1.avif", (64, 48)),
        ] {
            let path = format!("{}/tests/data/pictures/{name}", env!("CARGO_MANIFEST_DIR"));
            let found = inspect(&mut File::open(&path).expect("a file"), None, None).expect("bytes of a file");
            assert_eq!(found.map(|found| found.facts.size()), Ok(Some(size)), "{name}");
        }
    }
}
