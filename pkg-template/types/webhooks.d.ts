import type { AccountInfoMetadata, IdentificationData } from './shared/events.js';
import type { files } from './files/functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Webhooks
// ---------------------------------------------------------------------------------------------------------------------

/** Options of webhook functions. */
export interface WebhookOptions {
  /** Public key of the app, PEM or base64. Default: `publicKey` of the client's `auth`, or its `decodeJWT`. */
  publicKey?: string;
}

/** A verified and decoded event. */
export interface ProcessedEvent {
  /** Id of the app instance that receives the event. */
  instanceId: string;
  /** Type of the event, such as `wix.media.site_media.v1.file_descriptor_file_ready`. */
  eventType: string;
  /** The event as the service sent it. */
  payload: unknown;
  /** Who caused the event. */
  identity?: IdentificationData;
  /** The account in which it happened. */
  accountInfo?: AccountInfoMetadata;
}

/**
 * Receives the events of the Media Manager, which Wix sends as `POST` requests whose body is a JWT signed with RS256.
 *
 * Register handlers with functions such as {@link files.onFileDescriptorFileReady}, pass every request body to `process`,
 * and respond with 200 within 1,250 ms; otherwise Wix sends the event again.
 *
 * @example
 * ```ts
 * client.files.onFileDescriptorFileReady(({ data }) => console.log(data.file?.url));
 *
 * async function handle(request: Request) {
 *   await client.webhooks.processRequest(request, { publicKey });
 *   return new Response();
 * }
 * ```
 */
export interface Webhooks {
  /**
   * Verifies and decodes an event, and waits for all of its handlers.
   *
   * @param jwt Body of the request.
   * @param options `publicKey` of the app; `expectedEvents` are types that are accepted without a handler.
   * @returns The event.
   * @throws {WixMediaError} `INVALID_WEBHOOK` when the signature is wrong, the JWT has expired or cannot be read, or,
   * once there are handlers or expected events, when the type is not one of theirs. Errors of handlers are passed on.
   * @example
   * ```ts
   * const event = await client.webhooks.process(jwt, { publicKey });
   * console.log(event.eventType);
   * ```
   */
  process(jwt: string, options?: WebhookOptions & { expectedEvents?: { type: string }[] }): Promise<ProcessedEvent>;
  /** Same as {@link Webhooks.process}, for a request. */
  processRequest(
    request: { text(): Promise<string> },
    options?: WebhookOptions & { expectedEvents?: { type: string }[] },
  ): Promise<ProcessedEvent>;
  /** Verifies and decodes an event without calling handlers. */
  parseJWT(jwt: string, options?: WebhookOptions): Promise<ProcessedEvent>;
  /** Verifies and decodes the body of a request without calling handlers. */
  parseRequest(request: { text(): Promise<string> }, options?: WebhookOptions): Promise<ProcessedEvent>;
  /** Calls the handlers of a decoded event. */
  executeHandlers(event: ProcessedEvent): Promise<void>;
}

/** The webhooks of the functions that are imported directly. */
export declare const webhooks: Webhooks;
