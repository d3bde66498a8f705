// Where a command works: a Wix site, a running server, or a directory of this machine.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, UsageError } from './failure.js';

/**
 * Connects to the place that the options and the environment name: `{ client, name, close }`. What belongs together,
 * `client` and its functions for paths, uploads, downloads and the trash, is the package's own.
 */
export async function connectTo(options, env) {
  const url = options.url ?? (options.data === undefined ? env.WIX_MEDIA_URL : undefined);
  const apiKey = options.apiKey ?? env.WIX_API_KEY;
  const siteId = options.siteId ?? env.WIX_SITE_ID;
  // The environment speaks of a Wix site, which a directory has nothing to do with.
  if (options.data !== undefined) return inDirectory(options.data, options.siteId);
  const { createClient } = await import('#package/node.js');
  if (url !== undefined) {
    const baseUrl = addressOf(url);
    const auth = apiKey ? { apiKey, siteId } : undefined;
    return { client: createClient({ baseUrl, auth }), name: baseUrl, close() {} };
  }
  if (!apiKey) {
    throw new UsageError(
      'Which Media Manager? Name a server with --url, a directory with --data, or a Wix site by WIX_API_KEY and WIX_SITE_ID',
    );
  }
  if (!siteId) throw new UsageError('WIX_API_KEY is there, but which site? Set WIX_SITE_ID too, or use --site-id');
  return { client: createClient({ auth: { apiKey, siteId } }), name: 'the Wix site', close() {} };
}

function addressOf(text) {
  let url;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    throw new UsageError(`${text} is no address of a server, such as http://127.0.0.1:4410`);
  }
  if (!/^https?:$/.test(url.protocol)) throw new UsageError(`${text} must begin with http:// or https://`);
  return url.href.replace(/\/+$/, '');
}

async function inDirectory(directory, siteId) {
  // Looking must not leave a new Media Manager behind where a name was mistyped.
  if (!existsSync(directory)) throw new Failure(`There is no directory ${directory}`, { code: 'NO_DIRECTORY' });
  const manager = await openManager({ storage: { directory }, siteId });
  return { client: manager.client, name: join(directory), close: () => manager.close() };
}

/** `createManager` with what a person needs to hear when a directory cannot be used. */
export async function openManager(options) {
  const { createManager } = await import('#package/node.js');
  try {
    return await createManager(options);
  } catch (error) {
    const { directory } = options.storage;
    if (error.code === 'LOCKED') {
      throw new Failure(
        `The directory ${directory} is in use by another process: stop that, or ask its server with --url`,
        { code: error.code, cause: error },
      );
    }
    throw error;
  }
}
