// A plain upload: one PUT of the whole.
import { pause } from '../../streams/until.js';
import { backoff, isTemporary, retryAfter } from '../retry.js';
import { exchange } from './exchange.js';

/** @import { StoredFile, HostAnswer, Job } from '../internal.d.ts' */

const NAME = 'uploads.upload';

/**
 * Whether the URL has expired, or was used up by an attempt that failed.
 *
 * @param {number} status
 */
const isSpent = (status) => status === 401 || status === 403 || status === 404 || status === 410;

/**
 * Sends the bytes. Each try makes a new URL, because one that failed may not be used again. When an attempt may have
 * arrived, the file is looked for first, as it would be there twice otherwise.
 *
 * @param {Job} job
 * @returns {Promise<StoredFile>}
 */
export async function uploadPlain(job) {
  const { api, source, request, progress, digest, signal, patience, stallMs, find, turn } = job;
  const { shared, client, decode } = api;
  for (let tries = 1; ; tries += 1) {
    const options = { ...request.options, ...(source.size !== undefined && { sizeInBytes: String(source.size) }) };
    const { uploadUrl } = await client.files.generateFileUploadUrl(request.mimeType, options, { signal });
    let failure;
    let wait = NaN;
    /** @type {HostAnswer | undefined} */
    let answer;
    try {
      answer = await turn(() =>
        exchange(shared, NAME, {
          url: /** @type {string} */ (uploadUrl),
          method: 'PUT',
          headers: { 'Content-Type': request.mimeType },
          body: { source, from: 0, to: source.size },
          signal,
          stallMs,
          onSent: (bytes) => {
            progress.sent(bytes);
            // Bytes that cannot be sent again need not be kept.
            if (source.isStream && !source.isRepeatable) source.forget(bytes);
          },
          onBytes: digest && ((offset, bytes) => digest.take(offset, bytes)),
        }),
      );
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof api.WixMediaError) throw cause;
      failure = api.unreachable(NAME, cause);
    }
    if (answer) {
      const { status } = answer;
      try {
        return decode(NAME, answer.response, answer.bytes);
      } catch (error) {
        const isLost = status === 200 || status === 409;
        if (!isLost && !isTemporary(status) && !(isSpent(status) && tries < 2)) throw error;
        failure = /** @type {import('../../types/index.js').WixMediaError} */ (error);
        wait = retryAfter(answer.header('retry-after'));
      }
    }
    if (!answer || answer.status === 200 || answer.status === 409 || answer.status >= 500) {
      const file = await find(signal);
      if (file) return file;
    }
    const ms = backoff(patience, tries, wait);
    if (tries >= patience.plainTries || !source.isRepeatable || ms > patience.longest) throw failure;
    shared.tell(shared.on.retry, { operation: NAME, attempt: tries, delayMs: ms, status: answer?.status, error: failure });
    await pause(ms, signal);
  }
}
