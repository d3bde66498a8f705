// A program that ends with this process, in whichever way that ends.
import { spawn } from 'node:child_process';

/**
 * Starts a program. On Linux the kernel kills it if this process is killed, and can close nothing. Elsewhere it would go on.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function dependent(file, args, options) {
  // setpriv becomes the program, so the number of the process stays the same.
  const [first, ...rest] = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', file, ...args] : [file, ...args];
  return spawn(first, rest, options);
}
