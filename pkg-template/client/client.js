// A client: the functions of the operations table, bound to one connection.
import { enums, operations } from '#operations';
import { call } from './call.js';
import { addLibrary } from './lazy.js';
import { lookAt, paged } from './paging.js';
import { builder, Filter, QueryBuilder, Sort } from './query.js';
import { createWebhooks } from './webhooks.js';

/**
 * Makes `{ files, folders, webhooks }`. `connection` gives what the calls share, at the first call or later, and may
 * throw. The functions need no `this`.
 */
export function bind(connection) {
  const { webhooks, ...listeners } = createWebhooks(connection);
  const client = { webhooks };
  for (const group of ['files', 'folders']) {
    client[group] = { ...enums[group], utils: { query: { QueryBuilder, Filter, Sort } }, ...listeners[group] };
  }
  for (const [operation, [group, name, count, , list, paging]] of operations.entries()) {
    const send = (args, options) => call(connection, operation, args, options);
    const look = lookAt(list, paging);
    const isQuery = paging === 'query';
    const follow = (args, options) => {
      const { cursorPaging, paging: own } = args[0] ?? {};
      const { cursor } = (isQuery ? cursorPaging : own) ?? {};
      const turn = (next) => {
        const query = { cursorPaging: { ...cursorPaging, cursor: next } };
        return send([isQuery ? query : { ...args[0], paging: { ...own, cursor: next } }], options);
      };
      return paged(send(args, options), look, turn, cursor, options?.signal);
    };
    // In an object, so that the function is known by its name.
    const functions = {
      [name]: (...args) => {
        if (isQuery && args.length === 0) return builder((query, options) => send([query], options), look);
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
