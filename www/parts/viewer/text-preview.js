// The beginning of a text file, as text.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { Place } from '../../place/place.js' */
import { indented } from '../../text/code.js';
import { size } from '../../text/words.js';
import { element } from '../../ui/element.js';

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
  const text = element('pre', { tabindex: '0', dir: 'auto', role: 'group', 'aria-label': `Text of ${name}` });
  const note = element('p', { class: 'hint', hidden: true }, `The first ${size(MAX_BYTES)} are shown. Download the file to read all of it.`);
  const made = element('div', { class: 'viewer-text' }, text, note);
  const fill = async () => {
    try {
      const { bytes, isWhole } = await read(place, await address());
      const decoded = decode(bytes);
      text.textContent = isWhole && /\.json$/i.test(name) ? indented(decoded) : decoded;
      note.hidden = isWhole;
    } catch {
      made.replaceWith(failed());
    }
  };
  fill();
  return made;
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
