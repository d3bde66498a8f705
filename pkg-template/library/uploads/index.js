// Uploads: the public functions.
import { until } from '../../streams/until.js';
import { checkOptions } from '../options.js';
import { createUploader } from './upload.js';

/** @import { CallOptions, UploadAllOptions, UploadOptions, UploadSession } from '../../types/index.js' */
/** @import { Api, Sessions } from '../internal.d.ts' */
/** @import { Paths } from './upload.js' */

/**
 * @param {Api} api
 * @param {Paths} paths
 * @param {() => Promise<Pick<typeof import('../rest.js'), 'uploadAll'>>} load Loads what many uploads need.
 */
export function createUploads(api, paths, load) {
  const { refusal, within } = api;
  /** @type {() => Promise<Sessions>} */
  const loadSessions = api.loadPart('resumable.js', async () => {
    const { createSessions } = await import('#package/resumable.js');
    return createSessions(api, send);
  });
  const { send, untilReady } = createUploader(api, paths, loadSessions);

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
      run('uploads.list', options, async (signal, checked) => (await until(signal, loadSessions())).list(checked, signal)),

    pause: async (/** @type {string} */ id) => (await loadSessions()).pause(id),

    resume: (/** @type {string} */ id, /** @type {unknown} */ source, /** @type {UploadOptions | undefined} */ options) =>
      run('uploads.resume', options, async (signal, checked) => (await until(signal, loadSessions())).resume(id, source, checked, signal)),

    /** @type {(id: string, options?: Pick<UploadOptions, 'sessions'>) => Promise<void>} */
    cancel: (id, options) =>
      run('uploads.cancel', options, async (signal, checked) => (await until(signal, loadSessions())).cancel(id, checked, signal)),
  };
}
