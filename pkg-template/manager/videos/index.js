// Posters and renditions of videos. The module leases videos to this queue (`takeDue`), a decoder makes their assets, and the
// module stores each (`openAsset`). One video at a time, beside everything else. A video becomes READY with its posters, and its
// renditions follow. Closing gives a lease back, and the next start ends the leases of a process that was killed.
import { recorded } from '../recorded.js';

/** @import { BodySource, Decoder, Engine, ManagerCore, Transcode, VideoState, Videos } from '../internal.d.ts' */

/** The number of videos that are processed at once. */
const MAX_CONCURRENCY = 1;

/**
 * @param {Engine} engine
 * @param {Decoder} decoder
 * @param {object} hooks
 * @param {() => void} hooks.changed Called after each video, and after its posters.
 * @param {(error: unknown) => void} hooks.report Called with the reason when an outcome cannot be recorded.
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

  /** @param {Transcode[]} transcodes */
  function run(transcodes) {
    for (const video of transcodes) {
      // A virtual clock may have skipped the end of its lease.
      if (running.has(video.file)) continue;
      const state = { work: Promise.resolve(), stage: 'posters', progress: 0 };
      running.set(video.file, state);
      state.work = transcode(video, (stage, progress) => Object.assign(state, { stage, progress })).catch(() => {});
      state.work.finally(() => {
        running.delete(video.file);
        if (!closing.signal.aborted) changed();
      });
    }
  }

  /**
   * @param {Transcode} video
   * @param {(stage: string, progress: number) => void} onProgress
   */
  async function transcode(video, onProgress) {
    const { file } = video;
    try {
      if (!video.hasPosters) {
        const posters = await decoder.posters(video, closing.signal);
        for (const [number, poster] of posters.entries()) {
          if (!(await store(file, `poster.${number}`, () => poster))) break;
        }
      }
      if (decoder.renditions && decoder.hasRenditions?.(video)) {
        await complete(file, false);
        await decoder.renditions(video, {
          signal: closing.signal,
          onProgress,
          onRendition: async ({ quality, whole, segmented, segments }) =>
            (await store(file, `${quality}.mp4`, whole)) && (await store(file, `${quality}.m4s`, segmented, segments)),
        });
      }
      done += 1;
    } catch (error) {
      if (closing.signal.aborted) return;
      failed += 1;
      lastFailure = { fileId: file, reason: `cannot decode the video: ${/** @type {Error} */ (error)?.message ?? error}` };
    }
    await complete(file, true);
  }

  /**
   * Records that the posters of a video are stored, or that its processing has ended. While the disk is full, the video waits.
   *
   * @param {string} file
   * @param {boolean} isDone
   */
  async function complete(file, isDone) {
    await recorded(closing.signal, () => attempt(() => void engine.control('transcoded', { file, isDone })));
    if (!isDone && !closing.signal.aborted) changed();
  }

  /**
   * Stores an asset. Returns whether it was accepted: it is refused once the file is deleted or the quota is full.
   *
   * @param {string} file
   * @param {string} name
   * @param {() => BodySource} open
   * @param {unknown} [segments]
   */
  async function store(file, name, open, segments = null) {
    let isStored = false;
    await recorded(closing.signal, async () => {
      const intake = (/** @type {ManagerCore} */ core) => core.openAsset(file, name, JSON.stringify(segments));
      const response = await engine.receive(intake, open(), { signal: closing.signal });
      await response.body?.cancel();
      isStored = response.ok;
      return response.status < 500;
    });
    closing.signal.throwIfAborted();
    return isStored;
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
    state() {
      const waiting = engine.control('waitingTranscodes');
      const inProgress = [...running].map(([fileId, { stage, progress }]) => ({ fileId, stage, progress }));
      return { decoder: decoder.name, running: inProgress, waiting, done, failed, ...(lastFailure && { lastFailure }) };
    },
    async close() {
      const files = [...running.keys()];
      closing.abort(new Error('the manager is closed'));
      await Promise.allSettled(works());
      // The next start continues with them. A lease that is not given back counts as a crash during this video.
      for (const file of files) attempt(() => void engine.control('releaseTranscode', { file }));
      decoder.close();
    },
  };
}
