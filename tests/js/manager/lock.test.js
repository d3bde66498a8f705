// The lock of a directory: owners that live, die, stop and come back, in this PID namespace and in others.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Held, lockDirectory } from '../../../pkg-template/manager/storage/lock.js';
import { rejection } from '../harness/client.js';
import { createManager, WixMediaError } from '../harness/package.js';
import { emptyDirectory, open, put, top } from './place.js';
import { APART, start, whyNotApart } from './processes.js';

/** @import { LockTimes } from '../../../pkg-template/manager/internal.d.ts' */

const LOCK = JSON.stringify(new URL('../../../pkg-template/manager/storage/lock.js', import.meta.url).href);
const DIST = JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href);

/** Beats are seen soon, and however busy the machine is, no living owner is taken for a dead one. */
const PATIENT = { beatMs: 20, pollMs: 20, staleMs: 3_600_000 };
/** A lock that does not beat is taken over soon. */
const HASTY = { beatMs: 20, confirmMs: 50, staleMs: 200, graceMs: 100, pollMs: 10 };

/**
 * The program of an owner. It answers `check` and `release`.
 *
 * @param {string} directory
 * @param {Partial<LockTimes>} times
 */
const ownerOf = (directory, times) => `
  import { lockDirectory } from ${LOCK};
  try {
    const lock = await lockDirectory(${JSON.stringify(directory)}, { times: ${JSON.stringify(times)} });
    lock.settle();
    tell({ pid: process.pid, isCertain: lock.isCertain });
    for (let line; (line = await next()); ) {
      if (line === 'check') tell(lock.check());
      if (line === 'release') tell(lock.release() ?? true);
    }
  } catch (error) {
    tell({ held: error.holder ?? error.stack });
    await next();
  }`;

/**
 * The program of a manager in a directory. It creates folders by name, and tells the code of what fails.
 *
 * @param {string} directory
 */
const managerIn = (directory) => `
  import { createManager } from ${DIST};
  try {
    const manager = await createManager({ storage: { directory: ${JSON.stringify(directory)} } });
    tell('open');
    for (let line; (line = await next()); ) {
      if (line === 'close') tell((await manager.close()) ?? 'closed');
      else tell(await manager.client.folders.createFolder(line).then(() => 'created', (error) => error.code));
    }
  } catch (error) {
    tell(error.code);
    await next();
  }`;

/**
 * The text of a lock like the one in this directory, with other members.
 *
 * @param {string} directory
 * @param {Record<string, string | number>} members
 */
function changed(directory, members) {
  const [name] = locks(directory);
  let text = readFileSync(join(directory, name), 'utf8');
  for (const [member, value] of Object.entries(members)) text = text.replace(new RegExp(`^${member} .*$`, 'm'), `${member} ${value}`);
  return text;
}

/** @param {string} directory */
const locks = (directory) => readdirSync(directory).filter((name) => /^lock\.\d+$/.test(name));

/** Why what needs the states and start times of processes cannot be tested here; false if it can. */
const NO_PROC = process.platform !== 'linux' && 'needs /proc';

