/**
 * The Wix Media Manager API for Node, browsers, workers and edge runtimes: the functions, arguments and results of
 * Wix's own `files` and `folders` modules, with paging, retries, cancellation and readable errors around them.
 *
 * @example
 * ```ts
 * import wixMedia from 'wix-media.v2';
 *
 * for await (const file of wixMedia.files.listFiles({ mediaTypes: ['IMAGE'] })) {
 *   console.log(file.displayName, file.url);
 * }
 * ```
 *
 * @packageDocumentation
 */

// Not of `unknown`: that would refuse objects of interface types, which have no index signature.
/** A plain object with members of any name. */
export type PlainObject = Record<string, any>;

// ---------------------------------------------------------------------------------------------------------------------
// Calls and pages
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What the optional last argument of every call may say about that one call.
 *
 * @example
 * ```ts
 * const file = await files.getFileDescriptor(fileId, { signal: AbortSignal.timeout(5000) });
 * ```
 */
export interface CallOptions {
  /** Ends the call early: it then rejects with the signal's own `reason`. Waiting between tries ends too. */
  signal?: AbortSignal;
  /**
   * Milliseconds after which the call is given up, waits and further tries included: it then rejects with a
   * {@link WixMediaError} of code `TIMEOUT`. Each page of a list counts by itself. Default: the client's `timeoutMs`.
   */
  timeoutMs?: number;
}

/**
 * The promise of one page that is also an async iterable over every item of every page.
 *
 * Await it for the first page as the service sent it, iterate over it for the items of all pages, or use
 * {@link PagedPromise.pages | pages} and {@link PagedPromise.toArray | toArray}. Paging ends when the service says that
 * there is no next page, and never follows the same cursor twice.
 *
 * @example
 * ```ts
 * const firstPage = await files.listFiles();
 * const newest = await files.listFiles({ mediaTypes: ['IMAGE'] }).toArray({ limit: 250 });
 * for await (const file of files.listFiles()) console.log(file.displayName);
 * ```
 */
export interface PagedPromise<Result, Item> extends Promise<Result>, AsyncIterable<Item> {
  /**
   * Iterates over the pages, the first one included; each next one is requested only when it is asked for.
   *
   * @example
   * ```ts
   * for await (const page of files.listFiles({ paging: { limit: 100 } }).pages()) {
   *   console.log(page.files?.length);
   * }
   * ```
   */
  pages(): AsyncGenerator<Result, void, undefined>;
  /**
   * Collects the items of all pages into one array.
   *
   * @param options `limit` is the greatest number of items to collect; without it every item of every page is fetched.
   * @example
   * ```ts
   * const pictures = await files.searchFiles({ search: 'river' }).toArray({ limit: 500 });
   * ```
   */
  toArray(options?: { limit?: number }): Promise<Item[]>;
  /** Iterates over the items of all pages; each page is requested only when its items are asked for. */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>;
}

// ---------------------------------------------------------------------------------------------------------------------
// Enums
// ---------------------------------------------------------------------------------------------------------------------

