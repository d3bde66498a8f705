//! What a request says about its site, before anything is looked up.

use crate::site_key;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::Value;
use wix_media::manager::Head;

/// The paths of the API and of the commands, whose callers name the site by their credentials.
pub(super) const API: &str = "/site-media/";
const COMMANDS: &str = "/_wix-media/";
const UPLOADS: &str = "/upload/";
const TUS: &str = "/upload/tus";

/// The digits of the prefix of a site, in front of `_`.
const PREFIX_LEN: usize = 6;

/// The site of a request, as far as it says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// By a key, whose text this is, and by the header, which must agree.
    Key(String, Option<String>),
    /// By its id: in a token, or in the header.
    Id(String),
    /// By the path of something that everybody may read or fill who knows it: by the host, else by the prefix.
    Path(Option<String>),
}

/// Reads what a request says. Nothing is verified: the manager of the site does that with the site's own key.
pub(super) fn named(head: &Head) -> Named {
    let header = head.header("wix-site-id").map(str::trim).filter(|id| !id.is_empty());
    let header = header.map(str::to_owned);
    let credential = credential(head);
    if site_key::is_key(credential) {
        return Named::Key(credential.to_owned(), header);
    }
    let is_of_caller = head.path.starts_with(API) || head.path.starts_with(COMMANDS);
    let token = if is_of_caller {
        site_of_token(credential)
    } else {
        upload_token(head).and_then(|token| site_of_token(&token))
    };
    if let Some(id) = token {
        return Named::Id(id);
    }
    match header {
        Some(id) => Named::Id(id),
        None if is_of_caller => Named::Path(None),
        None => Named::Path(prefix(&head.path)),
    }
}

/// The credential of a request, without its scheme.
pub(super) fn credential(head: &Head) -> &str {
    let text = head.header("authorization").unwrap_or_default().trim();
    match text.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim_start(),
        _ => text,
    }
}

/// The token of an upload: in the path, or in the metadata of a resumable one.
fn upload_token(head: &Head) -> Option<String> {
    if head.path == TUS {
        let metadata = head.header("upload-metadata")?;
        let pair = metadata
            .split(',')
            .find_map(|pair| pair.trim().strip_prefix("token "))?;
        return String::from_utf8(Base64::decode_vec(pair.trim()).ok()?).ok();
    }
    let rest = head.path.strip_prefix(UPLOADS)?;
    Some(rest.strip_prefix("tus/").unwrap_or(rest).to_owned())
}

/// The site that the claims of a token name.
fn site_of_token(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&Base64UrlUnpadded::decode_vec(claims).ok()?).ok()?;
    Some(claims["site"].as_str()?.to_owned())
}

/// The prefix of the first id in a path.
fn prefix(path: &str) -> Option<String> {
    path.split('/').find_map(|segment| {
        let (digits, rest) = segment.split_at_checked(PREFIX_LEN)?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (rest.starts_with('_') && digits.bytes().all(is_hex)).then(|| digits.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wix_media::manager::Request;

    fn token(site: &str) -> String {
        let claims = Base64UrlUnpadded::encode_string(format!(r#"{{"site":"{site}"}}"#).as_bytes());
        format!("e30.{claims}.c2ln")
    }

    #[test]
    fn site_is_named_by_key_then_token_then_header_then_path() {
        let of = |path: &str, headers: &[(&str, &str)]| {
            let request = headers
                .iter()
                .fold(Request::new("GET", path), |request, (name, value)| {
                    request.header(name, value)
                });
            named(&request.head)
        };
        let id = |id: &str| Named::Id(id.to_owned());
        let prefix = |prefix: &str| Named::Path(Some(prefix.to_owned()));
        let (api, of_b) = ("/site-media/v1/files", token("b"));
        let key = |header: Option<&str>| Named::Key("wms_x".to_owned(), header.map(str::to_owned));
        assert_eq!(of(api, &[("Authorization", "wms_x")]), key(None));
        assert_eq!(
            of(api, &[("Authorization", "Bearer wms_x"), ("wix-site-id", " a ")]),
            key(Some("a"))
        );
        assert_eq!(of(api, &[("Authorization", &of_b), ("wix-site-id", "a")]), id("b"));
        assert_eq!(of(api, &[("Authorization", "other"), ("wix-site-id", "a")]), id("a"));
        assert_eq!(
            of(&format!("{api}/00abc1_x"), &[]),
            Named::Path(None),
            "ids of the API name no site"
        );
        assert_eq!(of("/_wix-media/events", &[]), Named::Path(None));
        assert_eq!(of(&format!("/upload/{of_b}"), &[]), id("b"));
        assert_eq!(of(&format!("/upload/tus/{of_b}"), &[]), id("b"));
        let metadata = format!("filename YQ==,token {}", Base64::encode_string(of_b.as_bytes()));
        assert_eq!(of("/upload/tus", &[("Upload-Metadata", &metadata)]), id("b"));
        assert_eq!(of("/upload/tus/00abc1_f0", &[]), prefix("00abc1"));
        assert_eq!(
            of("/media/00abc1_f0~mv2.png/v1/fit/w_1,h_1/a.png", &[]),
            prefix("00abc1")
        );
        assert_eq!(of("/download-files/media/00abc1_f0.bin?token=x", &[]), prefix("00abc1"));
        for path in [
            "/media/00ABC1_f0",
            "/media/00abc1",
            "/media/00abcg_f",
            "/media/\u{e4}\u{e4}\u{e4}_x",
            "/",
        ] {
            assert_eq!(of(path, &[]), Named::Path(None), "{path}");
        }
    }
}
