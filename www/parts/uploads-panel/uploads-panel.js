// The uploads in progress, at the edge of the window.
/** @import { Upload } from '../../model/upload.js' */
/** @import { UploadQueue } from '../../model/upload-queue.js' */
/** @import { Place } from '../../place/place.js' */
import { plural, say } from '../../text/language.js';
import { transfer } from '../../text/words.js';
import { ask } from '../../ui/dialog.js';
import { element, icon } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { keepFocus } from '../../ui/focus.js';
import { RowList } from '../../ui/rows.js';
import { TransferBar } from '../../ui/transfer-bar.js';
import { relabel } from './relabel.js';
import { UploadRow } from './upload-row.js';

/** Uploads with a row of their own. Nobody reads a thousand. */
const MAX_ROWS = 60;
/** @type {readonly Upload['state'][]} */
const ORDER = ['running', 'failed', 'paused', 'waiting', 'done'];

/**
 * @param {string} picture
 * @param {string} label
 * @param {() => void} click
 */
const iconButton = (picture, label, click) =>
  element('button', { type: 'button', class: 'bare', 'aria-label': label, title: label, click }, icon(picture));

/** @param {number} number */
const askCancel = (number) =>
  ask({
    title: plural(number, 'Cancel {0} upload?', 'Cancel {0} uploads?'),
    lead: say`What has arrived stays. The rest has to be uploaded again.`,
    action: number === 1 ? say`Cancel the upload` : say`Cancel the uploads`,
    cancel: say`Keep uploading`,
    isBad: true,
    submit: () => true,
  });

export class UploadsPanel extends HTMLElement {
  /** @type {UploadQueue | undefined} */
  #queue;
  /** @type {Place | undefined} */
  #place;
  #stopListening = () => {};
  /** @type {(text: string) => void} */
  #announce = () => {};
  #announced = '';
  #isOpen = true;
  /** @type {RowList<Upload, UploadRow> | undefined} */
  #rows;
  #title = element('h2');
  #facts = element('p', { class: 'uploads-facts' });
  #bar = new TransferBar(say`All uploads`);
  #list = element('ul', { class: 'uploads' });
  #more = element('p', { class: 'hint' });
  #pauseButton = iconButton('pause', say`Pause all uploads`, () => (this.#queue?.isPaused ? this.#queue.resumeAll() : this.#queue?.pauseAll()));
  #retryButton = iconButton('retry', say`Retry all failed uploads`, () => this.#queue?.resumeAll());
  #foldButton = iconButton('down', say`Show less`, () => this.#fold());
  #closeButton = iconButton('close', say`Cancel all uploads`, () => this.#close());

  connectedCallback() {
    if (this.#title.isConnected) return;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', say`Uploads`);
    this.append(
      element('div', { class: 'uploads-head' }, this.#title, this.#retryButton, this.#pauseButton, this.#foldButton, this.#closeButton),
      this.#facts,
      this.#bar.element,
      element('div', { class: 'uploads-body' }, this.#list, this.#more),
    );
  }

  /**
   * Shows a queue.
   *
   * @param {UploadQueue} queue
   * @param {Place} place Where its files go.
   * @param {(text: string) => void} announce Tells screen readers when uploads begin and end.
   */
  show(queue, place, announce) {
    this.clear();
    this.#queue = queue;
    this.#place = place;
    this.#announce = announce;
    this.#rows = new RowList(this.#list, (/** @type {Upload} */ upload) => new UploadRow(upload, place, queue));
    this.#stopListening = queue.changed.listen(() => keepFocus(this, () => this.#draw(queue)));
    this.#draw(queue);
  }

  /** Shows nothing, as the page leaves the place. */
  clear() {
    this.#stopListening();
    this.#queue = undefined;
    this.#rows?.clear();
    this.hidden = true;
  }

  #fold() {
    this.#isOpen = !this.#isOpen;
    if (this.#queue) this.#draw(this.#queue);
  }

  /** Cancels what is not done, after a question if that is more than failed uploads, and empties the list. */
  async #close() {
    const queue = this.#queue;
    if (!queue) return;
    const going = queue.open.filter(({ state }) => state !== 'failed').length;
    if (going > 0 && !(await askCancel(going))) return;
    queue.cancelAll();
  }

  /** @param {UploadQueue} queue */
  #draw(queue) {
    const { uploads, open, progress, isPaused, noRoomError } = queue;
    this.hidden = uploads.length === 0;
    if (this.hidden) {
      this.#say('');
      return;
    }
    const failed = uploads.filter(({ state }) => state === 'failed').length;
    const left = open.length - failed;
    const { total, sent, confirmed } = progress;
    const percent = total > 0 ? Math.floor((100 * sent) / total) : 100;
    const inProgress = isPaused ? plural(left, 'Paused {0} file', 'Paused {0} files') : plural(left, 'Uploading {0} file', 'Uploading {0} files');
    const over = failed > 0 ? plural(failed, '{0} upload failed', '{0} uploads failed') : plural(uploads.length, '{0} file uploaded', '{0} files uploaded');
    this.#title.textContent = left > 0 ? `${inProgress} · ${percent}%` : over;
    this.#say(`${left > 0 ? inProgress : over}.`);
    this.#facts.textContent = noRoomError ? say`${reasonOf(noRoomError, this.#place)} Make room, then resume.` : transfer(progress);
    this.#facts.classList.toggle('bad', noRoomError !== undefined);
    this.#facts.hidden = left === 0 || (isPaused && !noRoomError);
    this.#bar.show(total > 0 ? sent / total : 1, total > 0 ? confirmed / total : 1);
    this.#bar.element.hidden = left === 0;
    this.#pauseButton.hidden = left === 0;
    this.#retryButton.hidden = failed === 0;
    relabel(this.#pauseButton, isPaused ? 'play' : 'pause', isPaused ? say`Resume all uploads` : say`Pause all uploads`);
    relabel(this.#foldButton, this.#isOpen ? 'down' : 'up', this.#isOpen ? say`Show less` : say`Show each upload`);
    this.#foldButton.setAttribute('aria-expanded', String(this.#isOpen));
    relabel(this.#closeButton, 'close', left > 0 ? say`Cancel all uploads` : say`Close`);
    this.classList.toggle('folded', !this.#isOpen);
    if (this.#isOpen) this.#drawList(queue);
  }

  /**
   * Announces a beginning or an end, but not each step.
   *
   * @param {string} text
   */
  #say(text) {
    if (text === this.#announced) return;
    this.#announced = text;
    this.#announce(text);
  }

  /** @param {UploadQueue} queue */
  #drawList(queue) {
    const sorted = [...queue.uploads].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    const shown = sorted.slice(0, MAX_ROWS);
    this.#rows?.draw(shown);
    const left = sorted.length - shown.length;
    this.#more.textContent = left > 0 ? plural(left, '… and {0} more file', '… and {0} more files') : '';
  }
}

customElements.define('uploads-panel', UploadsPanel);
