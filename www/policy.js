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

/** An origin that a policy can name: browsers match neither addresses of the sixth version nor other schemes. */
const FRAME_ORIGIN = /^https?:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

/**
 * Which pages may put this one into a frame. Only a header can say so, not a policy in the page itself.
 *
 * @param {readonly string[]} origins
 */
function frameAncestors(origins) {
  const invalid = origins.find((origin) => !FRAME_ORIGIN.test(origin));
  if (invalid !== undefined) throw new TypeError(`invalid frames: expected origins such as https://app.example, found ${invalid}`);
  return `frame-ancestors ${origins.length > 0 ? origins.join(' ') : "'none'"}`;
}

/**
 * Returns the policy.
 *
 * @param {string} [importMapHash] The SHA-256 in base64 of the text between `<script type="importmap">` and `</script>` in
 *   index.html.
 * @param {{ header?: boolean, frames?: readonly string[] }} [options] `header: false` leaves out what only a header can say.
 *   `frames` are the origins whose pages may show this one in a frame; by default none.
 * @throws {TypeError} If `frames` contains anything but origins, such as `https://app.example`.
 * @example
 * response.setHeader('Content-Security-Policy', contentSecurityPolicy(hash, { frames: ['https://app.example'] }));
 */
export const contentSecurityPolicy = (importMapHash, { header = true, frames = [] } = {}) =>
  [
    ...RULES,
    ...(header ? [frameAncestors(frames)] : []),
    `script-src 'self' 'wasm-unsafe-eval'${importMapHash ? ` 'sha256-${importMapHash}'` : ''}`,
  ].join('; ');
