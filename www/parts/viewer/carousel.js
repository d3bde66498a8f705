// The files of a view side by side, by PhotoSwipe: zoom, pinch, swipe, and loading of the neighbours.
//
// PhotoSwipe numbers its slides from the left, so in right-to-left documents the order is turned around. The view may change
// while the viewer is open: files come and go, or are listed only now. `update` then renumbers the slides that exist, so that
// the one that is shown stays as it is, in the middle of a video too.
/** @import { FileItem } from '../../model/item.js' */
/** @import { SlideContent, SlideContext } from './slide-content.js' */
import { say } from '../../text/language.js';
import PhotoSwipe from 'photoswipe';
import { closest } from '../../ui/dom.js';
import { belongsToContent, emptySlide, fillSlide, isPicture, slideSize, startSlide } from './slide-content.js';

/** A picture that is this many times as large as the window wants it counts as enlarged. */
const MIN_ZOOM = 1.01;
/** The factor of one step of the zoom. */
const ZOOM_STEP = 1.5;
/** Pixels that an arrow key moves an enlarged picture. */
const PAN_STEP = 80;

/**
 * @typedef {object} CarouselHandlers
 * @property {SlideContext} context
 * @property {() => readonly FileItem[]} files The files of the view, in its order.
 * @property {() => { top: number, side: number }} margins Pixels around a picture that is not enlarged.
 * @property {(item: FileItem) => unknown} moved Runs when another file is in the middle.
 * @property {() => unknown} dismissed Runs when the file is pulled off, or the place beside it is clicked.
 * @property {() => unknown} zoomed
 * @property {() => unknown} loaded Runs when the file in the middle has loaded, or failed to.
 */

export class Carousel {
  #stage;
  #handlers;
  /** The files in the order of the slides. @type {readonly FileItem[]} */
  #files = [];
  #isRtl;
  #gallery;
  #isClosing = false;
  /** Whether the view has changed during a swipe. */
  #isStale = false;
  #observer;

  /**
   * @param {HTMLElement} stage Where the slides are, in the document.
   * @param {FileItem} item The first one to show.
   * @param {CarouselHandlers} handlers
   */
  constructor(stage, item, handlers) {
    this.#stage = stage;
    this.#handlers = handlers;
    this.#isRtl = getComputedStyle(stage).direction === 'rtl';
    this.#files = this.#order(item);
    this.#gallery = this.#make(this.#files.indexOf(item));
    this.#observer = new ResizeObserver(() => this.#gallery.updateSize());
    this.#observer.observe(stage);
  }

