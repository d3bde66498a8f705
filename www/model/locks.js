// Web Locks by which a tab owns unfinished work, so that no other tab resumes it at the same time.

export class Locks {
  #kind;
  /** Functions that release a lock, by the ID of the work. @type {Map<string, () => void>} */
  #held = new Map();

  /** @param {'upload' | 'job'} kind */
  constructor(kind) {
    this.#kind = kind;
  }

  /**
   * Takes the lock of a piece of work until `release`, or for as long as the page lives. Resolves with whether it is this
   * tab's. With a signal, waits for whoever has the lock, until the signal aborts.
   *
   * @param {string} id
   * @param {AbortSignal} [signal]
   * @returns {Promise<boolean>}
   */
  acquire(id, signal) {
    // Without Web Locks there is no way to tell, and lost work is worse than work that is done twice.
    if (this.#held.has(id) || !navigator.locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      /** @param {Lock | null} lock */
      const hold = (lock) => {
        resolve(lock !== null);
        if (!lock) return undefined;
        return new Promise((release) => {
          this.#held.set(id, () => release(undefined));
        });
      };
      const options = signal ? { signal } : { ifAvailable: true };
      navigator.locks.request(`wix-media ${this.#kind} ${id}`, options, hold).catch(() => resolve(!signal?.aborted));
    });
  }

  /** @param {string} id */
  release(id) {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }

  releaseAll() {
    for (const id of [...this.#held.keys()]) this.release(id);
  }
}
