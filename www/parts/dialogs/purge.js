// The dialog that asks before a permanent deletion, with a plan of what it deletes.
/** @import { DeletionPlan } from 'wix-media.v2' */
/** @import { Item } from '../../model/item.js' */
/** @import { Place } from '../../place/place.js' */
import { say } from '../../text/language.js';
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
  const summary = element('div', { class: 'plan', role: 'status' }, element('p', { class: 'soft' }, say`Counting files…`));
  return ask({
    title,
    lead: say`This cannot be undone. The files disappear wherever they are used.`,
    content: [nameList(items.map((item) => ({ name: item.name, icon: () => itemIcon(item) }))), summary],
    action: say`Delete permanently`,
    isBad: true,
    submit: () => {
      // Its progress and its failure are shown as those of a job.
      purge();
      return true;
    },
    ready: async () => {
      try {
        const { files, folders, bytes } = await plan();
        const what = amount({ files, folders });
        summary.replaceChildren(element('p', {}, files > 0 ? say`This deletes ${what}, ${size(bytes)} in total.` : say`This deletes ${what}.`));
      } catch (error) {
        summary.replaceChildren(errorReport(error, place));
      }
    },
  });
}
