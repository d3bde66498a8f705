// Verification: what differs between two places, by name. It changes nothing.
import { checkOptions } from './options.js';
import { withPair } from './pair.js';
import { hasOtherPrivacy, plan } from './plan.js';
import { MAX_NAMED } from './report.js';

/** @import { Entry, Pair, SyncPlace, Step, VerifyDifference, VerifyOptions, VerifyReport } from './internal.d.ts' */

/** @type {Partial<Record<Step['action'], VerifyDifference['difference']>>} */
const DIFFERENCES = { create: 'missing', 'create-folder': 'missing', update: 'content', 'update-labels': 'labels' };

/**
 * Compares two places.
 *
 * @param {SyncPlace} from
 * @param {SyncPlace} to
 * @param {VerifyOptions} [options]
 * @returns {Promise<VerifyReport>}
 */
export async function verify(from, to, options) {
  const given = checkOptions(options, 'verify');
  return withPair(from, to, given, true, (pair) => compared(pair, given));
}

/**
 * @param {Pair} pair
 * @param {VerifyOptions} options
 */
async function compared({ source, target, journal, versions, isSame, triples, signal }, { hash, onDifference }) {
  /** @type {VerifyReport} */
  const report = { same: 0, different: 0, failed: 0, skipped: 0, differences: [], failures: [], skips: [] };
  /**
   * Compares bytes, whatever the journal and the listings say.
   *
   * @param {Entry} one
   * @param {Entry} other
   */
  const isEqual = async (one, other) => {
    if (one.size !== other.size) return { isSame: false };
    const [a, b] = await Promise.all([source.digest(one, signal), target.digest(other, signal)]);
    // Bytes that are not those of the listed hash are damaged, even if the other side has the same ones.
    const isListed = ![one, other].some((entry) => entry.hash !== undefined && journal.isMd5 && entry.hash !== a);
    return { isSame: a === b && isListed };
  };
  const comparesDetails = target.kind === 'site';
  for await (const step of plan(triples(), { isSame: hash ? isEqual : isSame, deletes: false, versions, comparesDetails })) {
    signal.throwIfAborted();
    const { action, path, source: one, target: other } = step;
    const isPrivacy = action === 'update' && one && other && comparesDetails && hasOtherPrivacy(one, other);
    const found = action === 'keep' && !one && other ? 'extra' : step.failure?.code === 'KIND_DIFFERS' ? 'kind' : isPrivacy ? 'private' : DIFFERENCES[action];
    if (found) {
      /** @type {VerifyDifference} */
      const difference = { path, kind: one?.kind ?? other?.kind ?? 'file', difference: found };
      report.different += 1;
      if (report.differences.length < MAX_NAMED) report.differences.push(difference);
      onDifference?.(difference);
    } else if (action === 'fail') {
      report.failed += 1;
      if (report.failures.length < MAX_NAMED) report.failures.push({ path, .../** @type {{ code: string, message: string }} */ (step.failure) });
    } else if (action === 'skip') {
      report.skipped += 1;
      if (report.skips.length < MAX_NAMED) report.skips.push({ path, reason: String(step.reason) });
    } else if (action === 'keep' && one?.kind === 'file') report.same += 1;
  }
  return report;
}
