// What has to wait while something is scrolled fast: whatever passes in a few frames is not looked at.
//
// Counts frames, because a slow machine shows fewer of them, not shorter ones.

/** Frames without a scroll event after which scrolling has ended, about a twelfth of a second. */
const REST_FRAMES = 5;
/** Frames after which an element is looked at, although scrolling goes on: about a quarter of a second. */
const STAY_FRAMES = 15;

/** Frames for which scrolling still counts as going on. */
let left = 0;

function count() {
  left -= 1;
  if (left > 0) requestAnimationFrame(count);
}

addEventListener(
  'scroll',
  () => {
    if (left <= 0) requestAnimationFrame(count);
    left = REST_FRAMES;
  },
  { capture: true, passive: true },
);

/**
 * Runs work for an element: at once, or while something is scrolled once that ends or the element has stayed. It never runs for
 * an element that has gone by then.
 *
 * @param {Element} element
 * @param {() => void} work
 */
export function onceItStays(element, work) {
  if (left <= 0) return work();
  const look = (/** @type {number} */ frames) =>
    requestAnimationFrame(() => {
      if (!element.isConnected) return;
      if (left <= 0 || frames === 0) work();
      else look(frames - 1);
    });
  return look(STAY_FRAMES);
}
