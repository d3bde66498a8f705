// The differences between two sets of facts, without those that are meant.

/** @import { Facts } from './facts.js' */
/** @import { Accepted } from './types.d.ts' */

/**
 * One difference: a fact that is new in the official package, gone from it, or has another value.
 *
 * @typedef {{ kind: 'new' | 'gone' | 'changed', fact: string, official?: string, ours?: string }} Difference
 */

/** @param {string} pattern */
const matcher = (pattern) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.?$^()[\]{}|+\\]/g, '\\$&')).join('.*')}$`);

/**
 * Compares facts. An accepted difference holds for the official value that it names only, so that it ends when the official
 * package changes again; one that matches nothing is reported as unused.
 *
 * @param {Facts} official
 * @param {Facts} ours
 * @param {Accepted[]} accepted
 * @returns {{ differences: Difference[], accepted: { why: string, differences: Difference[] }[], unused: Accepted[] }}
 */
export function compare(official, ours, accepted) {
  const rules = accepted.map((rule) => ({ rule, matches: matcher(rule.fact), differences: /** @type {Difference[]} */ ([]) }));
  /** @type {Difference[]} */
  const differences = [];
  for (const fact of [...new Set([...official.keys(), ...ours.keys()])].sort()) {
    const theirs = official.get(fact);
    const own = ours.get(fact);
    if (theirs === own) continue;
    /** @type {Difference} */
    const found = { kind: own === undefined ? 'new' : theirs === undefined ? 'gone' : 'changed', fact, official: theirs, ours: own };
    const rule = rules.find((each) => each.matches.test(fact) && (each.rule.official === undefined || each.rule.official === (theirs ?? null)));
    (rule?.differences ?? differences).push(found);
  }
  return {
    differences,
    accepted: [...new Set(accepted.map(({ why }) => why))].map((why) => ({
      why,
      differences: rules.filter(({ rule }) => rule.why === why).flatMap((each) => each.differences),
    })),
    unused: rules.filter((each) => each.differences.length === 0).map(({ rule }) => rule),
  };
}

/**
 * The report of a comparison, line by line.
 *
 * @param {ReturnType<typeof compare>} result
 */
export function report({ differences, unused }) {
  return [
    ...differences.map(({ kind, fact, official, ours }) => {
      if (kind === 'changed') return `changed  ${fact}: official ${official}, ours ${ours}`;
      return `${kind.padEnd(7)}  ${fact}: ${kind === 'new' ? official : ours}`;
    }),
    ...unused.map(({ fact }) => `unused   the accepted difference ${fact} matches nothing`),
  ];
}
