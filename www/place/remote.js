// A Media Manager behind an address: the server that this page came from, or a Wix site.
import { keepSecret } from '../text/secrets.js';
import { javascript } from '../text/code.js';

/** The address of Wix's own service. */
export const WIX = 'https://www.wixapis.com';

/** Where calls go and who makes them. The key lives here, in memory, and nowhere else. */
export class RemotePlace {
  #apiKey;

  /** `eager`: near enough that a long folder may be read to its end without being asked for. */
  constructor({ kind, title, baseUrl = WIX, apiKey = '', siteId = '', eager = false }) {
    this.kind = kind;
    this.title = title;
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.siteId = siteId;
    this.eager = eager;
    this.#apiKey = apiKey;
    keepSecret(apiKey);
  }

  /** What an unfinished upload must meet again to go on. */
  get key() {
    return [this.kind, this.baseUrl, this.siteId].join(' ');
  }

  get hasKey() {
    return this.#apiKey !== '';
  }

  /** The options of createClient. */
  options() {
    const { baseUrl, siteId } = this;
    if (this.#apiKey) return { baseUrl, auth: { apiKey: this.#apiKey, siteId } };
    return siteId ? { baseUrl, headers: { 'wix-site-id': siteId } } : { baseUrl };
  }

  fetch(url, init) {
    return fetch(url, init);
  }

  /** The lines of JavaScript that come before a call. */
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

  /** An address that an element of this page can load: media of a server need nothing more. */
  showable(url) {
    return url;
  }

  /** What it holds, in bytes, where that is known. */
  async usage() {
    return undefined;
  }

  async close() {
    keepSecret('');
  }
}
