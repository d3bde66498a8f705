//! The part of an image that a transform shows, and its size in the result.

use super::error::Error;
use super::url::{Anchor, Gravity, Step, Transform};

/// The largest number of pixels of a result, which is that of Wix's own URL builder (`docs/contract/media-urls.md#s4-2`).
pub const MAX_RESULT_PIXELS: u64 = 25_000_000;

/// A rectangle of a source, and its size in the result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left edge, in pixels of the source.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width, in pixels of the source.
    pub source_width: f64,
    /// Height, in pixels of the source.
    pub source_height: f64,
    /// Width of the result.
    pub width: u32,
    /// Height of the result.
    pub height: u32,
}

impl Frame {
    /// The frame of a transform of an image of this size.
    ///
    /// Derived edges are rounded down and at least 1 (`docs/contract/choices.md#u46`). `fit` never enlarges, and `fill` only
    /// with `lg_`. Fails with 400 for a rectangle outside the image and for a result of too many pixels.
    ///
    /// ```
    /// use wix_media::images::{frame::Frame, url::Transform};
    ///
    /// let transform = Transform::parse(&["fit", "w_400,h_400", "a.jpg"])?;
    /// let frame = Frame::of(&transform, 1824, 1270)?;
    /// assert_eq!((frame.width, frame.height), (400, 278));
    /// # Ok::<(), wix_media::images::Error>(())
    /// ```
    pub fn of(transform: &Transform, width: u32, height: u32) -> Result<Self, Error> {
        let mut frame = Self::whole(width, height);
        for step in &transform.steps {
            frame.apply(*step)?;
        }
        if u64::from(frame.width) * u64::from(frame.height) > MAX_RESULT_PIXELS {
            return Err(Error::invalid(format!(
                "invalid size w_{},h_{}: expected at most 25 megapixels",
                frame.width, frame.height
            )));
        }
        Ok(frame)
    }

    /// A whole image, shrunk to fit into a box.
    ///
    /// ```
    /// use wix_media::images::frame::Frame;
    ///
    /// let frame = Frame::fit(4000, 3000, 800, 450);
    /// assert_eq!((frame.width, frame.height), (600, 450));
    /// ```
    pub fn fit(width: u32, height: u32, box_width: u32, box_height: u32) -> Self {
        let mut frame = Self::whole(width, height);
        frame.shrink(box_width.max(1), box_height.max(1));
        frame
    }

    fn whole(width: u32, height: u32) -> Self {
        Self {
            x: 0.0,
            y: 0.0,
            source_width: f64::from(width),
            source_height: f64::from(height),
            width,
            height,
        }
    }

    fn shrink(&mut self, width: u32, height: u32) {
        if width >= self.width && height >= self.height {
            return;
        }
        let by_width = scaled(self.height, width, self.width);
        (self.width, self.height) = if by_width <= height {
            (width, by_width)
        } else {
            (scaled(self.width, height, self.height), height)
        };
    }

    fn apply(&mut self, step: Step) -> Result<(), Error> {
        match step {
            Step::Fit { width, height } => self.shrink(width, height),
            Step::Fill {
                width,
                height,
                anchor,
                enlarge,
            } => self.fill(width, height, anchor, enlarge),
            Step::Crop { x, y, width, height } => {
                if x >= self.width || y >= self.height {
                    return Err(Error::invalid(format!(
                        "invalid x_{x},y_{y}: expected a point inside {} x {} pixels",
                        self.width, self.height
                    )));
                }
                let (width, height) = (width.min(self.width - x), height.min(self.height - y));
                self.keep(f64::from(x), f64::from(y), f64::from(width), f64::from(height));
                (self.width, self.height) = (width, height);
            }
            Step::CropAt { width, height, gravity } => {
                let (width, height) = (width.min(self.width), height.min(self.height));
                let at = |share: u8, free: u32| {
                    f64::from(free / 2 * u32::from(share).min(1) + free.div_ceil(2) * u32::from(share / 2))
                };
                let Gravity(horizontal, vertical) = gravity;
                let x = at(horizontal, self.width - width);
                let y = at(vertical, self.height - height);
                self.keep(x, y, f64::from(width), f64::from(height));
                (self.width, self.height) = (width, height);
            }
        }
        Ok(())
    }

