// Files on their way to the service, a few at a time.
//
// An upload is `waiting`, then `running`, and in the end `done` or `failed`; a person can pause it (`paused`), resume it,
// or cancel it, which removes it. A copy of its bytes is kept from the start until it is done, refused for good or cancelled.
//
// A pause or a cancellation aborts the running attempt. The attempt ends a moment later, when the next one may already run, so
// the end of an aborted attempt changes nothing. Pausing all also pauses what is added later, until a person resumes it or
// the last upload is gone.
//
// A service without room, because its disk or the quota of the site is full, refuses every upload. The upload that meets it fails
// at once, and the others are paused until a person has made room and resumes them.
/** @import { FileDescriptor, UploadProgress } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { Subject } from './item.js' */
/** @import { Incoming } from './name-conflicts.js' */
import { FolderMaker } from './folder-maker.js';
import { isNoRoom } from './no-room.js';
import { isFinal } from './refusal.js';
import { Signal } from './signal.js';
import { soon } from './soon.js';
import { Upload } from './upload.js';
import { cancelSession, sendFile } from './upload-calls.js';
import { UploadCopies } from './upload-copies.js';

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
  #calls;
  #folders;
  #copies;
  #running = 0;
  #isPaused = false;
  #isStopped = false;
  #change = soon(() => this.changed.emit(), CHANGE_DELAY);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #idle;

  /**
   * @param {string} placeKey The key of the place that the files go to.
   * @param {Calls} calls
   */
  constructor(placeKey, calls) {
    this.#calls = calls;
    this.#folders = new FolderMaker(calls);
    this.#copies = new UploadCopies(placeKey, (upload) => this.uploads.includes(upload) && !upload.isOver && !isFinal(upload.error));
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

  /** The error of an upload that failed because the service has no room left. */
  get noRoomError() {
    return this.uploads.find(({ state, error }) => state === 'failed' && isNoRoom(error))?.error;
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
    await this.#copies.keep(made);
  }

  /**
   * Resumes what an earlier visit left unfinished, unless another tab does. Returns how many uploads that is, and how many
   * more of them are paused.
   */
  async restore() {
    const mine = await this.#copies.take();
    if (this.#isStopped) {
      this.#copies.release();
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
      this.#copies.forget(upload);
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
      else if (isFinal(error)) this.#copies.forget(upload);
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
    return sendFile(this.#calls, upload, { parentFolderId, controller, isQuiet: this.uploads.length > 1, onProgress, onSent });
  }

  /** @param {Upload} upload */
  pause(upload) {
    if (!upload.isActive) return;
    this.#halt(upload);
    this.#copies.note([upload]);
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
    this.#copies.note([upload]);
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
    this.#copies.forget(upload);
    cancelSession(this.#calls, upload);
    if (this.open.length === 0 && !this.#isStopped) this.#isPaused = false;
    this.#change();
  }

  pauseAll() {
    this.#isPaused = true;
    const active = this.uploads.filter(({ isActive }) => isActive);
    for (const upload of active) this.#halt(upload);
    this.#copies.note(active);
    this.#change();
  }

  resumeAll() {
    this.#isPaused = false;
    const idle = this.uploads.filter(({ state }) => state === 'paused' || state === 'failed');
    for (const upload of idle) upload.state = 'waiting';
    this.#copies.note(idle);
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
    await this.#copies.stop();
    const resumable = active.filter(({ isKept }) => isKept).length;
    const lost = this.open.filter(({ isKept, state }) => !isKept && state !== 'failed').length;
    return { resumable, lost };
  }
}
