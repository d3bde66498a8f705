// What stands in place of the files: while they load, where there are none, and when they cannot be listed.
import { say } from '../../www/text/language.js';
import { element, icon } from '../../www/ui/element.js';
import { errorReport } from '../../www/ui/error-report.js';

export const loading = () => element('p', { class: 'soft' }, say`Loading…`);

/**
 * @param {string} title
 * @param {string} advice
 */
const empty = (title, advice) => element('div', { class: 'empty' }, icon('empty'), element('h3', {}, title), element('p', { class: 'soft' }, advice));

/** @param {string} title */
export const emptyFolder = (title) => empty(title, say`Drop files here, or use Upload.`);

/** @param {string} query */
export const nothingFound = (query) => empty(say`Nothing found`, say`No file or folder matches “${query}”.`);

/**
 * @param {unknown} error
 * @param {() => void} retry
 */
export const failed = (error, retry) =>
  element('div', { class: 'failure' }, errorReport(error), element('button', { type: 'button', click: retry }, say`Try again`));