suite('lock of a directory', () => {
  test('lock: refuses a second process, and names the first', async (t) => {
    const directory = await emptyDirectory(t);
    const owner = await start(t, ownerOf(directory, PATIENT)).heard();
    const error = await rejection(lockDirectory(directory, { times: PATIENT }));
    assert.ok(error instanceof Held);
    assert.equal(error.holder, `process ${owner.pid}`);
  });

  test('lock: is free again when its owner releases it', async (t) => {
    const directory = await emptyDirectory(t);
    const owner = start(t, ownerOf(directory, PATIENT));
    await owner.heard();
    assert.equal(await owner.ask('release'), true);
    const lock = await lockDirectory(directory, { times: PATIENT });
    assert.equal(lock.isCertain, true);
    assert.deepEqual([lock.check(), await owner.ask('check')], [true, false]);
    lock.release();
  });

  test('lock: passes at once from a process that was killed', async (t) => {
    const directory = await emptyDirectory(t);
    const owner = start(t, ownerOf(directory, PATIENT));
    await owner.heard();
    await owner.kill();
    const lock = await lockDirectory(directory, { times: PATIENT });
    assert.equal(lock.isCertain, true, 'nobody had to wait');
    lock.release();
  });

  test('lock: notices that another process has the id of its owner', { skip: NO_PROC }, async (t) => {
    const directory = await emptyDirectory(t);
    const owner = start(t, ownerOf(directory, PATIENT));
    await owner.heard();
    const other = spawn('sleep', ['1000']);
    t.after(() => other.kill());
    const text = changed(directory, { pid: Number(other.pid) });
    await owner.kill();
    writeFileSync(join(directory, locks(directory)[0]), text);
    const lock = await lockDirectory(directory, { times: PATIENT });
    assert.equal(lock.isCertain, true);
    lock.release();
  });

  test('lock: of several processes that find a dead owner one gets it', async (t) => {
    const directory = await emptyDirectory(t);
    const dead = start(t, ownerOf(directory, PATIENT));
    await dead.heard();
    await dead.kill();
    const said = await Promise.all(Array.from({ length: 6 }, () => start(t, ownerOf(directory, PATIENT)).heard()));
    assert.equal(said.filter(({ held }) => !held).length, 1, JSON.stringify(said));
    assert.equal(locks(directory).length, 1);
  });

  test('lock: refuses a process of another PID namespace, and takes over from one that is gone', { skip: whyNotApart() }, async (t) => {
    const directory = await emptyDirectory(t);
    const near = start(t, ownerOf(directory, PATIENT));
    await near.heard();
    const far = start(t, ownerOf(directory, PATIENT), { before: APART });
    assert.match((await far.heard()).held, /of another container/);
    await near.kill();
    // From here the far process cannot be seen, and from there the near one could not.
    const other = start(t, ownerOf(directory, HASTY), { before: APART });
    assert.equal((await other.heard()).isCertain, false);
    assert.match(String((await rejection(lockDirectory(directory, { times: PATIENT }))).message), /of another container/);
    await other.kill();
    const began = performance.now();
    const lock = await lockDirectory(directory, { times: HASTY });
    assert.ok(performance.now() - began >= HASTY.staleMs + HASTY.graceMs);
    assert.equal(lock.isCertain, false);
    lock.release();
  });

  test('lock: watches a lock of another machine for as long as it could be alive', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await lockDirectory(directory);
    writeFileSync(join(directory, 'lock.7'), changed(directory, { owner: 'other', boot: 'other', host: 'other', state: 'held    ' }));
    first.release();
    const began = performance.now();
    const lock = await lockDirectory(directory, { times: HASTY });
    assert.ok(performance.now() - began >= HASTY.staleMs + HASTY.graceMs, 'it was watched');
    assert.equal(lock.isCertain, false);
    assert.deepEqual(locks(directory), ['lock.8']);
    lock.release();
  });

  test('lock: takes over from an owner that was cut off while it wrote its lock', async (t) => {
    const directory = await emptyDirectory(t);
    writeFileSync(join(directory, 'lock.1'), '');
    const lock = await lockDirectory(directory, { times: HASTY });
    assert.deepEqual([lock.isCertain, lock.check()], [false, true]);
    lock.release();
  });

  test('lock: an owner that was stopped is overtaken, and notices', { skip: NO_PROC }, async (t) => {
    const directory = await emptyDirectory(t);
    const owner = start(t, ownerOf(directory, HASTY));
    await owner.heard();
    await owner.stop();
    const lock = await lockDirectory(directory, { times: { ...HASTY, beatMs: 20 } });
    assert.equal(lock.isCertain, false);
    owner.resume();
    assert.equal(await owner.ask('check'), false);
    assert.equal(await owner.ask('check'), false, 'for good');
    assert.equal(lock.check(), true);
    lock.release();
  });

  test('lock: clocks that jump change nothing', async (t) => {
    const directory = await emptyDirectory(t);
    const times = { ...PATIENT, confirmMs: 50 };
    const lock = await lockDirectory(directory, { times });
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    for (const day of [1, -3, 20_000, 0]) {
      t.mock.timers.setTime(1.7e12 + day * 86_400_000);
      assert.equal(lock.check(), true);
      const other = await start(t, ownerOf(directory, PATIENT)).heard();
      assert.ok(other.held, 'still held');
    }
    t.mock.timers.reset();
    assert.equal(lock.check(), true);
    lock.release();
  });

  test('lock: an owner whose lock was removed by hand stops', async (t) => {
    const directory = await emptyDirectory(t);
    const lock = await lockDirectory(directory, { times: { confirmMs: 0 } });
    assert.equal(lock.check(), true);
    rmSync(join(directory, locks(directory)[0]));
    assert.equal(lock.check(), false);
    lock.release();
  });

  test('lock: passes at once to an owner with the same id', async (t) => {
    const directory = await emptyDirectory(t);
    const first = await lockDirectory(directory, { owner: 'worker', times: { ...PATIENT, confirmMs: 0 } });
    first.settle();
    const second = await lockDirectory(directory, { owner: 'worker', times: PATIENT });
    assert.deepEqual([second.isCertain, first.check(), second.check()], [true, false, true]);
    second.release();
  });

  test('lock: keeps out an earlier version, and is kept out by one', async (t) => {
    const directory = await emptyDirectory(t);
    const lock = await lockDirectory(directory);
    // An earlier version reads the id of a process and its start time, and creates the file only if it is missing.
    const [pid, started] = readFileSync(join(directory, 'lock'), 'utf8').split(' ');
    assert.equal(Number(pid), process.pid);
    lock.release();
    assert.ok(!readdirSync(directory).includes('lock'));
    const old = spawn('sleep', ['1000']);
    t.after(() => old.kill());
    writeFileSync(join(directory, 'lock'), `${old.pid}`);
    assert.ok((await rejection(lockDirectory(directory))) instanceof Held);
    writeFileSync(join(directory, 'lock'), `${old.pid} 1`);
    if (started) (await lockDirectory(directory)).release();
  });
});

