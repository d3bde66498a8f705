// What processes have used of the machine, and lines of a report.
import { readFileSync } from 'node:fs';

/** @import { Closing } from '../../harness/types.d.ts' */

/** Clock ticks of a second, in which /proc/PID/stat counts. Linux has 100 on every platform that Node runs on. */
const TICKS = 100;

/**
 * Seconds of CPU of a process and all its threads, those that have ended too. Counted in ticks of 10 ms.
 *
 * @param {number} pid
 */
export function cpu(pid) {
  // The fields behind the name of the program, which may have spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/**
 * Seconds of CPU of a process with one thread, counted in nanoseconds.
 *
 * @param {number} pid
 */
export const cpuOfThread = (pid) => Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1e9;

/** Functions that a benchmark runs at its end, in any case. */
export function closers() {
  /** @type {(() => unknown)[]} */
  const list = [];
  /** @type {Closing} */
  const closing = { after: (close) => void list.push(close) };
  const close = async () => {
    for (const each of list.reverse()) await each();
  };
  return { closing, close };
}

/** @param {boolean} isMet */
export const verdict = (isMet) => (isMet ? '' : '  missed');

/**
 * Prints rows, whose first one is the head, in columns.
 *
 * @param {string[][]} rows
 */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) {
    console.log(row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))).join('  ').trimEnd());
  }
}
