// Shows the items of the view, and keeps them up to date.
//
// `look` lists the view anew, from its top. `refresh` lists it once more behind the scenes, and swaps the listings when the
// new one is as long as the old one, so that nothing jumps. Single items that change meanwhile change in both. Both leave a
// listing that updates the page as it grows.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { View } from '../model/view.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { Stage } from '../parts/stage/stage.js' */
/** @import { Session } from './session.js' */
/** @import { State } from './state.js' */
import { areaOfTop } from '../model/areas.js';
import { copiesIn, passes } from '../model/filters.js';
import { identified } from '../model/identifier.js';
import { Listing } from '../model/listing.js';
import { PendingFiles } from '../model/pending.js';
import { showsFavourites } from '../model/view.js';
import { absent, empty, loading, notListed } from '../parts/stage/messages.js';
import { say } from '../text/language.js';
import { amount } from '../text/words.js';
import { reasonOf } from '../ui/error-report.js';

/**
 * @typedef {object} DisplayHandlers
 * @property {() => void} onLook Runs when another view is shown.
 * @property {() => void} onUpdate Runs when the items have changed.
 * @property {() => unknown} enterKey
 * @property {(text: string) => void} announce Tells screen readers what a view holds, once that is known.
 * @property {Parameters<typeof empty>[1]} emptyHandlers
 * @property {Parameters<typeof absent>[1]} absentHandlers
 * @property {(text: string, retry: () => void) => void} complain
 */

export class Display {
  #state;
  #grid;
  #stage;
  #count;
  #handlers;
  #pending = new PendingFiles();
  /** Whether screen readers were told what the view holds. */
  #isAnnounced = false;
  /** The question whether the folder is there, if it was asked. @type {{ isDone: boolean } | undefined} */
  #check;
  /** The listing that is about to replace the one that is shown. @type {Listing | undefined} */
  #next;
  /** Whether something has changed since that one began. */
  #isStale = false;
  #stopListening = () => {};

  /**
   * @param {State} state
   * @param {{ grid: MediaGrid, stage: Stage, count: HTMLElement }} elements
   * @param {DisplayHandlers} handlers
   */
  constructor(state, { grid, stage, count }, handlers) {
    this.#state = state;
    this.#grid = grid;
    this.#stage = stage;
    this.#count = count;
    this.#handlers = handlers;
  }

  /** Stops listing. */
  stop() {
    this.#dropNext();
    this.#stopListening();
    this.#state.listing?.stop();
    this.#pending.stop();
  }

  /**
   * Lists the view from its top.
   *
   * @param {{ keepSelection?: boolean }} [options]
   */
  look({ keepSelection = false } = {}) {
    const { session, view, selection, isTrash } = this.#state;
    if (!session) return;
    this.stop();
    this.#isAnnounced = false;
    this.#forgetCheck();
    const { place } = session;
    const listing = listingOf(session, view);
    this.#state.listing = listing;
    if (!keepSelection) selection.clear();
    this.#grid.show({ listing, place, sort: view.sort, isTrash });
    this.#stopListening = listing.changed.listen(() => this.#update(listing));
    listing.start();
    this.#handlers.onLook();
    this.#update(listing);
  }

  /** Lists the view again, in the background. */
  refresh() {
    const { session, listing: old, view } = this.#state;
    if (!session || !old) return;
    // The listing under way may have been read before this change.
    if (this.#next) {
      this.#isStale = true;
      return;
    }
    const next = listingOf(session, view);
    this.#next = next;
    next.want(old.length);
    /** @type {((listing: Listing) => void)[]} */
    const edits = [];
    const stopNoting = old.edited.listen((edit) => edits.push(edit));
    const stopListening = next.changed.listen(() => {
      const isReady = next.state === 'complete' || next.state === 'failed' || next.length >= old.length;
      if (this.#next === next && !isReady) return;
      stopListening();
      stopNoting();
      if (this.#next !== next) return;
      for (const edit of edits) edit(next);
      this.#swap(old, next);
    });
    next.start();
  }

  /** Gives up the listing that was to replace the one that is shown. */
  #dropNext() {
    this.#next?.stop();
    this.#next = undefined;
    this.#isStale = false;
  }

  /**
   * @param {Listing} old
   * @param {Listing} next
   */
  #swap(old, next) {
    this.#stopListening();
    old.stop();
    this.#state.listing = next;
    this.#forgetCheck();
    this.#grid.replace(next);
    this.#stopListening = next.changed.listen(() => this.#update(next));
    this.#state.selection.retain(next);
    const isStale = this.#isStale;
    this.#next = undefined;
    this.#isStale = false;
    this.#update(next);
    if (isStale) this.refresh();
  }

