// Watching a folder: which changes are told, and when.
import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { changesOf } from '../../../pkg-template/cli/watch.js';
import { rejection } from '../harness/client.js';
import { temporaryFolder } from '../harness/manager.js';

/** @import { TestContext } from 'node:test' */

/** @param {TestContext} t */
async function watched(t) {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, '.wix-media'));
  const controller = new AbortController();
  t.after(() => controller.abort());
  return { folder, controller, changes: changesOf(folder, controller.signal) };
}

/**
 * Writes a file, and waits until the system has told of it.
 *
 * @param {string} folder
 * @param {string} name
 */
async function written(folder, name) {
  const watcher = watch(folder, { recursive: true });
  const told = new Promise((resolve) => {
    watcher.on('change', (_, about) => about === name && resolve(undefined));
  });
  await writeFile(join(folder, name), 'x');
  await told;
  watcher.close();
}

suite('watching a folder', () => {
  test('changes: those that come while nobody waits are told, beside own files', async (t) => {
    const { folder, changes } = await watched(t);
    await written(folder, join('.wix-media', 'a.journal'));
    await written(folder, 'a.txt');
    assert.deepEqual(await changes.next(), { value: undefined, done: false });
    await written(folder, join('.wix-media', 'a.journal'));
    await written(folder, 'b.txt');
    assert.deepEqual(await changes.next(), { value: undefined, done: false });
  });

  test('changes: several at once are told once, and none of own files', async (t) => {
    const { folder, changes, controller } = await watched(t);
    await written(folder, 'a.txt');
    await written(folder, 'b.txt');
    await changes.next();
    const next = rejection(changes.next());
    await written(folder, join('.wix-media', 'a.journal'));
    controller.abort(new Error('stop'));
    assert.equal((await next).message, 'stop');
  });

  test('changes: a folder that is missing, and a signal that has ended, are told by the first look', async (t) => {
    const { folder } = await watched(t);
    const missing = changesOf(join(folder, 'none'), new AbortController().signal);
    assert.match((await rejection(missing.next())).message, /ENOENT/);
    const ended = changesOf(folder, AbortSignal.abort(new Error('stop')));
    assert.equal((await rejection(ended.next())).message, 'stop');
  });
});
