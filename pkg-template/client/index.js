// The public surface. What a runtime adds is in its entry.
import { enums } from '#operations';
import { loadPart } from './chunk.js';
import { bind } from './client.js';
import { connect } from './connection.js';
import { refusal, WixMediaError } from './error.js';
import { media } from './media.js';
import { init } from './module.js';
import { runtime } from './runtime.js';

/** @import { Client, ClientOptions, ManagerOptions, MediaManager } from '../types/index.js' */
/** @import { Connection } from './internal.d.ts' */

export { init, media, WixMediaError };

/**
 * Makes a client with credentials of its own. Nothing is sent or loaded before its first call.
 *
 * @param {ClientOptions} [options]
 * @example
 * const client = createClient({ auth: { apiKey, siteId } });
 * const { folder } = await client.folders.createFolder('Animals');
 */
export function createClient(options) {
  const connection = connect(options, 'createClient');
  return bind(() => connection);
}

/**
 * Makes a Media Manager inside this process, with storage, uploads and events, and without account or network. Its code is
 * loaded by the first call.
 *
 * @param {ManagerOptions} [options]
 * @example
 * const manager = await createManager();
 * const { folder } = await manager.client.folders.createFolder('Animals');
 */
export async function createManager(options) {
  const chunk = await loadPart('manager.js', () => import('#package/manager.js'))();
  return chunk.createManager(options, { WixMediaError, createClient, refusal, runtime });
}

/**
 * What the functions that are imported directly share.
 *
 * @type {Connection | undefined}
 */
let shared;

/**
 * Sets the options of the functions that are imported directly, such as `files`. Call it once, before their first call.
 *
 * @param {ClientOptions} [options]
 * @example
 * configure({ auth: { apiKey, siteId } });
 */
export function configure(options) {
  if (shared) {
    throw new WixMediaError({
      message: 'configure: must be called once, before the first call: use createClient() for a client with other options',
      code: 'ALREADY_CONFIGURED',
    });
  }
  shared = connect(options, 'configure');
}

/**
 * A variable of the environment; undefined where there is none.
 *
 * @param {string} name
 */
function variable(name) {
  try {
    return /** @type {any} */ (globalThis).process.env[name]?.trim();
  } catch {
    // Not Node; or Deno, which asks for permission.
    return undefined;
  }
}

/** A fetch handler that makes a manager with the first request. */
function embedded() {
  console.info(
    'wix-media.v2: there are no credentials, so calls go to a Media Manager in the memory of this process. ' +
      'For a Wix site, call configure({ auth: { apiKey, siteId } }) first, or set WIX_API_KEY and WIX_SITE_ID.',
  );
  /** @type {Promise<MediaManager> | undefined} */
  let manager;
  const fetch = async (/** @type {Request} */ request) => {
    manager ??= createManager();
    try {
      return (await manager).fetch(request);
    } catch (error) {
      // The next call tries again.
      manager = undefined;
      throw error;
    }
  };
  return { fetch, baseUrl: 'http://wix-media.localhost' };
}

function fromEnvironment() {
  const apiKey = variable('WIX_API_KEY');
  if (!apiKey) return connect({ manager: embedded() }, 'configure');
  return connect({ auth: { apiKey, siteId: variable('WIX_SITE_ID'), accountId: variable('WIX_ACCOUNT_ID') } }, 'configure');
}

const own = /* @__PURE__ */ bind(() => (shared ??= fromEnvironment()));
const part = /** @template {keyof Client} Name */ (/** @type {Name} */ name) => own[name];

// Calls instead of destructuring: bundlers drop an unused call that is marked as pure.
export const files = /* @__PURE__ */ part('files');
export const folders = /* @__PURE__ */ part('folders');
export const webhooks = /* @__PURE__ */ part('webhooks');
export const uploads = /* @__PURE__ */ part('uploads');
export const downloads = /* @__PURE__ */ part('downloads');
export const paths = /* @__PURE__ */ part('paths');
export const trash = /* @__PURE__ */ part('trash');

export const {
  Application,
  CommonSortOrder,
  ContentDisposition,
  IdentityType,
  ImageAnnotationType,
  MediaType,
  Namespace,
  OperationStatus,
  RootFolder,
  SortOrder,
  State,
  StreamFormat,
  UploadProtocol,
  WebhookIdentityType,
} = enums.files;

export default {
  files,
  folders,
  webhooks,
  uploads,
  downloads,
  paths,
  trash,
  configure,
  createClient,
  createManager,
  init,
  media,
  WixMediaError,
};
