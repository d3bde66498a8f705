// Marks that set a file apart: private, or not ready.
/** @import { FileDescriptor } from 'wix-media.v2' */
import { say } from '../text/language.js';
import { element, icon } from './element.js';

/**
 * @param {FileDescriptor} file
 * @returns {HTMLElement[]}
 */
export function marks(file) {
  const found = [];
  if (file.private) found.push(element('span', { class: 'mark' }, icon('lock'), say`Private`));
  if (file.operationStatus === 'PENDING') found.push(element('span', { class: 'mark wait' }, say`Processing`));
  if (file.operationStatus === 'FAILED') found.push(element('span', { class: 'mark bad' }, icon('alert'), say`Failed`));
  return found;
}
