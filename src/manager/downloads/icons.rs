//! Icons of media types, for files without a thumbnail.

use crate::manager::http::body::Body;
use crate::manager::http::message::Response;

/// Returns the icon of a media type, as SVG.
pub(crate) fn icon_of(name: &str) -> Option<Response> {
    let label = match name {
        "image" => "IMG",
        "vector" => "SVG",
        "video" => "VID",
        "audio" => "SND",
        "document" => "DOC",
        "archive" => "ZIP",
        "model3d" => "3D",
        "other" | "unknown" => "BIN",
        _ => return None,
    };
    let drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"256\" height=\"256\" viewBox=\"0 0 256 256\">\
         <path fill=\"#e8eef4\" stroke=\"#5b7083\" stroke-width=\"6\" d=\"M56 24h100l44 44v164H56z\"/>\
         <text x=\"128\" y=\"160\" font-family=\"sans-serif\" font-size=\"52\" text-anchor=\"middle\" fill=\"#5b7083\">\
         {label}</text></svg>"
    );
    let response = Response::new(200).with("Content-Type", "image/svg+xml");
    Some(
        response
            .with("Cache-Control", "public, max-age=15552000, immutable")
            .with_body(Body::bytes(drawing)),
    )
}
