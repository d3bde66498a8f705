import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as official from '@wix/media';
import { ok, rejection, scriptedClient } from '../harness/client.js';
import * as ours from '../harness/package.js';
import { WixMediaError } from '../harness/package.js';

/**
 * @param {string} [next]
 * @param {object[]} [files]
 */
const page = (next, files = [{ id: next ?? 'last' }]) => ok({ files, pagingMetadata: { cursors: { next } } });

/** @param {{ body: string }} request */
const queryOf = (request) => JSON.parse(request.body).query;

suite('query builder', () => {
  test('builder: is immutable', async () => {
    const { files, requests } = scriptedClient([page()]);
    const all = files.queryFileDescriptors();
    const images = all.eq('mediaType', 'IMAGE');
    images.descending('_updatedDate').limit(3).skipTo('c');
    await all.find();
    await images.find();
    assert.deepEqual(requests.map(queryOf), [
      { filter: {}, cursorPaging: { limit: 50 } },
      { filter: { mediaType: 'IMAGE' }, cursorPaging: { limit: 50 } },
    ]);
  });

  test('builder: is not thenable, so that async functions can return it', async () => {
    const { files } = scriptedClient([page()]);
    const builder = files.queryFileDescriptors();
    assert.equal('then' in builder, false);
    assert.equal(await builder, builder);
  });

  test('builder: sends nothing before find', async () => {
    const { files, requests } = scriptedClient([page()]);
    files.queryFileDescriptors().eq('state', 'OK').ascending('displayName');
    await new Promise(setImmediate);
    assert.equal(requests.length, 0);
  });

  test('builder: can find again, also from its result', async () => {
    const { files, requests } = scriptedClient([page()]);
    const found = await files.queryFileDescriptors().eq('state', 'OK').limit(7).find();
    await found.query.limit(8).find();
    assert.deepEqual(requests.map(queryOf), [
      { filter: { state: 'OK' }, cursorPaging: { limit: 7 } },
      { filter: { state: 'OK' }, cursorPaging: { limit: 8 } },
    ]);
  });

  test('builder: rejects next and prev without such a page', async () => {
    const { files, requests } = scriptedClient([page()]);
    const found = await files.queryFileDescriptors().find();
    assert.equal(found.hasNext(), false);
    for (const [error, message] of /** @type {const} */ ([
      [await rejection(found.next()), 'No next page to fetch'],
      [await rejection(found.prev()), 'No previous page to fetch'],
    ])) {
      assert.ok(error instanceof WixMediaError);
      assert.deepEqual([error.code, error.message, error.retry], ['NO_PAGE', message, 'never']);
    }
    assert.equal(requests.length, 1);
  });

  test('builder: has the methods of the official builder', () => {
    const { files } = scriptedClient([page()]);
    /** @type {any} */
    const theirs = official.files.queryFileDescriptors;
    const builder = theirs({ request: () => {} })();
    const missing = Object.keys(builder).filter((name) => !(name in files.queryFileDescriptors()));
    assert.deepEqual(missing, []);
  });
});

suite('typed query', () => {
  test('typed query: depends on the number of arguments, not on their value', async () => {
    const { files, folders, requests } = scriptedClient([ok({ files: [], folders: [] })]);
    await files.queryFileDescriptors(/** @type {any} */ (undefined));
    await folders.queryFolders(/** @type {any} */ (null));
    await files.queryFileDescriptors(/** @type {any} */ ({ filter: { _id: 'x' }, sort: [{ fieldName: '_updatedDate' }] }));
    assert.deepEqual(requests.map(({ body }) => JSON.parse(body)), [
      {},
      { query: null },
      { query: { filter: { id: 'x' }, sort: [{ fieldName: 'updatedDate' }] } },
    ]);
  });
});

// Steps for a builder of the official module and for one of ours.
/** @type {Record<string, (query: any) => unknown>} */
const SCRIPTS = {
  'everything': (query) => {
    const { QueryBuilder, Filter, Sort } = query;
    return QueryBuilder()
      .withFilter(Filter.and(Filter('private').eq(true), Filter('mediaType').in(['IMAGE'])))
      .withSorting(Sort('_updatedDate').desc())
      .withPaging({ limit: 5 })
      .withFields('_id')
      .build();
  },
  'nothing': ({ QueryBuilder }) => QueryBuilder().build(),
  'one condition': ({ QueryBuilder, Filter }) => QueryBuilder().withFilter(Filter('state').eq('OK')).build(),
  'or and not': ({ QueryBuilder, Filter }) =>
    QueryBuilder().withFilter(Filter.not(Filter.or(Filter('_id').eq('a'), Filter('a._createdDate').gt(new Date(5))))).build(),
  'several sorts and fields': ({ QueryBuilder, Sort }) =>
    QueryBuilder().withSorting(Sort('a').asc(), Sort('_id').desc()).withFields('_id', 'a._updatedDate').build(),
  'paging with a cursor': ({ QueryBuilder }) => QueryBuilder().withPaging({ limit: 5, cursor: 'c' }).build(),
  'a part given twice': ({ QueryBuilder, Filter }) =>
    QueryBuilder().withFilter(Filter('a').eq(1)).withFilter(Filter('b').eq(2)).withPaging({ limit: 1 }).withPaging({ limit: 2 }).build(),
};
for (const operator of ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'startsWith', 'endsWith', 'contains', 'in', 'nin', 'hasSome', 'hasAll', 'exists', 'isEmpty', 'isNotEmpty']) {
  SCRIPTS[`the operator ${operator}`] = ({ Filter, QueryBuilder }) => {
    const filter = Filter('a._id');
    return operator in filter ? QueryBuilder().withFilter(filter[operator](['x'])).build() : 'no such operator';
  };
}

/**
 * @param {Record<string, any>} holder A module or a client.
 * @param {string} api
 */
const queryOn = (holder, api) => holder[api].utils.query;

suite('utils.query', () => {
  for (const api of ['files', 'folders']) {
    for (const [name, script] of Object.entries(SCRIPTS)) {
      test(`${api}.utils.query: equals the official one, ${name}`, () => {
        assert.deepEqual(script(queryOn(ours, api)), script(queryOn(official, api)));
      });
    }

    test(`${api}.utils.query: works on a client`, () => {
      const client = ours.createClient({ auth: { apiKey: 'k' } });
      assert.deepEqual(SCRIPTS.everything(queryOn(client, api)), SCRIPTS.everything(queryOn(official, api)));
    });
  }

  test('utils.query: builds queries that can be sent', async () => {
    const { files, requests } = scriptedClient([page()]);
    const { QueryBuilder, Filter } = /** @type {any} */ (files.utils.query);
    await files.queryFileDescriptors(QueryBuilder().withFilter(Filter('_id').eq('a')).build());
    assert.deepEqual(queryOf(requests[0]), { filter: { id: { $eq: 'a' } } });
  });
});
