// Media identifiers (`wix:image://…`) and the URLs that browsers load. Nothing here needs the WebAssembly module.
import { textOf, unreadable, WixMediaError } from './error.js';

/** @import { media as declared } from '../types/index.js' */

const IMAGES = 'https://static.wixstatic.com/media/';
const SHAPES = 'https://static.wixstatic.com/shapes/';
const VIDEOS = 'https://video.wixstatic.com/video/';
const AUDIO = 'https://static.wixstatic.com/mp3/';

// Type, id, name and fragment. Further path segments are ignored.
const IDENTIFIER =
  /^(?:wix:)?(image|video|audio|document|vector):\/\/v1\/(?:ugd\/)?([^/#]+)(?:\/([^/#]*))?[^#]*(?:#(.*))?$/s;

/**
 * The members that the fragment holds, and their names there.
 *
 * @type {Record<string, string>}
 */
const FRAGMENT = {
  width: 'originWidth',
  height: 'originHeight',
  watermark: 'watermark',
  posterId: 'posterUri',
  posterWidth: 'posterWidth',
  posterHeight: 'posterHeight',
  duration: 'duration',
};

/**
 * @param {unknown} input
 * @param {string} expected
 */
const invalid = (input, expected) =>
  new WixMediaError({
    message: `${JSON.stringify(textOf(input).slice(0, 300))} is not ${expected}`,
    code: 'INVALID_MEDIA_URL',
  });

/**
 * Half a surrogate pair cannot be encoded.
 *
 * @param {unknown} text
 */
const encoded = (text) => encodeURIComponent(String(text).replace(/\p{Surrogate}/gu, '\ufffd'));

/**
 * Takes a media identifier apart. Fragments may be missing, the leading `wix:` too, as in older data.
 *
 * @type {typeof declared.parse}
 * @example
 * parse('wix:image://v1/abc~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160');
 * // { type: 'image', id: 'abc~mv2.jpg', filename: 'river bank.jpg', width: 3840, height: 2160 }
 */
export function parse(identifier) {
  try {
    const [, type, id, name, fragment] = /** @type {RegExpExecArray} */ (IDENTIFIER.exec(identifier));
    /** @type {any} */
    const media = { type, id };
    if (name) media.filename = decodeURIComponent(name);
    const members = new URLSearchParams(fragment);
    for (const [key, name] of Object.entries(FRAGMENT)) {
      const text = members.get(name);
      if (text) media[key] = /Id|mark/.test(key) ? text : Number(text);
    }
    return media;
  } catch {
    // No match, or a broken escape in the name.
    throw invalid(identifier, 'a media identifier such as wix:image://v1/ID/NAME');
  }
}

/**
 * Puts a media identifier together; the opposite of `parse`.
 *
 * @type {typeof declared.format}
 * @example
 * format({ type: 'audio', id: 'abc.mp3', filename: 'song.mp3', duration: 230164 });
 * // 'wix:audio://v1/abc.mp3/song.mp3#duration=230164'
 */
export function format(media) {
  let identifier = '';
  try {
    const { type, id, filename, ...rest } = /** @type {any} */ (media ?? {});
    const fragment = Object.entries(FRAGMENT)
      .filter(([key]) => rest[key] !== undefined)
      .map(([key, name]) => `${name}=${encoded(rest[key])}`)
      .join('&');
    identifier = `wix:${type}://v1/${id}${filename ? `/${encoded(filename)}` : ''}${fragment && `#${fragment}`}`;
    if (id && parse(identifier).id === id) return identifier;
  } catch {
    // Members that cannot be read or printed.
  }
  throw invalid(identifier, 'a media identifier');
}

/**
 * Reads the argument of the helpers below: an identifier of one of the types, or a static URL below `base`.
 *
 * @param {string} input
 * @param {string} base
 * @param {string[]} types
 * @returns {any}
 */
function read(input, base, ...types) {
  if (base && textOf(input).startsWith(base)) {
    const number = (/** @type {string} */ mark) => Number(input.split(mark)[1]?.split(/[,/]/)[0] ?? NaN);
    const id = input.slice(base.length).split('/')[0];
    if (id) return { id, width: number('/w_'), height: number(',h_') };
  }
  const media = parse(input);
  if (!types.includes(media.type)) throw invalid(input, `a media identifier of type ${types.join(' or ')}`);
  return media;
}

/**
 * @param {string} input
 * @param {string} base
 * @param {string[]} types
 */
function picture(input, base, ...types) {
  const { id, filename, width = 0, height = 0 } = read(input, base, ...types);
  return { id, url: base + id, height, width, ...(filename && { altText: filename, filename }) };
}

/**
 * The URL, size and name of an image, from its identifier or static URL.
 *
 * @type {typeof declared.getImageUrl}
 */
export const getImageUrl = (image) => picture(image, IMAGES, 'image');

/**
 * The URL, size and name of a shape, from an image or vector identifier or its static URL.
 *
 * @type {typeof declared.getShapeUrl}
 */
export const getShapeUrl = (shape) => picture(shape, SHAPES, 'image', 'vector');

/**
 * The URL of a video, in its original or a resolution such as `720p`, and the identifier of its poster.
 *
 * @type {typeof declared.getVideoUrl}
 */
export function getVideoUrl(video, resolution) {
  const { id, filename, posterId, posterWidth = 50, posterHeight = 50 } = read(video, VIDEOS, 'video');
  return {
    id,
    url: `${VIDEOS}${id}/${resolution ? `${resolution}/mp4/file.mp4` : 'file'}`,
    thumbnail: `wix:image://v1/${posterId ?? `${id}.jpg`}#originWidth=${posterWidth}&originHeight=${posterHeight}`,
    ...(filename && { filename }),
  };
}

/**
 * The URL, duration and name of an audio file.
 *
 * @type {typeof declared.getAudioUrl}
 */
export function getAudioUrl(audio) {
  const { id, filename, duration = 0 } = read(audio, '', 'audio');
  return { id, duration, url: AUDIO + id, ...(filename && { filename }) };
}

/**
 * The id and name of a document, and its URL when the site that holds it is known.
 *
 * @param {string} document
 * @param {{ siteId?: string }} [options]
 * @returns {any}
 */
export function getDocumentUrl(document, options) {
  const { siteId } = options ?? {};
  const { id, filename } = read(document, '', 'document');
  return { id, url: siteId && `https://${siteId}.usrfiles.com/ugd/${id}`, ...(filename && { filename }) };
}

/**
 * The URL of the original bytes of a public file, from its identifier. Documents are on a host of their own site.
 *
 * @type {typeof declared.getStaticUrl}
 * @example
 * getStaticUrl('wix:vector://v1/abc.svg/logo.svg'); // 'https://static.wixstatic.com/shapes/abc.svg'
 */
export function getStaticUrl(identifier, options) {
  /** @type {Record<string, (identifier: string, options?: object) => { url?: string }>} */
  const urls = {
    image: getImageUrl,
    vector: getShapeUrl,
    video: (video) => getVideoUrl(video, options?.resolution),
    audio: getAudioUrl,
    document: getDocumentUrl,
  };
  return urls[parse(identifier).type](identifier, options).url;
}

/**
 * The URL of an image that fills a box of the target size; what does not fit is cut off.
 *
 * @type {typeof declared.getScaledToFillImageUrl}
 */
export const getScaledToFillImageUrl = (image, width, height, options) => urlOf(image, width, height, options, 'fill');

/**
 * The URL of an image that fits as a whole into a box of the target size.
 *
 * @type {typeof declared.getScaledToFitImageUrl}
 */
export const getScaledToFitImageUrl = (image, width, height, options) => urlOf(image, width, height, options, 'fit');

/**
 * The URL of a rectangle of an image, scaled to fill a box of the target size.
 *
 * @type {typeof declared.getCroppedImageUrl}
 */
export const getCroppedImageUrl = (image, x, y, cropWidth, cropHeight, width, height, options) =>
  urlOf(image, width, height, options, 'fill', { x, y, width: cropWidth, height: cropHeight });

/**
 * The URL of a transformed image. Throws `INVALID_ARGUMENT` if an argument cannot be read or converted to a number.
 *
 * @type {typeof transformed}
 */
function urlOf(...args) {
  try {
    return transformed(...args);
  } catch (thrown) {
    throw unreadable(thrown);
  }
}

/** Formats that the image service transforms; two are Wix's own. */
const SOURCE = /^(jpe?g|jpe|png|webp|avif|wix_mp|wix_ico_mp)$/;
const FILTERS = { contrast: 'con', brightness: 'br', saturation: 'sat', hue: 'hue', blur: 'blur' };
/** The largest transformed image. */
const MAX_PIXELS = 25e6;
const EXTENSION = /\.([^.]*)$/;

const { max, min, round } = Math;
/**
 * @param {unknown} value
 * @param {number} low
 * @param {number} high
 * @returns {value is number}
 */
const within = (value, low, high) => typeof value === 'number' && value >= low && value <= high;

/**
 * Builds a URL of the image service, as Wix's own URL builder does.
 *
 * @param {string} image
 * @param {number} targetWidth
 * @param {number} targetHeight
 * @param {declared.ImageOptions | undefined} given
 * @param {'fill' | 'fit'} fitting
 * @param {{ x: number, y: number, width: number, height: number }} [crop]
 */
function transformed(image, targetWidth, targetHeight, given, fitting, crop) {
  let options = given ?? {};
  let { id, width: fullWidth, height: fullHeight } = getImageUrl(image);
  // The official helpers hand over width and height of the source in the wrong order.
  if (options.swapSourceSize) [fullWidth, fullHeight] = [fullHeight, fullWidth];
  const base = options.baseHostURL || IMAGES;
  const extension = (EXTENSION.exec(id)?.[1] ?? '').toLowerCase();
  const isGif = extension === 'gif';
  const isModern = /^(webp|avif)$/.test(extension);
  const moves = isGif || (isModern && options.hasAnimation);
  const mayTransform =
    (SOURCE.test(extension) && !moves) ||
    (moves && (options.allowAnimatedTransform || (isGif && options.allowFullGIFTransformation)));
  if (!mayTransform) return base + id;

  const parts = [];
  if (isModern && !options.allowWebpAvifTransforms) options = { ...options, focalPoint: (crop = undefined) };
  if (crop) {
    const x = max(0, crop.x);
    const y = max(0, crop.y);
    const width = max(0, min(fullWidth, crop.x + crop.width) - x);
    const height = max(0, min(fullHeight, crop.y + crop.height) - y);
    if (width && height && (width !== fullWidth || height !== fullHeight)) {
      fullWidth = width;
      fullHeight = height;
      parts.push(`crop/x_${round(x)},y_${round(y)},w_${round(width)},h_${round(height)}`);
    }
  }

  const fits = fitting === 'fit';
  const isBare = fits && !(fullWidth && fullHeight);
  fullWidth ||= targetWidth;
  fullHeight ||= targetHeight;
  const ratio = options.isSEOBot ? 1 : min(options.devicePixelRatio ?? globalThis.devicePixelRatio ?? 1, 2) || 1;
  let width = targetWidth * ratio;
  let height = targetHeight * ratio;
  const scaled = () => (fits ? min : max)(width / fullWidth, height / fullHeight);
  let scale = scaled();
  if (fits) {
    width = fullWidth * scale;
    height = fullHeight * scale;
  }
  if (width * height > MAX_PIXELS) {
    const shrink = Math.sqrt(MAX_PIXELS / (width * height));
    width *= shrink;
    height *= shrink;
    scale = scaled();
  }
  // Enlarging is limited: with the classic method the more, the larger the source.
  const isSuper = /^super$/i.test(String(options.upscaleMethod));
  const area = fullWidth * fullHeight;
  const maxScale = isSuper ? 4 : area > 360_000 ? 1 : area > 160_000 ? 1.2 : 1.4;
  const sharpens = isSuper && scale <= maxScale && ![1.5, 2, 4].includes(scale);
  if (scale > maxScale) {
    width *= maxScale / scale;
    height *= maxScale / scale;
    scale = maxScale;
  }
  width = round(width);
  height = round(height);

  const { x = NaN, y = NaN } = /** @type {{ x?: number, y?: number }} */ ((!crop && !fits && options.focalPoint) || {});
  const focus = [x, y].map((percent) => (max(0, min(100, percent)) / 100).toFixed(2));
  const hasFocus = typeof x === 'number' && typeof y === 'number' && !Number.isNaN(x + y);
  const pixels = width * height;
  const usual = pixels > 1_960_000 ? 90 : pixels > 360_000 ? 85 : 80;
  const quality = within(options.quality, 5, 90) ? options.quality : usual;
  const { radius, amount, threshold } = options.unsharpMask ?? {};
  const mask = /** @type {number[]} */ ([radius, amount, threshold]);
  const isMask = within(radius, 0.1, 500) && within(amount, 0, 10) && within(threshold, 0, 255);
  const sharpening = isMask
    ? mask.map((value) => value.toFixed(2))
    : (scale < 1 || sharpens || isBare) && !mask.every((value) => value === 0) && ['0.66', '1.00', '0.01'];
  const encoding = /^P?AVIF$/.test(String(options.encoding)) && String(options.encoding).toLowerCase();

  const tokens = [
    `${isBare ? 'fit' : 'fill'}/w_${width}`,
    `h_${height}`,
    !isBare && (hasFocus ? `fp_${focus.join('_')}` : 'al_c'),
    scale > 1 && `lg_${isSuper ? 2 : 1}`,
    !isGif && !extension.startsWith('wix') && `q_${quality + (extension === 'png' ? 5 : 0)}`,
    sharpening && `usm_${sharpening.join('_')}`,
    options.progressive === false && 'bl',
    options.watermark && `wm_${options.watermark}`,
    ...Object.entries(FILTERS).map(([filter, mark]) => {
      const value = options.filters?.[/** @type {keyof NonNullable<typeof options.filters>} */ (filter)];
      const limit = filter === 'hue' ? 180 : 100;
      return value && within(value, filter === 'blur' ? 0 : -limit, limit) && `${mark}_${value}`;
    }),
    !isGif && (encoding ? `enc_${encoding},quality_auto` : (options.autoEncode ?? true) && 'enc_auto'),
    moves && options.isPlaceholderFlow === true && 'pstr',
    isGif && options.isPlaceholderFlow !== true && options.allowFullGIFTransformation === true && 'anm_all',
  ];
  parts.push(tokens.filter(Boolean).join(','));
  return `${base}${id}/v1/${parts.join('/')}/${fileName(id, options.name)}.${extension}`;
}

/**
 * The last part of a transformed URL, without its extension. It has no effect on the image.
 *
 * @param {string} id
 * @param {string | undefined} name
 */
function fileName(id, name) {
  if (!name) return id.replace(EXTENSION, '');
  const bare = name.replace(EXTENSION, (end, extension) => (SOURCE.test(extension) ? '' : end));
  return encoded(bare.replace(/[/\\?<>|“:".*]/g, '_'));
}

/** The functions above as one object. */
export const media = {
  parse,
  format,
  getImageUrl,
  getShapeUrl,
  getScaledToFillImageUrl,
  getScaledToFitImageUrl,
  getCroppedImageUrl,
  getVideoUrl,
  getAudioUrl,
  getDocumentUrl,
  getStaticUrl,
};
