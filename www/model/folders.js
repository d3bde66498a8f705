// The folders of a place that were met so far, for names and for the way up from any of them.
/** @import { Folder } from 'wix-media.v2' */
/** @import { Area } from './areas.js' */
/** @import { Calls } from './calls.js' */
import { javascript } from '../text/code.js';
import { say } from '../text/language.js';
import { areaOfTop, ROOTS } from './areas.js';
import { compareNames } from './order.js';
import { Signal } from './signal.js';

const PAGE_SIZE = 100;
/** Milliseconds until the name of a folder that could not be read is asked for again: every redraw needs it. */
const NAME_RETRY_DELAY = 60_000;

/** @typedef {{ why: 'unknown' } | { why: 'deleted' | 'restored', folder: Folder }} Absence */

export class Folders {
  /** Emits the ID of a folder that has got another name or another parent. @type {Signal<string>} */
  changed = new Signal();
  #calls;
  /** The folders that are being asked for. @type {Map<string, Promise<Folder>>} */
  #asked = new Map();
  /** When the names of folders could not be read, in milliseconds since 1970. @type {Map<string, number>} */
  #unreadable = new Map();
  /** @type {Map<string, Folder>} */
  #known = new Map();

  /** @param {Pick<Calls, 'run'>} calls */
  constructor(calls) {
    this.#calls = calls;
  }

  /** @param {Folder} folder */
  add(folder) {
    const id = String(folder._id);
    const before = this.#known.get(id);
    this.#known.set(id, folder);
    if (before && (before.displayName !== folder.displayName || before.parentFolderId !== folder.parentFolderId)) this.changed.emit(id);
  }

  /** @param {string} id */
  get(id) {
    return this.#known.get(id);
  }

  /** @param {string} id */
  has(id) {
    return this.#known.has(id);
  }

  /**
   * Returns the name of a folder, or its ID while the name is unknown.
   *
   * @param {string} id
   */
  nameOf(id) {
    return ROOTS.find((root) => root.id === id)?.name ?? this.#known.get(id)?.displayName ?? id;
  }

  /** @param {string} id */
  #isKnown(id) {
    return areaOfTop(id) !== undefined || this.#known.has(id);
  }

  /**
   * Calls a function with the name of a folder: at once if it is known, or when it has been asked for. A folder that cannot be
   * read has no name, and is not asked for again for a minute.
   *
   * @param {string} id
   * @param {(name: string) => void} show
   */
  async named(id, show) {
    try {
      if (!this.#isKnown(id)) {
        if (Date.now() - (this.#unreadable.get(id) ?? 0) < NAME_RETRY_DELAY) return;
        const asked = this.#asked.get(id) ?? this.#fetch(id);
        this.#asked.set(id, asked);
        await asked;
      }
      show(this.nameOf(id));
    } catch {
      // The item stands there without the name of its folder.
      this.#unreadable.set(id, Date.now());
    } finally {
      this.#asked.delete(id);
    }
  }

  /**
   * Lists the folders in a folder, by name.
   *
   * @param {string} id
   * @param {{ isTrash?: boolean }} [options]
   * @returns {Promise<Folder[]>}
   */
  async childrenOf(id, { isTrash = false } = {}) {
    const name = isTrash ? 'listDeletedFolders' : 'listFolders';
    const options = {
      parentFolderId: id,
      sort: { fieldName: 'displayName', order: /** @type {const} */ ('ASC') },
      paging: { limit: PAGE_SIZE },
    };
    const about = {
      title: say`Folders in “${this.nameOf(id)}”`,
      names: ['folders'],
      quiet: true,
      source: `for await (const folder of folders.${name}(${javascript(options)})) {\n  console.log(folder.displayName);\n}`,
    };
    const found = await this.#calls.run(about, async ({ folders }, call) => {
      /** @type {Folder[]} */
      const all = [];
      const list = isTrash ? folders.listDeletedFolders(options, call) : folders.listFolders(options, call);
      for await (const folder of list) all.push(folder);
      return all;
    });
    for (const folder of found) this.add(folder);
    return found.sort((a, b) => compareNames(String(a.displayName), String(b.displayName)));
  }

  /**
   * Returns the IDs of the folders from the top down to this one.
   *
   * @param {string} id
   */
  async pathTo(id) {
    /** @type {string[]} */
    const path = [];
    /** @type {string | undefined} */
    let at = id;
    while (at && !path.includes(at)) {
      path.unshift(at);
      if (areaOfTop(at)) break;
      at = (this.#known.get(at) ?? (await this.#fetch(at))).parentFolderId;
    }
    return path;
  }

  /**
   * Asks the service whether a folder is in the trash, or outside of it. Resolves with why it is not, if so.
   *
   * @param {string} id
   * @param {{ isTrash: boolean }} options
   * @returns {Promise<Absence | undefined>}
   */
  async absenceOf(id, { isTrash }) {
    try {
      const folder = await this.#fetch(id);
      const isDeleted = folder.state === 'DELETED';
      return isDeleted === isTrash ? undefined : { why: isDeleted ? 'deleted' : 'restored', folder };
    } catch (error) {
      return /** @type {{ status?: number }} */ (Object(error)).status === 404 ? { why: 'unknown' } : undefined;
    }
  }

  /** @param {string} id */
  async #fetch(id) {
    const about = {
      title: say`Where this folder is`,
      names: ['folders'],
      quiet: true,
      source: `await folders.getFolder(${javascript(id)});`,
    };
    const folder = await this.#calls.run(about, ({ folders }, options) => folders.getFolder(id, options));
    this.add(folder);
    return folder;
  }

  /**
   * Returns the area of a folder, as far as its ancestors are known.
   *
   * @param {string} id
   * @returns {Area | undefined}
   */
  areaOf(id) {
    /** @type {string | undefined} */
    let at = id;
    while (at) {
      const area = areaOfTop(at);
      if (area) return area;
      at = this.#known.get(at)?.parentFolderId;
    }
    return undefined;
  }
}
