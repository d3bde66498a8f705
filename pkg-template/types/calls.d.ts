import type { WixMediaError } from './errors.js';

// ---------------------------------------------------------------------------------------------------------------------
// Calls and pages
// ---------------------------------------------------------------------------------------------------------------------

// `unknown` would refuse objects of interface types, which have no index signature.
/** A plain object with members of any name. */
export type PlainObject = Record<string, any>;

/**
 * Options of a single call, which every function takes as its last argument.
 *
 * @example
 * ```ts
 * const file = await files.getFileDescriptor(fileId, { signal: AbortSignal.timeout(5000) });
 * ```
 */
export interface CallOptions {
  /** Cancels the call, which rejects with the signal's `reason`. Waits between attempts end too. */
  signal?: AbortSignal;
  /**
   * Time limit in milliseconds, including waits and further attempts. When it is exceeded, the call rejects with a
   * {@link WixMediaError} of code `TIMEOUT`. Each page of a list has its own limit. Default: the client's `timeoutMs`.
   */
  timeoutMs?: number;
}

/**
 * The promise of a page, and an async iterable over the items of all pages.
 *
 * Await it for the first page as the service sent it, iterate over it for the items of all pages, or call
 * {@link PagedPromise.pages | pages} or {@link PagedPromise.toArray | toArray}. Paging ends when the service reports no next
 * page, and never follows the same cursor twice.
 *
 * @example
 * ```ts
 * const firstPage = await files.listFiles();
 * const newest = await files.listFiles({ mediaTypes: ['IMAGE'] }).toArray({ limit: 250 });
 * for await (const file of files.listFiles()) console.log(file.displayName);
 * ```
 */
export interface PagedPromise<Result, Item> extends Promise<Result>, AsyncIterable<Item> {
  /**
   * Iterates over the pages, including the first. A page is requested only when it is needed.
   *
   * @example
   * ```ts
   * for await (const page of files.listFiles({ paging: { limit: 100 } }).pages()) {
   *   console.log(page.files?.length);
   * }
   * ```
   */
  pages(): AsyncGenerator<Result, void, undefined>;
  /**
   * Collects the items of all pages into one array.
   *
   * @param options `limit` is the maximum number of items to collect. Default: all of them.
   * @example
   * ```ts
   * const pictures = await files.searchFiles({ search: 'river' }).toArray({ limit: 500 });
   * ```
   */
  toArray(options?: { limit?: number }): Promise<Item[]>;
  /** Iterates over the items of all pages. A page is requested only when its items are needed. */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>;
}
