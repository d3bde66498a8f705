//! A webhook: a URL that receives events.

use crate::manager::json::Texts;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A URL that receives events.
///
/// ```
/// use wix_media::manager::Webhook;
///
/// let webhook = Webhook { url: "https://example.com/events".into(), events: vec!["file_ready".into()] };
/// assert!(webhook.wants("wix.media.site_media.v1.file_descriptor", "file_ready"));
/// assert!(!webhook.wants("wix.media.site_media.v1.folder", "created"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The URL that receives the events.
    #[serde(deserialize_with = "web_url")]
    pub url: String,
    /// The events to send, as `file_ready` or `folder_created`, or as whole event types. An empty list means all.
    #[serde(default, deserialize_with = "texts")]
    pub events: Vec<String>,
}

impl Webhook {
    /// Returns whether the webhook receives the events of this entity and slug.
    ///
    /// ```
    /// # use wix_media::manager::Webhook;
    /// assert!(Webhook::default().wants("wix.media.site_media.v1.folder", "created"));
    /// ```
    pub fn wants(&self, entity: &str, slug: &str) -> bool {
        let kind = if entity.ends_with(".folder") { "folder" } else { "file" };
        let short = slug
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix('_'))
            .unwrap_or(slug);
        let fits = |name: &String| {
            name.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_')) == Some(short)
                || *name == event_type(entity, slug)
        };
        self.events.is_empty() || self.events.iter().any(fits)
    }
}

fn web_url<'de, D: Deserializer<'de>>(given: D) -> Result<String, D::Error> {
    let url = String::deserialize(given)?;
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(D::Error::custom("must begin with https:// or http://"));
    }
    Ok(url)
}

fn texts<'de, D: Deserializer<'de>>(given: D) -> Result<Vec<String>, D::Error> {
    let texts = Option::<Texts>::deserialize(given)?;
    Ok(texts.unwrap_or_default().0)
}

/// Returns the whole type of an event.
pub(crate) fn event_type(entity: &str, slug: &str) -> String {
    format!("{entity}_{slug}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_accepts_short_names_and_whole_event_types() {
        let (file, folder) = (
            "wix.media.site_media.v1.file_descriptor",
            "wix.media.site_media.v1.folder",
        );
        for (name, entity, slug, wanted) in [
            ("file_ready", file, "file_ready", true),
            ("file_updated", file, "updated", true),
            ("file_updated", folder, "updated", false),
            ("folder_updated", folder, "updated", true),
            ("updated", file, "updated", false),
            (
                "wix.media.site_media.v1.file_descriptor_file_ready",
                file,
                "file_ready",
                true,
            ),
            ("wix.media.site_media.v1.folder_deleted", folder, "deleted", true),
            ("wix.media.site_media.v1.folder_deleted", file, "deleted", false),
        ] {
            let webhook = Webhook {
                url: String::new(),
                events: vec![name.to_owned()],
            };
            assert_eq!(webhook.wants(entity, slug), wanted, "{name} {slug}");
        }
    }
}
