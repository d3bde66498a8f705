// The entry `wix-media.v2/picker`: a function and an element, small enough for every page. What they show is loaded when it
// is first shown. The entry can be imported where there is no document, as by programs that render pages on a server.
/** @import { ChosenMedia, MediaManagerPickerOptions } from '../types/picker.js' */
/** @import { Client } from '../types/index.js' */
/** @import { Mounted } from './panel.js' */
import { loadPart } from '../client/chunk.js';
import { WixMediaError } from '../client/error.js';
import { until } from '../streams/until.js';
import { checkOptions, namesIn } from './options.js';

const TAG = 'wix-media-picker';

const loadPanel = loadPart('picker-panel.js', () => import('#package/picker-panel.js'));
const loadClient = loadPart('browser.js', async () => /** @type {Client} */ ((await import('#package/browser.js')).default));

/** Where there is no document, the class can be defined, but not used. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/** Properties that a framework may set before the element is defined. */
const PROPERTIES = ['category', 'multiSelect', 'folder', 'accept', 'labels', 'heading', 'inline', 'client', 'manager'];

export class WixMediaPicker extends Base {
  static observedAttributes = ['category', 'multi-select', 'folder', 'accept', 'labels', 'heading', 'inline'];

  /** @type {MediaManagerPickerOptions['client']} */
  #client;
  /** @type {MediaManagerPickerOptions['manager']} */
  #manager;
  /** @type {string[] | undefined} */
  #labels;
  /** What is shown, once it is loaded. @type {Mounted | undefined} */
  #mounted;
  /** What the open dialog resolves to. @type {Promise<ChosenMedia | undefined> | undefined} */
  #opened;
  #close = () => {};
  /** Whether a redraw waits for the end of this task. */
  #isPlanned = false;
  /** Number of attempts to show it in the page. Each one replaces an earlier one whose parts are still loading. */
  #turn = 0;

  connectedCallback() {
    for (const name of PROPERTIES) this.#upgrade(name);
    this.#plan();
  }

  disconnectedCallback() {
    this.#close();
    this.#plan();
  }

  attributeChangedCallback() {
    this.#plan();
  }

  /**
   * Sets a property again that was set while the element had no class.
   *
   * @param {string} name
   */
  #upgrade(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = Reflect.get(this, name);
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  get category() {
    return /** @type {MediaManagerPickerOptions['category']} */ (this.getAttribute('category') ?? undefined);
  }

  set category(value) {
    this.#reflect('category', value);
  }

  get multiSelect() {
    return this.hasAttribute('multi-select');
  }

  set multiSelect(value) {
    this.toggleAttribute('multi-select', Boolean(value));
  }

  get inline() {
    return this.hasAttribute('inline');
  }

  set inline(value) {
    this.toggleAttribute('inline', Boolean(value));
  }

  get folder() {
    return this.getAttribute('folder') ?? undefined;
  }

  set folder(value) {
    this.#reflect('folder', value);
  }

  get accept() {
    return this.getAttribute('accept') ?? undefined;
  }

  set accept(value) {
    this.#reflect('accept', value);
  }

  get heading() {
    return this.getAttribute('heading') ?? undefined;
  }

  set heading(value) {
    this.#reflect('heading', value);
  }

  get labels() {
    return this.#labels ?? namesIn(this.getAttribute('labels') ?? '');
  }

  set labels(value) {
    // A label may hold a comma, so the attribute cannot hold every list.
    this.#labels = value ?? undefined;
    this.#plan();
  }

  get client() {
    return this.#client;
  }

  set client(value) {
    this.#client = value ?? undefined;
    this.#plan();
  }

  get manager() {
    return this.#manager;
  }

  set manager(value) {
    this.#manager = value ?? undefined;
    this.#plan();
  }

