// What the picker shows, loaded when it is first shown: a panel in the shadow tree of its element, in a dialog or in place.
/** @import { Client, FileDescriptor, MediaTypeWithLiterals } from '../types/index.js' */
/** @import { ChosenMedia, MediaManagerPickerOptions } from '../types/picker.js' */
/** @import { View } from '../../www/model/view.js' */
import { areaOfTop, TOPS } from '../../www/model/areas.js';
import { Folders } from '../../www/model/folders.js';
import { fileItem } from '../../www/model/item.js';
import { Listing } from '../../www/model/listing.js';
import { Selection } from '../../www/model/selection.js';
import { isSortName, SORTS } from '../../www/model/view.js';
import { draggedKind } from '../../www/parts/drop-target/dragged-items.js';
import { isFromRight, languageTag, plural, say } from '../../www/text/language.js';
import { amount, MEDIA_TYPES, mediaType } from '../../www/text/words.js';
import { element, icon, iconSprite } from '../../www/ui/element.js';
import { openFileDialog } from '../../www/ui/file-dialog.js';
import { filterOf, offeredBy } from './accept.js';
import { emptyFolder, failed, loading, nothingFound } from './messages.js';
import { CATEGORY_TYPES } from './options.js';
import { makePickerGrid } from './picker-grid.js';
import { Source } from './source.js';
import { sheets } from './sheets.js';
import { Trail } from './trail.js';
import { Uploads } from './uploads.js';

/**
 * @typedef {{ remove: () => void }} Mounted What is shown, until it is removed.
 *
 * @typedef {object} PanelHandlers
 * @property {(chosen: ChosenMedia) => void} pick
 * @property {() => void} [cancel]
 * @property {boolean} isModal Whether it is a dialog.
 */

/** Milliseconds after the last letter until a search begins. */
const TYPING_DELAY = 200;

/** What the panel says by category: to choose one file, to choose several, and where there are none. @type {Readonly<Record<string, () => readonly [one: string, several: string, none: string]>>} */
const WORDS = {
  IMAGE: () => [say`Choose an image`, say`Choose images`, say`No images here`],
  VIDEO: () => [say`Choose a video`, say`Choose videos`, say`No videos here`],
  MUSIC: () => [say`Choose an audio file`, say`Choose audio files`, say`No audio files here`],
  DOCUMENT: () => [say`Choose a document`, say`Choose documents`, say`No documents here`],
  VECTOR_ART: () => [say`Choose a vector`, say`Choose vectors`, say`No vectors here`],
  '3D_IMAGE': () => [say`Choose a 3D model`, say`Choose 3D models`, say`No 3D models here`],
  '': () => [say`Choose a file`, say`Choose files`, say`No files here`],
};

export { loadLanguage } from './languages.js';

/**
 * Shows the panel in an element.
 *
 * @param {HTMLElement} host
 * @param {MediaManagerPickerOptions & { client: Client }} options
 * @param {PanelHandlers} handlers
 * @returns {Mounted}
 */
export function openPanel(host, options, handlers) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = sheets();
  const panel = new Panel(options, handlers);
  if (!handlers.isModal) {
    root.replaceChildren(iconSprite(), panel.element);
    panel.start();
    return { remove: () => panel.close(root) };
  }
  const dialog = element('dialog', { class: 'picker-dialog', part: 'dialog', 'aria-labelledby': 'heading' }, panel.element);
  /** @param {Event} event */
  const cancel = ({ target }) => {
    // The browser's dialog to pick files emits this event too, and it bubbles.
    if (target === dialog) handlers.cancel?.();
  };
  dialog.addEventListener('cancel', cancel);
  dialog.addEventListener('close', cancel);
  // A click on the backdrop must not discard chosen files or uploads. A press that began inside the dialog is not such a click.
  let isOutside = false;
  dialog.addEventListener('pointerdown', ({ target }) => {
    isOutside = target === dialog;
  });
  dialog.addEventListener('click', (event) => {
    if (isOutside && panel.isUntouched) cancel(event);
  });
  root.replaceChildren(iconSprite(), dialog);
  dialog.showModal();
  panel.start();
  return {
    remove() {
      dialog.close();
      panel.close(root);
    },
  };
}

