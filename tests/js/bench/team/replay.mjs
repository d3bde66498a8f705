// The transactions that a server sends to PostgreSQL, and what PostgreSQL takes for them.
//
// One is taken from the log, and repeated on one connection. Through the server, a backend waits between statements, and on a busy machine
// others empty the caches of the processor meanwhile. The same page took 0.3 ms repeated, and 2.0 ms through a server beside seven builds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../harness/present.js';

/** The settings of PostgreSQL with which it logs what can be replayed. */
export const LOGGED = ["log_destination = 'jsonlog'", 'logging_collector = on', "log_statement = 'all'"];

/** In how many parts a transaction is repeated, and how often before each of them. */
const [PARTS, WARM_UP] = [5, 5];
/** The CPU of the backend that reads it, in nanoseconds. */
const SPENT = `SELECT split_part(pg_read_file('/proc/self/schedstat', 0, 100), ' ', 1);`;

/**
 * The text of a logged statement, with its values in it.
 *
 * @param {string} message
 * @param {string} [detail]
 */
export function statementOf(message, detail = '') {
  const [, sql] = /^(?:statement|execute [^:]*): (.*)$/s.exec(message) ?? [];
  if (sql === undefined) return undefined;
  /** @type {Map<string, string>} */
  const values = new Map();
  for (const [, name, value] of detail.matchAll(/(\$\d+) = (NULL|'(?:[^']|'')*')/g)) values.set(name, value);
  // The log has no types. A value that stands alone is the number of a site; elsewhere the type is that of its column or function.
  return sql.replace(/\(SELECT (\$\d+)\)/g, '(SELECT $1::bigint)').replace(/\$\d+/g, (name) => values.get(name) ?? name);
}

/** @typedef {{ pid: number, message: string, detail?: string }} Entry */

/**
 * The last transaction in a log that has a statement like this.
 *
 * @param {Entry[]} entries
 * @param {RegExp} pattern
 */
export function transactionOf(entries, pattern) {
  const at = entries.findLastIndex(({ message }) => pattern.test(message));
  if (at < 0) throw new Error(`no statement like ${pattern} was logged`);
  const { pid } = entries[at];
  const own = entries.filter((entry) => entry.pid === pid);
  const middle = own.lastIndexOf(entries[at]);
  const begin = own.findLastIndex(({ message }, index) => index <= middle && /^statement: BEGIN/.test(message));
  const end = own.findIndex(({ message }, index) => index > middle && /^statement: (ROLLBACK|.*COMMIT$)/s.test(message));
  if (begin < 0 || end < 0) throw new Error(`no transaction around ${pattern} was logged`);
  return own.slice(begin, end + 1).map(({ message, detail }) => present(statementOf(message, detail)));
}

/**
 * What the server has logged.
 *
 * @param {string} folder
 * @returns {Entry[]}
 */
function logged(folder) {
  const name = present(readdirSync(folder).filter((each) => each.endsWith('.json')).sort().at(-1));
  // The last line may not have been written to its end.
  return readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));
}

/**
 * What psql prints for a script.
 *
 * @param {string} url
 * @param {string} script
 */
async function psql(url, script) {
  const child = spawn('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', url], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [text, ended] = [child.stdout.setEncoding('utf8').toArray(), once(child, 'close')];
  child.stdin.end(script);
  const [code] = await ended;
  if (code) throw new Error('psql failed to repeat a transaction');
  return (await text).join('');
}

/**
 * Prepares to repeat what a server sends.
 *
 * @param {{ query: (sql: string) => Promise<string>, url: string }} database
 */
export async function replays({ query, url }) {
  const folder = join(await query('SHOW data_directory'), 'log');
  /**
   * CPU milliseconds of PostgreSQL for the transaction of a call that has a statement like this: of several parts of the rounds, the least mean.
   *
   * @param {() => Promise<unknown>} call
   * @param {RegExp} pattern
   * @param {number} rounds
   */
  return async (call, pattern, rounds) => {
    const before = logged(folder).length;
    await call();
    const ended = () => {
      try {
        return transactionOf(logged(folder).slice(before), pattern);
      } catch {
        return undefined;
      }
    };
    // The end of a transaction that only reads is not waited for, and the log is written by another process.
    let statements = ended();
    while (!statements) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      statements = ended();
    }
    const transaction = statements.map((sql) => `${sql.trim().replaceAll(';', '\\;')};\n`).join('');
    const each = Math.ceil(rounds / PARTS);
    const script = `SET log_statement = 'none';\n\\o /dev/null\n${transaction.repeat(WARM_UP)}\\o\n${SPENT}\n\\o /dev/null\n${transaction.repeat(each)}\\o\n${SPENT}\n`;
    let least = Infinity;
    for (let part = 0; part < PARTS; part += 1) {
      const [from, to] = (await psql(url, script)).trim().split('\n').map(Number);
      least = Math.min(least, (to - from) / each / 1e6);
    }
    return least;
  };
}
