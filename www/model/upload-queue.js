// Files on their way to the service, a few at a time.
//
// An upload is `waiting`, then `running`, and in the end `done` or `failed`; a person can pause it (`paused`), resume it,
// or cancel it, which removes it. A copy of its bytes is kept in the browser's database from the start until it is done,
// refused for good or cancelled, if there is room: a reload loses nothing, and the next visit to the same place restores what
// is left, and leaves paused what was paused. A Web Lock keeps two tabs from sending the same copy.
//
// A pause or a cancellation aborts the running attempt. The attempt ends a moment later, when the next one may already run, so
// the end of an aborted attempt changes nothing. Pausing all also pauses what is added later, until a person resumes it or
// the last upload is gone.
//
// A service whose disk is full refuses every upload. The one that meets it fails at once, and the others are paused until a
// person has made room and resumes them.
/** @import { FileDescriptor, UploadProgress } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { Subject } from './item.js' */
/** @import { Incoming } from './name-conflicts.js' */
import { javascript } from '../text/code.js';
import { say } from '../text/language.js';
import { FolderMaker } from './folder-maker.js';
import { Locks } from './locks.js';
import { isNoRoom } from './no-room.js';
import { isFinal } from './refusal.js';
import { Signal } from './signal.js';
import { soon } from './soon.js';
import { Upload } from './upload.js';
import { forget, hasRoom, keep, keepPaused, kept } from './upload-store.js';

const CONCURRENCY = 3;
/** Milliseconds between two announcements of progress. */
const CHANGE_DELAY = 60;
/** The same while nothing moves, so that a stalled upload loses its speed. */
const IDLE_DELAY = 1000;

export class UploadQueue {
  /** Emits soon after any change. @type {Signal<void>} */
  changed = new Signal();
  /** Emits every file that has arrived. @type {Signal<FileDescriptor>} */
  uploaded = new Signal();
  /** Emits the files that others have replaced. @type {Signal<readonly Subject[]>} */
  replaced = new Signal();
  /** @type {Upload[]} */
  uploads = [];
  #placeKey;
  #calls;
  #folders;
  #locks = new Locks('upload');
  #running = 0;
  #isPaused = false;
  #isStopped = false;
  /** The copies that are being written. @type {Promise<unknown>} */
  #keeping = Promise.resolve();
  #change = soon(() => this.changed.emit(), CHANGE_DELAY);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #idle;

  /**
   * @param {string} placeKey The key of the place that the files go to.
   * @param {Calls} calls
   */
  constructor(placeKey, calls) {
    this.#placeKey = placeKey;
    this.#calls = calls;
    this.#folders = new FolderMaker(calls);
  }

  /** Emits every folder that an upload needed. */
  get folderCreated() {
    return this.#folders.created;
  }

  /** Whether nothing goes on until a person resumes it. */
  get isPaused() {
    return this.#isPaused || (this.uploads.some(({ state }) => state === 'paused') && !this.uploads.some(({ isActive }) => isActive));
  }

  /** The uploads that are not done. */
  get open() {
    return this.uploads.filter(({ isOver }) => !isOver);
  }

  /** Bytes in all, those that have left, those that have arrived, and how many leave per second. */
  get progress() {
    const progress = { total: 0, sent: 0, confirmed: 0, rate: 0 };
    for (const { size, isOver, sent, confirmed, state, rate } of this.uploads) {
      progress.total += size;
      progress.sent += isOver ? size : sent;
      progress.confirmed += isOver ? size : confirmed;
      if (state === 'running') progress.rate += rate.at();
    }
    return progress;
  }

  /** Whether an upload failed because the service has no room left. */
  get isFull() {
    return this.uploads.some(({ state, error }) => state === 'failed' && isNoRoom(error));
  }

  /** Whether a reload now would lose something. */
  get wouldLose() {
    return this.open.some(({ isKept, state }) => !isKept && state !== 'failed');
  }

  /**
   * Adds files that were dropped on a folder. An entry without a file is an empty folder.
   *
   * @param {readonly Incoming[]} found
   * @param {string} folderId
   */
  async add(found, folderId) {
    /** @type {Upload[]} */
    const made = [];
    for (const { file, folders, name, replaces } of found) {
      if (file) made.push(new Upload({ file, folderId, folders, name, replaces }));
      else this.#folders.ensure(folderId, folders).catch(() => {});
    }
    this.#enlist(made);
    const writing = this.#keep(made);
    this.#keeping = Promise.all([this.#keeping, writing]);
    await writing;
  }

