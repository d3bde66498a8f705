// The kinds of jobs: what each does with its items, in calls and in words.
/** @import { CallOptions, Client } from 'wix-media.v2' */
/** @import { Subject } from './item.js' */
/** @import { View } from './view.js' */
import { callSource, javascript } from '../text/code.js';
import { say } from '../text/language.js';
import { TOPS } from './areas.js';
import { copiesToTrash, copyFile, copySource } from './copy.js';
import { idsSource } from './id-source.js';
import { idsOf, named, tally } from './item.js';
import { mergedLabels } from './labels.js';
import { spansFolders } from './view.js';

/**
 * @typedef {'move' | 'copy' | 'label' | 'trash' | 'restore' | 'purge' | 'empty'} JobKindName
 *
 * @typedef {Subject & { from?: string, to?: string, labels?: string[], before?: string[], newName?: string, copy?: string }} JobStep An
 *   item of a job: of a move, with the IDs of its folders; of a change of labels, with the new and the old ones; of a copy, with the name
 *   that the copy gets, and its ID once it is made.
 *
 * @typedef {object} JobKind
 * @property {(what: string) => string} doing Says that a job runs.
 * @property {(what: string, isPaused: boolean) => string} halted Says how far a job came that does not run.
 * @property {(what: string, options: { isUndo: boolean }) => string} done
 * @property {() => string} failed Says that nothing was done.
 * @property {(what: string) => string} partlyFailed Says that only some was done.
 * @property {number} concurrency How many calls run at the same time.
 * @property {(steps: readonly JobStep[]) => JobStep[][]} partsOf Splits a job into calls.
 * @property {(steps: readonly JobStep[]) => { title: string, names: string[], source: string }} about
 * @property {(client: Client, part: readonly JobStep[], call: CallOptions) => Promise<unknown>} perform
 * @property {(step: JobStep, view: View) => boolean} leaves Whether the item is no longer in a view.
 * @property {(steps: readonly JobStep[]) => { kind: JobKindName, steps: JobStep[] } | undefined} [back] What undoes the job, if anything.
 */

/**
 * @typedef {object} BulkFunction
 * @property {string} name
 * @property {(client: Client, ids: string[], call: CallOptions) => Promise<unknown>} call
 */

/** IDs per call, docs/contract/model.md#s11. */
const MAX_IDS = { file: 1000, folder: 100 };
/** Steps that the source code shows of a job with a call for each item. */
const MAX_STEPS_SHOWN = 6;

/**
 * The source of calls for single items: a line for each of the first ones.
 *
 * @param {readonly JobStep[]} steps
 * @param {(step: JobStep) => string} line
 */
function linesOf(steps, line) {
  const lines = steps.slice(0, MAX_STEPS_SHOWN).map(line);
  if (steps.length > lines.length) lines.push(`// … and ${steps.length - lines.length} more`);
  return lines.join('\n');
}

/**
 * Splits steps into calls for files and calls for folders.
 *
 * @param {readonly JobStep[]} steps
 */
function bulkParts(steps) {
  /** @type {JobStep[][]} */
  const parts = [];
  for (const kind of /** @type {const} */ (['file', 'folder'])) {
    const group = steps.filter((step) => step.kind === kind);
    for (let at = 0; at < group.length; at += MAX_IDS[kind]) parts.push(group.slice(at, at + MAX_IDS[kind]));
  }
  return parts;
}

/**
 * The members of a kind that calls one function with many IDs.
 *
 * @param {{ file: BulkFunction, folder: BulkFunction }} functions
 * @param {(what: string) => string} title
 * @param {object} [extra] A second argument of the functions, to show.
 * @returns {Pick<JobKind, 'concurrency' | 'partsOf' | 'about' | 'perform'>}
 */
