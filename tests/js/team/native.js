// The native server in a process of its own. `cargo xtask test team` builds it and names it in WIX_MEDIA_SERVER.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { withinTime } from '../harness/limit.js';
import { present } from '../harness/present.js';
import { dependent } from './dependent.js';

/** @import { Closing } from '../harness/types.d.ts' */

/**
 * @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }} Answer
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ended
 * @typedef {object} Native
 * @property {string} origin
 * @property {import('node:child_process').ChildProcess} child
 * @property {{ stdout: string, stderr: string }} text What it has said so far.
 * @property {Promise<Ended>} ended
 * @property {(signal?: NodeJS.Signals) => Promise<Ended>} end Ends it, and waits until it is over.
 * @property {(message: string, members?: Record<string, unknown>) => Promise<Record<string, unknown>>} logged Waits for an event of the log.
 */

/** The program. */
export function program() {
  const { WIX_MEDIA_SERVER: path } = process.env;
  if (!path) throw new Error('WIX_MEDIA_SERVER must name the program: run cargo xtask test team');
  return path;
}

/**
 * Starts `wix-media-server serve` on a free port, and resolves when it listens, or is over.
 *
 * @param {Closing} closing
 * @param {string | undefined} directory None for a server with its catalog in PostgreSQL and its bytes in a bucket.
 * @param {string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Native>} Without an origin if it is a worker, or ended by itself.
 */
export async function native(closing, directory, args = [], env = {}) {
  const data = directory === undefined ? [] : ['--data', directory];
  const line = ['serve', ...data, '--port', '0', '--log-format', 'json', ...args];
  const child = dependent(program(), line, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env } });
  const text = { stdout: '', stderr: '' };
  /** @type {Record<string, unknown>[]} */
  const events = [];
  /** @type {Set<(event: Record<string, unknown>) => void>} */
  const readers = new Set();
  let rest = '';
  present(child.stderr).setEncoding('utf8').on('data', (chunk) => (text.stderr += chunk));
  // Each line is parsed once: the log of a long run has tens of thousands.
  present(child.stdout).setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
    text.stdout += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) {
      const event = JSON.parse(each);
      events.push(event);
      for (const reader of readers) reader(event);
    }
  });
  /** @type {Promise<Ended>} */
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  /**
   * @param {string} message
   * @param {Record<string, unknown>} [members]
   */
  const logged = async (message, members = {}) => {
    const isIt = (/** @type {Record<string, unknown>} */ event) =>
      event.message === message && Object.entries(members).every(([name, value]) => event[name] === value);
    return (
      events.find(isIt) ??
      withinTime(
        `the event "${message}" of the log`,
        /** @type {Promise<Record<string, unknown>>} */ (
          new Promise((resolve, reject) => {
            const read = (/** @type {Record<string, unknown>} */ event) => {
              if (!isIt(event)) return;
              readers.delete(read);
              resolve(event);
            };
            readers.add(read);
            ended.then(() => reject(new Error(`it ended without "${message}": ${text.stdout}${text.stderr}`)));
          })
        ),
      )
    );
  };
  const end = (/** @type {NodeJS.Signals} */ signal = 'SIGTERM') => {
    child.kill(signal);
    return withinTime(`the end of wix-media-server by ${signal}`, ended);
  };
  closing.after(() => end('SIGKILL'));
  // A worker listens to nobody.
  const origin = await Promise.race([logged('listening'), logged('working')]).then(({ address = '' }) => String(address), () => '');
  return { origin, child, text, ended, end, logged };
}

/**
 * Runs the program to its end.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [file] What is run instead.
 * @returns {Promise<Ended & { stdout: string, stderr: string }>}
 */
export async function run(args, env = {}, file = program()) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env } });
  const text = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name].setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
  }
  const [code, signal] = await withinTime('the end of wix-media-server', once(child, 'close'));
  return { code, signal, ...text };
}

/**
 * One request with exactly these header fields.
 *
 * @param {string} origin
 * @param {string} method
 * @param {string} path
 * @param {{ headers?: Record<string, string>, body?: string | Uint8Array }} [options]
 * @returns {Promise<Answer>}
 */
export const ask = (origin, method, path, { headers = {}, body = '' } = {}) =>
  new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const request = httpRequest(origin + path, { method, headers: { ...length, ...headers } }, async (response) => {
      // As a whole: bytes that are no text differ by where a chunk ends.
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: Number(response.statusCode), headers: response.headers, text });
    });
    request.on('error', reject);
    request.end(body);
  });

/**
 * The most memory that a process has had, in bytes. NaN where the system does not tell.
 *
 * @param {number | undefined} pid
 */
export function peakMemory(pid) {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
