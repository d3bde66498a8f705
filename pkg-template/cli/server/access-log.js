// The access log: requests and their outcome, without secrets that a reader of the log could use.
import { printable } from '../terminal.js';
import { bytes, count, duration } from '../units.js';

/** @import { Exchange, Paint } from '../internal.d.ts' */

/** Names of parameters and header fields whose values are secret. */
const SECRET = /token|key|secret|signature|code|auth|cookie/i;
/** Paths whose next part is a permission to upload or download. */
const CAPABILITY = /^(\/(?:upload\/tus|upload|archive\/wix)\/)(?!tus(?:$|\/))([^/]+)/;
/** Paths whose parts are ids and names. */
const PLAIN = /^\/(site-media\/v1|_wix-media|media|shapes|video|mp3|ugd|archives|3d|icons|repackager|download-files)\//;
/** A part that a permission follows. */
const PERMISSION = /\/(upload|archive)\//i;
/** Parameters whose values are ids and names. */
const PLAIN_NAME = /^(fileId|folderId|parentFolderId|filename|entry|sort(\..*)?|paging\.limit|mediaTypes|after|limit)$/;
/** A text as long as tokens are. */
const RUN = /[\w.~+=-]{16,}/g;
const SIGNED_RUN = /[\w.-]{16,}/g;
/** How often a text is decoded. */
const MAX_DECODINGS = 4;

const REDACTED = '[redacted]';

/**
 * Whether a text holds something as long and as mixed as tokens are. Patterns that look ahead for the digit take 0.2 s for
 * the longest target.
 *
 * @param {string} text
 */
const hasToken = (text) => text.match(RUN)?.some((run) => /\d/.test(run)) ?? false;

/**
 * A text without signed tokens, which hold wherever they stand.
 *
 * @param {string} text
 */
const withoutSigned = (text) => text.replace(SIGNED_RUN, (run) => (run.includes('eyJ') && run.includes('.') ? REDACTED : run));

/** @param {string} text */
const hasSigned = (text) => withoutSigned(text) !== text;

/**
 * The target of a request without secrets. A token is recognized by its place, and where it has no place by its looks:
 * requests to `//upload/…` or `/upload%2f…` fail, but their tokens hold at the right path.
 *
 * @param {string} target
 */
export function redactedTarget(target) {
  const [path, query] = split(target);
  const shown = redactedPath(path);
  if (query === undefined) return shown;
  const pairs = query.split('&').map((pair) => {
    const [name] = pair.split('=', 1);
    const value = decoded(pair.slice(name.length + 1));
    const plain = decoded(name);
    if (hasToken(plain)) return REDACTED;
    const isSecret = SECRET.test(plain) || (PLAIN_NAME.test(plain) ? hasSigned(value) : hasToken(value));
    return isSecret ? `${name}=${REDACTED}` : pair;
  });
  return `${shown}?${pairs.join('&')}`;
}

/** @param {string} path */
function redactedPath(path) {
  const isPlain = PLAIN.test(path) && !PERMISSION.test(decoded(path));
  const isSecret = isPlain ? hasSigned : hasToken;
  return path
    .replace(CAPABILITY, `$1${REDACTED}`)
    .split('/')
    .map((part) => (part !== REDACTED && isSecret(decoded(part)) ? REDACTED : part))
    .join('/');
}

/** @param {string} target */
function split(target) {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

/**
 * A text without percent-encoding, also where it was encoded more than once.
 *
 * @param {string} text
 */
function decoded(text) {
  let plain = text;
  try {
    for (let count = 0; count < MAX_DECODINGS && plain.includes('%'); count += 1) plain = decodeURIComponent(plain);
  } catch {
    // An invalid escape ends the decoding. The text is searched as far as it is decoded.
  }
  return plain;
}

/**
 * The headers of a request without secrets.
 *
 * @param {import('node:http').IncomingHttpHeaders} headers
 */
export const redactedHeaders = (headers) =>
  Object.entries(headers).map(([name, value]) => {
    // The metadata of a TUS creation holds the token of the upload.
    const isSecret = SECRET.test(name) || name === 'upload-metadata' || name === 'referer';
    // Proxies repeat the target in fields of their own.
    const shown = String(value).startsWith('/') ? redactedTarget(String(value)) : withoutSigned(String(value));
    return `${name}: ${isSecret ? REDACTED : shown}`;
  });

/**
 * Makes the function that logs an exchange.
 *
 * @param {{ write: (line: string) => void, paint: Paint, isVerbose?: boolean, now?: () => Date }} options With `isVerbose` the
 * headers follow.
 * @returns {(exchange: Exchange) => void}
 * @example
 * 10:05:12 GET /site-media/v1/files?paging.limit=2 200 1.2 kB 4 ms
 */
export function accessLog({ write, paint, isVerbose, now = () => new Date() }) {
  return ({ incoming, outgoing, started, sent, error, verdict }) => {
    const { method, url, headers, socket } = incoming;
    const status = outgoing.headersSent ? outgoing.statusCode : 0;
    const isCut = !outgoing.writableFinished;
    const words = [
      paint.dim(now().toTimeString().slice(0, 8)),
      method,
      // HTTP excludes control characters, but not invisible ones.
      redactedTarget(String(url)).replace(/[^\x20-\x7e]/g, (character) => encodeURIComponent(character)),
      isCut ? paint.yellow('cut off') : colourOf(status, paint)(status),
      bytes(sent),
      duration(performance.now() - started),
    ];
    write(words.join(' '));
    if (isVerbose) {
      write(paint.dim(`  from ${socket.remoteAddress}`));
      for (const line of redactedHeaders(headers)) write(paint.dim(`  ${line}`));
    }
    // A browser shows a page nothing of a refusal, so the one who starts the server has to read it here.
    if (verdict?.refusal) write(paint.yellow(`  ${printable(verdict.refusal.message)}`));
    if (error && !isCut) write(paint.red(`  ${/** @type {Error} */ (error).stack ?? error}`));
  };
}

/**
 * @param {number} status
 * @param {Paint} paint
 */
const colourOf = (status, paint) => (status >= 500 ? paint.red : status >= 400 ? paint.yellow : paint.green);

/** How many characters of the log may wait for their reader. */
const MAX_BACKLOG = 1_000_000;

/**
 * Makes the function that writes lines to a stream whose reader may be slow, or gone. A line that would wait too long is
 * dropped, and the next one that is written tells how many were. Neither a closed pipe nor a full disk ends the server.
 *
 * @param {{ write(text: string): unknown, writableLength?: number }} stream
 * @returns {(line: string) => void}
 */
export function lineWriter(stream) {
  let dropped = 0;
  return (line) => {
    if (Number(stream.writableLength ?? 0) > MAX_BACKLOG) {
      dropped += 1;
      return;
    }
    const gap = dropped > 0 ? `(dropped ${count(dropped, 'line')} that nobody read)\n` : '';
    try {
      stream.write(`${gap}${line}\n`);
      dropped = 0;
    } catch {
      dropped += 1;
    }
  };
}
