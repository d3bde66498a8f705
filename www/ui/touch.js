// A gesture of one finger: a long press.

/** Milliseconds after which a press counts as long. */
const LONG_PRESS = 500;
/** Pixels that a resting finger may move. */
const MAX_TREMOR = 10;

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
