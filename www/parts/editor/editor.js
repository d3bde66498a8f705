// Edits an image: crops, turns and straightens it, sets its focal point, and saves it as a new file or as an address. What the
// transforms of the service can make, they make, in the preview too; the rest is drawn in the browser.
/** @import { Box, Edit, Size } from '../../model/edit.js' */
/** @import { FileItem } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { say } from '../../text/language.js';
import { editedUrl, fitted, flipped, inRatio, inside, isDrawn, resultSize, turned, turnedSize, unedited, widthsOf } from '../../model/edit.js';
import { identified } from '../../model/identifier.js';
import { nameTrouble } from '../../model/item.js';
import { html, react, srcset } from '../../text/image-snippets.js';
import { codeBlock } from '../../ui/code-block.js';
import { copyButton } from '../../ui/copy-button.js';
import { focused } from '../../ui/dom.js';
import { element, foreign, icon } from '../../ui/element.js';
import { errorReport } from '../../ui/error-report.js';
import { returnFocus } from '../../ui/focus.js';
import { ImagePreview } from '../../ui/image-preview.js';
import '../shared.js';
import { CropArea } from './crop-area.js';
import { EditForm } from './edit-form.js';
import { drawn } from './raster.js';

/**
 * @typedef {object} EditorOptions
 * @property {Place} place
 * @property {(item: FileItem, file: File) => Promise<boolean>} save Uploads the new file, beside the image. Resolves with false if the
 *   person cancels that.
 * @property {() => unknown} closed
 */

/** Milliseconds after the last change until the source code is written anew. */
const DELAY = 250;

