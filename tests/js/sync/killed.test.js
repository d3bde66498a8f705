// A synchronisation that is killed before any of its steps: the next run ends in the same state, and nothing is there twice.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { sync } from '../harness/sync.js';
import { chosenSeed, Random } from '../oracle/random.js';
import { counts, fill, siteTreeOf, treeOf } from './world.js';

const PROGRAM = fileURLToPath(new URL('killed.mjs', import.meta.url));

/** @typedef {{ baseUrl: string, folder: string, isUpload: boolean, at: number, options?: object }} Settings */

/**
 * Runs it to its end. Resolves to what it prints; undefined if it was killed.
 *
 * @param {Settings} settings
 * @returns {Promise<{ report: object, steps: number, done: string[] } | undefined>}
 */
const run = (settings) =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, JSON.stringify(settings)], (error, stdout, stderr) => {
      if (error && error.signal !== 'SIGKILL') reject(new Error(stderr, { cause: error }));
      else resolve(error ? undefined : JSON.parse(stdout));
    });
  });

const BEFORE = { 'a.txt': 'a', 'b.txt': 'b', 'Old/c.txt': 'c' };
const AFTER = { 'a.txt': 'other', 'b.txt': 'b', New: null, 'New/d.txt': 'd', 'e:f.txt': 'e' };
const OPTIONS = { delete: true, maxDelete: '100%', concurrency: 2 };

/** A process for each step would take minutes, so a run takes every few of them: others each day. */
const MAX_STRIDE = 16;

