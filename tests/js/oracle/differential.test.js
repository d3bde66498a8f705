// Random cases on the official SDK and on ours, other ones each day. WIX_MEDIA_SEED (a number, or `random`) chooses the
// cases, WIX_MEDIA_CASES how many; WIX_MEDIA_CASE (a number) repeats a single one.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { randomCase } from './cases.js';
import { expectation, judgement, runOurs } from './expectation.js';
import { chosenSeed } from './random.js';
import { shrink } from './shrink.js';

/** @import { Case } from '../harness/types.d.ts' */

const seed = chosenSeed();
const count = Number(process.env.WIX_MEDIA_CASES ?? 5000);
const only = process.env.WIX_MEDIA_CASE;

const ENOUGH_FAILURES = 8;

// Two cases with faults of the same kind are probably one mistake, which is shown once.
/** @param {string} fault */
const kindOf = (fault) => fault.split('\n')[0].replace(/\d+|"[^"]*"/g, '…');

/** @param {Case} kase */
async function fault(kase) {
  return judgement(await runOurs(kase), await expectation(kase));
}

test('chosenSeed: is the day unless WIX_MEDIA_SEED chooses', () => {
  const day = new Date('2026-11-23T23:59:59.999Z');
  assert.equal(chosenSeed('', day), 20261123);
  assert.equal(chosenSeed('42', day), 42);
  assert.notEqual(chosenSeed('random', day), chosenSeed('random', day));
});

test(`differential: ours does what the official SDK does, WIX_MEDIA_SEED=${seed}`, async (t) => {
  const numbers = only === undefined ? Array.from({ length: count }, (_, number) => number) : [Number(only)];
  const faults = new Map();
  for (const number of numbers) {
    const kase = randomCase(seed, number);
    const found = await fault(kase);
    if (found === undefined || faults.has(kindOf(found))) continue;
    const smallest = await shrink(kase, fault);
    faults.set(kindOf(found), `case ${number}: ${await fault(smallest)}\n${reproduction(smallest)}`);
    if (faults.size === ENOUGH_FAILURES) break;
  }
  t.diagnostic(`seed ${seed}, ${numbers.length} cases`);
  const again = `\n\nWIX_MEDIA_SEED=${seed} WIX_MEDIA_CASE=<case> makes one of them again`;
  assert.equal(faults.size, 0, [...faults.values()].join('\n\n') + again);
});

/** @param {Case} kase */
function reproduction({ api, method, args, chain = [], answers }) {
  /** @param {any} value */
  const show = (value) => inspect(value, { depth: null, breakLength: 140, maxStringLength: 2000 });
  const calls = [[method, ...args], ...chain].map(([name, ...rest]) => `.${name}(${rest.map(show).join(', ')})`);
  return `  ${api}${calls.join('')}\n  answered with ${answers.map(show).join('\n  then with ')}`;
}
