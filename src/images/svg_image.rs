//! An SVG as pixels.
//!
//! `resvg` draws it, without anything from outside: no files, no network, no fonts and no pictures inside of it. Its layers,
//! masks and patterns are measured before they are drawn, as a few bytes can ask for gigabytes.

use super::error::Error;
use super::header::Header;
use super::orientation::Orientation;
use super::pixels::{MAX_MEMORY, Pixels};
use super::reduce::{Decoded, Region, complete};
use super::svg_size;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::filter::Kind;
use resvg::usvg::roxmltree::{self, Document, Node as Element, NodeId, ParsingOptions};
use resvg::usvg::{Fill, Group, ImageHrefResolver, Node, Options, Paint, Stroke, Tree};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::Read;

/// The largest text, also of a compressed file. The tree takes about ten times as much.
const MAX_TEXT_LEN: usize = 16 << 20;
/// The bytes of a pixel of a layer.
const PIXEL_LEN: f64 = 4.0;
/// The elements that a drawing may have, with each use of another one, and how deep they may be.
const MAX_WEIGHT: u64 = 300_000;
const MAX_DEPTH: u32 = 100;
/// The bytes of attributes and text that count as one element.
const WEIGHT_LEN: u64 = 128;
/// For every so many rules of style sheets, each element counts once more, since it is compared with all of them.
const WEIGHT_RULES: usize = 1000;
/// The nodes of a file: its elements, and the texts and comments between them.
const MAX_NODES: u32 = 1_000_000;
/// The elements that are drawn at most, and the pixels.
const MAX_VISITED: u32 = 500_000;
const MAX_WORK: f64 = 4e9;
/// How often the result is halved until its layers fit.
const MAX_HALVINGS: u32 = 8;
/// The share of the memory that layers may take. The result takes the rest.
const MAX_LAYERS_LEN: f64 = MAX_MEMORY as f64 / 2.0;
/// The largest result that is drawn. Larger ones are enlarged.
const MAX_DRAWN: f64 = 16_000_000.0;
/// By how much `resvg` lets a layer exceed the result, in each direction.
const LAYER_EXCESS: f64 = 5.0;
/// The depth of nested patterns, masks and clips that is measured.
const MAX_NESTED: u32 = 32;

/// An SVG that has been parsed.
pub(super) struct Svg {
    tree: Tree,
    size: (u32, u32),
}

