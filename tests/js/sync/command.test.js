// `wix-media sync`: what it takes, prints, asks and exits with.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { permanentQuestion } from '../../../pkg-template/cli/commands/sync.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { COMMAND } from '../harness/served.js';
import { fill, siteTreeOf, treeOf } from './world.js';

/**
 * Runs the command in a folder.
 *
 * @param {string} cwd
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, input?: string }} [options]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
const run = (cwd, args, { env, input = '' } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, 'sync', ...args], { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env } });
    const text = { stdout: '', stderr: '' };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) child[name].setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...text }));
    child.stdin.end(input);
  });

suite('wix-media sync', () => {
  test('sync: prints each change and the sums, with --dry-run before they are made', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, baseUrl } = await serveManager(t);
    await fill(join(folder, 'photos'), { 'a.txt': 'a', 'In/b.txt': 'b', '.env': 'x' });
    const server = `${baseUrl}/My%20Photos`;
    assert.deepEqual(await run(folder, ['photos', server, '--dry-run']), {
      code: 0,
      stdout: 'Would create: In/\nWould create: In/b.txt\nWould create: a.txt\n',
      stderr: 'Dry run: 2 files created, 0 updated (2 B), 0 deleted, 0 unchanged, 1 folder created\n',
    });
    assert.deepEqual(await siteTreeOf(client), {});
    const done = await run(folder, ['photos', server]);
    assert.deepEqual(done.stdout.split('\n').sort(), ['', 'Created: In/', 'Created: In/b.txt', 'Created: a.txt']);
    assert.deepEqual([done.code, done.stderr], [0, '2 files created, 0 updated (2 B), 0 deleted, 0 unchanged, 1 folder created\n']);
    assert.deepEqual(await siteTreeOf(client, '/My Photos'), { In: null, 'In/b.txt': 'b', 'a.txt': 'a' });
    assert.deepEqual(await run(folder, ['photos', server]), { code: 0, stdout: '', stderr: '0 files created, 0 updated (0 B), 0 deleted, 2 unchanged\n' });
  });

  test('sync: --json is one document; what fails is in it, and makes the exit code 1', async (t) => {
    const folder = await temporaryFolder(t);
    await fill(join(folder, 'photos'), { 'a.txt': 'a', 'empty.txt': '' });
    await mkdir(join(folder, 'media'));
    const { code, stdout } = await run(folder, ['photos', 'data:media:/Top', '--json']);
    assert.equal(code, 1);
    const { actions, summary } = JSON.parse(stdout);
    assert.deepEqual(actions, [{ action: 'create', path: 'a.txt', kind: 'file', bytes: 1 }]);
    assert.deepEqual([summary.created, summary.failures[0].code, summary.failed], [1, 'ZERO_FILE_SIZE', 1]);
    const text = await run(folder, ['photos', 'data:media:/Top', '--quiet']);
    assert.deepEqual([text.code, text.stdout], [1, '']);
    assert.match(text.stderr, /^Failed: empty\.txt: .*the file is empty.*\n$/);
    const back = await run(folder, ['data:media', 'copy', '--json']);
    assert.deepEqual(JSON.parse(back.stdout).actions.map((/** @type {{ path: string }} */ { path }) => path), ['Top', 'Top/a.txt']);
    assert.deepEqual(await treeOf(join(folder, 'copy')), { Top: null, 'Top/a.txt': 'a' });
  });

  test('sync: a Wix site is named by site: and the environment, a server by its address', async (t) => {
    const folder = await temporaryFolder(t);
    for (const [args, message] of /** @type {const} */ ([
      [['site:', 'to'], /Which Media Manager\?/],
      [['to', 'site:/A', '--api-key', 'k'], /WIX_API_KEY needs a site/],
      [['http://[', 'to'], /invalid server address http:\/\/\[/],
      [['http://localhost:1/%', 'to'], /invalid path \/%: % begins an escape/],
      [['data:', 'to'], /data: needs a directory/],
      [['', 'to'], /invalid place/],
      [['a', 'b', '--max-delete', 'some'], /invalid --max-delete: expected a number or a share such as 25%, found some/],
      [['a', 'b', '--bandwidth', 'fast'], /invalid --bandwidth: expected bytes a second such as 500k or 2M, found fast/],
      [['a'], /sync needs TO/],
    ])) {
      const { code, stderr } = await run(folder, [...args]);
      assert.equal(code, 2, String(args));
      assert.match(stderr, message);
    }
    const { code, stderr } = await run(folder, ['none', 'to']);
    assert.equal(code, 1);
    assert.match(stderr, /^wix-media: sync: cannot open the folder .*none: ENOENT/);
  });

  test('sync: --watch goes on after each change, until it is interrupted', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, baseUrl } = await serveManager(t);
    await fill(join(folder, 'photos'), { 'a.txt': 'a' });
    const child = spawn(process.execPath, [COMMAND, 'sync', 'photos', baseUrl, '--watch'], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    const waiting = new Set();
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      for (const look of waiting) look();
    });
    const until = (/** @type {string} */ line) =>
      new Promise((resolve) => {
        const look = () => text.includes(line) && resolve(waiting.delete(look));
        waiting.add(look);
        look();
      });
    await until('Created: a.txt\n');
    await fill(join(folder, 'photos'), { 'New/b.txt': 'b' });
    await until('Created: New/b.txt\n');
    await writeFile(join(folder, 'photos/a.txt'), 'changed');
    await until('Updated: a.txt\n');
    const ended = once(child, 'close');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [130, null]);
    assert.deepEqual(await siteTreeOf(client), { New: null, 'New/b.txt': 'b', 'a.txt': 'changed' });
    assert.equal((await run(folder, ['photos', baseUrl, '--watch', '--json'])).code, 2);
    assert.equal((await run(folder, [baseUrl, 'to', '--watch'])).code, 2);
  });

  test('sync: --watch outlives a run that deletes too much, and a server that fails', { timeout: 120_000 }, async (t) => {
    const folder = await temporaryFolder(t);
    let isDown = false;
    const { client, baseUrl } = await serveManager(t, {
      answer: (request, next) => (isDown ? Response.json({}, { status: 503, headers: { 'retry-after': '0' } }) : next(request)),
    });
    await fill(join(folder, 'photos'), { 'a.txt': 'a', 'b.txt': 'b' });
    const child = spawn(process.execPath, [COMMAND, 'sync', 'photos', baseUrl, '--watch', '--delete'], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    /** @type {Set<() => unknown>} */
    const waiting = new Set();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        for (const look of waiting) look();
      });
    }
    const until = (/** @type {RegExp} */ line) =>
      new Promise((resolve, reject) => {
        const look = () => line.test(text) && resolve(waiting.delete(look));
        child.once('close', () => reject(new Error(`ended: ${text}`)));
        waiting.add(look);
        look();
      });
    await until(/2 files created/);
    await rm(join(folder, 'photos/a.txt'));
    await until(/refused to delete 1 of 2 files/);
    isDown = true;
    await writeFile(join(folder, 'photos/a.txt'), 'a');
    await writeFile(join(folder, 'photos/c.txt'), 'c');
    await until(/wix-media: .*\n.*wix-media: /s);
    isDown = false;
    // Nothing changes: the run is repeated after a pause.
    await until(/Created: c\.txt\n/);
    const ended = once(child, 'close');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [130, null]);
    assert.deepEqual(await siteTreeOf(client), { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
  });

  test('sync: the question before a permanent deletion names each place that loses something', () => {
    const none = { deleted: 0, foldersDeleted: 0, updated: 0 };
    assert.equal(permanentQuestion([['one', none], ['two', none]]), undefined);
    assert.equal(permanentQuestion([['one', none], ['two', { deleted: 2, foldersDeleted: 1, updated: 0 }]]), 'Delete 2 files and 1 folder in two permanently, and replace 0 files?');
    const both = permanentQuestion([['one', { ...none, deleted: 1 }], ['two', { ...none, updated: 3 }]]);
    assert.equal(both, 'Delete 1 file and 0 folders in one permanently, and replace 0 files there; delete 0 files and 0 folders in two permanently, and replace 3 files there?');
  });

  test('sync and put: Ctrl-C ends them even if the server never answers', { skip: process.platform === 'win32' }, async (t) => {
    const folder = await temporaryFolder(t);
    await fill(folder, { 'photos/a.txt': 'a' });
    /** @type {import('node:child_process').ChildProcess | undefined} */
    let child;
    const server = createServer(() => void child?.kill('SIGINT'));
    t.after(() => server.close().closeAllConnections());
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}`;
    for (const args of [['sync', 'photos', `${url}/x`], ['verify', 'photos', `${url}/x`], ['put', 'photos/a.txt', '/x', '--url', url]]) {
      child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } });
      assert.deepEqual(await once(child, 'close'), [130, null], String(args));
    }
  });

  test('verify: names its own help where its places are wrong', async (t) => {
    const folder = await temporaryFolder(t);
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'verify', 'http://[', 'to'], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } });
    assert.equal(status, 2);
    assert.match(stderr, / verify --help explains it/);
  });

  test('sync: --two-way says what it changes where', async (t) => {
    const folder = await temporaryFolder(t);
    await fill(join(folder, 'one'), { 'a.txt': 'a', 'both.txt': 'one' });
    await fill(join(folder, 'two'), { 'In/b.txt': 'b', 'both.txt': 'two' });
    const planned = await run(folder, ['one', 'two', '--two-way', '-n']);
    assert.match(planned.stdout, /^Would keep both in two: both\.txt → both \(conflict of .*, to\)\.txt$/m);
    const { code, stdout, stderr } = await run(folder, ['one', 'two', '--two-way']);
    const lines = stdout.replaceAll(/\(conflict of [^,]*/g, '(conflict').split('\n').sort();
    assert.deepEqual(lines, ['', 'Created in one: In/', 'Created in one: In/b.txt', 'Created in one: both (conflict, to).txt', 'Created in two: a.txt', 'Created in two: both.txt', 'Kept both in two: both.txt → both (conflict, to).txt']);
    assert.deepEqual([code, stderr], [0, '4 files created, 0 updated (8 B), 1 kept as both, 0 deleted, 0 unchanged, 1 folder created\n']);
    await rm(join(folder, 'one/a.txt'));
    const kept = await run(folder, ['one', 'two', '--two-way']);
    assert.match(kept.stderr, /1 only in one place/);
    for (const args of [['--watch'], ['--map', 'x.jsonl']]) assert.equal((await run(folder, ['one', 'two', '--two-way', ...args])).code, 2);
  });

  test('sync: permanent deletion needs --yes where nobody can answer', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, baseUrl } = await serveManager(t);
    await fill(join(folder, 'photos'), { 'a.txt': 'a', 'b.txt': 'b' });
    await run(folder, ['photos', baseUrl]);
    await rm(join(folder, 'photos/a.txt'));
    await writeFile(join(folder, 'photos/c.txt'), 'c');
    const args = ['photos', baseUrl, '--delete=permanent', '--max-delete', '1'];
    const refused = await run(folder, args);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /permanent deletion needs --yes/);
    assert.deepEqual(Object.keys(await siteTreeOf(client)), ['a.txt', 'b.txt']);
    assert.equal((await run(folder, [...args, '--yes'])).code, 0);
    assert.deepEqual(Object.keys(await siteTreeOf(client)), ['b.txt', 'c.txt']);
    assert.deepEqual(await client.files.listDeletedFiles().toArray(), []);
  });
});
