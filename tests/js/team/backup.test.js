// A backup of a database and of the bytes beside it, made while servers change both, and restored elsewhere: see
// docs/server.md#back-up-a-database.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { native, run } from './native.js';
import { objectStore } from './object-store.js';
import { postgres } from './postgres.js';
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
 * Waits for what only looking tells.
 *
 * @param {string} what
 * @param {() => Promise<boolean>} look
 */
async function until(what, look) {
  const looking = async () => {
    while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await withinTime(what, looking());
}

/**
 * Backs up a database while `change` changes it. Resolves to what restores it elsewhere, and returns the URL.
 *
 * @typedef {(t: TestContext, database: { url: string, query: (sql: string) => Promise<string> }, change: () => Promise<void>) => Promise<() => Promise<string>>} Saving
 */

/** By `pg_dump`. @type {Saving} */
async function dumped(t, { url, query }, change) {
  const dump = join(await temporaryFolder(t), 'media.dump');
  await Promise.all([postgresql('pg_dump', ['--format=custom', `--file=${dump}`, url]), change()]);
  return async () => {
    await query('CREATE DATABASE restored');
    const restored = url.replace(/[^/]+$/, 'restored');
    await postgresql('pg_restore', ['--no-owner', `--dbname=${restored}`, dump]);
    return restored;
  };
}

/** By `pg_basebackup` and the WAL that follows it, up to a moment after the backup. @type {Saving} */
async function based(t, { url, query }, change) {
  const folder = await temporaryFolder(t);
  const [data, wal] = ['data', 'wal'].map((name) => join(folder, name));
  await mkdir(wal);
  const receiving = ['--no-loop', '--slot=backup', `--directory=${wal}`, `--dbname=${url}`];
  // Without a slot, PostgreSQL removes files that the receiver does not have yet.
  await postgresql('pg_receivewal', ['--create-slot', ...receiving]);
  const receiver = spawn('pg_receivewal', receiving, { stdio: 'ignore' });
  const received = once(receiver, 'close');
  t.after(() => receiver.kill());
  await until('the receiver of the WAL', async () => (await query("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")) === '1');
  await Promise.all([postgresql('pg_basebackup', ['--checkpoint=fast', `--pgdata=${data}`, `--dbname=${url}`]), change()]);
  await change();
  await query("SELECT pg_create_restore_point('moment')");
  const last = await query('SELECT pg_walfile_name(pg_switch_wal())');
  await until(`the file ${last} of the WAL`, async () => existsSync(join(wal, last)));
  return async () => {
    receiver.kill('SIGINT');
    await withinTime('the end of pg_receivewal', received);
    await cp(wal, join(data, 'received'), { recursive: true });
    await appendFile(join(data, 'postgresql.auto.conf'), "restore_command = 'cp received/%f %p'\nrecovery_target_name = 'moment'\nrecovery_target_action = 'promote'\n");
    await writeFile(join(data, 'recovery.signal'), '');
    const other = await postgres(t, { data });
    await other.start();
    const name = present(url.split('/').pop());
    await until('the end of the recovery', async () => (await other.query(name, 'SELECT pg_is_in_recovery()')) === 'f');
    return other.url(name);
  };
}

/**
 * Backs up a team while clients change its site, restores the backup, and looks at what it holds.
 *
 * @param {TestContext} t
 * @param {{ store?: Awaited<ReturnType<typeof objectStore>>, save?: Saving, copy: (directory: string | undefined) => Promise<string[]> }} options
 *   `copy` copies the bytes, and returns the options for a server that uses the copy.
 */
async function backUp(t, { store, save = dumped, copy }) {
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
  const restore = await save(t, { url, query }, () => change([]));
  const most = uploaded.length;
  // Deleted after the dump and before the copy, which has their bytes all the same.
  await files.bulkDeleteFiles([first], { permanent: true });
  const [options] = await Promise.all([copy(directory), change(others)]);

  const restored = await restore();
  const stores = ['--database', restored, ...options];
  if (options[0] === '--bucket') assert.equal((await run(['site', 'bytes', options[1], '--database', restored])).code, 0);
  const { code, stdout, stderr } = await run(['fsck', ...stores], store?.env);
  assert.equal(code, 0, stdout + stderr);
  const [, count] = /^(\d+) files, \d+ bytes, 0 damaged\n$/.exec(stdout) ?? assert.fail(stdout);
  // A base backup with its WAL is of the moment that was chosen.
  assert.ok(save === based ? Number(count) === most : Number(count) >= STEP && Number(count) <= most, stdout);
  const server = await native(t, undefined, stores, store?.env);
  const again = createClient({ baseUrl: server.origin });
  for (const { id, hash } of uploaded.slice(0, save === based ? most : STEP)) {
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
  for (const [what, save] of /** @type {const} */ ([['a dump', dumped], ['a base backup with its WAL', based]])) {
    test(`${what}, then a copy of the directory, restore everything that the database names`, async (t) => {
      await backUp(t, {
        save,
        copy: async (directory) => {
          const copied = join(await temporaryFolder(t), 'bytes');
          await cp(present(directory), copied, { recursive: true });
          return ['--data', copied];
        },
      });
    });
  }

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
