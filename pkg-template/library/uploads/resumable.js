// A resumable upload. The state machine in the module decides what to do next; this file does it, and reports what happened.
import { linked, pause, until } from '../../streams/until.js';
import { retryAfter } from '../retry.js';
import { ACTION, begin, chunkOf, confirmedOf, EVENT, resize, step } from './machine.js';

/** @import { HostAnswer, ResumableJob, Shared, StoredFile } from '../internal.d.ts' */
/** @import { Exchange } from './exchange.js' */

/** @typedef {[event: number, first?: number, second?: number]} Happened An event with its numbers. */

const NAME = 'uploads.upload';

/** The header of every request of a resumable upload. */
const TUS = { 'Tus-Resumable': '1.0.0' };

/** How long an upload is kept by the service, unless an Upload-Expires header says otherwise. */
const LIFETIME_MS = 7 * 86_400_000;

/** Up to this size the request that creates an upload brings its bytes along. If it breaks off, all of them are sent again. */
const MAX_CREATION_SIZE = 256 * 1024;

/**
 * Milliseconds. If the caller has not set the size of chunks, it doubles after a chunk that took less than `FAST_MS`. It returns to
 * that of the first chunk after one that took more than `SLOW_MS` or did not arrive whole. Each chunk costs some round trips and a
 * sync of the service's disk, but one that breaks off should cost no more than a few seconds.
 */
const FAST_MS = 1000;
const SLOW_MS = 4000;
const MAX_CHUNK_SIZE = 32 * 1024 * 1024;

/** The header of a body that is a chunk. */
const CHUNK = { 'Content-Type': 'application/offset+octet-stream' };

