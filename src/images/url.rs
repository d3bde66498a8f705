//! The grammar of transformed image URLs (`contract/media-urls.md` section 4): what stands behind `/v1/`.

use std::fmt;

/// The largest width and height of a box, as documented (section 4.1).
pub const LONGEST_EDGE: u32 = 5000;

/// How a picture is to be transformed: the part of its URL behind `/v1/`, taken apart.
///
/// Its `Display` writes it back in one fixed spelling, so that two URLs that ask for the same have the same text.
///
/// ```
/// use wix_media::images::url::{Format, Step, Transform};
///
/// let transform = Transform::parse(&["fit", "h_300,w_400,q_70,enc_auto", "river.jpg"])?;
/// assert_eq!(transform.steps, [Step::Fit { width: 400, height: 300 }]);
/// assert_eq!((transform.quality, transform.format), (Some(70), Format::Jpeg));
/// assert_eq!(transform.to_string(), "fit/w_400,h_300,q_70,enc_auto/0.jpg");
///
/// let refused = Transform::parse(&["fit", "w_0,h_300", "river.jpg"]).unwrap_err();
/// assert_eq!(refused.status, 400);
/// assert!(refused.text.contains("w_0"));
/// # Ok::<(), wix_media::images::url::Refused>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Transform {
    /// What happens to the frame, in order; at least one.
    pub steps: Vec<Step>,
    /// `q_`: quality of the result, 1 to 100.
    pub quality: Option<u8>,
    /// `usm_`: sharpening.
    pub sharpening: Option<Sharpening>,
    /// `bl`: a baseline JPEG instead of a progressive one.
    pub baseline: bool,
    /// `con_`, `br_`, `sat_`, `hue_`, `blur_`.
    pub filters: Filters,
    /// `enc_`: who chooses the format.
    pub encoding: Encoding,
    /// `quality_auto`: the quality is ours to choose.
    pub own_quality: bool,
    /// `anm_all`: all frames of an animated picture.
    pub animated: bool,
    /// The format that the extension of the file name stands for.
    pub format: Format,
}

/// One change of the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The whole picture, inside the box.
    Fit {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
    },
    /// The box filled, and what does not fit cut off.
    Fill {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
        /// What of the picture stays.
        anchor: Anchor,
        /// `lg_`: whether the picture may be enlarged.
        enlarge: bool,
    },
    /// A rectangle.
    Crop {
        /// Left edge.
        x: u32,
        /// Upper edge.
        y: u32,
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// The older crop: a rectangle by its place.
    Cut {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
        /// Where the rectangle is.
        place: Place,
    },
}

/// What of a picture stays when it fills a box of another shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anchor {
    /// One of nine places (`al_`).
    Place(Place),
    /// A point (`fp_`) that is to be in the middle, in hundredths of width and height.
    Point(u8, u8),
}

/// One of nine places: left, middle or right, and top, middle or bottom, each as 0, 1 or 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub u8, pub u8);

impl Place {
    /// The middle.
    pub const CENTRE: Self = Self(1, 1);
}

const PLACES: [(&str, Place); 9] = [
    ("c", Place::CENTRE),
    ("t", Place(1, 0)),
    ("tl", Place(0, 0)),
    ("tr", Place(2, 0)),
    ("b", Place(1, 2)),
    ("bl", Place(0, 2)),
    ("br", Place(2, 2)),
    ("l", Place(0, 1)),
    ("r", Place(2, 1)),
];

/// Unsharp masking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharpening {
    /// Standard deviation of the blur, in pixels.
    pub radius: f32,
    /// How much of the difference is added.
    pub amount: f32,
    /// Differences below this stay as they are.
    pub threshold: f32,
}

/// Changes of tone and colour, each none at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Filters {
    /// -100 to 100.
    pub contrast: f32,
    /// -100 to 100.
    pub brightness: f32,
    /// -100 to 100.
    pub saturation: f32,
    /// -180 to 180 degrees.
    pub hue: f32,
    /// 0 to 100: standard deviation in pixels.
    pub blur: f32,
}

/// Who chooses the format of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// The extension of the file name.
    Extension,
    /// The `Accept` header (`enc_auto`).
    Accept,
    /// AVIF (`enc_avif`, `enc_pavif`).
    Avif,
}

/// A format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
    /// AVIF.
    Avif,
}

