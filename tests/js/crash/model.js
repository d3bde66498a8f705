// The expected state of a Media Manager after a number of changes, as a plain table, and the changes themselves.
import { md5 } from '../harness/bytes.js';
import { present } from '../harness/present.js';

/**
 * A file or folder. `from` is the folder that it was deleted from.
 *
 * @typedef {object} Item
 * @property {string} kind
 * @property {string} [name]
 * @property {string | null} [parent]
 * @property {boolean} trashed
 * @property {string | null} [from]
 * @property {string[]} [labels]
 * @property {string} [hash]
 * @property {number} [size]
 * @property {string} [url]
 */

/**
 * A change, with what it needs: `seed` and `size` make the bytes of a new file.
 *
 * @typedef {object} Change
 * @property {'folder' | 'upload' | 'transfer' | 'update' | 'delete' | 'restore' | 'erase'} what
 * @property {'file' | 'folder'} [kind]
 * @property {string} [id]
 * @property {string[]} [ids]
 * @property {string} [name]
 * @property {string} [parent]
 * @property {string[]} [labels]
 * @property {number} [size]
 * @property {number} [seed]
 */

/** @typedef {[id: string, item: Item][]} Items */
/** @typedef {{ name?: string, parent?: string, labels?: string[], size?: number, seed?: number }} NewFile */
/** @typedef {{ directory: string, workers: Items[], seed: number }} Order What a process is to do: `workers` are the items of each. */
/** @typedef {{ ready?: true, worker: number, begun?: Change, done?: string | null, failed?: string, cause?: string }} Message What a worker says. */

/**
 * A generator of numbers below 1 that gives the same ones for the same seed.
 *
 * @param {number} seed
 */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit);
  return { next, below, of: (/** @type {string[]} */ items) => items[below(items.length)] };
}

/** The bytes of a file, by the numbers that stand in the change. */
export function contentOf({ size = 0, seed = 0 }) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed | 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  const bytes = new Uint8Array(words.buffer, 0, size);
  // No type begins like this. What begins like an MP3, as one in two thousand would, gets another name.
  bytes.fill(0, 0, 1);
  return bytes;
}

/**
 * A table of items by id: `{ kind, name, parent, trashed, from, labels, hash, size }`. A change is one object, so that it
 * can be written down before it is made; `apply` says what it means.
 */
export class Model {
  /** @param {Items} [items] */
  constructor(items = []) {
    /** @type {Map<string, Item>} */
    this.items = new Map(items.map(([id, item]) => [id, { ...item }]));
  }

  copy = () => new Model([...this.items]);

  live = (/** @type {string} */ kind) => [...this.items].filter(([, item]) => item.kind === kind && !item.trashed).map(([id]) => id);

  trashed = (/** @type {string} */ kind) => [...this.items].filter(([, item]) => item.kind === kind && item.trashed).map(([id]) => id);

  /**
   * The ids of everything below a folder.
   *
   * @param {string} id
   * @returns {string[]}
   */
  below(id) {
    /** @type {string[]} */
    const found = [];
    for (const [child, item] of this.items) if (item.parent === id) found.push(child, ...this.below(child));
    return found;
  }

  /**
   * @param {Change} change
   * @param {string} [id] Of what is new.
   */
  apply(change, id = '') {
    const { what, name, parent, labels, ids = [], ...rest } = change;
    const { items } = this;
    if (what === 'folder') items.set(id, { kind: 'folder', name, parent, trashed: false });
    if (what === 'upload' || what === 'transfer') items.set(id, { kind: 'file', name, parent, labels, trashed: false, hash: md5(contentOf(rest)), size: rest.size });
    if (what === 'update') Object.assign(this.get(present(change.id)), { ...(name && { name }), ...(parent && { parent }), ...(labels && { labels }) });
    if (what === 'delete') for (const one of ids) this.trash(one);
    if (what === 'restore') for (const one of ids) this.restore(one);
    if (what === 'erase') for (const one of ids) for (const gone of [...this.below(one), one]) items.delete(gone);
    return this;
  }

