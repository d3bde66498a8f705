//! Temporary links: signed URLs of files that expire.

use super::static_media::bytes_until;
use super::streams::stream_url;
use super::{file_at, missing, refused};
use crate::manager::http::disposition::{disposition, header_safe};
use crate::manager::http::error::{Outcome, Refusal, Violation};
use crate::manager::http::message::{Head, Response, query_parameter, segments};
use crate::manager::http::validate::Fields;
use crate::manager::inspect::Facts;
use crate::manager::items::files;
use crate::manager::items::transcodes::poster_name;
use crate::manager::token;
use crate::manager::tx::{Context, View};
use crate::manager::view::{self, poster_id, poster_path, rendition_path, renditions};
use crate::model::media_type::{self, MediaType};
use serde_json::{Value, json};

/// The path prefix of temporary links.
pub(crate) const LINKS: &str = "/download-files";

pub(crate) const LINK_AUDIENCE: &str = "urn:service:file.download";

pub(crate) fn file_download_url(view: &View<'_>, fields: &Fields) -> Outcome<Value> {
    let file = files::file(view, fields.text("fileId").unwrap_or_default())?;
    let keys = fields
        .texts("assetKeys")
        .filter(|keys| !keys.is_empty())
        .unwrap_or_else(|| vec!["src"]);
    let minutes = fields.number("expirationInMinutes").unwrap_or(600);
    let issued = view.now / 1000;
    let inline = fields.text("contentDisposition") == Some("INLINE");
    let asked_name = fields.text("downloadFileName").filter(|name| !name.is_empty());
    let facts = Facts::from_json(&file.facts);
    let mut urls = Vec::new();
    for key in keys {
        let poster = (0..facts.posters.len()).find(|&number| poster_name(number) == key);
        let known = match file.media_type {
            MediaType::Video => {
                key == "hls"
                    || poster.is_some()
                    || key
                        .strip_suffix(".mp4")
                        .is_some_and(|name| renditions(&facts).contains(&name))
            }
            MediaType::Audio => key == "320kbs.mp3",
            _ => false,
        };
        if key != "src" && !known {
            return Err(Refusal::code(
                400,
                "INVALID_ASSET_KEY",
                format!("this file has no asset {key}"),
            ));
        }
        if key == "hls" {
            let url = stream_url(view.context, &file, "HLS", minutes);
            urls.push(json!({ "url": url, "assetKey": key }));
            continue;
        }
        let quality = key.strip_suffix(".mp4").filter(|_| !facts.renditions.is_empty());
        let (path, own_name) = match (poster, quality) {
            (Some(number), _) => (poster_path(&file.id, number), poster_id(&file.id, number)),
            (None, Some(quality)) => {
                let name = format!("{}-{key}", stem(&file.name));
                (rendition_path(&file.id, quality), name)
            }
            (None, None) => (view::path(&file), file.name.clone()),
        };
        let name = asked_name.unwrap_or(&own_name);
        let kind = if inline { "inline" } else { "attachment" };
        let mut claims = json!({
            "iss": format!("urn:app:{}", app(view.context)), "sub": format!("urn:app:{}", app(view.context)),
            "aud": [LINK_AUDIENCE], "jti": view.ids.guid(),
            "iat": issued, "exp": issued + minutes * 60 + 10,
            "obj": [[{ "path": path }]],
            "dis": { "filename": name, "type": kind },
        });
        if let Some(redirect) = fields.text("expirationRedirectUrl") {
            if !redirect.starts_with("http://") && !redirect.starts_with("https://") {
                let field = "expirationRedirectUrl";
                return Err(Violation::new(field, "FORMAT", "must be a web URL").into());
            }
            claims["red"] = redirect.into();
        }
        let token = token::sign(view.secret, &claims);
        let url = format!("{}{LINKS}{path}?token={token}", view.base);
        urls.push(json!({ "url": url, "assetKey": key }));
    }
    Ok(json!({ "downloadUrls": urls }))
}

/// Returns a name without its extension.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Returns the 32 hexadecimal digits that identify the site to apps.
pub(crate) fn app(context: &Context<'_>) -> String {
    let mut digits: String = context
        .options
        .site_id
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    digits.truncate(32);
    digits
}

pub(crate) fn link(view: &View<'_>, head: &Head, path: &str) -> Outcome<Response> {
    let forbidden = || refused(403, "Invalid or tampered link.");
    let token = query_parameter(&head.query, "token").unwrap_or_default();
    let claims = token::verify(view.secret, &token).ok_or_else(forbidden)?;
    if claims["aud"] != json!([LINK_AUDIENCE]) || claims["obj"][0][0]["path"] != path {
        return Err(forbidden());
    }
    let until = claims["exp"].as_i64().unwrap_or(0) * 1000;
    if until <= view.now {
        if let Some(redirect) = claims["red"].as_str() {
            return Ok(Response::new(302).with("Location", header_safe(redirect)));
        }
        return Err(refused(403, "This link has expired."));
    }
    let segments = segments(path).ok_or_else(missing)?;
    let file = file_at(view, &segments)?.ok_or_else(missing)?;
    let name = claims["dis"]["filename"].as_str().unwrap_or(&file.name);
    let kind = claims["dis"]["type"].as_str().unwrap_or("attachment");
    let by_name = media_type::extension(name).and_then(|extension| media_type::mime_of_extension(&extension));
    let mime = by_name.unwrap_or(&file.mime).to_owned();
    let disposition = disposition(kind, name);
    let response = bytes_until(&file, head, &mime, Some(until))?;
    Ok(response
        .with("Content-Disposition", disposition)
        .with("Cache-Control", "private, no-store"))
}
