// The uploads that are under way, at the edge of the page.
import { element, foreign, icon } from '../../ui/element.js';
import { count, size } from '../../text/words.js';

/** How many uploads are listed; of a thousand, nobody reads each. */
const LISTED = 60;
const ORDER = ['running', 'failed', 'paused', 'waiting', 'done'];

class UploadsPanel extends HTMLElement {
  #queue;
  #reason;
  #isOpen = true;
  #rows = new Map();
  #title = element('h2', {});
  #bar = element('progress', { max: '1', value: '0', 'aria-label': 'All uploads' });
  #list = element('ul', { class: 'uploads' });
  #more = element('p', { class: 'hint' });
  #said = '';

  connectedCallback() {
    if (this.#title.isConnected) return;
    const button = (picture, label, click) => element('button', { type: 'button', class: 'bare', 'aria-label': label, title: label, click }, icon(picture));
    this.pauseButton = button('pause', 'Pause all uploads', () => (this.#queue.isPaused ? this.#queue.resumeAll() : this.#queue.pauseAll()));
    this.retryButton = button('retry', 'Try all failed uploads again', () => this.#queue.resumeAll());
    this.foldButton = button('down', 'Fold', () => this.#fold());
    this.closeButton = button('close', 'Cancel all uploads', () => this.#close());
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', 'Uploads');
    this.append(
      element('div', { class: 'uploads-head' }, this.#title, this.retryButton, this.pauseButton, this.foldButton, this.closeButton),
      this.#bar,
      element('div', { class: 'uploads-body' }, this.#list, this.#more),
    );
  }

  /** Shows a queue. `reason(error)` says in a sentence what went wrong. */
  show(queue, reason) {
    this.#queue = queue;
    this.#reason = reason;
    this.#rows.clear();
    this.#list.replaceChildren();
    queue.addEventListener('change', () => this.#queue === queue && this.#draw());
    this.#draw();
  }

  #fold() {
    this.#isOpen = !this.#isOpen;
    this.#draw();
  }

  #close() {
    if (this.#queue.open.length > 0) this.#queue.cancelAll();
    else this.#queue.clear();
  }

  #draw() {
    const { uploads, open, progress, isPaused } = this.#queue;
    this.hidden = uploads.length === 0;
    if (this.hidden) return this.#say('');
    const failed = uploads.filter(({ state }) => state === 'failed').length;
    const left = open.length - failed;
    const percent = progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : 100;
    this.#title.textContent =
      left > 0
        ? `${isPaused ? 'Paused' : 'Uploading'} ${count(left, 'file')} · ${percent}%`
        : failed > 0
          ? `${count(failed, 'upload')} failed`
          : `${count(uploads.length, 'file')} uploaded`;
    this.#say(left > 0 ? `${isPaused ? 'Paused' : 'Uploading'} ${count(left, 'file')}.` : `${this.#title.textContent}.`);
    this.#bar.value = progress.total > 0 ? progress.done / progress.total : 1;
    this.#bar.hidden = left === 0;
    this.pauseButton.hidden = left === 0;
    this.retryButton.hidden = failed === 0;
    relabel(this.pauseButton, isPaused ? 'play' : 'pause', isPaused ? 'Resume all uploads' : 'Pause all uploads');
    relabel(this.foldButton, this.#isOpen ? 'down' : 'up', this.#isOpen ? 'Show less' : 'Show each upload');
    this.foldButton.setAttribute('aria-expanded', String(this.#isOpen));
    relabel(this.closeButton, 'close', open.length > 0 ? 'Cancel all uploads' : 'Close');
    this.classList.toggle('folded', !this.#isOpen);
    if (this.#isOpen) this.#drawList();
  }

  /** Tells those who do not see the panel when something begins and ends, not each step. */
  #say(text) {
    if (text === this.#said) return;
    this.#said = text;
    this.dispatchEvent(new CustomEvent('uploadsaid', { detail: text }));
  }

  #drawList() {
    const sorted = [...this.#queue.uploads].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    const shown = sorted.slice(0, LISTED);
    const rows = shown.map((upload) => this.#row(upload));
    for (const [upload, row] of this.#rows) {
      if (shown.includes(upload)) continue;
      row.remove();
      this.#rows.delete(upload);
    }
    // A row that is moved loses the focus, so only those that stand elsewhere are.
    rows.forEach((row, index) => {
      if (this.#list.children[index] !== row) this.#list.insertBefore(row, this.#list.children[index] ?? null);
    });
    const left = sorted.length - shown.length;
    this.#more.textContent = left > 0 ? `… and ${count(left, 'more file')}` : '';
  }

  #row(upload) {
    const row = this.#rows.get(upload) ?? this.#make(upload);
    const { state, size: total, confirmed, error, sent } = upload;
    row.className = `upload ${state}`;
    const portion = total > 0 ? confirmed / total : Number(state === 'done');
    row.bar.value = portion;
    row.bar.hidden = state === 'done' || state === 'failed';
    row.facts.textContent = {
      waiting: `Waiting · ${size(total)}`,
      running: sent > 0 ? `${size(confirmed)} of ${size(total)}` : 'Starting…',
      paused: `Paused at ${Math.floor(portion * 100)}% · ${size(total)}`,
      done: `Done · ${size(total)}`,
      failed: error ? this.#reason(error) : '',
    }[state];
    const { name } = upload;
    const isOpen = state === 'running' || state === 'waiting';
    row.turn.hidden = state === 'done';
    relabel(row.turn, { paused: 'play', failed: 'retry' }[state] ?? 'pause', { paused: `Resume ${name}`, failed: `Try ${name} again` }[state] ?? `Pause ${name}`);
    relabel(row.cancel, 'close', isOpen || state === 'paused' ? `Cancel ${name}` : `Remove ${name} from this list`);
    return row;
  }

  #make(upload) {
    const turn = element('button', { type: 'button', class: 'bare', click: () => (upload.state === 'running' || upload.state === 'waiting' ? this.#queue.pause(upload) : this.#queue.resume(upload)) }, icon('pause'));
    const cancel = element('button', { type: 'button', class: 'bare', click: () => this.#queue.cancel(upload) }, icon('close'));
    const bar = element('progress', { max: '1', value: '0', 'aria-label': `Upload of ${upload.name}` });
    const facts = element('span', { class: 'upload-facts', dir: 'auto' });
    const folder = upload.folders.length > 0 ? element('span', { class: 'upload-folder', dir: 'auto' }, `${upload.folders.join(' / ')} /`) : undefined;
    const row = element('li', {}, element('div', { class: 'upload-text' }, folder, foreign(upload.name, { class: 'name' }), bar, facts), turn, cancel);
    Object.assign(row, { bar, facts, turn, cancel });
    this.#rows.set(upload, row);
    return row;
  }
}

function relabel(button, picture, label) {
  if (button.getAttribute('aria-label') === label) return;
  button.setAttribute('aria-label', label);
  button.title = label;
  button.replaceChildren(icon(picture));
}

customElements.define('uploads-panel', UploadsPanel);
