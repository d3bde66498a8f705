// Queries: the builders of queryFileDescriptors and queryFolders, and utils.query.
import { refusal, unreadable, WixMediaError } from './error.js';
import { paged } from './paging.js';

/** @import { CallOptions } from '../types/index.js' */
/** @import { PageView } from './internal.d.ts' */

/** @typedef {Record<string, any>} Condition */
/** @typedef {{ filter?: Condition, sort?: { fieldName: string, order: string }[], cursorPaging: { limit?: number, cursor?: string } }} Query */
/** @typedef {(query: object, options?: CallOptions) => Promise<any>} Send */
/** @typedef {(page: any) => PageView} View */

/**
 * A field as the service names it: `_id`, `_createdDate` and `_updatedDate` lose their underscore.
 *
 * @param {unknown} field
 */
function wireName(field) {
  try {
    return String(field).replace(/(^|\.)_(?=(id|createdDate|updatedDate)(\.|$))/g, '$1');
  } catch (thrown) {
    throw unreadable(thrown);
  }
}

/** @param {Condition | undefined} filter */
const isEmpty = (filter) => !filter || Object.keys(filter).length === 0;

/**
 * Joins filters by `$and` or `$or` into one flat list; a single one stays as it is.
 *
 * @param {'$and' | '$or'} word
 * @param {(Condition | undefined)[]} filters
 * @returns {Condition}
 */
function join(word, ...filters) {
  const list = filters.flatMap((filter) => filter?.[word] ?? (isEmpty(filter) ? [] : [filter]));
  return list.length > 1 ? { [word]: list } : (list[0] ?? {});
}

/**
 * The query as it is sent. A cursor knows filter and order, and the service refuses both beside it.
 *
 * @param {Query} query
 */
const wire = (query) => (query.cursorPaging.cursor ? { cursorPaging: query.cursorPaging } : query);

/**
 * A query builder. It never changes; each method returns a new one.
 *
 * @param {Send} send Resolves to the body of the answer.
 * @param {View} view
 * @param {Query} [query]
 * @returns {any}
 * @example
 * const { items } = await files.queryFileDescriptors().eq('mediaType', 'IMAGE').descending('_updatedDate').find();
 */
export function builder(send, view, query = { filter: {}, cursorPaging: { limit: 50 } }) {
  const changed = (/** @type {Partial<Query>} */ change) => builder(send, view, { ...query, ...change });
  const where = (/** @type {Condition} */ filter) => changed({ filter: join('$and', query.filter, filter) });
  const field = (/** @type {string} */ name, /** @type {unknown} */ condition) => where({ [wireName(name)]: condition });
  const is = (/** @type {string} */ word) => (/** @type {string} */ name, /** @type {unknown} */ value) => field(name, { [word]: value });
  const filterOf = (/** @type {any} */ other, /** @type {string} */ word) => {
    if (!other?.query) throw refusal(word, 'takes another query builder');
    return other.query.filter;
  };
  const sort = (/** @type {string} */ order) => (/** @type {string[]} */ ...names) =>
    changed({ sort: [...(query.sort ?? []), ...names.flat().map((name) => ({ fieldName: wireName(name), order }))] });
  const page = (/** @type {Query['cursorPaging']} */ change) => changed({ cursorPaging: { ...query.cursorPaging, ...change } });
  const several = (/** @type {string} */ word) => (/** @type {string} */ name, /** @type {unknown[]} */ ...values) =>
    field(name, { [word]: Array.isArray(values[0]) ? values[0] : values });

  return {
    query,
    find: (/** @type {CallOptions | undefined} */ options) => found(send, view, query, options),
    eq: (/** @type {string} */ name, /** @type {unknown} */ value = null) => field(name, value),
    ne: (/** @type {string} */ name, /** @type {unknown} */ value = null) => field(name, { $ne: value }),
    ge: is('$gte'),
    gt: is('$gt'),
    le: is('$lte'),
    lt: is('$lt'),
    startsWith: is('$startsWith'),
    endsWith: is('$endsWith'),
    contains: is('$contains'),
    in: is('$in'),
    hasSome: several('$hasSome'),
    hasAll: several('$hasAll'),
    between: (/** @type {string} */ name, /** @type {unknown} */ from, /** @type {unknown} */ to) => field(name, { $gte: from }).lt(name, to),
    exists: (/** @type {string} */ name, value = true) => field(name, { $exists: value }),
    isEmpty: (/** @type {string} */ name) => field(name, null),
    isNotEmpty: (/** @type {string} */ name) => field(name, { $ne: null }),
    and: (/** @type {unknown} */ other) => where(filterOf(other, 'and')),
    or: (/** @type {unknown} */ other) => changed({ filter: join('$or', query.filter, filterOf(other, 'or')) }),
    not: (/** @type {unknown} */ other) => {
      const filter = filterOf(other, 'not');
      return changed({ filter: isEmpty(filter) ? undefined : { $not: filter } });
    },
    ascending: sort('ASC'),
    descending: sort('DESC'),
    limit: (/** @type {number} */ limit) => page({ limit }),
    skipTo: (/** @type {string} */ cursor) => page({ cursor }),
    skip: () => {
      throw refusal('skip', 'does not exist here: pages are found by their cursor, with skipTo(cursor)');
    },
  };
}

