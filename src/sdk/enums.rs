//! The enums of the API. Each has a variant for values that this version does not know, so that a new value of the service
//! breaks no program.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Declares an enum with its spellings.
macro_rules! open_enums {
    ($(
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $($(#[$note:meta])* $variant:ident = $text:literal,)+
        }
    )+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$note])* $variant,)+
            /// A value that this version does not know.
            Unlisted(String),
        }

        impl $name {
            /// Returns the value as the API spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $text,)+
                    $name::Unlisted(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                match text {
                    $($text => $name::$variant,)+
                    _ => $name::Unlisted(text.to_owned()),
                }
            }
        }

        /// An empty text, which stands for a member that the service left out.
        impl Default for $name {
            fn default() -> $name {
                $name::Unlisted(String::new())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                String::deserialize(deserializer).map(|text| $name::from(&*text))
            }
        }
    )+

        /// Names and values, for comparison with the table.
        #[cfg(test)]
        const DECLARED: &[(&str, &[&str])] = &[$((stringify!($name), &[$($text),+]),)+];
    };
}

open_enums! {
    /// How a browser treats a temporary download link.
    pub enum ContentDisposition {
        /// Save it.
        Attachment = "ATTACHMENT",
        /// Show it.
        Inline = "INLINE",
    }

    /// The kind of identity that added a file.
    pub enum IdentityType {
        /// Not known.
        Unknown = "UNKNOWN",
        /// A visitor who was not logged in.
        AnonymousVisitor = "ANONYMOUS_VISITOR",
        /// A member of the site.
        Member = "MEMBER",
        /// A user of Wix.
        WixUser = "WIX_USER",
        /// An app.
        App = "APP",
    }

    /// The kind of a file.
    ///
    /// ```
    /// use wix_media::sdk::MediaType;
    ///
    /// assert_eq!(MediaType::from("IMAGE"), MediaType::Image);
    /// assert_eq!(MediaType::from("HOLOGRAM"), MediaType::Unlisted("HOLOGRAM".into()));
    /// ```
    pub enum MediaType {
        /// No media type was given.
        Unknown = "UNKNOWN",
        /// A raster image.
        Image = "IMAGE",
        /// A video.
        Video = "VIDEO",
        /// A sound.
        Audio = "AUDIO",
        /// A document.
        Document = "DOCUMENT",
        /// An SVG.
        Vector = "VECTOR",
        /// A compressed archive.
        Archive = "ARCHIVE",
        /// A 3D model.
        Model3d = "MODEL3D",
        /// A file of no other media type.
        Other = "OTHER",
        /// An icon; in results only.
        Icon = "ICON",
        /// A Flash animation; in results only.
        Flash = "FLASH",
        /// A font; in results only.
        Font = "FONT",
        /// A raw photograph; in results only.
        Raw = "RAW",
    }

    /// The processing status of a file.
    pub enum OperationStatus {
        /// It is being processed.
        Pending = "PENDING",
        /// It can be used.
        Ready = "READY",
        /// It could not be processed.
        Failed = "FAILED",
    }

    /// The scope of a search.
    pub enum RootFolder {
        /// Everything outside the trash and the uploads of visitors.
        MediaRoot = "MEDIA_ROOT",
        /// The trash.
        TrashRoot = "TRASH_ROOT",
        /// What visitors have uploaded.
        VisitorUploadsRoot = "VISITOR_UPLOADS_ROOT",
    }

    /// The direction of a sort.
    pub enum SortOrder {
        /// Smallest first.
        Ascending = "ASC",
        /// Largest first.
        Descending = "DESC",
    }

    /// Whether a file or folder is in the trash.
    pub enum State {
        /// It is in use.
        Ok = "OK",
        /// It is in the trash.
        Deleted = "DELETED",
    }

    /// The protocol of a stream.
    pub enum StreamFormat {
        /// Not known.
        Unknown = "UNKNOWN",
        /// HTTP Live Streaming.
        Hls = "HLS",
        /// MPEG-DASH.
        Dash = "DASH",
    }

    /// The protocol of a resumable upload.
    pub enum UploadProtocol {
        /// The open protocol of resumable uploads, tus.io.
        Tus = "TUS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::enums::ENUMS;
    use std::collections::BTreeSet;

    #[test]
    fn values_are_those_of_the_table() {
        for (name, values) in DECLARED {
            let row = ENUMS.iter().find(|row| row.name == *name);
            let expected: BTreeSet<_> = row.into_iter().flat_map(|row| row.values).collect();
            assert_eq!(values.iter().collect::<BTreeSet<_>>(), expected, "{name}");
        }
        // Lists and queries spell the order alike.
        let order = |name: &str| ENUMS.iter().find(|row| row.name == name).map(|row| row.values);
        assert_eq!(order("CommonSortOrder"), order("SortOrder"));
    }

    #[test]
    fn unknown_value_keeps_its_text() {
        let json = r#""LASER""#;
        let format: StreamFormat = serde_json::from_str(json).unwrap();
        assert_eq!(format, StreamFormat::Unlisted("LASER".to_owned()));
        assert_eq!(serde_json::to_string(&format).unwrap(), json);
    }
}
