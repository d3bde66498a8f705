// `wix-media serve`: the Media Manager over HTTP, with its page.
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { EXIT, Failure, UsageError } from '../failure.js';
import { accessLog } from '../server/access-log.js';
import { openPage } from '../server/static-files.js';
import { openManager } from '../connect.js';
import { listen } from '../server/listen.js';
import { count } from '../units.js';

const PORT = 4410;
const HOST = '127.0.0.1';
/** How long requests under way may take after Ctrl-C. */
const GRACE_MS = 30_000;

/** Serves until a signal ends it. */
export async function serve({ options, program, print, note, paint, stderr }) {
  const settings = settingsOf(options);
  const { host, port, seed } = settings;
  if (seed !== undefined && !existsSync(seed)) throw new Failure(`There is no directory ${seed} to begin with`);
  const { version } = JSON.parse(await readFile(new URL('./package.json', import.meta.url), 'utf8'));

  // The port comes first: whoever finds it taken should hear of it before anything is opened. What is asked meanwhile
  // waits.
  let answer;
  const ready = new Promise((resolve) => (answer = resolve));
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
  if (server.pending > 0) note(`${signal}: waiting for ${count(server.pending, 'request')}; once more ends them at once`);
  await server.stop({ graceMs: GRACE_MS, signal: again });
  await manager.close();
  if (stderr.isTTY) note(options.data === undefined ? 'Stopped.' : `Stopped. Everything is in ${options.data}.`);
  return EXIT.done;
}

/** Where a person on this machine finds it: the address of all networks is none that could be opened. */
function addressOf(host, port) {
  const name = { '0.0.0.0': HOST, '::': '::1' }[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** What the options mean, or the refusal of what they cannot mean. */
function settingsOf(options) {
  const { data, memory, host = HOST, port = PORT, seed, externalUrl, apiKey, siteId, allowPrivateImports } = options;
  if (data !== undefined && memory) throw new UsageError('--data and --memory are two storages: choose one', 'serve');
  if (options.quiet && options.verbose) throw new UsageError('--quiet and --verbose contradict each other', 'serve');
  if (port > 65535) throw new UsageError(`--port must be at most 65535, and ${port} is more`, 'serve');
  if (!isThisMachine(host) && !apiKey) {
    throw new UsageError(`--host ${host} lets other machines in: say with --api-key KEY who may come`, 'serve');
  }
  if (apiKey?.some((key) => key.trim() === '')) throw new UsageError('--api-key must not be empty', 'serve');
  if (externalUrl !== undefined && !/^https?:\/\/[^/]/.test(externalUrl)) {
    throw new UsageError(`--external-url must begin with http:// or https://, and ${externalUrl} does not`, 'serve');
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
      ...(apiKey && { auth: { apiKeys: apiKey.map((key) => ({ key, ...sites, scope: 'manage' })) } }),
      allowPrivateImports: Boolean(allowPrivateImports),
    },
  };
}

const isThisMachine = (host) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

async function listening(answer, options) {
  try {
    return await listen(answer, options);
  } catch (error) {
    const { host, port } = options;
    const reason = {
      EADDRINUSE: `Port ${port} is taken by another program: stop that, or choose another with --port N`,
      EACCES: `Port ${port} is for programs with more rights: choose one above 1023 with --port N`,
      EADDRNOTAVAIL: `${host} is no address of this machine`,
      ENOTFOUND: `${host} is no address of this machine`,
    }[error.code];
    throw reason ? new Failure(reason, { code: error.code, cause: error }) : error;
  }
}

/** The page, and the Media Manager for everything else. */
async function routes(manager) {
  const here = fileURLToPath(new URL('./', import.meta.url));
  const { contentSecurityPolicy } = await import('#package/www/policy.js');
  const page = await openPage({ folder: `${here}www`, modules: here, policy: contentSecurityPolicy });
  return async (request) => (await page(request)) ?? harmless(await manager.fetch(request));
}

/**
 * What visitors have uploaded comes from the origin of the page, and must not act in its name. The reader of PDF files
 * that is built into browsers does not open in a sandbox, and needs none.
 */
function harmless(response) {
  const { headers } = response;
  if (/^application\/(json|pdf)\b/.test(headers.get('content-type') ?? '')) return response;
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', 'sandbox');
  if (!headers.has('x-content-type-options')) headers.set('x-content-type-options', 'nosniff');
  return response;
}

function banner({ address, version, options, program, paint }) {
  const where = options.data === undefined ? 'in memory: gone when it stops, --data DIR keeps it' : `in ${options.data}`;
  const key = options.apiKey ? ' --api-key KEY' : '';
  const header = options.apiKey ? ` -H 'Authorization: KEY' -H 'wix-site-id: ${options.siteId ?? 'SITE'}'` : '';
  // With a folder to begin with, a line that works as it stands.
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

/** A word as a shell takes it. */
const quoted = (word) => (/^[\w./~:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The first signal that asks for an end, and a signal that aborts with the second. */
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
