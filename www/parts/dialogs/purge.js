// The dialog that asks before a permanent deletion, with a plan of what it deletes.
/** @import { DeletionPlan } from 'wix-media.v2' */
/** @import { Item } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { amount, size } from '../../text/words.js';
import { ask } from '../../ui/dialog.js';
import { element } from '../../ui/element.js';
import { errorReport } from '../../ui/error-report.js';
import { itemIcon } from '../../ui/item-icon.js';
import { nameList } from './names.js';

/**
 * @param {string} title
 * @param {readonly Item[]} items
 * @param {{ place: Place, plan: () => Promise<DeletionPlan>, purge: () => unknown }} options
 */
export function askPurge(title, items, { place, plan, purge }) {
  const summary = element('div', { class: 'plan', role: 'status' }, element('p', { class: 'soft' }, 'Counting files…'));
  return ask({
    title,
    lead: 'This cannot be undone. The files disappear wherever they are used.',
    content: [nameList(items.map((item) => ({ name: item.name, icon: () => itemIcon(item) }))), summary],
    action: 'Delete permanently',
    isBad: true,
    submit: () => {
      // Its progress and its failure are shown as those of a job.
      purge();
      return true;
    },
    ready: async () => {
      try {
        const { files, folders, bytes } = await plan();
        const total = files > 0 ? `, ${size(bytes)} in total.` : '.';
        summary.replaceChildren(element('p', {}, 'This deletes ', element('strong', {}, amount({ files, folders })), total));
      } catch (error) {
        summary.replaceChildren(errorReport(error, place));
      }
    },
  });
}
