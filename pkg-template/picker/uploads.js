// The uploads of the picker: a row for each file that is on its way or has failed.
/** @import { FileDescriptor } from '../types/index.js' */
/** @import { Source } from './source.js' */
import { say } from '../../www/text/language.js';
import { size, transfer } from '../../www/text/words.js';
import { element, foreign, icon } from '../../www/ui/element.js';
import { reasonOf } from '../../www/ui/error-report.js';
import { TransferBar } from '../../www/ui/transfer-bar.js';

/** Files that are sent at the same time. */
const CONCURRENCY = 3;

export class Uploads {
  element = element('ul', { class: 'uploads', part: 'uploads', 'aria-label': say`Uploads`, hidden: true });
  #source;
  #uploaded;
  /** Uploads that wait for their turn. @type {(() => Promise<void>)[]} */
  #waiting = [];
  #running = 0;

  /**
   * @param {Source} source
   * @param {(file: FileDescriptor, parentFolderId: string) => void} uploaded
   */
  constructor(source, uploaded) {
    this.#source = source;
    this.#uploaded = uploaded;
  }

  /**
   * Uploads a file as soon as it is its turn.
   *
   * @param {File} file
   * @param {{ parentFolderId: string, labels?: string[] }} target
   */
  add(file, target) {
    this.#addRow(file, target);
    this.#next();
  }

  /**
   * Shows why a file is not uploaded.
   *
   * @param {File} file
   * @param {string} reason
   */
  refuse(file, reason) {
    this.#makeRow(file.name).fail(reason);
  }

  /** @param {string} name */
  #makeRow(name) {
    const note = element('span', { class: 'upload-note' });
    const bar = new TransferBar(say`Upload of ${name}`);
    const stop = element('button', { type: 'button', class: 'bare', 'aria-label': say`Cancel the upload of ${name}` }, icon('close'));
    const row = element('li', { class: 'upload' }, foreign(name, { class: 'name' }), note, bar.element, stop);
    this.element.append(row);
    this.element.hidden = false;
    const remove = () => {
      row.remove();
      this.element.hidden = this.element.childElementCount === 0;
    };
    return {
      bar,
      note,
      stop,
      remove,
      /** @param {string} reason */
      fail(reason) {
        row.classList.add('failed');
        bar.element.remove();
        note.textContent = reason;
        note.setAttribute('role', 'alert');
        stop.ariaLabel = say`Dismiss the failed upload of ${name}`;
        stop.addEventListener('click', remove);
      },
    };
  }

  /**
   * @param {File} file
   * @param {{ parentFolderId: string, labels?: string[] }} target
   */
  #addRow(file, target) {
    const row = this.#makeRow(file.name);
    row.note.textContent = size(file.size);
    const controller = new AbortController();
    const cancel = () => controller.abort();
    row.stop.addEventListener('click', cancel);
    this.#waiting.push(async () => {
      if (controller.signal.aborted) return row.remove();
      try {
        const stored = await this.#source.client.uploads.upload(file, {
          ...target,
          signal: AbortSignal.any([controller.signal, this.#source.signal]),
          onProgress: ({ sent, confirmed, total = file.size }) => {
            row.note.textContent = transfer({ sent, total, rate: 0 });
            if (total > 0) row.bar.show(sent / total, confirmed / total);
          },
        });
        row.remove();
        this.#uploaded(stored, target.parentFolderId);
      } catch (error) {
        row.stop.removeEventListener('click', cancel);
        if (controller.signal.aborted) row.remove();
        else if (!this.#source.signal.aborted) row.fail(reasonOf(error));
      }
    });
  }

  #next() {
    while (this.#running < CONCURRENCY) {
      const work = this.#waiting.shift();
      if (!work) return;
      this.#running += 1;
      work().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }
}
