// `wix-media serve`: the Media Manager over HTTP, with its page.
//
// The port is bound first and the storage opened second; requests in between wait. A signal stops the server: it waits for
// requests that are under way, and a second signal cuts them off.
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { keysIn, openManager } from '../connect.js';
import { EXIT, Failure, UsageError } from '../failure.js';
import { descriptorLimit } from '../../manager/storage/open-files.js';
import { accessLog, lineWriter } from '../server/access-log.js';
import { maxConnections } from '../server/connections.js';
import { frameOrigin, isHostPattern, listedOrigin, proxies } from '../server/guard.js';
import { listen } from '../server/listen.js';
import { openPage } from '../server/static-files.js';
import { count } from '../units.js';

/** @import { PublicManager } from '../../manager/internal.d.ts' */
/** @import { ManagerOptions } from '../../types/index.js' */
/** @import { Context, GuardSettings, MediaManager } from '../internal.d.ts' */

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
export async function serve({ options, program, env, print, note, paint, stdin, stdout, stderr, outliveReader }) {
  const settings = settingsOf(options, env);
  const { host, port, seed, allow, bounds } = settings;
  if (seed !== undefined && !existsSync(seed)) throw new Failure(`seed directory not found: ${seed}`);
  const { version } = JSON.parse(await readFile(new URL('./package.json', import.meta.url), 'utf8'));

  /** @type {(handler: Handler) => void} */
  let answer = () => {};
  /** @type {Promise<Handler>} */
  const ready = new Promise((resolve) => {
    answer = resolve;
  });
  // The log is there for people; requests must not fail because they have stopped to read it.
  outliveReader();
  const log = options.quiet ? () => {} : accessLog({ write: lineWriter(stdout), paint, isVerbose: options.verbose });
  const server = await listening((request) => ready.then((handle) => handle(request)), { host, port, allow, bounds, isLight: true, onEnd: log });
  // On some systems `nohup` leaves the input alone.
  const hasTerminal = [stdin, stdout, stderr].some(({ isTTY }) => isTTY) && !/\bnohup$/.test(env._ ?? '');
  const ended = signalled(hasTerminal);

  let manager;
  try {
    if (options.data !== undefined && !options.readOnly) await mkdir(options.data, { recursive: true, mode: 0o700 });
    // In a thread, so that connections are answered whatever the manager does.
    manager = await openManager({ ...settings.manager, thread: true, onError: ({ message }) => note(message) });
    answer(await routes(manager, allow.frames));
  } catch (error) {
    await manager?.close();
    await server.stop({ graceMs: 0 });
    throw error;
  }
  const address = addressOf(host, server.port);
  print(banner({ address, version, options, settings, program, paint }));

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
 * @param {Context['env']} env
 * @returns {{ host: string, port: number, seed?: string, key?: string, allow: GuardSettings, bounds: { max: number }, manager: ManagerOptions }}
 * `key` is how a command is given the key.
 */
function settingsOf(options, env) {
  const { data, memory, host = HOST, port = PORT, seed, externalUrl, allowPrivateImports, scrub } = options;
  if (data !== undefined && memory) throw new UsageError('--data and --memory exclude each other: choose one', 'serve');
  if (options.readOnly && data === undefined) throw new UsageError('--read-only needs --data DIR', 'serve');
  if (options.noSync && data === undefined) throw new UsageError('--no-sync needs --data DIR', 'serve');
  if (options.readOnly && seed !== undefined) throw new UsageError('--read-only and --seed exclude each other: choose one', 'serve');
  if (options.readOnly && scrub) throw new UsageError('--read-only and --scrub exclude each other: choose one', 'serve');
  if (options.ffmpeg !== undefined && options.noVideos) throw new UsageError('--ffmpeg and --no-videos exclude each other: choose one', 'serve');
  if (options.quiet && options.verbose) throw new UsageError('--quiet and --verbose exclude each other: choose one', 'serve');
  if (port > 65535) throw new UsageError(`invalid --port: expected at most 65535, found ${port}`, 'serve');
  for (const name of ['data', 'host', 'seed', 'siteId', 'ffmpeg']) {
    if (options[name] === '') throw new UsageError(`--${name === 'siteId' ? 'site-id' : name} must not be empty`, 'serve');
  }
  const { keys, key } = keysOf(options, env);
  const isOpen = !isThisMachine(host);
  if (isOpen && !keys) {
    throw new UsageError(`--host ${host} lets other machines in: set WIX_API_KEY, or use --api-key-file FILE`, 'serve');
  }
  const external = externalUrl === undefined ? undefined : externalOf(externalUrl);
  const siteId = options.siteId ?? (keys ? env.WIX_SITE_ID || undefined : undefined);
  const sites = siteId === undefined ? {} : { siteIds: [siteId] };
  return {
    host,
    port,
    seed,
    key,
    allow: allowOf(options, { host, isOpen, external, hasKeys: keys !== undefined }),
    bounds: { max: connectionsOf(options) },
    manager: {
      storage:
        data === undefined ? 'memory' : { directory: data, ...(options.readOnly && { readOnly: true }), ...(options.noSync && { sync: false }) },
      siteId,
      baseUrl: externalUrl,
      ...(seed !== undefined && { seed: { directory: seed } }),
      ...(keys && { auth: { apiKeys: keys.map((key) => ({ key, ...sites, scope: /** @type {const} */ ('manage') })) } }),
      allowPrivateImports: Boolean(allowPrivateImports),
      scrub: Boolean(scrub),
      ...(options.noVideos && { videos: false }),
      ...(options.noConverters && { images: { converters: false } }),
      ...(options.ffmpeg !== undefined && { videos: { ffmpeg: options.ffmpeg } }),
    },
  };
}

/**
 * The keys that callers need. Those of the command line come before that of the environment, which also names the key of a
 * Wix site.
 *
 * @param {Context['options']} options
 * @param {Context['env']} env
 * @returns {{ keys?: string[], key?: string }}
 */
function keysOf({ apiKey, apiKeyFile }, { WIX_API_KEY }) {
  if (apiKey || apiKeyFile !== undefined) {
    if (apiKey?.some((/** @type {string} */ key) => key.trim() === '')) throw new UsageError('--api-key must not be empty', 'serve');
    const inFile = apiKeyFile === undefined ? [] : keysIn(apiKeyFile);
    const key = apiKey || inFile.length > 1 ? '--api-key KEY' : `--api-key-file ${quoted(apiKeyFile)}`;
    return { keys: [...(apiKey ?? []), ...inFile], key };
  }
  if (WIX_API_KEY === undefined) return {};
  // A variable that was meant to hold a key, and holds none, would leave the server open.
  if (WIX_API_KEY.trim() === '') throw new UsageError('WIX_API_KEY must not be empty: set a key, or unset it', 'serve');
  return { keys: [WIX_API_KEY] };
}

/** @param {Context['options']} options */
function connectionsOf({ maxConnections: asked }) {
  if (asked === 0) throw new UsageError('invalid --max-connections: expected at least 1, found 0', 'serve');
  try {
    return maxConnections(asked, descriptorLimit());
  } catch (error) {
    throw new UsageError(`invalid --max-connections: ${/** @type {Error} */ (error).message}`, 'serve');
  }
}

/** @param {string} text */
function externalOf(text) {
  const invalid = (/** @type {string} */ expected) =>
    new UsageError(`invalid --external-url: expected ${expected}, found ${text}`, 'serve');
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text)) throw invalid('http:// or https:// and a host');
  const url = new URL(text);
  if (url.search || url.hash || url.username || url.password) throw invalid('a URL without query, fragment and user name');
  return url;
}

