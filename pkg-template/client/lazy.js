// The library: uploads, downloads, paths and trash. A client holds their names; the first use of one loads `transfers.js`,
// and that of downloads, paths or the trash `library.js` too.
import { operations } from '#operations';
import { compile } from '../wasm/instance.js';
import { resultOf } from './answer.js';
import { loadPart } from './chunk.js';
import { refusal, textOf, unreachable, WixMediaError } from './error.js';
import { tell } from './hooks.js';
import { init } from './module.js';
import { runtime } from './runtime.js';

/** @import { Client } from '../types/index.js' */
/** @import { Connection } from './internal.d.ts' */

const NAMES = {
  uploads: 'upload uploadAll waitUntilReady list pause resume cancel',
  downloads: 'file zip toDirectory',
  paths: 'resolve ensure walk tree',
  trash: 'plan empty restoreAll',
};

// The answers of upload hosts hold a file, as those of this call do.
const FILE = operations.findIndex(([, name]) => name === 'getFileDescriptor');

/**
 * Adds the library to a client.
 *
 * @param {any} client
 * @param {() => Connection} connection
 * @returns {Client}
 */
export function addLibrary(client, connection) {
  const load = loadPart('transfers.js', async () => {
    // The core reads the answers of upload hosts, the first of which may come before any call.
    const [{ createLibrary }] = await Promise.all([import('#package/transfers.js'), init()]);
    return createLibrary({
      client,
      connection: connection(),
      decode: (name, response, body) => resultOf(FILE, name, response, body),
      wasm: loadPart('transfers.wasm', () => compile(runtime.files.transfers?.())),
      loadPart,
      disk: runtime.disk,
      refusal,
      tell,
      textOf,
      unreachable,
      WixMediaError,
    });
  });
  for (const [group, names] of Object.entries(NAMES)) {
    client[group] = {};
    for (const name of names.split(' ')) {
      client[group][name] = (/** @type {any} */ first, /** @type {unknown[]} */ ...rest) => {
        try {
          // A drop can be read only while its event is handled.
          if (first?.items?.[0]?.kind) {
            first = Array.from(first.items, (item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
          }
        } catch {
          // The function itself reads it again, and reports the failure.
        }
        const result = load().then(async (/** @type {any} */ library) =>
          (library[group] ?? (await library.more())[group])[name](first, ...rest),
        );
        return name === 'walk'
          ? {
              async *[Symbol.asyncIterator]() {
                yield* await result;
              },
            }
          : result;
      };
    }
  }
  return client;
}
