// The places of `sync`: two words of the command line, each of which names a folder or a Media Manager.
import { resolve } from 'node:path';
import process from 'node:process';
import { connectTo } from './connect.js';
import { UsageError } from './failure.js';
import { amount } from './units.js';

/** @import { SyncPlace } from '../types/sync.js' */
/** @import { Context, Place } from './internal.d.ts' */

/** @typedef {{ client: Place['client'], path: string, name: string, directory?: string, close: Place['close'] }} OpenSite */

/** On Windows a colon also follows the letter of a drive. */
const DATA = process.platform === 'win32' ? /^data:((?:[a-z]:(?=[\\/]))?.+?)(?::(\/.*))?$/i : /^data:(.+?)(?::(\/.*))?$/;

/**
 * @param {string} path
 * @param {string} command
 */
function decoded(path, command) {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new UsageError(`invalid path ${path}: % begins an escape, so write %25`, command);
  }
}

/**
 * Opens what a word names. A folder stays its path.
 *
 * @param {string} word
 * @param {Context['options']} options
 * @param {Context['env']} env
 * @param {string} command The command whose help explains a mistake.
 * @returns {Promise<OpenSite | string>}
 */
async function openPlace(word, options, env, command) {
  if (word === '') throw new UsageError('invalid place: expected a folder, site:, data:DIR or http://HOST', command);
  const { apiKey, apiKeyFile, siteId } = options;
  const keys = { apiKey, apiKeyFile };
  if (/^https?:\/\//i.test(word)) {
    if (!URL.canParse(word)) throw new UsageError(`invalid server address ${word}: expected one such as http://127.0.0.1:4410/Photos`, command);
    const { origin, pathname } = new URL(word);
    const place = await connectTo({ ...keys, siteId, url: origin }, env);
    return { client: place.client, path: decoded(pathname, command), name: origin, close: place.close };
  }
  if (word.startsWith('data:')) {
    const [, directory, path = '/'] = DATA.exec(word) ?? [];
    if (directory === undefined) throw new UsageError('data: needs a directory: data:DIR or data:DIR:/PATH', command);
    const place = await connectTo({ siteId, data: directory }, env);
    return { client: place.client, path, name: place.name, directory: resolve(directory), close: place.close };
  }
  if (word.startsWith('site:')) {
    const [, id, path] = /** @type {RegExpExecArray} */ (/^site:([^/]*)(.*)$/.exec(word));
    // A server that the environment names is not the site.
    const place = await connectTo({ ...keys, siteId: id || siteId }, { ...env, WIX_MEDIA_URL: undefined });
    return { client: place.client, path: path || '/', name: `site:${id}`, close: place.close };
  }
  return word;
}

/**
 * Opens both sides.
 *
 * @param {string[]} words
 * @param {Context['options']} options
 * @param {Context['env']} env
 * @param {string} command
 * @returns {Promise<{ from: SyncPlace, to: SyncPlace, close(): Promise<void> }>}
 */
export async function openPlaces([from, to], options, env, command) {
  const { toApiKeyFile } = options;
  const source = await openPlace(from, options, env, command);
  try {
    const target = await openPlace(to, toApiKeyFile === undefined ? options : { ...options, apiKey: undefined, apiKeyFile: toApiKeyFile }, env, command);
    return {
      from: source,
      to: target,
      async close() {
        for (const place of [source, target]) if (typeof place !== 'string') await place.close();
      },
    };
  } catch (error) {
    if (typeof source !== 'string') await source.close();
    throw error;
  }
}

/**
 * The value of `--bandwidth`.
 *
 * @param {Context['options']} options
 * @param {string} command
 * @returns {number | undefined}
 */
export function bandwidthOf({ bandwidth }, command) {
  if (bandwidth === undefined) return undefined;
  const rate = amount(bandwidth);
  if (rate) return rate;
  throw new UsageError(`invalid --bandwidth: expected bytes a second such as 500k or 2M, found ${bandwidth}`, command);
}
