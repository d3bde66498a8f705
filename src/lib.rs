//! The Wix Media Manager API as a Rust crate compiled to WebAssembly: the core of the npm package `wix-media.v2`.
//!
//! A tour, from the inside out:
//!
//! - [`operations`] is the table of all calls; everything else reads it.
//! - [`model`] holds the values that both ends share: media types, `wix:` strings, system folders.
//! - [`wire`] is text on the wire: JSON, URIs, dates.
//! - [`client`] makes a request of arguments, and a result or failure of an answer.
//! - [`resumable`] decides what a resumable upload does next.
//! - `js` holds the bindings of each WebAssembly module to JavaScript.
//! - `images` (feature `images`) makes pictures of pictures, and finds their colours.
//! - `catalog`, `blobs` and `manager` (feature `manager`) are the embedded Media Manager, the other end of the wire.
//!
//! The core knows nothing of JavaScript, sockets, clocks or randomness: it is the same in a browser, in Node and in a
//! native test.
//!
//! ```
//! use wix_media::client::{packed::PackedOperation, request};
//!
//! let list_files = PackedOperation::named("files", "listFiles").unwrap();
//! let arguments = br#"{"0":{"mediaTypes":["IMAGE","VIDEO"],"paging":{"limit":10}}}"#;
//! let request = request::build(&list_files, arguments, "https://www.wixapis.com").unwrap();
//! assert_eq!(
//!     request.url,
//!     "https://www.wixapis.com/site-media/v1/files?mediaTypes=IMAGE&mediaTypes=VIDEO&paging.limit=10"
//! );
//! ```

#[cfg(feature = "manager")]
pub mod blobs;
#[cfg(feature = "manager")]
pub mod catalog;
pub mod client;
#[cfg(any(feature = "images", feature = "manager"))]
pub mod images;
#[cfg(feature = "manager")]
pub mod manager;
pub mod model;
pub mod operations;
pub mod resumable;
pub mod wire;

#[cfg(any(
    feature = "client",
    feature = "images",
    feature = "transfers",
    all(feature = "manager", target_arch = "wasm32")
))]
pub mod js;
