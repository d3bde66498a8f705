// Storages of the manager. Each is an object:
//
// | Member | What it is |
// | --- | --- |
// | `kind` | `'memory'`, `'directory'` or `'opfs'` |
// | `durable` | whether it outlives the process, so that waiting for the disk has a point |
// | `host` | the synchronous calls on blobs and on the files of the catalog, which the WebAssembly module makes |
// | `read(name, offset, length)` | bytes of a blob, or a promise of them: fewer than asked only at its end |
// | `prepare(names)` | optional: a promise that these blobs, and some new ones, can be used synchronously |
// | `recover()` | optional: after a trap, lets go of what the lost module had open |
// | `close()` | lets go of everything |
//
// Names of blobs are paths of two parts, as `blobs::file_name` makes them in the crate.

/**
 * A storage whose blobs stay while somebody reads them. A file that is deleted for good while its download is under way is
 * gone for everybody else, and its bytes go when the download ends.
 */
export function pinned(storage) {
  const readers = new Map();
  const doomed = new Set();
  const { host } = storage;
  const remove = host.remove.bind(host);
  host.remove = (name) => (readers.has(name) ? void doomed.add(name) : remove(name));
  return {
    ...storage,
    pin(name) {
      readers.set(name, (readers.get(name) ?? 0) + 1);
    },
    unpin(name) {
      const left = readers.get(name) - 1;
      if (left > 0) return void readers.set(name, left);
      readers.delete(name);
      if (doomed.delete(name)) remove(name);
    },
  };
}
