// Posters of videos: the queue of the module, and what a decoder makes of its films. One film at a time, beside everything else.
import { recorded } from '../recorded.js';

/** @import { Decoder, Engine, Film, ManagerCore, VideoState, Videos } from '../internal.d.ts' */

/** How many films are worked on at once. */
const MAX_CONCURRENCY = 1;

/**
 * @param {Engine} engine
 * @param {Decoder} decoder
 * @param {object} hooks
 * @param {() => void} hooks.changed Told after a film.
 * @param {(error: unknown) => void} hooks.report Told why an outcome could not be recorded.
 * @returns {Videos}
 */
export function createVideos(engine, decoder, { changed, report }) {
  const closing = new AbortController();
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();
  let done = 0;
  let failed = 0;
  /** @type {VideoState['lastFailure']} */
  let lastFailure;

  /** @param {Film[]} films */
  function run(films) {
    for (const film of films) {
      // Its lease has expired, by a virtual clock for instance.
      if (running.has(film.file)) continue;
      const work = transcode(film).catch(() => {});
      running.set(film.file, work);
      work.finally(() => {
        running.delete(film.file);
        if (!closing.signal.aborted) changed();
      });
    }
  }

  /** @param {Film} film */
  async function transcode(film) {
    try {
      const posters = await decoder.posters(film, closing.signal);
      for (const [number, poster] of posters.entries()) {
        if (!(await given(film.file, `poster.${number}`, poster))) break;
      }
      done += 1;
    } catch (error) {
      if (closing.signal.aborted) return;
      failed += 1;
      lastFailure = { fileId: film.file, reason: `cannot decode the video: ${/** @type {Error} */ (error)?.message ?? error}` };
    }
    // While the storage is full, the film waits.
    await recorded(closing.signal, () => attempt(() => void engine.control('transcoded', { file: film.file })));
  }

  /**
   * Passes an asset in. Returns whether there may be more: none after the file was deleted, or with a full quota.
   *
   * @param {string} file
   * @param {string} name
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async function given(file, name, bytes) {
    let isTaken = false;
    await recorded(closing.signal, async () => {
      const open = (/** @type {ManagerCore} */ core) => core.openAsset(file, name);
      const response = await engine.receive(open, bytes, { signal: closing.signal });
      await response.body?.cancel();
      isTaken = response.ok;
      return response.status < 500;
    });
    closing.signal.throwIfAborted();
    return isTaken;
  }

  /** @param {() => void} work */
  function attempt(work) {
    try {
      work();
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  }

  return {
    free: () => (closing.signal.aborted ? 0 : MAX_CONCURRENCY - running.size),
    run,
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
    state: () => ({ decoder: decoder.name, running: [...running.keys()], done, failed, ...(lastFailure && { lastFailure }) }),
    async close() {
      const files = [...running.keys()];
      closing.abort(new Error('the manager is closed'));
      await Promise.allSettled(running.values());
      // The next start goes on with them. Without this, each counts as one that has ended its process.
      for (const file of files) attempt(() => void engine.control('releaseTranscode', { file }));
      decoder.close();
    },
  };
}
