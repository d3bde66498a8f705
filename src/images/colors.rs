//! The prominent colour and the palette of an image.
//!
//! A histogram with 5 bits per channel of a small copy is divided into clusters by median cut with means: the cluster with
//! the largest variance is split at its mean, along the channel that varies most. Four rounds of k-means follow, similar
//! clusters are merged, and the rest is sorted by size. All arithmetic is on integers, so that an image has the same
//! colours on every machine.

use super::decode::Image;
use super::error::Error;
use super::frame::Frame;
use super::pixels::Pixels;
use super::render;
use fast_image_resize::FilterType;

/// An RGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Color {
    /// The colour in the hexadecimal notation of CSS.
    ///
    /// ```
    /// use wix_media::images::Color;
    ///
    /// let brown = Color { red: 150, green: 75, blue: 0 };
    /// assert_eq!(brown.hex(), "#964B00");
    /// ```
    pub fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }

    fn parts(self) -> [i64; 3] {
        [self.red, self.green, self.blue].map(i64::from)
    }
}

/// The colours of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colors {
    /// The colour that draws the eye.
    pub prominent: Color,
    /// 1 to 10 colours, sorted by area, the largest first.
    pub palette: Vec<Color>,
}

/// The edge of the box that the small copy fits into.
const SAMPLE_EDGE: u32 = 128;
/// The number of clusters before similar ones are merged.
const CLUSTERS: usize = 16;
/// The largest number of colours of a palette.
const MAX_COLORS: usize = 10;
/// The rounds of k-means.
const ROUNDS: usize = 4;
/// The squared distance below which two clusters are merged.
const MERGE_DISTANCE: i64 = 900;

/// Pixels of similar colours: their number, and the sums of their channels.
#[derive(Clone, Copy, Debug, Default)]
struct Cluster {
    count: i64,
    sums: [i64; 3],
}

impl Cluster {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        for (sum, more) in self.sums.iter_mut().zip(other.sums) {
            *sum += more;
        }
    }

    fn mean(&self) -> [i64; 3] {
        self.sums.map(|sum| (sum + self.count / 2) / self.count.max(1))
    }
}

/// The squared distance of two colours, weighted by how well eyes tell the channels apart.
fn distance(one: [i64; 3], other: [i64; 3]) -> i64 {
    let [red, green, blue] = [0, 1, 2].map(|channel| one[channel] - other[channel]);
    (2 * red * red + 4 * green * green + 3 * blue * blue) / 3
}

/// Computes the colours of a JPEG, PNG, GIF, WebP, BMP or ICO image. Returns `None` where no pixel is opaque.
///
/// ```
/// let photo = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/photos/chelsea.jpg"));
/// let colors = wix_media::images::colors(photo)?.unwrap();
/// // A ginger cat.
/// assert!(colors.prominent.red > colors.prominent.green && colors.prominent.green > colors.prominent.blue);
/// assert_eq!(colors.palette.len(), 7);
/// # Ok::<(), wix_media::images::Error>(())
/// ```
pub fn colors(bytes: &[u8]) -> Result<Option<Colors>, Error> {
    colors_of_image(bytes, false)
}

/// [`colors()`], which can refuse with 415 to tell colours that a missing feature would tell better.
pub(crate) fn colors_of_image(bytes: &[u8], is_strict: bool) -> Result<Option<Colors>, Error> {
    let image = Image::open(bytes)?;
    if is_strict {
        image.check_colors()?;
    }
    let (width, height) = image.size();
    let frame = frame((width, height));
    // Sharper filters overshoot, and would add colours that the image does not have.
    let rendered = render::render(image, &frame, FilterType::Box)?;
    Ok(colors_of(&rendered.pixels))
}

/// What is looked at: all of the image, small.
pub(super) fn frame((width, height): (u32, u32)) -> Frame {
    Frame::fit(width, height, SAMPLE_EDGE, SAMPLE_EDGE)
}

