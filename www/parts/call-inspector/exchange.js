// A request and its response, as the call inspector shows them.
/** @import { RequestStep } from '../../model/activity.js' */
/** @import { Child } from '../../ui/element.js' */
import { indented } from '../../text/code.js';
import { curl } from '../../text/curl.js';
import { highlight } from '../../text/highlight.js';
import { say } from '../../text/language.js';
import { redact } from '../../text/secrets.js';
import { duration, size } from '../../text/words.js';
import { codeBlock } from '../../ui/code-block.js';
import { copyButton } from '../../ui/copy-button.js';
import { element } from '../../ui/element.js';

/**
 * @param {RequestStep} step
 * @param {string} heading
 * @param {string} state The state of the activity.
 */
export function exchange(step, heading, state) {
  return element('section', { class: 'exchange' }, requestBlock(heading, step), responseLine(step, state), step.response && responseBody(step));
}

/**
 * @param {RequestStep} step
 * @param {string} state
 */
function responseLine({ status, statusText, requestId, ms, failure }, state) {
  if (status !== undefined) {
    return element(
      'p',
      { class: 'answer' },
      element('strong', { class: status < 400 ? 'status good' : 'status bad', dir: 'ltr' }, `${status} ${statusText}`.trim()),
      ms !== undefined && element('span', {}, duration(ms)),
      requestId && element('span', {}, say`request`, ' ', element('code', {}, requestId)),
    );
  }
  if (failure && state !== 'cancelled') {
    return element('p', { class: 'answer' }, element('strong', { class: 'status bad' }, say`No response`));
  }
  return element('p', { class: 'answer' }, state === 'running' ? say`Waiting for the response…` : say`Cancelled before the response arrived.`);
}

/**
 * The body of a response as it arrived, made when it is opened.
 *
 * @param {RequestStep} step
 */
function responseBody(step) {
  const holder = element('div');
  const fill = async () => {
    step.isOpen = details.open;
    if (!details.open || holder.firstChild) return;
    const text = (await step.response) ?? '';
    holder.replaceChildren(codeBlock(say`Response body`, indented(text) || say`Empty`, { level: 'h4' }));
  };
  const details = element('details', {}, element('summary', {}, say`Raw response`), holder);
  details.addEventListener('toggle', fill);
  details.open = step.isOpen ?? false;
  return details;
}

/**
 * @param {string} heading
 * @param {RequestStep} step
 */
function requestBlock(heading, { method, url, headers, body }) {
  const [address, query] = redact(url).split(/\?(.*)/s, 2);
  const parameters = query ? query.split('&').map((pair, index) => `\n  ${index ? '&' : '?'}${pair}`).join('') : '';
  /** @type {Child[]} */
  const parts = [element('span', { class: 'word' }, method), ` ${address}`, element('span', { class: 'string' }, parameters)];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== '') parts.push('\n', element('span', { class: 'name' }, name), `: ${redact(value)}`);
  }
  if (typeof body === 'string') parts.push('\n\n', highlight(redact(indented(body))));
  else if (body) parts.push('\n\n', element('span', { class: 'comment' }, `// ${bytesOf(body)}`));
  const content = element('span', {}, parts);
  return codeBlock(heading, '', {
    content,
    copied: content.textContent,
    extra: copyButton(say`Copy as curl`, () => redact(curl({ method, url, headers, body }))),
  });
}

/** @param {Exclude<BodyInit, string>} body */
function bytesOf(body) {
  const length = body instanceof Blob ? body.size : 'byteLength' in body ? body.byteLength : undefined;
  return length === undefined ? say`the bytes of the file` : say`${size(length)} of the file`;
}
