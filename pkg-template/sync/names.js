// Names of the Media Manager as names of files, and back.
//
// A key is a name that every file system can hold: Windows, macOS and Linux. Characters that one of them refuses are escaped
// by ‛ (U+201B) and the two hexadecimal digits of their code, so `a:b.txt` is `a‛3Ab.txt`. The mark itself is rare, and
// replacing characters by similar ones, such as `：`, would change names that have these already. Three more forms:
//
//   fox‛~2.jpg            the second of two items that are named fox.jpg in one folder
//   long na‛#1a2b3c4d.jpg a name with more bytes than a file may have; only the journal and the manifest know it whole
//   ‛u201B                the mark, or half of a surrogate pair
import { createHash } from 'node:crypto';

const MARK = '\u201b';

/** The key of an empty name. */
const EMPTY = `${MARK}_`;

/** The folder of a place that stands for the trash of a Media Manager. No name has this key. */
export const TRASH_KEY = `${MARK}trash`;

/** What a numbered key contains, and no other. */
export const NUMBER_MARK = `${MARK}~`;

/** How many bytes of UTF-8 a key has at most. File systems allow 255; the rest is for what other programs append. */
const MAX_KEY_SIZE = 240;

/** A longer extension is not worth keeping. */
const MAX_EXTENSION_LEN = 12;

/** Names that Windows reserves, whatever the extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?=\.|$)/i;

/** What some file system refuses: control characters, separators, wildcards, a dot or space at the end; half a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are to be escaped.
const REFUSED = /[\u0000-\u001f\u007f<>:"/\\|?*\u201b]|^\.|[. ]$|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const ESCAPED = new RegExp(`${MARK}(?:u([0-9A-F]{4})|([0-9A-F]{2}))`, 'g');
const NUMBERED = new RegExp(`${MARK}~(\\d{1,9})(?=\\.[^.${MARK}]{0,${MAX_EXTENSION_LEN}}$|$)`);
const SHORTENED = new RegExp(`${MARK}#[0-9a-f]{8}`);

const sizeOf = (/** @type {string} */ text) => Buffer.byteLength(text);

/** @param {string} character */
function escapeOf(character) {
  const code = character.charCodeAt(0);
  return code > 0xff ? `${MARK}u${code.toString(16).toUpperCase().padStart(4, '0')}` : `${MARK}${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * A name without its extension, and the extension with its dot.
 *
 * @param {string} name
 */
function parts(name) {
  const dot = name.lastIndexOf('.');
  const isExtension = dot > 0 && name.length - dot - 1 <= MAX_EXTENSION_LEN && !name.slice(dot).includes(MARK);
  return isExtension ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}

/**
 * The key of a name.
 *
 * @param {string} name
 * @example
 * keyOf('a:b.txt'); // → 'a‛3Ab.txt'
 */
export function keyOf(name) {
  let key = name.replace(REFUSED, escapeOf);
  if (RESERVED.test(key)) key = escapeOf(key[0]) + key.slice(1);
  if (key === '') return EMPTY;
  if (sizeOf(key) <= MAX_KEY_SIZE) return key;
  const tail = `${MARK}#${createHash('md5').update(name).digest('hex').slice(0, 8)}${parts(key)[1]}`;
  const room = MAX_KEY_SIZE - sizeOf(tail);
  let head = '';
  let size = 0;
  for (const character of parts(key)[0]) {
    size += sizeOf(character);
    if (size > room) break;
    head += character;
  }
  // An escape that was cut off would be read as another one.
  return head.replace(new RegExp(`${MARK}[0-9A-Fu]{0,4}$`), '') + tail;
}

/**
 * The key of another item of the same name: the second one, the third one, and so on.
 *
 * @param {string} key
 * @param {number} number
 * @example
 * numberedKey('fox.jpg', 2); // → 'fox‛~2.jpg'
 */
export function numberedKey(key, number) {
  if (number === 1) return key;
  const [head, tail] = parts(key);
  return `${head}${MARK}~${number}${tail}`;
}

/**
 * The number in a key; undefined for that of the first item of a name.
 *
 * @param {string} key Or a path that ends in it.
 */
export function numberOf(key) {
  const [, number] = NUMBERED.exec(key) ?? [];
  return number === undefined ? undefined : Number(number);
}

/**
 * Whether a key is that of a name with more bytes than a file may have.
 *
 * @param {string} key
 */
export const isShortenedKey = (key) => SHORTENED.test(key);

/**
 * The name that a file of this machine stands for. A name that is no key stands for itself.
 *
 * @param {string} own The name of the file.
 * @returns {{ name: string, key: string, isShortened: boolean }} `isShortened` says that the name is not known whole.
 * @example
 * nameOf('a‛3Ab.txt'); // → { name: 'a:b.txt', key: 'a‛3Ab.txt', isShortened: false }
 */
export function nameOf(own) {
  if (!own.includes(MARK)) return { name: own, key: keyOf(own), isShortened: false };
  if (isShortenedKey(own) && sizeOf(own) <= MAX_KEY_SIZE + MAX_EXTENSION_LEN) return { name: own, key: own, isShortened: true };
  const number = Number(NUMBERED.exec(own)?.[1] ?? 1);
  const plain = own.replace(NUMBERED, '');
  const name = plain === EMPTY ? '' : plain.replace(ESCAPED, (_, long, short) => String.fromCharCode(Number.parseInt(long ?? short, 16)));
  const key = numberedKey(keyOf(name), number);
  return key === own ? { name, key, isShortened: false } : { name: own, key: keyOf(own), isShortened: false };
}
