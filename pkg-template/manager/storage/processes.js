// Other processes of this machine.
import process from 'node:process';
import { codeOf } from './files.js';

/**
 * Whether a process may be alive. Only one that is certainly gone is not.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive too, and Deno may not ask.
    return codeOf(error) !== 'ESRCH';
  }
}
