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
