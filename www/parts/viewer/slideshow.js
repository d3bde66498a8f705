// A slideshow: goes from file to file by itself. A picture is seen for some seconds after it has loaded; a recording that plays
// is heard to its end.
/** @import { FileItem } from '../../model/item.js' */

/** Milliseconds for which a file is seen. */
const REST = 5000;

/**
 * @typedef {object} SlideshowHandlers
 * @property {() => FileItem | undefined} next The next file: the first one after the last.
 * @property {(item: FileItem) => unknown} go
 * @property {(isRunning: boolean) => unknown} changed
 */

export class Slideshow {
  #handlers;
  #isRunning = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** The player of the file that is shown. @type {HTMLMediaElement | undefined} */
  #player;

  /** @param {SlideshowHandlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  toggle() {
    this.#isRunning = !this.#isRunning;
    this.#handlers.changed(this.#isRunning);
    this.#plan();
  }

  stop() {
    if (this.#isRunning) this.toggle();
  }

  /**
   * Begins the time of the file that is shown now.
   *
   * @param {Element | null} [player] What plays it.
   */
  wait(player) {
    this.#player = player instanceof HTMLMediaElement ? player : undefined;
    this.#plan();
  }

  #plan() {
    clearTimeout(this.#timer);
    if (this.#isRunning) this.#timer = setTimeout(() => this.#advance(), REST);
  }

  #advance() {
    const player = this.#player;
    if (player && !player.paused && !player.ended) {
      player.addEventListener('ended', () => this.#isRunning && player === this.#player && this.#advance(), { once: true });
      return;
    }
    const item = this.#handlers.next();
    if (item) this.#handlers.go(item);
    else this.stop();
  }
}
