// The beginning of a text file: as text, CSV as a table, JSON indented, and Markdown laid out.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { Place } from '../../place/place.js' */
import { indented } from '../../text/code.js';
import { say } from '../../text/language.js';
import { size } from '../../text/words.js';
import { element } from '../../ui/element.js';
import { readTable, tableOf } from './table.js';

/** Bytes that are shown. Longer texts make the viewer slow, and nobody reads them there. */
const MAX_BYTES = 256_000;

const TEXT = /\.(?:txt|text|md|markdown|csv|tsv|json|log|xml|ya?ml|toml|ini|srt|vtt|html?|css|m?js|ts)$/i;

/**
 * Whether a file is shown as text: its name says so.
 *
 * @param {FileDescriptor} file
 */
export const isText = ({ mediaType, displayName, sizeInBytes }) =>
  (mediaType === 'DOCUMENT' || mediaType === 'OTHER') && Number(sizeInBytes) > 0 && TEXT.test(displayName ?? '');

/**
 * Makes the element that shows a text.
 *
 * @param {object} options
 * @param {Place} options.place
 * @param {string} options.name
 * @param {() => Promise<string>} options.address
 * @param {() => HTMLElement} options.failed Makes what is shown in place of a text that cannot be read.
 */
export function textPreview({ place, name, address, failed }) {
  const body = element('div', { class: 'viewer-text-body', tabindex: '0', dir: 'auto', role: 'group', 'aria-label': say`Text of ${name}` });
  const note = element('p', { class: 'hint', hidden: true }, say`The first ${size(MAX_BYTES)} are shown. Download the file to read all of it.`);
  const made = element('div', { class: 'viewer-text' }, body, note);
  const fill = async () => {
    try {
      const { bytes, isWhole } = await read(place, await address());
      body.replaceChildren(await layOut(name, decode(bytes), isWhole));
      note.hidden = isWhole;
    } catch {
      made.replaceWith(failed());
    }
  };
  fill();
  return made;
}

/**
 * Lays out a text by the extension of its name.
 *
 * @param {string} name
 * @param {string} text
 * @param {boolean} isWhole
 * @returns {Promise<HTMLElement>}
 */
async function layOut(name, text, isWhole) {
  if (/\.(?:csv|tsv)$/i.test(name)) {
    const rows = readTable(text, /\.tsv$/i.test(name) ? '\t' : undefined);
    // One column is no table, but text with a name that misleads.
    if (rows.some(({ length }) => length > 1)) return tableOf(rows);
  }
  if (/\.(?:md|markdown)$/i.test(name)) {
    try {
      const { markdown } = await import('./markdown.js');
      return markdown(text);
    } catch {
      // Without its code, as offline, or if the text is too much for the parser, it is shown as it is.
    }
  }
  return element('pre', {}, isWhole && /\.json$/i.test(name) ? indented(text) : text);
}

/**
 * Reads the beginning of what is at an address.
 *
 * @param {Place} place
 * @param {string} url
 */
async function read(place, url) {
  const response = await place.fetch(url);
  if (!response.ok || !response.body) throw new Error(`cannot read ${url}: status ${response.status}`);
  const reader = response.body.getReader();
  const parts = [];
  let length = 0;
  let isWhole = false;
  while (length <= MAX_BYTES) {
    const { value } = await reader.read();
    if (!value) {
      isWhole = true;
      break;
    }
    parts.push(value);
    length += value.byteLength;
  }
  if (!isWhole) reader.cancel().catch(() => {});
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return { bytes: bytes.subarray(0, MAX_BYTES), isWhole };
}

/**
 * Decodes a text. Reads bytes that are not Unicode as Windows-1252. Throws if they are not text.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
function decode(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.includes(0)) throw new Error('not text');
  try {
    // The last character may be cut.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
