// One call of a function, from its JavaScript to its result, for the panel that shows it.

/**
 * What is known of a call. It tells of every change by a `change` event.
 *
 * `steps` are the requests that were sent and the waits between them, in order.
 */
export class Activity extends EventTarget {
  state = 'running';
  steps = [];
  value;
  error;
  ms;
  #start = performance.now();

  constructor(operation, source, controller = new AbortController()) {
    super();
    this.operation = operation;
    this.source = source;
    this.controller = controller;
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }

  cancel() {
    this.controller.abort(new DOMException('You cancelled this call.', 'AbortError'));
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

  /** The last request, if it has not been answered. */
  get open() {
    const last = this.steps.at(-1);
    return last?.kind === 'request' && last.status === undefined ? last : undefined;
  }
}
