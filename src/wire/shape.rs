//! Shapes: where JSON text holds values whose JavaScript form differs from their REST form.

use crate::model::media::Medium;

/// The value expected at one place of a JSON text. Arrays are transparent: an array at any level stands for each of its
/// items, as in the official SDK (`contract/sdk-behaviour.md` section 2).
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything; only the names `id`, `createdDate` and `updatedDate` change.
    Any,
    /// An object; members that are not named are `Any`.
    Object(&'static [(&'static str, Shape)]),
    /// An ISO 8601 string in REST, a `Date` in JavaScript.
    Date,
    /// A number that REST writes as a string when it is NaN or infinite.
    Float,
    /// A media object in REST, a `wix:` string in JavaScript.
    Medium(Medium),
}
