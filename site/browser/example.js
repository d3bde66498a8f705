// A block of code that the reader runs and edits.
//
// States, in `data-state` of the block: none, `running`, then `done`, `failed` or `stopped`. Each run has a worker of its own, so that
// an endless loop can be stopped. Another run anywhere on the page ends it. After `done` it lives on, because listeners may still print.
import { highlight } from '../../www/text/highlight.js';
import { button, element } from './element.js';

/** @import { RunnerMessage } from './runner.js' */

/** @type {WeakMap<Element, Example>} */
const examples = new WeakMap();

/** The example that has the worker of the page. @type {Example | undefined} */
let current;

/**
 * Returns the example of a block.
 *
 * @param {HTMLElement} block
 * @param {HTMLElement} bar
 * @param {URL} root
 */
export function exampleOf(block, bar, root) {
  const found = examples.get(block) ?? new Example(block, bar, root);
  examples.set(block, found);
  return found;
}

class Example {
  #block;
  #bar;
  #root;
  #code;
  #original;
  #output = element('div', { class: 'output', role: 'log', 'aria-label': 'Result' });
  /** @type {HTMLTextAreaElement | undefined} */
  #editor;
  /** @type {Worker | undefined} */
  #worker;

  /**
   * @param {HTMLElement} block
   * @param {HTMLElement} bar
   * @param {URL} root
   */
  constructor(block, bar, root) {
    this.#block = block;
    this.#bar = bar;
    this.#root = root;
    this.#code = /** @type {HTMLElement} */ (block.querySelector('code'));
    this.#original = this.#code.textContent ?? '';
    block.append(this.#output);
  }

  /** Runs the example, or stops it while it runs. */
  toggle() {
    if (this.#block.dataset.state === 'running') this.#stop('stopped', 'Stopped');
    else this.#run();
  }

  /** Makes the code editable, with its text in a field above the coloured one. */
  edit() {
    if (!this.#editor) {
      const editor = element('textarea', { 'aria-label': 'Code of the example', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', wrap: 'off' });
      editor.value = this.#original.replace(/\n$/, '');
      editor.addEventListener('input', () => this.#show());
      this.#editor = editor;
      this.#code.parentElement?.replaceChildren(this.#code, editor);
      this.#code.parentElement?.removeAttribute('tabindex');
      const edit = this.#bar.querySelector('.edit');
      edit?.replaceWith(
        button('Reset', () => {
          editor.value = this.#original.replace(/\n$/, '');
          this.#show();
          editor.focus();
        }),
      );
    }
    this.#editor.focus();
  }

  /** Colours the edited text. The line at the end gives the field its height. */
  #show() {
    this.#code.replaceChildren(highlight(`${this.#editor?.value}\n`));
  }

  #run() {
    if (current && current !== this) current.#release();
    this.#release();
    current = this;
    this.#output.replaceChildren();
    this.#block.dataset.state = 'running';
    this.#label('Stop');
    const worker = new Worker(new URL('assets/runner.js', this.#root), { type: 'module' });
    this.#worker = worker;
    // What a worker has sent before it was terminated still arrives, and belongs to no later run.
    const isCurrent = () => worker === this.#worker;
    worker.addEventListener('message', (/** @type {MessageEvent<RunnerMessage>} */ { data }) => isCurrent() && this.#hear(data));
    worker.addEventListener('error', (event) => isCurrent() && this.#fail('The runner could not be loaded', event.message ?? ''));
    worker.postMessage({ code: this.#editor?.value ?? this.#original, root: this.#root.href });
  }

  /** @param {RunnerMessage} message */
  #hear(message) {
    if (message.kind === 'print') this.#print(message.level, message.text);
    else if (message.kind === 'failure') this.#fail(message.title, message.text, message.code);
    else {
      if (message.result !== undefined) this.#print('result', message.result);
      if (this.#output.childElementCount === 0) this.#print('note', 'Done. The example prints nothing.');
      this.#end('done');
    }
  }

  /**
   * @param {string} level
   * @param {string} text
   */
  #print(level, text) {
    this.#output.append(element('pre', { class: level }, text));
  }

  /**
   * @param {string} title
   * @param {string} text
   * @param {string} [code]
   */
  #fail(title, text, code) {
    const line = element('pre', { class: 'error' }, element('strong', {}, title), `\n${text}`);
    if (code) line.append('\n', element('a', { href: new URL('errors.html', this.#root).href }, `What ${code} means`));
    this.#output.append(line);
    this.#end('failed');
  }

  /**
   * @param {string} state
   * @param {string} text
   */
  #stop(state, text) {
    this.#release();
    this.#print('note', text);
    this.#end(state);
  }

  /** @param {string} state */
  #end(state) {
    this.#block.dataset.state = state;
    this.#label('Run');
  }

  #release() {
    this.#worker?.terminate();
    this.#worker = undefined;
    if (this.#block.dataset.state === 'running') this.#end('stopped');
  }

  /** @param {string} text */
  #label(text) {
    const run = this.#bar.querySelector('.run');
    if (run) run.textContent = text;
  }
}
