// The viewer follows the address: it shows the file that the address names, and closes when there is none. Its code is loaded
// when it is first shown.
/** @import { FileItem } from '../model/item.js' */
/** @import { Session } from './session.js' */
/** @import { State } from './state.js' */
/** @import { Editor } from '../parts/editor/editor.js' */
/** @import { Viewer } from '../parts/viewer/viewer.js' */
import { say } from '../text/language.js';
import { isEditable } from '../model/image-url.js';
import { fileItem } from '../model/item.js';
import { javascript } from '../text/code.js';
import { reasonOf } from '../ui/error-report.js';
import { writeFragment } from './router.js';

/** Minutes for which the link to a private file works that the viewer makes. */
const LINK_LIFETIME = 60;

/**
 * @typedef {object} ViewingHandlers
 * @property {(fileId: string) => void} show Goes to the address of another file.
 * @property {() => void} leave Goes to an address without a file.
 * @property {() => void} giveUp Leaves out a file of the address that cannot be found.
 * @property {(item: FileItem) => unknown} download
 * @property {(file: File, folderId: string | undefined) => Promise<boolean>} save Uploads a new file, unless the person cancels that.
 * @property {(item: FileItem) => unknown} closed Runs when the viewer has closed, with the file that it showed last.
 * @property {(text: string) => void} complain
 */

export class Viewing {
  #state;
  #handlers;
  /** The file that the address names. @type {string | undefined} */
  #fileId;
  /** @type {Viewer | undefined} */
  #viewer;
  /** @type {Editor | undefined} */
  #editor;

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
    try {
      const listed = listing?.files.find(({ id }) => id === fileId);
      const [item, { Viewer: Made }] = await Promise.all([listed ?? fetchFile(session, fileId), import('../parts/viewer/viewer.js')]);
      if (this.#fileId === fileId && this.#state.session === session) this.#show(session, item, Made);
    } catch (error) {
      if (this.#fileId !== fileId) return;
      this.#close();
      this.#handlers.giveUp();
      this.#handlers.complain(say`The file of this address cannot be shown: ${reasonOf(error)}`);
    }
  }

  /** Takes over a change of the listing: there may be other files before and after the one that is shown. */
  update() {
    this.#viewer?.update();
  }

  #close() {
    this.#fileId = undefined;
    this.#editor?.close();
    const viewer = this.#viewer;
    this.#viewer = undefined;
    viewer?.close();
    if (viewer?.item) this.#handlers.closed(viewer.item);
  }

  /**
   * @param {Session} session
   * @param {FileItem} item
   * @param {typeof Viewer} Made
   */
  #show(session, item, Made) {
    const { show, leave, download } = this.#handlers;
    this.#viewer ??= new Made({
      place: session.place,
      files: () => this.#state.listing?.files ?? [],
      go: ({ id }) => show(id),
      leave,
      download,
      canEdit: ({ value }) => !this.#state.isTrash && isEditable(value),
      edit: (edited) => this.#edit(session, edited),
      linkTo: ({ id }) => new URL(writeFragment({ ...this.#state.view, fileId: id }), location.href).href,
      privateLink: (file) =>
        session.downloads.temporaryLink(file, { expirationInMinutes: LINK_LIFETIME, contentDisposition: 'INLINE' }),
    });
    this.#viewer.show(item);
    if ((this.#state.listing?.indexOf(item.key) ?? -1) >= 0) this.#state.selection.only(item.key);
  }

  /**
   * Opens the editor over the viewer. Rejects if the image cannot be read.
   *
   * @param {Session} session
   * @param {FileItem} item
   */
  async #edit(session, item) {
    const { makeEditor } = await import('../parts/editor/editor.js');
    const editor = await makeEditor(item, {
      place: session.place,
      save: ({ value }, file) => this.#handlers.save(file, value.parentFolderId ?? undefined),
      closed: () => {
        this.#editor = undefined;
      },
    });
    // The person may have left the file meanwhile.
    if (this.#fileId !== item.id || this.#state.session !== session || this.#editor) {
      editor.discard();
      return;
    }
    this.#editor = editor;
    editor.open();
  }
}

/**
 * Fetches a file that is not in the listing, or not yet.
 *
 * @param {Session} session
 * @param {string} id
 */
async function fetchFile({ calls }, id) {
  const about = { title: say`The file of this address`, names: ['files'], quiet: true, source: `await files.getFileDescriptor(${javascript(id)});` };
  return fileItem(await calls.run(about, ({ files }, options) => files.getFileDescriptor(id, options)));
}
