// The commands for items, with the dialogs that some of them ask first.
/** @import { Item } from '../model/item.js' */
/** @import { ItemCommands } from '../model/item-commands.js' */
/** @import { State } from './state.js' */
import { areaOfTop } from '../model/areas.js';
import { folderItem, named } from '../model/item.js';
import { labelsIn } from '../model/labels.js';
import { offerDownloads } from '../parts/dialogs/downloads.js';
import { askLabels } from '../parts/dialogs/labels.js';
import { askWhereTo } from '../parts/dialogs/move.js';
import { askPurge } from '../parts/dialogs/purge.js';
import { say } from '../text/language.js';
import { save } from '../ui/save.js';

/**
 * @param {State} state
 * @returns {ItemCommands}
 */
export const itemCommands = (state) => ({
  async download(items) {
    const { session } = state;
    if (!session) return;
    const { downloads, place } = session;
    const offered = downloads.of(items);
    const [first] = offered;
    if (offered.length > 1) {
      await offerDownloads(items, offered, async ({ link, name }) => save(place, await link(), name));
      return;
    }
    await downloads.save(first, (url) => save(place, url, first.name));
  },
  move(items) {
    const { session } = state;
    if (!session) return undefined;
    return askWhereTo(items, {
      childrenOf: (id) => session.folders.childrenOf(id),
      move: (folderId) => session.actions.move(items, folderId),
    });
  },
  label(items) {
    const files = items.filter((item) => item.kind === 'file');
    const known = [...labelsIn(state.listing?.files ?? []).keys()];
    if (files.length > 0) return askLabels(files, known, (steps) => state.session?.actions.relabel(steps));
    return undefined;
  },
  trash(items) {
    return state.session?.actions.trash(items);
  },
  restore(items) {
    return state.session?.actions.restore(items);
  },
  purge(items) {
    const { session } = state;
    if (!session) return undefined;
    const { actions, place } = session;
    return askPurge(say`Delete ${named(items)} permanently?`, items, {
      place,
      plan: () => actions.plan(items),
      purge: () => actions.purge(items),
    });
  },
});

/**
 * Restores everything in the trash, or all that a filter shows.
 *
 * @param {State} state
 */
export async function restoreAll({ session, listing }) {
  if (session && listing) await session.actions.restore(await listing.all());
}

/**
 * Empties the trash, after a question.
 *
 * @param {State} state
 */
export async function emptyTrash({ session, listing }) {
  if (!session || !listing) return;
  const { actions, place } = session;
  const items = await listing.all();
  await askPurge(say`Empty the trash?`, items, { place, plan: () => actions.plan(items), purge: () => actions.emptyTrash(items) });
}

/**
 * Moves items that were dropped on a folder: of the listing, or folders of the tree.
 *
 * @param {State} state
 * @param {readonly string[]} keys
 * @param {string} folderId
 */
export async function moveDropped(state, keys, folderId) {
  const { session, listing } = state;
  if (!session) return;
  /** @type {Item[]} */
  const items = [];
  for (const key of keys) {
    const folder = session.folders.get(key.replace(/^folder:/, ''));
    const item = listing?.at(listing.indexOf(key)) ?? (folder && folderItem(folder));
    if (item) items.push(item);
  }
  if (items.some(({ id }) => id === folderId)) return;
  if (state.isTrash && areaOfTop(folderId) !== 'trash') await session.actions.restore(items);
  else await session.actions.move(items, folderId);
}
