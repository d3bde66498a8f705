//! The settings of a bucket.

use super::reader::Reader;
use super::{BlobsPlace, Place, Wrong};

impl Reader<'_> {
    /// The bucket with the bytes, if they are not in the directory.
    pub(super) fn bucket(&self) -> Result<Option<wix_media_s3::Settings>, Wrong> {
        let Some(text) = self.text("bucket")? else {
            let needs = || Wrong(format!("{} needs --bucket URL", self.place("bucket-style")));
            return self.text("bucket-style")?.map_or(Ok(None), |_| Err(needs()));
        };
        let mut bucket = wix_media_s3::Settings::new(&text, self.environment).map_err(|wrong| self.wrong(&wrong))?;
        if let Some(is_path) = self.choice("bucket-style", &[("path", true), ("host", false)])? {
            bucket.path_style = is_path;
        }
        Ok(Some(bucket))
    }

    /// Whether callers get the bytes of files from the bucket, which is then told its address for them.
    pub(super) fn redirects_downloads(&self, place: &mut Place) -> Result<bool, Wrong> {
        let redirects = self
            .choice("downloads", &[("proxy", false), ("redirect", true)])?
            .unwrap_or(false);
        let bucket = match &mut place.blobs {
            BlobsPlace::Bucket(bucket) => Some(bucket),
            BlobsPlace::Directory(_) => None,
        };
        if redirects && bucket.is_none() {
            return Err(Wrong(format!(
                "{} redirect needs --bucket URL: a directory sends nothing by itself",
                self.place("downloads")
            )));
        }
        if let Some(text) = self.text("bucket-public-url")? {
            let place = self.place("bucket-public-url");
            let Some(bucket) = bucket.filter(|_| redirects) else {
                return Err(Wrong(format!("{place} needs --downloads redirect")));
            };
            bucket.set_public_url(&text).map_err(|wrong| self.wrong(&wrong))?;
        }
        Ok(redirects)
    }

    fn wrong(&self, wrong: &wix_media_s3::Wrong) -> Wrong {
        let place = match wrong.name {
            setting @ ("bucket" | "bucket-public-url") => self.place(setting),
            variable => variable.to_owned(),
        };
        Wrong(format!(
            "invalid {place}: expected {}, found {}",
            wrong.expected, wrong.found
        ))
    }
}
