// Temporary files of work on videos: in the directory of a manager, or among those of the system. A process that is killed
// leaves them, and the next start removes them.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** The folder in the directory of a manager. */
const FOLDER = 'transcoding';

/** What folders among the temporary files of the system are called, with the namespace and the id of their process. */
const PREFIX = 'wix-media-transcoding';

const remove = (/** @type {string} */ folder) => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/** The namespace in which ids of processes mean something: two containers may share the temporary files. */
function namespace() {
  try {
    return fs.readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '0';
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** Removes what killed processes have left among the temporary files of the system. */
function sweepSystem() {
  const own = `${PREFIX}-${namespace()}-`;
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(own)) continue;
    const pid = Number.parseInt(name.slice(own.length), 10);
    if (pid > 0 && !isAlive(pid)) remove(path.join(os.tmpdir(), name));
  }
}

/**
 * Removes what earlier processes have left, and returns the place of new temporary files.
 *
 * @param {string | undefined} directory That of the manager, whose owner this process is. Undefined if it has none.
 */
export function openScratch(directory) {
  const top = directory && path.join(directory, FOLDER);
  try {
    if (top) remove(top);
    else sweepSystem();
  } catch {
    // Whoever may not remove them leaves them.
  }
  /** @type {Set<string>} */
  const folders = new Set();
  return {
    /** Makes a folder. */
    make() {
      if (top) fs.mkdirSync(top, { recursive: true, mode: 0o700 });
      const prefix = top ? path.join(top, 'film-') : path.join(os.tmpdir(), `${PREFIX}-${namespace()}-${process.pid}-`);
      const folder = fs.mkdtempSync(prefix);
      folders.add(folder);
      return folder;
    },
    /** @param {string} folder */
    remove(folder) {
      folders.delete(folder);
      remove(folder);
    },
    close() {
      for (const folder of folders) remove(folder);
      folders.clear();
      if (top) remove(top);
    },
  };
}
