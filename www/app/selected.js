// Shows the selected items in the panel and in the bar above the grid.
/** @import { DetailsPanel } from '../parts/details-panel/details-panel.js' */
/** @import { SelectionBar } from '../parts/selection-bar/selection-bar.js' */
/** @import { SidePanel } from '../parts/side-panel/side-panel.js' */
/** @import { State } from './state.js' */

export class Selected {
  #state;
  #panel;
  #details;
  #bar;
  #isPlanned = false;

  /**
   * @param {State} state
   * @param {{ panel: SidePanel, details: DetailsPanel, bar: SelectionBar }} parts
   */
  constructor(state, { panel, details, bar }) {
    this.#state = state;
    this.#panel = panel;
    this.#details = details;
    this.#bar = bar;
    state.selection.changed.listen(() => this.plan());
  }

  /** Shows them soon: one action changes the selection and the listing several times. */
  plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      this.#show();
    });
  }

  #show() {
    const { session, selectedItems, isTrash } = this.#state;
    if (!session) return;
    if (this.#panel.tab === 'details') this.#details.show(selectedItems, { place: session.place, isTrash });
    this.#bar.show(selectedItems, isTrash);
  }
}
