// Runs the code of an example in a worker, on a Media Manager in memory.
//
// The code becomes a module with the addresses of the package's files in place of its names: workers have no import maps. Requests to Wix's
// hosts, and to the address of `wix-media serve`, go to a sample site. `fetch` of any other host fails, with words that say why. This is
// no sandbox: the code is that of the page, or what its reader has typed.
import { withAddresses } from './imports.js';
import { inspect } from './inspect.js';
import { withResult } from './result.js';
import { openSampleSite } from './sample-site.js';

/**
 * @typedef {{ kind: 'print', level: string, text: string } | { kind: 'failure', title: string, text: string, code?: string } | { kind: 'end', result?: string }} RunnerMessage
 */

/** @type {(message: RunnerMessage) => void} */
const tell = (message) => postMessage(message);

const HOSTS = new Set(['https://www.wixapis.com', 'http://127.0.0.1:4410', 'http://wix-media.localhost']);

for (const level of /** @type {const} */ (['debug', 'error', 'info', 'log', 'warn'])) {
  console[level] = (...values) => tell({ kind: 'print', level, text: values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ') });
}

/** @param {unknown} error */
function fail(error) {
  if (error instanceof Error) {
    const { code } = /** @type {{ code?: unknown }} */ (error);
    const title = error instanceof SyntaxError ? 'The code is not valid JavaScript' : 'The example failed';
    tell({ kind: 'failure', title, text: `${error.name}: ${error.message}`, code: typeof code === 'string' ? code : undefined });
  } else tell({ kind: 'failure', title: 'The example failed', text: `It threw ${inspect(error)}, which is not an Error` });
}

self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  fail(event.reason);
});
self.addEventListener('error', (event) => {
  event.preventDefault();
  fail(event.error);
});

/**
 * @param {string} code
 * @param {string} root
 */
async function run(code, root) {
  const response = await fetch(new URL('assets/package.json', root));
  /** @type {Record<string, string>} */
  const relative = await response.json();
  const entries = Object.fromEntries(Object.entries(relative).map(([name, path]) => [name, new URL(path, root).href]));
  serveSampleSite(entries, new URL(root).origin);
  const module = await withAddresses(withResult(code), (name) => {
    if (entries[name]) return entries[name];
    throw new Error(`cannot import "${name}": examples can import ${Object.keys(entries).join(', ')}`);
  });
  const address = URL.createObjectURL(new Blob([module], { type: 'text/javascript' }));
  try {
    const { default: result } = await import(address);
    tell({ kind: 'end', result: result === undefined ? undefined : inspect(result) });
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * Answers requests from the sample site. It opens with the first one.
 *
 * @param {Record<string, string>} entries
 * @param {string} ownOrigin
 */
function serveSampleSite(entries, ownOrigin) {
  const { fetch } = globalThis;
  /** @type {ReturnType<typeof openSampleSite> | undefined} */
  let site;
  globalThis.fetch = async (input, init) => {
    const { origin } = new URL(input instanceof Request ? input.url : input, ownOrigin);
    if (HOSTS.has(origin)) return (await (site ??= openSampleSite(entries['wix-media.v2/testing']))).fetch(input, init);
    if (origin === ownOrigin) return fetch(input, init);
    throw new TypeError(`cannot reach ${origin}: examples call a Media Manager in memory`);
  };
  // The functions that are imported directly find credentials where Node has them, and so use the sample site.
  Object.assign(globalThis, { process: { env: { WIX_API_KEY: 'a key', WIX_SITE_ID: '11111111-2222-3333-4444-555555555555' } } });
}

self.addEventListener('message', ({ data: { code, root } }) => run(code, root).catch(fail), { once: true });
