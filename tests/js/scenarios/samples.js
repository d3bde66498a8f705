// Small files of each kind, whole ones, made here so that a page has them too.

/** @param {string} base64 */
const decode = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
/** @param {string} text */
export const utf8 = (text) => new TextEncoder().encode(text);

/**
 * @param {number} number
 * @param {number} length
 */
const word = (number, length, little = true) => {
  const bytes = Array.from({ length }, (_, index) => Math.floor(number / 256 ** index) % 256);
  return little ? bytes : bytes.reverse();
};
/** @param {string} text */
const ascii = (text) => [...text].map((character) => character.charCodeAt(0));

/** One second of silence, 8 kHz, 8 bit, one channel. */
function wav(seconds = 1) {
  const data = 8000 * seconds;
  const head = [
    ...ascii('RIFF'), ...word(36 + data, 4), ...ascii('WAVEfmt '), ...word(16, 4), ...word(1, 2), ...word(1, 2),
    ...word(8000, 4), ...word(8000, 4), ...word(1, 2), ...word(8, 2), ...ascii('data'), ...word(data, 4),
  ];
  const bytes = new Uint8Array(44 + data).fill(128);
  bytes.set(head);
  return bytes;
}

/**
 * @param {string} name
 * @param {...number[]} content
 */
const box = (name, ...content) => {
  const inner = content.flat();
  return [...word(8 + inner.length, 4, false), ...ascii(name), ...inner];
};

/** A film without a frame, but with a head that says 320 by 240 and two and a half seconds. */
function mp4() {
  const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 0x4000].flatMap((value, index) => word(index === 8 ? 0x40000000 : value * 0x10000, 4, false));
  const mvhd = box('mvhd', word(0, 4), word(0, 8), word(1000, 4, false), word(2500, 4, false), word(0x10000, 4, false), word(0x100, 2, false), word(0, 10), matrix, word(0, 24), word(2, 4, false));
  const tkhd = box('tkhd', word(3, 4, false), word(0, 8), word(1, 4, false), word(0, 4), word(2500, 4, false), word(0, 16), matrix, word(320 * 0x10000, 4, false), word(240 * 0x10000, 4, false));
  const hdlr = box('hdlr', word(0, 8), ascii('vide'), word(0, 12), [0]);
  return Uint8Array.from([
    ...box('ftyp', ascii('isom'), word(0, 4), ascii('isommp42')),
    ...box('moov', mvhd, box('trak', tkhd, box('mdia', hdlr))),
    ...box('mdat', word(0, 16)),
  ]);
}

/** Twenty frames of silence, MPEG 1 layer 3, 128 kbit/s at 44.1 kHz: 417 bytes and 26.12 ms each. */
function mp3() {
  const bytes = new Uint8Array(417 * 20);
  for (let frame = 0; frame < 20; frame += 1) bytes.set([0xff, 0xfb, 0x90, 0xc0], frame * 417);
  return bytes;
}

/** @typedef {keyof typeof samples} Kind */

export const samples = {
  png: decode('iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR42mM4YaMBQQxwFgBKJAcJwugnqwAAAABJRU5ErkJggg=='),
  gif: decode('R0lGODlhBAAFAIAAAP8AAAAAACwAAAAABAAFAAACDAQIECBAgAABAgQIFAA7'),
  svg: utf8('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="32"><rect width="64" height="32" fill="#c33"/></svg>'),
  pdf: utf8('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
  zip: decode('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=='),
  glb: Uint8Array.from([...ascii('glTF'), ...word(2, 4), ...word(36, 4), ...word(16, 4), ...ascii('JSON'), ...ascii('{"asset":{}}    ')]),
  wav: wav(),
  mp3: mp3(),
  mp4: mp4(),
  txt: utf8('some text\n'),
};

/**
 * The usual type of each sample, and the media type that the Media Manager makes of it.
 *
 * @type {Record<Kind, [mimeType: string, mediaType: string]>}
 */
export const KINDS = {
  png: ['image/png', 'IMAGE'],
  gif: ['image/gif', 'IMAGE'],
  svg: ['image/svg+xml', 'VECTOR'],
  pdf: ['application/pdf', 'DOCUMENT'],
  zip: ['application/zip', 'ARCHIVE'],
  glb: ['model/gltf-binary', 'MODEL3D'],
  wav: ['audio/wav', 'AUDIO'],
  mp3: ['audio/mpeg', 'AUDIO'],
  mp4: ['video/mp4', 'VIDEO'],
  txt: ['text/plain', 'DOCUMENT'],
};

/**
 * `size` bytes that look random and are the same each time.
 *
 * @param {number} size
 */
export function noise(size, seed = 1) {
  const bytes = new Uint8Array(size);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < size; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state;
  }
  return bytes;
}
