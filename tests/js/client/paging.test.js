import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ok, rejection, scriptedClient, status } from '../harness/client.js';

/** @import { Client, SearchFilesOptions } from '../harness/package.js' */

const once = { retry: false };

// Every call that returns a list, with the members of its answer that hold the items and the cursor.
/** @type {Record<string, { call: (client: Client, o?: any, p?: any) => any, list: string, cursor: string }>} */
const LISTS = {
  listFiles: { call: ({ files }, o, p) => files.listFiles({ ...o, paging: p }, o?.call), list: 'files', cursor: 'nextCursor' },
  searchFiles: { call: ({ files }, o, p) => files.searchFiles({ ...o, paging: p }, o?.call), list: 'files', cursor: 'nextCursor' },
  listDeletedFiles: { call: ({ files }, o, p) => files.listDeletedFiles({ ...o, paging: p }, o?.call), list: 'files', cursor: 'nextCursor' },
  listFolders: { call: ({ folders }, o, p) => folders.listFolders({ ...o, paging: p }, o?.call), list: 'folders', cursor: 'nextCursor' },
  searchFolders: { call: ({ folders }, o, p) => folders.searchFolders({ ...o, paging: p }, o?.call), list: 'folders', cursor: 'nextCursor' },
  listDeletedFolders: { call: ({ folders }, o, p) => folders.listDeletedFolders({ ...o, paging: p }, o?.call), list: 'folders', cursor: 'nextCursor' },
  queryFileDescriptors: { call: ({ files }, o, p) => files.queryFileDescriptors({ cursorPaging: p }, o?.call), list: 'files', cursor: 'pagingMetadata' },
  queryFolders: { call: ({ folders }, o, p) => folders.queryFolders({ cursorPaging: p }, o?.call), list: 'folders', cursor: 'pagingMetadata' },
  'queryFileDescriptors().find': {
    call: ({ files }, o, p) => files.queryFileDescriptors().limit(p?.limit ?? 50).skipTo(p?.cursor).find(o?.call),
    list: 'files',
    cursor: 'pagingMetadata',
  },
};

/**
 * A service with three pages of two items: a1 a2, b1 b2, c1 c2, each requested by the cursor of the page before.
 *
 * @param {{ list: string, cursor: string }} how
 * @param {{ cursors?: unknown, hasNext?: unknown }} [last] What the last page says of the next.
 */
function threePages({ list, cursor }, last = {}) {
  /** @type {Record<string, [letter: string, next: string | undefined]>} */
  const pages = { '': ['a', 'B'], B: ['b', 'C'], C: ['c', undefined] };
  return (/** @type {Sent} */ request) => {
    const asked = cursorOf(request) ?? '';
    const [letter, next] = pages[asked] ?? assert.fail(`asked for ${asked}`);
    const cursors = next === undefined ? last.cursors : { next };
    const hasNext = next === undefined ? last.hasNext : true;
    return ok({ [list]: [{ id: `${letter}1` }, { id: `${letter}2` }], [cursor]: { cursors, hasNext } });
  };
}

/** @typedef {{ url: string, body?: string }} Sent */

/** @param {Sent} request */
function cursorOf({ url, body }) {
  if (!body) return new URL(url).searchParams.get('paging.cursor');
  const parsed = JSON.parse(body);
  return parsed.paging?.cursor ?? parsed.query?.cursorPaging?.cursor;
}

/** @param {{ _id?: string }[]} items */
const idsOf = (items) => items.map(({ _id }) => _id);

