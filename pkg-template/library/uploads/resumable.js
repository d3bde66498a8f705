// A resumable upload. What to do next is decided by the machine in the module; this file does it and says what came of it.
import { ACTION, begin, confirmedOf, EVENT, step } from '../module.js';
import { exchange, linked, pause, retryAfter } from './exchange.js';

const TUS = { 'Tus-Resumable': '1.0.0' };
// What the samples of the service promise; an Upload-Expires header says better.
const LIFE = 7 * 86_400_000;

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const numberOf = (text) => (/^\d+$/.test(text ?? '') ? Number(text) : undefined);

/**
 * Sends the bytes of `job.source` in chunks. `job.record` is what an earlier run left, or has only its id; `job.save` keeps
 * it. While it runs, `job.wish(EVENT.PAUSE | EVENT.RESUME | EVENT.CANCEL)` interrupts it.
 */
export async function uploadResumable(job) {
  const { api, source, request, progress, seen, signal, patience, stallMs, find } = job;
  const { shared, client, decode, WixMediaError } = api;
  const name = 'uploads.upload';
  const record = job.record;
  record.numbers ??= begin(source.size, job.chunkSize, patience);
  let file;
  let failure;
  let wake;
  let own;
  const wishes = [];

  job.wish = (event) => {
    wishes.push(event);
    own?.abort();
    wake?.();
  };

  /** Sends a request of the transfer; `read(answer)` gives the event of a success. */
  const send = async (init, read, sent) => {
    let answer;
    try {
      answer = await exchange(shared, name, { stallMs, signal: own.signal, ...init });
    } catch (cause) {
      if (own.signal.aborted || cause instanceof WixMediaError) throw cause;
      failure = api.unreachable(name, cause);
      return [EVENT.NO_RESPONSE];
    }
    const expires = Date.parse(answer.header('upload-expires'));
    if (expires) record.expires = expires;
    const event = answer.status >= 200 && answer.status < 300 ? read(answer) : undefined;
    if (event) return event;
    sent?.();
    try {
      decode(name, answer.response, answer.bytes);
      failure = api.unreachable(name, new Error(`the answer ${answer.status} makes no sense`));
      return [EVENT.NO_RESPONSE];
    } catch (error) {
      failure = error;
    }
    if (answer.status < 400) return [EVENT.NO_RESPONSE];
    // The machine takes a 400 at the end for missing bytes; a refusal of the file is another thing.
    const isRefusal = answer.status === 400 && failure.code !== 'UPLOAD_INCOMPLETE';
    return [EVENT.REJECTED, isRefusal ? 422 : answer.status, retryAfter(answer.header('retry-after'))];
  };
  const offsetOf = ({ header }) => {
    const offset = numberOf(header('upload-offset'));
    return offset === undefined ? undefined : [EVENT.OFFSET, offset, numberOf(header('upload-length')) ?? -1];
  };

  const work = {
    async [ACTION.REQUEST_URL]() {
      const options = { ...request.options, sizeInBytes: String(source.size) };
      const { uploadUrl, uploadToken } = await client.files.generateFileResumableUploadUrl(request.mimeType, options, {
        signal: own.signal,
      });
      Object.assign(record, { uploadUrl, uploadToken, location: undefined, expires: Date.now() + LIFE });
      return [EVENT.URL_RECEIVED];
    },
    [ACTION.CREATE]: () => {
      const metadata = { filename: request.options.fileName, contentType: request.mimeType, token: record.uploadToken };
      const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`);
      const headers = { ...TUS, 'Upload-Length': String(source.size), 'Upload-Metadata': pairs.join() };
      return send({ url: record.uploadUrl, method: 'POST', headers }, ({ header }) => {
        const location = header('location');
        if (!location) return undefined;
        record.location = new URL(location, record.uploadUrl).href;
        return [EVENT.CREATED];
      });
    },
    [ACTION.QUERY_OFFSET]: () => send({ url: record.location, method: 'HEAD', headers: TUS }, offsetOf),
    [ACTION.SEND]: (from, to) => {
      const headers = { ...TUS, 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' };
      const onBytes = seen && ((offset, bytes) => seen.take(offset, bytes));
      const body = { source, from, to };
      const onSent = (bytes) => progress.sent(bytes);
      return send({ url: record.location, method: 'PATCH', headers, body, onSent, onBytes }, offsetOf);
    },
    [ACTION.FINALISE]: () => {
      const url = `${record.uploadUrl}/${record.uploadToken}`;
      const headers = { 'Content-Type': 'application/json' };
      return send({ url, method: 'PUT', headers, body: '{}' }, (answer) => {
        try {
          file = decode(name, answer.response, answer.bytes);
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
      shared.tell(shared.on.retry, { operation: name, attempt: 1, delayMs: ms, status: failure?.status, error: failure });
      await pause(ms, own.signal);
      return [EVENT.WAIT_OVER];
    },
    [ACTION.TERMINATE]: () => send({ url: record.location, method: 'DELETE', headers: TUS }, () => [EVENT.OFFSET, 0, 0]),
    async [ACTION.IDLE]() {
      job.state = 'paused';
      job.onPaused?.();
      await new Promise((resolve, reject) => {
        wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      job.state = 'running';
      return [];
    },
  };

  let event = [EVENT.START];
  for (;;) {
    let next;
    if (event.length > 0) {
      next = step(record.numbers, ...event);
      record.numbers = next.numbers;
    }
    // A wish comes behind what happened before it.
    const cancelled = wishes.includes(EVENT.CANCEL);
    while (wishes.length > 0) {
      next = step(record.numbers, wishes.shift());
      record.numbers = next.numbers;
    }
    const { action, from, to } = next ?? { action: ACTION.IDLE };
    const confirmed = confirmedOf(record.numbers);
    progress.confirmed(confirmed);
    source.forget(confirmed);
    if (action === ACTION.FINISH) return file;
    if (action === ACTION.FAIL) throw failure;
    if (action === ACTION.REJECT_OFFSET) {
      const message = `${name}: the service counts bytes that were never sent`;
      throw new WixMediaError({ message, code: 'UPLOAD_OFFSET_INVALID', operation: name });
    }
    if (cancelled || job.isCancelled) {
      job.isCancelled = true;
      if (action === ACTION.IDLE) throw new WixMediaError({ message: `${name}: cancelled`, code: 'CANCELLED', operation: name });
    }
    if (action === ACTION.SEND || action === ACTION.FINALISE || action === ACTION.IDLE) await job.save();
    own = linked(signal);
    try {
      event = await work[action](from, to);
    } catch (error) {
      signal.throwIfAborted();
      // Interrupted by a wish, which is taken up above.
      if (wishes.length === 0) throw error;
      event = [];
    } finally {
      own.release();
    }
  }
}