  /** @param {Listing} listing */
  #update(listing) {
    const { session } = this.#state;
    if (!session) return;
    const { length, state, error } = listing;
    for (const { value } of listing.folders) session.folders.add(value);
    this.#count.textContent = countOf(listing);
    if (length > 0) this.#stage.showGrid();
    else this.#showMessage(listing);
    if (state === 'complete' && length > 0) this.#announce(countOf(listing));
    if (state === 'failed' && length > 0) {
      this.#handlers.complain(say`The rest could not be read: ${reasonOf(error)}`, () => listing.retry());
    }
    this.#handlers.onUpdate();
    this.#pending.watch(listing, session.calls);
  }

  #forgetCheck() {
    this.#check = undefined;
    this.#state.absence = undefined;
  }

  /**
   * Finds out whether an empty folder is where it is looked for: the service lists an unknown one as if it were empty.
   * Returns whether that is known.
   *
   * @param {Listing} listing
   */
  #isChecked(listing) {
    const { session, view, isTrash } = this.#state;
    if (!session || !view.folderId || view.query || areaOfTop(view.folderId)) return true;
    if (this.#check) return this.#check.isDone;
    const check = { isDone: false };
    this.#check = check;
    session.folders.absenceOf(view.folderId, { isTrash }).then((absence) => {
      if (this.#check !== check) return;
      check.isDone = true;
      this.#state.absence = absence;
      this.#update(listing);
    });
    return false;
  }

  /** @param {Listing} listing */
  #showMessage(listing) {
    const { session, view, absence } = this.#state;
    if (!session) return;
    if (listing.state === 'complete' && !this.#isChecked(listing)) {
      this.#stage.showMessage(loading(), { isLate: true });
      return;
    }
    const { enterKey, emptyHandlers, absentHandlers } = this.#handlers;
    switch (listing.state) {
      case 'failed':
        this.#stage.showMessage(notListed(listing.error, session.place, { retry: () => listing.retry(), enterKey }));
        break;
      case 'complete':
        this.#showEmpty(absence ? absent(absence, absentHandlers) : empty(view, emptyHandlers));
        break;
      default:
        this.#stage.showMessage(loading(), { isLate: true });
    }
  }

  /** @param {HTMLElement} message */
  #showEmpty(message) {
    this.#stage.showMessage(message);
    this.#announce(message.querySelector('h2')?.textContent ?? '');
  }

  /**
   * Announces the content of a view once, and not again when it is refreshed.
   *
   * @param {string} text
   */
  #announce(text) {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#handlers.announce(`${text}.`);
  }
}

/**
 * @param {Session} session
 * @param {View} view
 */
function listingOf({ calls, place, favourites }, view) {
  const fileIds = showsFavourites(view) ? [...favourites.ids] : undefined;
  const accepts = (/** @type {FileDescriptor} */ file) => passes(file, view.filters, identified, favourites);
  return new Listing(calls, { ...view, fileIds }, place.eager, accepts, view.filters?.copies && copiesIn);
}

/** @param {Listing} listing */
function countOf({ length, state, files, folders }) {
  if (length === 0) return '';
  const text = amount({ files: files.length, folders: folders.length });
  return state === 'complete' ? text : say`${text} so far`;
}
