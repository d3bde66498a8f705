// ---------------------------------------------------------------------------------------------------------------------
// Enums
// ---------------------------------------------------------------------------------------------------------------------

/** Media types of files. A member can also be given as a plain string, such as `'IMAGE'`. */
export declare enum MediaType {
  /** Unknown. */
  UNKNOWN = 'UNKNOWN',
  /** A raster image: JPEG, PNG, WebP, GIF and the like. */
  IMAGE = 'IMAGE',
  /** A video. */
  VIDEO = 'VIDEO',
  /** An audio file. */
  AUDIO = 'AUDIO',
  /** A document: PDF, text, spreadsheet, presentation and the like. */
  DOCUMENT = 'DOCUMENT',
  /** A vector image (SVG). */
  VECTOR = 'VECTOR',
  /** An archive: ZIP, RAR and the like. */
  ARCHIVE = 'ARCHIVE',
  /** A 3D model. */
  MODEL3D = 'MODEL3D',
  /** Any other kind of file. */
  OTHER = 'OTHER',
}
/** A {@link MediaType}, as enum member or as string. */
export type MediaTypeWithLiterals =
  | MediaType
  | 'UNKNOWN'
  | 'IMAGE'
  | 'VIDEO'
  | 'AUDIO'
  | 'DOCUMENT'
  | 'VECTOR'
  | 'ARCHIVE'
  | 'MODEL3D'
  | 'OTHER';

/** Processing status of a file. */
export declare enum OperationStatus {
  /** Processing failed; the file cannot be used. */
  FAILED = 'FAILED',
  /** Processing is complete and the file can be used. */
  READY = 'READY',
  /** The file is still being fetched or processed. */
  PENDING = 'PENDING',
}
/** An {@link OperationStatus}, as enum member or as string. */
export type OperationStatusWithLiterals = OperationStatus | 'FAILED' | 'READY' | 'PENDING';

/** Whether a file or folder is in use or in the trash. */
export declare enum State {
  /** In use. */
  OK = 'OK',
  /** In the trash. */
  DELETED = 'DELETED',
}
/** A {@link State}, as enum member or as string. */
export type StateWithLiterals = State | 'OK' | 'DELETED';

/**
 * The scope of a search, at every depth. The folder ids `media-root`, `trash-root` and `visitor-uploads` are something else:
 * they name only the top level of each scope.
 */
export declare enum RootFolder {
  /** All site files, except visitor uploads. The default of a search. */
  MEDIA_ROOT = 'MEDIA_ROOT',
  /** Everything in the trash. */
  TRASH_ROOT = 'TRASH_ROOT',
  /** All uploads of visitors and members of the site. */
  VISITOR_UPLOADS_ROOT = 'VISITOR_UPLOADS_ROOT',
}
/** A {@link RootFolder}, as enum member or as string. */
export type RootFolderWithLiterals = RootFolder | 'MEDIA_ROOT' | 'TRASH_ROOT' | 'VISITOR_UPLOADS_ROOT';

/** Direction of a sort in lists and searches. */
export declare enum CommonSortOrder {
  /** Ascending: smallest, oldest or alphabetically first. */
  ASC = 'ASC',
  /** Descending: largest, newest or alphabetically last. */
  DESC = 'DESC',
}
/** A {@link CommonSortOrder}, as enum member or as string. */
export type CommonSortOrderWithLiterals = CommonSortOrder | 'ASC' | 'DESC';

/** Direction of a sort in queries. */
export declare enum SortOrder {
  /** Ascending: smallest, oldest or alphabetically first. */
  ASC = 'ASC',
  /** Descending: largest, newest or alphabetically last. */
  DESC = 'DESC',
}
/** A {@link SortOrder}, as enum member or as string. */
export type SortOrderWithLiterals = SortOrder | 'ASC' | 'DESC';

/** What a browser does with a download link. */
export declare enum ContentDisposition {
  /** Saves the file. The default. */
  ATTACHMENT = 'ATTACHMENT',
  /** Shows the file. */
  INLINE = 'INLINE',
}
/** A {@link ContentDisposition}, as enum member or as string. */
export type ContentDispositionWithLiterals = ContentDisposition | 'ATTACHMENT' | 'INLINE';

/** Protocol of a video stream. */
export declare enum StreamFormat {
  /** Unknown. */
  UNKNOWN = 'UNKNOWN',
  /** HTTP Live Streaming. */
  HLS = 'HLS',
  /** Dynamic Adaptive Streaming over HTTP. */
  DASH = 'DASH',
}
/** A {@link StreamFormat}, as enum member or as string. */
export type StreamFormatWithLiterals = StreamFormat | 'UNKNOWN' | 'HLS' | 'DASH';

