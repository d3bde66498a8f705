// Files on their way in: a few at a time, each of which can be paused, resumed, cancelled and tried again.
import { javascript } from '../text/code.js';
import { forget, hasRoom, keep, kept } from './upload-store.js';

const AT_ONCE = 3;

/** One file on its way. `state` is `waiting`, `running`, `paused`, `done` or `failed`; a cancelled one is gone. */
class Upload {
  state = 'waiting';
  sent = 0;
  confirmed = 0;
  error;
  controller;

  constructor({ id = crypto.randomUUID(), file, folderId, folders, name = file.name }) {
    Object.assign(this, { id, file, folderId, folders, name, size: file.size });
  }
}

/** Tells by `change` of every change, and by `uploaded` (detail: the descriptor) of every file that arrived. */
export class UploadQueue extends EventTarget {
  uploads = [];
  #place;
  #calls;
  #running = 0;
  #folders = new Map();
  #locks = new Map();
  #isPaused = false;
  #planned = false;

  constructor(place, calls) {
    super();
    this.#place = place;
    this.#calls = calls;
  }

  get isPaused() {
    return this.#isPaused;
  }

  /** What is not over yet. */
  get open() {
    return this.uploads.filter(({ state }) => state !== 'done');
  }

  /** How many bytes of how many are there. */
  get progress() {
    const total = this.uploads.reduce((sum, { size }) => sum + size, 0);
    const done = this.uploads.reduce((sum, { state, size, confirmed }) => sum + (state === 'done' ? size : confirmed), 0);
    return { total, done };
  }

  /** Takes in files, `[{ file, folders }]` as they were dropped on the folder of this id. */
  async add(found, folderId) {
    const made = found.filter(({ file }) => file).map(({ file, folders }) => new Upload({ file, folderId, folders }));
    for (const { folders } of found.filter(({ file }) => !file)) this.#folder(folderId, folders).catch(() => {});
    this.uploads.push(...made);
    this.#changed();
    this.#next();
    await this.#keep(made);
    return made;
  }

  /** Goes on with what an earlier visit left unfinished, unless another tab is at it. */
  async restore() {
    let left;
    try {
      left = await kept(this.#place.key);
    } catch {
      // A browser without a database has nothing to restore either.
      return 0;
    }
    const mine = [];
    for (const one of left) if (await this.#claim(one.id)) mine.push(Object.assign(new Upload(one), { isKept: true, isRestored: true }));
    this.uploads.push(...mine.filter(({ id }) => !this.uploads.some((upload) => upload.id === id)));
    if (mine.length > 0) this.#changed();
    this.#next();
    return mine.length;
  }

  async #keep(made) {
    try {
      if (!(await hasRoom(made.reduce((sum, { size }) => sum + size, 0)))) return;
      for (const { id } of made) await this.#claim(id);
      const records = made.filter(({ state }) => state !== 'done').map(({ id, file, folderId, folders, name }) => ({ id, file, folderId, folders, name, place: this.#place.key }));
      await keep(records);
      const over = [];
      for (const upload of made) {
        upload.isKept = true;
        // It may have been over before it was kept.
        if (upload.state === 'done' || !this.uploads.includes(upload)) over.push(upload.id);
      }
      if (over.length > 0) await forget(over);
    } catch {
      // Without a copy an upload goes on as well; only a reload would end it, and the page warns of that.
    }
  }

  /** Holds the lock of an upload for as long as this page lives. Whether it got it. */
  #claim(id) {
    if (this.#locks.has(id)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const hold = (lock) => {
        if (!lock) return resolve(false);
        resolve(true);
        return new Promise((release) => this.#locks.set(id, release));
      };
      navigator.locks.request(`wix-media upload ${id}`, { ifAvailable: true }, hold).catch(() => resolve(true));
    });
  }

  #release(upload) {
    this.#locks.get(upload.id)?.();
    this.#locks.delete(upload.id);
    if (upload.isKept) forget([upload.id]).catch(() => {});
  }

  /** Whether a reload now would lose something. */
  get wouldLose() {
    return this.open.some(({ isKept, state }) => !isKept && state !== 'failed');
  }

  #changed() {
    if (this.#planned) return;
    this.#planned = true;
    setTimeout(() => {
      this.#planned = false;
      this.dispatchEvent(new Event('change'));
    }, 60);
  }

  #next() {
    while (!this.#isPaused && this.#running < AT_ONCE) {
      const upload = this.uploads.find(({ state }) => state === 'waiting');
      if (!upload) return;
      this.#run(upload);
    }
  }

