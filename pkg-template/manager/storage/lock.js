// The lock of a directory: one process at a time, also across containers, PID namespaces and network file systems.
// `src/catalog/sqlite/lock.rs` speaks the same protocol. Numbers of processes alone cannot do it, because two containers
// do not see each other's, and Node has no `flock`.
//
// The lock is the file `lock.N`, and the process that created it owns the directory for as long as the file is there. It
// says who the owner is, and holds a counter, the beat, which the owner increments every BEAT_MS. N only grows, so no name
// ever means two owners.
//
//   free ──create lock.1──▶ held ──close──▶ released (the file stays, and says so)
//                            │
//                            └─crash, SIGSTOP, blocked event loop─▶ stale
//   released, stale ──create lock.(N+1), remove lock.N──▶ held by another
//
// - A lock is stale at once when its process is certainly gone: its boot and PID namespace are those of the reader, and no
//   process has its id and its start time. Otherwise the reader watches: it is stale when its beat has stayed the same for
//   STALE_MS of the reader's monotonic clock. Clocks of two machines are never compared.
// - To take over, a process creates the next number, which only one can, reads the older files once more, and removes them.
//   Unless death was certain it then waits GRACE_MS before it writes.
// - The owner reads its own file before it writes, unless it has done so within CONFIRM_MS, which is shorter than GRACE_MS. A
//   file that is gone or names somebody else means that it was overtaken. It never writes again.
// - A write that began before the takeover, and was stopped in the middle, must not hit the files of the new owner: that one
//   replaces the catalog's files by copies (`isCertain` tells whether it has to).
//
// A crash leaves the file, which is stale then. A takeover that ended before the catalog was replaced leaves the state
// `claiming` (a crash) or `aborted` (an error), and the next owner replaces the catalog in its place.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeOf, FILE_MODE, writeFully } from './files.js';
import { isAlive } from './processes.js';

/** @import { DirectoryLock, LockRecord, LockTimes } from '../internal.d.ts' */

/** How often the owner increments the beat. */
const BEAT_MS = 2_000;
/** How long the owner relies on having read its file. */
const CONFIRM_MS = 3_000;
/** How long the beat stays the same before others take the lock. */
const STALE_MS = 9_000;
/** How long a new owner waits before it writes: an older one that has not noticed yet may write for CONFIRM_MS. */
const GRACE_MS = 4_500;
/** How often a lock is read that is being watched. */
const POLL_MS = 200;
/** How many reads a lock must stay the same for, besides: a reader that was stopped itself has not watched. */
const MIN_POLLS = 20;

const NAME = /^lock\.(\d{1,15})$/;
/** The name of the lock of earlier versions. */
const OLD_NAME = 'lock';
const FORMAT = 'wix-media lock 1';

/** Thrown when somebody else has the lock; `holder` says who. */
export class Held extends Error {
  /** @param {string} holder */
  constructor(holder) {
    super(`in use by ${holder}`);
    this.holder = holder;
  }
}

/** @param {() => string} read */
function textOf(read) {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

/**
 * The state of a process and when it started, where the system tells. Ids of processes are reused, pairs of id and start time
 * are not.
 *
 * @param {number} pid
 */
function processOf(pid) {
  const stat = textOf(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const members = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat ? { state: members[0], started: members[19] } : { state: '', started: '' };
}

/** The running system: another one after a restart, and on another machine. */
function bootOf() {
  const id = textOf(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  // Elsewhere the time of the boot, roughly, since clocks are adjusted. An error only means that nothing is certain.
  return id || textOf(() => `${process.platform}-${Math.round((Date.now() / 1000 - os.uptime()) / 60)}`) || '-';
}

/** What a lock says about this process. */
const here = () => ({
  // Deno may not ask for any of these.
  host: textOf(() => os.hostname()).replace(/[^!-~]/g, '-') || '-',
  boot: bootOf(),
  namespace: textOf(() => fs.readlinkSync('/proc/self/ns/pid')) || '-',
  pid: process.pid,
  started: processOf(process.pid).started || '-',
});

/**
 * The text of a lock. The beat has a fixed width, so that a text replaces an older one in one write.
 *
 * @param {LockRecord} record
 */
const written = ({ owner, host, boot, namespace, pid, started, state, beat }) =>
  [FORMAT, `owner ${owner}`, `host ${host}`, `boot ${boot}`, `namespace ${namespace}`, `pid ${pid}`, `started ${started}`, `state ${state.padEnd(8)}`, `beat ${String(beat).padStart(12, '0')}`, '']
    .join('\n');

/**
 * The record in a text; undefined for a text that is not complete.
 *
 * @param {string} text
 * @returns {LockRecord | undefined}
 */
function parsed(text) {
  const [format, ...lines] = text.split('\n');
  const members = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).trim()]));
  if (format !== FORMAT || members.beat === undefined) return undefined;
  return /** @type {any} */ ({ ...members, pid: Number(members.pid), beat: Number(members.beat) });
}

