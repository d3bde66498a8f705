// What is in a place to look at: a folder, the trash, what a search finds. Read page by page, in the service's order.
import { javascript } from '../text/code.js';

/** How many items beyond what is looked at are read ahead where reading is not free. */
const AHEAD = 300;
const LIMIT = 100;

/** A folder or file, as the page handles both: `kind`, `id`, `name`, and what the service says in `value`. */
export const item = (kind, value) => ({ kind, id: value._id, key: `${kind}:${value._id}`, name: nameOf(kind, value), value });

const nameOf = (kind, value) => String(value.displayName || value._id || `A ${kind} without a name`);

/** The roots that a search covers, by the area of the page. */
export const ROOTS = { files: 'MEDIA_ROOT', visitor: 'VISITOR_UPLOADS_ROOT', trash: 'TRASH_ROOT' };

/** The folder at the top of each area. */
export const TOPS = { files: 'media-root', visitor: 'visitor-uploads', trash: 'trash-root' };

/** The area whose top this folder is. */
export const areaOfTop = (id) => Object.keys(TOPS).find((area) => TOPS[area] === id);

/** The calls that a view takes: for each kind its function, the options, and the title for people. */
function callsOf({ area, folderId, query, types, sort }) {
  const paging = { limit: LIMIT };
  // Folders have no size to sort by.
  const folderSort = sort.fieldName === 'sizeInBytes' ? { fieldName: 'displayName', order: 'ASC' } : sort;
  const filter = types.length > 0 ? { mediaTypes: types } : {};
  if (query) {
    const scope = { search: query, rootFolder: ROOTS[area] };
    return {
      folder: { name: 'searchFolders', options: { ...scope, sort: folderSort, paging } },
      file: { name: 'searchFiles', options: { ...scope, ...filter, sort, paging } },
    };
  }
  const parent = { parentFolderId: folderId ?? TOPS[area] };
  const [folders, files] = area === 'trash' ? ['listDeletedFolders', 'listDeletedFiles'] : ['listFolders', 'listFiles'];
  return {
    folder: { name: folders, options: { ...parent, sort: folderSort, paging } },
    file: { name: files, options: { ...parent, ...filter, sort, paging } },
  };
}

/** The values to compare items by, in the order of the service: code points for names, then the id. */
const KEYS = {
  displayName: ({ value }) => String(value.displayName ?? ''),
  updatedDate: ({ value }) => Number(value._updatedDate ?? value._createdDate ?? 0),
  sizeInBytes: ({ value }) => Number(value.sizeInBytes ?? 0),
};

/** Whether a and b, two different values, are in ascending order. */
const ascends = (a, b) => (typeof a === 'string' ? codePointsAscend(a, b) : a < b);

function codePointsAscend(a, b) {
  const left = [...a];
  const right = [...b];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length <= right.length;
  return right[at] === undefined ? false : left[at].codePointAt(0) < right[at].codePointAt(0);
}

/** Tells by `change` of every change of `items`, `state` or `error`. */
export class Listing extends EventTarget {
  folders = [];
  files = [];
  /** `reading` the first page, `partial` when there is more, `complete`, or `failed`. */
  state = 'reading';
  error;
  #calls;
  #eager;
  #controller = new AbortController();
  #wanted = AHEAD;
  #known = new Set();
  /** What came to be while the end was still unknown. */
  #late = [];
  #wake;
  #walk;

  constructor(calls, view, eager) {
    super();
    this.view = view;
    this.#calls = calls;
    this.#eager = eager;
  }

  get items() {
    return [...this.folders, ...this.files];
  }

  /** The item at an index: folders come first. */
  at(index) {
    return index < this.folders.length ? this.folders[index] : this.files[index - this.folders.length];
  }

  /** Where the item of a key is, or -1. */
  indexOf(key) {
    if (key?.startsWith('folder:')) return this.folders.findIndex((one) => one.key === key);
    const at = this.files.findIndex((one) => one.key === key);
    return at < 0 ? at : at + this.folders.length;
  }

  get length() {
    return this.folders.length + this.files.length;
  }

  /** Begins to read. */
  start() {
    this.#walk = this.#read();
    return this;
  }

  /** Ends reading; nothing changes any more. */
  stop() {
    this.#controller.abort();
    this.#wake?.();
  }

