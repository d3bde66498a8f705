// The two clients that are compared: the official SDK's, and ours.
import * as official from '@wix/media';
import { ApiKeyStrategy, createClient } from '@wix/sdk';

/** A client of the official SDK with the credentials of a vector: `{ apiKey, siteId, accountId, headers }`. */
export function officialClient({ headers, ...key }, fetch) {
  const { files, folders } = official;
  const config = { modules: { files, folders }, auth: ApiKeyStrategy(key), fetch };
  // The SDK writes into the headers object that it is given.
  if (headers) config.headers = { ...headers };
  return createClient(config);
}

/** Our client with the same credentials, without retries, so that one call is one request. */
export async function ourClient({ headers, ...auth }, fetch, options) {
  const ours = await import('./package.js');
  return ours.createClient({ auth, headers, fetch, retry: false, ...options });
}
