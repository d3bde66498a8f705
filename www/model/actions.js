// What can be done with folders and files. Each action is a few calls of the package, with a way back where there is one.
//
// An action on items is a job. One whose calls all run at the same time shows its effect at once, before the service answers,
// and a failure lists the folder again, which shows things as they are. A longer one shows what is done so far. One that is
// done lists the folder again only if it may have brought something into view. An action that can be undone adds its way back
// to the history of the place. Undo and redo are actions too, and turn the entry of the original one.
/** @import { FileDescriptor, Folder, GenerateFileDownloadUrlOptions, MediaTypeWithLiterals } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { Item, Subject } from './item.js' */
/** @import { Job } from './job.js' */
/** @import { JobKindName, JobStep } from './job-kinds.js' */
/** @import { UndoEntry, Way } from './undo-history.js' */
/** @import { View } from './view.js' */
import { callSource } from '../text/code.js';
import { say } from '../text/language.js';
import { amount } from '../text/words.js';
import { areaOfTop } from './areas.js';
import { idsSource } from './id-source.js';
import { fileItem, howMany, idsOf, named, subjectOf, tally } from './item.js';
import { stoppedAt } from './job.js';
import { JOB_KINDS } from './job-kinds.js';
import { Jobs } from './jobs.js';
import { pause } from './pause.js';
import { isFinal } from './refusal.js';
import { Task } from './task.js';
import { UndoHistory } from './undo-history.js';

/** Milliseconds until a file is asked for again after the service did not answer. */
const RETRY_DELAY = 3000;

/**
 * @typedef {(item: Subject, view: View) => boolean} Leaves Whether an item is no longer in a view.
 *
 * @typedef {object} Effects How an action changes what the page shows.
 * @property {(folder: Folder) => void} folderAdded
 * @property {(file: FileDescriptor) => void} fileAdded
 * @property {(folder: Folder) => void} folderChanged
 * @property {(file: FileDescriptor) => void} fileChanged
 * @property {(items: readonly Subject[], leaves: Leaves) => void} removed Items went
 *   elsewhere: those that leave the view that is shown.
 * @property {(items: readonly Subject[], leaves: Leaves) => void} arrived Items went
 *   elsewhere: lists the view again if that may show more than their absence.
 * @property {() => void} foldersMoved Folders moved, so that the tree is out of date.
 * @property {() => void} refresh Lists the folder again.
 * @property {() => void} announce Tells the other tabs.
 *
 * @typedef {object} Reports
 * @property {(text: string, entry?: UndoEntry) => void} done Says what was done, and offers the way back.
 * @property {(what: string, error: unknown, retry?: () => unknown) => void} failed
 * @property {(what: string) => void} interrupted Says what stopped because the page leaves the place.
 * @property {(text: string) => void} lost Says what ended because of that.
 */

/**
 * @typedef {object} Download
 * @property {string} name Of the file that it saves.
 * @property {readonly Item[]} items What is in it.
 * @property {() => Promise<string>} link Makes a temporary link to it.
 */

/** @typedef {{ entry?: UndoEntry }} ActionOptions `entry` is the entry of the history that the action undoes or redoes. */

export class Actions {
  #calls;
  #effects;
  #reports;
  #history = new UndoHistory();
  /** Whether the page has left the place. */
  #isClosed = false;

  /**
   * @param {string} placeKey
   * @param {Calls} calls
   * @param {Effects} effects
   * @param {Reports} reports
   */
  constructor(placeKey, calls, effects, reports) {
    this.#calls = calls;
    this.#effects = effects;
    this.#reports = reports;
    /** The jobs that these actions are. */
    this.jobs = new Jobs(placeKey, calls, {
      onProgress: (job, steps) => this.#progressed(job, steps),
      onEnd: (job) => this.#ended(job),
    });
  }

  /** Undoes the last action that was not undone yet. Returns false if there is none. */
  undoLast() {
    return this.#history.undoLast();
  }