/** Kinds of media file. Every place that takes a member also takes the plain string: `'IMAGE'`. */
export declare enum MediaType {
  /** Not known. */
  UNKNOWN = 'UNKNOWN',
  /** A raster image: JPEG, PNG, WebP, GIF and the like. */
  IMAGE = 'IMAGE',
  /** A video. */
  VIDEO = 'VIDEO',
  /** A sound file. */
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

/** How far the processing of a file has come. */
export declare enum OperationStatus {
  /** Processing failed; the file cannot be used. */
  FAILED = 'FAILED',
  /** Processing has ended and the file can be used. */
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
 * Where a search looks, at every depth. Not to be confused with the folder ids `media-root`, `trash-root` and
 * `visitor-uploads`, which name only the top level of each scope.
 */
export declare enum RootFolder {
  /** All site files, visitor uploads excepted. The default of a search. */
  MEDIA_ROOT = 'MEDIA_ROOT',
  /** Everything in the trash. */
  TRASH_ROOT = 'TRASH_ROOT',
  /** Everything that visitors and members of the site have uploaded. */
  VISITOR_UPLOADS_ROOT = 'VISITOR_UPLOADS_ROOT',
}
/** A {@link RootFolder}, as enum member or as string. */
export type RootFolderWithLiterals = RootFolder | 'MEDIA_ROOT' | 'TRASH_ROOT' | 'VISITOR_UPLOADS_ROOT';

/** Direction of a sort in lists and searches. */
export declare enum CommonSortOrder {
  /** Smallest, oldest or first in the alphabet first. */
  ASC = 'ASC',
  /** Largest, newest or last in the alphabet first. */
  DESC = 'DESC',
}
/** A {@link CommonSortOrder}, as enum member or as string. */
export type CommonSortOrderWithLiterals = CommonSortOrder | 'ASC' | 'DESC';

/** Direction of a sort in queries. */
export declare enum SortOrder {
  /** Smallest, oldest or first in the alphabet first. */
  ASC = 'ASC',
  /** Largest, newest or last in the alphabet first. */
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
  /** Not known. */
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

/** Kinds of identity that can have added a file. */
export declare enum IdentityType {
  /** Not known. */
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

/** Kinds of identity that can have caused an event. */
export declare enum WebhookIdentityType {
  /** Not known. */
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

/** Areas of Wix that keep files of their own beside the site files. */
export declare enum Namespace {
  /** The site files themselves. */
  NO_NAMESPACE = 'NO_NAMESPACE',
  /** An area of its own name. */
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

/** What image recognition can add to an image. */
export declare enum ImageAnnotationType {
  /** Not known. */
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

/** Wix applications that can have added a file. */
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

// ---------------------------------------------------------------------------------------------------------------------
// Files
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What the Media Manager knows about one file.
 *
 * Only `displayName`, `parentFolderId` and `labels` can be changed, with {@link files.updateFileDescriptor}; the rest is
 * made by the service.
 */
export interface FileDescriptor {
  /** The file's id, up to 1,000 characters, such as `a1b2c3_4f5e6d7c8b9a4f5e6d7c8b9a4f5e6d7c~mv2.jpg`. */
  _id?: string;
  /** The name shown in the Media Manager, up to 255 characters. Can be changed. */
  displayName?: string;
  /** The permanent address of the file. For a private file it answers 403. */
  url?: string;
  /** Id of the folder that holds the file, up to 100 characters. Change it to move the file. */
  parentFolderId?: string | null;
  /** Hash of the content; empty while the file is pending. */
  hash?: string;
  /** Size of the original in bytes, as a decimal string; `'-1'` while it is not yet known. */
  sizeInBytes?: string | null;
  /** Whether the file is private. Decided when the file is made, and never changed. */
  private?: boolean;
  /** Kind of file. */
  mediaType?: MediaTypeWithLiterals;
  /** What is particular to the kind of file. Absent in the answers of imports and while the file is pending. */
  media?: FileMedia;
  /** How far the processing of the file has come. */
  operationStatus?: OperationStatusWithLiterals;
  /** Where an imported file came from. */
  sourceUrl?: string | null;
  /** Address of a small picture of the file, or of an icon of its kind. */
  thumbnailUrl?: string | null;
  /** Up to 100 labels of up to 200 characters, given by people or by image recognition. Can be changed. */
  labels?: string[];
  /** When the file was made. */
  _createdDate?: Date | null;
  /** When the file was last changed. */
  _updatedDate?: Date | null;
  /** Id of the site that the file belongs to. */
  siteId?: string;
  /** Whether the file is in use or in the trash. */
  state?: StateWithLiterals;
}

/** What is particular to the kind of a file: exactly one member is set. */
export interface FileMedia {
  /** An image. */
  image?: ImageMedia;
  /** A video, as `wix:video://v1/<id>/<file name>#posterUri=…&posterWidth=…&posterHeight=…`. */
  video?: string;
  /** A sound file. */
  audio?: AudioV2;
  /** A document, as `wix:document://v1/<id>/<file name>`. */
  document?: string;
  /** A vector image. */
  vector?: ImageMedia;
  /** An archive. */
  archive?: Archive;
  /** A 3D model. */
  model3d?: Model3D;
}

/** Another name of {@link FileMedia}. */
export type FileMediaMediaOneOf = FileMedia;

/** An image or a vector image. */
export interface ImageMedia {
  /** The image, as `wix:image://v1/<id>/<file name>#originWidth=…&originHeight=…`. */
  image?: string;
  /** The colours of the image. */
  colors?: Colors;
  /** Up to 100 faces found in the image. */
  faces?: FaceRecognition[];
  /** A small picture that may stand for the image, also for a private one. */
  previewImage?: string;
  /** A caption written by image recognition, up to 300 characters. */
  caption?: string | null;
}

/** The colours of an image. */
export interface Colors {
  /** The colour that prevails. */
  prominent?: Color;
  /** Up to 100 colours of the image. */
  palette?: Color[];
}

/** One colour. */
export interface Color {
  /** As a hexadecimal string. */
  hex?: string | null;
  /** As red, green and blue. */
  rgb?: ColorRGB;
}

/** A colour as red, green and blue, each from 0 to 255. */
export interface ColorRGB {
  /** Red, 0 to 255. */
  r?: number | null;
  /** Green, 0 to 255. */
  g?: number | null;
  /** Blue, 0 to 255. */
  b?: number | null;
}

/** A face found in an image. */
export interface FaceRecognition {
  /** How sure the recognition is. */
  confidence?: number;
  /** Left edge, in pixels from the left of the image. */
  x?: number;
  /** Upper edge, in pixels from the top of the image. */
  y?: number;
  /** Height in pixels. */
  height?: number;
  /** Width in pixels. */
  width?: number;
}

/** The point of an image that should stay visible when the image is cut. */
export interface FocalPoint {
  /** Distance from the left. */
  x?: number;
  /** Distance from the top. */
  y?: number;
  /** Height of the area around the point. */
  height?: number | null;
  /** Width of the area around the point. */
  width?: number | null;
}

/** One resolution of a video. */
export interface VideoResolution {
  /** Address of the video in this resolution. */
  url?: string;
  /** Height in pixels. */
  height?: number;
  /** Width in pixels. */
  width?: number;
  /** Format, such as `720p.mp4` or `hls`. */
  format?: string;
}

/** A sound file. */
export interface AudioV2 {
  /** Id of the file, up to 200 characters. */
  _id?: string;
  /** Up to 100 renditions, each as `wix:audio://v1/<id>/<file name>#duration=…`, or as a plain address. */
  assets?: string[];
  /** Bits per second. */
  bitrate?: number | null;
  /** Format, such as `mp3`. */
  format?: string | null;
  /** Length in milliseconds. */
  duration?: number | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
}

/** An archive. */
export interface Archive {
  /** Id of the file. */
  _id?: string;
  /** Address of the archive. */
  url?: string;
  /** When the address stops working. */
  urlExpirationDate?: Date | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
  /** Name of the archive. */
  filename?: string | null;
}

/** A 3D model. */
export interface Model3D {
  /** Id of the file. */
  _id?: string;
  /** Address of the model. */
  url?: string;
  /** A picture of the model, as `wix:image://v1/…`. */
  thumbnail?: string;
  /** Text that describes the model to those who cannot see it. */
  altText?: string | null;
  /** When the address stops working. */
  urlExpirationDate?: Date | null;
  /** Name of the file. */
  filename?: string | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
}

/** Who added a file. */
export interface IdentityInfo {
  /** Kind of identity. */
  identityType?: IdentityTypeWithLiterals;
  /** Id of the identity. */
  identityId?: string | null;
}

/**
 * Your own note on an upload or import. It comes back only in the events {@link files.onFileDescriptorFileReady} and
 * {@link files.onFileDescriptorFileFailed}, never in a descriptor.
 */
export interface ExternalInfo {
  /** Where the file comes from, in your own words; up to 1,000 characters. */
  origin?: string;
  /** Up to 30 ids of your own, each of up to 4,000 characters. */
  externalIds?: string[];
}

// ---------------------------------------------------------------------------------------------------------------------
// Folders
// ---------------------------------------------------------------------------------------------------------------------

/**
 * One folder of the Media Manager. Only `displayName` and `parentFolderId` can be changed, with
 * {@link folders.updateFolder}.
 */
export interface Folder {
  /** The folder's id, up to 100 characters. */
  _id?: string;
  /** The name shown in the Media Manager, up to 1,000 characters. Can be changed. */
  displayName?: string;
  /** Id of the folder that holds this one, up to 100 characters. Change it to move the folder. Default: `media-root`. */
  parentFolderId?: string;
  /** When the folder was made. */
  _createdDate?: Date | null;
  /** When the folder was last renamed or moved. */
  _updatedDate?: Date | null;
  /** Whether the folder is in use or in the trash. */
  state?: StateWithLiterals;
  /** Id of the site that the folder belongs to. */
  siteId?: string;
}

/** What {@link folders.updateFolder} takes: `displayName` and `parentFolderId` count, everything else is ignored. */
export type UpdateFolder = Folder;

// ---------------------------------------------------------------------------------------------------------------------
// Sorting, paging and bulk results
// ---------------------------------------------------------------------------------------------------------------------

/** How a list or search is sorted: by one field. */
export interface CommonSorting {
  /**
   * `'displayName'`, `'updatedDate'` or, for files only, `'sizeInBytes'`; up to 512 characters. Any other is refused with
   * `UNSUPPORTED_SORT_VALUE` (400). Default: `'updatedDate'`.
   */
  fieldName?: string;
  /** Direction. Default: `DESC` when no sort is given, `ASC` when only `fieldName` is. */
  order?: CommonSortOrderWithLiterals;
  /** A place to measure distances from; without meaning for files and folders. */
  origin?: AddressLocation;
}

/** A place on the earth, in degrees. */
export interface AddressLocation {
  /** Degrees north of the equator. */
  latitude?: number | null;
  /** Degrees east of Greenwich. */
  longitude?: number | null;
}

/** Which page of a list, search or query to fetch. */
export interface CursorPaging {
  /** Items in one page, 1 to 100. Default: 50. */
  limit?: number | null;
  /** Where to continue: `cursors.next` of the page before, up to 16,000 characters. Not needed for the first page. */
  cursor?: string | null;
}

/** What an answer says about the pages around it. */
export interface PagingMetadataV2 {
  /** Number of items in this page. Sent by queries. */
  count?: number | null;
  /** Number of all items. Not sent by lists, searches and queries with cursors. */
  total?: number | null;
  /** Where to continue. */
  cursors?: Cursors;
  /** Whether there is a next page. */
  hasNext?: boolean | null;
}

/** Where to continue before and after a page. */
export interface Cursors {
  /** Cursor of the next page; empty or absent on the last page. */
  next?: string | null;
  /** Cursor of the page before; empty or absent on the first page. Sent by queries only. */
  prev?: string | null;
}

/** What became of one item of a bulk call. */
export interface ItemMetadata {
  /** Id of the item; absent when the item could not be made. */
  _id?: string | null;
  /** Position of the item in the request, from 0. */
  originalIndex?: number;
  /** Whether the item succeeded. */
  success?: boolean;
  /** What went wrong with the item. */
  error?: ApplicationError;
}

/** How many items of a bulk call succeeded and failed. */
export interface BulkActionMetadata {
  /** Items that succeeded. */
  totalSuccesses?: number;
  /** Items that failed. */
  totalFailures?: number;
  /** Failures without details of their own. */
  undetailedFailures?: number;
}

/** An error as the service reports it: the member `applicationError` of an error's `details`. */
export interface ApplicationError {
  /** Stable name of the error, such as `RESOURCE_NOT_FOUND`. */
  code?: string;
  /** What went wrong, in words. */
  description?: string;
  /** More about it, depending on the code. */
  data?: PlainObject | null;
}

/** `data` of the errors `UNSUPPORTED_MEDIA_TYPE` and `UNSUPPORTED_SORT_VALUE`. */
export interface UnsupportedRequestValueError {
  /** Up to 100 values that would have been taken. */
  allowedValues?: string[];
  /** The value that was refused. */
  requestValue?: string;
}

/** `data` of the errors of upload services inside Wix. */
export interface ServiceError {
  /** Code inside Wix. */
  internalCode?: string | null;
  /** HTTP status inside Wix. */
  internalHttpStatusCode?: number | null;
  /** Key inside Wix. */
  internalKey?: string | null;
}

/** `data` of the error `SITE_QUOTA_EXCEEDED`. */
export interface SiteQuotaExceededError extends ServiceError {
  /** The site's quota. */
  quota?: TotalQuota;
}

/** The storage quota of a site. */
export interface TotalQuota {
  /** Bytes, as a decimal string. */
  storage?: string | null;
  /** The site's plans. */
  plans?: Plans;
  /** When the quota was measured. */
  timestamp?: Date | null;
}

/** The plans of a site. */
export interface Plans {
  /** The premium plan. */
  premium?: Plan;
  /** Where a larger plan can be bought. */
  upgradeUrl?: string;
}

/** One plan. */
export interface Plan {
  /** Id of the plan. */
  _id?: string;
  /** Name of the plan. */
  name?: string;
  /** When the plan began. */
  createdAt?: Date | null;
  /** When the plan ends. */
  expiresAt?: Date | null;
}

// ---------------------------------------------------------------------------------------------------------------------
// Options and results of the files functions
// ---------------------------------------------------------------------------------------------------------------------

/** Result of {@link files.generateFilesDownloadUrl}. */
export interface GenerateFilesDownloadUrlResponse {
  /** Address of the zip. It does not expire. */
  downloadUrl?: string;
}

/** Options of {@link files.generateFileDownloadUrl}. */
export interface GenerateFileDownloadUrlOptions {
  /** Name of the saved file, up to 100 characters. Default: the file's `displayName`. */
  downloadFileName?: string | null;
  /** Minutes until the links expire, 1 to 525,600 (a year). Default: 600. */
  expirationInMinutes?: number | null;
  /** Where an expired link leads. Default: a page with status 403. */
  expirationRedirectUrl?: string | null;
  /** Renditions to link, up to 100 keys of up to 100 characters, such as `720p.mp4`. Default: `['src']`, the original. */
  assetKeys?: string[] | null;
  /** Whether a browser saves or shows the file. Default: `ATTACHMENT`. */
  contentDisposition?: ContentDispositionWithLiterals;
}

/** Result of {@link files.generateFileDownloadUrl}. */
export interface GenerateFileDownloadUrlResponse {
  /** One link for each asset key, at most 100. */
  downloadUrls?: DownloadUrl[];
}

/** A link to one rendition of a file. */
export interface DownloadUrl {
  /** The link. */
  url?: string;
  /** The rendition; `src` is the original. */
  assetKey?: string;
}

/** Result of {@link files.getFileDescriptors}. */
export interface GetFileDescriptorsResponse {
  /** The files, at most 100, in no particular order. */
  files?: FileDescriptor[];
}

/** Options of {@link files.generateFileUploadUrl}. */
export interface GenerateFileUploadUrlOptions {
  /** Name with extension, up to 1,000 characters and cut to 255. Default: the `filename` query of the upload. */
  fileName?: string | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
  /** Id of the folder to upload to, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Whether the file is private. Default: `false`. Cannot be changed later. */
  private?: boolean | null;
  /** Up to 50 labels of up to 200 characters. */
  labels?: string[] | null;
  /** Your own note, which comes back in the events. */
  externalInfo?: ExternalInfo;
  /** Path of folders below `parentFolderId`, up to 100 characters, such as `/videos/2024`. Missing ones are made. */
  filePath?: string | null;
}

/** Result of {@link files.generateFileUploadUrl}. */
export interface GenerateFileUploadUrlResponse {
  /** Where to `PUT` the bytes, without an `Authorization` header. */
  uploadUrl?: string;
}

/** Options of {@link files.generateFileResumableUploadUrl}. */
export interface GenerateFileResumableUploadUrlOptions {
  /** Name with extension, up to 1,000 characters and cut to 255. Default: the `filename` query of the last request. */
  fileName?: string | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
  /** Id of the folder to upload to, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Whether the file is private. Default: `false`. Cannot be changed later. */
  private?: boolean | null;
  /** Up to 500 labels of up to 200 characters. */
  labels?: string[] | null;
  /** Protocol of the upload. Default, and only value: `TUS`. */
  uploadProtocol?: UploadProtocolWithLiterals;
  /** Path of folders below `parentFolderId`, up to 100 characters, such as `/videos/2024`. Missing ones are made. */
  filePath?: string | null;
}

/** Result of {@link files.generateFileResumableUploadUrl}. */
export interface GenerateFileResumableUploadUrlResponse {
  /** Protocol to upload with. */
  uploadProtocol?: UploadProtocolWithLiterals;
  /** Where to create the upload. */
  uploadUrl?: string;
  /** Token to send with the upload; good for one upload. */
  uploadToken?: string;
}

/** Options of {@link files.importFile}. */
export interface ImportFileOptions {
  /** Expected kind of file, any but `OTHER`; the import fails when the file is of another kind. */
  mediaType?: MediaTypeWithLiterals;
  /** Name, up to 1,000 characters and cut to 255; a missing extension is added. Default: the last part of the address. */
  displayName?: string | null;
  /** Id of the folder to import to, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Whether the file is private. Default: `false`. Cannot be changed later. */
  private?: boolean | null;
  /** Up to 500 labels of up to 200 characters. */
  labels?: string[] | null;
  /** MIME type, up to 100 characters. Default: found by the extension, or by asking the source. */
  mimeType?: string;
  /** Your own note, which comes back in the events. */
  externalInfo?: ExternalInfo;
  /** Query parameters to add to the address. */
  urlParams?: PlainObject | null;
  /** Headers to send to the source. */
  urlHeaders?: PlainObject | null;
  /** Path of folders below `parentFolderId`, up to 100 characters, such as `/videos/2024`. Missing ones are made. */
  filePath?: string | null;
}

/** One file to import: an address with the options of {@link files.importFile}. */
export interface ImportFileRequest extends ImportFileOptions {
  /** Public address of the file. */
  url: string;
}

/** Result of {@link files.importFile}. */
export interface ImportFileResponse {
  /** The new file, `PENDING` and without `media`. */
  file?: FileDescriptor;
}

/** Result of {@link files.bulkImportFiles}. */
export interface BulkImportFilesResponse {
  /** The new files in the order of the request, `PENDING` and without `media`. */
  files?: FileDescriptor[];
}

/** Options of {@link files.bulkImportFile}. */
export interface BulkImportFileOptions {
  /** Whether the results hold the new files. Default: `true`. */
  returnEntity?: boolean | null;
}

/** Result of {@link files.bulkImportFile}. */
export interface BulkImportFileResponse {
  /** What became of each file. */
  results?: BulkImportFileResult[];
  /** How many succeeded and failed. */
  bulkActionMetadata?: BulkActionMetadata;
}

/** What became of one file of a bulk import. */
export interface BulkImportFileResult {
  /** Whether the import was accepted. */
  itemMetadata?: ItemMetadata;
  /** The new file, unless `returnEntity` was `false` or the import was refused. */
  item?: FileDescriptor;
}

/** Options of {@link files.listFiles}. */
export interface ListFilesOptions {
  /** Id of the folder to list, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Kinds of file to list, at most 30. Default: all. */
  mediaTypes?: MediaTypeWithLiterals[];
  /** `true` lists private files only, `false` public ones only. Default: both. */
  private?: boolean | null;
  /** Sort order. Default: last changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link files.listFiles}. */
export interface ListFilesResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** Where to continue. */
  nextCursor?: PagingMetadataV2;
}

/** Options of {@link files.searchFiles}. */
export interface SearchFilesOptions {
  /** Text to find in the display name, the MIME type or a label, up to 200 characters. Default: no filter by text. */
  search?: string | null;
  /** Where to search, at every depth. Default: `MEDIA_ROOT`. */
  rootFolder?: RootFolderWithLiterals;
  /** Kinds of file to find, at most 30. Default: all. */
  mediaTypes?: MediaTypeWithLiterals[];
  /** `true` finds private files only, `false` public ones only. Default: both. */
  private?: boolean | null;
  /** Sort order. Default: last changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link files.searchFiles}. */
export interface SearchFilesResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** Where to continue. */
  nextCursor?: PagingMetadataV2;
}

/** Options of {@link files.generateVideoStreamingUrl}. */
export interface GenerateVideoStreamingUrlOptions {
  /** Protocol of the stream. Default: `HLS`. */
  format?: StreamFormatWithLiterals;
  /** Minutes until the address of a private video expires, 60 to 1,440. Default: 1,440. Without effect on public videos. */
  expirationInMinutes?: number | null;
}

/** Result of {@link files.generateVideoStreamingUrl}. */
export interface GenerateVideoStreamingUrlResponse {
  /** Address of the stream. */
  downloadUrl?: DownloadUrl;
}

/** Options of {@link files.bulkDeleteFiles}. */
export interface BulkDeleteFilesOptions {
  /** `true` deletes for ever, which cannot be undone. Default: `false`, into the trash. */
  permanent?: boolean;
}

/** Options of {@link files.listDeletedFiles}. */
export interface ListDeletedFilesOptions {
  /** Id of a folder in the trash, up to 100 characters. Default: the top level of the trash. */
  parentFolderId?: string | null;
  /** Kinds of file to list, at most 30. Default: all. */
  mediaTypes?: MediaTypeWithLiterals[];
  /** `true` lists private files only, `false` public ones only. Default: both. */
  private?: boolean | null;
  /** Sort order. Default: last changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link files.listDeletedFiles}. */
export interface ListDeletedFilesResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** Where to continue. */
  nextCursor?: PagingMetadataV2;
}

/** One page of {@link files.queryFileDescriptors}. */
export interface QueryFileDescriptorsResponse {
  /** The files of this page. */
  files?: FileDescriptor[];
  /** The pages around this one. */
  pagingMetadata?: PagingMetadataV2;
}

// ---------------------------------------------------------------------------------------------------------------------
// Options and results of the folders functions
// ---------------------------------------------------------------------------------------------------------------------

/** Options of {@link folders.createFolder}. */
export interface CreateFolderOptions {
  /** Id of the folder that will hold the new one, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
}

/** Result of {@link folders.createFolder}. */
export interface CreateFolderResponse {
  /** The new folder. */
  folder?: Folder;
}

/** Options of {@link folders.listFolders}. */
export interface ListFoldersOptions {
  /** Id of the folder to list, up to 100 characters. Default: `media-root`. */
  parentFolderId?: string | null;
  /** Sort order. Default: last changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link folders.listFolders}. */
export interface ListFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** Where to continue. */
  nextCursor?: PagingMetadataV2;
}

/** Options of {@link folders.searchFolders}. */
export interface SearchFoldersOptions {
  /** Where to search, at every depth. Default: `MEDIA_ROOT`. */
  rootFolder?: RootFolderWithLiterals;
  /** Sort order. Default: last changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
  /** Text to find in the display name, up to 200 characters. Default: no filter by text. */
  search?: string | null;
}

/** One page of {@link folders.searchFolders}. */
export interface SearchFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** Where to continue. */
  nextCursor?: PagingMetadataV2;
}

/** Result of {@link folders.generateFolderDownloadUrl}. */
export interface GenerateFolderDownloadUrlResponse {
  /** Address of the zip. It does not expire. */
  downloadUrl?: string;
}

/** Options of {@link folders.bulkDeleteFolders}. */
export interface BulkDeleteFoldersOptions {
  /** `true` deletes for ever, which cannot be undone. Default: `false`, into the trash. */
  permanent?: boolean;
}

/** Options of {@link folders.listDeletedFolders}. */
export interface ListDeletedFoldersOptions {
  /** Id of a folder in the trash, up to 100 characters. Default: the top level of the trash. */
  parentFolderId?: string | null;
  /** Sort order. Default: last changed first. */
  sort?: CommonSorting;
  /** Page size and cursor. */
  paging?: CursorPaging;
}

/** One page of {@link folders.listDeletedFolders}. */
export interface ListDeletedFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** Where to continue. */
  nextCursor?: PagingMetadataV2;
}

/** One page of {@link folders.queryFolders}. */
export interface QueryFoldersResponse {
  /** The folders of this page. */
  folders?: Folder[];
  /** The pages around this one. */
  pagingMetadata?: PagingMetadataV2;
}

// ---------------------------------------------------------------------------------------------------------------------
// Whole requests, with positional arguments and options in one object
// ---------------------------------------------------------------------------------------------------------------------

/** What {@link files.generateFilesDownloadUrl} sends. */
export interface GenerateFilesDownloadUrlRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What {@link files.generateFileDownloadUrl} sends. */
export interface GenerateFileDownloadUrlRequest extends GenerateFileDownloadUrlOptions {
  /** Id or media URL of the file. */
  fileId: string;
}

/** What {@link files.getFileDescriptor} sends. */
export interface GetFileDescriptorRequest {
  /** Id or media URL of the file. */
  fileId: string;
}

/** What the service answers to {@link files.getFileDescriptor}, before the file is taken out. */
export interface GetFileDescriptorResponse {
  /** The file. */
  file?: FileDescriptor;
}

/** What {@link files.getFileDescriptors} sends. */
export interface GetFileDescriptorsRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What {@link files.updateFileDescriptor} sends. */
export interface UpdateFileDescriptorRequest {
  /** The changes, with the id of the file. */
  file: FileDescriptor;
}

/** What the service answers to {@link files.updateFileDescriptor}, before the file is taken out. */
export interface UpdateFileDescriptorResponse {
  /** The file after the change. */
  file?: FileDescriptor;
}

/** What {@link files.generateFileUploadUrl} sends. */
export interface GenerateFileUploadUrlRequest extends GenerateFileUploadUrlOptions {
  /** MIME type of the file. */
  mimeType: string | null;
}

/** What {@link files.generateFileResumableUploadUrl} sends. */
export interface GenerateFileResumableUploadUrlRequest extends GenerateFileResumableUploadUrlOptions {
  /** MIME type of the file. */
  mimeType: string | null;
}

/** What {@link files.bulkImportFiles} sends. */
export interface BulkImportFilesRequest {
  /** The files to import. */
  importFileRequests: ImportFileRequest[];
}

/** What {@link files.bulkImportFile} sends. */
export interface BulkImportFileRequest extends BulkImportFileOptions {
  /** The files to import. */
  importFileRequests: ImportFileRequest[];
}

/** What {@link files.listFiles} sends. */
export type ListFilesRequest = ListFilesOptions;

/** What {@link files.searchFiles} sends. */
export type SearchFilesRequest = SearchFilesOptions;

/** What {@link files.generateVideoStreamingUrl} sends. */
export interface GenerateVideoStreamingUrlRequest extends GenerateVideoStreamingUrlOptions {
  /** Id or media URL of the video. */
  fileId: string;
}

/** What {@link files.bulkDeleteFiles} sends. */
export interface BulkDeleteFilesRequest extends BulkDeleteFilesOptions {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What the service answers to {@link files.bulkDeleteFiles}: nothing. */
export type BulkDeleteFilesResponse = object;

/** What {@link files.bulkRestoreFilesFromTrashBin} sends. */
export interface BulkRestoreFilesFromTrashBinRequest {
  /** Ids or media URLs of the files. */
  fileIds: string[];
}

/** What the service answers to {@link files.bulkRestoreFilesFromTrashBin}: nothing. */
export type BulkRestoreFilesFromTrashBinResponse = object;

/** What {@link files.listDeletedFiles} sends. */
export type ListDeletedFilesRequest = ListDeletedFilesOptions;

/** What {@link files.queryFileDescriptors} sends. */
export interface QueryFileDescriptorsRequest {
  /** The query. */
  query?: CursorQuery;
}

/** What {@link folders.createFolder} sends. */
export interface CreateFolderRequest extends CreateFolderOptions {
  /** Name of the folder. */
  displayName: string;
}

/** What {@link folders.getFolder} sends. */
export interface GetFolderRequest {
  /** Id of the folder. */
  folderId: string;
}

/** What the service answers to {@link folders.getFolder}, before the folder is taken out. */
export interface GetFolderResponse {
  /** The folder. */
  folder?: Folder;
}

/** What {@link folders.listFolders} sends. */
export type ListFoldersRequest = ListFoldersOptions;

/** What {@link folders.searchFolders} sends. */
export type SearchFoldersRequest = SearchFoldersOptions;

/** What {@link folders.updateFolder} sends. */
export interface UpdateFolderRequest {
  /** The changes, with the id of the folder. */
  folder: Folder;
}

/** What the service answers to {@link folders.updateFolder}, before the folder is taken out. */
export interface UpdateFolderResponse {
  /** The folder after the change. */
  folder?: Folder;
}

/** What {@link folders.generateFolderDownloadUrl} sends. */
export interface GenerateFolderDownloadUrlRequest {
  /** Id of the folder. */
  folderId: string;
}

/** What {@link folders.bulkDeleteFolders} sends. */
export interface BulkDeleteFoldersRequest extends BulkDeleteFoldersOptions {
  /** Ids of the folders. */
  folderIds: string[];
}

/** What the service answers to {@link folders.bulkDeleteFolders}: nothing. */
export type BulkDeleteFoldersResponse = object;

/** What {@link folders.bulkRestoreFoldersFromTrashBin} sends. */
export interface BulkRestoreFoldersFromTrashBinRequest {
  /** Ids of the folders. */
  folderIds: string[];
}

/** What the service answers to {@link folders.bulkRestoreFoldersFromTrashBin}: nothing. */
export type BulkRestoreFoldersFromTrashBinResponse = object;

/** What {@link folders.listDeletedFolders} sends. */
export type ListDeletedFoldersRequest = ListDeletedFoldersOptions;

/** What {@link folders.queryFolders} sends. */
export interface QueryFoldersRequest {
  /** The query. */
  query?: CursorQuery;
}

/** A query as it is sent. */
export interface CursorQuery extends CursorQueryPagingMethodOneOf {
  /** Which items. */
  filter?: PlainObject | null;
  /** Sort order. */
  sort?: Sorting[];
}

/** How a query is paged. */
export interface CursorQueryPagingMethodOneOf {
  /** Page size and cursor. */
  cursorPaging?: CursorPaging;
}

/** One sort entry of a query as it is sent. */
export interface Sorting {
  /** The field to sort by, up to 512 characters. */
  fieldName?: string;
  /** Direction. Default: `ASC`. */
  order?: SortOrderWithLiterals;
}

/** Rules of its own that {@link files.generateFileDownloadUrl} can break. */
export type GenerateFileDownloadUrlValidationErrors = { ruleName?: 'INVALID_ASSET_KEY' };

/** Rules of its own that {@link files.getFileDescriptor} can break. */
export type GetFileDescriptorValidationErrors = { ruleName?: 'RESOURCE_NOT_FOUND' };

/** Rules of its own that {@link files.getFileDescriptors} can break. */
export type GetFileDescriptorsValidationErrors = { ruleName?: 'RESOURCE_NOT_FOUND' };

/** Rules of its own that {@link files.updateFileDescriptor} can break. */
export type UpdateFileDescriptorValidationErrors = { ruleName?: 'FIELD_MASK_IS_EMPTY_OR_MISSING' };

/** Rules of its own that {@link files.generateFileUploadUrl} can break. */
export type GenerateFileUploadUrlValidationErrors =
  | { ruleName?: 'MISMATCH_MIME_TYPE' }
  | { ruleName?: 'ZERO_FILE_SIZE' }
  | { ruleName?: 'UNSUPPORTED_FILE_FORMAT' }
  | { ruleName?: 'FILE_SIZE_OVER_LIMIT' }
  | { ruleName?: 'SITE_QUOTA_EXCEEDED' };

/** Rules of its own that {@link files.generateFileResumableUploadUrl} can break. */
export type GenerateFileResumableUploadUrlValidationErrors =
  | { ruleName?: 'MISMATCH_MIME_TYPE' }
  | { ruleName?: 'ZERO_FILE_SIZE' }
  | { ruleName?: 'UNSUPPORTED_FILE_FORMAT' }
  | { ruleName?: 'FILE_SIZE_OVER_LIMIT' };

/** Rules of its own that {@link files.importFile} can break. */
export type ImportFileValidationErrors = { ruleName?: 'SITE_QUOTA_EXCEEDED' };

/** Rules of its own that {@link files.listFiles} can break. */
export type ListFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };

/** Rules of its own that {@link files.searchFiles} can break. */
export type SearchFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };

/** Rules of its own that {@link files.listDeletedFiles} can break. */
export type ListDeletedFilesValidationErrors =
  | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' }
  | { ruleName?: 'UNSUPPORTED_SORT_VALUE' };

/** Rules of its own that {@link folders.updateFolder} can break. */
export type UpdateFolderValidationErrors = { ruleName?: 'FIELD_MASK_IS_EMPTY_OR_MISSING' };

// ---------------------------------------------------------------------------------------------------------------------
// Queries
// ---------------------------------------------------------------------------------------------------------------------

/** A query over files, as an object. */
export interface FileDescriptorQuery {
  /** Page size (1 to 100) and cursor. */
  cursorPaging?: CursorPaging;
  /** Which files. Default: all files in use. */
  filter?: FileDescriptorFilter | null;
  /** Sort order, at most one entry. */
  sort?: FileDescriptorSort[];
}

/**
 * Which files a query finds. Several members must all match.
 *
 * @example
 * ```ts
 * await files.queryFileDescriptors({ filter: { mediaType: { $in: ['IMAGE', 'VECTOR'] }, private: false } });
 * ```
 */
export interface FileDescriptorFilter {
  /** Private or public files. */
  private?: boolean | { $eq?: boolean };
  /** Kind of file, or several kinds. */
  mediaType?: MediaTypeWithLiterals | { $eq?: MediaTypeWithLiterals; $in?: MediaTypeWithLiterals[] };
  /** Files in use or in the trash. Default: in use. */
  state?: StateWithLiterals | { $eq?: StateWithLiterals };
  /** All of these must match. */
  $and?: FileDescriptorFilter[];
  /** Part of the general query language; the service refuses it for files. */
  $or?: FileDescriptorFilter[];
  /** Part of the general query language; the service refuses it for files. */
  $not?: FileDescriptorFilter;
}

/** How a query over files is sorted. */
export interface FileDescriptorSort {
  /** The field to sort by. */
  fieldName?: 'displayName' | 'sizeInBytes' | '_updatedDate';
  /** Direction. Default: `ASC`. */
  order?: SortOrderWithLiterals;
}

/** A query over folders, as an object. */
export interface FolderQuery {
  /** Page size (1 to 100) and cursor. */
  cursorPaging?: CursorPaging;
  /** Which folders. Default: all folders in use. */
  filter?: FolderFilter | null;
  /** Sort order, at most one entry. */
  sort?: FolderSort[];
}

/**
 * Which folders a query finds.
 *
 * @example
 * ```ts
 * await folders.queryFolders({ filter: { state: 'DELETED' } });
 * ```
 */
export interface FolderFilter {
  /** Folders in use or in the trash. Default: in use. */
  state?: StateWithLiterals | { $eq?: StateWithLiterals };
  /** All of these must match. */
  $and?: FolderFilter[];
  /** Part of the general query language; the service refuses it for folders. */
  $or?: FolderFilter[];
  /** Part of the general query language; the service refuses it for folders. */
  $not?: FolderFilter;
}

/** How a query over folders is sorted. */
export interface FolderSort {
  /** The field to sort by. */
  fieldName?: 'displayName' | '_updatedDate';
  /** Direction. Default: `ASC`. */
  order?: SortOrderWithLiterals;
}

/**
 * Builds a query over files. Each method gives a new builder and leaves this one as it is.
 *
 * @example
 * ```ts
 * const publicFiles = files.queryFileDescriptors().eq('private', false);
 * const images = await publicFiles.eq('mediaType', 'IMAGE').find();
 * const documents = await publicFiles.eq('mediaType', 'DOCUMENT').find();
 * ```
 */
export interface FilesQueryBuilder {
  /**
   * Keeps the files whose field has this value.
   *
   * @param propertyName `private`, `mediaType` or `state`.
   * @param value The value: `true` or `false`, a {@link MediaType}, a {@link State}.
   */
  eq(propertyName: 'private' | 'mediaType' | 'state', value: unknown): FilesQueryBuilder;
  /**
   * Keeps the files whose field has one of these values.
   *
   * @param propertyName `mediaType`.
   * @param value An array of {@link MediaType}s.
   */
  in(propertyName: 'mediaType', value: unknown): FilesQueryBuilder;
  /** Sorts by a field, smallest, oldest or first in the alphabet first. */
  ascending(...propertyNames: Array<'displayName' | 'sizeInBytes' | '_updatedDate'>): FilesQueryBuilder;
  /** Sorts by a field, largest, newest or last in the alphabet first. */
  descending(...propertyNames: Array<'displayName' | 'sizeInBytes' | '_updatedDate'>): FilesQueryBuilder;
  /**
   * Sets the number of files in a page.
   *
   * @param limit 1 to 100. Default: 50.
   */
  limit(limit: number): FilesQueryBuilder;
  /**
   * Continues at a cursor of an earlier answer. Filter and sort are those of the query that gave the cursor.
   *
   * @param cursor `cursors.next` or `cursors.prev` of an earlier result.
   */
  skipTo(cursor: string): FilesQueryBuilder;
  /**
   * Sends the query.
   *
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns The first page, and an async iterable over the files of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort`.
   * @example
   * ```ts
   * for await (const file of files.queryFileDescriptors().eq('private', true).find()) console.log(file._id);
   * ```
   */
  find(call?: CallOptions): PagedPromise<FilesQueryResult, FileDescriptor>;
}

/**
 * Builds a query over folders. Each method gives a new builder and leaves this one as it is.
 *
 * @example
 * ```ts
 * const trashed = await folders.queryFolders().eq('state', 'DELETED').find();
 * ```
 */
export interface FoldersQueryBuilder {
  /**
   * Keeps the folders whose field has this value.
   *
   * @param propertyName `state`.
   * @param value A {@link State}.
   */
  eq(propertyName: 'state', value: unknown): FoldersQueryBuilder;
  /** Sorts by a field, oldest or first in the alphabet first. */
  ascending(...propertyNames: Array<'displayName' | '_updatedDate'>): FoldersQueryBuilder;
  /** Sorts by a field, newest or last in the alphabet first. */
  descending(...propertyNames: Array<'displayName' | '_updatedDate'>): FoldersQueryBuilder;
  /**
   * Sets the number of folders in a page.
   *
   * @param limit 1 to 100. Default: 50.
   */
  limit(limit: number): FoldersQueryBuilder;
  /**
   * Continues at a cursor of an earlier answer. Filter and sort are those of the query that gave the cursor.
   *
   * @param cursor `cursors.next` or `cursors.prev` of an earlier result.
   */
  skipTo(cursor: string): FoldersQueryBuilder;
  /**
   * Sends the query.
   *
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns The first page, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort`.
   * @example
   * ```ts
   * const newest = await folders.queryFolders().descending('_updatedDate').find().toArray({ limit: 10 });
   * ```
   */
  find(call?: CallOptions): PagedPromise<FoldersQueryResult, Folder>;
}

/** What every page of a query has. */
export interface QueryCursorResult {
  /** Where to continue, before and after this page. */
  cursors: Cursors;
  /** Number of items in this page. */
  length: number;
  /** Number of items that were asked for. */
  pageSize: number;
  /** Whether there is a next page. */
  hasNext(): boolean;
  /** Whether there is a page before. */
  hasPrev(): boolean;
}

/**
 * One page of a query over files.
 *
 * @example
 * ```ts
 * let page = await files.queryFileDescriptors().eq('mediaType', 'IMAGE').find();
 * while (page.hasNext()) page = await page.next();
 * ```
 */
export interface FilesQueryResult extends QueryCursorResult {
  /** The files of this page. */
  items: FileDescriptor[];
  /** The builder that gave this result. */
  query: FilesQueryBuilder;
  /** Fetches the next page. Rejects with the Error `No next page to fetch` when there is none. */
  next(call?: CallOptions): PagedPromise<FilesQueryResult, FileDescriptor>;
  /** Fetches the page before. Rejects with the Error `No previous page to fetch` when there is none. */
  prev(call?: CallOptions): PagedPromise<FilesQueryResult, FileDescriptor>;
  /** Iterates over the items of this page and of all pages after it. */
  [Symbol.asyncIterator](): AsyncGenerator<FileDescriptor, void, undefined>;
}

/** One page of a query over folders. */
export interface FoldersQueryResult extends QueryCursorResult {
  /** The folders of this page. */
  items: Folder[];
  /** The builder that gave this result. */
  query: FoldersQueryBuilder;
  /** Fetches the next page. Rejects with the Error `No next page to fetch` when there is none. */
  next(call?: CallOptions): PagedPromise<FoldersQueryResult, Folder>;
  /** Fetches the page before. Rejects with the Error `No previous page to fetch` when there is none. */
  prev(call?: CallOptions): PagedPromise<FoldersQueryResult, Folder>;
  /** Iterates over the items of this page and of all pages after it. */
  [Symbol.asyncIterator](): AsyncGenerator<Folder, void, undefined>;
}

/**
 * Makes query objects for {@link files.queryFileDescriptors}.
 *
 * @example
 * ```ts
 * const { QueryBuilder, Filter, Sort } = files.utils.query;
 * const query = QueryBuilder()
 *   .withFilter(Filter.and(Filter('mediaType').in(['IMAGE', 'VECTOR']), Filter('private').eq(false)))
 *   .withSorting(Sort('_updatedDate').desc())
 *   .build();
 * const page = await files.queryFileDescriptors(query);
 * ```
 */
export interface FileQueryHelpers {
  /** Starts a query object. */
  QueryBuilder(): QueryBuilder<FileDescriptorQuery, FileDescriptorFilter, FileDescriptorSort, keyof FileDescriptor>;
  /** Starts a filter on a field, or joins filters. */
  Filter: FilterFactory<FileDescriptorFilter, FileFilterFields>;
  /** Starts a sort by a field. */
  Sort<Field extends 'displayName' | 'sizeInBytes' | '_updatedDate'>(field: Field): FieldSort<Field>;
}

/**
 * Makes query objects for {@link folders.queryFolders}.
 *
 * @example
 * ```ts
 * const { QueryBuilder, Filter } = folders.utils.query;
 * const page = await folders.queryFolders(QueryBuilder().withFilter(Filter('state').eq('DELETED')).build());
 * ```
 */
export interface FolderQueryHelpers {
  /** Starts a query object. */
  QueryBuilder(): QueryBuilder<FolderQuery, FolderFilter, FolderSort, keyof Folder>;
  /** Starts a filter on a field, or joins filters. */
  Filter: FilterFactory<FolderFilter, FolderFilterFields>;
  /** Starts a sort by a field. */
  Sort<Field extends 'displayName' | '_updatedDate'>(field: Field): FieldSort<Field>;
}

/** Collects the parts of a query object. */
export interface QueryBuilder<Query, Filter, Sort, Field> {
  /** Sets the filter. */
  withFilter(filter: FilterExpression<Filter>): QueryBuilder<Query, Filter, Sort, Field>;
  /** Names the members to answer. The service answers whole files and folders all the same. */
  withFields(...fields: (Field & string)[]): QueryBuilder<Query, Filter, Sort, Field>;
  /** Sets the sort order, at most one entry. */
  withSorting(...sorts: SortExpression<Sort>[]): QueryBuilder<Query, Filter, Sort, Field>;
  /** Sets `paging` of the query object. The service reads `cursorPaging`: to page, set that on the built object. */
  withPaging(paging: { limit: number; cursor?: string }): QueryBuilder<Query, Filter, Sort, Field>;
  /** Gives the query object. */
  build(): Query;
}

/** A filter for {@link QueryBuilder.withFilter}. */
export interface FilterExpression<Filter> {
  /** The filter as the service reads it. */
  readonly filter: Filter;
}

/** A sort entry for {@link QueryBuilder.withSorting}. */
export interface SortExpression<Sort> {
  /** The sort entry as the service reads it. */
  readonly sort: Sort;
}

/** Starts a filter on a field, or joins filters. */
export interface FilterFactory<Filter, Fields> {
  /** Starts a filter on a field. */
  <Field extends keyof Fields>(field: Field): Fields[Field] & FilterExpression<Filter>;
  /** All of the filters must match. */
  and(...filters: FilterExpression<Filter>[]): FilterExpression<Filter>;
  /** One of the filters must match; the service refuses this for files and folders. */
  or(...filters: FilterExpression<Filter>[]): FilterExpression<Filter>;
  /** The filter must not match; the service refuses this for files and folders. */
  not(filter: FilterExpression<Filter>): FilterExpression<Filter>;
}

/** What a filter over files can say about each field. */
export interface FileFilterFields {
  /** Private or public files. */
  private: { eq(value: boolean): FilterExpression<FileDescriptorFilter> };
  /** Kind of file, or several kinds. */
  mediaType: {
    eq(value: MediaTypeWithLiterals): FilterExpression<FileDescriptorFilter>;
    in(values: MediaTypeWithLiterals[]): FilterExpression<FileDescriptorFilter>;
  };
  /** Files in use or in the trash. */
  state: { eq(value: StateWithLiterals): FilterExpression<FileDescriptorFilter> };
}

/** What a filter over folders can say about each field. */
export interface FolderFilterFields {
  /** Folders in use or in the trash. */
  state: { eq(value: StateWithLiterals): FilterExpression<FolderFilter> };
}

/** The two directions of a sort by one field. */
export interface FieldSort<Field> {
  /** Smallest, oldest or first in the alphabet first. */
  asc(): SortExpression<{ fieldName: Field; order: 'ASC' }>;
  /** Largest, newest or last in the alphabet first. */
  desc(): SortExpression<{ fieldName: Field; order: 'DESC' }>;
}

// ---------------------------------------------------------------------------------------------------------------------
// Events
// ---------------------------------------------------------------------------------------------------------------------

/** Body of {@link files.onFileDescriptorFileReady}. */
export interface FileReady {
  /** The file. */
  file?: FileDescriptor;
  /** Your own note of the upload or import. */
  externalInfo?: ExternalInfo;
  /** Whether the file came back from the trash; `false` after an upload or import. */
  triggeredByUndelete?: boolean;
}

/** Body of {@link files.onFileDescriptorFileFailed}. It holds no file: use `metadata.entityId`. */
export interface FileFailed {
  /** Your own note of the upload or import. */
  externalInfo?: ExternalInfo;
  /** What went wrong. */
  error?: ApplicationError;
}

/** Who caused an event: one of the ids, as `identityType` says. */
export interface IdentificationData {
  /** Id of a visitor who was not logged in. */
  anonymousVisitorId?: string;
  /** Id of a member of the site. */
  memberId?: string;
  /** Id of a Wix user. */
  wixUserId?: string;
  /** Id of an app. */
  appId?: string;
  /** Kind of identity. */
  identityType?: WebhookIdentityTypeWithLiterals;
}

/** Another name of {@link IdentificationData} without its type. */
export type IdentificationDataIdOneOf = Omit<IdentificationData, 'identityType'>;

/** The account in which an event happened. */
export interface AccountInfo {
  /** Id of the account. */
  accountId?: string | null;
  /** Id of the account above it. */
  parentAccountId?: string | null;
  /** Id of the site. */
  siteId?: string | null;
}

/** The account in which an event happened, as event metadata gives it. */
export interface AccountInfoMetadata {
  /** Id of the account. */
  accountId: string;
  /** Id of the site. */
  siteId?: string;
  /** Id of the account above it. */
  parentAccountId?: string;
}

/** Where an event comes from. */
export interface BaseEventMetadata {
  /** Id of the app instance that receives the event. */
  instanceId?: string | null;
  /** Type of the event, such as `wix.media.site_media.v1.file_descriptor_file_ready`. */
  eventType?: string;
  /** Who caused the event. */
  identity?: IdentificationData;
  /** The account in which it happened. */
  accountInfo?: AccountInfo;
}

/**
 * What every event says about itself. Delivery is at least once, can be late and out of order: drop repeats by `_id`,
 * order the changes of one file or folder by `entityEventSequence`.
 */
export interface EventMetadata extends BaseEventMetadata {
  /** Id of the event. */
  _id?: string;
  /** `wix.media.site_media.v1.file_descriptor` or `wix.media.site_media.v1.folder`. */
  entityFqdn?: string;
  /** What happened: `file_ready`, `file_failed`, `created`, `updated` or `deleted`. */
  slug?: string;
  /** Id of the file or folder. */
  entityId?: string;
  /** When it happened. */
  eventTime?: Date | null;
  /** Whether a privacy request caused it. */
  triggeredByAnonymizeRequest?: boolean | null;
  /** What caused it, if that is known. */
  originatedFrom?: string | null;
  /** Grows with every event of the same file or folder; a decimal string. */
  entityEventSequence?: string | null;
  /** The account in which it happened. */
  accountInfo?: AccountInfoMetadata;
}

/** What every deletion event says about itself. */
export interface DeletedEventMetadata extends EventMetadata {
  /** `true`: into the trash. `false`: deleted for ever. */
  movedToTrash?: boolean;
}

/** What a handler of {@link files.onFileDescriptorFileReady} receives. */
export interface FileDescriptorFileReadyEnvelope {
  /** The file and your own note. */
  data: FileReady;
  /** About the event. */
  metadata: EventMetadata;
}

/** What a handler of {@link files.onFileDescriptorFileFailed} receives. */
export interface FileDescriptorFileFailedEnvelope {
  /** The error and your own note. */
  data: FileFailed;
  /** About the event. */
  metadata: EventMetadata;
}

/** What a handler of {@link files.onFileDescriptorUpdated} receives. */
export interface FileDescriptorUpdatedEnvelope {
  /** The file after the change. */
  entity: FileDescriptor;
  /** About the event. */
  metadata: EventMetadata;
  /** The members that changed, with their values before the change. */
  modifiedFields?: PlainObject;
}

/** What a handler of {@link files.onFileDescriptorDeleted} receives. */
export interface FileDescriptorDeletedEnvelope {
  /** The file as it was, when the service sent it. */
  entity?: FileDescriptor;
  /** About the event, with `movedToTrash`. */
  metadata: DeletedEventMetadata;
}

/** What a handler of {@link folders.onFolderCreated} receives. */
export interface FolderCreatedEnvelope {
  /** The new or restored folder. */
  entity: Folder;
  /** About the event. */
  metadata: EventMetadata;
}

/** What a handler of {@link folders.onFolderUpdated} receives. */
export interface FolderUpdatedEnvelope {
  /** The folder after the change. */
  entity: Folder;
  /** About the event. */
  metadata: EventMetadata;
  /** The members that changed, with their values before the change. */
  modifiedFields?: PlainObject;
}

/** What a handler of {@link folders.onFolderDeleted} receives. */
export interface FolderDeletedEnvelope {
  /** The folder as it was, when the service sent it. */
  entity?: Folder;
  /** About the event, with `movedToTrash`. */
  metadata: DeletedEventMetadata;
}

/** An event as it travels: exactly one body beside its metadata. */
export interface DomainEvent extends DomainEventBodyOneOf {
  /** Id of the event. */
  _id?: string;
  /** `wix.media.site_media.v1.file_descriptor` or `wix.media.site_media.v1.folder`. */
  entityFqdn?: string;
  /** What happened: `file_ready`, `file_failed`, `created`, `updated` or `deleted`. */
  slug?: string;
  /** Id of the file or folder. */
  entityId?: string;
  /** When it happened. */
  eventTime?: Date | null;
  /** Whether a privacy request caused it. */
  triggeredByAnonymizeRequest?: boolean | null;
  /** What caused it, if that is known. */
  originatedFrom?: string | null;
  /** Grows with every event of the same file or folder; a decimal string. */
  entityEventSequence?: string | null;
}

/** The body of an event: exactly one member is set. */
export interface DomainEventBodyOneOf {
  /** Something was made, or came back from the trash. */
  createdEvent?: EntityCreatedEvent;
  /** Something was changed. */
  updatedEvent?: EntityUpdatedEvent;
  /** Something was deleted. */
  deletedEvent?: EntityDeletedEvent;
  /** Something else happened. */
  actionEvent?: ActionEvent;
}

/** Something was made, or came back from the trash. */
export interface EntityCreatedEvent {
  /** The file or folder, as JSON. */
  entity?: string;
}

/** Something was changed. */
export interface EntityUpdatedEvent {
  /** The file or folder after the change, as JSON. */
  currentEntity?: string;
}

/** Something was deleted. */
export interface EntityDeletedEvent {
  /** The file or folder as it was, as JSON. */
  deletedEntity?: string | null;
}

/** Something else happened. */
export interface ActionEvent {
  /** The body of the event, as JSON. */
  body?: string;
}

/** When a restored file or folder had been deleted. */
export interface RestoreInfo {
  /** Time of the deletion. */
  deletedDate?: Date | null;
}

/** The envelope in which an event travels, inside the JWT. */
export interface MessageEnvelope {
  /** Id of the app instance that receives the event. */
  instanceId?: string | null;
  /** Type of the event, up to 150 characters. */
  eventType?: string;
  /** Who caused the event. */
  identity?: IdentificationData;
  /** The event, as JSON. */
  data?: string;
  /** The account in which it happened. */
  accountInfo?: AccountInfo;
}

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

/** One refused field of a request. */
export interface FieldViolation {
  /** Path of the argument, such as `options.paging.limit` or `fileId`. */
  field?: string;
  /** What is wrong with it. */
  description?: string;
  /** Kind of rule: `REQUIRED_FIELD`, `FORMAT`, `MAX`, `MIN`, `MAX_LENGTH`, `MAX_SIZE`, `CUSTOM`, `OTHER` and others. */
  violatedRule?: string;
  /** The rule by name, such as `PARENT_FOLDER_NOT_FOUND`. */
  ruleName?: string;
  /** More about it, such as `{ threshold: 100 }`. */
  data?: PlainObject | null;
}

/** The error as the service sent it. */
export interface ErrorDetails {
  /** A refusal with a code. */
  applicationError?: {
    /** Stable name, such as `RESOURCE_NOT_FOUND`; the HTTP status as a number when the service sent no code. */
    code?: string | number;
    /** What went wrong, in words. */
    description?: string;
    /** More about it, depending on the code. */
    data?: PlainObject | null;
  };
  /** Refused fields. */
  validationError?: {
    /** The refused fields, named as the arguments they came from. */
    fieldViolations?: FieldViolation[];
  };
  /** Id of the request, for questions to Wix. */
  requestId?: string | null;
}

/**
 * The one class of everything that this package throws or rejects with, except the caller's own abort reason.
 *
 * Tell errors apart by `code`, the stable name. Codes of the service stand in the `@throws` of each function; of general
 * use are `UNAUTHENTICATED` (401), `PERMISSION_DENIED` (403), `NOT_FOUND` (404), `RESOURCE_EXHAUSTED` (429) and
 * `INVALID_ARGUMENT` (400, see `fieldViolations`). Codes of this package are listed at {@link WixMediaError.code}.
 *
 * @example
 * ```ts
 * try {
 *   await files.getFileDescriptor(fileId);
 * } catch (error) {
 *   if (error instanceof WixMediaError && error.code === 'RESOURCE_NOT_FOUND') console.log('gone');
 *   else throw error;
 * }
 * ```
 */
export declare class WixMediaError extends Error {
  /** Makes an error of this class, as tests and wrappers need it. */
  constructor(members: {
    message: string;
    code: string;
    status?: number;
    operation?: string;
    requestId?: string | null;
    retry?: 'never' | 'after' | 'maybe';
    details?: ErrorDetails;
    cause?: unknown;
  });
  /** `'WixMediaError'`, also in minified code. */
  readonly name: 'WixMediaError';
  /** What went wrong, in one sentence. */
  readonly message: string;
  /**
   * Stable name of the error. The service's own, else the rule of the first refused field, else the HTTP status as text;
   * or one of this package's own:
   *
   * - `INVALID_ARGUMENT`: an argument or option was refused before anything was sent (status 400);
   * - `NETWORK`: `fetch` gave no answer; `cause` is what it rejected with;
   * - `TIMEOUT`: `timeoutMs` has passed;
   * - `INVALID_RESPONSE`: an answer that is not what the service promises, such as HTML; `cause` may say more;
   * - `UNAUTHENTICATED`: the credentials could not be had, or were refused (status 401);
   * - `ALREADY_CONFIGURED`: see {@link configure};
   * - `INVALID_MEDIA_URL`: see {@link media};
   * - `INVALID_WEBHOOK`: see {@link Webhooks.process};
   * - `MODULE_NOT_LOADED`: see {@link init};
   * - `INTERNAL`: a fault inside this package. The next call starts afresh.
   */
  readonly code: string;
  /** HTTP status; 400 for an argument refused before anything was sent; undefined when there was no usable answer. */
  readonly status: number | undefined;
  /** The call, such as `files.listFiles`. */
  readonly operation: string | undefined;
  /** Id of the request, for questions to Wix; null when the answer had none, undefined when there was no answer. */
  readonly requestId: string | null | undefined;
  /**
   * What to think of trying again: `'never'` helps; `'after'` a wait it can help and does no harm; `'maybe'` it helps, but
   * this try may have had an effect already, so a second one could make a second file or folder.
   */
  readonly retry: 'never' | 'after' | 'maybe';
  /** The refused fields, named as the arguments they came from: those of `details.validationError`. */
  readonly fieldViolations: FieldViolation[] | undefined;
  /** The error as the service sent it, in the shape that the official SDK gives it. */
  readonly details: ErrorDetails | undefined;
  /** What lies behind it: what `fetch` rejected with, or what could not be parsed. */
  readonly cause?: unknown;
  /** The members as a plain object, for logs and for messages between threads, where an error loses them. */
  toJSON(): Record<string, unknown>;
}

// ---------------------------------------------------------------------------------------------------------------------
// The files functions
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The files of the Media Manager: find, change, upload, import, download, delete and restore them.
 *
 * Wherever a function takes the id of a file, a Wix media URL such as
 * `wix:image://v1/<id>/<name>#originWidth=3840&originHeight=2160` will do as well.
 *
 * @example
 * ```ts
 * const page = await files.listFiles({ mediaTypes: ['IMAGE'], paging: { limit: 10 } });
 * ```
 */
export declare namespace files {
  /**
   * Makes a permanent address of one zip that holds the given files.
   *
   * Whoever has the address can fetch the zip, and it does not expire; private files are left out. For a private file
   * use {@link files.generateFileDownloadUrl}.
   *
   * @param fileIds 1 to 1,000 ids or media URLs, each of up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The address of the zip.
   * @throws {WixMediaError} `RESOURCE_NOT_FOUND` (400) when none of the files exists.
   * @example
   * ```ts
   * const { downloadUrl } = await files.generateFilesDownloadUrl([fileId, otherFileId]);
   * ```
   */
  export function generateFilesDownloadUrl(
    fileIds: string[],
    call?: CallOptions,
  ): Promise<GenerateFilesDownloadUrlResponse>;

