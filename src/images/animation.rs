//! Animations through a transform: the frames of a GIF or a WebP, one after the other, into a file of either format.
//!
//! ```text
//! Frames ──whole image, milliseconds──▶ render · filter ──▶ AnimationEncoder: holds one frame back, because its successor decides
//!                                                            how long it stays and what becomes of it
//! ```

use super::encode;
use super::error::Error;
use super::gif_frames::{GifFrame, GifFrames};
use super::pixels::{MAX_MEMORY, Pixels};
use super::reduce::Decoded;
use super::source_format::SourceFormat;
use super::url::Format;
use super::webp;
use gif::{DisposalMethod, Repeat};
use image_webp::{LoopCount, WebPDecoder};
use std::io::Cursor;

/// The largest number of frames.
const MAX_FRAMES: u64 = 1000;
/// The largest number of pixels of all frames before the transform.
const MAX_FRAMES_PIXELS: u64 = 500_000_000;
/// The largest number of pixels of all frames of a result.
const MAX_ANIMATION_PIXELS: u64 = 50_000_000;

/// The frames of an animation, each as the whole image.
pub(super) struct Frames<'a> {
    source: Source<'a>,
    /// The image so far. Of a GIF always RGBA.
    image: Decoded,
    count: u64,
    /// How often it is shown. 0 for endlessly.
    pub(super) loops: u16,
}

enum Source<'a> {
    Gif {
        frames: Box<GifFrames<'a>>,
        /// The frame that is shown, and the image as it was before.
        shown: Option<(GifFrame, Option<Vec<u8>>)>,
    },
    WebP(Box<WebPDecoder<Cursor<&'a [u8]>>>),
}

impl<'a> Frames<'a> {
    /// Opens an animation. Returns `None` for files of one frame. Fails with 413 above the limits.
    pub(super) fn open(
        bytes: &'a [u8],
        format: SourceFormat,
        (width, height): (u32, u32),
    ) -> Result<Option<Self>, Error> {
        let (source, count, loops, channels, profile) = match format {
            SourceFormat::Gif => {
                let frames = GifFrames::open(bytes)?;
                let loops = match frames.repeat() {
                    Repeat::Infinite => 0,
                    Repeat::Finite(times) => times.saturating_add(1),
                };
                let (count, profile) = (GifFrames::count(bytes, MAX_FRAMES), frames.profile());
                let frames = Box::new(frames);
                (Source::Gif { frames, shown: None }, count, loops, 4, profile)
            }
            SourceFormat::WebP => {
                let mut decoder = webp::open(bytes)?;
                let count = if decoder.is_animated() {
                    decoder.num_frames().into()
                } else {
                    1
                };
                let loops = match decoder.loop_count() {
                    LoopCount::Forever => 0,
                    LoopCount::Times(times) => times.get(),
                };
                let channels = if decoder.has_alpha() { 4 } else { 3 };
                let profile = decoder.icc_profile().unwrap_or(None);
                (Source::WebP(decoder), count, loops, channels, profile)
            }
            _ => return Ok(None),
        };
        if count < 2 {
            return Ok(None);
        }
        let pixels = u64::from(width) * u64::from(height);
        if count > MAX_FRAMES || pixels * count > MAX_FRAMES_PIXELS || pixels * 8 > MAX_MEMORY {
            return Err(Error::too_large(
                "an animation of at most 1,000 frames, 40 megapixels each and 500 megapixels together",
            ));
        }
        let bytes = vec![0; width as usize * height as usize * channels];
        let image = Decoded {
            pixels: Pixels {
                width,
                height,
                channels,
                bytes,
            },
            origin: (0, 0),
            reduction: 1.0,
            profile,
        };
        Ok(Some(Self {
            source,
            image,
            count,
            loops,
        }))
    }

    /// The colour profile.
    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        self.image.profile.clone()
    }

    /// Fails with 413 if all frames together are too large at this size.
    pub(super) fn check_result(&self, (width, height): (u32, u32)) -> Result<(), Error> {
        if u64::from(width) * u64::from(height) * self.count > MAX_ANIMATION_PIXELS {
            return Err(Error::too_large(
                "an animation whose results have at most 50 megapixels together",
            ));
        }
        Ok(())
    }

    /// The next frame and its duration in milliseconds. `None` at the end, and where the file was cut or is damaged.
    pub(super) fn next(&mut self) -> Option<(&Decoded, u32)> {
        let pixels = &mut self.image.pixels;
        let ms = match &mut self.source {
            Source::Gif { frames, shown } => {
                let stride = pixels.width as usize * 4;
                if let Some((frame, before)) = shown.take() {
                    match (frame.disposal, before) {
                        (DisposalMethod::Background, _) => rows(pixels, stride, |y, row| frame.clear(y, row)),
                        (DisposalMethod::Previous, Some(before)) => pixels.bytes = before,
                        _ => {}
                    }
                }
                let frame = frames.next()?;
                let before = (frame.disposal == DisposalMethod::Previous).then(|| pixels.bytes.clone());
                rows(pixels, stride, |y, row| frame.paint(y, row));
                let ms = u32::from(frame.delay) * 10;
                *shown = Some((frame, before));
                ms
            }
            Source::WebP(decoder) => decoder.read_frame(&mut pixels.bytes).ok()?,
        };
        Some((&self.image, ms))
    }
}

