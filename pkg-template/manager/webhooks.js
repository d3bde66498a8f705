// Deliveries of events to configured URLs: signing and sending. The module knows what is due, and when a failed delivery is
// tried again.

import { recorded } from './recorded.js';

/** @import { Delivery, Engine, Webhooks } from './internal.d.ts' */

/** The receiver must answer within this time (`docs/contract/events.md#s4`). */
const RECEIVER_TIMEOUT_MS = 1250;

/** How many deliveries run at once. */
const MAX_CONCURRENCY = 4;

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };

/** @param {ArrayBuffer | Uint8Array} bytes */
const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));

/** @param {ArrayBuffer | Uint8Array} bytes */
const base64url = (bytes) => base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** @param {ArrayBuffer} bytes */
const pem = (bytes) => `-----BEGIN PUBLIC KEY-----\n${base64(bytes).replace(/(.{64})(?=.)/g, '$1\n')}\n-----END PUBLIC KEY-----\n`;

/**
 * Sends deliveries.
 *
 * @param {Engine} engine
 * @param {object} parts
 * @param {() => Promise<SubtleCrypto>} parts.subtle
 * @param {() => void} parts.changed Told after an outcome, which may have made something else due.
 * @param {(error: unknown) => void} parts.report Told why an outcome could not be recorded.
 * @returns {Webhooks}
 */
export function createWebhooks(engine, { subtle, changed, report }) {
  /** @type {Promise<{ privateKey: CryptoKey, publicKey: string }> | undefined} */
  let pair;
  const closing = new AbortController();
  /** @type {Map<number, Promise<void>>} */
  const sending = new Map();

  /** The key pair: made at its first use, and stored by the module. */
  const keys = () => (pair ??= load());

  /** @returns {Promise<{ privateKey: CryptoKey, publicKey: string }>} */
  async function load() {
    const crypto = await subtle();
    const stored = engine.control('webhookKey');
    if (stored) {
      const privateKey = await crypto.importKey('pkcs8', bytesOf(stored.privateKey), ALGORITHM, false, ['sign']);
      return { privateKey, publicKey: stored.publicKey };
    }
    const made = await crypto.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const privateKey = base64(await crypto.exportKey('pkcs8', made.privateKey));
    const publicKey = pem(await crypto.exportKey('spki', made.publicKey));
    const kept = engine.control('setWebhookKey', { privateKey, publicKey });
    // Another process on the same storage was faster.
    if (kept.publicKey !== publicKey) return load();
    return { privateKey: made.privateKey, publicKey };
  }

  /** @param {string} claims */
  async function sign(claims) {
    const { privateKey } = await keys();
    const encode = (/** @type {string} */ text) => base64url(new TextEncoder().encode(text));
    const text = `${encode('{"alg":"RS256","typ":"JWT"}')}.${encode(claims)}`;
    const signature = await (await subtle()).sign(ALGORITHM, privateKey, new TextEncoder().encode(text));
    return `${text}.${base64url(signature)}`;
  }

  /** @param {Delivery} delivery */
  async function send({ id, url, attempt, claims }) {
    let isOk = false;
    try {
      const body = await sign(claims);
      const signal = AbortSignal.timeout(RECEIVER_TIMEOUT_MS);
      const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body, signal, redirect: 'error' });
      isOk = response.status === 200;
      await response.body?.cancel();
    } catch {
      // No answer counts as a wrong one.
    }
    // The receiver has the event, so it must not be sent again only because the disk is full.
    await recorded(closing.signal, () => {
      try {
        engine.control('delivered', { id, attempt, ok: isOk });
        return true;
      } catch (error) {
        report(error);
        return false;
      }
    });
  }

  const free = () => (closing.signal.aborted ? 0 : MAX_CONCURRENCY - sending.size);

  return {
    free,
    async room() {
      if (free() === 0) await Promise.race(sending.values());
    },
    run(deliveries) {
      for (const delivery of deliveries) {
        if (sending.has(delivery.id)) continue;
        const work = send(delivery).finally(() => {
          sending.delete(delivery.id);
          if (!closing.signal.aborted) changed();
        });
        sending.set(delivery.id, work);
      }
    },
    publicKey: async () => (await keys()).publicKey,
    idle: () => Promise.allSettled(sending.values()),
    forgetKey() {
      pair = undefined;
    },
    async close() {
      closing.abort();
      await Promise.allSettled(sending.values());
    },
  };
}
