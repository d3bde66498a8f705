// The connections of a server: how many there may be, in total and of one address, and which one is closed in favour of
// another.
//
// A connection is idle while it has no request under way: it is new, or kept open after an answer. Otherwise it is busy. A
// connection above a limit closes the one that has been idle longest. If all are busy, the new one is refused.
import { isIPv6 } from 'node:net';

/** @import { Socket } from 'node:net' */

/** The most connections at once, unless the owner says otherwise. */
export const MAX_CONNECTIONS = 1000;
/** The part of them that one other machine may have, so that it cannot keep everybody else out. */
export const ADDRESS_SHARE = 1 / 4;
/** The part of the descriptors of the process that connections may take. Files and the program itself need the rest. */
export const DESCRIPTOR_SHARE = 3 / 4;
/** The most requests under way on one connection. Node reads on while they wait, and each of them costs memory. */
export const MAX_PIPELINED = 64;

/**
 * Counts connections and decides which of them stay.
 *
 * @param {object} bounds
 * @param {number} bounds.max
 * @param {number} [bounds.maxPerAddress]
 * @param {(address: string) => boolean} [bounds.isShared] Whether many callers come from an address, as from a proxy. It counts
 * towards the total only.
 */
export function connections({ max, maxPerAddress = Math.ceil(max * ADDRESS_SHARE), isShared = () => false }) {
  /**
   * Requests under way of each connection. Idle connections come in the order in which they became idle.
   *
   * @type {Map<Socket, { pending: number, network: string }>}
   */
  const open = new Map();
  /** @type {Map<string, number>} */
  const perNetwork = new Map();

  /** @param {Socket} socket */
  function forget(socket) {
    const found = open.get(socket);
    if (!found) return;
    open.delete(socket);
    const left = (perNetwork.get(found.network) ?? 0) - 1;
    if (left > 0) perNetwork.set(found.network, left);
    else perNetwork.delete(found.network);
  }

  /**
   * Closes the connection that has been idle longest, of a network or of all. Returns false if all are busy.
   *
   * @param {string} [network]
   */
  function makeRoom(network) {
    for (const [socket, { pending, network: own }] of open) {
      if (pending > 0 || (network !== undefined && own !== network)) continue;
      forget(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  return {
    get size() {
      return open.size;
    },
    /**
     * Admits a new connection, or returns the reason why it is refused.
     *
     * @param {Socket} socket
     * @returns {string | undefined}
     */
    admit(socket) {
      const { remoteAddress = '' } = socket;
      const network = isShared(remoteAddress) ? '' : networkOf(remoteAddress);
      const count = perNetwork.get(network) ?? 0;
      if (network !== '' && count >= maxPerAddress && !makeRoom(network)) return `too many connections of one address: at most ${maxPerAddress}`;
      if (open.size >= max && !makeRoom()) return `too many connections: at most ${max}`;
      open.set(socket, { pending: 0, network });
      perNetwork.set(network, (perNetwork.get(network) ?? 0) + 1);
      socket.once('close', () => forget(socket));
      return undefined;
    },
    /**
     * Notes that a request begins. Returns false if its connection has too many.
     *
     * @param {Socket} socket
     */
    begin(socket) {
      const found = open.get(socket);
      if (!found || found.pending >= MAX_PIPELINED) return false;
      found.pending += 1;
      return true;
    },
    /**
     * Notes that a request is over.
     *
     * @param {Socket} socket
     */
    end(socket) {
      const found = open.get(socket);
      if (!found) return;
      found.pending -= 1;
      if (found.pending > 0) return;
      // It becomes idle, after all others.
      open.delete(socket);
      open.set(socket, found);
    },
  };
}

/**
 * What counts as one machine: an IPv4 address, or an IPv6 network of 64 bits, in which a machine chooses its own addresses.
 *
 * @param {string} address
 */
export function networkOf(address) {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*/, '');
  if (!isIPv6(plain)) return plain;
  const [head, tail] = plain.toLowerCase().split('::');
  const groups = head.split(':').filter(Boolean);
  if (tail !== undefined) {
    const rest = tail.split(':').filter(Boolean);
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/**
 * Whether an address is of this machine. Its programs share it.
 *
 * @param {string} address
 */
export const isLoopback = (address) => /^(::ffff:)?127\./i.test(address) || address === '::1';

/**
 * How many connections there may be: as many as the caller asks for, or the default as far as the process has descriptors for
 * it. Throws a RangeError if the process has too few for the number that was asked for.
 *
 * @param {number | undefined} asked
 * @param {number | undefined} descriptors The most that the process may have open; undefined where the system does not tell.
 */
export function maxConnections(asked, descriptors) {
  const most = descriptors === undefined ? Infinity : Math.max(1, Math.floor(descriptors * DESCRIPTOR_SHARE));
  if (asked === undefined) return Math.min(MAX_CONNECTIONS, most);
  if (asked > most) throw new RangeError(`expected at most ${most} with ${descriptors} open files (ulimit -n), found ${asked}`);
  return asked;
}
