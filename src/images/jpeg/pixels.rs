//! The planes of a decoded image as pixels: components enlarged to one size, and colours as RGB.

use super::{ColorSpace, Component, Jpeg, most};
use crate::images::pixels::{Pixels, on_paper};

impl Jpeg<'_> {
    /// The pixels of the decoded planes. Inks become colours, unless they are kept.
    pub(super) fn pixels(&self, reduction: u32) -> Pixels {
        let (width, height) = (self.width.div_ceil(reduction), self.height.div_ceil(reduction));
        let channels = match self.color {
            ColorSpace::Grey => 1,
            ColorSpace::Cmyk { .. } if self.keeps_inks => 4,
            _ => 3,
        };
        let edge = (8 / reduction) as usize;
        let most = most(&self.components);
        let mut rows: Vec<_> = self
            .components
            .iter()
            .map(|component| Rows::of(component, most, (width, height), edge))
            .collect();
        let mut bytes = vec![0; width as usize * height as usize * channels];
        let mut colors = vec![0; if self.has_inks() { width as usize * 3 } else { 0 }];
        for (y, out) in bytes.chunks_exact_mut((width as usize * channels).max(1)).enumerate() {
            for rows in &mut rows {
                rows.enlarge(y);
            }
            match (&*rows, self.color) {
                ([grey], _) => out.copy_from_slice(&grey.row),
                ([first, second, third], ColorSpace::Rgb) => {
                    for (at, pixel) in out.chunks_exact_mut(3).enumerate() {
                        pixel.copy_from_slice(&[first.row[at], second.row[at], third.row[at]]);
                    }
                }
                ([luma, blue, red], _) => to_rgb(&luma.row, &blue.row, &red.row, out),
                ([first, second, third, black], ColorSpace::Cmyk { is_ycck, is_inverted }) => {
                    if is_ycck {
                        to_rgb(&first.row, &second.row, &third.row, &mut colors);
                    } else {
                        for (at, pixel) in colors.chunks_exact_mut(3).enumerate() {
                            pixel.copy_from_slice(&[first.row[at], second.row[at], third.row[at]]);
                        }
                    }
                    // Adobe stores the light that inks leave, and the colour transform inverts once more.
                    let [mask, black_mask] =
                        [is_inverted && !is_ycck, is_inverted].map(|is_light| if is_light { 255 } else { 0 });
                    for (x, pixel) in out.chunks_exact_mut(channels).enumerate() {
                        let black = black.row[x] ^ black_mask;
                        let [cyan, magenta, yellow] = [0, 1, 2].map(|ink| colors[3 * x + ink] ^ mask);
                        let values = if self.keeps_inks {
                            [cyan, magenta, yellow, black]
                        } else {
                            [
                                on_paper(cyan, black),
                                on_paper(magenta, black),
                                on_paper(yellow, black),
                                0,
                            ]
                        };
                        pixel.iter_mut().zip(values).for_each(|(to, value)| *to = value);
                    }
                }
                _ => {}
            }
        }
        Pixels {
            width,
            height,
            channels,
            bytes,
        }
    }
}

/// The rows of a component, enlarged to the size of the result.
struct Rows<'a> {
    component: &'a Component,
    stride: usize,
    /// The size of what is shown of the plane.
    width: usize,
    height: usize,
    /// How many pixels of the result share a sample: its inverse is `share / most`.
    share: (usize, usize),
    most: (usize, usize),
    /// The current row, and its samples times 4.
    row: Vec<u8>,
    blended: Vec<u16>,
}

impl<'a> Rows<'a> {
    fn of(component: &'a Component, most: (u32, u32), (width, height): (u32, u32), edge: usize) -> Self {
        let own = |size: u32, share: u32, most: u32| (size * share).div_ceil(most) as usize;
        let own_width = own(width, component.across, most.0);
        Self {
            component,
            stride: component.blocks_wide as usize * edge,
            width: own_width,
            height: own(height, component.down, most.1),
            share: (component.across as usize, component.down as usize),
            most: (most.0 as usize, most.1 as usize),
            row: vec![0; width as usize],
            blended: vec![0; own_width],
        }
    }

    /// Enlarges a row. By 2, neighbours are blended, three parts to one; by other factors, samples are repeated.
    fn enlarge(&mut self, y: usize) {
        let (horizontal, vertical) = (self.most.0 == 2 * self.share.0, self.most.1 == 2 * self.share.1);
        let near = y * self.share.1 / self.most.1;
        let line = |number: usize| {
            let start = number.min(self.height - 1) * self.stride;
            &self.component.plane[start..start + self.width]
        };
        if !horizontal && !vertical {
            let line = line(near);
            if self.share.0 == self.most.0 {
                self.row.copy_from_slice(line);
            } else {
                for (x, out) in self.row.iter_mut().enumerate() {
                    *out = line[(x * self.share.0 / self.most.0).min(self.width - 1)];
                }
            }
            return;
        }
        let far = match vertical {
            true if y.is_multiple_of(2) => near.saturating_sub(1),
            true => near + 1,
            false => near,
        };
        for ((out, &near), &far) in self.blended.iter_mut().zip(line(near)).zip(line(far)) {
            *out = 3 * u16::from(near) + u16::from(far);
        }
        if !horizontal {
            for (x, out) in self.row.iter_mut().enumerate() {
                let at = (x * self.share.0 / self.most.0).min(self.width - 1);
                *out = ((self.blended[at] + 2) >> 2) as u8;
            }
            return;
        }
        let end = self.width - 1;
        for (x, pair) in self.row.chunks_mut(2).enumerate() {
            let own = 3 * self.blended[x];
            let before = self.blended[x.saturating_sub(1)];
            let after = self.blended[(x + 1).min(end)];
            pair[0] = ((own + before + 8) >> 4) as u8;
            if let Some(second) = pair.get_mut(1) {
                *second = ((own + after + 7) >> 4) as u8;
            }
        }
    }
}

/// RGB of YCbCr (ITU-T T.871), with 16 fractional bits.
fn to_rgb(luma: &[u8], blue: &[u8], red: &[u8], out: &mut [u8]) {
    for (((pixel, &luma), &blue), &red) in out.chunks_exact_mut(3).zip(luma).zip(blue).zip(red) {
        let luma = (i32::from(luma) << 16) + (1 << 15);
        let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
        let clamped = |value: i32| (value >> 16).clamp(0, 255) as u8;
        pixel[0] = clamped(luma + 91_881 * red);
        pixel[1] = clamped(luma - 22_554 * blue - 46_802 * red);
        pixel[2] = clamped(luma + 116_130 * blue);
    }
}
