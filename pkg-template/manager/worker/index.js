// A dedicated worker of a page: it runs a manager on the origin private file system, or works on images for one.
import { makeImages } from '../images/thread.js';
import { createManager } from '../index.js';
import { attend } from './attend.js';
import { askFrames } from './frames.js';
import { serveManager } from './service.js';

/** This worker; its type is that of a page's global object otherwise. */
const port = /** @type {MessagePort} */ (/** @type {unknown} */ (globalThis));

const { frames, answered } = askFrames(port);

const runtime = {
  frames,
  crypto: () => crypto,
  files: { worker: () => location.href },
};

attend(port, {
  manager() {
    const handle = serveManager(port, async () => createManager, runtime);
    return (data) => (data.type === 'frames' ? answered(data) : handle(data));
  },
  images: () => makeImages(port),
});
