// A thread of Node, Bun or Deno: it runs a manager, or works on images for one.
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { FORMATS } from '../images/formats.js';
import { makeImages } from '../images/thread.js';
import { attend } from './attend.js';
import { serveManager } from './service.js';

const port = /** @type {NonNullable<typeof parentPort>} */ (parentPort);

const runtime = {
  crypto: async () => globalThis.crypto ?? (await import('node:crypto')).webcrypto,
  files: Object.fromEntries(['images', ...FORMATS].map((name) => [name, () => readFile(new URL(`./${name}.wasm`, import.meta.url))])),
  directory: () => import('#package/directory.js'),
  network: () => import('#package/network.js'),
  ffmpeg: () => import('#package/ffmpeg.js'),
  converters: () => import('#package/converters.js'),
  threads: () => import('#package/threads.js'),
};

attend(port, {
  manager: () => serveManager(port, async () => (await import('#package/manager.js')).createManager, runtime),
  images() {
    // Whoever waits for an answer goes before images. Only Linux lowers the thread instead of the whole process.
    if (process.platform === 'linux') {
      try {
        os.setPriority(10);
      } catch {
        // The permission is missing.
      }
    }
    return makeImages(port);
  },
});