const base64 = (/** @type {string} */ text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const numberOf = (/** @type {string | null} */ text) => (/^\d+$/.test(text ?? '') ? Number(text) : undefined);

/** @param {HostAnswer} answer */
const offsetOf = ({ header }) => {
  const offset = numberOf(header('upload-offset'));
  /** @type {Happened | undefined} */
  const event = offset === undefined ? undefined : [EVENT.OFFSET, offset, numberOf(header('upload-length')) ?? -1];
  return event;
};

/**
 * Deletes what a service has of a resumable upload. The answer does not matter: the service forgets the rest in time.
 *
 * @param {Shared} shared
 * @param {string} url
 */
export async function withdraw(shared, url) {
  await shared.send(url, { method: 'DELETE', headers: TUS }).catch(() => {});
}

/**
 * Sends the bytes in chunks. The record of the job is that of an earlier run, or new; it is saved before each chunk. While
 * the upload runs, `job.interrupt` pauses, resumes or cancels it.
 *
 * @param {ResumableJob} job
 * @returns {Promise<StoredFile>}
 */
export async function uploadResumable(job) {
  const { api, source, request, progress, digest, signal, patience, stallMs, find, record } = job;
  const { shared, client, decode, machine, WixMediaError } = api;
  const size = /** @type {number} */ (source.size);
  let numbers = (record.numbers ??= begin(machine, size, job.chunkSize, patience));
  if (job.isGrowing) resize(numbers, job.chunkSize);
  /** @type {StoredFile | undefined} */
  let file;
  /** @type {any} */
  let failure;
  /** @type {(() => void) | undefined} */
  let wake;
  let own = linked(signal);
  /** @type {number[]} */
  const interruptions = [];

  job.interrupt = (event) => {
    interruptions.push(event);
    own.abort();
    wake?.();
  };
  // Told now, when it can be paused and cancelled by its id.
  progress.id = record.id;

  const onBytes = digest && ((/** @type {number} */ offset, /** @type {Uint8Array} */ bytes) => digest.take(offset, bytes));
  const onSent = (/** @type {number} */ bytes) => progress.sent(bytes);
  /** Whether the request that creates the upload may bring all bytes along. */
  let mayBringBytes = size <= Math.min(job.chunkSize, MAX_CREATION_SIZE);
  /**
   * The answer to the bytes that the last creation brought along.
   *
   * @type {Happened | undefined}
   */
  let brought;

  /**
   * Sends a request of the transfer.
   *
   * @param {Partial<Exchange> & { url: string | undefined, method: string }} init
   * @param {(answer: HostAnswer) => Happened | undefined} read The event of a success.
   * @returns {Promise<Happened>}
   */
  const send = async (init, read) => {
    let answer;
    try {
      answer = await api.exchange(shared, NAME, { stallMs, signal: own.signal, ...init, url: String(init.url) });
    } catch (cause) {
      if (own.signal.aborted || cause instanceof WixMediaError) throw cause;
      failure = api.unreachable(NAME, cause);
      return [EVENT.NO_RESPONSE];
    }
    const expires = Date.parse(String(answer.header('upload-expires')));
    if (expires) record.expires = expires;
    const { status } = answer;
    const event = status >= 200 && status < 300 ? read(answer) : undefined;
    if (event) return event;
    try {
      decode(NAME, answer.response, answer.bytes);
      failure = api.unreachable(NAME, new Error(`unexpected answer with status ${status}`));
      return [EVENT.NO_RESPONSE];
    } catch (error) {
      failure = error;
    }
    if (status < 400) return [EVENT.NO_RESPONSE];
    // The machine takes a final 400 for missing bytes; a refusal of the file is passed on as 422.
    const isRefusal = status === 400 && failure.code !== 'UPLOAD_INCOMPLETE';
    return [EVENT.REJECTED, isRefusal ? 422 : status, retryAfter(answer.header('retry-after'))];
  };

  /** @type {Record<number, (from: number, to: number) => Happened | [] | Promise<Happened | []>>} */
  const actions = {
    async [ACTION.REQUEST_URL]() {
      const options = { ...request.options, sizeInBytes: String(size) };
      const { uploadUrl, uploadToken } = await client.files.generateFileResumableUploadUrl(request.mimeType, options, {
        signal: own.signal,
      });
      Object.assign(record, { uploadUrl, uploadToken, location: undefined, expires: Date.now() + LIFETIME_MS });
      return [EVENT.URL_RECEIVED];
    },
    async [ACTION.CREATE]() {
      const metadata = { filename: request.options.fileName, contentType: request.mimeType, token: record.uploadToken };
      const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${base64(String(value))}`);
      const headers = { ...TUS, 'Upload-Length': String(size), 'Upload-Metadata': pairs.join() };
      /** @type {(more?: Partial<Exchange>) => Promise<Happened>} */
      const create = (more) =>
        send({ url: record.uploadUrl, method: 'POST', headers, ...more }, (answer) => {
          const location = answer.header('location');
          if (!location) return undefined;
          record.location = new URL(location, record.uploadUrl).href;
          // A service without this extension answers without an offset.
          brought = more && offsetOf(answer);
          return [EVENT.CREATED];
        });
      if (!mayBringBytes) return create();
      // Only once: a service without this extension may refuse the whole request.
      mayBringBytes = false;
      const withBytes = { ...headers, ...CHUNK };
      const happened = await create({ headers: withBytes, body: { source, from: 0, to: size }, onSent, onBytes });
      const [event, status = 0] = happened;
      return event === EVENT.REJECTED && status < 500 && status !== 429 ? create() : happened;
    },
    [ACTION.QUERY_OFFSET]: () => send({ url: record.location, method: 'HEAD', headers: TUS }, offsetOf),
    async [ACTION.SEND](from, to) {
      const there = brought;
      brought = undefined;
      if (there) return there;
      const headers = { ...TUS, 'Upload-Offset': String(from), ...CHUNK };
      const begun = performance.now();
      const happened = await send({ url: record.location, method: 'PATCH', headers, body: { source, from, to }, onSent, onBytes }, offsetOf);
      if (job.isGrowing) {
        const [event, offset] = happened;
        const ms = event === EVENT.OFFSET && offset === to ? performance.now() - begun : Infinity;
        const factor = ms > SLOW_MS ? 0 : ms < FAST_MS ? 2 : 1;
        resize(numbers, Math.max(job.chunkSize, Math.min(chunkOf(numbers) * factor, MAX_CHUNK_SIZE)));
      }
      return happened;
    },
    [ACTION.FINALISE]: () => {
      const url = `${record.uploadUrl}/${record.uploadToken}`;
      const headers = { 'Content-Type': 'application/json' };
      return send({ url, method: 'PUT', headers, body: '{}' }, (answer) => {
        try {
          file = decode(NAME, answer.response, answer.bytes);
          return [EVENT.FINALISED];
        } catch {
          return undefined;
        }
      });
    },
    async [ACTION.LOOK_UP]() {
      file = await find(own.signal);
      return [file ? EVENT.FINALISED : EVENT.NOT_FOUND];
    },
    async [ACTION.WAIT](ms) {
      shared.tell(shared.on.retry, { operation: NAME, attempt: 1, delayMs: ms, status: failure?.status, error: failure });
      await pause(ms, own.signal);
      return [EVENT.WAIT_OVER];
    },
    [ACTION.TERMINATE]: () => send({ url: record.location, method: 'DELETE', headers: TUS }, () => [EVENT.OFFSET, 0, 0]),
    async [ACTION.IDLE]() {
      job.state = 'paused';
      job.onPaused?.();
      /** @type {Promise<void>} */
      const woken = new Promise((resolve) => {
        wake = resolve;
      });
      await until(signal, woken);
      job.state = 'running';
      return [];
    },
  };

  /** @type {Happened | []} */
  let event = [EVENT.START];
  for (;;) {
    /** @type {ReturnType<typeof step> | undefined} */
    let next;
    const take = (/** @type {Happened} */ ...happened) => {
      next = step(machine, numbers, ...happened);
      numbers = record.numbers = next.numbers;
      return next;
    };
    if (event.length > 0) next = take(.../** @type {Happened} */ (event));
    // An interruption counts after what happened before it.
    const isCancelled = interruptions.includes(EVENT.CANCEL);
    while (interruptions.length > 0) next = take(/** @type {number} */ (interruptions.shift()));
    const { action, from, to } = next ?? { action: ACTION.IDLE, from: 0, to: 0 };
    const confirmed = confirmedOf(numbers);
    progress.confirmed(confirmed);
    source.forget(confirmed);
    if (action === ACTION.FINISH) return /** @type {StoredFile} */ (file);
    if (action === ACTION.FAIL) throw failure ?? api.unreachable(NAME, new Error('the service confirms no bytes'));
    if (action === ACTION.REJECT_OFFSET) {
      const message = `${NAME}: the service confirms bytes that were never sent`;
      throw new WixMediaError({ message, code: 'UPLOAD_OFFSET_INVALID', operation: NAME });
    }
    if (isCancelled || job.isCancelled) {
      job.isCancelled = true;
      if (action === ACTION.IDLE) throw new WixMediaError({ message: `${NAME}: cancelled`, code: 'CANCELLED', operation: NAME });
    }
    if (action === ACTION.SEND || action === ACTION.FINALISE || action === ACTION.IDLE) await job.save();
    own.release();
    own = linked(signal);
    try {
      event = await actions[action](from, to);
    } catch (error) {
      signal.throwIfAborted();
      // An interruption, which is handled above.
      if (interruptions.length === 0) throw error;
      event = [];
    } finally {
      own.release();
    }
  }
}
