// One directory, two programs: what either of `wix-media serve` and `wix-media-server` has stored, the other one opens.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { noise } from '../harness/bytes.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { served } from '../harness/served.js';
import { native } from './native.js';

/** @import { Closing } from '../harness/types.d.ts' */

/** A file of several pieces, and one that fits into the response of a call. */
const FILES = { 'large.bin': noise(3_000_000, 7), 'small.txt': new TextEncoder().encode('water and sun') };

/** @type {Record<string, (closing: Closing, directory: string) => Promise<{ origin: string, end: (signal?: NodeJS.Signals) => Promise<unknown>, text: { stderr: string } }>>} */
const PROGRAMS = {
  'wix-media serve': (closing, directory) => served(closing, ['--quiet', '--data', directory]),
  'wix-media-server': (closing, directory) => native(closing, directory),
};

/**
 * Stores a tree: a folder with the files, one of them in the trash, an event for each change.
 *
 * @param {string} origin
 * @param {string} name
 */
async function fill(origin, name) {
  const { files, folders, uploads } = createClient({ baseUrl: origin });
  const { folder } = await folders.createFolder(name);
  const parentFolderId = present(folder?._id);
  for (const [displayName, bytes] of Object.entries(FILES)) await uploads.upload(bytes, { displayName, path: `/${name}` });
  const { files: found = [] } = await files.listFiles({ parentFolderId });
  const small = present(found.find(({ displayName }) => displayName === 'small.txt'));
  await files.bulkDeleteFiles([present(small._id)]);
}

/**
 * Everything that a caller sees of it: names, sizes, hashes, bytes, the trash, and the events.
 *
 * @param {string} origin
 */
async function look(origin) {
  const { files, folders } = createClient({ baseUrl: origin });
  const { folders: below = [] } = await folders.listFolders({ sort: { fieldName: 'displayName', order: 'ASC' } });
  const seen = [];
  for (const { _id, displayName } of below) {
    const { files: inside = [] } = await files.listFiles({ parentFolderId: present(_id) });
    for (const file of inside) {
      const response = await fetch(present(file.url));
      const bytes = new Uint8Array(await response.arrayBuffer());
      const expected = FILES[/** @type {keyof typeof FILES} */ (file.displayName)];
      seen.push([displayName, file._id, file.displayName, file.hash, file.sizeInBytes, Buffer.compare(bytes, expected)]);
    }
  }
  const { files: trashed = [] } = await files.listDeletedFiles();
  const { events } = await (await fetch(`${origin}/_wix-media/events?limit=1000`)).json();
  return {
    seen,
    trashed: trashed.map(({ _id, displayName, hash }) => [_id, displayName, hash]).sort(),
    events: events.map((/** @type {any} */ { number, body }) => [number, body.slug, body.entityId]),
  };
}

suite('one directory, two programs', () => {
  for (const [first, second] of [Object.keys(PROGRAMS), Object.keys(PROGRAMS).reverse()]) {
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
      test(`${second} opens the directory of ${first} after ${signal}, and goes on`, async (t) => {
        const directory = await temporaryFolder(t);
        const one = await PROGRAMS[first](t, directory);
        await fill(one.origin, 'first');
        const before = await look(one.origin);
        assert.equal(before.seen.length, 1);
        assert.equal(before.trashed.length, 1);
        await one.end(signal);

        const two = await PROGRAMS[second](t, directory);
        assert.deepEqual(await look(two.origin), before);
        await fill(two.origin, 'second');
        const after = await look(two.origin);
        assert.deepEqual(after.seen.map(([folder, , name]) => `${folder}/${name}`), ['first/large.bin', 'second/large.bin']);
        assert.ok(after.seen.every((row) => row.at(-1) === 0), 'the bytes are the same');
        assert.deepEqual(after.events.slice(0, before.events.length), before.events);
        await two.end();

        const again = await PROGRAMS[first](t, directory);
        assert.deepEqual(await look(again.origin), after);
        const check = await (await fetch(`${again.origin}/_wix-media/check`)).json();
        assert.deepEqual([check.isWhole, check.isCatalogWhole, check.damagedFiles], [true, true, 0]);
      });
    }

    test(`${second} is refused while ${first} has the directory`, async (t) => {
      const directory = await temporaryFolder(t);
      const one = await PROGRAMS[first](t, directory);
      const two = await PROGRAMS[second](t, directory);
      assert.equal(two.origin, '');
      assert.match(two.text.stderr, /in use by/);
      // The one that has it does not notice.
      await fill(one.origin, 'first');
      assert.equal((await look(one.origin)).seen.length, 1);
      await one.end();
      assert.ok((await PROGRAMS[second](t, directory)).origin);
    });
  }

  test('wix-media-server beats in the file of the lock, and releases it at its end', async (t) => {
    const directory = await temporaryFolder(t);
    const { end } = await native(t, directory);
    const lock = () => {
      const [name] = readdirSync(directory).filter((each) => /^lock\.\d+$/.test(each));
      return Object.fromEntries(readFileSync(join(directory, name), 'utf8').trim().split('\n').map((line) => line.split(' ')));
    };
    const { state, flock, beat } = lock();
    assert.deepEqual([state, flock], ['held', 'yes']);
    while (lock().beat === beat) await new Promise((resolve) => setTimeout(resolve, 50));
    await end();
    assert.equal(lock().state, 'released');
  });

  test('wix-media-server keeps a new directory from other users', async (t) => {
    const directory = join(await temporaryFolder(t), 'new');
    await native(t, directory);
    for (const folder of [directory, join(directory, 'blobs')]) assert.equal(statSync(folder).mode & 0o777, 0o700, folder);
  });
});
