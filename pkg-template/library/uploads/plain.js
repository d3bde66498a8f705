// A plain upload: one PUT of the whole.
import { exchange, pause, retryAfter } from './exchange.js';

const isTemporary = (status) => status === 408 || status === 429 || (status >= 500 && status !== 501);
// The URL has ended or was used up by an attempt that failed.
const isSpent = (status) => status === 401 || status === 403 || status === 404 || status === 410;

/**
 * Sends the bytes. A URL that failed is not used again: each try makes a new one. When an attempt may have arrived, the file
 * is looked for first, as it would be there twice otherwise.
 */
export async function uploadPlain(job) {
  const { api, source, request, progress, seen, signal, patience, stallMs, find } = job;
  const { shared, client, decode } = api;
  for (let tries = 1; ; tries += 1) {
    const options = { ...request.options, ...(source.size !== undefined && { sizeInBytes: String(source.size) }) };
    const { uploadUrl } = await client.files.generateFileUploadUrl(request.mimeType, options, { signal });
    let failure;
    let wait = NaN;
    let answer;
    try {
      answer = await exchange(shared, 'uploads.upload', {
        url: uploadUrl,
        method: 'PUT',
        headers: { 'Content-Type': request.mimeType },
        body: { source, from: 0, to: source.size },
        signal,
        stallMs,
        onSent: (bytes) => {
          progress.sent(bytes);
          // What cannot be sent again need not be kept.
          if (source.isStream && !source.isRepeatable) source.forget(bytes);
        },
        onBytes: seen && ((offset, bytes) => seen.take(offset, bytes)),
      });
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof api.WixMediaError) throw cause;
      failure = api.unreachable('uploads.upload', cause);
    }
    if (answer) {
      try {
        return decode('uploads.upload', answer.response, answer.bytes);
      } catch (error) {
        const isLost = answer.status === 200 || answer.status === 409;
        if (!isLost && !isTemporary(answer.status) && !(isSpent(answer.status) && tries < 2)) throw error;
        failure = error;
        wait = retryAfter(answer.header('retry-after'));
      }
    }
    if (!answer || answer.status === 200 || answer.status === 409 || answer.status >= 500) {
      const file = await find(signal);
      if (file) return file;
    }
    const own = Math.min(patience.first * 2 ** (tries - 1), patience.longest) * (1 - Math.random() / 2);
    const ms = Math.max(own, wait || 0);
    if (tries >= patience.plainTries || !source.isRepeatable || ms > patience.longest) throw failure;
    shared.tell(shared.on.retry, { operation: 'uploads.upload', attempt: tries, delayMs: ms, status: answer?.status, error: failure });
    await pause(ms, signal);
  }
}