fn rows(pixels: &mut Pixels, stride: usize, mut change: impl FnMut(usize, &mut [u8])) {
    for (y, row) in pixels.bytes.chunks_exact_mut(stride).enumerate() {
        change(y, row);
    }
}

/// Writes an animation.
pub(super) struct AnimationEncoder {
    size: (u32, u32),
    quality: u8,
    loops: u16,
    profile: Option<Vec<u8>>,
    /// The last frame, which its successor completes.
    held: Option<Held>,
    has_alpha: bool,
    /// The frames of a WebP.
    chunks: Vec<u8>,
    /// The encoder of a GIF. `None` for a WebP.
    gif: Option<gif::Encoder<Vec<u8>>>,
}

/// A frame that is not written yet.
struct Held {
    /// As it is shown, in RGBA.
    rgba: Vec<u8>,
    /// What it changes, in RGBA: transparent where it is like the frame before. `None` if it is stored whole.
    changes: Option<Vec<u8>>,
    ms: u32,
}

impl AnimationEncoder {
    /// An encoder of GIF or WebP. `loops` is 0 for endlessly.
    pub(super) fn new(
        format: Format,
        size: (u32, u32),
        quality: u8,
        loops: u16,
        profile: Option<Vec<u8>>,
    ) -> Result<Self, Error> {
        encode::check_edges(size, format)?;
        let gif = if format == Format::Gif {
            let (width, height) = encode::short_edges(size)?;
            let mut encoder = gif::Encoder::new(Vec::new(), width, height, &[]).map_err(Error::encode)?;
            let repeat = match loops {
                0 => Repeat::Infinite,
                times => Repeat::Finite(times - 1),
            };
            if loops != 1 {
                encoder.set_repeat(repeat).map_err(Error::encode)?;
            }
            Some(encoder)
        } else {
            None
        };
        Ok(Self {
            size,
            quality,
            loops,
            profile: profile.filter(|profile| encode::is_needed(profile)),
            held: None,
            has_alpha: false,
            chunks: Vec::new(),
            gif,
        })
    }

    /// Adds a frame.
    pub(super) fn add(&mut self, pixels: Pixels, ms: u32) -> Result<(), Error> {
        // Before frames are compared: what is almost transparent counts as erased.
        let rgba = if self.gif.is_some() {
            encode::without_shades(pixels)
        } else {
            encode::with_alpha(pixels)
        };
        let Some(mut held) = self.held.take() else {
            self.held = Some(Held {
                rgba,
                changes: None,
                ms,
            });
            return Ok(());
        };
        if held.rgba == rgba {
            held.ms = held.ms.saturating_add(ms);
            self.held = Some(held);
            return Ok(());
        }
        // What becomes transparent has to be erased, and with it the whole frame before.
        let pairs = || rgba.chunks_exact(4).zip(held.rgba.chunks_exact(4));
        let erases = pairs().any(|(now, before)| now[3] == 0 && before[3] != 0);
        let changed = |(now, before): (&[u8], &[u8])| {
            if now == before {
                [0; 4]
            } else {
                [now[0], now[1], now[2], now[3]]
            }
        };
        let changes = (self.gif.is_some() && !erases).then(|| pairs().flat_map(changed).collect());
        self.write(held, erases)?;
        self.held = Some(Held { rgba, changes, ms });
        Ok(())
    }

    fn write(&mut self, held: Held, is_erased: bool) -> Result<(), Error> {
        let (width, height) = self.size;
        if let Some(encoder) = &mut self.gif {
            let mut frame = encode::gif_frame(self.size, held.changes.unwrap_or(held.rgba))?;
            frame.delay = u16::try_from(held.ms.saturating_add(5) / 10).unwrap_or(u16::MAX);
            frame.dispose = if is_erased {
                DisposalMethod::Background
            } else {
                DisposalMethod::Keep
            };
            return encoder.write_frame(&frame).map_err(Error::encode);
        }
        let pixels = Pixels {
            width,
            height,
            channels: 4,
            bytes: held.rgba,
        };
        self.has_alpha |= !pixels.is_opaque();
        let mut content = vec![0; 6];
        content.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
        content.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
        content.extend_from_slice(&held.ms.min(0xff_ffff).to_le_bytes()[..3]);
        // Each frame replaces the one before.
        content.push(2);
        encode::webp_picture(&mut content, &pixels, self.quality)?;
        encode::chunk(&mut self.chunks, b"ANMF", &content)
    }

    /// The file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Error> {
        let held = self.held.take().ok_or_else(|| Error::decode("no frame"))?;
        self.write(held, false)?;
        if let Some(encoder) = self.gif {
            return encoder.into_inner().map_err(Error::encode);
        }
        let mut file = Vec::new();
        encode::webp_header(&mut file, self.size, self.has_alpha, true, self.profile.as_deref())?;
        let [low, high] = self.loops.to_le_bytes();
        encode::chunk(&mut file, b"ANIM", &[0, 0, 0, 0, low, high])?;
        file.extend_from_slice(&self.chunks);
        encode::webp_file(&file)
    }
}
