// Posters and renditions of videos: the queue of the module, and what a decoder makes of its films. One film at a time, beside
// everything else. A film is ready with its posters; its renditions follow.
import { recorded } from '../recorded.js';

/** @import { BodySource, Decoder, Engine, Film, ManagerCore, VideoState, Videos } from '../internal.d.ts' */

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
  /** @type {Map<string, { work: Promise<void>, stage: string, progress: number }>} */
  const running = new Map();
  const works = () => [...running.values()].map(({ work }) => work);
  let done = 0;
  let failed = 0;
  /** @type {VideoState['lastFailure']} */
  let lastFailure;

  /** @param {Film[]} films */
  function run(films) {
    for (const film of films) {
      // Its lease has expired, by a virtual clock for instance.
      if (running.has(film.file)) continue;
      const state = { work: Promise.resolve(), stage: 'posters', progress: 0 };
      running.set(film.file, state);
      state.work = transcode(film, (stage, progress) => Object.assign(state, { stage, progress })).catch(() => {});
      state.work.finally(() => {
        running.delete(film.file);
        if (!closing.signal.aborted) changed();
      });
    }
  }

  /**
   * @param {Film} film
   * @param {(stage: string, progress: number) => void} told
   */
  async function transcode(film, told) {
    const { file } = film;
    try {
      if (!film.hasPosters) {
        const posters = await decoder.posters(film, closing.signal);
        for (const [number, poster] of posters.entries()) {
          if (!(await given(file, `poster.${number}`, () => poster))) break;
        }
      }
      if (decoder.renditions && decoder.hasRenditions?.(film)) {
        await ended(file, false);
        await decoder.renditions(film, {
          signal: closing.signal,
          told,
          made: async ({ quality, film: whole, stream, segments }) =>
            (await given(file, `${quality}.mp4`, whole)) && (await given(file, `${quality}.m4s`, stream, segments)),
        });
      }
      done += 1;
    } catch (error) {
      if (closing.signal.aborted) return;
      failed += 1;
      lastFailure = { fileId: file, reason: `cannot decode the video: ${/** @type {Error} */ (error)?.message ?? error}` };
    }
    await ended(file, true);
  }

  /**
   * Says that the posters of a film are complete, or everything is. While the storage is full, the film waits.
   *
   * @param {string} file
   * @param {boolean} isDone
   */
  async function ended(file, isDone) {
    await recorded(closing.signal, () => attempt(() => void engine.control('transcoded', { file, isDone })));
    if (!isDone && !closing.signal.aborted) changed();
  }

  /**
   * Passes an asset in. Returns whether there may be more: none after the file was deleted, or with a full quota.
   *
   * @param {string} file
   * @param {string} name
   * @param {() => BodySource} bytes
   * @param {unknown} [segments]
   */
  async function given(file, name, bytes, segments = null) {
    let isTaken = false;
    await recorded(closing.signal, async () => {
      const open = (/** @type {ManagerCore} */ core) => core.openAsset(file, name, JSON.stringify(segments));
      const response = await engine.receive(open, bytes(), { signal: closing.signal });
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
      while (running.size > 0) await Promise.all(works());
    },
    state: () => ({ decoder: decoder.name, running: [...running].map(([fileId, { stage, progress }]) => ({ fileId, stage, progress })), done, failed, ...(lastFailure && { lastFailure }) }),
    async close() {
      const files = [...running.keys()];
      closing.abort(new Error('the manager is closed'));
      await Promise.allSettled(works());
      // The next start goes on with them. Without this, each counts as one that has ended its process.
      for (const file of files) attempt(() => void engine.control('releaseTranscode', { file }));
      decoder.close();
    },
  };
}
