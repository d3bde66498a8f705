//! Sharpening, blur, and changes of tone and colour.

use super::pixels::Pixels;
use super::url::{Filters, Sharpening};

/// Applies the filters of a transform: tone and colour, then blur, then sharpening.
pub(super) fn apply(pixels: &mut Pixels, filters: &Filters, sharpening: Option<Sharpening>) {
    tone(pixels, filters.contrast, filters.brightness);
    if filters.saturation != 0.0 || filters.hue != 0.0 {
        color(pixels, filters.saturation, filters.hue);
    }
    if filters.blur > 0.0 {
        let blurred = blurred(pixels, filters.blur);
        pixels.bytes = blurred;
    }
    if let Some(sharpening) = sharpening {
        sharpen(pixels, sharpening);
    }
}

/// The number of channels without alpha.
fn color_channels(pixels: &Pixels) -> usize {
    pixels.channels - usize::from(pixels.has_alpha())
}

/// Contrast around the middle grey, then brightness. A table of 256 results serves all pixels.
fn tone(pixels: &mut Pixels, contrast: f32, brightness: f32) {
    if contrast == 0.0 && brightness == 0.0 {
        return;
    }
    let factor = if contrast < 0.0 {
        1.0 + contrast / 100.0
    } else {
        // At 100, only black and white are left.
        1.0 / (1.0 - contrast.min(99.0) / 100.0)
    };
    let table: Vec<u8> = (0..=255_u8)
        .map(|value| ((f32::from(value) - 127.5) * factor + 127.5 + brightness * 1.275 + 0.5) as u8)
        .collect();
    let count = color_channels(pixels);
    for pixel in pixels.bytes.chunks_exact_mut(pixels.channels) {
        for value in &mut pixel[..count] {
            *value = table[usize::from(*value)];
        }
    }
}

/// Rotates the colours by the hue and scales them by the saturation, at constant luma.
fn color(pixels: &mut Pixels, saturation: f32, hue: f32) {
    if color_channels(pixels) < 3 {
        return;
    }
    let stretch = 1.0 + saturation / 100.0;
    let (sine, cosine) = hue.to_radians().sin_cos();
    let (sine, cosine) = (sine * stretch, cosine * stretch);
    for pixel in pixels.bytes.chunks_exact_mut(pixels.channels) {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        // In YIQ, whose chroma axes are orthogonal.
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        let i = 0.5959 * red - 0.2746 * green - 0.3213 * blue;
        let q = 0.2115 * red - 0.5227 * green + 0.3112 * blue;
        let (i, q) = (i * cosine - q * sine, i * sine + q * cosine);
        pixel[0] = (luma + 0.956 * i + 0.619 * q + 0.5) as u8;
        pixel[1] = (luma - 0.272 * i - 0.647 * q + 0.5) as u8;
        pixel[2] = (luma - 1.106 * i + 1.703 * q + 0.5) as u8;
    }
}

/// Unsharp masking: adds the difference from a blurred copy.
fn sharpen(pixels: &mut Pixels, sharpening: Sharpening) {
    let soft = blurred(pixels, sharpening.radius);
    let count = color_channels(pixels);
    let channels = pixels.channels;
    for (pixel, soft) in pixels.bytes.chunks_exact_mut(channels).zip(soft.chunks_exact(channels)) {
        for (value, &soft) in pixel[..count].iter_mut().zip(soft) {
            let difference = f32::from(*value) - f32::from(soft);
            if difference.abs() > sharpening.threshold {
                *value = (f32::from(*value) + difference * sharpening.amount + 0.5) as u8;
            }
        }
    }
}

/// A Gaussian blur: by its kernel where that is short, else by three box blurs, whose cost does not depend on the radius.
fn blurred(pixels: &Pixels, deviation: f32) -> Vec<u8> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let channels = pixels.channels;
    let mut bytes = pixels.bytes.clone();
    let mut line = vec![0.0_f32; width.max(height)];
    let mut blur = LineBlur::new(deviation, width.max(height));
    for channel in 0..channels {
        for row in bytes.chunks_exact_mut(width * channels) {
            blur.line(row, channel, channels, &mut line[..width]);
        }
        for column in 0..width {
            blur.line(
                &mut bytes,
                column * channels + channel,
                width * channels,
                &mut line[..height],
            );
        }
    }
    bytes
}

