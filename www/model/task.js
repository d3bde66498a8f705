// Work that has no items to count: an import, a zip, the restoring of everything of a type.
//
// A task is `running`, and in the end `over` or `failed`. A failed one stays in the list until a person retries or dismisses it.
// Leaving the place aborts a task without cancelling it: the service goes on with what it has begun.

/**
 * @typedef {object} TaskOptions
 * @property {string} doing What it does, such as `Importing “a.jpg”`.
 * @property {string} failed Says that it failed.
 * @property {(controller: AbortController) => Promise<unknown>} perform Its controller aborts when nobody waits for it any more.
 * @property {() => unknown} [onDone] Runs when it has succeeded.
 * @property {() => unknown} [onCancel] Undoes at the service what has begun.
 * @property {() => unknown} [retry] Does the same again. By default `perform` runs once more.
 * @property {boolean} [isGuarded] Whether closing the page would leave it half done.
 */

export class Task {
  /** @type {'running' | 'failed' | 'over'} */
  state = 'running';
  /** @type {unknown} */
  error;
  /** Whether it takes so long that the page shows it. */
  isShown = false;
  #options;
  #controller = new AbortController();

  /** @param {TaskOptions} options */
  constructor(options) {
    this.#options = options;
    this.doing = options.doing;
    this.failed = options.failed;
    this.retry = options.retry;
    this.isGuarded = options.isGuarded ?? false;
  }

  /** Does the work. */
  async run() {
    this.state = 'running';
    this.error = undefined;
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    try {
      await this.#options.perform(this.#controller);
      this.state = 'over';
    } catch (error) {
      this.state = signal.aborted ? 'over' : 'failed';
      this.error = error;
    }
    if (this.state === 'over' && !signal.aborted) this.#options.onDone?.();
  }

  /** Ends it because a person does not want it any more. */
  cancel() {
    this.stop();
    this.#options.onCancel?.();
  }

  /** Stops waiting for it. */
  stop() {
    this.#controller.abort(new DOMException('Cancelled.', 'AbortError'));
  }
}
