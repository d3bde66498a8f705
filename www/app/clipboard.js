// Copy, cut and paste: of items from folder to folder, and of pictures and files from other programs into the folder that is shown.
// Where somebody writes or has selected a text, the keys do what they always do.
/** @import { FileItem, Item } from '../model/item.js' */
/** @import { HeldItems } from '../model/item-clipboard.js' */
/** @import { JobStep } from '../model/job-kinds.js' */
/** @import { Listing } from '../model/listing.js' */
/** @import { MediaGrid } from '../parts/media-grid/media-grid.js' */
/** @import { Toasts } from '../ui/toasts.js' */
/** @import { State } from './state.js' */
import { named, subjectOf } from '../model/item.js';
import { forgetItems, holdItems, KEPT_ITEMS, keepItems, keptItems, namedFile, tokenIn, writeItems } from '../model/item-clipboard.js';
import { freeName } from '../model/name-conflicts.js';
import { say } from '../text/language.js';
import { closest } from '../ui/dom.js';
import { reasonOf } from '../ui/error-report.js';
import { filesIn, upload } from './uploading.js';

/** Where the clipboard has a meaning of its own. */
const OWN_CLIPBOARD = 'input:not([type=checkbox], [type=radio]), textarea, select, dialog, [role=menu], [contenteditable]';

/** Whether an event of the clipboard is not about items. @param {ClipboardEvent} event */
const isElsewhere = (event) => closest(event, OWN_CLIPBOARD) !== undefined || document.querySelector(':modal') !== null;

export class ItemClipboard {
  #state;
  #grid;
  #toasts;
  #handlers;
  /** What was copied or cut last in this tab. @type {HeldItems | undefined} */
  #held;
  /** Whether other tabs can paste it. */
  #isKept = false;
  /** Copies whose names are taken though no list has them: those under way, and those made since a list was read. @type {Map<JobStep, Listing | undefined>} */
  #unlisted = new Map();

