// Shows the selected items in the panel and in the bar above the grid.
/** @import { DetailsPanel } from '../parts/details-panel/details-panel.js' */
/** @import { SelectionBar } from '../parts/selection-bar/selection-bar.js' */
/** @import { SidePanel } from '../parts/side-panel/side-panel.js' */
/** @import { State } from './state.js' */
import { soon } from '../model/soon.js';

export class Selected {
  #state;
  #panel;
  #details;
  #bar;
  /** Shows them soon: one action changes the selection and the listing several times. */
  plan = soon(() => this.#show());

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

  #show() {
    const { session, selectedItems, isTrash } = this.#state;
    if (!session) return;
    if (this.#panel.tab === 'details') this.#details.show(selectedItems, { place: session.place, isTrash });
    this.#bar.show(selectedItems, isTrash);
  }
}
