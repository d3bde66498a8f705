// Uploads, downloads, paths and trash: their names, and how they are loaded with the first use.
import { operations } from '#operations';
import { limited, resultOf, unreachable } from './call.js';
import { refusal, textOf, WixMediaError } from './error.js';
import { tell } from './hooks.js';
import { compile, init, runtime } from './module.js';

const NAMES = {
  uploads: 'upload uploadAll waitUntilReady list pause resume cancel',
  downloads: 'file zip toDirectory',
  paths: 'resolve ensure walk tree',
  trash: 'plan empty restoreAll',
};

// The answers of upload hosts hold a file, as those of this call do.
const FILE = operations.findIndex(([, name]) => name === 'getFileDescriptor');

/** Adds to a client what is loaded later. */
export function addTransfers(client, connection) {
  let loading;
  const load = async () => {
    try {
      // The core reads answers of upload hosts, and the first of them may come before any call.
      const [{ createTransfers }] = await Promise.all([import('./transfers.js'), init()]);
      return await createTransfers({
        client,
        connection: connection(),
        decode: (name, response, body) => resultOf(FILE, name, response, body),
        wasm: () => compile(runtime.transfersWasm()),
        disk: runtime.disk,
        limited,
        refusal,
        tell,
        textOf,
        unreachable,
        WixMediaError,
      });
    } catch (cause) {
      loading = undefined;
      throw cause instanceof WixMediaError ? cause : unreachable('transfers.js', cause);
    }
  };
  for (const [group, names] of Object.entries(NAMES)) {
    client[group] = {};
    for (const name of names.split(' ')) {
      client[group][name] = (first, ...rest) => {
        // A drop can be read only while it happens.
        if (first?.items?.[0]?.kind) {
          first = Array.from(first.items, (item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
        }
        loading ??= load();
        const result = loading.then((parts) => parts[group][name](first, ...rest));
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
