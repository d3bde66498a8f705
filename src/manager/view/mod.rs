//! The JSON form of rows (`docs/contract/model.md#s3`), and the parsing of ids.

use super::dates::iso;
use super::inspect::{Colors, Cover, Facts};
use super::json;
use crate::catalog::{File, Folder};
use crate::images::frame::Frame;
use crate::model::media_type::{self, MediaType};
use crate::model::status::Status;
use crate::wire::uri;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// The maximum width and height of a preview, as in samples (`docs/contract/model.md#s4-1`).
const PREVIEW: (u32, u32) = (800, 450);

/// The REST form of a folder.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FolderView<'a> {
    id: &'a str,
    display_name: &'a str,
    parent_folder_id: &'a str,
    created_date: String,
    updated_date: String,
    state: &'static str,
    site_id: &'a str,
}

impl<'a> FolderView<'a> {
    pub(crate) fn new(folder: &'a Folder, site: &'a str) -> FolderView<'a> {
        FolderView {
            id: &folder.id,
            display_name: &folder.name,
            parent_folder_id: &folder.parent,
            created_date: iso(folder.created),
            updated_date: iso(folder.updated),
            state: state(folder.trashed.is_some()),
            site_id: site,
        }
    }
}

/// Returns the REST form of a folder.
pub(crate) fn folder(folder: &Folder, site: &str) -> Value {
    json::value(&FolderView::new(folder, site))
}

fn state(trashed: bool) -> &'static str {
    if trashed { "DELETED" } else { "OK" }
}

/// Returns the path of a file's bytes below the media hosts (`docs/contract/media-urls.md#s2`).
pub(crate) fn path(file: &File) -> String {
    let (folder, tail) = match file.media_type {
        MediaType::Image => ("media", ""),
        MediaType::Vector => ("shapes", ""),
        MediaType::Video => ("video", "/file"),
        MediaType::Audio => ("mp3", ""),
        MediaType::Archive => ("archives", ""),
        MediaType::Model3d => ("3d", ""),
        _ => ("ugd", ""),
    };
    format!("/{folder}/{}{tail}", file.id)
}

/// The REST form of a file descriptor. Its members are made while it is written.
pub(crate) struct FileView<'a> {
    file: &'a File,
    /// The beginning of URLs.
    base: &'a str,
    site: &'a str,
}

impl<'a> FileView<'a> {
    pub(crate) fn new(file: &'a File, base: &'a str, site: &'a str) -> FileView<'a> {
        FileView { file, base, site }
    }
}

/// The members of a file descriptor.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileMembers<'a> {
    id: &'a str,
    display_name: &'a str,
    url: &'a str,
    parent_folder_id: &'a str,
    hash: &'a str,
    size_in_bytes: &'a str,
    private: bool,
    media_type: &'static str,
    operation_status: &'static str,
    source_url: Option<&'a str>,
    thumbnail_url: &'a str,
    labels: &'a [String],
    created_date: String,
    updated_date: String,
    site_id: &'a str,
    state: &'static str,
    mime_type: &'a str,
    internal_tags: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Media<'a>>,
}