  /**
   * @param {string} name
   * @param {string | null | undefined} value
   */
  #reflect(name, value) {
    if (value === undefined || value === null) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  /** @returns {MediaManagerPickerOptions} */
  get #options() {
    const { category, multiSelect, client, manager, folder, accept, labels, heading } = this;
    return { category, multiSelect, client, manager, folder, accept, labels, heading };
  }

  /** @param {{ signal?: AbortSignal }} [options] */
  open({ signal } = {}) {
    this.#opened ??= this.#show(signal).finally(() => {
      this.#opened = undefined;
      this.#plan();
    });
    return this.#opened;
  }

  close() {
    this.#close();
  }

  /**
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<ChosenMedia | undefined>}
   */
  async #show(signal) {
    const options = checkOptions({ ...this.#options, signal }, 'openMediaManager');
    signal?.throwIfAborted();
    const isLoose = !this.isConnected;
    if (isLoose) document.body.append(this);
    let isClosed = false;
    this.#close = () => {
      isClosed = true;
    };
    try {
      const [{ openPanel }, client] = await this.#parts();
      signal?.throwIfAborted();
      const chosen = isClosed ? undefined : await until(signal, this.#choice(openPanel, { ...options, client }));
      this.#announce(chosen);
      return chosen;
    } finally {
      this.#close = () => {};
      this.#unmount();
      if (isLoose) this.remove();
    }
  }

  /**
   * Opens the dialog. Resolves with what is chosen in it, or with nothing when it is closed.
   *
   * @param {typeof import('./panel.js').openPanel} openPanel
   * @param {MediaManagerPickerOptions & { client: Client }} options
   * @returns {Promise<ChosenMedia | undefined>}
   */
  #choice(openPanel, options) {
    this.#unmount();
    return new Promise((resolve) => {
      this.#close = () => resolve(undefined);
      this.#mounted = openPanel(this, options, { pick: resolve, cancel: this.#close, isModal: true });
    });
  }

  /** Loads what is shown, in the language of the page, and the client whose files it shows. */
  async #parts() {
    const { client, manager } = this;
    const [panel, found] = await Promise.all([loadPanel(), client ?? manager?.client ?? loadClient()]);
    await panel.loadLanguage(this);
    return /** @type {const} */ ([panel, found]);
  }

  /** @param {ChosenMedia | undefined} chosen */
  #announce(chosen) {
    this.dispatchEvent(chosen ? new CustomEvent('pick', { detail: chosen, bubbles: true, composed: true }) : new Event('cancel'));
  }

  #unmount() {
    this.#mounted?.remove();
    this.#mounted = undefined;
  }

  /** Shows the element again at the end of this task, because several of its properties may change in it. */
  #plan() {
    if (this.#isPlanned || this.#opened) return;
    this.#isPlanned = true;
    queueMicrotask(async () => {
      this.#isPlanned = false;
      if (this.#opened) return;
      this.#unmount();
      if (this.isConnected && this.inline) await this.#showInline();
    });
  }

  async #showInline() {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const options = checkOptions(this.#options, TAG);
      const [{ openPanel }, client] = await this.#parts();
      // It may have been taken away, opened or changed meanwhile.
      if (turn !== this.#turn || this.#mounted || this.#opened || this.#isPlanned || !this.isConnected || !this.inline) return;
      this.#mounted = openPanel(this, { ...options, client }, { pick: (chosen) => this.#announce(chosen), isModal: false });
    } catch (error) {
      // No caller awaits this.
      reportError(error);
    }
  }
}

globalThis.customElements?.get(TAG) ?? globalThis.customElements?.define(TAG, WixMediaPicker);

/**
 * @param {MediaManagerPickerOptions} [options]
 * @returns {Promise<ChosenMedia | undefined>}
 */
export async function openMediaManager(options = {}) {
  const { signal, ...given } = checkOptions(options, 'openMediaManager');
  if (!globalThis.document) {
    throw new WixMediaError({ message: 'openMediaManager: there is no document to open a dialog in', code: 'NOT_SUPPORTED', operation: 'openMediaManager' });
  }
  const picker = document.createElement(TAG);
  for (const [name, value] of Object.entries(given)) if (value !== undefined) Reflect.set(picker, name, value);
  return picker.open({ signal });
}
