//! Transform URLs: the grammar of the path behind `/v1/` (`docs/contract/media-urls.md#s4`).

use super::error::Error;
use std::fmt;

/// The largest number of transforms in one URL.
const MAX_STEPS: usize = 4;

/// The largest width and height of a box (`docs/contract/media-urls.md#s4-1`).
pub const MAX_EDGE: u32 = 5000;

/// A transform of an image, as its URL describes it behind `/v1/`.
///
/// [`Display`](fmt::Display) writes the canonical form: URLs that ask for the same transform have the same text, whatever the
/// order of their parameters.
///
/// ```
/// use wix_media::images::url::{Format, Step, Transform};
///
/// let transform = Transform::parse(&["fit", "h_300,w_400,q_70,enc_auto", "river.jpg"])?;
/// assert_eq!(transform.steps, [Step::Fit { width: 400, height: 300 }]);
/// assert_eq!((transform.quality, transform.format), (Some(70), Format::Jpeg));
/// assert_eq!(transform.to_string(), "fit/w_400,h_300,q_70,enc_auto/0.jpg");
///
/// let error = Transform::parse(&["fit", "w_0,h_300", "river.jpg"]).unwrap_err();
/// assert_eq!(error.status, 400);
/// # Ok::<(), wix_media::images::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Transform {
    /// The changes of the frame, in order. There is at least one.
    pub steps: Vec<Step>,
    /// `q_`: the quality of the result, 1 to 100.
    pub quality: Option<u8>,
    /// `usm_`: sharpening.
    pub sharpening: Option<Sharpening>,
    /// `bl`: a baseline JPEG instead of a progressive one.
    pub baseline: bool,
    /// `con_`, `br_`, `sat_`, `hue_`, `blur_`: changes of tone and colour.
    pub filters: Filters,
    /// `enc_`: how the format is chosen.
    pub encoding: Encoding,
    /// `quality_auto`: the default quality, whatever `q_` says.
    pub auto_quality: bool,
    /// `anm_all`: all frames of an animation, for results that are a GIF or a WebP.
    pub animated: bool,
    /// The format by the extension of the file name.
    pub format: Format,
}

/// A change of the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The whole image, inside a box.
    Fit {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
    },
    /// A filled box. What does not fit is cut off.
    Fill {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
        /// Which part of the image stays.
        anchor: Anchor,
        /// `lg_`: whether the image may be enlarged.
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
    /// A rectangle by its gravity, the older form of a crop.
    CropAt {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
        /// Where the rectangle is.
        gravity: Gravity,
    },
}

/// The part of an image that stays when it fills a box of another aspect ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anchor {
    /// A side, a corner or the centre (`al_`).
    Gravity(Gravity),
    /// A focal point (`fp_`), in hundredths of width and height.
    FocalPoint(u8, u8),
}

/// A side, a corner or the centre: left, centre or right, and top, centre or bottom, each as 0, 1 or 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gravity(pub u8, pub u8);

impl Gravity {
    /// The centre.
    pub const CENTRE: Self = Self(1, 1);
}

const GRAVITIES: [(&str, Gravity); 9] = [
    ("c", Gravity::CENTRE),
    ("t", Gravity(1, 0)),
    ("tl", Gravity(0, 0)),
    ("tr", Gravity(2, 0)),
    ("b", Gravity(1, 2)),
    ("bl", Gravity(0, 2)),
    ("br", Gravity(2, 2)),
    ("l", Gravity(0, 1)),
    ("r", Gravity(2, 1)),
];

/// Unsharp masking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharpening {
    /// Standard deviation of the blur, in pixels.
    pub radius: f32,
    /// The factor of the difference that is added.
    pub amount: f32,
    /// Smaller differences stay as they are.
    pub threshold: f32,
}

/// Changes of tone and colour. 0 leaves an image as it is.
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
    /// 0 to 100, the standard deviation in pixels.
    pub blur: f32,
}