    fn fill(&mut self, width: u32, height: u32, anchor: Anchor, enlarge: bool) {
        // Whether the image is wider than the box, in proportion.
        let is_wide = u64::from(self.width) * u64::from(height) >= u64::from(self.height) * u64::from(width);
        let (own_width, own_height) = (f64::from(self.width), f64::from(self.height));
        let grows = width > self.width || height > self.height;
        let (visible_width, visible_height) = match (grows && !enlarge, is_wide) {
            (false, true) => (own_height * f64::from(width) / f64::from(height), own_height),
            (false, false) => (own_width, own_width * f64::from(height) / f64::from(width)),
            // Without enlargement nothing is resampled, so the rectangle is made of whole pixels.
            (true, true) => (f64::from(scaled(self.height, width, height)), own_height),
            (true, false) => (own_width, f64::from(scaled(self.width, height, width))),
        };
        let (free_width, free_height) = (own_width - visible_width, own_height - visible_height);
        let (mut x, mut y) = match anchor {
            Anchor::Gravity(Gravity(horizontal, vertical)) => (
                free_width * f64::from(horizontal) / 2.0,
                free_height * f64::from(vertical) / 2.0,
            ),
            Anchor::FocalPoint(horizontal, vertical) => (
                (own_width * f64::from(horizontal) / 100.0 - visible_width / 2.0).clamp(0.0, free_width.max(0.0)),
                (own_height * f64::from(vertical) / 100.0 - visible_height / 2.0).clamp(0.0, free_height.max(0.0)),
            ),
        };
        if grows && !enlarge {
            (x, y) = (x.floor(), y.floor());
        }
        self.keep(x, y, visible_width, visible_height);
        (self.width, self.height) = if grows && !enlarge {
            (visible_width as u32, visible_height as u32)
        } else {
            (width, height)
        };
    }

    /// Keeps a rectangle, in pixels of the result so far.
    fn keep(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let (horizontal, vertical) = (
            self.source_width / f64::from(self.width),
            self.source_height / f64::from(self.height),
        );
        self.x += x * horizontal;
        self.y += y * vertical;
        self.source_width = width * horizontal;
        self.source_height = height * vertical;
    }
}

