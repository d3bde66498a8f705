// `cargo xtask soak [--minutes N] [--seed S]`: what it does stands in soak.js.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { failover } from '../crash/failover.js';
import { chosenSeed } from '../oracle/random.js';
import { soak } from './soak.js';

/** The part of the time in which the thread of a manager is killed instead of a server. */
const FAILOVER = 0.1;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const seed = chosenSeed(values.seed ?? process.env.WIX_MEDIA_SEED);
const minutes = Number(values.minutes);

/** @type {(() => unknown)[]} */
const closers = [];
const closing = { after: (/** @type {() => unknown} */ close) => void closers.push(close) };
console.log(`soak of ${minutes} minutes, WIX_MEDIA_SEED=${seed}\n`);
try {
  const { counts } = await soak(closing, { seed, minutes: minutes * (1 - FAILOVER), print: (line) => console.log(line) });
  console.log('\nOperations:');
  for (const [what, count] of Object.entries(counts).sort()) console.log(`  ${what.padEnd(16)} ${count}`);
  const { kills, acknowledged, lost } = await failover(closing, { seed, minutes: minutes * FAILOVER });
  console.log(`\n${kills} deaths of the manager's thread: ${acknowledged} uploads were acknowledged, ${lost} requests were lost`);
  console.log('\nEverything that was acknowledged is there');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const close of closers.reverse()) await close();
}