/**
 * What is allowed beside this machine: the names by which the server is called, and what the options list.
 *
 * @param {Context['options']} options
 * @param {{ host: string, isOpen: boolean, external?: URL, hasKeys: boolean }} server
 * @returns {GuardSettings}
 */
function allowOf({ allowHost = [], allowOrigin = [], allowFrame = [], trustProxy = [] }, { host, isOpen, external, hasKeys }) {
  for (const name of allowHost) {
    if (!isHostPattern(name)) {
      throw new UsageError(`invalid --allow-host: expected a name such as media.example or *.media.example, found ${name}`, 'serve');
    }
  }
  const origins = allowOrigin.map((/** @type {string} */ text) => {
    const origin = listedOrigin(text);
    if (origin === undefined) {
      throw new UsageError(`invalid --allow-origin: expected an origin such as https://app.example, found ${text}`, 'serve');
    }
    if (origin === '*' && !hasKeys) {
      throw new UsageError('--allow-origin * lets every web page in: set WIX_API_KEY, or use --api-key-file FILE', 'serve');
    }
    return origin;
  });
  const frames = allowFrame.map((/** @type {string} */ text) => {
    const origin = frameOrigin(text);
    if (origin !== undefined) return origin;
    throw new UsageError(`invalid --allow-frame: expected an origin such as https://app.example, found ${text}`, 'serve');
  });
  let isProxy;
  try {
    isProxy = proxies(trustProxy);
  } catch {
    const found = trustProxy.join(' ');
    throw new UsageError(`invalid --trust-proxy: expected addresses such as 127.0.0.1 or 10.0.0.0/8, found ${found}`, 'serve');
  }
  return {
    hosts: [...allowHost, ...(isHostPattern(host) ? [host] : []), ...(external ? [external.host] : [])],
    origins: [...origins, ...(external ? [external.origin] : [])],
    frames,
    isOpen,
    isProxy,
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
 * @param {MediaManager & Pick<PublicManager, 'fetch'>} manager
 * @param {readonly string[]} [frames] Origins whose pages may show the page in a frame.
 * @returns {Promise<Handler>}
 */
async function routes(manager, frames) {
  const here = fileURLToPath(new URL('./', import.meta.url));
  const { contentSecurityPolicy } = await import('#package/www/policy.js');
  const policy = (/** @type {string | undefined} */ hash) => contentSecurityPolicy(hash, { frames });
  const page = await openPage({ folder: `${here}www`, modules: here, policy });
  return async (request) => (await page(request)) ?? manager.fetch(request, undefined, { isServer: true });
}

/**
 * @param {{ address: string, version: string, settings: ReturnType<typeof settingsOf> } & Pick<Context, 'options' | 'program' | 'paint'>} context
 */
function banner({ address, version, options, settings, program, paint }) {
  const where = options.data === undefined ? 'in memory: gone when it stops, --data DIR keeps it' : `in ${options.data}`;
  // A key of the environment is read by the other commands too.
  const key = settings.key ? ` ${settings.key}` : '';
  const { auth, siteId = 'SITE' } = settings.manager;
  const header = auth ? ` -H 'Authorization: KEY' -H 'wix-site-id: ${siteId}'` : '';
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
 * @param {boolean} hasTerminal A terminal that is closed sends SIGHUP. Without one, `nohup` or a supervisor has started the
 * server so that it stays, and Node has forgotten that the signal was to be ignored.
 * @returns {Promise<{ signal: string, again: AbortSignal }>}
 */
function signalled(hasTerminal) {
  return new Promise((resolve) => {
    const again = new AbortController();
    let isAsked = false;
    const stop = (/** @type {string} */ signal) => {
      if (isAsked) return again.abort();
      isAsked = true;
      resolve({ signal, again: again.signal });
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
    process.on('SIGHUP', () => hasTerminal && stop('SIGHUP'));
  });
}
