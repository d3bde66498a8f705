// The calls of the package that the page makes, recorded for the panel that teaches the API.
/** @import { CallOptions, Client, FetchInit } from 'wix-media.v2' */
/** @import { Place } from '../place/place.js' */
/** @import { About, RequestStep } from './activity.js' */
import { createClient } from 'wix-media.v2';
import { Activity } from './activity.js';
import { Signal } from './signal.js';

/** @typedef {(bytes: number) => void} OnSent Called with the number of bytes of a blob that have left. */

/** Larger response bodies are not recorded. */
const MAX_BODY_SIZE = 1_000_000;

export class Calls {
  /** Emits every activity as it starts. @type {Signal<Activity<unknown>>} */
  started = new Signal();
  #place;
  /**
   * The consistency token of the last response. Every activity has a client of its own, and each must be able to read what
   * an earlier one wrote.
   *
   * @type {string | undefined}
   */
  #consistency;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
  }

  /**
   * Does something with a client, and resolves with the result.
   *
   * Each activity has a client of its own, so that its requests can be told from those of activities that run at the same
   * time.
   *
   * @template Result
   * @param {About & { names: readonly string[], onSent?: OnSent }} about `source` leaves out the lines that make the client; `names`
   *   are the members of the client that it uses.
   * @param {(client: Client, options: CallOptions & { signal: AbortSignal }) => Promise<Result>} work
   */
  run({ title, source, names, quiet, controller, onSent }, work) {
    /** @type {Activity<Result>} */
    const activity = new Activity({ title, source: this.#place.preamble(names) + source, quiet, controller });
    const client = this.#clientFor(activity, onSent);
    this.started.emit(activity);
    const { signal } = activity.controller;
    const result = activity.follow(Promise.resolve().then(() => work(client, { signal })));
    // The panel shows a failure even if the caller does not wait for the result.
    result.catch(() => {});
    return result;
  }

  /**
   * @param {Activity<unknown>} activity
   * @param {OnSent} [onSent]
   */
  #clientFor(activity, onSent) {
    const options = this.#place.options();
    /** @type {RequestStep | undefined} */
    let announced;
    return createClient({
      ...options,
      ...(this.#consistency && { headers: { ...options.headers, 'x-wix-consistent': this.#consistency } }),
      fetch: (url, init) => {
        const step = announced ?? unannouncedStep(url, init);
        announced = undefined;
        return this.#send(activity, step, url, init, onSent);
      },
      on: {
        request: ({ method, url, headers }) => {
          // Without a key the client sends an empty Authorization header, which hooks do not see either.
          const { Authorization: _, ...others } = headers;
          announced = { kind: 'request', method, url, headers: this.#place.hasKey ? headers : others };
        },
        retry: ({ delayMs, status }) => activity.add({ kind: 'wait', delayMs, status }),
      },
    });
  }

  /**
   * Sends a request. Records what hooks do not see: the body and the response.
   *
   * @param {Activity<unknown>} activity
   * @param {RequestStep} step
   * @param {string} url
   * @param {FetchInit} init
   * @param {OnSent} [onSent]
   */
  async #send(activity, step, url, init, onSent) {
    step.body = init?.body;
    step.sentAt = performance.now();
    const isKept = activity.add(step);
    try {
      const response = await this.#place.fetch(url, init, onSent);
      this.#consistency = response.headers.get('x-wix-consistent') || this.#consistency;
      if (isKept) record(step, response);
      return response;
    } catch (error) {
      step.failure = error;
      throw error;
    } finally {
      activity.changed.emit();
    }
  }
}

/**
 * A request that no hook announced, such as one to an upload host.
 *
 * @param {string | Request} url
 * @param {FetchInit} [init]
 * @returns {RequestStep}
 */
const unannouncedStep = (url, init) => ({
  kind: 'request',
  method: init?.method ?? 'GET',
  url: url instanceof Request ? url.url : String(url),
  headers: Object.fromEntries(new Headers(init?.headers)),
});

/**
 * Records a response, and its body if it is text.
 *
 * @param {RequestStep} step
 * @param {Response} response
 */
function record(step, response) {
  step.ms = performance.now() - (step.sentAt ?? 0);
  step.status = response.status;
  step.statusText = response.statusText;
  step.requestId = response.headers.get('x-wix-request-id') ?? undefined;
  const length = Number(response.headers.get('content-length') ?? 0);
  if (/\bjson\b/.test(response.headers.get('content-type') ?? '') && length < MAX_BODY_SIZE) {
    step.response = response.clone().text().catch(() => '');
  }
}
