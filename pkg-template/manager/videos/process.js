// A program that works on a file of somebody else: with limits of time, processors, memory and output, and never longer than
// the process that has started it.
import { spawn } from 'node:child_process';
import process from 'node:process';

/** How much of what a program says about its failure is kept, in characters. More is read, and dropped. */
const SAID_LENGTH = 2000;

/** The most memory that a program may address, in bytes. */
const MAX_MEMORY = 8 * 1024 ** 3;

/** The size of the blocks in which shells count the size of files. */
const BLOCK_SIZE = 512;

/** Whether a child can have a process group of its own. Bun and Deno may leave it in theirs, which must not be killed as a whole. */
const hasGroups = process.platform !== 'win32' && !('Bun' in globalThis) && !('Deno' in globalThis);

/**
 * The input of the shell closes when the process that has started it ends, however that is: then everything in the group is
 * killed.
 */
const WATCHED = `exec 3<&0 </dev/null
(cat <&3 >/dev/null; kill -9 0) >/dev/null 2>&1 &
exec 3<&-`;

/** Runs a program in its shell. Limits that a system does not know are left out. */
const GUARDED = `${hasGroups ? WATCHED : 'exec </dev/null'}
limit() { ulimit "$1" "$2" 2>/dev/null || :; }
limit -c 0
limit -v ${MAX_MEMORY / 1024}
limit -t "$1"
limit -f "$2"
priority=$3
shift 3
command -v nice >/dev/null && exec nice -n "$priority" "$@"
exec "$@"`;

/**
 * @typedef {object} Limits
 * @property {number} timeoutMs
 * @property {number} threads The processors that it uses at the same time.
 * @property {number} maxFileSize The most bytes that it may write to one file.
 * @property {number} [nice] By how much its priority is lower than that of this process. Default: 0, as somebody waits for it.
 */

/**
 * Runs a program to its end. Rejects when it fails, takes too long, or `signal` aborts; nothing of it runs any more then.
 *
 * @param {string} program The path of the program.
 * @param {string[]} parameters
 * @param {object} options
 * @param {string} options.directory In which it runs and may write.
 * @param {Limits} options.limits
 * @param {AbortSignal} options.signal
 * @param {(line: string) => void} [options.told] Hears each line of its output.
 * @returns {Promise<void>}
 */
export function runProgram(program, parameters, { directory, limits, signal, told }) {
  const { timeoutMs, threads, maxFileSize, nice = 0 } = limits;
  const isGuarded = process.platform !== 'win32';
  const seconds = Math.ceil((timeoutMs * threads) / 1000) + 1;
  const guard = ['-c', GUARDED, 'sh', String(seconds), String(Math.ceil(maxFileSize / BLOCK_SIZE)), String(nice), program, ...parameters];
  const { PATH } = process.env;
  const SystemRoot = process.platform === 'win32' ? process.env.SystemRoot : undefined;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn(isGuarded ? '/bin/sh' : program, isGuarded ? guard : parameters, {
      cwd: directory,
      // Nothing of the environment is its business: proxies, credentials, paths of libraries.
      env: { PATH, ...(SystemRoot && { SystemRoot }), LC_ALL: 'C', HOME: directory, TMPDIR: directory, AV_LOG_FORCE_NOCOLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, which is killed as a whole.
      detached: hasGroups,
      windowsHide: true,
    });
    /** @type {Error | undefined} */
    let reason;
    const kill = (/** @type {Error} */ why) => {
      reason ??= why;
      try {
        if (hasGroups && child.pid) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    const abort = () => kill(signal.reason);
    const timer = setTimeout(() => kill(new Error(`it took longer than ${timeoutMs} ms`)), timeoutMs);
    signal.addEventListener('abort', abort);

    let said = '';
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      if (said.length < SAID_LENGTH) said += text.slice(0, SAID_LENGTH);
    });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-SAID_LENGTH);
      for (const line of lines) told?.(line);
    });
    // The shell may end before it has read anything.
    child.stdin.on('error', () => {});

    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    child.on('error', (error) => {
      over();
      reject(error);
    });
    child.on('close', (code, killed) => {
      over();
      if (reason) return reject(reason);
      if (code === 0) return resolve();
      // The first line is the cause of the others.
      const [first] = said.trim().split('\n');
      return reject(new Error(first || (killed ? `it was ended by ${killed}` : `it ended with code ${code}`)));
    });
  });
}
