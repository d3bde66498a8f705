// A Media Manager behind a URL, with the members of a manager that scenarios use. It is emptied before each scenario.
import { fail } from './check.js';

const { fetch } = globalThis;

/** Hosts of the service and of a manager inside the process, which stand for the server here. */
const STANDING_FOR_IT = /^(www\.wixapis\.com|media\.test|wix-media\.localhost)$/;

/**
 * @import { ManagerOptions } from '../harness/package.js'
 * @import { ScenarioManager, ScenarioOptions } from './types.d.ts'
 */
/** The default settings, by the names that scenarios use. */
const DEFAULTS = {
  limits: {
    sizeInBytes: { IMAGE: 25_000_000, VECTOR: 25_000_000, AUDIO: 360_000_000, VIDEO: 15_000_000_000, DOCUMENT: 1_000_000_000 },
    quotaInBytes: null,
    requestsPerMinute: null,
  },
  processing: { pendingMs: { VIDEO: 500, AUDIO: 0, IMAGE: 0 }, fail: [] },
  lagMs: 0,
  delayMs: 0,
};

/** Options that a server takes at its start only. */
const AT_START = /** @type {const} */ (['auth', 'allowPrivateImports']);

/**
 * Connects to a server. `started` are the options it was started with, of {@link AT_START}, and whether its clock is
 * `virtual`, as one behind `wix-media serve` is not.
 *
 * @param {string} origin
 * @param {{ clock?: string, auth?: ManagerOptions['auth'], allowPrivateImports?: boolean }} [options]
 */
export function connect(origin, { clock = 'system', ...started } = {}) {
  const base = new URL(origin);
  let last = 0;

  /** @type {ScenarioManager['fetch']} */
  const send = (url, init) => {
    const target = new URL(url instanceof Request ? url.url : url);
    if (!STANDING_FOR_IT.test(target.hostname)) return fetch(url, init);
    const own = new URL(`${target.pathname}${target.search}`, base);
    return url instanceof Request ? fetch(new Request(own, url), init) : fetch(own, init);
  };

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body] Bytes, or what is sent as JSON.
   */
  const admin = async (method, path, body) => {
    const isJson = body !== undefined && !(body instanceof Uint8Array);
    const response = await fetch(new URL(`/_wix-media/${path}`, base), {
      method,
      ...(body !== undefined && { body: /** @type {BodyInit} */ (isJson ? JSON.stringify(body) : body) }),
      ...(isJson && { headers: { 'content-type': 'application/json' } }),
    });
    const answer = await response.json();
    if (!response.ok) fail(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };

  return {
    isRemote: true,
    fetch: send,
    clock: { advance: (/** @type {number} */ advanceMs) => admin('POST', 'clock', { advanceMs }) },
    faults: {
      add: (/** @type {object} */ fault) => admin('POST', 'faults', fault),
      clear: () => admin('DELETE', 'faults'),
    },
    /** @param {{ content: string, path: string }[]} entries */
    async seed(entries) {
      for (const { content, ...entry } of entries) {
        await admin('PUT', `seed?entry=${encodeURIComponent(JSON.stringify(entry))}`, new TextEncoder().encode(content));
      }
    },

    /**
     * Adds the events since the last time to a list.
     *
     * @param {unknown[]} heard
     */
    async settled(heard) {
      for (;;) {
        const { events, lastEvent } = await admin('GET', `events?after=${last}`);
        heard.push(...events.map((/** @type {{ body: unknown }} */ { body }) => body));
        last = events.at(-1)?.number ?? lastEvent;
        if (events.length === 0) return;
      }
    },

    /**
     * Whether a scenario with these options can run on this server.
     *
     * @param {ScenarioOptions} options
     */
    can({ needs = [], ...options }) {
      if (needs.includes('long-urls')) return false;
      if (needs.includes('clock') && clock !== 'virtual') return false;
      return AT_START.every((name) => options[name] === undefined || JSON.stringify(options[name]) === JSON.stringify(started[name]));
    },

    /**
     * Empties the server, and gives it the settings of a scenario.
     *
     * @param {ScenarioOptions} options
     */
    async prepare({ faults = [], ...options }) {
      await admin('DELETE', 'faults');
      await admin('PATCH', 'settings', DEFAULTS);
      await admin('POST', 'reset');
      const settings = Object.fromEntries(Object.keys(DEFAULTS).flatMap((name) => (name in options ? [[name, /** @type {Record<string, unknown>} */ (options)[name]]] : [])));
      await admin('PATCH', 'settings', settings);
      for (const fault of faults) await admin('POST', 'faults', fault);
      ({ lastEvent: last } = await admin('GET', 'events'));
    },
  };
}
