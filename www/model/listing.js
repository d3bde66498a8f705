// The items of a view, read page by page in the order of the service. A list by name that is read to its end at once is then
// sorted as people sort names; one that a person has scrolled through stays as it is.
//
// A listing is `reading` until its first page of files is there, then `partial`, and in the end `complete`, or `failed`
// until `retry`. Where reading is eager it goes on by itself; elsewhere it pauses once it is READ_AHEAD items beyond the
// last one that `want` named. `stop` ends it for good.
/** @import { CallOptions, FileDescriptor, Folder } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { FileItem, FolderItem, Item } from './item.js' */
/** @import { FilePage, FolderPage, ListCall } from './list-calls.js' */
/** @import { View } from './view.js' */
import { fileItem, folderItem } from './item.js';
import { aboutList, isEntry, listCallsOf } from './list-calls.js';
import { comparing, isByName, positionIn } from './order.js';
import { Signal } from './signal.js';

/** Items beyond those on the screen that are read where reading costs something. */
const READ_AHEAD = 300;

export class Listing {
  /** Emits on every change of the items, the state or the error. @type {Signal<void>} */
  changed = new Signal();
  /** Emits every change of single items, to be repeated on a listing that replaces this one. @type {Signal<(listing: Listing) => void>} */
  edited = new Signal();
  /** @type {FolderItem[]} */
  folders = [];
  /** @type {FileItem[]} */
  files = [];
  /** @type {'reading' | 'partial' | 'complete' | 'failed'} */
  state = 'reading';
  /** Whether the folders have been read. */
  hasFolders = false;
  /** @type {unknown} */
  error;
  #view;
  #calls;
  #eager;
  #accepts;
  #refine;
  /** Whether files are sorted as people sort names. */
  #isNatural = false;
  #controller = new AbortController();
  #wanted = READ_AHEAD;
  /** The files to choose among. @type {FileItem[]} */
  #all = [];
  /** Keys of the files that were read. @type {Set<string>} */
  #known = new Set();
  /** Files that arrived while the end of the list was unknown and that belong behind what is read. @type {FileDescriptor[]} */
  #late = [];
  /** Ends the pause of the reader. */
  #wake = () => {};
  /** @type {Promise<void>} */
  #reading = Promise.resolve();

  /**
   * @param {Pick<Calls, 'run'>} calls
   * @param {View} view
   * @param {boolean} eager Whether to read to the end without being asked.
   * @param {(file: FileDescriptor) => boolean} [accepts] Leaves out other files.
   * @param {(files: readonly FileItem[]) => FileItem[]} [refine] Chooses among all files, once they are known. Until then there are
   *   none.
   */
  constructor(calls, view, eager, accepts = () => true, refine = undefined) {
    this.#view = view;
    this.#calls = calls;
    this.#eager = eager;
    this.#accepts = accepts;
    this.#refine = refine;
  }

  /** @returns {Item[]} */
  get items() {
    return [...this.folders, ...this.files];
  }

  get length() {
    return this.folders.length + this.files.length;
  }

  /**
   * Returns the item at an index. Folders come first.
   *
   * @param {number} index
   * @returns {Item | undefined}
   */
  at(index) {
    return index < this.folders.length ? this.folders[index] : this.files[index - this.folders.length];
  }

  /**
   * Returns the index of the item with a key, or -1.
   *
   * @param {string | undefined} key
   */
  indexOf(key) {
    if (key?.startsWith('folder:')) return this.folders.findIndex((one) => one.key === key);
    const at = this.files.findIndex((one) => one.key === key);
    return at < 0 ? at : at + this.folders.length;
  }

  /** Starts to read. */
  start() {
    this.#reading = this.#read();
  }

  /** Stops reading. Nothing changes from now on. */
  stop() {
    this.#controller.abort();
    this.#wake();
  }

