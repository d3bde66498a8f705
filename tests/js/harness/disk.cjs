// Loaded before a program (`--require`): the disk below a folder, on which the program dies at one of its calls.
//
// `WIX_MEDIA_DISK` is JSON: `{ root, at, loses, seed, report }`. The call number `at` that changes something below `root` is the
// last one: the process is killed before it. With `loses`, the disk loses what was not synced, as it may when the power fails: a
// file is what it was at its last sync, or as it is now, or a mixture by pages; a name that was created, replaced or removed is
// so, or as it was when its directory was synced. Without `at` the program lives. Each of its threads keeps the number of its calls
// in a file of the folder `report`.
//
// What is synced is looked at, not what is written: a write that this file does not see can only be lost less often than on a
// real disk. Locks are left alone. After a real failure of power the boot is another one, and nobody holds them.
const fs = require('node:fs');
const path = require('node:path');
const { syncBuiltinESMExports } = require('node:module');
const { threadId } = require('node:worker_threads');

const PAGE = 4096;

/** @type {{ root: string, at?: number, loses?: boolean, seed?: number, report?: string }} */
const { root, at = 0, loses = false, seed = 1, report } = JSON.parse(String(process.env.WIX_MEDIA_DISK));
const real = { ...fs };
let calls = 0;
/** Whether it is this file that calls. Functions of `fs` call each other. */
let isInner = false;
let state = seed >>> 0 || 1;

/** A number from 0 up to, not including, 1. */
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

/**
 * @template Result
 * @param {() => Result} use
 */
function inner(use) {
  const before = isInner;
  isInner = true;
  try {
    return use();
  } finally {
    isInner = before;
  }
}

/**
 * The full path of a file whose fate is of interest.
 *
 * @param {unknown} name
 */
function watched(name) {
  if (isInner || typeof name !== 'string') return undefined;
  const full = path.resolve(name);
  const isBelow = full === root || full.startsWith(root + path.sep);
  return isBelow && !/^lock(\.|$)/.test(path.basename(full)) ? full : undefined;
}

/**
 * The content of files at their last sync, by their inodes.
 *
 * @type {Map<number, Buffer>}
 */
const safe = new Map();
/** Names of files that were opened. */
const touched = new Set();
/**
 * What a name has been when its directory was synced, where it was changed since: a file, a directory, or nothing.
 *
 * @type {Map<string, Buffer | 'directory' | undefined>}
 */
const names = new Map();
/** @type {Map<number, string>} */
const open = new Map();
/** When names were changed last, and when the last sync of a file began, in moments of this process. */
let moment = 0;
/** @type {Map<string, number>} */
const changedAt = new Map();
/** @type {Map<number, number>} */
const syncedAt = new Map();

/** @param {string} name */
const lookUp = (name) => inner(() => real.lstatSync(name, { throwIfNoEntry: false }));

/**
 * The content of a file that is safe; undefined for what is no file.
 *
 * @param {string} name
 */
function contentOf(name) {
  const found = lookUp(name);
  if (!found?.isFile()) return undefined;
  // One that this process has not opened yet was synced long ago.
  if (!safe.has(found.ino)) safe.set(found.ino, inner(() => real.readFileSync(name)));
  return safe.get(found.ino);
}

/**
 * Remembers what a name is before it changes.
 *
 * @param {string} name
 */
function before(name) {
  if (!loses) return;
  const content = contentOf(name);
  changedAt.set(name, (moment += 1));
  if (!names.has(name)) names.set(name, lookUp(name)?.isDirectory() ? 'directory' : content);
}

/**
 * Notes that a file is new, and nothing of it is safe.
 *
 * @param {string} name
 */
function created(name) {
  touched.add(name);
  const found = loses && lookUp(name);
  if (!found) return;
  safe.set(found.ino, Buffer.alloc(0));
  syncedAt.set(found.ino, (moment += 1));
}

/**
 * Notes that the file of a name goes. Another one may get its inode.
 *
 * @param {string} name
 */
function forget(name) {
  const found = lookUp(name);
  if (found?.isFile()) safe.delete(found.ino);
}

