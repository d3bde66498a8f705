// Lists that go on: the promise of a first page that can also be walked through to the last.
import { textOf } from './error.js';

/** @import { CallOptions, PagedPromise } from '../types/index.js' */
/** @import { PageView } from './internal.d.ts' */

/**
 * Makes the promise of a first page iterable.
 *
 * The walk ends where the service says so, at an empty cursor, and at a cursor that has been seen before, which would be
 * an endless loop.
 *
 * @param {Promise<any>} first
 * @param {(page: any) => PageView} view The items of a page, and where the next one is.
 * @param {(cursor: string) => Promise<any>} follow Fetches the page of a cursor.
 * @param {() => string | null | undefined} cursor Gives the cursor of the first page.
 * @param {CallOptions | undefined} options Their signal is read only after the first page, which rejects if they throw.
 * @returns {PagedPromise<any, any>}
 * @example
 * for await (const file of files.listFiles({ mediaTypes: ['IMAGE'] })) console.log(file.displayName);
 */
export function paged(first, view, follow, cursor, options) {
  const stopAtAbort = () => {
    const { signal } = options ?? {};
    if (signal?.aborted) throw signal.reason;
  };
  async function* walk() {
    let page = await first;
    // As text: a malformed cursor can be an object, which is a new one on each page.
    const seen = new Set([textOf(cursor() ?? '')]);
    for (;;) {
      yield page;
      const { next: found, more } = view(page);
      if (!found || more === false || seen.has(textOf(found))) return;
      seen.add(textOf(found));
      stopAtAbort();
      page = await follow(found);
    }
  }
  async function* each() {
    for await (const page of walk()) {
      const { items } = view(page);
      for (const item of Array.isArray(items) ? items : []) {
        stopAtAbort();
        yield item;
      }
    }
  }
  /**
   * A failed first page rejects the walk; nobody has to await the promise as well.
   *
   * @template Made
   * @param {() => Made} make
   */
  const handled = (make) => () => {
    first.catch(() => {});
    return make();
  };
  const promise = Object.assign(first, {
    pages: handled(walk),
    async toArray({ limit = Infinity } = {}) {
      /** @type {any[]} */
      const items = [];
      if (limit > 0) {
        for await (const item of promise) {
          items.push(item);
          if (items.length >= limit) break;
        }
      }
      return items;
    },
    [Symbol.asyncIterator]: handled(each),
  });
  return /** @type {PagedPromise<any, any>} */ (promise);
}

/**
 * The view of the answers of a list, search or query.
 *
 * @param {string} list The member that holds the items.
 * @param {'' | 'cursor' | 'query'} paging
 * @returns {(body: any) => PageView}
 */
export const viewOf = (list, paging) => (body) => {
  const { cursors, hasNext } = body[paging === 'query' ? 'pagingMetadata' : 'nextCursor'] ?? {};
  return { items: body[list] ?? [], next: cursors?.next, more: hasNext };
};
