// Downloads into files.
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join as joinLocal, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from './failure.js';
import { interruptible } from './interrupt.js';

/** @typedef {ReturnType<typeof import('./terminal.js').progress>} Bar */

/**
 * Writes a download to a file that is either complete or missing. Resolves to its size.
 *
 * The temporary file is in the same directory, so that it can be renamed. Its name is random and does not contain that of the
 * target: `.part` belongs to other programs too, and a longer name may not fit.
 *
 * @param {() => Promise<Response>} load
 * @param {string} target
 * @param {{ force?: boolean, total?: number, bar: Bar }} options
 */
export async function save(load, target, { force, total, bar }) {
  if (existsSync(target) && !force) throw new Failure(`${target} exists already: --force replaces it`, { code: 'EEXIST' });
  const response = await load();
  const whole = total ?? Number(response.headers.get('content-length') ?? 0);
  await mkdir(dirname(resolve(target)), { recursive: true });
  const partial = joinLocal(dirname(target), `.wix-media-${randomBytes(6).toString('hex')}.part`);
  let received = 0;
  const counted = new Transform({
    transform(chunk, _, next) {
      received += chunk.length;
      bar.update({ done: received, total: whole, text: basename(target) });
      next(null, chunk);
    },
  });
  const interrupt = interruptible();
  try {
    const { body } = response;
    const source = body ? Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (body)) : Readable.from([]);
    await pipeline(source, counted, createWriteStream(partial, { flags: 'wx' }), { signal: interrupt.signal });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw interrupt.signal.aborted ? interrupt.signal.reason : error;
  } finally {
    interrupt.release();
  }
  return received;
}
