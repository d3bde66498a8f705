// Web addresses that a link or an image may have.

/**
 * Returns the address in normal form, or `undefined` if it is not `http:` or `https:`.
 *
 * @param {unknown} text
 */
export function webAddress(text) {
  try {
    const { protocol, href } = new URL(String(text));
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}
