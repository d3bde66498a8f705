// What a person sees in a terminal: colours, tables, progress, questions. Programs that read the output get none of it.
import { createInterface } from 'node:readline/promises';
import { bytes } from './units.js';

/** @import { Column, Context, Output, Paint } from './internal.d.ts' */

const COLOURS = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, blue: 34 };

/**
 * Functions that colour a text, or leave it alone where colours would not be seen.
 *
 * @param {Output} stream
 * @param {Context['env']} env
 * @returns {Paint}
 */
export function painter(stream, env) {
  const isColourful = stream.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
  const entries = Object.entries(COLOURS).map(([name, code]) => [
    name,
    (/** @type {unknown} */ text) => (isColourful ? `\x1b[${code}m${text}\x1b[0m` : String(text)),
  ]);
  return /** @type {Paint} */ (Object.fromEntries(entries));
}

/**
 * A text on one line, without characters that move the cursor or change the direction of writing.
 *
 * @param {unknown} text
 */
export const printable = (text) => String(text).replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '�');

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const segments = new Intl.Segmenter();

/**
 * How many columns of a terminal a text takes.
 *
 * @param {string} text
 */
export function width(text) {
  // Most names are plain, and segmenting is slow.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segments.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/**
 * The lines of a table. The last column is not padded.
 *
 * @param {Column[]} columns
 * @param {string[][]} rows
 * @param {Paint} paint
 * @example
 * table([{ title: 'Name' }, { title: 'Size', align: 'right' }], [['fox.jpg', '20.5 kB']], paint);
 */
export function table(columns, rows, paint) {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, index) => Math.max(width(title), ...cells.map((row) => width(row[index]))));
  const line = (/** @type {string[]} */ row, dress = (/** @type {string} */ text) => text) =>
    row
      .map((text, index) => {
        const gap = ' '.repeat(widths[index] - width(text));
        if (columns[index].align === 'right') return gap + text;
        return index === columns.length - 1 ? text : text + gap;
      })
      .map((text) => dress(text))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title), paint.dim), ...cells.map((row) => line(row))];
}

/** Milliseconds between two drawings of a progress bar. */
const FRAME_MS = 80;
const BAR_WIDTH = 24;

/**
 * A progress bar that is drawn over itself; nothing where `stream` is not a terminal.
 *
 * @param {Output} stream
 * @param {{ isQuiet?: boolean, now?: () => number }} [options]
 */
export function progress(stream, { isQuiet = false, now = Date.now } = {}) {
  const isShown = stream.isTTY && !isQuiet;
  const started = now();
  let drawn = -Infinity;
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) stream.write('\r\x1b[2K');
    isDrawn = false;
  };
  return {
    /** Draws it. The total is 0 while it is unknown. */
    update(/** @type {{ done: number, total: number, text: string }} */ { done, total, text }) {
      if (!isShown || (now() - drawn < FRAME_MS && done !== total)) return;
      drawn = now();
      clear();
      stream.write(fitted(bar({ done, total, text, ms: now() - started }), stream.columns || 80));
      isDrawn = true;
    },
    /** Prints a line above it. */
    line(/** @type {string} */ text) {
      clear();
      stream.write(`${text}\n`);
    },
    end: clear,
  };
}

/** @param {{ done: number, total: number, text: string, ms: number }} state */
function bar({ done, total, text, ms }) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.floor(share * BAR_WIDTH);
  const amount = total > 0 ? `${String(Math.floor(share * 100)).padStart(3)} % of ${bytes(total)}` : bytes(done);
  const speed = ms > 500 && done > 0 ? `, ${bytes(Math.round((done / ms) * 1000))}/s` : '';
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${amount}${speed}  ${printable(text)}`;
}

/**
 * A text cut to the width of the terminal: a line that wraps could not be drawn over.
 *
 * @param {string} text
 * @param {number} columns
 */
function fitted(text, columns) {
  let kept = '';
  let used = 0;
  for (const { segment } of segments.segment(text)) {
    used += width(segment);
    if (used >= columns) break;
    kept += segment;
  }
  return kept;
}

/**
 * Asks a question. Everything but a clear yes is a no.
 *
 * @param {string} question
 * @param {Pick<Context, 'stdin' | 'stderr'>} streams
 */
export async function ask(question, { stdin, stderr }) {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    /** @type {Promise<string>} */
    const closed = new Promise((resolve) => lines.once('close', () => resolve('')));
    const answer = await Promise.race([lines.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
