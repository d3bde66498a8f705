// The journal: what both sides have had, so that a file that has not changed is not read again.
//
// It is two files. The first holds a record of each item, in the order of paths. The other is a log: lines are only added to
// it, and each is written at once, so that a killed process loses nothing that it has done. Opening the journal merges the
// log into the first file under another name, renames that, and deletes the log. Whatever happens in between, opening it
// again has the same result. A line that was cut off is ignored: the next run compares that item again.
//
// Versions of records are ordered as the places in the first line are, whichever of them is the source.
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { isAlive } from '../manager/storage/processes.js';
import { SyncError } from './error.js';
import { NUMBER_MARK, numberOf } from './names.js';
import { linesOf, sorted, Spool, writeLines } from './spool.js';

/** @import { JournalRecord, Retirement } from './internal.d.ts' */

const VERSION = 1;

/**
 * @typedef {object} Header
 * @property {number} journal The version of the format.
 * @property {[string, string]} places
 * @property {boolean} fold
 * @property {boolean} [md5] Whether the hashes of the Media Manager are MD5 digests, once that is known.
 * @property {({ id: string } & Retirement)[]} [retiring] Files that are being replaced.
 */

/** @param {string} line */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** @param {string} file */
const sizeOf = async (file) => (await stat(file).catch(() => undefined))?.size ?? 0;

/**
 * The first line of a file. Returning the iterator closes the file, which otherwise stays open if it is long.
 *
 * @param {string} file
 */
async function firstLineOf(file) {
  const lines = linesOf(file);
  try {
    return (await lines.next()).value ?? '';
  } finally {
    await lines.return();
  }
}

/** A journal that is open. One without a file is kept in memory, and forgotten. */
export class Journal {
  /** @type {string | undefined} */
  #file;
  /** @type {Header} */
  #header;
  /** @type {import('node:fs/promises').FileHandle | undefined} */
  #log;
  #isReadOnly;
  /** Writes wait for each other, as positions in a file are shared. */
  #last = Promise.resolve();
  /** The lines of the next write. */
  #lines = '';
  /** @type {Promise<void> | undefined} */
  #next;
  /** Files that are being replaced, by their ids. @type {Map<string, Retirement>} */
  retiring = new Map();

  /**
   * @param {string | undefined} file
   * @param {Header} header
   * @param {boolean} isReadOnly
   */
  constructor(file, header, isReadOnly) {
    this.#file = file;
    this.#header = header;
    this.#isReadOnly = isReadOnly;
    for (const { id, ...about } of header.retiring ?? []) this.retiring.set(id, about);
  }

  /**
   * Opens a journal.
   *
   * @param {string | undefined} file
   * @param {object} about
   * @param {[string, string]} about.places
   * @param {boolean} about.isFolded
   * @param {(path: string) => string} about.order
   * @param {string} about.scratch A folder for what does not fit into the memory.
   * @param {boolean} about.isReadOnly
   */
  static async open(file, { places, isFolded, order, scratch, isReadOnly }) {
    /** @type {Header} */
    const header = { journal: VERSION, places, fold: isFolded };
    if (file === undefined) return new Journal(undefined, header, true);
    if (!isReadOnly) {
      await mkdir(dirname(file), { recursive: true });
      await lock(file);
    }
    try {
      const first = (await sizeOf(file)) > 0 ? parsed(await firstLineOf(file)) : undefined;
      if (first && first.journal !== VERSION) {
        throw new SyncError('JOURNAL_INVALID', `invalid journal ${file}: expected version ${VERSION}, found ${first.journal}`);
      }
      if (first && String(first.places) !== String(places)) {
        throw new SyncError('JOURNAL_INVALID', `the journal ${file} belongs to other places: name another one`);
      }
      Object.assign(header, { md5: first?.md5, retiring: first?.retiring });
      const journal = new Journal(file, header, isReadOnly);
      if (!first || first.fold !== isFolded || (await sizeOf(`${file}.log`)) > 0) await journal.#merge(order, scratch);
      if (!isReadOnly) journal.#log = await open(`${file}.log`, 'a', 0o600);
      return journal;
    } catch (error) {
      if (!isReadOnly) await rm(`${file}.lock`, { force: true });
      throw error;
    }
  }

  /** Whether the hashes of the Media Manager are MD5 digests; undefined until it is known. */
  get isMd5() {
    return this.#header.md5;
  }

