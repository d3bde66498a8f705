// The fields of the dialogs.
import { element } from '../../ui/element.js';

/**
 * Returns the value of a field. Throws if it is empty, and puts the focus on it.
 *
 * @param {HTMLInputElement} input
 * @param {string} message What is missing.
 */
export function required(input, message) {
  const value = input.value.trim();
  if (value) return value;
  input.focus();
  throw new Error(message);
}

/** @param {Record<string, string | boolean>} attributes */
export const textField = (attributes) => element('input', { type: 'text', autocomplete: 'off', ...attributes });

/** @param {Record<string, string | boolean>} [attributes] */
export const urlField = (attributes) =>
  element('input', { type: 'url', inputmode: 'url', autocomplete: 'off', spellcheck: 'false', ...attributes });

export const secretField = () => element('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', autofocus: true });
