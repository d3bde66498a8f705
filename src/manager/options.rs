//! What a manager can be told.

/// Settings of a [`Manager`](super::Manager).
///
/// ```
/// use wix_media::manager::Options;
///
/// let options = Options { base_url: Some("http://127.0.0.1:4410".into()), ..Options::default() };
/// assert_eq!(options.quota, None);
/// assert_eq!(options.limit("IMAGE"), 25_000_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The id of the site, which descriptors carry.
    pub site_id: String,
    /// What the URLs in answers begin with. Without it they follow the header `Host` of each request.
    pub base_url: Option<String>,
    /// The largest file of each media type in bytes (choice U30). A type that is not here has no limit.
    pub limits: Vec<(String, u64)>,
    /// The most bytes that all files together may have.
    pub quota: Option<u64>,
    /// How long a file of a media type is pending after its last byte, in milliseconds (choice U33).
    pub pending: Vec<(String, i64)>,
}

impl Default for Options {
    fn default() -> Options {
        let limits = [
            ("IMAGE", 25_000_000),
            ("VECTOR", 25_000_000),
            ("AUDIO", 360_000_000),
            ("VIDEO", 15_000_000_000),
            ("DOCUMENT", 1_000_000_000),
            ("ARCHIVE", 1_000_000_000),
            ("OTHER", 1_000_000_000),
            ("MODEL3D", 50_000_000),
        ];
        Options {
            site_id: "00000000-0000-4000-8000-000000000000".to_owned(),
            base_url: None,
            limits: limits.map(|(name, limit)| (name.to_owned(), limit)).to_vec(),
            quota: None,
            pending: vec![("VIDEO".to_owned(), 500), ("AUDIO".to_owned(), 200)],
        }
    }
}

impl Options {
    /// The largest file of a media type.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// assert_eq!(Options::default().limit("MODEL3D"), 50_000_000);
    /// ```
    pub fn limit(&self, media_type: &str) -> u64 {
        let found = self.limits.iter().find(|(name, _)| name == media_type);
        found.map_or(u64::MAX, |(_, limit)| *limit)
    }

    /// How long a file of a media type is pending.
    ///
    /// ```
    /// # use wix_media::manager::Options;
    /// assert_eq!(Options::default().pending("VIDEO"), 500);
    /// ```
    pub fn pending(&self, media_type: &str) -> i64 {
        let found = self.pending.iter().find(|(name, _)| name == media_type);
        found.map_or(0, |(_, time)| *time)
    }
}
