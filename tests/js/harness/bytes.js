// Reproducible bytes, and their hashes.
import { createHash } from 'node:crypto';

/**
 * Bytes without a pattern, the same ones for the same seed.
 *
 * @param {number} length
 * @param {number} [seed]
 */
export function noise(length, seed = 1) {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state >>> 3;
  }
  return bytes;
}

/** @param {Uint8Array | string} bytes */
export const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');
