// The scrub: a check of all bytes that runs in the background, slowly, for as long as the manager does.
//
// It remembers its position, so that a manager that is restarted often comes to the end too. A crash loses at most a minute of
// it. What it finds goes to `onError` once in each pass, and into `manager.storage.scrub`.
import { pause } from '../streams/until.js';
import { damaged } from './damage.js';

/** @import { Engine, Fail, FileDamage, ManagerOptions, Scrub, TaskReport } from './internal.d.ts' */

/** How many bytes a second it reads, and how long it rests between two passes, unless the caller says otherwise. */
const BYTES_PER_SECOND = 8_000_000;
const EVERY_HOURS = 168;
/** What a file costs besides its bytes. */
const FILE_COST = 16_384;
const HOUR_MS = 3_600_000;
/** How often the position is recorded. */
const RECORD_MS = 60_000;
/** How many damaged files are named. */
const MAX_NAMED = 100;
/** After how long a pass that failed begins again. */
const RETRY_MS = 60_000;

/**
 * Starts a scrub.
 *
 * @param {Engine} engine
 * @param {Exclude<NonNullable<ManagerOptions['scrub']>, false>} options
 * @param {{ fail: Fail, report(error: Error): void }} hooks
 * @returns {Scrub}
 */
export function createScrub(engine, options, { fail, report }) {
  const { bytesPerSecond = BYTES_PER_SECOND, everyHours = EVERY_HOURS } = options === true ? {} : options;
  const ending = new AbortController();
  const { signal } = ending;
  const state = { files: 0, bytes: 0, damagedFiles: 0, damage: /** @type {FileDamage[]} */ ([]) };
  /** @type {number | undefined} */
  let finished;

  async function pass() {
    const { position, damagedFiles } = engine.control('scrub');
    Object.assign(state, { files: 0, bytes: 0, damagedFiles: position ? damagedFiles : 0, damage: [] });
    let recorded = performance.now();
    let [files, bytes] = [0, 0];
    /** @param {TaskReport} found */
    const told = async (found) => {
      for (const damage of found.damage) report(damaged(damage, fail));
      state.damagedFiles += found.damage.length;
      state.damage.push(...found.damage.slice(0, MAX_NAMED - state.damage.length));
      const cost = found.bytes - bytes + (found.files - files) * FILE_COST;
      ({ files, bytes } = found);
      Object.assign(state, { files, bytes });
      if (performance.now() - recorded > RECORD_MS) {
        engine.control('scrub', { position: found.position, damagedFiles: state.damagedFiles });
        recorded = performance.now();
      }
      await pause((cost / bytesPerSecond) * 1000, signal, false);
    };
    await engine.run((core) => core.beginCheck(true, position), { told, signal });
    finished = Date.now();
    engine.control('scrub', { position: '', damagedFiles: state.damagedFiles, finished });
  }

  /** @param {unknown} error */
  const isOver = (error) => signal.aborted || ['MANAGER_CLOSED', 'LOCK_LOST'].includes(/** @type {{ code: string }} */ (error).code);

  async function run() {
    finished = engine.control('scrub').finished ?? undefined;
    const rest = everyHours * HOUR_MS;
    let wait = finished === undefined ? 0 : Math.min(Math.max(0, finished + rest - Date.now()), rest);
    for (;;) {
      try {
        await pause(wait, signal, false);
        await pass();
        wait = rest;
      } catch (error) {
        if (isOver(error)) return;
        report(/** @type {Error} */ (error));
        wait = RETRY_MS;
      }
    }
  }
  const running = run();

  return {
    state: () => ({ ...state, damage: [...state.damage], ...(finished !== undefined && { finishedTime: new Date(finished).toISOString() }) }),
    async close() {
      ending.abort();
      await running;
    },
  };
}
