// The icon of a folder or a file.
import { iconOf } from '../text/words.js';
import { icon } from './element.js';

/** The icon of an item: that of folders, or that of its media type. */
export const itemIcon = ({ kind, value }) => icon(kind === 'folder' ? 'folder' : iconOf(value.mediaType));
