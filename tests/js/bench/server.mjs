// `wix-media serve` in a process of its own, for the benchmarks.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../../dist/command.js', import.meta.url));

/**
 * Starts a server on a free port, and waits for its address. `stop()` resolves when it has ended.
 *
 * @param {string[]} args
 */
export async function startServer(args) {
  const server = spawn(process.execPath, [command, 'serve', '--port', '0', '--quiet', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const over = new Promise((resolve) => server.on('exit', resolve));
  /** @type {string} */
  const origin = await new Promise((resolve, reject) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
      if (found) resolve(found);
    });
    over.then((code) => reject(new Error(`serve ended with ${code}`)));
  });
  const stop = () => {
    server.kill();
    return over;
  };
  return { origin, stop };
}
