// Where calls go and who makes them. The credentials live here, in memory, and nowhere else.
import { createClient } from 'wix-media.v2';
import { Activity } from './activity.js';
import { keepSecret } from './secrets.js';
import { javascript } from './source.js';

/** The address of Wix's own service. */
export const WIX = 'https://www.wixapis.com';

/** Tells of every call by an event `call`, whose detail is an Activity, and of new settings by `change`. */
export class Connection extends EventTarget {
  baseUrl = WIX;
  siteId = '';
  hasKey = false;
  #client;
  #running = new Set();
  // The request that the client is about to hand over.
  #announced;

  constructor() {
    super();
    this.change({});
  }

  /** Takes other settings. Without a key, calls are sent without credentials, which a local server may allow. */
  change({ baseUrl = WIX, apiKey = '', siteId = '' }) {
    this.baseUrl = baseUrl;
    this.siteId = siteId;
    this.hasKey = apiKey !== '';
    keepSecret(apiKey);
    this.#client = createClient({
      baseUrl,
      ...(apiKey ? { auth: { apiKey, siteId } } : siteId && { headers: { 'wix-site-id': siteId } }),
      fetch: (url, init) => this.#send(url, init),
      on: {
        request: (event) => this.#tell(event, { kind: 'request', ...event, sentAt: performance.now() }),
        response: ({ operation, status, requestId }) => this.#answered(operation, { status, requestId }),
        retry: (event) => this.#tell(event, { kind: 'wait', ...event }),
      },
    });
    this.dispatchEvent(new Event('change'));
  }

  /**
   * Makes a call. `work(client, options)` does it, `source` is the JavaScript that says the same. A call that goes on
   * where another stopped brings that one's `controller`.
   */
  call(operation, source, work, controller) {
    const activity = new Activity(operation, source, controller);
    this.#running.add(activity);
    this.dispatchEvent(new CustomEvent('call', { detail: activity }));
    activity.result = activity
      .follow(Promise.resolve().then(() => work(this.#client, { signal: activity.controller.signal })))
      .finally(() => this.#running.delete(activity));
    return activity;
  }

  /** The lines of JavaScript that come before every call of a group. */
  preamble(group) {
    const options = [];
    if (this.hasKey) {
      const site = this.siteId && `    siteId: ${javascript(this.siteId)},\n`;
      options.push(`auth: {\n    apiKey: process.env.WIX_API_KEY,\n${site}  }`);
    } else if (this.siteId) options.push(`headers: { 'wix-site-id': ${javascript(this.siteId)} }`);
    if (this.baseUrl !== WIX) options.push(`baseUrl: ${javascript(this.baseUrl)}`);
    const given = options.length > 0 ? `{\n  ${options.join(',\n  ')},\n}` : '';
    return `import { createClient } from 'wix-media.v2';\n\nconst { ${group} } = createClient(${given});\n\n`;
  }

  /** The newest call of this name that is under way. */
  #current(operation) {
    return [...this.#running].findLast((activity) => activity.operation === operation);
  }

  #tell({ operation }, step) {
    const activity = this.#current(operation);
    if (!activity) return;
    activity.steps.push(step);
    this.#announced = step.kind === 'request' ? step : undefined;
    activity.changed();
  }

  /** Sends a request; the client has announced it just before. What hooks are not told, its body, is noted here. */
  async #send(url, init) {
    const step = this.#announced;
    this.#announced = undefined;
    if (step) step.body = init.body;
    try {
      const response = await fetch(url, init);
      if (step) {
        step.ms = performance.now() - step.sentAt;
        step.statusText = response.statusText;
        step.answer = response.clone().text().catch(() => '');
      }
      return response;
    } catch (error) {
      if (step) step.failure = error;
      throw error;
    }
  }

  #answered(operation, answer) {
    const activity = this.#current(operation);
    if (!activity?.open) return;
    Object.assign(activity.open, answer);
    activity.changed();
  }
}
