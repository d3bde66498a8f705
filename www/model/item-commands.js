// What a person can do with items, as the parts of the page offer it.
/** @import { Item } from './item.js' */

/**
 * @typedef {(items: readonly Item[]) => unknown} ItemCommand
 * @typedef {{ download: ItemCommand, move: ItemCommand, label: ItemCommand, trash: ItemCommand, restore: ItemCommand, purge: ItemCommand }} ItemCommands
 * @typedef {{ name: keyof ItemCommands, label: string, picture: string, isBad?: boolean }} Offer
 */

/** @type {readonly Offer[]} */
const OFFERS = [
  { name: 'download', label: 'Download', picture: 'download' },
  { name: 'move', label: 'Move', picture: 'move' },
  { name: 'label', label: 'Label', picture: 'label' },
  { name: 'trash', label: 'Delete', picture: 'trash', isBad: true },
];

/** @type {readonly Offer[]} */
const OFFERS_IN_TRASH = [
  { name: 'restore', label: 'Restore', picture: 'restore' },
  { name: 'purge', label: 'Delete permanently', picture: 'trash', isBad: true },
];

/**
 * Returns the commands on offer, in the order of their buttons.
 *
 * @param {boolean} isTrash
 */
export const offersFor = (isTrash) => (isTrash ? OFFERS_IN_TRASH : OFFERS);
