// `wix-media serve`: the Media Manager over HTTP, with its page.
//
// The port is bound first and the storage opened second; requests in between wait. A signal stops the server: it waits for
// requests that are under way, and a second signal cuts them off.
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { openManager } from '../connect.js';
import { EXIT, Failure, UsageError } from '../failure.js';
import { accessLog } from '../server/access-log.js';
import { listen } from '../server/listen.js';
import { openPage } from '../server/static-files.js';
import { count } from '../units.js';

/** @import { ManagerOptions } from '../../types/index.js' */
/** @import { Context, MediaManager } from '../internal.d.ts' */

/** @typedef {(request: Request) => Promise<Response>} Handler */

const PORT = 4410;
const HOST = '127.0.0.1';
/** How long requests that are under way may take after a signal. */
const GRACE_MS = 30_000;

/**
 * Serves until a signal ends it.
 *
 * @param {Context} context
 */
export async function serve({ options, program, print, note, paint, stderr }) {
  const settings = settingsOf(options);
  const { host, port, seed } = settings;
  if (seed !== undefined && !existsSync(seed)) throw new Failure(`seed directory not found: ${seed}`);
  const { version } = JSON.parse(await readFile(new URL('./package.json', import.meta.url), 'utf8'));

  /** @type {(handler: Handler) => void} */
  let answer = () => {};
  /** @type {Promise<Handler>} */
  const ready = new Promise((resolve) => {
    answer = resolve;
  });
  const log = options.quiet ? () => {} : accessLog({ write: print, paint, isVerbose: options.verbose });
  const server = await listening((request) => ready.then((handle) => handle(request)), { host, port, onEnd: log });
  const ended = signalled();

  let manager;
  try {
    if (options.data !== undefined) await mkdir(options.data, { recursive: true });
    manager = await openManager(settings.manager);
    answer(await routes(manager));
  } catch (error) {
    await manager?.close();
    await server.stop({ graceMs: 0 });
    throw error;
  }
  const address = addressOf(host, server.port);
  print(banner({ address, version, options, program, paint }));

  const { signal, again } = await ended;
  if (server.pending > 0) note(`${signal}: waiting for ${count(server.pending, 'request')}, press again to cut them off`);
  await server.stop({ graceMs: GRACE_MS, signal: again });
  await manager.close();
  if (stderr.isTTY) note(options.data === undefined ? 'Stopped.' : `Stopped. Everything is in ${options.data}.`);
  return EXIT.done;
}

/**
 * The address for a browser on this machine. The address of all interfaces cannot be opened.
 *
 * @param {string} host
 * @param {number} port
 */
function addressOf(host, port) {
  /** @type {Record<string, string>} */
  const names = { '0.0.0.0': HOST, '::': '::1' };
  const name = names[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/**
 * The settings of the server and the options of the manager.
 *
 * @param {Context['options']} options
 * @returns {{ host: string, port: number, seed?: string, manager: ManagerOptions }}
 */
function settingsOf(options) {
  const { data, memory, host = HOST, port = PORT, seed, externalUrl, apiKey, siteId, allowPrivateImports } = options;
  if (data !== undefined && memory) throw new UsageError('--data and --memory exclude each other: choose one', 'serve');
  if (options.quiet && options.verbose) throw new UsageError('--quiet and --verbose exclude each other: choose one', 'serve');
  if (port > 65535) throw new UsageError(`invalid --port: expected at most 65535, found ${port}`, 'serve');
  if (!isThisMachine(host) && !apiKey) {
    throw new UsageError(`--host ${host} lets other machines in: protect it with --api-key KEY`, 'serve');
  }
  if (apiKey?.some((/** @type {string} */ key) => key.trim() === '')) throw new UsageError('--api-key must not be empty', 'serve');
  if (externalUrl !== undefined && !/^https?:\/\/[^/]/.test(externalUrl)) {
    throw new UsageError(`invalid --external-url: expected http:// or https://, found ${externalUrl}`, 'serve');
  }
  const sites = siteId === undefined ? {} : { siteIds: [siteId] };
  return {
    host,
    port,
    seed,
    manager: {
      storage: data === undefined ? 'memory' : { directory: data },
      siteId,
      baseUrl: externalUrl,
      ...(seed !== undefined && { seed: { directory: seed } }),
      ...(apiKey && { auth: { apiKeys: apiKey.map((/** @type {string} */ key) => ({ key, ...sites, scope: 'manage' })) } }),
      allowPrivateImports: Boolean(allowPrivateImports),
    },
  };
}

/** @param {string} host */
const isThisMachine = (host) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * Listens, with advice for people when that fails.
 *
 * @param {Handler} answer
 * @param {Parameters<typeof listen>[1]} options
 */
async function listening(answer, options) {
  try {
    return await listen(answer, options);
  } catch (error) {
    const { host, port } = options;
    const code = String(/** @type {NodeJS.ErrnoException} */ (error).code);
    /** @type {Record<string, string>} */
    const reasons = {
      EADDRINUSE: `Port ${port} is in use by another program: stop that, or choose another with --port N`,
      EACCES: `Port ${port} needs more rights: choose one above 1023 with --port N`,
      EADDRNOTAVAIL: `${host} is not an address of this machine`,
      ENOTFOUND: `${host} is not an address of this machine`,
    };
    throw reasons[code] ? new Failure(reasons[code], { code, cause: error }) : error;
  }
}

/**
 * The page, and the Media Manager for everything else.
 *
 * @param {MediaManager} manager
 * @returns {Promise<Handler>}
 */
async function routes(manager) {
  const here = fileURLToPath(new URL('./', import.meta.url));
  const { contentSecurityPolicy } = await import('#package/www/policy.js');
  const page = await openPage({ folder: `${here}www`, modules: here, policy: contentSecurityPolicy });
  return async (request) => (await page(request)) ?? manager.fetch(request);
}

/** @param {{ address: string, version: string } & Pick<Context, 'options' | 'program' | 'paint'>} context */
function banner({ address, version, options, program, paint }) {
  const where = options.data === undefined ? 'in memory: gone when it stops, --data DIR keeps it' : `in ${options.data}`;
  const key = options.apiKey ? ' --api-key KEY' : '';
  const header = options.apiKey ? ` -H 'Authorization: KEY' -H 'wix-site-id: ${options.siteId ?? 'SITE'}'` : '';
  // With a seed, the line works without changes.
  const source = options.seed === undefined ? 'FILE' : quoted(options.seed);
  return [
    `wix-media ${version}, ${where}`,
    '',
    `  The Media Manager page: ${paint.bold(`${address}/`)}`,
    `  Base URL for clients:   ${address}`,
    '',
    'Three things to try:',
    `  ${program} tree --url ${address}${key}`,
    `  ${program} put ${source} /Pictures --url ${address}${key}`,
    `  curl${header} '${address}/site-media/v1/files?paging.limit=3'`,
    '',
    paint.dim('Ctrl-C stops it.'),
  ].join('\n');
}

/**
 * A word, quoted for a shell.
 *
 * @param {string} word
 */
const quoted = (word) => (/^[\w./~:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/**
 * Resolves with the first signal of the system, and an AbortSignal that aborts with the second.
 *
 * @returns {Promise<{ signal: string, again: AbortSignal }>}
 */
function signalled() {
  return new Promise((resolve) => {
    const again = new AbortController();
    let isAsked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (isAsked) return again.abort();
        isAsked = true;
        resolve({ signal, again: again.signal });
      });
    }
  });
}
