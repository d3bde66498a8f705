// What commands print: tables of items, results, JSON.
import { printable, table } from './terminal.js';
import { bytes, count, moment } from './units.js';

/** @import { Context, Item, Paint } from './internal.d.ts' */

/** @param {unknown} value */
export const json = (value) => JSON.stringify(value, null, 2);

/**
 * Prints one line for each result, or all of them as JSON.
 *
 * @template Entry
 * @param {Entry[]} entries
 * @param {Pick<Context, 'options' | 'print'>} context
 * @param {(entry: Entry) => string} line
 */
export function report(entries, { options, print }, line) {
  if (options.json) return print(json(entries));
  if (!options.quiet) for (const entry of entries) print(printable(line(entry)));
}

/**
 * Prints what failed and what was left out. With `quiet` it prints only what failed.
 *
 * @param {Pick<import('../types/sync.js').SyncReport, 'failed' | 'failures' | 'skips'>} report
 * @param {{ note: Context['note'], quiet?: boolean }} context
 */
export function noteProblems({ failed, failures, skips }, { note, quiet }) {
  for (const { path, message } of failures) note(`Failed: ${printable(path)}: ${printable(message)}`);
  if (failed > failures.length) note(`Failed: ${count(failed - failures.length, 'other item')}`);
  for (const { path, reason } of quiet ? [] : skips) note(`Skipped: ${printable(path)}: it is ${reason}`);
}

/**
 * The lines of a table of items. Without items there are none, as scripts expect.
 *
 * @param {Item[]} items
 * @param {{ isLong?: boolean, withPath?: boolean, paint: Paint }} options
 */
export function itemTable(items, { isLong, withPath, paint }) {
  if (items.length === 0) return [];
  /** @type {{ title: string, align?: 'right', of: (item: Item) => string | undefined }[]} */
  const columns = [
    { title: 'Name', of: ({ kind, name, path }) => (withPath ? (path ?? name) : name) + (kind === 'folder' ? '/' : '') },
    { title: 'Size', align: 'right', of: ({ file }) => (file ? bytes(file.sizeInBytes ?? 0) : '') },
    { title: 'Type', of: ({ file }) => file?.mediaType ?? 'folder' },
    { title: 'Changed', of: ({ file, folder }) => moment((file ?? folder)?._updatedDate) },
  ];
  if (isLong) {
    columns.push(
      { title: 'State', of: stateOf },
      { title: 'Labels', of: ({ file }) => (file?.labels ?? []).join(', ') },
      { title: 'Id', of: ({ id }) => id },
    );
  }
  return table(columns, items.map((item) => columns.map(({ of }) => of(item) ?? '')), paint);
}

/** @param {Item} item */
const stateOf = ({ file }) =>
  [file?.operationStatus && file.operationStatus !== 'READY' ? file.operationStatus.toLowerCase() : '', file?.private ? 'private' : '']
    .filter(Boolean)
    .join(', ');
