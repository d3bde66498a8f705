// One upload in the panel: its progress, and buttons that pause, resume and cancel it.
/** @import { Upload } from '../../model/upload.js' */
/** @import { UploadQueue } from '../../model/upload-queue.js' */
/** @import { Place } from '../../place/place.js' */
import { say } from '../../text/language.js';
import { size, transfer } from '../../text/words.js';
import { element, foreign, icon } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { TransferBar } from '../../ui/transfer-bar.js';
import { relabel } from './relabel.js';

export class UploadRow {
  #upload;
  #place;
  #bar;
  #facts = element('span', { class: 'upload-facts', dir: 'auto' });
  #turn;
  #cancel;

  /**
   * @param {Upload} upload
   * @param {Place} place Where the file goes.
   * @param {UploadQueue} queue
   */
  constructor(upload, place, queue) {
    const { name, folders } = upload;
    this.#upload = upload;
    this.#place = place;
    this.#bar = new TransferBar(say`Upload of ${name}`);
    this.#turn = element('button', { type: 'button', class: 'bare', click: () => (upload.isActive ? queue.pause(upload) : queue.resume(upload)) }, icon('pause'));
    this.#cancel = element('button', { type: 'button', class: 'bare', click: () => queue.cancel(upload) }, icon('close'));
    const folder = folders.length > 0 && element('span', { class: 'upload-folder', dir: 'auto' }, `${folders.join(' / ')} /`);
    const text = element('div', { class: 'upload-text' }, folder, foreign(name, { class: 'name' }), this.#bar.element, this.#facts);
    this.element = element('li', {}, text, this.#turn, this.#cancel);
  }

  draw() {
    const { state, name, isActive } = this.#upload;
    this.element.className = `upload ${state}`;
    this.#bar.show(this.#portionOf('sent'), this.#portionOf('confirmed'));
    this.#bar.element.hidden = state === 'done' || state === 'failed';
    this.#facts.textContent = this.#words;
    this.#turn.hidden = state === 'done';
    if (state === 'paused') relabel(this.#turn, 'play', say`Resume ${name}`);
    else if (state === 'failed') relabel(this.#turn, 'retry', say`Retry ${name}`);
    else relabel(this.#turn, 'pause', say`Pause ${name}`);
    relabel(this.#cancel, 'close', isActive || state === 'paused' ? say`Cancel ${name}` : say`Remove ${name} from this list`);
  }

  /** @param {'sent' | 'confirmed'} bytes */
  #portionOf(bytes) {
    const { size: total, state } = this.#upload;
    return total > 0 ? this.#upload[bytes] / total : Number(state === 'done');
  }

  get #words() {
    const { state, size: total, sent, rate, error } = this.#upload;
    switch (state) {
      case 'waiting':
        return say`Waiting · ${size(total)}`;
      case 'running':
        if (sent === 0) return say`Starting… · ${size(total)}`;
        return sent < total ? transfer({ sent, total, rate: rate.at() }) : say`Finishing… · ${size(total)}`;
      case 'paused':
        return say`Paused at ${Math.floor(this.#portionOf('confirmed') * 100)}% · ${size(total)}`;
      case 'done':
        return say`Done · ${size(total)}`;
      case 'failed':
        return error ? reasonOf(error, this.#place) : '';
      default:
        return '';
    }
  }
}
