// `wix-media put`: uploads files and folders of this machine.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { EXIT, Failure, UsageError } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { entryOf, fileItem, join } from '../items.js';
import { json } from '../output.js';
import { printable, progress } from '../terminal.js';
import { count } from '../units.js';

/** @import { UploadResult } from '../../types/index.js' */
/** @import { Context } from '../internal.d.ts' */

/** @param {Context} context */
export async function put({ words, options, connect, print, note, stderr }) {
  const target = String(words.at(-1));
  if (!target.startsWith('/')) throw new UsageError(`invalid target ${target}: expected a path such as /Holidays as the last word`, 'put');
  const sources = words.slice(0, -1);
  checkSources(sources, options);
  const { client } = await connect();
  const bar = progress(stderr, { isQuiet: options.quiet || options.json });
  const interrupt = interruptible();
  let results;
  try {
    const { concurrency, label: labels, onDuplicate = 'reuse', wait } = options;
    const all = {
      path: target === '/' ? undefined : target,
      concurrency,
      private: options.private,
      labels,
      displayName: options.name,
      onDuplicate,
      waitUntil: wait ? /** @type {const} */ ('ready') : /** @type {const} */ ('accepted'),
      signal: interrupt.signal,
      onProgress: (/** @type {import('../../types/index.js').BatchProgress} */ { confirmed, total, done, files }) =>
        bar.update({ done: confirmed, total: total ?? 0, text: `${done} of ${count(Number(files), 'file')}` }),
    };
    results = await client.uploads.uploadAll(sources, all);
  } finally {
    bar.end();
    interrupt.release();
  }
  return tell(results, target, { options, print, note });
}

/**
 * Makes sure that every source exists before anything is sent.
 *
 * @param {string[]} sources
 * @param {Context['options']} options
 */
function checkSources(sources, { name }) {
  for (const source of sources) {
    const found = statSync(source, { throwIfNoEntry: false });
    if (!found) throw new Failure(`file or directory not found: ${source}`, { code: 'ENOENT' });
    if (name !== undefined && (found.isDirectory() || sources.length > 1)) throw new UsageError('--name is for one file', 'put');
  }
}

/**
 * Prints the result of each upload. One that failed makes the command fail, but not the others.
 *
 * @param {UploadResult[]} results
 * @param {string} target
 * @param {Pick<Context, 'options' | 'print' | 'note'>} context
 */
function tell(results, target, { options, print, note }) {
  const entries = results.map(({ status, file, path, error, reason }) => {
    // The file may have another name than its source: one that was asked for, or with an extension.
    const folders = path?.split('/').slice(0, -1) ?? [];
    const whole = join(target, [...folders, file?.displayName ?? basename(path ?? '')].join('/'));
    if (file) return { status, ...entryOf(fileItem(file, whole)), error: undefined };
    if (!error) return { status, path: whole, reason, error: undefined };
    const { code, message } = /** @type {Failure} */ (error);
    return { status, path: whole, error: { code, message } };
  });
  if (options.json) print(json(entries));
  for (const entry of options.json ? [] : entries) {
    const path = printable(entry.path);
    if (entry.error) note(`Failed: ${path}: ${printable(entry.error.message)}`);
    else if (entry.status === 'skipped') note(`Skipped: ${path}: it is ${/** @type {{ reason?: string }} */ (entry).reason}`);
    else if (!options.quiet) print(`${entry.status === 'reused' ? 'Already there' : 'Uploaded'}: ${path}`);
  }
  return entries.some(({ error }) => error) ? EXIT.failed : EXIT.done;
}