  /** @param {number} index */
  #make(index) {
    const { context, margins, moved, dismissed, zoomed } = this.#handlers;
    const gallery = new PhotoSwipe({
      appendToEl: this.#stage,
      index,
      loop: false,
      bgOpacity: 1,
      showHideAnimationType: 'none',
      // The viewer has its own keys, and the dialog keeps the focus.
      escKey: false,
      arrowKeys: false,
      trapFocus: false,
      returnFocus: false,
      imageClickAction: 'zoom',
      bgClickAction: () => dismissed(),
      tapAction: () => {},
      secondaryZoomLevel: ({ fit }) => Math.max(1, 2 * fit),
      maxZoomLevel: ({ fit }) => Math.max(2, 4 * fit),
      getViewportSizeFn: () => ({ x: this.#stage.clientWidth, y: this.#stage.clientHeight }),
      paddingFn: () => {
        const { top, side } = margins();
        return { top, bottom: side, left: side, right: side };
      },
    });
    // Its own buttons are made of markup, which the policy of the page refuses.
    gallery.on('uiRegister', () => gallery.ui?.uiElementsData.splice(0));
    gallery.on('firstUpdate', () => {
      // The viewer is the dialog.
      gallery.element?.removeAttribute('role');
      gallery.element?.setAttribute('dir', 'ltr');
      gallery.scrollWrap?.setAttribute('aria-label', say`Files`);
    });
    gallery.on('updateScrollOffset', () => {
      const { left, top } = this.#stage.getBoundingClientRect();
      gallery.offset.x = left;
      gallery.offset.y = top;
    });
    gallery.addFilter('numItems', () => this.#files.length);
    gallery.addFilter('itemData', (data, at) => {
      const item = this.#files[at];
      return item ? { item, type: isPicture(item) ? 'image' : 'file', ...slideSize(item) } : data;
    });
    gallery.addFilter('useContentPlaceholder', () => false);
    gallery.on('contentLoad', (event) => {
      event.preventDefault();
      startSlide(contentOf(event), context, () => this.#isCurrent(contentOf(event)) && this.#handlers.loaded());
    });
    gallery.on('contentLoadImage', (event) => event.preventDefault());
    gallery.on('contentActivate', (event) => fillSlide(contentOf(event), context));
    gallery.on('contentDeactivate', (event) => emptySlide(contentOf(event)));
    gallery.on('imageSizeChange', ({ content, width }) => /** @type {SlideContent} */ (content).enlarged?.(width));
    gallery.on('change', () => {
      const item = this.#files[gallery.currIndex];
      if (item && !this.#isClosing) moved(item);
      if (this.#isStale) this.update();
    });
    gallery.on('zoomPanUpdate', () => zoomed());
    gallery.on('close', () => {
      if (!this.#isClosing) dismissed();
    });
    gallery.on('keydown', (event) => event.preventDefault());
    gallery.on('pointerDown', (event) => {
      if (belongsToContent(event.originalEvent)) event.preventDefault();
    });
    gallery.addFilter('preventPointerEvent', (_, event) => closest(event, '.slide-file') === undefined);
    gallery.init();
    return gallery;
  }

  /** @param {SlideContent} content */
  #isCurrent(content) {
    return content.slide === this.#gallery?.currSlide;
  }

  /**
   * Returns the files in the order of the slides. A file that is not listed stands alone.
   *
   * @param {FileItem} item
   */
  #order(item) {
    const files = this.#handlers.files();
    const at = files.findIndex(({ key }) => key === item.key);
    if (at < 0) return [item];
    const ordered = this.#isRtl ? files.toReversed() : [...files];
    // The one that is shown keeps its identity, though the listing may have read it anew.
    ordered[this.#isRtl ? files.length - 1 - at : at] = item;
    return ordered;
  }

  /** The file in the middle. */
  get current() {
    return this.#files[this.#gallery.currIndex];
  }

  /**
   * Brings a file into the middle. Returns whether it is one of the view.
   *
   * @param {FileItem} item
   */
  show(item) {
    const at = this.#files.findIndex(({ key }) => key === item.key);
    if (at < 0) return false;
    if (at !== this.#gallery.currIndex) this.#gallery.goTo(at);
    return true;
  }

  /** Takes over a change of the view. */
  update() {
    const { current } = this;
    const gallery = this.#gallery;
    this.#isStale = gallery.potentialIndex !== gallery.currIndex;
    if (!current || this.#isStale) return;
    const before = this.#files;
    const fresh = this.#handlers.files().find(({ key }) => key === current.key) ?? current;
    const hasChanged = fresh.value.operationStatus !== current.value.operationStatus;
    const shown = hasChanged ? fresh : current;
    this.#files = this.#order(shown);
    const from = gallery.currIndex;
    const to = this.#files.indexOf(shown);
    const isSame = [-1, 1].every((step) => before[from + step]?.key === this.#files[to + step]?.key);
    if (to !== from) renumber(gallery, to - from);
    if (hasChanged) gallery.refreshSlideContent(to);
    if (isSame) return;
    for (const [place, holder] of gallery.mainScroll.itemHolders.entries()) {
      if (place === 1) continue;
      const at = to + place - 1;
      gallery.contentLoader.removeByIndex(at);
      gallery.setContent(holder, at, true);
    }
    gallery.contentLoader.updateLazy();
  }

  /**
   * Returns the file before (-1) or after (1) the one in the middle.
   *
   * @param {number} step
   */
  neighbour(step) {
    return this.#files[this.#gallery.currIndex + (this.#isRtl ? -step : step)];
  }

  /** The first file of the view. */
  get first() {
    return this.#files.at(this.#isRtl ? -1 : 0);
  }

  /** The last file of the view. */
  get last() {
    return this.#files.at(this.#isRtl ? 0 : -1);
  }

  /** Whether the file in the middle is still loading. */
  get isLoading() {
    return this.#gallery.currSlide?.content.state === 'loading';
  }

  get isZoomable() {
    return this.#gallery.currSlide?.isZoomable() ?? false;
  }

  /** Whether the picture in the middle is larger than the window. */
  get isEnlarged() {
    const slide = this.#gallery.currSlide;
    if (!slide?.isZoomable()) return false;
    return slide.currZoomLevel > slide.zoomLevels.initial * MIN_ZOOM;
  }

  /**
   * Zooms in (1), out (-1), or to the size of the window (0).
   *
   * @param {number} step
   */
  zoom(step) {
    const slide = this.#gallery.currSlide;
    if (slide) slide.zoomTo(step === 0 ? slide.zoomLevels.initial : slide.currZoomLevel * ZOOM_STEP ** step, undefined, this.#gallery.options.zoomAnimationDuration);
  }

  toggleZoom() {
    this.#gallery.toggleZoom();
  }

  /**
   * Whether the picture in the middle reaches beyond the window on an axis.
   *
   * @param {'x' | 'y'} axis
   */
  canPan(axis) {
    const slide = this.#gallery.currSlide;
    return this.isEnlarged && slide !== undefined && slide.bounds.max[axis] !== slide.bounds.min[axis];
  }

  /**
   * Moves an enlarged picture.
   *
   * @param {number} x -1, 0 or 1.
   * @param {number} y
   */
  pan(x, y) {
    const slide = this.#gallery.currSlide;
    slide?.panTo(slide.pan.x - x * PAN_STEP, slide.pan.y - y * PAN_STEP);
  }

  close() {
    this.#isClosing = true;
    this.#observer.disconnect();
    this.#gallery.destroy();
  }
}

/**
 * @param {{ content: unknown }} event
 * @returns {SlideContent}
 */
const contentOf = ({ content }) => /** @type {SlideContent} */ (content);

/**
 * Gives all slides other numbers, as when files were added before them.
 *
 * @param {PhotoSwipe} gallery
 * @param {number} by
 */
function renumber(gallery, by) {
  gallery.currIndex += by;
  gallery.potentialIndex = gallery.currIndex;
  const contents = new Set(gallery.contentLoader._cachedItems);
  for (const { slide } of gallery.mainScroll.itemHolders) {
    if (!slide) continue;
    slide.index += by;
    contents.add(slide.content);
  }
  for (const content of contents) content.index += by;
}