/// What is in a file.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Media<'a> {
    Image(Picture<'a>),
    Vector(Picture<'a>),
    Video(Video<'a>),
    Audio(Audio<'a>),
    Document(Plain<'a>),
    Archive(Plain<'a>),
    Model3d(Plain<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Picture<'a> {
    image: Plain<'a>,
    /// Faces are not looked for.
    faces: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    colors: Option<&'a Colors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview_image: Option<Preview>,
}

/// The members that most media have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plain<'a> {
    id: &'a str,
    url: &'a str,
    filename: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
}

#[derive(Serialize)]
struct Preview {
    id: &'static str,
    url: String,
    width: u32,
    height: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Video<'a> {
    id: &'a str,
    resolutions: Vec<Resolution<'a>>,
    filename: &'a str,
    url: &'a str,
    posters: Vec<Poster>,
    size_in_bytes: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_milliseconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_codec: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_codec: Option<&'a str>,
}

#[derive(Serialize)]
struct Resolution<'a> {
    url: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    /// The container.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<&'a str>,
}

#[derive(Serialize)]
struct Poster {
    id: &'static str,
    url: String,
    width: u64,
    height: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Audio<'a> {
    id: &'a str,
    format: String,
    size_in_bytes: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bitrate: Option<u64>,
    assets: [Asset<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_codec: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artist: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asset<'a> {
    id: &'static str,
    url: &'a str,
    private: bool,
    asset_key: &'static str,
    format: String,
    quality: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u64>,
}

impl Serialize for FileView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let FileView { file, base, site } = *self;
        let url = format!("{base}{}", path(file));
        let facts = Facts::from_json(&file.facts);
        let thumbnail = match file.media_type {
            _ if file.private => None,
            MediaType::Image | MediaType::Vector => Some(url.clone()),
            MediaType::Video => {
                // The third of four.
                let number = facts.posters.len().saturating_sub(2);
                (!facts.posters.is_empty()).then(|| format!("{base}{}", poster_path(&file.id, number)))
            }
            _ => cover(file, &facts).map(|(name, _)| format!("{url}/{name}")),
        };
        let icon = || format!("{base}/icons/{}.svg", file.media_type.as_str().to_ascii_lowercase());
        let thumbnail = thumbnail.unwrap_or_else(icon);
        let size = file.size.to_string();
        let tag = [file.tag.as_str()];
        // The inner URLs of private files are empty (`docs/contract/uploads-and-downloads.md#s8`).
        let shown = if file.private { "" } else { &url };
        let media = MediaParts {
            file,
            base,
            site,
            url: shown,
            size: &size,
            facts: &facts,
        };
        FileMembers {
            id: &file.id,
            display_name: &file.name,
            url: &url,
            parent_folder_id: &file.parent,
            hash: &file.hash,
            size_in_bytes: &size,
            private: file.private,
            media_type: file.media_type.as_str(),
            operation_status: file.status.as_str(),
            source_url: file.source_url.as_deref(),
            thumbnail_url: &thumbnail,
            labels: &file.labels,
            created_date: iso(file.created),
            updated_date: iso(file.updated),
            site_id: site,
            state: state(file.trashed.is_some()),
            mime_type: &file.mime,
            internal_tags: if file.tag.is_empty() { &[] } else { &tag },
            media: if file.status == Status::Ready {
                media.media()
            } else {
                None
            },
        }
        .serialize(serializer)
    }
}

/// Returns the REST form of a file descriptor.
pub(crate) fn file(file: &File, base: &str, site: &str) -> Value {
    json::value(&FileView::new(file, base, site))
}

/// Returns the name of the rendition of this height.
pub(crate) fn quality(height: u64) -> &'static str {
    match height {
        0..=144 => "144p",
        145..=240 => "240p",
        241..=360 => "360p",
        361..=480 => "480p",
        481..=720 => "720p",
        _ => "1080p",
    }
}

/// Returns the path of a rendition.
pub(crate) fn rendition_path(id: &str, quality: &str) -> String {
    format!("/video/{id}/{quality}/mp4/file.mp4")
}

/// Returns the names of the renditions of a video. Without any, that of the original; one of an unknown size has no name.
pub(crate) fn renditions(facts: &Facts) -> Vec<&str> {
    if facts.renditions.is_empty() {
        return rendition_of(facts).into_iter().collect();
    }
    let renditions = facts.renditions.iter();
    renditions.map(|rendition| &rendition.quality[..]).collect()
}

/// Returns the name of the original as a rendition.
fn rendition_of(facts: &Facts) -> Option<&'static str> {
    facts.size().map(|(_, height)| quality(height))
}

/// Returns the id of a poster of a video, a picture below `/media/` (`docs/contract/model.md#s4-2`).
pub(crate) fn poster_id(video: &str, number: usize) -> String {
    format!("{video}f{number:03}.jpg")
}

/// Returns the path of a poster.
pub(crate) fn poster_path(video: &str, number: usize) -> String {
    format!("/media/{}", poster_id(video, number))
}

/// Returns the id of the video and the number of the poster in the id of a poster.
pub(crate) fn parse_poster_id(id: &str) -> Option<(&str, usize)> {
    let (video, number) = id.strip_suffix(".jpg")?.rsplit_once('f')?;
    let digits = number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((video, number.parse().ok().filter(|_| digits)?))
}

/// Returns the cover of a sound, and its name below the file's own path.
pub(crate) fn cover<'a>(file: &File, facts: &'a Facts) -> Option<(String, &'a Cover)> {
    let cover = facts.cover.as_ref().filter(|_| file.media_type == MediaType::Audio)?;
    let extension = media_type::extension_of_mime(&cover.mime)?;
    Some((format!("cover.{extension}"), cover))
}

/// What the media of a descriptor are made of.
struct MediaParts<'a> {
    file: &'a File,
    base: &'a str,
    site: &'a str,
    url: &'a str,
    size: &'a str,
    facts: &'a Facts,
}

