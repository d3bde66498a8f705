// How the page follows the changes of a server, without a browser.
/** @import { TestContext } from 'node:test' */
/** @import { FolderTree } from '../../../www/parts/folder-tree/folder-tree.js' */
/** @import { Place } from '../../../www/place/place.js' */
/** @import { State } from '../../../www/app/state.js' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Live } from '../../../www/app/live.js';
import { Signal } from '../../../www/model/signal.js';
import { followChanges } from '../../../www/place/changes.js';
import { eventually } from './site.js';

/** A message of the stream. @param {string} entityId */
const messageOf = (entityId) => `data: ${JSON.stringify({ entityFqdn: 'wix.media.site_media.v1.file_descriptor', slug: 'file_ready', entityId })}\n\n`;

let places = 0;

/**
 * Makes a place that answers requests for its stream with these, one after the other, and then with a stream that stays open.
 *
 * @param {TestContext} t
 * @param {(() => Response)[]} answers
 */
function placeOf(t, answers) {
  const ending = new AbortController();
  t.after(() => ending.abort());
  /** @type {ReadableStreamDefaultController<Uint8Array>[]} */
  const streams = [];
  places += 1;
  const fetch = async () => answers.shift()?.() ?? new Response(new ReadableStream({ start: (controller) => void streams.push(controller) }));
  const place = /** @type {Place} */ (/** @type {unknown} */ ({ kind: 'server', key: `server ${places}`, baseUrl: '', options: () => ({}), fetch }));
  return { place, signal: ending.signal, send: (/** @type {string} */ id) => streams.at(-1)?.enqueue(new TextEncoder().encode(messageOf(id))), streams };
}

/** Gives tabs the locks of a browser: one has a lock, and the others wait. @param {TestContext} t */
function withLocks(t) {
  const held = new Set();
  const locks = {
    /** @param {string} name @param {{ ifAvailable?: boolean }} options @param {(lock: object | null) => Promise<unknown>} work */
    async request(name, { ifAvailable }, work) {
      if (held.has(name)) return ifAvailable ? work(null) : new Promise(() => {});
      held.add(name);
      return work({ name });
    },
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, 'navigator', before) : Reflect.deleteProperty(globalThis, 'navigator')));
}

/** Runs out the delay before a stream is opened again. @param {TestContext} t */
function withoutDelay(t) {
  const { setTimeout } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ work, /** @type {number} */ ms) => setTimeout(work, ms === 3000 ? 1 : ms));
}

suite('changes of a server', () => {
  test('followChanges: tells every tab of a gap', async (t) => {
    withLocks(t);
    withoutDelay(t);
    const { place, signal } = placeOf(t, [() => new Response('')]);
    const gaps = [0, 0];
    for (const tab of [0, 1]) followChanges(place, { onChange: () => {}, onGap: () => void (gaps[tab] += 1) }, signal);
    await eventually(() => assert.deepEqual(gaps, [1, 1]));
  });

  test('followChanges: opens the stream again after a 429', async (t) => {
    withLocks(t);
    withoutDelay(t);
    const { place, signal, send, streams } = placeOf(t, [() => new Response('', { status: 429 })]);
    /** @type {string[]} */
    const changed = [];
    followChanges(place, { onChange: ({ id }) => void changed.push(id), onGap: () => {} }, signal);
    await eventually(() => assert.equal(streams.length, 1));
    send('f1');
    await eventually(() => assert.deepEqual(changed, ['f1']));
  });

  test('followChanges: gives up where the server offers no stream', async (t) => {
    withLocks(t);
    withoutDelay(t);
    const { place, signal, streams } = placeOf(t, [() => new Response('', { status: 404 })]);
    followChanges(place, { onChange: () => {}, onGap: () => {} }, signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(streams.length, 0);
  });

  test('live: goes on after a batch of changes that fails', async (t) => {
    withLocks(t);
    /** @type {unknown[]} */
    const reported = [];
    Object.assign(globalThis, { reportError: (/** @type {unknown} */ error) => void reported.push(error) });
    t.after(() => Reflect.deleteProperty(globalThis, 'reportError'));
    const { place, signal, send, streams } = placeOf(t, []);
    let batches = 0;
    const listing = {
      indexOf() {
        batches += 1;
        if (batches === 1) throw new Error('broken');
        return -1;
      },
    };
    const session = { place, folders: new Map(), actions: { jobs: { changed: new Signal(), isBusy: false } } };
    const state = /** @type {State} */ (/** @type {unknown} */ ({ session, listing, view: {}, isTrash: false, canUpload: false }));
    let caughtUp = 0;
    const live = new Live(state, /** @type {FolderTree} */ (/** @type {unknown} */ ({})), { refresh: () => {}, catchUp: () => void (caughtUp += 1), changed: () => {} });
    live.start();
    signal.addEventListener('abort', () => live.stop());
    await eventually(() => assert.equal(streams.length, 1));
    send('f1');
    await eventually(() => assert.equal(caughtUp, 1));
    assert.match(String(reported), /broken/);
    send('f2');
    await eventually(() => assert.ok(batches > 1));
  });
});
