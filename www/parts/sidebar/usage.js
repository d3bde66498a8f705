// How much is stored in a place, and in a browser whether it is safe there.
/** @import { Place, Usage } from '../../place/place.js' */
import { say } from '../../text/language.js';
import { size } from '../../text/words.js';
import { find } from '../../ui/dom.js';
import { element, icon } from '../../ui/element.js';

/**
 * @typedef {object} UsageHandlers
 * @property {() => unknown} keep Asks the browser to keep the files.
 * @property {() => unknown} download Saves all files.
 */

/**
 * What is stored, in words.
 *
 * @param {number} bytes Of all files.
 * @param {number | undefined} inTrash Bytes of those in the trash, if known.
 */
function words(bytes, inTrash = 0) {
  const files = say`${size(Math.max(0, bytes - inTrash))} of files`;
  return inTrash > 0 ? say`${files}, ${size(inTrash)} in the trash` : files;
}

export class UsageMeter {
  #holder = find('#usage', HTMLElement);
  #bar = element('progress', { 'aria-label': say`Storage used` });
  #stored = element('p');
  #free = element('p');
  #risk = element('p', { class: 'usage-risk' });
  #keep;
  #download;
  /** Bytes of all files, as last reported by the place. */
  #bytes = 0;
  /** Counts the questions: an earlier one may be answered later. */
  #turn = 0;

  /** @param {UsageHandlers} handlers */
  constructor({ keep, download }) {
    this.#keep = element('button', { type: 'button', class: 'quiet', click: keep }, icon('lock'), say`Keep them`);
    this.#download = element('button', { type: 'button', class: 'quiet', click: download }, icon('download'), say`Download everything`);
    const buttons = element('div', { class: 'usage-buttons' }, this.#keep, this.#download);
    this.#holder.append(this.#bar, this.#stored, this.#free, this.#risk, buttons);
  }

  /**
   * Asks a place how much is in it, and shows that. Resolves with the answer.
   *
   * @param {Place} place
   * @param {() => number | undefined} trashBytes Returns the bytes of the trash, if they are known.
   */
  async show(place, trashBytes) {
    this.#turn += 1;
    const turn = this.#turn;
    const found = await place.usage();
    if (turn !== this.#turn) return undefined;
    this.#holder.hidden = !found;
    if (found) this.#draw(place, found, trashBytes());
    return found;
  }

  /**
   * Shows how many of the bytes are in the trash, once they are counted.
   *
   * @param {number | undefined} bytes
   */
  showTrash(bytes) {
    this.#stored.textContent = words(this.#bytes, bytes);
  }

  /** Shows nothing, as the page leaves the place. */
  clear() {
    this.#turn += 1;
    this.#holder.hidden = true;
  }

  /**
   * @param {Place} place
   * @param {Usage} usage
   * @param {number | undefined} trashBytes
   */
  #draw({ backup }, { bytes, free, isPersistent = true }, trashBytes) {
    this.#bar.hidden = free === undefined;
    this.#free.hidden = free === undefined;
    if (free !== undefined) {
      this.#bar.max = Math.max(1, bytes + free);
      this.#bar.value = bytes;
      this.#free.textContent = say`Room for ${size(free)} more`;
    }
    this.#bytes = bytes;
    this.showTrash(trashBytes);
    const isAtRisk = bytes > 0 && !isPersistent;
    this.#risk.hidden = !isAtRisk;
    this.#risk.textContent = isAtRisk ? say`The browser may delete the files when room gets short, or with the data of this page.` : '';
    this.#keep.hidden = !isAtRisk;
    this.#download.hidden = !backup || bytes === 0;
  }
}
