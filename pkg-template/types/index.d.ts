/**
 * The Wix Media Manager API for Node, browsers, workers and edge runtimes: the functions, arguments and results of
 * Wix's own `files` and `folders` modules, with paging, retries, cancellation and readable errors around them.
 *
 * @example
 * ```ts
 * import wixMedia from 'wix-media.v2';
 *
 * for await (const file of wixMedia.files.listFiles({ mediaTypes: ['IMAGE'] })) {
 *   console.log(file.displayName, file.url);
 * }
 * ```
 *
 * @packageDocumentation
 */

// The build joins these parts into the one file of the package, in this order.
export * from './calls.js';
export * from './enums.js';
export * from './shared/paging.js';
export * from './shared/refusals.js';
export * from './shared/query.js';
export * from './shared/events.js';
export * from './files/descriptor.js';
export * from './files/options.js';
export * from './files/requests.js';
export * from './files/bulk.js';
export * from './files/refusals.js';
export * from './files/query.js';
export * from './files/events.js';
export * from './files/functions.js';
export * from './folders/folder.js';
export * from './folders/options.js';
export * from './folders/requests.js';
export * from './folders/query.js';
export * from './folders/events.js';
export * from './folders/functions.js';
export * from './query-helpers.js';
export * from './errors.js';
export * from './client.js';
export * from './webhooks.js';
export * from './media.js';
export * from './manager.js';
export * from './uploads.js';
export * from './downloads.js';
export * from './paths.js';
export * from './trash.js';
export { default } from './default.js';
