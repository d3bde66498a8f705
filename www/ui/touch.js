// Gestures of one finger: a long press, and a swipe to the side.

/** Milliseconds after which a press counts as long. */
const LONG_PRESS = 500;
/** Pixels that a resting finger may move. */
const MAX_TREMOR = 10;
/** Pixels that a swipe covers at least. */
const MIN_SWIPE = 48;
/** A swipe goes this many times farther to the side than up or down. */
const MIN_SLANT = 2;

/** @param {Event} event */
const isTouch = (event) => event instanceof PointerEvent && event.pointerType === 'touch';

/**
 * Watches for long presses of a finger. A long press replaces what the browser would do: open a menu, begin a drag, and click when
 * the finger is lifted.
 *
 * @param {HTMLElement} target
 * @param {(event: PointerEvent) => unknown} onPress Gets the `pointerdown` event.
 */
export function watchLongPress(target, onPress) {
  /** The `pointerdown` event of the finger that is down. @type {PointerEvent | undefined} */
  let arrival;
  /** Whether the press of the last finger was a long one. */
  let isLong = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const release = () => {
    clearTimeout(timer);
    arrival = undefined;
  };
  const press = () => {
    if (!arrival || isLong) return;
    isLong = true;
    clearTimeout(timer);
    onPress(arrival);
  };
  target.addEventListener('pointerdown', (event) => {
    release();
    isLong = false;
    if (!isTouch(event) || !event.isPrimary) return;
    arrival = event;
    timer = setTimeout(press, LONG_PRESS);
  });
  target.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (arrival && Math.hypot(clientX - arrival.clientX, clientY - arrival.clientY) > MAX_TREMOR) release();
  });
  target.addEventListener('pointerup', release);
  // The browser takes over a finger that scrolls.
  target.addEventListener('pointercancel', release);
  /**
   * Hides an event from all other listeners.
   *
   * @param {Event} event
   */
  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  // Some browsers open a context menu on a long press, perhaps earlier than LONG_PRESS.
  target.addEventListener(
    'contextmenu',
    (event) => {
      if (!isTouch(event)) return;
      press();
      swallow(event);
    },
    true,
  );
  target.addEventListener('dragstart', (event) => arrival && swallow(event), true);
  target.addEventListener(
    'click',
    (event) => {
      if (isLong && isTouch(event)) swallow(event);
      isLong = false;
    },
    true,
  );
}

/**
 * Watches for swipes of one finger to the side. The target needs `touch-action: pan-y pinch-zoom`.
 *
 * @param {HTMLElement} target
 * @param {(direction: 'left' | 'right') => unknown} onSwipe
 */
export function watchSwipe(target, onSwipe) {
  /** @type {PointerEvent | undefined} */
  let arrival;
  target.addEventListener('pointerdown', (event) => {
    // A second finger pinches. In an enlarged picture, one finger moves the picture.
    arrival = isTouch(event) && event.isPrimary && (globalThis.visualViewport?.scale ?? 1) <= 1 ? event : undefined;
  });
  target.addEventListener('pointercancel', () => {
    arrival = undefined;
  });
  target.addEventListener('pointerup', ({ clientX, clientY }) => {
    if (!arrival) return;
    const x = clientX - arrival.clientX;
    const y = clientY - arrival.clientY;
    arrival = undefined;
    if (Math.abs(x) >= MIN_SWIPE && Math.abs(x) >= MIN_SLANT * Math.abs(y)) onSwipe(x < 0 ? 'left' : 'right');
  });
}
