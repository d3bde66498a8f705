#!/usr/bin/env node
// The command `wix-media`.
import { readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import process from 'node:process';
import { parse } from './parse.js';
import { EXIT, Failure, UsageError } from './failure.js';
import { commands } from './commands.js';
import { helpFor, overview } from './help.js';
import { connectTo } from './connect.js';
import { harmless, painter } from './terminal.js';

/** How this program was called, for lines that can be typed again. */
function programName({ argv, env, cwd }) {
  if (env.npm_command === 'exec') return 'npx wix-media';
  if (basename(argv[1] ?? '') === 'command.js') return `node ${relative(cwd, argv[1]) || argv[1]}`;
  return 'wix-media';
}

/** Runs a command line; resolves to the exit code. */
async function main({ argv, env, stdin, stdout, stderr, cwd }) {
  const program = programName({ argv, env, cwd });
  const paint = painter(stderr, env);
  const print = (text = '') => void stdout.write(`${text}\n`);
  const note = (text = '') => void stderr.write(`${text}\n`);
  let options = {};
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
    const run = await commands[command].load();
    const context = { words, options, program, env, stdin, stdout, stderr, print, note, paint: painter(stdout, env) };
    context.connect = async () => (place = await connectTo(options, env));
    return (await run(context)) ?? EXIT.done;
  } catch (error) {
    report(error, { options, note, paint, program });
    return error instanceof Failure ? error.exitCode : EXIT.failed;
  } finally {
    await place?.close();
  }
}

/** Says what went wrong: one line for what is understood, everything for what is not. */
function report(error, { options, note, paint, program }) {
  const isKnown = error instanceof Failure || error?.name === 'WixMediaError';
  if (options.json) {
    const { code, status, message } = error;
    note(JSON.stringify({ error: { code, status, message } }));
    return;
  }
  note(`${paint.red('wix-media:')} ${isKnown ? harmless(error.message) : (error?.stack ?? error)}`);
  if (error instanceof UsageError) note(paint.dim(`${program}${error.command ? ` ${error.command}` : ''} --help says more.`));
}

// A reader such as `head` that has seen enough is no failure.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await main({ argv, env, stdin, stdout, stderr, cwd: process.cwd() });