/**
 * What is certain about the owner of a lock.
 *
 * @param {LockRecord | undefined} record
 * @param {ReturnType<typeof here>} me
 * @param {string} owner
 * @returns {'gone' | 'alive' | 'unknown'}
 */
function fateOf(record, me, owner) {
  if (!record) return 'unknown';
  // A thread of this process, which has ended: whoever gave this owner's id to the next one knows that.
  if (record.state === 'released' || record.state === 'aborted' || record.owner === owner) return 'gone';
  if (record.boot === '-' || record.boot !== me.boot || record.namespace !== me.namespace) return 'unknown';
  if (!isAlive(record.pid)) return 'gone';
  const { state, started } = processOf(record.pid);
  if (state === 'Z' || (started && record.started !== '-' && started !== record.started)) return 'gone';
  // Another thread of this process may have ended. A stopped process may never go on. Without start times the process may be
  // another one.
  const isKnown = record.pid !== process.pid && state !== 'T' && state !== 't' && started === record.started;
  return isKnown ? 'alive' : 'unknown';
}

/**
 * Who a lock belongs to, in words.
 *
 * @param {LockRecord | undefined} record
 * @param {ReturnType<typeof here>} me
 */
function holderOf(record, me) {
  if (!record) return 'another process';
  if (record.host !== me.host) return `process ${record.pid} on ${record.host}`;
  if (record.namespace !== me.namespace) return `process ${record.pid} of another container`;
  return record.pid === process.pid ? 'another manager of this process' : `process ${record.pid}`;
}

/**
 * Locks a directory. Throws {@link Held} when it belongs to somebody else. Waits when it cannot tell at once.
 *
 * @param {string} root
 * @param {{ owner?: string, times?: Partial<LockTimes> }} [options] `owner` is the id of this owner; a lock with the same id is
 * taken over at once. `times` are for tests.
 * @returns {Promise<DirectoryLock>}
 */
export async function lockDirectory(root, { owner = randomUUID(), times } = {}) {
  const { beatMs, confirmMs, staleMs, graceMs, pollMs } = { beatMs: BEAT_MS, confirmMs: CONFIRM_MS, staleMs: STALE_MS, graceMs: GRACE_MS, pollMs: POLL_MS, ...times };
  const me = here();
  /** @type {Map<string, { text: string, since: number, polls: number }>} */
  const watched = new Map();
  const isStale = (/** @type {string} */ name, /** @type {string} */ text, /** @type {LockRecord | undefined} */ record) => {
    const before = watched.get(name);
    if (before && before.text !== text) throw new Held(holderOf(record, me));
    const since = before?.since ?? performance.now();
    const polls = (before?.polls ?? 0) + 1;
    watched.set(name, { text, since, polls });
    return performance.now() - since >= staleMs && polls > MIN_POLLS;
  };

  for (;;) {
    const found = locksIn(root);
    let isCertain = true;
    let isFree = true;
    for (const { name, text } of found) {
      const record = parsed(text);
      const fate = fateOf(record, me, owner);
      if (fate === 'alive') throw new Held(holderOf(record, me));
      if (fate === 'unknown' && !isStale(name, text, record)) isFree = false;
      if (fate === 'unknown' || record?.state === 'claiming' || record?.state === 'aborted') isCertain = false;
    }
    const claimed = isFree && claim(root, found, { owner, ...me, state: 'claiming', beat: 0 });
    if (!claimed) {
      await pause(pollMs);
      continue;
    }
    const lock = own(claimed, { owner, ...me, state: 'claiming', beat: 0 }, { beatMs, confirmMs });
    try {
      lockOld(root, owner, me);
      if (!isCertain) await pause(graceMs);
    } catch (error) {
      lock.release();
      throw error;
    }
    const unlockOld = () => {
      const file = path.join(root, OLD_NAME);
      if (textOf(() => fs.readFileSync(file, 'utf8')).endsWith(` ${owner}`)) fs.rmSync(file, { force: true });
    };
    return {
      isCertain,
      check: lock.check,
      settle() {
        lock.become('held');
      },
      release() {
        // An owner that was overtaken leaves the files of the new one alone.
        if (lock.check()) unlockOld();
        lock.release();
      },
    };
  }
}

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * The locks in a directory with their texts, oldest first.
 *
 * @param {string} root
 */