/** Protocol of a resumable upload. */
export declare enum UploadProtocol {
  /** The TUS protocol, version 1.0.0. */
  TUS = 'TUS',
}
/** An {@link UploadProtocol}, as enum member or as string. */
export type UploadProtocolWithLiterals = UploadProtocol | 'TUS';

/** Kinds of identity that can add a file. */
export declare enum IdentityType {
  /** Unknown. */
  UNKNOWN = 'UNKNOWN',
  /** A visitor of the site who is not logged in. */
  ANONYMOUS_VISITOR = 'ANONYMOUS_VISITOR',
  /** A logged-in member of the site. */
  MEMBER = 'MEMBER',
  /** A Wix user: the site's owner or a collaborator. */
  WIX_USER = 'WIX_USER',
  /** An app installed on the site. */
  APP = 'APP',
}
/** An {@link IdentityType}, as enum member or as string. */
export type IdentityTypeWithLiterals =
  | IdentityType
  | 'UNKNOWN'
  | 'ANONYMOUS_VISITOR'
  | 'MEMBER'
  | 'WIX_USER'
  | 'APP';

/** Kinds of identity that can cause an event. */
export declare enum WebhookIdentityType {
  /** Unknown. */
  UNKNOWN = 'UNKNOWN',
  /** A visitor of the site who is not logged in. */
  ANONYMOUS_VISITOR = 'ANONYMOUS_VISITOR',
  /** A logged-in member of the site. */
  MEMBER = 'MEMBER',
  /** A Wix user: the site's owner or a collaborator. */
  WIX_USER = 'WIX_USER',
  /** An app installed on the site. */
  APP = 'APP',
}
/** A {@link WebhookIdentityType}, as enum member or as string. */
export type WebhookIdentityTypeWithLiterals =
  | WebhookIdentityType
  | 'UNKNOWN'
  | 'ANONYMOUS_VISITOR'
  | 'MEMBER'
  | 'WIX_USER'
  | 'APP';

/** Areas of Wix that store their own files besides the site files. */
export declare enum Namespace {
  /** The site files themselves. */
  NO_NAMESPACE = 'NO_NAMESPACE',
  /** Another area. */
  OTHERS = 'OTHERS',
  /** Wix Video. */
  WIX_VIDEO = 'WIX_VIDEO',
  /** Wix Music. */
  WIX_MUSIC = 'WIX_MUSIC',
  /** Photo albums and the art store. */
  ALBUMS_AND_ART_STORE = 'ALBUMS_AND_ART_STORE',
  /** Online shops. */
  WIX_ECOM = 'WIX_ECOM',
  /** Photo sharing. */
  PHOTO_SHARE_APP = 'PHOTO_SHARE_APP',
  /** File sharing. */
  SHARING_APP = 'SHARING_APP',
  /** Chat. */
  CHAT = 'CHAT',
  /** The logo maker. */
  LOGO_BUILDER = 'LOGO_BUILDER',
  /** Photo albums of an older kind. */
  ALBUMS_OLD = 'ALBUMS_OLD',
  /** Chat on mobile devices. */
  CHAT_MOBILE = 'CHAT_MOBILE',
  /** Forms. */
  WIX_FORMS = 'WIX_FORMS',
  /** Wix Legends. */
  WIX_LEGENDS = 'WIX_LEGENDS',
  /** Portfolios. */
  PORTFOLIO = 'PORTFOLIO',
  /** Logos. */
  LOGOS = 'LOGOS',
}
/** A {@link Namespace}, as enum member or as string. */
export type NamespaceWithLiterals =
  | Namespace
  | 'NO_NAMESPACE'
  | 'OTHERS'
  | 'WIX_VIDEO'
  | 'WIX_MUSIC'
  | 'ALBUMS_AND_ART_STORE'
  | 'WIX_ECOM'
  | 'PHOTO_SHARE_APP'
  | 'SHARING_APP'
  | 'CHAT'
  | 'LOGO_BUILDER'
  | 'ALBUMS_OLD'
  | 'CHAT_MOBILE'
  | 'WIX_FORMS'
  | 'WIX_LEGENDS'
  | 'PORTFOLIO'
  | 'LOGOS';