  /** @param {string} id */
  get(id) {
    return present(this.items.get(id), id);
  }

  /** @param {string} id */
  trash(id) {
    const item = this.get(id);
    if (item.trashed) return;
    Object.assign(item, { trashed: true, from: item.parent, parent: 'trash-root' });
    for (const child of this.below(id)) this.get(child).trashed = true;
  }

  /** @param {string} id */
  restore(id) {
    const item = this.get(id);
    if (!item.trashed) return;
    const place = item.from ?? item.parent;
    const home = this.items.get(place ?? '');
    Object.assign(item, { trashed: false, from: undefined, parent: place === 'media-root' || (home && !home.trashed) ? place : 'media-root' });
    for (const child of this.below(id)) this.get(child).trashed = false;
  }

  /** The visible state, sorted. */
  shown() {
    const visible = (/** @type {[string, Item]} */ [id, { kind, name, parent, trashed, labels, hash, size }]) => JSON.stringify([id, kind, name, parent, trashed, labels ?? null, hash ?? null, size ?? null]);
    return [...this.items].map(visible).sort();
  }
}

/**
 * The next change of a worker, which keeps to the items that it made itself.
 *
 * @param {Model} model
 * @param {ReturnType<typeof random>} random
 * @param {string} number
 */
export function choose(model, { below, of, next }, number) {
  const folders = ['media-root', ...model.live('folder')];
  const [files, goneFiles, goneFolders] = [model.live('file'), model.trashed('file'), model.trashed('folder')];
  const some = (/** @type {string[]} */ ids) => [...new Set(Array.from({ length: 1 + below(3) }, () => of(ids)))];
  const file = { name: `file ${number}.bin`, parent: of(folders), labels: [`label ${below(5)}`], seed: 1 + below(2 ** 30) };
  const crowded = model.items.size > 60;
  /** @type {[weight: number, isPossible: boolean, make: () => Change][]} */
  const all = [
    [12, true, () => ({ what: 'upload', ...file, size: 1 + below(next() < 0.1 ? 400_000 : 20_000) })],
    [5, true, () => ({ what: 'transfer', ...file, size: 20_000 + below(60_000) })],
    [6, folders.length < 20, () => ({ what: 'folder', name: `folder ${number}`, parent: of(folders) })],
    [6, files.length > 0, () => ({ what: 'update', kind: 'file', id: of(files), name: `renamed ${number}.bin`, labels: [`new ${number}`] })],
    [4, files.length > 0, () => ({ what: 'update', kind: 'file', id: of(files), parent: of(folders) })],
    [3, folders.length > 1, () => ({ what: 'update', kind: 'folder', id: of(folders.slice(1)), name: `renamed ${number}` })],
    [6, files.length > 0, () => ({ what: 'delete', kind: 'file', ids: some(files) })],
    [4, folders.length > 1, () => ({ what: 'delete', kind: 'folder', ids: [of(folders.slice(1))] })],
    [5, goneFiles.length > 0, () => ({ what: 'restore', kind: 'file', ids: some(goneFiles) })],
    [5, goneFolders.length > 0, () => ({ what: 'restore', kind: 'folder', ids: [of(goneFolders)] })],
    [crowded ? 30 : 3, goneFiles.length + files.length > 0, () => ({ what: 'erase', kind: 'file', ids: some([...goneFiles, ...files]) })],
    [crowded ? 20 : 2, goneFolders.length > 0, () => ({ what: 'erase', kind: 'folder', ids: [of(goneFolders)] })],
  ];
  const choices = all.filter(([, isPossible]) => isPossible);
  let at = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  const [, , make] = choices.find(([weight]) => (at -= weight) < 0) ?? choices[0];
  return make();
}
