// The places where a Media Manager can be, and how each is opened.
/** @import { ApiKeyAuth } from 'wix-media.v2' */
import { say } from '../text/language.js';
import { BrowserPlace } from './browser.js';
import { RemotePlace } from './remote.js';

/**
 * @typedef {'browser' | 'server' | 'site'} PlaceKind
 *
 * @typedef {(url: string | URL | Request, init?: RequestInit, onSent?: (bytes: number) => void) => Promise<Response>} PlaceFetch
 *   `onSent` is told how many bytes of a blob have left, where bytes travel.
 *
 * @typedef {object} Place
 * @property {PlaceKind} kind
 * @property {string} key Identifies the place to unfinished uploads and to other tabs.
 * @property {string} baseUrl
 * @property {boolean} eager Whether it is near enough to read a long folder to its end without being asked.
 * @property {boolean} hasKey
 * @property {() => PlaceOptions} options The options of `createClient`.
 * @property {(names: readonly string[]) => string} preamble The lines of JavaScript that come before a call.
 * @property {PlaceFetch} fetch
 * @property {(url: string) => string | Promise<string>} showable An address that an element of the page can load.
 * @property {() => Promise<Usage | undefined>} usage How much is in it, if that is known.
 * @property {() => Promise<Blob>} [backup] Everything in it, as an archive.
 * @property {() => void} close
 *
 * @typedef {{ baseUrl: string, auth?: ApiKeyAuth, headers?: Record<string, string> }} PlaceOptions
 *
 * @typedef {{ baseUrl?: string, apiKey?: string, siteId?: string }} Credentials
 */

/**
 * @typedef {object} Usage
 * @property {number} bytes Of all files, those in the trash included.
 * @property {string | undefined} version Of the Media Manager.
 * @property {number} [free] Bytes for which there is room, as far as the browser says.
 * @property {boolean} [isPersistent] Whether the browser keeps the files when room gets short.
 */

/**
 * The name of a place, as in the switch of the page.
 *
 * @param {PlaceKind} kind
 */
export const placeName = (kind) => ({ browser: say`In this browser`, server: say`This server`, site: say`A Wix site` })[kind];

/**
 * @param {unknown} kind
 * @returns {kind is PlaceKind}
 */
export const isPlaceKind = (kind) => kind === 'browser' || kind === 'server' || kind === 'site';

/**
 * Opens a place. Rejects with an error of code `LOCKED` if another tab has it open and cannot share it.
 *
 * @param {PlaceKind} kind
 * @param {Credentials} [credentials]
 * @returns {Promise<Place>}
 */
export async function openPlace(kind, credentials = {}) {
  switch (kind) {
    case 'browser':
      return new BrowserPlace().open();
    case 'server':
      return new RemotePlace({ kind, baseUrl: new URL('.', document.baseURI).href, eager: true, ...credentials });
    case 'site':
      return new RemotePlace({ kind, ...credentials });
  }
}

/** @typedef {'manager' | 'other' | 'silent'} ServerKind A Media Manager, a plain web server, or no answer. */

/**
 * Asks what the server is that this page came from.
 *
 * @returns {Promise<ServerKind>}
 */
export async function askServer() {
  try {
    const { ok, status, headers } = await fetch('_wix-media/health', { cache: 'no-store', signal: AbortSignal.timeout(HEALTH_TIMEOUT) });
    if (ok && /json/.test(headers.get('content-type') ?? '')) return 'manager';
    // A proxy answers for a server that is down.
    return status >= 500 ? 'silent' : 'other';
  } catch {
    return 'silent';
  }
}

/** Milliseconds after which a server counts as silent. A busy one may take several seconds. */
const HEALTH_TIMEOUT = 8000;