/// How the format of a result is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// By the extension of the file name.
    Extension,
    /// By the `Accept` header (`enc_auto`).
    Accept,
    /// AVIF (`enc_avif`, `enc_pavif`), which WebP stands in for.
    Avif,
}

/// A format of a result.
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

/// Extensions and their formats.
const EXTENSIONS: [(&str, Format); 9] = [
    ("jpg", Format::Jpeg),
    ("jpeg", Format::Jpeg),
    ("jpe", Format::Jpeg),
    ("png", Format::Png),
    ("webp", Format::WebP),
    ("gif", Format::Gif),
    ("avif", Format::Avif),
    // Internal types of Wix. What its service returns for them is not documented.
    ("wix_mp", Format::Jpeg),
    ("wix_ico_mp", Format::Png),
];

impl Format {
    /// The extension in the canonical form of a transform.
    fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
        }
    }

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

impl Transform {
    /// Parses the percent-decoded segments behind `/v1/`.
    ///
    /// Fails with 400 for invalid, missing and unknown parameters, and with 403 for an unknown method.
    ///
    /// ```
    /// use wix_media::images::url::Transform;
    ///
    /// assert!(Transform::parse(&["crop", "x_10,y_20,w_30,h_40", "fill", "w_3,h_4", "a.png"]).is_ok());
    /// assert_eq!(Transform::parse(&["stretch", "w_3,h_4", "a.png"]).unwrap_err().status, 403);
    /// ```
    pub fn parse<S: AsRef<str>>(segments: &[S]) -> Result<Self, Error> {
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let first = segments.first().copied().unwrap_or_default();
        known_method(first)?;
        let (name, pairs) = match segments.split_last() {
            Some((name, pairs)) if pairs.len() >= 2 && pairs.len() % 2 == 0 => (name, pairs),
            _ => {
                return Err(Error::invalid(
                    "invalid URL: expected /METHOD/PARAMETERS/NAME.EXTENSION behind /v1",
                ));
            }
        };
        // The grammar knows two. The limit bounds what a hostile URL costs.
        if pairs.len() > 2 * MAX_STEPS {
            return Err(Error::invalid(format!(
                "invalid URL: expected at most {MAX_STEPS} transforms, found {}",
                pairs.len() / 2
            )));
        }
        let mut transform = Self {
            steps: Vec::new(),
            quality: None,
            sharpening: None,
            baseline: false,
            filters: Filters::default(),
            encoding: Encoding::Extension,
            auto_quality: false,
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

    /// The format of the result, unless it depends on the image: `None` stands for JPEG, and for PNG where the image has
    /// transparent pixels.
    ///
    /// ```
    /// use wix_media::images::url::{Format, Transform};
    ///
    /// let transform = Transform::parse(&["fit", "w_3,h_4,enc_auto", "a.png"])?;
    /// assert_eq!(transform.fixed_format("image/avif,image/webp,*/*"), Some(Format::WebP));
    /// assert_eq!(transform.fixed_format("*/*"), None);
    /// # Ok::<(), wix_media::images::Error>(())
    /// ```
    pub fn fixed_format(&self, accept: &str) -> Option<Format> {
        match (self.encoding, self.format) {
            // Every encoder of AVIF is too large to ship (`docs/images.md`). A host may have one: `is_avif`.
            (Encoding::Avif, _) | (Encoding::Extension, Format::Avif) => Some(Format::WebP),
            (Encoding::Extension, format) => Some(format),
            (Encoding::Accept, _) => accepts(accept, Format::WebP.mime()).then_some(Format::WebP),
        }
    }

    /// Whether a still AVIF is asked for, which a host with an encoder of its own can make. `anm_all` leaves the format to the
    /// encoders that keep all frames.
    ///
    /// ```
    /// use wix_media::images::url::Transform;
    ///
    /// assert!(Transform::parse(&["fit", "w_3,h_4,enc_avif", "a.png"])?.is_avif());
    /// assert!(Transform::parse(&["fit", "w_3,h_4", "a.avif"])?.is_avif());
    /// assert!(!Transform::parse(&["fit", "w_3,h_4,enc_auto", "a.avif"])?.is_avif());
    /// # Ok::<(), wix_media::images::Error>(())
    /// ```
    pub fn is_avif(&self) -> bool {
        let is_asked = matches!(
            (self.encoding, self.format),
            (Encoding::Avif, _) | (Encoding::Extension, Format::Avif)
        );
        is_asked && !self.animated
    }

    /// The canonical text of the result for a request with this `Accept` header: the same for all requests that get the
    /// same bytes of an image.
    ///
    /// ETags are made of it, so a change of this form empties the caches of all clients.
    ///
    /// ```
    /// use wix_media::images::url::Transform;
    ///
    /// let transform = Transform::parse(&["fit", "h_3,w_4,enc_auto", "a.png"])?;
    /// assert_eq!(transform.variant("image/webp"), "fit/w_4,h_3,enc_auto/0.png webp");
    /// assert_eq!(transform.variant("*/*"), "fit/w_4,h_3,enc_auto/0.png auto");
    /// # Ok::<(), wix_media::images::Error>(())
    /// ```
    pub fn variant(&self, accept: &str) -> String {
        let format = self.fixed_format(accept).map_or("auto", Format::extension);
        format!("{self} {format}")
    }

    fn step(&mut self, method: &str, parameters: &str, is_last: bool) -> Result<(), Error> {
        let mut step = StepParameters::default();
        let mut seen: Vec<&str> = Vec::new();
        for token in parameters.split(',') {
            let (key, value) = match token.split_once('_') {
                // `quality_auto` and `anm_all` are names without a value.
                Some(("quality" | "anm", _)) | None => (token, None),
                Some((key, value)) => (key, Some(value)),
            };
            if seen.contains(&key) {
                return Err(Error::invalid(format!("invalid {token}: {key} is repeated")));
            }
            seen.push(key);
            if step.read(method, token, key, value)? {
                continue;
            }
            if !is_last {
                return Err(Error::invalid(format!(
                    "invalid {token}: expected options in the last transform only"
                )));
            }
            if step.width.is_none() || step.height.is_none() {
                return Err(Error::invalid(format!("invalid {token}: expected w_ and h_ before it")));
            }
            self.option(token, key, value)?;
        }
        self.steps.push(step.build(method)?);
        Ok(())
    }

    fn option(&mut self, token: &str, key: &str, value: Option<&str>) -> Result<(), Error> {
        match (key, value) {
            ("q", Some(value)) => {
                let quality = whole(token, value, 1, 100)?;
                self.quality = u8::try_from(quality).ok();
            }
            ("usm", Some(value)) => {
                let parts: Vec<&str> = value.split('_').collect();
                let &[radius, amount, threshold] = parts.as_slice() else {
                    return Err(Error::invalid(format!(
                        "invalid {token}: expected usm_RADIUS_AMOUNT_THRESHOLD"
                    )));
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
            ("quality_auto", None) => self.auto_quality = true,
            ("anm_all", None) => self.animated = true,
            // Watermarks are stored by the service only, and results are still images anyway.
            ("wm", Some(manifest)) if !manifest.is_empty() => {}
            ("pstr", None) => {}
            _ => return Err(Error::invalid(format!("unknown parameter \"{token}\""))),
        }
        Ok(())
    }
}

/// Whether an `Accept` header names a type. Wildcards do not count: every browser sends `*/*`, whatever it can show.
fn accepts(accept: &str, mime: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(mime));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn known_method(method: &str) -> Result<(), Error> {
    if matches!(method, "fit" | "fill" | "crop") {
        return Ok(());
    }
    Err(Error::new(
        403,
        format!("unknown method \"{method}\": expected fit, fill or crop"),
    ))
}

fn format_of(name: &str) -> Result<Format, Error> {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    let known = EXTENSIONS
        .iter()
        .find(|(known, _)| Some(*known) == extension.as_deref());
    known.map(|&(_, format)| format).ok_or_else(|| {
        Error::invalid(format!(
            "invalid name \"{name}\": expected the extension jpg, jpeg, jpe, png, webp, gif or avif"
        ))
    })
}

/// The parameters of one transform that define its step.
#[derive(Debug, Default)]
struct StepParameters {
    x: Option<u32>,
    y: Option<u32>,
    width: Option<u32>,
    height: Option<u32>,
    gravity: Option<Gravity>,
    focal_point: Option<(u8, u8)>,
    enlarge: bool,
}

impl StepParameters {
    /// Reads a parameter. Returns `false` for one that does not belong to the step.
    fn read(&mut self, method: &str, token: &str, key: &str, value: Option<&str>) -> Result<bool, Error> {
        let Some(value) = value else { return Ok(false) };
        let is_crop = method == "crop";
        // A rectangle of any size is accepted, because it is cut to its source.
        let max_edge = if is_crop { u32::MAX } else { MAX_EDGE };
        match key {
            "w" => self.width = Some(whole(token, value, 1, max_edge)?),
            "h" => self.height = Some(whole(token, value, 1, max_edge)?),
            "x" if is_crop => self.x = Some(whole(token, value, 0, u32::MAX)?),
            "y" if is_crop => self.y = Some(whole(token, value, 0, u32::MAX)?),
            "al" if method != "fit" => {
                let gravity = GRAVITIES.iter().find(|(name, _)| *name == value);
                let (_, gravity) = gravity.ok_or_else(|| {
                    Error::invalid(format!(
                        "invalid {token}: expected al_ with c, t, tl, tr, b, bl, br, l or r"
                    ))
                })?;
                self.gravity = Some(*gravity);
            }
            "fp" if method == "fill" => {
                let (x, y) = value
                    .split_once('_')
                    .ok_or_else(|| Error::invalid(format!("invalid {token}: expected fp_X_Y")))?;
                let hundredths = |part| Ok::<_, Error>((decimal(token, part, 0.0, 1.0)? * 100.0).round() as u8);
                self.focal_point = Some((hundredths(x)?, hundredths(y)?));
            }
            "lg" if !is_crop => self.enlarge = whole(token, value, 1, 2)? > 0,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn build(self, method: &str) -> Result<Step, Error> {
        let missing = |token: &str| Error::invalid(format!("missing {token}"));
        let width = self.width.ok_or_else(|| missing("w_"))?;
        let height = self.height.ok_or_else(|| missing("h_"))?;
        Ok(match (method, self.x, self.y, self.gravity) {
            ("fit", ..) => Step::Fit { width, height },
            ("fill", ..) => {
                let anchor = match (self.gravity, self.focal_point) {
                    (Some(_), Some(_)) => {
                        return Err(Error::invalid("invalid parameters: expected al_ or fp_, found both"));
                    }
                    (_, Some((x, y))) => Anchor::FocalPoint(x, y),
                    (gravity, None) => Anchor::Gravity(gravity.unwrap_or(Gravity::CENTRE)),
                };
                Step::Fill {
                    width,
                    height,
                    anchor,
                    enlarge: self.enlarge,
                }
            }
            (_, None, None, Some(gravity)) => Step::CropAt { width, height, gravity },
            (_, Some(_), _, Some(_)) | (_, _, Some(_), Some(_)) => {
                return Err(Error::invalid(
                    "invalid parameters: expected al_, or x_ and y_, found both",
                ));
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

fn whole(token: &str, value: &str, low: u32, high: u32) -> Result<u32, Error> {
    let plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = if plain { value.parse().ok() } else { None };
    number
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| Error::invalid(format!("invalid {token}: expected a whole number from {low} to {high}")))
}

fn decimal(token: &str, value: &str, low: f32, high: f32) -> Result<f32, Error> {
    // `parse` would accept 1e3 and inf too.
    let digits = value.strip_prefix('-').unwrap_or(value);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: Option<f32> = if plain { value.parse().ok() } else { None };
    number
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| Error::invalid(format!("invalid {token}: expected a number from {low} to {high}")))
}

impl fmt::Display for Gravity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = GRAVITIES
            .iter()
            .find(|(_, gravity)| gravity == self)
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
                        Anchor::Gravity(gravity) => write!(out, ",al_{gravity}")?,
                        Anchor::FocalPoint(x, y) => {
                            write!(out, ",fp_{}.{:02}_{}.{:02}", x / 100, x % 100, y / 100, y % 100)?
                        }
                    }
                    if *enlarge {
                        out.write_str(",lg_1")?;
                    }
                }
                Step::Crop { x, y, width, height } => write!(out, "crop/x_{x},y_{y},w_{width},h_{height}")?,
                Step::CropAt { width, height, gravity } => write!(out, "crop/w_{width},h_{height},al_{gravity}")?,
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
        if self.auto_quality {
            out.write_str(",quality_auto")?;
        }
        if self.animated {
            out.write_str(",anm_all")?;
        }
        write!(out, "/0.{}", self.format.extension())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(tail: &str) -> Result<Transform, Error> {
        Transform::parse(&tail.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn every_form_of_the_grammar_is_parsed() {
        let fill = |anchor, enlarge| Step::Fill {
            width: 800,
            height: 600,
            anchor,
            enlarge,
        };
        let centre = Anchor::Gravity(Gravity::CENTRE);
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
                vec![fill(Anchor::Gravity(Gravity(2, 2)), false)],
            ),
            (
                "fill/w_800,h_600,fp_0.30_1.00,lg_2/f.jpg",
                vec![fill(Anchor::FocalPoint(30, 100), true)],
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
                vec![Step::CropAt {
                    width: 8,
                    height: 9,
                    gravity: Gravity(0, 0),
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
    fn options_are_parsed() {
        let tail = "fill/w_9,h_9,al_c,q_85,usm_0.66_1.00_0.01,bl,wm_abc,con_-100,br_5,sat_7,hue_-180,blur_3,enc_pavif,\
                    quality_auto,anm_all/a%20b.PNG";
        let transform = parse(tail).unwrap();
        assert_eq!(
            (transform.quality, transform.baseline, transform.auto_quality),
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
    fn invalid_url_is_refused_with_the_token() {
        for (tail, status, named) in [
            ("", 403, "method"),
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
            ("fit/w_1,w_1,h_1/a.jpg", 400, "repeated"),
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
            ("fill/w_1,h_1,/a.jpg", 400, "unknown"),
            ("fill/w_1,h_1,wm_/a.jpg", 400, "wm_"),
            ("fill/w_1,h_1,x_1/a.jpg", 400, "x_1"),
        ] {
            let error = parse(tail).unwrap_err();
            assert_eq!(error.status, status, "{tail}: {error}");
            assert!(error.message.contains(named), "{tail}: {error}");
        }
    }

    #[test]
    fn variant_has_a_fixed_text() {
        for (tail, accept, variant) in [
            ("fit/h_300,w_400/river.JPEG", "image/webp", "fit/w_400,h_300/0.jpg jpg"),
            (
                "fit/w_400,h_300,enc_auto/a.jpg",
                "image/webp",
                "fit/w_400,h_300,enc_auto/0.jpg webp",
            ),
            (
                "fit/w_400,h_300,enc_auto/a.jpg",
                "image/avif,*/*",
                "fit/w_400,h_300,enc_auto/0.jpg auto",
            ),
            ("fit/w_4,h_3,enc_pavif/a.png", "", "fit/w_4,h_3,enc_avif/0.png webp"),
            (
                "crop/y_2,x_1,w_9,h_9/fill/w_4,h_3,fp_0.5_0.25,usm_0.66_1.00_0.01,blur_3,con_-5,anm_all,bl,q_70/a.gif",
                "",
                "crop/x_1,y_2,w_9,h_9/fill/w_4,h_3,fp_0.50_0.25,q_70,usm_0.66_1_0.01,bl,con_-5,blur_3,anm_all/0.gif gif",
            ),
        ] {
            assert_eq!(parse(tail).unwrap().variant(accept), variant, "{tail} {accept}");
        }
    }

    #[test]
    fn accept_header_counts_named_types_with_a_weight() {
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
