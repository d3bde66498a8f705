// What --help prints.
import { commands, optionsOf } from './commands.js';

/** @import { OptionRow } from './internal.d.ts' */

const PLACES = `\
Where a command works:
  --url URL                    a running server, such as http://127.0.0.1:4410 (or WIX_MEDIA_URL)
  --data DIR                   the directory of a Media Manager that no server has open
  WIX_API_KEY and WIX_SITE_ID  a Wix site, by these variables

Paths begin with /; an item can also be named by its id, as id:a1b2c3_4f5e~mv2.jpg.`;

/**
 * Help for everything.
 *
 * @param {string} program How this program was called.
 */
export const overview = (program) =>
  [
    `Usage: ${program} COMMAND [OPTION...]`,
    '',
    ...table(Object.entries(commands).map(([name, { words, about }]) => [[name, ...words].join(' '), about])),
    '',
    PLACES,
    '',
    `Exit codes: 0 done, 1 failed, 2 invalid command line, 130 interrupted.`,
    `${program} COMMAND --help explains a command.`,
    '',
  ].join('\n');

/**
 * Help for one command.
 *
 * @param {string} name
 * @param {string} program
 */
export function helpFor(name, program) {
  const { about, words, isRemote, examples, notes } = commands[name];
  const shown = examples.map(([line, does]) => [`${program} ${line}`, does]);
  return [
    `${program} ${name}: ${about}`,
    '',
    `Usage: ${program} ${[name, ...words].join(' ')} [OPTION...]`,
    '',
    ...table(optionsOf(name).map((row) => [spelling(row), row.about])),
    '',
    'Examples:',
    ...table(shown),
    ...(notes ? ['', notes] : []),
    ...(isRemote ? ['', PLACES] : []),
    '',
  ].join('\n');
}

/** @param {OptionRow} row */
const spelling = ({ name, short, value, variants }) =>
  `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}${variants ? `[=${variants.join('|')}]` : ''}`;

/** @param {string[][]} rows */
function table(rows) {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd());
}
