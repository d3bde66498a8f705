// A gate between the servers and PostgreSQL, which sees every message.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** @import { AddressInfo, Socket } from 'node:net' */
/** @import { Closing } from '../harness/types.d.ts' */

/**
 * One connection: `near` is that of the server, `far` leads to PostgreSQL, and `cut` ends both.
 *
 * @typedef {{ near: Socket, far: Socket, cut: () => void }} Connection
 */
/**
 * What happens to the data of a connection, from the server and from PostgreSQL.
 *
 * @typedef {{ asked: (data: Buffer) => unknown, answered: (data: Buffer) => unknown }} Guard
 */

/**
 * Opens a gate, and returns the URL by which it is reached.
 *
 * @param {Closing} closing
 * @param {string | (() => string)} url Of the database, asked for each connection.
 * @param {(connection: Connection) => Guard} guard
 */
export async function gate(closing, url, guard) {
  const target = () => new URL(typeof url === 'string' ? url : url());
  const reached = target();
  const server = createServer((near) => {
    const { hostname, port } = target();
    const far = connect(Number(port), hostname);
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay().on('error', cut).on('close', cut);
    const { asked, answered } = guard({ near, far, cut });
    near.on('data', asked);
    far.on('data', answered);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.after(() => void server.close());
  reached.port = String(/** @type {AddressInfo} */ (server.address()).port);
  return reached.href;
}
