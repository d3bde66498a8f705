// The shell blocks of the documentation, as pasted into terminals: only the package comes from a tarball, and the port is a free one.
// docs/sync, the guides and the READMEs have tests of their own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocks } from '../examples/markdown.js';
import { present } from '../harness/present.js';
import { project, run } from '../harness/tarball.js';
import { freePort } from '../harness/port.js';
import { startTool } from '../harness/tools.js';

/** @import { TestContext } from 'node:test' */

const CAT = fileURLToPath(new URL('../../data/photos/chelsea.jpg', import.meta.url));

/**
 * A project as its user has it: with pictures, in a home of its own.
 *
 * @param {TestContext} t
 */
async function terminal(t) {
  const folder = await project(t);
  for (const path of ['photos/beach.jpg', 'Pictures/Holidays/chelsea.jpg']) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(CAT, join(folder, path));
  }
  const port = await freePort();
  const env = { HOME: folder, PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`, npm_config_offline: 'true' };
  const here = (/** @type {string} */ code) => code.replaceAll('4410', String(port));
  return {
    folder,
    origin: `http://127.0.0.1:${port}`,
    /**
     * Runs a block to its end. Resolves to what it prints.
     *
     * @param {string} code
     */
    async run(code) {
      const { stdout } = await run('sh', ['-e', '-c', here(code)], { cwd: folder, env: { ...process.env, ...env } });
      return stdout;
    },
    /**
     * Starts a server, and resolves once it listens.
     *
     * @param {{ after: (end: () => unknown) => void }} closing When it is stopped.
     * @param {string} line
     */
    async serve(closing, line) {
      const own = line.includes('--port') ? here(line) : `${line.replace(/ +#.*$/, '')} --port ${port}`;
      await startTool(closing, folder, ['-c', own], { node: 'sh', env });
    },
  };
}

/**
 * Starts a server as a line says, asks whether it lives, and stops it.
 *
 * @param {Awaited<ReturnType<typeof terminal>>} shell
 * @param {string} line
 */
async function startsAndStops(shell, line) {
  /** @type {(() => unknown)[]} */
  const ends = [];
  try {
    await shell.serve({ after: (end) => ends.push(end) }, line);
    assert.equal((await fetch(`${shell.origin}/_wix-media/health`)).status, 200, line);
  } finally {
    for (const end of ends) await end();
  }
}

/**
 * The blocks of a document, in their order.
 *
 * @param {string} name
 */
const shellOf = async (name) =>
  blocks(await readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')).filter(({ language }) => language === 'sh').map(({ code }) => code);

const lines = (/** @type {string} */ code) => code.split('\n').filter((line) => line !== '');

suite('shell blocks', { skip: process.platform === 'win32' }, () => {
  test('docs/command.md: serves, fills, keeps and repairs a Media Manager', async (t) => {
    const shell = await terminal(t);
    const [anywhere, serving, filling, keeping, recovering, completing, ...more] = await shellOf('command.md');
    assert.deepEqual(more, []);
    await writeFile(join(shell.folder, 'keys'), 'a key of at least some length\n');
    for (const line of [...lines(anywhere), ...lines(serving)]) await startsAndStops(shell, line);
    await t.test('the commands on a server', async (inner) => {
      await shell.serve(inner, 'wix-media serve');
      const printed = await shell.run(filling);
      assert.match(printed, /2024[\s\S]*beach\.jpg/);
      assert.match(await shell.run('unzip -l holidays.zip || python3 -m zipfile -l holidays.zip'), /beach\.jpg/);
    });
    // The server above served media with the pictures of a folder.
    await shell.run(keeping);
    assert.match(await shell.run('wix-media ls /Holidays --data copy'), /chelsea\.jpg/);
    await rm(join(shell.folder, 'media/catalog.db'));
    await shell.run(recovering);
    assert.match(await shell.run('wix-media ls /Recovered --data media'), /\.jpg/);
    for (const name of ['.zsh/completions', '.config/fish/completions']) await mkdir(join(shell.folder, name), { recursive: true });
    await shell.run(completing);
    for (const name of ['.bashrc', '.zsh/completions/_wix-media', '.config/fish/completions/wix-media.fish']) {
      assert.match(await readFile(join(shell.folder, name), 'utf8'), /wix-media/, name);
    }
  });

  test('docs/start.md: serves a directory', async (t) => {
    const shell = await terminal(t);
    const [installing, serving, ...more] = await shellOf('start.md');
    assert.deepEqual([installing, more], ['npm install wix-media.v2', []]);
    await startsAndStops(shell, serving);
  });

  test('docs/page.md: serves the page, shows it in frames, and puts it on a server of files', async (t) => {
    const shell = await terminal(t);
    const [serving, checking, hosting, framing, ...more] = await shellOf('page.md');
    assert.deepEqual(more, []);
    assert.ok(lines(checking).every((line) => line.includes('node --test tests/js/page/languages.test.js')), 'for contributors, and in the ring of the page');
    await startsAndStops(shell, serving);
    await mkdir(join(shell.folder, 'public'));
    await shell.run(hosting);
    for (const name of ['index.html', 'wix-media/browser.js', 'wix-media/manager.wasm', 'wix-media/manager-worker.js']) {
      assert.ok((await readFile(join(shell.folder, 'public/media', name))).length > 0, name);
    }
    await startsAndStops(shell, framing);
  });

  test('docs/testing.md: starts a server beside the tests', async (t) => {
    const shell = await terminal(t);
    const [installing, starting, ...more] = await shellOf('testing.md');
    assert.deepEqual([installing, more], ['npm install --save-dev wix-media.v2', []]);
    const port = shell.origin.split(':').at(-1);
    // A group of its own, since the server outlives the shell.
    const child = spawn('sh', ['-e', '-c', starting.replaceAll('4410', String(port))], {
      cwd: shell.folder,
      env: { ...process.env, HOME: shell.folder, npm_config_offline: 'true' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    t.after(() => process.kill(-Number(child.pid), 'SIGKILL'));
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (printed += chunk));
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    assert.match(printed, /"status":"ok"/);
  });

  test('docs/sync.md: backs up, publishes, works both ways, and verifies', async (t) => {
    const shell = await terminal(t);
    const [syncing, both, verifying, ...more] = await shellOf('sync.md');
    assert.deepEqual(more, []);
    await shell.serve(t, 'wix-media serve --seed Pictures');
    // The site is the server.
    const site = (/** @type {string} */ code) => code.replaceAll(/\bsite:/g, shell.origin).replaceAll(`${shell.origin} `, `${shell.origin}/ `);
    for (const line of lines(syncing)) await shell.run(site(line));
    assert.ok((await readFile(join(shell.folder, 'backup/Holidays/chelsea.jpg'))).equals(await readFile(CAT)));
    await shell.run(site(both));
    // What is published is in the site now, and not yet in the backup.
    await shell.run(site(present(lines(syncing)[0])));
    assert.ok((await readFile(join(shell.folder, 'backup/Photos/beach.jpg'))).equals(await readFile(CAT)));
    for (const line of lines(verifying)) await shell.run(site(line));
  });
});