/// A Gaussian blur in one dimension.
struct LineBlur {
    /// The kernel from its centre on. Empty for box blurs.
    kernel: Vec<f32>,
    /// The radii of the box blurs.
    radii: [usize; 3],
    scratch: Vec<f32>,
}

impl LineBlur {
    fn new(deviation: f32, max_len: usize) -> Self {
        let mut kernel = Vec::new();
        let mut radii = [0; 3];
        if deviation < 2.5 {
            let length = (deviation * 3.0).ceil() as usize + 1;
            kernel = (0..length)
                .map(|at| (-((at * at) as f32) / (2.0 * deviation * deviation)).exp())
                .collect();
            let total: f32 = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
            kernel.iter_mut().for_each(|weight| *weight /= total);
        } else {
            // Three boxes of these radii have the same total variance as the kernel.
            let ideal = (4.0 * deviation * deviation + 1.0).sqrt();
            let short = (((ideal - 1.0) / 2.0) as usize).max(1);
            let variance = |reach: usize| ((2 * reach + 1) * (2 * reach + 1) - 1) as f32;
            let more = (12.0 * deviation * deviation - 3.0 * variance(short)) / (variance(short + 1) - variance(short));
            let more = more.round().clamp(0.0, 3.0) as usize;
            for (number, radius) in radii.iter_mut().enumerate() {
                *radius = short + usize::from(number < more);
            }
        }
        Self {
            kernel,
            radii,
            scratch: vec![0.0; max_len],
        }
    }

    /// Blurs the bytes from `start` on, `stride` apart, as many as `line` holds.
    fn line(&mut self, bytes: &mut [u8], start: usize, stride: usize, line: &mut [f32]) {
        for (value, &byte) in line.iter_mut().zip(bytes[start..].iter().step_by(stride)) {
            *value = f32::from(byte);
        }
        let scratch = &mut self.scratch[..line.len()];
        if self.kernel.is_empty() {
            for radius in self.radii {
                box_blur(line, scratch, radius);
                line.copy_from_slice(scratch);
            }
        } else {
            convolve(line, scratch, &self.kernel);
            line.copy_from_slice(scratch);
        }
        for (byte, &value) in bytes[start..].iter_mut().step_by(stride).zip(line.iter()) {
            *byte = (value + 0.5) as u8;
        }
    }
}

/// Convolution. The first and last values are repeated beyond the ends.
fn convolve(line: &[f32], result: &mut [f32], kernel: &[f32]) {
    let last = line.len() - 1;
    for (at, value) in result.iter_mut().enumerate() {
        let mut sum = line[at] * kernel[0];
        for (distance, weight) in kernel.iter().enumerate().skip(1) {
            sum += weight * (line[at.saturating_sub(distance)] + line[(at + distance).min(last)]);
        }
        *value = sum;
    }
}

