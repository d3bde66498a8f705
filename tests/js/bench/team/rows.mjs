// Very many files in a database of the native server. An import adds them one by one, each by several statements, and COPY loads a
// million in a minute. Each is the row of a file that was uploaded, with another name, date and size.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';

/** @typedef {{ query: (sql: string) => Promise<string>, url: string }} Database */
/** @typedef {Record<string, string | number | boolean | null>} Row */

const WORDS = ['river', 'mountain', 'harbour', 'fox', 'owl', 'market', 'bridge', 'garden', 'winter', 'sunset', 'street', 'museum'];
const START = Date.UTC(2024, 0, 1);
/** The time that one file in a hundred shares with others. */
const SHARED_TIME = START + 15_768_000_000;
/** Separates the texts of a file, and the pieces of one. */
const SEPARATOR = '\u{1f}';
/** The word of the oldest files, and how many have it: one in forty. */
export const OLD_WORD = { word: 'zephyr', share: 40 };
/** The word of all files but the latest ones, and how many have it: one in four. */
export const COMMON_OLD_WORD = { word: 'quartz', share: 4 };

/** @param {number} number */
const mixed = (number) => Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) >>> 0;
/** @param {number} number */
const hex = (number) => number.toString(16).padStart(8, '0');

/** @param {string} text */
const escaped = (text) => text.replace(/[\\\t\n\r]/g, (found) => `\\${{ '\\': '\\', '\t': 't', '\n': 'n', '\r': 'r' }[found]}`);
/** @param {unknown} value */
const cell = (value) => (value === null ? '\\N' : typeof value === 'boolean' ? (value ? 't' : 'f') : escaped(String(value)));

/**
 * The text that a search looks at. Enough for texts in ASCII.
 *
 * @param {Row} row
 */
const foldedOf = (row) => [row.name, row.mime, ...JSON.parse(String(row.labels))].join(SEPARATOR).toLowerCase();

/**
 * The distinct pieces of one and of two characters, in code point order.
 *
 * @param {string} folded
 */
export function gramsOf(folded) {
  /** @type {Set<string>} */
  const pieces = new Set();
  for (const text of folded.split(SEPARATOR)) {
    for (let at = 0; at < text.length; at += 1) {
      pieces.add(text[at]);
      if (at > 0) pieces.add(text.slice(at - 1, at + 1));
    }
  }
  return [...pieces].sort();
}

/**
 * The row of the file at a place, of so many. Names, dates and sizes are in no order.
 *
 * @param {Row} template
 * @param {number} place
 * @param {number} count
 * @param {string} parent
 * @returns {Row}
 */
export function rowOf(template, place, count, parent) {
  const some = mixed(place);
  // The place in time.
  const rank = mixed(some) % count;
  const old = rank * OLD_WORD.share < count ? ` ${OLD_WORD.word}` : '';
  const common = rank * 2 < count && some % (COMMON_OLD_WORD.share / 2) === 0 ? ` ${COMMON_OLD_WORD.word}` : '';
  const time = place % 100 === 0 ? SHARED_TIME : START + Math.floor((rank / count) * 31_536_000) * 1000;
  return {
    ...template,
    id: `a1b2c3_${hex(place)}${hex(some)}${hex(mixed(place + 1))}${hex(mixed(place + 2))}~mv2.jpg`,
    name: `${WORDS[some % 12]} ${WORDS[(some >>> 4) % 12]}${old}${common} ${some % 1_000_003}.jpg`,
    parent,
    created: time,
    updated: time,
    size: 1000 + (some % 10_000_000),
    labels: JSON.stringify(place % 1000 === 0 ? ['rare label'] : []),
    blob: `${hex(place)}${hex(some)}${hex(mixed(place + 3))}${hex(mixed(place + 4))}`,
  };
}

/**
 * Copies lines into a table.
 *
 * @param {Database} database
 * @param {string} target
 * @param {Iterable<string>} lines
 */
async function copy({ url }, target, lines) {
  const psql = spawn('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', `COPY ${target} FROM STDIN`, url], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(psql, 'close');
  await pipeline(function* () {
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length > 200_000) {
        yield text;
        text = '';
      }
    }
    yield text;
  }, psql.stdin);
  const [code] = await ended;
  if (code) throw new Error(`psql ended with ${code} while it copied into ${target}`);
}

/** The tables with a row for each file. The columns of the others are those of the first one, and the texts. */
const TABLES = ['file', 'file_text', 'file_grams'];

/**
 * What the rows of a file have in them, in any table.
 *
 * @param {Row} row Its row in the first table.
 */
function everythingOf(row) {
  const folded = foldedOf(row);
  return { ...row, folded, grams: gramsOf(folded).join(SEPARATOR) };
}

/**
 * The rows of the only file, without the number that its table gives it. Refuses a file whose rows this module would write otherwise than
 * the server.
 *
 * @param {Database} database
 */
async function uploaded({ query }) {
  /** @type {Row[]} */
  const rows = [];
  for (const table of TABLES) rows.push(JSON.parse(await query(`SELECT row_to_json(${table}) FROM ${table}`)));
  const { number, ...first } = rows[0];
  /** @type {Row} */
  const own = everythingOf(first);
  for (const [at, row] of rows.entries()) {
    for (const [column, found] of Object.entries(at === 0 ? first : row)) {
      if (own[column] !== found) throw new Error(`the server writes other rows of a file: expected ${own[column]} in ${TABLES[at]}.${column}, found ${found}`);
    }
  }
  return { template: first, columns: [first, ...rows.slice(1)].map((row) => Object.keys(row)) };
}

/**
 * Fills the site of a database that has one uploaded file: places below `count` become files of the folders that `parentOf` names.
 *
 * @param {Database} database
 * @param {number} count
 * @param {(place: number) => string} parentOf
 */
export async function fill(database, count, parentOf) {
  const { query } = database;
  const { template, columns } = await uploaded(database);
  const indexed = `FROM pg_indexes WHERE tablename IN ('${TABLES.join("', '")}') AND indexname NOT LIKE '%_pkey'`;
  const definitions = (await query(`SELECT indexdef ${indexed} ORDER BY indexname`)).split('\n');
  await query(`DO $$ DECLARE name text; BEGIN FOR name IN SELECT indexname ${indexed} LOOP EXECUTE 'DROP INDEX ' || name; END LOOP; END $$`);
  for (const [at, table] of TABLES.entries()) {
    function* lines() {
      for (let place = 0; place < count; place += 1) {
        /** @type {Row} */
        const row = everythingOf(rowOf(template, place, count, parentOf(place)));
        yield columns[at].map((column) => cell(row[column])).join('\t');
      }
    }
    await copy(database, `${table} (${columns[at].join(', ')})`, lines());
  }
  for (const definition of definitions) await query(`SET maintenance_work_mem = '1GB'; ${definition}`);
  await query('UPDATE tail SET bytes = (SELECT sum(size) FROM file WHERE file.site = tail.site)');
  for (const table of [...TABLES, 'folder']) await query(`VACUUM ANALYZE ${table}`);
}
