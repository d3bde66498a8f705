// The short form of `cargo xtask soak`, by operations and not by time.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chosenSeed } from '../oracle/random.js';
import { slopeOf, soak } from './soak.js';

const OPERATIONS = 400;
const ROUNDS = 4;
const skip = process.platform === 'linux' ? false : 'reads files by /proc';

suite('soak', () => {
  test(`everything at once, kills and losses of the disk's cache: nothing acknowledged is lost, WIX_MEDIA_SEED=${chosenSeed()}`, { skip }, async (t) => {
    const { counts, crashes, samples } = await soak(t, { seed: chosenSeed(), operations: OPERATIONS, rounds: ROUNDS, print: (line) => t.diagnostic(line) });
    assert.deepEqual(crashes, { kills: ROUNDS, losses: ROUNDS });
    for (const what of ['upload', 'folder', 'update', 'delete', 'transfer begun', 'part', 'download', 'list', 'picture', 'zip']) assert.ok(counts[what] > 0, what);
    const [{ rss, heap, wasm }] = samples;
    assert.ok(rss > heap && heap > 0 && wasm > 0, JSON.stringify(samples));
  });

  test('slopeOf: fits a line', () => {
    const samples = [0, 1, 2, 3].map((minute) => ({ minute, rss: 100e6 + minute * 5e5 + (minute % 2) * 1e4, heap: 0, wasm: 0 }));
    assert.ok(Math.abs(slopeOf(samples) - 0.5) < 0.01);
    assert.equal(slopeOf([]), 0);
  });
});
