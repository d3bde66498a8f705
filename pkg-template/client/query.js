// Queries: the builders of queryFileDescriptors and queryFolders, and utils.query.
import { refusal } from './error.js';
import { paged } from './paging.js';

/** Field names as the service knows them: `_id`, `_createdDate` and `_updatedDate` lose their underscore. */
const rest = (field) => String(field).replace(/(^|\.)_(?=(id|createdDate|updatedDate)(\.|$))/g, '$1');

const isEmpty = (filter) => !filter || Object.keys(filter).length === 0;

/** Joins filters by `$and` or `$or` into one flat list; a single one stays as it is. */
function join(word, ...filters) {
  const list = filters.flatMap((filter) => filter?.[word] ?? (isEmpty(filter) ? [] : [filter]));
  return list.length > 1 ? { [word]: list } : (list[0] ?? {});
}

/** With a cursor the service wants nothing else: the cursor knows filter and order. */
const wire = (query) => (query.cursorPaging.cursor ? { cursorPaging: query.cursorPaging } : query);

/**
 * A query builder. It never changes; each method gives a new one. `send(query, options)` resolves to the body of the
 * answer, `look(body)` is that of paging.js.
 *
 * @example
 * const { items } = await files.queryFileDescriptors().eq('mediaType', 'IMAGE').descending('_updatedDate').find();
 */
export function builder(send, look, query = { filter: {}, cursorPaging: { limit: 50 } }) {
  const changed = (change) => builder(send, look, { ...query, ...change });
  const where = (filter) => changed({ filter: join('$and', query.filter, filter) });
  const field = (name, condition) => where({ [rest(name)]: condition });
  const is = (word) => (name, value) => field(name, { [word]: value });
  const filterOf = (other, word) => {
    if (!other?.query) throw refusal(word, 'takes another query builder');
    return other.query.filter;
  };
  const sort = (order) => (...names) =>
    changed({ sort: [...(query.sort ?? []), ...names.flat().map((name) => ({ fieldName: rest(name), order }))] });
  const page = (change) => changed({ cursorPaging: { ...query.cursorPaging, ...change } });
  const several = (word) => (name, ...values) => field(name, { [word]: Array.isArray(values[0]) ? values[0] : values });

  return {
    query,
    find: (options) => found(send, look, query, options),
    eq: (name, value = null) => field(name, value),
    ne: (name, value = null) => field(name, { $ne: value }),
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
    between: (name, from, to) => field(name, { $gte: from }).lt(name, to),
    exists: (name, value = true) => field(name, { $exists: value }),
    isEmpty: (name) => field(name, null),
    isNotEmpty: (name) => field(name, { $ne: null }),
    and: (other) => where(filterOf(other, 'and')),
    or: (other) => changed({ filter: join('$or', query.filter, filterOf(other, 'or')) }),
    not: (other) => {
      const filter = filterOf(other, 'not');
      return changed({ filter: isEmpty(filter) ? undefined : { $not: filter } });
    },
    ascending: sort('ASC'),
    descending: sort('DESC'),
    limit: (limit) => page({ limit }),
    skipTo: (cursor) => page({ cursor }),
    skip: () => {
      throw refusal('skip', 'does not exist here: pages are found by their cursor, with skipTo(cursor)');
    },
  };
}

// Results whose answer says that no page follows, although it may carry a cursor.
const last = new WeakSet();

/** Sends the query of a builder. The promise is that of one page, and walks through all of them like any list. */
function found(send, look, query, options) {
  const at = (cursor, own) => found(send, look, { ...query, cursorPaging: { ...query.cursorPaging, cursor } }, own);
  const first = send(wire(query), options).then((body) => {
    const { items, more } = look(body);
    const { next, prev } = body.pagingMetadata?.cursors ?? {};
    const turn = (cursor, word) => (own) =>
      cursor ? at(cursor, own) : Promise.reject(new Error(`No ${word} page to fetch`));
    const result = {
      items,
      length: items.length,
      pageSize: query.cursorPaging.limit,
      query: builder(send, look, query),
      cursors: { next: next ?? undefined, prev: prev ?? undefined },
      hasNext: () => Boolean(next),
      hasPrev: () => Boolean(prev),
      next: turn(next, 'next'),
      prev: turn(prev, 'previous'),
      [Symbol.asyncIterator]: () => first[Symbol.asyncIterator](),
    };
    if (more === false) last.add(result);
    return result;
  });
  const lookAtResult = (result) => ({ items: result.items, next: result.cursors.next, more: !last.has(result) });
  return paged(first, lookAtResult, (cursor) => at(cursor, options), query.cursorPaging.cursor, options?.signal);
}

/** The builders of `utils.query`, for query objects that are handed over whole. */
export const QueryBuilder = () => {
  const query = {};
  const put = (key, value) => {
    query[key] = value;
    return chain;
  };
  const chain = {
    withFilter: ({ filter }) => put('filter', filter),
    withFields: (...fields) => put('fields', fields.flat().map(rest)),
    withSorting: (...sorts) => put('sort', sorts.flat().map(({ sort }) => sort)),
    withPaging: (paging) => put('paging', paging),
    build: () => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
  };
  return chain;
};

const FILTERS = 'eq ne gt gte lt lte startsWith endsWith contains in nin hasSome hasAll exists isEmpty'.split(' ');

export const Filter = (field) => {
  const is = (word, value) => ({ filter: { [rest(field)]: { [`$${word}`]: value } } });
  const conditions = FILTERS.map((word) => [word, (value = /^(ex|is)/.test(word) || undefined) => is(word, value)]);
  return { filter: {}, ...Object.fromEntries(conditions), isNotEmpty: () => is('ne', null) };
};
Filter.and = (...filters) => ({ filter: { $and: filters.map(({ filter }) => filter) } });
Filter.or = (...filters) => ({ filter: { $or: filters.map(({ filter }) => filter) } });
Filter.not = ({ filter }) => ({ filter: { $not: filter } });

export const Sort = (field) => {
  const by = (order) => () => ({ sort: { fieldName: rest(field), order } });
  return { asc: by('ASC'), desc: by('DESC') };
};
