// Every command of wix-media-server with right, wrong and missing values. The commands and their options are read from the help of the program, so a new
// one fails here until the tables below name it. `cargo xtask server-tarball --test` runs this file against the program that it packs.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { freePort } from '../harness/port.js';
import { dependent } from './dependent.js';
import { native, program, run } from './native.js';
import { postgres } from './postgres.js';

/**
 * @typedef {object} Option
 * @property {string} name With its dashes.
 * @property {string} value The placeholder of its value. Empty for a switch.
 * @property {string} variable The variable of the environment. Empty for none.
 * @property {boolean} isList Whether it may be repeated.
 * @typedef {object} Command
 * @property {string[]} path
 * @property {string[]} values The placeholders of its arguments.
 * @property {Option[]} options
 * @property {Command[]} below
 */

/** Settings of any text that is not empty: only their use shows whether they are right. */
const FREE = ['--data', '--page', '--site-id', '--host', '--admin-host', '--only'];

/** Wrong values of all others. */
const WRONG = /** @type {Record<string, string[]>} */ ({
  '--admin-port': ['x', '-1', '65536', '1.5'],
  '--allow-frame': ['x y', 'https://a.example/path'],
  '--allow-host': ['https://a.example', 'a b'],
  '--allow-origin': ['x', 'https://a.example/path'],
  '--api-key-file': ['/missing/keys', '/dev/null'],
  '--audit-days': ['x', '-1', '36501'],
  '--bucket': ['x', 's3://', 'https://a.example/b'],
  '--bucket-public-url': ['x', 'https://a.example'],
  '--bucket-style': ['x', 'Path'],
  '--config': ['/missing/settings.toml', '/dev'],
  '--database': ['x', 'mysql://a.example/b', 'postgres://a.example:port/b', 'postgres://a.example/b?sslmode=maybe'],
  '--database-connections': ['x', '-1', '7', '1001'],
  '--days': ['x', '-1', '0', '36501'],
  '--downloads': ['x', 'redirect'],
  '--external-url': ['x', 'ftp://a.example', 'https://a.example/?a'],
  '--log-format': ['x', 'JSON'],
  '--log-level': ['x', 'trace'],
  '--max-connections': ['x', '0', '-1', '1000001'],
  '--otlp-endpoint': ['x', 'ftp://a.example'],
  '--port': ['x', '-1', '65536'],
  '--quota': ['x', '-1', '1.5', '9223372036854775808'],
  '--requests-per-minute': ['x', '0', '4294967296'],
  '--role': ['x', 'worker'],
  '--sample': ['x', '0', '-1', '4294967296'],
  '--scope': ['x', 'Read'],
  '--shutdown-seconds': ['x', '-1', '86401'],
  '--since': ['x', '2026-13-01', '2026-02-30'],
  '--tls-cert': ['chain.pem'],
  '--tls-key': ['key.pem'],
  '--trust-proxy': ['x', '10.0.0.0/33'],
  '--webhook': ['x', 'ftp://a.example'],
  '--webhook-event': ['file_ready', 'x'],
});

/** What a message calls a setting instead of by its name. */
const CALLED = /** @type {Record<string, string>} */ ({ '--api-key-file': 'the key file', '--config': 'the settings in', '--only': 'site id' });

/** The switches, which take a value in the environment only. */
const SWITCHES = ['--admin-tls', '--allow-private-imports', '--sizes', '--yes'];

/** Wrong values of arguments, by their placeholders. A file that is missing is none. */
const WRONG_VALUES = /** @type {Record<string, string[]>} */ ({ BYTES: ['x', '-1'], FILE: [''], ID: ['a/b', 'a\nb', ''], NUMBER: ['x', '1.5'], PLACE: ['x', 's3://'] });

/** Right values of arguments, by their placeholders. */
const RIGHT = /** @type {Record<string, string>} */ ({ BYTES: 'none', FILE: 'archive.zip', ID: 'site-a', NUMBER: '1', PLACE: 'directory' });

