// A crew: work that runs side by side, a few pieces at a time.

/**
 * Runs a limited number of pieces of work at once.
 *
 * @param {number} count
 */
export function crew(count) {
  /** @type {Set<Promise<void>>} */
  const running = new Set();
  return {
    /**
     * Starts a piece of work when there is room for it. It must not reject.
     *
     * @param {() => Promise<void>} work
     */
    async start(work) {
      while (running.size >= count) await Promise.race(running);
      const piece = work().finally(() => running.delete(piece));
      running.add(piece);
    },
    async end() {
      await Promise.all(running);
    },
  };
}
