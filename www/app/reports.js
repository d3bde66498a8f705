// The messages about what happens in a place.
/** @import { Reports } from '../model/outcome.js' */
/** @import { Place } from '../place/place.js' */
/** @import { Toasts } from '../ui/toasts.js' */
/** @import { State } from './state.js' */
import { placeName } from '../place/place.js';
import { say } from '../text/language.js';
import { reasonOf } from '../ui/error-report.js';

/**
 * Reports what happens in a place. Once the page has left it, each report names it.
 *
 * @param {State} state
 * @param {Place} place
 * @param {Toasts} toasts
 * @returns {Reports}
 */
export function reportsOn(state, place, toasts) {
  /** @param {string} text */
  const located = (text) => (state.session?.place === place ? text : say`${placeName(place.kind)}: ${text}`);
  /** @param {string} text */
  const complain = (text) => toasts.say(located(text), { isBad: true });
  return {
    done(text, entry) {
      const close = toasts.say(located(text), entry && { action: { label: entry.isUndone ? say`Redo` : say`Undo`, act: () => entry.run() } });
      const stopListening = entry?.spent.listen(() => {
        stopListening?.();
        close();
      });
    },
    failed: (what, error, retry) =>
      toasts.say(located(say`${what}: ${reasonOf(error, place)}`), { isBad: true, action: retry && { label: say`Try again`, act: retry } }),
    interrupted: (what) => complain(say`${what}. Open the place again to go on.`),
    lost: (text) => complain(text),
  };
}
