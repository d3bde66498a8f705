import type {
  IdentityTypeWithLiterals,
  MediaTypeWithLiterals,
  OperationStatusWithLiterals,
  StateWithLiterals,
} from '../enums.js';
import type { files } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Files
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A file of the Media Manager.
 *
 * Only `displayName`, `parentFolderId` and `labels` can be changed, with {@link files.updateFileDescriptor}. The service
 * sets the rest.
 */
export interface FileDescriptor {
  /** The file's id, up to 1,000 characters, such as `a1b2c3_4f5e6d7c8b9a4f5e6d7c8b9a4f5e6d7c~mv2.jpg`. */
  _id?: string;
  /** The name shown in the Media Manager, up to 255 characters. Can be changed. */
  displayName?: string;
  /** Permanent URL of the file. For a private file it responds with 403. */
  url?: string;
  /** Id of the folder that holds the file, up to 100 characters. Change it to move the file. */
  parentFolderId?: string | null;
  /** Hash of the content; empty while the file is pending. */
  hash?: string;
  /** Size of the original in bytes, as a decimal string; `'-1'` while it is not yet known. */
  sizeInBytes?: string | null;
  /** Whether the file is private. Set when the file is created, and never changed. */
  private?: boolean;
  /** Media type of the file. */
  mediaType?: MediaTypeWithLiterals;
  /** Details by media type. Absent in the results of imports and while the file is pending. */
  media?: FileMedia;
  /** Processing status of the file. */
  operationStatus?: OperationStatusWithLiterals;
  /** Source URL of an imported file. */
  sourceUrl?: string | null;
  /** URL of a thumbnail of the file, or of an icon for its type. */
  thumbnailUrl?: string | null;
  /** Up to 100 labels of up to 200 characters, set by people or by image recognition. Can be changed. */
  labels?: string[];
  /** When the file was created. */
  _createdDate?: Date | null;
  /** When the file was last changed. */
  _updatedDate?: Date | null;
  /** Id of the site that the file belongs to. */
  siteId?: string;
  /** Whether the file is in use or in the trash. */
  state?: StateWithLiterals;
}

/**
 * A file as calls return it: a {@link FileDescriptor} with the members that the service always sends. Use it wherever a
 * `FileDescriptor` is expected.
 */
export interface StoredFile extends FileDescriptor {
  /** Id of the file. */
  _id: string;
  /** Name of the file, as people see it. */
  displayName: string;
  /** URL of the file. */
  url: string;
  /** Hash of its content. */
  hash: string;
  /** Whether its content is available through signed links only. */
  private: boolean;
  /** Kind of media. */
  mediaType: MediaTypeWithLiterals;
  /** Whether the file can be used yet. */
  operationStatus: OperationStatusWithLiterals;
  /** Labels of the file. */
  labels: string[];
  /** Id of the site. */
  siteId: string;
  /** Whether the file is in the trash. */
  state: StateWithLiterals;
}

/** Details of a file by media type: exactly one member is set. */
export interface FileMedia {
  /** An image. */
  image?: ImageMedia;
  /** A video, as `wix:video://v1/<id>/<file name>#posterUri=…&posterWidth=…&posterHeight=…`. */
  video?: string;
  /** An audio file. */
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

/** Alias of {@link FileMedia}. */
export type FileMediaMediaOneOf = FileMedia;

/** An image or a vector image. */
export interface ImageMedia {
  /** The image, as `wix:image://v1/<id>/<file name>#originWidth=…&originHeight=…`. */
  image?: string;
  /** The colours of the image. */
  colors?: Colors;
  /** Up to 100 faces found in the image. */
  faces?: FaceRecognition[];
  /** A small preview, also of a private image. */
  previewImage?: string;
  /** A caption written by image recognition, up to 300 characters. */
  caption?: string | null;
}

/** The colours of an image. */
export interface Colors {
  /** The prominent colour. */
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
  /** Confidence of the recognition. */
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

/** The point of an image that stays visible when the image is cropped. */
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
  /** URL of the video in this resolution. */
  url?: string;
  /** Height in pixels. */
  height?: number;
  /** Width in pixels. */
  width?: number;
  /** Format, such as `720p.mp4` or `hls`. */
  format?: string;
}

/** An audio file. */
export interface AudioV2 {
  /** Id of the file, up to 200 characters. */
  _id?: string;
  /** Up to 100 renditions, each as `wix:audio://v1/<id>/<file name>#duration=…`, or as a plain URL. */
  assets?: string[];
  /** Bits per second. */
  bitrate?: number | null;
  /** Format, such as `mp3`. */
  format?: string | null;
  /** Duration in milliseconds. */
  duration?: number | null;
  /** Size in bytes, as a decimal string. */
  sizeInBytes?: string | null;
  /** Family of the codec, such as `aac`. The embedded Media Manager adds it. */
  audioCodec?: string;
  /** Title in the tags of the file. The embedded Media Manager adds it. */
  title?: string;
  /** Artist in the tags of the file. The embedded Media Manager adds it. */
  artist?: string;
}

/** An archive. */
export interface Archive {
  /** Id of the file. */
  _id?: string;
  /** URL of the archive. */
  url?: string;
  /** When the URL expires. */
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
  /** URL of the model. */
  url?: string;
  /** Thumbnail of the model, as `wix:image://v1/…`. */
  thumbnail?: string;
  /** Alternative text for screen readers. */
  altText?: string | null;
  /** When the URL expires. */
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
 * Your own data about an upload or import. It is returned only in the events {@link files.onFileDescriptorFileReady} and
 * {@link files.onFileDescriptorFileFailed}, never in a descriptor.
 */
export interface ExternalInfo {
  /** Origin of the file, as free text of up to 1,000 characters. */
  origin?: string;
  /** Up to 30 ids of your own, each of up to 4,000 characters. */
  externalIds?: string[];
}
