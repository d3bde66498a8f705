// A typed event with one subject: who listens gets every value that is emitted.

/** @template Value */
export class Signal {
  /** @type {Set<(value: Value) => unknown>} */
  #listeners = new Set();

  /**
   * Calls a function with every value from now on. Returns a function that ends this.
   *
   * @param {(value: Value) => unknown} listener
   */
  listen(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param {Value} value */
  emit(value) {
    // A listener may add or remove others; the new ones wait for the next value.
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(value);
  }
}