fn colors_of(pixels: &Pixels) -> Option<Colors> {
    let cells = histogram(pixels);
    let total: i64 = cells.iter().map(|cell| cell.count).sum();
    if total == 0 {
        return None;
    }
    let mut clusters = split(cells.clone());
    for _ in 0..ROUNDS {
        clusters = reassign(&cells, &clusters);
    }
    merge(&mut clusters);
    clusters.sort_by(|one, other| other.count.cmp(&one.count).then(other.sums.cmp(&one.sums)));
    // Clusters below 0.2 % are noise.
    clusters.retain(|cluster| cluster.count * 500 >= total);
    clusters.truncate(MAX_COLORS);
    let palette: Vec<Color> = clusters.iter().map(color).collect();
    let prominent = clusters
        .iter()
        .max_by_key(|cluster| (weight(cluster), cluster.count, cluster.sums))?;
    Some(Colors {
        prominent: color(prominent),
        palette,
    })
}

/// The cells of the histogram that have pixels. Pixels that are mostly transparent are left out.
fn histogram(pixels: &Pixels) -> Vec<Cluster> {
    let mut all = vec![Cluster::default(); 1 << 15];
    for pixel in pixels.bytes.chunks_exact(pixels.channels) {
        let color = match *pixel {
            [grey] => [grey; 3],
            [grey, alpha] if alpha >= 128 => [grey; 3],
            [red, green, blue] => [red, green, blue],
            [red, green, blue, alpha] if alpha >= 128 => [red, green, blue],
            _ => continue,
        };
        let [red, green, blue] = color.map(|value| usize::from(value >> 3));
        all[red << 10 | green << 5 | blue].add(&Cluster {
            count: 1,
            sums: color.map(i64::from),
        });
    }
    all.retain(|cell| cell.count > 0);
    all
}

/// The variance of a cluster times its size, and the channel that varies most.
fn variance(cells: &[Cluster]) -> (i64, usize) {
    let mut whole = Cluster::default();
    cells.iter().for_each(|cell| whole.add(cell));
    let mean = whole.mean();
    let mut variances = [0; 3];
    for cell in cells {
        let own = cell.mean();
        for (channel, variance) in variances.iter_mut().enumerate() {
            let difference = own[channel] - mean[channel];
            *variance += difference * difference * cell.count * [2, 4, 3][channel];
        }
    }
    let widest = (0..3).max_by_key(|&channel| (variances[channel], channel)).unwrap_or(0);
    (variances.iter().sum(), widest)
}

/// Splits the cluster with the largest variance until there are enough.
fn split(cells: Vec<Cluster>) -> Vec<Cluster> {
    let mut clusters = vec![(variance(&cells), cells)];
    while clusters.len() < CLUSTERS {
        let widest = (0..clusters.len())
            .max_by_key(|&at| (clusters[at].0.0, at))
            .unwrap_or(0);
        let ((total, channel), cells) = &clusters[widest];
        if *total == 0 {
            break;
        }
        let mut whole = Cluster::default();
        cells.iter().for_each(|cell| whole.add(cell));
        let middle = whole.mean()[*channel];
        let (low, high): (Vec<Cluster>, Vec<Cluster>) = cells.iter().partition(|cell| cell.mean()[*channel] <= middle);
        if low.is_empty() || high.is_empty() {
            break;
        }
        clusters[widest] = (variance(&low), low);
        clusters.push((variance(&high), high));
    }
    clusters
        .iter()
        .map(|(_, cells)| {
            let mut whole = Cluster::default();
            cells.iter().for_each(|cell| whole.add(cell));
            whole
        })
        .collect()
}

/// One round of k-means: gives each cell to the cluster with the nearest mean.
fn reassign(cells: &[Cluster], clusters: &[Cluster]) -> Vec<Cluster> {
    let means: Vec<_> = clusters.iter().map(Cluster::mean).collect();
    let mut reassigned = vec![Cluster::default(); clusters.len()];
    for cell in cells {
        let own = cell.mean();
        let nearest = (0..means.len()).min_by_key(|&at| distance(own, means[at]));
        if let Some(nearest) = nearest {
            reassigned[nearest].add(cell);
        }
    }
    reassigned.retain(|cluster| cluster.count > 0);
    reassigned
}