function bulk(functions, title, extra) {
  const more = extra ? `, ${javascript(extra)}` : '';
  return {
    concurrency: 1,
    partsOf: bulkParts,
    about(steps) {
      const names = [];
      const source = [];
      for (const [kind, group] of /** @type {const} */ ([['file', 'files'], ['folder', 'folders']])) {
        const ids = idsOf(steps, kind);
        if (ids.length === 0) continue;
        names.push(group);
        source.push(`await ${group}.${functions[kind].name}(${idsSource(ids)}${more});`);
      }
      return { title: title(named(steps)), names, source: source.join('\n') };
    },
    perform: (client, part, call) => functions[part[0].kind].call(client, part.map(({ id }) => id), call),
  };
}

const PERMANENT = { permanent: true };

/** What deletions say when they fail. */
const NOT_DELETED = { failed: () => say`Not deleted`, partlyFailed: (/** @type {string} */ what) => say`Not everything was deleted (${what})` };

/** The members that permanent deletions share. */
const DELETED_PERMANENTLY = {
  ...NOT_DELETED,
  doing: (/** @type {string} */ what) => say`Deleting permanently ${what}`,
  halted: (/** @type {string} */ what, /** @type {boolean} */ isPaused) => (isPaused ? say`Deleting permanently paused at ${what}` : say`Deleting permanently stopped at ${what}`),
  leaves: (/** @type {JobStep} */ _, /** @type {View} */ { area }) => area === 'trash',
};