for (const [name, how] of Object.entries(LISTS)) {
  suite(name, () => {
    test(`${name}: iterates over all items`, async () => {
      const service = scriptedClient(threePages(how), once);
      const seen = [];
      for await (const item of how.call(service)) seen.push(item._id);
      assert.deepEqual(seen, ['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
      assert.deepEqual(service.requests.map((request) => cursorOf(request) ?? ''), ['', 'B', 'C']);
    });

    test(`${name}: iterates over all pages`, async () => {
      const service = scriptedClient(threePages(how), once);
      const seen = [];
      for await (const page of how.call(service).pages()) seen.push(idsOf(page.items ?? page[how.list]));
      assert.deepEqual(seen, [['a1', 'a2'], ['b1', 'b2'], ['c1', 'c2']]);
    });

    test(`${name}: returns an array, and requests no page beyond the limit`, async () => {
      for (const [limit, pages, expected] of /** @type {[limit: number | undefined, pages: number, expected: string[]][]} */ ([
        [undefined, 3, ['a1', 'a2', 'b1', 'b2', 'c1', 'c2']],
        [3, 2, ['a1', 'a2', 'b1']],
        [2, 1, ['a1', 'a2']],
        [1, 1, ['a1']],
        [100, 3, ['a1', 'a2', 'b1', 'b2', 'c1', 'c2']],
        [0, 1, []],
      ])) {
        const service = scriptedClient(threePages(how), once);
        const items = await how.call(service).toArray(limit === undefined ? undefined : { limit });
        assert.deepEqual(idsOf(items), expected);
        assert.ok(service.requests.length <= pages, `${service.requests.length} requests for ${limit}`);
      }
    });

    test(`${name}: resolves to the first page`, async () => {
      const service = scriptedClient(threePages(how), once);
      const page = await how.call(service);
      assert.deepEqual(idsOf(page.items ?? page[how.list]), ['a1', 'a2']);
      assert.equal(service.requests.length, 1);
    });

    test(`${name}: requests the first page once when it is awaited and iterated`, async () => {
      const service = scriptedClient(threePages(how), once);
      const promise = how.call(service);
      await promise;
      const seen = [];
      for await (const item of promise) seen.push(item._id);
      assert.equal(seen.length, 6);
      assert.equal(service.requests.length, 3);
    });

    test(`${name}: can be iterated twice`, async () => {
      const service = scriptedClient(threePages(how), once);
      const promise = how.call(service);
      const walk = async () => {
        const seen = [];
        for await (const item of promise) seen.push(item._id);
        return seen;
      };
      assert.deepEqual(await Promise.all([walk(), walk()]), [await walk(), await walk()]);
    });

    test(`${name}: keeps the page size`, async () => {
      const service = scriptedClient(threePages(how), once);
      for await (const _ of how.call(service, {}, { limit: 2 }));
      for (const { url, body } of service.requests) {
        const limit = body ? (JSON.parse(body).paging ?? JSON.parse(body).query.cursorPaging).limit : Number(new URL(url).searchParams.get('paging.limit'));
        assert.equal(limit, 2);
      }
    });

    for (const [ending, last] of /** @type {[ending: string, last: { cursors?: unknown, hasNext?: unknown }][]} */ ([
      ['no cursor', { cursors: {} }],
      ['an empty cursor', { cursors: { next: '' }, hasNext: false }],
      ['an empty cursor, although it claims more', { cursors: { next: '' }, hasNext: true }],
      ['a null cursor', { cursors: { next: null } }],
      ['no cursors', { cursors: null }],
      ['hasNext false beside a cursor', { cursors: { next: 'D' }, hasNext: false }],
    ])) {
      test(`${name}: ends at ${ending}`, async () => {
        const service = scriptedClient(threePages(how, last), once);
        assert.equal((await how.call(service).toArray()).length, 6);
        assert.equal(service.requests.length, 3);
      });
    }

    test(`${name}: ends when a cursor that is an object is repeated`, async () => {
      const answer = ok({ [how.list]: [{ id: 'x' }], [how.cursor]: { cursors: { next: {} }, hasNext: true } });
      const service = scriptedClient([answer], once);
      assert.equal((await how.call(service).toArray()).length, 2);
      assert.equal(service.requests.length, 2);
    });

    test(`${name}: ends at an answer without paging`, async () => {
      for (const body of [{}, { [how.list]: [{ id: 'x' }] }, { [how.list]: null, [how.cursor]: null }, { [how.list]: 'text', [how.cursor]: 5 }]) {
        const service = scriptedClient([ok(body)], once);
        const items = await how.call(service).toArray();
        assert.ok(items.length <= 1);
        assert.equal(service.requests.length, 1);
      }
    });

    test(`${name}: ends at a repeated cursor`, async () => {
      for (const cursors of [['X', 'X'], ['X', 'Y', 'X'], ['X', 'Y', 'Z', 'Y']]) {
        const service = scriptedClient((_, number) => ok({ [how.list]: [{ id: String(number) }], [how.cursor]: { cursors: { next: cursors[number] ?? assert.fail('went round') } } }), once);
        await how.call(service).toArray();
        assert.ok(service.requests.length <= cursors.length);
      }
    });

    test(`${name}: starts at the given cursor, and ends if it returns`, async () => {
      const service = scriptedClient((_, number) => ok({ [how.list]: [{ id: String(number) }], [how.cursor]: { cursors: { next: ['K', 'MINE'][number] } } }), once);
      await how.call(service, {}, { cursor: 'MINE' }).toArray();
      assert.deepEqual(service.requests.map(cursorOf), ['MINE', 'K']);
    });

    test(`${name}: rejects at a failing page, after the items before it`, async () => {
      const service = scriptedClient((request, number) => (number === 1 ? status(404) : threePages(how)(request)), once);
      /** @type {unknown[]} */
      const seen = [];
      const error = await rejection(
        (async () => {
          for await (const item of how.call(service)) seen.push(item._id);
        })(),
      );
      assert.equal(error.status, 404);
      assert.deepEqual(seen, ['a1', 'a2']);
    });

    test(`${name}: rejects once when the first page fails, with nothing unhandled`, async (t) => {
      /** @type {unknown[]} */
      const unhandled = [];
      /** @param {unknown} reason */
      const note = (reason) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      t.after(() => process.off('unhandledRejection', note));
      const service = scriptedClient([status(404)], once);
      assert.equal((await rejection(how.call(service).toArray())).status, 404);
      assert.equal((await rejection((async () => { for await (const _ of how.call(service)); })())).status, 404);
      assert.equal((await rejection((async () => { for await (const _ of how.call(service).pages()); })())).status, 404);
      assert.equal((await rejection(how.call(service))).status, 404);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(unhandled, []);
    });

    test(`${name}: ends with the reason of an aborted signal`, async () => {
      for (const stopAt of ['a1', 'a2', 'b1', 'c2']) {
        const controller = new AbortController();
        const service = scriptedClient(threePages(how), once);
        /** @type {unknown[]} */
        const seen = [];
        const walk = (async () => {
          for await (const item of how.call(service, { call: { signal: controller.signal } })) {
            seen.push(item._id);
            if (item._id === stopAt) controller.abort('enough');
          }
          return 'to the end';
        })();
        const end = await walk.catch((reason) => reason);
        assert.equal(end, stopAt === 'c2' ? 'to the end' : 'enough', stopAt);
        assert.equal(seen.at(-1), stopAt);
      }
    });

    test(`${name}: requests nothing after break`, async () => {
      const service = scriptedClient(threePages(how), once);
      for await (const _ of how.call(service)) break;
      await new Promise(setImmediate);
      assert.equal(service.requests.length, 1);
    });
  });
}

test('searchFiles: sends its options with every page', async () => {
  const service = scriptedClient(threePages(LISTS.searchFiles), once);
  /** @type {SearchFilesOptions} */
  const options = { search: 'fox', mediaTypes: ['IMAGE'] };
  for await (const _ of service.files.searchFiles(options));
  for (const { body } of service.requests) {
    const { search, mediaTypes } = JSON.parse(body);
    assert.deepEqual({ search, mediaTypes }, options);
  }
  assert.deepEqual(options, { search: 'fox', mediaTypes: ['IMAGE'] });
});

test('listFiles: iterates over a thousand pages', async () => {
  const service = scriptedClient((_, number) => ok({ files: [{ id: String(number) }], nextCursor: { cursors: { next: number < 999 ? String(number) : '' } } }), once);
  assert.equal((await service.files.listFiles().toArray()).length, 1000);
});
