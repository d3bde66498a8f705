// What must not be shown on the page, whoever sends it back.

const REDACTED = '[redacted]';
// A shorter text is no key, and would be found in the middle of innocent words.
const SHORTEST = 6;

let secret = '';

/** Sets the text that `redact` takes out from now on. */
export function keepSecret(text) {
  secret = text;
}

/** The text without the secret. */
export const redact = (text) => (secret.length < SHORTEST ? text : text.replaceAll(secret, REDACTED));
