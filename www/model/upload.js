// One file that is being uploaded.
/** @import { Subject } from './item.js' */
import { TransferRate } from './transfer-rate.js';

/**
 * @typedef {'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled'} UploadState
 *
 * @typedef {object} UploadRecord What the browser's database keeps of an upload.
 * @property {string} id
 * @property {string} place The key of the place that it goes to.
 * @property {string} folderId The folder it was dropped on.
 * @property {string[]} folders The names of the folders below that one that the file is in.
 * @property {string} name
 * @property {File} file
 * @property {Subject[]} [replaces] Files that move to the trash once this one has arrived.
 */

export class Upload {
  /** @type {UploadState} */
  state = 'waiting';
  /** Bytes that have left, at least those that the service has. */
  sent = 0;
  /** Bytes that the service has. */
  confirmed = 0;
  rate = new TransferRate();
  /** @type {unknown} */
  error;
  /** @type {AbortController | undefined} */
  controller;
  /** The ID of the resumable session, once there is one. @type {string | undefined} */
  session;
  /** Whether the browser's database has a copy. */
  isKept = false;

  /** @param {{ id?: string, file: File, folderId: string, folders: string[], name?: string, replaces?: Subject[], isRestored?: boolean, isPaused?: boolean }} given */
  constructor({ id = crypto.randomUUID(), file, folderId, folders, name = file.name, replaces = [], isRestored = false, isPaused = false }) {
    this.id = id;
    this.file = file;
    this.folderId = folderId;
    this.folders = folders;
    this.name = name;
    this.size = file.size;
    this.replaces = replaces;
    /** Whether an earlier visit began it. */
    this.isRestored = isRestored;
    this.isKept = isRestored;
    if (isPaused) this.state = 'paused';
  }

  /**
   * Notes how many bytes of the present request have left.
   *
   * @param {number} bytes
   */
  sending(bytes) {
    this.sent = Math.min(this.confirmed + bytes, this.size);
    this.rate.add(this.sent);
  }

  /**
   * Notes how many bytes the service has.
   *
   * @param {number} bytes
   */
  confirm(bytes) {
    this.confirmed = bytes;
    this.sent = Math.max(this.sent, bytes);
    this.rate.add(this.sent);
  }

  /** Forgets the bytes on their way, when sending has stopped. */
  halt() {
    this.sent = this.confirmed;
    this.rate.reset();
  }

  get isOver() {
    return this.state === 'done';
  }

  get isActive() {
    return this.state === 'waiting' || this.state === 'running';
  }
}
