// Modal dialogs.
/** @import { Child } from './element.js' */
import { say } from '../text/language.js';
import { watchBackdrop } from './backdrop.js';
import { focused } from './dom.js';
import { element, icon } from './element.js';
import { errorReport } from './error-report.js';
import { returnFocus } from './focus.js';

let number = 0;
/** Close the dialogs that are open. @type {Set<() => void>} */
const open = new Set();

/** Cancels the dialogs that are open, as when the page behind them changes. */
export function closeDialogs() {
  for (const close of open) close();
}

/**
 * What the fields of a form hold, to compare.
 *
 * @param {HTMLFormElement} form
 */
const entered = (form) => JSON.stringify([...form.elements].map((field) => ('value' in field ? [field.value, 'checked' in field && field.checked] : [])));

/**
 * Opens a dialog. Resolves with what `submit` returned, or with `undefined` when the dialog is cancelled.
 *
 * @template Result
 * @param {object} options
 * @param {string} options.title
 * @param {string} [options.lead] A sentence below the title.
 * @param {Child} [options.content] Its fields.
 * @param {string} [options.action] The label of the button that submits. Without one, the dialog can only be closed.
 * @param {() => Result | undefined | Promise<Result | undefined>} [options.submit] Runs on submit. The dialog shows what it
 *   throws and stays open; it closes once this returns anything but `undefined`.
 * @param {boolean} [options.isBad] Whether it deletes something.
 * @param {string} [options.cancel] The label of the button that closes the dialog.
 * @param {() => unknown} [options.ready] Runs once the dialog is open.
 * @returns {Promise<Result | undefined>}
 * @example
 * const name = await ask({ title: say`New folder`, content: [field], action: 'Create', submit: () => create(field.value) });
 */
export function ask({ title, lead, content = [], action, submit, isBad = false, cancel = say`Cancel`, ready }) {
  number += 1;
  const id = `dialog-${number}`;
  const before = focused();
  /** @returns {void} */
  const close = () => dialog.close();
  const trouble = element('div', { class: 'dialog-trouble' });
  const confirm = action ? element('button', { type: 'submit', class: isBad ? 'primary bad' : 'primary' }, action) : undefined;
  const giveUp = element('button', { type: 'button', click: close }, cancel);
  const form = element(
    'form',
    { method: 'dialog', novalidate: true },
    element(
      'div',
      { class: 'dialog-head' },
      element('h2', { id }, title),
      element('button', { type: 'button', class: 'bare', 'aria-label': say`Close`, click: close }, icon('close')),
    ),
    element('div', { class: 'dialog-body' }, lead ? element('p', { class: 'lead' }, lead) : undefined, content, trouble),
    element('div', { class: 'actions' }, giveUp, confirm),
  );
  const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': id }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    /** @type {Result | undefined} */
    let result;
    dialog.addEventListener('close', () => {
      open.delete(close);
      dialog.remove();
      returnFocus(before);
      resolve(result);
    });
    // A click on the backdrop cancels, but throws nothing away that was entered.
    watchBackdrop(dialog, () => entered(form) === untouched && close());
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!confirm || confirm.ariaDisabled === 'true') return;
      confirm.ariaDisabled = 'true';
      trouble.replaceChildren();
      try {
        result = await submit?.();
        if (result !== undefined) close();
      } catch (error) {
        trouble.replaceChildren(errorReport(error));
      } finally {
        confirm.ariaDisabled = null;
      }
    });
    dialog.showModal();
    const untouched = entered(form);
    open.add(close);
    // Enter must not delete what nobody has read yet.
    const first = dialog.querySelector('[autofocus]') ?? (isBad ? giveUp : confirm) ?? dialog.querySelector('button');
    if (first instanceof HTMLElement) first.focus();
    ready?.();
  });
}
