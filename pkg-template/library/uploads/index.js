// Uploads: the public functions.
import { until } from '../../streams/until.js';
import { confirmedOf, EVENT } from '../module.js';
import { checkOptions } from '../options.js';
import { withdraw } from './exchange.js';
import { recordsOf } from './records.js';
import { createUploader } from './upload.js';

/** @import { CallOptions, UploadAllOptions, UploadOptions, UploadSession } from '../../types/index.js' */
/** @import { Api, UploadRecord } from '../internal.d.ts' */
/** @import { Paths } from './upload.js' */

/**
 * @param {Api} api
 * @param {Paths} paths
 * @param {() => Promise<Pick<typeof import('../rest.js'), 'uploadAll'>>} load Loads what many uploads need.
 */
export function createUploads(api, paths, load) {
  const { refusal, shared, textOf, within, WixMediaError } = api;
  const { running, send, untilReady } = createUploader(api, paths);

  const notFound = (/** @type {string} */ operation, /** @type {string} */ id) =>
    new WixMediaError({ message: `${operation}: upload not found: ${id}`, code: 'UPLOAD_NOT_FOUND', operation });

  /**
   * Checks the options of a function, and runs it.
   *
   * @template {object} Options
   * @template Result
   * @param {string} operation
   * @param {Options | undefined} options
   * @param {(signal: AbortSignal, options: Options) => Promise<Result>} work
   */
  const run = async (operation, options, work) => {
    const checked = checkOptions(operation, options, refusal);
    return within(operation, checked, (signal) => work(signal, checked));
  };

  return {
    /** @type {(source: unknown, options?: UploadOptions) => Promise<import('../internal.d.ts').StoredFile>} */
    upload: (source, options) =>
      run('uploads.upload', options, async (signal, checked) => (await send(source, checked, signal)).file),

    /** @type {(sources: unknown, options?: UploadAllOptions) => Promise<import('../../types/index.js').UploadResult[]>} */
    uploadAll: (sources, options) =>
      run('uploads.uploadAll', options, async (signal, checked) => {
        const { uploadAll } = await until(signal, load());
        return uploadAll(api, paths, send, sources, checked, signal);
      }),

    waitUntilReady: (/** @type {string} */ fileId, /** @type {CallOptions | undefined} */ options) =>
      run('uploads.waitUntilReady', options, (signal) => untilReady(fileId, { signal })),

    /** @type {(options?: Pick<UploadOptions, 'sessions'>) => Promise<UploadSession[]>} */
    list: (options) =>
      run('uploads.list', options, async (signal, { sessions }) => {
        const records = await recordsOf(sessions, api, signal);
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
      }),

    /** @returns {Promise<void>} */
    async pause(/** @type {string} */ id) {
      const job = running.get(id);
      if (!job) throw notFound('uploads.pause', textOf(id));
      if (job.state === 'paused') return;
      await new Promise((resolve) => {
        job.onPaused = () => resolve(undefined);
        job.interrupt?.(EVENT.PAUSE);
      });
    },

    resume: (/** @type {string} */ id, /** @type {unknown} */ source, /** @type {UploadOptions | undefined} */ options) =>
      run('uploads.resume', options, async (signal, checked) => {
        const job = running.get(id);
        if (job) {
          job.interrupt?.(EVENT.RESUME);
          return undefined;
        }
        const records = await recordsOf(checked.sessions, api, signal);
        const record = await records?.get(id);
        if (!record) throw notFound('uploads.resume', textOf(id));
        const given = source ?? record.path;
        if (given === undefined) throw refusal('source', 'is required: a browser cannot open the file by itself', 'uploads.resume');
        const whole = { ...record.options, protocol: /** @type {const} */ ('tus'), ...checked };
        return (await send(given, whole, signal, { expected: id })).file;
      }),

    /** @type {(id: string, options?: Pick<UploadOptions, 'sessions'>) => Promise<void>} */
    cancel: (id, options) =>
      run('uploads.cancel', options, async (signal, { sessions }) => {
        const job = running.get(id);
        if (job) {
          job.interrupt?.(EVENT.CANCEL);
          return;
        }
        const records = await recordsOf(sessions, api, signal);
        const record = await records?.get(id);
        if (!record) throw notFound('uploads.cancel', textOf(id));
        if (record.location) await withdraw(shared, record.location);
        await records?.delete(id);
      }),
  };
}
