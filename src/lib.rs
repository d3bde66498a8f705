//! The core of the npm package `wix-media.v2`: the Wix Media Manager API, compiled to WebAssembly.
//!
//! A tour of the modules, each of which imports only those above it:
//!
//! - [`wire`]: the text on the wire, as JSON, URIs and dates.
//! - [`model`]: values that both ends share, such as media types, `wix:` strings and system folders.
//! - [`operations`]: the table of all calls, from which most other code and documentation follows.
//! - [`client`]: builds requests, decodes answers, decides on retries.
//! - [`resumable`]: decides the next step of a resumable upload.
//! - `images` (feature `images`): decodes, transforms and encodes images. The feature `tiff` adds TIFF, and CMYK through its
//!   profile, `svg` adds SVG, and `jxl` adds JPEG XL.
//! - `catalog` and `blobs` (feature `manager`): where the embedded Media Manager stores metadata and bytes.
//! - `manager` (feature `manager`): the embedded Media Manager, which answers the API's requests.
//! - `sdk` (feature `sdk`): typed calls and results for Rust programs.
//! - `js`: the bindings of each WebAssembly module to JavaScript.
//!
//! | Feature | What it adds |
//! | --- | --- |
//! | `sdk` | typed calls, results and errors, and a client over any HTTP library |
//! | `reqwest` | a transport for that client, natively and in pages |
//! | `manager` | the embedded Media Manager |
//! | `images` | decoding, transforms and encoding of images; `jxl`, `svg` and `tiff` add formats |
//! | `client` (default), `transfers` | the WebAssembly modules of the npm package |
//!
//! Rust programs turn the default features off.
//!
//! Only `js` uses JavaScript. Nothing opens a socket, and the manager takes its clock and its randomness from the host. So
//! the crate behaves the same in a browser, in Node and in a native test.
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

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "manager")]
pub mod blobs;
#[cfg(feature = "manager")]
pub mod catalog;
pub mod client;
#[cfg(any(feature = "manager", feature = "pixels"))]
pub mod images;
#[cfg(feature = "manager")]
pub mod manager;
pub mod model;
pub mod operations;
pub mod resumable;
#[cfg(feature = "sdk")]
pub mod sdk;
pub mod wire;

#[cfg(any(
    feature = "client",
    feature = "pixels",
    feature = "transfers",
    all(feature = "manager", target_arch = "wasm32")
))]
pub mod js;
