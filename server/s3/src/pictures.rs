//! Pictures that were made of blobs, and are kept beside them.
//!
//! They are objects `pictures/BLOB/NAME` below the prefix. None is needed: what is missing is made again. They go with their blob,
//! and otherwise by age. A lifecycle rule may delete them earlier.

use crate::bucket::Bucket;
use bytes::Bytes;
use std::io::Result;
use std::time::{Duration, SystemTime};
use wix_media::blobs::check_id;

/// The most pictures that are kept of one blob: anyone may request any size of a public picture.
const MAX_PER_BLOB: usize = 100;

/// The most bytes of a picture that is kept.
const MAX_PICTURE_SIZE: u64 = 16 << 20;

/// A picture that was made of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The type of the bytes, such as `image/webp`.
    pub mime: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl Bucket {
    /// Returns the picture that is kept of a blob under a name. A bucket that has not answered after `time` fails with
    /// [`TimedOut`](std::io::ErrorKind::TimedOut): making a picture again is faster than other requests may be.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use wix_media_s3::{Bucket, Picture, Settings};
    ///
    /// let bucket = Bucket::open(&Settings::new("s3://media", &|name| std::env::var(name).ok())?)?;
    /// let picture = Picture { mime: "image/png".to_owned(), bytes: vec![1, 2].into() };
    /// if bucket.put_picture("b1", "small", &picture)? {
    ///     assert_eq!(bucket.picture("b1", "small", Duration::from_secs(3))?, Some(picture));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn picture(&self, blob: &str, name: &str, time: Duration) -> Result<Option<Picture>> {
        let path = self.remote().picture(check(blob)?, check(name)?);
        let found = self.remote().get_typed(path, MAX_PICTURE_SIZE, time)?;
        Ok(found.map(|(mime, bytes)| Picture { mime, bytes }))
    }

    /// Keeps a picture of a complete blob. Returns whether it did: neither a large picture, nor one of a blob that has many or is
    /// removed, is kept.
    pub fn put_picture(&self, blob: &str, name: &str, picture: &Picture) -> Result<bool> {
        let remote = self.remote();
        let path = remote.picture(check(blob)?, check(name)?);
        if picture.bytes.len() as u64 > MAX_PICTURE_SIZE || self.pictures_of(blob, MAX_PER_BLOB)?.len() >= MAX_PER_BLOB
        {
            return Ok(false);
        }
        remote.put_typed(path.clone(), picture.bytes.clone(), &picture.mime)?;
        // `remove` deletes the blob first, and lists its pictures then. So it finds this one, or the blob is missing here.
        if remote.head(remote.complete(blob))?.is_none() {
            remote.delete(path)?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Removes the pictures that were kept more than `age` ago. Returns how many there were.
    pub fn remove_old_pictures(&self, age: Duration) -> Result<u64> {
        let Some(until) = SystemTime::now().checked_sub(age) else {
            return Ok(0);
        };
        let old = self.remote().list_older(self.remote().pictures(), until)?;
        let count = old.len() as u64;
        for path in old {
            self.remote().delete(path)?;
        }
        Ok(count)
    }

    /// Removes all pictures of a blob.
    pub(crate) fn remove_pictures(&self, blob: &str) -> Result<()> {
        for name in self.pictures_of(blob, usize::MAX)? {
            self.remote().delete(self.remote().picture(blob, &name))?;
        }
        Ok(())
    }

    /// The names of the pictures of a blob, so many at most.
    fn pictures_of(&self, blob: &str, limit: usize) -> Result<Vec<String>> {
        let folder = self.remote().pictures_of(blob);
        self.remote().list(folder, None, limit, |name| Some(name.to_owned()))
    }
}

/// Neither part of a path may lead elsewhere.
fn check(part: &str) -> Result<&str> {
    check_id(part).map(|()| part)
}
