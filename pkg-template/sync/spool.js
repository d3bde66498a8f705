// Rows that may be too many for the memory: a list that continues in a file, and a sort that does.
//
// The files are created in a scratch folder, and deleted by `close` or when they have been read.
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How many rows a list keeps in memory. A step with all that a manifest holds has about 2 KB. */
const MAX_ROWS = 2000;
/** How many rows are sorted in memory. Each batch of them is a file. */
const MAX_SORTED = 4000;
/** How many files are merged at once. Each of them has some 300 KB of lines in memory: 250 of them, a million rows, took 100 MB. */
const MAX_MERGED = 32;
/** How much of such a file is read at once. */
const READ_SIZE = 32 * 1024;

const nameOf = () => `${randomBytes(6).toString('hex')}.rows`;

/**
 * The lines of a file.
 *
 * @param {string} file
 * @returns {AsyncGenerator<string, void, undefined>}
 */
export async function* linesOf(file) {
  const input = createReadStream(file, { encoding: 'utf8', highWaterMark: READ_SIZE });
  const lines = createInterface({ input, crlfDelay: Infinity });
  try {
    for await (const line of lines) yield line;
  } finally {
    lines.close();
    input.destroy();
  }
}

/** How many lines are written at once. */
const LINES_PER_WRITE = 1000;

/**
 * Writes objects as lines of JSON into a file that is either the old or the new one.
 *
 * @param {string} file
 * @param {AsyncIterable<object>} objects
 * @param {string} [partial] The file until it is complete.
 */
export async function writeLines(file, objects, partial = `${file}.new`) {
  const output = await open(partial, 'w', 0o600);
  try {
    let text = '';
    let count = 0;
    for await (const each of objects) {
      text += `${JSON.stringify(each)}\n`;
      count += 1;
      if (count % LINES_PER_WRITE > 0) continue;
      await output.writeFile(text);
      text = '';
    }
    await output.writeFile(text);
  } finally {
    await output.close();
  }
  await rename(partial, file);
}

/**
 * A list of rows, which are JSON. It can be read several times.
 *
 * @template Row
 */
export class Spool {
  /** @type {Row[]} */
  #rows = [];
  /** @type {string | undefined} */
  #file;
  #folder;
  #most;
  length = 0;

  /**
   * @param {string} folder For its file.
   * @param {number} [most] Rows in memory.
   */
  constructor(folder, most = MAX_ROWS) {
    this.#folder = folder;
    this.#most = most;
  }

  /** @param {Row} row */
  async push(row) {
    this.#rows.push(row);
    this.length += 1;
    if (this.#rows.length < this.#most) return;
    if (!this.#file) {
      await mkdir(this.#folder, { recursive: true });
      this.#file = join(this.#folder, nameOf());
    }
    const text = this.#rows.map((each) => `${JSON.stringify(each)}\n`).join('');
    this.#rows = [];
    await appendFile(this.#file, text);
  }

  /** @returns {AsyncGenerator<Row, void, undefined>} */
  async *[Symbol.asyncIterator]() {
    if (this.#file) for await (const line of linesOf(this.#file)) yield JSON.parse(line);
    yield* this.#rows;
  }

  async close() {
    if (this.#file) await rm(this.#file, { force: true });
  }
}

/** @typedef {{ order: string }} Ordered */

/**
 * @param {Ordered} one
 * @param {Ordered} other
 */
const byOrder = (one, other) => (one.order < other.order ? -1 : Number(one.order > other.order));

/**
 * Sorts rows by their member `order`. Few rows become an array; more are sorted in files and merged. Of rows with the same
 * `order` the earlier comes first.
 *
 * @template {Ordered} Row
 * @param {AsyncIterable<Row>} rows
 * @param {string} folder For the files.
 * @param {number} [most] Rows in memory.
 * @param {number} [width] Files that are merged at once.
 * @returns {Promise<Row[] | AsyncGenerator<Row, void, undefined>>}
 */
export async function sorted(rows, folder, most = MAX_SORTED, width = MAX_MERGED) {
  /** @type {Row[]} */
  let batch = [];
  /** Sorted files, in the order of their rows' arrival. Those of level 0 are batches, the others are merged ones. @type {{ file: string, level: number }[]} */
  const runs = [];
  const add = (/** @type {number} */ level) => {
    const file = join(folder, nameOf());
    runs.push({ file, level });
    return file;
  };
  const flush = async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(add(0), batch.sort(byOrder).map((each) => `${JSON.stringify(each)}\n`).join(''));
    batch = [];
    for (let level = 0; runs.length >= width && runs.slice(-width).every((run) => run.level === level); level += 1) {
      // Until they are merged, the files belong to the list, which is what a failure deletes.
      const last = runs.slice(-width);
      const file = add(level + 1);
      await writeLines(file, merged(last.map((run) => run.file)));
      runs.splice(-width - 1, width);
    }
  };
  try {
    for await (const row of rows) {
      batch.push(row);
      if (batch.length >= most) await flush();
    }
    if (runs.length === 0) return batch.sort(byOrder);
    if (batch.length > 0) await flush();
  } catch (error) {
    await Promise.all(runs.map(({ file }) => rm(file, { force: true })));
    throw error;
  }
  return merged(runs.map(({ file }) => file));
}

/**
 * @template {Ordered} Row
 * @param {string[]} files
 * @returns {AsyncGenerator<Row, void, undefined>}
 */
async function* merged(files) {
  const inputs = files.map((file) => linesOf(file));
  try {
    /** @type {{ row: Row, index: number }[]} */
    const heads = [];
    const refill = async (/** @type {number} */ index) => {
      const { done, value } = await inputs[index].next();
      if (done) return;
      const row = JSON.parse(value);
      let at = heads.length;
      while (at > 0) {
        const before = heads[at - 1];
        const comparison = byOrder(before.row, row);
        if (comparison < 0 || (comparison === 0 && before.index < index)) break;
        at -= 1;
      }
      heads.splice(at, 0, { row, index });
    };
    for (const index of inputs.keys()) await refill(index);
    for (let head = heads.shift(); head; head = heads.shift()) {
      yield head.row;
      await refill(head.index);
    }
  } finally {
    await Promise.all(inputs.map((input) => input.return()));
    await Promise.all(files.map((file) => rm(file, { force: true })));
  }
}
