// One thing that the page does, from its JavaScript to its result, for the panel that shows it.

/** How many requests of one activity are kept; a folder of ten thousand files takes a hundred. */
const KEPT = 12;

/**
 * What is known of it. It tells of every change by a `change` event.
 *
 * `steps` are the first requests that were sent and the waits between them, in order; `left` counts the others.
 */
export class Activity extends EventTarget {
  state = 'running';
  steps = [];
  left = 0;
  value;
  error;
  ms;
  #start = performance.now();

  /** `title` says it for people, `source` for programs. A `quiet` one is not put before the person's eyes. */
  constructor({ title, source, quiet = false, controller = new AbortController() }) {
    super();
    this.title = title;
    this.source = source;
    this.quiet = quiet;
    this.controller = controller;
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }

  cancel() {
    this.controller.abort(new DOMException('You cancelled this.', 'AbortError'));
  }

  /** Takes in a request or a wait. Whether it is kept. */
  step(step) {
    const kept = this.steps.length < KEPT;
    if (kept) this.steps.push(step);
    else this.left += 1;
    this.changed();
    return kept;
  }

  /** Follows a promise to its end, and hands on what it gives. */
  async follow(promise) {
    try {
      this.value = await promise;
      this.state = 'done';
      return this.value;
    } catch (error) {
      this.error = error;
      this.state = this.controller.signal.aborted ? 'cancelled' : 'failed';
      throw error;
    } finally {
      this.ms = performance.now() - this.#start;
      this.changed();
    }
  }
}
