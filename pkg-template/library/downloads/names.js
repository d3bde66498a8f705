// Names of downloaded files, which every file system takes and which lead nowhere else.

/** Names that Windows reserves, whatever the extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** How many bytes of UTF-8 a name has at most; file systems allow 255. */
const MAX_NAME_SIZE = 240;

/** A longer extension is not worth keeping. */
const MAX_EXTENSION_LEN = 12;

/**
 * A safe name.
 *
 * @param {unknown} name
 */
export function safeName(name) {
  const plain = String(name)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are to be removed.
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_')
    .replace(/^\.+/, (dots) => '_'.repeat(dots.length))
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length));
  return shortened(plain.replace(RESERVED, '_$&') || '_');
}

/**
 * At most `MAX_NAME_SIZE` bytes of a name, with its extension.
 *
 * @param {string} name
 */
function shortened(name) {
  const encoder = new TextEncoder();
  if (encoder.encode(name).length <= MAX_NAME_SIZE) return name;
  const dot = name.lastIndexOf('.');
  const tail = dot > 0 && name.length - dot <= MAX_EXTENSION_LEN ? name.slice(dot) : '';
  let head = [...name.slice(0, name.length - tail.length)];
  while (encoder.encode(head.join('') + tail).length > MAX_NAME_SIZE) head = head.slice(0, -1);
  return head.join('') + tail;
}

/**
 * A safe name that no other file of the folder has, whatever the case of its letters.
 *
 * @param {unknown} name
 * @param {Set<string>} taken Names of the folder so far; the new one is added.
 */
export function uniqueName(name, taken) {
  const safe = safeName(name);
  const dot = safe.lastIndexOf('.');
  const [head, tail] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, ''];
  const keyOf = (/** @type {string} */ own) => own.normalize('NFC').toLowerCase();
  let own = safe;
  for (let number = 1; taken.has(keyOf(own)); number += 1) own = `${head} (${number})${tail}`;
  taken.add(keyOf(own));
  return own;
}
