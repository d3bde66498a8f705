// The colours that the service found in an image, and the names that people give them.
/** @import { FileDescriptor } from 'wix-media.v2' */

/**
 * @typedef {{ r: number, g: number, b: number }} Rgb Integers from 0 to 255.
 * @typedef {'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'purple' | 'pink' | 'brown' | 'black' | 'grey' | 'white'} ColorName
 */

/** @type {readonly ColorName[]} */
export const COLOR_NAMES = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink', 'brown', 'black', 'grey', 'white'];

/** How many colours of the palette count besides the prominent one. A palette has the largest areas first. */
const MAX_AREAS = 3;
/** A colour whose largest and smallest part differ by less looks grey. */
const MIN_CHROMA = 28;
const MAX_OF_BLACK = 48;
const MIN_OF_WHITE = 215;
/** A dark orange looks brown. */
const MAX_OF_BROWN = 190;
/** A light red looks pink. */
const MIN_OF_PINK = 130;

/** Names by the angle at which each ends on the wheel of colours, in degrees. @type {readonly (readonly [end: number, name: ColorName])[]} */
const HUES = [[14, 'red'], [44, 'orange'], [67, 'yellow'], [160, 'green'], [195, 'teal'], [252, 'blue'], [288, 'purple'], [340, 'pink'], [360, 'red']];

/**
 * Returns the colours of an image: the prominent one, and then the palette. What is no colour is left out.
 *
 * @param {FileDescriptor} file
 * @returns {Rgb[]}
 */
export function colorsOf(file) {
  const { colors } = file.media?.image ?? file.media?.vector ?? {};
  const palette = Array.isArray(colors?.palette) ? colors.palette : [];
  return [colors?.prominent, ...palette].map((color) => rgbOf(color?.rgb)).filter((rgb) => rgb !== undefined);
}

/**
 * @param {{ r?: number | null, g?: number | null, b?: number | null } | null | undefined} rgb
 * @returns {Rgb | undefined}
 */
function rgbOf(rgb) {
  const { r, g, b } = rgb ?? {};
  /** @param {unknown} part @returns {part is number} */
  const isPart = (part) => typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= 255;
  return isPart(r) && isPart(g) && isPart(b) ? { r, g, b } : undefined;
}

/**
 * Returns the name of a colour.
 *
 * @param {Rgb} rgb
 * @returns {ColorName}
 */
export function colorName({ r, g, b }) {
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const chroma = max - min;
  if (max < MAX_OF_BLACK) return 'black';
  if (chroma < MIN_CHROMA) return min >= MIN_OF_WHITE ? 'white' : 'grey';
  const sector = max === r ? (g - b) / chroma + 6 : max === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
  const hue = (sector * 60) % 360;
  const name = HUES.find(([end]) => hue < end)?.[1] ?? 'red';
  if (name === 'orange' && max < MAX_OF_BROWN) return 'brown';
  return name === 'red' && min > MIN_OF_PINK ? 'pink' : name;
}

/**
 * Whether one of the large areas of an image, or what draws the eye in it, has a colour.
 *
 * @param {FileDescriptor} file
 * @param {ColorName} name
 */
export const hasColor = (file, name) => colorsOf(file).slice(0, 1 + MAX_AREAS).some((rgb) => colorName(rgb) === name);
