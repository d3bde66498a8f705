// Dialogs: questions that stand before everything else until they are answered.
import { element, icon } from './element.js';
import { errorReport } from './error-report.js';

let number = 0;

/**
 * Opens a dialog and promises what it ends with: what `submit()` gives, or undefined when it is cancelled. `submit` may
 * take its time, and may throw, which is told inside the dialog. `content` are its fields.
 *
 * @example
 * const name = await ask({ title: 'New folder', content: [field], action: 'Create', submit: () => create(field.value) });
 */
export function ask({ title, lead, content = [], action, submit, isBad = false, isWide = false, cancel = 'Cancel', ready }) {
  const id = `dialog-${(number += 1)}`;
  const before = document.activeElement;
  const trouble = element('div', { class: 'dialog-trouble' });
  const confirm = action ? element('button', { type: 'submit', class: isBad ? 'primary bad' : 'primary' }, action) : undefined;
  const form = element(
    'form',
    { method: 'dialog', novalidate: true },
    element(
      'div',
      { class: 'dialog-head' },
      element('h2', { id }, title),
      element('button', { type: 'button', class: 'bare', 'aria-label': 'Close', click: () => dialog.close() }, icon('close')),
    ),
    element('div', { class: 'dialog-body' }, lead ? element('p', { class: 'lead' }, lead) : undefined, content, trouble),
    element('div', { class: 'actions' }, element('button', { type: 'button', click: () => dialog.close() }, cancel), confirm),
  );
  const dialog = element('dialog', { class: isWide ? 'dialog wide' : 'dialog', 'aria-labelledby': id }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let result;
    dialog.addEventListener('close', () => {
      dialog.remove();
      before?.focus?.({ preventScroll: true });
      resolve(result);
    });
    // A click on what is behind the dialog is a no.
    dialog.addEventListener('mousedown', (event) => {
      if (event.target === dialog) dialog.close();
    });
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (confirm.getAttribute('aria-disabled') === 'true') return;
      confirm.setAttribute('aria-disabled', 'true');
      trouble.replaceChildren();
      try {
        result = await submit();
        if (result !== undefined) dialog.close();
      } catch (error) {
        trouble.replaceChildren(errorReport(error));
      } finally {
        confirm.removeAttribute('aria-disabled');
      }
    });
    dialog.showModal();
    (dialog.querySelector('[autofocus]') ?? confirm ?? dialog.querySelector('button'))?.focus();
    ready?.(dialog);
  });
}

/** A labelled field. `input` is any control. */
export function field(label, input, hint) {
  number += 1;
  input.id ||= `field-${number}`;
  if (hint) input.setAttribute('aria-describedby', `${input.id}-hint`);
  return element(
    'div',
    { class: 'field' },
    element('label', { for: input.id }, label),
    input,
    hint ? element('p', { class: 'hint', id: `${input.id}-hint` }, hint) : undefined,
  );
}