  /**
   * Makes temporary links to one file: one for each rendition asked for, or one to the original.
   *
   * This is the way to hand a private file to someone outside.
   *
   * @param fileId Id or media URL of the file, up to 1,000 characters.
   * @param options Name, lifetime (in minutes, 600 by default), renditions and behaviour of the links.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns One link for each asset key.
   * @throws {WixMediaError} `INVALID_ASSET_KEY` (400) when the file has no such rendition, `RESOURCE_NOT_FOUND` (400)
   * when there is no such file.
   * @example
   * ```ts
   * const { downloadUrls } = await files.generateFileDownloadUrl(fileId, {
   *   expirationInMinutes: 60,
   *   downloadFileName: 'contract.pdf',
   * });
   * console.log(downloadUrls?.[0]?.url);
   * ```
   */
  export function generateFileDownloadUrl(
    fileId: string,
    options?: GenerateFileDownloadUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateFileDownloadUrlResponse>;

  /**
   * Gets one file, whatever its state: pending, failed and trashed files are answered too.
   *
   * Asking again until `operationStatus` is no longer `PENDING` is one way to wait for an upload or import; the event
   * {@link files.onFileDescriptorFileReady} is the other.
   *
   * @param fileId Id or media URL of the file, up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The file itself.
   * @throws {WixMediaError} `RESOURCE_NOT_FOUND` (400) when there is no such file.
   * @example
   * ```ts
   * const file = await files.getFileDescriptor(fileId);
   * console.log(file.displayName, file.operationStatus);
   * ```
   */
  export function getFileDescriptor(
    fileId: string,
    call?: CallOptions,
  ): Promise<FileDescriptor>;

  /**
   * Gets several files. Those that do not exist are left out, and the order is not that of the ids: match by `_id`.
   *
   * @param fileIds 1 to 100 ids or media URLs, each of up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The files that exist.
   * @throws {WixMediaError} `RESOURCE_NOT_FOUND` (400) when none of the files exists.
   * @example
   * ```ts
   * const { files: found = [] } = await files.getFileDescriptors([fileId, otherFileId]);
   * const byId = new Map(found.map((file) => [file._id, file]));
   * ```
   */
  export function getFileDescriptors(
    fileIds: string[],
    call?: CallOptions,
  ): Promise<GetFileDescriptorsResponse>;

  /**
   * Renames, relabels or moves one file; the form in which Velo takes it, with the id first.
   *
   * @param id Id or media URL of the file, up to 1,000 characters. It wins over `file._id`.
   * @param file The changes: `displayName`, `parentFolderId`, `labels`.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The file after the change.
   * @throws {WixMediaError} `FIELD_MASK_IS_EMPTY_OR_MISSING` (400) when there is nothing to change, `RESOURCE_NOT_FOUND`
   * (400) when there is no such file, a field violation (400) when the new folder does not exist or is in the trash.
   * @example
   * ```ts
   * const moved = await files.updateFileDescriptor(fileId, { parentFolderId: folderId, labels: ['water'] });
   * ```
   */
  export function updateFileDescriptor(
    id: string,
    file: FileDescriptor,
    call?: CallOptions,
  ): Promise<FileDescriptor>;
  /**
   * Renames, relabels or moves one file.
   *
   * `displayName` (up to 255 characters), `parentFolderId` (up to 100; moves the file) and `labels` (up to 100 of up to
   * 200 characters; replaces the whole list, `[]` clears it) count; everything else in the argument is ignored, so a
   * changed descriptor can be sent back as it is. The argument is left untouched.
   *
   * @param file The changes, with the id of the file in `_id`.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The file after the change.
   * @throws {WixMediaError} `FIELD_MASK_IS_EMPTY_OR_MISSING` (400) when there is nothing to change, `RESOURCE_NOT_FOUND`
   * (400) when there is no such file, a field violation (400) when the new folder does not exist or is in the trash.
   * @example
   * ```ts
   * const renamed = await files.updateFileDescriptor({ _id: fileId, displayName: 'River bank' });
   * ```
   */
  export function updateFileDescriptor(
    file: FileDescriptor,
    call?: CallOptions,
  ): Promise<FileDescriptor>;

  /**
   * Makes an address to which anyone can `PUT` the bytes of one file, without credentials.
   *
   * Send the bytes as the body, with the MIME type in `Content-Type` and without `Authorization`; the answer to the
   * `PUT` holds the new descriptor. An interruption ends the upload: above 10 MB, or on a weak connection, use
   * {@link files.generateFileResumableUploadUrl}.
   *
   * @param mimeType MIME type of the file, up to 100 characters.
   * @param options Name, folder, labels and the like.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The address to upload to.
   * @throws {WixMediaError} 400 with `MISMATCH_MIME_TYPE` when type and extension contradict each other,
   * `ZERO_FILE_SIZE`, `UNSUPPORTED_FILE_FORMAT`, `FILE_SIZE_OVER_LIMIT`, or `SITE_QUOTA_EXCEEDED` when the site's
   * storage is full.
   * @example
   * ```ts
   * const { uploadUrl } = await files.generateFileUploadUrl('image/jpeg', {
   *   fileName: 'river.jpg',
   *   filePath: '/photos/2026',
   * });
   * ```
   */
  export function generateFileUploadUrl(
    mimeType: string,
    options?: GenerateFileUploadUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateFileUploadUrlResponse>;

  /**
   * Makes the address and the token of a resumable upload with the TUS protocol, version 1.0.0.
   *
   * Create the upload at `uploadUrl` with the token in `Upload-Metadata`, send the bytes in chunks, then `PUT` `{}` to
   * `<uploadUrl>/<uploadToken>`: without this last request there is no file.
   *
   * @param mimeType MIME type of the file, up to 100 characters.
   * @param options Name, folder, labels and the like.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Protocol, address and token.
   * @throws {WixMediaError} 400 with `MISMATCH_MIME_TYPE` when type and extension contradict each other,
   * `ZERO_FILE_SIZE`, `UNSUPPORTED_FILE_FORMAT`, `FILE_SIZE_OVER_LIMIT`, or `SITE_QUOTA_EXCEEDED` when the site's
   * storage is full.
   * @example
   * ```ts
   * const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl('video/mp4', {
   *   fileName: 'harbour.mp4',
   *   sizeInBytes: '73400320',
   * });
   * ```
   */
  export function generateFileResumableUploadUrl(
    mimeType: string,
    options?: GenerateFileResumableUploadUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateFileResumableUploadUrlResponse>;

  /**
   * Copies a file from a public address.
   *
   * The Media Manager fetches it in its own time: the answer is `PENDING` and without `media`, and the outcome comes as
   * {@link files.onFileDescriptorFileReady} or {@link files.onFileDescriptorFileFailed}. The type of the file is found
   * by `mimeType`, by an extension in `displayName` or `url`, or by a `HEAD` request to the source. Each call makes a
   * new file, so it is repeated only where nothing can have been made.
   *
   * @param url Public address of the file, at least 2 characters.
   * @param options Name, folder, labels and the like.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The new file, in `file`.
   * @throws {WixMediaError} `SITE_QUOTA_EXCEEDED` (400) when the site's storage is full, `UNSUPPORTED_FILE_FORMAT` (400)
   * when the type cannot be found, `MISMATCH_MIME_TYPE` (400) when what is declared contradicts itself.
   * @example
   * ```ts
   * const { file } = await files.importFile('https://www.example.com/river.jpg', {
   *   displayName: 'River bank',
   *   parentFolderId: folderId,
   * });
   * ```
   */
  export function importFile(
    url: string,
    options?: ImportFileOptions,
    call?: CallOptions,
  ): Promise<ImportFileResponse>;

  /**
   * Copies several files from public addresses, and tells nothing about single ones.
   *
   * One invalid request makes the whole call fail.
   *
   * @deprecated Use {@link files.bulkImportFile}, which reports each file.
   * @param importFileRequests 1 to 100 addresses with the options of {@link files.importFile}.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The new files in the order of the request.
   * @throws {WixMediaError} `SITE_QUOTA_EXCEEDED` (400) when the site's storage is full, `UNSUPPORTED_FILE_FORMAT` (400)
   * when a type cannot be found, `MISMATCH_MIME_TYPE` (400) when what is declared contradicts itself.
   * @example
   * ```ts
   * const { files: imported } = await files.bulkImportFiles([{ url: 'https://www.example.com/river.jpg' }]);
   * ```
   */
  export function bulkImportFiles(
    importFileRequests: ImportFileRequest[],
    call?: CallOptions,
  ): Promise<BulkImportFilesResponse>;

  /**
   * Copies several files from public addresses, and reports each of them.
   *
   * What goes wrong with one file stands in its `itemMetadata.error`; the others are imported. The files are `PENDING`,
   * as after {@link files.importFile}.
   *
   * @param importFileRequests 1 to 100 addresses with the options of {@link files.importFile}.
   * @param options `returnEntity: false` leaves the new files out of the results.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns One result for each request, and the numbers of successes and failures.
   * @throws {WixMediaError} A field violation (400) when the list is empty, too long, or an address is missing.
   * @example
   * ```ts
   * const { results = [] } = await files.bulkImportFile([
   *   { url: 'https://www.example.com/river.jpg' },
   *   { url: 'https://www.example.com/bridge.jpg', labels: ['bridge'] },
   * ]);
   * const failed = results.filter((result) => !result.itemMetadata?.success);
   * ```
   */
  export function bulkImportFile(
    importFileRequests: ImportFileRequest[],
    options?: BulkImportFileOptions,
    call?: CallOptions,
  ): Promise<BulkImportFileResponse>;

  /**
   * Lists the files directly inside one folder; those of its sub-folders are not included.
   *
   * Pending and failed files are listed, trashed ones are not. A file written a moment ago can be missing. Await the
   * result for one page, or iterate over it for all.
   *
   * @param options Folder, filters, sort order and page; everything is optional.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` or `UNSUPPORTED_SORT_VALUE`.
   * @example
   * ```ts
   * for await (const file of files.listFiles({ parentFolderId: folderId, mediaTypes: ['IMAGE', 'VIDEO'] })) {
   *   console.log(file.displayName, file.sizeInBytes);
   * }
   * ```
   */
  export function listFiles(
    options?: ListFilesOptions,
    call?: CallOptions,
  ): PagedPromise<ListFilesResponse, FileDescriptor>;

  /**
   * Searches all files of a scope, at every depth.
   *
   * The text is looked for in display names, MIME types and labels, whatever the case of its letters. Without options
   * it finds every site file. A file written a moment ago can be missing.
   *
   * @param options Text, scope, filters, sort order and page; everything is optional.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` or `UNSUPPORTED_SORT_VALUE`.
   * @example
   * ```ts
   * const found = await files.searchFiles({ search: 'river', rootFolder: 'MEDIA_ROOT' }).toArray({ limit: 50 });
   * ```
   */
  export function searchFiles(
    options?: SearchFilesOptions,
    call?: CallOptions,
  ): PagedPromise<SearchFilesResponse, FileDescriptor>;

  /**
   * Makes an address that streams one video.
   *
   * The address of a public video does not expire. That of a private one carries a token that is checked for every
   * chunk, so let it outlast the playing time.
   *
   * @param fileId Id or media URL of the video, up to 1,000 characters.
   * @param options Protocol (`HLS` by default) and lifetime in minutes (1,440 by default).
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The address, in `downloadUrl.url`.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` when the file is not a video, `RESOURCE_NOT_FOUND` when
   * there is no such file, `FILE_NOT_READY` when it is still being processed.
   * @example
   * ```ts
   * const { downloadUrl } = await files.generateVideoStreamingUrl(fileId, { format: 'HLS' });
   * ```
   */
  export function generateVideoStreamingUrl(
    fileId: string,
    options?: GenerateVideoStreamingUrlOptions,
    call?: CallOptions,
  ): Promise<GenerateVideoStreamingUrlResponse>;

  /**
   * Moves files to the trash, or deletes them for ever.
   *
   * The files may come from different folders. It happens in its own time, so a list can show them for a moment longer.
   * Files in the trash still show on the site. Ids of unknown files and of files already in the trash do no harm.
   *
   * @param fileIds Up to 1,000 ids or media URLs, each of up to 1,000 characters.
   * @param options `permanent: true` deletes for ever, which cannot be undone.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} No code of its own; a field violation (400) when the list is too long.
   * @example
   * ```ts
   * await files.bulkDeleteFiles([fileId, otherFileId]);
   * ```
   */
  export function bulkDeleteFiles(
    fileIds: string[],
    options?: BulkDeleteFilesOptions,
    call?: CallOptions,
  ): Promise<void>;

  /**
   * Moves files from the trash back to the folders they were deleted from.
   *
   * A file whose folder is gone returns to `media-root`. Ids of unknown files and of files not in the trash do no harm.
   *
   * @param fileIds Up to 1,000 ids or media URLs, each of up to 1,000 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} No code of its own; a field violation (400) when the list is too long.
   * @example
   * ```ts
   * const images = await files.listDeletedFiles({ mediaTypes: ['IMAGE'] }).toArray({ limit: 1000 });
   * await files.bulkRestoreFilesFromTrashBin(images.map((image) => String(image._id)));
   * ```
   */
  export function bulkRestoreFilesFromTrashBin(fileIds: string[], call?: CallOptions): Promise<void>;

  /**
   * Lists the files directly in the trash, or inside one folder of the trash. Files deleted for ever are not listed.
   *
   * @param options Folder, filters, sort order and page; everything is optional.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} 400 with `UNSUPPORTED_MEDIA_TYPE` or `UNSUPPORTED_SORT_VALUE`.
   * @example
   * ```ts
   * for await (const file of files.listDeletedFiles()) console.log(file._id, file.displayName);
   * ```
   */
  export function listDeletedFiles(
    options?: ListDeletedFilesOptions,
    call?: CallOptions,
  ): PagedPromise<ListDeletedFilesResponse, FileDescriptor>;

  /**
   * Starts a query over the files of the whole site. Nothing is sent before `find()`.
   *
   * Filters: `private`, `mediaType` and `state`. Sort fields: `displayName`, `sizeInBytes` and `_updatedDate`. Without a
   * filter by `state`, only files in use are found. A page holds 50 files unless `limit` says otherwise.
   *
   * @returns A builder; each of its methods gives a new one.
   * @example
   * ```ts
   * const pictures = await files
   *   .queryFileDescriptors()
   *   .eq('mediaType', 'IMAGE')
   *   .descending('_updatedDate')
   *   .limit(20)
   *   .find();
   * console.log(pictures.items.length, pictures.hasNext());
   * ```
   */
  export function queryFileDescriptors(): FilesQueryBuilder;
  /**
   * Finds the files of the whole site that match a query object.
   *
   * @param query Filter by `private`, `mediaType` and `state`; one sort entry; cursor and limit (1 to 100).
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of files, and an async iterable over the files of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort` for any other field or operator.
   * @example
   * ```ts
   * const { files: videos } = await files.queryFileDescriptors({
   *   filter: { mediaType: 'VIDEO', private: false },
   *   sort: [{ fieldName: 'sizeInBytes', order: 'DESC' }],
   *   cursorPaging: { limit: 10 },
   * });
   * ```
   */
  export function queryFileDescriptors(
    query: FileDescriptorQuery,
    call?: CallOptions,
  ): PagedPromise<QueryFileDescriptorsResponse, FileDescriptor>;

  /**
   * Calls a handler whenever a file has become ready, after an upload, an import or a restore from the trash.
   *
   * Handlers run when `webhooks.process` of the client is given the event's request body.
   *
   * @param handler Receives the file and the metadata of the event.
   * @example
   * ```ts
   * client.files.onFileDescriptorFileReady(({ data, metadata }) => {
   *   console.log(data.file?.url, data.externalInfo, metadata.eventTime);
   * });
   * ```
   */
  export function onFileDescriptorFileReady(
    handler: (event: FileDescriptorFileReadyEnvelope) => void | Promise<void>,
  ): void;

  /**
   * Calls a handler whenever the import or the processing of a file has failed.
   *
   * @param handler Receives the error and the metadata of the event; the id of the file is `metadata.entityId`.
   * @example
   * ```ts
   * client.files.onFileDescriptorFileFailed(({ data, metadata }) => {
   *   console.warn(metadata.entityId, data.error?.code);
   * });
   * ```
   */
  export function onFileDescriptorFileFailed(
    handler: (event: FileDescriptorFileFailedEnvelope) => void | Promise<void>,
  ): void;

  /**
   * Calls a handler whenever a file has been renamed, relabelled or moved.
   *
   * @param handler Receives the file after the change and the metadata of the event.
   * @example
   * ```ts
   * client.files.onFileDescriptorUpdated(({ entity }) => console.log(entity.displayName));
   * ```
   */
  export function onFileDescriptorUpdated(
    handler: (event: FileDescriptorUpdatedEnvelope) => void | Promise<void>,
  ): void;

  /**
   * Calls a handler whenever a file has gone to the trash or has been deleted for ever.
   *
   * @param handler Receives the metadata of the event, with `movedToTrash`.
   * @example
   * ```ts
   * client.files.onFileDescriptorDeleted(({ metadata }) => console.log(metadata.entityId, metadata.movedToTrash));
   * ```
   */
  export function onFileDescriptorDeleted(
    handler: (event: FileDescriptorDeletedEnvelope) => void | Promise<void>,
  ): void;

  /** Tools that build query objects for {@link files.queryFileDescriptors}. */
  export const utils: { query: FileQueryHelpers };

  export {
    Application,
    CommonSortOrder,
    ContentDisposition,
    IdentityType,
    ImageAnnotationType,
    MediaType,
    Namespace,
    OperationStatus,
    RootFolder,
    SortOrder,
    State,
    StreamFormat,
    UploadProtocol,
    WebhookIdentityType,
    type AccountInfo,
    type AccountInfoMetadata,
    type ActionEvent,
    type AddressLocation,
    type ApplicationError,
    type ApplicationWithLiterals,
    type Archive,
    type AudioV2,
    type BaseEventMetadata,
    type BulkActionMetadata,
    type BulkDeleteFilesOptions,
    type BulkDeleteFilesRequest,
    type BulkDeleteFilesResponse,
    type BulkImportFileOptions,
    type BulkImportFileRequest,
    type BulkImportFileResponse,
    type BulkImportFileResult,
    type BulkImportFilesRequest,
    type BulkImportFilesResponse,
    type BulkRestoreFilesFromTrashBinRequest,
    type BulkRestoreFilesFromTrashBinResponse,
    type Color,
    type ColorRGB,
    type Colors,
    type CommonSortOrderWithLiterals,
    type CommonSorting,
    type ContentDispositionWithLiterals,
    type CursorPaging,
    type CursorQuery,
    type CursorQueryPagingMethodOneOf,
    type Cursors,
    type DeletedEventMetadata,
    type DomainEvent,
    type DomainEventBodyOneOf,
    type DownloadUrl,
    type EntityCreatedEvent,
    type EntityDeletedEvent,
    type EntityUpdatedEvent,
    type EventMetadata,
    type ExternalInfo,
    type FaceRecognition,
    type FileDescriptor,
    type FileDescriptorDeletedEnvelope,
    type FileDescriptorFileFailedEnvelope,
    type FileDescriptorFileReadyEnvelope,
    type FileDescriptorFilter,
    type FileDescriptorQuery,
    type FileDescriptorSort,
    type FileDescriptorUpdatedEnvelope,
    type FileFailed,
    type FileMedia,
    type FileMediaMediaOneOf,
    type FileQueryHelpers,
    type FileReady,
    type FilesQueryBuilder,
    type FilesQueryResult,
    type FocalPoint,
    type GenerateFileDownloadUrlOptions,
    type GenerateFileDownloadUrlRequest,
    type GenerateFileDownloadUrlResponse,
    type GenerateFileDownloadUrlValidationErrors,
    type GenerateFileResumableUploadUrlOptions,
    type GenerateFileResumableUploadUrlRequest,
    type GenerateFileResumableUploadUrlResponse,
    type GenerateFileResumableUploadUrlValidationErrors,
    type GenerateFileUploadUrlOptions,
    type GenerateFileUploadUrlRequest,
    type GenerateFileUploadUrlResponse,
    type GenerateFileUploadUrlValidationErrors,
    type GenerateFilesDownloadUrlRequest,
    type GenerateFilesDownloadUrlResponse,
    type GenerateVideoStreamingUrlOptions,
    type GenerateVideoStreamingUrlRequest,
    type GenerateVideoStreamingUrlResponse,
    type GetFileDescriptorRequest,
    type GetFileDescriptorResponse,
    type GetFileDescriptorValidationErrors,
    type GetFileDescriptorsRequest,
    type GetFileDescriptorsResponse,
    type GetFileDescriptorsValidationErrors,
    type IdentificationData,
    type IdentificationDataIdOneOf,
    type IdentityInfo,
    type IdentityTypeWithLiterals,
    type ImageAnnotationTypeWithLiterals,
    type ImageMedia,
    type ImportFileOptions,
    type ImportFileRequest,
    type ImportFileResponse,
    type ImportFileValidationErrors,
    type ItemMetadata,
    type ListDeletedFilesOptions,
    type ListDeletedFilesRequest,
    type ListDeletedFilesResponse,
    type ListDeletedFilesValidationErrors,
    type ListFilesOptions,
    type ListFilesRequest,
    type ListFilesResponse,
    type ListFilesValidationErrors,
    type MediaTypeWithLiterals,
    type MessageEnvelope,
    type Model3D,
    type NamespaceWithLiterals,
    type OperationStatusWithLiterals,
    type PagingMetadataV2,
    type Plan,
    type Plans,
    type QueryCursorResult,
    type QueryFileDescriptorsRequest,
    type QueryFileDescriptorsResponse,
    type RestoreInfo,
    type RootFolderWithLiterals,
    type SearchFilesOptions,
    type SearchFilesRequest,
    type SearchFilesResponse,
    type SearchFilesValidationErrors,
    type ServiceError,
    type SiteQuotaExceededError,
    type SortOrderWithLiterals,
    type Sorting,
    type StateWithLiterals,
    type StreamFormatWithLiterals,
    type TotalQuota,
    type UnsupportedRequestValueError,
    type UpdateFileDescriptorRequest,
    type UpdateFileDescriptorResponse,
    type UpdateFileDescriptorValidationErrors,
    type UploadProtocolWithLiterals,
    type VideoResolution,
    type WebhookIdentityTypeWithLiterals,
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// The folders functions
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The folders of the Media Manager: make, find, rename, move, download, delete and restore them.
 *
 * The ids `media-root`, `trash-root` and `visitor-uploads` stand for the top levels of the site files, the trash and the
 * uploads of visitors.
 *
 * @example
 * ```ts
 * const { folder } = await folders.createFolder('Holiday 2026');
 * ```
 */
export declare namespace folders {
  /**
   * Makes a folder. Each call makes a new one, also under a name that exists already, so it is repeated only where
   * nothing can have been made.
   *
   * @param displayName Name, up to 1,000 characters, not blank and without `/`.
   * @param options `parentFolderId` is the folder that will hold the new one; `media-root` by default.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The new folder, in `folder`.
   * @throws {WixMediaError} A field violation (400) when the parent does not exist or is in the trash.
   * @example
   * ```ts
   * const { folder } = await folders.createFolder('Animals', { parentFolderId: 'media-root' });
   * ```
   */
  export function createFolder(
    displayName: string,
    options?: CreateFolderOptions,
    call?: CallOptions,
  ): Promise<CreateFolderResponse>;

  /**
   * Gets one folder, also one in the trash.
   *
   * @param folderId Id of the folder, up to 100 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The folder itself.
   * @throws {WixMediaError} `FOLDER_NOT_FOUND` (404) when there is no such folder.
   * @example
   * ```ts
   * const folder = await folders.getFolder(folderId);
   * ```
   */
  export function getFolder(folderId: string, call?: CallOptions): Promise<Folder>;

  /**
   * Lists the folders directly inside one folder; those further down are not included, nor are trashed ones.
   *
   * A folder written a moment ago can be missing. Await the result for one page, or iterate over it for all.
   *
   * @param options Folder, sort order and page; everything is optional.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} `UNSUPPORTED_SORT_VALUE` (400) for a sort field other than `displayName` and `updatedDate`.
   * @example
   * ```ts
   * for await (const folder of folders.listFolders({ sort: { fieldName: 'displayName', order: 'ASC' } })) {
   *   console.log(folder.displayName);
   * }
   * ```
   */
  export function listFolders(
    options?: ListFoldersOptions,
    call?: CallOptions,
  ): PagedPromise<ListFoldersResponse, Folder>;

  /**
   * Searches all folders of a scope, at every depth.
   *
   * The text is looked for in display names, whatever the case of its letters. Without options it finds every folder of
   * the site files. A folder written a moment ago can be missing.
   *
   * @param options Text, scope, sort order and page; everything is optional.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} `UNSUPPORTED_SORT_VALUE` (400) for a sort field other than `displayName` and `updatedDate`.
   * @example
   * ```ts
   * const { folders: found } = await folders.searchFolders({ search: 'holiday' });
   * ```
   */
  export function searchFolders(
    options?: SearchFoldersOptions,
    call?: CallOptions,
  ): PagedPromise<SearchFoldersResponse, Folder>;

  /**
   * Renames or moves one folder. A move takes everything inside along; ids stay.
   *
   * @param _id Id of the folder, up to 100 characters. It wins over `folder._id`.
   * @param folder The changes: `displayName` (up to 1,000 characters) and `parentFolderId` (up to 100; moves the folder).
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The folder after the change.
   * @throws {WixMediaError} `FIELD_MASK_IS_EMPTY_OR_MISSING` (400) when there is nothing to change, `SYSTEM_FOLDER`
   * (400) for folders such as `media-root`, `FOLDER_NOT_FOUND` (404) when there is no such folder, a field violation
   * (400) when the folder would end up in itself, in the trash or in a folder that does not exist.
   * @example
   * ```ts
   * const renamed = await folders.updateFolder(folderId, { displayName: 'Holiday 2027' });
   * ```
   */
  export function updateFolder(
    _id: string,
    folder: UpdateFolder,
    call?: CallOptions,
  ): Promise<Folder>;

  /**
   * Makes a permanent address of a zip with the content of a folder, sub-folders included.
   *
   * Whoever has the address can fetch the zip, and it does not expire. It holds at most 1,000 files.
   *
   * @param folderId Id of the folder, up to 100 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns The address of the zip.
   * @throws {WixMediaError} `FOLDER_NOT_FOUND` (404) when there is no such folder, `TOO_MANY_FILES` (400) when it holds
   * more than 1,000 files.
   * @example
   * ```ts
   * const { downloadUrl } = await folders.generateFolderDownloadUrl(folderId);
   * ```
   */
  export function generateFolderDownloadUrl(
    folderId: string,
    call?: CallOptions,
  ): Promise<GenerateFolderDownloadUrlResponse>;

  /**
   * Moves folders with everything inside to the trash, or deletes them for ever.
   *
   * The folders may have different parents. It happens in its own time, so a list can show them for a moment longer.
   * Files of a folder in the trash still show on the site. Ids of unknown folders and of folders already in the trash
   * do no harm.
   *
   * @param folderIds Up to 100 ids, each of up to 100 characters.
   * @param options `permanent: true` deletes for ever, which cannot be undone.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} `SYSTEM_FOLDER` (400) when one of the folders is a system folder; nothing is deleted then.
   * @example
   * ```ts
   * await folders.bulkDeleteFolders([folderId]);
   * ```
   */
  export function bulkDeleteFolders(
    folderIds: string[],
    options?: BulkDeleteFoldersOptions,
    call?: CallOptions,
  ): Promise<void>;

  /**
   * Moves folders from the trash back to where they were, with everything that was deleted with them.
   *
   * A folder whose parent is gone returns to `media-root`. Ids of unknown folders and of folders not in the trash do no
   * harm.
   *
   * @param folderIds Up to 100 ids, each of up to 100 characters.
   * @param call `signal` and `timeoutMs` for this call.
   * @returns Nothing.
   * @throws {WixMediaError} No code of its own; a field violation (400) when the list is too long.
   * @example
   * ```ts
   * await folders.bulkRestoreFoldersFromTrashBin([folderId]);
   * ```
   */
  export function bulkRestoreFoldersFromTrashBin(folderIds: string[], call?: CallOptions): Promise<void>;

  /**
   * Lists the folders directly in the trash, or inside one folder of the trash.
   *
   * @param options Folder, sort order and page; everything is optional.
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} `UNSUPPORTED_SORT_VALUE` (400) for a sort field other than `displayName` and `updatedDate`.
   * @example
   * ```ts
   * const deleted = await folders.listDeletedFolders().toArray();
   * ```
   */
  export function listDeletedFolders(
    options?: ListDeletedFoldersOptions,
    call?: CallOptions,
  ): PagedPromise<ListDeletedFoldersResponse, Folder>;

  /**
   * Starts a query over the folders of the whole site. Nothing is sent before `find()`.
   *
   * Filter: `state`. Sort fields: `displayName` and `_updatedDate`. Without a filter, only folders in use are found. A
   * page holds 50 folders unless `limit` says otherwise. To find the folders inside one folder use
   * {@link folders.listFolders}.
   *
   * @returns A builder; each of its methods gives a new one.
   * @example
   * ```ts
   * const trashed = await folders.queryFolders().eq('state', 'DELETED').ascending('displayName').find();
   * console.log(trashed.items.map((folder) => folder.displayName));
   * ```
   */
  export function queryFolders(): FoldersQueryBuilder;
  /**
   * Finds the folders of the whole site that match a query object.
   *
   * @param query Filter by `state`; one sort entry; cursor and limit (1 to 100).
   * @param call `signal` and `timeoutMs`, for every page.
   * @returns A page of folders, and an async iterable over the folders of all pages.
   * @throws {WixMediaError} A field violation (400) on `query.filter` or `query.sort` for any other field or operator.
   * @example
   * ```ts
   * const { folders: newest } = await folders.queryFolders({
   *   sort: [{ fieldName: '_updatedDate', order: 'DESC' }],
   *   cursorPaging: { limit: 10 },
   * });
   * ```
   */
  export function queryFolders(
    query: FolderQuery,
    call?: CallOptions,
  ): PagedPromise<QueryFoldersResponse, Folder>;

  /**
   * Calls a handler whenever a folder has been made or has come back from the trash.
   *
   * Handlers run when `webhooks.process` of the client is given the event's request body.
   *
   * @param handler Receives the folder and the metadata of the event.
   * @example
   * ```ts
   * client.folders.onFolderCreated(({ entity }) => console.log(entity.displayName));
   * ```
   */
  export function onFolderCreated(handler: (event: FolderCreatedEnvelope) => void | Promise<void>): void;

  /**
   * Calls a handler whenever a folder has been renamed or moved.
   *
   * @param handler Receives the folder after the change and the metadata of the event.
   * @example
   * ```ts
   * client.folders.onFolderUpdated(({ entity }) => console.log(entity.parentFolderId));
   * ```
   */
  export function onFolderUpdated(handler: (event: FolderUpdatedEnvelope) => void | Promise<void>): void;

  /**
   * Calls a handler whenever a folder has gone to the trash or has been deleted for ever.
   *
   * @param handler Receives the metadata of the event, with `movedToTrash`.
   * @example
   * ```ts
   * client.folders.onFolderDeleted(({ metadata }) => console.log(metadata.entityId, metadata.movedToTrash));
   * ```
   */
  export function onFolderDeleted(handler: (event: FolderDeletedEnvelope) => void | Promise<void>): void;

  /** Tools that build query objects for {@link folders.queryFolders}. */
  export const utils: { query: FolderQueryHelpers };

  export {
    CommonSortOrder,
    Namespace,
    RootFolder,
    SortOrder,
    State,
    WebhookIdentityType,
    type AccountInfo,
    type AccountInfoMetadata,
    type ActionEvent,
    type AddressLocation,
    type BaseEventMetadata,
    type BulkDeleteFoldersOptions,
    type BulkDeleteFoldersRequest,
    type BulkDeleteFoldersResponse,
    type BulkRestoreFoldersFromTrashBinRequest,
    type BulkRestoreFoldersFromTrashBinResponse,
    type CommonSortOrderWithLiterals,
    type CommonSorting,
    type CreateFolderOptions,
    type CreateFolderRequest,
    type CreateFolderResponse,
    type CursorPaging,
    type CursorQuery,
    type CursorQueryPagingMethodOneOf,
    type Cursors,
    type DeletedEventMetadata,
    type DomainEvent,
    type DomainEventBodyOneOf,
    type EntityCreatedEvent,
    type EntityDeletedEvent,
    type EntityUpdatedEvent,
    type EventMetadata,
    type Folder,
    type FolderCreatedEnvelope,
    type FolderDeletedEnvelope,
    type FolderFilter,
    type FolderQuery,
    type FolderQueryHelpers,
    type FolderSort,
    type FolderUpdatedEnvelope,
    type FoldersQueryBuilder,
    type FoldersQueryResult,
    type GenerateFolderDownloadUrlRequest,
    type GenerateFolderDownloadUrlResponse,
    type GetFolderRequest,
    type GetFolderResponse,
    type IdentificationData,
    type IdentificationDataIdOneOf,
    type ListDeletedFoldersOptions,
    type ListDeletedFoldersRequest,
    type ListDeletedFoldersResponse,
    type ListFoldersOptions,
    type ListFoldersRequest,
    type ListFoldersResponse,
    type MessageEnvelope,
    type NamespaceWithLiterals,
    type PagingMetadataV2,
    type QueryCursorResult,
    type QueryFoldersRequest,
    type QueryFoldersResponse,
    type RestoreInfo,
    type RootFolderWithLiterals,
    type SearchFoldersOptions,
    type SearchFoldersRequest,
    type SearchFoldersResponse,
    type SortOrderWithLiterals,
    type Sorting,
    type StateWithLiterals,
    type UnsupportedRequestValueError,
    type UpdateFolder,
    type UpdateFolderRequest,
    type UpdateFolderResponse,
    type UpdateFolderValidationErrors,
    type WebhookIdentityTypeWithLiterals,
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Clients
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An API key of a Wix account.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * ```
 */
export interface ApiKeyAuth {
  /** The key, as Wix shows it; sent as it is, without `Bearer`. */
  apiKey: string;
  /** Id of the site to work on. Files and folders need one. */
  siteId?: string;
  /** Id of the account. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * An access token of your own, or a function that gives one. The function is asked before each try, and once more after
 * an answer of 401.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { accessToken: async () => (await fetch('/token')).text() } });
 * ```
 */
export interface AccessTokenAuth {
  /** The token, or a function that gives it; sent as it is, without `Bearer`. */
  accessToken: string | (() => string | Promise<string>);
  /** Id of the site, where the token does not say it. */
  siteId?: string;
  /** Id of the account, where the token does not say it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/** The tokens of a site's visitor or member. */
export interface VisitorTokens {
  /** The token that is sent, and when it ends, in seconds since 1970. */
  accessToken?: { value: string; expiresAt?: number };
  /** The token from which the next one is made. */
  refreshToken?: { value: string; role?: string };
}

/**
 * The client id of an OAuth app: works as an anonymous visitor of the site, or as the visitor or member whose tokens are
 * given. Tokens are made and renewed when they are needed. Wix lets visitors and members do little with media files.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { clientId: '99999999-8888-7777-6666-555555555555' } });
 * ```
 */
export interface VisitorAuth {
  /** Client id of the OAuth app. */
  clientId: string;
  /** Tokens to begin with. Default: those of a new visitor. */
  tokens?: VisitorTokens;
  /** Told whenever there are new tokens, so that they can be kept for the next visit. */
  onTokens?: (tokens: Required<VisitorTokens>) => void;
  /** Id of the site, where the token does not say it. */
  siteId?: string;
  /** Id of the account, where the token does not say it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * The credentials of an app, for one site on which it is installed. Tokens are made and renewed when they are needed.
 *
 * @example
 * ```ts
 * const client = createClient({
 *   auth: { appId: 'my-app', appSecret: 'my-secret', instanceId: '12345678-1234-1234-1234-123456789012' },
 * });
 * ```
 */
export interface AppAuth {
  /** Id of the app. */
  appId: string;
  /** Secret of the app. */
  appSecret: string;
  /** Id of the app's instance on the site. */
  instanceId: string;
  /** Id of the site, where the token does not say it. */
  siteId?: string;
  /** Id of the account, where the token does not say it. */
  accountId?: string;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/**
 * Any object that makes the headers of the credentials by itself; so the strategies of `@wix/sdk` work as they are.
 *
 * @example
 * ```ts
 * const client = createClient({ auth: { getAuthHeaders: () => ({ headers: { Authorization: 'my-api-key' } }) } });
 * ```
 */
export interface AuthStrategy {
  /** Gives the headers. Asked before each try, and once more after an answer of 401. */
  getAuthHeaders(host?: undefined): AuthHeaders | Promise<AuthHeaders>;
  /** Verifies and decodes a webhook, where no `publicKey` is given. */
  decodeJWT?(token: string): Promise<{ decoded: { data: unknown }; valid: boolean }>;
  /** Public key of the app, PEM or base64, for {@link Webhooks}. */
  publicKey?: string;
}

/** The headers of some credentials. */
export interface AuthHeaders {
  /** The headers by name. */
  headers: Record<string, string>;
}

/** Who is calling. */
export type Auth = ApiKeyAuth | AccessTokenAuth | VisitorAuth | AppAuth | AuthStrategy;

/** What a request looks like when it is handed to `fetch`. */
export interface FetchInit {
  /** `GET`, `POST` or `PATCH`. */
  method: string;
  /** The headers by name. */
  headers: Record<string, string>;
  /** JSON text. */
  body?: string;
  /** Ends the request with the call. */
  signal?: AbortSignal;
}

/**
 * Whether and how failed calls are tried again.
 *
 * Reads, changes and deletions are tried again after network failures and the statuses 429, 500, 503 and 504; calls that
 * make something only after a 429, or when the request cannot have arrived. The waits grow from `baseDelayMs` twofold
 * each time, less a random part; `Retry-After` of the service is obeyed.
 */
export interface RetryOptions {
  /** Greatest number of tries, the first one included. Default: 3. */
  attempts?: number;
  /** Milliseconds of the first wait. Default: 500. */
  baseDelayMs?: number;
  /** Greatest wait in milliseconds; a call whose next try would have to wait longer fails at once. Default: 60,000. */
  maxDelayMs?: number;
}

/** Functions that are told about every request. What they throw is ignored. Secrets in headers are redacted. */
export interface Hooks {
  /** A request is about to be sent. */
  request?: (event: RequestEvent) => void;
  /** An answer has arrived, of whatever status. */
  response?: (event: ResponseEvent) => void;
  /** A call will be tried again after a wait. */
  retry?: (event: RetryEvent) => void;
}

/** What the hook `request` is told. */
export interface RequestEvent {
  /** The call, such as `files.listFiles`. */
  operation: string;
  /** Number of this try, from 1. */
  attempt: number;
  /** HTTP method. */
  method: string;
  /** Address of the request. */
  url: string;
  /** The headers; secrets are shown as `[redacted]`. */
  headers: Record<string, string>;
}

/** What the hook `response` is told. */
export interface ResponseEvent {
  /** The call, such as `files.listFiles`. */
  operation: string;
  /** Number of this try, from 1. */
  attempt: number;
  /** HTTP method. */
  method: string;
  /** Address of the request. */
  url: string;
  /** HTTP status. */
  status: number;
  /** Id of the request, for questions to Wix. */
  requestId: string | undefined;
}

/** What the hook `retry` is told. */
export interface RetryEvent {
  /** The call, such as `files.listFiles`. */
  operation: string;
  /** Number of the try that failed, from 1. */
  attempt: number;
  /** Milliseconds until the next try. */
  delayMs: number;
  /** HTTP status of the try that failed; undefined when there was no answer. */
  status: number | undefined;
  /** What went wrong, when there was no answer. */
  error: WixMediaError | undefined;
}

/**
 * Options of {@link createClient} and {@link configure}.
 *
 * @example
 * ```ts
 * const client = createClient({
 *   auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' },
 *   timeoutMs: 20_000,
 *   retry: { attempts: 5 },
 *   on: { retry: ({ operation, delayMs }) => console.info(`${operation} again in ${delayMs} ms`) },
 * });
 * ```
 */
export interface ClientOptions {
  /** Who is calling. */
  auth?: Auth;
  /** Where the API is. Default: `https://www.wixapis.com`. The path `/site-media/v1` is added to it. */
  baseUrl?: string;
  /** Sends the requests. Default: the global `fetch`, looked up at each call. */
  fetch?: (url: string, init: FetchInit) => Promise<Response>;
  /** Headers for every request; those without a value are left out. They never override the credentials. */
  headers?: Record<string, string | null | undefined> | Iterable<readonly [string, string]>;
  /** Answers the requests in place of `fetch` and, if it has one, at its own `baseUrl`: any fetch handler. */
  manager?: MediaManager | { fetch(request: Request): Promise<Response>; baseUrl?: string };
  /** Whether and how failed calls are tried again; `false` for never. */
  retry?: RetryOptions | false;
  /** Milliseconds after which a call is given up. Default: never. */
  timeoutMs?: number;
  /** Functions that are told about every request. */
  on?: Hooks;
}

/** The functions of the Media Manager, bound to one set of credentials and options. */
export interface Client {
  /** The files functions. */
  files: typeof files;
  /** The folders functions. */
  folders: typeof folders;
  /** Takes in the events of the Media Manager. */
  webhooks: Webhooks;
  /** Uploads. */
  uploads: typeof uploads;
  /** Downloads. */
  downloads: typeof downloads;
  /** Folders and files by their paths. */
  paths: typeof paths;
  /** Deletions that are counted before, and undone. */
  trash: typeof trash;
}

/**
 * Makes a client with credentials and options of its own. Nothing is sent or loaded before its first call.
 *
 * @param options Credentials and the rest; everything is optional.
 * @throws {WixMediaError} `INVALID_ARGUMENT` when `auth` is none of the known kinds or `fetch` is no function,
 * `UNAUTHENTICATED` when a header cannot carry the credentials.
 * @example
 * ```ts
 * const client = createClient({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * const { folder } = await client.folders.createFolder('Animals');
 * ```
 */
export declare function createClient(options?: ClientOptions): Client;

/**
 * Sets the options of the functions that are imported directly, {@link files} and {@link folders}. Call it once, before
 * their first call. Without it, Node reads `WIX_API_KEY`, `WIX_SITE_ID` and `WIX_ACCOUNT_ID` from the environment; where
 * there is no key either, calls go to a {@link MediaManager} in memory, which the console is told of once.
 *
 * @param options The options of {@link createClient}.
 * @throws {WixMediaError} `ALREADY_CONFIGURED` after the first call, and when it is called twice.
 * @example
 * ```ts
 * configure({ auth: { apiKey: 'my-api-key', siteId: '11111111-2222-3333-4444-555555555555' } });
 * const page = await files.listFiles();
 * ```
 */
export declare function configure(options?: ClientOptions): void;

/** What {@link init} takes: the WebAssembly module `client.wasm` of this package, or where it is. */
export type ModuleSource =
  | string
  | URL
  | Response
  | ArrayBuffer
  | ArrayBufferView
  | (typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module & object : never);

/**
 * Loads the WebAssembly module. Every call does so when it has to; `init` is for those who bring their own bytes, serve
 * `client.wasm` elsewhere, or want to choose the moment. The first source wins; after a failure the next call tries again.
 *
 * @param source Address, answer, bytes or compiled module. Default: `client.wasm` beside the package's own file.
 * @throws {WixMediaError} `MODULE_NOT_LOADED` when it cannot be found or compiled.
 * @example
 * ```ts
 * await init(new URL('/assets/client.wasm', location.href));
 * ```
 */
export declare function init(source?: ModuleSource | Promise<ModuleSource>): Promise<void>;

// ---------------------------------------------------------------------------------------------------------------------
// Webhooks
// ---------------------------------------------------------------------------------------------------------------------

/** How an event is verified, and which ones are expected. */
export interface WebhookOptions {
  /** Public key of the app, PEM or base64. Default: `publicKey` of the client's `auth`, or its `decodeJWT`. */
  publicKey?: string;
}

/** An event after it has been verified and decoded. */
export interface ProcessedEvent {
  /** Id of the app instance that receives the event. */
  instanceId: string;
  /** Type of the event, such as `wix.media.site_media.v1.file_descriptor_file_ready`. */
  eventType: string;
  /** The event as the service sent it. */
  payload: unknown;
  /** Who caused the event. */
  identity?: IdentificationData;
  /** The account in which it happened. */
  accountInfo?: AccountInfoMetadata;
}

/**
 * Takes in the events of the Media Manager, which Wix sends as `POST` requests whose body is a JWT signed with RS256.
 *
 * Register handlers with {@link files.onFileDescriptorFileReady} and its like, give every request body to `process`, and
 * answer 200 within 1,250 ms; otherwise Wix sends the event again.
 *
 * @example
 * ```ts
 * client.files.onFileDescriptorFileReady(({ data }) => console.log(data.file?.url));
 *
 * async function handle(request: Request) {
 *   await client.webhooks.processRequest(request, { publicKey });
 *   return new Response();
 * }
 * ```
 */
export interface Webhooks {
  /**
   * Verifies and decodes an event, and waits for all of its handlers.
   *
   * @param jwt Body of the request.
   * @param options `publicKey` of the app; `expectedEvents` are types that may come without a handler.
   * @returns The event.
   * @throws {WixMediaError} `INVALID_WEBHOOK` when the signature is wrong, the JWT has expired or cannot be read, or,
   * once there are handlers or expected events, when the type is none of theirs. What a handler throws comes through.
   * @example
   * ```ts
   * const event = await client.webhooks.process(jwt, { publicKey });
   * console.log(event.eventType);
   * ```
   */
  process(jwt: string, options?: WebhookOptions & { expectedEvents?: { type: string }[] }): Promise<ProcessedEvent>;
  /** As {@link Webhooks.process}, with the body of a request. */
  processRequest(
    request: { text(): Promise<string> },
    options?: WebhookOptions & { expectedEvents?: { type: string }[] },
  ): Promise<ProcessedEvent>;
  /** Verifies and decodes an event, and calls no handler. */
  parseJWT(jwt: string, options?: WebhookOptions): Promise<ProcessedEvent>;
  /** Verifies and decodes the body of a request, and calls no handler. */
  parseRequest(request: { text(): Promise<string> }, options?: WebhookOptions): Promise<ProcessedEvent>;
  /** Calls the handlers of a decoded event. */
  executeHandlers(event: ProcessedEvent): Promise<void>;
}

/** The webhooks of the functions that are imported directly. */
export declare const webhooks: Webhooks;

// ---------------------------------------------------------------------------------------------------------------------
// Media identifiers and image URLs
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Media identifiers, such as `wix:image://v1/<id>/<name>#originWidth=3840&originHeight=2160`, and the URLs that browsers
 * load. Nothing here sends anything. What is no identifier is refused with a {@link WixMediaError} of code
 * `INVALID_MEDIA_URL`, which quotes it.
 *
 * @example
 * ```ts
 * const image = 'wix:image://v1/a1b2c3_4f5e~mv2.jpg/river.jpg#originWidth=4000&originHeight=3000';
 * const thumbnail = media.getScaledToFillImageUrl(image, 300, 200);
 * ```
 */
export declare namespace media {
  /** A picture that an identifier names. */
  export interface Image {
    /** What the identifier names: a raster or a vector image. */
    type: 'image' | 'vector';
    /** Id of the file. */
    id: string;
    /** Name of the file. */
    filename?: string;
    /** Width of the original in pixels. */
    width?: number;
    /** Height of the original in pixels. */
    height?: number;
    /** Token of a watermark; images only. */
    watermark?: string;
  }

  /** A video that an identifier names. */
  export interface Video {
    /** What the identifier names. */
    type: 'video';
    /** Id of the file. */
    id: string;
    /** Name of the file. */
    filename?: string;
    /** Id of the poster's image. */
    posterId?: string;
    /** Width of the poster in pixels. */
    posterWidth?: number;
    /** Height of the poster in pixels. */
    posterHeight?: number;
  }

  /** A sound file that an identifier names. */
  export interface Audio {
    /** What the identifier names. */
    type: 'audio';
    /** Id of the file. */
    id: string;
    /** Name of the file. */
    filename?: string;
    /** Length in milliseconds. */
    duration?: number;
  }

  /** A document that an identifier names. */
  export interface Document {
    /** What the identifier names. */
    type: 'document';
    /** Id of the file. */
    id: string;
    /** Name of the file. */
    filename?: string;
  }

  /** What an identifier names. */
  export type Media = Image | Video | Audio | Document;

  /** An image or shape with its URL. */
  export interface ImageUrl {
    /** Id of the file. */
    id: string;
    /** URL of the original. */
    url: string;
    /** Height of the original in pixels: 0 when the identifier does not say it, NaN when a static URL does not. */
    height: number;
    /** Width of the original in pixels: 0 when the identifier does not say it, NaN when a static URL does not. */
    width: number;
    /** Name of the file. */
    altText?: string;
    /** Name of the file. */
    filename?: string;
  }

  /** How a transformed image is encoded and edited. */
  export interface ImageOptions {
    /** Quality, 5 to 90. Default: 80 to 90, the larger the image the higher. */
    quality?: number;
    /** The point to keep in view when the image is cut, in percent from the left and from the top. Only for filling. */
    focalPoint?: { x: number; y: number };
    /** Name at the end of the URL. Default: the id of the file. */
    name?: string;
    /** Contrast, brightness and saturation from -100 to 100, hue from -180 to 180, blur from 0 to 100. */
    filters?: { contrast?: number; brightness?: number; saturation?: number; hue?: number; blur?: number };
    /** Sharpening: radius 0.1 to 500, amount 0 to 10, threshold 0 to 255; all 0 for none. */
    unsharpMask?: { radius?: number; amount?: number; threshold?: number };
    /** How the image is enlarged. Default: `'classic'`. */
    upscaleMethod?: 'auto' | 'classic' | 'super';
    /** Token of a watermark. */
    watermark?: string;
    /** `false` encodes a JPEG from top to bottom rather than from coarse to fine. */
    progressive?: boolean;
    /** `false` keeps the format of the original. Default: the best format that the browser takes. */
    autoEncode?: boolean;
    /** Forces a format, whatever the browser takes. */
    encoding?: 'AVIF' | 'PAVIF';
    /** Physical pixels of one CSS pixel, up to 2. Default: that of the screen. */
    devicePixelRatio?: number;
    /** Beginning of the URL. Default: `https://static.wixstatic.com/media/`. */
    baseHostURL?: string;
    /** Whether the image is animated, where its format does not say it. */
    hasAnimation?: boolean;
    /** Transforms animated images too. */
    allowAnimatedTransform?: boolean;
    /** Transforms GIFs and keeps all of their frames. */
    allowFullGIFTransformation?: boolean;
    /** Cuts and focuses WebP and AVIF images too. */
    allowWebpAvifTransforms?: boolean;
    /** Only the first frame of an animated image, as a placeholder. */
    isPlaceholderFlow?: boolean;
    /** Ignores the screen, for search engines. */
    isSEOBot?: boolean;
    /** Takes width for height of the original, and makes the same URLs as the official helpers do by that mistake. */
    swapSourceSize?: boolean;
  }

  /**
   * Takes an identifier apart. The leading `wix:` may be missing, as in older data, and so may everything after the id.
   *
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const image = media.parse('wix:image://v1/a1b2c3_4f5e~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160');
   * // { type: 'image', id: 'a1b2c3_4f5e~mv2.jpg', filename: 'river bank.jpg', width: 3840, height: 2160 }
   * ```
   */
  export function parse(identifier: string): Media;

  /**
   * Puts an identifier together: the opposite of {@link media.parse}.
   *
   * @throws {WixMediaError} `INVALID_MEDIA_URL` without a known type and an id.
   * @example
   * ```ts
   * const song = media.format({ type: 'audio', id: 'a1b2c3_4f5e.mp3', filename: 'song.mp3', duration: 230164 });
   * // 'wix:audio://v1/a1b2c3_4f5e.mp3/song.mp3#duration=230164'
   * ```
   */
  export function format(media: Media): string;

  /**
   * The URL of the original bytes of a public file, from its identifier.
   *
   * @param identifier Identifier of any type.
   * @param options `resolution` of a video; `siteId` of the site that holds a document, without which there is no URL.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const url = media.getStaticUrl('wix:vector://v1/a1b2c3_4f5e.svg/logo.svg');
   * // 'https://static.wixstatic.com/shapes/a1b2c3_4f5e.svg'
   * ```
   */
  export function getStaticUrl(
    identifier: string,
    options?: { resolution?: VideoQuality; siteId?: string },
  ): string | undefined;

  /** Heights in which a video can be had. */
  export type VideoQuality = '144p' | '240p' | '360p' | '480p' | '720p' | '1080p';

  /**
   * The URL, size and name of an image.
   *
   * @param image Identifier of an image, or a URL on `static.wixstatic.com/media`.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const image = 'wix:image://v1/a1b2c3_4f5e~mv2.jpg#originWidth=400&originHeight=300';
   * const { url, width, height } = media.getImageUrl(image);
   * ```
   */
  export function getImageUrl(image: string): ImageUrl;

  /**
   * The URL, size and name of a vector image.
   *
   * @param shape Identifier of a vector image or image, or a URL on `static.wixstatic.com/shapes`.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const { url } = media.getShapeUrl('wix:vector://v1/a1b2c3_4f5e.svg/logo.svg');
   * ```
   */
  export function getShapeUrl(shape: string): ImageUrl;

  /**
   * The URL and name of a video, and the identifier of its poster.
   *
   * @param video Identifier of a video, or a URL on `video.wixstatic.com/video`.
   * @param resolution Height, such as `'720p'`. Default: the original.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const { url, thumbnail } = media.getVideoUrl('wix:video://v1/a1b2c3_4f5e/clip.mp4', '720p');
   * ```
   */
  export function getVideoUrl(
    video: string,
    resolution?: VideoQuality,
  ): { id: string; url: string; thumbnail: string; filename?: string };

  /**
   * The URL, length and name of a sound file.
   *
   * @param audio Identifier of a sound file.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const { url, duration } = media.getAudioUrl('wix:audio://v1/a1b2c3_4f5e.mp3/song.mp3#duration=230164');
   * ```
   */
  export function getAudioUrl(audio: string): { id: string; url: string; duration: number; filename?: string };

  /**
   * The URL and name of a document. Documents are on a host of their own site, so there is no URL without its id.
   *
   * @param document Identifier of a document.
   * @param options `siteId` of the site that holds the document.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const siteId = '11111111-2222-3333-4444-555555555555';
   * const { url } = media.getDocumentUrl('wix:document://v1/a1b2c3_4f5e.pdf/prices.pdf', { siteId });
   * ```
   */
  export function getDocumentUrl(
    document: string,
    options: { siteId: string },
  ): { id: string; url: string; filename?: string };
  /**
   * The id and name of a document, without its URL, as that needs the id of the site.
   *
   * @param document Identifier of a document.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const { id, filename } = media.getDocumentUrl('wix:document://v1/a1b2c3_4f5e.pdf/prices.pdf');
   * ```
   */
  export function getDocumentUrl(
    document: string,
    options?: { siteId?: string },
  ): { id: string; url: string | undefined; filename?: string };

  /**
   * The URL of an image that fills a box; what does not fit is cut off.
   *
   * @param image Identifier of a public image, or a URL on `static.wixstatic.com/media`.
   * @param targetWidth Width of the box in pixels.
   * @param targetHeight Height of the box in pixels.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const image = 'wix:image://v1/a1b2c3_4f5e~mv2.jpg/river.jpg#originWidth=4000&originHeight=3000';
   * const src = media.getScaledToFillImageUrl(image, 300, 300, { focalPoint: { x: 30, y: 70 } });
   * ```
   */
  export function getScaledToFillImageUrl(
    image: string,
    targetWidth: number,
    targetHeight: number,
    options?: ImageOptions,
  ): string;

  /**
   * The URL of an image that fits as a whole into a box.
   *
   * @param image Identifier of a public image, or a URL on `static.wixstatic.com/media`.
   * @param targetWidth Width of the box in pixels.
   * @param targetHeight Height of the box in pixels.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const image = 'wix:image://v1/a1b2c3_4f5e~mv2.jpg/river.jpg#originWidth=4000&originHeight=3000';
   * const src = media.getScaledToFitImageUrl(image, 300, 300);
   * ```
   */
  export function getScaledToFitImageUrl(
    image: string,
    targetWidth: number,
    targetHeight: number,
    options?: ImageOptions,
  ): string;

  /**
   * The URL of a rectangle of an image, scaled to fill a box.
   *
   * @param image Identifier of a public image, or a URL on `static.wixstatic.com/media`.
   * @param cropX Left edge of the rectangle, in pixels of the original.
   * @param cropY Upper edge of the rectangle, in pixels of the original.
   * @param cropWidth Width of the rectangle, in pixels of the original.
   * @param cropHeight Height of the rectangle, in pixels of the original.
   * @param targetWidth Width of the box in pixels.
   * @param targetHeight Height of the box in pixels.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const image = 'wix:image://v1/a1b2c3_4f5e~mv2.jpg/river.jpg#originWidth=4000&originHeight=3000';
   * const src = media.getCroppedImageUrl(image, 10, 20, 1000, 800, 500, 400);
   * ```
   */
  export function getCroppedImageUrl(
    image: string,
    cropX: number,
    cropY: number,
    cropWidth: number,
    cropHeight: number,
    targetWidth: number,
    targetHeight: number,
    options?: ImageOptions,
  ): string;
}

// ---------------------------------------------------------------------------------------------------------------------
// The Media Manager inside the package
// ---------------------------------------------------------------------------------------------------------------------

/** One file or folder that a manager begins with. */
export interface SeedEntry {
  /** Where it is, such as `/Holidays/2024/beach.jpg`. Folders that are missing are made; a path that ends in `/` is a folder. */
  path: string;
  /** The bytes of a file. */
  content?: string | ArrayBuffer | ArrayBufferView | Blob | ReadableStream<Uint8Array>;
  /** MIME type. Default: by the ending of the name, or by the bytes. */
  mimeType?: string;
  /** Name that people see. Default: the last part of the path. */
  displayName?: string;
  /** Labels of a file. */
  labels?: string[];
  /** Whether its URLs are refused without a token. */
  private?: boolean;
  /** Where it comes from, which decides where it lies: `visitor` below `visitor-uploads`, and so on. Default: `site`. */
  origin?: 'site' | 'visitor' | 'mobile' | 'purchase' | 'video-maker';
  /** Whether it lies in the trash. */
  trashed?: boolean;
}

/** What a {@link MediaManager} begins with: entries, or on Node, Bun and Deno the files and folders of a directory. */
export type Seed = Iterable<SeedEntry> | AsyncIterable<SeedEntry> | { directory: string | URL };

/** A fault that a manager has on purpose, for tests of what a client makes of it. */
export interface Fault {
  /** The call, such as `listFiles` or `bulk*`, or a method and the beginning of a path, such as `PUT /upload/`. */
  match: string;
  /** HTTP status of the answer. Without one the request is carried out. */
  status?: number;
  /** Milliseconds that the answer takes longer. */
  latencyMs?: number;
  /** How often it happens. Default: always. */
  times?: number;
  /** Headers of the answer, such as `Retry-After`. */
  headers?: Record<string, string>;
  /** Body of the answer, in place of the usual one of its status. */
  body?: unknown;
}

/** Limits of a {@link MediaManager}. */
export interface ManagerLimits {
  /** The largest file of each media type, in bytes. Types that are not named keep their limits. */
  sizeInBytes?: Partial<Record<MediaType, number>>;
  /** Bytes that all files together may have. Default: no limit. */
  quotaInBytes?: number;
  /** Calls in a minute for each API key and site, above which they are answered with 429. Default: no limit. */
  requestsPerMinute?: number;
}

/** Options of {@link createManager}. */
export interface ManagerOptions {
  /**
   * Where everything is kept: in memory, in a directory (Node, Bun, Deno), or in the origin private file system of a browser
   * under a name, in a worker that is started for it. Default: `'memory'`.
   */
  storage?: 'memory' | { directory: string | URL } | { opfs: string };
  /** Id of the site, which descriptors carry. */
  siteId?: string;
  /**
   * What URLs in answers begin with. Default: the host of each request, and `http://wix-media.localhost` where that is the
   * service's own.
   */
  baseUrl?: string;
  /** What a manager that holds nothing yet begins with. */
  seed?: Seed;
  /** How files are processed: for how long they are pending, in milliseconds for each media type, and which of them fail. */
  processing?: { pendingMs?: Partial<Record<MediaType, number>>; fail?: string | string[] };
  /** Limits of sizes, storage and requests. */
  limits?: ManagerLimits;
  /** The clock: the machine's, one that stands still until it is advanced, or one of the caller's own. Default: `'system'`. */
  clock?: 'system' | 'virtual' | { now(): number };
  /** Where ids come from. With a seed, equal runs make equal ids. Default: `'random'`. */
  ids?: 'random' | { seed: number };
  /** Who may do what. Without it everybody may do everything, for the manager is the caller's own. */
  auth?: {
    /** Keys, each for some sites or all, to read only or to do everything. */
    apiKeys?: { key: string; siteIds?: string[]; scope?: 'read' | 'manage' }[];
    /** OAuth clients, for `/oauth2/token`. */
    clients?: { clientId: string; clientSecret?: string; instanceId?: string; scope?: 'read' | 'manage' }[];
  };
  /** URLs to which events are delivered as signed webhooks, all of them or those named. */
  webhooks?: { url: string; events?: string[] }[];
  /** How much longer than at Wix the retries of webhooks wait; a small number makes tests quick. Default: 1. */
  webhookDelayFactor?: number;
  /** How many of the last events are kept for those who come late. Default: all. */
  keepEvents?: number;
  /** Whether `importFile` may fetch from private and loopback addresses. Default: false. */
  allowPrivateImports?: boolean;
  /** Faults from the start. */
  faults?: Fault[];
  /** Milliseconds for which lists, searches and queries do not show a change yet. Default: 0. */
  lagMs?: number;
  /** Milliseconds after which deletions and restores take place. Default: 0. */
  delayMs?: number;
}

/** What a {@link MediaManager} keeps its content in, and how much there is. */
export interface ManagerStorage {
  /** The kind of storage. */
  kind: 'memory' | 'directory' | 'opfs';
  /** Whether it outlives the process or page. */
  durable: boolean;
  /** The directory. */
  directory?: string;
  /** Bytes of all files together, and whether there is neither file nor folder. */
  usage: { bytes: number; isEmpty: boolean };
}

/** A raw event of a {@link MediaManager}. */
export interface ManagerEvent {
  /** Id of the event. */
  id: string;
  /** Kind of the entity: `wix.media.site_media.v1.file_descriptor` or `wix.media.site_media.v1.folder`. */
  entityFqdn: string;
  /** What happened: `file_ready`, `file_failed`, `created`, `updated` or `deleted`. */
  slug: string;
  /** Id of the file or folder. */
  entityId: string;
  /** When it happened, in ISO 8601. */
  eventTime: string;
  /** Number of the event among those of the same file or folder. */
  entityEventSequence: string;
  /** The folder, as the REST API has it. */
  createdEvent?: { entity: unknown };
  /** The file or folder after the change, as the REST API has it. */
  updatedEvent?: { currentEntity: unknown };
  /** Whether the trash has it now. */
  deletedEvent?: { movedToTrash: boolean };
  /** What became of the file. */
  actionEvent?: { body: unknown };
}

/** Names of events that {@link MediaManager.on} knows; `*` stands for all. */
export type ManagerEventName =
  | 'file_ready'
  | 'file_failed'
  | 'file_updated'
  | 'file_deleted'
  | 'folder_created'
  | 'folder_updated'
  | 'folder_deleted'
  | '*';

/** A Media Manager inside the process, or in a worker of its own. */
export interface MediaManager {
  /**
   * Answers a request, as the service would: the REST API, uploads, TUS, media, temporary links, zips, `/oauth2/token`. Its
   * arguments are those of the global `fetch`, so it fits wherever a `fetch` can be given.
   */
  fetch(input: string | URL | Request, init?: RequestInit & { duplex?: 'half' }): Promise<Response>;
  /** What a client sends its requests to. */
  readonly baseUrl: string;
  /** A client of this manager. */
  readonly client: Client;
  /** Calls `handler` for each event of a name from now on, in the order of their causes; gives the function that ends it. */
  on(name: ManagerEventName, handler: (event: ManagerEvent) => unknown): () => void;
  /** The clock. Only a virtual one can be advanced: what is due happens on the way, each at its own time. */
  readonly clock: { now(): number; advance(milliseconds: number): Promise<void> };
  /** Where everything is kept, and how much there is. */
  readonly storage: ManagerStorage;
  /** What the browser says of the room that is left, in bytes. Only in the origin private file system. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
  /** Faults on purpose. */
  readonly faults: { add(...faults: Fault[]): Promise<void>; clear(): Promise<void> };
  /** Changes limits, processing, lag and delay from now on; what is null is as by default again. */
  settings(settings: Pick<ManagerOptions, 'limits' | 'processing' | 'lagMs' | 'delayMs'>): Promise<void>;
  /** Everything as one archive, of the moment of the call. */
  export(): Promise<ReadableStream<Uint8Array>>;
  /** Puts an archive in the place of everything, or rejects and changes nothing. */
  import(archive: ReadableStream<Uint8Array> | Blob | ArrayBuffer | ArrayBufferView | Response): Promise<void>;
  /** Adds entries. */
  seed(entries: Seed): Promise<void>;
  /** Forgets everything. */
  reset(): Promise<void>;
  /** Waits for what is under way and lets go of the storage. */
  close(): Promise<void>;
}

/**
 * Makes a Media Manager: the whole of it, with folders, trash, search, uploads and downloads, and without account or network.
 * It is loaded with the first call.
 *
 * @param options Storage and the rest; everything is optional.
 * @throws {WixMediaError} `INVALID_ARGUMENT` for an option that makes no sense, `LOCKED` when somebody else uses the storage,
 * `STORAGE_NEWER` when a later version has written it, `STORAGE_FAILED` when it cannot be used.
 * @example
 * ```ts
 * const manager = await createManager({ clock: 'virtual' });
 * manager.on('folder_created', ({ entityId }) => console.log(entityId));
 * const { folder } = await manager.client.folders.createFolder('Animals');
 * await manager.close();
 * ```
 */
export declare function createManager(options?: ManagerOptions): Promise<MediaManager>;

// ---------------------------------------------------------------------------------------------------------------------
// Uploads, downloads, paths and trash
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What can be uploaded: a file or blob, bytes, a stream, a response, or, in Node, Bun and Deno, the path or `file:` URL of a
 * file. A stream can be read once, so that it cannot be sent again after a failure beyond what is still in memory.
 */
export type UploadSource =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Response
  | { readonly kind: 'file'; getFile(): Promise<Blob> }
  | string
  | URL;

/** How far an upload is. Neither number ever goes back, whatever has to be sent again. */
export interface UploadProgress {
  /** Id of a resumable upload, for `uploads.pause` and its like; undefined for a plain one. */
  id?: string;
  /** Name under which the file is uploaded. */
  name?: string;
  /** Bytes that were handed to the network. */
  sent: number;
  /** Bytes that the service has. It reaches `total` in the last event and in no other. */
  confirmed: number;
  /** Bytes of the whole; undefined for a stream that does not tell. */
  total?: number;
}

/** How far a batch of uploads is. */
export interface BatchProgress extends Omit<UploadProgress, 'id' | 'name'> {
  /** Files of the batch. */
  files?: number;
  /** Files that are done, well or badly. */
  done?: number;
  /** Files that failed. */
  failed?: number;
}

/** Where the records of resumable uploads are kept. */
export interface UploadRecords {
  /** The record of an id, undefined when there is none. */
  get(id: string): Promise<unknown>;
  /** Keeps a record, which is JSON. It holds an upload token, so it is for its owner alone. */
  put(id: string, record: object): Promise<unknown>;
  /** Forgets a record. */
  delete(id: string): Promise<unknown>;
  /** All records. */
  list(): Promise<unknown[]>;
}

/** Options of {@link uploads.upload}. */
export interface UploadOptions extends CallOptions {
  /** Folder, as a path such as `/Animals/Foxes`; what is missing of it is made. Begins at `parentFolderId`. */
  path?: string;
  /** Id of the folder. Default: `media-root`. */
  parentFolderId?: string;
  /** Name of the file. Default: that of the source. An extension is added when it has none of its type. */
  displayName?: string;
  /** MIME type. Default: that of the source, its name and its first bytes, by one documented precedence. */
  mimeType?: string;
  /** Whether the file is private, which is decided once and for all. */
  private?: boolean;
  /** Labels of the file. */
  labels?: string[];
  /** Your own data, which comes back in the events of the file. */
  externalInfo?: ExternalInfo;
  /** Told how far the upload is, a few times a second; not after the end, and not after an abort. */
  onProgress?: (progress: UploadProgress) => void;
  /** When the promise is fulfilled: once the service has the bytes, or once it has processed them. Default: `accepted`. */
  waitUntil?: 'accepted' | 'ready';
  /** How the bytes travel. Default: resumable by TUS above 10 MB, in one piece below. */
  protocol?: 'auto' | 'plain' | 'tus';
  /** What happens when the folder holds a file with the same bytes: another one is made, that one is the result, or the
   * upload is refused with `DUPLICATE_FILE`. Default: `keep-both`. */
  onDuplicate?: 'keep-both' | 'reuse' | 'fail';
  /** Whether the MD5 sum of the service is compared with that of the source. `auto` believes a sum that differs only from a
   * service that is known to use MD5. Default: `auto`. */
  verify?: boolean | 'auto';
  /** Where the records of resumable uploads are kept: files in a directory (Node, Bun, Deno), a store of your own, or
   * nowhere. Default: IndexedDB in browsers, the state directory of the user elsewhere. */
  sessions?: { directory: string | URL } | UploadRecords | false;
  /** Bytes of a chunk of a resumable upload. Default: 8 MiB. */
  chunkSizeInBytes?: number;
  /** Milliseconds without any progress after which a connection is given up and made anew. Default: 60,000. */
  stallMs?: number;
}

/** What was dropped on a page: a `DataTransfer`, where the runtime has such a thing. */
export type Dropped = typeof globalThis extends { DataTransfer: { prototype: infer Transfer } } ? Transfer : never;

/** Options of {@link uploads.uploadAll}: those of every single upload, and */
export interface UploadAllOptions extends Omit<UploadOptions, 'displayName' | 'mimeType' | 'onProgress'> {
  /** How many files are sent at the same time. Default: 4. */
  concurrency?: number;
  /** Told how far the whole batch is. */
  onProgress?: (progress: BatchProgress) => void;
}

/** One source of a batch, with options of its own. */
export interface UploadItem extends Omit<UploadOptions, 'signal' | 'timeoutMs'> {
  /** What is uploaded. */
  source: UploadSource;
}

/** A folder of files, in one of the forms in which browsers hand it out. */
export type FolderSource =
  | { readonly kind: 'directory'; readonly name: string; values(): AsyncIterable<unknown> }
  | { readonly isDirectory: boolean; readonly name: string };

/** What became of one item of a batch. */
export interface UploadResult {
  /** Its place in the batch. */
  index: number;
  /** Its path below the target. */
  path?: string;
  /** Whether it was uploaded, was there already, or failed. */
  status: 'uploaded' | 'reused' | 'failed';
  /** The file; not for a failure. */
  file?: FileDescriptor;
  /** Why it failed. */
  error?: unknown;
}

/** A resumable upload that runs, rests, or was interrupted. */
export interface UploadSession {
  /** Its id, made of what is uploaded to where. */
  id: string;
  /** Whether it runs in this process, was paused in it, or was left by an earlier one. */
  state: 'running' | 'paused' | 'interrupted';
  /** Name of the file. */
  name: string;
  /** Bytes of the file. */
  size: number;
  /** Bytes that the service has. */
  confirmed: number;
  /** MIME type of the file. */
  mimeType: string;
  /** Id of the folder. */
  parentFolderId: string;
  /** When it began. */
  createdDate: Date;
  /** When the service forgets it. */
  expiresDate?: Date;
}

/**
 * Uploads: plain and resumable, with progress that tells the truth. Loaded with the first use.
 *
 * @example
 * ```ts
 * const file = await uploads.upload(new Blob(['Hello']), { displayName: 'hello.txt', path: '/Animals' });
 * ```
 */
export declare namespace uploads {
  /**
   * Uploads one file.
   *
   * Broken connections, waits that the service asks for and services that fail for a moment are survived. No try makes a
   * second file: when one may have arrived, it is looked for first.
   *
   * @param source What is uploaded.
   * @param options Where to, under which name, and how.
   * @returns The file as the service has it.
   * @throws {WixMediaError} Whatever the service refuses; also `DUPLICATE_FILE`, `SOURCE_FAILED` when the source cannot be
   * read, `CONTENT_MISMATCH` when the service stored other bytes, `CANCELLED`, and `FILE_FAILED` with `waitUntil: 'ready'`.
   * @example
   * ```ts
   * const file = await uploads.upload(new Blob(['Hello']), {
   *   displayName: 'hello.txt',
   *   onProgress: ({ sent, confirmed, total }) => console.log(sent, confirmed, total),
   * });
   * ```
   */
  export function upload(source: UploadSource, options?: UploadOptions): Promise<FileDescriptor>;

  /**
   * Uploads many files, some at a time. One that fails does not stop the others. Folders keep their structure: a path in
   * Node, a dropped or picked folder in browsers. A drop must be handed over while its event is handled.
   *
   * @param sources A list of sources, a folder, or what was dropped.
   * @param options Where to, and how.
   * @returns What became of each, in order.
   * @throws {WixMediaError} `INVALID_ARGUMENT` for sources that are none of these.
   * @example
   * ```ts
   * const results = await uploads.uploadAll([new File(['a'], 'a.txt'), new File(['b'], 'b.txt')], { onDuplicate: 'reuse' });
   * const failed = results.filter(({ status }) => status === 'failed');
   * ```
   */
  export function uploadAll(
    sources:
      | Iterable<UploadSource | UploadItem | FolderSource>
      | AsyncIterable<UploadSource | UploadItem | FolderSource>
      | ArrayLike<File>
      | Dropped
      | FolderSource
      | string
      | URL,
    options?: UploadAllOptions,
  ): Promise<UploadResult[]>;

  /**
   * Waits until a file is processed: by asking less and less often, and with a manager by its events.
   *
   * @param fileId Id of the file.
   * @param options When to give up.
   * @returns The file.
   * @throws {WixMediaError} `FILE_FAILED` when the service could not process it, `TIMEOUT`, `RESOURCE_NOT_FOUND`.
   * @example
   * ```ts
   * const file = await uploads.waitUntilReady(fileId, { timeoutMs: 60_000 });
   * ```
   */
  export function waitUntilReady(fileId: string, options?: CallOptions): Promise<FileDescriptor>;

  /**
   * The resumable uploads that run, rest, or were interrupted by a reload or a restart.
   *
   * @example
   * ```ts
   * const interrupted = (await uploads.list()).filter(({ state }) => state === 'interrupted');
   * ```
   */
  export function list(options?: Pick<UploadOptions, 'sessions'>): Promise<UploadSession[]>;

  /**
   * Stops a resumable upload of this process for a while. Its promise stays as it is.
   *
   * @param id From `onProgress` or {@link uploads.list}.
   * @throws {WixMediaError} `UPLOAD_NOT_FOUND`.
   * @example
   * ```ts
   * for (const { id } of await uploads.list()) await uploads.pause(id);
   * ```
   */
  export function pause(id: string): Promise<void>;

  /**
   * Goes on with a resumable upload. One of this process goes on under its first promise, and this one is fulfilled at once;
   * for one of an earlier process this is the promise of the file.
   *
   * @param id From `onProgress` or {@link uploads.list}.
   * @param source The same file again; not needed for a path.
   * @param options More options of {@link uploads.upload}; what the upload began with is remembered.
   * @throws {WixMediaError} `UPLOAD_NOT_FOUND`.
   * @example
   * ```ts
   * for (const { id } of await uploads.list()) await uploads.resume(id);
   * ```
   */
  export function resume(id: string, source?: UploadSource, options?: UploadOptions): Promise<FileDescriptor | undefined>;

  /**
   * Gives a resumable upload up, here and at the service. Its promise rejects with `CANCELLED`.
   *
   * @param id From `onProgress` or {@link uploads.list}.
   * @throws {WixMediaError} `UPLOAD_NOT_FOUND`.
   * @example
   * ```ts
   * for (const { id } of await uploads.list()) await uploads.cancel(id);
   * ```
   */
  export function cancel(id: string, options?: Pick<UploadOptions, 'sessions'>): Promise<void>;
}

/** What downloads have in common. */
export interface DownloadOptions {
  /** Ends the download. */
  signal?: AbortSignal;
  /** Milliseconds without a byte after which a connection is given up and made anew. Default: 60,000. */
  stallMs?: number;
  /** Told how far the download is. */
  onProgress?: (progress: { received: number; total?: number }) => void;
}

/** Options of {@link downloads.file}. */
export interface FileDownloadOptions extends DownloadOptions {
  /** Which rendition, such as `720p.mp4`. Default: `src`, the original. */
  asset?: string;
  /** Name that a browser gives to what it saves. */
  fileName?: string;
  /** Whether a browser shows the file and does not save it. */
  inline?: boolean;
  /** First byte that is wanted, to go on with an earlier download. */
  from?: number;
  /** Whether the MD5 sum of an original is checked; as for {@link UploadOptions.verify}. Default: `auto`. */
  verify?: boolean | 'auto';
}

/** Options of {@link downloads.toDirectory}. */
export interface DirectoryDownloadOptions extends CallOptions {
  /** How many files are fetched at the same time. Default: 4. */
  concurrency?: number;
  /** Whether MD5 sums are checked; as for {@link UploadOptions.verify}. Default: `auto`. */
  verify?: boolean | 'auto';
  /** Told how far the download is. */
  onProgress?: (progress: { received: number; total: number; files: number; done: number }) => void;
}

/** What became of one file of {@link downloads.toDirectory}. */
export interface DownloadResult {
  /** Path below the directory. */
  path: string;
  /** Whether it was written, was there already with the same bytes, or failed. */
  status: 'written' | 'kept' | 'failed';
  /** The file. */
  file: FileDescriptor;
  /** Why it failed. */
  error?: unknown;
}

/**
 * Downloads that go on after a broken connection, and are checked. Loaded with the first use.
 *
 * @example
 * ```ts
 * const response = await downloads.file(fileId);
 * const bytes = await response.arrayBuffer();
 * ```
 */
export declare namespace downloads {
  /**
   * Downloads a file, also a private one, through a temporary link. The body goes on by itself where a connection broke off,
   * and fails at its end when the bytes are not those of the descriptor.
   *
   * @param fileId Id of the file.
   * @param options Which rendition, and from where.
   * @throws {WixMediaError} Whatever the service refuses; the body fails with `CONTENT_MISMATCH`.
   * @example
   * ```ts
   * const response = await downloads.file(fileId, { fileName: 'river.jpg' });
   * ```
   */
  export function file(fileId: string, options?: FileDownloadOptions): Promise<Response>;

  /**
   * Downloads files, or a folder with all its sub-folders, as one zip of at most 1000 files. Private files are left out.
   *
   * @param what Which files, or which folder.
   * @throws {WixMediaError} `TOO_MANY_FILES`, and whatever else the service refuses.
   * @example
   * ```ts
   * const response = await downloads.zip({ folderId });
   * ```
   */
  export function zip(what: { fileIds: string[] } | { folderId: string }, options?: DownloadOptions): Promise<Response>;

  /**
   * Writes a folder with everything below it to a directory, in Node, Bun and Deno. Names are made safe. What is there with
   * the same bytes is kept, and what was interrupted goes on, so that it can be run again and again.
   *
   * @param folderId Id of the folder.
   * @param directory Where to.
   * @throws {WixMediaError} `NOT_SUPPORTED` in browsers; a file that fails is one of the results.
   * @example
   * ```ts
   * const results = await downloads.toDirectory(folderId, directory);
   * ```
   */
  export function toDirectory(
    folderId: string,
    directory: string | URL,
    options?: DirectoryDownloadOptions,
  ): Promise<DownloadResult[]>;
}

/** Options of the functions for paths. */
export interface PathOptions extends CallOptions {
  /** Id of the folder in which paths begin. Default: `media-root`. */
  parentFolderId?: string;
}

/** A file at its path. */
export interface FileEntry {
  /** It is a file. */
  kind: 'file';
  /** Its path. */
  path: string;
  /** Its id. */
  id: string;
  /** The file. */
  file: FileDescriptor;
}

/** A folder at its path. */
export interface FolderEntry {
  /** It is a folder. */
  kind: 'folder';
  /** Its path. */
  path: string;
  /** Its id. */
  id: string;
  /** The folder. */
  folder: Folder;
}

/** A folder with what is in it. */
export interface FolderTree {
  /** Its path. */
  path: string;
  /** The folder. */
  folder: Folder;
  /** Its sub-folders. */
  folders: FolderTree[];
  /** Its own files. */
  files: FileDescriptor[];
  /** Files in it, at every depth that was read. */
  fileCount: number;
  /** Bytes of these files. */
  sizeInBytes: number;
}

/**
 * Folders and files by their paths, such as `/Animals/Foxes/red.jpg`. Names count as they are written; of several items of
 * one name it is the oldest. Loaded with the first use.
 *
 * @example
 * ```ts
 * const { id } = await paths.ensure('/Animals').then(({ _id }) => ({ id: _id }));
 * ```
 */
export declare namespace paths {
  /**
   * What is at a path. A folder goes before a file of the same name; a path that ends in `/` is that of a folder.
   *
   * @param path The path.
   * @throws {WixMediaError} `PATH_NOT_FOUND`, which names the segment that is missing.
   * @example
   * ```ts
   * const found = await paths.resolve('/Animals');
   * if (found.kind === 'folder') console.log(found.folder._id);
   * ```
   */
  export function resolve(path: string, options?: PathOptions): Promise<FileEntry | FolderEntry>;

  /**
   * The folder at a path; what is missing of it is made, once, also by calls side by side.
   *
   * @param path The path.
   * @example
   * ```ts
   * const folder = await paths.ensure('/Animals/Foxes');
   * ```
   */
  export function ensure(path: string, options?: PathOptions): Promise<Folder>;

  /**
   * Everything below a folder: each folder before what is in it, in the order of names.
   *
   * @param path Path of the folder. Default: `/`.
   * @throws {WixMediaError} `PATH_NOT_FOUND`.
   * @example
   * ```ts
   * for await (const entry of paths.walk('/Animals', { depth: 2 })) console.log(entry.path);
   * ```
   */
  export function walk(
    path?: string,
    options?: PathOptions & { depth?: number },
  ): AsyncIterable<(FileEntry | FolderEntry) & { depth: number }>;

  /**
   * A folder with everything in it, down to a depth, with counts and sizes.
   *
   * @param path Path of the folder. Default: `/`.
   * @throws {WixMediaError} `PATH_NOT_FOUND`.
   * @example
   * ```ts
   * const { fileCount, sizeInBytes } = await paths.tree('/', { depth: 2 });
   * ```
   */
  export function tree(path?: string, options?: PathOptions & { depth?: number }): Promise<FolderTree>;
}

/** What a deletion takes. */
export interface DeletionPlan {
  /** Files, those in folders included. */
  files: number;
  /** Folders, those in folders included. */
  folders: number;
  /** Bytes of the files. */
  bytes: number;
  /** How many of them are in the trash already. */
  alreadyInTrash: number;
  /** Ids that name nothing. */
  missing: string[];
}

/**
 * Deleting without fear: what would go is counted before, and what went comes back. Loaded with the first use.
 *
 * @example
 * ```ts
 * const { files: count, bytes } = await trash.plan([folderId]);
 * ```
 */
export declare namespace trash {
  /**
   * Counts what a deletion would take, without deleting anything. Whatever is in a folder counts once.
   *
   * @param ids Ids of files and folders, or the items themselves.
   * @example
   * ```ts
   * const plan = await trash.plan({ fileIds: [fileId, otherFileId] });
   * ```
   */
  export function plan(
    ids: readonly (string | FileDescriptor | Folder)[] | { fileIds?: readonly string[]; folderIds?: readonly string[] },
    options?: CallOptions,
  ): Promise<DeletionPlan>;

  /**
   * Deletes what is in the trash, for good. The service does not tell when something was deleted, so the age is that of its
   * last change; a folder goes when everything in it is old enough too.
   *
   * @param options What is old enough: a date, milliseconds, or a text such as `30d`; only these types of files; or only count.
   * @returns What went.
   * @example
   * ```ts
   * const { bytes } = await trash.empty({ olderThan: '30d', dryRun: true });
   * ```
   */
  export function empty(
    options?: CallOptions & { olderThan?: Date | number | string; mediaTypes?: MediaTypeWithLiterals[]; dryRun?: boolean },
  ): Promise<{ files: number; folders: number; bytes: number }>;

  /**
   * Restores everything that is in the trash, or all files of some types. With types, files in deleted folders stay where they
   * are, unless `inFolders`: then they are restored too, to the root, as their folder is not.
   *
   * @param options Which types of files.
   * @returns How much came back, and which files.
   * @example
   * ```ts
   * const { files: count } = await trash.restoreAll({ mediaTypes: ['IMAGE'] });
   * ```
   */
  export function restoreAll(
    options?: CallOptions & { mediaTypes?: MediaTypeWithLiterals[]; inFolders?: boolean },
  ): Promise<{ files: number; folders: number; fileIds: string[] }>;
}

// ---------------------------------------------------------------------------------------------------------------------
// The default export
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Everything in one object: `wixMedia.files` and `wixMedia.folders` as in Velo, and what is around them.
 *
 * @example
 * ```ts
 * const { items } = await wixMedia.files.queryFileDescriptors().eq('mediaType', 'IMAGE').find();
 * ```
 */
declare namespace wixMedia {
  export { files, folders, webhooks, uploads, downloads, paths, trash, configure, createClient, createManager, init, media, WixMediaError };
}
export default wixMedia;
