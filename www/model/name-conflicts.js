// Uploads whose names are already taken in their folder.
//
// The service allows any number of files with one name in a folder, and nobody could tell them apart. So a person decides:
// `keep` both, under another name; `replace`, which moves the old file to the trash once the new one has arrived; or `skip`.
/** @import { Folder } from 'wix-media.v2' */
/** @import { FileItem, Subject } from './item.js' */
/** @import { Found } from './dropped.js' */
import { subjectOf } from './item.js';

/** @typedef {'keep' | 'replace' | 'skip'} ConflictChoice */

/** @typedef {Found & { name?: string, replaces?: Subject[] }} Incoming A file to upload, maybe under another name, or in place of others. */

/** Identifies the folder that a file goes to. @param {Found} found */
const wayOf = ({ folders }) => JSON.stringify(folders);

/**
 * Finds the conflicts of what was dropped.
 *
 * @param {readonly Found[]} found
 * @param {(folders: readonly string[]) => Promise<readonly FileItem[]>} filesIn Lists the files that are in a folder of the
 *   drop already.
 */
export async function conflictsOf(found, filesIn) {
  /** The files that are there, by their folder and by name. @type {Map<string, Map<string, FileItem[]>>} */
  const there = new Map();
  for (const one of found) {
    const way = wayOf(one);
    if (!one.file || there.has(way)) continue;
    /** @type {Map<string, FileItem[]>} */
    const byName = new Map();
    for (const item of await filesIn(one.folders)) byName.set(item.name, [...(byName.get(item.name) ?? []), item]);
    there.set(way, byName);
  }
  /** @param {Found} one */
  const sameName = (one) => (one.file && there.get(wayOf(one))?.get(one.file.name)) || [];
  return {
    /** Those that have a namesake. */
    conflicting: found.filter((one) => sameName(one).length > 0),
    /**
     * Returns what to upload after a choice.
     *
     * @param {ConflictChoice} choice
     * @returns {Incoming[]}
     */
    settle(choice) {
      /** @type {Map<string, Set<string>>} */
      const taken = new Map([...there].map(([way, names]) => [way, new Set(names.keys())]));
      return found.flatMap((one) => {
        const old = sameName(one);
        if (!one.file || old.length === 0) return [one];
        if (choice === 'skip') return [];
        if (choice === 'replace') return [{ ...one, replaces: old.map(subjectOf) }];
        const names = taken.get(wayOf(one)) ?? new Set();
        const name = freeName(one.file.name, names);
        names.add(name);
        return [{ ...one, name }];
      });
    },
  };
}

/**
 * Returns a function that finds a folder by the names of the folders on the way down to it. It resolves with the ID, or with
 * nothing if one of them does not exist, and lists each folder once: a dropped folder may hold a thousand others.
 *
 * @param {string} top The ID of the folder that the way begins in.
 * @param {(id: string) => Promise<readonly Folder[]>} childrenOf
 * @returns {(names: readonly string[]) => Promise<string | undefined>}
 */
export function folderFinder(top, childrenOf) {
  /** @type {Map<string, Promise<readonly Folder[]>>} */
  const listed = new Map();
  return async (names) => {
    let id = top;
    for (const name of names) {
      const children = listed.get(id) ?? childrenOf(id);
      listed.set(id, children);
      const child = (await children).find(({ displayName }) => displayName === name);
      if (!child) return undefined;
      id = String(child._id);
    }
    return id;
  };
}

/**
 * Returns a name that is not taken: `cat.jpg`, `cat (2).jpg`, `cat (3).jpg`.
 *
 * @param {string} name
 * @param {ReadonlySet<string>} taken
 */
export function freeName(name, taken) {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${stem} (${number})${extension}`;
  return free;
}
