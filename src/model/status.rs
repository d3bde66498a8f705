//! The processing status of a file (`docs/contract/model.md#s3`).

use super::spelled::spelled;

spelled! {
    /// How far the service has processed a file: the API's enum `OperationStatus`.
    ///
    /// ```
    /// use wix_media::model::status::Status;
    ///
    /// assert_eq!(Status::Ready.as_str(), "READY");
    /// assert_eq!(Status::parse("PENDING"), Some(Status::Pending));
    /// assert_eq!(Status::parse("pending"), None);
    /// ```
    pub enum Status {
        /// Processing ended without a usable file.
        Failed = "FAILED",
        /// The file can be served.
        Ready = "READY",
        /// The bytes have arrived and processing goes on.
        Pending = "PENDING",
    }
}
