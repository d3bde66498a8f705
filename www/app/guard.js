// The question of the browser before the page is closed in the middle of something.
/** @import { State } from './state.js' */

/**
 * Warns before the page is closed while that would lose an upload, or leave a job half done.
 *
 * @param {State} state
 */
export function guardWork(state) {
  addEventListener('beforeunload', (event) => {
    const { queue, actions } = state.session ?? {};
    if (queue?.wouldLose || actions?.jobs.wouldLose) event.preventDefault();
  });
}
