// Source code that shows an image in the sizes that a page needs: HTML, `srcset` alone, and React.
import { javascript } from './code.js';

/**
 * @typedef {object} SnippetImage
 * @property {readonly { url: string, width: number }[]} candidates From the narrowest to the widest, which is the image itself.
 * @property {number} width In pixels.
 * @property {number} height
 * @property {string} alt
 * @property {{ identifier: string, options: Record<string, unknown> }} [component] What `WixImage` gets, where it can show the image.
 */

/** The width of the image in the layout: that of the window, up to its own. @param {number} width */
const sizesOf = (width) => `(max-width: ${width}px) 100vw, ${width}px`;

/** @param {SnippetImage['candidates']} candidates */
export const srcset = (candidates) => candidates.map(({ url, width }) => `${url} ${width}w`).join(', ');

/**
 * @param {string} text
 */
const attribute = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** @param {SnippetImage} image */
export function html({ candidates, width, height, alt }) {
  const lines = [
    `src="${attribute(String(candidates.at(-1)?.url))}"`,
    candidates.length > 1 && `srcset="${attribute(srcset(candidates))}"`,
    candidates.length > 1 && `sizes="${sizesOf(width)}"`,
    `width="${width}"`,
    `height="${height}"`,
    `alt="${attribute(alt)}"`,
    'loading="lazy"',
  ];
  return `<img\n${lines.filter(Boolean).map((line) => `  ${line}\n`).join('')}>`;
}

/** @param {SnippetImage} image */
export function react({ candidates, width, height, alt, component }) {
  const shared = [`width={${width}}`, `height={${height}}`, `alt={${javascript(alt)}}`];
  if (component) {
    const { identifier, options } = component;
    const lines = [`src={${javascript(identifier)}}`, ...shared, `sizes="${sizesOf(width)}"`, Object.keys(options).length > 0 && `options={${javascript(options).replaceAll('\n', '\n      ')}}`];
    return `import { WixImage } from 'wix-media.v2/react';\n\n${componentOf('WixImage', lines)}`;
  }
  const lines = [
    `src={${javascript(String(candidates.at(-1)?.url))}}`,
    candidates.length > 1 && `srcSet={${javascript(srcset(candidates))}}`,
    candidates.length > 1 && `sizes="${sizesOf(width)}"`,
    ...shared,
    'loading="lazy"',
  ];
  return componentOf('img', lines);
}

/**
 * @param {string} tag
 * @param {readonly (string | false)[]} lines
 */
const componentOf = (tag, lines) => `export const Picture = () => (\n  <${tag}\n${lines.filter(Boolean).map((line) => `    ${line}\n`).join('')}  />\n);`;
