// The details of the selected items: one in full, several in numbers.
/** @import { FileDescriptor, GenerateFileDownloadUrlOptions } from 'wix-media.v2' */
/** @import { FileItem, FolderItem, Item } from '../../model/item.js' */
/** @import { Identified } from '../../model/identifier.js' */
/** @import { ItemCommands } from '../../model/item-commands.js' */
/** @import { Place } from '../../place/place.js' */
/** @import { Child } from '../../ui/element.js' */
import { identified } from '../../model/identifier.js';
import { isTransformable } from '../../model/image-url.js';
import { tally } from '../../model/item.js';
import { offersFor } from '../../model/item-commands.js';
import { json } from '../../text/code.js';
import { say } from '../../text/language.js';
import { amount, mediaType, moment, playingTime, size } from '../../text/words.js';
import { codeBlock } from '../../ui/code-block.js';
import { copyButton } from '../../ui/copy-button.js';
import { drawer } from '../../ui/drawer.js';
import { element, foreign, icon } from '../../ui/element.js';
import { marks } from '../../ui/marks.js';
import { picture } from '../../ui/picture.js';
import { transformBuilder } from '../transform-builder/transform-builder.js';
import { addFact, copyable, facts, link } from './facts.js';
import { LABEL_INPUT, labelEditor } from './labels.js';
import { swatches } from './swatches.js';
import { temporaryLinkForm } from './temporary-link.js';

/**
 * @typedef {object} DetailsHandlers
 * @property {ItemCommands} commands
 * @property {(item: FileItem) => void} preview
 * @property {(file: FileDescriptor, labels: string[]) => Promise<unknown>} label
 * @property {(file: FileDescriptor, options: GenerateFileDownloadUrlOptions) => Promise<string>} temporaryLink
 */

/**
 * @param {string} title
 * @param {...Child} content
 */
const section = (title, ...content) => element('section', { class: 'details-section' }, element('h3', {}, title), content);

/**
 * @param {FileDescriptor} file
 * @param {Identified | undefined} found
 */
function playingTimeOf({ media }, found) {
  const ms = media?.audio?.duration ?? found?.duration;
  return ms && ms > 0 ? playingTime(ms) : undefined;
}

export class DetailsPanel extends HTMLElement {
  /** @type {DetailsHandlers | undefined} */
  #handlers;
  /** @type {readonly Item[]} */
  #shown = [];
  /** The element that gets the focus after the next drawing. @type {string | undefined} */
  #focusNext;
  /** Which drawers are open, for the next item. */
  #isOpen = { transform: false, json: false };

  /** @param {DetailsHandlers} handlers */
  start(handlers) {
    this.#handlers = handlers;
  }

