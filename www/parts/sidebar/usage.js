// How much of its storage a place uses.
/** @import { Place } from '../../place/place.js' */
import { size } from '../../text/words.js';
import { find } from '../../ui/dom.js';
import { element } from '../../ui/element.js';

/** The place that was asked last: an earlier one may answer later. @type {Place | undefined} */
let asked;

/** @param {Place} place */
export async function showUsage(place) {
  asked = place;
  const holder = find('#usage', HTMLElement);
  const found = await place.usage();
  if (place !== asked) return;
  holder.hidden = !found;
  if (!found) return;
  const { usage, quota } = found;
  holder.replaceChildren(
    element('progress', { max: String(quota), value: String(usage), 'aria-label': 'Storage used' }),
    element('p', {}, `${size(usage)} of ${size(quota)} used`),
  );
}
