// The worker's side of tabs that use its manager, without a browser. In Chromium, tabs.test.js tests both sides.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { serveGuests } from '../../../pkg-template/manager/tabs/guests.js';
import { guestChannel, meetingPoint, PROTOCOL } from '../../../pkg-template/manager/tabs/names.js';

/** @import { Session } from '../../../pkg-template/manager/internal.d.ts' */

suite('guests', () => {
  test('owner that closes: refuses calls, leaves a start to the next owner, and lets requests end', async (t) => {
    const { navigator } = globalThis;
    /** What the worker does when it gets the lock of the guest. */
    let left = () => {};
    const request = (/** @type {string} */ _, /** @type {() => void} */ granted) => {
      left = granted;
    };
    Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true });
    t.after(() => Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true }));
    /** @type {string[]} */
    const handled = [];
    /** @type {(value: unknown) => void} */
    let told = () => {};
    const session = /** @type {Session} */ (
      /** @type {unknown} */ ({
        async handle(/** @type {{ type: string }} */ { type }) {
          handled.push(type);
          if (type === 'end') told(undefined);
        },
        refuse: (/** @type {number} */ id, /** @type {{ code: string }} */ { code }) => handled.push(`${id} ${code}`),
        interrupt: () => handled.push('interrupt'),
        end() {},
      })
    );
    const start = /** @type {any} */ ({ options: {}, token: 'own' });
    const served = serveGuests('closing', start, { join: () => session, state: () => ({}) });
    const all = new BroadcastChannel(meetingPoint('closing'));
    const guest = new BroadcastChannel(guestChannel('closing', 'a'));
    t.after(() => {
      left();
      all.close();
      guest.close();
    });
    const heard = (/** @type {(resolve: (value: unknown) => void) => void} */ begin) => new Promise(begin);
    const welcome = heard((resolve) => {
      guest.onmessage = resolve;
    });
    all.postMessage({ type: 'hello', id: 'a', protocol: PROTOCOL });
    await welcome;
    served.close();
    const last = heard((resolve) => {
      told = resolve;
    });
    for (const type of ['start', 'fetch', 'advance', 'estimate', 'pull', 'end']) guest.postMessage({ type, id: 1, headers: '' });
    await last;
    assert.deepEqual(handled, ['interrupt', '1 MANAGER_LOST', '1 MANAGER_LOST', '1 MANAGER_LOST', 'pull', 'end']);
  });
});
