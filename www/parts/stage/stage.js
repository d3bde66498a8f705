// The middle of the window: the grid of items, or a message in its place.

export class Stage {
  #grid;
  #message;

  /**
   * @param {HTMLElement} grid
   * @param {HTMLElement} message
   */
  constructor(grid, message) {
    this.#grid = grid;
    this.#message = message;
  }

  showGrid() {
    this.#grid.hidden = false;
    this.#message.hidden = true;
  }

  /**
   * @param {Node} content
   * @param {{ isLate?: boolean }} [options] `isLate` shows it only after a moment, as a spinner that may be gone by then.
   */
  showMessage(content, { isLate = false } = {}) {
    this.#grid.hidden = true;
    this.#message.classList.toggle('late', isLate);
    this.#message.replaceChildren(content);
    this.#message.hidden = false;
  }
}
