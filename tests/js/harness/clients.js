// The two clients that are compared: the one of the official SDK, and ours.
import * as official from '@wix/media';
import { ApiKeyStrategy, createClient } from '@wix/sdk';

/** @import { ScriptedFetch, VectorClient } from './types.d.ts' */

/**
 * A client of the official SDK with the credentials of a vector.
 *
 * @param {VectorClient} credentials
 * @param {ScriptedFetch} fetch
 * @returns {Record<'files' | 'folders', any>}
 */
export function officialClient({ headers, ...key }, fetch) {
  const { files, folders } = official;
  /** @type {any} */
  const config = { modules: { files, folders }, auth: ApiKeyStrategy(/** @type {any} */ (key)), fetch };
  // The SDK writes into the headers object that it is given.
  if (headers) config.headers = { ...headers };
  return /** @type {Record<'files' | 'folders', any>} */ (/** @type {unknown} */ (createClient(config)));
}

/**
 * Our client with the same credentials, without retries, so that one call is one request.
 *
 * @param {VectorClient} credentials
 * @param {ScriptedFetch} fetch
 * @param {object} [options]
 */
export async function ourClient({ headers, ...auth }, fetch, options) {
  const ours = await import('./package.js');
  return ours.createClient({ auth: /** @type {any} */ (auth), headers, fetch, retry: false, ...options });
}
