// Saving what is at an address.
/** @import { Place } from '../place/place.js' */
import { say } from '../text/language.js';
import { element } from './element.js';

/** Milliseconds for which the frame or the object URL of a download stays. */
const FRAME_TIMEOUT = 60_000;

/**
 * Saves bytes.
 *
 * @param {Blob} blob
 * @param {string} name The name of the file.
 */
export const saveBlob = (blob, name) => saveObjectUrl(URL.createObjectURL(blob), name);

/**
 * Saves what is at an object URL, and revokes the URL.
 *
 * @param {string} href
 * @param {string} name The name of the file.
 */
function saveObjectUrl(href, name) {
  element('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), FRAME_TIMEOUT);
}

/**
 * Saves what is at an address of a place.
 *
 * @param {Place} place
 * @param {string} url
 * @param {string} name The name of the file.
 */
export async function save(place, url, name) {
  const shown = await place.showable(url);
  if (shown.startsWith('blob:')) {
    saveObjectUrl(shown, name);
    return;
  }
  // The service sends it as an attachment, so the frame stays empty. In a frame, an error does not replace the page.
  const frame = element('iframe', { hidden: true, title: say`Download of ${name}` });
  frame.src = shown;
  document.body.append(frame);
  setTimeout(() => frame.remove(), FRAME_TIMEOUT);
}