  /**
   * The records, in the order of paths.
   *
   * @param {string} [part] Only those that contain it; the others are not parsed.
   * @returns {AsyncGenerator<JournalRecord, void, undefined>}
   */
  async *records(part = '') {
    if (this.#rows) {
      for await (const { record } of this.#rows) yield record;
      return;
    }
    if (this.#file === undefined || (await sizeOf(this.#file)) === 0) return;
    for await (const line of linesOf(this.#file)) {
      const record = line.includes(part) ? parsed(line) : undefined;
      if (record?.p !== undefined) yield record;
    }
  }

  /**
   * The numbers of files of a Media Manager, by their ids, where a folder has several of one name.
   *
   * @param {number} side The place in the versions of records.
   */
  async pins(side) {
    /** @type {Map<string, number>} */
    const pins = new Map();
    for await (const { p, v } of this.records(NUMBER_MARK)) {
      const number = numberOf(p);
      if (number !== undefined) pins.set(v[side].split(' ')[0], number);
    }
    return pins;
  }

  /** @param {JournalRecord} record */
  put = (record) => this.#append(record);

  /** @param {string} path */
  forget = (path) => this.#append({ p: path, gone: 1 });

  /**
   * Notes that the file with this id is being replaced. Only this line must survive a loss of power: without it the next run takes
   * the old and the new file for two. All others say what the listings and the bytes say, too.
   *
   * @param {string} id
   * @param {Retirement} about
   */
  async retire(id, about) {
    this.retiring.set(id, about);
    await this.#append({ retire: id, about });
    await this.#log?.datasync();
  }

  /**
   * Notes which file has replaced the one with this id.
   *
   * @param {string} id
   * @param {Retirement & { by: string }} about
   */
  replaced(id, about) {
    this.retiring.set(id, about);
    return this.#append({ retire: id, about });
  }

  /** @param {string[]} ids */
  retired(ids) {
    for (const id of ids) this.retiring.delete(id);
    return this.#append({ retired: ids });
  }

  /** @param {boolean} isMd5 */
  learn(isMd5) {
    this.#header.md5 = isMd5;
    return this.#append({ md5: isMd5 });
  }

  async close() {
    await this.#last.catch(() => {});
    await this.#log?.close();
    if (this.#file !== undefined && !this.#isReadOnly) await rm(`${this.#file}.lock`, { force: true });
  }

  /** @param {object} line */
  async #append(line) {
    const log = this.#log;
    if (!log) return;
    this.#lines += `${JSON.stringify(line)}\n`;
    if (!this.#next) {
      this.#next = this.#last.then(() => {
        const lines = this.#lines;
        this.#lines = '';
        this.#next = undefined;
        return log.appendFile(lines);
      });
      this.#last = this.#next.then(() => {}, () => {});
    }
    await this.#next;
  }

  /** @typedef {{ order: string, record: JournalRecord }} Row */
  /** @type {Spool<Row> | undefined} The merged rows where the journal must not be changed. */
  #rows;

  /**
   * Merges the log into the journal.
   *
   * @param {(path: string) => string} order
   * @param {string} scratch
   */
  async #merge(order, scratch) {
    const file = /** @type {string} */ (this.#file);
    const { retiring } = this;
    const header = this.#header;
    async function* rows() {
      for (const each of [file, `${file}.log`]) {
        if ((await sizeOf(each)) === 0) continue;
        for await (const line of linesOf(each)) {
          const record = parsed(line);
          if (record?.p !== undefined) yield { order: order(record.p), record };
          else if (record?.retire !== undefined) retiring.set(record.retire, record.about ?? {});
          else if (record?.retired) for (const id of record.retired) retiring.delete(id);
          else if (record?.md5 !== undefined && record.journal === undefined) header.md5 = record.md5;
        }
      }
    }
    const all = latest(await sorted(rows(), scratch));
    if (this.#isReadOnly) {
      this.#rows = new Spool(scratch);
      for await (const row of all) await this.#rows.push(row);
      return;
    }
    async function* lines() {
      // The first line tells what only the log has told, so the rows are sorted before it is made.
      yield { ...header, retiring: [...retiring].map(([id, about]) => ({ id, ...about })) };
      for await (const { record } of all) yield record;
    }
    await writeLines(file, lines());
    await rm(`${file}.log`, { force: true });
  }
}

/**
 * The last row of each path, without those that are gone.
 *
 * @template {{ order: string, record: any }} Row
 * @param {AsyncIterable<Row> | Iterable<Row>} rows
 * @returns {AsyncGenerator<Row, void, undefined>}
 */
async function* latest(rows) {
  /** @type {Row | undefined} */
  let last;
  for await (const row of rows) {
    if (last && last.order !== row.order && !last.record.gone) yield last;
    last = row;
  }
  if (last && !last.record.gone) yield last;
}

/**
 * Keeps two processes from writing one journal. The lock of a process that is gone is taken over.
 *
 * @param {string} file
 */
async function lock(file) {
  const place = `${file}.lock`;
  const own = JSON.stringify({ pid: process.pid, host: hostname() });
  for (let attempt = 0; ; attempt += 1) {
    try {
      const handle = await open(place, 'wx', 0o600);
      await handle.writeFile(own);
      await handle.close();
      return;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST' || attempt > 1) throw error;
    }
    const holder = parsed(await readFile(place, 'utf8').catch(() => '')) ?? {};
    if (holder.pid !== undefined && (holder.host !== hostname() || isAlive(holder.pid))) {
      throw new SyncError('JOURNAL_LOCKED', `the journal is in use by process ${holder.pid} on ${holder.host}: wait for it, or delete ${place}`);
    }
    await rm(place, { force: true });
  }
}