  /** Redoes what was undone last. Returns false if there is nothing. */
  redoLast() {
    return this.#history.redoLast();
  }

  /** Takes every undo off the offer and interrupts what is under way, when the page leaves the place. */
  close() {
    this.#isClosed = true;
    this.#history.close();
    for (const job of this.jobs.stop()) this.#reports.interrupted(stoppedAt(job));
  }

  /**
   * @param {string} text
   * @param {Way} [way] The way back from it.
   * @param {UndoEntry} [entry] The entry whose way it was.
   */
  #done(text, way, entry) {
    this.#reports.done(text, way && this.#history.add(way, entry));
    this.#effects.announce();
  }

  /**
   * @param {string} what
   * @param {unknown} error
   * @param {() => unknown} [retry]
   */
  #failed(what, error, retry) {
    if (error instanceof Error && error.name === 'AbortError') return;
    this.#reports.failed(what, error, isFinal(error) ? undefined : retry);
  }

  /**
   * @param {string} displayName
   * @param {string} parentFolderId
   */
  async createFolder(displayName, parentFolderId) {
    const options = { parentFolderId };
    const { folder } = await this.#calls.run(
      {
        title: say`Create the folder “${displayName}”`,
        names: ['folders'],
        source: `${callSource('const { folder } = await folders.createFolder', [displayName, options])};`,
      },
      (client, call) => client.folders.createFolder(displayName, options, call),
    );
    this.#effects.folderAdded(folder);
    this.#done(say`“${displayName}” created.`);
    return folder;
  }

  /**
   * Has the service fetch a file. Resolves when the service has accepted that; a task follows the file until it is ready.
   *
   * @param {string} url
   * @param {{ displayName?: string, parentFolderId: string, isPrivate: boolean }} given
   */
  async importUrl(url, given) {
    const { displayName, parentFolderId, isPrivate } = given;
    const options = { ...(displayName && { displayName }), parentFolderId, ...(isPrivate && { private: true }) };
    const { file } = await this.#calls.run(
      {
        title: say`Import ${url}`,
        names: ['files'],
        source: `${callSource('const { file } = await files.importFile', [url, options])};`,
      },
      (client, call) => client.files.importFile(url, options, call),
    );
    this.#effects.fileAdded(file);
    this.#effects.announce();
    this.#followImport(file, () => this.importUrl(url, given).catch((error) => this.#failed(say`Not imported`, error)));
    return file;
  }

  /**
   * Waits until an imported file is ready, as a task.
   *
   * @param {FileDescriptor} file
   * @param {() => unknown} again Imports it once more.
   * @returns {Promise<void>}
   */
  async #followImport(file, again) {
    const id = String(file._id);
    const name = String(file.displayName);
    const about = { title: say`Is “${name}” ready?`, names: ['uploads'], quiet: true, source: `${callSource('await uploads.waitUntilReady', [id])};` };
    const task = new Task({
      doing: say`Importing “${name}”`,
      failed: say`“${name}” was not imported`,
      perform: (controller) => this.#untilReady(id, { ...about, controller }),
      onDone: () => this.#done(say`“${name}” imported.`),
      onCancel: () => this.#dropImport(file),
      retry: async () => {
        const { code, status } = /** @type {{ code?: string, status?: number }} */ (Object(task.error));
        // Any other error is of the question and not of the file, which may be ready by now.
        if (code !== 'FILE_FAILED' && status !== 404) return this.#followImport(file, again);
        if (code === 'FILE_FAILED') await this.#dropImport(file);
        await again();
      },
    });
    await this.jobs.perform(task);
    // A failed file shows that it has failed.
    if (task.state === 'failed') this.#effects.refresh();
  }

  /**
   * Shows a file once it is ready. A lost connection says nothing about the file, so it is asked for again.
   *
   * @param {string} id
   * @param {Parameters<Calls['run']>[0] & { controller: AbortController }} about
   */
  async #untilReady(id, about) {
    const { signal } = about.controller;
    for (;;) {
      try {
        this.#effects.fileChanged(await this.#calls.run(about, (client) => client.uploads.waitUntilReady(id, { signal })));
        return;
      } catch (error) {
        const { code } = /** @type {{ code?: string }} */ (Object(error));
        if (signal.aborted || code === 'FILE_FAILED' || isFinal(error)) throw error;
        await pause(RETRY_DELAY, signal);
      }
    }
  }

  /**
   * Deletes a file that was not imported, and so has no content.
   *
   * @param {FileDescriptor} file
   */
  async #dropImport(file) {
    const item = fileItem(file);
    this.#effects.removed([item], () => true);
    const about = {
      title: say`Cancel the import of ${named([item])}`,
      names: ['files'],
      source: `${callSource('await files.bulkDeleteFiles', [[item.id], { permanent: true }])};`,
    };
    try {
      await this.#calls.run(about, (client, call) => client.files.bulkDeleteFiles([item.id], { permanent: true }, call));
      this.#effects.announce();
    } catch (error) {
      this.#failed(say`Not deleted`, error);
      this.#effects.refresh();
    }
  }

  /**
   * Renames an item. Resolves with whether it succeeded.
   *
   * @param {Item} item
   * @param {string} name
   * @param {ActionOptions} [options]
   * @returns {Promise<boolean>}
   */
  async rename(item, name, { entry } = {}) {
    // The new name shows at once. A failure brings the old one back.
    this.#show(item, { displayName: name });
    try {
      if (item.kind === 'file') await this.#renameFile(item, name);
      else await this.#renameFolder(item, name);
      this.#done(say`Renamed to “${name}”.`, (made) => this.rename({ ...item, name }, item.name, { entry: made }), entry);
      return true;
    } catch (error) {
      this.#show(item);
      this.#failed(say`Not renamed`, error);
      this.#effects.refresh();
      return false;
    }
  }

  /**
   * Shows an item with changes that the service has not confirmed.
   *
   * @param {Item} item
   * @param {{ displayName?: string }} [changes]
   */
  #show(item, changes) {
    if (item.kind === 'file') this.#effects.fileChanged({ ...item.value, ...changes });
    else this.#effects.folderChanged({ ...item.value, ...changes });
  }

  /**
   * @param {Item} item
   * @param {string} name
   */
  async #renameFile({ id, name: before }, name) {
    const changes = { _id: id, displayName: name };
    const file = await this.#calls.run(
      {
        title: say`Rename “${before}” to “${name}”`,
        names: ['files'],
        source: `${callSource('await files.updateFileDescriptor', [changes])};`,
      },
      (client, call) => client.files.updateFileDescriptor(changes, call),
    );
    this.#effects.fileChanged(file);
  }

  /**
   * @param {Item} item
   * @param {string} name
   */
  async #renameFolder({ id, name: before }, name) {
    const changes = { displayName: name };
    const folder = await this.#calls.run(
      {
        title: say`Rename “${before}” to “${name}”`,
        names: ['folders'],
        source: `${callSource('await folders.updateFolder', [id, changes])};`,
      },
      (client, call) => client.folders.updateFolder(id, changes, call),
    );
    this.#effects.folderChanged(folder);
  }

  /**
   * Sets the labels of a file.
   *
   * @param {FileDescriptor} file
   * @param {string[]} labels
   */
  async label(file, labels) {
    const changes = { _id: String(file._id), labels };
    const changed = await this.#calls.run(
      {
        title: say`Label “${String(file.displayName)}”`,
        names: ['files'],
        source: `${callSource('await files.updateFileDescriptor', [changes])};`,
      },
      (client, call) => client.files.updateFileDescriptor(changes, call),
    );
    this.#effects.fileChanged(changed);
  }

  /**
   * Moves items to a folder. The root of the trash deletes them. Resolves with whether it succeeded.
   *
   * @param {readonly Item[]} items
   * @param {string} folderId
   */
  move(items, folderId) {
    if (areaOfTop(folderId) === 'trash') return this.trash(items);
    const moving = items.filter(({ value, id }) => value.parentFolderId !== folderId && id !== folderId);
    const steps = moving.map((item) => ({ ...subjectOf(item), from: String(item.value.parentFolderId), to: folderId }));
    return this.#work('move', steps);
  }

  /**
   * Gives files other labels. Resolves with whether it succeeded.
   *
   * @param {readonly JobStep[]} steps
   */
  relabel(steps) {
    return this.#work('label', steps);
  }

  /**
   * Moves items to the trash. Resolves with whether it succeeded.
   *
   * @param {readonly Subject[]} items
   */
  trash(items) {
    return this.#work('trash', items.map(subjectOf));
  }

  /**
   * Restores items from the trash. Resolves with whether it succeeded.
   *
   * @param {readonly Item[]} items
   */
  restore(items) {
    return this.#work('restore', items.map(subjectOf));
  }

  /**
   * Deletes items permanently. Resolves with whether it succeeded.
   *
   * @param {readonly Item[]} items
   */
  purge(items) {
    return this.#work('purge', items.map(subjectOf));
  }

  /**
   * Does something with items, as a job.
   *
   * @param {JobKindName} kind
   * @param {readonly JobStep[]} steps
   * @param {ActionOptions} [options]
   */
  async #work(kind, steps, { entry } = {}) {
    if (steps.length === 0) return true;
    const { partsOf, concurrency, leaves, back } = JOB_KINDS[kind];
    if (back && partsOf(steps).length <= concurrency) this.#effects.removed(steps, leaves);
    const job = await this.jobs.start({ kind, steps, isUndo: entry !== undefined && !entry.isUndone, entry });
    // The person decides about an interrupted job.
    return job.finished.size > 0 || job.isWaiting;
  }

  /**
   * @param {Job} job
   * @param {readonly JobStep[]} steps
   */
  #progressed({ kind }, steps) {
    this.#effects.removed(steps, JOB_KINDS[kind].leaves);
  }

  /** @param {Job} job */
  #ended(job) {
    const { finished, failures, total, isUndo, entry, isWaiting, error } = job;
    const { done, failed, partlyFailed, back, leaves } = JOB_KINDS[job.kind];
    const steps = [...finished.values()];
    const partly = howMany(steps.length, job.steps);
    if (tally(steps).folders > 0) this.#effects.foldersMoved();
    const [failure = error] = failures.values();
    if (failure && !isWaiting) {
      const left = job.steps.filter(({ key }) => !finished.has(key) && !isFinal(failures.get(key) ?? error));
      const retry = () => (entry && steps.length === 0 ? entry.run() : this.#work(job.kind, left));
      const again = job.isCancelled || left.length === 0 ? undefined : retry;
      if (total > 1 && failures.size > 0 && !this.#isClosed) this.jobs.keepFailed(job, again);
      else this.#failed(total === 1 ? failed() : partlyFailed(partly), failure, again);
    }
    if (steps.length > 0 && !isWaiting) {
      const way = back?.(steps);
      const what = steps.length === total ? named(steps) : partly;
      this.#done(done(what, { isUndo }), way && ((made) => this.#work(way.kind, way.steps, { entry: made })), entry);
    }
    if (failure) this.#effects.refresh();
    else this.#effects.arrived(steps, leaves);
  }

  /** Restores all images from the trash. */
  async restoreImages() {
    const mediaTypes = /** @type {MediaTypeWithLiterals[]} */ (['IMAGE']);
    const about = { title: say`Restore all images`, names: ['trash'], source: `${callSource('await trash.restoreAll', [{ mediaTypes }])};` };
    const task = new Task({
      doing: say`Restoring all images`,
      failed: say`Not everything was restored`,
      isGuarded: true,
      onDone: () => this.#done(say`All images restored.`),
      perform: (controller) =>
        this.#calls.run({ ...about, controller }, (client, { signal }) => client.trash.restoreAll({ mediaTypes, signal })).finally(() => {
          this.#effects.foldersMoved();
          this.#effects.refresh();
        }),
    });
    await this.jobs.perform(task);
  }

  /**
   * Counts what a permanent deletion would delete.
   *
   * @param {readonly Item[]} items
   */
  plan(items) {
    const given = { fileIds: idsOf(items, 'file'), folderIds: idsOf(items, 'folder') };
    return this.#calls.run(
      {
        title: say`What deleting ${named(items)} would delete`,
        names: ['trash'],
        source: `${callSource('const plan = await trash.plan', [given])};`,
      },
      (client, call) => client.trash.plan(given, call),
    );
  }

  /**
   * Empties the trash. Resolves with whether it succeeded.
   *
   * @param {readonly Item[]} items What the trash shows.
   */
  async emptyTrash(items) {
    const isDone = await this.#work('empty', items.map(subjectOf));
    // There may have been more than what was shown.
    if (isDone) this.#effects.refresh();
    return isDone;
  }

  /**
   * Returns the downloads for some items: a single file as it is, or one zip of all files and one for each folder, because the
   * service cannot zip files and folders together.
   *
   * @param {readonly Item[]} items
   * @returns {Download[]}
   */
  downloadsOf(items) {
    const [first] = items;
    if (items.length === 1 && first.kind === 'file') {
      return [{ name: first.name, items, link: () => this.temporaryLink(first.value, { contentDisposition: 'ATTACHMENT' }) }];
    }
    /** @type {Download[]} */
    const downloads = items
      .filter(({ kind }) => kind === 'folder')
      .map((folder) => ({ name: `${folder.name}.zip`, items: [folder], link: () => this.#zipOfFolder(folder) }));
    const files = items.filter(({ kind }) => kind === 'file');
    if (files.length > 0) downloads.push({ name: 'files.zip', items: files, link: () => this.#zipOfFiles(idsOf(files, 'file')) });
    return downloads;
  }

  /**
   * Makes a download and saves it, as a task.
   *
   * @param {Download} download
   * @param {(url: string) => Promise<unknown>} save
   */
  async download({ name, link }, save) {
    const task = new Task({
      doing: say`Preparing “${name}”`,
      failed: say`“${name}” was not downloaded`,
      async perform({ signal }) {
        const url = await link();
        if (!signal.aborted) await save(url);
      },
    });
    await this.jobs.perform(task);
    if (task.state === 'failed') this.#effects.refresh();
  }

  /** @param {Item} folder */
  async #zipOfFolder({ id, name }) {
    const { downloadUrl } = await this.#calls.run(
      {
        title: say`Zip of the folder “${name}”`,
        names: ['folders'],
        source: `${callSource('const { downloadUrl } = await folders.generateFolderDownloadUrl', [id])};`,
      },
      (client, call) => client.folders.generateFolderDownloadUrl(id, call),
    );
    return String(downloadUrl);
  }

  /** @param {string[]} ids */
  async #zipOfFiles(ids) {
    const { downloadUrl } = await this.#calls.run(
      {
        title: say`Zip of ${amount({ files: ids.length })}`,
        names: ['files'],
        source: `const { downloadUrl } = await files.generateFilesDownloadUrl(${idsSource(ids)});`,
      },
      (client, call) => client.files.generateFilesDownloadUrl(ids, call),
    );
    return String(downloadUrl);
  }

  /**
   * Makes a link to a file that expires.
   *
   * @param {FileDescriptor} file
   * @param {GenerateFileDownloadUrlOptions} options
   */
  async temporaryLink(file, options) {
    const id = String(file._id);
    const { downloadUrls } = await this.#calls.run(
      {
        title: say`A temporary link to “${String(file.displayName)}”`,
        names: ['files'],
        source: `${callSource('const { downloadUrls } = await files.generateFileDownloadUrl', [id, options])};`,
      },
      (client, call) => client.files.generateFileDownloadUrl(id, options, call),
    );
    return String(downloadUrls?.[0]?.url);
  }
}
