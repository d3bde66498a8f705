// A collector of traces, which takes OTLP over HTTP as protobuf, and what it was sent.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { withinTime } from '../harness/limit.js';

/** @import { AddressInfo } from 'node:net' */
/** @import { Closing } from '../harness/types.d.ts' */

/**
 * @typedef {{ number: number, bytes: Buffer, value: bigint }} Field Of a message: its bytes, or its value.
 * @typedef {{ trace: string, id: string, parent: string, name: string, kind: number, status: number, attributes: Record<string, string | boolean>, service: string }} Span
 */

/**
 * The fields of a protobuf message.
 *
 * @param {Buffer} message
 */
function fields(message) {
  let at = 0;
  const varint = () => {
    let [value, shift, byte] = [0n, 0n, 0x80];
    for (; byte & 0x80; shift += 7n) {
      byte = message[at++];
      value |= BigInt(byte & 0x7f) << shift;
    }
    return value;
  };
  /** @type {Field[]} */
  const found = [];
  while (at < message.length) {
    const key = Number(varint());
    const [number, type] = [key >> 3, key & 7];
    if (type === 0) {
      found.push({ number, bytes: Buffer.alloc(0), value: varint() });
      continue;
    }
    // 1: 64 bits, 2: bytes with their length, 5: 32 bits.
    const length = type === 2 ? Number(varint()) : type === 1 ? 8 : 4;
    found.push({ number, bytes: message.subarray(at, at + length), value: 0n });
    at += length;
  }
  return found;
}

/**
 * The fields with a number, each as a message.
 *
 * @param {Buffer} message
 * @param {number} number
 */
const parts = (message, number) => fields(message).flatMap((field) => (field.number === number ? [field.bytes] : []));

/** @param {Buffer[]} pairs */
function attributesOf(pairs) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name] = parts(pair, 1);
      const [{ number, bytes, value }] = fields(parts(pair, 2)[0]);
      // 1: a text, 2: a truth value, 3: a number.
      return [name.toString(), number === 1 ? bytes.toString() : number === 2 ? value === 1n : String(value)];
    }),
  );
}

/**
 * The spans of an export.
 *
 * @param {Buffer} body
 * @returns {Span[]}
 */
function spansOf(body) {
  return parts(body, 1).flatMap((resource) => {
    const { 'service.name': service } = attributesOf(parts(resource, 1).flatMap((each) => parts(each, 1)));
    return parts(resource, 2).flatMap((scope) =>
      parts(scope, 2).map((span) => {
        const own = fields(span);
        const bytes = (/** @type {number} */ number) => own.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0);
        const [status] = parts(span, 15).map((each) => fields(each).find(({ number }) => number === 3)?.value ?? 0n);
        return {
          trace: bytes(1).toString('hex'),
          id: bytes(2).toString('hex'),
          parent: bytes(4).toString('hex'),
          name: bytes(5).toString(),
          kind: Number(own.find(({ number }) => number === 6)?.value ?? 0n),
          status: Number(status ?? 0n),
          attributes: attributesOf(parts(span, 9)),
          service: String(service),
        };
      }),
    );
  });
}

/**
 * Starts a collector.
 *
 * @param {Closing} closing
 * @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} [answer]
 */
export async function collector(closing, answer = (_, response) => void response.writeHead(200).end()) {
  /** @type {Span[]} */
  const spans = [];
  /** @type {Buffer[]} */
  const bodies = [];
  /** @type {Set<() => void>} */
  const readers = new Set();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    bodies.push(Buffer.from(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`), body);
    spans.push(...spansOf(body));
    answer(request, response);
    for (const read of readers) read();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.after(() => {
    server.closeAllConnections();
    server.close();
  });
  /**
   * Waits for what `find` finds in the spans.
   *
   * @template T
   * @param {string} what
   * @param {(spans: Span[]) => T | undefined} find
   * @returns {Promise<T>}
   */
  const found = (what, find) =>
    withinTime(
      what,
      new Promise((resolve) => {
        const read = () => {
          const value = find(spans);
          if (value === undefined) return;
          readers.delete(read);
          resolve(value);
        };
        readers.add(read);
        read();
      }),
    );
  const { port } = /** @type {AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, spans, found, all: () => Buffer.concat(bodies).toString('latin1') };
}