/** A database that nobody can reach. */
const NOWHERE = 'postgres://127.0.0.1:1/media';

/**
 * Reads the help of a command, and of all below it.
 *
 * @param {string[]} [path]
 * @returns {Promise<Command>}
 */
async function commandOf(path = []) {
  const { code, stdout, stderr } = await run([...path, '--help']);
  assert.deepEqual([code, stderr], [0, ''], path.join(' '));
  /** @param {string} title */
  const section = (title) => stdout.split(`\n${title}:\n`)[1]?.split('\n\n')[0].trimEnd().split('\n') ?? [];
  const names = section('Commands').map((line) => line.trim().split(' ')[0]);
  const values = section('Arguments').flatMap((line) => /^ {2}<(\w+)>/.exec(line)?.[1] ?? []);
  const options = section('Options').flatMap((line) => {
    const [, name, value = ''] = /(--[a-z-]+)(?: <(\w+)>)?/.exec(line) ?? [];
    if (['--help', '--version'].includes(name)) return [];
    return [{ name, value, variable: /\[([A-Z_]+)\]$/.exec(line)?.[1] ?? '', isList: line.includes('repeatable') }];
  });
  /** @type {Command[]} */
  const below = [];
  for (const name of names) below.push(await commandOf([...path, name]));
  return { path, values, options, below };
}

/**
 * @param {Command} command
 * @returns {Command[]}
 */
const all = (command) => [command, ...command.below.flatMap(all)];

/**
 * The program refuses a command line by one line, with exit code 2.
 *
 * @param {string[]} args
 * @param {RegExp} says
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [file] What is run instead.
 */
async function refused(args, says, env = {}, file = program()) {
  const ended = await run(args, env, file);
  const what = `${JSON.stringify(env)} ${args.join(' ')}: ${ended.stderr}`;
  assert.deepEqual([ended.code, ended.stdout], [2, ''], what);
  assert.match(ended.stderr, /^wix-media-server: [^\n]+\n$/, what);
  assert.match(ended.stderr, says, what);
}

/**
 * Does work with each value, as much at once as the machine has cores.
 *
 * @template Value
 * @param {Value[]} values
 * @param {(value: Value) => Promise<void>} work
 */
