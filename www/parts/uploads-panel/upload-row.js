// One upload in the panel: its progress, and buttons that pause, resume and cancel it.
/** @import { Upload } from '../../model/upload.js' */
import { size } from '../../text/words.js';
import { element, foreign, icon } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { relabel } from './relabel.js';

export class UploadRow {
  #upload;
  #bar;
  #facts = element('span', { class: 'upload-facts', dir: 'auto' });
  #turn;
  #cancel;

  /**
   * @param {Upload} upload
   * @param {{ pause: () => void, resume: () => void, cancel: () => void }} handlers
   */
  constructor(upload, { pause, resume, cancel }) {
    const { name, folders } = upload;
    this.#upload = upload;
    this.#bar = element('progress', { max: '1', value: '0', 'aria-label': `Upload of ${name}` });
    this.#turn = element('button', { type: 'button', class: 'bare', click: () => (upload.isActive ? pause() : resume()) }, icon('pause'));
    this.#cancel = element('button', { type: 'button', class: 'bare', click: cancel }, icon('close'));
    const folder = folders.length > 0 && element('span', { class: 'upload-folder', dir: 'auto' }, `${folders.join(' / ')} /`);
    const text = element('div', { class: 'upload-text' }, folder, foreign(name, { class: 'name' }), this.#bar, this.#facts);
    this.element = element('li', {}, text, this.#turn, this.#cancel);
  }

  draw() {
    const { state, name, isActive } = this.#upload;
    this.element.className = `upload ${state}`;
    this.#bar.value = this.#portion;
    this.#bar.hidden = state === 'done' || state === 'failed';
    this.#facts.textContent = this.#words;
    this.#turn.hidden = state === 'done';
    if (state === 'paused') relabel(this.#turn, 'play', `Resume ${name}`);
    else if (state === 'failed') relabel(this.#turn, 'retry', `Retry ${name}`);
    else relabel(this.#turn, 'pause', `Pause ${name}`);
    relabel(this.#cancel, 'close', isActive || state === 'paused' ? `Cancel ${name}` : `Remove ${name} from this list`);
  }

  get #portion() {
    const { size: total, confirmed, state } = this.#upload;
    return total > 0 ? confirmed / total : Number(state === 'done');
  }

  get #words() {
    const { state, size: total, confirmed, sent, error } = this.#upload;
    switch (state) {
      case 'waiting':
        return `Waiting · ${size(total)}`;
      case 'running':
        return sent > 0 ? `${size(confirmed)} of ${size(total)}` : 'Starting…';
      case 'paused':
        return `Paused at ${Math.floor(this.#portion * 100)}% · ${size(total)}`;
      case 'done':
        return `Done · ${size(total)}`;
      case 'failed':
        return error ? reasonOf(error) : '';
      default:
        return '';
    }
  }
}