  /**
   * @param {State} state
   * @param {MediaGrid} grid
   * @param {Toasts} toasts
   * @param {{ announce: (text: string) => void, changed: () => void }} handlers `changed` runs when there is something else to paste.
   */
  constructor(state, grid, toasts, handlers) {
    this.#state = state;
    this.#grid = grid;
    this.#toasts = toasts;
    this.#handlers = handlers;
    grid.controls.isCut = ({ key }) => this.#isCut(key);
    document.addEventListener('copy', (event) => this.#take(event, false));
    document.addEventListener('cut', (event) => this.#take(event, true));
    document.addEventListener('paste', (event) => this.#paste(event));
    // Another tab has pasted what was cut here, or has copied something else.
    addEventListener('storage', ({ key }) => {
      if (key === KEPT_ITEMS && this.#held && !this.#heldBy(this.#held.token)) this.#replace(undefined);
    });
  }

  /**
   * What was copied or cut with this token, unless it has been pasted or replaced since.
   *
   * @param {string} token
   */
  #heldBy(token) {
    const own = this.#held?.token === token ? this.#held : undefined;
    return own && !this.#isKept ? own : keptItems(token);
  }

  /** @param {string} key */
  #isCut(key) {
    const { isCut, place, items } = this.#held ?? {};
    return isCut === true && place === this.#state.session?.place.key && (items ?? []).some((item) => item.key === key);
  }

  /** Whether there are items of this place to paste into what is shown. */
  get canPaste() {
    return this.#held !== undefined && this.#state.canUpload && this.#held.place === this.#state.session?.place.key;
  }

  /** @param {ClipboardEvent} event @param {boolean} isCut */
  #take(event, isCut) {
    const { selectedItems } = this.#state;
    const hasText = document.getSelection()?.isCollapsed === false;
    if (isElsewhere(event) || hasText || selectedItems.length === 0 || !event.clipboardData) return;
    event.preventDefault();
    const held = this.hold(selectedItems, isCut);
    if (held) writeItems(event.clipboardData, held);
  }

  /**
   * Copies or cuts items. Returns them as the clipboard has them, or nothing if that is refused.
   *
   * @param {readonly Item[]} items
   * @param {boolean} isCut
   */
  hold = (items, isCut) => {
    const { session, isTrash } = this.#state;
    if (!session) return undefined;
    if (isTrash) {
      this.#refuse(say`Restore the items first. Nothing in the trash can be copied.`);
      return undefined;
    }
    if (!isCut && !items.some(({ kind }) => kind === 'file')) {
      this.#refuse(say`The service cannot copy folders. Copy the files in them instead.`);
      return undefined;
    }
    const held = holdItems({ place: session.place.key, isCut, items });
    this.#isKept = keepItems(held);
    this.#replace(held);
    const what = named(items);
    this.#handlers.announce(isCut ? say`${what} cut. Paste to move them.` : say`${what} copied. Paste to make copies.`);
    return held;
  };

  /** @param {HeldItems | undefined} held */
  #replace(held) {
    const keys = [this.#held, held].flatMap((one) => one?.items.map(({ key }) => key) ?? []);
    this.#held = held;
    this.#grid.redraw(keys);
    this.#handlers.changed();
  }

  /** @param {ClipboardEvent} event */
  async #paste(event) {
    const { clipboardData } = event;
    if (isElsewhere(event) || !clipboardData) return;
    const held = this.#heldBy(tokenIn(clipboardData));
    const files = [...clipboardData.files];
    if (!held && files.length === 0) return;
    event.preventDefault();
    if (!this.#state.canUpload) this.#refuse(say`Open a folder first. Nothing can be pasted here.`);
    else if (held) await this.#pasteItems(held);
    else await this.#pasteFiles(files);
  }

  /** Pastes what was copied or cut in this tab. */
  paste = async () => {
    const held = this.#held && this.#heldBy(this.#held.token);
    if (held && this.canPaste) await this.#pasteItems(held);
  };

  /** @param {HeldItems} held */
  async #pasteItems(held) {
    const { session, folderId } = this.#state;
    const { place, isCut, items, token } = held;
    if (!session) return;
    if (place !== session.place.key) this.#refuse(say`These items are from another place. Download them there, and upload them here.`);
    else if (!isCut) await this.#copy(items);
    else {
      // What was cut moves once.
      forgetItems(token);
      if (this.#held?.token === token) this.#replace(undefined);
      await session.actions.move(items, folderId);
    }
  }

  /** @param {readonly Item[]} items */
  async #copy(items) {
    const { session, folderId } = this.#state;
    if (!session) return;
    const files = items.filter((item) => item.kind === 'file');
    if (files.length < items.length) this.#refuse(say`The service cannot copy folders. Copy the files in them instead.`);
    if (files.length === 0) return;
    /** @type {readonly FileItem[]} */
    let there = [];
    try {
      there = await filesIn(this.#state, session, folderId);
    } catch (error) {
      this.#refuse(say`Not copied: ${reasonOf(error, session.place)}`);
      return;
    }
    // Copies must not begin in a place that the page has left: nothing would stop them.
    if (session !== this.#state.session) return;
    const taken = new Set([...there.map(({ name }) => name), ...this.#namesUnlisted(folderId)]);
    /** @type {JobStep[]} */
    const steps = files.map((file) => {
      const newName = freeName(file.name, taken);
      taken.add(newName);
      return { ...subjectOf(file), to: folderId, newName };
    });
    for (const step of steps) this.#unlisted.set(step, undefined);
    await session.actions.copy(steps);
    const { listing } = this.#state;
    for (const step of steps) {
      if (step.copy && listing) this.#unlisted.set(step, listing);
      else this.#unlisted.delete(step);
    }
  }

  /**
   * The names of copies in a folder that the list which is shown does not have yet.
   *
   * @param {string} folderId
   */
  #namesUnlisted(folderId) {
    for (const [step, listing] of this.#unlisted) if (listing && listing !== this.#state.listing) this.#unlisted.delete(step);
    return [...this.#unlisted.keys()].filter(({ to }) => to === folderId).map(({ name, newName = name }) => newName);
  }

  /** @param {readonly File[]} files */
  async #pasteFiles(files) {
    const moment = new Date();
    const stamp = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
    // In a name, the marks that isolate a value from the direction of a text would be characters that nobody can type.
    const name = say`Pasted ${stamp}`.replace(/[\u2068\u2069]/g, '');
    await upload(this.#state, files.map((file) => ({ file: namedFile(file, name), folders: [] })));
  }

  /** @param {string} text */
  #refuse(text) {
    this.#toasts.say(text, { isBad: true });
  }
}
