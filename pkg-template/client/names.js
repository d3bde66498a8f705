// Names of options: an unknown one is refused, since a misspelt option that is ignored is hard to find.

/**
 * Refuses members of `given` that are not among `known`. Members that are undefined count as not given.
 *
 * @param {object} given
 * @param {readonly string[]} known
 * @param {string} path What stands before the name in the error, such as `retry.`.
 * @param {(field: string, description: string) => Error} refuse
 * @example
 * checkNames({ atempts: 5 }, ['attempts', 'maxDelayMs'], 'retry.', refusal);
 * // throws: retry.atempts is not an option: did you mean attempts?
 */
export function checkNames(given, known, path, refuse) {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name)) continue;
    throw refuse(path + name, `is not an option: did you mean ${nearest(name, known)}?`);
  }
}

/**
 * The name that takes the fewest changes.
 *
 * @param {string} name
 * @param {readonly string[]} known
 */
export const nearest = (name, known) =>
  known.reduce((best, other) => (distance(name, other) < distance(name, best) ? other : best));

/**
 * How many letters have to be inserted, removed or replaced, whatever their case.
 *
 * @param {string} from
 * @param {string} to
 */
export function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 0; at < from.length; at += 1) {
    const next = [at + 1];
    for (let index = 0; index < to.length; index += 1) {
      const isSame = from[at].toLowerCase() === to[index].toLowerCase();
      next.push(Math.min(next[index] + 1, row[index + 1] + 1, row[index] + (isSame ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length];
}
