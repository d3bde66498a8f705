// The last actions of one place that can be undone.
//
// Each action has an entry of its own, with its own way back. An entry is `ready` until it runs, once: by the button of its
// message, or as the last one by the keyboard. If that fails it is `ready` again. `close` ends all entries, when the page
// leaves their place.
import { Signal } from './signal.js';

/** Entries kept. Nobody remembers what an older one would undo. */
const MAX_ENTRIES = 20;

export class UndoEntry {
  /** Emits when it is no longer on offer. @type {Signal<void>} */
  spent = new Signal();
  #undo;
  #isReady = true;

  /** @param {() => Promise<boolean>} undo Resolves with whether it succeeded. */
  constructor(undo) {
    this.#undo = undo;
  }

  get isReady() {
    return this.#isReady;
  }

  /** Undoes the action, unless that has been done or the place was left. */
  async run() {
    if (!this.#isReady) return;
    this.spend();
    this.#isReady = !(await this.#undo());
  }

  /** Takes it off the offer. */
  spend() {
    this.#isReady = false;
    this.spent.emit();
  }
}

export class UndoHistory {
  /** @type {UndoEntry[]} */
  #entries = [];
  #isClosed = false;

  /**
   * Adds the way back from an action that is done. Returns its entry, or nothing once the place was left.
   *
   * @param {() => Promise<boolean>} undo
   */
  add(undo) {
    if (this.#isClosed) return undefined;
    const entry = new UndoEntry(undo);
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift()?.spend();
    return entry;
  }

  /** Undoes the last action that was not undone yet. Returns false if there is none. */
  async undoLast() {
    const entry = this.#entries.findLast(({ isReady }) => isReady);
    await entry?.run();
    return entry !== undefined;
  }

  close() {
    this.#isClosed = true;
    for (const entry of this.#entries.splice(0)) entry.spend();
  }
}