fn box_blur(line: &[f32], result: &mut [f32], radius: usize) {
    let last = line.len() - 1;
    // A running sum of `f32` would accumulate rounding errors over a long line.
    let mut sum: f64 = f64::from(line[0]) * (radius + 1) as f64;
    sum += (1..=radius).map(|at| f64::from(line[at.min(last)])).sum::<f64>();
    let length = (2 * radius + 1) as f64;
    for (at, value) in result.iter_mut().enumerate() {
        *value = (sum / length) as f32;
        sum += f64::from(line[(at + radius + 1).min(last)]) - f64::from(line[at.saturating_sub(radius)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(bytes: &[u8]) -> Pixels {
        Pixels {
            width: bytes.len() as u32,
            height: 1,
            channels: 1,
            bytes: bytes.to_vec(),
        }
    }

    fn rgb(red: u8, green: u8, blue: u8) -> Pixels {
        Pixels {
            width: 1,
            height: 1,
            channels: 3,
            bytes: vec![red, green, blue],
        }
    }

    fn filtered(mut pixels: Pixels, filters: Filters) -> Vec<u8> {
        apply(&mut pixels, &filters, None);
        pixels.bytes
    }

    #[test]
    fn tone_follows_contrast_and_brightness() {
        let start = || grey(&[0, 100, 200, 255]);
        let with = |contrast, brightness| {
            filtered(
                start(),
                Filters {
                    contrast,
                    brightness,
                    ..Filters::default()
                },
            )
        };
        assert_eq!(with(0.0, 0.0), start().bytes);
        assert_eq!(with(0.0, 100.0), [128, 228, 255, 255]);
        assert_eq!(with(0.0, -100.0), [0, 0, 73, 128]);
        assert_eq!(with(-100.0, 0.0), [128, 128, 128, 128]);
        assert_eq!(with(100.0, 0.0), [0, 0, 255, 255]);
        assert_eq!(with(50.0, 0.0), [0, 73, 255, 255]);
    }

    #[test]
    fn colour_follows_saturation_and_hue() {
        let grey = filtered(
            rgb(200, 100, 50),
            Filters {
                saturation: -100.0,
                ..Filters::default()
            },
        );
        assert!(grey.iter().all(|value| value.abs_diff(grey[0]) <= 1), "{grey:?}");
        let stronger = filtered(
            rgb(140, 120, 110),
            Filters {
                saturation: 100.0,
                ..Filters::default()
            },
        );
        assert!(stronger[0] > 150 && stronger[2] < 100, "{stronger:?}");
        let turned = filtered(
            rgb(200, 60, 60),
            Filters {
                hue: 180.0,
                ..Filters::default()
            },
        );
        assert!(turned[0] < turned[1] && turned[0] < turned[2], "{turned:?}");
        let back = filtered(
            rgb(150, 120, 110),
            Filters {
                hue: 0.0,
                saturation: 0.0,
                ..Filters::default()
            },
        );
        assert_eq!(back, [150, 120, 110]);
    }

    #[test]
    fn blur_spreads_edges_and_keeps_flat_areas() {
        for deviation in [0.5, 1.0, 2.4, 2.6, 10.0, 100.0] {
            let mut bytes = vec![0; 401];
            bytes[150..250].fill(200);
            let soft = filtered(
                grey(&bytes),
                Filters {
                    blur: deviation,
                    ..Filters::default()
                },
            );
            assert!(soft.windows(2).take(199).all(|pair| pair[0] <= pair[1]), "{deviation}");
            assert!(soft.windows(2).skip(200).all(|pair| pair[0] >= pair[1]), "{deviation}");
            // Half way up at the edge, unless the blur is as wide as the bar.
            let (before, after) = (soft[149], soft[150]);
            assert!(before < after && before.abs_diff(soft[250]) <= 1, "{deviation}");
            assert!(
                deviation > 50.0 || (before < 105 && after > 80),
                "{deviation}: {before} {after}"
            );
            let flat = filtered(
                grey(&[77; 9]),
                Filters {
                    blur: deviation,
                    ..Filters::default()
                },
            );
            assert_eq!(flat, [77; 9], "{deviation}");
        }
    }

    #[test]
    fn box_blurs_are_close_to_the_kernel() {
        let bytes: Vec<u8> = (0..200).map(|at| if at % 50 < 25 { 250 } else { 10 }).collect();
        let soft = |deviation| {
            filtered(
                grey(&bytes),
                Filters {
                    blur: deviation,
                    ..Filters::default()
                },
            )
        };
        let (kernel, means) = (soft(2.499), soft(2.501));
        assert!(kernel.iter().zip(&means).all(|(one, other)| one.abs_diff(*other) <= 6));
    }

    #[test]
    fn sharpening_steepens_edges_above_the_threshold_only() {
        let edge = [100, 100, 100, 100, 150, 150, 150, 150];
        let sharp = |threshold| {
            let mut pixels = grey(&edge);
            let sharpening = Sharpening {
                radius: 0.66,
                amount: 1.0,
                threshold,
            };
            apply(&mut pixels, &Filters::default(), Some(sharpening));
            pixels.bytes
        };
        let result = sharp(0.01);
        assert!(
            result[3] < 95 && result[4] > 155 && result[0] == 100 && result[7] == 150,
            "{result:?}"
        );
        assert_eq!(sharp(50.0), edge);
    }

    #[test]
    fn filters_keep_alpha() {
        let pixels = Pixels {
            width: 1,
            height: 1,
            channels: 4,
            bytes: vec![10, 20, 30, 40],
        };
        let filters = Filters {
            contrast: 50.0,
            brightness: 10.0,
            saturation: 30.0,
            hue: 40.0,
            ..Filters::default()
        };
        assert_eq!(filtered(pixels, filters)[3], 40);
    }
}