impl Svg {
    pub(super) fn open(bytes: &[u8]) -> Result<(Header, Self), Error> {
        let bytes = uncompressed(bytes)?;
        if bytes.len() > MAX_TEXT_LEN {
            return Err(Error::too_large("an SVG of at most 16 MB of text"));
        }
        let text = svg_size::text(&bytes);
        let options = Options {
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(|_, _, _| None),
                resolve_string: Box::new(|_, _| None),
            },
            ..Options::default()
        };
        let parsing = ParsingOptions {
            allow_dtd: true,
            nodes_limit: MAX_NODES,
            ..ParsingOptions::default()
        };
        if max_expansion(&text) > MAX_TEXT_LEN {
            return Err(Error::too_large("an SVG whose entities add at most 16 MB of text"));
        }
        let document =
            Document::parse_with_options(text.trim_start_matches('\u{feff}'), parsing).map_err(
                |error| match error {
                    roxmltree::Error::NodesLimitReached => too_many(),
                    _ => Error::decode(error),
                },
            )?;
        if !Weights::of(&document).is_bounded(&document) {
            return Err(too_many());
        }
        let tree = Tree::from_xmltree(&document, &options).map_err(Error::decode)?;
        let own = || {
            (
                tree.size().width().ceil().max(1.0) as u32,
                tree.size().height().ceil().max(1.0) as u32,
            )
        };
        let told = svg_size::size(&mut &*bytes)
            .and_then(|(width, height)| Some((width.try_into().ok()?, height.try_into().ok()?)));
        let size = told.unwrap_or_else(own);
        let header = Header {
            width: size.0,
            height: size.1,
            orientation: Orientation::default(),
        };
        Ok((header, Self { tree, size }))
    }

    /// Draws a region in the size of the result.
    pub(super) fn decode(self, region: &Region) -> Result<Decoded, Error> {
        let ((left, right), (top, bottom)) = region.edges(self.size);
        let area = f64::from(right - left) * f64::from(bottom - top);
        let (across, down) = region.result_size;
        let wanted = (f64::from(across) / region.width).max(f64::from(down) / region.height);
        let mut scale = wanted.min((MAX_DRAWN / area).sqrt());
        // Layers are as large as the result, so a smaller one takes less.
        for _ in 0..MAX_HALVINGS {
            let size = [f64::from(right - left), f64::from(bottom - top)].map(|edge| (edge * scale).ceil().max(1.0));
            let transform = self.transform(scale, (left, top));
            let mut cost = Cost::of(size);
            let memory = cost.group(self.tree.root(), transform, 0).ok_or_else(too_costly)?;
            if memory <= MAX_LAYERS_LEN && cost.work <= MAX_WORK {
                let mut pixmap = Pixmap::new(size[0] as u32, size[1] as u32).ok_or_else(too_costly)?;
                resvg::render(&self.tree, transform, &mut pixmap.as_mut());
                let pixels = Pixels {
                    width: pixmap.width(),
                    height: pixmap.height(),
                    channels: 4,
                    bytes: pixmap.take_demultiplied(),
                };
                return complete(Decoded {
                    pixels,
                    origin: (left, top),
                    reduction: (1.0 / scale) as f32,
                    profile: None,
                });
            }
            scale /= 2.0;
        }
        Err(too_costly())
    }

    /// From the units of the drawing to the pixels of the result.
    fn transform(&self, scale: f64, (left, top): (u32, u32)) -> Transform {
        let (own, (width, height)) = (self.tree.size(), self.size);
        Transform::from_row(
            (f64::from(width) / f64::from(own.width()) * scale) as f32,
            0.0,
            0.0,
            (f64::from(height) / f64::from(own.height()) * scale) as f32,
            (-f64::from(left) * scale) as f32,
            (-f64::from(top) * scale) as f32,
        )
    }
}

fn too_many() -> Error {
    Error::too_large("an SVG of fewer elements, each use of a pattern, mask or symbol counted")
}

fn too_costly() -> Error {
    Error::too_large("an SVG whose layers, patterns and filters take at most 160 MB and 4,000 million pixels")
}

/// The maximum number of bytes that the entities of a text add to it. The parser itself only limits how deep entities are nested,
/// and that a reference leads to at most 255 others.
fn max_expansion(text: &str) -> usize {
    let Some(start) = text.find("<!ENTITY") else {
        return 0;
    };
    // The last place where the declarations can end: "]]>" is the end of a CDATA section.
    let is_end = |&(at, _): &(usize, &str)| {
        let before = text[..at].trim_end();
        before.ends_with(']') && !before.ends_with("]]")
    };
    let end = text.rmatch_indices('>').find(is_end).map_or(text.len(), |(end, _)| end);
    let declarations = text.get(start..end).unwrap_or_default();
    let references = |text: &str| {
        let names = text.split('&').skip(1);
        names
            .filter(|name| {
                !["#", "amp;", "lt;", "gt;", "quot;", "apos;"]
                    .iter()
                    .any(|known| name.starts_with(known))
            })
            .count()
    };
    declarations
        .len()
        .saturating_mul(references(text))
        .saturating_mul(1 + references(declarations).min(255))
}

/// How many elements there are if everything that is referenced stands where it is used. `usvg` makes most of them, and
/// ten patterns inside of each other make a thousand million of a few lines.
struct Weights<'a, 'i> {
    by_id: HashMap<&'a str, Element<'a, 'i>>,
    known: HashMap<NodeId, u64>,
    /// What style sheets refer to, in which each element may take part.
    of_styles: Vec<Element<'a, 'i>>,
    /// The weight of comparing an element with the rules of style sheets.
    of_rules: u64,
}

