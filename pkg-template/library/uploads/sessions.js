// Resumable uploads, loaded with the first of them: one large file, the list of those that were interrupted, and what pauses,
// resumes and cancels them.
//
// A resumable upload has a record under a fingerprint of its source and target, so that the same call continues it after a
// restart.
import { until } from '../../streams/until.js';
import { confirmedOf, EVENT } from './machine.js';
import { recordsOf } from './records.js';
import { uploadResumable, withdraw } from './resumable.js';

/** @import { UploadOptions } from '../../types/index.js' */
/** @import { Api, ResumableJob, Sessions, Source, Uploader, UploadRecord, UploadRequest } from '../internal.d.ts' */

const ROOT = 'media-root';

/** How many bytes of the beginning, the middle and the end are part of a fingerprint. */
const FINGERPRINT_SIZE = 65_536;

/** An id of an upload without a record, which no other of this process has. */
const passingId = () => `${(passing += 1)}-${Math.random().toString(16).slice(2)}`;
let passing = 0;

/**
 * The options that an upload needs to be continued.
 *
 * @param {UploadOptions} options
 */
const storedOptions = ({ path, parentFolderId, displayName, mimeType, private: isPrivate, labels, externalInfo, protocol }) =>
  JSON.parse(JSON.stringify({ path, parentFolderId, displayName, mimeType, private: isPrivate, labels, externalInfo, protocol }));

/**
 * @param {Api} api
 * @param {Uploader['send']} send Uploads one source.
 * @returns {Sessions}
 */
export function createSessions(api, send) {
  const { refusal, shared, textOf, WixMediaError } = api;
  /**
   * Uploads that run in this process, by id.
   *
   * @type {Map<string, ResumableJob>}
   */
  const running = new Map();

  const notFound = (/** @type {string} */ operation, /** @type {string} */ id) =>
    new WixMediaError({ message: `${operation}: upload not found: ${id}`, code: 'UPLOAD_NOT_FOUND', operation });

  /**
   * The id under which a resumable upload is stored: a digest of what is sent where, without the URL, which is new each
   * time.
   *
   * @param {Source} source
   * @param {UploadRequest} request
   */
  async function fingerprint(source, request) {
    const { size } = source;
    if (source.isStream || size === undefined) return undefined;
    const digest = api.digest();
    const { siteId } = /** @type {{ siteId?: string }} */ (shared.auth ?? {});
    const about = [size, source.modified, request.mimeType, ...Object.values(request.options), shared.baseUrl, siteId];
    digest.add(new TextEncoder().encode(JSON.stringify(about)));
    // Another file of the same size and age is very unlikely to agree in all three places.
    for (const from of [0, Math.trunc(size / 2), Math.max(size - FINGERPRINT_SIZE, 0)]) {
      digest.add(await source.bytes(from, Math.min(from + FINGERPRINT_SIZE, size)));
    }
    return digest.end();
  }

  /** @type {Sessions['upload']} */
  async function upload(plain, options, expected) {
    const { source, request } = plain;
    const records = await recordsOf(options.sessions, api, plain.signal);
    let id = records ? await fingerprint(source, request) : undefined;
    if (expected !== undefined && id !== expected) throw refusal('source', 'is not the one that the upload began with', 'uploads.resume');
    // The same upload twice at the same time is two uploads; only the first one has a record.
    const isStored = Boolean(records && !source.isStream && id !== undefined && !running.has(id));
    if (id === undefined || running.has(id)) id = passingId();
    const own = id;
    let record = isStored ? await records?.get(own) : undefined;
    if (record && !(Number(record.expires) > Date.now())) record = undefined;
    /** @type {UploadRecord} */
    const fresh = {
      id: own,
      name: request.options.fileName,
      size: Number(source.size),
      mimeType: request.mimeType,
      parentFolderId: request.options.parentFolderId ?? ROOT,
      created: Date.now(),
      path: source.path,
      options: storedOptions(options),
    };
    /** @type {ResumableJob} */
    const job = Object.assign(plain, {
      record: record ?? fresh,
      state: /** @type {const} */ ('running'),
      async save() {
        if (isStored) await records?.put(own, { ...job.record });
      },
    });
    running.set(own, job);
    try {
      const file = await uploadResumable(job);
      if (isStored) await records?.delete(own);
      return file;
    } catch (error) {
      // A refused, finished or cancelled upload cannot be continued; one that lost its service or its caller can.
      const isOver = error instanceof WixMediaError && error.retry === 'never' && (error.code !== 'SOURCE_FAILED' || source.isChanged);
      if (isStored && !job.signal.aborted && isOver) await records?.delete(own);
      // The service need not keep bytes of a source that is gone.
      if (source.isChanged && job.record.location) await until(job.signal, withdraw(shared, job.record.location));
      throw error;
    } finally {
      running.delete(own);
      // Whoever waits for the pause is told: nothing is left to pause.
      job.onPaused?.();
    }
  }

  return {
    upload,

    async list({ sessions }, signal) {
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
    },

    async pause(id) {
      const job = running.get(id);
      if (!job) throw notFound('uploads.pause', textOf(id));
      if (job.state === 'paused') return;
      await new Promise((resolve) => {
        job.onPaused = () => resolve(undefined);
        job.interrupt?.(EVENT.PAUSE);
      });
    },

    async resume(id, source, checked, signal) {
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
    },

    async cancel(id, { sessions }, signal) {
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
    },
  };
}