function locksIn(root) {
  const names = fs.readdirSync(root).filter((name) => NAME.test(name));
  const number = (/** @type {string} */ name) => Number(NAME.exec(name)?.[1]);
  return names
    .map((name) => ({ name, number: number(name), text: textOf(() => fs.readFileSync(path.join(root, name), 'utf8')) }))
    .sort((one, other) => one.number - other.number);
}

/**
 * Creates a file with a text, or none: without its text, as on a full disk, a lock would be one of an unknown owner.
 *
 * @param {string} file
 * @param {string} text
 */
function create(file, text) {
  const descriptor = fs.openSync(file, 'wx', FILE_MODE);
  try {
    writeFully(descriptor, Buffer.from(text), 0);
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Creates the next lock, and removes the older ones. Returns its file; undefined when somebody else was faster.
 *
 * @param {string} root
 * @param {ReturnType<typeof locksIn>} found
 * @param {LockRecord} record
 */
function claim(root, found, record) {
  const number = (found.at(-1)?.number ?? 0) + 1;
  const file = path.join(root, `lock.${number}`);
  try {
    create(file, written(record));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
  const now = locksIn(root);
  const isLatest = now.at(-1)?.number === number;
  const isSame = found.every(({ name, text }) => now.some((other) => other.name === name && other.text === text));
  if (!isLatest || !isSame) {
    fs.rmSync(file, { force: true });
    return undefined;
  }
  for (const { name } of found) fs.rmSync(path.join(root, name), { force: true });
  return file;
}

/**
 * The owner's side of a lock.
 *
 * @param {string} file
 * @param {LockRecord} record
 * @param {Pick<LockTimes, 'beatMs' | 'confirmMs'>} times
 */
function own(file, record, { beatMs, confirmMs }) {
  let text = written(record);
  let isLost = false;
  const { ino } = fs.statSync(file, { bigint: true });
  // Neither clock suffices: the monotonic one stands still while the machine sleeps, and the other one is set.
  let confirmed = { steady: performance.now(), wall: Date.now() };
  /** Reads the file and increments its beat. Returns whether it is still that of this owner, as far as can be told. */
  function confirm() {
    const now = { steady: performance.now(), wall: Date.now() };
    let descriptor;
    try {
      descriptor = fs.openSync(file, 'r+');
      const buffer = Buffer.alloc(text.length + 1);
      const count = fs.readSync(descriptor, buffer, 0, buffer.length, 0);
      if (buffer.toString('latin1', 0, count) !== text) {
        isLost = true;
        return false;
      }
      confirmed = now;
      record.beat += 1;
      const next = written(record);
      // Without room or rights the beat stays the same, and others take over at worst.
      fs.writeSync(descriptor, next, 0);
      text = next;
    } catch (error) {
      const code = codeOf(error);
      if (['ENOENT', 'ESTALE', 'ENOTDIR'].includes(code)) isLost = true;
      // With no descriptor left, the name alone has to do.
      else if (['EMFILE', 'ENFILE'].includes(code) && fs.statSync(file, { bigint: true, throwIfNoEntry: false })?.ino === ino) confirmed = now;
    } finally {
      if (descriptor !== undefined) fs.closeSync(descriptor);
    }
    return !isLost && confirmed === now;
  }
  const check = () => {
    if (isLost) return false;
    const age = Math.max(performance.now() - confirmed.steady, Math.abs(Date.now() - confirmed.wall));
    return age < confirmMs || confirm();
  };
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  // A chain, so that a program that was stopped does not beat many times at once.
  const beat = () => {
    if (isLost) return;
    confirm();
    timer = setTimeout(beat, beatMs);
    timer.unref?.();
  };
  timer = setTimeout(beat, beatMs);
  timer.unref?.();
  return {
    check,
    /** @param {LockRecord['state']} state */
    become(state) {
      record.state = state;
      confirm();
    },
    release() {
      clearTimeout(timer);
      if (isLost) return;
      record.state = record.state === 'held' ? 'released' : 'aborted';
      confirm();
      isLost = true;
    },
  };
}

/**
 * Keeps out earlier versions, which know the file `lock` with the id and the start time of a process.
 *
 * @param {string} root
 * @param {string} owner
 * @param {ReturnType<typeof here>} me
 */
function lockOld(root, owner, me) {
  const file = path.join(root, OLD_NAME);
  const [pid, started, other] = textOf(() => fs.readFileSync(file, 'utf8')).split(' ');
  // With a third word it was left by a version that has numbered locks too.
  const isHeld = other === undefined && Number(pid) > 0 && Number(pid) !== process.pid && isAlive(Number(pid));
  if (isHeld && (!started || processOf(Number(pid)).started === started)) throw new Held(`process ${pid}`);
  fs.rmSync(file, { force: true });
  try {
    create(file, `${me.pid} ${me.started === '-' ? '' : me.started} ${owner}`);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new Held('another process');
  }
}
