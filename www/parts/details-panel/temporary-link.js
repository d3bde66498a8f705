// The form that makes a temporary link to a file.
/** @import { GenerateFileDownloadUrlOptions } from 'wix-media.v2' */
import { say } from '../../text/language.js';
import { moment } from '../../text/words.js';
import { copyButton } from '../../ui/copy-button.js';
import { element, icon } from '../../ui/element.js';
import { errorReport } from '../../ui/error-report.js';
import { choice } from '../../ui/field.js';
import { link } from './facts.js';

/** Lifetimes in minutes. @type {readonly [string, string][]} */
const LIFETIMES = [
  ['60', say`1 hour`],
  ['600', say`10 hours`],
  ['1440', say`1 day`],
  ['10080', say`1 week`],
  ['525600', say`1 year`],
];
const DEFAULT_LIFETIME = '600';

/** @type {readonly [string, string][]} */
const DISPOSITIONS = [
  ['ATTACHMENT', say`download`],
  ['INLINE', say`show in the browser`],
];

/** @param {(options: GenerateFileDownloadUrlOptions) => Promise<string>} makeLink */
export function temporaryLinkForm(makeLink) {
  const lifetime = choice(LIFETIMES, { id: 'link-life' });
  lifetime.value = DEFAULT_LIFETIME;
  const disposition = choice(DISPOSITIONS, { id: 'link-way' });
  const outcome = element('div', { class: 'link-outcome', role: 'status' });
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const minutes = Number(lifetime.value);
    try {
      const contentDisposition = disposition.value === 'INLINE' ? 'INLINE' : 'ATTACHMENT';
      const url = await makeLink({ expirationInMinutes: minutes, contentDisposition });
      const until = moment(new Date(Date.now() + minutes * 60_000));
      outcome.replaceChildren(
        element('p', { class: 'copied' }, link(url), copyButton(say`Copy link`, () => url, { isBare: true })),
        element('p', { class: 'hint' }, say`Expires on ${until}.`),
      );
    } catch (error) {
      outcome.replaceChildren(errorReport(error));
    }
  };
  const form = element(
    'form',
    { class: 'temporary', submit },
    element('div', { class: 'field' }, element('label', { for: 'link-life' }, say`Expires after`), lifetime),
    element('div', { class: 'field' }, element('label', { for: 'link-way' }, say`When opened`), disposition),
    element('button', { type: 'submit' }, icon('link'), say`Create link`),
  );
  return [form, outcome];
}