suite('directories of several processes', () => {
  test('directory: is refused to a process of another PID namespace', { skip: whyNotApart() }, async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await open(t, { storage: { directory } });
    assert.equal(await start(t, managerIn(directory), { before: APART }).heard(), 'LOCKED');
    await manager.client.folders.createFolder('Mine');
    assert.deepEqual(await top(manager), ['Mine/']);
  });

  test('directory: a manager that was overtaken writes nothing more', { skip: NO_PROC }, async (t) => {
    const directory = await emptyDirectory(t);
    const owner = start(t, managerIn(directory));
    assert.equal(await owner.heard(), 'open');
    assert.equal(await owner.ask('Before'), 'created');
    const catalog = statSync(join(directory, 'catalog.db')).ino;
    await owner.stop();
    const manager = await createManager({ storage: { directory } });
    assert.notEqual(statSync(join(directory, 'catalog.db')).ino, catalog, 'writes that were stopped in the middle hit another file');
    await manager.client.folders.createFolder('After');
    owner.resume();
    assert.equal(await owner.ask('Too late'), 'LOCK_LOST');
    assert.equal(await owner.ask('Still too late'), 'LOCK_LOST');
    await put(manager, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
    assert.equal(await owner.ask('close'), 'closed');
    assert.deepEqual(await top(manager), ['After/', 'Before/', 'fox.txt']);
    assert.equal((await (await manager.fetch('http://lock.test/_wix-media/check')).json()).isWhole, true);
    await manager.close();
    const again = await open(t, { storage: { directory } });
    assert.deepEqual(await top(again), ['After/', 'Before/', 'fox.txt']);
  });

  test('directory: a manager that was stopped, and was not overtaken, goes on', { skip: NO_PROC }, async (t) => {
    const directory = await emptyDirectory(t);
    const owner = start(t, managerIn(directory));
    assert.equal(await owner.heard(), 'open');
    await owner.stop();
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    owner.resume();
    assert.equal(await owner.ask('Goes on'), 'created');
  });

  test('fetch: answers 503 with LOCK_LOST, and closes, once the lock is gone', async (t) => {
    const directory = await emptyDirectory(t);
    const manager = await createManager({ storage: { directory } });
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    for (const name of locks(directory)) rmSync(join(directory, name));
    t.mock.timers.setTime(Date.now() + 60_000);
    const response = await manager.fetch('http://lock.test/site-media/v1/folders');
    assert.equal(response.status, 503);
    assert.equal((await response.json()).details.applicationError.code, 'LOCK_LOST');
    const error = await rejection(manager.client.folders.createFolder('Late'));
    assert.ok(error instanceof WixMediaError);
    assert.equal(error.code, 'LOCK_LOST');
    await manager.close();
  });
});
