//! Times of the service.

use crate::wire::date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::{Duration, SystemTime};

/// A time as the service writes it: `2024-01-05T10:11:12.000Z`.
///
/// It keeps the text, so that it has every digit, and any date library can parse it.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use wix_media::sdk::Timestamp;
///
/// let time = Timestamp::from("1970-01-02T00:00:00.5Z");
/// assert_eq!(time.milliseconds(), Some(86_400_500));
/// assert_eq!(time.to_system_time(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(86_400_500)));
/// assert_eq!(time.as_str(), "1970-01-02T00:00:00.5Z");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the milliseconds since 1970, `None` for times before it and for other forms of text.
    pub fn milliseconds(&self) -> Option<u64> {
        date::milliseconds(self.0.as_bytes())
    }

    /// Returns the time, `None` where [`milliseconds`](Timestamp::milliseconds) does.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(self.milliseconds()?))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Timestamp {
        Timestamp(text.to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