/** Annotations that image recognition can add to an image. */
export declare enum ImageAnnotationType {
  /** Unknown. */
  UNKNOWN_IMAGE_ANNOTATION_TYPE = 'UNKNOWN_IMAGE_ANNOTATION_TYPE',
  /** Whether the image shows text. */
  CONTAINS_TEXT = 'CONTAINS_TEXT',
  /** Whether the image is animated. */
  IS_ANIMATED = 'IS_ANIMATED',
  /** Faces and where they are. */
  FACES = 'FACES',
  /** Labels that describe the content. */
  LABELS = 'LABELS',
  /** Prominent colour and palette. */
  COLORS = 'COLORS',
  /** A caption in words. */
  CAPTION = 'CAPTION',
  /** Colours found by a model. */
  COLOR_V2 = 'COLOR_V2',
  /** The kind of site section that the image suits. */
  SITE_SECTION_CATEGORY = 'SITE_SECTION_CATEGORY',
}
/** An {@link ImageAnnotationType}, as enum member or as string. */
export type ImageAnnotationTypeWithLiterals =
  | ImageAnnotationType
  | 'UNKNOWN_IMAGE_ANNOTATION_TYPE'
  | 'CONTAINS_TEXT'
  | 'IS_ANIMATED'
  | 'FACES'
  | 'LABELS'
  | 'COLORS'
  | 'CAPTION'
  | 'COLOR_V2'
  | 'SITE_SECTION_CATEGORY';