class Panel {
  #options;
  #handlers;
  #source;
  #folders;
  #uploads;
  #selection = new Selection();
  /** The selected files, in the order of selection. @type {Map<string, FileDescriptor>} */
  #chosen = new Map();
  /** @type {View} */
  #view = { area: 'files', folderId: undefined, query: undefined, types: [], sort: SORTS.newest.sort, keepsFolders: true };
  /** @type {Listing | undefined} */
  #listing;
  /** Decides which files are shown, once it is loaded. @type {ReturnType<typeof filterOf> | undefined} */
  #filter;
  /** Whether the focus was on an item that led to the folder that is shown. */
  #isEntering = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  #grid = makePickerGrid();
  #trail = new Trail((id) => this.#enter(id));
  #message = element('div', { class: 'message' });
  #status = element('p', { class: 'count soft', part: 'count', role: 'status', dir: 'auto' });
  #search = element('input', { type: 'search', placeholder: say`Search`, 'aria-label': say`Search names, types and labels`, maxlength: '200', autocomplete: 'off', spellcheck: 'false', dir: 'auto' });
  #pick = element('button', { type: 'button', class: 'primary', part: 'choose', disabled: true, click: () => this.#finish() }, say`Choose`);
  #body;

  /**
   * @param {MediaManagerPickerOptions & { client: Client }} options
   * @param {PanelHandlers} handlers
   */
  constructor(options, handlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#source = new Source(options.client, options.manager);
    this.#folders = new Folders(this.#source);
    this.#uploads = new Uploads(this.#source, (file, folderId) => this.#uploaded(file, folderId));
    this.#grid.start(this.#selection, { isMultiple: options.multiSelect === true }, {
      onOpen: (folder) => {
        this.#isEntering = true;
        this.#folders.add(folder.value);
        this.#enter(folder.id);
      },
      onPick: () => this.#finish(),
      onUp: () => this.#up(),
    });
    this.#selection.changed.listen(() => this.#selected());
    this.#body = element('div', { class: 'body', part: 'body' }, this.#grid, this.#message);
    this.#watchSearch();
    this.element = this.#build();
    this.#watchDrops();
  }

  /** Whether no file is chosen and no upload is listed. */
  get isUntouched() {
    return this.#chosen.size === 0 && this.#uploads.element.hidden;
  }

  #build() {
    const { heading, multiSelect, category } = this.#options;
    const title = heading ?? WORDS[category ?? '']()[multiSelect ? 1 : 0];
    const { cancel } = this.#handlers;
    const close = cancel && element('button', { type: 'button', class: 'bare', part: 'close', 'aria-label': say`Close`, click: cancel }, icon('close'));
    const upload = element('button', { type: 'button', part: 'upload', click: () => this.#pickFiles() }, icon('upload'), say`Upload`);
    return element(
      'section',
      { class: 'picker', part: 'panel', 'aria-labelledby': 'heading', lang: languageTag(), dir: isFromRight() ? 'rtl' : undefined },
      element('header', { part: 'header' }, element('h2', { id: 'heading', part: 'heading', tabindex: '-1' }, title), close),
      element(
        'div',
        { class: 'tools', part: 'tools' },
        element('div', { class: 'search', part: 'search' }, icon('search'), this.#search),
        category === undefined && this.#typeMenu(),
        this.#sortMenu(),
        upload,
      ),
      this.#trail.element,
      this.#body,
      this.#uploads.element,
      element(
        'footer',
        { part: 'footer' },
        this.#status,
        cancel && element('button', { type: 'button', part: 'cancel', click: cancel }, say`Cancel`),
        this.#pick,
      ),
    );
  }

  #typeMenu() {
    const types = MEDIA_TYPES.filter((type) => type !== CATEGORY_TYPES['3D_IMAGE']);
    const menu = element('select', { 'aria-label': say`Type` }, element('option', { value: '' }, say`All types`), types.map((type) => element('option', { value: type }, mediaType(type))));
    menu.addEventListener('change', () => this.#show({ types: menu.value ? [/** @type {MediaTypeWithLiterals} */ (menu.value)] : [] }));
    return menu;
  }

  #sortMenu() {
    const menu = element('select', { 'aria-label': say`Sort` }, Object.entries(SORTS).map(([name, { label }]) => element('option', { value: name }, label)));
    menu.addEventListener('change', () => this.#show({ sort: SORTS[isSortName(menu.value) ? menu.value : 'newest'].sort }));
    return menu;
  }

  /** Shows the first folder. The element must be in the document. */
  async start() {
    const { folder, category, accept } = this.#options;
    if (category) this.#view.types = [CATEGORY_TYPES[category]];
    // A keyboard on the screen would hide half of the dialog.
    if (this.#handlers.isModal) (matchMedia('(hover: hover)').matches ? this.#search : this.element.querySelector('h2'))?.focus();
    this.#message.replaceChildren(loading());
    /** @type {(extension: string) => string | undefined} */
    let typeOf = () => undefined;
    try {
      if (accept) ({ typeOf } = await import('#package/file-types.js'));
    } catch {
      // Extensions and the types of the browser still count.
    }
    this.#filter = filterOf(this.#options, typeOf);
    await this.#enter(folder ?? TOPS.files);
  }

  /** @param {ShadowRoot} root */
  close(root) {
    clearTimeout(this.#timer);
    this.#listing?.stop();
    this.#source.close();
    root.replaceChildren();
  }

  // What is shown

  get #folderId() {
    return this.#view.folderId ?? TOPS[this.#view.area];
  }

  /**
   * Shows a folder.
   *
   * @param {string} id
   */
  async #enter(id) {
    clearTimeout(this.#timer);
    this.#search.value = '';
    const area = areaOfTop(id);
    this.#show({ area: area ?? this.#folders.areaOf(id) ?? this.#view.area, folderId: area ? undefined : id, query: undefined });
    try {
      const path = await this.#folders.pathTo(id);
      if (id !== this.#folderId) return;
      this.#view.area = areaOfTop(path[0]) ?? this.#view.area;
      this.#trail.show(path.map((step) => ({ id: step, name: this.#folders.nameOf(step) })));
      this.#grid.setLabel(say`Folders and files in ${this.#folders.nameOf(id)}`);
    } catch {
      // The listing says why.
      if (id === this.#folderId) this.#trail.show([{ id: TOPS.files, name: this.#folders.nameOf(TOPS.files) }, { id, name: id }]);
    }
  }

  #up() {
    const parent = this.#view.folderId && this.#folders.get(this.#view.folderId)?.parentFolderId;
    if (!parent) return;
    this.#isEntering = true;
    this.#enter(parent);
  }

  /** @param {Partial<View>} changes */
  #show(changes) {
    this.#view = { ...this.#view, ...changes };
    this.#listing?.stop();
    const { accepts } = this.#filter ?? {};
    const listing = new Listing(this.#source, this.#view, false, accepts);
    this.#listing = listing;
    listing.changed.listen(() => this.#update(listing));
    this.#grid.show({ listing, place: this.#source, sort: this.#view.sort, isTrash: false });
    listing.start();
    this.#update(listing);
  }

  /** @param {Listing} listing */
  #update(listing) {
    if (listing !== this.#listing) return;
    const { state, hasFolders, length } = listing;
    const isEmpty = length === 0;
    const isReading = state === 'reading' || !hasFolders || (isEmpty && state === 'partial');
    this.#grid.hidden = isEmpty || state === 'failed';
    this.#message.hidden = !this.#grid.hidden;
    if (state === 'failed') this.#message.replaceChildren(failed(listing.error, () => listing.retry()));
    else if (isEmpty && isReading) this.#message.replaceChildren(loading());
    else if (isEmpty) this.#message.replaceChildren(this.#view.query ? nothingFound(this.#view.query) : emptyFolder(WORDS[this.#options.category ?? '']()[2]));
    if (!isReading) {
      // Screen readers hear it once a view is complete.
      if (state === 'complete') this.#say();
      this.#focusEntered();
    }
  }

  /** Puts the focus on the first item of a folder that was entered by an item, or on the way up to where it came from. */
  #focusEntered() {
    if (!this.#isEntering) return;
    this.#isEntering = false;
    if (this.#grid.hidden) this.element.querySelector('h2')?.focus();
    else this.#grid.focusItem();
  }

  #say() {
    const { folders = [], files = [] } = this.#listing ?? {};
    const there = folders.length + files.length > 0 ? amount({ folders: folders.length, files: files.length }) : say`Nothing here`;
    this.#status.textContent = this.#chosen.size > 0 ? plural(this.#chosen.size, '{0} file chosen', '{0} files chosen') : there;
  }

  #watchSearch() {
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#show({ query: this.#search.value.trim() || undefined }), TYPING_DELAY);
    });
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') this.#grid.focusItem();
      // The first Escape ends the search, the next one closes the dialog.
      if (event.key === 'Escape' && this.#search.value) {
        event.preventDefault();
        clearTimeout(this.#timer);
        this.#search.value = '';
        this.#show({ query: undefined });
      }
    });
  }

  // What is chosen

  #selected() {
    const { keys } = this.#selection;
    for (const key of this.#chosen.keys()) if (!keys.has(key)) this.#chosen.delete(key);
    for (const key of keys) {
      const item = this.#listing?.at(this.#listing.indexOf(key));
      if (item?.kind === 'file') this.#chosen.set(key, item.value);
    }
    const { size } = this.#chosen;
    this.#pick.disabled = size === 0;
    this.#pick.textContent = size > 1 ? plural(size, 'Choose {0} file', 'Choose {0} files') : say`Choose`;
    this.#say();
  }

  #finish() {
    const items = [...this.#chosen.values()];
    if (items.length > 0) this.#handlers.pick({ items });
  }

  // Uploads

  #pickFiles() {
    const attributes = { multiple: this.#options.multiSelect === true, accept: offeredBy(this.#options) };
    openFileDialog(this.element, attributes, ({ files }) => this.#upload([...(files ?? [])]));
  }

  /** @param {readonly File[]} files */
  #upload(files) {
    const { labels = [] } = this.#options;
    for (const file of files) {
      if (this.#filter?.takes(file)) this.#uploads.add(file, { parentFolderId: this.#folderId, ...(labels.length > 0 && { labels }) });
      else this.#uploads.refuse(file, say`Files of this type cannot be chosen here.`);
    }
  }

  /**
   * Shows and chooses a file that has arrived.
   *
   * @param {FileDescriptor} file
   * @param {string} folderId
   */
  #uploaded(file, folderId) {
    if (!this.#filter?.accepts(file)) return;
    const { key } = fileItem(file);
    if (folderId === this.#folderId && !this.#view.query) this.#listing?.putFile(file);
    this.#chosen.set(key, file);
    this.#selection.set(this.#options.multiSelect ? [...this.#selection.keys, key] : [key]);
    this.#grid.reveal(key);
  }

  #watchDrops() {
    /** @param {DragEvent} event */
    const holdsFiles = ({ dataTransfer }) => draggedKind(dataTransfer) === 'files';
    const mark = (/** @type {boolean} */ isOver) => this.element.classList.toggle('dropping', isOver);
    this.element.addEventListener('dragover', (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      mark(true);
    });
    this.element.addEventListener('dragleave', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.element.contains(relatedTarget))) mark(false);
    });
    this.element.addEventListener('drop', (event) => {
      mark(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.#upload([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
