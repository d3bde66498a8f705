// A client: the functions of the operations table, bound to one connection.
import { enums, operations } from '#operations';
import { call } from './call.js';
import { addLibrary } from './lazy.js';
import { paged, viewOf } from './paging.js';
import { builder, Filter, QueryBuilder, Sort } from './query.js';
import { createWebhooks } from './webhooks.js';

/** @import { CallOptions, Client } from '../types/index.js' */
/** @import { Connection } from './internal.d.ts' */

/**
 * Makes a client. Its functions need no `this`.
 *
 * @param {() => Connection} connection Gives what the calls share, at the first call or later; may throw.
 * @returns {Client}
 */
export function bind(connection) {
  const { webhooks, ...listeners } = createWebhooks(connection);
  /** @type {any} */
  const client = { webhooks };
  for (const group of /** @type {const} */ (['files', 'folders'])) {
    client[group] = { ...enums[group], utils: { query: { QueryBuilder, Filter, Sort } }, ...listeners[group] };
  }
  for (const [operation, [group, name, count, , list, paging]] of operations.entries()) {
    const send = (/** @type {unknown[]} */ args, /** @type {CallOptions | undefined} */ options) =>
      call(connection, operation, args, options);
    const view = viewOf(list, paging);
    const isQuery = paging === 'query';
    const follow = (/** @type {any[]} */ args, /** @type {CallOptions | undefined} */ options) => {
      const member = isQuery ? 'cursorPaging' : 'paging';
      const turn = (/** @type {string} */ cursor) =>
        send([{ ...(isQuery ? {} : args[0]), [member]: { ...args[0]?.[member], cursor } }], options);
      return paged(send(args, options), view, turn, () => args[0]?.[member]?.cursor, options);
    };
    // A member of an object, so that the function has its name.
    const functions = {
      [name]: (/** @type {any[]} */ ...args) => {
        if (isQuery && args.length === 0) return builder((query, options) => send([query], options), view);
        // Velo's form: the id first, then the file.
        if (name === 'updateFileDescriptor' && typeof args[0] === 'string' && args.length > 1) {
          const [_id, file, options] = args;
          if (typeof file !== 'object' || file === null) return send([file], options);
          const { id, ...members } = file;
          return send([{ ...members, _id }], options);
        }
        const options = args[count];
        return paging ? follow(args.slice(0, count), options) : send(args.slice(0, count), options);
      },
    };
    client[group][name] = functions[name];
  }
  return addLibrary(client, connection);
}
