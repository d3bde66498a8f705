// The expected state of a Media Manager after a number of changes, as a plain table, and the changes themselves.
import { createHash } from 'node:crypto';

/** A generator of numbers below 1 that gives the same ones for the same seed. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { next, below, of: (items) => items[below(items.length)] };
}

/** The bytes of a file, by the numbers that stand in the change. */
export function contentOf({ size, seed }) {
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

export const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');

/**
 * A table of items by id: `{ kind, name, parent, trashed, from, labels, hash, size }`. A change is one object, so that it
 * can be written down before it is made; `apply` says what it means.
 */
export class Model {
  constructor(items = []) {
    this.items = new Map(items.map(([id, item]) => [id, { ...item }]));
  }

  copy = () => new Model([...this.items]);

  live = (kind) => [...this.items].filter(([, item]) => item.kind === kind && !item.trashed).map(([id]) => id);

  trashed = (kind) => [...this.items].filter(([, item]) => item.kind === kind && item.trashed).map(([id]) => id);

  below(id) {
    const found = [];
    for (const [child, item] of this.items) if (item.parent === id) found.push(child, ...this.below(child));
    return found;
  }

  apply(change, id) {
    const { what, name, parent, labels, ids, ...rest } = change;
    const { items } = this;
    if (what === 'folder') items.set(id, { kind: 'folder', name, parent, trashed: false });
    if (what === 'upload' || what === 'transfer') items.set(id, { kind: 'file', name, parent, labels, trashed: false, hash: md5(contentOf(rest)), size: rest.size });
    if (what === 'update') Object.assign(items.get(change.id), { ...(name && { name }), ...(parent && { parent }), ...(labels && { labels }) });
    if (what === 'delete') for (const one of ids) this.trash(one);
    if (what === 'restore') for (const one of ids) this.restore(one);
    if (what === 'erase') for (const one of ids) for (const gone of [...this.below(one), one]) items.delete(gone);
    return this;
  }

  trash(id) {
    const item = this.items.get(id);
    if (item.trashed) return;
    Object.assign(item, { trashed: true, from: item.parent, parent: 'trash-root' });
    for (const child of this.below(id)) this.items.get(child).trashed = true;
  }

  restore(id) {
    const item = this.items.get(id);
    if (!item.trashed) return;
    const place = item.from ?? item.parent;
    const home = this.items.get(place);
    Object.assign(item, { trashed: false, from: undefined, parent: place === 'media-root' || (home && !home.trashed) ? place : 'media-root' });
    for (const child of this.below(id)) this.items.get(child).trashed = false;
  }

  /** The visible state, sorted. */
  shown() {
    const visible = ([id, { kind, name, parent, trashed, labels, hash, size }]) => JSON.stringify([id, kind, name, parent, trashed, labels ?? null, hash ?? null, size ?? null]);
    return [...this.items].map(visible).sort();
  }
}

/** The next change of a worker, which keeps to the items that it made itself. */
export function choose(model, { below, of, next }, number) {
  const folders = ['media-root', ...model.live('folder')];
  const [files, goneFiles, goneFolders] = [model.live('file'), model.trashed('file'), model.trashed('folder')];
  const some = (ids) => [...new Set(Array.from({ length: 1 + below(3) }, () => of(ids)))];
  const file = { name: `file ${number}.bin`, parent: of(folders), labels: [`label ${below(5)}`], seed: 1 + below(2 ** 30) };
  const crowded = model.items.size > 60;
  const choices = [
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
  ].filter(([, possible]) => possible);
  let at = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  const [, , make] = choices.find(([weight]) => (at -= weight) < 0) ?? choices[0];
  return make();
}
