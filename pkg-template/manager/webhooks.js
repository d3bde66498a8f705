// Delivery of events to configured URLs: signing and sending. What is due, and when it is tried again, the core knows.

/** The receiver must answer within this time (`contract/events.md` section 4). */
const PATIENCE_MS = 1250;
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };

const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));
const base64url = (bytes) => base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const bytesOf = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const pem = (bytes) => `-----BEGIN PUBLIC KEY-----\n${base64(bytes).replace(/(.{64})(?=.)/g, '$1\n')}\n-----END PUBLIC KEY-----\n`;

/** Sends what is due. `changed` is told after an outcome that may have made something else due. */
export function createWebhooks(engine, { subtle, changed }) {
  let pair;
  let isClosed = false;
  const sending = new Map();

  /** The key pair, made at its first use and kept by the core from then on: `{ privateKey, publicKey }`. */
  const keys = () => (pair ??= load());

  async function load() {
    const crypto = await subtle();
    const kept = engine.control('webhookKey');
    if (kept) {
      const { privateKey, publicKey } = kept;
      return { privateKey: await crypto.importKey('pkcs8', bytesOf(privateKey), ALGORITHM, false, ['sign']), publicKey };
    }
    const made = await crypto.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const privateKey = base64(await crypto.exportKey('pkcs8', made.privateKey));
    const publicKey = pem(await crypto.exportKey('spki', made.publicKey));
    engine.control('setWebhookKey', { privateKey, publicKey });
    return { privateKey: made.privateKey, publicKey };
  }

  async function sign(claims) {
    const { privateKey } = await keys();
    const encode = (text) => base64url(new TextEncoder().encode(text));
    const text = `${encode('{"alg":"RS256","typ":"JWT"}')}.${encode(claims)}`;
    const signature = await (await subtle()).sign(ALGORITHM, privateKey, new TextEncoder().encode(text));
    return `${text}.${base64url(signature)}`;
  }

  async function send({ id, url, claims }) {
    let isOk = false;
    try {
      const body = await sign(claims);
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body, signal, redirect: 'error' });
      isOk = response.status === 200;
      await response.body?.cancel();
    } catch {
      // No answer is as good as a wrong one.
    }
    if (!isClosed) engine.control('delivered', { id, ok: isOk });
  }

  return {
    /** Sends every delivery that is due and not under way. */
    take() {
      if (isClosed) return;
      for (const delivery of engine.control('takeDeliveries') ?? []) {
        if (sending.has(delivery.id)) continue;
        const work = send(delivery).finally(() => {
          sending.delete(delivery.id);
          if (!isClosed) changed();
        });
        sending.set(delivery.id, work);
      }
    },
    publicKey: async () => (await keys()).publicKey,
    forgetKey() {
      pair = undefined;
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(sending.values());
    },
  };
}
