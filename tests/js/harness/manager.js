// Managers for tests: inside the process, and behind Node's HTTP server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '../../../pkg-template/cli/server/listen.js';
import { createClient, createManager } from './package.js';

/**
 * @import { ClientOptions, ManagerOptions, MediaManager } from './package.js'
 * @import { Closing } from './types.d.ts'
 */

/**
 * A manager that is closed at the end of `closing`.
 *
 * @param {Closing} closing
 * @param {ManagerOptions} [options]
 */
export async function startManager(closing, options) {
  const manager = await createManager(options);
  closing.after(() => manager.close());
  return manager;
}

/**
 * A manager behind a server, and a client of it. `answer(request, next)` may answer in the manager's place.
 *
 * @param {Closing} closing
 * @param {ManagerOptions & {
 *   manager?: MediaManager,
 *   answer?: (request: Request, next: (request: Request) => Promise<Response>) => Response | Promise<Response>,
 *   client?: ClientOptions,
 * }} [options]
 */
export async function serveManager(closing, { manager: own, answer = (request, next) => next(request), client: more, ...options } = {}) {
  const manager = own ?? (await startManager(closing, options));
  /** @type {{ method: string, path: string, headers: Headers }[]} */
  const requests = [];
  const server = await listen(
    async (/** @type {Request} */ request) => {
      requests.push({ method: request.method, path: new URL(request.url).pathname, headers: request.headers });
      return answer(request, manager.fetch);
    },
    { host: '127.0.0.1', port: 0 },
  );
  closing.after(() => server.stop({ graceMs: 0 }));
  const baseUrl = `http://127.0.0.1:${server.port}`;
  const client = createClient({ baseUrl, auth: { apiKey: 'key' }, retry: { baseDelayMs: 5 }, ...more });
  return { manager, baseUrl, client, requests };
}

/**
 * A temporary folder that is deleted at the end of `closing`.
 *
 * @param {Closing} closing
 */
export async function temporaryFolder(closing) {
  const folder = await mkdtemp(join(tmpdir(), 'wix-media-'));
  closing.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
