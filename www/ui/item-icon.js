// The icon of a folder or a file.
/** @import { Item } from '../model/item.js' */
import { iconOf } from '../text/words.js';
import { icon } from './element.js';

/**
 * Makes the icon of an item: a folder, or the icon of the file's media type.
 *
 * @param {Item} item
 */
export const itemIcon = (item) => icon(item.kind === 'folder' ? 'folder' : iconOf(item.value.mediaType));
