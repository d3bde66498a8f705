// The copies of unfinished uploads in the browser's database, if there is room for them: a reload loses nothing, and the next
// visit to the same place restores what is left, and leaves paused what was paused. A Web Lock keeps two tabs from sending the
// same copy.
import { Locks } from './locks.js';
import { Upload } from './upload.js';
import { forget, hasRoom, keep, keepPaused, kept } from './upload-store.js';

export class UploadCopies {
  #placeKey;
  #isUnfinished;
  #locks = new Locks('upload');
  /** The copies that are being written. @type {Promise<unknown>} */
  #writing = Promise.resolve();
  #isStopped = false;

  /**
   * @param {string} placeKey The key of the place that the files go to.
   * @param {(upload: Upload) => boolean} isUnfinished Whether another visit would have to resume an upload.
   */
  constructor(placeKey, isUnfinished) {
    this.#placeKey = placeKey;
    this.#isUnfinished = isUnfinished;
  }

  /**
   * Keeps copies of uploads.
   *
   * @param {readonly Upload[]} uploads
   */
  async keep(uploads) {
    const writing = this.#write(uploads);
    this.#writing = Promise.all([this.#writing, writing]);
    await writing;
  }

  /** @param {readonly Upload[]} uploads */
  async #write(uploads) {
    try {
      if (!(await hasRoom(uploads.reduce((sum, { size }) => sum + size, 0)))) return;
      for (const { id } of uploads) await this.#locks.acquire(id);
      const place = this.#placeKey;
      const records = uploads.filter(this.#isUnfinished).map(({ id, file, folderId, folders, name, replaces }) => ({ id, file, folderId, folders, name, replaces, place }));
      await keep(records);
      for (const upload of uploads) {
        upload.isKept = true;
        // It may have ended before its copy was written.
        if (!this.#isUnfinished(upload)) this.forget(upload);
      }
      this.note(uploads.filter(({ state }) => state === 'paused' && !this.#isStopped));
    } catch {
      // The upload works without a copy. Only a reload would end it, and the page warns of that.
    }
  }

  /**
   * Notes for the next visit which uploads are paused.
   *
   * @param {readonly Upload[]} uploads
   */
  note(uploads) {
    for (const isPaused of [true, false]) {
      const ids = uploads.filter(({ state, isKept }) => isKept && (state === 'paused') === isPaused).map(({ id }) => id);
      // Without the note they go on by themselves.
      if (ids.length > 0) keepPaused(ids, isPaused).catch(() => {});
    }
  }

  /**
   * Forgets the copy of an upload that is over.
   *
   * @param {Upload} upload
   */
  forget(upload) {
    const { id, isKept } = upload;
    this.#locks.release(id);
    if (isKept) forget([id]).catch(() => {});
    upload.isKept = false;
  }

  /** Takes over what an earlier visit left unfinished, unless another tab has it. */
  async take() {
    /** @type {Upload[]} */
    const mine = [];
    try {
      for (const record of await kept(this.#placeKey)) {
        if (await this.#locks.acquire(record.id)) mine.push(new Upload({ ...record, isRestored: true }));
      }
    } catch {
      // A browser without a database has kept nothing.
    }
    return mine;
  }

  /** Lets other tabs have every upload. */
  release() {
    this.#locks.releaseAll();
  }

  /** Lets other tabs have every upload, once the copies that are being written are there. */
  async stop() {
    this.#isStopped = true;
    this.release();
    await this.#writing;
    this.release();
  }
}