/// `edge * numerator / denominator`, rounded down and at least 1.
fn scaled(edge: u32, numerator: u32, denominator: u32) -> u32 {
    let exact = u64::from(edge) * u64::from(numerator) / u64::from(denominator.max(1));
    u32::try_from(exact).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(tail: &str, width: u32, height: u32) -> Result<Frame, Error> {
        let segments: Vec<&str> = tail.split('/').collect();
        Frame::of(&Transform::parse(&segments)?, width, height)
    }

    #[test]
    fn derived_edge_is_rounded_down_as_measured() {
        for (box_width, height) in [(400, 278), (900, 626), (1100, 765)] {
            let frame = frame(&format!("fit/w_{box_width},h_5000/a.jpg"), 1824, 1270).unwrap();
            assert_eq!((frame.width, frame.height), (box_width, height));
        }
    }

    #[test]
    fn frame_has_the_expected_rectangle_and_size() {
        for (tail, (width, height), expected) in [
            (
                "fit/w_1000,h_250/a.jpg",
                (1000, 500),
                (0.0, 0.0, 1000.0, 500.0, 500, 250),
            ),
            ("fit/w_9,h_9/a.jpg", (5000, 1), (0.0, 0.0, 5000.0, 1.0, 9, 1)),
            ("fit/w_5000,h_5000,lg_1/a.jpg", (10, 20), (0.0, 0.0, 10.0, 20.0, 10, 20)),
            (
                "fill/w_300,h_300/a.jpg",
                (4000, 3000),
                (500.0, 0.0, 3000.0, 3000.0, 300, 300),
            ),
            (
                "fill/w_300,h_300,al_l/a.jpg",
                (4000, 3000),
                (0.0, 0.0, 3000.0, 3000.0, 300, 300),
            ),
            (
                "fill/w_300,h_300,al_br/a.jpg",
                (4000, 3000),
                (1000.0, 0.0, 3000.0, 3000.0, 300, 300),
            ),
            (
                "fill/w_300,h_300,al_b/a.jpg",
                (3000, 4000),
                (0.0, 1000.0, 3000.0, 3000.0, 300, 300),
            ),
            (
                "fill/w_300,h_300,fp_0.40_0.00/a.jpg",
                (4000, 3000),
                (100.0, 0.0, 3000.0, 3000.0, 300, 300),
            ),
            (
                "fill/w_300,h_300,fp_1.00_1.00/a.jpg",
                (4000, 3000),
                (1000.0, 0.0, 3000.0, 3000.0, 300, 300),
            ),
            // The box is larger than the image, so its aspect ratio is cut out at the own resolution.
            (
                "fill/w_800,h_800/a.jpg",
                (400, 300),
                (50.0, 0.0, 300.0, 300.0, 300, 300),
            ),
            ("fill/w_800,h_100/a.jpg", (400, 300), (0.0, 125.0, 400.0, 50.0, 400, 50)),
            (
                "fill/w_800,h_600,lg_1/a.jpg",
                (400, 300),
                (0.0, 0.0, 400.0, 300.0, 800, 600),
            ),
            (
                "fill/w_600,h_600,lg_2/a.jpg",
                (400, 300),
                (50.0, 0.0, 300.0, 300.0, 600, 600),
            ),
            (
                "crop/x_10,y_20,w_1000,h_800/a.jpg",
                (4000, 3000),
                (10.0, 20.0, 1000.0, 800.0, 1000, 800),
            ),
            (
                "crop/x_3990,y_2999,w_1000,h_800/a.jpg",
                (4000, 3000),
                (3990.0, 2999.0, 10.0, 1.0, 10, 1),
            ),
            (
                "crop/x_10,y_20,w_1000,h_800/fill/w_400,h_400/a.jpg",
                (4000, 3000),
                (110.0, 20.0, 800.0, 800.0, 400, 400),
            ),
            (
                "fit/w_400,h_400/crop/x_100,y_0,w_100,h_150/a.jpg",
                (4000, 2000),
                (1000.0, 0.0, 1000.0, 1500.0, 100, 150),
            ),
            (
                "crop/w_100,h_51,al_c/a.jpg",
                (300, 100),
                (100.0, 24.0, 100.0, 51.0, 100, 51),
            ),
            (
                "crop/w_100,h_51,al_br/a.jpg",
                (300, 100),
                (200.0, 49.0, 100.0, 51.0, 100, 51),
            ),
            (
                "crop/w_1000,h_51,al_tl/a.jpg",
                (300, 100),
                (0.0, 0.0, 300.0, 51.0, 300, 51),
            ),
        ] {
            let frame = frame(tail, width, height).unwrap();
            let found = (
                frame.x,
                frame.y,
                frame.source_width,
                frame.source_height,
                frame.width,
                frame.height,
            );
            assert_eq!(found, expected, "{tail} of {width} by {height}");
        }
    }

    #[test]
    fn rectangle_outside_or_too_large_is_refused() {
        for (tail, width, height) in [
            ("crop/x_4000,y_0,w_1,h_1/a.jpg", 4000, 3000),
            ("crop/x_0,y_3000,w_1,h_1/a.jpg", 4000, 3000),
            ("crop/x_0,y_0,w_99999,h_99999/a.jpg", 10_000, 10_000),
            ("crop/x_0,y_0,w_99999,h_99999/a.jpg", u32::MAX, u32::MAX),
        ] {
            assert_eq!(frame(tail, width, height).unwrap_err().status, 400, "{tail}");
        }
    }
}
