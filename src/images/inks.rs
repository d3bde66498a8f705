//! Colours of inks: CMYK as sRGB, through the profile of the image where there is one.
//!
//! `qcms` is the colour management of Firefox. `moxcms` does the same in 63 KB of WebAssembly in place of 18 KB (brotli).

use super::pixels::{Pixels, on_paper};
use qcms::{DataType, Intent, Profile, Transform};

/// The largest profile that is read. Those of printers have up to 3 MB.
const MAX_PROFILE_LEN: usize = 8 << 20;

/// The most light of all inks together that counts as black, as linear light: half of what eyes see.
const MAX_BLACK: f32 = 0.184;

/// What turns inks into colours.
pub(super) struct Inks {
    profile: Option<Box<Through>>,
}

/// A profile, and what its black and white become.
struct Through {
    transform: Transform,
    /// For each channel.
    tones: [[u8; 256]; 3],
}

impl Through {
    /// All inks together leave some light, which is shown as black (black point compensation), and paper is shown as white.
    fn new(transform: Transform) -> Self {
        let mut ends = [0; 6];
        transform.convert(&[255, 255, 255, 255, 0, 0, 0, 0], &mut ends);
        let [black, white] = [0, 3].map(|at| [ends[at], ends[at + 1], ends[at + 2]].map(linear));
        let black = (0.2126 * black[0] + 0.7152 * black[1] + 0.0722 * black[2]).min(MAX_BLACK);
        let tones = white.map(|white| {
            let range = white.max(0.5) - black;
            std::array::from_fn(|value| displayed((linear(value as u8) - black) / range))
        });
        Self { transform, tones }
    }
}

/// Linear light of a value of sRGB.
fn linear(value: u8) -> f32 {
    let value = f32::from(value) / 255.0;
    if value <= 0.04045 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// The value of sRGB of linear light.
fn displayed(light: f32) -> u8 {
    let value = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

impl Inks {
    /// Reads a profile. Without one, or with one that is not for inks or damaged, inks are mixed as on perfect paper.
    pub(super) fn of(profile: Option<&[u8]>) -> Self {
        let profile = profile
            .filter(|profile| profile.get(16..20) == Some(b"CMYK") && profile.len() <= MAX_PROFILE_LEN)
            .and_then(|profile| Profile::new_from_slice(profile, false))
            .and_then(|profile| {
                let mut srgb = Profile::new_sRGB();
                srgb.precache_output_transform();
                Transform::new_to(&profile, &srgb, DataType::CMYK, DataType::RGB8, Intent::Perceptual)
            })
            .map(|transform| Box::new(Through::new(transform)));
        Self { profile }
    }

    /// Writes the RGB of inks, of which 255 is all.
    pub(super) fn convert(&self, inks: &[u8], rgb: &mut [u8]) {
        if let Some(through) = &self.profile {
            let Through { transform, tones } = &**through;
            transform.convert(inks, rgb);
            for pixel in rgb.chunks_exact_mut(3) {
                for (value, tones) in pixel.iter_mut().zip(tones) {
                    *value = tones[usize::from(*value)];
                }
            }
            return;
        }
        for (rgb, inks) in rgb.chunks_exact_mut(3).zip(inks.chunks_exact(4)) {
            for (value, &ink) in rgb.iter_mut().zip(&inks[..3]) {
                *value = on_paper(ink, inks[3]);
            }
        }
    }

    /// The colours of an image of inks.
    pub(super) fn pixels(&self, inks: &Pixels) -> Pixels {
        let mut bytes = vec![0; inks.bytes.len() / 4 * 3];
        self.convert(&inks.bytes, &mut bytes);
        Pixels {
            channels: 3,
            bytes,
            ..*inks
        }
    }
}

impl std::fmt::Debug for Inks {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Inks")
            .field("has_profile", &self.profile.is_some())
            .finish()
    }
}