/// Extensions, and what they stand for. The first of each format is written.
const EXTENSIONS: [(&str, Format); 9] = [
    ("jpg", Format::Jpeg),
    ("jpeg", Format::Jpeg),
    ("jpe", Format::Jpeg),
    ("png", Format::Png),
    ("webp", Format::WebP),
    ("gif", Format::Gif),
    ("avif", Format::Avif),
    // Wix's own types; what its service makes of them is not known.
    ("wix_mp", Format::Jpeg),
    ("wix_ico_mp", Format::Png),
];

impl Format {
    /// The MIME type.
    ///
    /// ```
    /// assert_eq!(wix_media::images::url::Format::WebP.mime(), "image/webp");
    /// ```
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
        }
    }
}

/// Why a URL is refused: a status and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// 400 for bad values, 403 for forms that there are not.
    pub status: u16,
    /// What is wrong, naming the token.
    pub text: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl std::error::Error for Refused {}

pub(super) fn bad(text: impl Into<String>) -> Refused {
    let text = text.into();
    Refused { status: 400, text }
}

impl Transform {
    /// Takes the segments behind `/v1/` apart; they are percent-decoded already.
    ///
    /// Wrong and missing values and tokens that there are not get 400, a method that there is not gets 403.
    ///
    /// ```
    /// use wix_media::images::url::Transform;
    ///
    /// assert!(Transform::parse(&["crop", "x_10,y_20,w_30,h_40", "fill", "w_3,h_4", "a.png"]).is_ok());
    /// assert_eq!(Transform::parse(&["stretch", "w_3,h_4", "a.png"]).unwrap_err().status, 403);
    /// ```
    pub fn parse<S: AsRef<str>>(segments: &[S]) -> Result<Self, Refused> {
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let first = segments.first().copied().unwrap_or_default();
        known_method(first)?;
        let (name, pairs) = match segments.split_last() {
            Some((name, pairs)) if pairs.len() >= 2 && pairs.len() % 2 == 0 => (name, pairs),
            _ => return Err(bad("The URL must end in /METHOD/PARAMETERS/NAME.EXTENSION.")),
        };
        // More than a few can only be there to keep us busy.
        if pairs.len() > 8 {
            return Err(bad("There are more than 4 transforms in the URL."));
        }
        let mut transform = Self {
            steps: Vec::new(),
            quality: None,
            sharpening: None,
            baseline: false,
            filters: Filters::default(),
            encoding: Encoding::Extension,
            own_quality: false,
            animated: false,
            format: format_of(name)?,
        };
        for (number, pair) in pairs.chunks_exact(2).enumerate() {
            let &[method, parameters] = pair else { continue };
            known_method(method)?;
            let is_last = 2 * number + 2 == pairs.len();
            transform.step(method, parameters, is_last)?;
        }
        Ok(transform)
    }

    /// The format of the result, as far as it does not depend on the picture: `None` stands for JPEG, or PNG where
    /// something shines through.
    ///
    /// ```
    /// use wix_media::images::url::{Format, Transform};
    ///
    /// let transform = Transform::parse(&["fit", "w_3,h_4,enc_auto", "a.png"])?;
    /// assert_eq!(transform.settled_format("image/avif,image/webp,*/*"), Some(Format::WebP));
    /// assert_eq!(transform.settled_format("*/*"), None);
    /// # Ok::<(), wix_media::images::url::Refused>(())
    /// ```
    pub fn settled_format(&self, accept: &str) -> Option<Format> {
        match (self.encoding, self.format) {
            // No encoder of AVIF is small enough to come along.
            (Encoding::Avif, _) | (Encoding::Extension, Format::Avif) => Some(Format::WebP),
            (Encoding::Extension, format) => Some(format),
            (Encoding::Accept, _) => accepts(accept, Format::WebP.mime()).then_some(Format::WebP),
        }
    }

