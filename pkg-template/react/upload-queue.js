// Uploads of a component: several at a time, the others wait. Each change makes a new list, which React compares.

/** @import { Client, UploadOptions, UploadSource } from '../types/index.js' */
/** @import { TrackedUpload } from '../types/react.d.ts' */

/** Number of files that are sent at the same time. */
const CONCURRENCY = 4;

/** @typedef {{ source: UploadSource, options: UploadOptions, client: Client, controller: AbortController, end: (upload: TrackedUpload) => void }} Task */

/** Whether nothing further happens to an upload. */
const hasEnded = (/** @type {TrackedUpload} */ { status }) => status !== 'waiting' && status !== 'uploading';

export class UploadQueue {
  /** @type {TrackedUpload[]} */
  #uploads = [];
  /** @type {Map<number, Task>} */
  #tasks = new Map();
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #lastKey = 0;
  #running = 0;

  subscribe = (/** @type {() => void} */ listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  snapshot = () => this.#uploads;

  /**
   * Adds sources. Resolves once all of them have ended, and never rejects.
   *
   * @param {Client} client
   * @param {Iterable<UploadSource>} sources
   * @param {UploadOptions} options
   * @returns {Promise<TrackedUpload[]>}
   */
  add(client, sources, options) {
    const added = [...sources].map((source) => {
      const key = (this.#lastKey += 1);
      this.#uploads = [...this.#uploads, { key, name: nameOf(source, options), status: 'waiting', sent: 0, confirmed: 0, total: sizeOf(source) }];
      return this.#enter(key, { source, options, client });
    });
    this.#changed();
    this.#start();
    return Promise.all(added);
  }

  /** @param {number} key */
  retry(key) {
    const upload = this.#uploads.find((each) => each.key === key);
    const task = this.#tasks.get(key);
    if (!upload || !task || !['failed', 'cancelled'].includes(upload.status)) return;
    this.#enter(key, task);
    this.#change(key, { status: 'waiting', sent: 0, confirmed: 0, error: undefined });
    this.#start();
  }

  /** @param {number} [key] */
  cancel(key) {
    for (const upload of this.#uploads) {
      if (hasEnded(upload) || (key !== undefined && key !== upload.key)) continue;
      if (upload.status === 'waiting') this.#end(upload.key, { status: 'cancelled' });
      else this.#tasks.get(upload.key)?.controller.abort();
    }
  }

  clear() {
    for (const { key } of this.#uploads.filter(hasEnded)) this.#tasks.delete(key);
    this.#uploads = this.#uploads.filter((upload) => !hasEnded(upload));
    this.#changed();
  }

  /**
   * @param {number} key
   * @param {Pick<Task, 'source' | 'options' | 'client'>} task
   * @returns {Promise<TrackedUpload>}
   */
  #enter(key, { source, options, client }) {
    return new Promise((end) => this.#tasks.set(key, { source, options, client, controller: new AbortController(), end }));
  }

  #start() {
    for (const { key, status } of this.#uploads) {
      if (this.#running >= CONCURRENCY) return;
      const task = this.#tasks.get(key);
      if (status === 'waiting' && task) this.#run(key, task);
    }
  }

  /**
   * @param {number} key
   * @param {Task} task
   */
  async #run(key, { source, options, client, controller }) {
    this.#running += 1;
    this.#change(key, { status: 'uploading' });
    const signal = options.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
    try {
      const file = await client.uploads.upload(source, {
        ...options,
        signal,
        onProgress: (progress) => {
          const { sent, confirmed, total } = progress;
          this.#change(key, { sent, confirmed, total });
          options.onProgress?.(progress);
        },
      });
      this.#end(key, { status: 'done', file });
    } catch (error) {
      this.#end(key, signal.aborted ? { status: 'cancelled' } : { status: 'failed', error });
    } finally {
      this.#running -= 1;
      this.#start();
    }
  }

  /**
   * @param {number} key
   * @param {Partial<TrackedUpload>} change
   */
  #end(key, change) {
    this.#change(key, change);
    const upload = this.#uploads.find((each) => each.key === key);
    if (upload) this.#tasks.get(key)?.end(upload);
  }

  /**
   * @param {number} key
   * @param {Partial<TrackedUpload>} change
   */
  #change(key, change) {
    this.#uploads = this.#uploads.map((upload) => (upload.key === key ? { ...upload, ...change } : upload));
    this.#changed();
  }

  #changed() {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * @param {any} source
 * @param {UploadOptions} options
 */
const nameOf = (source, { displayName }) => displayName ?? (typeof source?.name === 'string' ? source.name : undefined);

/** @param {any} source */
const sizeOf = (source) => (typeof source?.size === 'number' ? source.size : undefined);
