// The limit of bytes a second, by a clock of its own.
import assert from 'node:assert/strict';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { amount } from '../../../pkg-template/cli/units.js';
import { tokenBucket } from '../../../pkg-template/sync/bandwidth.js';
import { noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { sync, verify } from '../harness/sync.js';

/** A clock that stands still until everything waits, and then goes on to the first who does. */
class Clock {
  time = 0;
  /** @type {{ at: number, wake: () => void }[]} */
  #sleepers = [];
  now = () => this.time;
  pause = (/** @type {number} */ ms) => new Promise((/** @type {(value?: undefined) => void} */ wake) => this.#sleepers.push({ at: this.time + ms, wake }));

  async run() {
    for (;;) {
      // Whoever can go on does.
      await new Promise((resolve) => setImmediate(resolve));
      const [first] = this.#sleepers.sort((one, other) => one.at - other.at);
      if (!first) return;
      this.#sleepers.shift();
      this.time = Math.max(this.time, first.at);
      first.wake();
    }
  }
}

const { signal } = new AbortController();

suite('bandwidth', () => {
  test('tokenBucket: no more than the rate passes in any time, and no less while somebody waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.array(fc.array(fc.integer({ min: 1, max: 65_536 }), { maxLength: 8 }), { minLength: 1, maxLength: 5 }), async (rate, callers) => {
        const clock = new Clock();
        const take = tokenBucket(rate, clock);
        /** @type {{ at: number, bytes: number }[]} */
        const passed = [];
        for (const pieces of callers) {
          (async () => {
            for (const bytes of pieces) {
              await take(bytes, signal);
              passed.push({ at: clock.time, bytes });
            }
          })();
        }
        await clock.run();
        const total = callers.flat().reduce((sum, bytes) => sum + bytes, 0);
        assert.equal(passed.reduce((sum, { bytes }) => sum + bytes, 0), total);
        // An idle connection saves up 100 ms.
        const burst = rate / 10;
        let sum = 0;
        for (const { at, bytes } of passed) {
          sum += bytes;
          assert.ok(sum <= (at / 1000) * rate + burst + 1e-6 * total, `${sum} bytes in ${at} ms`);
        }
        if (total > burst) assert.ok(Math.abs((clock.time / 1000) * rate + burst - total) < 1e-6 * total + 1, 'the time is used');
      }),
      { numRuns: 50 },
    );
  });

  test('tokenBucket: ends with its signal', async () => {
    const take = tokenBucket(1);
    const controller = new AbortController();
    const waiting = rejection(take(1000, controller.signal));
    controller.abort(new Error('enough'));
    assert.equal((await waiting).message, 'enough');
  });

  test('sync: every byte to and from a Media Manager passes the limit, once', async (t) => {
    const folder = await temporaryFolder(t);
    const { client } = await serveManager(t);
    const sizes = { 'a.bin': 20_000, 'b.bin': 300_000, 'c.bin': 11_000_000 };
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    await mkdir(join(folder, 'from'));
    for (const [name, size] of Object.entries(sizes)) await writeFile(join(folder, 'from', name), noise(size));
    // Waits for tokens end at once here. They alone are no whole numbers.
    const { setTimeout: wait } = globalThis;
    t.after(() => void (globalThis.setTimeout = wait));
    let longest = 0;
    const hurried = (/** @type {() => void} */ call, /** @type {number} */ ms, /** @type {unknown[]} */ ...args) => {
      if (Number.isInteger(ms)) return wait(call, ms, ...args);
      longest = Math.max(longest, ms);
      return wait(call, 0);
    };
    globalThis.setTimeout = /** @type {typeof setTimeout} */ (/** @type {unknown} */ (hurried));
    const bandwidth = 30 * Math.PI;
    const expected = (total / bandwidth) * 1000;
    /** @type {[name: string, run: () => Promise<unknown>][]} */
    const runs = [
      ['upload', () => sync(join(folder, 'from'), client, { bandwidth })],
      ['download', () => sync(client, join(folder, 'to'), { bandwidth })],
      ['verification', () => verify(client, join(folder, 'to'), { bandwidth, hash: true })],
    ];
    for (const [name, run] of runs) {
      longest = 0;
      const start = performance.now();
      await run();
      const elapsed = performance.now() - start;
      // What is read before a file is sent counts, too: the beginning for its type, and of a large one three places for its record.
      const more = ((3 * 1024 + 3 * 65_536) / bandwidth) * 1000;
      assert.ok(longest <= expected + more && longest + elapsed + 100 >= expected, `${name}: ${longest} ms, expected ${expected}`);
    }
    for (const [name, size] of Object.entries(sizes)) assert.equal((await stat(join(folder, 'to', name))).size, size);
    for (const rate of [0, -1, '1M', Infinity, NaN]) assert.equal((await rejection(sync(folder, client, { bandwidth: /** @type {number} */ (rate) }))).code, 'INVALID_ARGUMENT');
  });

  test('amount: bytes in decimal units', () => {
    assert.deepEqual(['500k', '2M', '1.5 MB', '10kB', '1G', '7', '3B', '1T'].map(amount), [500_000, 2_000_000, 1_500_000, 10_000, 1e9, 7, 3, 1e12]);
    for (const text of ['', 'k', '-1', '1e3', '1 kBs', '1,5M', '2X']) assert.equal(amount(text), undefined, text);
  });
});