  /**
   * Shows items.
   *
   * @param {readonly Item[]} items
   * @param {{ place: Place, isTrash: boolean }} context
   */
  show(items, { place, isTrash }) {
    const before = this.#shown;
    if (this.firstChild && items.length === before.length && items.every((item, index) => item === before[index])) return;
    const isSame = items.length === before.length && items.every(({ key }, index) => key === before[index].key);
    if (isSame && this.#isBeingEdited) return;
    const { scrollTop } = this.#scroller;
    this.#shown = items;
    const [first] = items;
    if (!first) this.replaceChildren(this.#nothing());
    else if (items.length > 1) this.replaceChildren(this.#several(items, isTrash));
    else if (first.kind === 'file') this.replaceChildren(this.#file(first, place, isTrash));
    else this.replaceChildren(this.#folder(first, isTrash));
    this.#scroller.scrollTop = isSame ? scrollTop : 0;
    if (this.#focusNext) {
      const next = this.querySelector(this.#focusNext);
      if (next instanceof HTMLElement) next.focus();
    }
    this.#focusNext = undefined;
  }

  /** Whether somebody is writing here. A change of the file, such as the end of its processing, must not discard that. */
  get #isBeingEdited() {
    const active = document.activeElement;
    return active instanceof HTMLInputElement && active.value !== '' && this.contains(active);
  }

  /** @returns {HTMLElement} */
  get #scroller() {
    return this.parentElement ?? this;
  }

  #nothing() {
    return element(
      'div',
      { class: 'panel-empty' },
      icon('cursor'),
      element('h2', {}, say`Nothing selected`),
      element('p', {}, say`Select a file to see its details, its links and its other sizes and formats.`),
    );
  }

  /**
   * @param {readonly Item[]} items
   * @param {boolean} isTrash
   */
  #several(items, isTrash) {
    const bytes = items.reduce((sum, item) => sum + (item.kind === 'file' ? Math.max(0, Number(item.value.sizeInBytes ?? 0)) : 0), 0);
    return element(
      'div',
      { class: 'details' },
      element('h2', {}, say`${amount(tally(items))} selected`),
      element('p', { class: 'soft' }, tally(items).files > 0 ? say`Files: ${size(bytes)} in total` : ''),
      this.#buttons(items, isTrash),
    );
  }

  /**
   * @param {readonly Item[]} items
   * @param {boolean} isTrash
   */
  #buttons(items, isTrash) {
    const buttons = offersFor(isTrash).map(({ name, label, picture: shown, isBad }) =>
      element('button', { type: 'button', class: isBad ? 'bad' : undefined, click: () => this.#handlers?.commands[name](items) }, icon(shown), label),
    );
    return element('div', { class: 'actions' }, buttons);
  }

  /**
   * @param {FolderItem} item
   * @param {boolean} isTrash
   */
  #folder(item, isTrash) {
    const { id, name, value } = item;
    return element(
      'div',
      { class: 'details' },
      element('div', { class: 'details-folder' }, icon('folder'), element('h2', {}, foreign(name))),
      this.#buttons([item], isTrash),
      facts([
        [say`Modified`, moment(value._updatedDate)],
        [say`Created`, moment(value._createdDate)],
        [say`ID`, copyable(id, say`Copy ID`)],
      ]),
    );
  }

  /**
   * @param {FileItem} item
   * @param {Place} place
   * @param {boolean} isTrash
   */
  #file(item, place, isTrash) {
    const { name, value: file } = item;
    const found = identified(file);
    const { width = 0, height = 0 } = found ?? {};
    const shown = picture(file, place, 640, 480);
    const about = facts([
      [say`Type`, mediaType(file.mediaType)],
      [say`Size`, size(file.sizeInBytes)],
      [say`Dimensions`, width > 0 && height > 0 && file.mediaType !== 'VIDEO' && say`${width} × ${height} pixels`],
      [say`Duration`, playingTimeOf(file, found)],
      [say`Colours`, swatches(file)],
      [say`Modified`, moment(file._updatedDate)],
      [say`Added`, moment(file._createdDate)],
      [say`Imported from`, file.sourceUrl && link(file.sourceUrl)],
      [say`Hash`, file.hash && copyable(file.hash, say`Copy hash`)],
    ]);
    // What the service does not say of a video, the browser finds out.
    const video = shown.querySelector('video');
    video?.addEventListener('loadedmetadata', () => {
      addFact(about, say`Dimensions`, video.videoWidth > 0 && say`${video.videoWidth} × ${video.videoHeight} pixels`);
      addFact(about, say`Duration`, Number.isFinite(video.duration) && !playingTimeOf(file, found) && playingTime(1000 * video.duration));
    });
    return element(
      'div',
      { class: 'details' },
      element(
        'button',
        { type: 'button', class: 'bare details-picture', 'aria-label': say`Show ${name}`, click: () => this.#handlers?.preview(item) },
        shown,
      ),
      element('div', { class: 'details-name' }, element('h2', {}, foreign(name)), marks(file)),
      this.#buttons([item], isTrash),
      about,
      isTrash ? undefined : section(say`Labels`, this.#labels(file)),
      section(say`Links`, this.#links(file, found)),
      isTrash ? undefined : section(say`Temporary link`, temporaryLinkForm((options) => this.#temporaryLink(file, options))),
      isTransformable(file) &&
        drawer(say`Other sizes and formats`, () => transformBuilder(file, found ?? {}, place), {
          isOpen: this.#isOpen.transform,
          onToggle: (isOpen) => {
            this.#isOpen.transform = isOpen;
          },
        }),
      drawer(say`As JSON`, () => codeBlock(say`File descriptor`, json(file), { copied: JSON.stringify(file, null, 2), level: 'h4' }), {
        isOpen: this.#isOpen.json,
        onToggle: (isOpen) => {
          this.#isOpen.json = isOpen;
        },
      }),
    );
  }

  /**
   * @param {FileDescriptor} file
   * @param {Identified | undefined} found
   */
  #links(file, found) {
    const { url } = file;
    const address = url && element('span', { class: 'copied' }, link(url), copyButton(say`Copy address`, () => url, { isBare: true }));
    return facts([
      [say`ID`, copyable(String(file._id), say`Copy ID`)],
      [say`Identifier`, found && copyable(found.identifier, say`Copy identifier`)],
      [say`Address`, file.private ? say`None, because the file is private. Create a temporary link.` : address],
    ]);
  }

  /** @param {FileDescriptor} file */
  #labels(file) {
    return labelEditor(file, async (labels) => {
      this.#focusNext = LABEL_INPUT;
      try {
        await this.#handlers?.label(file, labels);
      } catch (error) {
        this.#focusNext = undefined;
        throw error;
      }
    });
  }

  /**
   * @param {FileDescriptor} file
   * @param {GenerateFileDownloadUrlOptions} options
   */
  async #temporaryLink(file, options) {
    if (!this.#handlers) throw new Error('details panel not started');
    return this.#handlers.temporaryLink(file, options);
  }
}

customElements.define('details-panel', DetailsPanel);