  /**
   * Reports that the item at an index is on the screen, so that those behind it are read soon.
   *
   * @param {number} index
   */
  want(index) {
    if (index + READ_AHEAD <= this.#wanted) return;
    this.#wanted = index + READ_AHEAD;
    this.#wake();
  }

  /** Reads to the end, and returns every item. */
  async all() {
    this.want(Number.POSITIVE_INFINITY);
    await this.#reading;
    return this.items;
  }

  /** Starts again after a failure. */
  retry() {
    if (this.state !== 'failed') return;
    this.folders = [];
    this.files = [];
    this.#all = [];
    this.hasFolders = false;
    this.#known.clear();
    this.#isNatural = false;
    this.error = undefined;
    this.state = 'reading';
    this.changed.emit();
    this.start();
  }

  async #read() {
    const { folders, files } = listCallsOf(this.#view);
    // No folder is of a type.
    if (!folders) this.hasFolders = true;
    try {
      await Promise.all([folders && this.#readFolders(folders), this.#readFiles(files)]);
      if (this.#controller.signal.aborted) return;
      this.state = 'complete';
      this.#sortFiles();
      if (this.#refine) this.files = this.#refine(this.#all.splice(0));
      for (const value of this.#late.splice(0)) if (!this.#known.has(fileItem(value).key)) this.putFile(value);
    } catch (error) {
      if (this.#controller.signal.aborted) return;
      this.error = error;
      this.state = 'failed';
    }
    this.changed.emit();
  }

  /** Sorts the names of files as people do, unless somebody may have scrolled through them. */
  #sortFiles() {
    const { sort } = this.#view;
    if (!isByName('file', sort) || (!this.#eager && this.files.length > READ_AHEAD)) return;
    this.#isNatural = true;
    this.files = this.files.toSorted(comparing('file', sort, { isNatural: true }));
  }

  /** @param {ListCall<FolderPage, Folder>} call */
  async #readFolders(call) {
    const { folders } = await this.#calls.run({ ...aboutList('folders', call), controller: this.#controller }, async (client, options) => {
      /** @type {Folder[]} */
      const found = [];
      for await (const folder of call.list(client, options)) found.push(folder);
      return { folders: found };
    });
    if (this.#controller.signal.aborted) return;
    this.folders = folders.filter(isEntry).map(folderItem);
    const { sort } = this.#view;
    if (isByName('folder', sort)) this.folders.sort(comparing('folder', sort, { isNatural: true }));
    this.hasFolders = true;
    this.changed.emit();
  }

  /** @param {ListCall<FilePage, FileDescriptor>} call */
  async #readFiles(call) {
    await this.#calls.run({ ...aboutList('files', call), controller: this.#controller }, async (client, options) => {
      /** @type {FilePage | undefined} */
      let last;
      for await (const page of call.list(client, options).pages()) {
        last = page;
        const items = (Array.isArray(page?.files) ? page.files : []).filter(isEntry).filter(this.#accepts).map(fileItem);
        // A file that changes while the list is read may come again at its new place.
        const files = this.#refine ? this.#all : this.files;
        files.push(...items.filter(({ key }) => !this.#known.has(key)));
        for (const { key } of items) this.#known.add(key);
        if (this.state === 'reading') this.state = 'partial';
        this.changed.emit();
        await this.#pause(options);
      }
      return last;
    });
  }

  /**
   * Waits until more is wanted. Where reading is eager, waits only for a turn of the event loop.
   *
   * @param {CallOptions} options
   */
  async #pause({ signal }) {
    if (this.#eager) await new Promise((resolve) => setTimeout(resolve));
    while (!this.#eager && this.length >= this.#wanted && !signal?.aborted) {
      await new Promise((resolve) => {
        this.#wake = () => resolve(undefined);
      });
    }
    signal?.throwIfAborted();
  }

  /**
   * Puts a new or changed folder in its place.
   *
   * @param {Folder} value
   */
  putFolder(value) {
    this.edited.emit((listing) => listing.putFolder(value));
    const item = folderItem(value);
    this.folders = this.folders.filter(({ key }) => key !== item.key);
    this.folders.splice(positionIn(this.folders, item, this.#view.sort, { isNatural: true }), 0, item);
    this.changed.emit();
  }

  /**
   * Puts a new or changed file in its place. It waits for the end of the list if it belongs behind what is read.
   *
   * @param {FileDescriptor} value
   */
  putFile(value) {
    this.edited.emit((listing) => listing.putFile(value));
    const item = fileItem(value);
    this.files = this.files.filter(({ key }) => key !== item.key);
    const at = positionIn(this.files, item, this.#view.sort, { isNatural: this.#isNatural });
    if (at < this.files.length || this.state === 'complete') {
      this.files.splice(at, 0, item);
      this.#known.add(item.key);
    } else this.#late.push(value);
    this.changed.emit();
  }

  /**
   * Replaces a folder where it stands.
   *
   * @param {Folder} value
   */
  updateFolder(value) {
    this.edited.emit((listing) => listing.updateFolder(value));
    const item = folderItem(value);
    const at = this.folders.findIndex(({ id }) => id === item.id);
    if (at < 0) return;
    this.folders[at] = item;
    this.changed.emit();
  }

  /**
   * Replaces a file where it stands.
   *
   * @param {FileDescriptor} value
   */
  updateFile(value) {
    this.edited.emit((listing) => listing.updateFile(value));
    const item = fileItem(value);
    const at = this.files.findIndex(({ id }) => id === item.id);
    if (at < 0) return;
    this.files[at] = item;
    this.changed.emit();
  }

  /**
   * Removes items.
   *
   * @param {readonly string[]} keys
   */
  remove(keys) {
    this.edited.emit((listing) => listing.remove(keys));
    const removed = new Set(keys);
    this.folders = this.folders.filter(({ key }) => !removed.has(key));
    this.files = this.files.filter(({ key }) => !removed.has(key));
    this.changed.emit();
    // There may be fewer items now than are wanted.
    this.#wake();
  }
}
