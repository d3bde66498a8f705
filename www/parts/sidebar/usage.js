// How much of its storage a place uses.
/** @import { Place } from '../../place/place.js' */
import { size } from '../../text/words.js';
import { find } from '../../ui/dom.js';
import { element } from '../../ui/element.js';

/** @param {Place | undefined} place */
export async function showUsage(place) {
  const holder = find('#usage', HTMLElement);
  const found = await place?.usage();
  holder.hidden = !found;
  if (!found) return;
  const { usage, quota } = found;
  holder.replaceChildren(
    element('progress', { max: String(quota), value: String(usage), 'aria-label': 'Storage used' }),
    element('p', {}, `${size(usage)} of ${size(quota)} used`),
  );
}