    fn step(&mut self, method: &str, parameters: &str, is_last: bool) -> Result<(), Refused> {
        let mut frame = Frame::default();
        let mut seen: Vec<&str> = Vec::new();
        for token in parameters.split(',') {
            let (key, value) = match token.split_once('_') {
                // The value of these is a part of their name.
                Some(("quality" | "anm", _)) | None => (token, None),
                Some((key, value)) => (key, Some(value)),
            };
            if seen.contains(&key) {
                return Err(bad(format!("{token}: {key} is there twice.")));
            }
            seen.push(key);
            if frame.read(method, token, key, value)? {
                continue;
            }
            if !is_last {
                return Err(bad(format!("{token}: options belong to the last transform.")));
            }
            if frame.width.is_none() || frame.height.is_none() {
                return Err(bad(format!("{token}: w_ and h_ come first.")));
            }
            self.option(token, key, value)?;
        }
        self.steps.push(frame.step(method)?);
        Ok(())
    }

    fn option(&mut self, token: &str, key: &str, value: Option<&str>) -> Result<(), Refused> {
        match (key, value) {
            ("q", Some(value)) => {
                let quality = whole(token, value, 1, 100)?;
                self.quality = u8::try_from(quality).ok();
            }
            ("usm", Some(value)) => {
                let parts: Vec<&str> = value.split('_').collect();
                let &[radius, amount, threshold] = parts.as_slice() else {
                    return Err(bad(format!("{token}: expected usm_RADIUS_AMOUNT_THRESHOLD.")));
                };
                self.sharpening = Some(Sharpening {
                    radius: decimal(token, radius, 0.1, 500.0)?,
                    amount: decimal(token, amount, 0.0, 10.0)?,
                    threshold: decimal(token, threshold, 0.0, 255.0)?,
                });
            }
            ("bl", None) => self.baseline = true,
            ("con", Some(value)) => self.filters.contrast = decimal(token, value, -100.0, 100.0)?,
            ("br", Some(value)) => self.filters.brightness = decimal(token, value, -100.0, 100.0)?,
            ("sat", Some(value)) => self.filters.saturation = decimal(token, value, -100.0, 100.0)?,
            ("hue", Some(value)) => self.filters.hue = decimal(token, value, -180.0, 180.0)?,
            ("blur", Some(value)) => self.filters.blur = decimal(token, value, 0.0, 100.0)?,
            ("enc", Some("auto")) => self.encoding = Encoding::Accept,
            ("enc", Some("avif" | "pavif")) => self.encoding = Encoding::Avif,
            ("quality_auto", None) => self.own_quality = true,
            ("anm_all", None) => self.animated = true,
            // Watermarks are kept on the service, and a still picture is what is made anyway.
            ("wm", Some(manifest)) if !manifest.is_empty() => {}
            ("pstr", None) => {}
            _ => return Err(bad(format!("{token}: there is no such parameter."))),
        }
        Ok(())
    }
}

/// Whether a type is in an `Accept` header by its name; every browser also sends `*/*`, which says nothing about formats.
fn accepts(accept: &str, mime: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(mime));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn known_method(method: &str) -> Result<(), Refused> {
    if matches!(method, "fit" | "fill" | "crop") {
        return Ok(());
    }
    Err(Refused {
        status: 403,
        text: format!("{method}: there are the methods fit, fill and crop."),
    })
}

fn format_of(name: &str) -> Result<Format, Refused> {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    let known = EXTENSIONS
        .iter()
        .find(|(known, _)| Some(*known) == extension.as_deref());
    known.map(|&(_, format)| format).ok_or_else(|| {
        bad(format!(
            "{name}: the extension must be one of jpg, jpeg, jpe, png, webp, gif and avif."
        ))
    })
}

/// The tokens of one transform that say where the frame is.
#[derive(Debug, Default)]
struct Frame {
    x: Option<u32>,
    y: Option<u32>,
    width: Option<u32>,
    height: Option<u32>,
    place: Option<Place>,
    point: Option<(u8, u8)>,
    enlarge: bool,
}

