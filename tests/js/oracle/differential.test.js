// Random cases on the official SDK and on ours. WIX_MEDIA_SEED (a number, or `random`) and WIX_MEDIA_CASES choose other
// and more of them; WIX_MEDIA_CASE (a number) makes a single one again.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { randomCase } from './cases.js';
import { expectation, judgement, runOurs } from './expectation.js';
import { chosenSeed } from './random.js';
import { shrink } from './shrink.js';

const seed = chosenSeed();
const count = Number(process.env.WIX_MEDIA_CASES ?? 5000);
const only = process.env.WIX_MEDIA_CASE;

const ENOUGH_FAILURES = 8;

// Two cases with faults of the same kind are probably one mistake, which is shown once.
const kindOf = (fault) => fault.split('\n')[0].replace(/\d+|"[^"]*"/g, '…');

async function fault(kase) {
  return judgement(await runOurs(kase), await expectation(kase));
}

test(`random cases, seed ${seed}`, async (t) => {
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

function reproduction({ api, method, args, chain = [], answers }) {
  const show = (value) => inspect(value, { depth: null, breakLength: 140, maxStringLength: 2000 });
  const calls = [[method, ...args], ...chain].map(([name, ...rest]) => `.${name}(${rest.map(show).join(', ')})`);
  return `  ${api}${calls.join('')}\n  answered with ${answers.map(show).join('\n  then with ')}`;
}
