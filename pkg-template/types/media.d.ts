import type { WixMediaError } from './errors.js';

// ---------------------------------------------------------------------------------------------------------------------
// Media identifiers and image URLs
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Media identifiers, such as `wix:image://v1/<id>/<name>#originWidth=3840&originHeight=2160`, and the URLs that browsers
 * load. No function sends a request. Invalid identifiers are refused with a {@link WixMediaError} of code
 * `INVALID_MEDIA_URL` that quotes them.
 *
 * @example
 * ```ts
 * const image = 'wix:image://v1/a1b2c3_4f5e~mv2.jpg/river.jpg#originWidth=4000&originHeight=3000';
 * const thumbnail = media.getScaledToFillImageUrl(image, 300, 200);
 * ```
 */
export declare namespace media {
  /** An image that an identifier names. */
  export interface Image {
    /** The type of the identifier: a raster or a vector image. */
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
    /** The type of the identifier. */
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

  /** An audio file that an identifier names. */
  export interface Audio {
    /** The type of the identifier. */
    type: 'audio';
    /** Id of the file. */
    id: string;
    /** Name of the file. */
    filename?: string;
    /** Duration in milliseconds. */
    duration?: number;
  }

  /** A document that an identifier names. */
  export interface Document {
    /** The type of the identifier. */
    type: 'document';
    /** Id of the file. */
    id: string;
    /** Name of the file. */
    filename?: string;
  }

  /** The parts of an identifier. */
  export type Media = Image | Video | Audio | Document;

  /** An image or shape with its URL. */
  export interface ImageUrl {
    /** Id of the file. */
    id: string;
    /** URL of the original. */
    url: string;
    /** Height of the original in pixels: 0 if the identifier does not contain it, NaN if a static URL does not. */
    height: number;
    /** Width of the original in pixels: 0 if the identifier does not contain it, NaN if a static URL does not. */
    width: number;
    /** Name of the file. */
    altText?: string;
    /** Name of the file. */
    filename?: string;
  }

  /** How a transformed image is encoded and edited. */
  export interface ImageOptions {
    /** Quality, 5 to 90. Default: 80 to 90, depending on the size of the image. */
    quality?: number;
    /** The point that stays visible when the image is cropped, in percent from the left and from the top. Only for filling. */
    focalPoint?: { x: number; y: number };
    /** Name at the end of the URL. Default: the id of the file. */
    name?: string;
    /** Contrast, brightness and saturation from -100 to 100, hue from -180 to 180, blur from 0 to 100. */
    filters?: { contrast?: number; brightness?: number; saturation?: number; hue?: number; blur?: number };
    /** Sharpening: radius 0.1 to 500, amount 0 to 10, threshold 0 to 255. Set all to 0 for none. */
    unsharpMask?: { radius?: number; amount?: number; threshold?: number };
    /** Method of enlarging. Default: `'classic'`. */
    upscaleMethod?: 'auto' | 'classic' | 'super';
    /** Token of a watermark. */
    watermark?: string;
    /** `false` encodes a baseline JPEG instead of a progressive one. */
    progressive?: boolean;
    /** `false` keeps the format of the original. Default: the best format that the browser accepts. */
    autoEncode?: boolean;
    /** Forces a format, whatever the browser accepts. */
    encoding?: 'AVIF' | 'PAVIF';
    /** Device pixel ratio, up to 2. Default: that of the screen. */
    devicePixelRatio?: number;
    /** Beginning of the URL. Default: `https://static.wixstatic.com/media/`. */
    baseHostURL?: string;
    /** Whether the image is animated, if its format does not tell. */
    hasAnimation?: boolean;
    /** Transforms animated images too. */
    allowAnimatedTransform?: boolean;
    /** Transforms GIFs and keeps all of their frames. */
    allowFullGIFTransformation?: boolean;
    /** Crops WebP and AVIF images and applies their focal point too. */
    allowWebpAvifTransforms?: boolean;
    /** Shows only the first frame of an animated image, as a placeholder. */
    isPlaceholderFlow?: boolean;
    /** Ignores the device pixel ratio, for search engines. */
    isSEOBot?: boolean;
    /** Swaps width and height of the original, to create the same URLs as the official helpers, which do so by mistake. */
    swapSourceSize?: boolean;
  }

  /**
   * Parses an identifier. The leading `wix:` may be missing, as in older data, and everything after the id is optional.
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
   * Formats an identifier, the opposite of {@link media.parse}.
   *
   * @throws {WixMediaError} `INVALID_MEDIA_URL` without a valid type and id.
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

  /** Heights of video renditions. */
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
   * The URL, duration and name of an audio file.
   *
   * @param audio Identifier of an audio file.
   * @throws {WixMediaError} `INVALID_MEDIA_URL`.
   * @example
   * ```ts
   * const { url, duration } = media.getAudioUrl('wix:audio://v1/a1b2c3_4f5e.mp3/song.mp3#duration=230164');
   * ```
   */
  export function getAudioUrl(audio: string): { id: string; url: string; duration: number; filename?: string };

  /**
   * The URL and name of a document. Each site has its own host for documents, so the URL needs the id of the site.
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
   * The id and name of a document; its URL only with the id of the site.
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
   * The URL of an image that is scaled and cropped to fill a box.
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
   * The URL of an image that is scaled to fit into a box.
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
   * The URL of a rectangle of an image that is scaled to fill a box.
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