/** @type {Record<JobKindName, JobKind>} */
export const JOB_KINDS = {
  move: {
    doing: (what) => say`Moving ${what}`,
    halted: (what, isPaused) => (isPaused ? say`Moving paused at ${what}` : say`Moving stopped at ${what}`),
    done: (what, { isUndo }) => (isUndo ? say`${what} moved back.` : say`${what} moved.`),
    failed: () => say`Not moved`,
    partlyFailed: (what) => say`Not everything was moved (${what})`,
    concurrency: 4,
    partsOf: (steps) => steps.map((step) => [step]),
    about(steps) {
      const source = linesOf(steps, ({ kind, id, to }) =>
        kind === 'file'
          ? `${callSource('await files.updateFileDescriptor', [{ _id: id, parentFolderId: to }])};`
          : `${callSource('await folders.updateFolder', [id, { parentFolderId: to }])};`,
      );
      const { files, folders } = tally(steps);
      const names = [...(files > 0 ? ['files'] : []), ...(folders > 0 ? ['folders'] : [])];
      return { title: say`Move ${named(steps)}`, names, source };
    },
    async perform({ files, folders }, [{ kind, id, to }], call) {
      if (kind === 'file') await files.updateFileDescriptor({ _id: id, parentFolderId: to }, call);
      else await folders.updateFolder(id, { parentFolderId: to }, call);
    },
    leaves: ({ to }, view) => !spansFolders(view) && to !== (view.folderId ?? TOPS[view.area]),
    back: (steps) => ({ kind: 'move', steps: steps.map(({ from, to, ...step }) => ({ ...step, from: to, to: from })) }),
  },
  copy: {
    doing: (what) => say`Copying ${what}`,
    halted: (what, isPaused) => (isPaused ? say`Copying paused at ${what}` : say`Copying stopped at ${what}`),
    done: (what) => say`${what} copied.`,
    failed: () => say`Not copied`,
    partlyFailed: (what) => say`Not everything was copied (${what})`,
    // One after the other: a step that is repeated after a crash makes another copy.
    concurrency: 1,
    partsOf: (steps) => steps.map((step) => [step]),
    about: (steps) => ({ title: say`Copy ${named(steps)}`, names: ['downloads', 'uploads'], source: linesOf(steps, copySource) }),
    perform: (client, [step], call) => copyFile(client, step, call),
    leaves: () => false,
    back: copiesToTrash,
  },
  label: {
    doing: (what) => say`Labelling ${what}`,
    halted: (what, isPaused) => (isPaused ? say`Labelling paused at ${what}` : say`Labelling stopped at ${what}`),
    done: (what, { isUndo }) => (isUndo ? say`The old labels of ${what} are back.` : say`Labels of ${what} changed.`),
    failed: () => say`Labels not changed`,
    partlyFailed: (what) => say`Not all labels were changed (${what})`,
    concurrency: 4,
    partsOf: (steps) => steps.map((step) => [step]),
    about: (steps) => ({
      title: say`Label ${named(steps)}`,
      names: ['files'],
      source: linesOf(steps, ({ id, labels }) => `${callSource('await files.updateFileDescriptor', [{ _id: id, labels }])};`),
    }),
    // A call replaces all labels of a file. Those that somebody, another job or an action before this undo has changed since the job was
    // planned stay.
    async perform({ files }, [{ id, labels = [], before = [] }], call) {
      const file = await files.getFileDescriptor(id, call);
      await files.updateFileDescriptor({ _id: id, labels: mergedLabels(file.labels ?? [], { before, labels }) }, call);
    },
    // What it changes is listed again.
    leaves: () => false,
    back: (steps) => ({ kind: 'label', steps: steps.map(({ labels, before, ...step }) => ({ ...step, labels: before, before: labels })) }),
  },
  trash: {
    ...bulk(
      {
        file: { name: 'bulkDeleteFiles', call: ({ files }, ids, call) => files.bulkDeleteFiles(ids, undefined, call) },
        folder: { name: 'bulkDeleteFolders', call: ({ folders }, ids, call) => folders.bulkDeleteFolders(ids, undefined, call) },
      },
      (what) => say`Move ${what} to the trash`,
    ),
    ...NOT_DELETED,
    doing: (what) => say`Deleting ${what}`,
    halted: (what, isPaused) => (isPaused ? say`Deleting paused at ${what}` : say`Deleting stopped at ${what}`),
    done: (what) => say`${what} moved to the trash.`,
    leaves: (_, { area }) => area !== 'trash',
    back: (steps) => ({ kind: 'restore', steps: [...steps] }),
  },
  restore: {
    ...bulk(
      {
        file: { name: 'bulkRestoreFilesFromTrashBin', call: ({ files }, ids, call) => files.bulkRestoreFilesFromTrashBin(ids, call) },
        folder: { name: 'bulkRestoreFoldersFromTrashBin', call: ({ folders }, ids, call) => folders.bulkRestoreFoldersFromTrashBin(ids, call) },
      },
      (what) => say`Restore ${what}`,
    ),
    doing: (what) => say`Restoring ${what}`,
    halted: (what, isPaused) => (isPaused ? say`Restoring paused at ${what}` : say`Restoring stopped at ${what}`),
    done: (what) => say`${what} restored.`,
    failed: () => say`Not restored`,
    partlyFailed: (what) => say`Not everything was restored (${what})`,
    leaves: (_, { area }) => area === 'trash',
    back: (steps) => ({ kind: 'trash', steps: [...steps] }),
  },
  purge: {
    ...bulk(
      {
        file: { name: 'bulkDeleteFiles', call: ({ files }, ids, call) => files.bulkDeleteFiles(ids, PERMANENT, call) },
        folder: { name: 'bulkDeleteFolders', call: ({ folders }, ids, call) => folders.bulkDeleteFolders(ids, PERMANENT, call) },
      },
      (what) => say`Delete ${what} permanently`,
      PERMANENT,
    ),
    ...DELETED_PERMANENTLY,
    done: (what) => say`${what} deleted permanently.`,
  },
  empty: {
    ...DELETED_PERMANENTLY,
    done: () => say`The trash is empty.`,
    concurrency: 1,
    partsOf: (steps) => [[...steps]],
    about: () => ({ title: say`Empty the trash`, names: ['trash'], source: 'await trash.empty();' }),
    perform: ({ trash }, _, call) => trash.empty(call),
  },
};
