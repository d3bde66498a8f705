// A dedicated worker of a page: it runs a manager on the origin private file system, or works on images for one.
import { FORMATS } from '../images/formats.js';
import { makeImages } from '../images/thread.js';
import { createManager } from '../index.js';
import { serveGuests } from '../tabs/guests.js';
import { createAsker } from './asking.js';
import { attend } from './attend.js';
import { serveManager } from './service.js';

/** This worker; its type is that of a page's global object otherwise. */
const port = /** @type {MessagePort} */ (/** @type {unknown} */ (globalThis));

const { ask, answered } = createAsker(port);

/** Whether this worker is a module. Turbopack makes a classic script of it, which cannot be started as a module. */
function isModule() {
  try {
    /** @type {{ importScripts?: () => void }} */ (globalThis).importScripts?.();
    return false;
  } catch {
    return true;
  }
}

const runtime = {
  frames: (/** @type {Blob} */ bytes, /** @type {AbortSignal} */ signal) => ask('frames', bytes, signal),
  crypto: () => crypto,
  files: {
    worker: () => new Worker(location.href, isModule() ? { type: 'module' } : {}),
    ...Object.fromEntries(['images', ...FORMATS].map((name) => [name, () => ask('module', name)])),
  },
};

attend(port, {
  manager() {
    const handle = serveManager(port, async () => createManager, runtime, {
      guests: (start, parts) => serveGuests(/** @type {{ opfs: string }} */ (start.options.storage).opfs, start, parts),
    });
    return (data) => (data.type === 'answer' ? answered(data) : handle(data));
  },
  images: () => makeImages(port),
});