impl Frame {
    /// Reads a token; false when it is none of the frame.
    fn read(&mut self, method: &str, token: &str, key: &str, value: Option<&str>) -> Result<bool, Refused> {
        let Some(value) = value else { return Ok(false) };
        let is_crop = method == "crop";
        // A rectangle is cut to its source, so it may be as large as it likes.
        let longest = if is_crop { u32::MAX } else { LONGEST_EDGE };
        match key {
            "w" => self.width = Some(whole(token, value, 1, longest)?),
            "h" => self.height = Some(whole(token, value, 1, longest)?),
            "x" if is_crop => self.x = Some(whole(token, value, 0, u32::MAX)?),
            "y" if is_crop => self.y = Some(whole(token, value, 0, u32::MAX)?),
            "al" if method != "fit" => {
                let place = PLACES.iter().find(|(name, _)| *name == value);
                let (_, place) =
                    place.ok_or_else(|| bad(format!("{token}: expected one of c, t, tl, tr, b, bl, br, l and r.")))?;
                self.place = Some(*place);
            }
            "fp" if method == "fill" => {
                let (x, y) = value
                    .split_once('_')
                    .ok_or_else(|| bad(format!("{token}: expected fp_X_Y.")))?;
                let hundredths = |part| Ok::<_, Refused>((decimal(token, part, 0.0, 1.0)? * 100.0).round() as u8);
                self.point = Some((hundredths(x)?, hundredths(y)?));
            }
            "lg" if !is_crop => self.enlarge = whole(token, value, 1, 2)? > 0,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn step(self, method: &str) -> Result<Step, Refused> {
        let missing = |token: &str| bad(format!("{token} is missing."));
        let width = self.width.ok_or_else(|| missing("w_"))?;
        let height = self.height.ok_or_else(|| missing("h_"))?;
        Ok(match (method, self.x, self.y, self.place) {
            ("fit", ..) => Step::Fit { width, height },
            ("fill", ..) => {
                let anchor = match (self.place, self.point) {
                    (Some(_), Some(_)) => return Err(bad("al_ and fp_ cannot be there together.")),
                    (_, Some((x, y))) => Anchor::Point(x, y),
                    (place, None) => Anchor::Place(place.unwrap_or(Place::CENTRE)),
                };
                Step::Fill {
                    width,
                    height,
                    anchor,
                    enlarge: self.enlarge,
                }
            }
            (_, None, None, Some(place)) => Step::Cut { width, height, place },
            (_, Some(_), _, Some(_)) | (_, _, Some(_), Some(_)) => {
                return Err(bad("al_ and x_ or y_ cannot be there together."));
            }
            (_, x, y, None) => Step::Crop {
                x: x.ok_or_else(|| missing("x_"))?,
                y: y.ok_or_else(|| missing("y_"))?,
                width,
                height,
            },
        })
    }
}

fn whole(token: &str, value: &str, low: u32, high: u32) -> Result<u32, Refused> {
    let plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = if plain { value.parse().ok() } else { None };
    number
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| bad(format!("{token}: expected a whole number from {low} to {high}.")))
}

fn decimal(token: &str, value: &str, low: f32, high: f32) -> Result<f32, Refused> {
    // What Rust reads as a number besides, such as 1e3 and inf, is none here.
    let digits = value.strip_prefix('-').unwrap_or(value);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: Option<f32> = if plain { value.parse().ok() } else { None };
    number
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| bad(format!("{token}: expected a number from {low} to {high}.")))
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = PLACES
            .iter()
            .find(|(_, place)| place == self)
            .map_or("c", |(name, _)| name);
        out.write_str(name)
    }
}

