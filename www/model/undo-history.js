// The last actions of one place that can be undone, and the undone ones that can be redone.
//
// Each action has an entry with a way: the function that reverses it. An entry is `done` or `undone`, and is offered in either
// state, except while its way runs. A way that succeeds turns the entry, and supplies the next way, so that a redo covers only
// what was really undone. After a failure the same way is offered again. A new action drops the undone entries. `close` ends
// all entries when the page leaves their place.
import { Signal } from './signal.js';

/** Entries kept. Nobody remembers what an older one would undo. */
const MAX_ENTRIES = 20;

/** @typedef {(entry: UndoEntry) => Promise<boolean>} Way Reverses an action. Resolves with whether it succeeded or waits. */

export class UndoEntry {
  /** Emits when the entry is no longer offered in its present state. @type {Signal<void>} */
  spent = new Signal();
  isUndone = false;
  /** Grows with each turn of any entry. */
  turn;
  #way;
  #isRunning = false;
  #isClosed = false;

  /**
   * @param {Way} way
   * @param {number} turn
   */
  constructor(way, turn) {
    this.#way = way;
    this.turn = turn;
  }

  get isReady() {
    return !this.#isRunning && !this.#isClosed;
  }

  /** Undoes or redoes the action, unless that is under way or the page has left the place. */
  async run() {
    if (!this.isReady) return;
    this.#isRunning = true;
    this.spent.emit();
    const { turn } = this;
    const isGoing = await this.#way(this);
    // What was interrupted turns the entry when a person has continued it.
    if (!isGoing || this.turn !== turn) this.#isRunning = false;
  }

  /**
   * Notes that its way succeeded.
   *
   * @param {Way} way The way back from that.
   * @param {number} turn
   */
  turnAround(way, turn) {
    this.isUndone = !this.isUndone;
    this.#isRunning = false;
    this.#way = way;
    this.turn = turn;
  }

  /** Withdraws it for good. */
  close() {
    this.#isClosed = true;
    this.spent.emit();
  }
}

export class UndoHistory {
  /** @type {UndoEntry[]} */
  #entries = [];
  #turns = 0;
  #isClosed = false;

  /**
   * Adds the way back from an action that is done. If the action was the way of an entry, turns that entry. Returns the entry,
   * or nothing once the page has left the place.
   *
   * @param {Way} way
   * @param {UndoEntry} [entry]
   */
  add(way, entry) {
    if (this.#isClosed) return undefined;
    this.#turns += 1;
    if (entry) {
      entry.turnAround(way, this.#turns);
      return entry;
    }
    for (const undone of this.#entries.filter(({ isUndone }) => isUndone)) undone.close();
    const made = new UndoEntry(way, this.#turns);
    this.#entries = [...this.#entries.filter(({ isUndone }) => !isUndone), made];
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift()?.close();
    return made;
  }

  /** Undoes the last action that is done. Returns false if there is none. */
  undoLast() {
    return this.#runLast(false);
  }

  /** Redoes what was undone last. Returns false if there is nothing. */
  redoLast() {
    return this.#runLast(true);
  }

  /** @param {boolean} isUndone */
  async #runLast(isUndone) {
    const ready = this.#entries.filter((entry) => entry.isReady && entry.isUndone === isUndone);
    const last = ready.toSorted((a, b) => a.turn - b.turn).at(-1);
    await last?.run();
    return last !== undefined;
  }

  close() {
    this.#isClosed = true;
    for (const entry of this.#entries.splice(0)) entry.close();
  }
}
