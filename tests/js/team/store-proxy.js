// A proxy between servers and the object store, which counts requests and cuts connections at certain ones.
import { connect, createServer } from 'node:net';

/** @import { Closing } from '../harness/types.d.ts' */

/**
 * Where a request is cut: the store does not get it, gets a part of it, or does it and nobody gets its answer; or the answer
 * ends in the middle.
 *
 * @typedef {'before' | 'within' | 'after' | 'in the answer'} Place
 */
/**
 * What happens to a request. The store does not get one that is held, and its connection stays open.
 *
 * @typedef {Place | 'held'} Fate
 */

/** How much of a request or an answer that is cut goes through. */
const SOME = 1500;

const LINE = /^(GET|HEAD|PUT|POST|DELETE) (\S+) HTTP\/1\.1\r\n/;

/**
 * Starts a proxy in front of a port.
 *
 * @param {Closing} closing
 * @param {number} to
 */
export async function storeProxy(closing, to) {
  /** @type {{ method: string, part: string, place: Place, times: number } | undefined} */
  let plan;
  /** @type {string[]} */
  const requests = [];
  /** Text of the targets whose requests nobody answers. @type {string | undefined} */
  let silent;
  /** The connections of those. @type {Set<import('node:net').Socket>} */
  const held = new Set();
  /** @type {(() => void)[]} */
  const waiting = [];
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  /**
   * What happens to a request whose beginning this is.
   *
   * @param {Buffer} chunk
   * @returns {Fate | undefined}
   */
  const placeOf = (chunk) => {
    const [, method = '', target = ''] = LINE.exec(chunk.subarray(0, 2000).toString('latin1')) ?? [];
    if (!method) return undefined;
    requests.push(`${method} ${target}`);
    if (silent && method === 'GET' && target.includes(silent)) return 'held';
    if (!plan || plan.times === 0 || method !== plan.method || !target.includes(plan.part)) return undefined;
    plan.times -= 1;
    return plan.place;
  };
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    /** @type {Fate | undefined} */
    let place;
    near.on('data', (/** @type {Buffer} */ chunk) => {
      // A client sends a request once the answer to the one before has come, so it begins a chunk.
      place = placeOf(chunk) ?? place;
      if (place === 'held') {
        held.add(near.on('close', () => held.delete(near)));
        for (const resolve of waiting.splice(0)) resolve();
        return;
      }
      if (place === 'before') return end();
      if (place === 'within') return far.end(chunk.subarray(0, Math.min(chunk.length, SOME) - 1), end);
      if (!far.write(chunk)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
    far.on('data', (/** @type {Buffer} */ chunk) => {
      const isInterim = chunk.subarray(0, 13).toString('latin1') === 'HTTP/1.1 100 ';
      if (place === 'after' && !isInterim) return end();
      if (place === 'in the answer') return near.end(chunk.subarray(0, SOME), end);
      near.write(chunk);
    });
  });
  closing.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    /**
     * Cuts the next requests with this method and this text in their target.
     *
     * @param {string} method
     * @param {string} part
     * @param {Place} place
     * @param {number} times
     */
    cut: (method, part, place, times) => {
      plan = { method, part, place, times };
    },
    /** Stops cutting. Returns how many requests it would still have cut. */
    heal: () => {
      const left = plan?.times ?? 0;
      plan = undefined;
      return left;
    },
    /**
     * Answers no GET with this text in its target from now on. Returns what waits for the first of them, and how many are held.
     *
     * @param {string} part
     */
    hold: (part) => {
      silent = part;
      /** @type {Promise<void>} */
      const first = new Promise((resolve) => void waiting.push(resolve));
      return { first, count: () => held.size };
    },
    /** The requests since the last call. */
    taken: () => requests.splice(0),
  };
}