async function each(values, work) {
  const rest = [...values];
  const worker = async () => {
    for (let value = rest.pop(); value !== undefined; value = rest.pop()) await work(value);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/**
 * Arguments of `sh`, which runs the program as `"$@"`.
 *
 * @param {string} script
 * @param {string[]} args
 */
const shell = (script, args) => ['-c', script, 'sh', program(), ...args];

/** @param {string} text */
const quoted = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

suite('wix-media-server: each command', { concurrency: 1 }, () => {
  /** @type {Command[]} */
  let commands;
  /** @type {Command[]} Those that do something. */
  let leaves;
  /** @type {string} A file, which is no directory. */
  let file;
  before(async () => {
    commands = all(await commandOf());
    leaves = commands.filter(({ below }) => below.length === 0);
    file = program();
  });

  /**
   * Right arguments of a command with stores that cannot be opened: a mistake that goes unnoticed ends with code 1.
   *
   * @param {Command} command
   * @param {string} [without] An option that is left out.
   */
  const right = ({ path, values, options }, without = '') => {
    const has = (/** @type {string} */ name) => name !== without && options.some((option) => option.name === name);
    return [...path, ...values.map((value) => RIGHT[value]), ...(has('--data') ? ['--data', file] : has('--database') ? ['--database', NOWHERE] : [])];
  };

  test('the tables of this test name every option and every argument, and nothing else', () => {
    const unique = (/** @type {string[]} */ names) => [...new Set(names)].sort();
    const options = leaves.flatMap((leaf) => leaf.options);
    assert.deepEqual(unique(options.filter(({ value }) => value).map(({ name }) => name)), unique([...FREE, ...Object.keys(WRONG)]));
    assert.deepEqual(unique(options.filter(({ value }) => !value).map(({ name }) => name)), SWITCHES);
    for (const table of [RIGHT, WRONG_VALUES]) assert.deepEqual(unique(leaves.flatMap(({ values }) => values)), Object.keys(table).sort());
  });

  test('help names the command, and cannot be written to a full disk', async () => {
    await each(commands, async ({ path, below }) => {
      const named = ['wix-media-server', ...path].join(' ');
      const { stdout } = await run([...path, '-h']);
      assert.match(stdout, new RegExp(`^[A-Z][^\\n]+\\n\\nUsage: ${named}${below.length > 0 ? ' <COMMAND>' : ''}`));
      const full = await run(shell('exec "$@" >/dev/full', [...path, '--help']), {}, 'sh');
      assert.deepEqual([full.code, full.stderr.split(':')[1]], [1, ' cannot write to the standard output'], named);
    });
    const version = await run(['--version']);
    assert.match(version.stdout, /^wix-media-server \d+\.\d+\.\d+\n$/);
    // `head` has read enough after the first line.
    const piped = await run(shell('{ "$@"; echo "$?" >&2; } | sleep 0', ['serve', '--help']), {}, 'sh');
    assert.equal(piped.stderr, '0\n');
  });

  test('a missing or an unknown command names the help that lists them', async () => {
    await each(commands.filter(({ below }) => below.length > 0), async ({ path, below }) => {
      const help = `see ${['wix-media-server', ...path].join(' ')} --help`;
      await refused(path, quoted(`requires a subcommand but one was not provided [subcommands: ${below.map((each) => each.path.at(-1)).join(', ')}]; ${help}`));
      await refused([...path, 'frobnicate'], quoted(`unrecognized subcommand 'frobnicate'; ${help}`));
    });
  });

  test('missing, superfluous and unknown arguments are one line that names them', async () => {
    await each(leaves, async (leaf) => {
      const help = quoted(`; see ${['wix-media-server', ...leaf.path].join(' ')} --help\n`);
      await refused([...right(leaf), 'superfluous'], /unexpected argument 'superfluous' found/);
      await refused([...right(leaf), '--frobnicate'], /unexpected argument '--frobnicate' found/);
      await refused([...right(leaf), '--frob\nnicate'], help);
      await refused(shell('exec "$@" "$(printf "\\377")"', right(leaf)), help, {}, 'sh');
      for (const index of leaf.values.keys()) {
        const given = leaf.values.slice(0, index).map((value) => RIGHT[value]);
        const missing = leaf.values.slice(index).map((value) => `<${value}>`);
        await refused([...leaf.path, ...given], quoted(`the following required arguments were not provided: ${missing.join(' ')}; see`));
      }
      for (const { name, value, isList } of leaf.options) {
        await refused([...right(leaf, name), name, ...(value ? [] : [name])], value ? quoted(`a value is required for '${name} <${value}>'`) : /cannot be used multiple times/);
        if (value && !isList) await refused([...right(leaf, name), name, '1', name, '2'], /cannot be used multiple times/);
      }
    });
  });

  test('a wrong value is one line that names the option or the variable', async () => {
    const cases = leaves.flatMap((leaf) => leaf.options.map((option) => /** @type {const} */ ([leaf, option])));
    await each(cases, async ([leaf, { name, value, variable }]) => {
      if (!value) return variable ? refused(right(leaf), quoted(`invalid ${variable}: expected true or false, found perhaps`), { [variable]: 'perhaps' }) : undefined;
      for (const wrong of WRONG[name] ?? ['']) {
        const says = CALLED[name] ? quoted(CALLED[name]) : undefined;
        await refused([...right(leaf, name), `${name}=${wrong}`], says ?? quoted(name));
        // That of the site counts only with a key or a database.
        if (variable && name !== '--site-id') await refused(right(leaf, name), says ?? quoted(variable), { [variable]: wrong });
      }
    });
  });

  test('a wrong argument is one line', async () => {
    await each(leaves, async (leaf) => {
      for (const [index, value] of leaf.values.entries()) {
        for (const wrong of WRONG_VALUES[value]) {
          const args = right(leaf);
          args[leaf.path.length + index] = wrong;
          await refused(args, /./);
        }
      }
    });
  });

  test('a message that cannot be written changes no exit code', async () => {
    for (const [args, expected] of /** @type {[string[], number][]} */ ([[['frobnicate'], 2], [['--help'], 1], [['check', '--data', '/missing'], 2], [['serve', '--data', file], 1]])) {
      const { code } = await run(shell('exec "$@" >/dev/full 2>/dev/full', args), {}, 'sh');
      assert.equal(code, expected, args.join(' '));
    }
    await refused(shell('exec "$@" "$(printf "\\377")"', []), /unrecognized subcommand/, {}, 'sh');
  });

  test('serve: a log that cannot be written stops no request', async (t) => {
    const [data, port] = [join(await temporaryFolder(t), 'data'), await freePort()];
    const args = shell('exec "$@" >/dev/full 2>/dev/full', ['serve', '--data', data, '--port', String(port)]);
    const child = dependent('sh', args, { stdio: 'ignore', env: { PATH: process.env.PATH } });
    t.after(() => child.kill('SIGKILL'));
    const answered = async () => {
      const status = () => fetch(`http://127.0.0.1:${port}/healthz`).then((response) => response.status, () => undefined);
      for (let found = await status(); found !== 200; found = await status()) {
        assert.equal(child.exitCode, null);
        assert.equal(found, undefined);
        await setTimeout(50);
      }
    };
    await withinTime('the server', answered());
    const { files } = createClient({ baseUrl: `http://127.0.0.1:${port}` });
    for (let count = 0; count < 20; count += 1) assert.deepEqual((await files.listFiles()).files, []);
  });

  test('each command does its work with right values', async (t) => {
    const engine = await postgres(t);
    await engine.start();
    const folder = await temporaryFolder(t);
    const [data, copy, archive] = ['data', 'copy', 'archive.zip'].map((name) => join(folder, name));
    const database = ['--database', engine.url(await engine.create())];
    /** What each command is given, and what it says, in an order in which each finds what it needs. */
    const table = /** @type {[string, string[], RegExp][]} */ ([
      ['serve', [], /^$/],
      ['check', ['--data', data], /^the catalog is whole\nblobs can be written, read and deleted\n$/],
      ['fsck', ['--data', data, '--sample', '2'], /./],
      ['export', [archive, '--data', data], /^exported \d+ bytes, 0 files damaged\n$/],
      ['import', [archive, '--data', copy], /./],
      ['migrate', database, /^the schema has version \d+\n$/],
      ['site create', ['site-a', '--quota', '1000', ...database], /^site-a\t\w+\n$/],
      ['site list', database, /^site-a\t\w+\t-\t0\t1000\n$/m],
      ['site quota', ['site-a', 'none', ...database], /^/],
      ['site bytes', ['directory', ...database], /^/],
      ['site audit', ['site-a', '--since', '2026-01-31', ...database], /^$/],
      ['site keys create', ['site-a', '--scope', 'read', '--days', '1', ...database], /^1\t\S+\n$/],
      ['site keys list', ['site-a', ...database], /^1\tread\t/],
      ['site keys revoke', ['site-a', '1', ...database], /^/],
    ]);
    assert.deepEqual(table.map(([name]) => name).sort(), leaves.map(({ path }) => path.join(' ')).sort());
    for (const [name, args, says] of table) {
      if (name === 'serve') {
        const server = await native(t, data);
        await createClient({ baseUrl: server.origin }).uploads.upload(new TextEncoder().encode('water'), { displayName: 'a.txt' });
        assert.deepEqual(await server.end(), { code: 0, signal: null });
        assert.equal(server.text.stderr, '');
        continue;
      }
      const { code, stdout, stderr } = await run([...name.split(' '), ...args]);
      assert.deepEqual([code, stderr], [0, ''], name);
      assert.match(stdout, says, name);
    }
  });
});