impl<'a> MediaParts<'a> {
    fn media(&self) -> Option<Media<'a>> {
        Some(match self.file.media_type {
            MediaType::Image => Media::Image(self.picture()),
            MediaType::Vector => Media::Vector(self.picture()),
            MediaType::Video => Media::Video(self.video()),
            MediaType::Audio => Media::Audio(self.audio()),
            MediaType::Document => Media::Document(Plain {
                size_in_bytes: None,
                ..self.plain()
            }),
            MediaType::Archive => Media::Archive(self.plain()),
            MediaType::Model3d => Media::Model3d(self.plain()),
            _ => return None,
        })
    }

    /// Returns the URL of a path that belongs to the file. Like that of the file itself, it is empty if the file is private.
    fn url_of(&self, path: &str) -> String {
        if self.file.private {
            return String::new();
        }
        format!("{}{path}", self.base)
    }

    fn plain(&self) -> Plain<'a> {
        Plain {
            id: &self.file.id,
            url: self.url,
            filename: &self.file.name,
            size_in_bytes: Some(self.size),
            width: None,
            height: None,
        }
    }

    fn picture(&self) -> Picture<'a> {
        let size = self.facts.size();
        let colors = self.facts.colors.as_ref().filter(|colors| colors.is_object());
        Picture {
            image: Plain {
                width: size.map(|(width, _)| width),
                height: size.map(|(_, height)| height),
                ..self.plain()
            },
            faces: [],
            colors,
            preview_image: preview(self.file, size, colors.is_some(), self.base),
        }
    }

    fn video(&self) -> Video<'a> {
        let size = self.facts.size();
        let quality = rendition_of(self.facts);
        let format = media_type::extension_of_mime(&self.file.mime);
        // The path of a rendition names an MP4, so others have that of the original.
        let resolution = match quality.filter(|_| format == Some("mp4")) {
            Some(quality) => self.url_of(&rendition_path(&self.file.id, quality)).into(),
            None => self.url.into(),
        };
        let original = Resolution {
            url: resolution,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            format,
            quality,
        };
        let mut resolutions = self.renditions();
        if resolutions.is_empty() {
            resolutions.push(original);
        }
        Video {
            id: &self.file.id,
            resolutions,
            filename: &self.file.name,
            url: self.url,
            posters: self.posters(),
            size_in_bytes: self.size,
            duration_in_milliseconds: self.facts.duration,
            video_codec: self.facts.video_codec.as_deref(),
            audio_codec: self.facts.audio_codec.as_deref(),
        }
    }

    /// Returns the renditions, and the stream of them.
    fn renditions(&self) -> Vec<Resolution<'a>> {
        let Facts { renditions, .. } = self.facts;
        let whole = renditions.iter().map(|rendition| Resolution {
            url: self.url_of(&rendition_path(&self.file.id, &rendition.quality)).into(),
            width: Some(rendition.width),
            height: Some(rendition.height),
            format: Some("mp4"),
            quality: Some(&rendition.quality),
        });
        let is_stream = renditions.iter().any(|rendition| rendition.is_segmented);
        let stream = is_stream.then(|| {
            let path = format!("/site/media/video/{}/{}/repackage/hls", self.file.id, self.site);
            Resolution {
                url: self.url_of(&path).into(),
                width: Some(0),
                height: Some(0),
                format: Some("hls"),
                quality: None,
            }
        });
        whole.chain(stream).collect()
    }

    fn posters(&self) -> Vec<Poster> {
        let posters = self.facts.posters.iter().enumerate();
        let poster = |(number, &(width, height))| Poster {
            id: "",
            url: self.url_of(&poster_path(&self.file.id, number)),
            width,
            height,
        };
        posters.map(poster).collect()
    }

    fn audio(&self) -> Audio<'a> {
        let duration = self.facts.duration.filter(|&duration| duration > 0);
        let bytes = u64::try_from(self.file.size).unwrap_or(0);
        let format = audio_format(self.file);
        let mean = |duration| bytes.saturating_mul(8000) / duration;
        Audio {
            id: &self.file.id,
            format: format.clone(),
            size_in_bytes: self.size,
            duration,
            bitrate: duration.map(|duration| self.facts.bitrate.unwrap_or_else(|| mean(duration))),
            assets: [Asset {
                id: "",
                url: self.url,
                private: self.file.private,
                asset_key: "320kbs.mp3",
                format,
                quality: "320kbs",
                duration,
            }],
            audio_codec: self.facts.audio_codec.as_deref(),
            title: self.facts.title.as_deref(),
            artist: self.facts.artist.as_deref(),
        }
    }
}

