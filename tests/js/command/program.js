// The command as users have it: packed, installed into an empty project, and run by its name.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { project } from '../harness/tarball.js';

/** @import { Closing } from '../harness/types.d.ts' */

const OUTPUTS = /** @type {const} */ (['stdout', 'stderr']);

/**
 * An empty project with the package in it; gives the path of the command.
 *
 * @param {Closing} closing
 */
export async function install(closing) {
  const folder = await project(closing);
  return { folder, program: join(folder, 'node_modules/.bin/wix-media') };
}

/**
 * @typedef {Awaited<ReturnType<typeof install>>} Installed
 * @typedef {{ env?: NodeJS.ProcessEnv, input?: string, cwd?: string }} RunOptions
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }} Ended
 */

/**
 * The environment of a command: none of the credentials, colours and upload records of the person who runs the tests.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv | undefined} env
 */
const environment = (folder, env) => ({ PATH: process.env.PATH, HOME: folder, ...env });

/**
 * Runs a command to its end.
 *
 * @param {Installed} installed
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Ended>}
 */
export function run({ folder, program }, args, { env, input = '', cwd = folder } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: environment(folder, env) });
    const text = { stdout: '', stderr: '' };
    for (const name of OUTPUTS) child[name].setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
    child.stdin.end(input);
  });
}

/**
 * Starts `wix-media serve` on a free port and waits for its address. `end(signal)` sends the signal and resolves when it is
 * over; with the test it is over in any case.
 *
 * @param {Closing} closing
 * @param {Installed} installed
 * @param {string[]} [args]
 * @param {Pick<RunOptions, 'env'>} [options]
 * @returns {Promise<{ origin: string, text: { stdout: string, stderr: string }, end: (signal?: NodeJS.Signals) => Promise<Ended> }>}
 */
export function serve(closing, { folder, program }, args = [], { env } = {}) {
  const child = spawn(program, ['serve', '--port', '0', ...args], { cwd: folder, env: environment(folder, env) });
  const text = { stdout: '', stderr: '' };
  for (const name of OUTPUTS) child[name].setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
  /** @type {Promise<Ended>} */
  const over = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...text })));
  const end = (/** @type {NodeJS.Signals} */ signal = 'SIGTERM') => {
    child.kill(signal);
    return over;
  };
  closing.after(() => end('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    over.then(({ code }) => reject(new Error(`serve ended with ${code}:\n${text.stdout}${text.stderr}`)));
    child.stdout.on('data', () => {
      const [, origin] = /(http:\/\/\S+:\d+)\/\n/.exec(text.stdout) ?? [];
      if (origin) resolve({ origin, text, end });
    });
  });
}