suite(`killed, WIX_MEDIA_SEED=${chosenSeed()}`, () => {
  const random = new Random(chosenSeed());
  const stride = () => 1 + random.below(MAX_STRIDE);

  test('sync: an upload that is killed anywhere goes on', async (t) => {
    for (let at = stride(); ; at += stride()) {
      const folder = await temporaryFolder(t);
      const { client, baseUrl } = await serveManager(t);
      await fill(folder, BEFORE);
      await sync(folder, client);
      await rm(join(folder, 'Old'), { recursive: true });
      await fill(folder, AFTER);
      const whole = await run({ baseUrl, folder, isUpload: true, at, options: OPTIONS });
      await sync(folder, client, OPTIONS);
      assert.deepEqual(await siteTreeOf(client), AFTER, `killed before step ${at}`);
      assert.deepEqual(counts(await sync(folder, client, OPTIONS)), { unchanged: 4 }, `killed before step ${at}`);
      const { length } = await client.files.listDeletedFiles().toArray();
      assert.equal(length, 1, `killed before step ${at}: the replaced file is in the trash, and nothing else`);
      if (!whole) continue;
      assert.ok(at > 30, `${at} steps`);
      return;
    }
  });

  test('sync: a download that is killed anywhere goes on', async (t) => {
    for (let at = stride(); ; at += stride()) {
      const folder = await temporaryFolder(t);
      const from = await temporaryFolder(t);
      const { client, baseUrl } = await serveManager(t);
      await fill(from, BEFORE);
      await sync(from, client);
      await sync(client, folder);
      await rm(join(from, 'Old'), { recursive: true });
      await fill(from, AFTER);
      await sync(from, client, OPTIONS);
      const whole = await run({ baseUrl, folder, isUpload: false, at, options: OPTIONS });
      // Whoever looks at the folder now sees old and new files, and no part of one.
      const seen = await treeOf(folder);
      for (const [path, content] of Object.entries(seen)) {
        if (content !== null) assert.ok([/** @type {any} */ (BEFORE)[path], /** @type {any} */ (AFTER)[path.replace('‛3A', ':')]].includes(content), `${path} is ${content}`);
      }
      assert.ok('a.txt' in seen && 'b.txt' in seen, `killed before step ${at}`);
      await sync(client, folder, OPTIONS);
      const { 'e:f.txt': escaped, ...rest } = AFTER;
      assert.deepEqual(await treeOf(folder), { ...rest, 'e‛3Af.txt': escaped }, `killed before step ${at}`);
      assert.deepEqual(counts(await sync(client, folder, OPTIONS)), { unchanged: 4 }, `killed before step ${at}`);
      assert.deepEqual(await readdir(join(folder, '.wix-media')).then((names) => names.includes('tmp')), false, `killed before step ${at}: scratch is left`);
      if (!whole) continue;
      assert.ok(at > 30, `${at} steps`);
      return;
    }
  });

  test('sync: a run in both ways that is killed anywhere goes on, and loses no change', async (t) => {
    const options = { ...OPTIONS, twoWay: true };
    for (let at = stride(); ; at += stride()) {
      const folder = await temporaryFolder(t);
      const { client, baseUrl } = await serveManager(t);
      await fill(folder, { 'both.txt': 'b', 'here.txt': 'h', 'there.txt': 't', 'gone-here.txt': 'x', 'Gone there/y.txt': 'y', 'Old/z.txt': 'z', kind: 'k' });
      await sync(folder, client, options);
      const idOf = async (/** @type {string} */ path) => String((await client.paths.resolve(path))?.id);
      await fill(folder, { 'both.txt': 'folder', 'here.txt': 'changed here', 'New/new here.txt': 'n' });
      for (const name of ['gone-here.txt', 'kind']) await rm(join(folder, name));
      await fill(folder, { 'kind/in.txt': 'in' });
      for (const [displayName, content] of [['both.txt', 'site'], ['there.txt', 'changed there']]) {
        const old = await idOf(`/${displayName}`);
        await client.uploads.upload(new Blob([content]), { displayName });
        await client.files.bulkDeleteFiles([old], { permanent: true });
      }
      await client.files.bulkDeleteFiles([await idOf('/kind')], { permanent: true });
      await client.uploads.upload(new Blob(['other kind'], { type: 'text/plain' }), { displayName: 'kind.txt' });
      await client.files.updateFileDescriptor({ _id: await idOf('/kind.txt'), displayName: 'kind' });
      await client.folders.bulkDeleteFolders([await idOf('/Gone there/')], { permanent: true });
      await client.folders.updateFolder(await idOf('/Old/'), { displayName: 'Moved', parentFolderId: 'media-root' });
      const whole = await run({ baseUrl, folder, isUpload: true, at, options });
      await sync(folder, client, options);
      const [here, there] = [await treeOf(folder), await siteTreeOf(client)];
      assert.deepEqual(here, there, `killed before step ${at}`);
      const timeless = Object.fromEntries(Object.entries(here).map(([path, content]) => [path.replace(/ \(conflict of .*, site\)/, ' (site)'), content]));
      const expected = {
        Moved: null, 'Moved/z.txt': 'z', New: null, 'New/new here.txt': 'n', 'both (site).txt': 'site', 'both.txt': 'folder',
        'here.txt': 'changed here', kind: null, 'kind (site)': 'other kind', 'kind/in.txt': 'in', 'there.txt': 'changed there',
      };
      assert.deepEqual(timeless, expected, `killed before step ${at}`);
      assert.deepEqual(counts(await sync(folder, client, options)), { unchanged: 8 }, `killed before step ${at}`);
      const trash = (await client.files.listDeletedFiles().toArray()).map(({ displayName }) => displayName).sort();
      assert.deepEqual(trash, ['gone-here.txt', 'here.txt'], `killed before step ${at}: nothing is there twice`);
      if (!whole) continue;
      assert.ok(at > 30, `${at} steps`);
      return;
    }
  });

  test('sync: waits for the disk where a loss of power would be taken for a change', async (t) => {
    const folder = await temporaryFolder(t);
    const { client, baseUrl } = await serveManager(t);
    await fill(folder, BEFORE);
    await sync(folder, client, OPTIONS);
    await fill(folder, { 'a.txt': 'other' });
    // What is replaced is noted, and on the disk, before its successor is sent.
    const upload = await run({ baseUrl, folder, isUpload: true, at: -1, options: OPTIONS });
    const sent = upload?.done.filter((name) => name === 'datasync' || name === 'PUT');
    assert.deepEqual(sent, ['datasync', 'PUT']);
    await client.uploads.upload(new Blob(['new']), { displayName: 'new.txt' });
    const settings = { baseUrl, folder, isUpload: false, at: -1 };
    // The bytes of a file are on the disk before it has its name, and that before it is noted.
    const both = await run({ ...settings, options: { ...OPTIONS, twoWay: true } });
    const stored = both?.done.slice(both.done.indexOf('utimes')).filter((name) => name !== 'rm');
    assert.deepEqual(stored, ['utimes', 'sync', 'rename', 'appendFile', 'rmdir']);
    await client.uploads.upload(new Blob(['more']), { displayName: 'more.txt' });
    const one = await run({ ...settings, options: OPTIONS });
    assert.ok(one?.done.includes('utimes') && !one.done.includes('sync'), 'a copy in one way leaves that to the system');
  });

  test('journal: another process that runs keeps it, one that is gone does not; a line that was cut off is ignored', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    await fill(folder, BEFORE);
    await sync(folder, client);
    const name = String((await readdir(join(folder, '.wix-media'))).find((each) => each.endsWith('.journal')));
    const lock = join(folder, '.wix-media', `${name}.lock`);
    await writeFile(lock, JSON.stringify({ pid: process.pid, host: (await import('node:os')).hostname() }));
    await assert.rejects(sync(folder, client), { code: 'JOURNAL_LOCKED' });
    assert.equal((await sync(folder, client, { dryRun: true })).unchanged, 3, 'a dry run needs no lock');
    await writeFile(lock, JSON.stringify({ pid: 2 ** 30, host: (await import('node:os')).hostname() }));
    await writeFile(join(folder, '.wix-media', `${name}.log`), '{"p":"a.txt","v":["wr');
    assert.equal((await sync(folder, client)).unchanged, 3);
    await writeFile(join(folder, '.wix-media', name), '{"journal":2}\n');
    await assert.rejects(sync(folder, client), { code: 'JOURNAL_INVALID' });
    assert.deepEqual((await readdir(join(folder, '.wix-media'))).filter((each) => each.endsWith('.lock')), []);
  });

  test('journal: is closed after each run', { skip: process.platform !== 'linux' }, async (t) => {
    const folder = await temporaryFolder(t);
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    await fill(from, BEFORE);
    await sync(from, to);
    const name = String((await readdir(join(to, '.wix-media'))).find((each) => each.endsWith('.journal')));
    // More lines than are read ahead.
    const lines = Array.from({ length: 5000 }, (_, number) => `{"p":"x${String(number).padStart(9, '0')}","v":["",""]}\n`);
    await appendFile(join(to, '.wix-media', name), lines.join(''));
    for (let run = 0; run < 3; run += 1) assert.equal((await sync(from, to, { dryRun: true })).unchanged, 3);
    const open = (await readdir('/proc/self/fd')).map((each) => readlink(`/proc/self/fd/${each}`).catch(() => ''));
    assert.deepEqual((await Promise.all(open)).filter((path) => path.endsWith(name)), []);
  });

  test('journal: one file for two places, and for no others', async (t) => {
    const folder = await temporaryFolder(t);
    const [one, other] = [await serveManager(t), await serveManager(t)];
    const journal = join(folder, 'journals/site.journal');
    await one.client.uploads.upload(new Blob(['a']), { displayName: 'a.txt' });
    for (const [from, to] of [[one.client, other.client], [other.client, one.client]]) await sync(from, to, { journal });
    assert.equal((await sync(one.client, other.client, { journal, dryRun: true })).unchanged, 1);
    await assert.rejects(sync(one.client, join(folder, 'to'), { journal }), { code: 'JOURNAL_INVALID' });
  });
});
