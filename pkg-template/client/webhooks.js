// Events: handlers are registered here. The first delivery loads `deliveries.js`, which verifies and decodes it.
import { event } from '#client-glue';
import { revive } from './answer.js';
import { loadPart } from './chunk.js';
import { WixMediaError } from './error.js';
import { enter, init } from './module.js';
import { runtime } from './runtime.js';

/** @import { Connection } from './internal.d.ts' */

/** @typedef {(envelope: any) => unknown} Handler */

const FUNCTIONS = ['process', 'processRequest', 'parseRequest', 'parseJWT', 'executeHandlers'];

/** The functions that take handlers, `on` and these names, by group. */
const EVENTS = {
  files: ['FileDescriptorFileReady', 'FileDescriptorFileFailed', 'FileDescriptorUpdated', 'FileDescriptorDeleted'],
  folders: ['FolderCreated', 'FolderUpdated', 'FolderDeleted'],
};

/**
 * `FileDescriptorFileReady` is `wix.media.site_media.v1.file_descriptor_file_ready` on the wire.
 *
 * @param {string} name
 */
const typeOf = (name) => `wix.media.site_media.v1.${name.replace(/\B[A-Z]/g, '_$&').toLowerCase()}`;

/**
 * The `webhooks` of a client, and the functions by which its groups take handlers.
 *
 * @param {() => Connection} connection
 */
export function createWebhooks(connection) {
  /** @type {Map<string, Handler[]>} */
  const handlers = new Map();
  const load = loadPart('deliveries.js', async () => {
    const { createDeliveries } = await import('#package/deliveries.js');
    return createDeliveries({
      handlers,
      auth: () => connection().auth,
      crypto: runtime.crypto,
      init,
      decode: (text) => revive(enter('webhooks.process', () => event(text))),
      WixMediaError,
    });
  });
  const webhooks = Object.fromEntries(
    FUNCTIONS.map((name) => [
      name,
      async (/** @type {unknown[]} */ ...args) => /** @type {any} */ (await load())[name](...args),
    ]),
  );

  const listeners = (/** @type {'files' | 'folders'} */ group) =>
    Object.fromEntries(
      EVENTS[group].map((name) => [
        `on${name}`,
        (/** @type {Handler} */ handler) => {
          const type = typeOf(name);
          handlers.set(type, [...(handlers.get(type) ?? []), handler]);
        },
      ]),
    );

  return { webhooks, files: listeners('files'), folders: listeners('folders') };
}
