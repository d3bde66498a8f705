// Uploads: the public functions.
import { confirmedOf, EVENT } from '../module.js';
import { uploadAll } from './batch.js';
import { recordsOf } from './records.js';
import { createUploader } from './upload.js';

/** @import { CallOptions, UploadAllOptions, UploadOptions, UploadSession } from '../../types/index.js' */
/** @import { Api, UploadRecord } from '../internal.d.ts' */
/** @import { Paths } from './upload.js' */

/**
 * @param {Api} api
 * @param {Paths} paths
 */
export function createUploads(api, paths) {
  const { WixMediaError, limited, refusal, shared } = api;
  const { running, send, untilReady } = createUploader(api, paths);

  /**
   * @template Result
   * @param {string} operation
   * @param {CallOptions | undefined} options
   * @param {(signal: AbortSignal) => Promise<Result>} work
   */
  const within = (operation, options, work) => limited(work, options?.signal, options?.timeoutMs, operation);

  const notFound = (/** @type {string} */ operation, /** @type {string} */ id) =>
    new WixMediaError({ message: `${operation}: upload not found: ${id}`, code: 'UPLOAD_NOT_FOUND', operation });

  return {
    /** @type {(source: unknown, options?: UploadOptions) => Promise<import('../internal.d.ts').FileDescriptor>} */
    upload: (source, options = {}) =>
      within('uploads.upload', options, async (signal) => (await send(source, options, signal)).file),

    /** @type {(sources: unknown, options?: UploadAllOptions) => Promise<import('../../types/index.js').UploadResult[]>} */
    uploadAll: (sources, options = {}) =>
      within('uploads.uploadAll', options, (signal) => uploadAll(api, paths, send, sources, options, signal)),

    waitUntilReady: (/** @type {string} */ fileId, /** @type {CallOptions | undefined} */ options) =>
      within('uploads.waitUntilReady', options, (signal) => untilReady(fileId, { signal })),

    /** @returns {Promise<UploadSession[]>} */
    async list(/** @type {Pick<UploadOptions, 'sessions'>} */ options = {}) {
      const records = await recordsOf(options.sessions, api.disk);
      const isExpired = (/** @type {UploadRecord} */ { expires }) => Number(expires ?? NaN) <= Date.now();
      const stored = ((await records?.list()) ?? []).filter((record) => !isExpired(record));
      const present = [...running.values()].map((job) => ({ ...job.record, state: job.state }));
      const others = stored.filter(({ id }) => !running.has(id)).map((record) => ({ ...record, state: /** @type {const} */ ('interrupted') }));
      return [...present, ...others].map(({ id, state, name, size, mimeType, parentFolderId, created, expires, numbers }) => ({
        id,
        state,
        name: /** @type {string} */ (name),
        size,
        confirmed: confirmedOf(numbers),
        mimeType,
        parentFolderId,
        createdDate: new Date(created),
        expiresDate: expires ? new Date(expires) : undefined,
      }));
    },

    /** @returns {Promise<void>} */
    async pause(/** @type {string} */ id) {
      const job = running.get(id);
      if (!job) throw notFound('uploads.pause', id);
      if (job.state === 'paused') return;
      await new Promise((resolve) => {
        job.onPaused = () => resolve(undefined);
        job.interrupt?.(EVENT.PAUSE);
      });
    },

    async resume(/** @type {string} */ id, /** @type {unknown} */ source, /** @type {UploadOptions} */ options = {}) {
      const job = running.get(id);
      if (job) {
        job.interrupt?.(EVENT.RESUME);
        return undefined;
      }
      const records = await recordsOf(options.sessions, api.disk);
      const record = await records?.get(id);
      if (!record) throw notFound('uploads.resume', id);
      const given = source ?? record.path;
      if (given === undefined) throw refusal('source', 'is required: a browser cannot open the file by itself', 'uploads.resume');
      const whole = { ...record.options, protocol: /** @type {const} */ ('tus'), ...options };
      return within('uploads.resume', options, async (signal) => (await send(given, whole, signal, { expected: id })).file);
    },

    async cancel(/** @type {string} */ id, /** @type {Pick<UploadOptions, 'sessions'>} */ options = {}) {
      const job = running.get(id);
      if (job) {
        job.interrupt?.(EVENT.CANCEL);
        return;
      }
      const records = await recordsOf(options.sessions, api.disk);
      const record = await records?.get(id);
      if (!record) throw notFound('uploads.cancel', id);
      // The answer does not matter: the service forgets the transfer by itself in time.
      if (record.location) {
        await shared.send(record.location, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => {});
      }
      await records?.delete(id);
    },
  };
}