impl<'a, 'i> Weights<'a, 'i> {
    fn of(document: &'a Document<'i>) -> Self {
        let elements = || document.descendants().filter(Element::is_element);
        let by_id: HashMap<_, _> = elements()
            .filter_map(|element| Some((element.attribute("id")?, element)))
            .collect();
        let styles = || {
            let styles = elements().filter(|element| element.tag_name().name() == "style");
            styles.filter_map(|style| style.text())
        };
        let mut known = HashSet::new();
        let of_styles = styles()
            .flat_map(addressed)
            .filter_map(|id| by_id.get(id).copied())
            // These have no content that refers to others.
            .filter(|element| !element.tag_name().name().ends_with("Gradient"))
            .filter(|element| known.insert(element.id()))
            .collect();
        let rules: usize = styles().map(|style| style.matches(['{', ',']).count()).sum();
        Self {
            by_id,
            known: HashMap::new(),
            of_styles,
            of_rules: (rules / WEIGHT_RULES) as u64,
        }
    }

    fn is_bounded(&mut self, document: &'a Document<'i>) -> bool {
        self.weight(document.root_element(), 0).is_some()
    }

    /// The weight of an element. `None` above the limits of weight and depth.
    fn weight(&mut self, element: Element<'a, 'i>, depth: u32) -> Option<u64> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(&known) = self.known.get(&element.id()) {
            return Some(known);
        }
        // What refers to itself is not drawn.
        self.known.insert(element.id(), 0);
        let mut weight = 0;
        let mut add = |more: u64| {
            weight += more;
            (weight <= MAX_WEIGHT).then_some(())
        };
        let attributes = element.attributes().map(|attribute| attribute.value());
        let texts = element
            .children()
            .filter(Element::is_text)
            .filter_map(|text| text.text());
        let length: usize = attributes.chain(texts).map(str::len).sum();
        add(self.of_rules + (length as u64).div_ceil(WEIGHT_LEN).max(1))?;
        for child in element.children().filter(Element::is_element) {
            add(self.weight(child, depth + 1)?)?;
        }
        for attribute in element.attributes() {
            let value = attribute.value();
            let own = (attribute.name() == "href")
                .then(|| value.trim().strip_prefix('#'))
                .flatten();
            for id in addressed(value).chain(own) {
                if let Some(&target) = self.by_id.get(id) {
                    // A marker is drawn at each point of a path, which takes two characters at least.
                    let has_points = attribute.name().starts_with("marker") || value.contains("marker");
                    let points = ["d", "points"].map(|name| element.attribute(name).map_or(0, str::len) as u64 / 2);
                    let times = if has_points { 2 + points[0] + points[1] } else { 1 };
                    add(self.weight(target, depth + 1)?.saturating_mul(times))?;
                }
            }
        }
        for at in 0..self.of_styles.len() {
            add(self.weight(self.of_styles[at], depth + 1)?)?;
        }
        self.known.insert(element.id(), weight);
        Some(weight)
    }
}

/// The ids in `url(#id)`.
fn addressed(value: &str) -> impl Iterator<Item = &str> {
    value
        .split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next()?.trim_matches([' ', '"', '\'']).strip_prefix('#'))
}

/// What drawing takes.
struct Cost {
    /// Width and height of the result.
    canvas: [f64; 2],
    /// The elements that have been visited. Each use of a pattern, mask or clip counts.
    visited: u32,
    /// Pixels that are painted.
    work: f64,
}

impl Cost {
    fn of(canvas: [f64; 2]) -> Self {
        Self {
            canvas,
            visited: 0,
            work: 0.0,
        }
    }