/** Results after which no page follows, although their answer may carry a cursor. */
const last = new WeakSet();

/**
 * Sends the query of a builder. The promise is that of one page, and walks through all of them like any list.
 *
 * @param {Send} send
 * @param {View} view
 * @param {Query} query
 * @param {CallOptions | undefined} options
 * @returns {any}
 */
function found(send, view, query, options) {
  const at = (/** @type {string} */ cursor, /** @type {CallOptions | undefined} */ own) =>
    found(send, view, { ...query, cursorPaging: { ...query.cursorPaging, cursor } }, own);
  const first = send(wire(query), options).then((body) => {
    const { items, more } = view(body);
    const { next, prev } = body.pagingMetadata?.cursors ?? {};
    const turn = (/** @type {string | undefined} */ cursor, /** @type {string} */ word) => (/** @type {CallOptions | undefined} */ own) =>
      cursor ? at(cursor, own) : Promise.reject(new WixMediaError({ message: `No ${word} page to fetch`, code: 'NO_PAGE' }));
    const result = {
      items,
      length: items.length,
      pageSize: query.cursorPaging.limit,
      query: builder(send, view, query),
      cursors: { next: next ?? undefined, prev: prev ?? undefined },
      hasNext: () => Boolean(next),
      hasPrev: () => Boolean(prev),
      next: turn(next, 'next'),
      prev: turn(prev, 'previous'),
      [Symbol.asyncIterator]: () => /** @type {any} */ (first)[Symbol.asyncIterator](),
    };
    if (more === false) last.add(result);
    return result;
  });
  /** @type {View} */
  const viewOfResult = (result) => ({ items: result.items, next: result.cursors.next, more: !last.has(result) });
  return paged(first, viewOfResult, (cursor) => at(cursor, options), () => query.cursorPaging.cursor, options);
}

/** The builder of `utils.query`, for query objects that are handed over whole. */
export const QueryBuilder = () => {
  /** @type {Record<string, unknown>} */
  const query = {};
  const put = (/** @type {string} */ key, /** @type {unknown} */ value) => {
    query[key] = value;
    return chain;
  };
  /** @type {any} */
  const chain = {
    withFilter: (/** @type {{ filter: Condition }} */ { filter }) => put('filter', filter),
    withFields: (/** @type {string[]} */ ...fields) => put('fields', fields.flat().map(wireName)),
    withSorting: (/** @type {{ sort: object }[]} */ ...sorts) => put('sort', sorts.flat().map(({ sort }) => sort)),
    withPaging: (/** @type {object} */ paging) => put('paging', paging),
    build: () => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
  };
  return chain;
};

const FILTERS = 'eq ne gt gte lt lte startsWith endsWith contains in nin hasSome hasAll exists isEmpty'.split(' ');

export const Filter = (/** @type {string} */ field) => {
  const is = (/** @type {string} */ word, /** @type {unknown} */ value) => ({ filter: { [wireName(field)]: { [`$${word}`]: value } } });
  const conditions = FILTERS.map((word) => [
    word,
    (/** @type {unknown} */ value = /^(ex|is)/.test(word) || undefined) => is(word, value),
  ]);
  return { filter: {}, ...Object.fromEntries(conditions), isNotEmpty: () => is('ne', null) };
};
Filter.and = (/** @type {{ filter: Condition }[]} */ ...filters) => ({ filter: { $and: filters.map(({ filter }) => filter) } });
Filter.or = (/** @type {{ filter: Condition }[]} */ ...filters) => ({ filter: { $or: filters.map(({ filter }) => filter) } });
Filter.not = (/** @type {{ filter: Condition }} */ { filter }) => ({ filter: { $not: filter } });

export const Sort = (/** @type {string} */ field) => {
  const by = (/** @type {string} */ order) => () => ({ sort: { fieldName: wireName(field), order } });
  return { asc: by('ASC'), desc: by('DESC') };
};
