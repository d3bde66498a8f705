// `cargo xtask fuzz http|media [--seed S] [--cases N]`: makes damaged requests or media files, and prints what came of them.
// Without a number of cases it goes on until it is stopped or something is wrong.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chosenSeed } from '../oracle/random.js';
import { fuzzHttp } from './http.js';
import { fuzzMedia } from './media.js';
import { meterOf } from './work.js';

/** How many cases one manager gets. */
const BATCH = 2000;

const { values, positionals } = parseArgs({ options: { seed: { type: 'string' }, cases: { type: 'string' } }, allowPositionals: true });
const [what] = positionals;
const seed = chosenSeed(values.seed ?? process.env.WIX_MEDIA_SEED);
const cases = values.cases === undefined ? Infinity : Number(values.cases);
const only = process.env.WIX_MEDIA_CASE === undefined ? undefined : Number(process.env.WIX_MEDIA_CASE);

console.log(`fuzz ${what}, WIX_MEDIA_SEED=${seed}`);
/** @type {Record<string, number>} */
const totals = {};
try {
  const meter = what === 'media' ? await meterOf('manager.wasm', 'images.wasm', 'tiff.wasm') : { count: 0, limit: Infinity };
  for (let done = 0; done < (only === undefined ? cases : 1); done += BATCH) {
    /** @type {(() => unknown)[]} */
    const closers = [];
    const closing = { after: (/** @type {() => unknown} */ close) => void closers.push(close) };
    // Each batch has a seed of its own, which makes it again without those before it.
    const options = { seed: seed + done, cases: Math.min(BATCH, cases - done), only };
    try {
      const outcome = what === 'media' ? await fuzzMedia(closing, { ...options, meter }) : await fuzzHttp(closing, options);
      for (const [name, count] of Object.entries(outcome)) totals[name] = name === 'mostWork' ? Math.max(totals[name] ?? 0, count) : (totals[name] ?? 0) + count;
    } finally {
      for (const close of closers.reverse()) await close();
    }
    console.log(`${done + options.cases} cases: ${JSON.stringify(totals)}`);
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
