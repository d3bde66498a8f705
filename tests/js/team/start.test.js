// `cargo xtask start --team`, without the builds before it: what it prints works, and it leaves nothing behind, however it is ended.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { program } from './native.js';
import { signal } from './postgres.js';

/** @import { Closing } from '../harness/types.d.ts' */

const START = fileURLToPath(new URL('./start.mjs', import.meta.url));

/**
 * Whether a process runs. One that nobody has waited for yet has ended all the same.
 *
 * @param {number} pid
 */
function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Waits for what happens in another process.
 *
 * @param {string} what
 * @param {() => boolean} isSo
 */
const until = (what, isSo) =>
  withinTime(
    what,
    (async () => {
      while (!isSo()) await setTimeout(5);
    })(),
  );

/**
 * Starts a team as the leader of a group of processes, as a shell does.
 *
 * @param {Closing} closing
 * @param {string[]} args The port, and where bytes are stored.
 */
async function start(closing, args) {
  program();
  const parent = await temporaryFolder(closing);
  // The user of PostgreSQL must reach its folder in there.
  chmodSync(parent, 0o755);
  const folder = join(parent, 'tmp');
  mkdirSync(folder);
  const child = spawn(process.execPath, [START, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: folder } });
  const group = -present(child.pid);
  const text = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) child[name].setEncoding('utf8').on('data', (chunk) => (text[name] += chunk));
  const ended = once(child, 'close').then(([code]) => /** @type {number | null} */ (code));
  closing.after(async () => {
    if (child.exitCode === null) process.kill(group, 'SIGTERM');
    await ended;
  });
  /** Resolves when it has printed what to try, or has ended. */
  const isReady = async () => {
    while (!text.stdout.includes('Ctrl-C stops everything')) {
      await Promise.race([once(child.stdout, 'data'), ended]);
      if (child.exitCode !== null) throw new Error(`it ended: ${text.stdout}${text.stderr}`);
    }
  };
  const end = (/** @type {number} */ pid, /** @type {NodeJS.Signals} */ signal) => {
    process.kill(pid, signal);
    return withinTime(`the end by ${signal}`, ended);
  };
  return { child, group, text, folder, ended, end, isReady: () => withinTime('the start of the team', isReady()) };
}

/**
 * What it has printed.
 *
 * @param {string} text
 */
function printed(text) {
  const line = (/** @type {RegExp} */ pattern) => pattern.exec(text)?.[1] ?? assert.fail(`${pattern} in ${text}`);
  return {
    origin: line(/^ {2}(http:\S+)$/m),
    servers: [...text.matchAll(/(http:\S+) \(process (\d+)\)/g)].map(([, origin, pid]) => ({ origin, pid: Number(pid) })),
    bytes: line(/^ {2}bytes {5}(.+)$/m),
    events: line(/(curl -N .+)$/m),
    change: line(/^ {2}a change on another server +(curl .+)$/m),
    crash: line(/(kill -9 \d+)$/m),
    query: line(/(psql .+)$/m),
  };
}

/**
 * Runs a command of those that it has printed.
 *
 * @param {string} command
 */
async function shell(command) {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
  const output = child.stdout.setEncoding('utf8').toArray();
  const [code] = await withinTime(command, once(child, 'close'));
  return { code, output: (await output).join('') };
}

/**
 * Runs one of them that does not end by itself, until it has said something.
 *
 * @param {string} command
 * @param {string} expected
 */
async function hears(command, expected) {
  const child = spawn('sh', ['-c', `exec ${command}`], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  const heard = async () => {
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      text += chunk;
      if (text.includes(expected)) return true;
    }
    return false;
  };
  const isHeard = await withinTime(command, heard());
  child.kill('SIGKILL');
  return isHeard;
}

/** @param {string} origin */
const isReachable = (origin) => fetch(origin).then(() => true, () => false);

/**
 * The process of PostgreSQL, which leaves the group of those that started it.
 *
 * @param {string} folder
 */
