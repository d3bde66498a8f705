// Where a command works: a Wix site, a running server, or a directory of this machine.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, UsageError } from './failure.js';

/** @import { ManagerOptions } from '../types/index.js' */
/** @import { Context, Place } from './internal.d.ts' */

/**
 * Connects to the place that the options and the environment name.
 *
 * @param {Context['options']} options
 * @param {Context['env']} env
 * @param {{ mayCreate?: boolean }} [rights] Whether `--data` may name a directory that does not exist. It is created.
 * @returns {Promise<Place>}
 */
export async function connectTo(options, env, { mayCreate = false } = {}) {
  const url = options.url ?? (options.data === undefined ? env.WIX_MEDIA_URL : undefined);
  const given = keyOf(options);
  const apiKey = given ?? env.WIX_API_KEY;
  const siteId = options.siteId ?? env.WIX_SITE_ID;
  if (options.data !== undefined && given !== undefined) throw new UsageError('--data needs no key: leave it out');
  if (url !== undefined && options.siteId !== undefined && !apiKey) throw new UsageError('--site-id needs a key: set WIX_API_KEY too');
  // The environment describes a Wix site, which has nothing to do with a directory.
  if (options.data !== undefined) {
    // A mistyped name must not create a Media Manager.
    if (!mayCreate && !existsSync(options.data)) throw new Failure(`directory not found: ${options.data}`, { code: 'NO_DIRECTORY' });
    return inDirectory(options.data, options.siteId);
  }
  const { createClient } = await import('#package/node.js');
  if (url !== undefined) {
    const baseUrl = addressOf(url);
    const auth = apiKey ? { apiKey, siteId } : undefined;
    /** @type {Record<string, string>} */
    const headers = { ...(apiKey && { Authorization: apiKey }), ...(siteId && { 'wix-site-id': siteId }) };
    const administer = (/** @type {string} */ path, /** @type {RequestInit} */ init = {}) =>
      fetch(`${baseUrl}/_wix-media/${path}`, { ...init, headers });
    return { client: createClient({ baseUrl, auth }), name: baseUrl, administer, close() {} };
  }
  if (!apiKey) {
    throw new UsageError(
      'Which Media Manager? Name a server with --url, a directory with --data, or a Wix site by WIX_API_KEY and WIX_SITE_ID',
    );
  }
  if (!siteId) throw new UsageError('WIX_API_KEY needs a site: set WIX_SITE_ID too, or use --site-id');
  return { client: createClient({ auth: { apiKey, siteId } }), name: 'the Wix site', close() {} };
}

/**
 * The key of the command line.
 *
 * @param {Context['options']} options
 * @returns {string | undefined}
 */
function keyOf({ apiKey, apiKeyFile }) {
  if (apiKeyFile === undefined) return apiKey;
  if (apiKey !== undefined) throw new UsageError('--api-key and --api-key-file exclude each other: choose one');
  const keys = keysIn(apiKeyFile);
  if (keys.length > 1) throw new UsageError(`${apiKeyFile} holds ${keys.length} keys: expected one`);
  return keys[0];
}

/**
 * The keys in a file, one a line.
 *
 * @param {string} file
 */
export function keysIn(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (cause);
    throw new Failure(`cannot read the key file ${file}: ${code}`, { code, cause });
  }
  const keys = text.split('\n').map((line) => line.trim()).filter(Boolean);
  if (keys.length === 0) throw new UsageError(`the key file ${file} is empty`);
  return keys;
}

/** @param {string} text */
function addressOf(text) {
  let url;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    throw new UsageError(`invalid server address ${text}: expected one such as http://127.0.0.1:4410`);
  }
  if (!/^https?:$/.test(url.protocol)) throw new UsageError(`invalid server address ${text}: expected http:// or https://`);
  return url.href.replace(/\/+$/, '');
}

/**
 * @param {string} directory
 * @param {string | undefined} siteId
 * @returns {Promise<Place>}
 */
async function inDirectory(directory, siteId) {
  const manager = await openManager({ storage: { directory }, siteId });
  const administer = (/** @type {string} */ path, /** @type {RequestInit} */ init = {}) =>
    manager.fetch(`${manager.baseUrl}/_wix-media/${path}`, init);
  return { client: manager.client, name: join(directory), administer, close: () => manager.close() };
}

/**
 * `createManager`, with advice for people when a directory cannot be used.
 *
 * @param {ManagerOptions} options
 */
export async function openManager(options) {
  const { createManager } = await import('#package/node.js');
  try {
    return await createManager(options);
  } catch (error) {
    const { directory } = /** @type {{ directory?: string }} */ (options.storage);
    const { code } = /** @type {{ code: string }} */ (error);
    if (code === 'LOCKED') {
      throw new Failure(
        `The directory ${directory} is in use by another process: stop that, or ask its server with --url`,
        { code, cause: error },
      );
    }
    throw error;
  }
}
