// How fast a transfer is, over its last seconds.

/** Milliseconds that count. Shorter ones make the number jump, longer ones make it late. */
const WINDOW = 6000;
/** A rate of less time than this is a guess. */
const MIN_TIME = 1000;

export class TransferRate {
  /** @type {{ time: number, bytes: number }[]} */
  #samples = [];

  /**
   * Notes how many bytes have left by now. Fewer than before begin a new attempt.
   *
   * @param {number} bytes
   * @param {number} [now]
   */
  add(bytes, now = performance.now()) {
    const last = this.#samples.at(-1);
    if (last && bytes < last.bytes) this.reset();
    this.#samples.push({ time: now, bytes });
    this.#forget(now);
  }

  reset() {
    this.#samples = [];
  }

  /**
   * Bytes per second, or 0 while that is unknown.
   *
   * @param {number} [now]
   */
  at(now = performance.now()) {
    this.#forget(now);
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || now - first.time < MIN_TIME) return 0;
    return (1000 * (last.bytes - first.bytes)) / (now - first.time);
  }

  /** @param {number} now */
  #forget(now) {
    while (this.#samples.length > 1 && this.#samples[0].time < now - WINDOW) this.#samples.shift();
  }
}
