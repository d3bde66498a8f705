// The viewer follows the address: it shows the file that the address names, and closes when there is none.
/** @import { FileItem } from '../model/item.js' */
/** @import { Session } from './session.js' */
/** @import { State } from './state.js' */
import { fileItem } from '../model/item.js';
import { javascript } from '../text/code.js';
import { Viewer } from '../parts/viewer/viewer.js';
import { reasonOf } from '../ui/error-report.js';

/** Minutes for which the link to a private file works that the viewer makes. */
const LINK_LIFETIME = 60;

/**
 * @typedef {object} ViewingHandlers
 * @property {(fileId: string) => void} show Goes to the address of another file.
 * @property {() => void} leave Goes to an address without a file.
 * @property {() => void} giveUp Leaves out a file of the address that cannot be found.
 * @property {(item: FileItem) => unknown} download
 * @property {(text: string) => void} complain
 */

export class Viewing {
  #state;
  #handlers;
  /** The file that the address names. @type {string | undefined} */
  #fileId;
  /** @type {Viewer | undefined} */
  #viewer;

  /**
   * @param {State} state
   * @param {ViewingHandlers} handlers
   */
  constructor(state, handlers) {
    this.#state = state;
    this.#handlers = handlers;
  }

  /**
   * Shows the file of the address; without one, closes the viewer.
   *
   * @param {string | undefined} fileId
   */
  async follow(fileId) {
    if (fileId === this.#fileId) return;
    this.#fileId = fileId;
    const { session, listing } = this.#state;
    if (!fileId || !session) {
      this.#close();
      return;
    }
    const listed = listing?.files.find(({ id }) => id === fileId);
    if (listed) {
      this.#show(session, listed);
      return;
    }
    let found;
    try {
      found = await fetchFile(session, fileId);
    } catch (error) {
      if (this.#fileId !== fileId) return;
      this.#close();
      this.#handlers.giveUp();
      this.#handlers.complain(`The file of this address cannot be shown: ${reasonOf(error)}`);
      return;
    }
    if (this.#fileId === fileId && this.#state.session === session) this.#show(session, found);
  }

  /** Takes over a change of the listing: there may be other files before and after the one that is shown. */
  update() {
    this.#viewer?.update();
  }

  #close() {
    this.#fileId = undefined;
    this.#viewer?.close();
    this.#viewer = undefined;
  }

  /**
   * @param {Session} session
   * @param {FileItem} item
   */
  #show(session, item) {
    const { show, leave, download } = this.#handlers;
    this.#viewer ??= new Viewer({
      place: session.place,
      neighbour: (shown, step) => neighbour(this.#state, shown, step),
      go: ({ id }) => show(id),
      leave,
      download,
      privateLink: (file) =>
        session.actions.temporaryLink(file, { expirationInMinutes: LINK_LIFETIME, contentDisposition: 'INLINE' }),
    });
    this.#viewer.show(item);
    if ((this.#state.listing?.indexOf(item.key) ?? -1) >= 0) this.#state.selection.only(item.key);
  }
}

/**
 * Fetches a file that is not in the listing, or not yet.
 *
 * @param {Session} session
 * @param {string} id
 */
async function fetchFile({ calls }, id) {
  const about = { title: 'The file of this address', names: ['files'], quiet: true, source: `await files.getFileDescriptor(${javascript(id)});` };
  return fileItem(await calls.run(about, ({ files }, options) => files.getFileDescriptor(id, options)));
}

/**
 * @param {State} state
 * @param {FileItem} item
 * @param {number} step
 */
function neighbour({ listing }, { key }, step) {
  const at = listing?.indexOf(key) ?? -1;
  const found = at < 0 ? undefined : listing?.at(at + step);
  return found?.kind === 'file' ? found : undefined;
}
