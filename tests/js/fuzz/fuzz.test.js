// The short forms of `cargo xtask fuzz`, each day with other cases.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chosenSeed } from '../oracle/random.js';
import { fuzzHttp } from './http.js';
import { fuzzMedia } from './media.js';
import { meterOf } from './work.js';

const seed = chosenSeed();
const only = process.env.WIX_MEDIA_CASE === undefined ? undefined : Number(process.env.WIX_MEDIA_CASE);
const cases = Number(process.env.WIX_MEDIA_CASES ?? 600);

suite('fuzzing', () => {
  test(`http: damaged requests are refused or answered, and nothing else changes, WIX_MEDIA_SEED=${seed}`, async (t) => {
    const statuses = await fuzzHttp(t, { seed, cases: 2 * cases, only });
    t.diagnostic(JSON.stringify(statuses));
    if (only === undefined) for (const status of [200, 201, 204, 400, 401, 404]) assert.ok(statuses[status] > 0, `none was answered with ${status}`);
  });

  test(`media: damaged files are stored whole or refused, in bounded work, WIX_MEDIA_SEED=${seed}`, async (t) => {
    const meter = await meterOf('manager.wasm', 'images.wasm', 'tiff.wasm');
    const outcomes = await fuzzMedia(t, { seed, cases, only, meter });
    t.diagnostic(JSON.stringify(outcomes));
    assert.ok(outcomes.mostWork > 0, 'work was counted');
    if (only === undefined) for (const outcome of [outcomes.stored, outcomes.refused, outcomes.transformed]) assert.ok(outcome > 0, JSON.stringify(outcomes));
  });
});
