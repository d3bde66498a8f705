// The grammar of the command line: what is understood, what is refused and in which words, and what reads it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { parse } from '../../../pkg-template/cli/parse.js';
import { completion } from '../../../pkg-template/cli/commands/completion.js';
import { EXIT } from '../../../pkg-template/cli/failure.js';
import { commands, optionsOf } from '../../../pkg-template/cli/commands.js';
import { helpFor, overview } from '../../../pkg-template/cli/help.js';
import { loaders } from '../../../pkg-template/cli/load.js';
import { present } from '../harness/present.js';

/** @import { Context } from '../../../pkg-template/cli/internal.d.ts' */

/** @param {string} line */
const read = (line) => parse(line.split(' ').filter(Boolean));

suite('the command line', () => {
  test('commands: each has its code, and no code is without a command', async () => {
    assert.deepEqual(Object.keys(loaders), Object.keys(commands));
    for (const load of Object.values(loaders)) assert.equal(typeof (await load()), 'function');
  });

  test('parse: accepts words and options in any order and spelling', () => {
    const expected = { command: 'ls', words: ['/a', '/b'], options: { long: true, sort: 'size', type: ['IMAGE', 'VIDEO'] } };
    for (const line of [
      'ls /a /b --long --sort size --type IMAGE --type VIDEO',
      'ls -l --sort=size /a -t image --type=Video /b',
      'ls /a -lt IMAGE -t VIDEO --sort SIZE -- /b',
    ]) {
      assert.deepEqual(read(line), expected, line);
    }
  });

  test('parse: takes everything after -- as words', () => {
    assert.deepEqual(read('rename /a -- -b').words, ['/a', '-b']);
  });

  test('parse: converts numbers, and names to camel case', () => {
    assert.deepEqual(read('serve --port 0 --external-url http://x --api-key a --api-key b').options, {
      port: 0,
      externalUrl: 'http://x',
      apiKey: ['a', 'b'],
    });
  });

  test('parse: a flag may have a value where the table names some', () => {
    for (const [line, value] of /** @type {const} */ ([['sync a b --delete', true], ['sync --delete a b', true], ['sync a b --delete=PERMANENT', 'permanent']])) {
      const { options, words } = read(line);
      assert.deepEqual([options.delete, words], [value, ['a', 'b']], line);
    }
  });

  test('parse: understands every form of help', () => {
    for (const line of ['', '--help', '-h', 'help']) assert.equal(read(line).options.help, true, line);
    for (const line of ['ls --help', 'mv -h', 'help mv']) assert.ok(read(line).options.help && read(line).command, line);
    assert.equal(read('--version').options.version, true);
  });

  test('parse: names the invalid words', () => {
    for (const [line, message] of /** @type {[string, RegExp][]} */ ([
      ['lss', /unknown command lss: did you mean ls\?/],
      ['--port 1 serve', /unknown command --port: the command comes first/],
      ['toString', /unknown command toString/],
      ['ls --srot name', /unknown option --srot of ls: did you mean --sort\?/],
      ['ls --sort', /--sort needs a value/],
      ['ls --sort color', /invalid --sort: expected one of name, size, date, found color/],
      ['ls --json=yes', /--json takes no value/],
      ['sync a b --delete=now', /invalid --delete: expected one of trash, permanent, found now/],
      ['serve --port x', /invalid --port: expected a number, found x/],
      ['serve --port -1', /--port/],
      ['serve here', /serve does not take here/],
      ['tree / /a', /tree does not take \/a/],
      ['mv /a', /mv needs FOLDER/],
      ['put', /put needs SOURCE/],
      ['ls --url a --data b', /exclude each other/],
    ])) {
      assert.throws(() => read(line), { exitCode: EXIT.usage, message }, line);
    }
  });

  test('help: every example can be parsed', () => {
    for (const [name, { examples }] of Object.entries(commands)) {
      assert.ok(examples.length > 0, name);
      for (const [line] of examples) {
        const words = present(line.replace(/ >>? .*/, '').match(/"[^"]*"|\S+/g)).map((word) => word.replaceAll('"', ''));
        assert.equal(parse(words).command, name, line);
      }
    }
  });

  test('options: mean the same in every command', () => {
    const seen = new Map();
    for (const name of Object.keys(commands)) {
      for (const { name: option, value, choices } of optionsOf(name)) {
        const meaning = JSON.stringify({ isFlag: value === undefined, choices });
        // --trash and --quiet are flags everywhere; --data and --api-key name the same thing in serve and elsewhere.
        assert.equal(seen.get(option) ?? meaning, meaning, `${name} --${option}`);
        seen.set(option, meaning);
      }
      const letters = optionsOf(name).map(({ short }) => short).filter(Boolean);
      assert.equal(new Set(letters).size, letters.length, name);
    }
  });

  test('help: names every command and option', () => {
    for (const name of Object.keys(commands)) {
      assert.match(overview('wix-media'), new RegExp(`^ {2}${name}\\b`, 'm'));
      for (const { name: option } of optionsOf(name)) assert.match(helpFor(name, 'wix-media'), new RegExp(`--${option}\\b`));
    }
  });
});

suite('docs/command.md', () => {
  test('docs/command.md: lists every command and every option of serve', async () => {
    const text = await readFile(new URL('../../../docs/command.md', import.meta.url), 'utf8');
    const [, serving, others] = present(/## `wix-media serve`([\s\S]*?)## Files and folders([\s\S]*?)\n### /.exec(text));
    /** @param {string} part */
    const firstCells = (part) => part.split('\n').filter((line) => /^\| `/.test(line)).map((line) => line.split(' | ')[0]);
    const named = firstCells(others).map((cell) => present(/`(\w+)/.exec(cell))[1]);
    assert.deepEqual(['serve', ...named], Object.keys(commands));
    const options = firstCells(serving).flatMap((cell) => present(cell.match(/--[a-z-]+/g)).map((option) => option.slice(2)));
    assert.deepEqual(options.sort(), commands.serve.options.map(({ name }) => name).sort());
    for (const cell of firstCells(others)) {
      const [, line] = present(/`([^`]+)`/.exec(cell));
      const [name, ...words] = line.split(' ');
      assert.deepEqual(words, commands[name].words, name);
    }
  });
});

suite('completions', () => {
  /** @param {string} shell */
  const script = async (shell) => {
    let text = '';
    const context = { words: [shell], print: (/** @type {string} */ line) => (text += line) };
    await completion(/** @type {Context} */ (/** @type {unknown} */ (context)));
    return text;
  };

  /**
   * What bash would offer behind these words.
   *
   * @param {string[]} words
   * @param {string} cwd
   */
  async function offered(words, cwd) {
    const program = `${await script('bash')}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
      _wix_media; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', program], { encoding: 'utf8', cwd }).split('\n').filter(Boolean).sort();
  }

  test('bash: offers commands, options, values and files', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'wix-media-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'fox.jpg'), '');
    assert.deepEqual(await offered(['wix-media', 're'], folder), ['recover', 'rename', 'restore', 'rewrite']);
    assert.deepEqual(await offered(['wix-media', 'ls', '--s'], folder), ['--site-id', '--sort']);
    assert.deepEqual(await offered(['wix-media', 'ls', '--sort', ''], folder), ['date', 'name', 'size']);
    assert.deepEqual(await offered(['wix-media', 'ls', '--type', 'V'], folder), ['VECTOR', 'VIDEO']);
    assert.deepEqual(await offered(['wix-media', 'put', 'fo'], folder), ['fox.jpg']);
    assert.deepEqual(await offered(['wix-media', 'ls', ''], folder), []);
    assert.deepEqual(await offered(['wix-media', 'completion', 'b'], folder), ['bash']);
  });

  test('completion: covers every command and option', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const text = await script(shell);
      for (const name of Object.keys(commands)) {
        assert.match(text, new RegExp(`\\b${name}\\b`), `${shell} ${name}`);
        for (const { name: option } of optionsOf(name)) {
          assert.match(text, new RegExp(shell === 'fish' ? `-l ${option}\\b` : `--${option}\\b`), `${shell} ${option}`);
        }
      }
    }
  });

  for (const [shell, check] of /** @type {[string, string[]][]} */ ([['bash', ['-n']], ['zsh', ['-n']], ['fish', ['--no-execute']]])) {
    const isThere = spawnSync(shell, ['--version']).status === 0;
    test(`${shell}: accepts its script`, { skip: isThere ? false : `there is no ${shell} here` }, async () => {
      const { status, stderr } = spawnSync(shell, check, { input: await script(shell), encoding: 'utf8' });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    });
  }

  test('completion: refuses an unknown shell', async () => {
    await assert.rejects(script('tcsh'), /unknown shell tcsh: expected one of bash, zsh, fish/);
  });
});
