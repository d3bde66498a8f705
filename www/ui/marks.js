// Marks that set a file apart: private, or not ready.
/** @import { FileDescriptor } from 'wix-media.v2' */
import { element, icon } from './element.js';

/**
 * @param {FileDescriptor} file
 * @returns {HTMLElement[]}
 */
export function marks(file) {
  const found = [];
  if (file.private) found.push(element('span', { class: 'mark' }, icon('lock'), 'Private'));
  if (file.operationStatus === 'PENDING') found.push(element('span', { class: 'mark wait' }, 'Processing'));
  if (file.operationStatus === 'FAILED') found.push(element('span', { class: 'mark bad' }, icon('alert'), 'Failed'));
  return found;
}
