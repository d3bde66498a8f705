// One file that is being uploaded.

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
 */

export class Upload {
  /** @type {UploadState} */
  state = 'waiting';
  sent = 0;
  /** Bytes that the service has. */
  confirmed = 0;
  /** @type {unknown} */
  error;
  /** @type {AbortController | undefined} */
  controller;
  /** The ID of the resumable session, once there is one. @type {string | undefined} */
  session;
  /** Whether the browser's database has a copy. */
  isKept = false;

  /** @param {{ id?: string, file: File, folderId: string, folders: string[], name?: string, isRestored?: boolean }} given */
  constructor({ id = crypto.randomUUID(), file, folderId, folders, name = file.name, isRestored = false }) {
    this.id = id;
    this.file = file;
    this.folderId = folderId;
    this.folders = folders;
    this.name = name;
    this.size = file.size;
    /** Whether an earlier visit began it. */
    this.isRestored = isRestored;
    this.isKept = isRestored;
  }

  get isOver() {
    return this.state === 'done';
  }

  get isActive() {
    return this.state === 'waiting' || this.state === 'running';
  }
}
