/**
 * Handlers of webhook requests, for the servers that people use. Each verifies and decodes an event, waits for the functions that
 * you have registered with {@link files.onFileDescriptorFileReady} and the like, and answers:
 *
 * | Status | When |
 * | --- | --- |
 * | 200 | all functions have returned |
 * | 400 | the signature is wrong, the event has expired or cannot be read, or nothing is registered for its type |
 * | 405 | the method is not `POST` |
 * | 413 | the body has more than 1 MiB |
 *
 * The error of a function is passed on to the server, which reports it and answers 500. Then Wix sends the event again.
 *
 * @packageDocumentation
 */
import type { Client, WebhookOptions } from './index.js';

/** Options of the handlers. */
export interface WebhookHandlerOptions extends WebhookOptions {
  /** The client on which your functions are registered. Default: the functions that are imported directly. */
  client?: Pick<Client, 'webhooks'>;
  /** Types of events that are accepted although nothing is registered for them. */
  expectedEvents?: { type: string }[];
}

/**
 * Returns a handler that takes a `Request` and resolves to a `Response`: for route handlers of Next.js, workers, Deno, Bun,
 * SvelteKit and others.
 *
 * @example
 * ```ts
 * // app/webhooks/route.ts of Next.js
 * import { files } from 'wix-media.v2';
 * import { webhookHandler } from 'wix-media.v2/webhooks';
 *
 * files.onFileDescriptorFileReady(({ data }) => console.log(data.file?.url));
 * export const POST = webhookHandler({ publicKey: process.env.WIX_PUBLIC_KEY });
 * ```
 */
export declare function webhookHandler(options?: WebhookHandlerOptions): (request: Request) => Promise<Response>;

/**
 * Returns a handler for Hono.
 *
 * @example
 * ```ts
 * app.post('/webhooks', honoWebhook({ publicKey }));
 * ```
 */
export declare function honoWebhook(options?: WebhookHandlerOptions): (context: { req: { raw: Request } }) => Promise<Response>;

/** What {@link expressWebhook} needs of a request. */
export interface NodeRequest extends AsyncIterable<Uint8Array | string> {
  /** HTTP method. */
  method?: string | undefined;
  /** The body, if a middleware such as `express.text()` or `express.raw()` has read it. */
  body?: unknown;
  /** Whether something has read the stream. */
  readableDidRead?: boolean;
}

/** What {@link expressWebhook} needs of a response. */
export interface NodeResponse {
  writeHead(status: number, headers?: Record<string, string>): { end(body?: string): unknown };
}

/**
 * Returns a handler for Express, Connect and `node:http`. Put it in front of middleware such as `express.json()`, which parses
 * the body.
 *
 * @example
 * ```ts
 * app.post('/webhooks', expressWebhook({ publicKey }));
 * app.use(express.json());
 * ```
 */
export declare function expressWebhook(
  options?: WebhookHandlerOptions,
): (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void) => Promise<void>;
