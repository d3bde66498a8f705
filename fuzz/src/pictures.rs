//! Pictures and the URLs that transform them.

use wix_media::images::url::Transform;
use wix_media::images::{self, colors, dimensions};

/// The bytes of a picture. If it has dimensions, its thumbnail is no larger than requested.
pub fn picture(data: &[u8]) {
    let thumbnail = Transform::parse(&["fit", "w_16,h_16", "a.webp"]).expect("a transform");
    _ = colors(data);
    if dimensions(data).is_ok_and(|found| u64::from(found.width) * u64::from(found.height) > 4_000_000) {
        return;
    }
    if let Ok(made) = images::transform(data, &thumbnail, "") {
        let made = dimensions(&made.bytes).expect("the dimensions of a result");
        assert!(made.width <= 16 && made.height <= 16, "{made:?}");
    }
}

/// The segments of a transform's URL, one a line.
pub fn transform(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let segments: Vec<&str> = text.lines().collect();
    if let Ok(transform) = Transform::parse(&segments) {
        _ = (transform.fixed_format("image/webp"), transform.variant("image/avif"));
        _ = images::frame::Frame::of(&transform, 640, 480);
    }
}
