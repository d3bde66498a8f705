// The thread of a manager is killed at random moments of uploads: `failover.js` says how.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { failover } from './failover.js';

const KILLS = Number(process.env.WIX_MEDIA_FAILOVERS ?? 8);

suite('failover', () => {
  test(`failover: ${KILLS} deaths of the thread lose nothing that was acknowledged`, async (t) => {
    const seed = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Math.random() * 1e6));
    t.diagnostic(`WIX_MEDIA_SEED=${seed}`);
    const { kills, reported, acknowledged, lost } = await failover(t, { seed, kills: KILLS });
    t.diagnostic(`${acknowledged} uploads were acknowledged, ${lost} requests were lost`);
    assert.ok(lost > 0, 'something was under way');
    assert.equal(reported, kills, 'each death is reported');
  });
});
