// Where images and players load from, and the end of it.
/** @import { Place } from '../place/place.js' */

/**
 * Ends what pictures in an element still load, as the element leaves the document: it would hold up those that are seen.
 *
 * @param {Element} element
 */
export function stopLoading(element) {
  for (const image of element.querySelectorAll('img')) if (!image.complete) image.removeAttribute('src');
  for (const media of /** @type {NodeListOf<HTMLMediaElement>} */ (element.querySelectorAll('video, audio'))) {
    media.removeAttribute('src');
    media.load();
  }
}

/**
 * Has an element load an address of a place.
 *
 * @param {HTMLElement & { src: string }} target
 * @param {Pick<Place, 'showable'>} place
 * @param {string} address
 * @param {() => void} [failed] Runs if the address cannot be reached at all; the element's own `error` event reports the rest.
 */
export async function setSource(target, place, address, failed = () => {}) {
  const shown = place.showable(address);
  if (typeof shown === 'string') {
    target.src = shown;
    return;
  }
  try {
    const url = await shown;
    // A player reads until it is stopped, which also ends what it had before.
    const revoke = () => URL.revokeObjectURL(url);
    target.addEventListener('load', revoke, { once: true });
    target.addEventListener('error', revoke, { once: true });
    target.addEventListener('loadstart', () => target.addEventListener('emptied', revoke, { once: true }), { once: true });
    target.src = url;
  } catch {
    failed();
  }
}
