// `wix-media serve` in a process of its own, for the benchmarks.
import { served } from '../harness/served.js';

/**
 * Starts a server on a free port, and waits for its address. `stop()` resolves when it has ended.
 *
 * @param {string[]} args
 */
export async function startServer(args) {
  const { origin, text, end } = await served({ after() {} }, ['--quiet', ...args]);
  if (!origin) throw new Error(`serve ended: ${text.stderr}`);
  return { origin, stop: () => end('SIGTERM') };
}