/// Returns the format of a sound: the extension of its id, or that of its MIME type.
fn audio_format(file: &File) -> String {
    let by_mime = || media_type::extension_of_mime(&file.mime).unwrap_or("mp3").to_owned();
    media_type::extension(&file.id).unwrap_or_else(by_mime)
}

/// Returns the preview of a public image that can be transformed.
fn preview(file: &File, size: Option<(u64, u64)>, has_colors: bool, base: &str) -> Option<Preview> {
    let (width, height) = size?;
    // What the host decodes by the platform, if it can, has colours once that has succeeded.
    let is_decoded = !is_convertible(&file.mime) || has_colors;
    if file.private || !is_transformable(file) || !is_decoded {
        return None;
    }
    let (tail, frame) = preview_of(u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let extension = match file.mime.as_str() {
        "image/jpeg" | "image/bmp" | "image/heic" | "image/heif" | "image/jxl" | "image/tiff" => "jpg",
        "image/avif" => "webp",
        "image/png" | "image/svg+xml" | "image/x-icon" | "image/vnd.microsoft.icon" => "png",
        mime => mime.strip_prefix("image/")?,
    };
    Some(Preview {
        id: "image.preview",
        url: format!("{base}{}{tail}.{extension}", path(file)),
        width: frame.width,
        height: frame.height,
    })
}

/// Returns whether files of a type are decoded by the platform of the host, where it can.
pub(crate) fn is_convertible(mime: &str) -> bool {
    matches!(mime, "image/avif" | "image/heic" | "image/heif")
}

/// Returns whether a file is of a type that can be decoded.
pub(crate) fn is_transformable(file: &File) -> bool {
    if is_convertible(&file.mime) {
        return true;
    }
    matches!(
        file.mime.as_str(),
        "image/jpeg"
            | "image/png"
            | "image/gif"
            | "image/webp"
            | "image/bmp"
            | "image/jxl"
            | "image/svg+xml"
            | "image/tiff"
            | "image/x-icon"
            | "image/vnd.microsoft.icon"
    )
}

/// Returns the suffix that makes the preview URL of an image of this size, and the size of the preview.
fn preview_of(width: u32, height: u32) -> (String, Frame) {
    let (across, down) = PREVIEW;
    let frame = Frame::fit(width, height, across, down);
    (format!("/v1/fit/w_{across},h_{down}/preview"), frame)
}

/// Returns the file id in an id or a media URL (`docs/contract/files-api.md#c1`).
pub(crate) fn file_id(given: &str) -> String {
    let bare = given.strip_prefix("wix:").unwrap_or(given);
    let Some((kind, rest)) = bare.split_once("://v1/") else {
        return given.to_owned();
    };
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return given.to_owned();
    }
    let rest = rest.strip_prefix("ugd/").unwrap_or(rest);
    let id = rest.split(['/', '#']).next().unwrap_or_default();
    let decoded = uri::decode_component(id.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Area;

    #[test]
    fn file_id_of_media_url_returns_its_id() {
        for (given, id) in [
            ("a~mv2.jpg", "a~mv2.jpg"),
            (
                "wix:image://v1/a~mv2.jpg/river%20bank.jpg#originWidth=1&originHeight=2",
                "a~mv2.jpg",
            ),
            ("image://v1/a~mv2.jpg", "a~mv2.jpg"),
            ("wix:document://v1/ugd/a.pdf/price.pdf", "a.pdf"),
            ("wix:video://v1/a#posterUri=b", "a"),
            ("wix:image://v1/a%7Emv2.jpg", "a~mv2.jpg"),
            (
                "https://static.wixstatic.com/media/a.jpg",
                "https://static.wixstatic.com/media/a.jpg",
            ),
            ("", ""),
        ] {
            assert_eq!(file_id(given), id);
        }
    }

    #[test]
    fn file_with_stored_colors_has_their_text_if_they_are_an_object() {
        let mut file = File::new("a.jpg", "a.jpg", "media-root", Area::Site, 0);
        file.media_type = MediaType::Image;
        for (stored, is_shown) in [(r#"{"b":1,"a":[2.50]}"#, true), ("5", false), ("null", false)] {
            file.facts = format!(r#"{{"width":1,"height":2,"colors": {stored} }}"#);
            let text = json::text(&FileView::new(&file, "http://127.0.0.1", "site"));
            assert!(text.contains(r#""width":1"#), "{text}");
            assert_eq!(text.contains("colors"), is_shown, "{text}");
            assert_eq!(text.contains(&format!(r#""colors":{stored}"#)), is_shown, "{text}");
        }
    }
}
