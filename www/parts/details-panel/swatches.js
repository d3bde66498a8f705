// The colours that the service found in an image.
/** @import { FileDescriptor } from 'wix-media.v2' */
import { element } from '../../ui/element.js';

const MAX_SWATCHES = 10;

/** @param {FileDescriptor} file */
export function swatches(file) {
  const { colors } = file.media?.image ?? file.media?.vector ?? {};
  const palette = Array.isArray(colors?.palette) ? colors.palette : [];
  const found = [colors?.prominent, ...palette].map((color) => hexOf(color?.rgb)).filter((hex) => hex !== undefined);
  return [...new Set(found)].slice(0, MAX_SWATCHES).map(swatch);
}

/**
 * Returns a colour in hex, from integers only: what a service sends must not become a style of another kind.
 *
 * @param {{ r?: number | null, g?: number | null, b?: number | null } | null | undefined} rgb
 */
function hexOf(rgb) {
  const { r, g, b } = rgb ?? {};
  const parts = [r, g, b].filter((part) => typeof part === 'number' && Number.isInteger(part));
  if (parts.length < 3) return undefined;
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}

/** @param {string} hex */
function swatch(hex) {
  const made = element('span', { class: 'swatch', role: 'img', 'aria-label': hex, title: hex });
  made.style.backgroundColor = hex;
  return made;
}