  /**
   * Resumes what an earlier visit left unfinished, unless another tab does. Returns how many uploads that is, and how many
   * more of them are paused.
   */
  async restore() {
    let records;
    try {
      records = await kept(this.#placeKey);
    } catch {
      // A browser without a database has kept nothing.
      return { resumed: 0, paused: 0 };
    }
    const mine = [];
    for (const record of records) if (await this.#locks.acquire(record.id)) mine.push(new Upload({ ...record, isRestored: true }));
    if (this.#isStopped) {
      this.#locks.releaseAll();
      return { resumed: 0, paused: 0 };
    }
    this.#enlist(mine.filter(({ id }) => !this.uploads.some((upload) => upload.id === id)));
    const paused = mine.filter(({ state }) => state === 'paused').length;
    return { resumed: mine.length - paused, paused };
  }

  /** @param {readonly Upload[]} made */
  #enlist(made) {
    if (made.length === 0) return;
    if (this.#isPaused) for (const upload of made) if (upload.isActive) upload.state = 'paused';
    this.uploads.push(...made);
    this.#change();
    this.#startNext();
  }

  /** @param {readonly Upload[]} made */
  async #keep(made) {
    try {
      if (!(await hasRoom(made.reduce((sum, { size }) => sum + size, 0)))) return;
      for (const { id } of made) await this.#locks.acquire(id);
      const place = this.#placeKey;
      const isUnfinished = (/** @type {Upload} */ upload) => this.uploads.includes(upload) && !upload.isOver && !isFinal(upload.error);
      await keep(made.filter(isUnfinished).map(({ id, file, folderId, folders, name, replaces }) => ({ id, file, folderId, folders, name, replaces, place })));
      for (const upload of made) {
        upload.isKept = true;
        // It may have ended before its copy was written.
        if (!isUnfinished(upload)) this.#release(upload);
      }
      this.#note(made.filter(({ state }) => state === 'paused' && !this.#isStopped));
    } catch {
      // The upload works without a copy. Only a reload would end it, and the page warns of that.
    }
  }

  /**
   * Notes for the next visit which uploads are paused.
   *
   * @param {readonly Upload[]} uploads
   */
  #note(uploads) {
    for (const isPaused of [true, false]) {
      const ids = uploads.filter(({ state, isKept }) => isKept && (state === 'paused') === isPaused).map(({ id }) => id);
      // Without the note they go on by themselves.
      if (ids.length > 0) keepPaused(ids, isPaused).catch(() => {});
    }
  }

