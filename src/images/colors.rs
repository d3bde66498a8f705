//! The colours that make up a picture.
//!
//! The picture is made small, its opaque pixels are counted in cells of 5 bits per channel, and the cells are divided into
//! groups: again and again the group that strays most from its mean is cut through its mean, across the channel in which it
//! strays most. Then each cell goes to the nearest mean, four times over, means that look alike are joined, and the groups
//! are sorted by their size. Everything is counted in whole numbers, so a picture has the same colours on every machine.

use super::decode::Pixels;

/// A colour of bytes.
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
    /// The colour as CSS has it.
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

/// The colours of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colors {
    /// The colour that is seen first.
    pub prominent: Color,
    /// Up to ten colours, the largest first.
    pub palette: Vec<Color>,
}

/// Groups that are made, before those that look alike are joined.
const GROUPS: usize = 16;
/// Colours of a palette.
const MOST_COLORS: usize = 10;
const ROUNDS: usize = 4;
/// Below this squared distance two colours look alike.
const ALIKE: i64 = 900;

/// The pixels of one cell: how many, and their channels added up.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    count: i64,
    sums: [i64; 3],
}

impl Cell {
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

/// How different two colours look: eyes tell greens apart best.
fn distance(one: [i64; 3], other: [i64; 3]) -> i64 {
    let [red, green, blue] = [0, 1, 2].map(|channel| one[channel] - other[channel]);
    (2 * red * red + 4 * green * green + 3 * blue * blue) / 3
}

/// The colours of pixels; none where nothing is opaque.
pub(super) fn colors(pixels: &Pixels) -> Option<Colors> {
    let cells = count(pixels);
    let total: i64 = cells.iter().map(|cell| cell.count).sum();
    if total == 0 {
        return None;
    }
    let mut groups = divide(cells.clone());
    for _ in 0..ROUNDS {
        groups = settle(&cells, &groups);
    }
    join(&mut groups);
    groups.sort_by(|one, other| other.count.cmp(&one.count).then(other.sums.cmp(&one.sums)));
    // A group of a few pixels is noise, unless there is nothing else.
    groups.retain(|group| group.count * 500 >= total);
    groups.truncate(MOST_COLORS);
    let palette: Vec<Color> = groups.iter().map(color).collect();
    let prominent = groups
        .iter()
        .max_by_key(|group| (weight(group), group.count, group.sums))?;
    Some(Colors {
        prominent: color(prominent),
        palette,
    })
}

/// Pixels that are mostly seen, by cells, in the order of the cells.
fn count(pixels: &Pixels) -> Vec<Cell> {
    let mut all = vec![Cell::default(); 1 << 15];
    for pixel in pixels.bytes.chunks_exact(pixels.channels) {
        let color = match *pixel {
            [grey] => [grey; 3],
            [grey, alpha] if alpha >= 128 => [grey; 3],
            [red, green, blue] => [red, green, blue],
            [red, green, blue, alpha] if alpha >= 128 => [red, green, blue],
            _ => continue,
        };
        let [red, green, blue] = color.map(|value| usize::from(value >> 3));
        all[red << 10 | green << 5 | blue].add(&Cell {
            count: 1,
            sums: color.map(i64::from),
        });
    }
    all.retain(|cell| cell.count > 0);
    all
}

/// How far the cells of a group stray from its mean, and in which channel most.
fn spread(cells: &[Cell]) -> (i64, usize) {
    let mut whole = Cell::default();
    cells.iter().for_each(|cell| whole.add(cell));
    let mean = whole.mean();
    let mut strays = [0; 3];
    for cell in cells {
        let own = cell.mean();
        for (channel, stray) in strays.iter_mut().enumerate() {
            let difference = own[channel] - mean[channel];
            *stray += difference * difference * cell.count * [2, 4, 3][channel];
        }
    }
    let most = (0..3).max_by_key(|&channel| (strays[channel], channel)).unwrap_or(0);
    (strays.iter().sum(), most)
}

fn divide(cells: Vec<Cell>) -> Vec<Cell> {
    let mut groups = vec![(spread(&cells), cells)];
    while groups.len() < GROUPS {
        let widest = (0..groups.len()).max_by_key(|&at| (groups[at].0.0, at)).unwrap_or(0);
        let ((stray, channel), cells) = &groups[widest];
        if *stray == 0 {
            break;
        }
        let mut whole = Cell::default();
        cells.iter().for_each(|cell| whole.add(cell));
        let middle = whole.mean()[*channel];
        let (low, high): (Vec<Cell>, Vec<Cell>) = cells.iter().partition(|cell| cell.mean()[*channel] <= middle);
        if low.is_empty() || high.is_empty() {
            break;
        }
        groups[widest] = (spread(&low), low);
        groups.push((spread(&high), high));
    }
    groups
        .iter()
        .map(|(_, cells)| {
            let mut whole = Cell::default();
            cells.iter().for_each(|cell| whole.add(cell));
            whole
        })
        .collect()
}

/// Gives each cell to the group whose mean is nearest.
fn settle(cells: &[Cell], groups: &[Cell]) -> Vec<Cell> {
    let means: Vec<_> = groups.iter().map(Cell::mean).collect();
    let mut settled = vec![Cell::default(); groups.len()];
    for cell in cells {
        let own = cell.mean();
        let nearest = (0..means.len()).min_by_key(|&at| distance(own, means[at]));
        if let Some(nearest) = nearest {
            settled[nearest].add(cell);
        }
    }
    settled.retain(|group| group.count > 0);
    settled
}

/// Joins the two groups that look most alike, until none do.
fn join(groups: &mut Vec<Cell>) {
    loop {
        let pairs = (0..groups.len()).flat_map(|one| (0..one).map(move |other| (other, one)));
        let closest = pairs.min_by_key(|&(one, other)| distance(groups[one].mean(), groups[other].mean()));
        match closest {
            Some((one, other)) if distance(groups[one].mean(), groups[other].mean()) < ALIKE => {
                let group = groups.remove(other);
                groups[one].add(&group);
            }
            _ => return,
        }
    }
}

/// How much a group draws the eye: its size, up to three times over for a strong colour.
fn weight(group: &Cell) -> i64 {
    let parts = color(group).parts();
    let high = parts.into_iter().max().unwrap_or(0);
    let low = parts.into_iter().min().unwrap_or(0);
    group.count * (255 + 2 * (high - low))
}

fn color(group: &Cell) -> Color {
    let [red, green, blue] = group.mean().map(|value| value.clamp(0, 255) as u8);
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
    fn a_plain_picture_has_one_colour() {
        let found = colors(&pixels(3, [12, 200, 90].repeat(50))).unwrap();
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
        assert_eq!(colors(&pixels(1, vec![7; 9])).unwrap().prominent.hex(), "#070707");
    }

    #[test]
    fn colours_are_told_apart_and_sorted_by_size() {
        let stripes = [
            [250, 0, 0].repeat(30),
            [0, 0, 250].repeat(50),
            [240, 240, 240].repeat(20),
        ]
        .concat();
        let found = colors(&pixels(3, stripes)).unwrap();
        let hex: Vec<String> = found.palette.iter().map(|color| color.hex()).collect();
        assert_eq!(hex, ["#0000FA", "#FA0000", "#F0F0F0"]);
        assert_eq!(found.prominent.hex(), "#0000FA");
    }

    #[test]
    fn a_strong_colour_wins_over_a_pale_ground_of_the_same_size() {
        let bytes = [[230, 230, 230].repeat(60), [220, 20, 20].repeat(40)].concat();
        let found = colors(&pixels(3, bytes)).unwrap();
        assert_eq!(found.prominent.hex(), "#DC1414");
        assert_eq!(found.palette[0].hex(), "#E6E6E6");
    }

    #[test]
    fn what_is_not_seen_does_not_count() {
        let bytes = [[255, 0, 0, 10].repeat(90), [0, 0, 255, 255].repeat(10)].concat();
        assert_eq!(colors(&pixels(4, bytes)).unwrap().palette.len(), 1);
        assert_eq!(colors(&pixels(4, vec![1, 2, 3, 0])), None);
        assert_eq!(
            colors(&pixels(2, vec![1, 0, 90, 255])).unwrap().prominent.hex(),
            "#5A5A5A"
        );
    }

    #[test]
    fn many_colours_make_a_palette_of_ten_at_most() {
        let mut bytes = Vec::new();
        for red in (0..256).step_by(17) {
            for green in (0..256).step_by(17) {
                for blue in (0..256).step_by(17) {
                    bytes.extend([red as u8, green as u8, blue as u8]);
                }
            }
        }
        let found = colors(&pixels(3, bytes)).unwrap();
        assert_eq!(found.palette.len(), MOST_COLORS);
        for (at, one) in found.palette.iter().enumerate() {
            for other in &found.palette[..at] {
                assert!(distance(one.parts(), other.parts()) >= ALIKE);
            }
        }
    }
}
