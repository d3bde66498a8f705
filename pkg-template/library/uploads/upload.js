// One upload: under which type and name, in which way, and whether the service has stored what was sent.
//
// The order is: open the source, find type and name, resolve the folder, look for a duplicate, send, compare the digests,
// wait until the file is processed. Large files are sent by `resumable.js`, which the first of them loads.
import { linked, onAbort, pause, until } from '../../streams/until.js';
import { typeAndName } from '../module.js';
import { uploadPlain } from './plain.js';
import { Progress } from './progress.js';
import { open, RunningDigest } from './source.js';

/** @import { UploadOptions } from '../../types/index.js' */
/** @import { Api, Batch, Job, Sessions, Source, StoredFile, Uploader } from '../internal.d.ts' */

/** @typedef {{ ensure: import('../internal.d.ts').EnsurePath }} Paths */

const NAME = 'uploads.upload';

/** Above this size an upload is resumable, unless the caller says otherwise. */
const RESUMABLE_SIZE = 10_000_000;
const CHUNK_SIZE = 8 * 1024 * 1024;
const STALL_MS = 60_000;

/** How many first bytes are read to find the type. */
const HEAD_SIZE = 1024;

/** By how much the clock of the service may be behind this one. */
const CLOCK_SKEW_MS = 60_000;

/** Waits between two looks at a file that is being processed. */
const FIRST_POLL_MS = 100;
const MAX_POLL_MS = 5000;

/** How often a file that was just made may be missing from the answers of the service. */
const MAX_MISSING = 5;

const ROOT = 'media-root';
const ANY_TYPE = 'application/octet-stream';

/** Refusals of the declared type, not of the file. */
const REFUSED_TYPE = new Set(['MISMATCH_MIME_TYPE', 'UNSUPPORTED_FILE_FORMAT', 'UNSUPPORTED_MEDIA_TYPE']);

/** @param {StoredFile} file */
const sizeOf = (file) => Number(file.sizeInBytes);

/** @param {string | undefined} hash */
const isMd5 = (hash) => /^[0-9a-f]{32}$/.test(hash ?? '');

/** @param {StoredFile} file */
const idOf = (file) => /** @type {string} */ (file._id);

/**
 * @param {Api} api
 * @param {Paths} paths
 * @param {() => Promise<Sessions>} loadSessions
 * @returns {Uploader}
 */
