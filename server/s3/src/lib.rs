//! The bytes of the Wix Media Manager in an S3 bucket.
//!
//! [`Bucket`] implements [`Blobs`](wix_media::blobs::Blobs) for every store that speaks the S3 protocol with conditional writes.
//! Processes share a bucket without talking to each other.
//!
//! # The life of a blob
//!
//! | State | Objects below the prefix | What a crash leaves |
//! |---|---|---|
//! | open, nothing synced | none: the bytes are in memory | nothing |
//! | open | `blobs/ID/state`, which names the multipart upload, its parts, and the segments behind them; `blobs/ID/START-RANDOM`, a segment each | the state that was synced last |
//! | complete | `blobs/ID/bytes` | perhaps the objects of the open blob too, which do not count any more |
//!
//! - `pictures/ID/NAME` is a picture that was made of a complete blob. It is removed after the blob, or by age.
//! - A blob is cut into parts of 8 MiB. Two parts are sent while the next one is received. What a request leaves behind the last whole part is
//!   written as a segment, an immutable object that is read back when the blob continues.
//! - A blob of one part at most is one `PutObject` when it is complete. A larger one is a multipart upload. Its ETag, where it
//!   is an MD5, and its size are compared with those of the parts before the blob counts as complete.
//! - `blobs/ID/state` is only replaced on the condition that its ETag is the one that was seen last, and contains a random
//!   holder and the epoch of the catalog. A request that another process has overtaken thus changes nothing any more.
//! - No object is deleted before its successor is recorded.
//!
//! # Calls that block
//!
//! The calls of `Blobs` are synchronous and wait for the bucket. The caller makes them on threads that may block. The requests
//! themselves run on a small runtime of the bucket, so that they go on whatever thread waits for them.

mod bucket;
mod buffer;
mod draft;
mod manifest;
mod pictures;
mod reading;
mod remote;
mod room;
mod settings;
mod trial;

pub use bucket::Bucket;
pub use pictures::Picture;
pub use room::Room;
pub use settings::{Settings, Wrong};
pub use trial::Trial;
