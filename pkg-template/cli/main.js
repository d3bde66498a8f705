#!/usr/bin/env node
// The command `wix-media`.
import { readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import process from 'node:process';
import { connectTo } from './connect.js';
import { EXIT, Failure, UsageError } from './failure.js';
import { helpFor, overview } from './help.js';
import { loaders } from './load.js';
import { parse } from './parse.js';
import { painter, printable } from './terminal.js';

/** @import { Context, Place } from './internal.d.ts' */

/** @typedef {Pick<typeof process, 'argv' | 'env' | 'stdin' | 'stdout' | 'stderr'> & { cwd: string }} Environment */

/**
 * How this program was called, for lines that can be typed again.
 *
 * @param {Environment} environment
 */
function programName({ argv, env, cwd }) {
  if (env.npm_command === 'exec') return 'npx wix-media';
  if (basename(argv[1] ?? '') === 'command.js') return `node ${relative(cwd, argv[1]) || argv[1]}`;
  return 'wix-media';
}

/**
 * Runs a command line. Resolves to the exit code.
 *
 * @param {Environment} environment
 */
async function main(environment) {
  const { argv, env, stdin, stdout, stderr } = environment;
  const program = programName(environment);
  const paint = painter(stderr, env);
  const print = (text = '') => void stdout.write(`${text}\n`);
  const note = (text = '') => void stderr.write(`${text}\n`);
  /** @type {Context['options']} */
  let options = {};
  /** @type {Place | undefined} */
  let place;
  try {
    const parsed = parse(argv.slice(2));
    ({ options } = parsed);
    const { command, words } = parsed;
    if (options.version) {
      print(JSON.parse(await readFile(new URL('./package.json', import.meta.url), 'utf8')).version);
      return EXIT.done;
    }
    if (options.help) {
      stdout.write(command ? helpFor(command, program) : overview(program));
      return EXIT.done;
    }
    const run = await loaders[String(command)]();
    const connect = async (/** @type {{ mayCreate?: boolean } | undefined} */ rights) => (place = await connectTo(options, env, rights));
    const outliveReader = () => void (isReaderNeeded = false);
    const outputs = { stdout, stderr, print, note, paint: painter(stdout, env), outliveReader };
    const context = { words, options, program, env, stdin, connect, ...outputs };
    const code = await run(context);
    return typeof code === 'number' ? code : EXIT.done;
  } catch (error) {
    report(error, { options, note, paint, program });
    return error instanceof Failure ? error.exitCode : EXIT.failed;
  } finally {
    await place?.close();
  }
}

/**
 * Prints an error: one line for a known one, everything for a bug.
 *
 * @param {any} error
 * @param {Pick<Context, 'options' | 'note' | 'paint' | 'program'>} context
 */
function report(error, { options, note, paint, program }) {
  // Errors of the system, such as EACCES, say what was done to which file.
  const isKnown = error instanceof Failure || error?.name === 'WixMediaError' || typeof error?.syscall === 'string';
  if (options.json) {
    const { code, status, message } = /** @type {import('../types/index.js').WixMediaError} */ (error);
    note(JSON.stringify({ error: { code, status, message } }));
    return;
  }
  note(`${paint.red('wix-media:')} ${isKnown ? printable(error.message) : (error?.stack ?? error)}`);
  if (error instanceof UsageError) note(paint.dim(`${program}${error.command ? ` ${error.command}` : ''} --help explains it.`));
}

/** Whether the command ends when nobody reads its output any more. */
let isReaderNeeded = true;

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (!isReaderNeeded) return;
    // A reader such as `head` closes the pipe when it has seen enough.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
}

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await main({ argv, env, stdin, stdout, stderr, cwd: process.cwd() });
// After Ctrl-C nobody waits for the answers of a server, which may never come.
if (process.exitCode === EXIT.interrupted) process.exit();
