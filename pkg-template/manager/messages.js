// Requests and responses as the server of `wix-media serve` and the thread of a manager hold them.
//
// They have what those two read of the classes of fetch. Making a Request, a Response and their Headers takes longer than
// answering a small call, and on its way from the socket to the core and back a call would need two of each.

/** What no header field can carry. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Header fields, as in `Headers`: names in lower case, and several values of one name joined. */
export class Fields {
  /** @type {Map<string, string>} */
  #values = new Map();

  /** @param {string} [lines] Names and values in turns, each on a line. */
  constructor(lines = '') {
    if (lines === '') return;
    const texts = lines.split('\n');
    for (let at = 0; at + 1 < texts.length; at += 2) this.append(texts[at], texts[at + 1]);
  }

  /** @param {string} name */
  get(name) {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  /** @param {string} name */
  has(name) {
    return this.#values.has(name.toLowerCase());
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  set(name, value) {
    if (UNSENDABLE.test(value)) throw new TypeError(`invalid value of the header ${name}`);
    this.#values.set(name.toLowerCase(), value.trim());
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  append(name, value) {
    const before = this.get(name);
    const separator = name.toLowerCase() === 'cookie' ? '; ' : ', ';
    this.set(name, before === null ? value : `${before}${separator}${value.trim()}`);
  }

  /** @param {string} name */
  delete(name) {
    this.#values.delete(name.toLowerCase());
  }

  [Symbol.iterator]() {
    return this.#values.entries();
  }
}

/** A response whose body is a stream, or bytes as a whole. */
export class Answer {
  /**
   * @param {Uint8Array | ReadableStream<Uint8Array> | null} body
   * @param {{ status: number, headers: Headers }} head
   */
  constructor(body, { status, headers }) {
    this.status = status;
    this.headers = headers;
    const isWhole = body instanceof Uint8Array;
    this.whole = isWhole ? body : undefined;
    this.body = isWhole ? null : body;
  }
}

/**
 * Header fields, for whoever takes those of fetch.
 *
 * @param {string} [lines]
 */
export const fieldsOf = (lines) => /** @type {Headers} */ (/** @type {unknown} */ (new Fields(lines)));

/**
 * A response, for whoever takes those of fetch.
 *
 * @param {ConstructorParameters<typeof Answer>} parts
 */
export const answerOf = (...parts) => /** @type {Response} */ (/** @type {unknown} */ (new Answer(...parts)));

/**
 * The body of a response as a whole, where it is held like that.
 *
 * @param {Response} response
 */
export const wholeOf = (response) => /** @type {Partial<Answer>} */ (response).whole;

/**
 * Whether the argument of `fetch` is a request already: one of the runtime, or one of a server or a thread.
 *
 * @param {string | URL | Request} input
 * @param {RequestInit | undefined} init
 * @returns {input is Request}
 */
export const isRequest = (input, init) => init === undefined && typeof input === 'object' && 'headers' in input;
