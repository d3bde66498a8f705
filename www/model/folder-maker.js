// The folders that uploads need, each looked up or created once.
/** @import { Folder } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
import { javascript } from '../text/code.js';
import { say } from '../text/language.js';
import { Signal } from './signal.js';

const PAGE_SIZE = 100;

export class FolderMaker {
  /** Emits every folder that was created. @type {Signal<Folder>} */
  created = new Signal();
  #calls;
  /** IDs of folders, by where they are. @type {Map<string, Promise<string>>} */
  #ids = new Map();

  /** @param {Calls} calls */
  constructor(calls) {
    this.#calls = calls;
  }

  /**
   * Returns the ID of a folder below another. Creates it if there is none.
   *
   * @param {string} parentId
   * @param {readonly string[]} names The way down to it.
   * @returns {Promise<string>}
   */
  ensure(parentId, names) {
    const name = names.at(-1);
    if (name === undefined) return Promise.resolve(parentId);
    const key = JSON.stringify([parentId, ...names]);
    const known = this.#ids.get(key);
    if (known) return known;
    const made = this.ensure(parentId, names.slice(0, -1)).then((id) => this.#ensureChild(id, name));
    this.#ids.set(key, made);
    // A failure is tried again with the next file.
    made.catch(() => this.#ids.delete(key));
    return made;
  }

  /**
   * @param {string} parentFolderId
   * @param {string} displayName
   */
  #ensureChild(parentFolderId, displayName) {
    const about = {
      title: say`The folder “${displayName}”`,
      names: ['folders'],
      quiet: true,
      source: `for await (const folder of folders.listFolders(${javascript({ parentFolderId })})) {
  if (folder.displayName === ${javascript(displayName)}) return folder;
}
await folders.createFolder(${javascript(displayName)}, ${javascript({ parentFolderId })});`,
    };
    return this.#calls.run(about, async ({ folders }, options) => {
      for await (const folder of folders.listFolders({ parentFolderId, paging: { limit: PAGE_SIZE } }, options)) {
        if (folder.displayName === displayName) return folder._id;
      }
      const { folder } = await folders.createFolder(displayName, { parentFolderId }, options);
      this.created.emit(folder);
      return folder._id;
    });
  }
}