/// Merges the two most similar clusters until all are distinct.
fn merge(clusters: &mut Vec<Cluster>) {
    loop {
        let pairs = (0..clusters.len()).flat_map(|one| (0..one).map(move |other| (other, one)));
        let closest = pairs.min_by_key(|&(one, other)| distance(clusters[one].mean(), clusters[other].mean()));
        match closest {
            Some((one, other)) if distance(clusters[one].mean(), clusters[other].mean()) < MERGE_DISTANCE => {
                let cluster = clusters.remove(other);
                clusters[one].add(&cluster);
            }
            _ => return,
        }
    }
}

/// How much a cluster draws the eye: its size, up to three times as much for saturated colours.
fn weight(cluster: &Cluster) -> i64 {
    let parts = color(cluster).parts();
    let high = parts.into_iter().max().unwrap_or(0);
    let low = parts.into_iter().min().unwrap_or(0);
    cluster.count * (255 + 2 * (high - low))
}

fn color(cluster: &Cluster) -> Color {
    let [red, green, blue] = cluster.mean().map(|value| value.clamp(0, 255) as u8);
    Color { red, green, blue }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(channels: usize, bytes: Vec<u8>) -> Pixels {
        Pixels {
            width: (bytes.len() / channels) as u32,
            height: 1,
            channels,
            bytes,
        }
    }

    #[test]
    fn plain_image_has_one_colour() {
        let found = colors_of(&pixels(3, [12, 200, 90].repeat(50))).unwrap();
        let green = Color {
            red: 12,
            green: 200,
            blue: 90,
        };
        assert_eq!(
            found,
            Colors {
                prominent: green,
                palette: vec![green]
            }
        );
        assert_eq!(colors_of(&pixels(1, vec![7; 9])).unwrap().prominent.hex(), "#070707");
    }

    #[test]
    fn palette_is_sorted_by_area() {
        let stripes = [
            [250, 0, 0].repeat(30),
            [0, 0, 250].repeat(50),
            [240, 240, 240].repeat(20),
        ]
        .concat();
        let found = colors_of(&pixels(3, stripes)).unwrap();
        let hex: Vec<String> = found.palette.iter().map(|color| color.hex()).collect();
        assert_eq!(hex, ["#0000FA", "#FA0000", "#F0F0F0"]);
        assert_eq!(found.prominent.hex(), "#0000FA");
    }

    #[test]
    fn saturated_colour_is_prominent_over_a_pale_background() {
        let bytes = [[230, 230, 230].repeat(60), [220, 20, 20].repeat(40)].concat();
        let found = colors_of(&pixels(3, bytes)).unwrap();
        assert_eq!(found.prominent.hex(), "#DC1414");
        assert_eq!(found.palette[0].hex(), "#E6E6E6");
    }

    #[test]
    fn transparent_pixels_are_left_out() {
        let bytes = [[255, 0, 0, 10].repeat(90), [0, 0, 255, 255].repeat(10)].concat();
        assert_eq!(colors_of(&pixels(4, bytes)).unwrap().palette.len(), 1);
        assert_eq!(colors_of(&pixels(4, vec![1, 2, 3, 0])), None);
        assert_eq!(
            colors_of(&pixels(2, vec![1, 0, 90, 255])).unwrap().prominent.hex(),
            "#5A5A5A"
        );
    }

    #[test]
    fn palette_has_at_most_ten_distinct_colours() {
        let mut bytes = Vec::new();
        for red in (0..256).step_by(17) {
            for green in (0..256).step_by(17) {
                for blue in (0..256).step_by(17) {
                    bytes.extend([red as u8, green as u8, blue as u8]);
                }
            }
        }
        let found = colors_of(&pixels(3, bytes)).unwrap();
        assert_eq!(found.palette.len(), MAX_COLORS);
        for (at, one) in found.palette.iter().enumerate() {
            for other in &found.palette[..at] {
                assert!(distance(one.parts(), other.parts()) >= MERGE_DISTANCE);
            }
        }
    }
}