export class Editor {
  #item;
  #options;
  #before = focused();
  #url;
  #image;
  /** @type {Size} */
  #size;
  /** @type {Edit} */
  #edit;
  /** The ratio that the crop keeps, if it is not free. @type {number | undefined} */
  #ratio;
  #area;
  #form;
  #preview;
  #code = element('div', { class: 'editor-code' });
  #trouble = element('div');
  #address = element('span');
  #save = element('button', { type: 'button', class: 'primary', click: () => this.#saveFile() }, say`Save as a new file`);
  #dialog;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {FileItem} item
   * @param {HTMLImageElement} image Its picture, at full size.
   * @param {EditorOptions} options
   */
  constructor(item, image, options) {
    const { place } = options;
    this.#item = item;
    this.#options = options;
    this.#image = image;
    this.#url = String(item.value.url);
    this.#size = { width: image.naturalWidth, height: image.naturalHeight };
    this.#edit = unedited(this.#size, this.#url);
    this.#preview = new ImagePreview(place);
    this.#area = new CropArea(image, this.#size, {
      crop: (crop) => this.#change({ ...this.#edit, crop }),
      focus: (focus) => this.#change({ ...this.#edit, focus }),
    });
    this.#form = new EditForm(item.name, {
      change: (changes) => this.#change({ ...this.#edit, ...changes }),
      crop: (box, side) => this.#crop(box, side),
      cropRatio: (ratio) => this.#keepRatio(ratio),
      turn: (direction) => this.#turn(direction),
      flip: (axis) => this.#change(flipped(this.#edit, this.#size, axis)),
      text: () => this.#show(),
    });
    const reset = element('button', { type: 'button', click: () => this.#reset() }, say`Start over`);
    this.#dialog = element(
      'dialog',
      { class: 'editor', 'aria-labelledby': 'editor-name' },
      element(
        'div',
        { class: 'editor-bar' },
        element('h2', { id: 'editor-name' }, say`Edit`, ' ', foreign(item.name)),
        element('button', { type: 'button', class: 'bare', 'aria-label': say`Close the editor`, title: say`Close the editor`, click: () => this.close() }, icon('close')),
      ),
      this.#area.element,
      element(
        'div',
        { class: 'editor-panel' },
        this.#form.element,
        element('section', {}, element('h3', {}, say`Result`), this.#preview.frame, this.#preview.state),
        element('section', {}, element('h3', {}, say`Export`), this.#code),
        this.#trouble,
        element('div', { class: 'actions editor-actions' }, reset, this.#address, this.#save),
      ),
    );
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.close();
    });
    this.#dialog.addEventListener('close', () => this.close());
  }

  open() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#show();
  }

  close() {
    if (!this.#dialog.isConnected) return;
    clearTimeout(this.#timer);
    this.discard();
    this.#dialog.remove();
    returnFocus(this.#before);
    this.#options.closed();
  }

  /** Frees what the editor holds, also without having been open. */
  discard() {
    this.#area.close();
    URL.revokeObjectURL(this.#image.src);
  }

  #reset() {
    this.#form.reset();
    this.#keep(undefined);
    this.#change(unedited(this.#size, this.#url));
  }

  /** @param {Edit} edit */
  #change(edit) {
    // The width follows the crop, until somebody chooses another one.
    const isFull = resultSize(this.#edit).width === resultSize({ ...this.#edit, width: Number.POSITIVE_INFINITY }).width;
    const width = isFull && edit.width === this.#edit.width ? resultSize({ ...edit, width: Number.POSITIVE_INFINITY }).width : edit.width;
    this.#edit = { ...edit, width: resultSize({ ...edit, width }).width };
    this.#show();
  }

  /**
   * Crops to what was typed, as far as the image goes. In a fixed ratio the other side follows.
   *
   * @param {Box} box
   * @param {'width' | 'height' | undefined} side The side that was typed, if it was one.
   */
  #crop(box, side) {
    const size = turnedSize(this.#size, this.#edit);
    const crop = side && this.#ratio ? inRatio(box, this.#ratio, side, size) : inside(box, size);
    this.#change({ ...this.#edit, crop });
  }

  /**
   * Turns the image, and the ratio of the crop with it.
   *
   * @param {1 | -1} direction
   */
  #turn(direction) {
    if (this.#ratio) {
      this.#keep(1 / this.#ratio);
      this.#form.showRatio(this.#ratio);
    }
    this.#change(turned(this.#edit, this.#size, direction));
  }

  /**
   * Crops the image to a ratio, as much of it as possible.
   *
   * @param {number | undefined} ratio
   */
  #keepRatio(ratio) {
    this.#keep(ratio);
    const { width, height } = turnedSize(this.#size, this.#edit);
    if (ratio !== undefined) this.#change({ ...this.#edit, crop: fitted({ x: 0, y: 0, width, height }, ratio) });
  }

  /** @param {number | undefined} ratio */
  #keep(ratio) {
    this.#ratio = ratio;
    this.#area.keepRatio(ratio);
  }

  #show() {
    const edit = this.#edit;
    this.#area.show(edit);
    this.#form.show(edit, turnedSize(this.#size, edit));
    const url = editedUrl(this.#url, this.#size, edit);
    this.#address.replaceChildren(
      url ? copyButton(say`Copy the address`, () => url) : element('span', { class: 'hint' }, say`Turned images have no address of their own. Save the image as a new file.`),
    );
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#showResult(), DELAY);
  }

  #showResult() {
    const url = editedUrl(this.#url, this.#size, this.#edit);
    if (url) this.#preview.show(url);
    else this.#showDrawn();
    this.#code.replaceChildren(...(url ? this.#snippets() : [element('p', { class: 'hint' }, say`Save the image as a new file, then export that.`)]));
  }

  async #showDrawn() {
    try {
      const edit = this.#edit;
      const blob = await drawn(this.#image, this.#size, edit);
      if (edit === this.#edit) this.#preview.showBlob(blob);
    } catch (error) {
      this.#trouble.replaceChildren(errorReport(error));
    }
  }

  #snippets() {
    const edit = this.#edit;
    const size = resultSize(edit);
    const candidates = widthsOf(edit).map((width) => ({ url: String(editedUrl(this.#url, this.#size, edit, width)), width }));
    const image = { candidates, ...size, alt: this.#form.alt, component: this.#component() };
    return [
      codeBlock('HTML', html(image), { level: 'h4' }),
      codeBlock('srcset', srcset(candidates), { level: 'h4' }),
      codeBlock('React', react(image), { level: 'h4' }),
    ];
  }

  /** What the component of the package shows: it fills boxes around a focal point, and crops nothing else. */
  #component() {
    const { crop, focus, ratio, quality } = this.#edit;
    const found = identified(this.#item.value);
    if (!found || crop.width !== this.#size.width || crop.height !== this.#size.height) return undefined;
    const isCentred = ratio === undefined || (focus.x === 0.5 && focus.y === 0.5);
    const base = this.#url.slice(0, this.#url.lastIndexOf('/') + 1);
    return {
      identifier: found.identifier,
      options: {
        quality,
        ...(!isCentred && { focalPoint: { x: Math.round(focus.x * 100), y: Math.round(focus.y * 100) } }),
        ...(base !== WIX_IMAGES && { baseHostURL: base }),
      },
    };
  }

  async #saveFile() {
    if (this.#save.ariaDisabled === 'true') return;
    this.#save.ariaDisabled = 'true';
    this.#trouble.replaceChildren();
    try {
      const name = this.#form.title;
      const trouble = nameTrouble(name);
      if (trouble) throw new Error(trouble);
      const blob = await this.#made();
      const isSaved = await this.#options.save(this.#item, new File([blob], `${name}.${this.#edit.format}`, { type: blob.type }));
      if (isSaved) this.close();
    } catch (error) {
      this.#trouble.replaceChildren(errorReport(error));
    } finally {
      this.#save.ariaDisabled = null;
    }
  }

  /** Makes the file: by the service, or where that cannot, in the browser. */
  async #made() {
    const url = editedUrl(this.#url, this.#size, this.#edit);
    if (!url || isDrawn(this.#edit)) return drawn(this.#image, this.#size, this.#edit);
    const response = await this.#options.place.fetch(url);
    if (!response.ok) throw new Error((await response.text()).trim().slice(0, 300) || say`The service cannot make this image.`);
    return response.blob();
  }
}

/** The addresses that the component writes by itself. */
const WIX_IMAGES = 'https://static.wixstatic.com/media/';

/**
 * Makes the editor of an image, which `open` shows. Rejects if the image cannot be read.
 *
 * @param {FileItem} item
 * @param {EditorOptions} options
 */
export async function makeEditor(item, options) {
  const { value: file } = item;
  const response = await options.place.fetch(String(file.url));
  if (!response.ok) throw new Error(say`The image could not be loaded (status ${response.status}).`);
  const image = new Image();
  image.src = URL.createObjectURL(await response.blob());
  try {
    await image.decode();
  } catch {
    URL.revokeObjectURL(image.src);
    throw new Error(say`This browser cannot read the image.`);
  }
  return new Editor(item, image, options);
}
