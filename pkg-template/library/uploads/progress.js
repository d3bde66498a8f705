// Progress that only moves forward, reaches its end once, and is silent afterwards.

// A little less than a frame of a slow screen.
const INTERVAL = 40;

/**
 * Tells `listener` how far an upload is: `{ sent, confirmed, total, … }`. `sent` counts bytes that were handed to the
 * network, `confirmed` those that the service has; neither ever goes back, whatever has to be sent again. The total is
 * reached by `confirmed` in the last event, and in no other.
 */
export class Progress {
  #listener;
  #about;
  #sent = 0;
  #confirmed = 0;
  #told = '';
  #last = -INTERVAL;
  #isOver = false;

  constructor(listener, about) {
    this.#listener = listener;
    this.#about = about;
  }

  get total() {
    return this.#about.total;
  }

  set total(total) {
    this.#about.total = total;
  }

  set name(name) {
    this.#about.name = name;
  }

  /** More to tell along; what is done is told at once. */
  about(more) {
    if (more.done !== this.#about.done) this.#last = -INTERVAL;
    Object.assign(this.#about, more);
  }

  set id(id) {
    this.#about.id = id;
    this.#tell(true);
  }

  sent(bytes) {
    this.#sent = Math.max(this.#sent, this.#limited(bytes));
    this.#tell();
  }

  confirmed(bytes) {
    this.#confirmed = Math.max(this.#confirmed, this.#limited(bytes));
    this.#sent = Math.max(this.#sent, this.#confirmed);
    this.#tell();
  }

  #limited(bytes) {
    return Math.min(bytes, this.total ?? Infinity);
  }

  /** The upload is complete. */
  finish(total) {
    this.total = total;
    this.#sent = total;
    this.#confirmed = total;
    this.#tell(true, true);
    this.close();
  }

  /** Nothing more will be told. */
  close() {
    this.#isOver = true;
  }

  #tell(now = false, isEnd = false) {
    if (this.#isOver || !this.#listener) return;
    // All bytes are there, the file is not yet.
    if (!isEnd && this.total !== undefined && this.#confirmed >= this.total) return;
    const text = `${this.#sent} ${this.#confirmed} ${this.#about.id} ${this.#about.done}`;
    const time = performance.now();
    if (text === this.#told || (!now && time - this.#last < INTERVAL)) return;
    this.#told = text;
    this.#last = time;
    try {
      this.#listener({ ...this.#about, sent: this.#sent, confirmed: this.#confirmed })?.catch?.(() => {});
    } catch {
      // What goes wrong inside a listener is its own affair.
    }
  }
}
