import type { WixMediaError } from './errors.js';

// ---------------------------------------------------------------------------------------------------------------------
// Calls and pages
// ---------------------------------------------------------------------------------------------------------------------

// Not of `unknown`: that would refuse objects of interface types, which have no index signature.
/** A plain object with members of any name. */
export type PlainObject = Record<string, any>;

/**
 * What the optional last argument of every call may say about that one call.
 *
 * @example
 * ```ts
 * const file = await files.getFileDescriptor(fileId, { signal: AbortSignal.timeout(5000) });
 * ```
 */
export interface CallOptions {
  /** Ends the call early: it then rejects with the signal's own `reason`. Waiting between tries ends too. */
  signal?: AbortSignal;
  /**
   * Milliseconds after which the call is given up, waits and further tries included: it then rejects with a
   * {@link WixMediaError} of code `TIMEOUT`. Each page of a list counts by itself. Default: the client's `timeoutMs`.
   */
  timeoutMs?: number;
}

/**
 * The promise of one page that is also an async iterable over every item of every page.
 *
 * Await it for the first page as the service sent it, iterate over it for the items of all pages, or use
 * {@link PagedPromise.pages | pages} and {@link PagedPromise.toArray | toArray}. Paging ends when the service says that
 * there is no next page, and never follows the same cursor twice.
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
   * Iterates over the pages, the first one included; each next one is requested only when it is asked for.
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
   * @param options `limit` is the greatest number of items to collect; without it every item of every page is fetched.
   * @example
   * ```ts
   * const pictures = await files.searchFiles({ search: 'river' }).toArray({ limit: 500 });
   * ```
   */
  toArray(options?: { limit?: number }): Promise<Item[]>;
  /** Iterates over the items of all pages; each page is requested only when its items are asked for. */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>;
}
