//! The enums of the API: their values, and the groups of functions that export them.

use super::Group;
use crate::model::media_type::MediaType;
use crate::model::status::Status;

/// An enum of the API. Requests accept only its values; answers may contain others, which pass unchanged.
#[derive(Clone, Copy, Debug)]
pub struct ApiEnum {
    /// The name under which JavaScript exports it.
    pub name: &'static str,
    /// Its values. In JavaScript each is also its own key.
    pub values: &'static [&'static str],
    /// The groups whose JavaScript objects carry it.
    pub groups: &'static [Group],
}

const FILES: &[Group] = &[Group::Files];
const BOTH: &[Group] = &[Group::Files, Group::Folders];

/// Every enum, by name.
///
/// ```
/// use wix_media::operations::enums::ENUMS;
///
/// let root_folder = ENUMS.iter().find(|api_enum| api_enum.name == "RootFolder").unwrap();
/// assert_eq!(root_folder.values, ["MEDIA_ROOT", "TRASH_ROOT", "VISITOR_UPLOADS_ROOT"]);
/// ```
pub static ENUMS: [&ApiEnum; 14] = [
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

/// Wix applications that add files. Internal to Wix, passed through.
pub static APPLICATION: ApiEnum = ApiEnum {
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

/// The direction in which a list or search is sorted.
pub static COMMON_SORT_ORDER: ApiEnum = ApiEnum {
    name: "CommonSortOrder",
    values: &["ASC", "DESC"],
    groups: BOTH,
};

/// How a browser treats a temporary download link (`docs/contract/files-api.md#s2`).
pub static CONTENT_DISPOSITION: ApiEnum = ApiEnum {
    name: "ContentDisposition",
    values: &["ATTACHMENT", "INLINE"],
    groups: FILES,
};

/// The kind of identity that added a file.
pub static IDENTITY_TYPE: ApiEnum = ApiEnum {
    name: "IdentityType",
    values: &["UNKNOWN", "ANONYMOUS_VISITOR", "MEMBER", "WIX_USER", "APP"],
    groups: FILES,
};

/// Kinds of machine annotation. Internal to Wix, passed through.
pub static IMAGE_ANNOTATION_TYPE: ApiEnum = ApiEnum {
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

/// Media types of files (`docs/contract/model.md#s3`). The last four occur in answers only.
pub static MEDIA_TYPE: ApiEnum = ApiEnum {
    name: "MediaType",
    values: MediaType::NAMES,
    groups: FILES,
};

/// Areas of the store. Internal to Wix, passed through.
pub static NAMESPACE: ApiEnum = ApiEnum {
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

/// The processing status of a file.
pub static OPERATION_STATUS: ApiEnum = ApiEnum {
    name: "OperationStatus",
    values: Status::NAMES,
    groups: FILES,
};

/// The scopes of a search. The ids of the folders at their tops are others: `media-root`, `trash-root`, `visitor-uploads`.
pub static ROOT_FOLDER: ApiEnum = ApiEnum {
    name: "RootFolder",
    values: &["MEDIA_ROOT", "TRASH_ROOT", "VISITOR_UPLOADS_ROOT"],
    groups: BOTH,
};

/// The direction in which a query is sorted.
pub static SORT_ORDER: ApiEnum = ApiEnum {
    name: "SortOrder",
    values: &["ASC", "DESC"],
    groups: BOTH,
};

/// Whether an item is in the trash.
pub static STATE: ApiEnum = ApiEnum {
    name: "State",
    values: &["OK", "DELETED"],
    groups: BOTH,
};

/// Streaming formats of a video.
pub static STREAM_FORMAT: ApiEnum = ApiEnum {
    name: "StreamFormat",
    values: &["UNKNOWN", "HLS", "DASH"],
    groups: FILES,
};

/// Protocols of a resumable upload.
pub static UPLOAD_PROTOCOL: ApiEnum = ApiEnum {
    name: "UploadProtocol",
    values: &["TUS"],
    groups: FILES,
};

/// The kind of identity that caused an event.
pub static WEBHOOK_IDENTITY_TYPE: ApiEnum = ApiEnum {
    name: "WebhookIdentityType",
    values: &["UNKNOWN", "ANONYMOUS_VISITOR", "MEMBER", "WIX_USER", "APP"],
    groups: BOTH,
};
