// One directory, two programs: what either of `wix-media serve` and `wix-media-server` has stored, the other one opens.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient, createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { served } from '../harness/served.js';
import { samples } from '../scenarios/samples.js';
import { native } from './native.js';
import { transfer } from './transfer.js';

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

    test(`${second} resumes a transfer of ${first}, which is killed under uploads`, async (t) => {
      const directory = await temporaryFolder(t);
      const one = await PROGRAMS[first](t, directory);
      const bytes = noise(3_000_000, 9);
      const sending = await transfer(one.origin, bytes);
      await sending.send(one.origin, 0, 1_000_000);
      /** @type {{ id: string, hash: string }[]} */
      const acknowledged = [];
      const killed = new AbortController();
      let hasEnough = () => {};
      /** @type {Promise<void>} */
      const enough = new Promise((resolve) => void (hasEnough = resolve));
      const { uploads } = createClient({ baseUrl: one.origin });
      const uploader = async (/** @type {number} */ number) => {
        for (let turn = 0; !killed.signal.aborted; turn += 1) {
          const content = noise(50_000 + turn, number * 1000 + turn);
          const file = await uploads.upload(content, { displayName: `${number}.${turn}.bin`, signal: killed.signal }).catch(() => undefined);
          if (file) acknowledged.push({ id: present(file._id), hash: md5(content) });
          if (acknowledged.length >= 8) hasEnough();
        }
      };
      const uploaders = [1, 2, 3].map(uploader);
      // What is sent of this one may count or not.
      const rest = sending.send(one.origin, 1_000_000, 3_000_000).catch(() => {});
      await withinTime('eight uploads', enough);
      await one.end('SIGKILL');
      killed.abort();
      await Promise.all([...uploaders, rest]);

      const two = await PROGRAMS[second](t, directory);
      const offset = await sending.offset(two.origin);
      assert.ok(offset >= 1_000_000, `${offset}`);
      if (offset < bytes.length) await sending.send(two.origin, offset, bytes.length);
      acknowledged.push({ id: (await sending.finalise(two.origin)).id, hash: md5(bytes) });
      for (const { id, hash } of acknowledged) {
        const { file } = await (await fetch(`${two.origin}/site-media/v1/files/${id}`)).json();
        const response = await fetch(two.origin + new URL(file.url).pathname);
        assert.equal(md5(new Uint8Array(await response.arrayBuffer())), hash);
      }
      await two.end('SIGKILL');
      const again = await PROGRAMS[first](t, directory);
      const check = await (await fetch(`${again.origin}/_wix-media/check`)).json();
      assert.deepEqual([check.isWhole, check.damagedFiles, check.files >= acknowledged.length], [true, 0, true]);
    });

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

  test('a video has the posters that were made of it in both, and none if none were made', async (t) => {
    const directory = await temporaryFolder(t);
    const poster = readFileSync(new URL('../../data/photos/chelsea.jpg', import.meta.url));
    const makesPosters = { mediaTypes: /** @type {['VIDEO']} */ (['VIDEO']), run: () => ({ posters: [poster, poster] }) };
    const manager = await createManager({ storage: { directory }, videos: false, processing: { steps: [makesPosters], pendingMs: { VIDEO: 0 } } });
    await createClient({ manager }).uploads.upload(samples.mp4, { displayName: 'with.mp4', sessions: false });
    await manager.close();
    const seen = [];
    for (const program of [
      (/** @type {Closing} */ closing) => served(closing, ['--quiet', '--no-videos', '--data', directory]),
      (/** @type {Closing} */ closing) => native(closing, directory),
    ]) {
      const { origin, end } = await program(t);
      const { files, uploads } = createClient({ baseUrl: origin });
      const answers = [];
      await uploads.upload(samples.mp4, { displayName: 'without.mp4', sessions: false });
      for (const { _id, displayName } of (await files.listFiles({ sort: { fieldName: 'displayName', order: 'ASC' } })).files ?? []) {
        const look = async () => (await (await fetch(`${origin}/site-media/v1/files/${_id}`)).json()).file;
        let file = await look();
        // A new video is pending for a moment.
        for (; file.operationStatus === 'PENDING'; file = await look()) await new Promise((resolve) => setTimeout(resolve, 50));
        const urls = [file.thumbnailUrl, ...[0, 1, 2].map((number) => `${origin}/media/${_id}f00${number}.jpg`)];
        const found = await Promise.all(urls.map((url) => fetch(url)));
        const bodies = await Promise.all(found.map(async (each) => md5(new Uint8Array(await each.arrayBuffer()))));
        answers.push([
          displayName,
          file.media.video.posters.length,
          new URL(file.thumbnailUrl).pathname.replace(_id, 'ID'),
          ...found.map(({ status, headers }, at) => [status, headers.get('content-type'), bodies[at]]),
        ]);
      }
      seen.push(answers);
      assert.deepEqual(answers.map(([, posters]) => posters), answers.map(([name]) => (name === 'with.mp4' ? 2 : 0)));
      const [[, , thumbnail, , ...pictures]] = answers;
      assert.equal(thumbnail, '/media/IDf000.jpg');
      assert.deepEqual(pictures.map(([status]) => status), [200, 200, 404]);
      assert.equal(pictures[1][2], md5(poster));
      await end();
    }
    // The second one has found the video of the first one, too.
    const [one, two] = seen;
    const expected = [one[0], one[1], one[1]];
    assert.deepEqual(two, expected);
  });

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
