// An edit of an image, without elements: what is cut out, turned, and scaled, as numbers, as the address of a transformed image
// (docs/contract/media-urls.md#s4-2), and as what a canvas has to draw.
//
// The steps are applied in this order: turn by quarters, mirror, straighten, crop, and at last fill a box around the focal point. The
// transforms of the service crop and fill. For all else the image is drawn.
import { extensionOf, transformedUrl } from './image-url.js';

/**
 * @typedef {{ width: number, height: number }} Size In pixels.
 * @typedef {Size & { x: number, y: number }} Box
 *
 * @typedef {object} Edit
 * @property {number} turns Quarters of a turn, clockwise: 0 to 3.
 * @property {boolean} isMirrored Whether left and right change places, after turning.
 * @property {number} angle Degrees by which the image is straightened, clockwise. It is enlarged so that no corner is empty.
 * @property {Box} crop In pixels of the turned image.
 * @property {{ x: number, y: number }} focus The focal point, as parts of the crop from 0 to 1.
 * @property {number | undefined} ratio Width by height of the result; without one that of the crop.
 * @property {number} width Of the result, in pixels.
 * @property {string} format Its extension.
 * @property {number} quality 5 to 90.
 */

/** The largest side of a result, by the grammar of addresses. */
export const MAX_SIDE = 5000;
/** The formats of results. */
export const FORMATS = /** @type {const} */ (['jpg', 'png', 'webp']);
export const MIN_QUALITY = 5;
export const MAX_QUALITY = 90;

/** The widths of the candidates in a `srcset`, in pixels. */
const WIDTHS = [320, 640, 960, 1280, 1920, 2560, 3840];

/**
 * Returns an edit that changes nothing.
 *
 * @param {Size} size Of the image.
 * @param {string} url Its address, which names its format.
 * @returns {Edit}
 */
export function unedited({ width, height }, url) {
  const extension = extensionOf(url).toLowerCase();
  return {
    turns: 0,
    isMirrored: false,
    angle: 0,
    crop: { x: 0, y: 0, width, height },
    focus: { x: 0.5, y: 0.5 },
    ratio: undefined,
    width: Math.min(width, MAX_SIDE),
    format: FORMATS.find((format) => format === extension) ?? (/^(?:png|gif|bmp|tiff?|jxl)$/.test(extension) ? 'webp' : 'jpg'),
    quality: MAX_QUALITY,
  };
}

/** @param {string} format */
export const hasQuality = (format) => format !== 'png';

/**
 * Returns the size of the image after turning.
 *
 * @param {Size} size
 * @param {Pick<Edit, 'turns'>} edit
 * @returns {Size}
 */
export const turnedSize = ({ width, height }, { turns }) => (turns % 2 === 0 ? { width, height } : { width: height, height: width });

/**
 * Whether an edit needs more than the transforms of the service: they do not turn images.
 *
 * @param {Edit} edit
 */
export const isDrawn = ({ turns, isMirrored, angle }) => turns % 4 !== 0 || isMirrored || angle !== 0;

/**
 * Returns an edit that is turned by another quarter: the crop and the focal point turn with the image.
 *
 * @param {Edit} edit
 * @param {Size} size Of the image before any turn.
 * @param {1 | -1} direction 1 is clockwise.
 * @returns {Edit}
 */
export function turned(edit, size, direction) {
  const { crop, focus } = edit;
  const before = turnedSize(size, edit);
  const box =
    direction === 1
      ? { x: before.height - crop.y - crop.height, y: crop.x, width: crop.height, height: crop.width }
      : { x: crop.y, y: before.width - crop.x - crop.width, width: crop.height, height: crop.width };
  // A mirrored image turns the other way round before it is mirrored.
  const quarter = edit.isMirrored ? -direction : direction;
  return {
    ...edit,
    turns: (edit.turns + quarter + 4) % 4,
    crop: box,
    focus: direction === 1 ? { x: 1 - focus.y, y: focus.x } : { x: focus.y, y: 1 - focus.x },
    width: Math.min(box.width, MAX_SIDE),
  };
}

/**
 * Returns an edit that is flipped as it is seen.
 *
 * @param {Edit} edit
 * @param {Size} size Of the image before any turn.
 * @param {'horizontal' | 'vertical'} axis
 * @returns {Edit}
 */
export function flipped(edit, size, axis) {
  const { crop, focus } = edit;
  const { width, height } = turnedSize(size, edit);
  const isSideways = axis === 'horizontal';
  return {
    ...edit,
    // Upside down is half a turn, and then left and right.
    turns: isSideways ? edit.turns : (edit.turns + 2) % 4,
    isMirrored: !edit.isMirrored,
    angle: -edit.angle || 0,
    crop: isSideways ? { ...crop, x: width - crop.x - crop.width } : { ...crop, y: height - crop.y - crop.height },
    focus: isSideways ? { ...focus, x: 1 - focus.x } : { ...focus, y: 1 - focus.y },
  };
}

