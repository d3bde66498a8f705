// Reading a command line by the table of commands.
import { parseArgs } from 'node:util';
import { distance } from '../client/names.js';
import { commands, optionsOf } from './commands.js';
import { UsageError } from './failure.js';

/** @import { OptionRow, Parsed } from './internal.d.ts' */

/**
 * Reads a command line.
 *
 * @param {string[]} argv
 * @returns {Parsed}
 * @example
 * parse(['ls', '/Holidays', '--sort', 'size']);
 * // → { command: 'ls', words: ['/Holidays'], options: { sort: 'size' } }
 */
export function parse(argv) {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { options: { help: true }, words: [] };
  if (first === '--version' || first === '-V') return { options: { version: true }, words: [] };
  if (first === 'help') {
    const [command] = rest;
    if (command !== undefined) known(command);
    return { command, options: { help: true }, words: [] };
  }
  const command = known(first);
  const rows = optionsOf(command);
  const { options, words } = split(command, rest, rows);
  if (!options.help) check(command, options, words, rows);
  return { command, options, words };
}

/** @param {string} name */
function known(name) {
  if (Object.hasOwn(commands, name)) return name;
  const hint = name.startsWith('-') ? 'the command comes first' : didYouMean(name, Object.keys(commands));
  throw new UsageError(`unknown command ${name}${hint ? `: ${hint}` : ''}`);
}

/**
 * Options and words of a command line.
 *
 * @param {string} command
 * @param {string[]} argv
 * @param {OptionRow[]} rows
 */
function split(command, argv, rows) {
  /** @type {Record<string, { type: 'string' | 'boolean', short?: string, multiple?: boolean }>} */
  const settings = Object.fromEntries(
    rows.map(({ name, short, value, isRepeated }) => [
      name,
      { type: value ? /** @type {const} */ ('string') : /** @type {const} */ ('boolean'), ...(short && { short }), ...(isRepeated && { multiple: true }) },
    ]),
  );
  // Without `strict`, so that errors have the wording of this file.
  const { tokens } = parseArgs({ args: argv, options: settings, allowPositionals: true, strict: false, tokens: true });
  /** @type {Record<string, any>} */
  const options = {};
  /** @type {string[]} */
  const words = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const row = rows.find((row) => row.name === name);
    if (!row) {
      const names = rows.map((row) => `--${row.name}`);
      throw new UsageError(`unknown option ${rawName} of ${command}${hintOf(rawName, names)}`, command);
    }
    if (row.value && value === undefined) throw new UsageError(`${rawName} needs a value: ${rawName} ${row.value}`, command);
    const takesValue = Boolean(row.value ?? (value !== undefined && row.variants));
    if (!takesValue && value !== undefined) throw new UsageError(`${rawName} takes no value`, command);
    const given = takesValue ? chosen({ ...row, choices: row.choices ?? row.variants }, String(value), command) : true;
    const key = camel(name);
    if (row.isRepeated) (options[key] ??= []).push(given);
    else options[key] = given;
  }
  return { options, words };
}

/**
 * @param {string} name
 * @param {string[]} names
 */
const hintOf = (name, names) => {
  const hint = didYouMean(name, names);
  return hint ? `: ${hint}` : '';
};

/**
 * The value of an option, checked.
 *
 * @param {OptionRow} row
 * @param {string} value
 * @param {string} command
 */
function chosen({ name, value: what, choices }, value, command) {
  if (what === 'N') {
    if (!/^\d{1,15}$/.test(value)) throw new UsageError(`invalid --${name}: expected a number, found ${value}`, command);
    return Number(value);
  }
  if (!choices) return value;
  const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  if (!found) throw new UsageError(`invalid --${name}: expected one of ${choices.join(', ')}, found ${value}`, command);
  return found;
}

/**
 * Refuses too few and too many words, and options that contradict each other.
 *
 * @param {string} command
 * @param {Record<string, any>} options
 * @param {string[]} words
 * @param {OptionRow[]} rows
 */
function check(command, options, words, rows) {
  const { words: expected } = commands[command];
  const isOptional = (/** @type {string} */ word) => word.startsWith('[');
  const min = expected.filter((word) => !isOptional(word)).length;
  const max = expected.some((word) => word.includes('...')) ? Infinity : expected.length;
  if (words.length < min) {
    const missing = expected.filter((word) => !isOptional(word))[words.length];
    throw new UsageError(`${command} needs ${missing.replace('...', '')}`, command);
  }
  if (words.length > max) throw new UsageError(`${command} does not take ${words[max]}`, command);
  const places = ['url', 'data'].filter((name) => rows.some((row) => row.name === name) && options[name] !== undefined);
  if (places.length > 1) throw new UsageError('--url and --data exclude each other: choose one', command);
}

/** @param {string} name */
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * Asks whether a similar name was meant.
 *
 * @param {string} name
 * @param {string[]} names
 */
function didYouMean(name, names) {
  const [best] = names.map((known) => ({ known, distance: distance(name, known) })).sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? `did you mean ${best.known}?` : undefined;
}
