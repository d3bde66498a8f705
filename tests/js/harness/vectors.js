// The recorded vectors of tests/data/vectors.
import { readdirSync, readFileSync } from 'node:fs';

/** @import { Vector } from './types.d.ts' */

const folder = new URL('../../data/vectors/', import.meta.url);

/**
 * Every recorded vector, in the order of the files, with the file's credentials unless it has its own.
 *
 * @returns {Vector[]}
 */
export function recordedVectors() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
      return file.vectors.map((/** @type {Vector} */ vector) => ({ ...vector, file: name, client: vector.client ?? file.client }));
    });
}

/**
 * The recorded requests of a vector.
 *
 * @param {Vector} vector
 */
export function requestsOf({ expect: { request, requests = request ? [request] : [] } }) {
  return requests;
}

/** @param {Vector} vector */
export function quirksOf(vector) {
  return vector.tags.filter((tag) => tag.startsWith('quirk:')).map((tag) => tag.slice('quirk:'.length));
}
