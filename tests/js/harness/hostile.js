// Hostile values, and a check that a call with them ends with a result, a WixMediaError, or the caller's own abort reason.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { WixMediaError } from './package.js';

/** The reason of the aborted signals below. A call may reject with it unchanged. */
export const OWN_REASON = new Error('the reason of the caller');

export const thrower = () => {
  throw new RangeError('a fault of the caller');
};

/**
 * Values that no function expects. Each use creates a new one, since some can be used only once.
 *
 * @type {Record<string, () => unknown>}
 */
export const VALUES = {
  undefined: () => undefined,
  null: () => null,
  false: () => false,
  'not a number': () => Number.NaN,
  'a negative number': () => -1,
  'a bigint': () => 2n ** 70n,
  'an empty string': () => '',
  'half a surrogate pair': () => '\ud83d',
  'a NUL': () => '\0',
  'a long string': () => 'x'.repeat(100_000),
  'a symbol': () => Symbol('s'),
  'a function': () => () => {},
  'a function that throws': () => thrower,
  'an empty object': () => ({}),
  'an object without a prototype': () => Object.create(null),
  'an object with a getter that throws': () => Object.defineProperty({}, 'parentFolderId', { get: thrower, enumerable: true }),
  'an object that throws as a string': () => ({ toString: thrower, valueOf: thrower }),
  'an object that throws as JSON': () => ({ toJSON: thrower }),
  'an object that contains itself': () => {
    /** @type {Record<string, unknown>} */
    const self = {};
    self.self = self;
    return self;
  },
  'an invalid date': () => new Date(Number.NaN),
  'a list of anything': () => [null, undefined, Symbol('s'), 1n, {}, [], thrower],
  'a list with a hole': () => new Array(3),
  'a map': () => new Map([[{}, thrower]]),
  'an aborted signal': () => AbortSignal.abort(OWN_REASON),
  'options with an aborted signal': () => ({ signal: AbortSignal.abort(OWN_REASON) }),
  'options with a text as signal': () => ({ signal: 'stop', timeoutMs: 'soon' }),
  'a promise that rejects': () => {
    const promise = Promise.reject(new RangeError('a fault of the caller'));
    promise.catch(() => {});
    return promise;
  },
  'a then that throws': () => Object.defineProperty({}, 'then', { get: thrower, enumerable: true }),
  'a stream that fails': () => new ReadableStream({ pull: (controller) => controller.error(new RangeError('a fault of the caller')) }),
  'a stream that fails with nothing': () => new ReadableStream({ pull: (controller) => controller.error(undefined) }),
  'a stream of anything': () =>
    new ReadableStream({
      start(controller) {
        for (const chunk of [{}, 5, Symbol('s')]) controller.enqueue(chunk);
        controller.close();
      },
    }),
  'a stream that is locked': () => {
    const stream = new ReadableStream();
    stream.getReader();
    return stream;
  },
  'an iterable that throws': () => ({ [Symbol.iterator]: thrower }),
  'an asynchronous iterable that throws': () => ({ [Symbol.asyncIterator]: thrower }),
  'a generator that throws': () => (async function* () {
    yield new Uint8Array(1);
    thrower();
  })(),
  'an answer that has been read': () => {
    const response = new Response('text');
    response.text();
    return response;
  },
  'a request whose text fails': () => ({ text: thrower }),
  'something dropped that fails': () => ({ items: [{ kind: 'file', webkitGetAsEntry: thrower }] }),
};

/**
 * Values whose every use throws, even `instanceof`.
 *
 * @type {Record<string, () => unknown>}
 */
export const UNUSABLE = {
  'a proxy that throws': () => new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower, getOwnPropertyDescriptor: thrower, getPrototypeOf: thrower }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
};

/**
 * Awaits the result of a call, and what the result offers: the items of iterables, and the pages beside a query result.
 *
 * @param {any} given
 */
async function exhausted(given) {
  const value = await given;
  if (given?.[Symbol.asyncIterator]) for await (const _ of given) break;
  if (typeof given?.toArray === 'function') await given.toArray({ limit: 1 });
  if (typeof value?.next === 'function' && typeof value.hasNext === 'function') {
    for (const page of await Promise.allSettled([value.next(), value.prev()])) {
      if (page.status === 'rejected' && !isAllowed(page.reason)) throw page.reason;
    }
  }
  if (value instanceof Response || value instanceof ReadableStream) {
    const stream = value instanceof Response ? value.body : value;
    if (stream && !stream.locked) for await (const _ of stream) break;
  }
}

/** @param {unknown} error */
const isAllowed = (error) => error === OWN_REASON || error instanceof WixMediaError;

/** @type {unknown[]} */
const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

/**
 * Calls `use`. Returns a description of a failure that is not allowed, or undefined.
 *
 * @param {string} what
 * @param {() => unknown} use
 */
export async function fault(what, use) {
  try {
    await exhausted(use());
  } catch (error) {
    if (!isAllowed(error)) return `${what}: ${inspect(error, { depth: 1 })}`;
  }
  if (unhandled.length) return `${what}: unhandled ${inspect(unhandled.splice(0), { depth: 1 })}`;
  return undefined;
}

/** @param {(string | undefined)[]} faults */
export const none = (faults) => assert.deepEqual(faults.filter((each) => each !== undefined), []);
