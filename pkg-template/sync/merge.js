// Two listings and the journal, side by side.

/** @import { Entry, JournalRecord, Triple } from './internal.d.ts' */

/**
 * @template Row
 * @param {AsyncIterable<Row>} rows
 * @param {(row: Row) => string} pathOf
 * @param {(path: string) => string} order
 */
function headOf(rows, pathOf, order) {
  const iterator = rows[Symbol.asyncIterator]();
  let last = '';
  const head = {
    /** @type {Row | undefined} */
    row: undefined,
    /** @type {string | undefined} Undefined at the end. */
    order: undefined,
    async advance() {
      const { done, value } = await iterator.next();
      head.row = done ? undefined : value;
      head.order = undefined;
      if (done) return;
      head.order = order(pathOf(value));
      if (head.order <= last) throw new Error(`a listing is out of order at ${pathOf(value)}`);
      last = head.order;
    },
    end: () => iterator.return?.(),
  };
  return head;
}

/**
 * Joins sorted listings by path.
 *
 * @param {AsyncIterable<Entry>} source
 * @param {AsyncIterable<Entry>} target
 * @param {AsyncIterable<JournalRecord>} records
 * @param {(path: string) => string} order
 * @returns {AsyncGenerator<Triple, void, undefined>}
 */
export async function* joined(source, target, records, order) {
  const pathOf = (/** @type {Entry} */ { path }) => path;
  const [one, other, record] = [headOf(source, pathOf, order), headOf(target, pathOf, order), headOf(records, ({ p }) => p, order)];
  const heads = [one, other, record];
  try {
    await Promise.all(heads.map((head) => head.advance()));
    for (;;) {
      const [first] = heads.flatMap((head) => (head.order === undefined ? [] : [head.order])).sort();
      if (first === undefined) return;
      const isFirst = (/** @type {{ order?: string }} */ head) => head.order === first;
      /** @type {Triple} */
      const triple = { path: '' };
      if (isFirst(record)) Object.assign(triple, { record: record.row, path: record.row?.p });
      if (isFirst(other)) Object.assign(triple, { target: other.row, path: other.row?.path });
      if (isFirst(one)) Object.assign(triple, { source: one.row, path: one.row?.path });
      const due = heads.filter(isFirst);
      yield triple;
      await Promise.all(due.map((head) => head.advance()));
    }
  } finally {
    await Promise.all(heads.map((head) => head.end()));
  }
}
