// What a person can do with items, as the parts of the page offer it.
/** @import { Item } from './item.js' */
import { say } from '../text/language.js';

/**
 * @typedef {(items: readonly Item[]) => unknown} ItemCommand
 * @typedef {{ download: ItemCommand, move: ItemCommand, label: ItemCommand, trash: ItemCommand, restore: ItemCommand, purge: ItemCommand }} ItemCommands
 * @typedef {{ name: keyof ItemCommands, label: string, picture: string, isBad?: boolean }} Offer
 */

/** @type {readonly Offer[]} */
const OFFERS = [
  { name: 'download', get label() { return say`Download`; }, picture: 'download' },
  { name: 'move', get label() { return say`Move`; }, picture: 'move' },
  { name: 'label', get label() { return say`Label|verb`; }, picture: 'label' },
  { name: 'trash', get label() { return say`Delete`; }, picture: 'trash', isBad: true },
];

/** @type {readonly Offer[]} */
const OFFERS_IN_TRASH = [
  { name: 'restore', get label() { return say`Restore`; }, picture: 'restore' },
  { name: 'purge', get label() { return say`Delete permanently`; }, picture: 'trash', isBad: true },
];

/**
 * Returns the commands on offer, in the order of their buttons.
 *
 * @param {boolean} isTrash
 */
export const offersFor = (isTrash) => (isTrash ? OFFERS_IN_TRASH : OFFERS);