/** The end of the process, at its call. */
function step() {
  calls += 1;
  if (report !== undefined) inner(() => real.writeFileSync(path.join(report, String(threadId)), String(calls)));
  if (calls !== at) return;
  isInner = true;
  try {
    if (loses) lose();
  } catch (error) {
    // Half a loss is one too, and the process must not live on.
    real.writeSync(2, `${/** @type {Error} */ (error).stack}\n`);
  }
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

/**
 * What may be left of a file.
 *
 * @param {Buffer} old
 * @param {Buffer} current
 */
function survivor(old, current) {
  const mode = random();
  if (mode < 0.3) return old;
  if (mode > 0.85) return current;
  // A size is written as a whole, pages are not.
  const length = random() < 0.5 ? old.length : current.length;
  const bytes = Buffer.alloc(length);
  for (let from = 0; from < length; from += PAGE) {
    const source = random() < 0.5 ? old : current;
    source.copy(bytes, from, from, Math.min(from + PAGE, length));
  }
  return bytes;
}

/** Leaves what the disk could hold. */
function lose() {
  for (const name of touched) {
    const [old, found] = [contentOf(name), lookUp(name)];
    if (old && found?.isFile()) real.writeFileSync(name, survivor(old, real.readFileSync(name)));
  }
  // Directories before what is in them.
  const changed = [...names].sort(([one], [other]) => one.length - other.length);
  for (const [name, entry] of changed) {
    if (random() < 0.5) continue;
    if (entry === 'directory') {
      if (!lookUp(name)) real.mkdirSync(name, { mode: 0o700 });
      continue;
    }
    real.rmSync(name, { recursive: true, force: true });
    if (entry !== undefined && lookUp(path.dirname(name))) real.writeFileSync(name, entry, { mode: 0o600 });
  }
}

/**
 * Begins a sync: what was written to a file so far is safe at its end, or the names in a directory are. Returns what is to be
 * called then.
 *
 * @param {number} descriptor
 */
function syncing(descriptor) {
  const name = open.get(descriptor);
  if (!loses || name === undefined) return () => {};
  const now = (moment += 1);
  return inner(() => {
    const found = real.fstatSync(descriptor);
    if (!found.isFile()) {
      const changed = [...names.keys()].filter((one) => path.dirname(one) === name);
      return () => {
        for (const one of changed) if ((changedAt.get(one) ?? 0) < now) names.delete(one);
      };
    }
    const content = real.readFileSync(`/proc/self/fd/${descriptor}`);
    return () => {
      // Syncs that overlap may end in another order.
      if ((syncedAt.get(found.ino) ?? 0) > now) return;
      syncedAt.set(found.ino, now);
      safe.set(found.ino, content);
    };
  });
}

/** @type {any} */
const patched = fs;

patched.openSync = (/** @type {any[]} */ ...args) => {
  const name = watched(args[0]);
  if (name === undefined) return real.openSync(.../** @type {[string, string]} */ (args));
  const isThere = lookUp(name) !== undefined;
  if (isThere) {
    if (loses) contentOf(name);
  } else {
    before(name);
    step();
  }
  const descriptor = real.openSync(.../** @type {[string, string]} */ (args));
  open.set(descriptor, name);
  if (isThere) touched.add(name);
  else created(name);
  return descriptor;
};
patched.open = (/** @type {any[]} */ ...args) => {
  const name = watched(args[0]);
  if (name === undefined) return real.open(.../** @type {Parameters<typeof real.open>} */ (args));
  const isThere = lookUp(name) !== undefined;
  if (isThere) {
    if (loses) contentOf(name);
  } else {
    before(name);
    step();
  }
  const done = args.pop();
  return /** @type {any} */ (real.open)(...args, (/** @type {Error | null} */ error, /** @type {number} */ descriptor) => {
    if (!error) {
      open.set(descriptor, name);
      if (isThere) touched.add(name);
      else created(name);
    }
    done(error, descriptor);
  });
};
patched.closeSync = (/** @type {number} */ descriptor) => {
  open.delete(descriptor);
  return real.closeSync(descriptor);
};
for (const method of /** @type {const} */ (['writeSync', 'ftruncateSync', 'writevSync', 'write', 'writev'])) {
  patched[method] = (/** @type {any[]} */ ...args) => {
    if (open.has(args[0])) step();
    return /** @type {any} */ (real[method])(...args);
  };
}
for (const method of /** @type {const} */ (['fsyncSync', 'fdatasyncSync'])) {
  patched[method] = (/** @type {number} */ descriptor) => {
    if (open.has(descriptor)) step();
    const done = syncing(descriptor);
    real[method](descriptor);
    done();
  };
}
for (const method of /** @type {const} */ (['fsync', 'fdatasync'])) {
  patched[method] = (/** @type {number} */ descriptor, /** @type {(error: Error | null) => void} */ done) => {
    if (open.has(descriptor)) step();
    const end = syncing(descriptor);
    real[method](descriptor, (error) => {
      if (!error) end();
      done(error);
    });
  };
}
for (const method of /** @type {const} */ (['rmSync', 'unlinkSync'])) {
  patched[method] = (/** @type {any[]} */ ...args) => {
    const name = watched(args[0]);
    if (name !== undefined && lookUp(name)) {
      before(name);
      step();
      forget(name);
    }
    return inner(() => real[method](.../** @type {[string]} */ (args)));
  };
}
patched.renameSync = (/** @type {string} */ from, /** @type {string} */ to) => {
  const both = [watched(from), watched(to)].filter((name) => name !== undefined);
  for (const name of both) before(name);
  if (both.length > 0) step();
  const target = watched(to);
  if (target !== undefined) {
    forget(target);
    touched.add(target);
  }
  return real.renameSync(from, to);
};
for (const method of /** @type {const} */ (['mkdirSync', 'mkdir'])) {
  patched[method] = (/** @type {any[]} */ ...args) => {
    const name = watched(args[0]);
    if (name !== undefined && !lookUp(name)) {
      for (let missing = name; watched(missing) && !lookUp(missing); missing = path.dirname(missing)) before(missing);
      step();
    }
    return inner(() => /** @type {any} */ (real[method])(...args));
  };
}
for (const [method, which] of /** @type {const} */ ([['writeFileSync', 0], ['appendFileSync', 0], ['truncateSync', 0], ['copyFileSync', 1]])) {
  patched[method] = (/** @type {any[]} */ ...args) => {
    const name = watched(args[which]);
    const isThere = name !== undefined && lookUp(name) !== undefined;
    if (name !== undefined) {
      before(name);
      step();
    }
    inner(() => /** @type {any} */ (real[method])(...args));
    if (name !== undefined && !isThere) created(name);
    else if (name !== undefined) touched.add(name);
  };
}
syncBuiltinESMExports();
