// The caller's own steps of processing: functions that look at an uploaded file before it is created.
import { linked, until } from '../streams/until.js';
import { POSTERS } from './videos/sizes.js';

/** @import { ProcessingStep, StepFile, StepResult } from './internal.d.ts' */

/** How long a step may take unless it says otherwise, in milliseconds. */
const STEP_TIMEOUT_MS = 60_000;

/** @param {unknown} number */
const isCount = (number) => Number.isSafeInteger(number) && /** @type {number} */ (number) > 0;

/**
 * Runs the steps on a file, one after the other. The first that rejects the file, throws or takes too long ends them.
 *
 * @param {(ProcessingStep | ProcessingStep['run'])[]} steps
 * @param {Omit<StepFile, 'signal'>} file
 * @param {AbortSignal | undefined} signal Of the request. Its abort is thrown on.
 * @returns {Promise<{ width?: number, height?: number, durationMs?: number, fault?: string, posters?: Uint8Array[] }>}
 */
export async function runSteps(steps, file, signal) {
  /** @type {Awaited<ReturnType<typeof runSteps>>} */
  const conclusion = {};
  for (const [index, given] of steps.entries()) {
    const step = typeof given === 'function' ? { run: given } : given;
    if (step.mediaTypes && !step.mediaTypes.includes(file.mediaType)) continue;
    const name = step.name ?? (step.run.name || `number ${index + 1}`);
    try {
      const result = await timed(step, file, signal);
      if (result?.reject !== undefined) return { fault: String(result.reject) };
      const { width, height, durationMs } = result ?? {};
      if (isCount(width) && isCount(height)) Object.assign(conclusion, { width, height });
      if (isCount(durationMs)) conclusion.durationMs = durationMs;
      if (result?.posters !== undefined) conclusion.posters = checked(result.posters);
    } catch (error) {
      signal?.throwIfAborted();
      return { fault: `the step ${name} failed: ${/** @type {any} */ (error)?.message ?? error}` };
    }
  }
  return conclusion;
}

/**
 * The posters of a result. The manager checks their bytes.
 *
 * @param {any} posters
 * @returns {Uint8Array[]}
 */
function checked(posters) {
  const isFit = Array.isArray(posters) && posters.length <= POSTERS && posters.every((poster) => poster instanceof Uint8Array);
  if (!isFit) throw new Error(`invalid posters: expected at most ${POSTERS} Uint8Arrays`);
  return posters;
}

/**
 * Runs a step within its time.
 *
 * @param {ProcessingStep} step
 * @param {Omit<StepFile, 'signal'>} file
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<StepResult | void>}
 */
async function timed({ run, timeoutMs = STEP_TIMEOUT_MS }, file, signal) {
  const own = linked(signal);
  const timer = setTimeout(() => own.abort(new Error(`it took longer than ${timeoutMs} ms`)), timeoutMs);
  try {
    return await until(own.signal, Promise.resolve(run({ ...file, signal: own.signal })));
  } finally {
    clearTimeout(timer);
    own.release();
  }
}