  /** Says that the item at this index is looked at, so that what follows it should be there soon. */
  want(index) {
    if (index + AHEAD <= this.#wanted) return;
    this.#wanted = index + AHEAD;
    this.#wake?.();
  }

  /** Everything, however long it takes. */
  async all() {
    this.want(Number.POSITIVE_INFINITY);
    await this.#walk;
    return this.items;
  }

  /** Goes on where reading failed. */
  retry() {
    if (this.state !== 'failed') return;
    this.folders = [];
    this.files = [];
    this.#known.clear();
    this.error = undefined;
    this.state = 'reading';
    this.#changed();
    this.start();
  }

  async #read() {
    const calls = callsOf(this.view);
    try {
      await Promise.all([this.#readFolders(calls.folder), this.#readFiles(calls.file)]);
      if (this.#controller.signal.aborted) return;
      this.state = 'complete';
      for (const value of this.#late.splice(0)) if (!this.#known.has(item('file', value).key)) this.put('file', value);
    } catch (error) {
      if (this.#controller.signal.aborted) return;
      this.error = error;
      this.state = 'failed';
    }
    this.#changed();
  }

  async #readFolders(call) {
    const made = this.#make('folders', call, async (folders, options) => {
      const found = [];
      for await (const folder of folders[call.name](call.options, options)) found.push(folder);
      return { folders: found };
    });
    const { folders } = await made.result;
    if (this.#controller.signal.aborted) return;
    this.folders = folders.filter(isThing).map((folder) => item('folder', folder));
    this.#changed();
  }

  async #readFiles(call) {
    let first = true;
    const made = this.#make('files', call, async (files, options) => {
      let page;
      for await (page of files[call.name](call.options, options).pages()) {
        const more = (Array.isArray(page?.files) ? page.files : []).filter(isThing).map((file) => item('file', file));
        // What was changed meanwhile may come once more, at its new place.
        this.files.push(...more.filter(({ key }) => !this.#known.has(key)));
        for (const { key } of more) this.#known.add(key);
        if (first) this.state = 'partial';
        first = false;
        this.#changed();
        await this.#turn(options.signal);
      }
      return page;
    });
    await made.result;
  }

  /** Waits until more is wanted; where reading is cheap, only until others had their turn. */
  async #turn(signal) {
    if (this.#eager) await new Promise((resolve) => setTimeout(resolve));
    while (!this.#eager && this.length >= this.#wanted && !signal.aborted) {
      await new Promise((resolve) => (this.#wake = resolve));
    }
    signal.throwIfAborted();
  }

  #make(group, { name, options }, work) {
    const isSearch = name.startsWith('search');
    const source = `for await (const page of ${group}.${name}(${javascript(options)}).pages()) {\n  console.log(page.${group});\n}`;
    const title = isSearch ? `Search ${group} for “${options.search}”` : `List the ${group}`;
    const about = { title, source, names: [group], controller: this.#controller, quiet: group === 'folders' };
    return this.#calls.make(about, (client, callOptions) => work(client[group], callOptions));
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }

  /** Puts in an item that came to be, or that changed, where it belongs. */
  put(kind, value) {
    const made = item(kind, value);
    const list = kind === 'folder' ? this.folders : this.files;
    const old = list.findIndex(({ key }) => key === made.key);
    if (old >= 0) list.splice(old, 1);
    const at = this.#position(list, made, kind);
    if (at < list.length || this.state === 'complete' || kind === 'folder') {
      list.splice(at, 0, made);
      this.#known.add(made.key);
    } else this.#late.push(value);
    this.#changed();
  }

  /** Changes an item where it stands. */
  update(kind, value) {
    const list = kind === 'folder' ? this.folders : this.files;
    const at = list.findIndex(({ id }) => id === value._id);
    if (at < 0) return;
    list[at] = item(kind, value);
    this.#changed();
  }

  /** Takes items out. */
  remove(keys) {
    const gone = new Set(keys);
    this.folders = this.folders.filter(({ key }) => !gone.has(key));
    this.files = this.files.filter(({ key }) => !gone.has(key));
    this.#changed();
  }

  #position(list, made, kind) {
    const { fieldName, order } = this.view.sort;
    const field = kind === 'folder' && fieldName === 'sizeInBytes' ? 'displayName' : fieldName;
    const keyOf = KEYS[field] ?? KEYS.updatedDate;
    const key = keyOf(made);
    const descends = order === 'DESC' && field === fieldName;
    const comesBefore = (other) => {
      const value = keyOf(other);
      if (value === key) return made.id < other.id;
      return ascends(key, value) !== descends;
    };
    const at = list.findIndex(comesBefore);
    return at < 0 ? list.length : at;
  }
}

const isThing = (value) => typeof value === 'object' && value !== null && typeof value._id === 'string';
