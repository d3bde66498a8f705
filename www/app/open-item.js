// Opening an item: goes to a folder, shows a file.
/** @import { FileItem, Item } from '../model/item.js' */
/** @import { ItemCommands } from '../model/item-commands.js' */
/** @import { State } from './state.js' */
import { openViewer } from '../parts/viewer/viewer.js';
import { go } from './router.js';

/** Minutes for which the link to a private file works that the viewer makes. */
const LINK_LIFETIME = 60;

/**
 * @param {State} state
 * @param {Item} item
 * @param {ItemCommands} commands
 */
export function openItem(state, item, commands) {
  if (item.kind === 'file') {
    viewFile(state, item, commands);
    return;
  }
  state.session?.folders.add(item.value);
  // A search in the site's files finds deleted folders too, which are in the trash.
  go({ area: item.value.state === 'DELETED' ? 'trash' : state.view.area, folderId: item.id });
}

/**
 * @param {State} state
 * @param {FileItem} item
 * @param {ItemCommands} commands
 */
export function viewFile(state, item, commands) {
  const { session } = state;
  if (!session) return;
  openViewer(item, {
    place: session.place,
    neighbour: (shown, step) => neighbour(state, shown, step),
    onShow: ({ key }) => state.selection.only(key),
    download: (shown) => commands.download([shown]),
    privateLink: (file) =>
      session.actions.temporaryLink(file, { expirationInMinutes: LINK_LIFETIME, contentDisposition: 'INLINE' }),
  });
}

/**
 * @param {State} state
 * @param {FileItem} item
 * @param {number} step
 */
function neighbour({ listing }, { key }, step) {
  const at = listing?.indexOf(key) ?? -1;
  const found = at < 0 ? undefined : listing?.at(at + step);
  return found?.kind === 'file' ? found : undefined;
}
