// Work that several changes in a row ask for, and that is done once for all of them.

/**
 * Returns a function that does something after a delay, once for however often it is called until then.
 *
 * @param {() => unknown} work
 * @param {number} [delay] In milliseconds. Without one, the work waits for the end of what runs now.
 */
export function soon(work, delay = 0) {
  let isPlanned = false;
  return () => {
    if (isPlanned) return;
    isPlanned = true;
    setTimeout(() => {
      isPlanned = false;
      work();
    }, delay);
  };
}
