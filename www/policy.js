// The Content-Security-Policy of the page, for whatever serves it. It needs nothing of a browser.

/**
 * What the page may do, beside running its own scripts: call any base URL, and show what comes from there.
 *
 * Two texts would become a script's address: those of the service worker and of the manager's worker. The policy
 * `default`, which main.js makes, lets these two through.
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

/** Pages of others must not put this one into a frame. A policy in the page itself cannot say so. */
const HEADER_RULES = ["frame-ancestors 'none'"];

/**
 * The policy. `importMapHash` is the base64 of the SHA-256 of the text between `<script type="importmap">` and
 * `</script>` in index.html.
 *
 * @example
 * response.setHeader('Content-Security-Policy', contentSecurityPolicy(hash));
 */
export const contentSecurityPolicy = (importMapHash, { header = true } = {}) =>
  [
    ...RULES,
    ...(header ? HEADER_RULES : []),
    `script-src 'self' 'wasm-unsafe-eval'${importMapHash ? ` 'sha256-${importMapHash}'` : ''}`,
  ].join('; ');
