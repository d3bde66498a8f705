// `wix-media serve` of the built package, in a process of its own that can be killed, without an installation.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { withinTime } from './limit.js';

/** @import { Closing } from './types.d.ts' */

export const COMMAND = fileURLToPath(new URL('../../../dist/command.js', import.meta.url));

/** A disk for a server: see `disk.cjs`. */
const DISK = fileURLToPath(new URL('disk.cjs', import.meta.url));

/**
 * What happens on the disk of a program: it dies at its call number `at`, and the disk loses its cache with `loses`.
 *
 * @typedef {{ root: string, at?: number, loses?: boolean, seed?: number, report?: string }} DiskFate
 */

/**
 * @typedef {object} Served
 * @property {string} origin
 * @property {import('node:child_process').ChildProcess} child
 * @property {{ stdout: string, stderr: string }} text What it has said so far.
 * @property {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} ended
 * @property {(signal?: NodeJS.Signals) => Promise<unknown>} end Ends it, and waits until it is over.
 */

/**
 * Starts a server on a free port, and resolves when it listens, or is over.
 *
 * @param {Closing} closing
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, disk?: DiskFate, node?: string[] }} [options]
 * @returns {Promise<Served>} Without an origin if it ended by itself.
 */
export async function served(closing, args, { env, disk, node = [] } = {}) {
  const before = disk ? ['--require', DISK, ...node] : node;
  const child = spawn(process.execPath, [...before, COMMAND, 'serve', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, ...(disk && { WIX_MEDIA_DISK: JSON.stringify(disk) }), ...env },
  });
  const text = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    /** @type {import('node:stream').Readable} */ (child[name]).setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const end = (/** @type {NodeJS.Signals} */ signal = 'SIGKILL') => {
    child.kill(signal);
    return withinTime(`the end of wix-media serve by ${signal}`, ended);
  };
  closing.after(() => end());
  /** @type {Promise<string>} */
  const address = new Promise((resolve) => {
    ended.then(() => resolve(''));
    child.stdout?.on('data', () => {
      const [, found] = /(http:\/\/\S+:\d+)\/\n/.exec(text.stdout) ?? [];
      if (found) resolve(found);
    });
  });
  const origin = await withinTime('the start of wix-media serve', address);
  return { origin, child, text, ended, end };
}
