// The public surface. What a runtime adds is in its entry.
import { enums } from '#operations';
import { connect } from './call.js';
import { bind } from './client.js';
import { refusal, WixMediaError } from './error.js';
import { media } from './media.js';
import { init } from './module.js';
import { runtime } from './runtime.js';

export { init, media, WixMediaError };

/**
 * A client with its own credentials. Nothing is sent or loaded before its first call.
 *
 * @example
 * const client = createClient({ auth: { apiKey, siteId } });
 * const { folder } = await client.folders.createFolder('Animals');
 */
export function createClient(options) {
  const connection = connect(options);
  return bind(() => connection);
}

/**
 * A Media Manager inside this process, with storage, uploads and events, and without account or network. It is loaded with
 * the first call.
 *
 * @example
 * const manager = await createManager();
 * const { folder } = await manager.client.folders.createFolder('Animals');
 */
export async function createManager(options) {
  const chunk = await import('#package/manager.js');
  return chunk.createManager(options, { WixMediaError, createClient, refusal, runtime });
}

let shared;

/**
 * Sets the options of the functions that are imported directly, `files` and `folders`. Once, before their first call.
 *
 * @example
 * configure({ auth: { apiKey, siteId } });
 */
export function configure(options) {
  if (shared) {
    throw new WixMediaError({
      message: 'configure() comes once, before the first call: use createClient() for a client with other options',
      code: 'ALREADY_CONFIGURED',
    });
  }
  shared = connect(options);
}

/** A variable of the environment, where there is one. */
function variable(name) {
  try {
    return globalThis.process.env[name]?.trim();
  } catch {
    // Not Node, or Deno, which asks for permission first.
    return undefined;
  }
}

/** A manager that is made with the first request. */
function embedded() {
  console.info(
    'wix-media.v2: there are no credentials, so calls go to a Media Manager in the memory of this process. ' +
      'For a Wix site, call configure({ auth: { apiKey, siteId } }) first, or set WIX_API_KEY and WIX_SITE_ID.',
  );
  let manager;
  const fetch = async (request) => {
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
  if (!apiKey) return connect({ manager: embedded() });
  return connect({ auth: { apiKey, siteId: variable('WIX_SITE_ID'), accountId: variable('WIX_ACCOUNT_ID') } });
}

const own = /* @__PURE__ */ bind(() => (shared ??= fromEnvironment()));
const part = (name) => own[name];

// Called, not destructured: bundlers leave out a call that is marked as pure.
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
