//! The enums of the API: their values, and which function group exports them.

use super::Group;
use crate::model::media_type::MediaType;
use crate::model::status::Status;

/// An enum of the API: a closed set of upper-case strings for requests, an open one in answers (unknown values pass).
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The name under which JavaScript exports it.
    pub name: &'static str,
    /// The values, each also its own key.
    pub values: &'static [&'static str],
    /// The groups whose objects carry it.
    pub groups: &'static [Group],
}

const FILES: &[Group] = &[Group::Files];
const BOTH: &[Group] = &[Group::Files, Group::Folders];

/// Every enum, by name.
///
/// ```
/// use wix_media::operations::enums::CHOICES;
///
/// let root_folder = CHOICES.iter().find(|choice| choice.name == "RootFolder").unwrap();
/// assert_eq!(root_folder.values, ["MEDIA_ROOT", "TRASH_ROOT", "VISITOR_UPLOADS_ROOT"]);
/// ```
pub static CHOICES: [&Choice; 14] = [
    &APPLICATION,
    &COMMON_SORT_ORDER,
    &CONTENT_DISPOSITION,
    &IDENTITY_TYPE,
    &IMAGE_ANNOTATION_TYPE,
    &MEDIA_TYPE,
    &NAMESPACE,
    &OPERATION_STATUS,
    &ROOT_FOLDER,
    &SORT_ORDER,
    &STATE,
    &STREAM_FORMAT,
    &UPLOAD_PROTOCOL,
    &WEBHOOK_IDENTITY_TYPE,
];

/// Wix applications that add files; internal to Wix, passed through.
pub static APPLICATION: Choice = Choice {
    name: "Application",
    values: &[
        "UNKNOWN_APPLICATION",
        "ASCEND",
        "BLOG_IMPORTER",
        "BLOG_IMPORTER_NEW",
        "BRANDING",
        "CHAT",
        "CHAT_TEST",
        "COMMUNITIES",
        "COMMUNITIES_NEW",
        "CONTACTS",
        "DEVZAI",
        "DGS",
        "DGS_TEST",
        "DS_OLSH",
        "ENTERPRISE",
        "ENTERPRISE_PUBLIC_MEDIA",
        "EVENTS_LIVE_VIDEO",
        "FILE_SHARING_ONE_APP",
        "GET_FEEDBACK",
        "HACKATON_2022_YOAV",
        "HTML_EDITOR_GDPR",
        "LIGHTROOM_PLUGIN",
        "MARKETING_CAMPAIGN_CREATIVE_MORNINGS",
        "MEDIA_FOR_YOU_BO",
        "MEMBERS_AREA",
        "MOBILE_APPS_SERVER",
        "MULTICHANNEL_CAMPAIGNS",
        "PHOTO_ALBUMS",
        "PHOTO_STUDIO",
        "PIX_UNSPLASH",
        "PLATFORMIZED_SITE_MEDIA",
        "PMADMIN",
        "PMM_ADMIN",
        "PRODUCT_CLASSIFIER",
        "PRO_GALLERY",
        "PRO_GALLERY_EDITOR_WEBAPP",
        "REST",
        "REVIEWS_WIDGET",
        "ROUTER_SERVER",
        "SITE_FATHER",
        "STORES_POS",
        "VIDEO_AS_A_FUNNEL",
        "WIXCODE",
        "WIXMUSICWIZARD",
        "WIXPIX",
        "WIXPUBLICMEDIA",
        "WIXSTORES_APP",
        "WIXWIZ",
        "WIX_CHALLENGES",
        "WIX_CODE_EDITOR",
        "WIX_CODE_VIEWER",
        "WIX_ECOMMERCE_CATALOG_WEB",
        "WIX_FORM_BUILDER_WEB",
        "WIX_FORUM",
        "WIX_GROUPS_1",
        "WIX_GROUPS_2",
        "WIX_MEDIA_EDM",
        "WIX_MIGRATION_TOOL",
        "WIX_MIGRATION_TOOL_1",
        "WIX_NADLAN",
        "WIX_ONEAPP_MEMBERS",
        "WIX_ONE_APP",
        "WIX_RICH_CONTENT",
        "WIX_SITES_MIGRATOR",
        "WIX_STORES",
        "WIX_VIDEO",
        "WIX_ZAPIER",
        "HARMONY",
        "CLOUD_SITE_EXTENSION",
    ],
    groups: FILES,
};

