// Labelled fields of forms.
import { element } from './element.js';

let number = 0;

/**
 * Makes a labelled field.
 *
 * @param {string} label
 * @param {HTMLElement} input Any control.
 * @param {string} [hint] A sentence below the control.
 */
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

/**
 * Makes a choice of a fixed set.
 *
 * @param {readonly (readonly [value: string, label: string])[]} options
 * @param {Record<string, string>} [attributes]
 */
export const choice = (options, attributes) =>
  element('select', attributes, options.map(([value, label]) => element('option', { value }, label)));
