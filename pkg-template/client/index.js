// The public surface. What a runtime adds is in its entry.
import { enums } from '#operations';
import { connect } from './call.js';
import { bind } from './client.js';
import { WixMediaError } from './error.js';
import { media } from './media.js';
import { init } from './module.js';

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

function fromEnvironment() {
  let env = {};
  try {
    env = globalThis.process?.env ?? env;
  } catch {
    // Deno asks for permission before it shows its environment.
  }
  const apiKey = env.WIX_API_KEY?.trim();
  if (!apiKey) {
    throw new WixMediaError({
      message:
        'There are no credentials: call configure({ auth: { apiKey, siteId } }) first, use createClient(), ' +
        'or set WIX_API_KEY and WIX_SITE_ID in the environment of Node',
      code: 'NOT_CONFIGURED',
    });
  }
  return connect({ auth: { apiKey, siteId: env.WIX_SITE_ID?.trim(), accountId: env.WIX_ACCOUNT_ID?.trim() } });
}

const own = /* @__PURE__ */ bind(() => (shared ??= fromEnvironment()));
const part = (name) => own[name];

// Called, not destructured: bundlers leave out a call that is marked as pure.
export const files = /* @__PURE__ */ part('files');
export const folders = /* @__PURE__ */ part('folders');
export const webhooks = /* @__PURE__ */ part('webhooks');

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

export default { files, folders, webhooks, configure, createClient, init, media, WixMediaError };
