// Requests to the router of `/_wix-media/`, and lists of damaged files, for `check`, `export` and `import`.
import { Failure, UsageError } from './failure.js';
import { printable } from './terminal.js';
import { count } from './units.js';

/** @import { Context, DamageReport, FileDamage, Place } from './internal.d.ts' */

/** @type {Record<FileDamage['problem'], string>} */
const WORDS = { missing: 'missing', cut: 'too short', longer: 'too long', changed: 'changed', unreadable: 'unreadable' };

/**
 * Sends a request that only a Media Manager of this package answers.
 *
 * @param {Place} place
 * @param {string} command
 * @param {string} path
 * @param {RequestInit & { duplex?: 'half' }} [init]
 */
export async function administer({ administer: send, name }, command, path, init) {
  if (!send) throw new UsageError(`${command} works with --data DIR or --url URL: ${name} has no such function`, command);
  let response;
  try {
    response = await send(path, init);
  } catch (cause) {
    if (/** @type {Error} */ (cause).name === 'WixMediaError') throw cause;
    const { message, cause: reason } = /** @type {Error} */ (cause);
    throw new Failure(`cannot reach ${name}: ${/** @type {Error | undefined} */ (reason)?.message ?? message}`, { code: 'NETWORK', cause });
  }
  if (response.ok) return response;
  const text = await response.text();
  /** @type {{ message?: string, details?: { applicationError?: { code?: string } } }} */
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy may answer with something else.
  }
  const { message = text, details } = body;
  throw new Failure(`${name} refused to ${command}: ${message || response.status}`, { code: details?.applicationError?.code ?? 'FAILED' });
}

/**
 * Prints which files are damaged.
 *
 * @param {DamageReport} report
 * @param {Pick<Context, 'note'>} output
 */
export function noteDamage({ damagedFiles, damage }, { note }) {
  for (const { fileId, displayName, blob, problem } of damage) {
    const where = [fileId || 'in a zip', blob && `blobs/${blob}`].filter(Boolean).join(', ');
    note(`${WORDS[problem]}: ${printable(displayName)} (${where})`);
  }
  const unnamed = damagedFiles - damage.length;
  if (unnamed > 0) note(`and ${count(unnamed, 'more file')}`);
}