/**
 * Returns the largest box of a ratio in the middle of another one.
 *
 * @param {Box} box
 * @param {number} ratio Width by height.
 * @returns {Box}
 */
export function fitted({ x, y, width, height }, ratio) {
  const size = width / height > ratio ? { width: height * ratio, height } : { width, height: width / ratio };
  return whole({ x: x + (width - size.width) / 2, y: y + (height - size.height) / 2, ...size });
}

/**
 * Returns a box in whole pixels.
 *
 * @param {Box} box
 * @returns {Box}
 */
export const whole = ({ x, y, width, height }) => ({ x: Math.round(x), y: Math.round(y), width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) });

/**
 * Returns a box that lies in an image.
 *
 * @param {Box} box
 * @param {Size} size
 * @returns {Box}
 */
export function inside(box, size) {
  const { x, y, width, height } = whole(box);
  const [w, h] = [Math.min(width, size.width), Math.min(height, size.height)];
  return { x: Math.min(Math.max(0, x), size.width - w), y: Math.min(Math.max(0, y), size.height - h), width: w, height: h };
}

/**
 * Returns a box of a ratio that lies in an image. The side that was chosen stays as it is, if the image has room for the other.
 *
 * @param {Box} box
 * @param {number} ratio Width by height.
 * @param {'width' | 'height'} side
 * @param {Size} size Of the image.
 * @returns {Box}
 */
export function inRatio({ x, y, width, height }, ratio, side, size) {
  const wanted = side === 'width' ? width : height * ratio;
  const w = Math.min(Math.max(1, wanted), size.width, size.height * ratio);
  return inside({ x, y, width: w, height: w / ratio }, size);
}

/**
 * Returns the size of the result, at a width. No side of it is larger than what it is made from, or than an address allows.
 *
 * @param {Edit} edit
 * @param {number} [width]
 * @returns {Size}
 */
export function resultSize({ crop, ratio = crop.width / crop.height, width: chosen }, width = chosen) {
  const largest = Math.min(crop.width, crop.height * ratio, MAX_SIDE, MAX_SIDE * ratio);
  const w = Math.max(1, Math.round(Math.min(width, largest)));
  // A width that was rounded up would ask for a row too many.
  return { width: w, height: Math.max(1, Math.min(Math.round(w / ratio), crop.height, MAX_SIDE)) };
}

/**
 * Returns the part of the crop that fills the result: as near to the focal point as the crop allows.
 *
 * @param {Edit} edit
 * @returns {Box} In pixels of the turned image.
 */
export function seen({ crop, ratio, focus }) {
  if (ratio === undefined) return crop;
  const { width, height } = fitted({ ...crop, x: 0, y: 0 }, ratio);
  const x = crop.x + focus.x * crop.width - width / 2;
  const y = crop.y + focus.y * crop.height - height / 2;
  return inside({ x: Math.max(x, crop.x), y: Math.max(y, crop.y), width, height }, { width: crop.x + crop.width, height: crop.y + crop.height });
}

/** @param {number} value From 0 to 1. */
const decimals = (value) => value.toFixed(2);

/**
 * Returns the address of the edited image, or nothing if the service cannot make it by an address.
 *
 * @param {string} url The address of the image.
 * @param {Size} size Its size.
 * @param {Edit} edit
 * @param {number} [width] Of the result; without one that of the edit.
 */
export function editedUrl(url, size, edit, width) {
  if (isDrawn(edit)) return undefined;
  const { crop, focus, ratio, format, quality } = edit;
  const result = resultSize(edit, width);
  const isWhole = crop.width === size.width && crop.height === size.height;
  const point = ratio === undefined || (focus.x === 0.5 && focus.y === 0.5) ? 'al_c' : `fp_${decimals(focus.x)}_${decimals(focus.y)}`;
  const parameters = [`w_${result.width}`, `h_${result.height}`, point, ...(hasQuality(format) ? [`q_${quality}`] : [])];
  const before = isWhole ? '' : `crop/x_${crop.x},y_${crop.y},w_${crop.width},h_${crop.height}/`;
  return transformedUrl(url, 'fill', parameters, format, before);
}

/**
 * Returns the widths to offer a browser: those of common windows, up to that of the edit.
 *
 * @param {Edit} edit
 */
export function widthsOf(edit) {
  const { width } = resultSize(edit);
  return [...WIDTHS.filter((each) => each < width), width];
}
