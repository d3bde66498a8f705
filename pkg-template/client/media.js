// Media identifiers (`wix:image://…`) and the URLs that browsers load. Nothing here waits for the WebAssembly module.
import { WixMediaError } from './error.js';

const IMAGES = 'https://static.wixstatic.com/media/';
const SHAPES = 'https://static.wixstatic.com/shapes/';
const VIDEOS = 'https://video.wixstatic.com/video/';
const AUDIO = 'https://static.wixstatic.com/mp3/';

const IDENTIFIER = /^(?:wix:)?(image|video|audio|document|vector):\/\/v1\/(?:ugd\/)?([^/#]+)(?:\/([^/#]*))?[^#]*(?:#(.*))?$/s;

// The members that travel in the fragment, by type, under their names there.
const FRAGMENTS = {
  image: { width: 'originWidth', height: 'originHeight', watermark: 'watermark' },
  vector: { width: 'originWidth', height: 'originHeight' },
  video: { posterId: 'posterUri', posterWidth: 'posterWidth', posterHeight: 'posterHeight' },
  audio: { duration: 'duration' },
  document: {},
};

function invalid(input, expected, cause) {
  const shown = typeof input === 'string' ? JSON.stringify(input.length > 200 ? `${input.slice(0, 200)}…` : input) : String(input);
  return new WixMediaError({
    message: `${shown} is not ${expected}`,
    code: 'INVALID_MEDIA_URL',
    ...(cause && { cause }),
  });
}

/**
 * Takes a media identifier apart. Fragments may be missing, the leading `wix:` too, as in older data.
 *
 * @example
 * parse('wix:image://v1/abc~mv2.jpg/river%20bank.jpg#originWidth=3840&originHeight=2160');
 * // { type: 'image', id: 'abc~mv2.jpg', filename: 'river bank.jpg', width: 3840, height: 2160 }
 */
export function parse(identifier) {
  const match = typeof identifier === 'string' && IDENTIFIER.exec(identifier);
  if (!match) throw invalid(identifier, 'a media identifier such as wix:image://v1/ID/NAME');
  const [, type, id, name, fragment] = match;
  const media = { type, id };
  try {
    if (name) media.filename = decodeURIComponent(name);
  } catch (cause) {
    throw invalid(identifier, 'a media identifier: its name has a broken escape', cause);
  }
  const members = new URLSearchParams(fragment);
  for (const [key, name] of Object.entries(FRAGMENTS[type])) {
    const text = members.get(name);
    if (text) media[key] = /Id|mark/.test(key) ? text : Number(text);
  }
  return media;
}

/**
 * Puts a media identifier together; the opposite of `parse`.
 *
 * @example
 * format({ type: 'audio', id: 'abc.mp3', filename: 'song.mp3', duration: 230164 });
 * // 'wix:audio://v1/abc.mp3/song.mp3#duration=230164'
 */
export function format(media) {
  const names = FRAGMENTS[media?.type];
  if (!names || !media.id || /[/#]/.test(media.id)) {
    throw invalid(JSON.stringify(media), 'a description of media: { type, id, ... }');
  }
  const fragment = Object.entries(names)
    .filter(([key]) => media[key] !== undefined)
    .map(([key, name]) => `${name}=${encodeURIComponent(media[key])}`)
    .join('&');
  const name = media.filename ? `/${encodeURIComponent(media.filename)}` : '';
  return `wix:${media.type}://v1/${media.id}${name}${fragment && `#${fragment}`}`;
}

/** As `parse`, but only for identifiers of the given types. */
function parseAs(input, ...types) {
  const media = parse(input);
  if (!types.includes(media.type)) throw invalid(input, `an identifier of type ${types.join(' or ')}`);
  return media;
}

const tail = (url, base) => url.slice(base.length).split('/')[0];

function picture(input, base, ...types) {
  if (typeof input === 'string' && input.startsWith(base)) {
    const id = tail(input, base);
    if (!id) throw invalid(input, 'the URL of an image');
    const size = (mark) => Number(new RegExp(`${mark}([^,/]*)`).exec(input)?.[1] ?? NaN);
    return { id, url: base + id, height: size(',h_'), width: size('/w_') };
  }
  const { id, filename, width = 0, height = 0 } = parseAs(input, ...types);
  return { id, url: base + id, height, width, ...(filename && { altText: filename, filename }) };
}

/** The URL, size and name of an image, from its identifier or static URL. */
export const getImageUrl = (image) => picture(image, IMAGES, 'image');

/** The URL, size and name of a shape, from an image or vector identifier or its static URL. */
export const getShapeUrl = (shape) => picture(shape, SHAPES, 'image', 'vector');

/** The URL of a video, in its original or a resolution such as `720p`, and the identifier of its poster. */
export function getVideoUrl(video, resolution) {
  const own = typeof video === 'string' && video.startsWith(VIDEOS);
  const { id, filename, posterId, posterWidth, posterHeight } = own ? { id: tail(video, VIDEOS) } : parseAs(video, 'video');
  if (!id) throw invalid(video, 'the URL of a video');
  const size = `originWidth=${posterWidth ?? 50}&originHeight=${posterHeight ?? 50}`;
  return {
    id,
    url: `${VIDEOS}${id}/${resolution ? `${resolution}/mp4/file.mp4` : 'file'}`,
    thumbnail: `wix:image://v1/${posterId || `${id}.jpg`}#${size}`,
    ...(filename && { filename }),
  };
}

/** The URL, duration and name of an audio file. */
export function getAudioUrl(audio) {
  const { id, filename, duration = 0 } = parseAs(audio, 'audio');
  return { id, duration, url: AUDIO + id, ...(filename && { filename }) };
}

/** The id and name of a document, and its URL when the site that holds it is known. */
export function getDocumentUrl(document, { siteId } = {}) {
  const { id, filename } = parseAs(document, 'document');
  return { id, url: siteId && `https://${siteId}.usrfiles.com/ugd/${id}`, ...(filename && { filename }) };
}

/**
 * The URL of the original bytes of a public file, from its identifier. Documents are on a host of their own site.
 *
 * @example
 * getStaticUrl('wix:vector://v1/abc.svg/logo.svg'); // 'https://static.wixstatic.com/shapes/abc.svg'
 */
export function getStaticUrl(identifier, options) {
  const { type } = parse(identifier);
  switch (type) {
    case 'image':
      return getImageUrl(identifier).url;
    case 'vector':
      return getShapeUrl(identifier).url;
    case 'video':
      return getVideoUrl(identifier, options?.resolution).url;
    case 'audio':
      return getAudioUrl(identifier).url;
    default:
      return getDocumentUrl(identifier, options).url;
  }
}

/** The URL of an image that fills a box of the target size; what does not fit is cut off. */
export const getScaledToFillImageUrl = (image, width, height, options) =>
  transformed(image, width, height, options, 'fill');

/** The URL of an image that fits as a whole into a box of the target size. */
export const getScaledToFitImageUrl = (image, width, height, options) =>
  transformed(image, width, height, options, 'fit');

/** The URL of a rectangle of an image, scaled to fill a box of the target size. */
export const getCroppedImageUrl = (image, x, y, cropWidth, cropHeight, width, height, options) =>
  transformed(image, width, height, options, 'fill', { x, y, width: cropWidth, height: cropHeight });

const JPEG = /^jp(e|g|eg)$/;
const FILTERS = { contrast: ['con', 100], brightness: ['br', 100], saturation: ['sat', 100], hue: ['hue', 180], blur: ['blur', 100] };
// The service transforms no more pixels than this.
const MOST_PIXELS = 25e6;

const between = (value, low, high) => typeof value === 'number' && value >= low && value <= high;

/** Builds a URL of the image service (contract: media-urls, section 4). */
function transformed(image, targetWidth, targetHeight, options, fitting, crop) {
  options ??= {};
  const { id, width: sourceWidth, height: sourceHeight } = getImageUrl(image);
  const base = options.baseHostURL || IMAGES;
  const extension = /\.([^.]+)$/.exec(id)?.[1].toLowerCase() ?? '';
  const known = JPEG.test(extension) || /^(png|webp|avif|wix_mp|wix_ico_mp)$/.test(extension);
  const modern = /^(webp|avif)$/.test(extension);
  const isGif = extension === 'gif';
  const canMove = isGif || (modern && options.hasAnimation);
  const mayTransform = isGif
    ? options.allowAnimatedTransform || options.allowFullGIFTransformation
    : known && (!canMove || options.allowAnimatedTransform);
  if (!mayTransform) return base + id;

  let size = { width: sourceWidth, height: sourceHeight };
  // The official helpers hand width and height of the source over in the wrong order.
  if (options.swapSourceSize) size = { width: sourceHeight, height: sourceWidth };
  const plain = modern && !options.allowWebpAvifTransforms;
  const parts = [];

  if (crop && !plain) {
    const x = Math.max(0, crop.x);
    const y = Math.max(0, crop.y);
    const width = Math.max(0, Math.min(size.width, crop.x + crop.width) - x);
    const height = Math.max(0, Math.min(size.height, crop.y + crop.height) - y);
    if (width && height && (width !== size.width || height !== size.height)) {
      size = { width, height };
      parts.push(`crop/x_${Math.round(x)},y_${Math.round(y)},w_${Math.round(width)},h_${Math.round(height)}`);
    }
  }

  const unknown = !size.width || !size.height;
  const fromWidth = size.width || targetWidth;
  const fromHeight = size.height || targetHeight;
  const ratio = options.isSEOBot ? 1 : Math.min(options.devicePixelRatio ?? globalThis.devicePixelRatio ?? 1, 2) || 1;
  let width = targetWidth * ratio;
  let height = targetHeight * ratio;
  const scaleOf = () => Math[fitting === 'fit' ? 'min' : 'max'](width / fromWidth, height / fromHeight);
  let scale = scaleOf();
  const fit = () => {
    width = fromWidth * scale;
    height = fromHeight * scale;
  };
  if (fitting === 'fit') fit();
  if (width * height > MOST_PIXELS) {
    const shrink = Math.sqrt(MOST_PIXELS / (width * height));
    width *= shrink;
    height *= shrink;
    scale = scaleOf();
  }
  // Enlarging has its limits: by the classic method the lower, the larger the source.
  const isSuper = options.upscaleMethod?.toLowerCase() === 'super';
  const area = fromWidth * fromHeight;
  const most = isSuper ? 4 : area > 360_000 ? 1 : area > 160_000 ? 1.2 : 1.4;
  const sharpen = isSuper && scale <= most && ![1.5, 2, 4].includes(scale);
  if (scale > most) {
    width *= most / scale;
    height *= most / scale;
    scale = most;
    if (fitting === 'fit') fit();
  }

  width = Math.round(width);
  height = Math.round(height);
  const { x, y } = (!plain && !crop && fitting === 'fill' && options.focalPoint) || {};
  const focal = [x, y].map((value) => (Math.max(0, Math.min(100, value)) / 100).toFixed(2));
  const hasFocus = typeof x === 'number' && typeof y === 'number' && !Number.isNaN(x + y);
  const bare = fitting === 'fit' && unknown;
  let last = `${bare ? 'fit' : 'fill'}/w_${width},h_${height}`;
  if (!bare) last += hasFocus ? `,fp_${focal.join('_')}` : ',al_c';
  if (scale > 1) last += `,lg_${isSuper ? 2 : 1}`;

  if (known && !extension.startsWith('wix')) {
    const pixels = width * height;
    const quality = between(options.quality, 5, 90) ? options.quality : pixels > 1_960_000 ? 90 : pixels > 360_000 ? 85 : 80;
    last += `,q_${extension === 'png' ? quality + 5 : quality}`;
  }
  const { radius, amount, threshold } = options.unsharpMask ?? {};
  if (between(radius, 0.1, 500) && between(amount, 0, 10) && between(threshold, 0, 255)) {
    last += `,usm_${[radius, amount, threshold].map((value) => value.toFixed(2)).join('_')}`;
  } else if (!(radius === 0 && amount === 0 && threshold === 0) && (scale < 1 || sharpen || bare)) {
    last += ',usm_0.66_1.00_0.01';
  }
  if (options.progressive === false) last += ',bl';
  if (options.watermark) last += `,wm_${options.watermark}`;
  for (const [filter, [mark, limit]] of Object.entries(FILTERS)) {
    const value = options.filters?.[filter];
    if (value && between(value, mark === 'blur' ? 0 : -limit, limit)) last += `,${mark}_${value}`;
  }
  if (!isGif) {
    const encoding = /^P?AVIF$/.test(options.encoding) && options.encoding.toLowerCase();
    if (encoding) last += `,enc_${encoding},quality_auto`;
    else if (options.autoEncode ?? true) last += ',enc_auto';
  }
  if (canMove && options.isPlaceholderFlow === true) last += ',pstr';
  else if (isGif && options.allowFullGIFTransformation === true) last += ',anm_all';
  parts.push(last);
  return `${base}${id}/v1/${parts.join('/')}/${fileName(id, options.name)}.${extension}`;
}

/** The last part of a transformed URL, without its extension. It has no effect on the picture. */
function fileName(id, name) {
  const end = /\.([^.]*)$/;
  if (!name) return id.replace(end, '');
  const extension = end.exec(name)?.[1];
  if (/^(png|jpe?g|jpe|webp|avif|wix_mp|wix_ico_mp)$/.test(extension)) name = name.replace(end, '');
  return encodeURIComponent(name.replace(/[/\\?<>|“:".*]/g, '_'));
}
