// The content of the fixtures of tests/data/versions, for the script that makes them and the tests that open them.
import { createClient } from '../harness/package.js';

/** @import { ManagerOptions, MediaManager } from '../harness/package.js' */

/**
 * Options under which a fixture was written and is opened.
 *
 * @satisfies {ManagerOptions}
 */
export const OPTIONS = {
  siteId: '11111111-2222-3333-4444-555555555555',
  ids: { seed: 7 },
  clock: /** @type {const} */ ('virtual'),
  allowPrivateImports: true,
  webhooks: [{ url: 'http://hooks.example/media' }],
};

/** The source of the pending import. Nothing listens on port 1. */
export const IMPORT_URL = 'http://127.0.0.1:1/pending.png';

/** The resumable upload that stops after its second chunk. */
export const UPLOAD = {
  size: 5000,
  seed: 11,
  chunkSizeInBytes: 2000,
  displayName: 'half.bin',
};

/** The kinds of files in the folder "Samples": a few media types, small enough for a repository. */
export const SAMPLES = /** @type {const} */ (['png', 'svg', 'pdf', 'glb', 'mp4', 'txt']);

/**
 * The client of the resumable upload. Its records are found again only by a client of the same site and base URL.
 *
 * @param {MediaManager} manager
 * @param {MediaManager['fetch']} [fetch]
 */
export const clientOf = (manager, fetch = manager.fetch) => createClient({ auth: { apiKey: 'key', siteId: OPTIONS.siteId }, fetch });

/** The origin of the API inside the process. */
const API = 'http://wix-media.localhost/site-media/v1';

/**
 * Reads JSON by a path of the API, or by a whole URL.
 *
 * @param {MediaManager} manager
 * @param {string} path
 */
export async function read(manager, path) {
  const response = await manager.fetch(path.startsWith('/') ? `${API}${path}` : path);
  const body = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body;
}

/** @typedef {{ id: string } & Record<string, any>} Item A file or folder in REST form. */

/**
 * Everything that a manager shows without being changed by it: what a fixture's `expected.json` records.
 *
 * @param {MediaManager} manager
 */
export async function visible(manager) {
  /** @type {{ files: Item[], folders: Item[] }} */
  const items = { files: [], folders: [] };
  /**
   * Collects what is below a folder, by the two lists of its area.
   *
   * @param {string} lists
   * @param {string} parent
   */
  const walk = async (lists, parent) => {
    /** @param {string} kind */
    const list = async (kind) => (await read(manager, `${lists}/${kind}?parentFolderId=${parent}`))[kind];
    const folders = await list('folders');
    items.files.push(...(await list('files')));
    items.folders.push(...folders);
    for (const { id } of folders) await walk(lists, id);
  };
  await walk('', 'media-root');
  await walk('', 'visitor-uploads');
  await walk('/trash-bin', 'trash-root');
  const { events } = await read(manager, 'http://wix-media.localhost/_wix-media/events?after=0');
  const webhookKey = await (await manager.fetch('http://wix-media.localhost/_wix-media/webhook-key')).text();
  return { ...items, events, webhookKey };
}
