// The Content-Security-Policy of the page, for the servers that send it. This file runs outside browsers.

/**
 * What the page may do besides running its own scripts: call any base URL, and show media from anywhere.
 *
 * The Trusted Types policy `default`, which main.js creates, lets two texts become the address of a script: those of the
 * service worker and of the manager's worker.
 */
const RULES = [
  "default-src 'self'",
  'connect-src *',
  'img-src * blob: data:',
  'media-src * blob:',
  "frame-src 'self' http: https: blob:",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
];

/** Other pages must not put this one into a frame. Only a header can say so, not a policy in the page itself. */
const HEADER_RULES = ["frame-ancestors 'none'"];

/**
 * Returns the policy.
 *
 * @param {string} [importMapHash] The SHA-256 in base64 of the text between `<script type="importmap">` and `</script>` in
 *   index.html.
 * @param {{ header?: boolean }} [options] `header: false` leaves out what only a header can say.
 * @example
 * response.setHeader('Content-Security-Policy', contentSecurityPolicy(hash));
 */
export const contentSecurityPolicy = (importMapHash, { header = true } = {}) =>
  [
    ...RULES,
    ...(header ? HEADER_RULES : []),
    `script-src 'self' 'wasm-unsafe-eval'${importMapHash ? ` 'sha256-${importMapHash}'` : ''}`,
  ].join('; ');
