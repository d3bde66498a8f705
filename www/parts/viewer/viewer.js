// A file as large as the window allows, with the others of the view beside it.
/** @import { FileItem } from '../../model/item.js' */
/** @import { SlideContext } from './slide-content.js' */
import { say } from '../../text/language.js';
import { mediaType, size } from '../../text/words.js';
import { copyButton } from '../../ui/copy-button.js';
import { closest, focused } from '../../ui/dom.js';
import { element, foreign, icon } from '../../ui/element.js';
import { reasonOf } from '../../ui/error-report.js';
import { returnFocus } from '../../ui/focus.js';
import '../shared.js';
import { about, playingTimeOf } from './about.js';
import { Carousel } from './carousel.js';
import { Slideshow } from './slideshow.js';

/**
 * @typedef {object} ViewerHandlers
 * @property {() => readonly FileItem[]} files The files of the view, in its order.
 * @property {(item: FileItem) => unknown} go Goes to another file. The viewer shows it when `show` says so.
 * @property {() => unknown} leave Goes away from the file. The viewer closes when `close` says so.
 * @property {(item: FileItem) => boolean} canEdit
 * @property {(item: FileItem) => Promise<unknown>} edit
 * @property {(item: FileItem) => string} linkTo Returns the address of the page that shows a file.
 *
 * @typedef {SlideContext & ViewerHandlers} ViewerOptions
 */

/** Pixels around a picture in a wide and in a narrow window. */
const MARGINS = { wide: 64, narrow: 0 };
const NARROW = '(width < 40rem)';

/** Whether the facts about the file are shown, for the next viewer. */
let isAboutOpen = false;

