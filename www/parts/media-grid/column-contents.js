// What the columns of the table say of an item.
/** @import { Item } from '../../model/item.js' */
/** @import { Child } from '../../ui/element.js' */
/** @import { ColumnName } from './columns.js' */
import { identified } from '../../model/identifier.js';
import { say } from '../../text/language.js';
import { day, isDate, mediaType, size } from '../../text/words.js';
import { element, foreign } from '../../ui/element.js';

const DASH = '–';

/** @param {unknown} date */
const time = (date) => element('time', { datetime: isDate(date) ? date.toISOString() : undefined }, day(date));

/** @type {Readonly<Record<ColumnName, (item: Item) => Child>>} */
export const COLUMN_CONTENTS = {
  type: (item) => (item.kind === 'file' ? mediaType(item.value.mediaType) : say`Folder`),
  size: (item) => (item.kind === 'file' ? size(item.value.sizeInBytes) : DASH),
  modified: ({ value }) => time(value._updatedDate ?? value._createdDate),
  added: ({ value }) => time(value._createdDate),
  dimensions(item) {
    const { width = 0, height = 0 } = (item.kind === 'file' && identified(item.value)) || {};
    return width > 0 && height > 0 ? `${width} × ${height}` : DASH;
  },
  labels(item) {
    const labels = item.kind === 'file' && Array.isArray(item.value.labels) ? item.value.labels.map(String) : [];
    return labels.length > 0 ? labels.flatMap((label, index) => [index > 0 && ', ', foreign(label)]) : DASH;
  },
};
