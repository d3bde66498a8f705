// Storage that goes with its process. It is outside of the WebAssembly module all the same: a trap takes nothing along, and
// large files do not grow the module's memory, which never shrinks.
//
// A snapshot shares everything with the storage, which copies on write: the first write to a content copies its list of chunks,
// and the first write to a chunk copies that chunk.

/** @import { Storage, StorageHost } from '../internal.d.ts' */

/** Bytes of a chunk. */
const CHUNK_SIZE = 1 << 20;

/** Bytes that grow at their end, in chunks, so that growing copies little. */
class Content {
  /** @type {Uint8Array[]} */
  #chunks = [];
  /**
   * The chunks that a snapshot holds too.
   *
   * @type {Set<Uint8Array>}
   */
  #shared = new Set();
  size = 0;

  /** @param {number} since How many snapshots had been taken or restored when it was made. */
  constructor(since) {
    this.since = since;
  }

  /**
   * A content of its own with the same bytes, which shares the chunks until they are written.
   *
   * @param {number} since
   */
  copy(since) {
    const copy = new Content(since);
    copy.#chunks = [...this.#chunks];
    copy.#shared = new Set(this.#chunks);
    copy.size = this.size;
    return copy;
  }

  /**
   * Calls `visit` for each part of a range.
   *
   * @param {number} offset
   * @param {number} length
   * @param {(index: number, from: number, count: number, done: number) => void} visit
   */
  #walk(offset, length, visit) {
    for (let done = 0; done < length; ) {
      const index = Math.floor((offset + done) / CHUNK_SIZE);
      const from = (offset + done) % CHUNK_SIZE;
      const count = Math.min(CHUNK_SIZE - from, length - done);
      visit(index, from, count, done);
      done += count;
    }
  }

  /**
   * @param {number} offset
   * @param {Uint8Array} bytes
   */
  write(offset, bytes) {
    const chunks = this.#chunks;
    this.#walk(offset, bytes.length, (index, from, count, done) => {
      for (let made = chunks.length; made <= index; made += 1) chunks.push(new Uint8Array(0));
      const needed = from + count;
      const isShared = this.#shared.has(chunks[index]);
      if (isShared || chunks[index].length < needed) {
        const grown = new Uint8Array(Math.min(CHUNK_SIZE, Math.max(needed, chunks[index].length * (isShared ? 1 : 2))));
        grown.set(chunks[index]);
        chunks[index] = grown;
      }
      chunks[index].set(bytes.subarray(done, done + count), from);
    });
    this.size = Math.max(this.size, offset + bytes.length);
  }

  /**
   * Fills `buffer`. Returns how many bytes there were.
   *
   * @param {number} offset
   * @param {Uint8Array} buffer
   */
  read(offset, buffer) {
    const length = Math.max(0, Math.min(buffer.length, this.size - offset));
    this.#walk(offset, length, (index, from, count, done) => {
      const found = this.#chunks[index].subarray(from, from + count);
      buffer.set(found, done);
      // A part of a chunk that was never written reads as zeros.
      buffer.fill(0, done + found.length, done + count);
    });
    return length;
  }

  /** @param {number} length */
  truncate(length) {
    const isShorter = length < this.size;
    this.size = length;
    if (!isShorter) return;
    const chunks = this.#chunks;
    chunks.length = Math.ceil(length / CHUNK_SIZE);
    const last = chunks.at(-1);
    const used = length - (chunks.length - 1) * CHUNK_SIZE;
    if (last && last.length > used) chunks[chunks.length - 1] = last.slice(0, used);
  }
}

/**
 * @param {Map<string, Set<string>>} sets
 * @returns {typeof sets}
 */
const copied = (sets) => new Map([...sets].map(([key, values]) => [key, new Set(values)]));

/**
 * Makes the storage.
 *
 * @returns {Storage}
 */