impl fmt::Display for Transform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.steps.iter().enumerate() {
            if number > 0 {
                out.write_str("/")?;
            }
            match step {
                Step::Fit { width, height } => write!(out, "fit/w_{width},h_{height}")?,
                Step::Fill {
                    width,
                    height,
                    anchor,
                    enlarge,
                } => {
                    write!(out, "fill/w_{width},h_{height}")?;
                    match anchor {
                        Anchor::Place(place) => write!(out, ",al_{place}")?,
                        Anchor::Point(x, y) => {
                            write!(out, ",fp_{}.{:02}_{}.{:02}", x / 100, x % 100, y / 100, y % 100)?
                        }
                    }
                    if *enlarge {
                        out.write_str(",lg_1")?;
                    }
                }
                Step::Crop { x, y, width, height } => write!(out, "crop/x_{x},y_{y},w_{width},h_{height}")?,
                Step::Cut { width, height, place } => write!(out, "crop/w_{width},h_{height},al_{place}")?,
            }
        }
        if let Some(quality) = self.quality {
            write!(out, ",q_{quality}")?;
        }
        if let Some(usm) = self.sharpening {
            write!(out, ",usm_{}_{}_{}", usm.radius, usm.amount, usm.threshold)?;
        }
        if self.baseline {
            out.write_str(",bl")?;
        }
        let Filters {
            contrast,
            brightness,
            saturation,
            hue,
            blur,
        } = self.filters;
        for (name, value) in [
            ("con", contrast),
            ("br", brightness),
            ("sat", saturation),
            ("hue", hue),
            ("blur", blur),
        ] {
            if value != 0.0 {
                write!(out, ",{name}_{value}")?;
            }
        }
        out.write_str(match self.encoding {
            Encoding::Extension => "",
            Encoding::Accept => ",enc_auto",
            Encoding::Avif => ",enc_avif",
        })?;
        if self.own_quality {
            out.write_str(",quality_auto")?;
        }
        if self.animated {
            out.write_str(",anm_all")?;
        }
        let extension = EXTENSIONS.iter().find(|(_, format)| *format == self.format);
        write!(out, "/0.{}", extension.map_or("jpg", |(extension, _)| extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(tail: &str) -> Result<Transform, Refused> {
        Transform::parse(&tail.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn every_form_of_the_grammar_is_read() {
        let fill = |anchor, enlarge| Step::Fill {
            width: 800,
            height: 600,
            anchor,
            enlarge,
        };
        let centre = Anchor::Place(Place::CENTRE);
        for (tail, steps) in [
            (
                "fit/w_800,h_600/f.jpg",
                vec![Step::Fit {
                    width: 800,
                    height: 600,
                }],
            ),
            (
                "fit/h_600,w_800,lg_1/f.jpg",
                vec![Step::Fit {
                    width: 800,
                    height: 600,
                }],
            ),
            ("fill/w_800,h_600/file.webp", vec![fill(centre, false)]),
            ("fill/w_800,h_600,al_c/f.jpg", vec![fill(centre, false)]),
            (
                "fill/al_br,w_800,h_600/f.jpg",
                vec![fill(Anchor::Place(Place(2, 2)), false)],
            ),
            (
                "fill/w_800,h_600,fp_0.30_1.00,lg_2/f.jpg",
                vec![fill(Anchor::Point(30, 100), true)],
            ),
            (
                "crop/x_1,y_0,w_9000,h_9/f.jpg",
                vec![Step::Crop {
                    x: 1,
                    y: 0,
                    width: 9000,
                    height: 9,
                }],
            ),
            (
                "crop/w_8,h_9,al_tl/f.jpg",
                vec![Step::Cut {
                    width: 8,
                    height: 9,
                    place: Place(0, 0),
                }],
            ),
            (
                "crop/x_1,y_2,w_3,h_4/fill/w_800,h_600,al_c,q_80,usm_0.66_1.00_0.01,enc_auto/f.jpg",
                vec![
                    Step::Crop {
                        x: 1,
                        y: 2,
                        width: 3,
                        height: 4,
                    },
                    fill(centre, false),
                ],
            ),
            (
                "crop/x_1,y_2,w_3,h_4/fit/w_1,h_1/f.jpg",
                vec![
                    Step::Crop {
                        x: 1,
                        y: 2,
                        width: 3,
                        height: 4,
                    },
                    Step::Fit { width: 1, height: 1 },
                ],
            ),
        ] {
            assert_eq!(parse(tail).map(|transform| transform.steps), Ok(steps), "{tail}");
        }
    }

    #[test]
    fn options_are_read() {
        let tail = "fill/w_9,h_9,al_c,q_85,usm_0.66_1.00_0.01,bl,wm_abc,con_-100,br_5,sat_7,hue_-180,blur_3,enc_pavif,\
                    quality_auto,anm_all/a%20b.PNG";
        let transform = parse(tail).unwrap();
        assert_eq!(
            (transform.quality, transform.baseline, transform.own_quality),
            (Some(85), true, true)
        );
        assert_eq!(
            transform.sharpening,
            Some(Sharpening {
                radius: 0.66,
                amount: 1.0,
                threshold: 0.01
            })
        );
        assert_eq!(
            transform.filters,
            Filters {
                contrast: -100.0,
                brightness: 5.0,
                saturation: 7.0,
                hue: -180.0,
                blur: 3.0
            }
        );
        assert_eq!((transform.encoding, transform.format), (Encoding::Avif, Format::Png));
        assert!(transform.animated);
        assert!(!parse("fill/w_9,h_9,pstr/a.gif").unwrap().animated);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (tail, status, named) in [
            ("", 403, "methods"),
            ("resize/w_1,h_1/a.jpg", 403, "resize"),
            ("crop/x_0,y_0,w_1,h_1/zoom/w_1,h_1/a.jpg", 403, "zoom"),
            ("fit", 400, "NAME.EXTENSION"),
            ("fit/w_1,h_1", 400, "NAME.EXTENSION"),
            ("fit/w_1,h_1/fill/a.jpg", 400, "NAME.EXTENSION"),
            ("fit/w_1,h_1/a", 400, "extension"),
            ("fit/w_1,h_1/a.bmp", 400, "a.bmp"),
            ("fit/h_1/a.jpg", 400, "w_"),
            ("fit/w_1/a.jpg", 400, "h_"),
            ("fit/w_0,h_1/a.jpg", 400, "w_0"),
            ("fit/w_5001,h_1/a.jpg", 400, "w_5001"),
            ("fit/w_1,h_99999999999/a.jpg", 400, "h_99999999999"),
            ("fit/w_-1,h_1/a.jpg", 400, "w_-1"),
            ("fit/w_1.5,h_1/a.jpg", 400, "w_1.5"),
            ("fit/w_+1,h_1/a.jpg", 400, "w_+1"),
            ("fit/w_,h_1/a.jpg", 400, "w_"),
            ("fit/w,h_1/a.jpg", 400, "w"),
            ("fit/w_1,w_1,h_1/a.jpg", 400, "twice"),
            ("fit/w_1,h_1,al_c/a.jpg", 400, "al_c"),
            ("fit/q_80,w_1,h_1/a.jpg", 400, "q_80"),
            ("fill/w_1,h_1,al_x/a.jpg", 400, "al_x"),
            ("fill/w_1,h_1,al_c,fp_0_0/a.jpg", 400, "fp_"),
            ("fill/w_1,h_1,fp_0.5/a.jpg", 400, "fp_0.5"),
            ("fill/w_1,h_1,fp_0.5_1.01/a.jpg", 400, "fp_0.5_1.01"),
            ("fill/w_1,h_1,lg_3/a.jpg", 400, "lg_3"),
            ("crop/w_1,h_1/a.jpg", 400, "x_"),
            ("crop/x_0,w_1,h_1/a.jpg", 400, "y_"),
            ("crop/x_0,y_0,w_1,h_1,al_c/a.jpg", 400, "al_"),
            ("crop/x_0,y_0,w_1,h_1,q_5/fit/w_1,h_1/a.jpg", 400, "q_5"),
            ("fill/w_1,h_1,q_0/a.jpg", 400, "q_0"),
            ("fill/w_1,h_1,q_101/a.jpg", 400, "q_101"),
            ("fill/w_1,h_1,usm_1_1/a.jpg", 400, "usm_1_1"),
            ("fill/w_1,h_1,usm_1_1_inf/a.jpg", 400, "usm_1_1_inf"),
            ("fill/w_1,h_1,usm_501_1_1/a.jpg", 400, "usm_501_1_1"),
            ("fill/w_1,h_1,con_1e1/a.jpg", 400, "con_1e1"),
            ("fill/w_1,h_1,hue_181/a.jpg", 400, "hue_181"),
            ("fill/w_1,h_1,blur_-1/a.jpg", 400, "blur_-1"),
            ("fill/w_1,h_1,enc_jxl/a.jpg", 400, "enc_jxl"),
            ("fill/w_1,h_1,bl_1/a.jpg", 400, "bl_1"),
            ("fill/w_1,h_1,/a.jpg", 400, "no such"),
            ("fill/w_1,h_1,wm_/a.jpg", 400, "wm_"),
            ("fill/w_1,h_1,x_1/a.jpg", 400, "x_1"),
        ] {
            let refused = parse(tail).unwrap_err();
            assert_eq!(refused.status, status, "{tail}: {refused}");
            assert!(refused.text.contains(named), "{tail}: {refused}");
        }
    }

    #[test]
    fn the_accept_header_is_read() {
        for (accept, is_webp) in [
            ("image/avif,image/webp,*/*;q=0.8", true),
            ("text/html, IMAGE/WEBP;q=0.1", true),
            ("image/webp;q=0", false),
            ("image/webp;q=0.0, */*", false),
            ("*/*", false),
            ("image/*", false),
            ("image/webpx", false),
            ("", false),
        ] {
            assert_eq!(accepts(accept, "image/webp"), is_webp, "{accept}");
        }
    }
}
