//! Sharpening, blur, and changes of tone and colour.

use super::decode::Pixels;
use super::url::{Filters, Sharpening};

/// Applies what a transform asks for: tone and colour, then blur, then sharpening.
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

/// The channels that are seen; alpha is none of them.
fn seen(pixels: &Pixels) -> usize {
    pixels.channels - usize::from(pixels.has_alpha())
}

/// Contrast about the middle grey, then brightness; each value of a byte has one result.
fn tone(pixels: &mut Pixels, contrast: f32, brightness: f32) {
    if contrast == 0.0 && brightness == 0.0 {
        return;
    }
    let factor = if contrast < 0.0 {
        1.0 + contrast / 100.0
    } else {
        // 100 leaves black and white only.
        1.0 / (1.0 - contrast.min(99.0) / 100.0)
    };
    let table: Vec<u8> = (0..=255_u8)
        .map(|value| ((f32::from(value) - 127.5) * factor + 127.5 + brightness * 1.275 + 0.5) as u8)
        .collect();
    let seen = seen(pixels);
    for pixel in pixels.bytes.chunks_exact_mut(pixels.channels) {
        for value in &mut pixel[..seen] {
            *value = table[usize::from(*value)];
        }
    }
}

/// Turns and stretches the colour of each pixel about its grey, in the plane of equal brightness.
fn color(pixels: &mut Pixels, saturation: f32, hue: f32) {
    if seen(pixels) < 3 {
        return;
    }
    let stretch = 1.0 + saturation / 100.0;
    let (sine, cosine) = hue.to_radians().sin_cos();
    let (sine, cosine) = (sine * stretch, cosine * stretch);
    for pixel in pixels.bytes.chunks_exact_mut(pixels.channels) {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        // YIQ, whose two axes of colour are at right angles.
        let bright = 0.299 * red + 0.587 * green + 0.114 * blue;
        let i = 0.5959 * red - 0.2746 * green - 0.3213 * blue;
        let q = 0.2115 * red - 0.5227 * green + 0.3112 * blue;
        let (i, q) = (i * cosine - q * sine, i * sine + q * cosine);
        pixel[0] = (bright + 0.956 * i + 0.619 * q + 0.5) as u8;
        pixel[1] = (bright - 0.272 * i - 0.647 * q + 0.5) as u8;
        pixel[2] = (bright - 1.106 * i + 1.703 * q + 0.5) as u8;
    }
}

/// Adds what a blur takes away.
fn sharpen(pixels: &mut Pixels, sharpening: Sharpening) {
    let soft = blurred(pixels, sharpening.radius);
    let seen = seen(pixels);
    let channels = pixels.channels;
    for (pixel, soft) in pixels.bytes.chunks_exact_mut(channels).zip(soft.chunks_exact(channels)) {
        for (value, &soft) in pixel[..seen].iter_mut().zip(soft) {
            let difference = f32::from(*value) - f32::from(soft);
            if difference.abs() > sharpening.threshold {
                *value = (f32::from(*value) + difference * sharpening.amount + 0.5) as u8;
            }
        }
    }
}

/// A Gaussian blur: by its kernel when that is short, else by three running means, whose cost does not depend on the radius.
fn blurred(pixels: &Pixels, deviation: f32) -> Vec<u8> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let channels = pixels.channels;
    let mut bytes = pixels.bytes.clone();
    let mut line = vec![0.0_f32; width.max(height)];
    let mut smooth = Smooth::new(deviation, width.max(height));
    for channel in 0..channels {
        for row in bytes.chunks_exact_mut(width * channels) {
            smooth.line(row, channel, channels, &mut line[..width]);
        }
        for column in 0..width {
            smooth.line(
                &mut bytes,
                column * channels + channel,
                width * channels,
                &mut line[..height],
            );
        }
    }
    bytes
}

/// A blur in one dimension.
struct Smooth {
    /// One half of the kernel, from its middle on; empty for running means.
    kernel: Vec<f32>,
    /// How far each running mean reaches to either side.
    reach: [usize; 3],
    spare: Vec<f32>,
}

impl Smooth {
    fn new(deviation: f32, longest: usize) -> Self {
        let mut kernel = Vec::new();
        let mut reach = [0; 3];
        if deviation < 2.5 {
            let length = (deviation * 3.0).ceil() as usize + 1;
            kernel = (0..length)
                .map(|at| (-((at * at) as f32) / (2.0 * deviation * deviation)).exp())
                .collect();
            let total: f32 = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
            kernel.iter_mut().for_each(|weight| *weight /= total);
        } else {
            // Means of these lengths have the variance of the kernel together.
            let ideal = (4.0 * deviation * deviation + 1.0).sqrt();
            let short = (((ideal - 1.0) / 2.0) as usize).max(1);
            let variance = |reach: usize| ((2 * reach + 1) * (2 * reach + 1) - 1) as f32;
            let more = (12.0 * deviation * deviation - 3.0 * variance(short)) / (variance(short + 1) - variance(short));
            let more = more.round().clamp(0.0, 3.0) as usize;
            for (number, reach) in reach.iter_mut().enumerate() {
                *reach = short + usize::from(number < more);
            }
        }
        Self {
            kernel,
            reach,
            spare: vec![0.0; longest],
        }
    }

    /// Blurs the bytes from `start` on, `stride` apart, as many as `line` holds.
    fn line(&mut self, bytes: &mut [u8], start: usize, stride: usize, line: &mut [f32]) {
        for (value, &byte) in line.iter_mut().zip(bytes[start..].iter().step_by(stride)) {
            *value = f32::from(byte);
        }
        let spare = &mut self.spare[..line.len()];
        if self.kernel.is_empty() {
            for reach in self.reach {
                mean(line, spare, reach);
                line.copy_from_slice(spare);
            }
        } else {
            convolve(line, spare, &self.kernel);
            line.copy_from_slice(spare);
        }
        for (byte, &value) in bytes[start..].iter_mut().step_by(stride).zip(line.iter()) {
            *byte = (value + 0.5) as u8;
        }
    }
}

/// Beyond its ends a line goes on as its last value.
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

fn mean(line: &[f32], result: &mut [f32], reach: usize) {
    let last = line.len() - 1;
    // In doubles, whose rounding does not add up over a line.
    let mut sum: f64 = f64::from(line[0]) * (reach + 1) as f64;
    sum += (1..=reach).map(|at| f64::from(line[at.min(last)])).sum::<f64>();
    let length = (2 * reach + 1) as f64;
    for (at, value) in result.iter_mut().enumerate() {
        *value = (sum / length) as f32;
        sum += f64::from(line[(at + reach + 1).min(last)]) - f64::from(line[at.saturating_sub(reach)]);
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
    fn tone_is_changed() {
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
    fn colour_is_changed() {
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
    fn blur_keeps_the_whole_and_spreads_it() {
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
            // Half way up where the step was, unless the blur is as wide as the bar.
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
    fn running_means_are_close_to_the_kernel() {
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
    fn sharpening_makes_edges_steeper_and_keeps_what_is_below_the_threshold() {
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
    fn alpha_stays_when_colours_change() {
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