/// Direction of the sort of a list or search.
pub static COMMON_SORT_ORDER: Choice = Choice {
    name: "CommonSortOrder",
    values: &["ASC", "DESC"],
    groups: BOTH,
};

/// What a browser does with a temporary download link (`contract/files-api.md` section 2).
pub static CONTENT_DISPOSITION: Choice = Choice {
    name: "ContentDisposition",
    values: &["ATTACHMENT", "INLINE"],
    groups: FILES,
};

/// Who added a file.
pub static IDENTITY_TYPE: Choice = Choice {
    name: "IdentityType",
    values: &["UNKNOWN", "ANONYMOUS_VISITOR", "MEMBER", "WIX_USER", "APP"],
    groups: FILES,
};

/// Kinds of machine annotation; internal to Wix, passed through.
pub static IMAGE_ANNOTATION_TYPE: Choice = Choice {
    name: "ImageAnnotationType",
    values: &[
        "UNKNOWN_IMAGE_ANNOTATION_TYPE",
        "CONTAINS_TEXT",
        "IS_ANIMATED",
        "FACES",
        "LABELS",
        "COLORS",
        "CAPTION",
        "COLOR_V2",
        "SITE_SECTION_CATEGORY",
    ],
    groups: FILES,
};

/// Kinds of file (`contract/model.md` section 3). The last four appear at run time only.
pub static MEDIA_TYPE: Choice = Choice {
    name: "MediaType",
    values: MediaType::NAMES,
    groups: FILES,
};

/// Areas of the store inside Wix, passed through.
pub static NAMESPACE: Choice = Choice {
    name: "Namespace",
    values: &[
        "NO_NAMESPACE",
        "OTHERS",
        "WIX_VIDEO",
        "WIX_MUSIC",
        "ALBUMS_AND_ART_STORE",
        "WIX_ECOM",
        "PHOTO_SHARE_APP",
        "SHARING_APP",
        "CHAT",
        "LOGO_BUILDER",
        "ALBUMS_OLD",
        "CHAT_MOBILE",
        "WIX_FORMS",
        "DRAFTS",
        "WIX_LEGENDS",
        "DATA_RESTRICTED",
        "PORTFOLIO",
        "LOGOS",
    ],
    groups: BOTH,
};

/// Processing status of a file.
pub static OPERATION_STATUS: Choice = Choice {
    name: "OperationStatus",
    values: Status::NAMES,
    groups: FILES,
};

/// Search scopes, not to be mistaken for the folders `media-root`, `trash-root` and `visitor-uploads`.
pub static ROOT_FOLDER: Choice = Choice {
    name: "RootFolder",
    values: &["MEDIA_ROOT", "TRASH_ROOT", "VISITOR_UPLOADS_ROOT"],
    groups: BOTH,
};

/// Direction of a sort entry in a query.
pub static SORT_ORDER: Choice = Choice {
    name: "SortOrder",
    values: &["ASC", "DESC"],
    groups: BOTH,
};

/// Whether an item is in the trash.
pub static STATE: Choice = Choice {
    name: "State",
    values: &["OK", "DELETED"],
    groups: BOTH,
};

/// Streaming formats of a video.
pub static STREAM_FORMAT: Choice = Choice {
    name: "StreamFormat",
    values: &["UNKNOWN", "HLS", "DASH"],
    groups: FILES,
};

/// Protocols of a resumable upload.
pub static UPLOAD_PROTOCOL: Choice = Choice {
    name: "UploadProtocol",
    values: &["TUS"],
    groups: FILES,
};

/// Who caused an event.
pub static WEBHOOK_IDENTITY_TYPE: Choice = Choice {
    name: "WebhookIdentityType",
    values: &["UNKNOWN", "ANONYMOUS_VISITOR", "MEMBER", "WIX_USER", "APP"],
    groups: BOTH,
};
