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

/** A variable of the environment, where there is one. */
function variable(name) {
  try {
    return globalThis.process.env[name]?.trim();
  } catch {
    // Not Node, or Deno, which asks for permission first.
    return undefined;
  }
}

function fromEnvironment() {
  const apiKey = variable('WIX_API_KEY');
  if (!apiKey) {
    throw new WixMediaError({
      message:
        'There are no credentials: call configure({ auth: { apiKey, siteId } }) first, use createClient(), ' +
        'or set WIX_API_KEY and WIX_SITE_ID in the environment of Node',
      code: 'NOT_CONFIGURED',
    });
  }
  return connect({ auth: { apiKey, siteId: variable('WIX_SITE_ID'), accountId: variable('WIX_ACCOUNT_ID') } });
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
