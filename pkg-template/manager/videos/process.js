// Runs a program on an untrusted file, with limits of time, processors, memory and output. The program ends with the process that
// started it, even if that is killed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The number of characters of the program's error output that are kept. The rest is read and dropped. */
const MAX_ERROR_LEN = 2000;

/** The most memory that a program may address, in bytes. */
const MAX_MEMORY = 8 * 1024 ** 3;

/** The unit of `ulimit -f` in bytes. */
const BLOCK_SIZE = 512;

/** Whether a child can have a process group of its own. In Bun and Deno it may share that of its parent, which must not be killed. */
const hasGroups = process.platform !== 'win32' && !('Bun' in globalThis) && !('Deno' in globalThis);

/** Kills the whole group once the input of the shell closes, which happens when the parent ends for any reason. */
const WATCHED = `exec 3<&0 </dev/null
(cat <&3 >/dev/null; kill -9 0) >/dev/null 2>&1 &
exec 3<&-`;

/** Sets the limits that the system supports, and replaces the shell with the program. */
const GUARDED = `${hasGroups ? WATCHED : 'exec </dev/null'}
limit() { ulimit "$1" "$2" 2>/dev/null || :; }
limit -c 0
limit -t "$1"
limit -f "$2"
limit -v "$3"
priority=$4
shift 4
command -v nice >/dev/null && exec nice -n "$priority" "$@"
exec "$@"`;

/** The folders of programs. Deno may deny access to the environment. */
function searchPath() {
  try {
    return process.env.PATH ?? '';
  } catch {
    return '';
  }
}

/**
 * Finds a program on the PATH, unless it is given as a path. Returns undefined if the program does not exist.
 *
 * @param {string} name A name, or a path.
 */
export function findProgram(name) {
  const isPath = name.includes('/') || name.includes(path.sep);
  const folders = isPath ? [''] : searchPath().split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const endings = process.platform === 'win32' ? ['', '.exe'] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = path.resolve(folder, name + ending);
      try {
        if (!fs.statSync(file).isFile()) continue;
        fs.accessSync(file, fs.constants.X_OK);
        return file;
      } catch {
        // Try the next one.
      }
    }
  }
  return undefined;
}

/**
 * @typedef {object} Limits
 * @property {number} timeoutMs
 * @property {number} threads Processors that it may use at once.
 * @property {number} maxFileSize Bytes that it may write to one file.
 * @property {number} [maxMemory] Bytes that it may address. Default: 8 GiB.
 * @property {number} [nice] How far to lower its priority. Default: 0.
 */

/**
 * Runs a program to its end. Rejects when it fails, takes too long (with the code `TIMEOUT`), or `signal` aborts. By then its processes have been killed.
 *
 * @param {string} program The path of the program.
 * @param {string[]} parameters
 * @param {object} options
 * @param {string} options.directory Its working directory, also for temporary files.
 * @param {Limits} options.limits
 * @param {AbortSignal} options.signal
 * @param {(line: string) => void} [options.onLine] Called with each line of its output.
 * @returns {Promise<void>}
 */
export function runProgram(program, parameters, { directory, limits, signal, onLine }) {
  const { timeoutMs, threads, maxFileSize, maxMemory = MAX_MEMORY, nice = 0 } = limits;
  const isGuarded = process.platform !== 'win32';
  const seconds = Math.ceil((timeoutMs * threads) / 1000) + 1;
  const bounds = [seconds, Math.ceil(maxFileSize / BLOCK_SIZE), maxMemory / 1024, nice].map(String);
  const guard = ['-c', GUARDED, 'sh', ...bounds, program, ...parameters];
  const { PATH } = process.env;
  const SystemRoot = process.platform === 'win32' ? process.env.SystemRoot : undefined;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn(isGuarded ? '/bin/sh' : program, isGuarded ? guard : parameters, {
      cwd: directory,
      // Proxies, credentials and paths of libraries stay here.
      env: { PATH, ...(SystemRoot && { SystemRoot }), LC_ALL: 'C', HOME: directory, TMPDIR: directory, AV_LOG_FORCE_NOCOLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
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
        // It has ended by itself.
      }
    };
    const abort = () => kill(signal.reason);
    const late = () => kill(Object.assign(new Error(`it took longer than ${timeoutMs} ms`), { code: 'TIMEOUT' }));
    const timer = setTimeout(late, timeoutMs);
    signal.addEventListener('abort', abort);

    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      if (errors.length < MAX_ERROR_LEN) errors += text.slice(0, MAX_ERROR_LEN);
    });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-MAX_ERROR_LEN);
      for (const line of lines) onLine?.(line);
    });
    // The shell may end before it reads anything.
    child.stdin.on('error', () => {});

    const cleanUp = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    child.on('error', (error) => {
      cleanUp();
      reject(error);
    });
    child.on('close', (code, killed) => {
      cleanUp();
      if (reason) return reject(reason);
      if (code === 0) return resolve();
      // The first line is the cause, and the others follow from it.
      const [first] = errors.trim().split('\n');
      return reject(new Error(first || (killed ? `it was ended by ${killed}` : `it ended with code ${code}`)));
    });
  });
}
