//! Why an image cannot be transformed.

use std::fmt;

/// An error with the HTTP status that answers it.
///
/// ```
/// use wix_media::images::url::Transform;
///
/// let error = Transform::parse(&["fit", "w_0,h_300", "river.jpg"]).unwrap_err();
/// assert_eq!(error.status, 400);
/// assert_eq!(error.to_string(), "invalid w_0: expected a whole number from 1 to 5000");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// 400 for invalid values, 403 for unknown methods, 413 for images that are too large, 415 for types that cannot be
    /// decoded, and 422 for damaged images.
    pub status: u16,
    /// What was expected, and what was found.
    pub message: String,
    /// The module that is missing: the name of the feature of this crate, and of the file of the package.
    pub missing: Option<&'static str>,
}

impl Error {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            missing: None,
        }
    }

    /// What the image needs is not compiled in.
    #[cfg(feature = "pixels")]
    pub(super) fn missing(subject: &str, part: &'static str) -> Self {
        let message =
            format!("unsupported image: {subject} needs the feature {part}, in the package the file {part}.wasm");
        Self {
            missing: Some(part),
            ..Self::new(415, message)
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    #[cfg(feature = "pixels")]
    pub(super) fn too_large(limit: &str) -> Self {
        Self::new(413, format!("image too large: expected {limit}"))
    }

    #[cfg(feature = "pixels")]
    pub(super) fn decode(reason: impl fmt::Display) -> Self {
        Self::new(422, format!("cannot decode the image: {reason}"))
    }

    #[cfg(feature = "images")]
    pub(super) fn encode(reason: impl fmt::Display) -> Self {
        Self::new(422, format!("cannot encode the image: {reason}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
