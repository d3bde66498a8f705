// Redaction: keeps the API key off the page, even when a response repeats it.

/** What stands in place of the secret. */
export const REDACTED = '[redacted]';
/** A shorter text is not a key, and would match in the middle of ordinary words. */
const MIN_LENGTH = 6;

let secret = '';

/**
 * Sets the text that `redact` removes from now on.
 *
 * @param {string} text
 */
export function keepSecret(text) {
  secret = text;
}

/**
 * Returns the text without the secret.
 *
 * @param {string} text
 */
export const redact = (text) => (secret.length < MIN_LENGTH ? text : text.replaceAll(secret, REDACTED));
