// What can be done with folders and files. Each action is a few calls of the package, with a way back where there is one.
//
// An action on items is a job. One whose calls all run at the same time shows its effect at once, before the service answers,
// and a failure lists the folder again, which shows things as they are. A longer one shows what is done so far. One that is
// done lists the folder again only if it may have brought something into view. An action that can be undone adds its way back
// to the history of the place. Undo and redo are actions too, and turn the entry of the original one.
/** @import { FileDescriptor, MediaTypeWithLiterals } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { Item, Subject } from './item.js' */
/** @import { Job } from './job.js' */
/** @import { JobKindName, JobStep } from './job-kinds.js' */
/** @import { Effects, Reports } from './outcome.js' */
/** @import { UndoEntry, Way } from './undo-history.js' */
import { callSource } from '../text/code.js';
import { say } from '../text/language.js';
import { areaOfTop } from './areas.js';
import { howMany, idsOf, named, subjectOf, tally } from './item.js';
import { stoppedAt } from './job.js';
import { JOB_KINDS } from './job-kinds.js';
import { Jobs } from './jobs.js';
import { reportFailure } from './outcome.js';
import { isFinal } from './refusal.js';
import { renameFile, renameFolder } from './rename-calls.js';
import { Task } from './task.js';
import { UndoHistory } from './undo-history.js';

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
      if (item.kind === 'file') this.#effects.fileChanged(await renameFile(this.#calls, item, name));
      else this.#effects.folderChanged(await renameFolder(this.#calls, item, name));
      this.#done(say`Renamed to “${name}”.`, (made) => this.rename({ ...item, name }, item.name, { entry: made }), entry);
      return true;
    } catch (error) {
      this.#show(item);
      reportFailure(this.#reports, say`Not renamed`, error);
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

  /** Gives files other labels. Resolves with whether it succeeded. @param {readonly JobStep[]} steps */
  relabel(steps) {
    return this.#work('label', steps);
  }

  /** Copies files to a folder. Resolves with whether it succeeded. @param {readonly JobStep[]} steps */
  copy(steps) {
    return this.#work('copy', steps);
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
      else reportFailure(this.#reports, total === 1 ? failed() : partlyFailed(partly), failure, again);
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
}
