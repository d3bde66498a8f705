// One thing that the page does, from its JavaScript to its result, for the panel that shows it.
import { Signal } from './signal.js';

/**
 * @typedef {object} RequestStep A request and its response.
 * @property {'request'} kind
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {BodyInit | null} [body]
 * @property {number} [sentAt]
 * @property {number} [ms]
 * @property {number} [status]
 * @property {string} [statusText]
 * @property {string} [requestId]
 * @property {unknown} [failure]
 * @property {Promise<string>} [response] The body of the response, if it is text.
 * @property {boolean} [isOpen] Whether the panel shows the body of the response.
 *
 * @typedef {{ kind: 'wait', delayMs: number, status: number | undefined }} WaitStep A pause before a retry.
 * @typedef {RequestStep | WaitStep} Step
 *
 * @typedef {object} About
 * @property {string} title What it does, for people.
 * @property {string} source The JavaScript that does the same.
 * @property {boolean} [quiet] Whether it does not replace what the panel shows.
 * @property {AbortController} [controller]
 */

/** Requests kept per activity. A folder of ten thousand files takes a hundred. */
const MAX_STEPS = 12;

/** @template Result */
export class Activity {
  /** Emits on every change. @type {Signal<void>} */
  changed = new Signal();
  /** @type {'running' | 'done' | 'failed' | 'cancelled'} */
  state = 'running';
  /** The first requests, and the pauses between them. @type {Step[]} */
  steps = [];
  /** How many more steps there were. */
  omitted = 0;
  /** @type {Result | undefined} */
  value;
  /** @type {unknown} */
  error;
  /** How long it took, once it is over. @type {number | undefined} */
  ms;
  #start = performance.now();

  /** @param {About} about */
  constructor({ title, source, quiet = false, controller = new AbortController() }) {
    this.title = title;
    this.source = source;
    this.quiet = quiet;
    this.controller = controller;
  }

  /**
   * Adds a step. Returns whether it is kept.
   *
   * @param {Step} step
   */
  add(step) {
    const isKept = this.steps.length < MAX_STEPS;
    if (isKept) this.steps.push(step);
    else this.omitted += 1;
    this.changed.emit();
    return isKept;
  }

  /**
   * Records the outcome of the work, and passes it on.
   *
   * @param {Promise<Result>} work
   */
  async follow(work) {
    try {
      this.value = await work;
      this.state = 'done';
      return this.value;
    } catch (error) {
      this.error = error;
      this.state = this.controller.signal.aborted ? 'cancelled' : 'failed';
      throw error;
    } finally {
      this.ms = performance.now() - this.#start;
      this.changed.emit();
    }
  }
}