  async #run(upload) {
    upload.state = 'running';
    upload.error = undefined;
    upload.controller = new AbortController();
    this.#running += 1;
    this.#changed();
    try {
      const file = await this.#send(upload);
      if (!this.uploads.includes(upload)) return;
      upload.state = 'done';
      upload.confirmed = upload.size;
      this.#release(upload);
      this.dispatchEvent(new CustomEvent('uploaded', { detail: file }));
    } catch (error) {
      // Who paused or cancelled it has said so already.
      if (upload.state !== 'running') return;
      upload.state = 'failed';
      upload.error = error;
    } finally {
      this.#running -= 1;
      this.#changed();
      this.#next();
    }
  }

  async #send(upload) {
    const parentFolderId = await this.#folder(upload.folderId, upload.folders);
    const { signal } = upload.controller;
    signal.throwIfAborted();
    const onProgress = ({ id, sent, confirmed }) => {
      upload.session = id;
      upload.sent = sent;
      upload.confirmed = confirmed;
      this.#changed();
    };
    const given = { parentFolderId, displayName: upload.name };
    const source = `const file = await uploads.upload(blob, {
  parentFolderId: ${javascript(parentFolderId)},
  displayName: ${javascript(upload.name)},
  onProgress: ({ confirmed, total }) => console.log(confirmed / total),
});`;
    return this.#calls.run(
      { title: `Upload “${upload.name}”`, names: ['uploads'], source, controller: upload.controller, quiet: this.uploads.length > 1 },
      // What arrived just before the page was closed must not arrive once more.
      (client) => client.uploads.upload(upload.file, { ...given, onProgress, signal, ...(upload.isRestored && { onDuplicate: 'reuse' }) }),
    );
  }

  /** The id of a folder below another, which is made when it is not there. Each is asked for once. */
  #folder(parentId, names) {
    if (names.length === 0) return Promise.resolve(parentId);
    const key = JSON.stringify([parentId, ...names]);
    if (!this.#folders.has(key)) {
      const made = this.#folder(parentId, names.slice(0, -1)).then((id) => this.#ensure(id, names.at(-1)));
      this.#folders.set(key, made);
      made.catch(() => this.#folders.delete(key));
    }
    return this.#folders.get(key);
  }

  async #ensure(parentFolderId, displayName) {
    const about = {
      title: `The folder “${displayName}”`,
      names: ['folders'],
      quiet: true,
      source: `for await (const folder of folders.listFolders(${javascript({ parentFolderId })})) {\n  if (folder.displayName === ${javascript(displayName)}) return folder;\n}\nawait folders.createFolder(${javascript(displayName)}, ${javascript({ parentFolderId })});`,
    };
    const id = await this.#calls.run(about, async (client, options) => {
      for await (const folder of client.folders.listFolders({ parentFolderId, paging: { limit: 100 } }, options)) {
        if (folder.displayName === displayName) return folder._id;
      }
      const { folder } = await client.folders.createFolder(displayName, { parentFolderId }, options);
      this.dispatchEvent(new CustomEvent('foldermade', { detail: folder }));
      return folder._id;
    });
    return id;
  }

  pause(upload) {
    if (!/^(?:waiting|running)$/.test(upload.state)) return;
    upload.state = 'paused';
    upload.controller?.abort(new DOMException('Paused.', 'AbortError'));
    this.#changed();
  }

  resume(upload) {
    if (!/^(?:paused|failed)$/.test(upload.state)) return;
    upload.state = 'waiting';
    this.#isPaused = false;
    this.#changed();
    this.#next();
  }

  cancel(upload) {
    const at = this.uploads.indexOf(upload);
    if (at < 0) return;
    this.uploads.splice(at, 1);
    if (upload.state === 'running') upload.state = 'cancelled';
    upload.controller?.abort(new DOMException('Cancelled.', 'AbortError'));
    this.#release(upload);
    this.#forgetSession(upload);
    this.#changed();
  }

  /** Has the service forget what it has of a resumable upload. */
  #forgetSession({ session, name, state }) {
    if (!session || state === 'done') return;
    const about = { title: `Give up the upload of “${name}”`, names: ['uploads'], quiet: true, source: `await uploads.cancel(${javascript(session)});` };
    // It forgets by itself in time, too.
    this.#calls.run(about, (client) => client.uploads.cancel(session)).catch(() => {});
  }

  pauseAll() {
    this.#isPaused = true;
    for (const upload of this.uploads) this.pause(upload);
    this.#changed();
  }

  resumeAll() {
    this.#isPaused = false;
    for (const upload of this.uploads) if (upload.state === 'paused' || upload.state === 'failed') upload.state = 'waiting';
    this.#changed();
    this.#next();
  }

  cancelAll() {
    for (const upload of this.open) this.cancel(upload);
    this.clear();
  }

  /** Drops what is over. */
  clear() {
    this.uploads = this.open;
    this.#changed();
  }

  /** Ends everything here without giving anything up: what was kept goes on with the next visit. */
  stop() {
    this.#isPaused = true;
    for (const upload of this.uploads) {
      if (upload.state === 'running') upload.state = 'paused';
      upload.controller?.abort(new DOMException('Stopped.', 'AbortError'));
    }
    for (const release of this.#locks.values()) release();
    this.#locks.clear();
  }
}