  /** @param {Upload} upload */
  #release(upload) {
    const { id, isKept } = upload;
    this.#locks.release(id);
    if (isKept) forget([id]).catch(() => {});
    upload.isKept = false;
  }

  #startNext() {
    while (!this.#isPaused && this.#running < CONCURRENCY) {
      const upload = this.uploads.find(({ state }) => state === 'waiting');
      if (!upload) return;
      this.#run(upload);
    }
  }

  /** @param {Upload} upload */
  async #run(upload) {
    const controller = new AbortController();
    upload.state = 'running';
    upload.error = undefined;
    upload.controller = controller;
    this.#running += 1;
    this.#idle ??= setInterval(() => this.#change(), IDLE_DELAY);
    this.#change();
    try {
      const file = await this.#send(upload, controller);
      if (!this.uploads.includes(upload) || upload.isOver) return;
      upload.state = 'done';
      // It arrived despite a pause, and another attempt may have begun.
      if (upload.controller !== controller) upload.controller?.abort(new DOMException('Arrived.', 'AbortError'));
      upload.confirm(upload.size);
      this.#release(upload);
      this.uploaded.emit(file);
      // After a crash it may be one of them: the one that had arrived already.
      const old = upload.replaces.filter(({ id }) => id !== file._id);
      if (old.length > 0) this.replaced.emit(old);
    } catch (error) {
      // A pause or a cancellation has set another state already, and maybe another attempt has since then.
      if (controller.signal.aborted || upload.state !== 'running') return;
      upload.state = 'failed';
      upload.error = error;
      upload.halt();
      if (isNoRoom(error)) this.pauseAll();
      else if (isFinal(error)) this.#release(upload);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) {
        clearInterval(this.#idle);
        this.#idle = undefined;
      }
      this.#change();
      this.#startNext();
    }
  }

  /**
   * @param {Upload} upload
   * @param {AbortController} controller
   */
  async #send(upload, controller) {
    const parentFolderId = await this.#folders.ensure(upload.folderId, upload.folders);
    const { signal } = controller;
    signal.throwIfAborted();
    /** @param {UploadProgress} progress */
    const onProgress = ({ id, confirmed }) => {
      upload.session = id;
      if (signal.aborted) return;
      upload.confirm(confirmed);
      this.#change();
    };
    /** @param {number} bytes */
    const onSent = (bytes) => {
      if (signal.aborted) return;
      upload.sending(bytes);
      this.#change();
    };
    const source = `const file = await uploads.upload(blob, {
  parentFolderId: ${javascript(parentFolderId)},
  displayName: ${javascript(upload.name)},
  onProgress: ({ confirmed, total }) => console.log(confirmed / total),
});`;
    return this.#calls.run(
      { title: say`Upload “${upload.name}”`, names: ['uploads'], source, controller, quiet: this.uploads.length > 1, onSent },
      (client) =>
        client.uploads.upload(upload.file, {
          parentFolderId,
          displayName: upload.name,
          onProgress,
          signal,
          // It may have arrived just before the page was closed.
          ...(upload.isRestored && { onDuplicate: /** @type {const} */ ('reuse') }),
        }),
    );
  }

  /** @param {Upload} upload */
  pause(upload) {
    if (!upload.isActive) return;
    this.#halt(upload);
    this.#note([upload]);
    this.#change();
  }

  /** @param {Upload} upload */
  #halt(upload) {
    upload.state = 'paused';
    upload.controller?.abort(new DOMException('Paused.', 'AbortError'));
    upload.halt();
  }

  /** @param {Upload} upload */
  resume(upload) {
    if (upload.state !== 'paused' && upload.state !== 'failed') return;
    upload.state = 'waiting';
    this.#isPaused = false;
    this.#note([upload]);
    this.#change();
    this.#startNext();
  }

  /**
   * Cancels an upload and removes it from the list.
   *
   * @param {Upload} upload
   */
  cancel(upload) {
    const at = this.uploads.indexOf(upload);
    if (at < 0) return;
    this.uploads.splice(at, 1);
    if (upload.state === 'running') upload.state = 'cancelled';
    upload.controller?.abort(new DOMException('Cancelled.', 'AbortError'));
    this.#release(upload);
    this.#cancelSession(upload);
    if (this.open.length === 0 && !this.#isStopped) this.#isPaused = false;
    this.#change();
  }

  /**
   * Has the service delete the session of a resumable upload.
   *
   * @param {Upload} upload
   */
  #cancelSession({ session, name, isOver }) {
    if (!session || isOver) return;
    const about = {
      title: say`Cancel the upload of “${name}”`,
      names: ['uploads'],
      quiet: true,
      source: `await uploads.cancel(${javascript(session)});`,
    };
    // Ignore errors: the session expires by itself.
    this.#calls.run(about, (client) => client.uploads.cancel(session)).catch(() => {});
  }

  pauseAll() {
    this.#isPaused = true;
    const active = this.uploads.filter(({ isActive }) => isActive);
    for (const upload of active) this.#halt(upload);
    this.#note(active);
    this.#change();
  }

  resumeAll() {
    this.#isPaused = false;
    const idle = this.uploads.filter(({ state }) => state === 'paused' || state === 'failed');
    for (const upload of idle) upload.state = 'waiting';
    this.#note(idle);
    this.#change();
    this.#startNext();
  }

  cancelAll() {
    for (const upload of this.open) this.cancel(upload);
    this.clear();
  }

  /** Removes what is done from the list. */
  clear() {
    this.uploads = this.open;
    this.#change();
  }

  /**
   * Stops everything without cancelling it. Resolves with how many uploads the next visit resumes, and how many are lost
   * because there is no copy of them.
   */
  async stop() {
    this.#isPaused = true;
    this.#isStopped = true;
    const active = this.uploads.filter(({ isActive }) => isActive);
    for (const upload of this.uploads) {
      if (upload.state === 'running') upload.state = 'paused';
      upload.controller?.abort(new DOMException('Stopped.', 'AbortError'));
    }
    this.#locks.releaseAll();
    await this.#keeping;
    this.#locks.releaseAll();
    const resumable = active.filter(({ isKept }) => isKept).length;
    const lost = this.open.filter(({ isKept, state }) => !isKept && state !== 'failed').length;
    return { resumable, lost };
  }
}