export function memoryStorage() {
  /** @type {Map<string, Content>} */
  let blobs = new Map();
  /** How many snapshots have been taken or restored. A content from before the last one is not written. */
  let since = 0;
  /**
   * The names of blobs by their folders.
   *
   * @type {Map<string, Set<string>>}
   */
  let folders = new Map();
  const partsOf = (/** @type {string} */ name) => [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)];
  /** @param {string} name */
  function create(name) {
    const blob = new Content(since);
    blobs.set(name, blob);
    const [folder, file] = partsOf(name);
    const names = folders.get(folder);
    if (names) names.add(file);
    else folders.set(folder, new Set([file]));
    return blob;
  }
  /**
   * The files of the catalog. Their numbers are positions in `contents`.
   *
   * @type {Map<string, number>}
   */
  let files = new Map();
  /** @type {Content[]} */
  let contents = [];
  /**
   * How often each of them is open, and those that another one has replaced.
   *
   * @type {number[]}
   */
  let opened = [];
  /** @type {Set<number>} */
  let replaced = new Set();
  /** @param {number} file */
  function writable(file) {
    if (contents[file].since < since) contents[file] = contents[file].copy(since);
    return contents[file];
  }
  /** @type {StorageHost} */
  const host = {
    fresh: () => undefined,
    append(name, offset, bytes) {
      let blob = blobs.get(name) ?? create(name);
      if (blob.since < since) blobs.set(name, (blob = blob.copy(since)));
      blob.truncate(offset);
      blob.write(offset, bytes);
    },
    sync() {},
    read(name, offset, buffer) {
      const blob = blobs.get(name);
      if (!blob) throw new Error(`blob not found: ${name}`);
      return blob.read(offset, buffer);
    },
    size: (name) => blobs.get(name)?.size,
    remove(name) {
      blobs.delete(name);
      const [folder, file] = partsOf(name);
      folders.get(folder)?.delete(file);
    },
    deliveredEnd: () => undefined,
    names: (folder) => [...(folders.get(folder) ?? [])],
    reserve: () => false,
    openFile(name) {
      let file = files.get(name);
      if (file === undefined) {
        file = contents.push(new Content(since)) - 1;
        files.set(name, file);
      }
      opened[file] = (opened[file] ?? 0) + 1;
      return file;
    },
    closeFile(file) {
      opened[file] -= 1;
      if (opened[file] === 0 && replaced.delete(file)) writable(file).truncate(0);
    },
    readAt: (file, offset, buffer) => contents[file].read(offset, buffer),
    writeAt: (file, offset, bytes) => writable(file).write(offset, bytes),
    truncate: (file, size) => writable(file).truncate(size),
    syncFile() {},
    sizeOf: (file) => contents[file].size,
    hasFile: (name) => files.has(name),
    // Numbers are positions, so a deleted file is emptied and keeps its place.
    deleteFile(name) {
      const file = files.get(name);
      if (file !== undefined) writable(file).truncate(0);
    },
    renameFile(from, to) {
      const [file, other] = [files.get(from), files.get(to)];
      if (file === undefined) throw new Error(`file not found: ${from}`);
      files.delete(from);
      files.set(to, file);
      if (other === undefined) return;
      // Whoever has it open reads on.
      if (opened[other] > 0) replaced.add(other);
      else writable(other).truncate(0);
    },
  };
  return {
    kind: 'memory',
    durable: false,
    host,
    read(name, offset, length) {
      const buffer = new Uint8Array(length);
      return buffer.subarray(0, host.read(name, offset, buffer));
    },
    // The instance that had them open is gone.
    recover: () => void opened.fill(0),
    save() {
      since += 1;
      const saved = { blobs: new Map(blobs), folders: copied(folders), files: new Map(files), contents: [...contents], opened: [...opened], replaced: new Set(replaced) };
      return () => {
        since += 1;
        blobs = new Map(saved.blobs);
        folders = copied(saved.folders);
        files = new Map(saved.files);
        contents = [...saved.contents];
        opened = [...saved.opened];
        replaced = new Set(saved.replaced);
      };
    },
    close() {},
  };
}
