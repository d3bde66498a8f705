// Lists that go on: a promise of the first page that can also be walked through to the last.

/**
 * Makes the promise of a first page iterable. `look(page)` gives `{ items, next, more }`: the page's items, the cursor
 * of the next page, and whether the service says that there is one. `follow(cursor)` fetches the page of a cursor.
 *
 * The walk ends where the service says so, at an empty cursor, and at a cursor that has been seen before, since that
 * would go round for ever.
 *
 * @example
 * for await (const file of files.listFiles({ mediaTypes: ['IMAGE'] })) console.log(file.displayName);
 */
export function paged(first, look, follow, cursor, signal) {
  async function* walk() {
    const seen = new Set([cursor]);
    for (let page = first; ; ) {
      page = await page;
      yield page;
      const { next, more } = look(page);
      if (!next || more === false || seen.has(next)) return;
      seen.add(next);
      signal?.throwIfAborted();
      page = follow(next);
    }
  }
  async function* each() {
    for await (const page of walk()) {
      const { items } = look(page);
      for (const item of Array.isArray(items) ? items : []) {
        signal?.throwIfAborted();
        yield item;
      }
    }
  }
  // Whoever walks learns of a failed first page there; nobody need also await the promise.
  const handled = (make) => () => {
    first.catch(() => {});
    return make();
  };
  return Object.assign(first, {
    /** The pages, each as the call itself would resolve to it. */
    pages: handled(walk),
    /** The items of all pages, or the first `limit` of them; no page is fetched beyond those that are needed. */
    async toArray({ limit = Infinity } = {}) {
      const items = [];
      if (limit > 0) {
        for await (const item of first) {
          items.push(item);
          if (items.length >= limit) break;
        }
      }
      return items;
    },
    [Symbol.asyncIterator]: handled(each),
  });
}

/** What `paged` needs to know of the body of a list, search or query answer. */
export const lookAt = (list, paging) => (body) => {
  const { cursors, hasNext } = body[paging === 'query' ? 'pagingMetadata' : 'nextCursor'] ?? {};
  return { items: body[list] ?? [], next: cursors?.next, more: hasNext };
};
