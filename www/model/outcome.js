// What an action changes on the page, and how it reports its outcome.
/** @import { FileDescriptor, Folder } from 'wix-media.v2' */
/** @import { Subject } from './item.js' */
/** @import { UndoEntry } from './undo-history.js' */
/** @import { View } from './view.js' */
import { isFinal } from './refusal.js';

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
 * Reports a failure, and offers another attempt if that may succeed. A cancelled call is not reported.
 *
 * @param {Reports} reports
 * @param {string} what
 * @param {unknown} error
 * @param {() => unknown} [retry]
 */
export function reportFailure(reports, what, error, retry) {
  if (error instanceof Error && error.name === 'AbortError') return;
  reports.failed(what, error, isFinal(error) ? undefined : retry);
}
