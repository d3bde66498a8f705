// The thread's side of a manager with several callers, without a thread.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { serveManager } from '../../../pkg-template/manager/worker/service.js';

/** @import { GuestParts, MessagePortLike, Session } from '../../../pkg-template/manager/internal.d.ts' */

suite('callers of a manager', () => {
  test('settings: every caller knows them before the change is answered', async () => {
    /** What was sent to whom, in order. @type {string[]} */
    const sent = [];
    /** @type {(value?: unknown) => void} */
    let answered = () => {};
    const isAnswered = new Promise((resolve) => {
      answered = resolve;
    });
    /** @param {string} caller @returns {MessagePortLike} */
    const port = (caller) => ({
      onmessage: null,
      postMessage(/** @type {any} */ { type, state }) {
        sent.push(`${caller} ${type} ${JSON.stringify(state?.settings)}`);
        if (type === 'head') answered();
      },
    });
    /** @type {unknown} */
    let settings;
    const manager = {
      storage: {},
      clock: { now: () => 0 },
      [Symbol.for('wix-media.settings')]: () => settings,
      async fetch(/** @type {{ url: string }} */ { url }) {
        if (url.endsWith('/settings')) settings = { lagMs: 5 };
        return new Response(null, { status: 204 });
      },
    };
    /** @type {GuestParts['join'] | undefined} */
    let join;
    const handle = serveManager(port('owner'), async () => async () => manager, /** @type {any} */ ({ files: {} }), {
      guests(_, parts) {
        ({ join } = parts);
        return { close() {} };
      },
    });
    await handle({ type: 'start', id: 1, options: {} });
    assert.ok(join);
    const guest = /** @type {Session} */ (join(port('guest'), {}));
    sent.length = 0;
    guest.handle({ type: 'fetch', id: 2, method: 'PATCH', url: 'http://manager.example/_wix-media/settings', headers: '', isServer: false });
    await isAnswered;
    assert.deepEqual(sent, ['owner state {"lagMs":5}', 'guest state {"lagMs":5}', 'guest head {"lagMs":5}']);
    guest.end();
  });
});
