// The command line, read by the grammar.
import { parseArgs } from 'node:util';
import { UsageError } from './failure.js';
import { commands, optionsOf } from './commands.js';

/**
 * What a command line says: `{ command, options, words }`; `command` is undefined where only help or the version is
 * asked for. Option names are in camel case.
 *
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

function known(name) {
  if (Object.hasOwn(commands, name)) return name;
  const hint = name.startsWith('-') ? 'the command comes first' : didYouMean(name, Object.keys(commands));
  throw new UsageError(`There is no command ${name}${hint ? `: ${hint}` : ''}`);
}

function split(command, argv, rows) {
  const settings = Object.fromEntries(
    rows.map(({ name, short, value, isRepeated }) => [
      name,
      { type: value ? 'string' : 'boolean', ...(short && { short }), ...(isRepeated && { multiple: true }) },
    ]),
  );
  // Without `strict`, so that what is wrong is said in the same words as everything else here.
  const { tokens } = parseArgs({ args: argv, options: settings, allowPositionals: true, strict: false, tokens: true });
  const options = {};
  const words = [];
  for (const { kind, name, rawName, value } of tokens) {
    if (kind === 'positional') words.push(value);
    if (kind !== 'option') continue;
    const row = rows.find((row) => row.name === name);
    if (!row) {
      const names = rows.map((row) => `--${row.name}`);
      throw new UsageError(`${command} has no option ${rawName}${hintOf(rawName, names)}`, command);
    }
    if (row.value && value === undefined) throw new UsageError(`${rawName} needs a value: ${rawName} ${row.value}`, command);
    if (!row.value && value !== undefined) throw new UsageError(`${rawName} takes no value`, command);
    const given = row.value ? chosen(row, value, command) : true;
    const key = camel(name);
    if (row.isRepeated) (options[key] ??= []).push(given);
    else options[key] = given;
  }
  return { options, words };
}

const hintOf = (name, names) => {
  const hint = didYouMean(name, names);
  return hint ? `: ${hint}` : '';
};

function chosen({ name, value: what, choices }, value, command) {
  if (what === 'N') {
    if (!/^\d{1,15}$/.test(value)) throw new UsageError(`--${name} must be a number, and ${value} is none`, command);
    return Number(value);
  }
  if (!choices) return value;
  const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  if (!found) throw new UsageError(`--${name} must be one of ${choices.join(', ')}, and ${value} is none of them`, command);
  return found;
}

/** Whether there are as many words as the command takes. */
function check(command, options, words, rows) {
  const { words: expected } = commands[command];
  const isOptional = (word) => word.startsWith('[');
  const least = expected.filter((word) => !isOptional(word)).length;
  const most = expected.some((word) => word.includes('...')) ? Infinity : expected.length;
  if (words.length < least) {
    const missing = expected.filter((word) => !isOptional(word))[words.length];
    throw new UsageError(`${command} needs ${missing.replace('...', '')}`, command);
  }
  if (words.length > most) throw new UsageError(`${command} does not take ${words[most]}`, command);
  const places = ['url', 'data'].filter((name) => rows.some((row) => row.name === name) && options[name] !== undefined);
  if (places.length > 1) throw new UsageError('--url and --data are two places: choose one', command);
}

const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/** A name that differs by little, as a question. */
function didYouMean(name, names) {
  const [best] = names.map((known) => ({ known, distance: distance(name, known) })).sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? `did you mean ${best.known}?` : undefined;
}

/** How many letters have to be put in, left out or changed. */
function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let index = 0; index < to.length; index += 1) {
      next.push(Math.min(next[index] + 1, row[index + 1] + 1, row[index] + (letter === to[index] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1);
}
