/**
 * Returns the value, for members that the official types leave optional and that the test relies on. Throws when it is absent.
 *
 * @template T
 * @param {T} value
 * @param {string} [name]
 * @returns {NonNullable<T>}
 */
export function present(value, name = 'the value') {
  if (value === undefined || value === null) throw new Error(`${name} is ${value}`);
  return value;
}