/** Wix applications that can add a file. */
export declare enum Application {
  UNKNOWN_APPLICATION = 'UNKNOWN_APPLICATION',
  ASCEND = 'ASCEND',
  BLOG_IMPORTER = 'BLOG_IMPORTER',
  BLOG_IMPORTER_NEW = 'BLOG_IMPORTER_NEW',
  BRANDING = 'BRANDING',
  CHAT = 'CHAT',
  CHAT_TEST = 'CHAT_TEST',
  COMMUNITIES = 'COMMUNITIES',
  COMMUNITIES_NEW = 'COMMUNITIES_NEW',
  CONTACTS = 'CONTACTS',
  DEVZAI = 'DEVZAI',
  DGS = 'DGS',
  DGS_TEST = 'DGS_TEST',
  DS_OLSH = 'DS_OLSH',
  ENTERPRISE = 'ENTERPRISE',
  ENTERPRISE_PUBLIC_MEDIA = 'ENTERPRISE_PUBLIC_MEDIA',
  EVENTS_LIVE_VIDEO = 'EVENTS_LIVE_VIDEO',
  FILE_SHARING_ONE_APP = 'FILE_SHARING_ONE_APP',
  GET_FEEDBACK = 'GET_FEEDBACK',
  HACKATON_2022_YOAV = 'HACKATON_2022_YOAV',
  HTML_EDITOR_GDPR = 'HTML_EDITOR_GDPR',
  LIGHTROOM_PLUGIN = 'LIGHTROOM_PLUGIN',
  MARKETING_CAMPAIGN_CREATIVE_MORNINGS = 'MARKETING_CAMPAIGN_CREATIVE_MORNINGS',
  MEDIA_FOR_YOU_BO = 'MEDIA_FOR_YOU_BO',
  MEMBERS_AREA = 'MEMBERS_AREA',
  MOBILE_APPS_SERVER = 'MOBILE_APPS_SERVER',
  MULTICHANNEL_CAMPAIGNS = 'MULTICHANNEL_CAMPAIGNS',
  PHOTO_ALBUMS = 'PHOTO_ALBUMS',
  PHOTO_STUDIO = 'PHOTO_STUDIO',
  PIX_UNSPLASH = 'PIX_UNSPLASH',
  PLATFORMIZED_SITE_MEDIA = 'PLATFORMIZED_SITE_MEDIA',
  PMADMIN = 'PMADMIN',
  PMM_ADMIN = 'PMM_ADMIN',
  PRODUCT_CLASSIFIER = 'PRODUCT_CLASSIFIER',
  PRO_GALLERY = 'PRO_GALLERY',
  PRO_GALLERY_EDITOR_WEBAPP = 'PRO_GALLERY_EDITOR_WEBAPP',
  REST = 'REST',
  REVIEWS_WIDGET = 'REVIEWS_WIDGET',
  ROUTER_SERVER = 'ROUTER_SERVER',
  SITE_FATHER = 'SITE_FATHER',
  STORES_POS = 'STORES_POS',
  VIDEO_AS_A_FUNNEL = 'VIDEO_AS_A_FUNNEL',
  WIXCODE = 'WIXCODE',
  WIXMUSICWIZARD = 'WIXMUSICWIZARD',
  WIXPIX = 'WIXPIX',
  WIXPUBLICMEDIA = 'WIXPUBLICMEDIA',
  WIXSTORES_APP = 'WIXSTORES_APP',
  WIXWIZ = 'WIXWIZ',
  WIX_CHALLENGES = 'WIX_CHALLENGES',
  WIX_CODE_EDITOR = 'WIX_CODE_EDITOR',
  WIX_CODE_VIEWER = 'WIX_CODE_VIEWER',
  WIX_ECOMMERCE_CATALOG_WEB = 'WIX_ECOMMERCE_CATALOG_WEB',
  WIX_FORM_BUILDER_WEB = 'WIX_FORM_BUILDER_WEB',
  WIX_FORUM = 'WIX_FORUM',
  WIX_GROUPS_1 = 'WIX_GROUPS_1',
  WIX_GROUPS_2 = 'WIX_GROUPS_2',
  WIX_MEDIA_EDM = 'WIX_MEDIA_EDM',
  WIX_MIGRATION_TOOL = 'WIX_MIGRATION_TOOL',
  WIX_MIGRATION_TOOL_1 = 'WIX_MIGRATION_TOOL_1',
  WIX_NADLAN = 'WIX_NADLAN',
  WIX_ONEAPP_MEMBERS = 'WIX_ONEAPP_MEMBERS',
  WIX_ONE_APP = 'WIX_ONE_APP',
  WIX_RICH_CONTENT = 'WIX_RICH_CONTENT',
  WIX_SITES_MIGRATOR = 'WIX_SITES_MIGRATOR',
  WIX_STORES = 'WIX_STORES',
  WIX_VIDEO = 'WIX_VIDEO',
  WIX_ZAPIER = 'WIX_ZAPIER',
  HARMONY = 'HARMONY',
  CLOUD_SITE_EXTENSION = 'CLOUD_SITE_EXTENSION',
}
/** An {@link Application}, as enum member or as string. */
export type ApplicationWithLiterals =
  | Application
  | 'UNKNOWN_APPLICATION'
  | 'ASCEND'
  | 'BLOG_IMPORTER'
  | 'BLOG_IMPORTER_NEW'
  | 'BRANDING'
  | 'CHAT'
  | 'CHAT_TEST'
  | 'COMMUNITIES'
  | 'COMMUNITIES_NEW'
  | 'CONTACTS'
  | 'DEVZAI'
  | 'DGS'
  | 'DGS_TEST'
  | 'DS_OLSH'
  | 'ENTERPRISE'
  | 'ENTERPRISE_PUBLIC_MEDIA'
  | 'EVENTS_LIVE_VIDEO'
  | 'FILE_SHARING_ONE_APP'
  | 'GET_FEEDBACK'
  | 'HACKATON_2022_YOAV'
  | 'HTML_EDITOR_GDPR'
  | 'LIGHTROOM_PLUGIN'
  | 'MARKETING_CAMPAIGN_CREATIVE_MORNINGS'
  | 'MEDIA_FOR_YOU_BO'
  | 'MEMBERS_AREA'
  | 'MOBILE_APPS_SERVER'
  | 'MULTICHANNEL_CAMPAIGNS'
  | 'PHOTO_ALBUMS'
  | 'PHOTO_STUDIO'
  | 'PIX_UNSPLASH'
  | 'PLATFORMIZED_SITE_MEDIA'
  | 'PMADMIN'
  | 'PMM_ADMIN'
  | 'PRODUCT_CLASSIFIER'
  | 'PRO_GALLERY'
  | 'PRO_GALLERY_EDITOR_WEBAPP'
  | 'REST'
  | 'REVIEWS_WIDGET'
  | 'ROUTER_SERVER'
  | 'SITE_FATHER'
  | 'STORES_POS'
  | 'VIDEO_AS_A_FUNNEL'
  | 'WIXCODE'
  | 'WIXMUSICWIZARD'
  | 'WIXPIX'
  | 'WIXPUBLICMEDIA'
  | 'WIXSTORES_APP'
  | 'WIXWIZ'
  | 'WIX_CHALLENGES'
  | 'WIX_CODE_EDITOR'
  | 'WIX_CODE_VIEWER'
  | 'WIX_ECOMMERCE_CATALOG_WEB'
  | 'WIX_FORM_BUILDER_WEB'
  | 'WIX_FORUM'
  | 'WIX_GROUPS_1'
  | 'WIX_GROUPS_2'
  | 'WIX_MEDIA_EDM'
  | 'WIX_MIGRATION_TOOL'
  | 'WIX_MIGRATION_TOOL_1'
  | 'WIX_NADLAN'
  | 'WIX_ONEAPP_MEMBERS'
  | 'WIX_ONE_APP'
  | 'WIX_RICH_CONTENT'
  | 'WIX_SITES_MIGRATOR'
  | 'WIX_STORES'
  | 'WIX_VIDEO'
  | 'WIX_ZAPIER'
  | 'HARMONY'
  | 'CLOUD_SITE_EXTENSION';
