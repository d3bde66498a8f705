// `cargo xtask soak [--minutes N] [--seed S]`: what it does stands in soak.js.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chosenSeed } from '../oracle/random.js';
import { soak } from './soak.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const seed = chosenSeed(values.seed ?? process.env.WIX_MEDIA_SEED);
const minutes = Number(values.minutes);

/** @type {(() => unknown)[]} */
const closers = [];
console.log(`soak of ${minutes} minutes, WIX_MEDIA_SEED=${seed}\n`);
try {
  const { counts } = await soak({ after: (close) => void closers.push(close) }, { seed, minutes, print: (line) => console.log(line) });
  console.log('\nOperations:');
  for (const [what, count] of Object.entries(counts).sort()) console.log(`  ${what.padEnd(16)} ${count}`);
  console.log('\nEverything that was acknowledged is there');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const close of closers.reverse()) await close();
}