    /// The memory for the layers of a group, in bytes. `None` for too many elements, or too many inside of each other.
    fn group(&mut self, group: &Group, transform: Transform, nested: u32) -> Option<f64> {
        self.visited += 1;
        if self.visited > MAX_VISITED || nested > MAX_NESTED {
            return None;
        }
        let transform = transform.pre_concat(group.transform());
        let mut inner = 0.0_f64;
        for child in group.children() {
            let memory = match child {
                Node::Group(child) => self.group(child, transform, nested)?,
                Node::Path(path) => {
                    self.visited += 1;
                    let bounds = path.stroke_bounding_box().transform(transform);
                    self.work += bounds.map_or(0.0, |bounds| self.area(bounds.width(), bounds.height(), 1.0));
                    let paints = [path.fill().map(Fill::paint), path.stroke().map(Stroke::paint)];
                    let mut memory = 0.0;
                    for paint in paints.into_iter().flatten() {
                        memory += self.paint(paint, transform, nested + 1)?;
                    }
                    memory
                }
                Node::Image(_) | Node::Text(_) => 0.0,
            };
            inner = inner.max(memory);
        }
        if !group.should_isolate() {
            return Some(inner);
        }
        let bounds = group.layer_bounding_box().transform(transform);
        let area = bounds.map_or(0.0, |bounds| {
            self.area(bounds.width() + 4.0, bounds.height() + 4.0, LAYER_EXCESS)
        });
        let mut layers = 1.0;
        for filter in group.filters() {
            for primitive in filter.primitives() {
                layers += 2.0;
                self.work += area * self.weight(primitive.kind(), transform, nested, &mut inner)?;
            }
        }
        let mut clip = group.clip_path();
        while let Some(found) = clip {
            layers += 1.0;
            inner += self.group(found.root(), transform.pre_concat(found.transform()), nested + 1)?;
            clip = found.clip_path();
        }
        let mut mask = group.mask();
        while let Some(found) = mask {
            layers += 2.0;
            inner += self.group(found.root(), transform, nested + 1)?;
            mask = found.mask();
        }
        self.work += area * layers;
        Some(area * layers * PIXEL_LEN + inner)
    }

    /// How many passes a part of a filter takes.
    fn weight(&mut self, kind: &Kind, transform: Transform, nested: u32, memory: &mut f64) -> Option<f64> {
        let (across, down) = transform.get_scale();
        Some(match kind {
            Kind::Turbulence(turbulence) => 10.0 * f64::from(turbulence.num_octaves()),
            Kind::ConvolveMatrix(convolution) => {
                let matrix = convolution.matrix();
                f64::from(matrix.columns()) * f64::from(matrix.rows())
            }
            Kind::Morphology(morphology) => {
                let radius = |own: f32, scale: f32| 1.0 + 2.0 * f64::from(own * scale);
                radius(morphology.radius_x().get(), across) * radius(morphology.radius_y().get(), down)
            }
            Kind::Image(image) => {
                *memory += self.group(image.root(), transform, nested + 1)?;
                1.0
            }
            Kind::GaussianBlur(_) | Kind::DropShadow(_) | Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 8.0,
            _ => 2.0,
        })
    }

    /// The memory for a pattern, which is drawn once for each path.
    fn paint(&mut self, paint: &Paint, transform: Transform, nested: u32) -> Option<f64> {
        let Paint::Pattern(pattern) = paint else {
            return Some(0.0);
        };
        let (across, down) = transform.pre_concat(pattern.transform()).get_scale();
        let rect = pattern.rect();
        // It is not cut at the edges of the result.
        let area = f64::from(rect.width() * across) * f64::from(rect.height() * down);
        self.work += area;
        let inner = self.group(pattern.root(), Transform::from_scale(across, down), nested)?;
        Some(area * PIXEL_LEN + inner)
    }

    /// The area that is painted of something of this size.
    fn area(&self, width: f32, height: f32, excess: f64) -> f64 {
        let [across, down] = self.canvas;
        f64::from(width).min(across * excess) * f64::from(height).min(down * excess)
    }
}

/// The text of a file that may be compressed.
fn uncompressed(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .take(MAX_TEXT_LEN as u64 + 1)
        .read_to_end(&mut text)
        .map_err(Error::decode)?;
    Ok(Cow::Owned(text))
}

impl std::fmt::Debug for Svg {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Svg")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
