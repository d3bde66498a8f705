//! Details of files by kind, in their REST form (`docs/contract/model.md#s4`).

use super::form::{float, size};
use super::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Declares parts of results: structs whose members may be absent from an answer.
macro_rules! parts {
    ($(
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $($(#[$note:meta])* pub $member:ident: $kind:ty,)+
        }
    )+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$note])* pub $member: $kind,)+
        }
    )+};
}

parts! {
    /// Details of a file: one member is set.
    pub struct FileMedia {
        /// An image.
        pub image: Option<ImageMedia>,
        /// A video.
        pub video: Option<Video>,
        /// A sound.
        pub audio: Option<Audio>,
        /// A document.
        pub document: Option<Document>,
        /// An SVG.
        pub vector: Option<ImageMedia>,
        /// An archive.
        pub archive: Option<Archive>,
        /// A 3D model.
        pub model3d: Option<Model3d>,
    }

    /// An image or an SVG.
    pub struct ImageMedia {
        /// The image.
        pub image: Option<Image>,
        /// Its colours.
        pub colors: Option<Colors>,
        /// Faces found in it.
        pub faces: Vec<Face>,
        /// A small preview, also of a private image.
        pub preview_image: Option<Image>,
        /// A caption written by image recognition.
        pub caption: Option<String>,
    }

    /// An image with its URL.
    pub struct Image {
        /// The id of the file, or the name of a preview.
        pub id: String,
        /// The URL, empty for a private file.
        pub url: String,
        /// The height in pixels.
        pub height: Option<u32>,
        /// The width in pixels.
        pub width: Option<u32>,
        /// The name of the file.
        pub filename: Option<String>,
        /// The size in bytes.
        #[serde(with = "size")]
        pub size_in_bytes: Option<u64>,
        /// Alternative text for screen readers.
        pub alt_text: Option<String>,
    }

    /// The colours of an image.
    pub struct Colors {
        /// The prominent colour.
        pub prominent: Option<Color>,
        /// All of them.
        pub palette: Vec<Color>,
    }

    /// A colour.
    pub struct Color {
        /// As a hexadecimal text.
        pub hex: Option<String>,
        /// As red, green and blue.
        pub rgb: Option<Rgb>,
    }

    /// A colour as red, green and blue, each from 0 to 255.
    pub struct Rgb {
        /// Red.
        pub r: Option<u32>,
        /// Green.
        pub g: Option<u32>,
        /// Blue.
        pub b: Option<u32>,
    }

    /// A face found in an image. Positions are in pixels from the top left.
    pub struct Face {
        /// The confidence of the recognition.
        #[serde(with = "float")]
        pub confidence: Option<f64>,
        /// The left edge.
        pub x: Option<i64>,
        /// The upper edge.
        pub y: Option<i64>,
        /// The height.
        pub height: Option<i64>,
        /// The width.
        pub width: Option<i64>,
    }

    /// A video.
    pub struct Video {
        /// The id of the file.
        pub id: String,
        /// Its renditions.
        pub resolutions: Vec<VideoResolution>,
        /// The name of the file.
        pub filename: Option<String>,
        /// The URL, empty for a private file.
        pub url: String,
        /// Frames of it.
        pub posters: Vec<Image>,
        /// The size in bytes.
        #[serde(with = "size")]
        pub size_in_bytes: Option<u64>,
        /// The duration. The embedded Media Manager adds it.
        pub duration_in_milliseconds: Option<u64>,
        /// The family of the codec, such as `h264`. The embedded Media Manager adds it.
        pub video_codec: Option<String>,
        /// The family of the codec of the sound. The embedded Media Manager adds it.
        pub audio_codec: Option<String>,
    }

    /// A rendition of a video.
    pub struct VideoResolution {
        /// Its URL.
        pub url: String,
        /// The height in pixels, 0 for a stream.
        pub height: Option<u32>,
        /// The width in pixels, 0 for a stream.
        pub width: Option<u32>,
        /// The format, such as `mp4` or `hls`.
        pub format: Option<String>,
        /// The name of the resolution, such as `720p`.
        pub quality: Option<String>,
        /// A frame of it.
        pub poster: Option<Image>,
    }

    /// A sound.
    pub struct Audio {
        /// The id of the file.
        pub id: String,
        /// Its renditions.
        pub assets: Vec<AudioAsset>,
        /// Bits per second.
        pub bitrate: Option<u64>,
        /// The format, such as `mp3`.
        pub format: Option<String>,
        /// The duration in milliseconds.
        pub duration: Option<u64>,
        /// The size in bytes.
        #[serde(with = "size")]
        pub size_in_bytes: Option<u64>,
        /// The family of the codec, such as `aac`. The embedded Media Manager adds it.
        pub audio_codec: Option<String>,
        /// The title in its tags. The embedded Media Manager adds it.
        pub title: Option<String>,
        /// The artist in its tags. The embedded Media Manager adds it.
        pub artist: Option<String>,
    }

    /// A rendition of a sound.
    pub struct AudioAsset {
        /// The id of the rendition, mostly empty.
        pub id: String,
        /// The URL, empty for a private file.
        pub url: String,
        /// Whether it is private.
        pub private: bool,
        /// The key for [`GenerateFileDownloadUrl`](crate::sdk::GenerateFileDownloadUrl).
        pub asset_key: Option<String>,
        /// The format, such as `mp3`.
        pub format: Option<String>,
        /// The name of the quality, such as `320kbs`.
        pub quality: Option<String>,
        /// The duration in milliseconds.
        pub duration: Option<u64>,
    }

    /// A document.
    pub struct Document {
        /// The id of the file.
        pub id: String,
        /// The URL, empty for a private file.
        pub url: String,
        /// The name of the file.
        pub filename: Option<String>,
    }

    /// An archive.
    pub struct Archive {
        /// The id of the file.
        pub id: String,
        /// The URL, empty for a private file.
        pub url: String,
        /// When the URL expires.
        pub url_expiration_date: Option<Timestamp>,
        /// The size in bytes.
        #[serde(with = "size")]
        pub size_in_bytes: Option<u64>,
        /// The name of the file.
        pub filename: Option<String>,
    }

    /// A 3D model.
    pub struct Model3d {
        /// The id of the file.
        pub id: String,
        /// The URL, empty for a private file.
        pub url: String,
        /// A picture of the model.
        pub thumbnail: Option<Image>,
        /// Alternative text for screen readers.
        pub alt_text: Option<String>,
        /// When the URL expires.
        pub url_expiration_date: Option<Timestamp>,
        /// The name of the file.
        pub filename: Option<String>,
        /// The size in bytes.
        #[serde(with = "size")]
        pub size_in_bytes: Option<u64>,
    }
}
