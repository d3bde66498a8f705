// Temporary files of the processing of videos, in the directory of the manager or in that of the system. A process that is killed
// leaves them behind, and the next start removes them.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { isAlive } from '../storage/processes.js';

/** The folder in the directory of a manager. */
const FOLDER = 'transcoding';

/** The beginning of the names of folders in the temporary directory of the system. The namespace and id of the process follow. */
const PREFIX = 'wix-media-transcoding';

const remove = (/** @type {string} */ folder) => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/** The namespace of process ids. Two containers may share a temporary directory, and not their ids. */
function namespace() {
  try {
    return fs.readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '0';
  }
}

/** Removes what killed processes left in the temporary directory of the system. */
function sweepSystem() {
  const own = `${PREFIX}-${namespace()}-`;
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(own)) continue;
    const pid = Number.parseInt(name.slice(own.length), 10);
    if (pid > 0 && !isAlive(pid)) remove(path.join(os.tmpdir(), name));
  }
}

/**
 * Removes what earlier processes left, and returns an allocator of temporary folders.
 *
 * @param {string | undefined} directory That of the manager, which this process owns. Undefined for a storage in memory.
 */
export function openScratch(directory) {
  const top = directory && path.join(directory, FOLDER);
  try {
    if (top) remove(top);
    else sweepSystem();
  } catch {
    // Leave what this process may not remove.
  }
  /** @type {Set<string>} */
  const folders = new Set();
  return {
    /** Makes a folder. */
    make() {
      if (top) fs.mkdirSync(top, { recursive: true, mode: 0o700 });
      const prefix = top ? path.join(top, 'video-') : path.join(os.tmpdir(), `${PREFIX}-${namespace()}-${process.pid}-`);
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