function postmaster(folder) {
  const run = present(readdirSync(folder).find((name) => name.startsWith('wix-media-team-')));
  return Number(readFileSync(join(folder, run, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

suite('cargo xtask start --team', () => {
  test('what it prints works, two run side by side, and Ctrl-C and SIGTERM leave nothing', async (t) => {
    const [one, two] = await Promise.all([start(t, ['0']), start(t, ['0', 's3'])]);
    await Promise.all([one.isReady(), two.isReady()]);
    const all = [one, two].map(({ text, folder }) => ({ ...printed(text.stdout), database: postmaster(folder) }));
    for (const { origin, servers, events, change, crash, query, bytes } of all) {
      assert.equal(servers.length, 3);
      assert.match(await (await fetch(origin)).text(), /<!doctype html>/i);
      const made = await shell(`${change} --fail --silent`);
      assert.deepEqual([made.code, JSON.parse(made.output).folder.displayName], [0, 'Animals']);
      assert.ok(await hears(`${events}?after=0 --silent`, 'folder_created'));
      assert.match((await shell(query)).output, /Animals/);
      assert.equal((await shell(crash)).code, 0);
      // Each request goes to the next server, and past the one that was killed.
      for (let each = 0; each < 4; each += 1) assert.equal((await fetch(`${origin}/healthz`)).status, 200);
      assert.match(bytes, /^(s3:\/\/media\/site of http:|\/)/);
    }
    // The terminal sends the signal to all processes of the group.
    assert.equal(await one.end(one.group, 'SIGINT'), 0, one.text.stderr);
    assert.equal((await fetch(`${all[1].origin}/healthz`)).status, 200);
    assert.equal(await two.end(present(two.child.pid), 'SIGTERM'), 0, two.text.stderr);
    for (const [number, { group, folder, text }] of [one, two].entries()) {
      const { origin, servers, database } = all[number];
      assert.match(text.stdout, /\nStopping\n$/);
      assert.equal(text.stderr, '');
      assert.throws(() => process.kill(group, 0), { code: 'ESRCH' });
      for (const { pid } of servers) assert.ok(!isAlive(pid), `server ${pid}`);
      // It removes its file before it ends.
      await until('the end of PostgreSQL', () => !isAlive(database));
      assert.deepEqual(readdirSync(folder), []);
      assert.ok(!(await isReachable(origin)));
    }
  });

  test('a port that is taken is one sentence, and nothing is left', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    t.after(() => taken.close());
    const { port } = /** @type {import('node:net').AddressInfo} */ (taken.address());
    const { ended, text, folder, group } = await start(t, [String(port)]);
    assert.equal(await withinTime('the end', ended), 1);
    assert.deepEqual(text, { stdout: '', stderr: `cannot use port ${port}: stop the program that has it, or choose another with --port N\n` });
    assert.deepEqual(readdirSync(folder), []);
    assert.throws(() => process.kill(group, 0), { code: 'ESRCH' });
  });

  test('a server ends with the process that started it, even if that is killed', async (t) => {
    const server = join(await temporaryFolder(t), 'server');
    writeFileSync(server, `#!/bin/sh\necho '{"message":"listening","address":"http://127.0.0.1:1"}'\nexec sleep 1000000\n`, { mode: 0o755 });
    const script = `
      const { native } = await import(${JSON.stringify(new URL('./native.js', import.meta.url).href)});
      const { child } = await native({ after() {} }, undefined);
      console.log(child.pid);`;
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, WIX_MEDIA_SERVER: server } });
    const ended = once(starter, 'exit');
    const [line] = await withinTime('the start of a server', once(starter.stdout.setEncoding('utf8'), 'data'));
    const pid = Number(line);
    t.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'));
    assert.ok(isAlive(pid));
    starter.kill('SIGKILL');
    await ended;
    await until('the end of the server', () => !isAlive(pid));
  });

  test('a PostgreSQL ends with the process that started it, even if it is stopped and that process is killed', async (t) => {
    const parent = await temporaryFolder(t);
    // The user of PostgreSQL must reach its folder in there.
    chmodSync(parent, 0o755);
    const script = `
      const { postgres } = await import(${JSON.stringify(new URL('./postgres.js', import.meta.url).href)});
      const { start, processes } = await postgres({ after() {} });
      await start();
      console.log(JSON.stringify(await processes()));`;
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: parent } });
    const ended = once(starter, 'exit');
    const [line] = await withinTime('the start of PostgreSQL', once(starter.stdout.setEncoding('utf8'), 'data'));
    /** @type {number[]} */
    const pids = JSON.parse(line);
    t.after(() => signal(pids.filter(isAlive), 'SIGKILL'));
    assert.ok(pids.length > 1);
    signal(pids, 'SIGSTOP');
    starter.kill('SIGKILL');
    await ended;
    await until('the end of what started PostgreSQL', () => readdirSync(parent).length === 0);
    // It removes its file before it ends.
    await until('the end of PostgreSQL', () => !pids.some(isAlive));
  });

  test('Ctrl-C during the start leaves nothing', async (t) => {
    const { child, group, text, folder, end } = await start(t, ['0']);
    // PostgreSQL is being prepared.
    await until('the folder of PostgreSQL', () => readdirSync(folder).length > 0);
    assert.equal(child.exitCode, null);
    assert.equal(await end(group, 'SIGINT'), 0, text.stderr);
    assert.deepEqual([text.stdout, text.stderr], ['\nStopping\n', '']);
    assert.deepEqual(readdirSync(folder), []);
    assert.throws(() => process.kill(group, 0), { code: 'ESRCH' });
  });
});
