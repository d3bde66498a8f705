// Handlers of webhook requests, for the servers that people use.
import wixMedia, { WixMediaError } from 'wix-media.v2';

/** @import * as declared from '../types/webhook-handlers.d.ts' */

/** The service sends a few kilobytes. */
const MAX_BODY_BYTES = 1 << 20;

/** A refused request. */
class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.body = JSON.stringify({ code, message });
  }
}

/**
 * Handles a delivery. Errors of handlers are passed on, so that the server reports them and answers 500: then the service sends
 * the event again.
 *
 * @param {string} method
 * @param {() => Promise<string>} read
 * @param {declared.WebhookHandlerOptions} options
 * @returns {Promise<Refusal | undefined>}
 */
async function handle(method, read, { client = wixMedia, ...options }) {
  try {
    if (method !== 'POST') throw new Refusal(405, 'METHOD_NOT_ALLOWED', `expected POST, found ${method}`);
    await client.webhooks.process(await read(), options);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    if (error instanceof WixMediaError && error.code === 'INVALID_WEBHOOK') return new Refusal(400, error.code, error.message);
    throw error;
  }
}

const tooLarge = () => new Refusal(413, 'PAYLOAD_TOO_LARGE', `expected at most ${MAX_BODY_BYTES} bytes`);

/**
 * Reads text of limited length.
 *
 * @param {AsyncIterable<Uint8Array | string>} body
 */
async function textOf(body) {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** @type {typeof declared.webhookHandler} */
export function webhookHandler(options = {}) {
  return async (request) => {
    const refusal = await handle(request.method, () => textOf(chunksOf(request)), options);
    if (!refusal) return new Response(null, { status: 200 });
    return new Response(refusal.body, { status: refusal.status, headers: headersOf(refusal) });
  };
}

/** @param {Request} request */
async function* chunksOf({ body }) {
  if (!body) return;
  // Not every runtime can iterate over a stream.
  const reader = body.getReader();
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) yield /** @type {Uint8Array} */ (value);
  } finally {
    await reader.cancel();
  }
}

/** @type {typeof declared.honoWebhook} */
export function honoWebhook(options) {
  const handler = webhookHandler(options);
  return ({ req }) => handler(req.raw);
}

/** @type {typeof declared.expressWebhook} */
export function expressWebhook(options = {}) {
  return async (request, response, next) => {
    try {
      const refusal = await handle(request.method ?? '', () => textOfBody(request), options);
      if (!refusal) response.writeHead(200).end();
      else response.writeHead(refusal.status, headersOf(refusal)).end(refusal.body);
    } catch (error) {
      if (next) next(error);
      else response.writeHead(500).end();
    }
  };
}

/**
 * The body of a request, which a middleware may have read.
 *
 * @param {declared.NodeRequest} request
 */
async function textOfBody(request) {
  const { body } = request;
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  // Express 4 sets an empty object where its middleware has read nothing.
  if (!request.readableDidRead) return textOf(request);
  throw new Error('cannot read the webhook: a middleware has parsed its body, so put the route in front of it');
}

/** @param {Refusal} refusal */
const headersOf = ({ status }) => ({ 'content-type': 'application/json', ...(status === 405 && { allow: 'POST' }) });
