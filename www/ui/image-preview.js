// A preview of an image that the service makes, or what the service says is wrong with its address.
/** @import { Place } from '../place/place.js' */
import { say } from '../text/language.js';
import { element } from './element.js';
import { setSource } from './source.js';

/** Milliseconds after the last change until the preview loads. */
const PREVIEW_DELAY = 350;
const MAX_ERROR_LENGTH = 300;

/** @param {Response} response */
const isText = ({ ok, headers }) => !ok && /^text\/plain/.test(headers.get('content-type') ?? '');

export class ImagePreview {
  #image = element('img', { alt: say`Preview of the image with these settings`, decoding: 'async' });
  frame = element('div', { class: 'transform-preview' }, this.#image);
  state = element('p', { class: 'hint', role: 'status' });
  #place;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {string | undefined} */
  #url;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#image.addEventListener('load', () => this.#loaded());
    this.#image.addEventListener('error', () => this.#failed());
  }

  /**
   * Shows an address: the first one at once, later ones when the person pauses.
   *
   * @param {string} url
   */
  show(url) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(url), this.#image.src ? PREVIEW_DELAY : 0);
  }

  /**
   * Shows an image that was made here.
   *
   * @param {Blob} blob
   */
  showBlob(blob) {
    clearTimeout(this.#timer);
    this.#url = undefined;
    const url = URL.createObjectURL(blob);
    const forget = () => URL.revokeObjectURL(url);
    this.#image.addEventListener('load', forget, { once: true });
    this.#image.src = url;
  }

  /** @param {string} url */
  #load(url) {
    this.#url = url;
    this.frame.setAttribute('aria-busy', 'true');
    this.state.textContent = say`Loading the preview…`;
    setSource(this.#image, this.#place, url);
  }

  #loaded() {
    this.frame.removeAttribute('aria-busy');
    this.#image.hidden = false;
    this.state.textContent = say`${this.#image.naturalWidth} × ${this.#image.naturalHeight} pixels`;
  }

  async #failed() {
    this.frame.removeAttribute('aria-busy');
    this.#image.hidden = true;
    const url = this.#url;
    if (url === undefined) return;
    // The service explains in plain text what is wrong with an address.
    const reason = await this.#place.fetch(url).then((response) => (isText(response) ? response.text() : ''), () => '');
    if (url === this.#url) this.state.textContent = reason.trim().slice(0, MAX_ERROR_LENGTH) || say`The service cannot make this image.`;
  }
}
