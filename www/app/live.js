// Changes that the page did not make itself: by the command line, by programs, in other browsers. They appear in the folder that
// is shown and in the tree, without a reload and without a jump.
//
// Most events report what the page has just done. An event that adds nothing to what is shown causes no request. Changes are
// handled in batches, one after the other, so that an older answer never replaces a newer one.
/** @import { FileDescriptor, Folder } from 'wix-media.v2' */
/** @import { FolderTree } from '../parts/folder-tree/folder-tree.js' */
/** @import { Change } from '../place/changes.js' */
/** @import { Session } from './session.js' */
/** @import { State } from './state.js' */
import { isFiltered } from '../model/filters.js';
import { soon } from '../model/soon.js';
import { spansFolders } from '../model/view.js';
import { followChanges } from '../place/changes.js';
import { javascript } from '../text/code.js';
import { say } from '../text/language.js';

/** Milliseconds in which changes are collected: an upload of a folder makes many. */
const COLLECT_TIME = 150;
/** With more changes at a time, the folder is listed again. */
const MAX_LOOKS = 20;

/** @param {Pick<Change, 'kind' | 'id'>} change */
const keyOf = ({ kind, id }) => `${kind}:${id}`;

export class Live {
  #state;
  #tree;
  #handlers;
  /** Ends the watch of the place. */
  #watch = new AbortController();
  /** What waits, by the key of the item. @type {Map<string, Change>} */
  #waiting = new Map();
  /** The batch that is being handled, if there is one. */
  #handling = Promise.resolve();
  #apply = soon(() => {
    this.#handling = this.#handling.then(() => this.#applyAll()).catch((error) => this.#recover(error));
  }, COLLECT_TIME);
  /** Whether there was something new while a job ran. */
  #isBehind = false;

  /**
   * @param {State} state
   * @param {FolderTree} tree
   * @param {{ refresh: () => void, catchUp: () => void, changed: () => void }} handlers `refresh` lists the view again,
   *   `catchUp` also all else; `changed` runs when something has changed.
   */
  constructor(state, tree, handlers) {
    this.#state = state;
    this.#tree = tree;
    this.#handlers = handlers;
  }

  /** Begins to watch the place that is open, if it reports its changes. */
  start() {
    this.stop();
    const { session } = this.#state;
    if (session?.place.kind !== 'server') return;
    this.#watch = new AbortController();
    /** @param {Change} change */
    const onChange = (change) => {
      this.#waiting.set(keyOf(change), change);
      this.#apply();
    };
    const { signal } = this.#watch;
    followChanges(session.place, { onChange, onGap: this.#handlers.catchUp }, signal);
    const { jobs } = session.actions;
    const stopListening = jobs.changed.listen(() => {
      if (this.#isBehind && !jobs.isBusy) this.#listAgain();
    });
    signal.addEventListener('abort', stopListening);
  }

  stop() {
    this.#watch.abort();
    this.#waiting.clear();
    this.#isBehind = false;
  }

  #listAgain() {
    this.#isBehind = false;
    this.#handlers.refresh();
    this.#tree.refreshAll();
  }

  /**
   * Reports the error of a batch, and lists everything again, because nobody knows how much of the batch is shown. The batches
   * after it are not affected.
   *
   * @param {unknown} error
   */
  #recover(error) {
    reportError(error);
    if (!this.#watch.signal.aborted) this.#handlers.catchUp();
  }

  async #applyAll() {
    const { session, listing } = this.#state;
    const changes = [...this.#waiting.values()];
    this.#waiting.clear();
    if (!session || !listing || changes.length === 0) return;
    const gone = changes.filter((change) => this.#isGone(change));
    const news = changes.filter((change) => this.#isNews(change, session));
    const parents = changes.map(({ kind, id, isDeleted }) => kind === 'folder' && isDeleted && session.folders.get(id)?.parentFolderId);
    for (const parent of new Set(parents)) if (parent) await this.#readAgain(parent);
    if (gone.length > 0) this.#remove(gone);
    if (gone.length + news.length > 0) this.#handlers.changed();
    // What is new in the trash is known by its list only. A folder that is deleted while it is shown says so when it is listed.
    const isListed =
      news.length > MAX_LOOKS ||
      changes.some(({ id, isDeleted, isTrashed }) => (isTrashed && this.#state.isTrash) || (isDeleted && id === this.#state.folderId));
    if (news.length === 0 && !isListed) return;
    // A job of the page puts its own items, and may put thousands.
    if (session.actions.jobs.isBusy) this.#isBehind = true;
    else if (isListed) this.#listAgain();
    else for (const change of news) await this.#lookAt(change, session);
  }

  /**
   * Lists a folder of the tree again. If that fails, the tree stays as it is until the next change.
   *
   * @param {string} id
   */
  #readAgain = (id) => this.#tree.refresh(id).catch(() => {});

  /** @param {readonly Change[]} changes */
  #remove(changes) {
    const { listing, selection } = this.#state;
    if (!listing) return;
    listing.remove(changes.map(keyOf));
    selection.retain(listing);
  }

  /**
   * Whether a change takes an item out of the view.
   *
   * @param {Change} change
   */
  #isGone(change) {
    const { listing, view, isTrash } = this.#state;
    const { isDeleted, isTrashed, parentFolderId } = change;
    if ((listing?.indexOf(keyOf(change)) ?? -1) < 0) return false;
    if (isTrash) return isDeleted ? !isTrashed : parentFolderId !== undefined;
    return isDeleted || (!spansFolders(view) && parentFolderId !== undefined && parentFolderId !== this.#state.folderId);
  }

  /**
   * Whether a change is of something that is shown or belongs there, and says more than what is known of it.
   *
   * @param {Change} change
   * @param {Session} session
   */
  #isNews(change, session) {
    const { listing, isTrash, canUpload, folderId, view } = this.#state;
    const { kind, id, isDeleted, parentFolderId, updatedAt = Number.POSITIVE_INFINITY } = change;
    if (isDeleted) return false;
    const index = listing?.indexOf(keyOf(change)) ?? -1;
    const shown = isTrash || index < 0 ? undefined : listing?.at(index)?.value;
    const known = shown ?? (kind === 'folder' ? session.folders.get(id) : undefined);
    const isKnown = known?.parentFolderId === parentFolderId && Number(known?._updatedDate) >= updatedAt;
    if (shown) return !isKnown;
    const belongs = canUpload && parentFolderId === folderId;
    if (kind === 'file') return belongs;
    // The tree shows folders from everywhere.
    return !isKnown || (belongs && !isFiltered(view));
  }

  /**
   * Gets what has changed, and puts it where it belongs.
   *
   * @param {Change} change
   * @param {Session} session
   */
  async #lookAt(change, session) {
    const { kind, id } = change;
    try {
      if (kind === 'folder') {
        const about = { title: say`A folder that changed`, names: ['folders'], quiet: true, source: `await folders.getFolder(${javascript(id)});` };
        const folder = await session.calls.run(about, ({ folders }, options) => folders.getFolder(id, options));
        if (session === this.#state.session) await this.#putFolder(folder, session);
      } else {
        const about = { title: say`A file that changed`, names: ['files'], quiet: true, source: `await files.getFileDescriptor(${javascript(id)});` };
        const file = await session.calls.run(about, ({ files }, options) => files.getFileDescriptor(id, options));
        if (session === this.#state.session) this.#putFile(file);
      }
    } catch {
      // It may be gone by now, which another event reports.
    }
  }

  /** @param {FileDescriptor} file */
  #putFile(file) {
    const { listing } = this.#state;
    if (this.#state.showsFile(file)) listing?.putFile(file);
    else listing?.updateFile(file);
  }

  /**
   * @param {Folder} folder
   * @param {Session} session
   */
  async #putFolder(folder, session) {
    const before = session.folders.get(String(folder._id))?.parentFolderId;
    session.folders.add(folder);
    if (this.#state.showsFolder(folder)) this.#state.listing?.putFolder(folder);
    else this.#state.listing?.updateFolder(folder);
    for (const parent of new Set([before, folder.parentFolderId])) if (parent) await this.#readAgain(parent);
  }
}
