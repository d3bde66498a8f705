// A backup of a database and of the bytes beside it, made while servers change both, and restored elsewhere: see
// docs/server.md#back-up-a-database.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { native, run } from './native.js';
import { objectStore } from './object-store.js';
import { team } from './team.js';

/** @import { TestContext } from 'node:test' */

/** How many files are uploaded before each step of the backup, and during it. */
const STEP = 4;

/**
 * Runs a program of PostgreSQL.
 *
 * @param {string} program
 * @param {string[]} args
 */
async function postgresql(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const text = child.stderr.setEncoding('utf8').toArray();
  const [code] = await withinTime(`the end of ${program}`, once(child, 'close'));
  assert.equal(code, 0, (await text).join(''));
}

/**
 * Backs up a team while clients change its site, restores the backup, and looks at what it holds.
 *
 * @param {TestContext} t
 * @param {{ store?: Awaited<ReturnType<typeof objectStore>>, copy: (directory: string | undefined) => Promise<string[]> }} options `copy` copies
 *   the bytes, and returns the options for a server that uses the copy.
 */
async function backUp(t, { store, copy }) {
  const { origin, url, query, directory } = await team(t, { servers: 2, store });
  const { files, uploads } = createClient({ baseUrl: origin });
  /** @type {{ id: string, hash: string }[]} */
  const uploaded = [];
  /** Uploads files, and deletes as many for good as are given. */
  const change = async (/** @type {string[]} */ deleted) => {
    for (let each = 0; each < STEP; each += 1) {
      const bytes = noise(20_000 + uploaded.length, uploaded.length + 1);
      const file = await uploads.upload(bytes, { displayName: `file ${uploaded.length}.bin` });
      uploaded.push({ id: present(file._id), hash: md5(bytes) });
      if (deleted[each]) await files.bulkDeleteFiles([deleted[each]], { permanent: true });
    }
  };
  await change([]);
  const [first, ...others] = uploaded.map(({ id }) => id);
  const dump = join(await temporaryFolder(t), 'media.dump');
  await Promise.all([postgresql('pg_dump', ['--format=custom', `--file=${dump}`, url]), change([])]);
  // Deleted after the dump and before the copy, which has their bytes all the same.
  await files.bulkDeleteFiles([first], { permanent: true });
  const [options] = await Promise.all([copy(directory), change(others)]);

  await query('CREATE DATABASE restored');
  const restored = url.replace(/[^/]+$/, 'restored');
  await postgresql('pg_restore', ['--no-owner', `--dbname=${restored}`, dump]);
  const stores = ['--database', restored, ...options];
  if (options[0] === '--bucket') assert.equal((await run(['site', 'bytes', options[1], '--database', restored])).code, 0);
  const { code, stdout, stderr } = await run(['fsck', ...stores], store?.env);
  assert.equal(code, 0, stdout + stderr);
  const [, count] = /^(\d+) files, \d+ bytes, 0 damaged\n$/.exec(stdout) ?? assert.fail(stdout);
  assert.ok(Number(count) >= STEP && Number(count) <= 2 * STEP, stdout);
  const server = await native(t, undefined, stores, store?.env);
  const again = createClient({ baseUrl: server.origin });
  for (const { id, hash } of uploaded.slice(0, STEP)) {
    const file = await again.files.getFileDescriptor(id);
    const response = await fetch(server.origin + new URL(present(file.url)).pathname);
    assert.equal(md5(new Uint8Array(await response.arrayBuffer())), hash);
  }
  // The restored site goes on by itself.
  const file = await again.uploads.upload(noise(1000, 99), { displayName: 'later.bin' });
  assert.equal(file.hash, md5(noise(1000, 99)));
  assert.equal((await run(['fsck', ...stores], store?.env)).code, 0);
}

suite('wix-media-server: backup of a database', () => {
  test('a dump, then a copy of the directory, restore everything that the dump names', async (t) => {
    await backUp(t, {
      copy: async (directory) => {
        const copied = join(await temporaryFolder(t), 'bytes');
        await cp(present(directory), copied, { recursive: true });
        return ['--data', copied];
      },
    });
  });

  test('a dump, then a copy of the bucket, restore everything that the dump names', async (t) => {
    const store = await objectStore(t);
    const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+)$/.exec(store.bucket) ?? [];
    await backUp(t, {
      store,
      copy: async () => {
        for (const name of await store.names()) {
          const to = `${store.origin}/${bucket}/${name.replace(prefix, 'copy')}`;
          const response = await fetch(to, { method: 'PUT', headers: { 'x-amz-copy-source': `/${bucket}/${name}` } });
          // What an upload under way has replaced or removed is not named by the dump.
          assert.ok(response.ok || response.status === 404, `${response.status}`);
          await response.arrayBuffer();
        }
        return ['--bucket', `s3://${bucket}/copy`];
      },
    });
  });
});
