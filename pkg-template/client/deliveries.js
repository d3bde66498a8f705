// Webhook deliveries: verified, decoded, and handed to the handlers of their type. A file of its own, loaded with the first
// delivery.

/** @import { Auth, AuthStrategy, ProcessedEvent, Webhooks } from '../types/index.js' */
/** @import { Lent, Runtime } from './internal.d.ts' */

/** @typedef {(envelope: any) => unknown} Handler */

/**
 * @typedef {Pick<Lent, 'WixMediaError'> & {
 *   handlers: Map<string, Handler[]>,
 *   auth(): Auth | undefined,
 *   crypto: Runtime['crypto'],
 *   init(): Promise<void>,
 *   decode(event: string): any,
 * }} DeliveryTools
 */

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** @param {string} base64 */
const bytesOf = (base64) =>
  Uint8Array.from(atob(base64.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));

/** @param {string} base64 */
const parsed = (base64) => JSON.parse(new TextDecoder().decode(bytesOf(base64)));

/**
 * The DER bytes of a public key: PEM of either kind, base64 of such PEM, or bare base64.
 *
 * @param {string} publicKey
 */
function derOf(publicKey) {
  let text = publicKey.trim();
  if (!text.startsWith('-')) {
    const inner = atob(text.replace(/\s/g, ''));
    if (inner.startsWith('-')) text = inner;
  }
  // Environment variables often hold the line breaks as a backslash and an n.
  const der = bytesOf(text.replace(/-----[^-]+-----|\\[nr]|\s/g, ''));
  if (!text.includes('RSA PUBLIC')) return der;
  // PKCS #1 is the bare key. WebCrypto reads it only inside the envelope that names the algorithm.
  const long = (/** @type {number} */ length) => [0x82, length >> 8, length & 255];
  const algorithm = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
  const inside = [...algorithm, 3, ...long(der.length + 1), 0, ...der];
  return Uint8Array.from([0x30, ...long(inside.length), ...inside]);
}

/** @param {any} json */
const value = (json) => (typeof json === 'string' ? JSON.parse(json) : json);

/**
 * The `webhooks` of a client.
 *
 * @param {DeliveryTools} tools
 * @returns {Webhooks}
 */
export function createDeliveries({ handlers, auth: ownAuth, crypto, init, decode, WixMediaError }) {
  /**
   * @param {string} message
   * @param {unknown} [cause]
   */
  const invalid = (message, cause) =>
    new WixMediaError({ message, code: 'INVALID_WEBHOOK', operation: 'webhooks.process', ...(cause ? { cause } : {}) });

  /**
   * The claims of a JWT that the holder of the key has signed with RS256, and that has not expired.
   *
   * @param {unknown} jwt
   * @param {string} publicKey
   */
  async function verified(jwt, publicKey) {
    let parts;
    let header;
    let claims;
    let isGenuine;
    try {
      parts = String(jwt).trim().split('.');
      [header, claims] = parts.slice(0, 2).map(parsed);
    } catch (cause) {
      throw invalid('JWT is not valid: it cannot be decoded', cause);
    }
    if (header?.alg !== 'RS256') throw invalid('JWT is not valid: it is not signed with RS256');
    try {
      const { subtle } = await crypto();
      const key = await subtle.importKey('spki', derOf(publicKey), RSA, false, ['verify']);
      const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
      isGenuine = await subtle.verify(RSA, key, bytesOf(parts[2]), signed);
    } catch (cause) {
      throw invalid('The public key or the signature of the JWT cannot be read', cause);
    }
    if (!isGenuine) throw invalid('JWT is not valid');
    if (claims?.exp <= Date.now() / 1000) throw invalid('JWT is not valid: it has expired');
    return claims;
  }

  /**
   * The envelope that a handler receives.
   *
   * @param {any} event
   */
  function envelopeOf({ payload, instanceId, identity, accountInfo }) {
    const rawEvent = { ...payload };
    // Older deliveries spell each of these with AsJson, and any may hold its JSON as text.
    for (const [body, entity] of [
      ['createdEvent', 'entity'],
      ['updatedEvent', 'currentEntity'],
      ['deletedEvent', 'deletedEntity'],
      ['actionEvent', 'body'],
    ]) {
      const found = rawEvent[body];
      const held = found?.[entity] ?? found?.[`${entity}AsJson`];
      if (held !== undefined) rawEvent[body] = { ...found, [entity]: value(held) };
    }
    const { createdEvent, updatedEvent, deletedEvent, actionEvent, ...own } = decode(JSON.stringify(rawEvent));
    const metadata = { instanceId, identity, accountInfo, ...own };
    if (actionEvent) return { data: actionEvent.body, metadata };
    if (deletedEvent) {
      // The official SDK drops this member.
      if ('movedToTrash' in deletedEvent) metadata.movedToTrash = deletedEvent.movedToTrash;
      return { ...(deletedEvent.deletedEntity && { entity: deletedEvent.deletedEntity }), metadata };
    }
    const modifiedFields = updatedEvent?.modifiedFields;
    const entity = updatedEvent ? updatedEvent.currentEntity : createdEvent?.entity;
    return { entity, metadata, ...(modifiedFields && { modifiedFields }) };
  }

  /**
   * @param {ProcessedEvent} event
   * @param {{ type: string }[]} [expectedEvents]
   */
  const expect = ({ eventType }, expectedEvents = []) => {
    const types = [...expectedEvents.map(({ type }) => type), ...handlers.keys()];
    if (types.length && !types.includes(eventType)) {
      throw invalid(`Unexpected event type: ${eventType}. Expected one of: ${types.join(', ')}`);
    }
  };

  /** @param {{ text(): Promise<string> }} request */
  async function textOfRequest(request) {
    try {
      return await request.text();
    } catch (cause) {
      throw invalid('The body of the request cannot be read', cause);
    }
  }

  /** @type {Webhooks} */
  const webhooks = {
    async process(jwt, options) {
      const event = await webhooks.parseJWT(jwt, options);
      expect(event, options?.expectedEvents);
      await run(event);
      return event;
    },
    processRequest: async (request, options) => webhooks.process(await textOfRequest(request), options),
    parseRequest: async (request, options) => webhooks.parseJWT(await textOfRequest(request), options),
    async parseJWT(jwt, options) {
      const auth = /** @type {AuthStrategy | undefined} */ (
        options?.publicKey ? options : ownAuth()
      );
      /** @type {any} */
      let claims;
      if (auth?.publicKey) claims = await verified(jwt, auth.publicKey);
      else if (auth?.decodeJWT) {
        const { decoded, valid } = await auth.decodeJWT(jwt);
        if (!valid) throw invalid('JWT is not valid');
        claims = decoded;
      } else throw invalid('A webhook needs the public key of its app: process(body, { publicKey })');
      if (typeof claims?.data !== 'string') {
        throw invalid(`Unexpected type of JWT data: expected string, got ${typeof claims?.data}`);
      }
      try {
        const { eventType, instanceId, data, identity, accountInfo } = JSON.parse(claims.data);
        return { instanceId, eventType, payload: value(data), identity: value(identity), accountInfo };
      } catch (cause) {
        throw invalid('The data of the JWT is not JSON', cause);
      }
    },
    async executeHandlers(event) {
      event ??= /** @type {any} */ ({});
      expect(event);
      await run(event);
    },
  };

  /** @param {ProcessedEvent} event */
  async function run(event) {
    const own = handlers.get(event.eventType);
    if (!own) return;
    await init();
    // An envelope for each, so that no handler sees what another one did to it.
    await Promise.all(own.map(async (handler) => handler(envelopeOf(event))));
  }

  return webhooks;
}