export function createUploader(api, paths, loadSessions) {
  const { client, WixMediaError, refusal, shared } = api;
  /**
   * Files that this client has made, so that one is not found as the result of another upload.
   *
   * @type {Set<string>}
   */
  const made = new Set();
  const refuse = (/** @type {string} */ field, /** @type {string} */ text) => refusal(field, text, NAME);
  // If the file cannot be loaded, the service detects the type.
  const typeOf = (/** @type {string} */ extension) => import('#package/file-types.js').then((table) => table.typeOf(extension)).catch(() => {});

  /**
   * The files of a folder, which are fetched once for a batch.
   *
   * @param {string} folderId
   * @param {Batch['known']} known
   * @param {AbortSignal} signal
   */
  const filesOf = (folderId, known, signal) => {
    const fetched = known?.get(folderId) ?? client.files.listFiles({ parentFolderId: folderId, paging: { limit: 100 } }, { signal }).toArray();
    known?.set(folderId, fetched);
    return fetched;
  };

  /**
   * The digest of a job's source.
   *
   * @param {Job} job
   */
  const digestOf = (job) => (job.digest ??= new RunningDigest(job.source, api.digest()));

  /**
   * A file of the folder with the same bytes, one of the same name if there is one. In a batch, a file with the name of
   * another item is that other item: two files of the same bytes stay two.
   *
   * @param {Job} job
   * @param {Batch | undefined} batch
   */
  async function duplicateOf(job, batch) {
    const { source, signal, request } = job;
    const files = await filesOf(request.options.parentFolderId ?? ROOT, batch?.known, signal);
    const alike = files.filter((file) => sizeOf(file) === source.size && file.operationStatus !== 'FAILED' && file.hash);
    if (alike.length === 0) return undefined;
    const hash = await digestOf(job).end(signal);
    const same = alike.filter((file) => file.hash === hash);
    return same.find((file) => file.displayName === request.options.fileName) ?? same.find((file) => !batch?.isOther?.(file));
  }

  /**
   * The file of an upload whose answer was lost: by its bytes, among the files that came to the folder since it began.
   *
   * @param {Job} job
   * @param {AbortSignal} signal
   */
  async function findArrived(job, signal) {
    const { source, request, started } = job;
    if (!job.digest && !source.isRepeatable) return undefined;
    const hash = await digestOf(job).end(signal);
    const sort = /** @type {const} */ ({ fieldName: 'updatedDate', order: 'DESC' });
    const options = { parentFolderId: request.options.parentFolderId, sort };
    const earliest = started - CLOCK_SKEW_MS;
    for await (const file of client.files.listFiles(options, { signal })) {
      if (Number(file._updatedDate) < earliest) return undefined;
      const isMatch = file.hash === hash && sizeOf(file) === source.size && Number(file._createdDate) >= earliest;
      if (isMatch && !made.has(idOf(file))) return file;
    }
    return undefined;
  }

  /**
   * Checks that the file has the bytes of the source. A service need not use MD5 for its hashes; one that has once always
   * does.
   *
   * @param {Job} job
   * @param {StoredFile} file
   */
  async function check(job, file) {
    const { source, digest, signal, verify } = job;
    if (sizeOf(file) >= 0 && sizeOf(file) !== source.size) throw await mismatch(job, file, `${file.sizeInBytes} of ${source.size} bytes`);
    if (!digest || !isMd5(file.hash)) return;
    const hash = await digest.end(signal);
    if (file.hash === hash) shared.hasMd5 = true;
    else if (verify === true || shared.hasMd5 || shared.manager) throw await mismatch(job, file, `the MD5 digest ${file.hash} in place of ${hash}`);
  }

  /**
   * Deletes a file that is not what was sent. Returns the error.
   *
   * @param {Job} job
   * @param {StoredFile} file
   * @param {string} what
   */
  async function mismatch(job, file, what) {
    await until(job.signal, client.files.bulkDeleteFiles([idOf(file)]).catch(() => {}));
    return new WixMediaError({
      message: `${NAME}: the service stored ${what}; its file is in the trash`,
      code: 'CONTENT_MISMATCH',
      operation: NAME,
      retry: 'maybe',
      details: { applicationError: { code: 'CONTENT_MISMATCH', description: what, data: { fileId: file._id } } },
    });
  }

  /** @type {Uploader['send']} */
  async function send(given, options, signal, batch) {
    const { protocol = 'auto', onDuplicate = 'keep-both', waitUntil = 'accepted' } = options;
    const progress = new Progress(options.onProgress, { id: undefined, name: undefined, total: undefined });
    const silence = () => progress.close();
    const release = onAbort(signal, silence);
    /** @type {Source | undefined} */
    let source;
    try {
      source = await open(given, { refuse, disk: api.disk, signal, sourceFailed: api.sourceFailed });
      const job = await prepare(source, options, progress, signal, protocol, batch);

      if (onDuplicate !== 'keep-both') {
        if (!source.isRepeatable) throw refuse('onDuplicate', 'needs a source that can be read twice, which a long stream cannot');
        digestOf(job);
        const file = await duplicateOf(job, batch);
        if (file && onDuplicate === 'fail') {
          const message = `${NAME}: the folder has a file with these bytes already: ${file.displayName}`;
          const applicationError = { code: 'DUPLICATE_FILE', description: message, data: { fileId: file._id } };
          throw new WixMediaError({ message, code: 'DUPLICATE_FILE', operation: NAME, details: { applicationError } });
        }
        if (file) {
          const ready = waitUntil === 'ready' ? await untilReady(idOf(file), { signal }) : file;
          progress.finish(source.size);
          return { file: ready, isReused: true };
        }
      }

      const { size } = source;
      const isResumable = protocol === 'tus' || (protocol === 'auto' && size !== undefined && size > RESUMABLE_SIZE);
      if (isResumable && size === undefined) {
        throw refuse('protocol', 'cannot be tus for a stream of unknown length: use plain, or a Blob or file');
      }
      const resumable = async () => (await until(signal, loadSessions())).upload(job, options, batch?.expected);
      const attempt = () => (isResumable && size ? job.turn(resumable) : uploadPlain(job));
      let file;
      try {
        file = await attempt();
      } catch (error) {
        const { code } = /** @type {{ code: string }} */ (error);
        if (!REFUSED_TYPE.has(code) || job.request.mimeType === ANY_TYPE || !source.isRepeatable) throw error;
        // The service finds the type by itself.
        job.request.mimeType = ANY_TYPE;
        file = await attempt();
      }
      signal.throwIfAborted();
      made.add(idOf(file));
      await check(job, file);
      if (waitUntil === 'ready' && file.operationStatus !== 'READY') file = await untilReady(idOf(file), { signal });
      signal.throwIfAborted();
      progress.finish(source.size);
      return { file, isReused: false };
    } finally {
      silence();
      release();
      await source?.close();
    }
  }

  /**
   * Finds type, name and folder of an upload.
   *
   * @param {Source} source
   * @param {UploadOptions} options
   * @param {Progress} progress
   * @param {AbortSignal} signal
   * @param {string} protocol
   * @param {Batch | undefined} batch
   * @returns {Promise<Job>}
   */
  async function prepare(source, options, progress, signal, protocol, batch) {
    const head = await source.bytes(0, Math.min(HEAD_SIZE, source.size ?? HEAD_SIZE));
    const declared = options.mimeType ?? source.type;
    let { mimeType, fileName } = typeAndName(declared, options.displayName ?? source.name, head);
    const [, extension] = /.\.([a-z0-9]{1,10})$/i.exec(fileName) ?? [];
    if (mimeType === ANY_TYPE && extension) mimeType = (await until(signal, typeOf(extension.toLowerCase()))) ?? mimeType;
    progress.name = fileName;
    // A short stream is read to its end, and then as good as bytes.
    if (source.size === undefined && source.reach && (protocol !== 'plain' || source.isAnnounced)) await source.reach(RESUMABLE_SIZE);
    progress.total = source.size;

    const { path, private: isPrivate, labels, externalInfo, verify = 'auto', chunkSizeInBytes, stallMs = STALL_MS } = options;
    let { parentFolderId } = options;
    if (path !== undefined) parentFolderId = (await paths.ensure(path, { parentFolderId, signal }))._id;
    const all = { fileName, parentFolderId, private: isPrivate, labels, externalInfo };
    const request = { mimeType, options: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
    /** @type {Job} */
    const job = {
      api,
      source,
      request,
      progress,
      signal,
      verify,
      stallMs,
      chunkSize: chunkSizeInBytes ?? CHUNK_SIZE,
      // Bytes that are kept until they have arrived, or given to a fetch of the caller as a whole, would take more memory.
      isGrowing: chunkSizeInBytes === undefined && source.isRepeatable && (shared.isPlain || Boolean(shared.manager)),
      patience: api.patience,
      digest: verify === false ? undefined : new RunningDigest(source, api.digest()),
      started: api.now(),
      find: (own) => findArrived(job, own),
      turn: batch?.turn ?? ((work) => work()),
    };
    return job;
  }

  /** @type {Uploader['untilReady']} */
  async function untilReady(fileId, { signal } = {}) {
    /** @type {(() => void) | undefined} */
    let wake;
    // A manager tells at once. Polling goes on, as the event may have come before.
    const manager = /** @type {any} */ (shared.manager);
    const stops = ['file_ready', 'file_failed'].map((slug) => manager?.on?.(slug, () => wake?.()));
    try {
      for (let ms = FIRST_POLL_MS, missing = 0; ; ms = Math.min(ms * 1.5, MAX_POLL_MS)) {
        let file;
        try {
          file = await client.files.getFileDescriptor(fileId, { signal });
        } catch (error) {
          missing += 1;
          const { code } = /** @type {{ code: string }} */ (error);
          if (!['RESOURCE_NOT_FOUND', 'NOT_FOUND'].includes(code) || missing > MAX_MISSING) throw error;
        }
        if (file?.operationStatus === 'READY') return file;
        if (file?.operationStatus === 'FAILED') {
          const operation = 'uploads.waitUntilReady';
          const message = `${operation}: the service could not process ${file.displayName}`;
          const applicationError = { code: 'FILE_FAILED', description: message, data: { fileId: file._id } };
          throw new WixMediaError({ message, code: 'FILE_FAILED', operation, details: { applicationError } });
        }
        // Woken by the event, by the time, or with an error by the caller's signal.
        const rest = linked(signal);
        wake = () => rest.abort();
        await pause(ms, rest.signal).catch(() => signal?.throwIfAborted());
        rest.release();
      }
    } finally {
      for (const stop of stops) Promise.resolve(stop).then((end) => end?.(), () => {});
    }
  }

  return { send, untilReady };
}

