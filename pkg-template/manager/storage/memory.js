// Storage that goes with its process. It is outside of the WebAssembly module all the same, so a trap takes nothing along
// and large files do not grow the module's memory, which never shrinks.

const CHUNK = 1 << 20;

/** A run of bytes that grows at its end, in chunks, so that growing copies little. */
function growing() {
  const chunks = [];
  let size = 0;
  /** Calls `visit(chunk, from, count, done)` for each part of the range. */
  const walk = (offset, length, visit) => {
    for (let done = 0; done < length; ) {
      const index = Math.floor((offset + done) / CHUNK);
      const from = (offset + done) % CHUNK;
      const count = Math.min(CHUNK - from, length - done);
      visit(index, from, count, done);
      done += count;
    }
  };
  return {
    get size() {
      return size;
    },
    write(offset, bytes) {
      walk(offset, bytes.length, (index, from, count, done) => {
        for (let made = chunks.length; made <= index; made += 1) chunks.push(new Uint8Array(0));
        const needed = from + count;
        if (chunks[index].length < needed) {
          const grown = new Uint8Array(Math.min(CHUNK, Math.max(needed, chunks[index].length * 2)));
          grown.set(chunks[index]);
          chunks[index] = grown;
        }
        chunks[index].set(bytes.subarray(done, done + count), from);
      });
      size = Math.max(size, offset + bytes.length);
    },
    read(offset, buffer) {
      const length = Math.max(0, Math.min(buffer.length, size - offset));
      walk(offset, length, (index, from, count, done) => {
        const found = chunks[index].subarray(from, from + count);
        buffer.set(found, done);
        // A chunk that nothing was written to reads as zeros.
        buffer.fill(0, done + found.length, done + count);
      });
      return length;
    },
    truncate(length) {
      if (length >= size) return void (size = length);
      size = length;
      chunks.length = Math.ceil(length / CHUNK);
      const last = chunks.at(-1);
      const used = length - (chunks.length - 1) * CHUNK;
      if (last && last.length > used) chunks[chunks.length - 1] = last.slice(0, used);
    },
  };
}

/** Makes the storage. See `storage.js` for what its members do. */
export function memoryStorage() {
  const blobs = new Map();
  const files = new Map();
  const missing = (name) => new Error(`there is no file ${name}`);
  const host = {
    fresh: () => undefined,
    append(name, offset, bytes) {
      if (!blobs.has(name)) blobs.set(name, growing());
      const blob = blobs.get(name);
      blob.truncate(offset);
      blob.write(offset, bytes);
    },
    sync() {},
    read(name, offset, buffer) {
      const blob = blobs.get(name);
      if (!blob) throw missing(name);
      return blob.read(offset, buffer);
    },
    size: (name) => blobs.get(name)?.size,
    remove: (name) => void blobs.delete(name),
    names(folder) {
      const start = `${folder}/`;
      return [...blobs.keys()].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
    },
    openFile(name) {
      if (!files.has(name)) files.set(name, { number: files.size + 1, content: growing() });
      return files.get(name).number;
    },
    closeFile() {},
    readAt: (file, offset, buffer) => content(file).read(offset, buffer),
    writeAt: (file, offset, bytes) => content(file).write(offset, bytes),
    truncate: (file, size) => content(file).truncate(size),
    syncFile() {},
    sizeOf: (file) => content(file).size,
    hasFile: (name) => files.has(name),
    // Numbers are positions, so a deleted file is emptied and stays.
    deleteFile: (name) => void (files.has(name) && files.get(name).content.truncate(0)),
  };
  const content = (number) => [...files.values()][number - 1].content;
  return {
    kind: 'memory',
    durable: false,
    host,
    read(name, offset, length) {
      const buffer = new Uint8Array(length);
      return buffer.subarray(0, host.read(name, offset, buffer));
    },
    close() {},
  };
}
