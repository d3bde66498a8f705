// The colours that the service found in an image.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { Rgb } from '../../model/colors.js' */
import { colorsOf } from '../../model/colors.js';
import { element } from '../../ui/element.js';

const MAX_SWATCHES = 10;

/** @param {FileDescriptor} file */
export const swatches = (file) => [...new Set(colorsOf(file).map(hexOf))].slice(0, MAX_SWATCHES).map(swatch);

/** @param {Rgb} rgb */
const hexOf = ({ r, g, b }) => `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;

/** @param {string} hex */
function swatch(hex) {
  const made = element('span', { class: 'swatch', role: 'img', 'aria-label': hex, title: hex });
  made.style.backgroundColor = hex;
  return made;
}