export class Viewer {
  #options;
  /** @type {FileItem | undefined} */
  #item;
  #before = focused();
  #name = element('h2', { id: 'viewer-name', 'aria-live': 'polite' });
  #facts = element('p', { class: 'soft' });
  #trouble = element('p', { class: 'viewer-trouble', role: 'alert' });
  #stage = element('div', { class: 'viewer-stage' });
  #about = element('aside', { class: 'viewer-about', 'aria-label': say`About the file`, tabindex: '0' });
  #aboutButton = this.#button('info', say`About the file`, () => this.#showAbout(!isAboutOpen));
  #zoomOut = this.#button('minus', say`Zoom out`, () => this.#carousel?.zoom(-1));
  #zoomIn = this.#button('plus', say`Zoom in`, () => this.#carousel?.zoom(1));
  #edit = this.#button('edit', say`Edit`, () => this.#editFile());
  #play = this.#button('play', say`Start the slideshow`, () => this.#slideshow.toggle());
  #previous = this.#button('previous', say`Previous file`, () => this.#step(-1), 'viewer-previous');
  #next = this.#button('next', say`Next file`, () => this.#step(1), 'viewer-next');
  #bar;
  #dialog;
  /** @type {Carousel | undefined} */
  #carousel;
  #slideshow = new Slideshow({
    next: () => this.#carousel?.neighbour(1) ?? (this.#carousel?.first !== this.#item ? this.#carousel?.first : undefined),
    go: (item) => this.#options.go(item),
    changed: (isRunning) => {
      this.#play.setAttribute('aria-label', isRunning ? say`Stop the slideshow` : say`Start the slideshow`);
      this.#play.title = this.#play.ariaLabel ?? '';
      this.#play.replaceChildren(icon(isRunning ? 'pause' : 'play'));
      // While it runs, screen readers would speak all the time.
      this.#name.ariaLive = isRunning ? 'off' : 'polite';
    },
  });

  /**
   * Makes a viewer, which `show` opens.
   *
   * @param {ViewerOptions} options
   */
  constructor(options) {
    const { leave, download, linkTo } = options;
    this.#options = options;
    const close = this.#button('close', say`Close`, leave);
    close.autofocus = true;
    this.#bar = element(
      'div',
      { class: 'viewer-bar' },
      element('div', { class: 'viewer-title' }, this.#name, this.#facts, this.#trouble),
      element('div', { class: 'viewer-zoom' }, this.#zoomOut, this.#zoomIn),
      this.#play,
      this.#edit,
      this.#aboutButton,
      copyButton(say`Copy the link to this file`, () => (this.#item ? linkTo(this.#item) : ''), { isBare: true }),
      this.#button('download', say`Download`, () => this.#item && download(this.#item)),
      close,
    );
    this.#dialog = element(
      'dialog',
      { class: 'viewer', 'aria-labelledby': 'viewer-name' },
      this.#bar,
      this.#previous,
      this.#stage,
      this.#next,
      this.#about,
    );
    this.#dialog.addEventListener('keydown', (event) => this.#onKey(event));
    this.#dialog.addEventListener('pointerdown', (event) => {
      // Its own button stops it by the click, and would begin it again.
      if (!event.composedPath().includes(this.#play)) this.#slideshow.stop();
    });
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      leave();
    });
    this.#dialog.addEventListener('close', () => {
      // A browser may close it without a question, as at the second Escape.
      if (this.#dialog.isConnected) leave();
    });
  }

  /**
   * @param {string} picture
   * @param {string} label
   * @param {() => unknown} click
   * @param {string} [name] A class.
   */
  #button(picture, label, click, name = '') {
    return element('button', { type: 'button', class: `bare ${name}`.trim(), 'aria-label': label, title: label, click }, icon(picture));
  }

  /**
   * Shows a file. Opens the viewer if it is closed.
   *
   * @param {FileItem} item
   */
  show(item) {
    this.#item = item;
    if (!this.#dialog.open) {
      document.body.append(this.#dialog);
      this.#dialog.showModal();
      this.#showAbout(isAboutOpen);
    }
    if (!this.#carousel?.show(item)) {
      this.#carousel?.close();
      this.#carousel = this.#openCarousel(item);
    }
    this.#trouble.textContent = '';
    this.#name.replaceChildren(foreign(item.name));
    this.#facts.textContent = [mediaType(item.value.mediaType), size(item.value.sizeInBytes), playingTimeOf(item)].filter(Boolean).join(' · ');
    this.#edit.hidden = !this.#options.canEdit(item);
    this.#about.replaceChildren(...about(item, this.#options.linkTo(item)));
    this.update();
    this.#settled();
  }

  /** @param {FileItem} item */
  #openCarousel(item) {
    const { files, go, leave } = this.#options;
    return new Carousel(this.#stage, item, {
      context: this.#options,
      files,
      margins: () => {
        const side = matchMedia(NARROW).matches ? MARGINS.narrow : MARGINS.wide;
        return { top: this.#bar.offsetHeight, side };
      },
      moved: (shown) => {
        if (shown.key !== this.#item?.key) go(shown);
      },
      dismissed: leave,
      zoomed: () => this.#showZoom(),
      loaded: () => this.#settled(),
    });
  }

  /** The file that is shown. */
  get item() {
    return this.#item;
  }

  /** Takes over a change of the files before and after. */
  update() {
    const carousel = this.#carousel;
    if (!this.#item || !carousel) return;
    carousel.update();
    allow(this.#previous, carousel.neighbour(-1) !== undefined);
    allow(this.#next, carousel.neighbour(1) !== undefined);
    this.#play.hidden = carousel.first === carousel.last;
    this.#showZoom();
  }

  /** Closes the viewer, for good. */
  close() {
    this.#slideshow.stop();
    this.#carousel?.close();
    this.#dialog.remove();
    returnFocus(this.#before);
  }

  /** The file in the middle can be seen. */
  #settled() {
    const isLoading = this.#carousel?.isLoading ?? false;
    this.#stage.ariaBusy = String(isLoading);
    this.#showZoom();
    if (!isLoading) this.#slideshow.wait(this.#stage.querySelector('[aria-hidden=false] :is(video, audio)'));
  }

  #showZoom() {
    const carousel = this.#carousel;
    if (!carousel) return;
    allow(this.#zoomIn, carousel.isZoomable);
    allow(this.#zoomOut, carousel.isEnlarged);
  }

  /** @param {boolean} isOpen */
  #showAbout(isOpen) {
    isAboutOpen = isOpen;
    this.#about.hidden = !isOpen;
    this.#aboutButton.ariaPressed = String(isOpen);
  }

  /** @param {number} by */
  #step(by) {
    const found = this.#carousel?.neighbour(by);
    if (found) this.#options.go(found);
  }

  async #editFile() {
    const item = this.#item;
    if (!item) return;
    this.#trouble.textContent = '';
    try {
      await this.#options.edit(item);
    } catch (error) {
      // A message outside the dialog would lie behind it.
      if (item === this.#item) this.#trouble.textContent = say`The image cannot be edited: ${reasonOf(error)}`;
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // A player uses the arrow keys itself, and what is longer than the window scrolls with them.
    if (closest(event, 'video, audio, .viewer-text, .viewer-about, input, textarea, select') || event.altKey || event.ctrlKey || event.metaKey) return;
    const act = this.#actionOf(event.key);
    if (!act) return;
    event.preventDefault();
    this.#slideshow.stop();
    act();
  }

  /**
   * Returns what a key does.
   *
   * @param {string} key
   * @returns {(() => unknown) | undefined}
   */
  #actionOf(key) {
    const carousel = this.#carousel;
    if (!carousel) return undefined;
    const forward = getComputedStyle(this.#dialog).direction === 'rtl' ? -1 : 1;
    const { first, last } = carousel;
    const [isWide, isTall] = [carousel.canPan('x'), carousel.canPan('y')];
    switch (key) {
      case 'ArrowLeft':
        return () => (isWide ? carousel.pan(-1, 0) : this.#step(-forward));
      case 'ArrowRight':
        return () => (isWide ? carousel.pan(1, 0) : this.#step(forward));
      case 'ArrowUp':
        return isTall ? () => carousel.pan(0, -1) : undefined;
      case 'ArrowDown':
        return isTall ? () => carousel.pan(0, 1) : undefined;
      case 'Home':
        return () => first && this.#options.go(first);
      case 'End':
        return () => last && this.#options.go(last);
      case '+':
      case '=':
        return () => carousel.zoom(1);
      case '-':
        return () => carousel.zoom(-1);
      case '0':
        return () => carousel.zoom(0);
      case 'z':
        return () => carousel.toggleZoom();
      case 'i':
        return () => this.#showAbout(!isAboutOpen);
      default:
        return undefined;
    }
  }
}

/**
 * Says whether a button does anything. One that does not keeps the focus, and with it the keys of the viewer.
 *
 * @param {HTMLButtonElement} button
 * @param {boolean} isUseful
 */
function allow(button, isUseful) {
  button.ariaDisabled = isUseful ? null : 'true';
}
