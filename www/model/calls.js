// Every call of the package that the page makes, each with what it sends, for the panel that teaches the API.
import { createClient } from 'wix-media.v2';
import { Activity } from './activity.js';

/** Answers beyond this are not kept to look at. */
const LONGEST_ANSWER = 1_000_000;

/** Calls of one place. Tells of each by an event `call`, whose detail is an Activity. */
export class Calls extends EventTarget {
  #place;
  // What one client has written the next one must be able to read, so the mark of the service goes along.
  #consistent;

  constructor(place) {
    super();
    this.#place = place;
  }

  /**
   * Does something with a client: `work(client, { signal })`. `title` says it for people; `source` is the JavaScript
   * that does the same, without the lines that make the client, of which it uses `names`.
   *
   * Each activity has a client of its own, so that every request is told apart from those of others under way.
   */
  make({ title, source, names = [], quiet, controller }, work) {
    const activity = new Activity({ title, source: this.#place.preamble(names) + source, quiet, controller });
    let announced;
    const client = createClient({
      ...this.#place.options(),
      ...(this.#consistent && { headers: { ...this.#place.options().headers, 'x-wix-consistent': this.#consistent } }),
      fetch: (url, init) => {
        const step = announced ?? foreignStep(url, init);
        announced = undefined;
        return this.#send(activity, step, url, init);
      },
      on: {
        request: ({ method, url, headers }) => {
          // Without a key the client sends an empty one, and hooks see neither.
          const { Authorization: _, ...others } = headers;
          announced = { kind: 'request', method, url, headers: this.#place.hasKey ? headers : others };
        },
        retry: ({ delayMs, status }) => activity.step({ kind: 'wait', delayMs, status }),
      },
    });
    this.dispatchEvent(new CustomEvent('call', { detail: activity }));
    activity.result = activity.follow(Promise.resolve().then(() => work(client, { signal: activity.controller.signal })));
    // Whoever waits for the result learns of a failure there; the panel shows it in any case.
    activity.result.catch(() => {});
    return activity;
  }

  /** As `make`, for those who want only the result. */
  run(about, work) {
    return this.make(about, work).result;
  }

  /** Sends a request. What hooks are not told, its body and the answer, is noted here. */
  async #send(activity, step, url, init) {
    step.body = init?.body;
    step.sentAt = performance.now();
    const kept = activity.step(step);
    try {
      const response = await this.#place.fetch(url, init);
      this.#consistent = response.headers.get('x-wix-consistent') || this.#consistent;
      if (kept) note(step, response);
      return response;
    } catch (error) {
      step.failure = error;
      throw error;
    } finally {
      activity.changed();
    }
  }
}

/** A request that no hook announced, such as one to an upload host: there its address is the secret, and stays hidden. */
function foreignStep(url, init) {
  const headers = Object.fromEntries(new Headers(init?.headers));
  return { kind: 'request', method: init?.method ?? 'GET', url: String(url?.url ?? url), headers };
}

/** Notes what came back, and reads along where it is text that people can read. */
function note(step, response) {
  step.ms = performance.now() - step.sentAt;
  step.status = response.status;
  step.statusText = response.statusText;
  step.requestId = response.headers.get('x-wix-request-id') ?? undefined;
  const length = Number(response.headers.get('content-length') ?? 0);
  if (/\bjson\b/.test(response.headers.get('content-type')) && length < LONGEST_ANSWER) {
    step.answer = response.clone().text().catch(() => '');
  }
}
