//! The settings of a bucket.

use super::reader::Reader;
use super::{BlobsPlace, Place, Wrong};

impl Reader<'_> {
    /// The bucket with the bytes, if they are not in the directory.
    pub(super) fn bucket(&self) -> Result<Option<wix_media_s3::Settings>, Wrong> {
        let style = self.text("bucket-style")?;
        let Some(text) = self.text("bucket")? else {
            let needs = || Wrong(format!("{} needs --bucket URL", self.place("bucket-style")));
            return style.map_or(Ok(None), |_| Err(needs()));
        };
        let mut bucket = wix_media_s3::Settings::new(&text, self.environment).map_err(|wrong| self.wrong(&wrong))?;
        match style.as_deref() {
            None => {}
            Some("path") => bucket.path_style = true,
            Some("host") => bucket.path_style = false,
            Some(found) => {
                let place = self.place("bucket-style");
                return Err(Wrong(format!("invalid {place}: expected path or host, found {found}")));
            }
        }
        Ok(Some(bucket))
    }

    /// Whether callers get the bytes of files from the bucket, which is then told its address for them.
    pub(super) fn redirects_downloads(&self, place: &mut Place) -> Result<bool, Wrong> {
        let redirects = match self.text("downloads")?.as_deref() {
            None | Some("proxy") => false,
            Some("redirect") => true,
            Some(found) => {
                let place = self.place("downloads");
                return Err(Wrong(format!(
                    "invalid {place}: expected proxy or redirect, found {found}"
                )));
            }
        };
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
