// A Media Manager at an address: the server that this page came from, or a Wix site.
/** @import { Credentials, Place, PlaceOptions } from './place.js' */
import { javascript } from '../text/code.js';
import { keepSecret } from '../text/secrets.js';
import { health } from './health.js';
import { sendBlob } from './send-blob.js';

/** The address of Wix's own service. */
export const WIX = 'https://www.wixapis.com';

/**
 * Where calls go, and with which key. The key is kept in memory and nowhere else.
 *
 * @implements {Place}
 */
export class RemotePlace {
  #apiKey;

  /** @param {Credentials & { kind: 'server' | 'site', eager?: boolean }} given */
  constructor({ kind, baseUrl = WIX, apiKey = '', siteId = '', eager = false }) {
    this.kind = kind;
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.siteId = siteId;
    this.eager = eager;
    this.#apiKey = apiKey;
    keepSecret(apiKey);
  }

  get key() {
    return [this.kind, this.baseUrl, this.siteId].join(' ');
  }

  get hasKey() {
    return this.#apiKey !== '';
  }

  /** @returns {PlaceOptions} */
  options() {
    const { baseUrl, siteId } = this;
    if (this.#apiKey) return { baseUrl, auth: { apiKey: this.#apiKey, siteId } };
    return siteId ? { baseUrl, headers: { 'wix-site-id': siteId } } : { baseUrl };
  }

  /**
   * @param {string | URL | Request} url
   * @param {RequestInit} [init]
   * @param {(bytes: number) => void} [onSent]
   */
  fetch(url, init, onSent) {
    const { body } = init ?? {};
    if (onSent && body instanceof Blob) return sendBlob(String(url), { ...init, body }, onSent);
    return fetch(url, init);
  }

  /** @param {readonly string[]} names */
  preamble(names) {
    const options = [];
    if (this.hasKey) {
      const site = this.siteId && `    siteId: ${javascript(this.siteId)},\n`;
      options.push(`auth: {\n    apiKey: process.env.WIX_API_KEY,\n${site}  }`);
    } else if (this.siteId) options.push(`headers: { 'wix-site-id': ${javascript(this.siteId)} }`);
    if (this.baseUrl !== WIX) options.push(`baseUrl: ${javascript(this.baseUrl)}`);
    const given = options.length > 0 ? `{\n  ${options.join(',\n  ')},\n}` : '';
    return `import { createClient } from 'wix-media.v2';\n\nconst { ${names.join(', ')} } = createClient(${given});\n\n`;
  }

  /** @param {string} url */
  showable(url) {
    return url;
  }

  async usage() {
    if (this.kind !== 'server') return undefined;
    const found = await health(this.baseUrl, (url) => fetch(url, { cache: 'no-store' }));
    return found?.bytes === undefined ? undefined : { bytes: found.bytes, version: found.version };
  }

  close() {
    keepSecret('');
  }
}
